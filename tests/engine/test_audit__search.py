"""The audit administrator sees acts, not documents; looking is noted; nobody else looks."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine import accounts, audit, history
from engine.audit import Question
from engine.clock import parse_moment
from engine.errors import NotAllowed
from engine.model import Actor
from engine.startup import Engine
from engine.storage import tables
from tests.story import Story

OPINION = "此件另有隐情，暂缓。"


@pytest.fixture
def auditor(any_engine: Engine) -> Actor:
    return accounts.actor_named(any_engine, "auditadmin")


@pytest.fixture
def story(any_engine: Engine) -> Story:
    """A document on its way whose handler wrote something that concerns nobody else."""
    told = Story(any_engine)
    told.start()
    told.prepare(doc_number="忻政办函〔2026〕3号")
    told.register()
    told.initial(comment=OPINION)
    return told


def texts(engine: Engine, auditor: Actor, **asked: object) -> list[str]:
    found = audit.search(engine, auditor, Question(**asked))  # type: ignore[arg-type]
    return [each.entry.text for each in found.items]


def test_acts_are_found_by_number_person_area_time_and_words(
    any_engine: Engine, auditor: Actor, story: Story
) -> None:
    number = story.see().row.number
    assert number
    acts = texts(any_engine, auditor, number=number)
    assert any("办理了" in each for each in acts)
    assert texts(any_engine, auditor, number="没有这个文号") == []
    clerk = accounts.actor_named(any_engine, "gov_clerk")
    assert all(clerk.name in each for each in texts(any_engine, auditor, person_id=clerk.person_id))
    assert all("审计" in each for each in texts(any_engine, auditor, area="audit"))
    now = any_engine.clock.now()
    assert texts(any_engine, auditor, until=now) == []
    assert texts(any_engine, auditor, since=now, until=now + timedelta(seconds=1))
    assert texts(any_engine, auditor, words="登记", area="flow")


def test_neither_titles_nor_opinions_are_shown_or_can_be_searched_for(
    any_engine: Engine, auditor: Actor, story: Story
) -> None:
    title = story.see().row.title
    number = story.see().row.number
    shown = audit.search(any_engine, auditor, Question(number=number))
    told = str(shown.items) + "".join(
        each.entry.text for each in audit.export(any_engine, auditor, Question())
    )
    assert OPINION not in told
    assert title not in told
    for words in (OPINION, "隐情", title):
        found = audit.search(any_engine, auditor, Question(words=words, area="flow"))
        assert found.total == 0


def test_signs_of_a_search_pattern_stand_for_themselves(
    any_engine: Engine, auditor: Actor, story: Story
) -> None:
    for words in ("%", "_", "\\", "'; --"):
        assert texts(any_engine, auditor, words=words, area="flow") == []
        assert texts(any_engine, auditor, number=words) == []


def test_looking_exporting_and_verifying_are_noted(any_engine: Engine, auditor: Actor) -> None:
    since = parse_moment("2026-02-01T00:00:00+08:00")
    audit.search(any_engine, auditor, Question(since=since, area="access", words="锁定"))
    list(audit.export(any_engine, auditor, Question(number="3号")))
    assert audit.verify(any_engine, auditor).report.ok
    with any_engine.database.read() as connection:
        names = {auditor.person_id: "王审计"}
        told = [each.text for each in history.entries(connection, history.SYSTEM, names)][-3:]
    assert told == [
        "王审计查询了审计记录，条件：自2026-02-01，类别账号和访问，字词锁定，0条。",
        "王审计导出了审计记录，条件：文号3号，0条。",
        "王审计核验了全部记录的校验链：完整，没有改动。",
    ]


def test_verifying_finds_what_was_changed_behind_the_systems_back(
    any_engine: Engine, auditor: Actor, story: Story
) -> None:
    history.anchor(any_engine)
    with any_engine.database.write() as connection:
        for statement in tables.append_only_ddl(connection.dialect.name):
            if "TRIGGER history" in statement:
                name = statement.split()[2]
                on = " ON history" if connection.dialect.name == "postgresql" else ""
                connection.exec_driver_sql(f"DROP TRIGGER {name}{on}")
        connection.execute(
            sa.update(tables.history)
            .where(tables.history.c.chain == story.instance_id, tables.history.c.seq == 1)
            .values(actor_id="somebody")
        )
    found = audit.verify(any_engine, auditor)
    assert not found.report.ok
    assert "内容被改动过" in found.report.problems[0]
    assert found.anchored == any_engine.clock.now()


@pytest.mark.parametrize("username", ["sysadmin", "secadmin", "manager", "designer", "mayor"])
def test_nobody_else_looks(engine: Engine, username: str) -> None:
    other = accounts.actor_named(engine, username)
    for look in (audit.search, audit.export):
        with pytest.raises(NotAllowed, match="安全审计员"):
            look(engine, other, Question())
    with pytest.raises(NotAllowed, match="安全审计员"):
        audit.verify(engine, other)
