"""Silence counts where the work rules say so, and deployment refuses the mark anywhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import definitions
from engine.errors import Diagnosis
from processes.shared.silence import NEVER, refuse_silence
from tests.diagrams import flow, properties, user, write

GUARDED = 'FAR if (party["must_reply"] or party["provisional"]) else party["due_at"]'
LOOP = (
    '<multiInstanceLoopCharacteristics isSequential="false"><loopDataInputRef>xs</loopDataInputRef>'
    '<loopDataOutputRef>ys</loopDataOutputRef><inputDataItem id="party" name="party"/>'
    '<outputDataItem id="res" name="res"/></multiInstanceLoopCharacteristics>'
)
ASKED = {"party": 'party["dept"]', "reply": "countersign"}


def asking(
    step: str, *, date: str = GUARDED, cancel: str = "true", loop: str = LOOP, host: str = "H"
) -> str:
    """A process that asks several parties; the timer lets silence count."""
    marks = properties(effect="silence", source="工作规则第三十三条第二款", party='party["dept"]')
    return (
        '<startEvent id="S"/><endEvent id="E"/>'
        f'<subProcess id="M" name="各部门">{loop}<startEvent id="s"/><endEvent id="e"/>'
        '<subProcess id="H" name="答复"><startEvent id="s2"/><endEvent id="e2"/>'
        f"{step}{flow('s2', 'A', 'e2')}</subProcess>"
        f'<boundaryEvent id="B" name="到期" attachedToRef="{host}" cancelActivity="{cancel}">'
        f'{marks}<timerEventDefinition id="T"><timeDate>{date}</timeDate></timerEventDefinition>'
        f"</boundaryEvent>{flow('s', 'H', 'e')}{flow('B', 'e')}</subProcess>{flow('S', 'M', 'E')}"
    )


def findings(folder: Path, body: str) -> list[Diagnosis]:
    made = write(folder, "asks", body)
    return [
        each
        for each in definitions.check([made], {"FAR": "9999"}, refuse_silence=refuse_silence)
        if each.code.startswith("silence")
    ]


def test_a_department_that_is_asked_or_countersigns_may_stay_silent(tmp_path: Path) -> None:
    for reply in ("countersign", "opinion"):
        step = user("A", "dept_head", **{**ASKED, "reply": reply})
        assert findings(tmp_path, asking(step)) == []


@pytest.mark.parametrize(
    ("role", "marks", "why"),
    [
        ("legal_reviewer", ASKED, "legal_review"),
        ("dept_head", {**ASKED, "org": '"law_governance_office"'}, "law_office"),
        ("vice_mayor", ASKED, "leader"),
        ("deputy_secretary_general", ASKED, "leader"),
        ("dept_head", {**ASKED, "reply": "assist"}, "assist"),
        ("dept_head", {**ASKED, "reply": "consent"}, "consent"),
        ("dept_head", {"party": 'party["dept"]'}, "unnamed"),
    ],
)
def test_silence_is_refused_where_an_answer_must_come(
    tmp_path: Path, role: str, marks: dict[str, str], why: str
) -> None:
    [finding] = findings(tmp_path, asking(user("A", role, **marks)))
    assert (finding.code, finding.field) == ("silence-never", "B")
    assert NEVER[why] in finding.message


@pytest.mark.parametrize(
    "date",
    [
        'party["due_at"]',
        'FAR if party["provisional"] else party["due_at"]',
        'FAR if party["must_reply"] else party["due_at"]',
        'FAR if party["must_reply"] and party["provisional"] else party["due_at"]',
        'party["due_at"] if (party["must_reply"] or party["provisional"]) else FAR',
    ],
)
def test_silence_never_arms_for_who_must_answer_or_on_a_provisional_deadline(
    tmp_path: Path, date: str
) -> None:
    [finding] = findings(tmp_path, asking(user("A", "dept_head", **ASKED), date=date))
    assert finding.code == "silence-unguarded"
    assert "must_reply" in finding.remedy


def test_silence_cuts_off_one_party_and_not_everybody(tmp_path: Path) -> None:
    step = user("A", "dept_head", **ASKED)
    for body in (asking(step, loop=""), asking(step, cancel="false")):
        assert [each.code for each in findings(tmp_path, body)] == ["silence-of-all"]


def test_silence_needs_somebody_who_was_asked(tmp_path: Path) -> None:
    step = user("A", "dept_clerk", reply="countersign")
    [finding] = findings(tmp_path, asking(step))
    assert finding.code == "silence-of-nobody"
