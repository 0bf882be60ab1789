"""Signing through the API: the field `confirm`, refused with a sentence, never kept."""

from __future__ import annotations

from typing import Any, cast

from engine.startup import Engine
from tests.api.caller import Document
from tests.story import PASSWORD, Story


def before_the_mayor(document: Document, engine: Engine) -> dict[str, Any]:
    """The mayor's task as the API shows it."""
    story = Story(engine)
    story.to_the_mayor()
    document.id = story.instance_id
    return document.task("mayor", "UT_mayor")


def body_of(row: dict[str, Any], **more: Any) -> dict[str, Any]:
    said = {"outcome": "approve", "comment": "同意。", "values": {}}
    return {"version": row["version"], **said, **more}


def test_a_signature_wants_the_password_again(document: Document, engine: Engine) -> None:
    row = before_the_mayor(document, engine)
    mayor, path = document.by("mayor"), f"/tasks/{row['id']}"
    assert cast("dict[str, Any]", mayor.get(path).json)["confirm"] == "password"
    for given, said in (
        ({}, "签批须再次确认身份，请输入您的密码或验证码。"),
        ({"confirm": "Not-it-2023"}, "密码或验证码不对，没有提交。请重新输入。"),
    ):
        refused = mayor.post(f"{path}/complete", body_of(row, **given))
        assert refused.status_code == 422
        [finding] = cast("dict[str, Any]", refused.json)["findings"]
        assert (finding["field"], finding["message"]) == ("confirm", said)
    done = mayor.post(f"{path}/complete", body_of(row, confirm=PASSWORD))
    assert done.status_code == 200, done.text
    told = cast("dict[str, Any]", mayor.get(f"/process-instances/{document.id}").json)["opinions"]
    [signed] = [each["signed"] for each in told if each["step"] == "市长批示"]
    assert (signed["how"], signed["stands"]) == ("密码确认", True)


def test_a_locked_account_is_told_so(document: Document, engine: Engine) -> None:
    row = before_the_mayor(document, engine)
    mayor, path = document.by("mayor"), f"/tasks/{row['id']}/complete"
    for number in range(5):
        assert mayor.post(path, body_of(row, confirm=f"Wrong-{number}")).status_code == 422
    locked = mayor.post(path, body_of(row, confirm=PASSWORD))
    assert locked.status_code == 429
    assert "账号暂时锁定" in cast("dict[str, Any]", locked.json)["detail"]
