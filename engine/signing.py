"""Signing: who decides is asked once more who he is; the decision is kept with its text's hash.

A step is signed when its drawing says which text it is about (property `sign`). What was signed is
frozen: another text is taken only at a step to which the flow lawfully returns (property
`revises`), and then what was signed before no longer holds for the new text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine import accounts, conventions, signed
from engine.canonical import plain
from engine.errors import Finding, Invalid
from engine.ids import new_id
from engine.model import Actor, Signed
from engine.storage import signed as rows
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.forms import Form
    from engine.running.context import CommandContext
    from engine.startup import Engine

FIELD = "confirm"
SETTING = "signing_confirmation"
NOT_ASKED = "session"
FROZEN = (
    "正文已经领导签批，不能替换。确需修改的，请退回报送单位修改，改后重新审核、重新签批"
    "（公文处理工作条例第二十五条）。"
)


def demanded(engine: Engine, values: conventions.Conventions | None = None) -> str | None:
    """What the office asks for at a signature: password (or code), code; None when nothing."""
    value = (values or conventions.current(engine))[SETTING]
    return None if value == "off" else str(value)


def unconfirmed(wanted: str | None, given: str | None) -> list[Finding]:
    """What to say while nothing was given."""
    if wanted is None or given:
        return []
    asked = "验证码" if wanted == "code" else "密码或验证码"
    return [Finding(f"签批须再次确认身份，请输入您的{asked}。", FIELD, source=conventions.WORD)]


def confirm(engine: Engine, actor: Actor, wanted: str | None, given: str | None) -> str:
    """Ask who is at the screen; how it was confirmed: password, code, session (not asked).

    Invalid (field "confirm") when it is wrong, TooMany while the account is locked.
    """
    if wanted is None:
        return NOT_ASKED
    missing = unconfirmed(wanted, given)
    if missing:
        raise Invalid(missing)
    if wanted == "code":
        _refuse_passwords(engine, actor, given or "")
    return accounts.confirm(engine, actor, given or "")


def _refuse_passwords(engine: Engine, actor: Actor, given: str) -> None:
    if not accounts.my_factor(engine, actor).since:
        message = "本单位约定签批须用验证码确认，您还没有启用第二因素。请先在“我的账号”里启用。"
        raise Invalid([Finding(message, FIELD, source=conventions.WORD)])
    if not accounts.looks_like_code(given):
        message = "请输入验证器应用当前显示的6位验证码；签批不能用密码确认。"
        raise Invalid([Finding(message, FIELD, source=conventions.WORD)])


def sign(
    engine: Engine,
    context: CommandContext,
    item: Any,
    actor: Actor,
    *,
    text: str | None,
    decision: Mapping[str, Any],
    confirmed_by: str,
) -> dict[str, Any]:
    """Keep one signature, in the command's transaction; its row."""
    row = signed.sealed(
        {
            "id": new_id(),
            "instance_id": context.instance_id,
            "work_item_id": item.id,
            "process_key": item.process_key,
            "element_id": item.element_id,
            "element_name": item.element_name,
            "text_sha256": text,
            "decision": plain(dict(decision)),
            "person_id": actor.person_id,
            "acted_for_id": item.acted_for_id,
            "signature_form": item.signature_form,
            "substitution_id": item.substitution_id,
            "signed_at": context.now,
            "system_at": engine.system_clock.now(),
            "confirmed_by": confirmed_by,
        }
    )
    rows.insert(context.connection, row)
    return row


def of_instance(connection: Connection, instance_id: str) -> dict[str, Signed]:
    """The signatures of an instance: work item → what was signed there, and whether it holds."""
    found = rows.of_instance(connection, instance_id)
    texts = rows.present_texts(connection, instance_id) if found else set()
    return {
        each.work_item_id: Signed(
            hash=each.hash,
            algorithm=each.algorithm.upper(),
            text_sha256=each.text_sha256,
            how=signed.HOW[each.confirmed_by],
            stands=each.text_sha256 is None or each.text_sha256 in texts,
        )
        for each in found
    }


def refuse_another_text(
    context: CommandContext,
    form: Form,
    revises: str | None,
    before: Mapping[str, Any],
    entered: Mapping[str, Any],
) -> None:
    """Refuse a file in the place of a text that was signed, but where the flow returned for it."""
    for name, field in texts_of(form).items():
        now = before.get(name)
        if not now or entered.get(name) == now or name == revises:
            continue
        if rows.is_signed(context.connection, context.instance_id, now):
            raise Invalid([Finding(FROZEN, field, source="公文处理工作条例第二十五条")])


def texts_of(form: Form) -> dict[str, str]:
    """The variables that hold hashes of a form's files → their fields: body_hash → body_file."""
    return {
        each.key.removesuffix("_file") + "_hash": each.key
        for each in form.fields
        if each.kind == "file" and each.key.endswith("_file")
    }
