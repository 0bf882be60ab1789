"""How the corpus draws: the words of tests.diagrams and a few more, without a picture."""

from __future__ import annotations

from tests.diagrams import flow, properties, start_end, user

NOON = '"2026-02-11T12:00:00+08:00"'
LOOP = (
    '<multiInstanceLoopCharacteristics isSequential="{order}">'
    "<loopDataInputRef>{source}</loopDataInputRef><loopDataOutputRef>{target}</loopDataOutputRef>"
    '<inputDataItem id="{item}" name="{item}"/><outputDataItem id="{result}" name="{result}"/>'
    "{more}</multiInstanceLoopCharacteristics>"
)
MESSAGE = '<message id="M_{0}" name="{0}"/>'
DECIDE = "forms/decide.json"  # asks for `decision`: again or done


def person(identity: str, form: str = "forms/note.json", **more: str) -> str:
    """A step of a person on a form of the corpus."""
    return user(identity, form=form, **more)


def loop(
    source: str = "names",
    item: str = "one",
    target: str = "answers",
    result: str = "note",
    *,
    order: str = "false",
    more: str = "",
) -> str:
    """The loop characteristics of a multi-instance activity."""
    return LOOP.format(
        source=source, item=item, target=target, result=result, order=order, more=more
    )


def script(identity: str, text: str, **attributes: str) -> str:
    """A script task."""
    given = "".join(f' {name}="{value}"' for name, value in attributes.items())
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return f'<scriptTask id="{identity}"{given}><script>{escaped}</script></scriptTask>'


def node(kind: str, identity: str, inner: str = "", **attributes: str) -> str:
    """Any element."""
    given = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<{kind} id="{identity}"{given}>{inner}</{kind}>'


def xor(identity: str, default: str | None = None, **more: str) -> str:
    """An exclusive gateway. default: the target of the default flow."""
    return node("exclusiveGateway", identity, **_default(identity, default), **more)


def par(identity: str) -> str:
    """A parallel gateway."""
    return node("parallelGateway", identity)


def inc(identity: str, default: str | None = None) -> str:
    """An inclusive gateway."""
    return node("inclusiveGateway", identity, **_default(identity, default))


def _default(identity: str, target: str | None) -> dict[str, str]:
    return {"default": f"F_{identity}_{target}"} if target else {}


def end(identity: str, inner: str = "") -> str:
    """An end event."""
    return node("endEvent", identity, inner)


def timer(moment: str = NOON, kind: str = "timeDate", identity: str = "T") -> str:
    """A timer definition."""
    return (
        f'<timerEventDefinition id="D_{identity}"><{kind}>{moment}</{kind}></timerEventDefinition>'
    )


def boundary(
    identity: str, host: str, definition: str = "", *, cancel: bool = True, **own: str
) -> str:
    """A boundary event; a timer at noon unless something else is said."""
    given = {"effect": "interrupt" if cancel else "remind", **own}
    inner = definition or timer(identity=identity)
    if "timerEventDefinition" not in inner:
        given = {name: value for name, value in given.items() if name != "effect"}
    return (
        f'<boundaryEvent id="{identity}" attachedToRef="{host}" '
        f'cancelActivity="{str(cancel).lower()}">{properties(**given)}{inner}</boundaryEvent>'
    )


def catch(identity: str, definition: str = "", **own: str) -> str:
    """An intermediate catching event; a timer at noon unless something else is said."""
    inner = definition or timer(identity=identity)
    given = own if "messageEventDefinition" in inner else {"effect": "remind", **own}
    return node("intermediateCatchEvent", identity, properties(**given) + inner)


def message(name: str, variable: str = "received", payload: str = "") -> str:
    """The definition of a message event."""
    inner = f"<spiffworkflow:messageVariable>{variable}</spiffworkflow:messageVariable>"
    if payload:
        inner = f"<spiffworkflow:messagePayload>{payload}</spiffworkflow:messagePayload>"
    ending = "out" if payload else variable or "x"
    return (
        f'<messageEventDefinition id="D_{name}_{ending}" messageRef="M_{name}">'
        f"<extensionElements>{inner if variable or payload else ''}</extensionElements>"
        "</messageEventDefinition>"
    )


def throw(identity: str, name: str) -> str:
    """An intermediate event that sends a message."""
    return node("intermediateThrowEvent", identity, message(name, payload='{"text": "有"}'))


def sub(identity: str, inner: str, loop_characteristics: str = "", **attributes: str) -> str:
    """An embedded sub-process around some elements."""
    return node("subProcess", identity, loop_characteristics + inner, **attributes)


def inside(identity: str, *middle: str, steps: str = "") -> str:
    """A start and an end event named after a sub-process, and the steps between them."""
    return f'<startEvent id="s_{identity}"/><endEvent id="e_{identity}"/>{steps}' + flow(
        f"s_{identity}", *middle, f"e_{identity}"
    )


def rule(identity: str, table: str) -> str:
    """A business rule task."""
    inner = f"<spiffworkflow:calledDecisionId>{table}</spiffworkflow:calledDecisionId>"
    return node("businessRuleTask", identity, f"<extensionElements>{inner}</extensionElements>")


def call(identity: str, key: str, **scripts: str) -> str:
    """A call activity."""
    return node("callActivity", identity, properties(**scripts), calledElement=key)


def interface(inputs: tuple[str, ...] = (), outputs: tuple[str, ...] = ()) -> str:
    """What a called process takes and gives."""
    parts = "".join(f'<dataInput id="{name}" name="{name}"/>' for name in inputs)
    parts += "".join(f'<dataOutput id="{name}" name="{name}"/>' for name in outputs)
    refs = "".join(f"<dataInputRefs>{name}</dataInputRefs>" for name in inputs)
    gives = "".join(f"<dataOutputRefs>{name}</dataOutputRefs>" for name in outputs)
    return (
        f"<ioSpecification>{parts}<inputSet>{refs}</inputSet><outputSet>{gives}</outputSet>"
        "</ioSpecification>"
    )


SE = start_end()
PLAIN = SE + person("A") + flow("S", "A", "E")


def around(*middle: str, steps: str) -> str:
    """Start, some elements in a row, end."""
    return SE + steps + flow("S", *middle, "E")
