"""Timers: a moment that can be computed, an effect that is written down."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from engine.clock import parse_moment
from engine.diagnostics.graph import FLOW_NODES, graph_of, on_a_cycle, reach
from engine.diagnostics.names import ALWAYS, BARE, IN_TIMERS, declared, loop_names, read_by, written
from engine.diagnostics.reading import (
    Diagram,
    Node,
    called,
    children,
    each,
    events,
    finding,
    interrupts,
    is_loop,
    property_of,
    tag,
    text_of,
)
from engine.errors import WARNING, Diagnosis

EFFECTS = ("silence", "interrupt", "remind")
DURATION = re.compile(r"P(\d+[YMWD])*(T(\d+[HMS])+)?")
FIXED = re.compile(r"P(\d+W|\d+D)?(T(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?")


def _timers(diagram: Diagram) -> Iterable[tuple[Node, Node]]:
    for kind in ("boundaryEvent", "intermediateCatchEvent"):
        yield from events(diagram.root, kind, "timerEventDefinition")


def deadlines_say_what_follows(diagram: Diagram) -> Iterable[Diagnosis]:
    """What happens when the moment comes: silence, interruption or a reminder."""
    for event, _ in _timers(diagram):
        effect = property_of(event, "effect")
        if effect not in EFFECTS:
            yield finding(
                event,
                "timer-effect",
                f"{called(event)}应写明到期后怎样，实为“{effect or '没有'}”。",
                "请写属性 effect：silence（视为）、interrupt（中断）或 remind（提醒）",
            )


def effects_match_the_drawing(diagram: Diagram) -> Iterable[Diagnosis]:
    """A reminder that interrupts, or an interruption that does not."""
    for event, _ in events(diagram.root, "boundaryEvent", "timerEventDefinition"):
        effect = property_of(event, "effect")
        if effect == "interrupt" and not interrupts(event):
            yield finding(
                event,
                "effect-contradicts",
                f"{called(event)}写明到期中断，应画成中断的边界事件，实为不中断。",
                "请改画法，或把 effect 改为 remind",
            )
        elif effect == "remind" and interrupts(event):
            yield finding(
                event,
                "effect-contradicts",
                f"{called(event)}写明只是提醒，应画成不中断的边界事件，实会结束所附的步骤。",
                "请改成不中断（虚线），或把 effect 改为 interrupt",
                WARNING,
            )


def silence_names_party_and_clause(diagram: Diagram) -> Iterable[Diagnosis]:
    """Deemed no objection is someone's, and rests on a clause."""
    for event, _ in _timers(diagram):
        missing = [name for name in ("party", "source") if not property_of(event, name)]
        if property_of(event, "effect") == "silence" and missing:
            yield finding(
                event,
                "silence-without-source",
                f"{called(event)}按“视为”生效，应写明单位（party）和依据（source），"
                f"实缺{'、'.join(missing)}。",
                "请在属性里补上；没有条文依据的，不能按“视为”生效",
            )


def a_timer_has_one_moment(diagram: Diagram) -> Iterable[Diagnosis]:
    """A date, a duration or a cycle; exactly one of them."""
    for event, definition in _timers(diagram):
        given = [child for child in children(definition, *IN_TIMERS) if text_of(child)]
        if len(given) != 1:
            yield finding(
                event,
                "timer-moment",
                f"{called(event)}应写一个时刻（timeDate、timeDuration 或 timeCycle），"
                f"实有{len(given)}个。",
                "请只写一个，如 timeDate 写 due_at",
            )


def durations_are_quoted(diagram: Diagram) -> Iterable[Diagnosis]:
    """PT1H without quotes is a variable's name that nobody knows."""
    for event, definition in _timers(diagram):
        for child in children(definition, *IN_TIMERS):
            text = text_of(child)
            if BARE.fullmatch(text):
                yield finding(
                    event,
                    "unquoted-duration",
                    f"{called(event)}的时间应写成带引号的文本，实为 {text}。",
                    f'请写 "{text}"',
                )


def durations_are_iso(diagram: Diagram) -> Iterable[Diagnosis]:
    """A text that is no date, no duration and no cycle fails when the step opens."""
    for event, definition in _timers(diagram):
        for child in children(definition, *IN_TIMERS):
            text = _value(text_of(child))
            fits = isinstance(text, str) and _FITS[tag(child)](text)
            if text is not None and not fits:
                yield finding(
                    event,
                    "timer-format",
                    f"{called(event)}的{_WORDS[tag(child)][0]}应如 {_WORDS[tag(child)][1]}，"
                    f"实为“{text}”。",
                    "请按 ISO 8601 书写，外面加引号",
                )


def cycles_have_a_fixed_length(diagram: Diagram) -> Iterable[Diagnosis]:
    """A month as a cycle becomes thirty days and drifts."""
    for event, definition in _timers(diagram):
        for child in children(definition, "timeCycle", "timeDuration"):
            text = _literal(text_of(child)) or ""
            if re.search(r"P[^T]*\d+[YM]", text):
                yield finding(
                    event,
                    "months-drift",
                    f"{called(event)}应按日、周或小时计，实按月或年（{text}），会走样。",
                    "请用登记的函数算出时刻，写在 timeDate 里",
                )


def cycles_only_remind(diagram: Diagram) -> Iterable[Diagnosis]:
    """A cycle on an interrupting or catching event comes round only once, or never."""
    for event, definition in _timers(diagram):
        cycled = any(text_of(child) for child in children(definition, "timeCycle"))
        if cycled and (tag(event) != "boundaryEvent" or interrupts(event)):
            yield finding(
                event,
                "cycle-not-repeating",
                f"{called(event)}按周期定时，应画成不中断的边界事件，实为"
                f"{'中断的边界事件' if tag(event) == 'boundaryEvent' else '捕获事件'}。",
                "请改成不中断的边界事件，或改用 timeDate",
            )


def a_moment_is_never_empty(diagram: Diagram) -> Iterable[Diagnosis]:
    """A moment from a variable whose default is null breaks the step that it guards."""
    for event, definition in _timers(diagram):
        for child in children(definition, "timeDate"):
            name = text_of(child)
            if name.isidentifier() and _default(diagram, event, name) is _NULL:
                yield finding(
                    event,
                    "timer-may-be-empty",
                    f"{called(event)}的时刻应总有值，实为变量“{name}”，缺省为空。",
                    f"请写 {name} or FAR（没有值就不到期）",
                )


def past_moments_do_not_fire_again(diagram: Diagram) -> Iterable[Diagnosis]:
    """A fixed moment on a step that can be entered again fires at once the second time."""
    for scope in diagram.scopes:
        graph = graph_of(scope)
        for event, host in graph.hosts.items():
            node = graph.nodes[event]
            for definition in children(node, "timerEventDefinition"):
                for child in children(definition, "timeDate"):
                    cycles = on_a_cycle(graph, host, without=[event])
                    if cycles and not interrupts(node) and _unguarded(text_of(child)):
                        yield finding(
                            node,
                            "timer-fires-again",
                            f"{called(node)}应只提醒一次，实在可重办的步骤上：过期后每次重办又立即提醒。",
                            "请写 d if now_iso() < d else FAR，或把定时画在外层子流程上",
                            WARNING,
                        )


def past_moments_do_not_circle(diagram: Diagram) -> Iterable[Diagnosis]:
    """An interrupting moment that is over, and a way back to its step where nobody waits."""
    for scope in diagram.scopes:
        graph = graph_of(scope)
        people = {name for name, node in graph.nodes.items() if tag(node) in PEOPLE_OR_EVENTS}
        for event, host in graph.hosts.items():
            node = graph.nodes[event]
            back = reach(graph.following, graph.following[event], without=people | {host})
            leads_back = any(host in graph.following[name] for name in back | {event})
            moments = [text_of(child) for child in each(node, "timeDate")]
            if not (interrupts(node) and leads_back and any(map(_unguarded, moments))):
                continue
            read = frozenset[str]().union(*(read_by(diagram, moment) for moment in moments))
            changed = frozenset[str]().union(
                *(written(diagram, graph.nodes[name]) for name in back)
            )
            if not read & changed:
                yield finding(
                    node,
                    "timer-circles",
                    f"{called(node)}到期后应走向结束或要人办的步骤，实又回到"
                    f"{called(graph.nodes[host])}：时刻已过，会不停地绕圈。",
                    "请在中间让人办理一步，或先写新的时刻再回去",
                )


def facts_are_written(diagram: Diagram) -> Iterable[Diagnosis]:
    """A deadline that runs from a fact nobody records."""
    written = _written_anywhere(diagram)
    for node in each(diagram.root, "userTask", "boundaryEvent", "intermediateCatchEvent"):
        for name in ("fact", "due_fact"):
            fact = property_of(node, name) or ""
            if fact.isidentifier() and fact not in written | diagram.package.known.constants:
                yield finding(
                    node,
                    "fact-never-written",
                    f"{called(node)}的期限从“{fact}”起算，应有步骤记下这个时刻，实为没有。",
                    "请由表单填写或脚本记下（如 sent_at = now_iso()）",
                )


def conventions_are_no_law(diagram: Diagram) -> Iterable[Diagnosis]:
    """A length the office sets itself 【约】 is never shown as resting on a clause or a law."""
    for node in each(diagram.root, "userTask", "boundaryEvent", "intermediateCatchEvent"):
        for length, source in (("due_length", "due_source"), ("length", "source")):
            basis = property_of(node, source) or ""
            if "convention(" in (property_of(node, length) or "") and not basis.startswith("约定"):
                yield finding(
                    node,
                    "convention-as-law",
                    f"{called(node)}的时限取自约定参数，依据应写“约定：…”，实为“{basis}”。",
                    f"请在 {source} 里写“约定：…”，不写条款",
                )


def lengths_are_numbers(diagram: Diagram) -> Iterable[Diagnosis]:
    """The length and the unit of a deadline, as the calendar reads them."""
    for node in each(diagram.root, "userTask", "boundaryEvent", "intermediateCatchEvent"):
        for length, unit in (("length", "unit"), ("due_length", "due_unit")):
            number, kind = property_of(node, length), property_of(node, unit)
            value = _value(number or "")
            if value is not None and not (type(value) is int and 0 <= value < 10_000):
                yield finding(
                    node,
                    "deadline-length",
                    f"{called(node)}的期限应为整数，实为 {number}。",
                    f"请在 {length} 里写整数，单位写在 {unit}",
                )
            if kind is not None and kind not in UNITS and not kind.startswith("="):
                yield finding(
                    node,
                    "deadline-unit",
                    f"{called(node)}的期限单位应为 {'、'.join(UNITS)} 之一，实为“{kind}”。",
                    f"请改 {unit}",
                )


PEOPLE_OR_EVENTS = frozenset({"userTask", "intermediateCatchEvent"})
UNITS = ("workday", "day", "month", "hour")
_NULL = object()


def _default(diagram: Diagram, event: Node, name: str) -> object:
    """The default of a variable in the nearest scope; _NULL when it is null or not there."""
    for scope in event.iterancestors():
        values = diagram.package.defaults.get(scope.get("id") or "", {})
        if name in values:
            return _NULL if values[name] is None else values[name]
    return object()


def _written_anywhere(diagram: Diagram) -> frozenset[str]:
    found = set(ALWAYS)
    for process in children(diagram.root, "process"):
        found |= declared(process, "dataInput")
        for node in each(process, *FLOW_NODES):
            found |= written(diagram, node)
            if is_loop(node):
                found.add(loop_names(node)[1])
        for scope in [process, *each(process, "subProcess")]:
            values = diagram.package.defaults.get(scope.get("id") or "", {})
            found |= {name for name, value in values.items() if value is not None}
    return frozenset(found)


def _unguarded(source: str) -> bool:
    try:
        tree = ast.parse(source, mode="eval")
    except (SyntaxError, ValueError):
        return False
    return not any(isinstance(part, (ast.IfExp, ast.BoolOp)) for part in ast.walk(tree))


def _literal(source: str) -> str | None:
    value = _value(source)
    return value if isinstance(value, str) else None


def _value(source: str) -> object:
    """The value of what is written out; None for anything that must be computed."""
    try:
        return ast.literal_eval(source)
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError):
        return None


def _is_moment(text: str) -> bool:
    try:
        parse_moment(text)
    except (ValueError, TypeError, OverflowError):
        return False
    return True


def _is_cycle(text: str) -> bool:
    found = re.fullmatch(r"R(\d*)/(?:(.+)/)?(P.+)", text)
    if not found:
        return False
    return bool(DURATION.fullmatch(found[3])) and (found[2] is None or _is_moment(found[2]))


_FITS = {
    "timeDate": _is_moment,
    "timeDuration": lambda text: bool(len(text) > 1 and DURATION.fullmatch(text)),
    "timeCycle": _is_cycle,
}
_WORDS = {
    "timeDate": ("时刻", '"2026-02-27T18:00:00+08:00"'),
    "timeDuration": ("时长", '"PT1H"、"P3D"'),
    "timeCycle": ("周期", '"R5/PT24H"'),
}
