"""The page that holds the work rules against what runs."""

from __future__ import annotations

from collections.abc import Callable

from engine import rules
from engine.numerals import cited, number, numeral
from engine.startup import Engine
from scripts import rule_tests
from tests.web.desk import Desk


def test_every_article_stands_there_once_in_our_own_words(engine: Engine) -> None:
    compared = rules.compare(engine)
    assert [each.article.number for each in compared] == list(range(1, 49))
    assert all(each.article.says for each in compared)


def test_silence_is_drawn_where_article_33_is_and_has_tests(engine: Engine) -> None:
    article = rules.compare(engine)[32]
    drawn = {(place.procedure, place.element) for place in article.places}
    assert ("会签", "UT_reply") in drawn
    assert any("silence" in test for test in article.tests)


def test_every_article_that_is_drawn_has_a_test(engine: Engine) -> None:
    without = [
        each.article.number for each in rules.compare(engine) if each.places and not each.tests
    ]
    assert without == []


def test_the_index_of_tests_is_the_one_that_make_rules_writes() -> None:
    assert rule_tests.TARGET.read_text("utf-8") == rule_tests.text()


def test_the_page_shows_all_and_only_the_gaps(at_desk: Callable[[str], Desk]) -> None:
    desk = at_desk("gov_clerk")
    page = desk.open("/rules")
    assert "第三十三条" in page.main()
    assert "第六章 公文处理" in page.main()
    gaps = desk.open("/rules?only=gaps")
    assert "第三十三条" not in gaps.main()
    assert "第一条" in gaps.main()


def test_numerals_there_and_back() -> None:
    assert [number(numeral(value)) for value in range(1, 100)] == list(range(1, 100))
    assert cited("工作规则第二十九至三十一条") == {29, 30, 31}
    assert number("三三") == 0
