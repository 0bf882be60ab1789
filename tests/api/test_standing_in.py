"""Absences, mandates and the lists of what was signed, over the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from tests.api.caller import Caller

Call = Callable[[str], Caller]
AWAY = {
    "kind": "business_trip",
    "starts_at": "2026-02-12T08:00:00+08:00",
    "ends_at": "2026-02-20T18:00:00+08:00",
}


def told(answer: Any, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    return cast("dict[str, Any]", answer.json)


def test_an_absence_is_registered_listed_corrected_and_ended(call: Call) -> None:
    leader, other = call("vm1"), call("vm2")
    made = told(leader.post("/absences", {**AWAY, "person_id": "vm1"}), 201)["id"]
    [row] = told(leader.get("/absences"))["items"]
    assert (row["id"], row["state"], row["kind_name"]) == (made, "coming", "出差")
    assert "AB角" in row["stand_in"]
    assert told(other.get("/absences"))["items"] == []
    assert [row["id"] for row in told(call("sg").get("/absences"))["items"]][:1] == [made]
    told(leader.post(f"/absences/{made}/correct", {**AWAY, "kind": "leave"}))
    [row] = told(leader.get("/absences"))["items"]
    assert row["kind"] == "leave"
    told(other.post(f"/absences/{made}/end"), 404)
    assert told(leader.post(f"/absences/{made}/end"))["message"].startswith("已取消")
    told(leader.post(f"/absences/{made}/end"), 409)
    told(leader.post(f"/absences/{made}/end", {"why": "x"}), 422)


def test_a_mandate_is_listed_for_whom_it_concerns(call: Call) -> None:
    director = call("office_director")
    body = {"principal_id": "mayor", "substitute_id": "evm", "scope": ["instruct", "sign_off"]}
    span = {name: AWAY[name] for name in ("starts_at", "ends_at")}
    made = told(director.post("/acting-mandates", body | span | {"evidence": "市长委托"}), 201)
    assert "按约定应附市长签批件" in made["message"]
    for who in ("office_director", "mayor", "evm"):
        row = told(call(who).get("/acting-mandates"))["items"][0]
        assert (row["number"], row["scope"]) == ("代2026-1", ["批示", "签发"])
        assert (row["state"], row["has_effect"]) == ("coming", False)
    assert told(call("vm1").get("/acting-mandates"))["items"] == []
    told(director.post(f"/acting-mandates/{made['id']}/revoke"))
    told(director.post(f"/acting-mandates/{made['id']}/revoke"), 409)


def test_a_refused_mandate_says_why_in_the_words_of_the_rule(call: Call) -> None:
    body = {"principal_id": "mayor", "substitute_id": "vm3", "scope": ["instruct"]}
    span = {name: AWAY[name] for name in ("starts_at", "ends_at")}
    refused = call("sg").post("/acting-mandates", body | span | {"evidence": "市长委托"})
    [finding] = told(refused, 422)["findings"]
    assert finding["message"] == "常务副市长在岗时应由其代行市长职务（工作规则第五条）"
    assert finding["field"] == "substitute_id"


def test_lists_are_for_whom_they_concern(call: Call) -> None:
    for who in ("mayor", "sg", "gov_clerk"):
        assert told(call(who).get("/signing-lists"))["items"] == []
    told(call("mayor").get(f"/signing-lists/{'0' * 32}"), 404)
    told(call("mayor").post(f"/signing-lists/{'0' * 32}/read"), 404)
