"""The history reads as Chinese sentences."""

from __future__ import annotations

import pytest

from engine.history_words import WORDS, sentence


@pytest.mark.parametrize("kind", sorted(WORDS))
def test_every_kind_makes_a_sentence_even_without_data(kind: str) -> None:
    told = sentence(kind, {}, actor="贺景舟")
    assert told.endswith("。")
    assert not set("{}[]") & set(told)


def test_a_full_entry_tells_everything() -> None:
    data = {"outcome_label": "同意", "comment": "请抓紧"}
    told = sentence("item.completed", data, actor="贺景舟", element="分管副市长批示")
    assert told == "贺景舟办理了“分管副市长批示”，结果：同意，意见：请抓紧。"


def test_who_acts_for_another_says_so() -> None:
    told = sentence(
        "item.completed",
        {},
        actor="贺景舟",
        acted_for="张维",
        signature_form="acting",
        element="签发",
    )
    assert told == "贺景舟（代行张维职责）办理了“签发”。"


def test_silence_is_told_as_the_systems_record_signed_by_nobody() -> None:
    data = {
        "party_name": "市财政局",
        "due": "2026-02-27T18:00:00.000000+08:00",
        "source": "工作规则第三十三条第二款",
    }
    assert sentence("response.deemed", data) == (
        "市财政局逾期未反馈，系统按规定记录为视为没有不同意见（截止2026年2月27日18:00），"
        "依据工作规则第三十三条第二款；无人签署。"
    )


def test_what_people_wrote_is_not_taken_for_a_template() -> None:
    told = sentence("item.completed", {"comment": "见[附件]{who}"}, actor="甲", element="会签")
    assert told == "甲办理了“会签”，意见：见[附件]{who}。"


def test_an_unknown_kind_is_named_as_it_is() -> None:
    assert sentence("future.kind", {}) == "记录：future.kind。"
