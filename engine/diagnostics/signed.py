"""What is decided in a leader's place or by himself is signed, and what was signed is frozen."""

from __future__ import annotations

from collections.abc import Iterable

from engine.diagnostics.reading import Diagram, called, each, finding, property_of
from engine.errors import Diagnosis
from engine.signatures import SIGNED_SCOPES
from engine.signing import texts_of


def decisions_are_signed(diagram: Diagram) -> Iterable[Diagnosis]:
    """A step for which a mandate is needed is a decision of a leader."""
    for node in each(diagram.root, "userTask"):
        if property_of(node, "scope") in SIGNED_SCOPES and not property_of(node, "sign"):
            yield finding(
                node,
                "decision-unsigned",
                f"{called(node)}是领导的批示、签发或签署（scope），应写明签的是哪份正文，实为没有。",
                "请写 sign，如 body_hash；没有正文的写 None",
            )


def what_is_signed_is_a_decision(diagram: Diagram) -> Iterable[Diagnosis]:
    """There is something to sign: the form has a decision or an opinion."""
    for node in each(diagram.root, "userTask"):
        form = diagram.form_of(node)
        if property_of(node, "sign") and form and not (form.outcome or form.comment):
            yield finding(
                node,
                "sign-without-decision",
                f"{called(node)}须签批（sign），表单里应有结论或意见，实为没有。",
                "请在表单里加一项 role 为 outcome 或 comment 的字段，或删去 sign",
            )


def a_text_is_replaced_where_it_is_entered(diagram: Diagram) -> Iterable[Diagnosis]:
    """A step that may replace a signed text has a field for it."""
    for node in each(diagram.root, "userTask"):
        revised, form = property_of(node, "revises"), diagram.form_of(node)
        if revised and form and revised not in texts_of(form):
            yield finding(
                node,
                "revises-nothing",
                f"{called(node)}写明可以替换已签批的“{revised}”，表单里应有这份文件，实为没有。",
                "请核对拼写：文件字段 body_file 的正文是 body_hash；或删去 revises",
            )
