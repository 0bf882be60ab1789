"""Rows of shared tables that no story meets, and who is left to decide."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine import decisions

SHARED = Path(__file__).parent.parent.parent / "bpmn_models" / "shared"
PATH: dict[str, Any] = {
    "is_major": False,
    "handle_class": "handle",
    "subject_kind": "general",
    "co_leaders": [],
    "dispute_status": "none",
    "param_office_head": True,
    "param_sg_single": False,
}


def decide(where: str, **facts: Any) -> dict[str, Any]:
    table = decisions.load((SHARED / where).read_text("utf-8"))
    return table.decide(facts, {})


@pytest.mark.parametrize("kind", ["gov_rule_draft", "local_law_draft", "order", "bill", "upward"])
def test_what_only_the_mayor_may_sign_goes_up_to_him(kind: str) -> None:
    path = decide("leader_approval/routing_path.dmn", **{**PATH, "subject_kind": kind})
    assert (path["need_sg"], path["need_mayor"], path["vm_mode"]) == (True, True, "approve")


def test_a_matter_of_no_known_class_takes_the_whole_way_but_the_mayor() -> None:
    path = decide("leader_approval/routing_path.dmn", **{**PATH, "handle_class": "unknown"})
    assert (path["need_dsg"], path["need_sg"], path["need_mayor"]) == (True, True, False)


def test_a_question_of_no_known_kind_has_the_usual_time_and_says_so() -> None:
    due = decide("countersign/opinion_due.dmn", is_public=None, custom_due=None, public_kind=None)
    assert (due["due_kind"], due["due_days"], due["due_note"]) == ("workdays", 7, "人工核定")
