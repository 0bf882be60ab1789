"""What a signature covers, pure: the decision, the text it was made on, who, in whose place, on
what mandate, when, how it was confirmed. All of it stands under one hash; whoever changes a part
of it afterwards is found out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from engine.canonical import ALGORITHM, canonical, digest

Row = Mapping[str, Any]
COVERED = (
    *("instance_id", "work_item_id", "process_key", "element_id", "element_name"),
    *("text_sha256", "decision"),
    *("person_id", "acted_for_id", "signature_form", "substitution_id"),
    *("signed_at", "system_at", "confirmed_by"),
)
NOTED = "signature"  # key in the link of the history that tells of the signing
HOW = {
    "password": "密码确认",
    "code": "验证码确认",
    "session": "登录后未再确认",
}


def sealed(content: Row) -> dict[str, Any]:
    """The row of a signature: what it covers, and the hash of that."""
    return {**content, "algorithm": ALGORITHM, "hash": hash_of(content, ALGORITHM)}


def hash_of(content: Row, algorithm: str) -> str:
    """What the hash has to be. ValueError when the machine lacks the algorithm."""
    return digest(canonical({name: content[name] for name in COVERED}), algorithm)


def noted(row: Row) -> dict[str, Any]:
    """What the history keeps of a signature, so that its chain holds it too."""
    return {name: row[name] for name in ("hash", "text_sha256", "confirmed_by")}


def noting(links: Iterable[Row], found: dict[str, str]) -> Iterator[Row]:
    """The links as they come; what they tell of signatures is kept: work item → hash."""
    for link in links:
        told = link["data"].get(NOTED)
        if told is not None:
            found[link["work_item_id"]] = told["hash"]
        yield link


def faults(
    rows: Iterable[Row], told: Mapping[str, str], is_intact: Callable[[str], bool]
) -> Iterator[str]:
    """What is wrong with the signatures, as sentences. told: by the history, as `noting` found it.

    is_intact: whether the stored text with this hash is there and unchanged.
    """
    left, texts = dict(told), dict[str, bool]()
    for row in rows:
        if left.pop(row["work_item_id"], None) != row["hash"]:
            yield f"{_place(row)}与办理记录不符：签批被替换过，或不是办理时留下的。"
        try:
            expected = hash_of(row, row["algorithm"])
        except ValueError:
            yield f"{_place(row)}所用的杂凑算法本机没有，无法核验。"
            continue
        if expected != row["hash"]:
            yield f"{_place(row)}的内容被改动过。"
        text = row["text_sha256"]
        if text is not None and not _looked(texts, text, is_intact):
            yield f"{_place(row)}所签的正文缺失，或与签批时的校验值不符。"
    for item in left:
        yield f"待办{item}的签批记录缺失。"


def _place(row: Row) -> str:
    return f"流程实例{row['instance_id']}“{row['element_name']}”的签批（{row['id']}）"


def _looked(known: dict[str, bool], text: str, is_intact: Callable[[str], bool]) -> bool:
    """Each text is read once, however many have signed it."""
    if text not in known:
        known[text] = is_intact(text)
    return known[text]
