"""Who draws procedures handles nothing and says nowhere who handles it (易错清单 41)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from engine import accounts, instances, substitution, tasks
from engine.clock import parse_moment
from engine.errors import Invalid, NotAllowed, NotFound
from engine.startup import Engine
from tests.story import PASSWORD, START, Story

TRIP: dict[str, Any] = {
    "starts_at": parse_moment("2026-02-12T08:00:00+08:00"),
    "ends_at": parse_moment("2026-02-20T18:00:00+08:00"),
}


def test_a_designer_neither_begins_nor_handles_nor_signs_anything(engine: Engine) -> None:
    story = Story(engine)
    story.to_the_mayor()
    designer, row = story.who("designer"), story.item("mayor", "UT_mayor")
    with pytest.raises(NotAllowed):
        instances.start(engine, designer, "document_approval", START, key=uuid4().hex)
    with pytest.raises(NotFound):
        tasks.complete(
            engine,
            designer,
            row.id,
            version=row.version,
            values={},
            outcome="approve",
            comment="同意。",
            confirm=PASSWORD,
            key=uuid4().hex,
        )
    for act in (tasks.claim, tasks.release):
        with pytest.raises(NotFound):
            act(engine, designer, row.id, version=row.version, key=uuid4().hex)
    assert story.open_steps() == [("UT_mayor", "卫承远")]


def test_a_designer_does_not_change_who_handles_what_is_under_way(engine: Engine) -> None:
    story = Story(engine)
    story.to_the_mayor()
    designer = story.who("designer")
    with pytest.raises(NotAllowed):
        substitution.add_absence(
            engine, designer, person_id="mayor", kind="leave", key=uuid4().hex, **TRIP
        )
    with pytest.raises(NotAllowed):
        substitution.give_mandate(
            engine,
            designer,
            principal_id="mayor",
            substitute_id="evm",
            scope=["instruct"],
            evidence="市长口头委托",
            key=uuid4().hex,
            **TRIP,
        )
    assert story.open_steps() == [("UT_mayor", "卫承远")]


def test_nobody_is_a_designer_and_something_else_as_well(engine: Engine) -> None:
    secadmin = accounts.actor_named(engine, "secadmin")
    designer = accounts.actor_named(engine, "designer")
    for other in ("staff", "manager", "system_admin"):
        with pytest.raises(Invalid, match="不能由同一人兼任"):
            accounts.set_roles(engine, secadmin, designer.account_id, ["designer", other])
