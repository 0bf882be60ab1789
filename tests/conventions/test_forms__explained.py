"""Every field of every form says how it is filled in; every step says on which clause it rests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from engine import form_files

MODELS = Path(__file__).parent.parent.parent / "bpmn_models"


def forms() -> Iterator[Path]:
    return (path for path in sorted(MODELS.rglob("forms/*.json")) if ".rules" not in path.suffixes)


def test_every_field_says_how_it_is_filled_in() -> None:
    silent = [
        (path.name, each.key)
        for path in forms()
        for each in form_files.load(json.loads(path.read_text("utf-8"))).fields
        if not each.help
    ]
    assert silent == []


def test_every_step_with_a_form_names_its_clause() -> None:
    nameless, seen = [], 0
    for path in sorted(MODELS.rglob("*.bpmn")):
        for step in etree.parse(str(path)).iter("{*}userTask"):
            told = {each.get("name"): each.get("value") for each in step.iter("{*}property")}
            seen += 1
            if not told.get("clause"):
                nameless.append((path.name, step.get("id")))
    assert nameless == []
    assert seen > 20
