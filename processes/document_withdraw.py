"""公文撤回申请: asks that a document on its way be taken back (约定; 工作规则第三十四条).

The document stays as it is until the request is granted. Before the initial check the sender may
take it back without asking; once a leader has given an instruction, that leader must agree too.
"""

from __future__ import annotations

from engine.conventions import Convention
from engine.procedure import Context, Procedure, Request, Subject, Summary, with_context

ABOUT = "document_approval"
GRANTED = "MSG_withdraw_granted"
INSTRUCTING = ("UT_vm", "UT_others", "UT_mayor")  # steps whose outcome is a leader's instruction
NO_INSTRUCTION = ("ask", "redraft")
ANSWER_DAYS = Convention(
    "withdraw_answer_days",
    "答复撤回申请的天数",
    1,
    unit="个工作日",
    least=1,
    most=30,
    used_in=("申请撤回：办公室确认", "申请撤回：已批示领导同意"),
)


@with_context
def stage_of(context: Context, instance_id: str) -> str:
    """How far the document has come: before_initial, in_approval, decided."""
    subject = context.subject(instance_id)
    if GRANTED not in subject.waits_for:
        return "decided"
    return "in_approval" if subject.variables.get("initial_done") else "before_initial"


@with_context
def leaders_who_signed(context: Context, instance_id: str) -> list[str]:
    """Who has given an instruction on the document, each once, in order."""
    signed = [
        step.person
        for step in context.subject(instance_id).done
        if step.element_id in INSTRUCTING and step.outcome not in NO_INSTRUCTION and step.person
    ]
    return list(dict.fromkeys(signed))


@with_context
def title_of(context: Context, instance_id: str) -> str:
    """撤回：and the document's title."""
    return f"撤回：{context.subject(instance_id).variables.get('title') or '（未填标题）'}"


@with_context
def number_of(context: Context, instance_id: str) -> str | None:
    """The document's 收文号; it is never taken back."""
    found = context.subject(instance_id).variables.get("reg_no")
    return None if found is None else str(found)


def may_ask(subject: Subject, person: str, orgs: frozenset[str]) -> str | None:
    """Only the sending organisation takes its document back."""
    if subject.variables.get("submitter_org") in orgs:
        return None
    return "只有报文单位可以申请撤回这件。"


PROCEDURE = Procedure(
    key="document_withdraw",
    name="申请撤回",
    summary=Summary(title="title", number="reg_no"),
    functions={
        "stage_of": stage_of,
        "leaders_who_signed": leaders_who_signed,
        "title_of": title_of,
        "number_of": number_of,
    },
    starter_roles=frozenset({"dept_clerk", "dept_head", "county_clerk", "county_head"}),
    description="报文单位申请撤回在办的公文：办公室同意，已有领导批示的还须该领导同意。",
    clause="工作规则第三十四条",
    conventions=(ANSWER_DAYS,),
    request=Request(about=ABOUT, message=GRANTED, may_ask=may_ask),
)
