"""Every row of the tables that the shared sub-processes decide by: reply terms (D6b), path (D3)."""

from __future__ import annotations

from typing import Any

import pytest

from engine import decisions
from tests.conftest import MODELS

SHARED = MODELS / "shared"
NOW = "2026-02-11T10:00:00+08:00"
CLAUSE = "工作规则第三十三条第二款"


def decide(path: str, **variables: Any) -> dict[str, Any]:
    table = decisions.load((SHARED / path).read_text("utf-8"))
    return table.decide(variables, {"len": len})


@pytest.mark.parametrize(
    ("is_public", "custom", "kind", "term", "source"),
    [
        (False, NOW, None, ("custom", 0), CLAUSE),
        (False, None, None, ("workdays", 7), CLAUSE),
        (True, NOW, "regulation", ("custom", 0), "规章制定程序条例第十五条"),
        (True, None, "normative", ("workdays", 7), "法治政府建设示范指标体系第24项"),
        (True, None, "regulation", ("calendar", 30), "规章制定程序条例第十五条"),
        (None, None, None, ("workdays", 7), "约定：人工核定"),
    ],
)
def test_how_long_an_answer_may_take(
    is_public: bool | None, custom: str | None, kind: str | None, term: Any, source: str
) -> None:
    given = {"is_public": is_public, "custom_due": custom, "public_kind": kind}
    found = decide("countersign/opinion_due.dmn", **given)
    assert (found["due_kind"], found["due_days"]) == term
    assert found["due_source"] == source


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"handle_class": "read"}, (False, False, False, "circulate", False, False)),
        ({}, (True, True, False, "approve", False, False)),
        ({"co_leaders": ["vm1"]}, (True, True, True, "approve", True, False)),
        ({"is_major": True}, (True, True, True, "approve", False, True)),
        ({"subject_kind": "order"}, (True, True, True, "approve", False, True)),
        ({"dispute_status": "referred_mayor"}, (True, True, True, "approve", False, True)),
        ({"handle_class": None}, (True, True, True, "approve", False, False)),
    ],
)
def test_which_leaders_a_matter_passes(changes: dict[str, Any], path: Any) -> None:
    given: dict[str, Any] = {
        "is_major": False,
        "handle_class": "handle",
        "subject_kind": "general",
        "co_leaders": [],
        "dispute_status": "none",
        "param_office_head": True,
        "param_sg_single": False,
    }
    found = decide("leader_approval/routing_path.dmn", **{**given, **changes})
    names = ("need_office", "need_dsg", "need_sg", "vm_mode", "need_others", "need_mayor")
    assert tuple(found[name] for name in names) == path
