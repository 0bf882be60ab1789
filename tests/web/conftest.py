"""The application on a furnished engine, and people at its screens."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engine.startup import Engine
from tests.story import Story
from tests.web.desk import Desk
from web.app import create_app


@pytest.fixture
def app(engine: Engine) -> Flask:
    """The pages over the engine of this test."""
    return create_app(engine)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A bare client, signed in as the clerk of the government office."""
    return Desk(app, "gov_clerk").client


@pytest.fixture
def at_desk(app: Flask) -> Callable[[str], Desk]:
    """Somebody signed in at a screen, by user name."""
    return lambda username: Desk(app, username)


@pytest.fixture
def story(engine: Engine) -> Story:
    """A document to tell a story about."""
    return Story(engine)
