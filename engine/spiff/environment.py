"""Lets diagrams compute: every expression and script goes through engine.expressions.

The library's own environment is `exec` with full builtins; this one is handed to it instead, and
it is the environment (not the engine class) because the library also calls it directly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment

from engine.expressions import compile_expression, compile_script


class Names:
    """What expressions may use besides their variables: functions, and constants such as FAR."""

    def __init__(self, registered: Mapping[str, Any]) -> None:
        self.functions = {name: f for name, f in registered.items() if callable(f)}
        self.constants = {name: v for name, v in registered.items() if not callable(v)}
        self.allowed = frozenset(self.functions)

    def bind(self, context: Any) -> dict[str, Callable[..., Any]]:
        """The functions, those that want a context bound to this one."""
        return {
            name: partial(f, context) if getattr(f, "wants_context", False) else f
            for name, f in self.functions.items()
        }


class Environment(BasePythonScriptEngineEnvironment):
    """One command's environment: its functions know its moment, calendar and transaction."""

    def __init__(self, names: Names, context: Any) -> None:
        super().__init__({})
        self.names = names
        self.functions = names.bind(context)
        self.convention: Callable[[str], Any] = context.convention
        self.holds: Callable[[Any, str], bool] = lambda _task, _at: False

    def evaluate(
        self,
        expression: str,
        context: dict[str, Any],
        external_context: Mapping[str, Any] | None = None,
    ) -> Any:
        variables = {**self.names.constants, **context, **(external_context or {})}
        return compile_expression(expression, self.names.allowed).evaluate(
            variables, self.functions
        )

    def execute(
        self,
        script: str,
        context: dict[str, Any],
        external_context: Mapping[str, Any] | None = None,
    ) -> bool:
        constants = self.names.constants
        variables = {**constants, **context}
        compile_script(script, self.names.allowed).run(variables, self.functions)
        for name, value in variables.items():
            if name not in constants:
                context[name] = value
        return True


def script_engine(names: Names, context: Any) -> PythonScriptEngine:
    """What a workflow of this command computes with."""
    return PythonScriptEngine(environment=Environment(names, context))
