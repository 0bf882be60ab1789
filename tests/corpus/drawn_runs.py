"""What runs: one trait a diagram. name → (elements, what stands before the process)."""

from __future__ import annotations

from tests.corpus.drawing import (
    DECIDE,
    MESSAGE,
    PLAIN,
    SE,
    around,
    boundary,
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

NAMES = script("T", 'names = ["甲", "乙", "丙"]')
CALLED = '</process><process id="{key}" name="被调用" isExecutable="true">'

RUNS: dict[str, str] = {
    "user-task": PLAIN,
    "start-form": SE.replace(
        '<startEvent id="S"/>',
        f'<startEvent id="S">{properties(form="forms/note.json")}</startEvent>',
    )
    + script("T", "copy = note")
    + flow("S", "T", "E"),
    "script-task": around("T", steps=script("T", "total = 1 + 2\nparts = [total, total * 2]")),
    "business-rule-unique": around("T", "R", steps=script("T", 'kind = "b"') + rule("R", "route")),
    "business-rule-collect": around(
        "T",
        "R",
        "U",
        steps=script("T", "amount = 9")
        + rule("R", "warnings")
        + script("U", "count = len(warned)"),
    ),
    "business-rule-no-row": around(
        "T", "R", steps=script("T", "amount = 0") + rule("R", "warnings")
    ),
    "exclusive-gateway": SE
    + person("A", DECIDE)
    + xor("X", "B")
    + person("B")
    + end("E2")
    + flow("S", "A", "X", "B", "E")
    + flow("X", "E2", when='decision == "done"'),
    "exclusive-loop": SE
    + xor("L")
    + person("A", DECIDE)
    + xor("X", "E")
    + flow("S", "L", "A", "X", "E")
    + flow("X", "L", when='decision == "again"'),
    "parallel-branches": SE
    + par("P")
    + par("J")
    + person("A")
    + script("T", "other = 1")
    + flow("S", "P", "A", "J", "E")
    + flow("P", "T", "J"),
    "parallel-in-a-loop": SE
    + xor("L")
    + par("P")
    + par("J")
    + person("A")
    + person("B", "forms/count.json")
    + person("C", DECIDE)
    + xor("X", "E")
    + flow("S", "L", "P", "A", "J", "C", "X", "E")
    + flow("P", "B", "J")
    + flow("X", "L", when='decision == "again"'),
    "parallel-nested": SE
    + "".join(map(par, ("P1", "P2", "J1", "J2")))
    + person("A")
    + person("B", "forms/count.json")
    + script("T", "third = 3")
    + flow("S", "P1", "A", "J1", "E")
    + flow("P1", "P2", "B", "J2", "J1")
    + flow("P2", "T", "J2"),
    "parallel-to-three-ends": SE
    + par("P")
    + person("A")
    + person("B", "forms/count.json")
    + end("E2")
    + end("E3")
    + flow("S", "P", "A", "E")
    + flow("P", "B", "E2")
    + flow("P", "E3"),
    "parallel-changes-a-list": around(
        "T",
        "P",
        "A",
        "J",
        "U",
        steps=script("T", "found = []")
        + par("P")
        + par("J")
        + person("A")
        + script("B", 'found = found + ["乙"]')
        + script("U", "many = len(found)"),
    )
    + flow("P", "B", "J"),
    "inclusive-branches": SE
    + person("A", DECIDE)
    + inc("I", "B")
    + inc("J")
    + person("B")
    + person("C", "forms/count.json")
    + flow("S", "A", "I", "B", "J", "E")
    + flow("I", "C", when='decision == "again"')
    + flow("C", "J"),
    "inclusive-in-a-loop": SE
    + xor("L")
    + inc("I", "A")
    + inc("J")
    + person("A")
    + person("C", "forms/count.json")
    + person("D", DECIDE)
    + xor("X", "E")
    + flow("S", "L", "I", "A", "J", "D", "X", "E")
    + flow("I", "C", when="1 == 1")
    + flow("C", "J")
    + flow("X", "L", when='decision == "again"'),
    "inclusive-beside-a-fork-in-a-loop": SE
    + xor("L")
    + par("P")
    + inc("I", "A")
    + inc("J")
    + par("Q")
    + person("A")
    + person("B", DECIDE)
    + person("C", "forms/count.json")
    + person("D", DECIDE)
    + xor("X", "E")
    + flow("S", "L", "P", "I", "A", "J", "Q", "D", "X", "E")
    + flow("P", "B", "Q")
    + flow("I", "C", when="1 == 2")
    + flow("C", "J")
    + flow("X", "L", when='decision == "again"'),
    "inclusive-inside-a-looped-sub-process": SE
    + xor("L")
    + sub(
        "P",
        inside(
            "P",
            "I",
            "B",
            "J",
            steps=inc("I", "B") + inc("J") + person("B") + person("C", "forms/count.json"),
        )
        + flow("I", "C", when="1 == 1")
        + flow("C", "J"),
    )
    + person("D", DECIDE)
    + xor("X", "E")
    + flow("S", "L", "P", "D", "X", "E")
    + flow("X", "L", when='decision == "again"'),
    "event-gateway": SE
    + node("eventBasedGateway", "G")
    + catch("C1")
    + catch("C2", message("news"))
    + end("E2")
    + flow("S", "G", "C1", "E")
    + flow("G", "C2", "E2"),
    "sub-process": around("P", steps=sub("P", inside("P", "A", steps=person("A")))),
    "sub-process-keeps-its-values": around(
        "P",
        "T",
        steps=sub("P", inside("P", "A", steps=person("A"))) + script("T", "copy = note"),
    ),
    "sub-processes-nested-three-deep": around(
        "P",
        steps=sub(
            "P",
            inside(
                "P",
                "Q",
                steps=sub(
                    "Q",
                    inside("Q", "R", steps=sub("R", inside("R", "A", steps=person("A")))),
                ),
            ),
        ),
    ),
    "call-activity": interface()
    + around(
        "T",
        "C",
        "U",
        steps=script("T", "given = 1")
        + node("callActivity", "C", calledElement="called_one")
        + script("U", "last = gave"),
    )
    + CALLED.format(key="called_one")
    + interface(("given",), ("gave",))
    + '<startEvent id="S2"/><endEvent id="E2"/>'
    + person("A2")
    + script("T2", "gave = given + 1")
    + flow("S2", "A2", "T2", "E2"),
    "multi-instance-parallel": around("T", "M", steps=NAMES + person("M", loop=loop())),
    "multi-instance-sequential": around(
        "T", "M", steps=NAMES + person("M", loop=loop(order="true"))
    ),
    "multi-instance-of-nothing": around(
        "T", "M", steps=script("T", "names = []") + person("M", loop=loop())
    ),
    "multi-instance-entered-again": around(
        "T",
        "L",
        "M",
        "D",
        "X",
        steps=NAMES + xor("L") + person("M", loop=loop()) + person("D", DECIDE) + xor("X", "E"),
    )
    + flow("X", "L", when='decision == "again"'),
    "multi-instance-sequential-with-a-gap": around(
        "T",
        "M",
        steps=script("T", 'names = ["甲", None, "丙"]') + person("M", loop=loop(order="true")),
    ),
    "multi-instance-sub-process-with-deadline": around(
        "T",
        "M",
        steps=NAMES
        + sub(
            "M",
            inside("M", "A", "U", steps=person("A") + script("U", "res = note"))
            + boundary("B", "A")
            + script("V", "res = None")
            + end("e2")
            + flow("B", "V", "e2"),
            loop(result="res"),
        ),
    ),
    "multi-instance-ends-early": around(
        "T",
        "M",
        steps=NAMES
        + person("M", loop=loop(more='<completionCondition>note == "完"</completionCondition>')),
    ),
    "multi-instance-behind-boundary-and-gateway": SE
    + NAMES
    + person("A")
    + boundary("B", "A")
    + xor("G")
    + person("M", loop=loop())
    + end("E2")
    + flow("S", "T", "A", "E")
    + flow("B", "G", "M", "E2"),
    "standard-loop": around(
        "A",
        steps=person(
            "A",
            DECIDE,
            loop='<standardLoopCharacteristics testBefore="false" loopMaximum="4"><loopCondition>'
            'decision == "again"</loopCondition></standardLoopCharacteristics>',
        ),
    ),
    "timer-interrupts": SE
    + person("A")
    + boundary("B", "A")
    + end("E2")
    + flow("S", "A", "E")
    + flow("B", "E2"),
    "timer-reminds": SE
    + person("A")
    + boundary("B", "A", cancel=False)
    + script("T", "reminded = True")
    + end("E2")
    + flow("S", "A", "E")
    + flow("B", "T", "E2"),
    "timer-reminds-weekly": SE
    + person("A")
    + boundary("B", "A", timer('"R3/P7D"', "timeCycle", "B"), cancel=False)
    + end("E2")
    + flow("S", "A", "E")
    + flow("B", "E2"),
    "timer-of-a-duration": around("C", steps=catch("C", timer('"PT2H"', "timeDuration", "C"))),
    "timer-in-the-past": around(
        "C", steps=catch("C", timer('"2020-01-01T00:00:00+08:00"', identity="C"))
    ),
    "timer-never": SE
    + person("A")
    + boundary("B", "A", timer("FAR", identity="B"))
    + end("E2")
    + flow("S", "A", "E")
    + flow("B", "E2"),
    "timer-around-a-correction-loop": SE
    + sub(
        "P",
        inside("P", "L", "A", "X", steps=xor("L") + person("A", DECIDE) + xor("X", "e_P"))
        + flow("X", "L", when='decision == "again"'),
    )
    + boundary("B", "P", cancel=False)
    + end("E2")
    + flow("S", "P", "E")
    + flow("B", "E2"),
    "message-caught": around("C", steps=catch("C", message("news"))),
    "message-interrupts": SE
    + person("A")
    + boundary("B", "A", message("withdraw"))
    + end("E2")
    + flow("S", "A", "E")
    + flow("B", "E2"),
    "message-thrown": around("H", steps=throw("H", "news")),
    "message-end": '<startEvent id="S"/>'
    + end("E", message("news", payload='{"text": "完"}'))
    + flow("S", "E"),
    "message-interrupts-everything-inside": SE
    + NAMES
    + sub(
        "P",
        inside(
            "P",
            "P1",
            "M",
            "P2",
            steps=par("P1")
            + par("P2")
            + sub(
                "M",
                inside("M", "A", steps=person("A"))
                + boundary("B1", "A")
                + script("V", 'note = ""')
                + end("e2")
                + flow("B1", "V", "e2"),
                loop(),
            )
            + person("C", "forms/count.json")
            + boundary("B2", "C", cancel=False)
            + end("e3"),
        )
        + flow("P1", "C", "P2")
        + flow("B2", "e3"),
    )
    + boundary("B", "P", message("withdraw"))
    + end("E2")
    + flow("S", "T", "P", "E")
    + flow("B", "E2"),
    "terminate": SE
    + par("P")
    + person("A")
    + person("B", "forms/count.json")
    + end("X", '<terminateEventDefinition id="D_X"/>')
    + flow("S", "P", "A", "X")
    + flow("P", "B", "E"),
    "terminate-in-a-sub-process": around(
        "P",
        steps=sub(
            "P",
            '<startEvent id="s"/>'
            + person("A")
            + end("x", '<terminateEventDefinition id="D_x"/>')
            + flow("s", "A", "x"),
        ),
    ),
    "scripts-before-and-after": around(
        "A", steps=person("A", pre="earlier = 1", post="later = note")
    ),
    "circle-that-counts": around(
        "T",
        "L",
        "U",
        "X",
        steps=script("T", "n = 0") + xor("L") + script("U", "n = n + 1") + xor("X", "E"),
    )
    + flow("X", "L", when="n &lt; 400"),
    "circle-of-a-thousand-rounds": around(
        "T",
        "L",
        "U",
        "X",
        steps=script("T", "n = 0") + xor("L") + script("U", "n = n + 1") + xor("X", "E"),
    )
    + flow("X", "L", when="n &lt; 1000"),
    "chinese-names": SE
    + '<userTask id="审核" name="部门 审核">'
    + properties(form="forms/note.json", role="dept_head", org='"gov_office"')
    + "</userTask>"
    + flow("S", "审核", "E"),
    "only-start-and-end": SE + flow("S", "E"),
}
BEFORE = {
    name: "".join(MESSAGE.format(each) for each in ("news", "withdraw") if f"M_{each}" in body)
    for name, body in RUNS.items()
}
