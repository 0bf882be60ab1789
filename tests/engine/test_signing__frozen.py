"""A signed text is replaced only where the flow returned for it; what was changed shows."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from engine import attachments, history
from engine.errors import DeploymentRefused, Invalid
from engine.startup import Engine
from engine.storage.tables import signature
from tests.diagrams import flow, install, start_end, user
from tests.engine.test_history__tampering import problems_after
from tests.story import PASSWORD, Story

BODY = {"key": "body_file", "type": "textfield", "label": "正文", "properties": {"kind": "file"}}
SAID = {
    "key": "said",
    "type": "textarea",
    "label": "意见",
    "properties": {"kind": "textarea", "role": "comment"},
}


def signed_story(engine: Engine, folder: Path) -> Story:
    """A text that was entered and signed; then somebody fills in the same form, then a reviser."""
    steps = (
        user("enter")
        + user("decide", sign="body_hash", scope="instruct")
        + user("later")
        + user("mend", revises="body_hash")
    )
    body = start_end() + steps + flow("S", "enter", "decide", "later", "mend", "E")
    variables = {"body_file": None, "body_hash": None, "said": None}
    install(engine, folder, "frozen", body, variables=variables, fields=[BODY, SAID])
    story = Story(engine)
    story.begin("gov_clerk", "frozen", {})
    story.do("gov_clerk", "enter", body_file=story.letter("gov_clerk"))
    kept = story.view("gov_clerk", "decide").values["body_file"]
    story.do("gov_clerk", "decide", comment="同意。", signed=PASSWORD, body_file=kept)
    return story


def test_a_signed_text_is_not_replaced(any_engine: Engine, tmp_path: Path) -> None:
    story = signed_story(any_engine, tmp_path)
    another = story.letter("gov_clerk", "另一份正文。")
    for value in (another, None):
        with pytest.raises(Invalid, match="正文已经领导签批，不能替换") as refused:
            story.do("gov_clerk", "later", body_file=value)
        [finding] = refused.value.findings
        assert (finding.field, finding.source) == ("body_file", "公文处理工作条例第二十五条")
    kept = story.view("gov_clerk", "later").values["body_file"]
    story.do("gov_clerk", "later", body_file=kept)


def test_where_the_flow_returns_for_it_the_text_is_replaced(
    any_engine: Engine, tmp_path: Path
) -> None:
    story = signed_story(any_engine, tmp_path)
    story.do("gov_clerk", "later", body_file=story.view("gov_clerk", "later").values["body_file"])
    story.do("gov_clerk", "mend", body_file=story.letter("gov_clerk", "改过的正文。"))
    [said] = [each for each in story.see().opinions if each.step == "decide"]
    assert said.signed is not None
    assert not said.signed.stands
    assert history.verify(any_engine).ok


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"decision": {"outcome": "reject"}}, "的内容被改动过"),
        ({"person_id": "evm"}, "的内容被改动过"),
        ({"confirmed_by": "session"}, "的内容被改动过"),
        ({"hash": "0" * 64}, "与办理记录不符"),
    ],
)
def test_a_changed_signature_is_found(
    any_engine: Engine, tmp_path: Path, changed: dict[str, object], told: str
) -> None:
    signed_story(any_engine, tmp_path)
    assert told in problems_after(any_engine, sa.update(signature).values(**changed))


def test_a_removed_signature_is_missed(any_engine: Engine, tmp_path: Path) -> None:
    signed_story(any_engine, tmp_path)
    assert "的签批记录缺失" in problems_after(any_engine, sa.delete(signature))


def test_a_signature_nobody_gave_is_found(any_engine: Engine, tmp_path: Path) -> None:
    story = signed_story(any_engine, tmp_path)
    columns = [each.name for each in signature.columns]
    with any_engine.database.read() as connection:
        row = dict(connection.execute(sa.select(signature)).mappings().one())
        other = connection.execute(
            sa.text("SELECT id FROM work_item WHERE element_id = 'enter'")
        ).scalar_one()
    forged = {name: row[name] for name in columns} | {"id": uuid4().hex, "work_item_id": other}
    told = problems_after(any_engine, sa.insert(signature).values(forged))
    assert "不是办理时留下的" in told
    assert story.instance_id in told


def test_a_signed_text_that_is_gone_or_altered_is_found(engine: Engine, tmp_path: Path) -> None:
    story = signed_story(engine, tmp_path)
    [file] = story.see().files
    path = attachments.path_of(engine.files, file.sha256)
    path.write_bytes(b"something else")
    assert "所签的正文缺失，或与签批时的校验值不符" in "".join(history.verify(engine).problems)
    path.unlink()
    assert not history.verify(engine).ok


def test_a_step_that_needs_a_mandate_says_what_is_signed(engine: Engine, tmp_path: Path) -> None:
    body = start_end() + user("decide", scope="instruct") + flow("S", "decide", "E")
    with pytest.raises(DeploymentRefused) as refused:
        install(engine, tmp_path, "unsigned", body)
    assert "应写明签的是哪份正文" in str(refused.value.findings)
