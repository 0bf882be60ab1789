"""签批存证单: who signed what, how it was confirmed, and the hashes by which it can be checked."""

from __future__ import annotations

from engine.paper import Grid, Happened, Sheet, Text
from processes.shared.papers import wording

HEADINGS = ("签批", "结论", "签批人", "时间", "确认方式", "存证值")
NOTE = (
    "存证值由结论、意见、所签正文的校验值、签批人、代行依据、时间和确认方式算得，任何一项被改动都不再"
    "相符；在服务器上运行 guicheng audit verify，或由安全审计员核验全部记录，可以查对。"
)


def signing_record(happened: Happened) -> Sheet | None:
    """Every signature of an instance, oldest first, and the texts they stand for."""
    signed = [said for said in reversed(happened.opinions) if said.signed is not None]
    if not signed:
        return None
    rows, texts = [], dict[str, bool]()
    for said in signed:
        kept = said.signed
        assert kept is not None
        how = kept.how if kept.stands else f"{kept.how}；正文已改，须重新签批"
        signature, at = wording.signature(said), wording.moment(said.at)
        value = f"{kept.algorithm} {wording.grouped(kept.hash)}"
        rows.append((said.step, said.outcome_label or "", signature, at, how, value))
        if kept.text_sha256:
            texts[kept.text_sha256] = kept.stands
    parts: list[Grid | Text] = [Grid(HEADINGS, tuple(rows))]
    if texts:
        parts.append(
            Text("所签正文的校验值（SHA-256）", tuple(_text(*each) for each in texts.items()))
        )
    parts.append(Text("说明", (NOTE,)))
    return Sheet(f"签批存证单　{happened.row.title}", tuple(parts), wide=True)


def _text(sha256: str, stands: bool) -> str:
    return wording.grouped(sha256) + ("" if stands else "（已被替换）")
