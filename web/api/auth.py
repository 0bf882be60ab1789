"""The door of the API: a token, its scope, the idempotency key, and a body that can be read."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import Any, NoReturn, cast

from flask import g, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from werkzeug.exceptions import UnsupportedMediaType

from engine import accounts
from engine.errors import KeyMissing, Malformed, NotAllowed, NotSignedIn
from engine.model import Actor
from web.api import limits, problems
from web.api.schemas import KEY_PATTERN
from web.sessions import engine

JSON = "application/json"
MULTIPART = "multipart/form-data"
LARGEST_JSON = 2 * 1024 * 1024  # octets
MIB = 1024 * 1024
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
KEY = "Idempotency-Key"


def blueprint(name: str, tag: str, *, media: str = JSON) -> APIBlueprint:
    """A room of the API behind the door. media: what its changing requests carry."""
    made = APIBlueprint(
        f"api_{name}",
        __name__,
        url_prefix="/api/v1",
        abp_tags=[Tag(name=tag)],
        abp_security=[{"token": []}],
        abp_responses=problems.documented(),
    )
    made.before_request(partial(_admit, media))
    problems.register(made)
    return made


def caller() -> Actor:
    """Whose token this request carries."""
    return cast(Actor, g.actor)


def _admit(media: str) -> None:
    """Let a request in, or say why not."""
    changing = request.method not in SAFE
    g.actor, scopes = _known()
    if ("write" if changing else "read") not in scopes:
        may = "提交" if changing else "读取"
        raise NotAllowed(f"这个令牌没有{may}的权限。请换一个令牌，或请安全保密管理员重新签发。")
    if changing:
        _check_key(request.headers.get(KEY))
        _read_body(media)


def _known() -> tuple[Actor, frozenset[str]]:
    token = limits.bearer()
    if token is None:
        raise NotSignedIn("缺少令牌。请在 Authorization 请求头里写：Bearer 加空格加令牌。")
    limits.count_request(token)
    try:
        return accounts.actor_of_token(engine(), token)
    except NotSignedIn:
        limits.count_wrong_token()
        raise


def _check_key(key: str | None) -> None:
    if not key:
        raise KeyMissing
    if not re.fullmatch(KEY_PATTERN, key):
        raise Malformed("幂等键（Idempotency-Key）应为1到128个可见的英文字符，请换一个键。")


# ---- the body --------------------------------------------------------------------------------


def _read_body(media: str) -> None:
    """Refuse what is too large, of another kind, or not JSON of an object."""
    if media == MULTIPART:
        request.max_content_length = (engine().settings.upload_mb + 1) * MIB
    else:
        request.max_content_length = LARGEST_JSON
    if media == JSON and not request.content_length and not request.content_type:
        return  # nothing was sent; whoever needs a body says so
    if request.mimetype != media:
        raise UnsupportedMediaType(f"请求内容应为 {media}。")
    if media == JSON and not isinstance(strict_json(request.get_data()), dict):
        raise Malformed("请求内容应为一个 JSON 对象：{…}。")


def strict_json(text: bytes) -> Any:
    """JSON as its standard has it: UTF-8, no NaN, no key twice. Malformed otherwise."""
    try:
        return json.loads(text.decode(), parse_constant=_constant, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise Malformed("请求内容不是有效的 JSON。请检查格式后重试。") from error


def _constant(name: str) -> NoReturn:
    raise ValueError(name)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key stands twice")
    return made
