"""Odd characters in an address are no server's fault: never 5xx, on either database."""

from __future__ import annotations

from dataclasses import fields

import pytest
from flask import Flask

from engine.startup import Engine
from tests.conventions.walkers import Objects, Walker, is_foreign, routes
from web.app import create_app

pytestmark = pytest.mark.slow

ODD = ["\x00", "a\x00b", "\x7f", "长" * 300, "'; --", "%", "\ufffe", "🀄", "a" * 3000]


@pytest.fixture
def any_app(any_engine: Engine) -> Flask:
    return create_app(any_engine)


def test_an_odd_id_is_simply_not_found(any_app: Flask) -> None:
    walker, wrong = Walker(any_app, "gov_clerk"), []
    for odd in ODD:
        for rule, method in routes(any_app):
            if is_foreign(rule) or "<key>" in rule.rule:
                parts = {part: odd for part in rule.arguments if part != "name"}
                answer = walker.walk(rule, method, Objects(*[odd] * len(fields(Objects))), parts)
                if answer.status_code not in (403, 404):
                    wrong.append((method, rule.rule, odd[:5], answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_query_never_breaks_a_page(any_app: Flask, odd: str) -> None:
    walker, wrong = Walker(any_app, "gov_clerk"), []
    names = (
        "q",
        "page",
        "at",
        "group_at",
        "tab",
        "due",
        "since",
        "procedure",
        "state",
        "next",
        "view",
        "search",
        "size",
        "key",
    )
    for rule, method in routes(any_app):
        if method == "GET" and not rule.arguments:
            for name in names:
                answer = walker.client.get(rule.rule, query_string={name: odd})
                if answer.status_code >= 500:
                    wrong.append((rule.rule, name, answer.status_code))
    assert wrong == []
