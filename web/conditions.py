"""Which fields of a form are out of play or required just now, as far as the page can tell.

Only a help for the eye: the engine decides when the form is submitted. A condition that needs
something the page does not know counts as not met, so that a field is rather shown than missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import GuichengError
from engine.expressions import compile_expression, names_used
from engine.forms import LISTS, Form
from engine.procedure import Registry


@dataclass(frozen=True, slots=True)
class State:
    """Keys of the hidden and of the required fields."""

    hidden: frozenset[str]
    required: frozenset[str]


def state_of(form: Form | None, values: Mapping[str, Any], registry: Registry) -> State:
    """The state of a form with these values in it."""
    if form is None:
        return State(frozenset(), frozenset())
    scope: dict[str, Any] = {
        each.key: False if each.kind == "bool" else [] if each.kind in LISTS else None
        for each in form.fields
    }
    scope.update(values)
    functions = {
        name: function
        for name, function in registry.functions().items()
        if not getattr(function, "wants_context", False)
    }
    outcome = form.outcome.key if form.outcome else None
    decided = outcome is None or bool(scope.get(outcome))
    hidden = frozenset(
        each.key
        for each in form.fields
        if each.hidden_when
        and (decided or outcome not in names_used(each.hidden_when))
        and _holds(each.hidden_when, scope, functions)
    )
    required = frozenset(
        each.key
        for each in form.fields
        if each.key not in hidden
        and (each.required or (each.required_when and _holds(each.required_when, scope, functions)))
    )
    return State(hidden, required)


def _holds(expression: str, scope: Mapping[str, Any], functions: Mapping[str, Any]) -> bool:
    try:
        compiled = compile_expression(expression, frozenset(functions))
        return bool(compiled.evaluate(scope, functions))
    except GuichengError:
        return False
