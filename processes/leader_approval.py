"""呈批: called to put a matter before the leaders (工作规则第三十四条)."""

from __future__ import annotations

from typing import Any

from engine.conventions import Convention
from engine.procedure import Context, Procedure, with_context
from processes.shared import moments

MARKED = "circulate"
READ_AS_CONSENT = "MARK_READ_AS_CONSENT"
SENT_BACK = ("redraft", "coordinate", "reclassify")  # stations and leaders: not decided
STATIONS = "呈批各站"
CONVENTIONS = (
    Convention(
        "station_days_ordinary",
        "呈批每站的天数（普通件）",
        2,
        unit="个工作日",
        least=1,
        most=30,
        used_in=(STATIONS,),
    ),
    Convention(
        "station_days_urgent",
        "呈批每站的天数（加急）",
        1,
        unit="个工作日",
        least=1,
        most=10,
        used_in=(STATIONS,),
    ),
    Convention(
        "station_hours_extra",
        "呈批每站的小时数（特急）",
        2,
        unit="小时",
        least=1,
        most=24,
        used_in=(STATIONS,),
    ),
    Convention(
        "advice_days",
        "提出阅研意见的天数",
        1,
        unit="个工作日",
        least=1,
        most=30,
        used_in=("呈批：提出阅研意见",),
    ),
    Convention(
        "co_leaders_in_order",
        "其他有关领导依次核批",
        False,
        kind="yes_no",
        used_in=("呈批：其他有关领导核批",),
        about="否：各位领导同时核批；是：按所列次序一位一位核批。",
    ),
)


@with_context
def station_length(context: Context, urgency: str | None) -> int:
    """How long a leader has for one matter, in the unit of `station_unit`."""
    key = {"urgent": "station_days_urgent", "extra": "station_hours_extra"}.get(urgency or "")
    return int(context.convention(key or "station_days_ordinary"))


def station_unit(urgency: str | None) -> str:
    """Hours for what is extremely urgent, working days otherwise."""
    return "hour" if urgency == "extra" else "workday"


def read_as(action: str, mode: str) -> str:
    """What an instruction decides: marking as read in an approving position counts as approval."""
    return "approve" if action == MARKED and mode == "approve" else action


def recorded_as(action: str, mode: str) -> str:
    """How it is recorded: the mark stays a mark (公文处理工作条例第二十二条), never an 'agreed'."""
    return READ_AS_CONSENT if action == MARKED and mode == "approve" else action


def outcome_of(action: str) -> str:
    """Where the matter goes on outside: decided, or back with what the station asked for."""
    return action if action in SENT_BACK else "decided"


def with_instruction(
    instructions: list[Any],
    post: str,
    action: str,
    mode: str,
    text: str | None,
    person: str | None,
    at: str | None,
) -> list[Any]:
    """The instructions so far and one more, in the order of time; none is ever changed."""
    row = {"post": post, "opinion": recorded_as(action, mode), "text": text}
    return [*instructions, {**row, "person": person, "at": at}]


@with_context
def with_others(context: Context, instructions: list[Any], said: list[Any]) -> list[Any]:
    """The instructions so far and what each of the other leaders said."""
    office = context.directory
    rows = [
        {
            "post": "other",
            "opinion": each["opinion"],
            "text": each["text"],
            "person": office.person_name(each["person"]),
            "at": each["at"],
        }
        for each in said
    ]
    return [*instructions, *rows]


@with_context
def others_of(context: Context, named: list[str], added: list[str], field: str | None) -> list[str]:
    """The other leaders to ask, each once; not those who have steps of their own."""
    office, at = context.directory, context.now
    own = {office.in_charge(field or "", at), *office.holders("mayor", at=at)}
    return [each for each in dict.fromkeys([*named, *added]) if each not in own]


PROCEDURE = Procedure(
    key="leader_approval",
    name="呈批",
    functions={
        **moments.FUNCTIONS,
        "station_length": station_length,
        "station_unit": station_unit,
        "read_as": read_as,
        "outcome_of": outcome_of,
        "with_instruction": with_instruction,
        "with_others": with_others,
        "others_of": others_of,
    },
    description="依次呈办公室负责人、副秘书长、秘书长、分管副市长，送其他领导核批，重大事项报市长。",
    clause="工作规则第三十四条",
    conventions=CONVENTIONS,
)
