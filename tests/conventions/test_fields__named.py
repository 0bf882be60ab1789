"""What leaders divide among themselves has one name, in the forms and in the registry."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from processes import discover
from web.demo import office

MODELS = Path(__file__).parent.parent.parent / "bpmn_models"


def test_every_form_offers_the_fields_by_their_names() -> None:
    names, found = discover().fields, 0
    for path in MODELS.rglob("*.json"):
        schema = json.loads(path.read_text("utf-8"))
        for component in _components(schema):
            if component.get("key") == "field" and component.get("values"):
                found += 1
                offered = {each["value"]: each["label"] for each in component["values"]}
                assert offered == names, path
    assert found >= 2


def test_somebody_is_in_charge_of_every_field_of_the_demo_office() -> None:
    assert {each["field"] for each in office.read()["responsibility"]} == set(discover().fields)


def _components(schema: Any) -> Iterator[dict[str, Any]]:
    for component in schema.get("components", ()) if isinstance(schema, dict) else ():
        yield component
        yield from _components(component)
