"""What can not be taken is refused with its status and a Chinese sentence; nothing is lost."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.api.caller import Caller, Document, engine_of
from tests.rows import responses_of
from tests.story import PREPARED, START

pytestmark = pytest.mark.slow

START_PATH = "/process-definitions/document_approval/start"
NOBODY = "0" * 32
CHINESE = re.compile("[\u4e00-\u9fff]")


def told(answer: TestResponse, status: int) -> dict[str, Any]:
    """The problem of a refusal, which is always in Chinese and of the right kind."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert answer.json["status"] == status
    assert CHINESE.search(answer.json["title"])
    assert CHINESE.search(answer.json["detail"])
    return dict(answer.json)


def field_of(answer: TestResponse, field: str) -> dict[str, Any]:
    """The finding about one field of a 422."""
    [found] = [each for each in told(answer, 422)["findings"] if each["field"] == field]
    assert CHINESE.search(found["message"])
    return dict(found)


def raw(caller: Caller, path: str, data: bytes, media: str | None = "application/json") -> Any:
    headers = {**caller.headers, "Idempotency-Key": uuid4().hex}
    return caller.client.post("/api/v1" + path, data=data, headers=headers, content_type=media)


@pytest.fixture
def clerk(call: Callable[[str], Caller]) -> Caller:
    return call("gov_clerk")


@pytest.fixture
def opened(document: Document) -> dict[str, Any]:
    """The clerk's first task."""
    document.start()
    return document.task("gov_clerk", "UT_prepare")


# ---- the request itself ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"{'values': 1}",
        b'{"values": NaN}',
        b'{"a": 1, "a": 2}',
        b"\xff\xfe{}",
        b"[" * 9999,
    ],
)
def test_what_is_not_json_is_malformed(clerk: Caller, text: bytes) -> None:
    assert told(raw(clerk, START_PATH, text), 400)["code"] == "malformed"


@pytest.mark.parametrize("text", [b"[]", b'"{}"', b"1", b"null"])
def test_json_of_anything_but_an_object_is_malformed(clerk: Caller, text: bytes) -> None:
    assert "JSON 对象" in told(raw(clerk, START_PATH, text), 400)["detail"]


@pytest.mark.parametrize("media", ["text/plain", "multipart/form-data", "application/xml"])
def test_another_media_type_is_refused(clerk: Caller, media: str) -> None:
    assert "application/json" in told(raw(clerk, START_PATH, b"{}", media), 415)["detail"]


def test_an_upload_must_be_multipart(clerk: Caller) -> None:
    assert "multipart" in told(raw(clerk, "/attachments", b"{}"), 415)["detail"]
    headers = {**clerk.headers, "Idempotency-Key": "u"}
    form = {"name": "x"}
    lacking = clerk.client.post(
        "/api/v1/attachments", data=form, headers=headers, content_type="multipart/form-data"
    )
    assert {each["field"] for each in told(lacking, 422)["findings"]} == {"file", "name"}


def test_too_much_json_is_refused_unread(clerk: Caller) -> None:
    told(raw(clerk, START_PATH, b'{"values": {"title": "' + b"a" * 3_000_000 + b'"}}'), 413)


def test_too_large_a_file_is_refused(app: Flask, clerk: Caller) -> None:
    limit = engine_of(app).settings.upload_mb * 1024 * 1024
    assert "MB" in told(clerk.upload("大.txt", b"a" * (limit + 1)), 413)["detail"]
    told(clerk.upload("大.txt", b"a" * (limit + 2_000_000)), 413)


def test_another_method_is_refused_and_says_which_would_do(clerk: Caller) -> None:
    answer = clerk.client.delete("/api/v1/tasks", headers=clerk.headers)
    told(answer, 405)
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("path", ["/nothing", "/tasks/", "/tasks/a/b", "/../secret", "/v2"])
def test_an_address_that_is_none_is_not_found(clerk: Caller, path: str) -> None:
    told(clerk.get(path), 404)


@pytest.mark.parametrize("key", ["a" * 129, "ein Schlüssel\u0085"])
def test_an_unusable_key_is_refused(clerk: Caller, key: str) -> None:
    assert "幂等键" in told(clerk.post(START_PATH, {"values": START}, key=key), 400)["detail"]


@pytest.mark.parametrize("id", ["x", "%00", "0" * 31, "0" * 200, NOBODY, "ＡＢ", "%ff"])
def test_an_id_that_is_none_is_not_found(clerk: Caller, id: str) -> None:
    for path in ("/tasks/", "/process-instances/", "/attachments/", "/process-definitions/"):
        told(clerk.get(path + id), 404)
    told(clerk.post(f"/tasks/{id}/claim", {"version": 1}), 404)


# ---- what it asks ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"at": "长" * 401}, "at"),
        ({"size": "101"}, "size"),
        ({"view": "all"}, "view"),
        ({"due": "soon"}, "due"),
        ({"since": "2026-02-30"}, "since"),
        ({"until": "yesterday"}, "until"),
        ({"search": "a\x07b"}, "search"),
        ({"search": "长" * 201}, "search"),
        ({"sort": "title"}, "sort"),
    ],
)
def test_a_wrong_query_is_named(clerk: Caller, query: dict[str, str], field: str) -> None:
    field_of(clerk.get("/tasks", **query), field)


@pytest.mark.parametrize("page", ["0", "one", "9" * 30])
def test_a_wrong_page_is_named(clerk: Caller, page: str) -> None:
    field_of(clerk.get("/process-instances", page=page), "page")


@pytest.mark.parametrize("at", ["x", "AAAA", "W3RydWVd", "WzEsMiwzLDRd", "ＡＢ"])
def test_a_place_in_a_list_that_is_none_is_refused_in_words(clerk: Caller, at: str) -> None:
    assert "从第一页看起" in told(clerk.get("/tasks", at=at), 422)["detail"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "version"),
        ({"version": "1"}, "version"),
        ({"version": 1.0}, "version"),
        ({"version": True}, "version"),
        ({"version": 0}, "version"),
        ({"version": 2**31}, "version"),
        ({"version": 1, "values": []}, "values"),
        ({"version": 1, "values": None}, "values"),
        ({"version": 1, "outcome": 1}, "outcome"),
        ({"version": 1, "comment": "长" * 10_001}, "comment"),
        ({"version": 1, "signature": "卫承远"}, "signature"),
        ({"version": 1, "typename": "x"}, "typename"),
    ],
)
def test_a_wrong_body_is_named_field_by_field(
    clerk: Caller, opened: dict[str, Any], body: dict[str, Any], field: str
) -> None:
    answer = clerk.post(f"/tasks/{opened['id']}/complete", body)
    assert field in field_of(answer, field)["message"]


@pytest.mark.parametrize(
    "moment", ["2026-02-12", "2026-02-12T08:00:00", 1770000000, "tomorrow", "0001-01-01T00:00:00Z"]
)
def test_a_moment_needs_its_offset(clerk: Caller, moment: object) -> None:
    field_of(clerk.post("/demo/clock", {"now": moment}), "now")


def test_the_demo_clock_never_goes_back_nor_too_far(clerk: Caller) -> None:
    back = clerk.post("/demo/clock", {"now": "2026-02-11T09:59:59+08:00"})
    assert told(back, 409)["code"] == "clock-backwards"
    field_of(clerk.post("/demo/clock", {"now": "2099-01-01T00:00:00+08:00"}), "now")


# ---- what is entered in a form ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": 5}, "title"),
        ({"title": "长" * 20_000}, "title"),
        ({"no_such_field": 1}, "no_such_field"),
        ({"doc_type": "no such type"}, "doc_type"),
        ({"authority_checked": "yes"}, "authority_checked"),
        ({"main_recipients": "city_gov"}, "main_recipients"),
        ({"body_file": NOBODY}, "body_file"),
    ],
)
def test_a_form_names_what_is_wrong_and_the_task_stays(
    clerk: Caller, opened: dict[str, Any], values: dict[str, Any], field: str
) -> None:
    body = {"version": opened["version"], "values": {**PREPARED, **values}}
    field_of(clerk.post(f"/tasks/{opened['id']}/complete", body), field)
    again = clerk.get(f"/tasks/{opened['id']}").json
    assert again is not None
    assert (again["task"]["state"], again["task"]["version"]) == ("open", opened["version"])


@pytest.mark.parametrize(
    "values",
    [
        {"typename": "engine.accounts.Actor"},
        {"title": {"typename": "x"}},
        {"request_items": [{"typename": "x"}]},
        {"title": "a\x00b"},
        {"title": "\ud800"},
    ],
)
def test_poison_is_refused_before_it_is_kept(
    clerk: Caller, opened: dict[str, Any], values: dict[str, Any]
) -> None:
    for verb in ("complete", "save-draft"):
        text = json.dumps({"version": opened["version"], "values": values}).encode()
        answer = raw(clerk, f"/tasks/{opened['id']}/{verb}", text)
        told(answer, answer.status_code)
        assert answer.status_code in (400, 422)


def test_a_stale_version_loses_nothing(clerk: Caller, opened: dict[str, Any]) -> None:
    path = f"/tasks/{opened['id']}/save-draft"
    saved = clerk.post(path, {"version": opened["version"], "values": {"title": "草稿"}})
    assert saved.status_code == 200
    stale = clerk.post(path, {"version": opened["version"], "values": {"title": "又一稿"}})
    assert told(stale, 409)["code"] == "stale-version"
    shown = clerk.get(f"/tasks/{opened['id']}").json
    assert shown is not None
    assert shown["values"]["title"] == "草稿"


def test_the_second_of_two_people_is_told_who_was_first(document: Document) -> None:
    document.start()
    document.prepare()
    row = document.task("docs", "UT_register")
    path = f"/tasks/{row['id']}/claim"
    assert document.by("docs").post(path, {"version": row["version"]}).status_code == 200
    second = document.by("docs2").post(path, {"version": row["version"]})
    assert "认领" in told(second, 409)["detail"]


def test_a_finished_task_can_not_be_finished_again(
    document: Document, opened: dict[str, Any]
) -> None:
    document.prepare()
    body = {"version": opened["version"], "values": PREPARED}
    again = document.by("gov_clerk").post(f"/tasks/{opened['id']}/complete", body)
    assert "办理" in told(again, 409)["detail"]


def test_a_classified_document_is_refused_at_this_door_too(clerk: Caller) -> None:
    secret = clerk.post(START_PATH, {"values": {**START, "classification": "secret"}})
    assert told(secret, 422)["findings"]


def test_a_deadline_in_an_unpublished_year_is_shown_as_provisional(document: Document) -> None:
    assert document.clock("2026-12-28T10:00:00+08:00").status_code == 200
    document.to_countersign("judicial_bureau")
    due = document.task("judicial_head", "UT_reply")["due"]
    assert due["provisional"] is True
    assert CHINESE.search(due["warning"])
    assert document.clock("2027-02-26T18:00:01+08:00").status_code == 200
    assert responses_of(engine_of(document.app), document.id) == []


def test_cancelling_needs_a_reason(clerk: Caller, opened: dict[str, Any]) -> None:
    path = f"/process-instances/{opened['instance_id']}/cancel"
    field_of(clerk.post(path, {"reason": ""}), "reason")
    assert "不少于" in field_of(clerk.post(path, {"reason": "错"}), "reason")["message"]
    assert clerk.post(path, {"reason": "填错了单位"}).status_code == 200


def test_a_revocation_takes_nothing_else(call: Callable[[str], Caller]) -> None:
    path = f"/acting-mandates/{NOBODY}/revoke"
    field_of(call("sg").post(path, {"why": "x"}), "why")
    told(call("sg").post(path), 404)
    told(call("gov_clerk").post(path), 403)
