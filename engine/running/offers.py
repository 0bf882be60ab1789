"""Offers a user task to the people who act on it: its work items.

One activation of a user task has one item per signer. Policy "ordered" opens them one after the
other, every other policy together (engine.running.signers). Who signs is the office's rule
(Registry.resolve), not the diagram's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine import deadlines
from engine.clock import parse_moment
from engine.errors import ProcedureFault
from engine.ids import new_id
from engine.procedure import Assignment, AssignmentRequest
from engine.running.context import CommandContext
from engine.running.signers import MAIN, POLICIES

if TYPE_CHECKING:
    from engine.spiff import Execution, OpenTask


def offer(
    execution: Execution, task: OpenTask, context: CommandContext, epoch: int = 1
) -> list[dict[str, Any]]:
    """The rows of work_item for a user task that has just opened. epoch: the how manieth time."""
    properties = task.properties
    policy = execution.text(properties.get("policy", "all"), task.data)
    if policy not in POLICIES:
        known = "、".join(POLICIES)
        raise ProcedureFault(f"“{task.name}”的多人办理方式“{policy}”不认识：应为{known}之一。")
    share = execution.length(properties.get("share"), task.data) if policy == "share" else None
    if policy == "share" and not 1 <= (share or 0) <= 100:
        raise ProcedureFault(f"“{task.name}”按比例签批，share 应为1到100的整数，实为{share}。")
    items: list[dict[str, Any]] = []
    for role, org, field, assignment in _signers(execution, task, context):
        position = len(items)
        is_open = policy != "ordered" or position == 0
        item = {
            "id": new_id(),
            "instance_id": context.instance_id,
            "task_id": task.id,
            "element_id": task.element_id,
            "element_name": task.name,
            "process_key": task.process,
            "form": properties.get("form"),
            "position": position,
            "policy": policy,
            "share": share,
            "kind": MAIN,
            "epoch": epoch,
            "state": "open" if is_open else "waiting",
            "version": 1,
            "role": role,
            "org": org,
            "field": field,
            "scope": properties.get("scope"),
            "opened_at": context.now if is_open else None,
            **assignee(assignment),
            **due(execution, task, context, context.now),
        }
        items.append(item)
    return items


def assignee(assignment: Assignment) -> dict[str, Any]:
    """The columns that say who acts, in what form, on what mandate."""
    return {
        "assignee_id": assignment.person,
        "group_code": assignment.group,
        "acted_for_id": assignment.acted_for,
        "signature_form": assignment.form,
        "substitution_id": assignment.substitution,
        "alert": assignment.alert,
    }


def _signers(
    execution: Execution, task: OpenTask, context: CommandContext
) -> list[tuple[str | None, str | None, str | None, Assignment]]:
    properties = task.properties
    if properties.get("assignee"):
        return _named_signers(execution, task, context)
    asked = _evaluated(execution, properties.get("org"), task.data)
    org = context.directory.present_org(asked, context.now) if asked else None
    field = _evaluated(execution, properties.get("field"), task.data)
    signers: list[tuple[str | None, str | None, str | None, Assignment]] = []
    for role in (each.strip() for each in properties.get("role", "").split(",")):
        if role:
            request = AssignmentRequest(role, context.now, org, field, properties.get("scope"))
            found = context.engine.registry.resolve(context.directory, request)
            signers += [(role, org, field, assignment) for assignment in found]
    if not signers:
        raise ProcedureFault(f"“{task.name}”找不到办理人。请系统管理员补登任职后重试。")
    return signers


def _named_signers(
    execution: Execution, task: OpenTask, context: CommandContext
) -> list[tuple[str | None, str | None, str | None, Assignment]]:
    """The persons a step names, each once; with a role, the office says who stands in for them."""
    named = execution.evaluate(task.properties["assignee"], task.data)
    people = dict.fromkeys(str(each) for each in _listed(named) if each)
    role, scope = task.properties.get("role"), task.properties.get("scope")
    signers: list[tuple[str | None, str | None, str | None, Assignment]] = []
    for person in people:
        if role is None:
            signers.append((None, None, None, Assignment(person=person)))
            continue
        request = AssignmentRequest(role, context.now, scope=scope, person=person)
        found = context.engine.registry.resolve(context.directory, request)
        signers += [(role, None, None, assignment) for assignment in found]
    if not signers:
        raise ProcedureFault(f"“{task.name}”没有写明由谁办理。请退回上一步填写后重试。")
    return signers


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _evaluated(execution: Execution, expression: str | None, data: Mapping[str, Any]) -> str | None:
    if not expression:
        return None
    value = execution.evaluate(expression, data)
    return None if value is None else str(value)


def due(
    execution: Execution, task: OpenTask, context: CommandContext, arrival: datetime
) -> dict[str, Any]:
    """due_at and due_basis of a step: from a fact, never from a node's own time unless none."""
    properties = task.properties
    fact_at = execution.moment(properties.get("due_fact"), task.data) or arrival
    length = execution.length(properties.get("due_length"), task.data)
    unit = execution.text(properties.get("due_unit"), task.data)
    told: dict[str, Any] = {
        "calendar": context.calendar,
        "fact": properties.get("due_fact_label"),
        "source": execution.text(properties.get("due_source"), task.data),
    }
    if properties.get("due_at"):
        moment = execution.evaluate(properties["due_at"], task.data)
        if not moment:
            return {"due_at": None, "due_basis": None}
        note = _evaluated(execution, properties.get("due_note"), task.data)
        basis = deadlines.make_basis(fact_at, length, unit, note=note, **told)
        return {"due_at": parse_moment(moment), "due_basis": basis}
    if length is None or not unit:
        return {"due_at": None, "due_basis": None}
    moment, basis = deadlines.compute(fact_at, length, unit, **told)
    return {"due_at": moment, "due_basis": basis}
