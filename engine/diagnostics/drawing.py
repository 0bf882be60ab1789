"""Drawings the library takes without complaint and runs otherwise than they look."""

from __future__ import annotations

from collections.abc import Iterable

from engine.diagnostics.reading import (
    BPMN,
    SPIFF,
    Node,
    called,
    children,
    each,
    outgoing,
    property_of,
    tag,
)
from engine.errors import Finding

SCRIPTED = frozenset({"userTask", "scriptTask", "businessRuleTask", "callActivity", "subProcess"})
EFFECTS = ("silence", "interrupt", "remind")
WAITS = frozenset({"userTask", "callActivity", "subProcess", "intermediateCatchEvent"})


def scripts_stand_where_they_run(root: Node, functions: frozenset[str]) -> Iterable[Finding]:
    """A script on an event, a gateway or a flow would never run."""
    for name in ("preScript", "postScript"):
        for script in root.iter(f"{{{SPIFF}}}{name}"):
            owner = script.getparent().getparent()
            if tag(owner) not in SCRIPTED:
                yield Finding(
                    f"{called(owner)}上的 {name} 不会执行：请写在任务、子流程或调用活动上。",
                    field=owner.get("id"),
                    code="script-never-runs",
                )


def loops_collect_their_results(root: Node, functions: frozenset[str]) -> Iterable[Finding]:
    """Several instances without collection write over each other."""
    for loop in each(root, "multiInstanceLoopCharacteristics"):
        owner = loop.getparent()
        if not children(loop, "loopDataOutputRef") or not children(loop, "outputDataItem"):
            yield Finding(
                f"{called(owner)}是多实例，应收集每一份的结果（loopDataOutputRef 和 "
                "outputDataItem），实为没有。",
                field=owner.get("id"),
                code="loop-without-results",
            )
        if tag(owner) == "userTask" and any(
            owner.find(f"{{{BPMN}}}extensionElements/{{{SPIFF}}}{name}") is not None
            for name in ("preScript", "postScript")
        ):
            yield Finding(
                f"{called(owner)}是多实例，脚本只会在全部办完后执行一次：请画成多实例子流程。",
                field=owner.get("id"),
                code="loop-with-script",
            )


def loops_are_not_cut_off(root: Node, functions: frozenset[str]) -> Iterable[Finding]:
    """An interrupting event on the loop itself loses the results collected so far."""
    loops = {loop.getparent().get("id") for loop in each(root, "multiInstanceLoopCharacteristics")}
    for event in each(root, "boundaryEvent"):
        if event.get("attachedToRef") in loops and event.get("cancelActivity") != "false":
            yield Finding(
                f"{called(event)}会丢掉多实例已收集的结果：请画在多实例子流程里面。",
                field=event.get("id"),
                code="loop-cut-off",
            )


def side_branches_ask_nobody(root: Node, functions: frozenset[str]) -> Iterable[Finding]:
    """After a non-interrupting event a step that waits holds up the end of its scope."""
    flows = outgoing(root)
    nodes = {node.get("id"): node for node in root.iter() if isinstance(node.tag, str)}
    for event in each(root, "boundaryEvent"):
        if event.get("cancelActivity") != "false":
            continue
        waiting, seen = [event.get("id")], set()
        while waiting:
            identity = waiting.pop()
            if identity in seen:
                continue
            seen.add(identity)
            waiting += [flow.get("targetRef") for flow in flows.get(identity or "", ())]
            node = nodes.get(identity)
            if node is not None and tag(node) in WAITS:
                yield Finding(
                    f"{called(event)}不中断办理，后面不应有要人办理的{called(node)}：只放脚本和结束。",
                    field=node.get("id"),
                    code="side-branch-waits",
                )


def deadlines_say_what_follows(root: Node, functions: frozenset[str]) -> Iterable[Finding]:
    """A timer names its effect; one that takes effect by silence names party and clause."""
    for timer in each(root, "timerEventDefinition"):
        event = timer.getparent()
        effect = property_of(event, "effect")
        if effect not in EFFECTS:
            yield Finding(
                f"{called(event)}到期后怎样没有写明：effect 应为 silence、interrupt 或 remind。",
                field=event.get("id"),
                code="timer-effect",
            )
        missing = [name for name in ("party", "source") if not property_of(event, name)]
        if effect == "silence" and missing:
            yield Finding(
                f"{called(event)}按“视为”生效，应写明单位（party）和依据（source），"
                f"缺 {'、'.join(missing)}。",
                field=event.get("id"),
                code="silence-without-source",
            )


def conventions_are_no_law(root: Node, functions: frozenset[str]) -> Iterable[Finding]:
    """A length the office sets itself 【约】 is never shown as resting on a clause or a law."""
    for length, source in (("due_length", "due_source"), ("length", "source")):
        for node in each(root, "userTask", "boundaryEvent", "intermediateCatchEvent"):
            if "convention(" in (property_of(node, length) or "") and not (
                property_of(node, source) or ""
            ).startswith("约定"):
                yield Finding(
                    f"{called(node)}的时限取自约定参数，依据应写“约定：…”，不能写条款。",
                    field=node.get("id"),
                    code="convention-as-law",
                )


def event_gateways_wait_for_one_moment(root: Node, functions: frozenset[str]) -> Iterable[Finding]:
    """A second timer behind an event gateway would inherit the moment of the first."""
    flows = outgoing(root)
    timed = {
        event.get("id")
        for event in each(root, "intermediateCatchEvent")
        if children(event, "timerEventDefinition")
    }
    for gateway in each(root, "eventBasedGateway"):
        targets = [flow.get("targetRef") for flow in flows.get(gateway.get("id") or "", ())]
        if len([each for each in targets if each in timed]) > 1:
            yield Finding(
                f"{called(gateway)}后面应至多一个定时事件。",
                field=gateway.get("id"),
                code="two-timers",
            )


def messages_name_their_variable(root: Node, functions: frozenset[str]) -> Iterable[Finding]:
    """What a message brings is dropped unless it has a variable to go to."""
    for event in each(root, "intermediateCatchEvent", "boundaryEvent"):
        for definition in children(event, "messageEventDefinition"):
            if definition.find(f".//{{{SPIFF}}}messageVariable") is None:
                yield Finding(
                    f"{called(event)}应写明消息内容存入哪个变量（messageVariable）。",
                    field=event.get("id"),
                    code="message-variable",
                )
