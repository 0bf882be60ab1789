"""Who acts on a step: the office's own rules (工作规则第五条; AB roles; sections and heads).

Pure: the directory and the moment come in, an answer with its form comes out. Acting as mayor needs
a mandate; nobody takes over by himself, and a secretary-general never acts as mayor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.errors import Finding
from engine.procedure import Assignment, AssignmentRequest

if TYPE_CHECKING:
    from engine.directory import Directory

OFFICE = "gov_office"
CITY = "city_gov"
LEADERS = ("executive_vice_mayor", "vice_mayor")
NO_MANDATE = "市长外出期间无代行委托记录，请补登委托或待市长返回"
NO_SUBSTITUTE = "分管领导和B角均外出，请秘书长报市长指定，由人工改派（工作规则第五条）"
SIGNING_NEEDS_SCOPE = (
    "规章、决定、命令、议案由市长签署；代行人须有明确授权（工作规则第五条、第三十五条）"
)
EXECUTIVE_FIRST = "常务副市长在岗时应由其代行市长职务（工作规则第五条）"
ONLY_VICE_MAYORS = "只有副市长可以受托代行市长职务（工作规则第五条）"
ONLY_TRIPS = "第五条仅规定出差情形，本次按约定比照办理。"


def resolve(office: Directory, request: AssignmentRequest) -> tuple[Assignment, ...]:
    """Who acts now for a role. Never empty: a vacant post goes to the office director."""
    rule = _RULES.get(request.role, _by_post)
    return rule(office, request)


def check_mandate(office: Directory, mandate: Mapping[str, Any]) -> Iterable[Finding]:
    """What clause 5 says against a mandate to act as mayor."""
    at: datetime = mandate["starts_at"]
    principal, substitute = mandate["principal_id"], mandate["substitute_id"]
    if principal not in office.holders("mayor", at=at):
        yield Finding("代行市长职务的委托人应为市长（工作规则第五条）", "principal_id")
        return
    vice_mayors = _vice_mayors(office, at)
    if substitute not in vice_mayors:
        yield Finding(ONLY_VICE_MAYORS, "substitute_id", source="工作规则第五条")
        return
    executives = office.holders("executive_vice_mayor", at=at)
    present = [each for each in executives if not office.is_absent(each, at)]
    if substitute not in executives and present:
        yield Finding(EXECUTIVE_FIRST, "substitute_id", source="工作规则第五条")
    away = office.absence_of(principal, at)
    if away is not None and away.kind not in ("business_trip", "visit"):
        yield Finding(ONLY_TRIPS, "reason", severity="hint", source="约定")


# ---- the rules -------------------------------------------------------------------------------


def _mayor(office: Directory, request: AssignmentRequest) -> tuple[Assignment, ...]:
    holders = office.holders("mayor", at=request.at)
    if not holders:
        return _vacant(office, request)
    mayor = holders[0]
    if not office.is_absent(mayor, request.at):
        return (Assignment(person=mayor),)
    scope = request.scope or "instruct"
    alert = NO_MANDATE
    for mandate in office.substitutions(mayor, "acting", request.at):
        substitute = mandate.substitute_id
        if substitute not in _vice_mayors(office, request.at):
            continue
        if office.is_absent(substitute, request.at):
            continue
        if scope not in mandate.scope:
            alert = SIGNING_NEEDS_SCOPE if scope == "statutory_sign" else NO_MANDATE
            continue
        return (_standing_in(mandate, mayor, "acting"),)
    return (Assignment(person=mayor, alert=alert),)


def _vice_mayor(office: Directory, request: AssignmentRequest) -> tuple[Assignment, ...]:
    leader = office.in_charge(request.field or "", request.at)
    if leader is None:
        return (
            Assignment(
                group=f"office_director@{OFFICE}",
                person=_first(office, "office_director", request.at),
                alert=f"领域“{request.field or '未填'}”没有分管领导，请补登分工后改派",
            ),
        )
    if not office.is_absent(leader, request.at):
        return (Assignment(person=leader),)
    for role in office.substitutions(leader, "b_role", request.at, request.field):
        if not office.is_absent(role.substitute_id, request.at):
            return (_standing_in(role, leader, "b_role"),)
    return (Assignment(person=leader, alert=NO_SUBSTITUTE),)


def _deputy_secretary_general(
    office: Directory, request: AssignmentRequest
) -> tuple[Assignment, ...]:
    """The deputy who assists the leader in charge (工作规则第五条)."""
    leader = office.in_charge(request.field or "", request.at)
    assistant = office.assistant_of(leader, request.at) if leader else None
    if assistant is not None:
        return (_present(office, assistant, request.at, "请秘书长指定其他副秘书长办理"),)
    return _by_post(office, request)


def _secretary_general(office: Directory, request: AssignmentRequest) -> tuple[Assignment, ...]:
    holders = office.holders("secretary_general", at=request.at)
    if not holders:
        return _vacant(office, request)
    words = "由市长指定的副秘书长办理，请人工登记改派（约定）"
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
    first = (here or holders)[0]
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
    return (
        Assignment(
            person=_first(office, "office_director", request.at),
            group=f"office_director@{OFFICE}",
            alert=f"{where}{office.post_name(request.role)}空缺：请系统管理员补登任职后改派",
        ),
    )


def _standing_in(substitution: Any, principal: str, form: str) -> Assignment:
    return Assignment(
        person=substitution.substitute_id,
        form=form,
        acted_for=principal,
        substitution=substitution.id,
    )


def _present(office: Directory, person: str, at: datetime, words: str) -> Assignment:
    return Assignment(person=person, alert=words if office.is_absent(person, at) else None)


def _vice_mayors(office: Directory, at: datetime) -> set[str]:
    return {person for post in LEADERS for person in office.holders(post, at=at)}


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
