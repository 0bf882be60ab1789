"""Checks the history, pure: links in, findings out. Nothing is repaired.

Found are: a changed link, a missing or exchanged one, a cut tail (the recorded head tells), and a
chain that was recomputed as a whole together with its head (the anchors tell).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import Any

from engine.anchors import Heads, Noted
from engine.chain import GENESIS, Head, link_hash


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome. problems: Chinese sentences; ok is true when there are none."""

    ok: bool
    chains: int
    links: int
    anchors: int
    problems: tuple[str, ...]
    signatures: int = 0


def check(links: Iterable[Mapping[str, Any]], heads: Heads, noted: Noted) -> Report:
    """links: the whole history ordered by chain and seq. heads: the recorded end of every chain."""
    marks = _marks(noted)
    problems = list(noted.problems)
    seen: set[str] = set()
    count = 0
    for name, run in groupby(links, key=itemgetter("chain")):
        seen.add(name)
        walked, found = _walk(name, run, heads.get(name), marks.pop(name, {}))
        count += walked
        problems += found
    for name, head in heads.items():
        if name not in seen and head[0] > 0:
            problems.append(f"{_chain(name)}的记录全部缺失（应有{head[0]}条）。")
    for name in marks:
        if name not in seen and name not in heads:
            problems.append(f"{_chain(name)}曾经锚定，现在连同记录一起不见了。")
    return Report(not problems, len(seen), count, len(noted.anchors), tuple(problems))


def with_signatures(report: Report, count: int, problems: tuple[str, ...]) -> Report:
    """The same report, and what was found about the signatures the history tells of."""
    ok = report.ok and not problems
    return replace(report, ok=ok, signatures=count, problems=(*report.problems, *problems))


def _marks(noted: Noted) -> dict[str, dict[int, tuple[str, str]]]:
    """chain → seq → (hash, when anchored)."""
    marks: dict[str, dict[int, tuple[str, str]]] = defaultdict(dict)
    for anchor in noted.anchors:
        for name, (seq, link) in anchor.heads.items():
            if seq > 0:
                marks[name][seq] = (link, f"{anchor.at:%Y-%m-%d %H:%M}")
    return marks


def _walk(
    name: str,
    links: Iterable[Mapping[str, Any]],
    head: tuple[int, str] | None,
    marks: dict[int, tuple[str, str]],
) -> tuple[int, list[str]]:
    """Follow one chain; returns how many links it has and what is wrong with it."""
    problems: list[str] = []
    last = GENESIS
    count = 0
    for link in links:
        count += 1
        problems += _faults(link, last)
        last = Head(link["seq"], link["hash"])
        if last.seq in marks:
            anchored, when = marks.pop(last.seq)
            if anchored != last.hash:
                problems.append(f"{_place(link)}与{when}的锚定不一致：记录在锚定之后被整体改写过。")
    if head is None:
        problems.append(f"{_chain(name)}没有登记链尾，所属的流程实例已不在。")
    elif last != head:
        problems.append(
            f"{_chain(name)}的链尾不符：登记为第{head[0]}条，实有到第{last.seq}条，尾部被删改过。"
        )
    for seq, (_, when) in sorted(marks.items()):
        problems.append(f"{_chain(name)}第{seq}条在{when}锚定过，现在缺失。")
    return count, problems


def _faults(link: Mapping[str, Any], last: Head) -> list[str]:
    faults: list[str] = []
    if link["seq"] != last.seq + 1:
        faults.append(f"{_chain(link['chain'])}第{last.seq + 1}条缺失。")
    elif link["previous_hash"] != last.hash:
        faults.append(f"{_place(link)}与前一条不衔接：次序被调换，或前一条被替换过。")
    try:
        expected = link_hash(link)
    except ValueError:
        return [*faults, f"{_place(link)}所用的杂凑算法本机没有，无法核验。"]
    if expected != link["hash"]:
        faults.append(f"{_place(link)}的内容被改动过。")
    return faults


def _chain(name: str) -> str:
    return "系统记录" if name == "system" else f"流程实例{name}"


def _place(link: Mapping[str, Any]) -> str:
    return f"{_chain(link['chain'])}第{link['seq']}条（{link['kind']}）"
