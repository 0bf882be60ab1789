"""Steps of people and of the system: who, on which form, with which script."""

from __future__ import annotations

from collections.abc import Iterable

from engine.diagnostics.graph import FLOW_NODES
from engine.diagnostics.names import table_of
from engine.diagnostics.reading import (
    ACTIVITIES,
    SPIFF,
    Diagram,
    called,
    children,
    each,
    finding,
    is_loop,
    properties_of,
    property_of,
    script_of,
    tag,
    text_of,
)
from engine.errors import WARNING, Diagnosis
from engine.forms import ways_back
from engine.procedure import STEP_VERBS

PYTHON = frozenset({"", "python", "text/x-python", "application/x-python", "text/python"})
COMPUTED = "="
POLICIES = ("all", "ordered", "any", "share")
OF_A_STEP = {
    *("role", "org", "field", "scope", "assignee", "who", "policy", "share"),  # who acts
    *("form", "clause", "help", "submit_label", "findings"),  # what is shown
    "verbs",  # what else may be done with it
    *("sign", "revises"),  # which text a decision is signed with; which signed one may be replaced
    *("outcomes", "collect"),  # which buttons; where several signers' words go
    "invalidates",  # variables that are void when it opens again
    *("party", "response", "no_response", "reply"),  # whose answer it is, to what
    *("asker", "asker_outcome", "asker_label", "asker_when", "asker_refusal"),  # who asked
    *("due_at", "due_fact", "due_fact_label", "due_length", "due_unit", "due_source", "due_note"),
}
OF_A_TIMER = {"clock", "fact", "due", "length", "unit", "roll", "effect", "party", "source"}
OF_A_START = {"form", "clause", "help", "submit_label"}


def a_step_names_who_acts(diagram: Diagram) -> Iterable[Diagnosis]:
    """Who acts is part of the drawing."""
    for node in each(diagram.root, "userTask"):
        if not (property_of(node, "role") or property_of(node, "assignee")):
            yield finding(
                node,
                "no-role",
                f"{called(node)}应写明由谁办理，实为没有。",
                "请在属性里写 role（职务代码），如 dept_clerk",
            )


def a_step_names_its_form(diagram: Diagram) -> Iterable[Diagnosis]:
    """On which form it is done is part of the drawing."""
    for node in each(diagram.root, "userTask"):
        if not property_of(node, "form"):
            yield finding(
                node,
                "no-form",
                f"{called(node)}应有表单，实为没有。",
                "请在属性里写 form，如 forms/review.json",
            )


def scripts_stand_where_they_run(diagram: Diagram) -> Iterable[Diagnosis]:
    """A script on an event, a gateway or a flow would never run."""
    for name in ("preScript", "postScript"):
        for script in diagram.root.iter(f"{{{SPIFF}}}{name}"):
            owner = script.getparent().getparent()
            if tag(owner) not in ACTIVITIES:
                yield finding(
                    owner,
                    "script-never-runs",
                    f"{name} 应写在任务、子流程或调用活动上，实写在{called(owner)}上，不会执行。",
                    "请移到前一步的 postScript 或后一步的 preScript",
                )


def scripts_are_not_empty(diagram: Diagram) -> Iterable[Diagnosis]:
    """An empty script stops the instance when it is reached."""
    for node in each(diagram.root, "scriptTask"):
        if not text_of(next(iter(children(node, "script")), None)):
            yield finding(
                node,
                "empty-script",
                f"{called(node)}应有脚本，实为空。",
                "请写脚本，如 total = 0，或删去这一步",
            )
    for node in each(diagram.root, *ACTIVITIES):
        for name in ("preScript", "postScript"):
            script = script_of(node, name)
            if script is not None and not script.strip():
                yield finding(
                    node,
                    "empty-script",
                    f"{called(node)}的 {name} 应有内容，实为空。",
                    "请写内容，或删去",
                )


def scripts_are_in_our_language(diagram: Diagram) -> Iterable[Diagnosis]:
    """The library runs every script as Python, whatever language it says."""
    for node in each(diagram.root, "scriptTask"):
        if (node.get("scriptFormat") or "").lower() not in PYTHON:
            yield finding(
                node,
                "script-language",
                f"{called(node)}的脚本应为 Python 子集，实为 {node.get('scriptFormat')}。",
                "请改写脚本并删去 scriptFormat",
            )


def scripts_of_loops_run_once(diagram: Diagram) -> Iterable[Diagnosis]:
    """On a step done several times a script runs once, before or after all of them."""
    for node in each(diagram.root, "userTask"):
        scripts = [script_of(node, name) for name in ("preScript", "postScript")]
        if is_loop(node) and any(scripts):
            yield finding(
                node,
                "loop-with-script",
                f"{called(node)}是多实例，脚本应每份执行一次，实为前后只执行一次。",
                "请画成多实例子流程，把脚本写在里面的步骤上",
            )


def a_decision_has_its_table(diagram: Diagram) -> Iterable[Diagnosis]:
    """A business rule task without a table decides nothing."""
    for node in each(diagram.root, "businessRuleTask"):
        if table_of(diagram, node) is None:
            named = text_of(next(node.iter(f"{{{SPIFF}}}calledDecisionId"), None))
            yield finding(
                node,
                "table-missing",
                f"{called(node)}应指向一张决策表，实为“{named}”，没有。",
                "请写决策表的编号（calledDecisionId），并把 .dmn 文件放在同一文件夹",
            )


def properties_have_a_name(diagram: Diagram) -> Iterable[Diagnosis]:
    """A property of ours without a name or a value stops the library's parser."""
    for found in diagram.root.iter(f"{{{SPIFF}}}property"):
        owner = found.getparent().getparent().getparent()
        if owner is not None and not (found.get("name") and "value" in found.attrib):
            yield finding(
                owner,
                "property-without-name",
                f"{called(owner)}的属性应有名称和值，实为缺一个。",
                "请在属性面板里补上，或删去这一条",
            )


def properties_are_ones_we_read(diagram: Diagram) -> Iterable[Diagnosis]:
    """A misspelt property would be read over without a word."""
    for node in each(diagram.root, *sorted(FLOW_NODES)):
        kind = tag(node)
        if kind == "userTask":
            wanted = OF_A_STEP
        elif kind in ("boundaryEvent", "intermediateCatchEvent"):
            wanted = OF_A_TIMER
        elif kind == "startEvent":
            wanted = OF_A_START
        else:
            continue
        for name in properties_of(node):
            if name not in wanted:
                yield finding(
                    node,
                    "unknown-property",
                    f"{called(node)}的属性应为系统认识的名称，实有“{name}”，不会读。",
                    "请核对拼写；可用的有 " + "、".join(sorted(wanted)),
                    WARNING,
                )


def verbs_are_ones_there_are(diagram: Diagram) -> Iterable[Diagnosis]:
    """A verb that does not exist would allow nothing, and nobody would notice."""
    for node in each(diagram.root, "userTask"):
        named = property_of(node, "verbs") or ""
        for verb in (one.strip() for one in named.split(",")):
            if verb and verb not in STEP_VERBS:
                yield finding(
                    node,
                    "unknown-verb",
                    f"{called(node)}的 verbs 应为系统有的动作，实有“{verb}”。",
                    "可用的有 " + "、".join(STEP_VERBS) + "；一个也不许就写空",
                )


def a_step_is_returned_in_one_way(diagram: Diagram) -> Iterable[Diagnosis]:
    """Where a button gives the step back, the drawing says where to; a jump would go past it."""
    for node in each(diagram.root, "userTask"):
        named = {one.strip() for one in (property_of(node, "verbs") or "").split(",")}
        drawn = ways_back(diagram.form_of(node), property_of(node, "outcomes") or "")
        if "return" in named and drawn:
            yield finding(
                node,
                "returned-twice",
                f"{called(node)}的退回应只有一种走法，实有表单按钮“{drawn[0][1]}”，又许可跳转退回。",
                "请从 verbs 里去掉 return，或者去掉这个按钮",
            )


def signers_sign_in_a_known_way(diagram: Diagram) -> Iterable[Diagnosis]:
    """How many of several signers have to sign is said in one of four words."""
    for node in each(diagram.root, "userTask"):
        policy, share = property_of(node, "policy") or "all", property_of(node, "share")
        if not policy.startswith(COMPUTED) and policy not in POLICIES:
            yield finding(
                node,
                "unknown-policy",
                f"{called(node)}的 policy 应为 {'、'.join(POLICIES)} 之一，实为“{policy}”。",
                "all 全部签批，ordered 依次，any 一人即可，share 按比例（另写 share，如 60）",
            )
        whole = share is None or not share.isdigit() or 1 <= int(share) <= 100
        if (policy == "share" and not share) or not whole:
            yield finding(
                node,
                "unusable-share",
                f"{called(node)}按比例签批，share 应为1到100的整数，实为“{share or ''}”。",
                "请写百分之几，如 60",
            )
