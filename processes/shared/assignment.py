"""Who acts on a step: the office's own rules (工作规则第五条; AB roles; sections and heads).

Pure: the directory and the moment come in, an answer with its form comes out. Acting as mayor needs
a mandate; nobody takes over by himself, and a secretary-general never acts as mayor.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.procedure import Assignment, AssignmentRequest
from engine.signatures import VERBS
from processes.shared.fields import FIELDS
from processes.shared.standing_in import EXECUTIVE_FIRST, executives_present, vice_mayors

if TYPE_CHECKING:
    from engine.directory import Directory

OFFICE = "gov_office"
CITY = "city_gov"
NO_MANDATE = "市长外出期间无代行委托记录，请补登委托或待市长返回"
NO_CHAIR = "市长外出且无代行委托，不能召集常务会议（工作规则第五条、第二十一条）"
NO_SUBSTITUTE = "分管领导和B角均外出，请秘书长报市长指定，由人工改派（工作规则第五条）"
NO_B_ROLE = "分管领导外出，未登记B角，请秘书长报市长指定，由人工改派（工作规则第五条）"
SIGNING_NEEDS_SCOPE = (
    "规章、决定、命令、议案由市长签署；代行人须有明确授权（工作规则第五条、第三十五条）"
)
IMPLIED_BY = {"approve_leave": "chair_meeting"}  # who presides grants leave (第二十五条)


def resolve(office: Directory, request: AssignmentRequest) -> tuple[Assignment, ...]:
    """Who acts now for a role. Never empty: a vacant post goes to the office director."""
    if request.person is not None:
        return _named(office, request, request.person)
    rule = _RULES.get(request.role, _by_post)
    return rule(office, request)


def take_over(office: Directory, person: str, at: datetime) -> Assignment:
    """Who goes on with what was given by name to somebody who has left: the head of his office."""
    for row in office.career_of(person):
        request = AssignmentRequest("dept_head", at, office.present_org(row.org, at))
        found = _by_post(office, request)[0]
        if found.person not in (None, person):
            return found
    return _vacant(office, AssignmentRequest("dept_head", at))[0]


# ---- the rules -------------------------------------------------------------------------------


def _mayor(office: Directory, request: AssignmentRequest) -> tuple[Assignment, ...]:
    """The six rows of the acting chain: nobody acts as mayor without a mandate that holds now."""
    holders = office.holders("mayor", at=request.at)
    if not holders:
        return _vacant(office, request)
    mayor = holders[0]
    if not office.is_absent(mayor, request.at):
        return (Assignment(person=mayor),)
    scope = request.scope or "instruct"
    alert = None
    for mandate in office.substitutions(mayor, "acting", request.at):
        against = _against(office, mandate, scope, request.at)
        if against is None:
            return (_standing_in(mandate, mayor),)
        alert = alert or against
    return (Assignment(person=mayor, alert=alert or _no_mandate(scope)),)


def _against(office: Directory, mandate: Any, scope: str, at: datetime) -> str | None:
    """Why a mandate in force gives nothing for this matter at this moment; None when it does."""
    substitute = mandate.substitute_id
    if substitute not in vice_mayors(office, at):
        name = office.person_name(substitute)
        return f"受托人{name}已不任副市长，请补登委托或待市长返回（工作规则第五条）"
    if office.is_absent(substitute, at):
        return _no_mandate(scope)
    executives = office.holders("executive_vice_mayor", at=at)
    if substitute not in executives and executives_present(office, at):
        return EXECUTIVE_FIRST
    if scope not in mandate.scope and IMPLIED_BY.get(scope) not in mandate.scope:
        return _out_of_scope(mandate, scope)
    return None


def _no_mandate(scope: str) -> str:
    return NO_CHAIR if scope == "chair_meeting" else NO_MANDATE


def _out_of_scope(mandate: Any, scope: str) -> str:
    if scope == "statutory_sign":
        return SIGNING_NEEDS_SCOPE
    if scope == "chair_meeting":
        return NO_CHAIR
    name = VERBS.get(scope, scope)
    return f"委托{mandate.number}的范围不含“{name}”，请补登委托或待市长返回（工作规则第五条）"


def _vice_mayor(office: Directory, request: AssignmentRequest) -> tuple[Assignment, ...]:
    """The leader in charge of the field; when away his B, never the executive by himself."""
    at = request.at
    leader = office.in_charge(request.field or "", at)
    if leader is None:
        return _unassigned(office, request, "没有分管领导，请补登分工后改派")
    if leader in office.holders("mayor", at=at):
        return _mayor(office, request)
    if leader in office.holders("secretary_general", at=at):
        return _secretary_general(office, request)
    if leader not in vice_mayors(office, at):
        name = office.person_name(leader)
        return _unassigned(office, request, f"的分管领导{name}已不任职，请补登分工后改派")
    if not office.is_absent(leader, at):
        return (Assignment(person=leader),)
    return (_substitute_of(office, leader, request),)


def _substitute_of(office: Directory, leader: str, request: AssignmentRequest) -> Assignment:
    at, field = request.at, request.field
    designated = office.substitutions(leader, "designated", at, field)
    b_roles = office.substitutions(leader, "b_role", at, field)
    for role in (*designated, *b_roles):
        stands_in = role.substitute_id in vice_mayors(office, at)
        if stands_in and not office.is_absent(role.substitute_id, at):
            return _standing_in(role, leader)
    return Assignment(person=leader, alert=NO_SUBSTITUTE if b_roles else NO_B_ROLE)


def _unassigned(
    office: Directory, request: AssignmentRequest, words: str
) -> tuple[Assignment, ...]:
    field = FIELDS.get(request.field or "", request.field) or "未填"
    return (_to_the_director(office, request.at, f"领域“{field}”{words}"),)


def _named(office: Directory, request: AssignmentRequest, person: str) -> tuple[Assignment, ...]:
    """A leader whom the step names; when away, whoever the rules say stands in for them."""
    if office.has_left(person, request.at):
        return (take_over(office, person, request.at),)
    if person in office.holders("mayor", at=request.at):
        return _mayor(office, request)
    if not office.is_absent(person, request.at):
        return (Assignment(person=person),)
    return (_substitute_of(office, person, request),)


def _deputy_secretary_general(
    office: Directory, request: AssignmentRequest
) -> tuple[Assignment, ...]:
    """The deputy who assists the leader in charge (工作规则第五条)."""
    leader = office.in_charge(request.field or "", request.at)
    assistant = office.assistant_of(leader, request.at) if leader else None
    if assistant is not None:
        words = "协助分管领导的副秘书长外出，请秘书长指定其他副秘书长办理"
        return (_present(office, assistant, request.at, words),)
    return _by_post(office, request)


def _secretary_general(office: Directory, request: AssignmentRequest) -> tuple[Assignment, ...]:
    holders = office.holders("secretary_general", at=request.at)
    if not holders:
        return _vacant(office, request)
    words = "秘书长外出，由市长指定的副秘书长办理，请人工登记改派（约定）"
    return (_present(office, holders[0], request.at, words),)


def _by_post(office: Directory, request: AssignmentRequest) -> tuple[Assignment, ...]:
    """A section gets the work as a group; a post of persons gets it in person."""
    post, org, field = request.role, request.org, request.field
    if office.is_group(post):
        return _section(office, request, post, field)
    holders = office.holders(post, org, at=request.at)
    if not holders and org == OFFICE and post == "dept_head":
        holders = office.holders("office_director", at=request.at)
    if not holders and post in ("dept_head", "dept_clerk"):
        holders = office.holders(post.replace("dept", "county"), org, at=request.at)
    if not holders:
        return _vacant(office, request)
    here = [each for each in holders if not office.is_absent(each, request.at)]
    fit = here or holders
    first = request.holder if request.holder in fit else fit[0]
    return (_present(office, first, request.at, "本人外出，请办公室主任改派或待其返回"),)


def _section(
    office: Directory, request: AssignmentRequest, post: str, field: str | None
) -> tuple[Assignment, ...]:
    members = office.holders(post, request.org, at=request.at, field=field)
    if not members:
        return _vacant(office, request)
    if field is not None and len(members) == 1:
        own = [
            row
            for row in office.memberships_of(members[0], request.at)
            if row.post == post and row.field == field
        ]
        if own:
            return (Assignment(person=members[0], group=f"{post}@{own[0].org}"),)
    org = request.org or _org_of(office, members[0], post, request.at)
    return (Assignment(group=f"{post}@{org}"),)


def _vacant(office: Directory, request: AssignmentRequest) -> tuple[Assignment, ...]:
    where = office.org_name(request.org) if request.org else ""
    words = f"{where}{office.post_name(request.role)}空缺：请系统管理员补登任职后改派"
    return (_to_the_director(office, request.at, words),)


def _to_the_director(office: Directory, at: datetime, alert: str) -> Assignment:
    """Nobody proper can act: the office director has it to put right, until somebody can."""
    director = _first(office, "office_director", at)
    group = None if director else f"office_director@{OFFICE}"
    return Assignment(person=director, group=group, alert=alert)


def _standing_in(substitution: Any, principal: str) -> Assignment:
    return Assignment(
        person=substitution.substitute_id,
        form=substitution.kind,
        acted_for=principal,
        substitution=substitution.id,
    )


def _present(office: Directory, person: str, at: datetime, words: str) -> Assignment:
    """The person; when away whom the mayor has designated, else he himself with an alert."""
    if not office.is_absent(person, at):
        return Assignment(person=person)
    deputies = office.holders("deputy_secretary_general", at=at)
    for row in office.substitutions(person, "designated", at):
        if row.substitute_id in deputies and not office.is_absent(row.substitute_id, at):
            return _standing_in(row, person)
    return Assignment(person=person, alert=words)


def _first(office: Directory, post: str, at: datetime) -> str | None:
    holders = office.holders(post, at=at)
    return holders[0] if holders else None


def _org_of(office: Directory, person: str, post: str, at: datetime) -> str:
    held = [row for row in office.memberships_of(person, at) if row.post == post]
    return str(held[0].org) if held else OFFICE


_RULES: dict[str, Callable[[Directory, AssignmentRequest], tuple[Assignment, ...]]] = {
    "mayor": _mayor,
    "vice_mayor": _vice_mayor,
    "deputy_secretary_general": _deputy_secretary_general,
    "secretary_general": _secretary_general,
}
