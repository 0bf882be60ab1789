"""On which form an item is done: the step's own, or a plain opinion for whoever was brought in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from engine.forms import Field, Form
from engine.running import signers

if TYPE_CHECKING:
    from engine.spiff import CompiledDefinition

_VIEW = Field(
    "opinion", "意见", "enum", required=True, options=(("agree", "同意"), ("object", "有不同意见"))
)
_WORDS = Field("opinion_text", "意见", "textarea", required=True, max_length=2000)
OPINION = Form("opinion", (_VIEW, _WORDS), outcome=_VIEW, comment=_WORDS)
"""What an added signer fills in: his opinion. It decides nothing that the step's form decides."""


def form_of(definition: CompiledDefinition, item: Any) -> Form | None:
    """The form of an item. A step that collects what its signers say gives those beside and after
    them the same form; whoever is asked first only says what he thinks."""
    if gives_opinion(definition, item):
        return OPINION
    form = definition.form_of(item.process_key, item.form)
    if form is not None and item.kind == signers.CORRECTION:
        return _without_outcome(form)
    return form


def _without_outcome(form: Form) -> Form:
    """Who corrects what he entered decides nothing: the flow stays where it is."""
    if form.outcome is None:
        return form
    fields = tuple(each for each in form.fields if each.key != form.outcome.key)
    return replace(form, fields=fields, outcome=None)


def gives_opinion(definition: CompiledDefinition, item: Any) -> bool:
    """Whether an item asks for an opinion and not for the step's own form."""
    if item.kind in (signers.MAIN, signers.DELEGATED, signers.CORRECTION):
        return False
    if item.kind == signers.BEFORE:
        return True
    element = definition.elements[item.process_key, item.element_id]
    return "collect" not in element.properties
