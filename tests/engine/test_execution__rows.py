"""A workflow rebuilt from its rows is the workflow that was stored, at every step of a story."""

from __future__ import annotations

from engine import definitions
from engine.running.context import CommandContext
from engine.spiff import Execution, rows
from engine.startup import Engine
from engine.storage import instances as instance_rows
from tests.story import Story


def rebuilt_is_stored(story: Story) -> None:
    """Decoding and encoding again changes not one byte; open tasks and timers are found again."""
    engine = story.engine
    with engine.database.read() as connection:
        row = instance_rows.get(connection, story.instance_id, True)
        definition = definitions.compiled(engine, row.definition_id, connection)
        stored = instance_rows.workflow(connection, story.instance_id)
        workflow = rows.decode(stored, definition.spec, dict(definition.subprocess_specs))
        again = rows.encode(workflow)
        assert rows.changes(stored, again) == rows.Changes({}, {}, (), ())
        context = CommandContext(engine, connection, engine.clock.now(), story.instance_id)
        execution = Execution.load(definition, stored, context)
        assert execution.completed == (row.state == "completed")
        assert execution.changes() == rows.Changes({}, {}, (), ())


def test_every_step_of_a_countersigned_document(any_engine: Engine) -> None:
    story = Story(any_engine)
    story.start()
    rebuilt_is_stored(story)
    story.to_countersign("finance_bureau", "judicial_bureau")
    rebuilt_is_stored(story)
    later = "2026-03-06T18:00:00+08:00"
    story.do("judicial_head", "UT_reply", "extend", ext_reason="需会商。", ext_until=later)
    rebuilt_is_stored(story)
    story.do("gov_clerk", "UT_ext_decide", granted=True, new_due=later)
    rebuilt_is_stored(story)
    story.do("finance_head", "UT_reply", "object", comment="资金来源不明。", basis="预算法")
    rebuilt_is_stored(story)
    story.at("2026-03-06T18:00:01+08:00")
    rebuilt_is_stored(story)
    story.summarise(("finance_bureau", True, None))
    rebuilt_is_stored(story)


def test_a_finished_document(any_engine: Engine) -> None:
    story = Story(any_engine)
    story.start()
    story.to_initial()
    story.initial("reject", comment="不属本机关职权。", q_own=False)
    rebuilt_is_stored(story)
    assert story.see().row.state == "completed"


def test_a_command_writes_only_the_rows_it_changed(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    story.to_countersign("finance_bureau", "judicial_bureau", "education_bureau")
    with engine.database.read() as connection:
        before = instance_rows.workflow(connection, story.instance_id)
    story.do("finance_head", "UT_reply", "agree", comment="同意。")
    with engine.database.read() as connection:
        after = instance_rows.workflow(connection, story.instance_id)
    changed = rows.changes(before, after)
    assert len(changed.tasks) < len(after.tasks) / 2
