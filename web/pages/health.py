"""For the machines that watch over the system: is it alive, can it work."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from engine import incidents, installation, waking
from web.sessions import engine

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def ready() -> ResponseReturnValue:
    """The database answers and is at the version this program works with; else 503.

    incidents, sweep: for an alarm of whoever watches; they take no process out of service.
    """
    if not installation.is_current(engine()):
        return jsonify(status="database not ready"), 503
    sweep = waking.status(engine())
    late = sweep.late_since is not None or not sweep.alive
    failed = incidents.counts(engine()).failed
    return jsonify(status="ok", incidents=failed, sweep="late" if late else "ok")
