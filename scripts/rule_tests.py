"""Writes which tests name which article of the work rules (processes/shared/clause_tests.json).

A test names an article in its own words or in its module's first sentence: 工作规则第三十三条,
clause 33, clauses 29 to 31.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

from engine.numerals import cited

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "processes" / "shared" / "clause_tests.json"
ENGLISH = re.compile(r"\bclauses? (\d+)(?: (?:to|and) (\d+))?")
CHINESE = re.compile(r"工作规则第[一二三四五六七八九十、至]+条")


def named(text: str) -> set[int]:
    """The articles of the work rules that a text names."""
    found = {article for sentence in CHINESE.findall(text) for article in cited(sentence)}
    for first, last in ENGLISH.findall(text):
        found.update(range(int(first), int(last or first) + 1))
    return found


def tests() -> Iterator[tuple[int, str]]:
    """(article, sentence) of every test that names one."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        source = path.read_text("utf-8")
        tree = ast.parse(source)
        everywhere = named(ast.get_docstring(tree) or "")
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                body = ast.get_source_segment(source, node) or ""
                says = node.name.removeprefix("test_").replace("_", " ")
                for article in sorted(everywhere | named(body)):
                    yield article, f"{path.stem}: {says}"


def index() -> dict[str, list[str]]:
    """Article → the sentences of its tests."""
    found: dict[str, list[str]] = {}
    for article, sentence in tests():
        found.setdefault(str(article), []).append(sentence)
    return {key: found[key] for key in sorted(found, key=int)}


def text() -> str:
    """The file as it should stand."""
    return json.dumps(index(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), "utf-8")
