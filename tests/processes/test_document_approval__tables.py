"""Every row of the tables of document approval, alone and not at all; the values at the border."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine import decisions
from engine.decisions import Table

MODELS = Path(__file__).parent.parent.parent / "bpmn_models" / "document_approval"
PLAIN: dict[str, Any] = {
    "doc_type": "通知",
    "nature": "other",
    "report_kind": None,
    "deploy_scope": "general",
    "request_items": [],
    "contains_request": False,
    "skip_level": False,
    "skip_level_basis": None,
    "main_recipients": ["city_gov"],
    "is_personal_to_leader": False,
    "personal_exception": None,
    "authority_depts": [],
    "cs_ok": True,
    "check_stage": "submit",
    "countersign_mode": None,
    "subject_kind": "general",
    "normative_name": None,
    "legal_opinion_dept": None,
    "limit": 5000,
    "limit_note": "一般不超过5000字",
    "char_count": 800,
    "to_party": False,
    "mainly_gov_duty": False,
    "submitter_type": "dept",
    "sent_to_party_already": False,
    "to_county_directive": False,
    "directive_authorization": None,
    "draft_late": False,
    "short_notice": False,
    "latest_submit": None,
    "late_days": 0,
    "classification": "none",
    "body_hash": "h1",
    "attachments": [],
    "is_major": False,
    "opinion_targets": [],
    "public_interest": False,
    "public_secret": False,
    "is_major_decision": False,
    "affects_business": False,
    "sensitive_livelihood": False,
    "meeting_item": False,
    "countersign_extra_depts": [],
}
REQUEST = {"doc_type": "请示", "nature": "request", "request_items": [{"item": "立项"}]}


def table(name: str) -> Table:
    return decisions.load((MODELS / f"{name}.dmn").read_text("utf-8"))


def hits(name: str, **facts: Any) -> list[int]:
    return [rule.number for rule in table(name).matching({**PLAIN, **facts}, {})]


def found(**facts: Any) -> list[dict[str, Any]]:
    """What the precheck finds."""
    told: list[dict[str, Any]] = table("initial_check").decide({**PLAIN, **facts}, {})["violations"]
    return told


@pytest.mark.parametrize(
    ("facts", "row", "no"),
    [
        ({**REQUEST, "request_items": [{"item": "甲"}, {"item": "乙"}]}, 1, 1),
        ({**REQUEST, "request_items": []}, 2, 1),
        ({"doc_type": "报告", "contains_request": True}, 3, 2),
        ({"skip_level": True}, 4, 3),
        ({**REQUEST, "main_recipients": ["city_gov", "gov_office"]}, 5, 4),
        ({"is_personal_to_leader": True, "personal_exception": "none"}, 6, 5),
        (
            {
                **REQUEST,
                "authority_depts": ["finance_bureau"],
                "cs_ok": False,
                "check_stage": "final",
                "countersign_mode": "countersign",
            },
            7,
            6,
        ),
        ({"subject_kind": "normative"}, 8, 7),
        ({"char_count": 5001}, 9, 8),
        ({"to_party": True, "mainly_gov_duty": True, "sent_to_party_already": True}, 10, 9),
        ({"to_county_directive": True}, 11, 10),
        (
            {"nature": "draft", "draft_late": True, "latest_submit": "2026-02-15", "late_days": 2},
            12,
            11,
        ),
        ({"classification": "secret"}, 13, 12),
    ],
)
def test_each_row_of_the_precheck_hits_alone_and_carries_its_source(
    facts: dict[str, Any], row: int, no: int
) -> None:
    assert hits("initial_check", **facts) == [row]
    [told] = found(**facts)
    assert told["no"] == no
    assert told["source"].startswith(("工作规则第", "保守国家秘密法"))
    assert told["severity"] == ("override" if no in (8, 11) else "block")


def test_a_clean_document_has_nothing_against_it() -> None:
    assert found() == []
    assert found(**REQUEST) == []


def test_everything_wrong_is_told_at_once() -> None:
    told = found(
        **{**REQUEST, "request_items": [{"item": "甲"}, {"item": "乙"}]},
        skip_level=True,
        main_recipients=["city_gov", "gov_office"],
        char_count=1501,
        limit=1500,
    )
    assert [each["no"] for each in told] == [1, 3, 4, 8]


@pytest.mark.parametrize(
    "facts",
    [
        {"skip_level": True, "skip_level_basis": "f"},
        {"is_personal_to_leader": True, "personal_exception": "assigned"},
        {"char_count": 5000},
        {"char_count": None},
        {"limit": None, "char_count": 90000},
        {"to_county_directive": True, "directive_authorization": "f"},
        {"to_county_directive": True, "submitter_type": "county"},
        {"subject_kind": "normative", "legal_opinion_dept": "f"},
        {
            "nature": "draft",
            "draft_late": True,
            "short_notice": True,
            "latest_submit": "2026-02-15",
        },
        {"to_party": True, "mainly_gov_duty": True},
    ],
)
def test_what_is_allowed_is_not_stopped(facts: dict[str, Any]) -> None:
    assert found(**facts) == []


def test_countersigning_is_asked_for_after_its_time_not_before() -> None:
    asked = {
        **REQUEST,
        "authority_depts": ["finance_bureau"],
        "cs_ok": False,
        "countersign_mode": "countersign",
    }
    assert found(**asked, check_stage="submit") == []
    assert [each["no"] for each in found(**asked, check_stage="final")] == [6]
    joint = {**asked, "countersign_mode": "joint_submission"}
    assert [each["no"] for each in found(**joint, check_stage="submit")] == [6]


@pytest.mark.parametrize(
    ("facts", "limit", "row"),
    [
        ({"doc_type": "请示"}, 1500, 1),
        ({"doc_type": "报告", "report_kind": "comprehensive"}, 5000, 2),
        ({"doc_type": "报告", "report_kind": "special"}, 3000, 3),
        ({"deploy_scope": "overall"}, None, 4),
        ({"deploy_scope": "special"}, 4000, 5),
        ({"deploy_scope": "general"}, 5000, 6),
    ],
)
def test_each_kind_of_document_has_its_own_limit(
    facts: dict[str, Any], limit: int | None, row: int
) -> None:
    assert hits("length_limit", **facts)[0] == row
    assert table("length_limit").decide({**PLAIN, **facts}, {})["limit"] == limit


def test_a_report_of_no_kind_is_left_to_the_reviewer() -> None:
    assert hits("length_limit", doc_type="报告") == [7]
    told = table("length_limit").decide({**PLAIN, "doc_type": "报告"}, {})
    assert told == {"limit": None, "limit_note": "篇幅上限须人工判定"}


@pytest.mark.parametrize(
    ("name", "to", "days", "row"),
    [
        ("party_gov", "prov_party", 15, 1),
        ("party_gov", "prov_gov", 15, 1),
        ("gov", "prov_gov", 10, 2),
        ("gov", "prov_dept", 10, 2),
        ("gov", "city_party", None, 3),
        ("other", "prov_gov", None, 3),
    ],
)
def test_a_draft_is_due_fifteen_or_ten_days_ahead(
    name: str, to: str, days: int | None, row: int
) -> None:
    facts = {"upper_from": name, "upper_to": to}
    assert hits("draft_submit_deadline", **facts)[0] == row
    assert table("draft_submit_deadline").decide({**PLAIN, **facts}, {})["lead_days"] == days


@pytest.mark.parametrize(
    ("facts", "rows"),
    [
        ({**REQUEST, "authority_depts": ["finance_bureau"]}, {1: "countersign"}),
        ({"countersign_extra_depts": ["finance_bureau"]}, {2: "countersign"}),
        ({"is_major": True}, {4: "eval5"}),
        (
            {"subject_kind": "major_item", "opinion_targets": ["xinfu_qu"]},
            {3: "solicit_opinion", 4: "eval5"},
        ),
        ({"public_interest": True}, {5: "multi_channel_consult", 6: "social_stability_risk"}),
        (
            {"subject_kind": "gov_rule_draft"},
            {4: "eval5", 7: "public_consult", 9: "legal_review_by_judicial"},
        ),
        (
            {"subject_kind": "local_law_draft", "public_secret": True},
            {4: "eval5", 9: "legal_review_by_judicial"},
        ),
        (
            {"subject_kind": "normative", "normative_name": "dept_approved"},
            {4: "eval5", 8: "legal_review_by_judicial"},
        ),
        (
            {"subject_kind": "normative", "normative_name": "gov"},
            {4: "eval5", 8: "legal_review_by_judicial", 13: "executive_meeting"},
        ),
        (
            {"subject_kind": "normative", "normative_name": "dept_own"},
            {4: "eval5", 10: "legal_review_by_dept"},
        ),
        ({"is_major_decision": True}, {9: "legal_review_by_judicial"}),
        ({"affects_business": True}, {11: "fair_competition"}),
        (
            {
                "subject_kind": "normative",
                "normative_name": "dept_own",
                "authority_depts": ["finance_bureau"],
                "sensitive_livelihood": True,
            },
            {4: "eval5", 10: "legal_review_by_dept", 12: "prior_request_to_gov"},
        ),
        ({"meeting_item": True}, {13: "executive_meeting"}),
        ({}, {}),
    ],
)
def test_each_row_of_the_required_procedures(facts: dict[str, Any], rows: dict[int, str]) -> None:
    assert hits("required_procedures", **facts) == list(rows)
    needs = table("required_procedures").decide({**PLAIN, **facts}, {})["needs"]
    assert needs == list(rows.values())
