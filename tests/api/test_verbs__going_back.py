"""退回 and 撤回 by program: what may be chosen is told, then done once under a key."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from tests.api.caller import Caller, engine_of
from tests.diagrams import flow
from tests.engine.desks import begin, done, step
from tests.story import Story

LINE = (
    step("A", "gov_clerk") + step("B", "docs", verbs="return,withdraw") + flow("S", "A", "B", "E")
)


@pytest.fixture
def line(any_app: Flask, tmp_path: Path) -> Story:
    """A has been done, B lies before the document section."""
    story = begin(engine_of(any_app), tmp_path, LINE)
    story.do("gov_clerk", "A", note="初稿")
    return story


def test_a_return_by_program(any_app: Flask, line: Story) -> None:
    docs, item = Caller(any_app, "docs"), line.item("docs", "B")
    found = docs.get(f"/tasks/{item.id}/verbs").get_json()["items"]
    [offer] = [each for each in found if each["key"] == "return"]
    fields = {each["key"]: each for each in offer["form"]["fields"]}
    [[target, _label]] = fields["target"]["options"]
    body = {
        "version": item.version,
        "values": {"target": target, "mode": "walk", "reason": "请补充依据。"},
    }
    first = docs.post(f"/tasks/{item.id}/return", body, key="once")
    again = docs.post(f"/tasks/{item.id}/return", body, key="once")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.get_json()["message"] == "已退回到“A步”。"
    assert [each for each, _ in line.open_steps()] == ["A"]


def test_a_withdrawal_by_program(any_app: Flask, line: Story) -> None:
    clerk, item = Caller(any_app, "gov_clerk"), done(line, "gov_clerk", "A")
    answer = clerk.post(f"/tasks/{item}/withdraw", {"values": {}})
    assert answer.status_code == 200
    assert answer.get_json()["next_task_id"] == line.item("gov_clerk", "A").id
    refused = clerk.post(f"/tasks/{item}/withdraw", {"values": {}})
    assert refused.status_code == 409
    assert "只有办理这一步的人" in refused.get_json()["detail"]
