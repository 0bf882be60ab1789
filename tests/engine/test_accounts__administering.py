"""三员分立 in the engine's own doors: who keeps accounts, and that nobody keeps his own."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import pytest

from engine import accounts, duties, history, instances, tasks
from engine.accounts import EXCLUSIVE, ROLES
from engine.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn, SignInRefused
from engine.model import Actor
from engine.startup import Engine
from tests.story import Story
from web.demo import office

RIGHT = office.read()["password"]
ADMINISTRATORS = ("sysadmin", "secadmin", "auditadmin")
DUTIES = [each for each in vars(duties).values() if isinstance(each, duties.Duty)]


def who(engine: Engine, username: str) -> Actor:
    return accounts.actor_named(engine, username)


def id_of(engine: Engine, username: str) -> str:
    return who(engine, username).account_id


def commands(engine: Engine, other: str) -> dict[str, Callable[[Actor], object]]:
    """Everything the security administrator does, as somebody else might try it."""
    return {
        "list": lambda by: accounts.accounts_page(engine, by),
        "look": lambda by: accounts.account(engine, by, other),
        "open": lambda by: accounts.open_account(
            engine, by, username="new.one", person_id="mayor", roles=["staff"]
        ),
        "roles": lambda by: accounts.set_roles(engine, by, other, ["manager"]),
        "disable": lambda by: accounts.disable(engine, by, other),
        "enable": lambda by: accounts.enable(engine, by, other),
        "unlock": lambda by: accounts.unlock(engine, by, other),
        "reset": lambda by: accounts.reset_password(engine, by, other),
        "demanded": lambda by: accounts.demanded_roles(engine, by),
        "demand": lambda by: accounts.demand_of_roles(engine, by, ["staff"]),
        "demand one": lambda by: accounts.demand_of_account(engine, by, other, True),
        "factor": lambda by: accounts.reset_factor(engine, by, other),
        "sessions": lambda by: accounts.all_sessions(engine, by, ""),
        "end": lambda by: accounts.end_session(engine, by, "0" * 32),
        "end all": lambda by: accounts.end_sessions(engine, by, other),
        "tokens": lambda by: accounts.tokens_page(engine, by),
        "grant": lambda by: accounts.grant_token(
            engine, by, "mayor", name="对接", scope=["read"], days=1
        ),
        "withdraw": lambda by: accounts.withdraw_token(engine, by, "0" * 32),
    }


@pytest.mark.parametrize("duty", DUTIES, ids=lambda duty: duty.key)
def test_no_duty_belongs_to_two_of_the_three(engine: Engine, duty: duties.Duty) -> None:
    may = [name for name in ADMINISTRATORS if duty.allows(who(engine, name))]
    assert len(may) <= 1
    for name in (*ADMINISTRATORS, "designer", "manager", "gov_clerk"):
        if name not in may:
            with pytest.raises(NotAllowed, match="管理"):
                duties.require(who(engine, name), duty)


@pytest.mark.parametrize(
    "username", ["sysadmin", "auditadmin", "designer", "manager", "mayor", "gov_clerk"]
)
def test_nobody_but_the_security_administrator_keeps_accounts(
    engine: Engine, username: str
) -> None:
    by, other = who(engine, username), id_of(engine, "finance_clerk")
    for command in commands(engine, other).values():
        with pytest.raises(NotAllowed, match="安全保密管理员"):
            command(by)


def test_nobody_keeps_his_own_account(engine: Engine) -> None:
    me = who(engine, "secadmin")
    mine = commands(engine, me.account_id)
    for name in ("roles", "disable", "enable", "unlock", "reset", "demand one", "factor"):
        with pytest.raises(NotAllowed, match="自己的账号"):
            mine[name](me)
    with pytest.raises(NotAllowed, match="自己的账号"):
        accounts.open_account(
            engine, me, username="second.me", person_id=me.person_id, roles=["system_admin"]
        )
    with pytest.raises(NotAllowed, match="自己的账号"):
        accounts.grant_token(engine, me, "secadmin", name="对接", scope=["read"], days=1)


def test_who_designs_or_administers_does_not_handle_documents(engine: Engine) -> None:
    """Even when the person holds the very post the step asks for."""
    story, secadmin = Story(engine), who(engine, "secadmin")
    story.start()
    story.prepare()
    task = story.item("docs", "UT_register")
    for role in ("designer", "system_admin", "audit_admin"):
        accounts.set_roles(engine, secadmin, id_of(engine, "docs"), [role])
        actor = who(engine, "docs")
        assert actor.groups  # the posts are still there
        with pytest.raises(NotFound):
            instances.get(engine, actor, story.instance_id)
        with pytest.raises(NotFound):
            tasks.claim(engine, actor, task.id, version=task.version, key=role)
        with pytest.raises(NotAllowed):
            instances.start(engine, actor, "document_approval", {}, key=f"start-{role}")
    accounts.set_roles(engine, secadmin, id_of(engine, "docs"), ["manager"])
    with pytest.raises(NotAllowed):
        tasks.claim(engine, who(engine, "docs"), task.id, version=task.version, key="m")


@pytest.mark.parametrize("pair", list(combinations(ROLES, 2)), ids="+".join)
def test_roles_that_exclude_each_other_are_refused_on_one_account_or_two(
    engine: Engine, pair: tuple[str, str]
) -> None:
    secadmin, person = who(engine, "secadmin"), "xinfu_clerk"
    both = {"username": "both.roles", "person_id": "docs"}
    accounts.disable(engine, secadmin, id_of(engine, person))
    person_id = who(engine, person).person_id
    excluded = bool(EXCLUSIVE & set(pair))
    if excluded:
        with pytest.raises(Invalid, match="三员分立"):
            accounts.open_account(engine, secadmin, roles=pair, **both)
    first, second = pair
    accounts.open_account(engine, secadmin, username="one.x", person_id=person_id, roles=[first])
    if excluded:
        with pytest.raises(Invalid, match="三员分立"):
            accounts.open_account(
                engine, secadmin, username="two.x", person_id=person_id, roles=[second]
            )
        accounts.disable(engine, secadmin, id_of(engine, "one.x"))
    accounts.open_account(engine, secadmin, username="two.x", person_id=person_id, roles=[second])
    if excluded:
        with pytest.raises(Invalid, match="三员分立"):
            accounts.enable(engine, secadmin, id_of(engine, "one.x"))


def test_an_account_is_opened_by_a_link_or_a_password_for_one_use(any_engine: Engine) -> None:
    secadmin = who(any_engine, "secadmin")
    person = who(any_engine, "xinfu_clerk").person_id
    made = accounts.open_account(
        any_engine, secadmin, username="by.link", person_id=person, roles=["staff"]
    )
    assert accounts.whose(any_engine, made.secret) == "by.link"
    with pytest.raises(SignInRefused):
        accounts.sign_in(any_engine, "by.link", "")
    other = accounts.open_account(
        any_engine,
        secadmin,
        username="by.password",
        person_id=person,
        roles=["staff"],
        by_link=False,
    )
    assert accounts.sign_in(any_engine, "by.password", other.secret).stage == "password"
    rows = {row.username: row for row in accounts.accounts_page(any_engine, secadmin).items}
    assert (rows["by.link"].state, rows["by.password"].state) == ("waiting", "open")
    for wrong in ("Upper", "1digit", "a", "x" * 33, "has space", "点"):
        with pytest.raises(Invalid, match="用户名应为"):
            accounts.open_account(
                any_engine, secadmin, username=wrong, person_id=person, roles=["staff"]
            )
    with pytest.raises(Conflict, match="已有人使用"):
        accounts.open_account(
            any_engine, secadmin, username="by.link", person_id=person, roles=["staff"]
        )
    with pytest.raises(Invalid, match="系统管理员登记"):
        accounts.open_account(
            any_engine, secadmin, username="no.body", person_id="nobody", roles=["staff"]
        )


def test_closing_an_account_ends_everything_at_once(any_engine: Engine) -> None:
    secadmin, clerk = who(any_engine, "secadmin"), id_of(any_engine, "gov_clerk")
    signed = accounts.sign_in(any_engine, "gov_clerk", RIGHT)
    token = accounts.issue_token(any_engine, "gov_clerk")
    link = accounts.renewed(any_engine, "gov_clerk")
    accounts.disable(any_engine, secadmin, clerk)
    with pytest.raises(NotSignedIn):
        accounts.actor_of_session(any_engine, signed.secret)
    with pytest.raises(NotSignedIn):
        accounts.actor_of_token(any_engine, token)
    with pytest.raises(NotFound):
        accounts.whose(any_engine, link.secret)
    with pytest.raises(SignInRefused):
        accounts.sign_in(any_engine, "gov_clerk", RIGHT)
    with pytest.raises(Conflict, match="已经停用"):
        accounts.disable(any_engine, secadmin, clerk)
    accounts.enable(any_engine, secadmin, clerk)
    assert accounts.sign_in(any_engine, "gov_clerk", RIGHT).stage == "open"
    with pytest.raises(NotSignedIn):  # what was ended stays ended
        accounts.actor_of_token(any_engine, token)


def test_other_roles_count_from_the_next_sign_in(engine: Engine) -> None:
    secadmin = who(engine, "secadmin")
    signed = accounts.sign_in(engine, "gov_clerk", RIGHT)
    accounts.set_roles(engine, secadmin, id_of(engine, "gov_clerk"), ["staff", "manager"])
    with pytest.raises(NotSignedIn):
        accounts.actor_of_session(engine, signed.secret)
    again = accounts.sign_in(engine, "gov_clerk", RIGHT)
    assert accounts.actor_of_session(engine, again.secret).has("manager")


def test_a_lock_is_lifted_and_a_password_reset(any_engine: Engine) -> None:
    secadmin, clerk = who(any_engine, "secadmin"), id_of(any_engine, "gov_clerk")
    for _ in range(5):
        with pytest.raises(SignInRefused):
            accounts.sign_in(any_engine, "gov_clerk", "wrong")
    assert accounts.account(any_engine, secadmin, clerk).state == "locked"
    accounts.unlock(any_engine, secadmin, clerk)
    signed = accounts.sign_in(any_engine, "gov_clerk", RIGHT)
    given = accounts.reset_password(any_engine, secadmin, clerk)
    with pytest.raises(NotSignedIn):
        accounts.actor_of_session(any_engine, signed.secret)
    with pytest.raises(SignInRefused):
        accounts.sign_in(any_engine, "gov_clerk", RIGHT)
    accounts.enter(any_engine, given.secret, "Hutuo-River-88", "Hutuo-River-88")
    assert accounts.sign_in(any_engine, "gov_clerk", "Hutuo-River-88").stage == "open"


def test_two_security_administrators_cannot_close_each_other(any_engine: Engine) -> None:
    first, person = who(any_engine, "secadmin"), who(any_engine, "xinfu_clerk")
    accounts.disable(any_engine, first, person.account_id)
    accounts.open_account(
        any_engine, first, username="sec.two", person_id=person.person_id, roles=["security_admin"]
    )
    second = who(any_engine, "sec.two")
    accounts.disable(any_engine, second, first.account_id)
    with pytest.raises(Conflict, match="最后一个"):  # asked at the same moment
        accounts.disable(any_engine, first, second.account_id)


def test_sessions_are_seen_and_ended(any_engine: Engine) -> None:
    secadmin = who(any_engine, "secadmin")
    signed = [accounts.sign_in(any_engine, "mayor", RIGHT) for _ in range(3)]
    mayor = id_of(any_engine, "mayor")
    rows = accounts.all_sessions(any_engine, secadmin, "", mayor)
    assert {row.name for row in rows} == {who(any_engine, "mayor").name}
    accounts.end_session(any_engine, secadmin, rows[0].id)
    with pytest.raises(NotFound):
        accounts.end_session(any_engine, secadmin, rows[0].id)
    assert len(accounts.all_sessions(any_engine, secadmin, "", mayor)) == 2
    assert accounts.end_sessions(any_engine, secadmin, mayor) == 2
    for each in signed:
        with pytest.raises(NotSignedIn):
            accounts.actor_of_session(any_engine, each.secret)


def test_tokens_are_granted_for_a_purpose_and_taken_back(any_engine: Engine) -> None:
    secadmin = who(any_engine, "secadmin")
    token = accounts.grant_token(
        any_engine, secadmin, "gov_clerk", name="与财政系统对接", scope=["read"], days=7
    )
    accounts.actor_of_token(any_engine, token)
    [row] = accounts.tokens_page(any_engine, secadmin).items
    assert (row.name, row.scope, row.good) == ("与财政系统对接", ("read",), True)
    assert row.used == any_engine.system_clock.now()
    assert token not in str(row)
    accounts.withdraw_token(any_engine, secadmin, row.id)
    with pytest.raises(NotSignedIn, match="已撤回"):
        accounts.actor_of_token(any_engine, token)
    with pytest.raises(Conflict):
        accounts.withdraw_token(any_engine, secadmin, row.id)
    for wrong in ({"name": " "}, {"scope": []}, {"scope": ["admin"]}, {"days": 0}, {"days": 366}):
        given: dict[str, object] = {"name": "对接", "scope": ["read"], "days": 7, **wrong}
        with pytest.raises(Invalid):
            accounts.grant_token(any_engine, secadmin, "gov_clerk", **given)  # type: ignore[arg-type]


def test_everything_the_security_administrator_does_is_in_the_history(engine: Engine) -> None:
    secadmin, clerk = who(engine, "secadmin"), id_of(engine, "gov_clerk")
    accounts.demand_of_roles(engine, secadmin, ["audit_admin"])
    accounts.set_roles(engine, secadmin, clerk, ["staff", "manager"])
    accounts.reset_password(engine, secadmin, clerk)
    accounts.grant_token(engine, secadmin, "gov_clerk", name="对接", scope=["read"], days=7)
    accounts.disable(engine, secadmin, clerk)
    with engine.database.read() as connection:
        names = {secadmin.person_id: "李安保"}
        told = [each.text for each in history.entries(connection, history.SYSTEM, names)][-5:]
    assert told == [
        "李安保规定须使用第二因素的角色：安全审计员。",
        "李安保把账号gov_clerk的角色由工作人员改为工作人员、流程管理者。",
        "李安保重置了账号gov_clerk的密码。",
        "李安保为账号gov_clerk签发了接口令牌，用途：对接，可读取，有效至2026年2月18日10:00。",
        "李安保停用了账号gov_clerk。",
    ]
    assert history.verify(engine).ok
