"""Two at the same moment, a disk that takes nothing, a vacant post: nothing is half done."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from engine import history
from engine.storage import directory, tables
from tests.api.caller import Caller, Document, engine_of
from tests.story import START

START_PATH = "/process-definitions/document_approval/start"


def at_once(*calls: Callable[[], TestResponse]) -> list[TestResponse]:
    """What everybody is answered who calls at the same moment."""
    gate = Barrier(len(calls))

    def wait_and_call(call: Callable[[], TestResponse]) -> TestResponse:
        gate.wait(30)
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(wait_and_call, calls))


def test_of_two_who_claim_at_once_one_gets_it(any_app: Flask) -> None:
    document = Document(any_app)
    document.start()
    document.prepare()
    row = document.task("docs", "UT_register")
    path, body = f"/tasks/{row['id']}/claim", {"version": row["version"]}
    first, second = document.by("docs"), document.by("docs2")
    answers = at_once(lambda: first.post(path, body), lambda: second.post(path, body))
    assert sorted(each.status_code for each in answers) == [200, 409]
    assert history.verify(engine_of(any_app)).ok


def test_a_double_click_starts_one_document(any_app: Flask) -> None:
    clerk = Caller(any_app, "gov_clerk")
    answers = at_once(*[lambda: clerk.post(START_PATH, {"values": START}, key="k1")] * 4)
    told: list[Any] = [each.json for each in answers]
    assert [each.status_code for each in answers] == [201] * 4
    assert len({each["instance_id"] for each in told}) == 1
    assert sorted(each["repeated"] for each in told) == [False, True, True, True]


def test_a_disk_that_takes_nothing_is_told_calmly_and_keeps_the_key_free(app: Flask) -> None:
    clerk, files = Caller(app, "gov_clerk"), engine_of(app).files
    files.write_bytes(b"no folder can be made here")
    refused = clerk.upload("说明.txt", "内容".encode(), key="u")
    assert refused.status_code == 503
    assert refused.content_type == "application/problem+json"
    assert refused.json is not None
    assert "内容没有丢" in refused.json["detail"]
    files.unlink()
    assert clerk.upload("说明.txt", "内容".encode(), key="u").status_code == 201


def test_the_task_of_a_vacant_post_lies_with_the_office_and_says_why(document: Document) -> None:
    seats = tables.membership
    with engine_of(document.app).database.write() as connection:
        connection.execute(seats.delete().where(seats.c.org == "judicial_bureau"))
        directory.bump(connection)
    document.to_countersign("judicial_bureau")
    row = document.task("office_director", "UT_reply")
    assert row["alert"] == "市司法局主要负责人空缺：请系统管理员补登任职后改派"
    assert row["due"]["at"] == "2026-02-27T18:00:00+08:00"
