"""A person who uses the public API, as any other program of the office would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO
from uuid import uuid4

from engine import accounts
from engine.errors import GuichengError

if TYPE_CHECKING:
    from flask import Flask

    from engine.startup import Engine


class Caller:
    """One person with a token for a day."""

    def __init__(self, engine: Engine, app: Flask, username: str) -> None:
        self.engine = engine
        self.token = accounts.issue_token(engine, username, days=1)
        self.client = app.test_client()

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        """What the API answers to a question."""
        return self._checked(
            self.client.get(f"/api/v1/{path}", query_string=query, headers=self._headers())
        )

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        """What the API answers to a command; each has a key of its own."""
        return self._checked(
            self.client.post(f"/api/v1/{path}", json=body, headers=self._headers(uuid4().hex))
        )

    def upload(self, name: str, content: BinaryIO, key: str) -> dict[str, Any]:
        """Store a file."""
        return self._checked(
            self.client.post(
                "/api/v1/attachments", data={"file": (content, name)}, headers=self._headers(key)
            )
        )

    def leave(self) -> None:
        """Give the token back."""
        accounts.revoke_token(self.engine, self.token)

    def _headers(self, key: str | None = None) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self.token}"}
        return headers if key is None else {**headers, "Idempotency-Key": key}

    def _checked(self, response: Any) -> dict[str, Any]:
        body: dict[str, Any] = response.get_json()
        if response.status_code >= 400:
            raise GuichengError(
                f"演示没有播放完：{body.get('detail')} {body.get('findings') or ''}"
            )
        return body
