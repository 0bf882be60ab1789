"""公文处理单 and 退文单 (05 §5.1; 公文条例: a document is returned with its reasons)."""

from __future__ import annotations

from engine.paper import Box, Facts, Happened, Part, Sheet, Text
from processes.shared.papers import wording
from processes.shared.papers.wording import text, told_moment

OFFICE = "忻州市人民政府办公室"
UNCOUNTED = "正文无法自动计字数，已由初审人核对"
URGENCIES = {"none": "平件", "urgent": "加急", "extra": "特急"}
CLASSES = {"none": "无", "secret": "秘密", "confidential": "机密", "top": "绝密"}
BOXES = (
    ("拟办意见", ("UT_draft_opinion",)),
    ("办公室负责人", ("UT_office_head",)),
    ("副秘书长", ("UT_dsg",)),
    ("秘书长", ("UT_sg", "UT_sg_sum")),
    ("分管领导批示", ("UT_vm",)),
    ("其他领导批示", ("UT_others", "UT_ask")),
    ("市长批示", ("UT_mayor",)),
    ("办理结果", ("UT_notify", "UT_reply_no", "UT_transfer", "UT_handle_check")),
)


def handling_slip(happened: Happened) -> Sheet | None:
    """The slip that goes with a document through the office, once it has been registered."""
    registered = happened.entered("received_at")
    if registered is None:
        return None
    row = happened.row
    facts = Facts(
        (
            ("收文号", happened.recorded("received_document", "number")),
            ("收文时间", told_moment(registered.value)),
            ("来文单位", row.sender or ""),
            ("来文字号", text(happened.last("source_number"))),
            ("密级", CLASSES.get(text(happened.last("class_checked")), "")),
            ("紧急程度", URGENCIES.get(happened.last("is_urgent") or "none", "")),
            ("份数", text(happened.last("copies"))),
            ("办理时限", wording.moment(row.due.at if row.due is not None else None)),
        )
    )
    summary = happened.entered("summary")
    uncounted = (Facts((("篇幅", UNCOUNTED),)),) if happened.last("length_checked") else ()
    kept = sum(said.signed is not None for said in happened.opinions)
    parts: tuple[Part, ...] = (
        facts,
        Facts((("标题", row.title),)),
        *uncounted,
        Box("主要内容摘要", ((text(summary.value), "", ""),) if summary is not None else ()),
        *(Box(label, _said(happened, label, steps)) for label, steps in BOXES),
        Facts(
            (
                ("归档号", happened.recorded("archive", "number")),
                ("签批存证", f"{kept}个，见签批存证单" if kept else ""),
            )
        ),
    )
    return Sheet(f"{OFFICE}公文处理单", parts, red=True)


def _said(
    happened: Happened, label: str, steps: tuple[str, ...]
) -> tuple[tuple[str, str, str], ...]:
    """What stands in a box; the proposal and the result are fields of their own."""
    name = {"拟办意见": "suggestion", "办理结果": "reply_text"}.get(label)
    entry = happened.entered(name) if name is not None else None
    if entry is None:
        return wording.lines(happened, *steps)
    who = happened.office.person_name(entry.person_id) if entry.person_id else ""
    return ((text(entry.value), who, wording.day(entry.at)),)


def return_slip(happened: Happened) -> Sheet | None:
    """Why a document was returned: every reason at once (公文条例第二十四条)."""
    said = [each for each in happened.said_at("UT_initial") if each.outcome == "reject"]
    if not said:
        return None
    last, reasons = said[-1], text(happened.last("init_reasons"))
    facts = Facts(
        (
            ("退文单号", happened.recorded("return_slip", "number")),
            ("收文号", happened.recorded("received_document", "number")),
            ("来文单位", happened.row.sender or ""),
            ("退文日期", wording.day(last.at)),
            ("经办人", wording.signature(last)),
        )
    )
    listed = tuple(each for each in (reasons or last.text or "").splitlines() if each.strip())
    reason = Text("退文理由", listed)
    advice = "请按上述理由修改后重新报送；重新报送的，作为新件办理。"
    parts = (facts, Facts((("标题", happened.row.title),)), reason, Text("说明", (advice,)))
    return Sheet(f"{OFFICE}退文单", parts, closing=(OFFICE, wording.day(last.at)))
