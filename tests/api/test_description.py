"""The OpenAPI document tells the truth about the API: schemathesis tries what it describes.

Well-formed input may still be refused by a rule of the office (422), which no schema can say; every
other check of the library stands.
"""

from __future__ import annotations

from typing import Any, cast

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.schemas import BaseSchema

from tests.api.caller import Caller, Document

load_all_checks()
UNSAYABLE = [CHECKS.get_one("positive_data_acceptance")]
NOTHING_TO_GET_WRONG = (
    "GET /api/v1/process-definitions",
    "GET /api/v1/demo/clock",
    "GET /api/v1/absences",
    "GET /api/v1/acting-mandates",
    "GET /api/v1/signing-lists",
)
EXAMPLES = 40  # of each operation, well-formed and not


@pytest.fixture
def description(app: Flask, document: Document, mode: GenerationMode) -> BaseSchema:
    """The description, with the addresses of things that exist in half of what is tried."""
    document.start()
    document.prepare()
    real = {
        "/process-instances/": document.id,
        "/tasks/": document.task("docs", "UT_register")["id"],
        "/attachments/": document.letter(),
    }
    loaded = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    loaded.config.generation.update(with_security_parameters=False)  # the token is always sent
    if mode is GenerationMode.NEGATIVE:
        return loaded

    @loaded.hook
    def map_path_parameters(context: Any, path_parameters: Any) -> Any:
        given = dict(path_parameters or {})
        for part, known in real.items():
            if part in context.operation.path and str(given.get("id", ""))[-1:] < "8":
                given["id"] = known
        if "key" in given and str(given["key"])[:1] < "a":
            given["key"] = "document_approval"
        return given

    return loaded


@pytest.mark.slow
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_the_api_answers_as_it_is_described(
    description: BaseSchema, document: Document, mode: GenerationMode
) -> None:
    headers = document.by("docs").headers
    for found in description.get_all_operations():
        operation = cast(Any, found).ok()
        if mode is GenerationMode.NEGATIVE and operation.label in NOTHING_TO_GET_WRONG:
            continue

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def tried(case: Any) -> None:
            case.call_and_validate(headers=headers, excluded_checks=UNSAYABLE)

        tried()


def test_the_description_is_open_and_names_every_route(app: Flask) -> None:
    shown = app.test_client().get("/api/v1/openapi.json").json
    assert shown is not None
    assert shown["openapi"].startswith("3.1")
    said = {
        (path, method.upper()) for path, methods in shown["paths"].items() for method in methods
    }
    there = {
        (rule.rule.replace("<", "{").replace(">", "}"), method)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and rule.endpoint != "openapi"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert said == there
    refusals = shown["components"]["schemas"]["Problem"]["properties"]
    assert {"title", "status", "detail", "code", "findings"} <= set(refusals)


def test_without_a_demo_there_is_no_demo_clock(engine: Any) -> None:
    from web.app import create_app

    app = create_app(engine)
    clerk = Caller(app, "gov_clerk")
    for answer in (
        clerk.get("/demo/clock"),
        clerk.post("/demo/clock", {"now": "2026-02-12T09:00:00+08:00"}),
    ):
        assert answer.status_code == 404
        assert answer.content_type == "application/problem+json"
    assert "/api/v1/demo/clock" not in clerk.get("/openapi.json").text
