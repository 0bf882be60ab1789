"""Anchors: where every chain ended at a moment, kept in a file outside the database.

One line of JSON each in <data>/anchors/anchors.jsonl, appended and brought to the disk. A line
holds the heads that moved since the line before, a root hash over all heads, and the hash of the
line before, so that neither a line nor a head in it can be changed alone. Copy the file to another
machine or print the root: then the owner of this machine can not recompute it either.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.canonical import ALGORITHM, canonical, digest
from engine.clock import parse_moment
from engine.errors import StorageUnavailable

Heads = Mapping[str, tuple[int, str]]  # chain → (seq, hash)
FIRST = "0" * 64


@dataclass(frozen=True, slots=True)
class Anchor:
    """One line. heads: those that moved since the anchor before; chains: how many there were."""

    at: datetime
    chains: int
    root: str
    heads: Heads


@dataclass(frozen=True, slots=True)
class Noted:
    """The whole file: its anchors, the heads of the last one, and what is wrong with the file."""

    anchors: tuple[Anchor, ...] = ()
    heads: Heads | None = None
    last_line: str = FIRST
    problems: tuple[str, ...] = ()


def file_in(data: Path) -> Path:
    """Where the anchors of an installation are."""
    return data / "anchors" / "anchors.jsonl"


def append(data: Path, at: datetime, heads: Heads) -> Anchor:
    """Write one more anchor. A full disk raises StorageUnavailable."""
    noted = read(data)
    before = noted.heads or {}
    moved = {name: head for name, head in heads.items() if before.get(name) != tuple(head)}
    anchor = Anchor(at, len(heads), root({**before, **heads}), moved)
    line = canonical(
        {
            "at": at,
            "algorithm": ALGORITHM,
            "chains": anchor.chains,
            "root": anchor.root,
            "heads": moved,
            "previous": noted.last_line,
        }
    )
    try:
        _write(file_in(data), line + b"\n")
    except OSError as error:
        raise StorageUnavailable from error
    return anchor


def _write(path: Path, line: bytes) -> None:
    """Append a line and bring it to the disk, in place of one that a crash cut short."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        file.seek(0)
        file.truncate(file.read().rfind(b"\n") + 1)
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def read(data: Path) -> Noted:
    """Every anchor in the order written; what does not fit together is told in `problems`.

    A last line that a crash cut short is passed over: it was never confirmed.
    """
    path = file_in(data)
    if not path.exists():
        return Noted()
    anchors: list[Anchor] = []
    problems: list[str] = []
    heads: dict[str, tuple[int, str]] = {}
    previous = FIRST
    for number, raw in enumerate(path.read_bytes().split(b"\n")[:-1], start=1):
        try:
            line = json.loads(raw)
            anchor = _parsed(line)
        except (ValueError, KeyError, TypeError):
            problems.append(f"锚定文件第{number}行读不懂，可能被改动过。")
            continue
        heads.update(anchor.heads)
        if line["previous"] != previous or root(heads, line["algorithm"]) != anchor.root:
            problems.append(f"锚定文件第{number}行与前文不衔接，锚定文件被改动过。")
        previous = digest(raw, line["algorithm"])
        anchors.append(anchor)
    return Noted(tuple(anchors), heads, previous, tuple(problems))


def root(heads: Heads, algorithm: str = ALGORITHM) -> str:
    """One hash over all heads, in the order of their names."""
    return digest(canonical([[name, *heads[name]] for name in sorted(heads)]), algorithm)


def _parsed(line: dict[str, Any]) -> Anchor:
    heads = {str(name): (int(seq), str(link)) for name, (seq, link) in line["heads"].items()}
    return Anchor(parse_moment(line["at"]), int(line["chains"]), str(line["root"]), heads)
