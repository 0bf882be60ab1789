"""A workflow rebuilt from its rows is the live one, and a command writes only what it changed.

That the two are equal is proved after every command of every test (tests/rebuilt.py); here stands
what only some stories reach, and how much is written and read.
"""

from __future__ import annotations

from engine import definitions
from engine.running.context import CommandContext
from engine.running.kept import KeptWorkflows
from engine.spiff import Execution, rows
from engine.startup import Engine
from engine.storage import instances as instance_rows
from engine.storage import workflows
from tests.rebuilt import ProvedWorkflows
from tests.story import Story


def stored(engine: Engine, story: Story, *, finished: bool = False) -> rows.Rows:
    with engine.database.read() as connection:
        return workflows.read(connection, story.instance_id, finished=finished)


def loaded(engine: Engine, story: Story) -> Execution:
    """The instance taken up from every row it has."""
    with engine.database.read() as connection:
        row = instance_rows.get(connection, story.instance_id, True)
        definition = definitions.compiled(engine, row.definition_id, connection)
        found = workflows.read(connection, story.instance_id, finished=True)
        context = CommandContext(engine, connection, engine.clock.now(), story.instance_id)
        return Execution.load(definition, found, context)


def test_every_step_of_a_countersigned_document(any_engine: Engine) -> None:
    story = Story(any_engine)
    story.start()
    story.to_countersign("finance_bureau", "judicial_bureau")
    later = "2026-03-06T18:00:00+08:00"
    story.do(
        "judicial_head",
        "UT_reply",
        "extend",
        ext_reason="需会商。",
        ext_until=later,
        ext_way="书面",
    )
    story.do("gov_clerk", "UT_ext_decide", granted=True, new_due=later)
    story.do("finance_head", "UT_reply", "object", comment="资金来源不明。", basis="预算法")
    story.at("2026-03-06T18:00:01+08:00")
    story.summarise(("finance_bureau", True, None))
    proved = any_engine.kept
    assert isinstance(proved, ProvedWorkflows)
    assert proved.proved >= 10


def test_a_finished_document_is_complete_when_all_of_it_is_loaded(any_engine: Engine) -> None:
    story = Story(any_engine)
    story.start()
    story.to_initial()
    story.initial("reject", comment="不属本机关职权。", q_own=False)
    assert story.see().row.state == "completed"
    assert loaded(any_engine, story).completed


def test_loading_changes_nothing(any_engine: Engine) -> None:
    story = Story(any_engine)
    story.start()
    story.to_countersign("finance_bureau", "judicial_bureau")
    assert loaded(any_engine, story).changes().tasks == {}


def test_a_command_writes_only_the_rows_it_changed(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    story.to_countersign("finance_bureau", "judicial_bureau", "education_bureau")
    before = stored(engine, story, finished=True)
    story.do("finance_head", "UT_reply", "agree", comment="同意。")
    after = stored(engine, story, finished=True)
    changed = [task for task, row in after.tasks.items() if before.tasks.get(task) != row]
    assert 0 < len(changed) < len(after.tasks) / 2


def test_what_is_finished_in_a_scope_is_not_read_again(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    story.to_countersign("finance_bureau", "judicial_bureau", "education_bureau")
    before = stored(engine, story)
    for head in ("finance_head", "judicial_head"):
        story.do(head, "UT_reply", "agree", comment="同意。")
    everything, now = stored(engine, story, finished=True), stored(engine, story)
    assert len(now.scopes) == len(before.scopes) - 4  # two departments, each with its inner scope
    assert len(now.tasks) < 0.7 * len(everything.tasks)


def test_a_kept_workflow_is_dropped_when_another_process_was_faster(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    story.to_initial()
    elsewhere = engine.kept
    engine.kept = KeptWorkflows()  # as another process has
    story.initial("accept", countersign_extra_depts=["finance_bureau"])
    engine.kept = elsewhere
    story.do("gov_clerk", "UT_select", depts=["finance_bureau"], must_reply_depts=[])
    story.sign_out()
    assert [step for step, _ in story.open_steps()] == ["UT_reply"]


def test_kept_workflows_are_bounded(engine: Engine) -> None:
    engine.kept = KeptWorkflows(largest=1)
    story = Story(engine)
    story.start()
    story.to_initial()
    assert engine.kept.take(story.instance_id, 1) is None
