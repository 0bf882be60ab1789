"""What the engine would not run exactly is refused at deployment, all findings at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import definitions
from engine.errors import DeploymentRefused
from engine.startup import Engine
from tests.diagrams import flow, install, properties, start_end, user, write

LOOP = (
    '<multiInstanceLoopCharacteristics isSequential="false"><loopDataInputRef>xs</loopDataInputRef>'
    '<loopDataOutputRef>ys</loopDataOutputRef><inputDataItem id="x1" name="x1"/>'
    '<outputDataItem id="y1" name="y1"/></multiInstanceLoopCharacteristics>'
)
BARE_LOOP = (
    "<multiInstanceLoopCharacteristics><loopDataInputRef>xs</loopDataInputRef>"
    "</multiInstanceLoopCharacteristics>"
)


def timer(identity: str, host: str, *, cancel: str = "true", date: str = "FAR", **own: str) -> str:
    return (
        f'<boundaryEvent id="{identity}" attachedToRef="{host}" cancelActivity="{cancel}">'
        f'{properties(**own)}<timerEventDefinition id="T_{identity}">'
        f"<timeDate>{date}</timeDate></timerEventDefinition></boundaryEvent>"
    )


PLAIN = start_end() + user("A") + flow("S", "A", "E")
WRONG = {
    "element-not-allowed": start_end() + '<manualTask id="A"/>' + flow("S", "A", "E"),
    "event-not-allowed": start_end()
    + '<intermediateCatchEvent id="A"><signalEventDefinition/></intermediateCatchEvent>'
    + flow("S", "A", "E"),
    "event-missing": start_end() + '<intermediateCatchEvent id="A"/>' + flow("S", "A", "E"),
    "event-sub-process": PLAIN
    + '<subProcess id="P" triggeredByEvent="true"><startEvent id="s"/><endEvent id="e"/>'
    + flow("s", "e")
    + "</subProcess>",
    "one-start": PLAIN + '<startEvent id="S2"/>' + flow("S2", "A"),
    "no-end": '<startEvent id="S"/>' + user("A") + flow("S", "A"),
    "duplicate-id": PLAIN + '<endEvent id="A"/>',
    "one-way-out": PLAIN + '<endEvent id="E2"/>' + flow("A", "E2"),
    "no-default": start_end()
    + '<exclusiveGateway id="X"/>'
    + user("A")
    + flow("S", "X", "A", "E")
    + flow("X", "E", when="True"),
    "no-condition": start_end()
    + '<exclusiveGateway id="X" default="F_X_A"/>'
    + user("A")
    + flow("S", "X", "A", "E")
    + flow("X", "E"),
    "no-way-out": PLAIN + '<exclusiveGateway id="X"/>',
    "dangling-flow": PLAIN + flow("A9", "E"),
    "unreachable": PLAIN + user("B") + flow("B", "E"),
    "no-role": start_end() + user("A", "") + flow("S", "A", "E"),
    "no-form": start_end() + user("A", form="") + flow("S", "A", "E"),
    "form-missing": start_end() + user("A", form="forms/none.json") + flow("S", "A", "E"),
    "expression": start_end() + user("A", post="x = __import__") + flow("S", "A", "E"),
    "script-never-runs": start_end()
    + '<exclusiveGateway id="X">'
    + properties(post="x = 1")
    + "</exclusiveGateway>"
    + user("A")
    + flow("S", "X", "A", "E"),
    "loop-without-results": start_end() + user("A", loop=BARE_LOOP) + flow("S", "A", "E"),
    "loop-with-script": start_end() + user("A", loop=LOOP, post="y = 1") + flow("S", "A", "E"),
    "loop-cut-off": start_end()
    + user("A", loop=LOOP)
    + timer("B", "A", effect="remind")
    + flow("S", "A", "E")
    + flow("B", "E"),
    "side-branch-waits": PLAIN
    + timer("B", "A", cancel="false", effect="remind")
    + user("C")
    + flow("B", "C", "E"),
    "timer-effect": PLAIN + timer("B", "A") + flow("B", "E"),
    "silence-without-source": PLAIN + timer("B", "A", effect="silence") + flow("B", "E"),
    "called-missing": start_end()
    + '<callActivity id="A" calledElement="nowhere"/>'
    + flow("S", "A", "E"),
    "table-missing": start_end() + '<businessRuleTask id="A"><extensionElements>'
    "<spiffworkflow:calledDecisionId>none</spiffworkflow:calledDecisionId></extensionElements>"
    "</businessRuleTask>" + flow("S", "A", "E"),
}


@pytest.mark.parametrize("code", sorted(WRONG))
def test_a_diagram_with_this_fault_is_refused_by_name(
    engine: Engine, tmp_path: Path, code: str
) -> None:
    with pytest.raises(DeploymentRefused) as refused:
        install(engine, tmp_path, "wrong", WRONG[code])
    assert code in {each.code for each in refused.value.findings}
    assert all(
        any("\u4e00" <= char <= "\u9fff" for char in each.message)
        for each in refused.value.findings
    )
    known = [row.key for row in definitions.listing(engine, _anybody())]
    assert "wrong" not in known


def test_every_fault_of_a_diagram_is_told_at_once(engine: Engine, tmp_path: Path) -> None:
    body = WRONG["unreachable"] + '<manualTask id="M"/>' + flow("A", "E2")
    with pytest.raises(DeploymentRefused) as refused:
        install(engine, tmp_path, "wrong", body)
    codes = {each.code for each in refused.value.findings}
    assert {"unreachable", "element-not-allowed", "dangling-flow", "one-way-out"} <= codes


def test_a_called_process_declares_its_variables_and_calls_nobody_in_a_circle(
    tmp_path: Path,
) -> None:
    calling = start_end() + '<callActivity id="C" calledElement="inner"/>' + flow("S", "C", "E")
    circle = start_end() + '<callActivity id="C" calledElement="outer"/>' + flow("S", "C", "E")
    write(tmp_path, "outer", calling)
    write(tmp_path, "inner", circle)
    codes = [each.code for each in definitions.check([tmp_path])]
    assert codes.count("call-without-variables") == 2
    assert codes.count("call-in-circle") == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("<definitions", "不是完整的XML文件"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "DOCTYPE"),
        ("", "不是完整的XML文件"),
    ],
)
def test_a_broken_file_is_refused_with_a_sentence(tmp_path: Path, content: str, words: str) -> None:
    folder = write(tmp_path, "broken", PLAIN)
    (folder / "broken.bpmn").write_text(content, "utf-8")
    [finding] = definitions.check([folder])
    assert words in finding.message


def test_a_file_in_another_encoding_is_refused_with_the_remedy(tmp_path: Path) -> None:
    folder = write(tmp_path, "broken", PLAIN)
    (folder / "broken.bpmn").write_bytes("<x>忻州</x>".encode("gb18030"))
    assert "UTF-8" in definitions.check([folder])[0].message


def test_broken_variables_and_forms_are_named(tmp_path: Path) -> None:
    folder = write(tmp_path, "broken", PLAIN, files={"forms/other.json": "{"})
    (folder / "variables.json").write_text("{,}", "utf-8")
    told = " ".join(each.message for each in definitions.check([folder]))
    assert "variables.json" in told
    (folder / "variables.json").write_text("{}", "utf-8")
    assert any("other.json" in each.file for each in definitions.check([folder]))


def test_a_missing_or_empty_folder_is_told(tmp_path: Path) -> None:
    assert "没有这个文件" in definitions.check([tmp_path / "none"])[0].message
    assert "没有流程图" in definitions.check([tmp_path])[0].message


def _anybody() -> definitions.Actor:
    return definitions.Actor("a", "p", "某人", "u", frozenset({"staff"}))
