"""A drawing as a BPMN file with its forms, as it is deployed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import pairwise

from tests.diagrams import diagram, flow, properties, start_end, user
from tests.reference.blocks import (
    Block,
    Call,
    Choice,
    Drawing,
    Each,
    Fork,
    Message,
    Pause,
    Race,
    Repeat,
    Rework,
    Row,
    Script,
    Some,
    Step,
    Sub,
    Timer,
    inside,
)

LOOP = (
    '<multiInstanceLoopCharacteristics isSequential="{order}">'
    "<loopDataInputRef>L_{0}</loopDataInputRef><loopDataOutputRef>o_{0}</loopDataOutputRef>"
    '<inputDataItem id="i_{0}" name="i_{0}"/><outputDataItem id="r_{0}" name="r_{0}"/>'
    "{enough}</multiInstanceLoopCharacteristics>"
)
ENOUGH = "<completionCondition>r_{0} &gt;= {1}</completionCondition>"
MESSAGE = '<message id="M_{0}" name="n_{0}"/>'
AGAIN = (
    '<standardLoopCharacteristics testBefore="false" loopMaximum="{most}">'
    "<loopCondition>d_{0} == 1</loopCondition></standardLoopCharacteristics>"
)


@dataclass(frozen=True, slots=True)
class Written:
    """body: what stands in `<process>`; files: path → content of forms and called processes;
    before: the messages, which stand before the process."""

    body: str
    files: dict[str, str]
    before: str


def written(drawing: Drawing, key: str) -> Written:
    """The elements for a process of this key, to be put into a file by `tests.diagrams.write`."""
    messages = [each.id for each in inside(drawing.body) if isinstance(each, Message | Race)]
    hand = _Hand(key, "".join(map(MESSAGE.format, messages)))
    part = hand.row(drawing.body)
    assert part is not None, "a drawing begins with a step"
    body = start_end() + part.xml + flow("S", part.first) + flow(part.last, "E")
    return Written(body, hand.files, hand.before)


@dataclass(frozen=True, slots=True)
class _Part:
    """Elements with one way in and one way out."""

    first: str
    last: str
    xml: str


@dataclass(slots=True)
class _Hand:
    key: str
    before: str
    files: dict[str, str] = field(default_factory=dict)

    def block(self, block: Block) -> _Part | None:
        part: _Part | None = getattr(self, type(block).__name__.lower())(block)
        return part

    def row(self, row: Row) -> _Part | None:
        parts = [part for each in row.parts if (part := self.block(each)) is not None]
        if not parts:
            return None
        xml = "".join(part.xml for part in parts)
        for one, other in pairwise(parts):
            xml += flow(one.last, other.first)
        return _Part(parts[0].first, parts[-1].last, xml)

    # ---- steps ----

    def _person(self, identity: str, asks: str, loop: str = "") -> str:
        form = {
            "type": "default",
            "schemaVersion": 18,
            "id": identity,
            "components": [
                {
                    "key": asks,
                    "type": "number",
                    "label": asks,
                    "properties": {"kind": "int"},
                    "validate": {"required": True},
                }
            ],
        }
        path = f"forms/{identity}.json"
        self.files[path] = json.dumps(form, ensure_ascii=False)
        return user(identity, loop=loop, form=path)

    def step(self, step: Step) -> _Part:
        return self._timed(step.id, self._person(step.id, f"v_{step.id}"), step.timer)

    def script(self, script: Script) -> _Part:
        value = f"{script.source} + {script.plus}" if script.source else str(script.plus)
        return _Part(script.id, script.id, _script(script.id, f"{script.target} = {value}"))

    def repeat(self, repeat: Repeat) -> _Part:
        loop = AGAIN.format(repeat.id, most=repeat.most)
        return _Part(repeat.id, repeat.id, self._person(repeat.id, f"d_{repeat.id}", loop))

    def _timed(self, identity: str, xml: str, timer: Timer | None) -> _Part:
        """With a timer on its border: to a merge behind it, or to an end of its own."""
        if timer is None:
            return _Part(identity, identity, xml)
        event = f"b_{identity}"
        effect = "interrupt" if timer.interrupts else "remind"
        xml += (
            f'<boundaryEvent id="{event}" name="{event}" attachedToRef="{identity}" '
            f'cancelActivity="{str(timer.interrupts).lower()}">'
            f"{properties(effect=effect, source='约定')}{_definition(identity, timer)}"
            "</boundaryEvent>"
        )
        if not timer.interrupts:
            xml += f'<endEvent id="z_{identity}"/>' + flow(event, f"z_{identity}")
            return _Part(identity, identity, xml)
        merge = f"g_{identity}"
        xml += _script(f"y_{identity}", f"x_{identity} = 1")
        xml += f'<exclusiveGateway id="{merge}"/>' + flow(identity, merge)
        xml += flow(event, f"y_{identity}", merge)
        return _Part(identity, merge, xml)

    # ---- events ----

    def pause(self, pause: Pause) -> _Part:
        event = f"b_{pause.id}"
        return _Part(event, event, _caught_time(pause.id, pause.seconds))

    def message(self, message: Message) -> _Part:
        event = f"e_{message.id}"
        return _Part(event, event, _caught_message(message.id))

    def race(self, race: Race) -> _Part:
        split, merge = f"g_{race.id}", f"h_{race.id}"
        xml = f'<eventBasedGateway id="{split}"/><exclusiveGateway id="{merge}"/>'
        xml += _caught_time(race.id, race.seconds) + _caught_message(race.id)
        for event, way in zip((f"b_{race.id}", f"e_{race.id}"), race.ways, strict=True):
            part = self.row(way)
            first = part.first if part else merge
            xml += flow(split, event, first)
            if part:
                xml += part.xml + flow(part.last, merge)
        return _Part(split, merge, xml)

    # ---- gateways ----

    def choice(self, choice: Choice) -> _Part:
        *optional, default = map(self.row, choice.ways)
        conditions = [f"d_{choice.id} == {number}" for number in range(len(optional))]
        return self._decided(choice.id, "exclusiveGateway", optional, conditions, default)

    def some(self, some: Some) -> _Part:
        *optional, default = map(self.row, some.ways)
        bits = range(2 ** len(optional))
        conditions = [
            f"d_{some.id} in ({', '.join(str(each) for each in bits if each & 2**number)},)"
            for number in range(len(optional))
        ]
        return self._decided(some.id, "inclusiveGateway", optional, conditions, default)

    def _decided(
        self,
        identity: str,
        gateway: str,
        optional: list[_Part | None],
        conditions: list[str],
        default: _Part | None,
    ) -> _Part:
        """A person decides, the gateway splits by conditions, and the ways meet again."""
        split, merge = f"g_{identity}", f"h_{identity}"
        xml = self._person(identity, f"d_{identity}") + flow(identity, split)
        for part, condition in zip([*optional, default], [*conditions, ""], strict=True):
            first = part.first if part else merge
            xml += flow(split, first, when=condition)
            if not condition:
                usual = f"F_{split}_{first}"
            if part:
                xml += part.xml + flow(part.last, merge)
        xml += f'<{gateway} id="{split}" default="{usual}"/><{gateway} id="{merge}"/>'
        return _Part(identity, merge, xml)

    def fork(self, fork: Fork) -> _Part:
        split, join = f"g_{fork.id}", f"h_{fork.id}"
        xml = f'<parallelGateway id="{split}"/><parallelGateway id="{join}"/>'
        for way in fork.ways:
            part = self.row(way)
            assert part is not None, "a parallel way has something in it"
            xml += part.xml + flow(split, part.first) + flow(part.last, join)
        return _Part(split, join, xml)

    def rework(self, rework: Rework) -> _Part:
        name = rework.id
        begin, merge, count, gateway = f"a_{name}", f"h_{name}", f"n_{name}", f"g_{name}"
        body = self.row(rework.body)
        assert body is not None, "a round has something in it"
        counter = f"c_{name}"
        leaving = f"e_{name}"
        xml = _script(begin, f"{counter} = 0") + _script(count, f"{counter} = {counter} + 1")
        xml += f'<exclusiveGateway id="{merge}"/><exclusiveGateway id="{leaving}"/>'
        xml += f'<exclusiveGateway id="{gateway}" default="F_{gateway}_{leaving}"/>'
        xml += self._person(name, f"d_{name}") + body.xml
        xml += flow(begin, merge, body.first) + flow(body.last, name, count, gateway, leaving)
        xml += flow(gateway, merge, when=f"d_{name} == 1 and {counter} &lt; {rework.most}")
        return _Part(begin, leaving, xml)

    # ---- scopes ----

    def each(self, each: Each) -> _Part:
        enough = "" if each.enough is None else ENOUGH.format(each.id, each.enough)
        order = str(each.in_order).lower()
        before, loop = f"a_{each.id}", LOOP.format(each.id, order=order, enough=enough)
        xml = _script(before, f"L_{each.id} = {list(range(each.items))}")
        xml += flow(before, each.id)
        if each.body is None:
            xml += self._person(each.id, f"r_{each.id}", loop)
            return _Part(before, each.id, xml)
        result = f"n_{each.id}"
        inner = self._around(each.id, each.body, result)
        inner += _script(result, f"r_{each.id} = {each.result}")
        return _Part(before, each.id, f'{xml}<subProcess id="{each.id}">{loop}{inner}</subProcess>')

    def sub(self, sub: Sub) -> _Part:
        xml = f'<subProcess id="{sub.id}">{self._around(sub.id, sub.body)}</subProcess>'
        return self._timed(sub.id, xml, sub.timer)

    def call(self, call: Call) -> _Part:
        key = f"{self.key}_{call.id}"
        body = _interface(call.takes, call.gives) + self._around(call.id, call.body)
        self.files[f"{key}.bpmn"] = diagram(key, body, before=self.before)
        return _Part(call.id, call.id, f'<callActivity id="{call.id}" calledElement="{key}"/>')

    def _around(self, identity: str, body: Row, *after: str) -> str:
        part = self.row(body)
        assert part is not None, "a scope has something in it"
        start, end = f"s_{identity}", f"e_{identity}"
        xml = f'<startEvent id="{start}"/><endEvent id="{end}"/>' + part.xml
        return xml + flow(start, part.first) + flow(part.last, *after, end)


def _definition(identity: str, timer: Timer) -> str:
    if timer.times == 1:
        return _timer(identity, "timeDuration", f"PT{timer.seconds}S")
    return _timer(identity, "timeCycle", f"R{timer.times}/PT{timer.seconds}S")


def _timer(identity: str, kind: str, text: str) -> str:
    inner = f'<{kind}>"{text}"</{kind}>'
    return f'<timerEventDefinition id="D_{identity}">{inner}</timerEventDefinition>'


def _caught_time(identity: str, seconds: int) -> str:
    return (
        f'<intermediateCatchEvent id="b_{identity}" name="b_{identity}">'
        f"{properties(effect='remind', source='约定')}"
        f"{_timer(identity, 'timeDuration', f'PT{seconds}S')}</intermediateCatchEvent>"
    )


def _caught_message(identity: str) -> str:
    return (
        f'<intermediateCatchEvent id="e_{identity}">'
        f'<messageEventDefinition id="N_{identity}" messageRef="M_{identity}"><extensionElements>'
        f"<spiffworkflow:messageVariable>m_{identity}</spiffworkflow:messageVariable>"
        "</extensionElements></messageEventDefinition></intermediateCatchEvent>"
    )


def _script(identity: str, text: str) -> str:
    return f'<scriptTask id="{identity}"><script>{text}</script></scriptTask>'


def _interface(takes: tuple[str, ...], gives: tuple[str, ...]) -> str:
    parts = "".join(f'<dataInput id="{name}" name="{name}"/>' for name in takes)
    parts += "".join(f'<dataOutput id="{name}" name="{name}"/>' for name in gives)
    inputs = "".join(f"<dataInputRefs>{name}</dataInputRefs>" for name in takes)
    outputs = "".join(f"<dataOutputRefs>{name}</dataOutputRefs>" for name in gives)
    return (
        f"<ioSpecification>{parts}<inputSet>{inputs}</inputSet>"
        f"<outputSet>{outputs}</outputSet></ioSpecification>"
    )
