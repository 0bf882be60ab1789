"""A served application and a real Chromium, for the browser tests and the pictures."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from flask import Flask
from playwright.sync_api import Browser, sync_playwright

from tests.whole.server import free_port
from web.serving import Server

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The application on a free port of this machine, by the product's own server; its address."""
    settings = dataclasses.replace(app.extensions["guicheng"].settings, port=free_port())
    server = Server(app, settings)
    thread = Thread(target=server.run)
    thread.start()
    try:
        yield f"http://{settings.host}:{settings.port}"
    finally:
        server.stop()
        thread.join()


@contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium of this machine (CHROMIUM names another one). Fails where there is none."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or CHROMIUM, args=list(FLAGS)
        )
        try:
            yield browser
        finally:
            browser.close()
