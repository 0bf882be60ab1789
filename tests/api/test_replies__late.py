"""Asked parties through the API: what came late, and an end to waiting in vain."""

from __future__ import annotations

from flask import Flask

from tests.api.caller import Document

AFTER = "2026-02-27T18:00:01+08:00"
LATE = {
    "party": "judicial_bureau",
    "opinion": "第三条建议再斟酌。",
    "received_at": "2026-03-02T09:30:00+08:00",
}


def test_a_late_opinion_is_registered_beside_the_silence(any_app: Flask) -> None:
    story = Document(any_app)
    story.to_countersign("judicial_bureau")
    story.clock(AFTER)
    host, path = story.by("gov_clerk"), f"/process-instances/{story.id}"
    early = host.post(f"{path}/late-opinions", LATE)
    assert early.status_code == 422  # the second of March is still to come
    story.clock("2026-03-02T10:00:00+08:00")
    assert story.by("judicial_head").post(f"{path}/late-opinions", LATE).status_code == 403
    done = host.post(f"{path}/late-opinions", LATE)
    assert done.json == {"message": "已登记迟到意见，流程不变。"}
    told = host.get(f"{path}/replies").json
    assert told is not None
    assert [row["kind"] for row in told["rows"]] == ["DEEMED_NO_OBJECTION", "LATE_OPINION"]
    assert told["rows"][0]["person"] is None
    assert story.open_steps() == [("UT_summary", "阮一苇")]
    [task] = [story.task("gov_clerk", "UT_summary")]
    assert host.post(f"{path}/unanswered", {"task_id": task["id"]}).status_code == 403
