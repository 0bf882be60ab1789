"""What is refused or warned of: one fault a diagram, named after its finding.

A name may say more after two underscores (`element-not-allowed__service-task`).
"""

from __future__ import annotations

from tests.corpus.drawing import (
    DECIDE,
    PLAIN,
    SE,
    around,
    boundary,
    call,
    catch,
    end,
    flow,
    inc,
    inside,
    interface,
    loop,
    message,
    node,
    par,
    person,
    rule,
    script,
    sub,
    throw,
    timer,
    xor,
)
from tests.diagrams import properties

NAMES = script("T", 'names = ["甲", "乙"]')
GUARDED = 'FAR if (one["must_reply"] or one["provisional"]) else one["due"]'
NEXT = '</process><process id="{key}" name="被调用" isExecutable="true">'
ASIDE = end("E2") + flow("B", "E2")  # where a boundary event B leads


def task(kind: str, **attributes: str) -> str:
    """A diagram of one element of this kind."""
    return around("A", steps=node(kind, "A", **attributes))


def event(kind: str, inner: str, **attributes: str) -> str:
    """A diagram with one event of this definition."""
    if kind == "startEvent":
        return node("startEvent", "S", inner) + end("E") + flow("S", "E")
    if kind == "endEvent":
        return '<startEvent id="S"/>' + node("endEvent", "E", inner) + flow("S", "E")
    if kind == "boundaryEvent":
        return PLAIN + node("boundaryEvent", "B", inner, attachedToRef="A", **attributes) + ASIDE
    return around("C", steps=node(kind, "C", inner))


def guarded(definition: str, *, cancel: bool = False, **own: str) -> str:
    """A step with one boundary timer."""
    return PLAIN + boundary("B", "A", definition, cancel=cancel, **own) + ASIDE


def several(more: str = "", **names: str) -> str:
    """A step done several times."""
    return around("T", "M", steps=NAMES + person("M", loop=loop(more=more, **names)))


def split(*, default: str | None, condition: str = "", other: str = "") -> str:
    """A decision between B and C."""
    return (
        SE
        + script("T", 'kind = "a"\nparts = [1]')
        + xor("X", default)
        + person("B")
        + person("C")
        + end("E2")
        + flow("S", "T", "X")
        + flow("X", "B", when=condition)
        + flow("B", "E")
        + flow("X", "C", when=other)
        + flow("C", "E2")
    )


def called(steps: str, *middle: str, inputs: tuple[str, ...], outputs: tuple[str, ...]) -> str:
    """A process that calls a second one."""
    return (
        around("T", "C", steps=script("T", "given = 1") + call("C", "called_other"))
        + NEXT.format(key="called_other")
        + interface(inputs, outputs)
        + '<startEvent id="S2"/><endEvent id="E2"/>'
        + steps
        + flow("S2", *middle, "E2")
    )


REFUSED: dict[str, str] = {
    # ---- elements ----
    "element-not-allowed__task": task("task"),
    "element-not-allowed__manual-task": task("manualTask"),
    "element-not-allowed__service-task": task("serviceTask"),
    "element-not-allowed__send-task": task("sendTask"),
    "element-not-allowed__receive-task": task("receiveTask"),
    "element-not-allowed__complex-gateway": task("complexGateway"),
    "element-not-allowed__transaction": around(
        "A", steps=node("transaction", "A", inside("A", "U", steps=person("U")))
    ),
    "element-not-allowed__ad-hoc": around(
        "A", steps=node("adHocSubProcess", "A", inside("A", "U", steps=person("U")))
    ),
    "element-not-allowed__data-object": PLAIN + node("dataObject", "D"),
    "element-not-allowed__data-object-nested-twice": around(
        "P",
        steps=sub(
            "P",
            inside(
                "P",
                "Q",
                steps=sub("Q", inside("Q", "U", steps=person("U")) + node("dataObject", "D")),
            ),
        ),
    ),
    "element-not-allowed__data-store": PLAIN + node("dataStoreReference", "D"),
    "element-not-allowed__choreography": task("callChoreography"),
    "part-ignored__data-association": around(
        "A",
        steps=node(
            "userTask",
            "A",
            properties(form="forms/note.json", role="dept_clerk")
            + '<dataInputAssociation id="DI"><sourceRef>x</sourceRef></dataInputAssociation>',
        ),
    ),
    "part-ignored__io-of-a-task": around(
        "A",
        steps=node(
            "userTask",
            "A",
            properties(form="forms/note.json", role="dept_clerk") + interface(("given",)),
        ),
    ),
    "people-ignored": around(
        "A",
        steps=node(
            "userTask",
            "A",
            properties(form="forms/note.json", role="dept_clerk") + '<potentialOwner id="PO"/>',
        ),
    ),
    "element-misplaced": PLAIN.replace("</userTask>", '<endEvent id="E9"/></userTask>'),
    "compensation": around(
        "A", steps=person("A").replace("<userTask ", '<userTask isForCompensation="true" ')
    ),
    "event-sub-process": PLAIN + sub("P", inside("P"), triggeredByEvent="true"),
    # ---- events ----
    **{
        f"event-not-allowed__{place}-{name}": event(kind, f'<{name}EventDefinition id="D"/>')
        for kind, place, names in (
            ("startEvent", "start", ("timer", "message", "signal", "conditional", "error")),
            ("endEvent", "end", ("error", "escalation", "signal", "cancel", "compensate")),
            (
                "boundaryEvent",
                "boundary",
                ("error", "escalation", "signal", "cancel", "compensate", "conditional"),
            ),
            ("intermediateThrowEvent", "throw", ("link", "signal", "escalation", "compensate")),
            ("intermediateCatchEvent", "catch", ("link", "signal", "conditional")),
        )
        for name in names
    },
    "event-missing__boundary": event("boundaryEvent", ""),
    "event-missing__catch": event("intermediateCatchEvent", ""),
    "event-of-two-kinds": PLAIN + boundary("B", "A", timer(identity="B") + message("news")) + ASIDE,
    "boundary-without-host": PLAIN + boundary("B", "nobody") + ASIDE,
    "flow-into-start": SE
    + person("A", DECIDE)
    + xor("X", "E")
    + flow("S", "A", "X", "E")
    + flow("X", "S", when='decision == "again"'),
    "flow-out-of-end": PLAIN + end("E2") + flow("E", "E2"),
    "terminate-loses-data": around(
        "P",
        steps=sub(
            "P",
            '<startEvent id="s"/>'
            + par("G")
            + person("A")
            + person("B", "forms/count.json")
            + end("x", '<terminateEventDefinition id="D_x"/>')
            + end("e")
            + flow("s", "G", "A", "x")
            + flow("G", "B", "e"),
        ),
    ),
    # ---- ids ----
    "duplicate-id": around(
        "M1",
        "M2",
        steps=person("M1", loop=loop(target="first")) + person("M2", loop=loop(target="second")),
    ).replace("</startEvent>", "</startEvent>"),
    "bad-id__blank": around("A B", steps=person("A B")),
    "bad-id__missing": PLAIN.replace(' id="F_A_E"', ""),
    "reserved-id__start": '<startEvent id="Start"/>' + end("E") + flow("Start", "E"),
    "reserved-id__end": '<startEvent id="S"/>' + end("End") + flow("S", "End"),
    # ---- flows ----
    "one-start__two": PLAIN
    + '<startEvent id="S2"/>'
    + person("C")
    + end("E2")
    + flow("S2", "C", "E2"),
    "one-start__none": person("A") + end("E") + flow("A", "E"),
    "no-end": '<startEvent id="S"/>' + xor("L") + person("A") + flow("S", "L", "A", "L"),
    "dangling-flow": SE
    + person("A", DECIDE)
    + xor("X", "E")
    + flow("S", "A", "X", "E")
    + flow("X", "nowhere", when='decision == "again"'),
    "dangling-flow__into-a-sub-process": SE
    + person("A", DECIDE)
    + xor("X", "P")
    + sub("P", inside("P", "U", steps=person("U")))
    + flow("S", "A", "X", "P", "E")
    + flow("X", "U", when='decision == "again"'),
    "one-way-out__two": PLAIN + end("E2") + flow("A", "E2"),
    "one-way-out__none": SE
    + par("G")
    + person("A")
    + person("C")
    + flow("S", "G", "A", "E")
    + flow("G", "C"),
    "one-way-out__start-splits": SE
    + person("A")
    + person("C", "forms/count.json")
    + end("E2")
    + flow("S", "A", "E")
    + flow("S", "C", "E2"),
    "self-loop": SE
    + person("A", DECIDE)
    + xor("X", "E")
    + flow("S", "A", "X", "E")
    + flow("X", "X", when='decision == "again"'),
    "condition-ignored__task": around("A", steps=person("A")).replace(
        'targetRef="E">', 'targetRef="E"><conditionExpression>1 == 2</conditionExpression>'
    ),
    "unreachable": PLAIN + person("C") + flow("C", "E"),
    "no-way-to-the-end": SE
    + person("A", DECIDE)
    + xor("X", "E")
    + xor("L")
    + person("C", DECIDE)
    + xor("Y", "L")
    + person("D")
    + flow("S", "A", "X", "E")
    + flow("X", "L", when='decision == "again"')
    + flow("L", "C", "Y", "L")
    + flow("Y", "D", when='decision == "done"')
    + flow("D", "L"),
    # ---- gateways ----
    "no-way-out": SE
    + person("A", DECIDE)
    + xor("X", "E")
    + xor("Y")
    + flow("S", "A", "X", "E")
    + flow("X", "Y", when='decision == "again"'),
    "no-default": split(default=None, condition='kind == "a"', other='kind == "b"'),
    "no-condition": split(default="C"),
    "single-condition": around("T", "X", steps=script("T", "n = 1") + xor("X")).replace(
        'sourceRef="X" targetRef="E">',
        'sourceRef="X" targetRef="E"><conditionExpression>n == 2</conditionExpression>',
    ),
    "conditions-overlap": SE
    + script("T", 'kind = "a"')
    + xor("X", "D")
    + person("B")
    + person("C")
    + person("D")
    + end("E2")
    + end("E3")
    + flow("S", "T", "X", "D", "E")
    + flow("X", "B", when='kind == "a"')
    + flow("B", "E2")
    + flow("X", "C", when='kind in ("a", "b")')
    + flow("C", "E3"),
    "join-waits-forever": SE
    + person("A", DECIDE)
    + xor("X", "C")
    + par("J")
    + person("B")
    + person("C")
    + flow("S", "A", "X", "C", "J", "E")
    + flow("X", "B", when='decision == "again"')
    + flow("B", "J"),
    "tokens-without-bound": SE
    + xor("L")
    + par("P")
    + person("A")
    + person("B", DECIDE)
    + xor("X", "E")
    + flow("S", "L", "P", "A", "L")
    + flow("P", "B", "X", "E")
    + flow("X", "L", when='decision == "again"'),
    "tokens-without-bound__inclusive": SE
    + xor("L")
    + inc("I", "A")
    + inc("J")
    + person("A", DECIDE)
    + person("C", "forms/count.json")
    + xor("X", "J")
    + flow("S", "L", "I", "A", "X", "J", "E")
    + flow("I", "C", when="1 == 1")
    + flow("C", "J")
    + flow("X", "L", when='decision == "again"'),
    "event-gateway-target": SE
    + node("eventBasedGateway", "G")
    + catch("C1")
    + person("A")
    + end("E2")
    + flow("S", "G", "C1", "E")
    + flow("G", "A", "E2"),
    "two-timers": SE
    + node("eventBasedGateway", "G")
    + catch("C1")
    + catch("C2")
    + end("E2")
    + flow("S", "G", "C1", "E")
    + flow("G", "C2", "E2"),
    # ---- steps ----
    "no-role": around("A", steps=person("A", role="")),
    "no-form": around("A", steps=person("A", "")),
    "decision-unsigned": around("A", steps=person("A", scope="instruct")),
    "sign-without-decision": around("A", steps=person("A", sign="None")),
    "revises-nothing": around("A", steps=person("A", revises="body_hash")),
    "form-missing": around("A", steps=person("A", "forms/none.json")),
    "role-unknown": around("A", steps=person("A", role="nobody_here")),
    "clause-unknown__too-high": around("A", steps=person("A", clause="第六十条")),
    "clause-unknown__source": around(
        "A", steps=person("A", due_length="1", due_unit="day", due_source="工作规则第九十条")
    ),
    "script-never-runs__gateway": around(
        "A", "X", steps=person("A") + node("exclusiveGateway", "X", properties(post="y = 1"))
    ),
    "script-never-runs__event": PLAIN.replace(
        '<startEvent id="S"/>', node("startEvent", "S", properties(pre="y = 1"))
    ),
    "empty-script": around("T", steps='<scriptTask id="T"><script></script></scriptTask>'),
    "empty-script__none": around("T", steps='<scriptTask id="T"/>'),
    "script-language": around("T", steps=script("T", "y = 1", scriptFormat="javascript")),
    "table-missing": around("R", steps=rule("R", "none")),
    "property-without-name": around(
        "A",
        steps=person("A")
        .replace('name="role"', 'named="role"')
        .replace(
            "<spiffworkflow:properties>",
            '<spiffworkflow:properties><spiffworkflow:property name="role" value="dept_clerk"/>',
        ),
    ),
    # ---- loops ----
    "loop-with-script": around("T", "M", steps=NAMES + person("M", post="y = 1", loop=loop())),
    "loop-without-results": around(
        "T",
        "M",
        steps=NAMES
        + person(
            "M",
            loop="<multiInstanceLoopCharacteristics><loopDataInputRef>names</loopDataInputRef>"
            '<inputDataItem id="one" name="one"/></multiInstanceLoopCharacteristics>',
        ),
    ),
    "loop-without-list": around(
        "M",
        steps=person(
            "M",
            loop="<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>"
            "<loopDataOutputRef>answers</loopDataOutputRef>"
            '<outputDataItem id="note" name="note"/></multiInstanceLoopCharacteristics>',
        ),
    ),
    "loop-names-clash": several(target="names"),
    "loop-cut-off": around("T", "M", steps=NAMES + person("M", loop=loop()) + boundary("B", "M"))
    + ASIDE,
    "loop-completion__counter": several(
        "<completionCondition>nrOfCompletedInstances == 2</completionCondition>"
    ),
    "loop-completion__list": several(
        "<completionCondition>len(answers) &gt; 1</completionCondition>"
    ),
    "loop-after-boundary": SE
    + NAMES
    + person("A")
    + boundary("B", "A")
    + person("M", loop=loop())
    + end("E2")
    + flow("S", "T", "A", "E")
    + flow("B", "M", "E2"),
    "loop-after-boundary__sub-process": SE
    + NAMES
    + person("A")
    + boundary("B", "A")
    + sub("M", inside("M", "U", steps=person("U")), loop())
    + end("E2")
    + flow("S", "T", "A", "E")
    + flow("B", "M", "E2"),
    "loop-without-bound": around(
        "A", steps=person("A", loop='<standardLoopCharacteristics testBefore="false"/>')
    ),
    "circle-without-bound": around(
        "T",
        "L",
        "U",
        "X",
        steps=script("T", "n = 0") + xor("L") + script("U", "m = 1") + xor("X", "E"),
    )
    + flow("X", "L", when="n == 0"),
    # ---- calls ----
    "called-missing": around("C", steps=call("C", "nowhere")),
    "call-without-variables": around("C", steps=call("C", "called_bare"))
    + NEXT.format(key="called_bare")
    + '<startEvent id="S2"/><endEvent id="E2"/>'
    + flow("S2", "E2"),
    "call-in-circle": interface() + around("C", steps=call("C", "calls_itself")),
    "variable-never-set__output": called("", inputs=("given",), outputs=("never",)),
    "variable-never-set__input": called("", inputs=("unknown",), outputs=()),
    # ---- timers ----
    "timer-effect": PLAIN + boundary("B", "A", effect="") + ASIDE,
    "effect-contradicts": guarded(timer(identity="B"), effect="interrupt"),
    "silence-without-source": around(
        "T",
        "M",
        steps=script("T", 'names = [{"must_reply": True, "provisional": False, "due": None}]')
        + sub(
            "M",
            inside("M", "Q", steps=sub("Q", inside("Q", "A", steps=person("A", party='"finance"'))))
            + boundary("B", "Q", timer(GUARDED, identity="B"), effect="silence", party='"finance"')
            + script("V", "note = None")
            + end("e2")
            + flow("B", "V", "e2"),
            loop(),
        ),
    ),
    "timer-moment__none": guarded('<timerEventDefinition id="D_B"/>'),
    "unquoted-duration": guarded(timer("PT1H", "timeDuration", "B")),
    "unquoted-duration__date": guarded(timer("2026-02-27T18:00:00+08:00", identity="B")),
    "timer-format__cron": guarded(timer('"0 9 * * 1"', "timeCycle", "B")),
    "timer-format__duration-as-cycle": guarded(timer('"PT1H"', "timeCycle", "B")),
    "timer-format__date": guarded(timer('"明天"', identity="B")),
    "timer-format__list": guarded(timer("[1, 2]", identity="B")),
    "months-drift": guarded(timer('"R3/P1M"', "timeCycle", "B")),
    "cycle-not-repeating__interrupting": guarded(timer('"R3/PT1H"', "timeCycle", "B"), cancel=True),
    "cycle-not-repeating__catch": around(
        "C", steps=catch("C", timer('"R3/PT1H"', "timeCycle", "C"))
    ),
    "timer-may-be-empty": guarded(timer("due_at", identity="B")),
    "fact-never-written": PLAIN.replace(
        'name="form"', 'name="due_fact" value="sent_at"/><spiffworkflow:property name="form"'
    ),
    "deadline-length": around("A", steps=person("A", due_length='"七"', due_unit="day")),
    "deadline-unit": around("A", steps=person("A", due_length="7", due_unit="weeks")),
    "convention-as-law": around(
        "A",
        steps=person(
            "A", due_length='convention("days")', due_unit="day", due_source="工作规则第三十条"
        ),
    ),
    "timer-circles": SE
    + xor("L")
    + sub("P", inside("P", "A", steps=person("A")))
    + boundary("B", "P")
    + flow("S", "L", "P", "E")
    + flow("B", "L"),
    # ---- messages ----
    "message-missing": around("C", steps=catch("C", message("unknown"))),
    "message-missing__reference": around(
        "H", steps=node("intermediateThrowEvent", "H", '<messageEventDefinition id="D"/>')
    ),
    "message-variable": around("C", steps=catch("C", message("news", ""))),
    "message-only-once": PLAIN + boundary("B", "A", message("news"), cancel=False) + ASIDE,
    "side-branch-waits": PLAIN
    + boundary("B", "A", cancel=False)
    + person("C")
    + end("E2")
    + flow("B", "C", "E2"),
    # ---- expressions and variables ----
    "expression__import": around("T", steps=script("T", "import os")),
    "expression__attribute": around("T", steps=script("T", "y = (1).__class__")),
    "expression__unknown-function": around("T", steps=script("T", "y = frobnicate(1)")),
    "expression__syntax": around("T", steps=script("T", "y = 1\nz = (2")),
    "expression__condition": split(default="C", condition="kind = 1"),
    "variable-never-set": split(default="C", condition='outcome == "a"'),
    "variable-maybe-unset": SE
    + person("A", DECIDE)
    + xor("X", "B")
    + script("T", "late = 1")
    + person("B")
    + xor("Y")
    + script("U", "copy = late")
    + flow("S", "A", "X", "B", "Y", "U", "E")
    + flow("X", "T", when='decision == "again"')
    + flow("T", "Y"),
    "branches-write-one-variable": SE
    + par("P")
    + par("J")
    + person("A")
    + person("B")
    + script("U", "copy = note")
    + flow("S", "P", "A", "J", "U", "E")
    + flow("P", "B", "J"),
    "reserved-variable": around("T", steps=script("T", "typename = 1")),
    "unknown-verb": around("A", steps=person("A", verbs="transfer,teleport")),
    "returned-twice": around("A", steps=person("A", "forms/back.json", verbs="return")),
    "unknown-policy": around("A", steps=person("A", policy="most")),
    "unusable-share": around("A", steps=person("A", policy="share")),
    "unusable-share__beyond": around("A", steps=person("A", policy="share", share="140")),
    "variable-hides-a-function": around("A", steps=person("A", "forms/hiding.json")),
}

WARNED: dict[str, str] = {
    "lane-ignored": '<laneSet id="LS"><lane id="L1" name="办公室">'
    "<flowNodeRef>A</flowNodeRef></lane></laneSet>" + PLAIN,
    "runs-twice": SE
    + par("P")
    + xor("M")
    + person("A")
    + script("T", "y = 1")
    + flow("S", "P", "M", "A", "E")
    + flow("P", "T", "M"),
    "condition-not-boolean": split(default="C", condition="listed"),
    "unknown-property": around("A", steps=person("A", rolle="dept_clerk")),
    "message-in-a-loop": around(
        "T",
        "M",
        steps=NAMES
        + sub(
            "M",
            inside("M", "A", "U", steps=person("A") + script("U", "res = note"))
            + boundary("B", "A", message("news"))
            + script("V", "res = None")
            + end("e2")
            + flow("B", "V", "e2"),
            loop(result="res"),
        ),
    ),
    "loop-waits-for-the-silent": SE
    + NAMES
    + par("P")
    + par("J")
    + person("C", "forms/count.json")
    + sub(
        "M",
        inside("M", "A", steps=person("A"))
        + boundary("B", "A", cancel=False)
        + end("e2")
        + flow("B", "e2"),
        loop(),
    )
    + flow("S", "T", "P", "M", "J", "E")
    + flow("P", "C", "J"),
    "interruption-loses-data": SE
    + sub("P", inside("P", "A", steps=person("A")))
    + boundary("B", "P")
    + person("C", "forms/asks_note.json")
    + end("E2")
    + flow("S", "P", "E")
    + flow("B", "C", "E2"),
    "interruption-goes-back": SE
    + xor("L")
    + sub("P", inside("P", "A", steps=person("A")))
    + boundary("B", "P")
    + person("C", "forms/count.json")
    + flow("S", "L", "P", "E")
    + flow("B", "C", "L"),
    "timer-cuts-off-a-call": around("C", steps=call("C", "called_long") + boundary("B", "C"))
    + ASIDE
    + NEXT.format(key="called_long")
    + interface()
    + '<startEvent id="S2"/><endEvent id="E3"/>'
    + person("A2")
    + flow("S2", "A2", "E3"),
    "effect-contradicts__remind": guarded(timer(identity="B"), cancel=True, effect="remind"),
    "timer-fires-again": SE
    + xor("L")
    + person("A", DECIDE)
    + xor("X", "E")
    + boundary("B", "A", cancel=False)
    + flow("S", "L", "A", "X", "E")
    + flow("X", "L", when='decision == "again"')
    + ASIDE,
    "message-to-oneself": SE
    + par("P")
    + throw("H", "news")
    + catch("C", message("news"))
    + end("E2")
    + flow("S", "P", "H", "E")
    + flow("P", "C", "E2"),
    "branches-write-one-variable__unread": SE
    + par("P")
    + par("J")
    + person("A")
    + person("B")
    + flow("S", "P", "A", "J", "E")
    + flow("P", "B", "J"),
    "foreign-settings": PLAIN.replace(
        "<userTask ",
        '<userTask xmlns:camunda="http://camunda.org/schema/1.0/bpmn" camunda:assignee="demo" ',
    ),
}
