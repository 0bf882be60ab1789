"""The second factor: enrolled, demanded, given once, never twice; recovery codes."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from engine import accounts
from engine.errors import Conflict, Invalid, NotSignedIn, SignInRefused
from engine.startup import Engine
from engine.storage import tables
from tests.phones import RIGHT, Phone, enrolled, later


def test_the_code_of_the_moment_opens_the_session(any_engine: Engine) -> None:
    _, phone, _ = enrolled(any_engine)
    step = accounts.sign_in(any_engine, "mayor", RIGHT)
    assert step.stage == "code"
    with pytest.raises(NotSignedIn):
        accounts.actor_of_session(any_engine, step.secret)
    opened = accounts.by_code(any_engine, step.secret, phone.shows())
    assert accounts.actor_of_session(any_engine, opened.secret).username == "mayor"
    assert opened.secret != step.secret


def test_codes_are_read_in_any_width_and_a_step_either_side(engine: Engine) -> None:
    _, phone, _ = enrolled(engine)
    for seconds in (-30, 0, 30):
        code = phone.shows(seconds)
        typed = "".join(chr(ord(each) + 0xFEE0) for each in code[:3]) + " " + code[3:]
        step = accounts.sign_in(engine, "mayor", RIGHT)
        if seconds == -30:  # used when enrolling
            with pytest.raises(SignInRefused):
                accounts.by_code(engine, step.secret, typed)
        else:
            assert accounts.by_code(engine, step.secret, typed).stage == "open"
    for seconds in (-90, 90):
        step = accounts.sign_in(engine, "mayor", RIGHT)
        with pytest.raises(SignInRefused, match="验证码不对"):
            accounts.by_code(engine, step.secret, phone.shows(seconds))


def test_no_code_is_good_twice_nor_one_before_it(any_engine: Engine) -> None:
    actor, phone, _ = enrolled(any_engine)
    step = accounts.sign_in(any_engine, "mayor", RIGHT)
    accounts.by_code(any_engine, step.secret, phone.shows())
    again = accounts.sign_in(any_engine, "mayor", RIGHT)
    for seconds in (0, -30):
        with pytest.raises(SignInRefused, match="已经用过"):
            accounts.by_code(any_engine, again.secret, phone.shows(seconds))
    with pytest.raises(Invalid):
        accounts.confirm(any_engine, actor, phone.shows())
    later(any_engine, 30)
    assert accounts.confirm(any_engine, actor, phone.shows()) == "code"


def test_guessing_codes_locks_the_account_though_the_password_is_known(any_engine: Engine) -> None:
    _, phone, _ = enrolled(any_engine)
    refused = 0
    for _ in range(5):
        step = accounts.sign_in(any_engine, "mayor", RIGHT)  # the right password forgives nothing
        with pytest.raises(SignInRefused, match="验证码不对"):
            accounts.by_code(any_engine, step.secret, "000000")
        refused += 1
    with pytest.raises(SignInRefused, match="暂时锁定"):
        accounts.by_code(any_engine, step.secret, phone.shows())
    with pytest.raises(SignInRefused, match="暂时锁定"):
        accounts.sign_in(any_engine, "mayor", RIGHT)
    assert refused == 5


def test_a_recovery_code_stands_in_once(any_engine: Engine) -> None:
    actor, _, codes = enrolled(any_engine)
    assert len(set(codes)) == 10
    step = accounts.sign_in(any_engine, "mayor", RIGHT)
    assert accounts.by_code(any_engine, step.secret, codes[3].upper()).stage == "open"
    assert accounts.my_factor(any_engine, actor).left == 9
    step = accounts.sign_in(any_engine, "mayor", RIGHT)
    with pytest.raises(SignInRefused):
        accounts.by_code(any_engine, step.secret, codes[3])
    fresh = accounts.new_recovery_codes(any_engine, actor, RIGHT)
    with pytest.raises(SignInRefused):
        accounts.by_code(any_engine, step.secret, codes[4])
    assert accounts.by_code(any_engine, step.secret, fresh[0]).stage == "open"


def test_enrolling_asks_for_the_password_and_a_right_code(any_engine: Engine) -> None:
    actor = accounts.actor_named(any_engine, "mayor")
    with pytest.raises(Invalid, match="现在的密码不对"):
        accounts.begin_factor(any_engine, actor, "123456")
    assert accounts.my_factor(any_engine, actor).enrolling is None
    accounts.begin_factor(any_engine, actor, RIGHT)
    with pytest.raises(Invalid, match="手机时间"):
        accounts.confirm_factor(any_engine, actor, "000000")
    assert accounts.sign_in(any_engine, "mayor", RIGHT).stage == "open"  # not in force yet
    accounts.stop_factor(any_engine, actor, "")
    assert accounts.my_factor(any_engine, actor).enrolling is None
    with pytest.raises(Conflict):
        accounts.confirm_factor(any_engine, actor, "000000")


def test_stopping_it_asks_once_more_and_is_refused_where_it_is_demanded(engine: Engine) -> None:
    actor, phone, _ = enrolled(engine)
    with pytest.raises(Invalid):
        accounts.stop_factor(engine, actor, "Wrong-guess-1")
    secadmin = accounts.actor_named(engine, "secadmin")
    accounts.demand_of_account(engine, secadmin, actor.account_id, True)
    with pytest.raises(Conflict, match="不能停用"):
        accounts.stop_factor(engine, actor, RIGHT)
    accounts.demand_of_account(engine, secadmin, actor.account_id, False)
    accounts.stop_factor(engine, actor, phone.shows())
    assert accounts.sign_in(engine, "mayor", RIGHT).stage == "open"


def test_who_must_have_one_enrols_on_the_way_in(any_engine: Engine) -> None:
    secadmin = accounts.actor_named(any_engine, "secadmin")
    accounts.demand_of_roles(any_engine, secadmin, ["audit_admin"])
    assert accounts.sign_in(any_engine, "mayor", RIGHT).stage == "open"
    step = accounts.sign_in(any_engine, "auditadmin", RIGHT)
    assert step.stage == "enrol"
    enrolment = accounts.enrolling(any_engine, step.secret)
    assert accounts.enrolling(any_engine, step.secret) == enrolment  # a second look changes nothing
    assert enrolment.secret in enrolment.uri
    with pytest.raises(Invalid):
        accounts.by_enrolment(any_engine, step.secret, "000000")
    phone = Phone(any_engine, enrolment.secret)
    opened, codes = accounts.by_enrolment(any_engine, step.secret, phone.shows())
    assert accounts.actor_of_session(any_engine, opened.secret).username == "auditadmin"
    assert len(codes) == 10
    assert accounts.sign_in(any_engine, "auditadmin", RIGHT).stage == "code"


def test_whoever_reads_the_database_cannot_make_codes(engine: Engine) -> None:
    _, phone, codes = enrolled(engine)
    with engine.database.read() as connection:
        row = connection.execute(
            sa.select(tables.account).where(tables.account.c.username == "mayor")
        ).one()
    assert phone.totp.secret not in str(row)
    assert not any(code in str(row) for code in codes)
    elsewhere = replace(engine, settings=replace(engine.settings, secret="another"))
    step = accounts.sign_in(elsewhere, "mayor", RIGHT)
    with pytest.raises(SignInRefused):  # restored without its key: nobody gets in by a code
        accounts.by_code(elsewhere, step.secret, phone.shows())
    assert accounts.by_code(elsewhere, step.secret, codes[0]).stage == "open"
