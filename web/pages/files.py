"""Files, always as a download: nothing uploaded is ever opened inside our own pages."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, send_file

from engine import attachments
from web.sessions import actor, engine

blueprint = Blueprint("files", __name__)


@blueprint.get("/attachments/<file_id>")
def download(file_id: str) -> Response:
    file, content = attachments.open(engine(), actor(), file_id)
    response = send_file(
        BytesIO(content),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=file.name,
        etag=file.sha256,
        max_age=0,
    )
    response.headers["Cache-Control"] = "private, no-cache"
    return response
