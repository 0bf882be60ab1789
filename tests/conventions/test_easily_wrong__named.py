"""What is easily got wrong about documents: each of these has a test that would notice.

Numbers are those of the office's list 易错清单; what concerns other procedures is held elsewhere.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent
SCENARIOS = "api/test_scenarios__document_approval.py"
SILENCE = "processes/test_countersign__silence.py"
TABLES = "processes/test_document_approval__tables.py"
WAYS = "processes/test_document_approval__ways.py"
LEADERS = "processes/test_leader_approval__path.py"

HELD: list[tuple[str, str, str, str]] = [
    ("3", "代行须有委托，秘书长不能代行", "processes/test_leader_approval__acting.py", ""),
    ("4", "代行、B角如实显示", SCENARIOS, "test_scenario_9_the_b_role_acts_and_both_away_it_waits"),
    (
        "4",
        "代行、B角如实显示",
        SCENARIOS,
        "test_scenario_4_the_acting_mayor_instructs_and_without_mandate_it_waits",
    ),
    (
        "10",
        "7个工作日",
        SCENARIOS,
        "test_scenario_2_silence_at_countersigning_is_deemed_no_objection",
    ),
    ("12", "前15日、前10日是自然日", TABLES, "test_a_draft_is_due_fifteen_or_ten_days_ahead"),
    ("12", "不顺延", WAYS, "test_a_late_draft_is_counted_in_calendar_days_and_never_rolls"),
    (
        "13",
        "视为无不同意见不是同意",
        SILENCE,
        "test_the_record_of_silence_names_nobody_and_never_says_agreed",
    ),
    (
        "14",
        "到期后不受理延期",
        SILENCE,
        "test_asking_for_more_time_after_the_deadline_is_refused_with_its_clause",
    ),
    (
        "15",
        "审核没有视为同意",
        SCENARIOS,
        "test_scenario_5_what_is_not_reviewed_waits_and_the_secretary_general_is_called",
    ),
    (
        "15",
        "领导签批没有视为同意",
        LEADERS,
        "test_every_station_has_its_time_and_nobody_is_passed_over",
    ),
    (
        "16",
        "暂定期限不产生视为",
        SILENCE,
        "test_nothing_takes_effect_by_silence_on_a_provisional_deadline",
    ),
    ("24", "一文一事", SCENARIOS, "test_scenario_1_two_matters_in_one_request_come_back"),
    (
        "25",
        "不得直接报领导个人",
        TABLES,
        "test_each_row_of_the_precheck_hits_alone_and_carries_its_source",
    ),
    (
        "25",
        "绝密件不得进本系统",
        SCENARIOS,
        "test_scenario_10_nothing_of_a_classified_document_gets_in",
    ),
    (
        "26",
        "分歧三步不可跳级",
        SCENARIOS,
        "test_scenario_3_departments_that_disagree_must_negotiate_first",
    ),
    ("27", "字数上限各不同", TABLES, "test_each_kind_of_document_has_its_own_limit"),
    (
        "28",
        "上行文报市长",
        "processes/test_shared__tables.py",
        "test_what_only_the_mayor_may_sign_goes_up_to_him",
    ),
    (
        "29",
        "未经审核不得签批",
        "processes/test_document_approval__invariants.py",
        "test_no_leader_signs_a_text_other_than_the_one_that_was_reviewed",
    ),
    (
        "30",
        "规范性文件不是一切通知",
        WAYS,
        "test_what_is_normative_is_confirmed_at_the_initial_check",
    ),
    (
        "31",
        "未经授权不得向县区下指令",
        TABLES,
        "test_each_row_of_the_precheck_hits_alone_and_carries_its_source",
    ),
    (
        "36a",
        "规范性文件须集体讨论",
        SCENARIOS,
        "test_scenario_11_a_text_lawful_after_changes_is_only_rechecked",
    ),
    (
        "36d",
        "圈阅不是同意",
        LEADERS,
        "test_a_mark_where_approving_is_asked_is_recorded_as_a_mark_and_read_as_consent",
    ),
    (
        "36",
        "签批后的改动须重新签批，原记录不删",
        "processes/test_leader_approval__signing.py",
        "test_a_document_the_leader_returns_is_signed_anew_for_its_new_text",
    ),
    (
        "37",
        "六角括号、不补零、按年连号",
        "processes/test_document_approval__path.py",
        "test_a_refusal_returns_every_reason_on_one_numbered_slip",
    ),
    ("40", "涉密件不得上传", WAYS, "test_what_is_found_classified_is_sealed_for_everybody"),
    ("40", "系统只占位", SCENARIOS, "test_scenario_10_nothing_of_a_classified_document_gets_in"),
    (
        "41",
        "流程设计人员不能办件",
        "engine/test_tasks__designers.py",
        "test_a_designer_neither_begins_nor_handles_nor_signs_anything",
    ),
    (
        "41",
        "也不能改在途实例的责任人",
        "engine/test_tasks__designers.py",
        "test_a_designer_does_not_change_who_handles_what_is_under_way",
    ),
    (
        "42",
        "在途按旧版本",
        "engine/test_definitions__versions.py",
        "test_a_running_instance_stays_on_the_version_it_began_with",
    ),
    (
        "43",
        "约定不得显示为依据",
        "engine/test_conventions__values.py",
        "test_a_convention_is_never_drawn_as_law",
    ),
    (
        "44",
        "理由不少于10字",
        SCENARIOS,
        "test_scenario_6_a_text_over_the_limit_may_pass_with_reasons",
    ),
    ("45", "时区", WAYS, "test_the_hours_after_midnight_belong_to_their_own_day"),
]


def functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(("number", "what", "file", "test"), HELD)
def test_it_is_held_by_a_test_that_exists(number: str, what: str, file: str, test: str) -> None:
    found = functions(TESTS / file)
    assert test in found or (not test and any(each.startswith("test_") for each in found)), what
