"""Addresses of the built styles and scripts: hashed names, cached for ever."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from flask import Flask, Response, request, url_for

log = logging.getLogger(__name__)
IMMUTABLE = "public, max-age=31536000, immutable"


def register(app: Flask) -> None:
    """Give templates `asset(name)`, and built files their long life in the browser."""
    folder = Path(app.static_folder or "") / "dist"
    manifest = folder / "manifest.json"
    if manifest.exists():
        names: dict[str, str] = json.loads(manifest.read_text("utf-8"))
    else:
        names = {}
        log.warning("no built assets in %s; build them with npm run build", folder)

    @app.template_global()
    def asset(name: str) -> str:
        return url_for("static", filename=f"dist/{names.get(name, name)}")

    @app.after_request
    def cache(response: Response) -> Response:
        if request.path.startswith("/static/dist/") and response.status_code in (200, 304):
            response.headers["Cache-Control"] = IMMUTABLE
        return response
