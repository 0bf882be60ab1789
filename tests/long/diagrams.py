"""Diagrams of the corpus with something broken in them: each runs or is refused, none surprises."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lxml import etree

from tests.corpus.proving import furnished, prove

FULL = 20_000
CORPUS = Path(__file__).parent.parent / "corpus"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
KINDS = (
    *("exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"),
    *("scriptTask", "userTask", "subProcess", "callActivity", "sequenceFlow"),
    *("startEvent", "endEvent", "boundaryEvent", "intermediateCatchEvent"),
)
TEXTS = ("", "1 +", "x", "PT1H", "note", "[1,2,3]", "9**9", '"a"')
VALUES = ("", "x y", "true", "false", "Start")


def run(scale: float, seed: int) -> dict[str, object]:
    """Break, prove, count. Raises AssertionError with the broken diagram."""
    chance = random.Random(seed)
    files = [path for name in ("runs", "refused", "warned") for path in _drawn(name)]
    counts: Counter[str] = Counter()
    with furnished() as engine, TemporaryDirectory() as folder:
        place = Path(folder)
        for name in ("refused", "runs"):
            shutil.copytree(CORPUS / name / "forms", place / "forms", dirs_exist_ok=True)
        for table in (CORPUS / "runs").glob("*.dmn"):
            shutil.copy(table, place)
        for number in range(int(FULL * scale)):
            root = etree.fromstring(chance.choice(files).read_bytes())
            for _ in range(chance.randint(1, 3)):
                _break(root, chance)
            for process in root.iter(f"{BPMN}process"):
                if not (process.get("id") or "").startswith("called"):
                    process.set("id", f"broken_{number}")
            path = place / "broken.bpmn"
            path.write_bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True))
            verdict = prove(engine, path, rounds=3)
            text = path.read_text("utf-8")
            assert verdict.kind != "fails", f"{verdict.words}\n{text}"
            counts[verdict.kind] += 1
            counts["refused in the library's words"] += "library" in verdict.words
    return {"diagrams": int(FULL * scale), **counts}


def _drawn(name: str) -> list[Path]:
    return sorted((CORPUS / name).glob("*.bpmn"))


def _break(root: Any, chance: random.Random) -> None:
    """Take out, change, move, double or rename one element."""
    nodes = [node for node in root.iter() if isinstance(node.tag, str) and node is not root]
    if not nodes:
        return
    node, other = chance.choice(nodes), chance.choice(nodes)
    draw = chance.random()
    if draw < 0.25:
        node.getparent().remove(node)
    elif draw < 0.5 and node.attrib:
        name = chance.choice(list(node.attrib))
        ids = [each.get("id") for each in nodes if each.get("id")]
        node.attrib.pop(name)
        if chance.random() < 0.6:
            node.set(name, chance.choice([*ids, *VALUES]))
    elif draw < 0.6:
        node.text = chance.choice(TEXTS)
    elif draw < 0.75 and other not in node.iter():
        other.append(node)
    elif draw < 0.9:
        node.tag = BPMN + chance.choice(KINDS)
    else:
        node.getparent().append(deepcopy(node))
