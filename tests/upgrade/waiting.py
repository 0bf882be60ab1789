"""An instance for every way to wait: how it comes to wait, and what must come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
from tests.engine.desks import step
from tests.story import Story
from tests.upgrade.acts import (
    THEN,
    Act,
    acknowledged,
    circulated,
    claimed,
    do,
    drafted,
    later,
    resumed,
    retried,
    returned,
    sent,
    suspended,
    tried_in_vain,
    verb,
    withdrawn,
)

FORMS = Path(__file__).parent.parent / "corpus" / "runs" / "forms"
NAMES = script("T", 'names = ["甲", "乙", "丙"]')
AGAIN = (
    '<standardLoopCharacteristics testBefore="false" loopMaximum="4"><loopCondition>'
    'decision == "again"</loopCondition></standardLoopCharacteristics>'
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """body: what is drawn. acts: until it waits. revived: what is done today before anything else.
    patient: deadlines come before people act again. leaves: variables at the end."""

    body: str
    acts: tuple[Act, ...] = ()
    revived: Act | None = None
    patient: bool = False
    leaves: Mapping[str, Any] = field(default_factory=dict)
    before: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)


SIGNERS = "dept_clerk, dept_head"
STEP = start_end() + person("A") + flow("S", "A", "E")
HANDED = around("A", "B", steps=step("A", "gov_clerk") + step("B", "docs", verbs="return"))
SOON, VERY_SOON = timer('"PT5M"', "timeDuration"), timer('"PT1M"', "timeDuration")
CUT_SOON = around("A", steps=person("A") + boundary("B", "A", SOON) + script("C", "cut = True"))
CUT_SOON += flow("B", "C", "E")
FAILING = around("D", "C", steps=catch("D", VERY_SOON) + script("C", "found = counted()"))
TOGETHER = around("A", steps=step("A", "gov_clerk", verbs="delegate,add_signer,transfer"))
NEWS = MESSAGE.format("news")
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
        around("C", steps=catch("C", message("news"))),
        revived=sent(),
        before=NEWS,
        leaves={"received": {"text": "有"}},
    ),
    "a_message_that_cuts_off": Waiting(
        around(
            "A", steps=person("A") + boundary("B", "A", message("news")) + script("C", "cut = True")
        )
        + flow("B", "C", "E"),
        revived=sent(),
        before=NEWS,
        leaves={"cut": True, "received": {"text": "有"}},
    ),
    "a_message_kept": Waiting(
        around("A", "C", steps=person("A") + catch("C", message("news"))),
        (sent("早到"),),
        before=NEWS,
        leaves={"received": {"text": "早到"}},
    ),
    "whichever_comes_first": Waiting(
        around("G", "C1", steps=node("eventBasedGateway", "G") + catch("C1"))
        + catch("C2", message("news"))
        + flow("G", "C2", "E"),
        revived=sent(),
        before=NEWS,
        leaves={"received": {"text": "有"}},
    ),
    "whichever_comes_first_in_time": Waiting(
        around("G", "C1", "T", steps=node("eventBasedGateway", "G") + catch("C1"))
        + script("T", "cut = True")
        + catch("C2", message("news"))
        + flow("G", "C2", "E"),
        before=NEWS,
        leaves={"cut": True},
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
    # ---- what the staff verbs leave waiting ----
    "transferred": Waiting(TOGETHER, (verb("transfer", person="docs"),)),
    "delegated": Waiting(TOGETHER, (verb("delegate", person="docs"),)),
    "signed_before_by_another": Waiting(
        TOGETHER, (verb("add_signer", where="before", persons=["docs"]),)
    ),
    "signed_beside_by_others": Waiting(
        TOGETHER, (verb("add_signer", where="parallel", persons=["docs", "sec1"]),)
    ),
    "signed_after_by_another": Waiting(
        TOGETHER, (verb("add_signer", where="after", persons=["docs"]), do("A"))
    ),
    "returned_to_walk_again": Waiting(HANDED, (do("A"), returned("walk"))),
    "returned_to_be_corrected": Waiting(HANDED, (do("A"), returned("direct"))),
    "withdrawn": Waiting(HANDED, (do("A"), withdrawn)),
    "sent_round": Waiting(STEP, (circulated,), revived=acknowledged),
    "suspended": Waiting(STEP, (suspended,), revived=resumed),
    # ---- what the clock has begun; what was due fired meanwhile ----
    "suspended_over_a_deadline": Waiting(
        CUT_SOON, (suspended, later(minutes=6)), revived=resumed, leaves={"cut": True}
    ),
    "reminders_half_way": Waiting(
        around(
            "A",
            steps=person("A")
            + boundary("B", "A", timer('"R3/PT5M"', "timeCycle", "B"), cancel=False)
            + node("endEvent", "Z"),
        )
        + flow("B", "Z"),
        (later(minutes=6),),
        patient=True,
    ),
    "a_deadline_left_to_an_administrator": Waiting(
        FAILING, (tried_in_vain,), revived=retried, leaves={"found": 8}
    ),
    "a_deadline_tried_again": Waiting(FAILING, (later(minutes=1),), leaves={"found": 8}),
}


def begin(engine: Engine, folder: Path, name: str) -> Story:
    """Draw it, start it, and act until it waits."""
    waits, key = WAITING[name], f"waiting_{name}"
    body = waits.body.replace("{key}", key)
    files = {f"forms/{path.name}": path.read_text("utf-8") for path in FORMS.glob("*.json")}
    for path, inner in waits.files.items():
        called = path.replace("{key}", key)
        files[called] = diagram(called.removesuffix(".bpmn"), inner)
    parts = {"before": waits.before, "files": files, "variables": waits.variables}
    install(engine, folder, key, body, functions=THEN, **parts)
    story = Story(engine)
    story.begin("gov_clerk", key, {})
    for act in waits.acts:
        act(story)
    return story
