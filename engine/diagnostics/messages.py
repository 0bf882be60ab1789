"""Messages: they have a name, what they bring has a place, and who waits hears them."""

from __future__ import annotations

from collections.abc import Iterable

from engine.diagnostics.names import message_variables
from engine.diagnostics.reading import (
    Diagram,
    Node,
    called,
    children,
    each,
    events,
    finding,
    interrupts,
)
from engine.errors import WARNING, Diagnosis

THROWS = ("intermediateThrowEvent", "endEvent")
KINDS = ("intermediateThrowEvent", "endEvent", "intermediateCatchEvent", "boundaryEvent")
DEFINITION = "messageEventDefinition"
CATCHES = ("intermediateCatchEvent", "boundaryEvent")


def messages_have_a_name(diagram: Diagram) -> Iterable[Diagnosis]:
    """A reference to a message that is not there, or that has no name."""
    found = [pair for kind in KINDS for pair in events(diagram.root, kind, DEFINITION)]
    for event, definition in found:
        reference = definition.get("messageRef") or ""
        if not diagram.messages.get(reference):
            given = f"“{reference}”，没有或没有名称" if reference else "没有"
            yield finding(
                event,
                "message-missing",
                f"{called(event)}应指向一条有名称的消息（messageRef），实为{given}。",
                "请新建消息并写名称，收发两端用同一个名称",
            )


def messages_name_their_variable(diagram: Diagram) -> Iterable[Diagnosis]:
    """What a message brings is dropped unless it has a variable to go to."""
    for kind in CATCHES:
        for event, _ in events(diagram.root, kind, "messageEventDefinition"):
            if not message_variables(event) - {""}:
                yield finding(
                    event,
                    "message-variable",
                    f"{called(event)}应写明消息内容存入哪个变量，实为没有：内容会丢。",
                    "请写 messageVariable（变量名）",
                )


def messages_that_come_again_interrupt(diagram: Diagram) -> Iterable[Diagnosis]:
    """A non-interrupting message event hears only the first message."""
    for event, _ in events(diagram.root, "boundaryEvent", "messageEventDefinition"):
        if not interrupts(event):
            yield finding(
                event,
                "message-only-once",
                f"{called(event)}不中断，应每次都收，实只收第一条消息。",
                "请把可以多次提出的事画成单独的申请流程，结果用消息告知一次",
            )


def messages_are_not_to_oneself(diagram: Diagram) -> Iterable[Diagnosis]:
    """A thrown message that the same process waits for never leaves it."""
    for process in each(diagram.root, "process"):
        awaited = {name for event in each(process, *CATCHES) for name in _names(diagram, event)}
        for event in each(process, *THROWS):
            for name in _names(diagram, event):
                if name in awaited:
                    yield finding(
                        event,
                        "message-to-oneself",
                        f"{called(event)}发出的消息“{name}”应给别的事项，实由本流程自己收，不会发出。",
                        "给别的事项的，请换名称；本来就是内部用的，可以保留",
                        WARNING,
                    )


def messages_are_not_correlated(diagram: Diagram) -> Iterable[Diagnosis]:
    """Messages go to an instance by its id; correlation keys would refuse them."""
    for node in each(
        diagram.root, "correlationKey", "correlationProperty", "correlationSubscription"
    ):
        yield finding(
            node,
            "correlation",
            f"消息应按事项编号送达，实写了关联键{called(node)}，消息会收不到。",
            "请删去关联键；收件的事项由接口按编号指定",
        )


def _names(diagram: Diagram, event: Node) -> list[str]:
    return [
        diagram.messages.get(definition.get("messageRef") or "", "")
        for definition in children(event, "messageEventDefinition")
        if diagram.messages.get(definition.get("messageRef") or "")
    ]
