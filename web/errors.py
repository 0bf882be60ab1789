"""Engine errors as HTTP statuses, once, and as pages: a sentence and a way back, never a trace."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from engine.attachments import FileDamaged
from engine.errors import (
    Conflict,
    GuichengError,
    Invalid,
    KeyMissing,
    KeyReused,
    Malformed,
    NotAllowed,
    NotFound,
    NotSignedIn,
    ProcedureFault,
    SettingRefused,
    SignInRefused,
    StorageUnavailable,
    TooLarge,
    TooMany,
)

log = logging.getLogger(__name__)

STATUS: dict[type[GuichengError], int] = {
    Malformed: 400,
    KeyMissing: 400,
    NotSignedIn: 401,
    SignInRefused: 401,
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    TooLarge: 413,
    Invalid: 422,
    KeyReused: 422,
    TooMany: 429,
    ProcedureFault: 500,
    SettingRefused: 500,
    FileDamaged: 500,
    StorageUnavailable: 503,
    GuichengError: 500,
}

TITLES = {
    400: "这次提交没有读懂",
    401: "请先登录",
    403: "您没有这项权限",
    404: "没有找到这一项",
    405: "这个地址不能这样使用",
    409: "这件刚有了变化",
    413: "内容太大，没有收下",
    415: "不接受这种内容",
    422: "有几处需要修改",
    429: "操作过于频繁",
    500: "系统出了问题",
    503: "系统暂时不能使用",
}

SENTENCES = {
    400: "内容没有提交。请用浏览器的返回键回到原页，刷新后再试。",
    404: "没有找到这一项，或者您无权查看。请从工作台重新打开。",
    405: "请从工作台重新打开要办的事项。",
    413: "内容没有提交。请用浏览器的返回键回到原页，把附件压缩或拆分后再试。",
    429: "请稍候一分钟再试。",
    500: "本次操作没有生效，已提交过的内容都在。请稍后重试；如仍不行，请把编号告诉系统管理员。",
    503: "请稍后重试；如仍不行，请告诉系统管理员。",
}


def status_of(error: GuichengError) -> int:
    """The HTTP status of an engine error: its class's, else its nearest parent's."""
    for kind in type(error).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return 500


def wants_json() -> bool:
    """Whether the asker is a script of ours or the API, not a person looking at a page."""
    return request.path.startswith("/api/") or (
        request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
    )


def problem(status: int, message: str, code: str, **more: Any) -> Response:
    """An error for a script, in the form of RFC 9457."""
    body = {"title": TITLES.get(status, "出错了"), "status": status, "detail": message}
    response = jsonify({**body, "code": code, **more})
    response.status_code = status
    response.content_type = "application/problem+json"
    return response


def page(status: int, message: str | None = None, *, code: str = "error") -> ResponseReturnValue:
    """The error page of a status, with a reference number to tell the administrator."""
    sentence = message or SENTENCES.get(status, "操作没有完成。请稍后重试。")
    reference = f"{status}-{secrets.token_hex(3).upper()}" if status >= 500 else None
    if reference:
        log.error("reference %s: %s %s", reference, request.method, request.path)
    if wants_json():
        return problem(status, sentence, code, **({"reference": reference} if reference else {}))
    title = TITLES.get(status, "操作没有完成")
    return render_template(
        "error.html", title=title, sentence=sentence, reference=reference, status=status
    ), status


def register(app: Flask) -> None:
    """Give every kind of error its page."""

    @app.errorhandler(GuichengError)
    def refused(error: GuichengError) -> ResponseReturnValue:
        status = status_of(error)
        if status >= 500:
            log.error("refused with %s", error.code, exc_info=error)
        return page(status, error.message, code=error.code)

    @app.errorhandler(CSRFError)
    def forged(error: CSRFError) -> ResponseReturnValue:
        sentence = (
            "页面放得太久，或者不是从本系统打开的，内容没有提交。"
            "请用浏览器的返回键回到原页，刷新后再提交。"
        )
        return page(400, sentence, code="csrf")

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        if 300 <= status < 400:
            return error
        response = make_response(page(status, code=error.name.lower().replace(" ", "-")))
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
        return response

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> ResponseReturnValue:
        log.error("unexpected %s", type(error).__name__, exc_info=error)
        return page(500)
