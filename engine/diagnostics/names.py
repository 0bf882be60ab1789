"""Which variables an element reads and which it writes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from engine.decisions import Table
from engine.diagnostics.graph import FLOW_NODES
from engine.diagnostics.reading import (
    BPMN,
    LOOP,
    SPIFF,
    Diagram,
    Node,
    children,
    each,
    is_loop,
    property_of,
    script_of,
    tag,
    text_of,
)
from engine.errors import GuichengError
from engine.expression_guards import BUILTINS
from engine.expressions import compile_expression, compile_script
from engine.forms import Form
from engine.unary_tests import compile_unary_test

ALWAYS = frozenset({"instance_id", "doc_id"})  # what the engine itself gives every instance
IN_PROPERTIES = (
    *("org", "field", "assignee", "party"),
    *("share", "due_at", "due_fact", "due_length", "due_note", "fact", "length", "due"),
    *("asker", "asker_when", "sign"),
)
IN_WORDS = ("due_unit", "due_source", "unit", "source", "policy")  # words, or "=" and an expression
BARE = re.compile(r"(R\d*/)?P[\dTYMWDHS.]+|\d{4}-\d\d-\d\d(T[\d:+Z.\-]+)?")  # no quotes
IN_TIMERS = ("timeDate", "timeDuration", "timeCycle")


def computed_words(node: Node) -> Iterator[str]:
    """The expressions among those properties of an element that are words otherwise."""
    for name in IN_WORDS:
        text = property_of(node, name) or ""
        if text.startswith("="):
            yield text.removeprefix("=")


def read_by(diagram: Diagram, source: str | None) -> frozenset[str]:
    """Variables an expression reads; empty when it does not compile (another check says so)."""
    if not source or not source.strip():
        return frozenset()
    try:
        found = compile_expression(source, diagram.package.known.functions).names
    except GuichengError:
        return frozenset()
    return found - _taken(diagram)


def read_by_timer(diagram: Diagram, source: str) -> frozenset[str]:
    """Variables a moment reads; one without its quotes has a finding of its own."""
    return frozenset() if BARE.fullmatch(source) else read_by(diagram, source)


def read_by_script(diagram: Diagram, source: str | None) -> frozenset[str]:
    """Variables a script reads before it has assigned them."""
    if not source or not source.strip():
        return frozenset()
    try:
        compile_script(source, diagram.package.known.functions)
    except GuichengError:
        return frozenset()
    free: set[str] = set()
    _walk(_parsed(source), set(), free)
    return frozenset(free) - _taken(diagram)


def _taken(diagram: Diagram) -> frozenset[str]:
    known = diagram.package.known
    return known.functions | known.constants | BUILTINS.keys()


def _walk(body: list[ast.stmt], assigned: set[str], free: set[str]) -> set[str]:
    """Names read while still unassigned go to `free`; returns what is surely assigned after."""
    for statement in body:
        if isinstance(statement, ast.If):
            free |= _loads(statement.test) - assigned
            both = _walk(statement.body, set(assigned), free)
            assigned |= both & _walk(statement.orelse, set(assigned), free)
        elif isinstance(statement, ast.For):
            free |= _loads(statement.iter) - assigned
            _walk(statement.body, assigned | _stores(statement.target), free)
        else:
            free |= _loads(statement) - assigned
            if isinstance(statement, ast.Assign):
                assigned |= _stores(statement)
    return assigned


def _loads(tree: ast.AST) -> set[str]:
    own = {
        name
        for part in ast.walk(tree)
        if isinstance(part, ast.comprehension)
        for name in _stores(part.target)
    }
    return {
        part.id
        for part in ast.walk(tree)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)
    } - own


def _stores(tree: ast.AST) -> set[str]:
    return {
        part.id
        for part in ast.walk(tree)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    }


def assigned_surely(source: str | None) -> frozenset[str]:
    """What a script assigns on every path."""
    return frozenset(_walk(_parsed(source), set(), set()))


def assigned_somewhere(source: str | None) -> frozenset[str]:
    """What a script assigns on some path; names of comprehensions are not variables."""
    found: set[str] = set()
    for statement in _parsed(source):
        for part in ast.walk(statement):
            if isinstance(part, ast.Assign):
                found |= _stores(part)
            elif isinstance(part, ast.For):
                found |= _stores(part.target)
    return frozenset(found)


def _parsed(source: str | None) -> list[ast.stmt]:
    try:
        return ast.parse((source or "").strip("\n")).body
    except (SyntaxError, ValueError):
        return []


def read_by_form(diagram: Diagram, form: Form | None) -> frozenset[str]:
    """What the conditions and rules of a form read besides its own fields."""
    if form is None:
        return frozenset()
    sources = [rule.check for rule in form.rules]
    for each_field in form.fields:
        sources += [each_field.hidden_when or "", each_field.required_when or ""]
    read = frozenset[str]().union(*(read_by(diagram, source) for source in sources))
    return read - {each_field.key for each_field in form.fields} - {"task_id"}


def written_by_form(form: Form | None) -> frozenset[str]:
    """The fields of a form, and the hash the engine adds for each file."""
    keys = {each_field.key for each_field in form.fields} if form else set()
    files = {key for key in keys if key.endswith("_file")}
    return frozenset(keys | {key.removesuffix("_file") + "_hash" for key in files})


def table_of(diagram: Diagram, node: Node) -> Table | None:
    """The decision table a business rule task names."""
    named = node.find(f"{{{BPMN}}}extensionElements/{{{SPIFF}}}calledDecisionId")
    return diagram.package.tables.get(text_of(named))


def read_by_table(diagram: Diagram, table: Table | None) -> frozenset[str]:
    """What the columns and cells of a table read."""
    if table is None:
        return frozenset()
    found: set[str] = set()
    known = diagram.package.known.functions
    for rule in table.rules:
        for column, cell in zip(table.inputs, rule.conditions, strict=True):
            if cell:
                try:
                    found |= compile_unary_test(cell, column.text, known).names
                except GuichengError:
                    continue
        for cell in rule.results:
            found |= read_by(diagram, cell)
    return frozenset(found) - _taken(diagram)


def declared(process: Node | None, kind: str) -> frozenset[str]:
    """Ids of the dataInput or dataOutput of a called process; these are the variables."""
    if process is None:
        return frozenset()
    return frozenset(
        found.get("id") or ""
        for specification in children(process, "ioSpecification")
        for found in children(specification, kind)
    )


def loop_names(node: Node) -> tuple[str, str, str, str]:
    """(input list, item, output list, result) of a multi-instance activity; "" where missing.

    The ids of the items count, not their names.
    """
    [loop] = children(node, LOOP)[:1]
    item, result = (
        next((each_item.get("id") or "" for each_item in items), "")
        for items in (children(loop, "inputDataItem"), children(loop, "outputDataItem"))
    )
    source, target = (
        text_of(next(iter(children(loop, name)), None))
        for name in ("loopDataInputRef", "loopDataOutputRef")
    )
    return source, item, target, result


def message_variables(node: Node) -> frozenset[str]:
    """The variables that what a message brings goes to."""
    return frozenset(
        text_of(found)
        for definition in children(node, "messageEventDefinition")
        for found in definition.iter(f"{{{SPIFF}}}messageVariable")
    )


def payloads(node: Node) -> Iterator[str]:
    """The expressions of what a thrown message carries."""
    for definition in children(node, "messageEventDefinition"):
        for found in definition.iter(f"{{{SPIFF}}}messagePayload"):
            yield text_of(found)


def written(diagram: Diagram, node: Node) -> frozenset[str]:
    """Every variable an element may write for what follows it."""
    scripts = assigned_somewhere(script_of(node, "preScript")) | assigned_somewhere(
        script_of(node, "postScript")
    )
    if is_loop(node):
        return scripts | ({loop_names(node)[2]} - {""})
    return scripts | _written_inside(diagram, node)


def _written_inside(diagram: Diagram, node: Node) -> frozenset[str]:
    kind = tag(node)
    if kind in ("userTask", "startEvent"):
        return written_by_form(diagram.form_of(node))
    if kind == "scriptTask":
        return assigned_somewhere(text_of(next(iter(children(node, "script")), None)))
    if kind == "businessRuleTask":
        table = table_of(diagram, node)
        return frozenset(column.text for column in table.outputs) if table else frozenset()
    if kind == "callActivity":
        called = diagram.package.processes.get(node.get("calledElement") or "")
        return declared(called, "dataOutput")
    if kind == "subProcess":
        own = diagram.package.defaults.get(node.get("id") or "", {}).keys()
        inner = (written(diagram, child) for child in children(node, *FLOW_NODES))
        return frozenset(own).union(*inner)
    return message_variables(node)


def read_directly(diagram: Diagram, node: Node) -> frozenset[str]:
    """What an element itself reads: its scripts, properties, form, table, message, loop, call."""
    found = read_by_script(diagram, script_of(node, "preScript"))
    found |= read_by_script(diagram, script_of(node, "postScript"))
    for name in IN_PROPERTIES:
        found |= read_by(diagram, property_of(node, name))
    for text in computed_words(node):
        found |= read_by(diagram, text)
    found |= read_by_form(diagram, diagram.form_of(node))
    found |= read_by_table(diagram, table_of(diagram, node))
    for script in children(node, "script"):
        found |= read_by_script(diagram, script.text)
    for timer in each(node, *IN_TIMERS):
        found |= read_by_timer(diagram, text_of(timer))
    for payload in payloads(node):
        found |= read_by(diagram, payload)
    for flow in diagram.flows.get(node.get("id") or "", ()):
        for condition in children(flow, "conditionExpression"):
            found |= read_by(diagram, text_of(condition))
    if tag(node) == "callActivity":
        called = diagram.package.processes.get(node.get("calledElement") or "")
        found |= declared(called, "dataInput")
    if is_loop(node):
        found = (found | {loop_names(node)[0]}) - {loop_names(node)[1], ""}
    return found
