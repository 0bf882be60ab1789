"""Diagram checks: many tiny functions, all findings at once, each naming its element."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lxml import etree

from engine.diagnostics import drawing, elements, expressions, structure
from engine.errors import Finding

Check = Callable[[etree._Element, frozenset[str]], Iterable[Finding]]

CHECKS: tuple[Check, ...] = (
    elements.only_allowed_elements,
    elements.only_allowed_events,
    structure.one_start_event,
    structure.unique_ids,
    structure.one_way_out_of_a_task,
    structure.gateway_has_a_default,
    structure.nothing_dangles,
    structure.user_task_names_role_and_form,
    drawing.scripts_stand_where_they_run,
    drawing.loops_collect_their_results,
    drawing.loops_are_not_cut_off,
    drawing.side_branches_ask_nobody,
    drawing.deadlines_say_what_follows,
    drawing.conventions_are_no_law,
    drawing.event_gateways_wait_for_one_moment,
    drawing.messages_name_their_variable,
    expressions.expressions_are_allowed,
)


def check(root: etree._Element, functions: frozenset[str]) -> list[Finding]:
    """Every finding about one BPMN file. functions: names its expressions may call."""
    return [finding for each in CHECKS for finding in each(root, functions)]
