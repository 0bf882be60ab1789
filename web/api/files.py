"""Files: up with a form, down as a download, never opened in a page."""

from __future__ import annotations

from io import BytesIO
from typing import BinaryIO, cast

from flask import Response, send_file
from flask_openapi3.models.file import FileStorage
from pydantic import BaseModel, ConfigDict

from engine import attachments
from web.api import auth
from web.api.schemas import File, ItemPath, Keyed, answer, read
from web.sessions import engine

blueprint = auth.blueprint("files", "附件", media=auth.MULTIPART)
BINARY = "application/octet-stream"
CONTENT = {
    "description": "文件内容，按附件下载",
    "content": {BINARY: {"schema": {"type": "string", "format": "binary"}}},
}


class Upload(BaseModel):
    """One file."""

    model_config = ConfigDict(extra="forbid")

    file: FileStorage


@blueprint.post("/attachments", summary="上传附件", responses={201: File})
def upload(header: Keyed, form: Upload) -> Response:
    file = form.file
    stored = attachments.store(
        engine(), auth.caller(), file.filename or "", cast(BinaryIO, file.stream), key=header.key
    )
    return answer(read(File, stored), 201)


@blueprint.get("/attachments/<id>", summary="下载附件", responses={200: CONTENT})
def download(path: ItemPath) -> Response:
    file, content = attachments.open(engine(), auth.caller(), path.id)
    return send_file(
        BytesIO(content),
        mimetype=BINARY,
        as_attachment=True,
        download_name=file.name,
        etag=file.sha256,
        max_age=0,
    )
