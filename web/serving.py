"""Serves the application with waitress, and stops without cutting anybody off."""

from __future__ import annotations

import select
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from flask import Flask
from waitress import create_server
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer

from engine.errors import SettingRefused
from engine.settings import Settings
from web.security import MIB

LOOK = 0.5  # seconds after which the loop looks whether it should stop
PATIENCE = 20.0  # seconds that requests in flight have to finish
SETTLE = 0.3  # seconds in which what was already sent to us arrives
MOST_AT_THE_DOOR = 1024  # more than the system lets wait there
HEAD_ROOM = 4  # MiB above the application's own limit, which answers with a sentence


class Server:
    """One listening server. stop() may be called from any thread or signal handler."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        limit = int(app.config["MAX_CONTENT_LENGTH"]) + HEAD_ROOM * MIB
        try:
            self.server: Any = create_server(
                app,
                host=settings.host,
                port=settings.port,
                threads=settings.threads,
                max_request_body_size=limit,
                channel_timeout=120,
                ident=None,
                clear_untrusted_proxy_headers=True,
            )
        except OSError as error:
            raise SettingRefused(
                f"不能在 {settings.host}:{settings.port} 上提供服务：端口可能已被占用。"
                "请关掉占用它的程序，或改用 PORT=其他端口。"
            ) from error
        listening_twice = not hasattr(self.server, "_map")  # a name with two addresses
        self.map: dict[int, Any] = self.server.map if listening_twice else self.server._map
        self.stopping = False

    def stop(self) -> None:
        """Take no new connections, finish what is under way, then return from run()."""
        self.stopping = True
        if self._doors():
            self._doors()[0].pull_trigger()  # the loop need not wait for its next look

    def run(self) -> None:
        """Serve until stop() is called."""
        while not self.stopping:
            self._turn(LOOK)
        self._let_in()
        for each in self._doors():
            each.del_channel()
            each.socket.close()
        closed = time.monotonic()
        while time.monotonic() < closed + (PATIENCE if self._busy() else SETTLE):
            self._turn(0.05)
        self.server.task_dispatcher.shutdown(cancel_pending=True, timeout=1)
        self.server.asyncore.close_all(self.map, ignore_all=True)

    def _let_in(self) -> None:
        """Whoever stands at the door already still comes in; one a turn."""
        for _ in range(MOST_AT_THE_DOOR):
            waiting, _, _ = select.select([each.socket for each in self._doors()], [], [], 0)
            if not waiting:
                return
            self._turn(0)

    def _doors(self) -> list[Any]:
        return [each for each in self.map.values() if isinstance(each, BaseWSGIServer)]

    def _turn(self, wait: float) -> None:
        self.server.asyncore.loop(timeout=wait, map=self.map, count=1)

    def _busy(self) -> bool:
        return any(
            isinstance(each, HTTPChannel) and (each.requests or each.total_outbufs_len)
            for each in self.map.values()
        )


def stop_on_signals(server: Server) -> None:
    """SIGTERM and Ctrl-C end the server gracefully; a second Ctrl-C at once."""
    default: Callable[[int, FrameType | None], Any] = signal.default_int_handler

    def handle(number: int, frame: FrameType | None) -> None:
        if server.stopping and number == signal.SIGINT:
            default(number, frame)
        server.stop()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)


def wait_for_signals() -> None:
    """Return after SIGTERM or Ctrl-C, in a process that serves nobody.

    It looks again and again: a signal that another thread takes, as just after a stop, wakes no
    wait of the main thread.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.wait(LOOK):
        pass
