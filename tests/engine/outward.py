"""Real servers to deliver to: one that takes mail, one that takes what a webhook sends."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from aiosmtpd.controller import Controller

from tests.whole.server import free_port


class Mailbox:
    """What an SMTP server took. refusing: the answer it gives instead of taking anything."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.refusing: str | None = None

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """The name is the library's."""
        if self.refusing is not None:
            return self.refusing
        read = message_from_bytes(envelope.content, policy=policy.default)
        self.taken.append(cast(EmailMessage, read))
        return "250 OK"


@contextmanager
def mail_server() -> Iterator[tuple[Mailbox, int]]:
    """A running SMTP server: what it takes, and its port."""
    box, port = Mailbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box, port
    finally:
        controller.stop()


class Listener:
    """What an HTTP server was sent: (headers, body). status: what it answers."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        self.location: str | None = None


@contextmanager
def web_server() -> Iterator[tuple[Listener, int]]:
    """A running HTTP server: what it hears, and its port."""
    listener = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            listener.heard.append((dict(self.headers), body))
            self.send_response(listener.status)
            if listener.location is not None:
                self.send_header("Location", listener.location)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Nothing on the screen."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield listener, server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
