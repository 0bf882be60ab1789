"""Ids and names: what the library confuses."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from engine.diagnostics.graph import FLOW_NODES
from engine.diagnostics.reading import BPMN, Diagram, called, each, finding, processes
from engine.errors import Diagnosis

DC = "http://www.omg.org/spec/DD/20100524/DC"
OURS = frozenset({"Start", "End", "Root", "StartEventSplit", "StartEventJoin"})
ENDINGS = (".BoundaryEventSplit", ".BoundaryEventJoin", ".EndJoin", " [child]")
USABLE = re.compile(r"[^\W\d][\w.\-]*")


def unique_ids(diagram: Diagram) -> Iterable[Diagnosis]:
    """Two elements with one id: the library silently takes one of them."""
    counts = Counter(
        node.get("id") for node in diagram.root.iter(f"{{{BPMN}}}*") if node.get("id") is not None
    )
    for identity, count in counts.items():
        if count > 1:
            node = diagram.by_id[identity]
            yield finding(
                node,
                "duplicate-id",
                f"编号“{identity}”在一个文件里应只用一次，实用了{count}次。",
                "请改成不同的编号；多实例的变量名也算在内",
            )


def usable_ids(diagram: Diagram) -> Iterable[Diagnosis]:
    """An id is there and is a plain name; some names the library uses itself."""
    for node in each(diagram.root, *sorted(FLOW_NODES), "process", "sequenceFlow"):
        identity = node.get("id") or ""
        if not USABLE.fullmatch(identity) or len(identity) > 200:
            yield finding(
                node,
                "bad-id",
                f"编号应为字母、数字、下划线，以字母开头，实为“{identity[:40]}”。",
                "请在属性里改编号，如 UT_review",
            )
        elif identity in OURS or identity.endswith(ENDINGS):
            yield finding(
                node,
                "reserved-id",
                f"{called(node)}的编号应为自己的编号，实为系统保留的“{identity}”。",
                "请改成别的编号，如 S_begin、E_done",
            )


def the_picture_has_numbers(diagram: Diagram) -> Iterable[Diagnosis]:
    """Shapes whose place is no number: the picture could not be shown."""
    for bounds in diagram.root.iter(f"{{{DC}}}Bounds"):
        for name in ("x", "y"):
            try:
                float(bounds.get(name) or "")
            except ValueError:
                shape = bounds.getparent()
                yield finding(
                    shape,
                    "picture-without-place",
                    f"图形“{shape.get('bpmnElement') or ''}”的位置应为数字，实为"
                    f"“{bounds.get(name) or ''}”。",
                    "请在流程设计器里移动一下这个图形再保存",
                )


def one_process_one_key(diagram: Diagram) -> Iterable[Diagnosis]:
    """Two files with one process key: which of them would be deployed is chance."""
    for other in diagram.package.diagrams:
        if other.path >= diagram.path:
            continue
        theirs = {process.get("id") for process in processes(other.root)}
        for process in processes(diagram.root):
            if process.get("id") in theirs:
                yield finding(
                    process,
                    "process-twice",
                    f"流程编号“{process.get('id')}”应只在一个文件里，实在 {other.path} 里也有。",
                    "请改一个流程编号，或删去多余的文件",
                )
