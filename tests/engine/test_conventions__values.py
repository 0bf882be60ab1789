"""A convention is declared once, changed with a reason, and counts for what is computed later."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine import conventions, definitions, history, instances
from engine.conventions import Convention
from engine.errors import DeploymentRefused, Invalid, NotAllowed, NotFound
from engine.model import Actor
from engine.procedure import Procedure, Registry
from engine.startup import Engine
from engine.storage import tables, workflows
from processes.shared.assignment import resolve
from tests.diagrams import flow, start_end, user, write
from tests.story import Story

GRACE = Convention("grace_days", "宽限天数", 2, unit="日", least=1, most=10)
DUE = {
    "due_length": 'convention("grace_days")',
    "due_unit": "day",
    "due_source": "约定：宽限天数",
}


def admin(engine: Engine) -> Actor:
    return Story(engine).who("sysadmin")


def value(engine: Engine, key: str) -> Any:
    with engine.database.read() as connection:
        return conventions.snapshot(engine, connection)[key]


def declare(engine: Engine, *declared: Convention) -> None:
    procedure = Procedure(
        "graceful",
        "宽限",
        starter_roles=frozenset({"dept_clerk"}),
        conventions=declared,
    )
    engine.registry = Registry([*engine.registry, procedure], resolve)


def test_the_default_stands_until_the_office_decides_otherwise(any_engine: Engine) -> None:
    assert value(any_engine, "cancel_reason_length") == 5
    done = conventions.change(
        any_engine, admin(any_engine), "cancel_reason_length", "8", "太短。", key="1"
    )
    assert done["message"].startswith("“撤销理由最少字数”已由5个字改为8个字（约定）。")
    assert value(any_engine, "cancel_reason_length") == 8
    story = Story(any_engine)
    story.start()
    with pytest.raises(Invalid) as refused:
        instances.cancel(
            any_engine, story.who("gov_clerk"), story.instance_id, "重复发起。", key="2"
        )
    assert refused.value.message == "撤销须写明理由（不少于8个字）。"
    assert refused.value.findings[0].source == "约定"

    conventions.reset(any_engine, admin(any_engine), "cancel_reason_length", "恢复。", key="3")
    assert value(any_engine, "cancel_reason_length") == 5
    row = conventions.one(any_engine, admin(any_engine), "cancel_reason_length")
    assert [(each.before, each.after, each.reason) for each in row.changes] == [
        ("8个字", "5个字", "恢复。"),
        ("5个字", "8个字", "太短。"),
    ]
    assert not row.differs
    assert history.verify(any_engine).ok


@pytest.mark.parametrize(
    ("key", "typed", "expected"),
    [
        ("due_soon_days", "0", "“快到期提示”应为1到30之间的整数。"),
        ("due_soon_days", "三", "“快到期提示”应为1到30之间的整数。"),
        ("due_soon_days", "3", "现在就是3个工作日，没有改动。"),
        ("office_hours_end", "25:00", "“下班时间”应为时刻，如18:00。"),
        ("office_hours_end", "6pm", "“下班时间”应为时刻，如18:00。"),
        ("summer_hours_from", "13-01", "“夏季作息开始”应为几月几日，如05-01。"),
        ("office_head_reviews", "maybe", "“呈批先经办公室负责人审核”应为是或否。"),
    ],
)
def test_what_is_no_value_is_refused_in_a_sentence(
    engine: Engine, key: str, typed: str, expected: str
) -> None:
    with pytest.raises(Invalid) as refused:
        conventions.change(engine, admin(engine), key, typed, "试一试。", key="1")
    assert refused.value.message == expected


def test_only_the_system_administrator_changes_one_and_says_why(engine: Engine) -> None:
    for who in ("gov_clerk", "secadmin", "auditadmin", "designer", "manager"):
        with pytest.raises(NotAllowed):
            conventions.change(
                engine, Story(engine).who(who), "due_soon_days", "5", "因。", key="1"
            )
    with pytest.raises(Invalid) as refused:
        conventions.change(engine, admin(engine), "due_soon_days", "5", "  ", key="1")
    assert refused.value.message == "请写明为什么改，改动会留痕。"
    with pytest.raises(NotFound):
        conventions.change(engine, admin(engine), "none_such", "5", "因。", key="1")


def test_a_repeated_request_changes_once(engine: Engine) -> None:
    for _ in range(2):
        conventions.change(engine, admin(engine), "due_soon_days", "5", "提早提醒。", key="same")
    assert len(conventions.one(engine, admin(engine), "due_soon_days").changes) == 1


def test_an_instance_keeps_the_value_it_began_with(engine: Engine) -> None:
    begun, later = Story(engine), Story(engine)
    begun.start()
    begun.to_initial()
    conventions.change(engine, admin(engine), "office_head_reviews", "no", "精简环节。", key="1")
    later.start()
    later.to_initial()
    for story in (begun, later):
        story.initial()
        story.draft()
    assert [step for step, _ in begun.open_steps()] == ["UT_office_head"]
    assert [step for step, _ in later.open_steps()] == ["UT_dsg"]


def test_a_loop_of_an_instance_keeps_the_value_it_began_with(
    engine: Engine, tmp_path: Path
) -> None:
    """The defaults of an embedded scope are fresh at every entry, the convention is not."""
    declare(engine, GRACE)
    inner = (
        '<subProcess id="P" name="P">'
        + '<startEvent id="s"/><endEvent id="e" name="完"/>'
        + user("A", post="seen = days")
        + flow("s", "A", "e")
        + "</subProcess>"
    )
    again = (
        start_end()
        + '<exclusiveGateway id="G" name="再来？" default="F_G_E"/>'
        + '<exclusiveGateway id="J"/>'
        + inner
        + flow("S", "J", "P", "G", "E")
        + flow("G", "J", when='note == "再来"')
    )
    folder = write(tmp_path, "graceful", again, variables={"seen": 0, "note": None})
    declared = {
        "graceful": {"seen": 0, "note": None},
        "P": {"days": {"convention": "grace_days"}},
    }
    (folder / "variables.json").write_text(json.dumps(declared), "utf-8")
    definitions.deploy(engine, [folder])
    story = Story(engine)
    story.begin("gov_clerk", "graceful", {})
    conventions.change(engine, admin(engine), "grace_days", "9", "放宽。", key="1")
    story.do("gov_clerk", "A", note="再来")
    assert story.view("gov_clerk", "A").row.element_id == "A"
    assert variable(engine, story, "days") == 2


def variable(engine: Engine, story: Story, name: str) -> Any:
    """A variable at the open step."""
    item = story.item("gov_clerk", "A")
    query = sa.select(tables.work_item.c.task_id).where(tables.work_item.c.id == item.id)
    with engine.database.read() as connection:
        task = connection.execute(query).scalar_one()
        return workflows.task_data(connection, story.instance_id, task)[name]


def test_a_step_takes_its_length_from_a_convention(engine: Engine, tmp_path: Path) -> None:
    declare(engine, GRACE)
    body = start_end() + user("A", **DUE) + flow("S", "A", "E")
    definitions.deploy(engine, [write(tmp_path, "graceful", body)])
    first, second = Story(engine), Story(engine)
    first.begin("gov_clerk", "graceful", {})
    conventions.change(engine, admin(engine), "grace_days", "9", "放宽。", key="1")
    second.begin("gov_clerk", "graceful", {})
    dues = [each.view("gov_clerk", "A").row.due for each in (first, second)]
    assert [due.at.day for due in dues if due.at] == [13, 24]  # 20 February is a day off
    assert {due.kind for due in dues} == {"house"}
    assert all(str(due.source).startswith("约定") for due in dues)


def test_a_convention_is_never_drawn_as_law(engine: Engine, tmp_path: Path) -> None:
    declare(engine, GRACE)
    lawful = {**DUE, "due_source": "工作规则第三十三条"}
    body = start_end() + user("A", **lawful) + flow("S", "A", "E")
    with pytest.raises(DeploymentRefused) as refused:
        definitions.deploy(engine, [write(tmp_path, "graceful", body)])
    assert [each.code for each in refused.value.findings] == ["convention-as-law"]


def test_a_default_that_names_no_convention_is_refused(engine: Engine, tmp_path: Path) -> None:
    declare(engine, GRACE)
    body = start_end() + user("A") + flow("S", "A", "E")
    folder = write(tmp_path, "graceful", body, variables={"days": {"convention": "nonsense"}})
    with pytest.raises(DeploymentRefused) as refused:
        definitions.deploy(engine, [folder])
    assert [each.code for each in refused.value.findings] == ["convention-missing"]


def test_the_same_key_means_one_convention() -> None:
    one, same, other = (
        Procedure(key, key, conventions=(Convention("grace_days", name, 2),))
        for key, name in (("a", "宽限"), ("b", "宽限"), ("c", "另一个"))
    )
    assert "grace_days" in Registry([one, same], resolve).conventions
    with pytest.raises(ValueError, match="'grace_days' of 'c' is declared twice"):
        Registry([one, other], resolve)
    with pytest.raises(ValueError, match="none of its values"):
        Registry([Procedure("a", "a", conventions=(Convention("x", "x", "many"),))], resolve)


def test_a_value_is_shown_with_the_word_convention(engine: Engine) -> None:
    with engine.database.read() as connection:
        values = conventions.snapshot(engine, connection)
    assert values.shown("cancel_reason_length") == "5个字（约定）"
    assert values.shown("summer_hours_from") == "5月1日（约定）"
    rows = conventions.listing(engine, admin(engine))
    assert {each.convention.key for each in rows} >= {"office_hours_end", "office_head_reviews"}
    by_key = {each.convention.key: each for each in rows}
    assert by_key["office_head_reviews"].used_by == ("公文呈批",)
    assert all(each.convention.used_in for each in rows)
