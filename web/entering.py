"""A posted form as values: fields are named `v.<key>`, in tables `v.<key>.<row>.<column>`.

Nothing is judged here; the engine checks. What can not be read as a number stays text, so that the
engine's sentence can name the field and the page can show what was typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, cast
from uuid import uuid4

from flask import flash, g, request
from werkzeug.datastructures import FileStorage, MultiDict

from engine import attachments
from engine.errors import Finding, Invalid, NotFound, TooLarge
from engine.forms import REASONS, Field, Form
from engine.model import Actor
from engine.startup import Engine

OFFSET = ":00+08:00"
LENGTH_WITH_MINUTES = 16  # "2026-02-27T18:00"
SEVERAL = frozenset({"orgs", "persons", "enums"})


@dataclass
class Typed:
    """What somebody typed into a form page, and with which button it came."""

    values: dict[str, Any] = field(default_factory=dict)
    comment: str | None = None
    do: str = "refresh"
    outcome: str | None = None
    key: str = field(default_factory=lambda: uuid4().hex)
    version: int = 0
    findings: list[Finding] = field(default_factory=list)

    def check(self) -> None:
        """Refuse before the engine is asked when a file could not be taken."""
        if self.findings:
            raise Invalid(self.findings)


def read(engine: Engine, actor: Actor, form: Form | None) -> Typed:
    """The posted page. Files are stored at once, so that they survive a refusal of the rest."""
    posted = request.form
    do, _, outcome = posted.get("do", "refresh").partition(":")
    typed = Typed(
        comment=_text(posted.get("comment", "")) or None,
        do=do,
        outcome=outcome or None,
        key=posted.get("key") or uuid4().hex,
        version=_whole(posted.get("version")),
    )
    for each in form.fields if form is not None else ():
        if form is not None and each not in (form.outcome, form.comment) and each.source is None:
            value = value_of(each, posted, f"v.{each.key}")
            if each.kind in ("file", "files"):
                value = _with_uploads(engine, actor, each, value, typed)
            if value not in (None, "", []):
                typed.values[each.key] = value
    reasons = _reasons(posted)
    if reasons:
        typed.values[REASONS] = reasons
    g.typed = typed
    return typed


def value_of(each: Field, posted: MultiDict[str, str], name: str) -> Any:
    """One field's value as posted; None when it was left empty."""
    if each.kind == "bool":
        return name in posted
    if each.kind in SEVERAL or each.kind == "files":
        return [value for value in posted.getlist(name) if value]
    if each.kind == "table":
        return _table(each, posted, name)
    text = _text(posted.get(name, ""))
    if not text.strip():
        return None
    if each.kind in ("int", "number"):
        return _number(text.strip())
    if each.kind == "datetime" and len(text) == LENGTH_WITH_MINUTES:
        return text + OFFSET
    return text


def _table(each: Field, posted: MultiDict[str, str], name: str) -> list[dict[str, Any]]:
    prefix = f"{name}."
    numbers = {key[len(prefix) :].partition(".")[0] for key in posted if key.startswith(prefix)}
    rows = []
    for number in sorted((n for n in numbers if n.isdigit()), key=int):
        row = {
            column.key: value_of(column, posted, f"{prefix}{number}.{column.key}")
            for column in each.columns
        }
        if any(value not in (None, "", [], False) for value in row.values()):
            rows.append({key: value for key, value in row.items() if value is not None})
    return rows


def _with_uploads(engine: Engine, actor: Actor, each: Field, kept: Any, typed: Typed) -> Any:
    """The ids of the files of a field: those kept, and those that came with this post."""
    new = []
    for number, upload in enumerate(request.files.getlist(f"u.{each.key}")):
        if upload.filename:
            stored = _store(engine, actor, each, upload, f"{typed.key}:{each.key}:{number}", typed)
            new += [stored] if stored else []
    if each.kind == "file":
        return new[-1] if new else kept
    return [*(kept or []), *(one for one in new if one not in (kept or []))]


def _store(
    engine: Engine, actor: Actor, each: Field, upload: FileStorage, key: str, typed: Typed
) -> str | None:
    name = upload.filename or ""
    try:
        stored = attachments.store(engine, actor, name, cast("BinaryIO", upload.stream), key=key)
        if stored.warning is not None:
            flash(f"“{each.label}”：{stored.warning}", "fix")
        return stored.id
    except (Invalid, TooLarge) as error:
        typed.findings.append(Finding(f"“{each.label}”：{error.message}", each.key))
        return None


def _reasons(posted: Mapping[str, str]) -> dict[str, str]:
    return {
        name.removeprefix("override."): _text(value)
        for name, value in posted.items()
        if name.startswith("override.") and value.strip()
    }


def _text(raw: str) -> str:
    return raw.replace("\r\n", "\n")


def _whole(raw: str | None) -> int:
    return int(raw) if raw and raw.isascii() and raw.isdigit() and len(raw) < 10 else 0


def _number(text: str) -> int | float | str:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text


def file_names(
    engine: Engine, actor: Actor, form: Form | None, values: Mapping[str, Any]
) -> dict[str, str]:
    """id → name of the files that stand in a form, for its list of kept files."""
    ids: Iterable[str] = (
        one
        for each in (form.fields if form is not None else ())
        if each.kind in ("file", "files") and values.get(each.key)
        for one in (values[each.key] if isinstance(values[each.key], list) else [values[each.key]])
    )
    return {one: _file_name(engine, actor, str(one)) for one in ids}


def _file_name(engine: Engine, actor: Actor, file_id: str) -> str:
    try:
        return attachments.get(engine, actor, file_id).name
    except NotFound:
        return "文件已不可用，请去掉后重新上传"
