"""What people enter: checked against the form, taken into variables, kept as facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from engine import attachments
from engine.canonical import plain
from engine.errors import Finding, Invalid
from engine.forms import Form, validate
from engine.model import Actor
from engine.running.context import CommandContext
from engine.storage import responses

if TYPE_CHECKING:
    from engine.running.settle import Work
    from engine.spiff import CompiledDefinition
    from engine.startup import Engine

FILES = ("file", "files")
MOST_FILES = 1000  # asked about in one statement
FORBIDDEN_KEY = "typename"  # the library's serializer would take the value for a class


@dataclass(frozen=True, slots=True)
class Entered:
    """Checked input. data: variables to set; files: field → ids of files that now belong here."""

    data: dict[str, Any] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    outcome: str | None = None
    outcome_label: str | None = None
    comment: str | None = None


class _Lookups:
    """What a form may ask about the world while it is checked."""

    def __init__(self, context: CommandContext, actor: Actor, hashes: Mapping[str, str]) -> None:
        self.context = context
        self.own_orgs = actor.orgs
        self.hashes = hashes  # of the files that may be entered

    def org_exists(self, code: str) -> bool:
        return self.context.directory.is_there(code, self.context.now)

    def person_exists(self, person_id: str) -> bool:
        return self.context.directory.person(person_id) is not None

    def file_exists(self, file_id: str) -> bool:
        return file_id in self.hashes


def check(
    engine: Engine,
    context: CommandContext,
    definition: CompiledDefinition,
    form: Form | None,
    submitted: Mapping[str, Any],
    variables: Mapping[str, Any],
    *,
    actor: Actor,
    task_id: str,
) -> Entered:
    """Check what was submitted; Invalid with every finding at once."""
    refuse_poison(submitted)
    if form is None:
        if submitted:
            raise Invalid([Finding("这一步没有表单，不接受填写内容。")])
        return Entered()
    names = definition.names
    hashes = _usable_files(context, actor, form, submitted)
    supplied = _supplied(form, context, actor, task_id)
    checked = validate(
        form,
        submitted,
        context={**names.constants, **variables, **supplied, "task_id": task_id},
        lookups=_Lookups(context, actor, hashes),
        now=context.now,
        functions=names.bind(context),
        shortest_reason=context.convention("override_reason_length"),
    )
    blocking = [each for each in checked.findings if each.severity != "hint"]
    if blocking:
        told = context.conventions.told
        raise Invalid([replace(each, message=told(each.message)) for each in blocking])
    data = {**checked.values, **supplied}
    files = {
        each.key: ids
        for each in form.fields
        if each.kind in FILES and (ids := _as_list(data.get(each.key)))
    }
    data |= _hashes(hashes, files, form)
    outcome = _text(data.get(form.outcome.key)) if form.outcome else None
    return Entered(
        data=data,
        files=files,
        findings=checked.findings,
        outcome=outcome,
        outcome_label=dict(form.outcome.options).get(outcome or "") if form.outcome else None,
        comment=_text(data.get(form.comment.key)) if form.comment else None,
    )


def refuse_poison(values: Any, depth: int = 0) -> None:
    """Refuse what could not be stored or would be taken for something else, at any depth."""
    if depth > 12:
        raise Invalid([Finding("填写的内容层次太深，请分开填写。")])
    if isinstance(values, Mapping):
        for name, value in values.items():
            if name == FORBIDDEN_KEY:
                raise Invalid([Finding(f"不能使用名称“{FORBIDDEN_KEY}”。", field=FORBIDDEN_KEY)])
            refuse_poison(str(name), depth + 1)
            refuse_poison(value, depth + 1)
    elif isinstance(values, (list, tuple)):
        for value in values:
            refuse_poison(value, depth + 1)
    elif isinstance(values, str) and ("\x00" in values or _has_surrogate(values)):
        raise Invalid([Finding("填写的内容含有不能保存的控制字符，请删去后再提交。")])


def _has_surrogate(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _supplied(form: Form, context: CommandContext, actor: Actor, task_id: str) -> dict[str, Any]:
    """Fields the server fills: who, when, at which step. Never taken from the client."""
    values = {
        "actor": actor.person_id,
        "actor_name": actor.name,
        "now": context.now.isoformat(),
        "task_id": task_id,
    }
    return {each.key: values[each.source] for each in form.fields if each.source in values}


def _usable_files(
    context: CommandContext, actor: Actor, form: Form, submitted: Mapping[str, Any]
) -> dict[str, str]:
    """id → hash of the submitted files that this person may enter here, asked in one go."""
    ids = {
        text
        for each in form.fields
        if any(one.kind in FILES for one in (each, *each.columns))
        for text in _texts(submitted.get(each.key))
    }
    if not ids:
        return {}
    asked = sorted(ids)[:MOST_FILES]
    return attachments.usable(context.connection, actor, asked, context.instance_id)


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value of a form, in lists and tables too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, Mapping)):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(inner)


def _hashes(known: Mapping[str, str], files: Mapping[str, list[str]], form: Form) -> dict[str, Any]:
    """For a field `x_file`, the variable `x_hash`: the content the later checks refer to."""
    hashes: dict[str, Any] = {}
    for each in form.fields:
        if each.kind == "file" and each.key.endswith("_file"):
            ids = files.get(each.key)
            found = known.get(ids[0]) if ids else None
            hashes[each.key.removesuffix("_file") + "_hash"] = found
    return hashes


def record(
    work: Work,
    entered: Entered,
    *,
    actor: Actor,
    element_id: str,
    work_item_id: str | None,
    acted_for: str | None = None,
) -> None:
    """Keep what was entered as facts, and take the files into the instance."""
    context = work.context
    facts = [
        {
            "instance_id": context.instance_id,
            "work_item_id": work_item_id,
            "element_id": element_id,
            "name": name,
            "value": plain(value),
            "person_id": actor.person_id,
            "acted_for_id": acted_for,
            "at": context.now,
        }
        for name, value in entered.data.items()
        if value not in (None, [], "")
    ]
    responses.add_facts(context.connection, facts)
    for field_key, ids in entered.files.items():
        attachments.bind(context.connection, ids, context.instance_id, field_key)
        work.files += ids


def _as_list(value: Any) -> list[str]:
    if not value:
        return []
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def _text(value: Any) -> str | None:
    return None if value in (None, "") else str(value)
