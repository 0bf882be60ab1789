"""Every convention 【约】 is used, says where, and claims no clause."""

from __future__ import annotations

import re
from pathlib import Path

from processes import discover

ROOT = Path(__file__).parent.parent.parent
PLACES = ("engine", "processes", "web", "bpmn_models")
TEXTS = (".py", ".bpmn", ".dmn", ".json", ".html")


def test_every_convention_is_read_somewhere() -> None:
    texts = "\n".join(
        path.read_text("utf-8")
        for place in PLACES
        for path in (ROOT / place).rglob("*")
        if path.suffix in TEXTS and not {"node_modules", "dist"} & set(path.parts)
    )
    for key in discover().conventions:
        found = re.findall(rf"\b{key}\b", texts)
        assert len(found) > 1, f"convention {key} is declared and never read"


def test_no_convention_claims_to_rest_on_a_clause() -> None:
    for each in discover().conventions.values():
        said = " ".join([each.name, each.about, *each.used_in])
        assert not re.search(r"第[一二三四五六七八九十]+条|依据", said), each.key
        assert each.used_in, each.key


def test_what_is_drawn_from_a_convention_says_so() -> None:
    """The registered function and the defaults are read by value; the source is a convention."""
    for path in (ROOT / "bpmn_models").rglob("*.bpmn"):
        for task in re.findall(r"<userTask .*?</userTask>", path.read_text("utf-8"), re.DOTALL):
            if re.search(r'name="due_length" value=[\'"]convention\(', task):
                assert 'name="due_source" value="约定' in task, path
