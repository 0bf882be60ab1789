"""A timer that lets silence count stands only where an answer may be missing.

What the engine can see: such a timer ends the wait for one asked party of several, it is never
armed for who must answer or on a provisional deadline, and the steps it ends are ones of which the
office (Registry.refuse_silence) says that silence may count.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

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
    properties_of,
    property_of,
    scope_of,
    text_of,
)
from engine.errors import Diagnosis

GUARDS = ("must_reply", "provisional")
NEVER_ARMED = 'FAR if (party["must_reply"] or party["provisional"]) else …'


def _silent(diagram: Diagram) -> Iterator[tuple[Node, Node]]:
    for kind in ("boundaryEvent", "intermediateCatchEvent"):
        for event, definition in events(diagram.root, kind, "timerEventDefinition"):
            if property_of(event, "effect") == "silence":
                yield event, definition


def silence_ends_the_wait_for_one_party(diagram: Diagram) -> Iterable[Diagnosis]:
    """Each asked party has a deadline of its own; the others go on."""
    for event, _ in _silent(diagram):
        if not (event.get("attachedToRef") and interrupts(event) and is_loop(scope_of(event))):
            yield finding(
                event,
                "silence-of-all",
                f"{called(event)}按“视为”生效，应是多实例子流程里的中断边界事件，实为不是。",
                "请画成每个单位一份的多实例子流程，定时边界附在其中请对方答复的子流程上",
            )


def silence_never_counts_for_who_must_answer(diagram: Diagram) -> Iterable[Diagnosis]:
    """Who must consent and a provisional deadline are never deemed anything."""
    for event, definition in _silent(diagram):
        if not _is_guarded(text_of(next(iter(children(definition, "timeDate")), None))):
            yield finding(
                event,
                "silence-unguarded",
                f"{called(event)}按“视为”生效，对须实体同意的单位和暂定期限应永不触发，实为会触发。",
                f"请把时刻写成 {NEVER_ARMED}",
            )


def _is_guarded(text: str) -> bool:
    try:
        written = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError):
        return True  # the check of expressions says so
    return (
        isinstance(written, ast.IfExp)
        and isinstance(written.body, ast.Name)
        and written.body.id == "FAR"
        and not any(isinstance(node, (ast.And, ast.Not)) for node in ast.walk(written.test))
        and all(word in ast.unparse(written.test) for word in GUARDS)
    )


def silence_stands_only_where_it_may(diagram: Diagram) -> Iterable[Diagnosis]:
    """Not over legality review, leaders, the law office, assistance, or who must consent."""
    refuse = diagram.package.known.refuse_silence
    for event, _ in _silent(diagram):
        host = diagram.by_id.get(event.get("attachedToRef") or "")
        steps = [] if host is None else list(each(host, "userTask"))
        if not any(property_of(step, "party") for step in steps):
            yield finding(
                event,
                "silence-of-nobody",
                f"{called(event)}按“视为”生效，应包住请对方答复的一步（写明 party），实为没有。",
                "请在请对方答复的步骤上写 party，或改用别的 effect",
            )
        for step in steps:
            why = refuse(properties_of(step)) if refuse is not None else None
            if why:
                yield finding(
                    event,
                    "silence-never",
                    f"{called(event)}不应包住{called(step)}，实为包住：{why}。",
                    "请把 effect 改为 remind（只催办），或只包住征求意见、会签的答复",
                )
