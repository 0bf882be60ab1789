"""Plays an instance of a deployed process with random choices, to its end or a named wait."""

from __future__ import annotations

import random
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from SpiffWorkflow.spiff.specs.event_definitions import MessageEventDefinition

from engine.definitions import CompiledDefinition
from engine.forms import LISTS, Field, Form
from engine.running.context import CommandContext
from engine.spiff import Execution
from engine.startup import Engine
from tests.corpus.shelf import Shelf
from tests.corpus.tokens import lost_tokens

MOST_STEPS = 60  # of people, timers and messages; what goes on longer waits at a named step


@dataclass(frozen=True, slots=True)
class Played:
    """outcome: "ended" or "waits at …". problems: what should not be."""

    outcome: str
    problems: tuple[str, ...] = ()


class _Context(CommandContext):
    """A command's context whose moment the player moves on."""


def play(
    engine: Engine, definition: CompiledDefinition, seed: int, shelf: Shelf | None = None
) -> Played:
    """One instance, kept on a shelf after each step. Every exception of the engine is let through.

    The choices are the same with and without a shelf.
    """
    choices = random.Random(f"{definition.key} {seed}")
    with nullcontext(shelf.connection) if shelf else engine.database.read() as connection:
        own = shelf.instance_id if shelf else uuid4().hex
        context = _Context(engine, connection, engine.clock.now(), own)
        instance = {"doc_id": own, "instance_id": own}
        values = _values(definition.start_form(), choices, engine)
        execution = Execution.start(definition, {**instance, **values}, context)
        for _ in range(MOST_STEPS):
            if shelf:
                execution = shelf.put(execution, context)
            if execution.completed:
                break
            if not _step(engine, execution, context, choices):
                return Played("stuck", ("nothing open, no timer, no message, not complete",))
        return _judged(execution, shelf)


def _judged(execution: Execution, shelf: Shelf | None) -> Played:
    if execution.completed:
        problems = lost_tokens(shelf.whole(execution) if shelf else execution.workflow)
        problems += [f"open after the end: {task.element_id}" for task in execution.open_tasks()]
        return Played("ended", tuple(problems))
    where = [task.name for task in execution.open_tasks()]
    where += [timer.name for timer in execution.timers()]
    where += [f"消息 {name}" for name in _awaited(execution)]
    return Played(f"waits at {'、'.join(dict.fromkeys(where))}", () if where else ("no name",))


def _step(
    engine: Engine, execution: Execution, context: CommandContext, choices: random.Random
) -> bool:
    """Complete a step, let a deadline come or deliver a message; False when nothing is possible."""
    tasks, timers = execution.open_tasks(), execution.timers()
    messages = _awaited(execution)
    possible: list[Any] = [*tasks, *(timers[:1] and ["time"]), *messages]
    if not possible:
        return False
    chosen = choices.choice(possible)
    if chosen == "time":
        moment = min(timer.fires_at for timer in timers)
        context.now = max(context.now, moment) + timedelta(seconds=1)
        execution._moment = context.now
        execution.fire()
    elif isinstance(chosen, str):
        execution.deliver(chosen, {"text": "有", "number": choices.randint(0, 3)})
    else:
        form = execution.definition.form_of(chosen.process, chosen.properties.get("form"))
        execution.complete(chosen.id, _values(form, choices, engine))
    return True


def _awaited(execution: Execution) -> list[str]:
    names = set()
    for task in execution.workflow.event_manager.tasks.values():
        definition = task.task_spec.event_definition
        for each in [definition, *getattr(definition, "event_definitions", [])]:
            if isinstance(each, MessageEventDefinition):
                names.add(each.name)
    return sorted(names)


def _values(form: Form | None, choices: random.Random, engine: Engine) -> dict[str, Any]:
    return {each.key: _value(each, choices, engine) for each in (form.fields if form else ())}


def _value(each: Field, choices: random.Random, engine: Engine) -> Any:
    if each.kind in ("enum", "enums"):
        options = [value for value, _ in each.options]
        return choices.choice(options) if each.kind == "enum" else choices.sample(options, 1)
    if each.kind == "bool":
        return choices.random() < 0.5
    if each.kind in ("int", "number"):
        least = int(each.minimum or 0)
        return choices.randint(least, int(each.maximum or least + 5))
    if each.kind == "datetime":
        return (engine.clock.now() + timedelta(days=choices.randint(0, 9))).isoformat()
    if each.kind == "date":
        return engine.clock.now().date().isoformat()
    return [] if each.kind in LISTS else choices.choice(["甲", "乙", "完"])
