"""The work rules held against what runs: which article is drawn where, checked by which tests.

Read from the current versions: a step's clause, the source of a deadline, of a form's rule, of a
row of a decision table. Articles nothing refers to are shown as what they are: not drawn (yet).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine import definitions
from engine.decisions import load as load_table
from engine.numerals import RULES, cited
from engine.procedure import Article
from engine.storage import definitions as rows

if TYPE_CHECKING:
    from engine.spiff import CompiledDefinition
    from engine.startup import Engine

SOURCES = ("source", "due_source")
CITING = re.compile(rf"{RULES}第[一二三四五六七八九十、至]+条")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article is carried out. kind: 步骤, 时限, 校验, 决策表."""

    procedure: str
    element: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One article with its places, and the tests that name it (sentences)."""

    article: Article
    places: tuple[Place, ...]
    tests: tuple[str, ...]


def compare(engine: Engine) -> tuple[Compared, ...]:
    """Every article of the rules, in order."""
    found: dict[int, dict[Place, None]] = {}
    with engine.database.read() as connection:
        for row in rows.all_current(connection):
            definition = definitions.compiled(engine, row.id, connection)
            drawn = [*_places(definition), *_tables(definition, rows.resources(connection, row.id))]
            for article, place in drawn:
                found.setdefault(article, {})[place] = None
    return tuple(
        Compared(
            article,
            tuple(found.get(article.number, ())),
            tuple(engine.registry.tests_of.get(article.number, ())),
        )
        for article in engine.registry.articles
    )


def _places(definition: CompiledDefinition) -> Iterator[tuple[int, Place]]:
    """What the definition's own process carries out; called ones have definitions of their own."""
    for (process, _), element in definition.elements.items():
        if process != definition.key:
            continue
        for kind, text in _said_of(element.properties):
            for article in cited(text):
                yield article, Place(definition.name, element.id, element.name, kind)
    own = definition.folders[definition.key]
    for path, form in definition.forms.items():
        if path.startswith(f"{own}/"):
            for rule in form.rules:
                for article in _of_rules(rule.source):
                    yield article, Place(definition.name, rule.code, rule.message, "校验")


def _tables(
    definition: CompiledDefinition, resources: Mapping[str, tuple[str, str]]
) -> Iterator[tuple[int, Place]]:
    """Rows of decision tables say in their annotation what they rest on."""
    own = definition.folders[definition.key]
    for path, (kind, text) in resources.items():
        if kind == "dmn" and path.startswith(f"{own}/"):
            table = load_table(text)
            for sentence in CITING.findall(text):
                for article in cited(sentence):
                    yield article, Place(definition.name, table.id, table.name, "决策表")


def _said_of(properties: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if "clause" in properties:
        yield "步骤", properties["clause"]
    for name in SOURCES:
        if properties.get(name, "").startswith(RULES):
            yield "时限", properties[name]


def _of_rules(source: Any) -> frozenset[int]:
    text = str(source or "")
    return cited(text) if text.startswith(RULES) else frozenset()
