"""Calls one shared sub-process by itself, and keeps what it hands back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lxml import etree

from engine import definitions
from engine.procedure import Procedure, Registry, Summary
from engine.startup import Engine
from tests.conftest import MODELS
from tests.diagrams import flow, properties, start_end, write
from tests.story import Story

GIVEN = {
    "title": "试件",
    "doc_id": "d1",
    "body_hash": None,
    "answers": [],
}  # inputs that stay the same mostly
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


class Called(Story):
    """A story of a sub-process that was called with these inputs. outputs: what it handed back."""

    def __init__(self, engine: Engine, folder: Path, key: str, inputs: Mapping[str, Any]) -> None:
        super().__init__(engine)
        self.outputs: dict[str, Any] = {}
        model = MODELS / "shared" / key
        names = _names(model / f"{key}.bpmn", "dataOutput")
        missing = set(_names(model / f"{key}.bpmn", "dataInput")) - inputs.keys() - GIVEN.keys()
        assert not missing, f"{key} wants {missing}"
        self._install(folder, model, key, inputs, names)
        self.begin("gov_clerk", "caller", {})

    def keep(self, text: str) -> bool:
        self.outputs = json.loads(text)
        return True

    def _install(
        self, folder: Path, model: Path, key: str, inputs: Mapping[str, Any], names: list[str]
    ) -> None:
        handed = ", ".join(f'"{name}": {name}' for name in names)
        body = (
            start_end()
            + f'<callActivity id="C" name="调用" calledElement="{key}">'
            + properties(post=f"kept = keep(as_json({{{handed}}}))")
            + "</callActivity>"
            + flow("S", "C", "E")
        )
        made = write(folder, "caller", body, variables={**GIVEN, **inputs})
        declared = Procedure(
            key="caller",
            name="调用",
            summary=Summary(title="title"),
            functions={"keep": self.keep, "as_json": json.dumps},
            starter_roles=frozenset({"dept_clerk"}),
        )
        old = self.engine.registry
        self.engine.registry = Registry(
            [*(each for each in old if each.key != "caller"), declared],
            old.resolve,
            old.check_mandate,
            check_arrangement=old.check_arrangement,
            fields=old.fields,
            take_over=old.take_over,
            fixed_orgs=old.fixed_orgs,
            articles=old.articles,
            refuse_silence=old.refuse_silence,
        )
        definitions.deploy(self.engine, [made, model.parent])


def _names(path: Path, kind: str) -> list[str]:
    return [each.get("name") for each in etree.parse(path).getroot().iter(f"{BPMN}{kind}")]
