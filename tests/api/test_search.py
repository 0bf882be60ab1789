"""Search through the API: hits in pieces, only what the caller may see, wrong questions named."""

from __future__ import annotations

from flask import Flask

from tests.api.caller import Document


def test_a_caller_finds_what_he_may_see(any_app: Flask) -> None:
    document = Document(any_app)
    document.start()
    clerk = document.by("gov_clerk")
    found = clerk.get("/search", q="未填标题").json
    assert found is not None
    assert (found["total"], found["after"]) == (1, None)
    [hit] = found["items"]
    assert hit["instance"]["id"] == document.id
    [place] = [each for each in hit["places"] if each["kind"] == "title"]
    assert [text for text, marked in place["pieces"] if marked] == ["未填标题"]
    nothing = document.by("xinfu_clerk").get("/search", q="未填标题").json
    assert nothing is not None
    assert nothing["items"] == []


def test_a_wrong_question_is_refused(any_app: Flask) -> None:
    clerk = Document(any_app).by("gov_clerk")
    assert clerk.get("/search").status_code == 422
    assert clerk.get("/search", q="长" * 201).status_code == 422
    assert clerk.get("/search", q="防汛", at="x").status_code == 422
