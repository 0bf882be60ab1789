"""Whatever happens in whatever order: untouched work is with whom the rules name, signed stays."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import changes, directory, timers, whereabouts
from engine.clock import ManualClock
from engine.errors import Conflict, Invalid
from engine.procedure import AssignmentRequest
from engine.startup import Engine
from engine.substitution import AddAbsence, EndAbsence, GiveMandate, RevokeMandate
from tests.story import Story

PEOPLE = ("mayor", "mayor", "evm", "vm3")


class Office:
    """One signed matter of the mayor's and one that waits, while people come and go."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.signed, self.waiting = Story(engine), Story(engine)
        self.signed.at("2026-05-10T09:00:00+08:00")
        for story in (self.signed, self.waiting):
            story.to_the_mayor()
        self.signed.do("mayor", "UT_mayor", "approve", comment="同意。")
        self.kept = self.signature()

    def signature(self) -> Any:
        return next(each for each in self.signed.see().opinions if each.step == "市长批示")

    def leaves(self, who: int, hours: int) -> None:
        now = self.engine.clock.now()
        self.make(AddAbsence(PEOPLE[who], "business_trip", now, now + timedelta(hours=hours)))

    def returns(self, who: int, _: int) -> None:
        for row in whereabouts.absences(self.engine, self.signed.who("sg")):
            if row.person_id == PEOPLE[who] and row.state == whereabouts.CURRENT:
                self.engine.clock.advance(seconds=1)  # type: ignore[attr-defined]
                self.make(EndAbsence(row.id))

    def is_entrusted(self, who: int, hours: int) -> None:
        now = self.engine.clock.now()
        person, end = PEOPLE[who], now + timedelta(hours=hours)
        self.make(GiveMandate("mayor", person, ("instruct",), now, end, "市长当面委托"))

    def is_revoked(self, _: int, __: int) -> None:
        for row in whereabouts.substitutions(self.engine, self.signed.who("sg")):
            if row.state == whereabouts.CURRENT:
                self.make(RevokeMandate(row.id))

    def time_passes(self, _: int, hours: int) -> None:
        assert isinstance(self.engine.clock, ManualClock)
        self.engine.clock.advance(hours=hours)

    def make(self, change: Any) -> None:
        with suppress(Invalid, Conflict):  # refused by the rules; whatever stands must hold
            changes.make(self.engine, self.signed.who("sg"), change, key=uuid4().hex)

    def holds(self) -> None:
        timers.fire_due(self.engine)
        office, now = directory.snapshot(self.engine), self.engine.clock.now()
        asked = AssignmentRequest("mayor", now, scope="instruct")
        [named] = self.engine.registry.resolve(office, asked)
        assert named.person is not None
        assert self.waiting.open_steps() == [("UT_mayor", office.person_name(named.person))]
        [item] = self.waiting.see().open_items
        assert item.alert == named.alert
        assert bool(item.signed_as) is (named.form == "acting")
        assert self.signature() == self.kept


EVENTS: tuple[Callable[..., None], ...] = (
    Office.leaves,
    Office.returns,
    Office.is_entrusted,
    Office.is_revoked,
    Office.time_passes,
)
steps = st.lists(
    st.tuples(st.sampled_from(EVENTS), st.integers(0, 3), st.integers(1, 72)), max_size=8
)


@pytest.mark.slow
def test_in_any_order_of_events(engine: Engine) -> None:
    office = Office(engine)

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(steps)
    def happen(events: list[tuple[Callable[..., None], int, int]]) -> None:
        for event, who, hours in events:
            event(office, who, hours)
            office.holds()

    happen()
