"""Refusals of the API as RFC 9457: the same sentences and findings that the pages show."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict
from http import HTTPStatus
from typing import Any, NoReturn

from flask import Response
from flask.typing import ResponseReturnValue
from flask_openapi3.blueprint import APIBlueprint
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from engine.errors import Finding, GuichengError, Invalid, NotFound
from web import errors

log = logging.getLogger(__name__)

PROBLEM = "application/problem+json"
STATUSES = (400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 503)
HTTP_SENTENCES = {
    400: "这次请求没有读懂。请检查格式后重试。",
    413: "请求内容太大，没有收下。请压缩或拆分后重试。",
    415: "请求内容的类型不对。",
}
WORDS = {
    "missing": "缺少“{name}”。",
    "extra_forbidden": "不认识“{name}”这一项，请去掉后重试。",
    "string_type": "“{name}”应为文字。",
    "int_type": "“{name}”应为整数。",
    "int_parsing": "“{name}”应为整数。",
    "int_parsing_size": "“{name}”的数字太大。",
    "bool_type": "“{name}”应为 true 或 false。",
    "dict_type": "“{name}”应为对象：{{…}}。",
    "list_type": "“{name}”应为列表：[…]。",
    "string_too_long": "“{name}”太长：最多{max_length}字。",
    "string_too_short": "“{name}”不能为空。",
    "too_short": "“{name}”至少要有{min_length}项。",
    "too_long": "“{name}”最多{max_length}项。",
    "greater_than_equal": "“{name}”不能小于{ge}。",
    "less_than_equal": "“{name}”不能大于{le}。",
    "string_pattern_mismatch": "“{name}”的格式不对。",
    "literal_error": "“{name}”只能是以下之一：{expected}。",
    "model_type": "请求内容应为一个 JSON 对象：{{…}}。",
    "value_error": "“{name}”{error}",
}
CODES = {"missing": "missing", "extra_forbidden": "unknown-field"}


def documented() -> dict[str | int | HTTPStatus, Any]:
    """The refusals, for the OpenAPI document."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        str(status): {
            "description": errors.TITLES[status],
            "content": {PROBLEM: {"schema": schema}},
        }
        for status in STATUSES
    }


def register(blueprint: APIBlueprint) -> None:
    """Answer the refusals met inside this room; those outside it `web.errors` answers."""
    blueprint.register_error_handler(GuichengError, _refused)
    blueprint.register_error_handler(HTTPException, _http)


def _refused(error: Exception) -> ResponseReturnValue:
    assert isinstance(error, GuichengError)
    status = errors.status_of(error)
    if status >= 500:
        log.error("refused with %s", error.code, exc_info=error)
        return errors.page(status, error.message, code=error.code)
    more: dict[str, Any] = {}
    if isinstance(error, Invalid):
        more["findings"] = [asdict(finding) for finding in error.findings]
    response = errors.problem(status, error.message, error.code, **more)
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="guicheng"'
    if "retry_after" in error.data:
        response.headers["Retry-After"] = str(error.data["retry_after"])
    return response


def _http(error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = error.code or 500
    sentence = HTTP_SENTENCES.get(status) or errors.SENTENCES.get(status, HTTP_SENTENCES[400])
    if status == 415 and error.description:
        sentence = error.description
    code = error.name.lower().replace(" ", "-")
    return errors.problem(status, sentence, code)


# ---- what was sent does not fit its description ----------------------------------------------


def refuse_input(error: ValidationError) -> NoReturn:
    """Say in Chinese, field by field, what does not fit; an address that fits nothing is none."""
    if error.title.endswith("Path"):
        raise NotFound
    findings = [_finding(each) for each in error.errors(include_url=False)]
    raise Invalid(findings)


def _finding(each: Mapping[str, Any]) -> Finding:
    name = ".".join(str(part) for part in each["loc"])
    kind = each["type"]
    words = WORDS.get(kind, "“{name}”的值不对。")
    told = {key: str(value).replace(" or ", "、") for key, value in each.get("ctx", {}).items()}
    message = words.format(name=name, **told)
    return Finding(message, field=name or None, code=CODES.get(kind, "wrong-value"))
