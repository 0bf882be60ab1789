"""Checks of diagrams, tables and forms: many tiny functions, all findings at once.

Every function is one rule of the subset of BPMN that the engine executes exactly. Each finding
names its element, says what should be there and what is, and what to draw instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from engine.decisions import Table
from engine.diagnostics import (
    cells,
    cycles,
    elements,
    events,
    expressions,
    flows,
    forms,
    gateways,
    identities,
    loops,
    messages,
    references,
    side_branches,
    signed,
    silence,
    sub_processes,
    tasks,
    timers,
    variables,
)
from engine.diagnostics.package import Resources, read_package
from engine.diagnostics.reading import Diagram, Known, Package
from engine.errors import ERROR, WARNING, Diagnosis

__all__ = ["CHECKS", "ERROR", "WARNING", "Diagnosis", "Known", "Resources", "examine"]

CHECKS: tuple[Callable[[Diagram], Iterable[Diagnosis]], ...] = (
    flows.diagrams_can_run,
    flows.pools_are_only_a_picture,
    identities.unique_ids,
    identities.usable_ids,
    identities.one_process_one_key,
    identities.the_picture_has_numbers,
    elements.only_allowed_elements,
    elements.only_parts_that_count,
    elements.elements_stand_in_a_process,
    elements.nothing_is_compensated,
    elements.no_event_sub_processes,
    elements.lanes_are_only_a_picture,
    events.only_allowed_events,
    events.one_definition,
    events.boundary_events_hang_on_activities,
    events.nothing_leads_into_a_boundary_event,
    events.terminate_keeps_what_was_written,
    flows.one_start_event,
    flows.an_end_event,
    flows.every_flow_joins_two_elements,
    flows.one_way_out,
    flows.no_flow_to_oneself,
    flows.conditions_stand_where_they_count,
    flows.every_element_is_reached,
    flows.every_element_leads_to_an_end,
    gateways.a_gateway_has_a_way_out,
    gateways.a_split_has_a_default,
    gateways.every_other_way_has_a_condition,
    gateways.a_single_way_has_no_condition,
    gateways.conditions_exclude_each_other,
    gateways.conditions_are_true_or_false,
    gateways.joins_get_what_they_wait_for,
    gateways.event_gateways_wait_for_events,
    tasks.a_step_names_who_acts,
    tasks.a_step_names_its_form,
    tasks.scripts_stand_where_they_run,
    tasks.scripts_are_not_empty,
    tasks.scripts_are_in_our_language,
    tasks.scripts_of_loops_run_once,
    tasks.a_decision_has_its_table,
    tasks.properties_have_a_name,
    tasks.properties_are_ones_we_read,
    tasks.verbs_are_ones_there_are,
    tasks.a_step_is_returned_in_one_way,
    tasks.signers_sign_in_a_known_way,
    loops.loops_collect_their_results,
    loops.loops_go_over_a_list,
    loops.results_go_to_a_list_of_their_own,
    loops.loops_are_not_cut_off,
    loops.loops_end_by_what_one_result_says,
    loops.no_loop_straight_from_a_boundary_event,
    loops.messages_in_loops_reach_every_instance,
    loops.loops_do_not_wait_for_the_silent,
    loops.standard_loops_end,
    sub_processes.a_call_finds_its_process,
    sub_processes.a_called_process_declares_its_variables,
    sub_processes.no_process_calls_itself,
    sub_processes.interruptions_keep_what_is_read_later,
    sub_processes.interruptions_do_not_go_back,
    sub_processes.timers_do_not_cut_calls_off,
    side_branches.side_branches_ask_nobody,
    timers.deadlines_say_what_follows,
    timers.effects_match_the_drawing,
    timers.silence_names_party_and_clause,
    silence.silence_ends_the_wait_for_one_party,
    silence.silence_never_counts_for_who_must_answer,
    silence.silence_stands_only_where_it_may,
    signed.decisions_are_signed,
    signed.what_is_signed_is_a_decision,
    signed.a_text_is_replaced_where_it_is_entered,
    timers.conventions_are_no_law,
    timers.a_timer_has_one_moment,
    timers.durations_are_quoted,
    timers.durations_are_iso,
    timers.cycles_have_a_fixed_length,
    timers.cycles_only_remind,
    timers.a_moment_is_never_empty,
    timers.past_moments_do_not_fire_again,
    timers.past_moments_do_not_circle,
    timers.facts_are_written,
    timers.lengths_are_numbers,
    messages.messages_have_a_name,
    messages.messages_name_their_variable,
    messages.messages_that_come_again_interrupt,
    messages.messages_are_not_to_oneself,
    messages.messages_are_not_correlated,
    expressions.expressions_are_allowed,
    expressions.computed_defaults_run,
    variables.variables_have_a_value,
    variables.branches_write_keys_of_their_own,
    variables.names_can_be_stored,
    variables.functions_are_not_variables,
    references.forms_exist,
    references.roles_exist,
    references.articles_exist,
    references.conventions_exist,
    references.nothing_foreign_counts,
    cycles.circles_come_to_an_end,
)
OF_TABLES: tuple[Callable[[Package, Table], Iterable[Diagnosis]], ...] = (
    cells.cells_compile,
    cells.cells_can_match,
    cells.rows_can_be_hit,
    cells.outputs_have_values,
)


def examine(resources: Resources, known: Known) -> list[Diagnosis]:
    """Every finding about the files of one deployment: errors first, then warnings."""
    package, found = read_package(resources, known)
    for diagram in package.diagrams:
        found += [_placed(each, diagram.path) for check in CHECKS for each in check(diagram)]
    for table in package.tables.values():
        found += [each for check in OF_TABLES for each in check(package, table)]
    for path, form in package.forms.items():
        found += forms.conditions_compile(package, path, form)
        found += forms.sentences_name_conventions(package, path, form)
    return sorted(dict.fromkeys(found), key=lambda each: each.severity != ERROR)


def _placed(found: Diagnosis, path: str) -> Diagnosis:
    return replace(found, file=path)
