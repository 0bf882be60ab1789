"""Looks for marks of classification in what is uploaded (保守国家秘密法): a warning, never a proof.

A document that only speaks of secrets carries the words too, so a person decides; but whoever
uploads one with a mark is told at once, before it goes anywhere.
"""

from __future__ import annotations

import re

from processes.shared import word_count

MARKS = re.compile("绝密|机密|秘密|★")
WARNING = (
    "文件里出现“{found}”字样。涉密公文不得在本系统流转，请通过机要渠道办理，仅登记件号；"
    "确认不涉密的可以继续。"
)


def warning(name: str, content: bytes) -> str | None:
    """The sentence for who uploads a file with a mark of classification; None without one."""
    lines = [name, *(word_count.lines_of(name, content) or [])]
    found = sorted({mark for line in lines for mark in MARKS.findall(line)})
    return WARNING.format(found="、".join(found)) if found else None
