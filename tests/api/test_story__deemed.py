"""A countersigning falls silent, told through the API and the demo clock alone."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from engine import history
from engine.storage import tables
from tests.api.caller import Document, engine_of
from tests.rows import responses_of

SENT = "2026-02-11T10:00:00+08:00"
LAST_SECOND = "2026-02-27T18:00:00+08:00"
AFTER = "2026-02-27T18:00:01+08:00"


def test_silence_is_deemed_one_second_after_the_seventh_working_day(any_app: Flask) -> None:
    story = Document(any_app)
    story.to_countersign("finance_bureau", "judicial_bureau")
    waiting = story.task("judicial_head", "UT_reply")
    assert waiting["due"]["at"] == LAST_SECOND
    assert "第三十三条" in waiting["due"]["source"]
    assert story.clock("2026-02-24T16:30:00+08:00").status_code == 200
    story.do("finance_head", "UT_reply", "agree", comment="同意。")

    assert story.clock(LAST_SECOND).json == {"now": LAST_SECOND}
    assert story.open_steps() == [("UT_reply", "卫书宁")]
    assert story.clock(AFTER).json == {"now": AFTER}
    assert story.open_steps() == [("UT_summary", "阮一苇")]

    shown = story.by("gov_clerk").get(f"/process-instances/{story.id}").json
    assert shown is not None
    [silence] = [each for each in shown["opinions"] if each["outcome"] == "DEEMED_NO_OBJECTION"]
    assert (silence["person"], silence["signed_as"]) == (None, None)
    assert (silence["org"], silence["at"]) == ("市司法局", AFTER)
    assert silence["basis"] == "工作规则第三十三条第二款"
    [row] = [each for each in responses_of(engine_of(any_app), story.id) if each.person_id is None]
    assert (row.type, row.recorded_by, row.signature) == ("DEEMED_NO_OBJECTION", "system", None)


@pytest.mark.parametrize("column", ["person_id", "signature"])
def test_no_database_takes_silence_with_a_person_or_a_signature(
    any_app: Flask, column: str
) -> None:
    story = Document(any_app)
    story.to_countersign("judicial_bureau")
    story.clock(AFTER)
    database = engine_of(any_app).database.engine
    change = tables.response.update().values({column: "judicial_head"})
    with pytest.raises(sa.exc.IntegrityError), database.begin() as connection:
        connection.execute(change)


def test_a_document_goes_from_submission_to_the_archive_through_the_api(app: Flask) -> None:
    story = Document(app)
    story.to_countersign("judicial_bureau")
    story.clock(AFTER)
    last = story.to_archive("judicial_bureau")

    assert last["instance_state"] == "completed"
    listed = story.by("manager").get("/process-instances", state="completed").json
    assert listed is not None
    assert [row["outcome_label"] for row in listed["items"]] == ["办结"]
    told = story.by("gov_clerk").get(f"/process-instances/{story.id}/history").json
    assert told is not None
    assert told["items"][0]["kind"] == "instance.started"
    assert any("市司法局逾期未反馈" in link["text"] for link in told["items"])
    drawn = story.by("gov_clerk").get(f"/process-instances/{story.id}/elements").json
    assert drawn is not None
    assert drawn["diagrams"][0]["key"] == "document_approval"
    assert drawn["diagrams"][0]["elements"]["EE_done"] == "done"
    assert history.verify(engine_of(app)).ok
