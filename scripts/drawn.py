"""Prints how much of every diagram and table a test run went through; ends with 1 below all of it.

Usage: python scripts/drawn.py <folder that the tests left> [<folder of diagrams>]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
MODELS = Path(__file__).parent.parent / "bpmn_models"


def flows(models: Path) -> dict[str, dict[str, str]]:
    """Diagram → "from to" → id of the flow."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted(models.rglob("*.bpmn")):
        for process in etree.parse(path).getroot().iter(f"{BPMN}process"):
            found[process.get("id") or ""] = {
                f"{flow.get('sourceRef')} {flow.get('targetRef')}": flow.get("id") or ""
                for flow in process.iter(f"{BPMN}sequenceFlow")
            }
    return found


def rows(models: Path) -> dict[str, set[str]]:
    """Table → numbers of its rows."""
    found: dict[str, set[str]] = {}
    for path in sorted(models.rglob("*.dmn")):
        rules = [
            node for node in etree.parse(path).getroot().iter() if str(node.tag).endswith("}rule")
        ]
        found[path.stem] = {str(number) for number in range(1, len(rules) + 1)}
    return found


def heard(folder: Path) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """What the test processes wrote down: diagram → "from to", table → row."""
    walked: dict[str, set[str]] = {}
    hit: dict[str, set[str]] = {}
    for path in folder.glob("*.json"):
        told = json.loads(path.read_text("utf-8"))
        for line in told["walked"]:
            process, pair = line.split(" ", 1)
            walked.setdefault(process, set()).add(pair)
        for line in told["rows_hit"]:
            table, number = line.split(" ")
            hit.setdefault(table, set()).add(number)
    return walked, hit


def missing(folder: Path, models: Path = MODELS) -> dict[str, tuple[int, list[str]]]:
    """Diagram or table → (how many flows or rows, which of them nobody went through)."""
    walked, hit = heard(folder)
    told: dict[str, tuple[int, list[str]]] = {}
    for process, drawn in flows(models).items():
        left = [flow for pair, flow in drawn.items() if pair not in walked.get(process, set())]
        told[process] = (len(drawn), left)
    for table, numbers in rows(models).items():
        left = sorted(numbers - hit.get(table, set()), key=int)
        told[f"{table}（决策表）"] = (len(numbers), [f"第{number}行" for number in left])
    return told


def main(folder: str, models: str | None = None) -> int:
    """Print the shares; 0 when everything was gone through."""
    told = missing(Path(folder), Path(models) if models else MODELS)
    for name, (total, left) in told.items():
        share = 100 * (total - len(left)) / total if total else 100.0
        print(f"{share:6.1f}%  {total - len(left):3}/{total:<3}  {name}")
        for each in left:
            print(f"                  没有走到：{each}")
    return 1 if any(left for _, left in told.values()) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
