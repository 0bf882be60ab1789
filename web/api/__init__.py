"""The API under /api/v1: the engine's doors as JSON, described by its own OpenAPI document.

Thin: a view parses, calls one door and answers. Who asks is known by a bearer token alone; a
cookie counts for nothing here, which is why CSRF has nothing to protect.
"""

from __future__ import annotations

from flask import Flask, Response, jsonify
from flask.json.provider import DefaultJSONProvider
from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI

from engine.startup import Engine
from web.api import (
    definitions,
    demo,
    files,
    instances,
    limits,
    notices,
    office,
    problems,
    replies,
    schemas,
    search,
    tasks,
    verbs,
)

VERSION = "1.0"
BLUEPRINTS = (
    definitions.blueprint,
    instances.blueprint,
    replies.blueprint,
    tasks.blueprint,
    verbs.blueprint,
    search.blueprint,
    files.blueprint,
    notices.blueprint,
    office.blueprint,
)


def application(import_name: str) -> OpenAPI:
    """A Flask application that can also describe an API; without the library's own pages."""
    made = OpenAPI(
        import_name,
        info=Info(title="规程 API", version=VERSION, description=schemas.ABOUT),
        security_schemes={"token": {"type": "http", "scheme": "bearer"}},
        doc_ui=False,
        validation_error_model=schemas.Problem,
        validation_error_callback=problems.refuse_input,
    )
    assert isinstance(made.json, DefaultJSONProvider)
    made.json.ensure_ascii = False  # the sentences are read by people
    return made


def register(app: Flask, engine: Engine) -> None:
    """Open the API; the demo clock only where there is one."""
    assert isinstance(app, OpenAPI)
    limits.register(app, engine.settings)
    for blueprint in (*BLUEPRINTS, *([demo.blueprint] if engine.settings.demo else [])):
        app.register_api(blueprint)
        app.extensions["csrf"].exempt(blueprint)

    @app.route("/api/v1/openapi.json", endpoint="openapi")
    def description() -> Response:
        return jsonify(app.api_doc)
