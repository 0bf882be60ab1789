"""The staff verbs over the API: listed with their forms, done, refused with their sentence."""

from __future__ import annotations

from flask import Flask

from engine.startup import Engine
from tests.api.caller import Caller
from tests.story import Story


def waiting(engine: Engine) -> Story:
    """A document before the clerk who checks it."""
    story = Story(engine)
    story.start()
    story.to_initial()
    return story


def test_what_is_possible_is_told_with_what_it_wants_to_know(engine: Engine, app: Flask) -> None:
    story = waiting(engine)
    task = story.item("sec1", "UT_initial")
    clerk = Caller(app, "sec1")
    clerk.post(f"/tasks/{task.id}/claim", {"version": task.version})
    found = clerk.get(f"/tasks/{task.id}/verbs").json["items"]
    assert [each["key"] for each in found] == ["release", "transfer", "delegate", "add_signer"]
    [person, reason] = found[1]["form"]["fields"]
    assert ("sec2" in dict(person["options"]), reason["required"]) == (True, True)
    shown = clerk.get(f"/tasks/{task.id}").json
    assert [each["label"] for each in shown["verbs"]] == ["退还科室", "转办", "委派", "加签"]


def test_a_verb_is_done_once_for_its_key_and_guarded_by_the_version(
    engine: Engine, app: Flask
) -> None:
    story = waiting(engine)
    task = story.item("sec1", "UT_initial")
    clerk = Caller(app, "sec1")
    claimed = clerk.post(f"/tasks/{task.id}/claim", {"version": task.version}).json
    values = {"person": "sec2", "reason": "请代为初审。"}
    stale = clerk.post(f"/tasks/{task.id}/transfer", {"version": 1, "values": values})
    assert (stale.status_code, stale.json["code"]) == (409, "stale-version")
    body = {"version": claimed["version"], "values": values}
    done = clerk.post(f"/tasks/{task.id}/transfer", body, key="once")
    again = clerk.post(f"/tasks/{task.id}/transfer", body, key="once")
    assert (done.status_code, again.json["repeated"]) == (200, True)
    assert story.open_steps() == [("UT_initial", story.who("sec2").name)]


def test_what_is_wrong_is_named_field_by_field(engine: Engine, app: Flask) -> None:
    story = waiting(engine)
    task = story.item("sec1", "UT_initial")
    clerk = Caller(app, "sec1")
    clerk.post(f"/tasks/{task.id}/claim", {"version": task.version})
    refused = clerk.post(f"/tasks/{task.id}/add-signer", {"values": {"where": "sideways"}})
    assert refused.status_code == 422
    assert {each["field"] for each in refused.json["findings"]} == {"where", "persons", "reason"}
    unknown = clerk.post(f"/tasks/{task.id}/transfer", {"values": {"who": "sec2"}})
    assert unknown.json["findings"][0]["code"] == "unknown-field"


def test_an_instance_is_sent_round_talked_about_and_steered(engine: Engine, app: Flask) -> None:
    story = waiting(engine)
    of_instance = f"/process-instances/{story.instance_id}"
    clerk, head, director = (Caller(app, each) for each in ("sec1", "vm1", "office_director"))
    body = {"values": {"persons": ["vm1"], "note": "请阅。"}}
    assert clerk.post(f"{of_instance}/circulate", body).status_code == 200
    [listed] = head.get("/tasks", view="to_read").json["items"]
    assert (listed["sent_by"], listed["note"]) == (story.who("sec1").name, "请阅。")
    assert listed["sent_at"] is not None
    keys = [each["key"] for each in head.get(f"{of_instance}/verbs").json["items"]]
    assert keys[0] == "acknowledge"
    assert head.post(f"{of_instance}/acknowledge").status_code == 200
    assert clerk.post(f"{of_instance}/comment", {"values": {"text": "请快些。"}}).status_code == 200
    shown = director.get(of_instance).json
    assert shown["readings"][0]["read_at"] is not None
    assert shown["remarks"][0]["text"] == "请快些。"
    reason = {"version": shown["instance"]["version"], "values": {"reason": "等口径。"}}
    assert clerk.post(f"{of_instance}/suspend", reason).status_code == 403
    assert director.post(f"{of_instance}/suspend", reason).status_code == 200
    assert director.get(of_instance).json["resting"] is not None
    told = {"values": {"reason": "已明确。"}}
    assert director.post(f"{of_instance}/resume", told).status_code == 200
    assert director.post(f"{of_instance}/terminate", told).json["instance_state"] == "cancelled"


def test_several_are_completed_at_once_and_each_is_answered(engine: Engine, app: Flask) -> None:
    story = waiting(engine)
    task = story.item("sec1", "UT_initial")
    body = {"tasks": [{"id": task.id, "version": task.version}], "outcome": "accept"}
    answer = Caller(app, "sec1").post("/tasks/batch-complete", body)
    assert (answer.status_code, answer.json["done"]) == (200, 0)
    assert "须逐件办理" in answer.json["items"][0]["message"]
