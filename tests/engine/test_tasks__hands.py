"""Claiming, giving back, drafts, previews; two people at once; the same click twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from engine import history, instances, tasks
from engine.errors import (
    Conflict,
    GuichengError,
    Invalid,
    KeyReused,
    NotAllowed,
    NotFound,
    StaleVersion,
)
from engine.model import Filters
from engine.startup import Engine
from tests.diagrams import flow, install, start_end, user
from tests.story import Story


@pytest.fixture
def registering(any_engine: Engine) -> Story:
    """A document waits to be registered by the document section."""
    story = Story(any_engine)
    story.start()
    story.prepare()
    return story


def test_a_colleague_claims_and_gives_back(registering: Story) -> None:
    engine, docs = registering.engine, registering.who("docs")
    row = registering.item("docs", "UT_register")
    assert (row.group, row.assignee) == ("文书科", None)
    tasks.claim(engine, docs, row.id, version=row.version, key="k1")
    assert registering.open_steps() == [("UT_register", docs.name)]
    with pytest.raises(Conflict) as taken:
        tasks.claim(engine, registering.who("docs2"), row.id, version=row.version + 1, key="k2")
    assert f"已由{docs.name}认领" in taken.value.message
    tasks.release(engine, docs, row.id, version=row.version + 1, key="k3")
    assert registering.open_steps() == [("UT_register", "文书科")]
    with pytest.raises(Conflict):
        tasks.release(engine, docs, row.id, version=row.version + 2, key="k4")


def test_what_came_to_a_person_is_not_given_back(registering: Story) -> None:
    story = Story(registering.engine)
    story.start()
    row = story.item("gov_clerk", "UT_prepare")
    with pytest.raises(NotAllowed):
        tasks.release(story.engine, story.who("gov_clerk"), row.id, version=row.version, key="k")


def test_of_two_who_claim_at_once_one_gets_it(registering: Story) -> None:
    engine = registering.engine
    row = registering.item("docs", "UT_register")
    people = [registering.who(name) for name in ("docs", "docs2")]
    results = at_once(
        [
            lambda who=who: tasks.claim(engine, who, row.id, version=row.version, key=uuid4().hex)
            for who in people
        ]
    )
    assert sorted(isinstance(each, Conflict) for each in results) == [False, True]


def test_of_two_submissions_at_once_one_counts(any_engine: Engine) -> None:
    story = Story(any_engine)
    story.start()
    story.to_initial()
    row = story.item("sec1", "UT_initial")
    values = {"q_own": True, "q_rule": True, "q_type": True, "q_annex": True, "q_consulted": True}
    values |= {"q_length": True, "handle_class": "handle"}
    results = at_once(
        [
            lambda name=name: tasks.complete(
                any_engine,
                story.who(name),
                row.id,
                version=row.version,
                values={**values, "countersign_extra_depts": ["finance_bureau"]},
                outcome="accept",
                key=uuid4().hex,
            )
            for name in ("sec1", "sec2")
        ]
    )
    refused = [each for each in results if isinstance(each, GuichengError)]
    assert len(refused) == 1
    assert isinstance(refused[0], Conflict)
    assert [step for step, _ in story.open_steps()] == ["UT_select"]
    assert history.verify(any_engine).ok


def test_a_stale_page_is_refused_and_nothing_happened(registering: Story) -> None:
    row = registering.item("docs", "UT_register")
    engine, docs = registering.engine, registering.who("docs")
    tasks.claim(engine, docs, row.id, version=row.version, key="k1")
    before = instances.history(engine, registering.who("manager"), registering.instance_id)
    with pytest.raises(StaleVersion):
        tasks.complete(engine, docs, row.id, version=row.version, values={}, key="k2")
    after = instances.history(engine, registering.who("manager"), registering.instance_id)
    assert after == before


def test_the_same_click_twice_is_one_submission(registering: Story) -> None:
    first = registering.do("docs", "UT_register", key="click", **registered(registering))
    row_id = next(iter(finished(registering, "docs")))
    again = tasks.complete(
        registering.engine,
        registering.who("docs"),
        row_id,
        version=2,
        values=registered(registering),
        key="click",
    )
    assert (first.repeated, again.repeated) == (False, True)
    assert again.message == first.message
    with pytest.raises(KeyReused):
        tasks.complete(
            registering.engine,
            registering.who("docs"),
            row_id,
            version=2,
            values={**registered(registering), "copies": 9},
            key="click",
        )


def test_what_is_done_cannot_be_done_again_and_says_by_whom(registering: Story) -> None:
    registering.do("docs", "UT_register", **registered(registering))
    row_id = next(iter(finished(registering, "docs")))
    with pytest.raises(Conflict) as refused:
        tasks.complete(
            registering.engine,
            registering.who("docs2"),
            row_id,
            version=3,
            values=registered(registering),
            key="again",
        )
    assert f"已由{registering.who('docs').name}" in refused.value.message


def test_a_draft_is_kept_unchecked_and_shown_again(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    row = story.item("gov_clerk", "UT_prepare")
    clerk = story.who("gov_clerk")
    tasks.save_draft(engine, clerk, row.id, version=row.version, values={"title": "半"}, key="d1")
    view = tasks.get(engine, clerk, row.id)
    assert view.values["title"] == "半"
    assert view.draft_at is not None
    drafts = tasks.worklist(engine, clerk, "drafts")
    assert [each.id for each in drafts.items] == [row.id]
    assert story.see().row.title != "半"


def test_a_preview_names_the_next_hands_and_changes_nothing(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    story.to_initial()
    story.initial()
    row = story.item("sec1", "UT_draft_opinion")
    before = instances.history(engine, story.who("manager"), story.instance_id)
    steps = tasks.preview(
        engine,
        story.who("sec1"),
        row.id,
        values={
            "summary": "摘要",
            "suggestion": "拟同意。",
            "field": "water",
            "suggested_decision": "approve",
            "disclosure_class": "active",
        },
    )
    assert steps == ("办公室负责人审核　郗明哲",)
    assert instances.history(engine, story.who("manager"), story.instance_id) == before
    with pytest.raises(Invalid):
        tasks.preview(engine, story.who("sec1"), row.id, values={})


def test_others_see_nothing_and_a_manager_looks_but_does_not_act(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    row = story.item("gov_clerk", "UT_prepare")
    for stranger in ("xinfu_clerk", "designer", "sysadmin", "secadmin", "auditadmin"):
        with pytest.raises(NotFound):
            tasks.get(engine, story.who(stranger), row.id)
        with pytest.raises(NotFound):
            tasks.complete(
                engine, story.who(stranger), row.id, version=1, values={}, key=uuid4().hex
            )
        with pytest.raises(NotFound):
            instances.get(engine, story.who(stranger), story.instance_id)
    view = tasks.get(engine, story.who("manager"), row.id)
    assert (view.may_act, view.actions) == (False, ())
    with pytest.raises(NotAllowed):
        tasks.complete(engine, story.who("manager"), row.id, version=1, values={}, key="m")


def test_counts_are_the_rows_behind_them(engine: Engine, tmp_path: Path) -> None:
    install(engine, tmp_path, "short", start_end() + user("A") + flow("S", "A", "E"))
    clerk = Story(engine).who("gov_clerk")
    for _ in range(25):
        Story(engine).begin("gov_clerk", "short", {})
    done = Story(engine)
    done.begin("gov_clerk", "short", {})
    done.do("gov_clerk", "A", note="办")
    counts = tasks.counts(engine, clerk)
    for view in tasks.VIEWS:
        page = tasks.worklist(engine, clerk, view, size=10)
        assert page.total == getattr(counts, view), view


def test_what_is_late_stands_first_and_is_counted(engine: Engine) -> None:
    early, late = Story(engine), Story(engine)
    late.start()
    late.prepare()
    early.at("2026-02-24T09:00:00+08:00")
    early.start()
    early.prepare()
    page = tasks.worklist(engine, early.who("docs"), "group")
    assert [row.instance_id for row in page.items] == [late.instance_id, early.instance_id]
    assert page.items[0].due.css == "overdue"
    assert tasks.counts(engine, early.who("docs")).overdue == 1


def test_a_search_finds_by_title_and_minds_no_wildcards(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    story.prepare()
    docs = story.who("docs")
    assert tasks.worklist(engine, docs, "group", filters=Filters(search="防汛")).total == 1
    assert tasks.worklist(engine, docs, "group", filters=Filters(search="100%")).total == 0
    assert tasks.worklist(engine, docs, "group", filters=Filters(search="_")).total == 0
    with pytest.raises(NotFound):
        tasks.worklist(engine, docs, "everything")


def registered(story: Story) -> dict[str, object]:
    now = story.engine.clock.now().isoformat()
    return {"received_at": now, "copies": 1, "class_checked": "none", "paper_seal_ok": True}


def finished(story: Story, username: str) -> list[str]:
    return [row.id for row in tasks.worklist(story.engine, story.who(username), "done").items]


def at_once(calls: list[Callable[[], object]]) -> list[object]:
    """Run all calls at the same time; their results or refusals."""
    results: list[object] = []
    gate = threading.Barrier(len(calls))

    def run(call: Callable[[], object]) -> None:
        gate.wait()
        try:
            results.append(call())
        except GuichengError as error:
            results.append(error)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
