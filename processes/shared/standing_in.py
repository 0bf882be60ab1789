"""What clause 5 says against a mandate, an AB role, a designation, an arrangement (工作规则第五条).

Pure: the office as it stands and the row as it would stand come in, findings come out. Every
refusal says what to do instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.errors import Finding

if TYPE_CHECKING:
    from engine.directory import Directory

LEADERS = ("executive_vice_mayor", "vice_mayor")
EXECUTIVE_FIRST = "常务副市长在岗时应由其代行市长职务（工作规则第五条）"
ONLY_VICE_MAYORS = "只有副市长可以受托代行市长职务（工作规则第五条）"
ONLY_MAYOR_GIVES = "代行市长职务的委托人应为市长（工作规则第五条）"
ONLY_TRIPS = "第五条仅规定出差情形，本次按约定比照办理。"
NO_EVIDENCE = "代行须有市长的委托记录，请写明凭据（工作规则第五条）。"
NO_FILE = "按约定应附市长签批件，请在委托页面补传。"
NOT_AWAY = "市长在委托期间没有登记外出，委托在其外出时才起作用。"
B_ROLE_OF_VICE_MAYORS = "AB角只在副市长之间设置，不替代市长（工作规则第五条）"


def vice_mayors(office: Directory, at: datetime) -> set[str]:
    """Who is a vice-mayor at a moment, the executive one among them."""
    return {person for post in LEADERS for person in office.holders(post, at=at)}


def executives_present(office: Directory, at: datetime) -> list[str]:
    """The executive vice-mayors who are not away at a moment."""
    holders = office.holders("executive_vice_mayor", at=at)
    return [each for each in holders if not office.is_absent(each, at)]


def check_mandate(office: Directory, row: Mapping[str, Any]) -> Iterable[Finding]:
    """What speaks against a row of substitution, by its kind."""
    return {"acting": _acting, "b_role": _b_role, "designated": _designated}[row["kind"]](
        office, row
    )


def check_arrangement(office: Directory, part: str, row: Mapping[str, Any]) -> Iterable[Finding]:
    """What speaks against a row of responsibility or assistant_link."""
    return {"responsibility": _responsibility, "assistant_link": _assistant}[part](office, row)


# ---- acting as mayor -------------------------------------------------------------------------


def _acting(office: Directory, row: Mapping[str, Any]) -> Iterator[Finding]:
    at: datetime = row["starts_at"]
    principal, substitute = row["principal_id"], row["substitute_id"]
    if not row["evidence"].strip():
        yield Finding(NO_EVIDENCE, "evidence")
    if principal not in office.holders("mayor", at=at):
        yield Finding(ONLY_MAYOR_GIVES, "principal_id")
        return
    if substitute not in vice_mayors(office, at):
        yield Finding(ONLY_VICE_MAYORS, "substitute_id")
        return
    if office.is_absent(substitute, at):
        yield Finding(_substitute_away(office, substitute), "substitute_id")
    executives = office.holders("executive_vice_mayor", at=at)
    if substitute not in executives and executives_present(office, at):
        yield Finding(EXECUTIVE_FIRST, "substitute_id")
    yield from _overlaps(office, row)
    yield from _hints(office, row)


def _substitute_away(office: Directory, substitute: str) -> str:
    name = office.person_name(substitute)
    return (
        f"{name}在委托开始时已登记外出，不能受托代行；请改委托其他副市长，或先更正其外出登记"
        "（工作规则第五条）"
    )


def _overlaps(office: Directory, row: Mapping[str, Any]) -> Iterator[Finding]:
    """There is at most one acting mayor at a time. A further mandate is possible for the same
    person, or for the time the first one's substitute is away himself (追加委托)."""
    for other in _in_force(office, row):
        if other.substitute_id == row["substitute_id"]:
            continue
        start, end = max(other.starts_at, row["starts_at"]), min(other.ends_at, row["ends_at"])
        if any(
            gone.starts_at <= start and end <= gone.ends_at
            for gone in _absences(office, other.substitute_id)
        ):
            continue
        name = office.person_name(other.substitute_id)
        yield Finding(
            f"这段时间已有委托{other.number}（{name}），同一时间只能由一位副市长代行；请先撤回原委托，"
            f"或登记{name}外出后只就其外出的时间追加委托（工作规则第五条）",
            "starts_at",
        )


def _in_force(office: Directory, row: Mapping[str, Any]) -> list[Any]:
    """The substitutions of the same kind and principal that overlap in time, not revoked."""
    return [
        other
        for other in office.parts["substitution"]
        if other.kind == row["kind"]
        and other.id != row["id"]
        and other.principal_id == row["principal_id"]
        and other.starts_at < row["ends_at"]
        and row["starts_at"] < other.ends_at
        and (other.revoked_at is None or other.revoked_at > row["starts_at"])
    ]


def _absences(office: Directory, person: str) -> list[Any]:
    return [
        row
        for row in office.parts["absence"]
        if row.person_id == person and row.cancelled_at is None
    ]


def _hints(office: Directory, row: Mapping[str, Any]) -> Iterator[Finding]:
    start, end = row["starts_at"], row["ends_at"]
    away = [
        each
        for each in _absences(office, row["principal_id"])
        if each.starts_at < end and start < each.ends_at
    ]
    if not away:
        yield _hint(NOT_AWAY, "starts_at")
    elif any(each.kind != "business_trip" for each in away):
        yield _hint(ONLY_TRIPS, "reason")
    gone = [
        each for each in _absences(office, row["substitute_id"]) if start < each.starts_at < end
    ]
    if gone:
        name = office.person_name(row["substitute_id"])
        yield _hint(
            f"{name}在委托期间也有外出，其间任务停在市长名下，需要时请追加委托。", "ends_at"
        )
    executives = office.holders("executive_vice_mayor", at=start)
    if row["substitute_id"] not in executives and executives_present(office, end):
        yield _hint("常务副市长返岗后应由其代行，本委托届时不再起作用。", "ends_at")
    if not row["evidence_file"]:
        yield _hint(NO_FILE, "evidence_file")


def _hint(message: str, field: str) -> Finding:
    return Finding(message, field, severity="hint", source="约定")


# ---- AB roles and designations ---------------------------------------------------------------


def _b_role(office: Directory, row: Mapping[str, Any]) -> Iterator[Finding]:
    leaders = vice_mayors(office, row["starts_at"])
    for name in ("principal_id", "substitute_id"):
        if row[name] not in leaders:
            yield Finding(B_ROLE_OF_VICE_MAYORS, name)
            return
    if row["principal_id"] == row["substitute_id"]:
        yield Finding("A角和B角应为两个人。", "substitute_id")
    for other in _in_force(office, row):
        if other.field == row["field"]:
            name = office.person_name(other.substitute_id)
            yield Finding(
                f"这段时间已有B角（{name}），请先终止原来的AB角，或改用其终止以后的时间。",
                "starts_at",
            )


def _designated(office: Directory, row: Mapping[str, Any]) -> Iterator[Finding]:
    at, principal, substitute = row["starts_at"], row["principal_id"], row["substitute_id"]
    if principal == substitute:
        yield Finding("指定的代办人应为另一个人。", "substitute_id")
        return
    if principal in office.holders("mayor", at=at):
        words = "市长外出由受托的副市长代行，请登记代行委托，不用指定代办（工作规则第五条）"
        yield Finding(words, "principal_id")
        return
    deputies = set(office.holders("deputy_secretary_general", at=at))
    if principal in vice_mayors(office, at):
        if substitute not in vice_mayors(office, at):
            words = "副市长的事项应指定其他副市长代办（工作规则第五条）"
            yield Finding(words, "substitute_id")
    elif principal in {*office.holders("secretary_general", at=at), *deputies}:
        if substitute not in deputies:
            words = "秘书长、副秘书长的事项应指定其他副秘书长代办（约定）"
            yield Finding(words, "substitute_id")
    else:
        words = "指定代办用于副市长、秘书长、副秘书长；其他人外出请由办公室主任改派。"
        yield Finding(words, "principal_id")
        return
    if office.is_absent(substitute, at):
        name = office.person_name(substitute)
        words = f"{name}在开始时已登记外出，请指定在岗的人，或先更正其外出登记。"
        yield Finding(words, "substitute_id")


# ---- division of labour ----------------------------------------------------------------------


def _responsibility(office: Directory, row: Mapping[str, Any]) -> Iterator[Finding]:
    at = row["valid_from"]
    leaders = vice_mayors(office, at) | {
        *office.holders("mayor", at=at),
        *office.holders("secretary_general", at=at),
    }
    if row["person_id"] not in leaders:
        words = "分管领导应为市长、副市长或秘书长，请重新选择，或先登记其任职（工作规则第五条）"
        yield Finding(words, "person_id")


def _assistant(office: Directory, row: Mapping[str, Any]) -> Iterator[Finding]:
    at = row["valid_from"]
    if row["assistant_id"] not in office.holders("deputy_secretary_general", at=at):
        words = "协助副市长的应为副秘书长，请重新选择（工作规则第五条）"
        yield Finding(words, "assistant_id")
    if row["leader_id"] not in vice_mayors(office, at):
        words = "副秘书长协助的应为副市长，请重新选择（工作规则第五条）"
        yield Finding(words, "leader_id")
    others = [
        each
        for each in office.parts["assistant_link"]
        if each.assistant_id == row["assistant_id"]
        and each.leader_id != row["leader_id"]
        and (each.valid_to is None or each.valid_to > at)
    ]
    if others:
        name = office.person_name(others[0].leader_id)
        yield _hint(f"一般每位副秘书长协助一位副市长，其现在协助{name}。", "assistant_id")
