"""Random verbs by random people on a step of several signers: what always holds.

After every act: whoever has something to do has it on a live task, and the reverse; nobody has two
copies; somebody's turn it always is; what is held waits for somebody; the step is completed once;
the history alone tells who did what; what is rebuilt from the rows equals what is live (conftest).
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from engine import definitions, history
from engine.errors import GuichengError
from engine.running.context import CommandContext
from engine.running.signers import ASKED_FIRST
from engine.spiff import Execution
from engine.startup import Engine
from engine.storage import history as chains
from engine.storage import instances as instance_rows
from engine.storage import workflows
from tests.engine.signing_office import COLLEAGUES, Signing, deploy

PEOPLE = st.sampled_from((*COLLEAGUES, "office_director"))
AT = st.integers(0, 11)  # which item, in the order of signing
LIVE = ("waiting", "open")


class Signers(RuleBasedStateMachine):
    """One instance, many hands."""

    office: ClassVar[Engine]
    done: ClassVar[Counter[str]] = Counter()

    @initialize(
        signers=st.lists(PEOPLE, min_size=1, max_size=4, unique=True),
        how=st.sampled_from(["all", "ordered", "any", "share"]),
        quota=st.integers(1, 100),
    )
    def begin(self, signers: list[str], how: str, quota: int) -> None:
        self.case = Signing(self.office, *signers, how=how, quota=quota)
        self.done["sequences"] += 1

    @property
    def is_open(self) -> bool:
        return bool(self.case.items(*LIVE))

    def _try(self, verb: str, act: Any) -> None:
        """An act or its refusal, which must be a sentence and change nothing."""
        before = self._state()
        refused = None
        try:
            act()
        except GuichengError as error:
            refused = error.message
        self.done[f"{verb} refused" if refused else verb] += 1
        assert refused is None or (refused.endswith("。") and self._state() == before)

    def _state(self) -> list[tuple[Any, ...]]:
        return [(each.id, each.state, each.held, each.assignee_id) for each in self.case.items()]

    def _pick(self, at: int, *states: str) -> Any:
        found = sorted(
            self.case.items(*(states or LIVE)),
            key=lambda each: (each.position, each.kind, each.assignee_id),
        )
        return found[at % len(found)]

    # ---- acts ----

    @precondition(lambda self: self.is_open)
    @rule(at=AT, outcome=st.sampled_from(["agree", "object"]))
    def sign(self, at: int, outcome: str) -> None:
        item = self._pick(at, "open")
        self._try("sign", lambda: self.case.sign(item.assignee_id, outcome))

    @precondition(lambda self: self.is_open)
    @rule(at=AT, where=st.sampled_from(["before", "parallel", "after"]), new=PEOPLE)
    def add(self, at: int, where: str, new: str) -> None:
        item = self._pick(at)
        self._try(where, lambda: self.case.add(item.assignee_id, where, new))

    @precondition(lambda self: self.is_open)
    @rule(at=AT, whom=AT, who=st.one_of(st.none(), PEOPLE))
    def remove(self, at: int, whom: int, who: str | None) -> None:
        own, other = self._pick(at), self._pick(whom)
        values = {"signer": other.id, "reason": "不再需要。"}
        by = who or own.assignee_id
        self._try("remove", lambda: self.case.use(by, "remove_signer", own.id, **values))

    @precondition(lambda self: self.is_open)
    @rule(at=AT, verb=st.sampled_from(["transfer", "delegate"]), new=PEOPLE)
    def hand_on(self, at: int, verb: str, new: str) -> None:
        item = self._pick(at)
        values = {"person": new, "reason": "请代办。"}
        self._try(verb, lambda: self.case.use(item.assignee_id, verb, item.id, **values))

    @precondition(lambda self: self.is_open)
    @rule(at=AT, new=PEOPLE)
    def reassign(self, at: int, new: str) -> None:
        item = self._pick(at)
        values = {"person": new, "reason": "工作调整。"}
        self._try(
            "reassign", lambda: self.case.use("office_director", "reassign", item.id, **values)
        )

    @rule()
    def forget(self) -> None:
        """Another process goes on: nothing is kept in memory."""
        self.office.kept._found.clear()
        self.done["reload"] += 1

    # ---- what always holds ----

    @invariant()
    def everything_holds(self) -> None:
        rows = self.case.items()
        live = [each for each in rows if each.state in LIVE]
        assert self.case.moved_on != bool(live)
        assert {each.task_id for each in live} <= self._open_tasks()
        copies = Counter(each.assignee_id for each in live)
        assert max(copies.values(), default=1) == 1
        assert not live or any(each.state == "open" for each in live)
        waited_for = {each.of_id for each in live if each.kind in ASKED_FIRST}
        assert {each.id for each in live if each.held} == waited_for
        assert all(each.state == "waiting" for each in live if each.held)
        signed = Counter(each.done_by for each in rows if each.state == "done")
        self._history_tells(signed, over=not live)

    def _open_tasks(self) -> set[str]:
        """The user tasks that are ready in the workflow as its rows have it: always one."""
        engine, id = self.office, self.case.id
        with engine.database.read() as connection:
            definition = definitions.compiled(
                engine, instance_rows.plain(connection, id).definition_id, connection
            )
            context = CommandContext(engine, connection, engine.clock.now(), id)
            execution = Execution.load(definition, workflows.read(connection, id), context)
            found = {each.id for each in execution.open_tasks()}
        assert len(found) == 1
        return found

    def _history_tells(self, signed: Counter[str], *, over: bool) -> None:
        """Who signed, from the chain alone; and that the step was passed once."""
        with self.office.database.read() as connection:
            chain = chains.read(connection, self.case.id)
        told = Counter(each["actor_id"] for each in chain if each["kind"] == "item.completed")
        assert told == signed
        passed = [each["data"]["elements"] for each in chain if each["kind"] == "flow.passed"]
        assert sum(["many", "SIGN"] in each for each in passed) == over

    def teardown(self) -> None:
        if not hasattr(self, "case"):
            return
        for _ in range(60):  # whatever was done, it can be brought to its end
            turn = self.case.open_for()
            if not turn:
                break
            self.case.sign(turn[0])
        assert self.case.moved_on


def test_random_verbs_by_random_people_keep_what_must_hold(engine: Engine, tmp_path: Path) -> None:
    deploy(engine, tmp_path)
    Signers.office, Signers.done = engine, Counter()
    few = settings(
        max_examples=100,
        derandomize=True,  # what was done is counted below
        stateful_step_count=14,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Signers, settings=few)  # type: ignore[no-untyped-call]
    assert history.verify(engine).ok
    assert Signers.done["sequences"] >= 100
    assert all(Signers.done[each] for each in ("sign", "before", "parallel", "after", "remove"))
