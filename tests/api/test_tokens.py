"""Who is let in: a good token with the right scope, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from engine import accounts
from engine.clock import ManualClock
from tests.api.caller import Caller, engine_of
from tests.api.conftest import demo_of
from web.app import create_app
from web.demo import office


def refused(app: Flask, authorization: str | None) -> str:
    """The sentence with which a request without a good token is turned away."""
    headers = {"Authorization": authorization} if authorization is not None else {}
    answer = app.test_client().get("/api/v1/tasks", headers=headers)
    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.json is not None
    return str(answer.json["detail"])


def test_nobody_gets_in_without_a_token(app: Flask) -> None:
    assert "令牌" in refused(app, None)
    for header in ("", "Bearer", "Bearer ", "Basic Z292OmNsZXJr", "gc_abc"):
        assert "Authorization" in refused(app, header)
    assert refused(app, "Bearer gc_guessed") == "令牌无效。请重新申请。"


def test_a_session_of_the_pages_counts_for_nothing_here(app: Flask) -> None:
    client = app.test_client()
    token = accounts.sign_in(engine_of(app), "gov_clerk", office.read()["password"]).secret
    client.set_cookie("guicheng_session", token)
    assert client.get("/").status_code == 200
    assert client.get("/api/v1/tasks").status_code == 401
    assert refused(app, f"Bearer {token}")


def test_the_api_sets_no_cookie(call: Callable[[str], Caller]) -> None:
    assert "Set-Cookie" not in call("gov_clerk").get("/tasks").headers


def test_a_token_ends_with_its_time(app: Flask) -> None:
    engine = engine_of(app)
    token = accounts.issue_token(engine, "gov_clerk", days=30)
    clerk = Caller(app, "gov_clerk", token)
    assert isinstance(engine.system_clock, ManualClock)
    engine.system_clock.move_to(engine.system_clock.now() + timedelta(days=30, seconds=-1))
    assert clerk.get("/tasks").status_code == 200
    engine.system_clock.advance(seconds=1)
    assert "已过期" in refused(app, f"Bearer {token}")


def test_moving_the_demo_clock_ends_no_token(app: Flask) -> None:
    clerk = Caller(app, "gov_clerk")
    assert clerk.post("/demo/clock", {"now": "2030-01-01T09:00:00+08:00"}).status_code == 200
    assert clerk.get("/tasks").status_code == 200


def test_a_token_taken_back_is_worth_nothing(app: Flask) -> None:
    clerk = Caller(app, "gov_clerk")
    accounts.revoke_token(engine_of(app), clerk.token)
    assert "已撤回" in refused(app, f"Bearer {clerk.token}")


def test_closing_an_account_ends_its_tokens(app: Flask) -> None:
    clerk = Caller(app, "gov_clerk")
    engine, clerk_id = engine_of(app), accounts.actor_named(engine_of(app), "gov_clerk").account_id
    accounts.disable(engine, accounts.actor_named(engine, "secadmin"), clerk_id)
    assert refused(app, f"Bearer {clerk.token}")


@pytest.mark.parametrize(("scope", "read", "write"), [("read", 200, 403), ("write", 403, 201)])
def test_a_token_does_what_its_scope_says(app: Flask, scope: str, read: int, write: int) -> None:
    token = accounts.issue_token(engine_of(app), "gov_clerk", scope=[scope])
    clerk = Caller(app, "gov_clerk", token)
    looked, changed = clerk.get("/tasks"), clerk.upload("说明.txt", "内容".encode())
    assert (looked.status_code, changed.status_code) == (read, write)
    turned_away = looked if read == 403 else changed
    assert turned_away.json is not None
    assert "令牌没有" in turned_away.json["detail"]


def test_too_many_requests_with_a_token_wait(app: Flask) -> None:
    few = create_app(demo_of(engine_of(app), rate_limit=3))
    clerk = Caller(few, "gov_clerk")
    answers = [clerk.get("/process-definitions") for _ in range(4)]
    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert answers[3].content_type == "application/problem+json"
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 61
    assert answers[3].json is not None
    assert "秒后再试" in answers[3].json["detail"]
    assert Caller(few, "docs").get("/process-definitions").status_code == 200


def test_guessing_tokens_is_slowed_but_locks_nobody_out(app: Flask) -> None:
    app = create_app(demo_of(engine_of(app), rate_limit=600))
    client = app.test_client()
    seen = [
        client.get("/api/v1/tasks", headers={"Authorization": f"Bearer gc_{number}"})
        for number in range(31)
    ]
    assert [each.status_code for each in seen] == [401] * 30 + [429]
    assert "Retry-After" in seen[30].headers
    assert Caller(app, "gov_clerk").get("/tasks").status_code == 200
