"""The declared variables of a process at every entry: fresh, and with conventions frozen.

In variables.json a default may be computed from the inputs and the defaults above it,
"=open_parties", or be {"convention": "key"}: the office's value 【约】. All that a
definition names are read when an instance begins and kept with it, so that a later change of the
office's mind counts for new instances only, in called processes and in loops too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any

COMPUTED = "="
REFERENCE = "convention"
FROZEN = "conventions"


def is_computed(default: Any) -> bool:
    """Whether a default, or a property that is words, begins with "=": an expression."""
    return isinstance(default, str) and default.startswith(COMPUTED)


def named_convention(default: Any) -> str | None:
    """The convention a default names, None when it is a plain value."""
    if isinstance(default, dict) and default.keys() == {REFERENCE}:
        return str(default[REFERENCE])
    return None


def named_conventions(declared: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Every convention that the defaults of some scopes name."""
    for defaults in declared.values():
        for default in defaults.values():
            name = named_convention(default)
            if name is not None:
                yield name


def freeze(
    workflow: Any, declared: Mapping[str, Mapping[str, Any]], read: Callable[[str], Any]
) -> None:
    """Keep with a new instance the present value of every convention its defaults name."""
    values = {name: read(name) for name in named_conventions(declared)}
    if values:
        workflow.data[FROZEN] = values


def fresh(workflow: Any, declared: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The declared variables as values of a new scope of this instance; what is given wins."""
    values = dict(given)
    for name, default in declared.items():
        if name not in given:
            values[name] = _value(workflow, default, values)
    return values


def _value(workflow: Any, default: Any, known: Mapping[str, Any]) -> Any:
    if is_computed(default):
        expression = default.removeprefix(COMPUTED)
        return workflow.script_engine.environment.evaluate(expression, dict(known))
    name = named_convention(default)
    if name is None:
        return deepcopy(default)
    frozen = workflow.data.setdefault(FROZEN, {})
    if name not in frozen:  # an instance that was moved to a version that names more
        frozen[name] = workflow.script_engine.environment.convention(name)
    return frozen[name]
