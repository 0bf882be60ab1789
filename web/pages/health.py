"""For the machines that watch over the system: is it alive, can it work."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from engine import installation
from web.sessions import engine

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def ready() -> ResponseReturnValue:
    """The database answers and is at the version this program works with; else 503."""
    current = installation.is_current(engine())
    return jsonify(status="ok" if current else "database not ready"), 200 if current else 503
