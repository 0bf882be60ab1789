"""Records what every registered function means: running diagrams call it by name for years.

    python -m scripts.meanings              adds functions that are new
    python -m scripts.meanings --same NAME  says that a function rewritten still means the same

A function is known by what it computed for recorded inputs and by a digest of its code and of the
functions beside it that it uses. What means something else gets a new name; the old one stays.
"""

from __future__ import annotations

import ast
import inspect
import json
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from processes import discover

TARGET = Path(__file__).parent.parent / "tests" / "conventions" / "meanings.json"
Meaning = dict[str, Any]  # digest: of the code; examples: [[arguments, result], …]


def registered() -> dict[str, Callable[..., Any]]:
    """Every function a diagram may call, by name."""
    return {name: call for name, call in discover().functions().items() if callable(call)}


def recorded() -> dict[str, Meaning]:
    """What was recorded, by name."""
    found: dict[str, Meaning] = json.loads(TARGET.read_text("utf-8"))
    return found


def digest(function: Callable[..., Any]) -> str:
    """Of what the code does; words about it, and the types written beside it, do not count."""
    module = ast.parse(inspect.getsource(sys.modules[function.__module__]))
    beside = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    used: dict[str, ast.FunctionDef] = {}
    todo = [function.__name__]
    while todo:
        name = todo.pop()
        if name in beside and name not in used:
            used[name] = _bare(beside[name])
            todo += [each.id for each in ast.walk(used[name]) if isinstance(each, ast.Name)]
    spelled = "\n".join(_spelled(used[name]) for name in sorted(used))
    return sha256(spelled.encode()).hexdigest()[:16]


def _spelled(node: Any) -> str:
    """A tree in words that every version of Python writes alike."""
    if isinstance(node, list):
        return " ".join(map(_spelled, node))
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = [each for each in ast.iter_fields(node) if each[1] is not None and each[1] != []]
    parts = [f"{name}={_spelled(value)}" for name, value in fields]
    return f"({type(node).__name__} {' '.join(parts)})"


def _bare(node: ast.FunctionDef) -> ast.FunctionDef:
    """Without docstring and types."""
    for each in ast.walk(node):
        if isinstance(each, ast.FunctionDef):
            each.returns = None
            if ast.get_docstring(each) is not None:
                each.body = each.body[1:] or [ast.Pass()]
        elif isinstance(each, ast.arg):
            each.annotation = None
    return node


def broken(function: Callable[..., Any], meaning: Meaning) -> Iterator[str]:
    """Where a function no longer computes what it did."""
    for arguments, result in meaning["examples"]:
        found = json.loads(json.dumps(function(*arguments)))
        if found != result:
            yield f"{arguments} → {found}, was {result}"


def main(same: list[str]) -> int:
    known, there = recorded(), registered()
    for name in there.keys() - known.keys():
        known[name] = {"digest": digest(there[name]), "examples": []}
    for name in same:
        wrong = list(broken(there[name], known[name]))
        if wrong:
            print(f"{name} means something else now, give it another name: {wrong[0]}")
            return 1
        known[name]["digest"] = digest(there[name])
    write(known)
    return 0


def write(known: dict[str, Meaning]) -> None:
    """One line an example, so that a change is seen."""
    parts = []
    for name in sorted(known):
        lines = [json.dumps(each, ensure_ascii=False) for each in known[name]["examples"]]
        examples = "[\n   " + ",\n   ".join(lines) + "]" if lines else "[]"
        head = f' "{name}": {{"digest": "{known[name]["digest"]}"'
        parts.append(f'{head},\n  "examples": {examples}}}')
    TARGET.write_text("{\n" + ",\n".join(parts) + "\n}\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[2:] if sys.argv[1:2] == ["--same"] else []))
