"""The table of traps names a living proof for every trap and every finding there is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
TABLE = ROOT / "docs" / "traps.md"
CORPUS = ROOT / "tests" / "corpus"
SOURCES = [
    *(ROOT / "engine" / "diagnostics").glob("*.py"),
    *(ROOT / "engine" / name for name in ("decisions.py", "definitions.py", "definition_files.py")),
]


def rows() -> Iterator[tuple[str, list[str], list[str]]]:
    """(trap, codes, proofs) of every row."""
    for line in TABLE.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 4 and cells[0] not in ("Trap", "---"):
            yield cells[0], re.findall(r"`([a-z]+(?:-[a-z]+)*)`", cells[2]), cells[3].split(", ")


def codes() -> set[str]:
    """Every code a check can give: what stands second in finding(), third in _of(), or as code=."""
    found = set()
    for path in SOURCES:
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call):
                place = {"finding": 1, "_of": 2}.get(ast.unparse(call.func))
                given = [call.args[place]] if place and len(call.args) > place else []
                given += [each.value for each in call.keywords if each.arg == "code"]
                found |= {each.value for each in given if isinstance(each, ast.Constant)}
    return found


def test_every_proof_exists() -> None:
    for trap, _, proofs in rows():
        for proof in proofs:
            if "::" in proof:
                path, _, name = proof.partition("::")
                assert f"def {name}(" in (ROOT / path).read_text("utf-8"), (trap, proof)
            else:
                assert (CORPUS / f"{proof}.bpmn").is_file(), (trap, proof)


def test_every_finding_stands_in_the_table_and_nothing_else() -> None:
    named = {code for _, each, _ in rows() for code in each}
    general = {"too-slow", "library", "xml", "file", "form", "variables"}
    assert named - general == codes() - general


def test_every_numbered_trap_has_its_row() -> None:
    text = " ".join(trap for trap, _, _ in rows())
    for number in range(1, 28):
        assert f"t{number:02}" in text, number
    for number in range(1, 11):
        assert f"2a.{number}" in text, number


def test_every_drawn_fault_is_a_proof_of_its_finding() -> None:
    named = {code for _, each, _ in rows() for code in each}
    for folder in ("refused", "warned"):
        for path in (CORPUS / folder).glob("*.bpmn"):
            assert path.stem.split("__")[0] in named, path.name


@pytest.mark.parametrize("call", ["reset_from_task_id", "migrate_workflow"])
def test_what_corrupts_instances_is_never_called(call: str) -> None:
    for path in (ROOT / "engine").rglob("*.py"):
        assert f"{call}(" not in path.read_text("utf-8"), path
