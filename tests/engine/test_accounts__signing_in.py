"""Coming in: sentences, locks, steps on the way, the end of a session; and being asked again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from engine import accounts, history
from engine.accounts import Place
from engine.clock import ManualClock
from engine.errors import GuichengError, Invalid, NotSignedIn, SignInRefused, TooMany
from engine.startup import Engine
from web.demo import office

RIGHT = office.read()["password"]
NEW = "Hutuo-River-88"


def later(engine: Engine, **parts: float) -> None:
    assert isinstance(engine.system_clock, ManualClock)
    engine.system_clock.advance(**parts)


def refusal(engine: Engine, username: str, password: str) -> str:
    with pytest.raises(SignInRefused) as refused:
        accounts.sign_in(engine, username, password)
    return refused.value.message


def said(engine: Engine) -> list[str]:
    """The system's chain as sentences."""
    with engine.database.read() as connection:
        return [entry.text for entry in history.entries(connection, history.SYSTEM, {})]


def test_a_session_belongs_to_who_signed_in_until_it_ends(any_engine: Engine) -> None:
    place = Place("Windows 电脑 · Edge 浏览器", "10.1.2.3")
    signed = accounts.sign_in(any_engine, " Gov_Clerk ", RIGHT, place)
    assert signed.stage == "open"
    assert accounts.actor_of_session(any_engine, signed.secret).username == "gov_clerk"
    accounts.sign_out(any_engine, signed.secret)
    with pytest.raises(NotSignedIn):
        accounts.actor_of_session(any_engine, signed.secret)
    assert "Windows 电脑 · Edge 浏览器，地址10.1.2.3" in said(any_engine)[-1]


@pytest.mark.parametrize(("minutes", "touches"), [(60, 0), (60 * 12, 23)])
def test_a_session_ends_idle_or_after_its_hours(engine: Engine, minutes: int, touches: int) -> None:
    signed = accounts.sign_in(engine, "gov_clerk", RIGHT)
    for _ in range(touches):
        later(engine, minutes=minutes / (touches + 1))
        accounts.actor_of_session(engine, signed.secret)
    later(engine, minutes=minutes / (touches + 1))
    with pytest.raises(NotSignedIn):
        accounts.actor_of_session(engine, signed.secret)


def test_names_that_exist_and_names_that_do_not_are_refused_alike(any_engine: Engine) -> None:
    secadmin = accounts.actor_named(any_engine, "secadmin")
    closed = accounts.actor_named(any_engine, "finance_clerk").account_id
    accounts.disable(any_engine, secadmin, closed)
    told = {
        name: [refusal(any_engine, name, "Wrong-guess-1") for _ in range(6)]
        for name in ("gov_clerk", "nobody_here", "finance_clerk")
    }
    assert told["gov_clerk"] == told["nobody_here"] == told["finance_clerk"]
    assert told["gov_clerk"][:5] == ["用户名或密码不对。"] * 5
    assert "请16分钟后再试" in told["gov_clerk"][5] or "请15分钟后再试" in told["gov_clerk"][5]


def test_a_lock_holds_against_the_right_password_and_ends(any_engine: Engine) -> None:
    for _ in range(5):
        refusal(any_engine, "gov_clerk", "wrong")
    assert "暂时锁定" in refusal(any_engine, "gov_clerk", RIGHT)
    later(any_engine, minutes=15)
    assert accounts.sign_in(any_engine, "gov_clerk", RIGHT).stage == "open"
    for _ in range(4):
        refusal(any_engine, "gov_clerk", "wrong")
    assert accounts.sign_in(any_engine, "gov_clerk", RIGHT).stage == "open"


def test_many_guesses_at_once_are_no_more_than_five(any_engine: Engine) -> None:
    def guess(number: int) -> str:
        try:
            accounts.sign_in(any_engine, "gov_clerk", f"guess-{number}")
        except GuichengError as refused:
            return refused.message
        return "in"

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(guess, range(24)))
    assert told.count("用户名或密码不对。") == 5
    assert "in" not in told


def test_what_was_typed_as_a_name_nobody_has_is_not_kept(engine: Engine) -> None:
    refusal(engine, "My-Real-Password-1", "gov_clerk")
    assert "my-real-password-1" not in "".join(said(engine)).lower()
    assert "没有这个用户名" in said(engine)[-1]


def test_a_password_that_has_grown_old_is_changed_on_the_way_in(engine: Engine) -> None:
    clerk = accounts.actor_named(engine, "gov_clerk")
    signed = accounts.sign_in(engine, "gov_clerk", RIGHT)
    accounts.change_password(engine, clerk, signed.secret, RIGHT, NEW, NEW)
    later(engine, days=89)
    assert accounts.sign_in(engine, "gov_clerk", NEW).stage == "open"
    later(engine, days=1)
    step = accounts.sign_in(engine, "gov_clerk", NEW)
    assert step.stage == "password"
    with pytest.raises(NotSignedIn):
        accounts.actor_of_session(engine, step.secret)
    with pytest.raises(Invalid, match="不能与现在的密码相同"):
        accounts.by_new_password(engine, step.secret, NEW, NEW)
    opened = accounts.by_new_password(engine, step.secret, "Wutai-Mount-77", "Wutai-Mount-77")
    assert (opened.stage, opened.secret == step.secret) == ("open", False)
    with pytest.raises(NotSignedIn, match="重新登录"):
        accounts.by_new_password(engine, step.secret, "Wutai-Mount-78", "Wutai-Mount-78")
    never = replace(engine, settings=replace(engine.settings, password_days=0))
    later(never, days=400)
    assert accounts.sign_in(never, "gov_clerk", "Wutai-Mount-77").stage == "open"


def test_a_step_on_the_way_in_waits_ten_minutes(engine: Engine) -> None:
    secadmin = accounts.actor_named(engine, "secadmin")
    clerk = accounts.actor_named(engine, "gov_clerk")
    given = accounts.reset_password(engine, secadmin, clerk.account_id, by_link=False)
    step = accounts.sign_in(engine, "gov_clerk", given.secret)
    assert accounts.on_the_way(engine, step.secret, "password") == "gov_clerk"
    later(engine, minutes=10)
    with pytest.raises(NotSignedIn, match="超时"):
        accounts.by_new_password(engine, step.secret, NEW, NEW)


# ---- asked once more --------------------------------------------------------------------------


def test_a_decision_can_ask_for_the_password_once_more(any_engine: Engine) -> None:
    mayor = accounts.actor_named(any_engine, "mayor")
    assert accounts.confirm(any_engine, mayor, RIGHT) == "password"
    for _ in range(5):
        with pytest.raises(Invalid) as refused:
            accounts.confirm(any_engine, mayor, "000000")
        assert refused.value.findings[0].field == "confirm"
    with pytest.raises(TooMany, match="暂时锁定"):
        accounts.confirm(any_engine, mayor, RIGHT)
    assert "暂时锁定" in refusal(any_engine, "mayor", RIGHT)
    later(any_engine, minutes=15, seconds=1)
    assert accounts.confirm(any_engine, mayor, RIGHT) == "password"


def test_wrong_answers_to_it_are_noted(engine: Engine) -> None:
    mayor = accounts.actor_named(engine, "mayor")
    with pytest.raises(Invalid):
        accounts.confirm(engine, mayor, "Wrong-guess-1")
    assert "再次确认身份时输错" in said(engine)[-1]
    assert timedelta(0) == engine.clock.now() - engine.system_clock.now()
