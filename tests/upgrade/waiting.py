"""An instance for every way to wait: how it comes to wait, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from engine import instances, tasks, timers
from engine.clock import ManualClock
from engine.startup import Engine
from tests.corpus.drawing import (
    DECIDE,
    MESSAGE,
    NOON,
    around,
    boundary,
    call,
    catch,
    inc,
    inside,
    interface,
    loop,
    message,
    node,
    par,
    person,
    script,
    sub,
    timer,
    xor,
)
from tests.diagrams import diagram, flow, install, start_end
from tests.story import Story

FORMS = Path(__file__).parent.parent / "corpus" / "runs" / "forms"
NAMES = script("T", 'names = ["甲", "乙", "丙"]')
AGAIN = (
    '<standardLoopCharacteristics testBefore="false" loopMaximum="4"><loopCondition>'
    'decision == "again"</loopCondition></standardLoopCharacteristics>'
)
Act = Callable[[Story], object]


@dataclass(frozen=True, slots=True)
class Waiting:
    """body: what is drawn. acts: until it waits. patient: deadlines come before people act again.
    leaves: variables at the end."""

    body: str
    acts: tuple[Act, ...] = ()
    patient: bool = False
    leaves: Mapping[str, Any] = field(default_factory=dict)
    before: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)


def do(element: str, **values: Any) -> Act:
    """The clerk does a step."""
    return lambda story: story.do("gov_clerk", element, **(values or {"note": "先"}))


def claimed(story: Story) -> None:
    """The section's work is in somebody's hands."""
    row = story.item("docs", "A")
    tasks.claim(story.engine, story.who("docs"), row.id, version=row.version, key="claim")


def drafted(story: Story) -> None:
    """Somebody has begun to fill in."""
    row = story.item("gov_clerk", "A")
    given = {"version": row.version, "values": {"note": "写了一半"}, "key": "draft"}
    tasks.save_draft(story.engine, story.who("gov_clerk"), row.id, **given)


def sent_early(story: Story) -> None:
    """A message came before anybody waited for it."""
    who, payload = story.who("gov_clerk"), {"text": "早到"}
    given = (story.engine, who, story.instance_id, "news", payload)
    instances.send_message(*given, key=f"early {story.instance_id}")


SIGNERS = "dept_clerk, dept_head"
STEP = start_end() + person("A") + flow("S", "A", "E")
INNER = sub("Q", inside("Q", "A", steps=person("A")))
WAITING: dict[str, Waiting] = {
    "a_person": Waiting(STEP),
    "a_draft": Waiting(STEP, (drafted,)),
    "a_section": Waiting(STEP.replace('value="dept_clerk"', 'value="doc_section"')),
    "a_section_claimed": Waiting(
        STEP.replace('value="dept_clerk"', 'value="doc_section"'), (claimed,)
    ),
    "signers_in_order": Waiting(
        around("A", steps=person("A", role=SIGNERS, policy="ordered")), (do("A"),)
    ),
    "signers_together": Waiting(
        around("A", steps=person("A", role=SIGNERS, policy="all")), (do("A"),)
    ),
    "a_deadline": Waiting(
        around("A", steps=person("A") + boundary("B", "A") + script("C", "cut = True"))
        + flow("B", "C", "E"),
        patient=True,
        leaves={"cut": True},
    ),
    "a_reminder": Waiting(
        around("A", steps=person("A") + boundary("B", "A", cancel=False) + node("endEvent", "Z"))
        + flow("B", "Z"),
        patient=True,
    ),
    "reminders_again_and_again": Waiting(
        around(
            "A",
            steps=person("A")
            + boundary("B", "A", timer('"R3/PT24H"', "timeCycle", "B"), cancel=False)
            + node("endEvent", "Z"),
        )
        + flow("B", "Z"),
    ),
    "a_moment": Waiting(around("C", steps=catch("C", timer(NOON)))),
    "a_duration": Waiting(around("C", steps=catch("C", timer('"P2D"', "timeDuration")))),
    "a_message": Waiting(
        around("C", steps=catch("C", message("news"))), before=MESSAGE.format("news")
    ),
    "a_message_kept": Waiting(
        around("A", "C", steps=person("A") + catch("C", message("news"))),
        (sent_early,),
        before=MESSAGE.format("news"),
        leaves={"received": {"text": "早到"}},
    ),
    "whichever_comes_first": Waiting(
        around("G", "C1", steps=node("eventBasedGateway", "G") + catch("C1"))
        + catch("C2", message("news"))
        + flow("G", "C2", "E"),
        before=MESSAGE.format("news"),
    ),
    "a_join": Waiting(
        around("P", "A", "J", "D", steps=par("P") + par("J") + person("A") + person("D"))
        + person("B", "forms/count.json")
        + flow("P", "B", "J"),
        (do("B", amount=4),),
        leaves={"amount": 4},
    ),
    "an_inclusive_join": Waiting(
        around("I", "A", "J", "D", steps=inc("I", "A") + inc("J") + person("A") + person("D"))
        + person("B", "forms/count.json")
        + person("C")
        + flow("I", "B", when="1 == 1")
        + flow("I", "C", when="2 == 2")
        + flow("B", "J")
        + flow("C", "J"),
        (do("B", amount=5),),
        leaves={"amount": 5},
    ),
    "a_join_in_the_second_round": Waiting(
        start_end()
        + "".join((xor("L"), par("P"), par("J"), person("A"), person("C", DECIDE)))
        + person("B", "forms/count.json")
        + xor("X", "E")
        + flow("S", "L", "P", "A", "J", "C", "X", "E")
        + flow("P", "B", "J")
        + flow("X", "L", when='decision == "again"'),
        (do("A"), do("B", amount=1), do("C", decision="again"), do("B", amount=2)),
        leaves={"amount": 2},
    ),
    "several_together": Waiting(
        around("T", "M", steps=NAMES + person("M", loop=loop())), (do("M"),)
    ),
    "several_in_order": Waiting(
        around("T", "M", steps=NAMES + person("M", loop=loop(order="true"))), (do("M"),)
    ),
    "several_with_deadlines": Waiting(
        around(
            "T",
            "M",
            steps=NAMES
            + sub(
                "M",
                inside("M", "A", "U", steps=person("A") + script("U", "res = note"))
                + boundary("B", "A")
                + script("V", "res = None")
                + node("endEvent", "e2")
                + flow("B", "V", "e2"),
                loop(result="res"),
            ),
        ),
        (do("A"),),
        patient=True,
        leaves={"answers": ["先", None, None]},
    ),
    "a_step_repeated": Waiting(
        around("A", steps=person("A", DECIDE, loop=AGAIN)), (do("A", decision="again"),)
    ),
    "inside_two_scopes": Waiting(around("P", steps=sub("P", inside("P", "Q", steps=INNER)))),
    "inside_a_call": Waiting(
        around("K", "B", steps=call("K", "called_{key}") + person("B")),
        leaves={"gave": 8},
        files={
            "called_{key}.bpmn": interface((), ("gave",))
            + around("A", "T", steps=person("A") + script("T", "gave = 7 + 1"))
        },
    ),
}


def begin(engine: Engine, folder: Path, name: str) -> Story:
    """Draw it, start it, and act until it waits."""
    waits, key = WAITING[name], f"waiting_{name}"
    body = waits.body.replace("{key}", key)
    files = {f"forms/{path.name}": path.read_text("utf-8") for path in FORMS.glob("*.json")}
    for path, inner in waits.files.items():
        called = path.replace("{key}", key)
        files[called] = diagram(called.removesuffix(".bpmn"), inner)
    install(engine, folder, key, body, before=waits.before, files=files, variables=waits.variables)
    story = Story(engine)
    story.begin("gov_clerk", key, {})
    for act in waits.acts:
        act(story)
    return story


# ---- today ------------------------------------------------------------------------------------

MOST = 60  # things done to one instance
ANSWERS: dict[str, Any] = {"note": "完", "decision": "done", "amount": 1}
PEOPLE = ("gov_clerk", "office_director", "docs")


def finish(story: Story, *, patient: bool) -> None:
    """Do whatever can be done until it has ended; who is patient lets deadlines come first."""
    if patient and timers.next_due(story.engine) is not None:
        _let_time_pass(story)
    for _ in range(MOST):
        if story.see().row.state == "completed":
            return
        if not (_act(story) or _send(story)):
            _let_time_pass(story)
    raise AssertionError(f"it does not end; open: {story.open_steps()}")


def _act(story: Story) -> bool:
    """Somebody does the first open step; False when there is none."""
    for who in PEOPLE:
        actor = story.who(who)
        for view in ("mine", "group"):
            for row in tasks.worklist(story.engine, actor, view, size=100).items:
                if row.instance_id == story.instance_id:
                    shown = tasks.get(story.engine, actor, row.id)
                    assert shown.form is not None
                    asked = {each.key for each in shown.form.fields}
                    values = {key: ANSWERS[key] for key in asked & ANSWERS.keys()}
                    story.do(who, row.element_id, **values)
                    return True
    return False


def _send(story: Story) -> bool:
    """The message that is waited for; False when another one would only be kept."""
    name = story.see().row.key.removeprefix("waiting_")
    if name not in ("a_message", "whichever_comes_first"):
        return False
    given = (story.engine, story.who("gov_clerk"), story.instance_id, "news", {"text": "有"})
    instances.send_message(*given, key=f"late {story.instance_id}")
    return True


def _let_time_pass(story: Story) -> None:
    due = timers.next_due(story.engine)
    assert due is not None, "nothing to do and no deadline"
    assert isinstance(story.engine.clock, ManualClock)
    story.engine.clock.move_to(max(due, story.engine.clock.now()) + timedelta(seconds=1))
    timers.fire_due(story.engine)
