"""How a signature reads: on paper, on the screen, and what a person is about to sign as.

Who acted, in whose place and on what evidence is always shown; nobody's signature is made to look
like somebody else's (工作规则第五条).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.directory import Directory

SELF = "self"
FORMS = {"acting": "代行{post}职务", "b_role": "B角代办", "designated": "受指定代办"}
FORM_NAMES = {"self": "本人", "acting": "代行", "b_role": "B角代办", "designated": "指定代办"}
SIGNED_SCOPES = frozenset({"instruct", "sign_off", "statutory_sign"})  # decisions on documents
VERBS = {
    "instruct": "批示",
    "sign_off": "签发",
    "statutory_sign": "签署",
    "chair_meeting": "主持会议",
    "approve_leave": "审批请假",
}


def on_paper(
    office: Directory, person_id: str, form: str, acted_for: str | None, at: datetime
) -> str:
    """The signature line of a printed document: 张×× / 张××（代行市长职务） / 李××（B角代办）.

    at: when it was signed, for the post acted in.
    """
    name, capacity = office.person_name(person_id), _capacity(office, form, acted_for, at)
    return f"{name}（{capacity}）" if capacity else name


def on_screen(
    office: Directory,
    person_id: str,
    form: str,
    acted_for: str | None,
    substitution_id: str | None,
    at: datetime,
) -> str:
    """With its evidence: 张××（代行市长职务，委托编号代2026-1） / 李××（B角代办，代王××）."""
    name, capacity = office.person_name(person_id), _capacity(office, form, acted_for, at)
    if not capacity:
        return name
    parts = [capacity]
    if form != "acting" and acted_for:
        parts.append(f"代{office.person_name(acted_for)}")
    number = office.substitution_number(substitution_id)
    if number:
        parts.append(f"委托编号{number}" if form == "acting" else f"编号{number}")
    return f"{name}（{'，'.join(parts)}）"


def about_to_sign(office: Directory, item: Any, at: datetime) -> str | None:
    """What the page says above the opinion: 以常务副市长身份（代行市长职务）批示，委托编号….

    None when the person signs as himself. item: a row of work_item with an assignee.
    """
    capacity = _capacity(office, item.signature_form, item.acted_for_id, at)
    if not capacity or item.assignee_id is None:
        return None
    own = office.title_of(item.assignee_id, at) or office.person_name(item.assignee_id)
    verb = VERBS.get(item.scope or "", "办理")
    whose = (
        "" if item.signature_form == "acting" else f"，代{office.person_name(item.acted_for_id)}"
    )
    said = f"以{own}身份（{capacity}{whose}）{verb}"
    number = office.substitution_number(item.substitution_id)
    return f"{said}，委托编号{number}" if number else said


def of_item(office: Directory, item: Any) -> str | None:
    """on_screen of a work item, done or open; None when signed as oneself or by nobody yet."""
    person = item.done_by or item.assignee_id
    if person is None or item.signature_form not in FORMS:
        return None
    at = item.done_at or item.opened_at
    return on_screen(
        office, person, item.signature_form, item.acted_for_id, item.substitution_id, at
    )


def told(office: Directory, columns: Mapping[str, Any], at: datetime) -> str | None:
    """Into whose hands an item goes, as the history tells it; None when a group's."""
    person = columns["assignee_id"]
    if person is None:
        return None
    form, whose = columns["signature_form"], columns["acted_for_id"]
    return on_screen(office, person, form, whose, columns["substitution_id"], at)


def _capacity(office: Directory, form: str, acted_for: str | None, at: datetime) -> str:
    pattern = FORMS.get(form)
    if pattern is None:
        return ""
    return pattern.format(post=office.title_of(acted_for, at) if acted_for else "")
