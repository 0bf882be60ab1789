"""One's own account: the password and its policy, where one is signed in, links, phrases."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import accounts, phrases
from engine.clock import ManualClock
from engine.errors import Conflict, Invalid, NotFound, NotSignedIn, SignInRefused
from engine.identity import passwords
from engine.startup import Engine
from web.demo import office

RIGHT = office.read()["password"]
GOOD = "Hutuo-River-88"


@pytest.mark.parametrize(
    ("new", "fault"),
    [
        ("Ab1-xyz", "不足8位"),
        ("hutuoriver88", "字符种类不够"),
        ("P@ssw0rd", "太常见"),
        ("Aa123456", "太常见"),
        ("Qwer1234", "太常见"),
        ("1qaz@WSX", "太常见"),
        ("X-gov_clerk-9", "包含了用户名"),
        ("Aa1-" * 33, "超过128位"),
    ],
)
def test_a_weak_password_is_refused_with_all_that_is_wrong(new: str, fault: str) -> None:
    with pytest.raises(Invalid) as refused:
        passwords.check(new, new, username="gov_clerk")
    assert fault in refused.value.message
    assert "要求：" in refused.value.message


def test_a_good_password_may_be_long_and_chinese() -> None:
    for good in (GOOD, "云中河畔春水-A7", "Hutuo River runs by " * 5 + "9"):
        passwords.check(good, good, username="gov_clerk")
    with pytest.raises(Invalid, match="不一样"):
        passwords.check(GOOD, GOOD + "x", username="gov_clerk")


@given(st.text(max_size=200))
def test_any_text_is_judged_and_never_breaks_the_check(text: str) -> None:
    accepted = False
    with suppress(Invalid):  # and nothing else
        passwords.check(text, text, username="gov_clerk")
        accepted = True
    assert not accepted or 8 <= len(text) <= 128


def test_what_is_made_up_for_one_use_meets_the_policy() -> None:
    made = {passwords.made_up() for _ in range(50)}
    assert len(made) == 50
    for each in made:
        passwords.check(each, each, username="gov_clerk")


def test_changing_the_password_ends_the_other_sessions(any_engine: Engine) -> None:
    clerk = accounts.actor_named(any_engine, "gov_clerk")
    here, there = (accounts.sign_in(any_engine, "gov_clerk", RIGHT).secret for _ in range(2))
    with pytest.raises(Invalid, match="现在的密码不对"):
        accounts.change_password(any_engine, clerk, here, "wrong", GOOD, GOOD)
    with pytest.raises(Invalid, match="不能与现在的密码相同"):
        accounts.change_password(any_engine, clerk, here, RIGHT, RIGHT, RIGHT)
    assert accounts.change_password(any_engine, clerk, here, RIGHT, GOOD, GOOD) == 1
    assert accounts.actor_of_session(any_engine, here).username == "gov_clerk"
    with pytest.raises(NotSignedIn):
        accounts.actor_of_session(any_engine, there)
    with pytest.raises(SignInRefused):
        accounts.sign_in(any_engine, "gov_clerk", RIGHT)


def test_my_sessions_are_mine_only(any_engine: Engine) -> None:
    clerk = accounts.actor_named(any_engine, "gov_clerk")
    mayor = accounts.actor_named(any_engine, "mayor")
    here = accounts.sign_in(any_engine, "gov_clerk", RIGHT).secret
    accounts.sign_in(any_engine, "gov_clerk", RIGHT)
    rows = accounts.my_sessions(any_engine, clerk, here)
    assert [row.current for row in rows].count(True) == 1
    other = next(row for row in rows if not row.current)
    with pytest.raises(NotFound):
        accounts.end_my_session(any_engine, mayor, other.id)
    accounts.end_my_session(any_engine, clerk, other.id)
    accounts.sign_in(any_engine, "gov_clerk", RIGHT)
    assert accounts.end_my_other_sessions(any_engine, clerk, here) == 1
    assert [row.current for row in accounts.my_sessions(any_engine, clerk, here)] == [True]


# ---- links ------------------------------------------------------------------------------------


def test_a_link_opens_once_and_only_the_latest(any_engine: Engine) -> None:
    first = accounts.renewed(any_engine, "gov_clerk")
    second = accounts.renewed(any_engine, "gov_clerk")
    with pytest.raises(NotFound, match="已经用过"):
        accounts.enter(any_engine, first.secret, GOOD, GOOD)
    with pytest.raises(Invalid):  # a refusal uses nothing up
        accounts.enter(any_engine, second.secret, "short", "short")
    session = accounts.sign_in(any_engine, "gov_clerk", RIGHT)
    assert accounts.enter(any_engine, second.secret, GOOD, GOOD) == "gov_clerk"
    with pytest.raises(NotSignedIn):
        accounts.actor_of_session(any_engine, session.secret)
    for use in (lambda: accounts.whose(any_engine, second.secret),):
        with pytest.raises(NotFound):
            use()
    with pytest.raises(NotFound):
        accounts.enter(any_engine, second.secret, "Wutai-Mount-77", "Wutai-Mount-77")
    assert accounts.sign_in(any_engine, "gov_clerk", GOOD).stage == "open"


def test_a_link_expires_and_ends_with_a_changed_password(any_engine: Engine) -> None:
    assert isinstance(any_engine.system_clock, ManualClock)
    link = accounts.renewed(any_engine, "gov_clerk")
    any_engine.system_clock.advance(hours=24)
    with pytest.raises(NotFound):
        accounts.whose(any_engine, link.secret)
    link = accounts.renewed(any_engine, "gov_clerk")
    clerk = accounts.actor_named(any_engine, "gov_clerk")
    here = accounts.sign_in(any_engine, "gov_clerk", RIGHT).secret
    accounts.change_password(any_engine, clerk, here, RIGHT, GOOD, GOOD)
    with pytest.raises(NotFound):
        accounts.whose(any_engine, link.secret)


# ---- phrases ----------------------------------------------------------------------------------


def test_phrases_are_kept_in_my_order_and_are_nobody_elses(any_engine: Engine) -> None:
    clerk = accounts.actor_named(any_engine, "gov_clerk")
    mayor = accounts.actor_named(any_engine, "mayor")
    for text in ("同意。", "  请  按程序办理。 ", "同意。", "拟同意，呈领导审定。"):
        phrases.add(any_engine, clerk, text)
    kept = phrases.mine(any_engine, clerk)
    assert [each.text for each in kept] == ["同意。", "请 按程序办理。", "拟同意，呈领导审定。"]
    assert phrases.mine(any_engine, mayor) == ()
    phrases.up(any_engine, clerk, kept[2].id)
    phrases.up(any_engine, clerk, kept[0].id)
    phrases.change(any_engine, clerk, kept[1].id, "请按程序办理。")
    words = [each.text for each in phrases.mine(any_engine, clerk)]
    assert words == ["同意。", "拟同意，呈领导审定。", "请按程序办理。"]
    for attempt in (
        lambda: phrases.change(any_engine, mayor, kept[0].id, "不同意。"),
        lambda: phrases.up(any_engine, mayor, kept[0].id),
        lambda: phrases.delete(any_engine, mayor, kept[0].id),
    ):
        with pytest.raises(NotFound):
            attempt()
    phrases.delete(any_engine, clerk, kept[0].id)
    assert len(phrases.mine(any_engine, clerk)) == 2


def test_a_units_phrases_are_everybodys_who_works_there(any_engine: Engine) -> None:
    clerk = accounts.actor_named(any_engine, "xinfu_clerk")
    head = accounts.actor_named(any_engine, "xinfu_head")
    other = accounts.actor_named(any_engine, "gov_clerk")
    (org,) = clerk.orgs
    phrases.add(any_engine, clerk, "我的一句。")
    phrases.add(any_engine, clerk, "经研究，本单位无不同意见。", org)
    phrases.add(any_engine, head, "请按程序办理。", org)
    (unit,) = phrases.of_units(any_engine, head)
    assert [each.by for each in unit.phrases] == [clerk.name, head.name]
    assert [each.text for each in phrases.offered(any_engine, head)] == [
        "经研究，本单位无不同意见。",
        "请按程序办理。",
    ]
    phrases.change(any_engine, head, unit.phrases[0].id, "经研究，无不同意见。")
    phrases.up(any_engine, clerk, unit.phrases[1].id)
    assert [each.text for each in phrases.offered(any_engine, clerk)] == [
        "我的一句。",
        "请按程序办理。",
        "经研究，无不同意见。",
    ]
    assert [each.text for each in phrases.mine(any_engine, clerk)] == ["我的一句。"]
    assert unit.phrases[0].text not in {each.text for each in phrases.offered(any_engine, other)}
    for attempt in (
        lambda: phrases.add(any_engine, other, "不属于我。", org),
        lambda: phrases.change(any_engine, other, unit.phrases[0].id, "不属于我。"),
        lambda: phrases.delete(any_engine, other, unit.phrases[0].id),
    ):
        with pytest.raises(NotFound):
            attempt()
    phrases.delete(any_engine, head, unit.phrases[0].id)
    assert len(phrases.offered(any_engine, clerk)) == 2


def test_phrases_have_bounds(engine: Engine) -> None:
    clerk = accounts.actor_named(engine, "gov_clerk")
    for wrong in ("", "   ", "长" * 201):
        with pytest.raises(Invalid):
            phrases.add(engine, clerk, wrong)
    for number in range(30):
        phrases.add(engine, clerk, f"第{number}条")
    with pytest.raises(Conflict, match="最多30条"):
        phrases.add(engine, clerk, "再一条")
    assert phrases.joined("情况属实。", "同意。") == "情况属实。同意。"
    assert phrases.joined(None, "同意。") == "同意。"
