"""Who may hand a step on to whom: what the rules want from a person himself stays with him.

A leader's decision is made by the leader or by whoever may act for him, never passed on
(工作规则第五条); a unit's answer is its heads' (第三十三条); the legality review is the reviewers'
(第三十四条). Everything else may go to a colleague of the same unit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from processes.shared.silence import LEADERS

if TYPE_CHECKING:
    from engine.directory import Directory
    from engine.procedure import Handing

HEADS = frozenset({"dept_head", "dept_deputy"})
DECIDERS = frozenset({"mayor", "executive_vice_mayor", "vice_mayor"})
OFFICE_HEADS = frozenset({"secretary_general", "deputy_secretary_general", "office_director"})
MOVES = frozenset({"transfer", "delegate", "reassign"})

NOT_PASSED_ON = (
    "领导核批、批示须本人作出，不能转办、委派；本人外出的，按委托代行或者AB角办理（工作规则第五条）"
)
MAYOR_STAYS = "市长批示不能改派；市长外出的，由受委托的副市长代行（工作规则第五条）"
AMONG_VICE_MAYORS = "副市长的批示只能改派给市长或者其他副市长（工作规则第五条）"
AMONG_OFFICE_HEADS = "这一步只能改派给秘书长、副秘书长或者办公室主任（工作规则第五条）"
HEAD_SIGNS = "须由部门主要负责人本人签署，不能转办、委派（工作规则第三十三条）"
AMONG_HEADS = "本部门的答复由部门负责人签署，只能交给本部门负责人（工作规则第三十三条）"
AMONG_REVIEWERS = "合法性审核由审核人员办理，只能交给本单位的审核人员（工作规则第三十四条）"
SAME_UNIT = "只能交给本单位的人；须由别的单位办的，请退回或者按流程送办（约定）"
NOT_UPWARDS = "不能往上交给领导办；须领导定的，按流程呈送（约定）"
LEADERS_BY_THE_PATH = "报市领导签批按流程报送，这一步不能直接请市领导加签（工作规则第三十四条）"


def refuse_handing(office: Directory, handing: Handing) -> str | None:
    """Why an item may not be handed on; None when it may (engine.procedure.RefuseHanding)."""
    said = _against(office, handing)
    return f"{said}。" if said else None


def _against(office: Directory, handing: Handing) -> str | None:
    role = handing.item.role or ""
    if handing.verb == "add_signer":
        return _adding(office, handing, role)
    if handing.verb not in MOVES:
        return None
    if role in LEADERS:
        return _leader(office, handing, role)
    if role == "dept_head":
        return _head(office, handing)
    if role == "legal_reviewer":
        return _reviewer(office, handing)
    return _colleague(office, handing)


def _leader(office: Directory, handing: Handing, role: str) -> str | None:
    if handing.verb != "reassign":
        return _unless_drawn(office, handing, NOT_PASSED_ON)
    if role == "mayor":
        return MAYOR_STAYS
    if role in DECIDERS:
        return _holds(office, handing, DECIDERS, AMONG_VICE_MAYORS)
    return _holds(office, handing, OFFICE_HEADS, AMONG_OFFICE_HEADS)


def _unless_drawn(office: Directory, handing: Handing, refusal: str) -> str | None:
    """A step that names `delegate` itself lets somebody help; the word stays the owner's."""
    named = {each.strip() for each in handing.properties.get("verbs", "").split(",")}
    if handing.verb == "delegate" and "delegate" in named:
        return None if handing.item.role in LEADERS else _colleague(office, handing)
    return refusal


def _head(office: Directory, handing: Handing) -> str | None:
    if handing.verb == "delegate":
        return _unless_drawn(office, handing, HEAD_SIGNS)
    if handing.verb == "transfer" and "party" not in handing.properties:
        return HEAD_SIGNS
    if handing.person is None or _posts_there(office, handing) & HEADS:
        return None
    return AMONG_HEADS


def _reviewer(office: Directory, handing: Handing) -> str | None:
    if handing.person is None or "legal_reviewer" in _posts_there(office, handing):
        return None
    return AMONG_REVIEWERS


def _colleague(office: Directory, handing: Handing) -> str | None:
    if handing.person is None:
        return None
    posts = _posts_there(office, handing)
    if not posts:
        return SAME_UNIT
    return NOT_UPWARDS if posts <= LEADERS else None


def _adding(office: Directory, handing: Handing, role: str) -> str | None:
    if handing.person is None or role in LEADERS:
        return None
    held = {row.post for row in office.memberships_of(handing.person, handing.at)}
    return LEADERS_BY_THE_PATH if held & DECIDERS else None


def _holds(office: Directory, handing: Handing, posts: frozenset[str], refusal: str) -> str | None:
    if handing.person is None:
        return None
    held = {row.post for row in office.memberships_of(handing.person, handing.at)}
    return None if held & posts else refusal


def _posts_there(office: Directory, handing: Handing) -> set[str]:
    """The posts the person holds in the units that do this item."""
    units = _units(office, handing)
    rows = office.memberships_of(handing.person or "", handing.at)
    return {row.post for row in rows if row.org in units}


def _units(office: Directory, handing: Handing) -> set[str]:
    item, at = handing.item, handing.at
    if item.org:
        return {office.present_org(item.org, at)}
    if item.group_code:
        return {office.present_org(item.group_code.partition("@")[2], at)}
    whose = item.acted_for_id or item.assignee_id or ""
    return {row.org for row in office.memberships_of(whose, at)}
