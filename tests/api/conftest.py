"""The API over a furnished engine, with a client for everybody who holds a token."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from flask import Flask

from engine.settings import Settings
from engine.startup import Engine
from tests.api.caller import Caller, Document
from web.app import create_app

MANY = 1_000_000  # requests a minute: these tests are not about haste


def demo_of(engine: Engine, rate_limit: int = MANY) -> Engine:
    """The same engine as a demo installation, whose clock may be moved through the API."""
    settings: Settings = dataclasses.replace(engine.settings, demo=True, rate_limit=rate_limit)
    return dataclasses.replace(engine, settings=settings)


@pytest.fixture
def app(engine: Engine) -> Flask:
    """A demo installation on SQLite."""
    return create_app(demo_of(engine))


@pytest.fixture
def any_app(any_engine: Engine) -> Flask:
    """A demo installation on each database."""
    return create_app(demo_of(any_engine))


@pytest.fixture
def call(app: Flask) -> Callable[[str], Caller]:
    """Somebody with a token, by user name."""
    return lambda username: Caller(app, username)


@pytest.fixture
def document(app: Flask) -> Document:
    """A document on its way through the API."""
    return Document(app)
