"""The application: an engine with its pages and its API. The only place, with the command line,
where the web meets the procedures."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from flask import Flask, request

from engine import duties, incidents, notices
from engine.errors import StorageUnavailable
from engine.model import Actor
from engine.settings import Settings
from engine.startup import Engine, build
from web import api, assets, errors, pages, security, sessions, words


def build_app(settings: Settings) -> Flask:
    """Engine and application of an installation whose database is there and migrated."""
    from processes import discover

    return create_app(build(settings, discover()))


def create_app(engine: Engine) -> Flask:
    """The pages and the API over an engine."""
    app = api.application(__name__)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["guicheng"] = engine
    security.protect(app, engine.settings)
    assets.register(app)
    words.register(app, engine)
    errors.register(app)
    sessions.register(app)
    pages.register(app)
    api.register(app, engine)

    @app.context_processor
    def surroundings() -> dict[str, object]:
        return {
            "me": sessions.known_actor(),
            "surroundings": Surroundings(engine, sessions.known_actor()),
            "large": request.cookies.get("guicheng_size") == "large",
        }

    return app


@dataclass(frozen=True)
class Surroundings:
    """What the head of every page shows of the installation; asked only when it is shown."""

    engine: Engine
    me: Actor | None

    @cached_property
    def unread(self) -> int:
        """My unread notices; a page that says the database is away says nothing of them."""
        with suppress(StorageUnavailable):
            return notices.unread(self.engine, self.me) if self.me is not None else 0
        return 0

    @cached_property
    def incidents(self) -> int:
        """What did not work and waits for me, who mends it."""
        with suppress(StorageUnavailable):
            if self.me is not None and duties.INCIDENTS.allows(self.me):
                return incidents.counts(self.engine).failed
        return 0

    @property
    def steers(self) -> bool:
        """Whether I may reassign, suspend and terminate what is not mine."""
        return self.me is not None and duties.may_steer(self.me)

    @property
    def now(self) -> object:
        return self.engine.clock.now()

    @property
    def is_workday(self) -> bool:
        return self.engine.calendar().is_workday(self.engine.clock.now().date())

    @property
    def demo(self) -> bool:
        return self.engine.settings.demo
