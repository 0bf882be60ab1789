"""The office changes while work is running: what is open follows, what is recorded stays."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from engine import accounts, directory, history, reforms, tasks
from engine.clock import parse_moment
from engine.errors import Conflict, Invalid, NotAllowed, NotSignedIn
from engine.model import Opinion
from engine.org_reforms import AddOrganisation, CorrectOrganisation, End, Merge, Rename
from engine.staff_reforms import AddPerson, KeepPost, Leave, MovePerson
from engine.startup import Engine
from engine.storage import tables, work_items
from tests.diagrams import flow, install, start_end, user
from tests.rows import responses_of
from tests.story import Story
from web.demo import office as demo

TODAY = parse_moment("2026-02-11T10:00:00+08:00")
MERGED = "2026-02-13T00:00:00+08:00"


def make(engine: Engine, reform: Any, who: str = "sysadmin") -> str:
    actor = accounts.actor_named(engine, who)
    return str(reforms.make(engine, actor, reform, key=uuid4().hex)["message"])


def looked_at(engine: Engine, reform: Any) -> reforms.Preview:
    return reforms.preview(engine, accounts.actor_named(engine, "sysadmin"), reform)


def merge(at: datetime | str = TODAY) -> Merge:
    moment = parse_moment(at) if isinstance(at, str) else at
    return Merge("rural_revitalisation_bureau", "agriculture_bureau", moment, "忻机编〔2026〕3号")


def countersigning(engine: Engine) -> Story:
    """A document that three departments are asked about; one of them has answered."""
    story = Story(engine)
    story.start()
    story.to_countersign("rural_revitalisation_bureau", "agriculture_bureau", "finance_bureau")
    return story


def of_org(engine: Engine, story: Story) -> dict[str, list[str | None]]:
    """organisation → in whose hands its open replies are."""
    with engine.database.read() as connection:
        rows = work_items.of_instance(connection, story.instance_id, work_items.LIVE)
    found: dict[str, list[str | None]] = {}
    for row in rows:
        found.setdefault(row.org, []).append(row.assignee_id or row.group_code)
    return found


def told_by(engine: Engine, chain: str) -> list[str]:
    with engine.database.read() as connection:
        people = directory.snapshot(engine, connection)
        return [each.text for each in history.entries(connection, chain, people.person_names)]


# ---- merging ---------------------------------------------------------------------------------


def test_open_work_of_a_merged_organisation_goes_to_its_successor(any_engine: Engine) -> None:
    story = countersigning(any_engine)
    assert of_org(any_engine, story)["rural_revitalisation_bureau"] == ["rural_revitalisation_head"]
    seen = looked_at(any_engine, merge())
    assert [(move.before_org, move.after_org, move.after) for move in seen.moves] == [
        ("市乡村振兴局", "市农业农村局", "农有秋")
    ]
    assert seen.by_hands() == [("市农业农村局　农有秋", 1)]
    said = make(any_engine, merge())
    assert said == "“市乡村振兴局”并入“市农业农村局”。1件未办的任务已按职务转交。"
    assert of_org(any_engine, story) == {
        "agriculture_bureau": ["agriculture_head", "agriculture_head"],
        "finance_bureau": ["finance_head"],
    }
    moved = [text for text in told_by(any_engine, story.instance_id) if "改派" in text]
    assert len(moved) == 1
    assert "市乡村振兴局已由市农业农村局承接" in moved[0]
    assert history.verify(any_engine).ok


def test_an_answer_given_before_keeps_the_old_organisation(any_engine: Engine) -> None:
    story = countersigning(any_engine)
    story.do("rural_revitalisation_head", "UT_reply", "agree", comment="同意。")
    make(any_engine, merge())
    answered = responses_of(any_engine, story.instance_id)
    assert [row.party for row in answered] == ["rural_revitalisation_bureau"]
    assert said_by(story, "rural_revitalisation_head").org == "市乡村振兴局"


def said_by(story: Story, person: str) -> Opinion:
    name = directory.snapshot(story.engine).person_name(person)
    return next(each for each in story.see().opinions if each.person == name)


def test_silence_after_the_merger_names_both(engine: Engine) -> None:
    story = countersigning(engine)
    make(engine, merge())
    story.at("2026-03-20T09:00:00+08:00")
    silent = {row.party for row in responses_of(engine, story.instance_id)}
    assert "rural_revitalisation_bureau" in silent
    names = {each.org for each in story.see().opinions if each.css == "deemed"}
    assert "市农业农村局（原市乡村振兴局）" in names
    assert "市农业农村局" in names


def test_a_merger_of_a_later_day_waits_for_its_job(any_engine: Engine) -> None:
    story = countersigning(any_engine)
    said = make(any_engine, merge(MERGED))
    assert said.startswith("已登记，将于2026年2月13日生效")
    assert "rural_revitalisation_bureau" in of_org(any_engine, story)
    story.at("2026-02-12T23:59:59+08:00")
    assert "rural_revitalisation_bureau" in of_org(any_engine, story)
    story.at(MERGED)
    assert "rural_revitalisation_bureau" not in of_org(any_engine, story)
    people = directory.snapshot(any_engine)
    assert people.present_org("rural_revitalisation_bureau", parse_moment(MERGED)) == (
        "agriculture_bureau"
    )
    assert not people.is_there("rural_revitalisation_bureau", parse_moment(MERGED))


def test_a_merger_that_was_taken_back_does_not_happen(any_engine: Engine) -> None:
    story = countersigning(any_engine)
    make(any_engine, merge(MERGED))
    admin = accounts.actor_named(any_engine, "sysadmin")
    waiting = reforms.coming(any_engine, admin, "rural_revitalisation_bureau")
    assert [each.sentence for each in waiting] == ["“市乡村振兴局”并入“市农业农村局”"]
    with pytest.raises(Conflict) as refused:
        make(any_engine, End("rural_revitalisation_bureau", TODAY, "文号"))
    assert "2026年2月13日生效；请先取消那一项" in refused.value.message
    reforms.cancel(any_engine, admin, waiting[0].id, key="back")
    with pytest.raises(Conflict):
        reforms.cancel(any_engine, admin, waiting[0].id, key="twice")
    story.at("2026-02-14T09:00:00+08:00")
    assert "rural_revitalisation_bureau" in of_org(any_engine, story)


def test_what_can_not_be_made_on_its_day_is_left_to_the_administrator(any_engine: Engine) -> None:
    story = countersigning(any_engine)
    make(any_engine, merge(MERGED))
    make(any_engine, End("agriculture_bureau", TODAY, "忻机编〔2026〕4号"))
    story.at(MERGED)
    with any_engine.database.read() as connection:
        [job] = connection.execute(sa.select(tables.job).where(tables.job.c.kind == reforms.JOB))
    assert job.attempts == 1
    assert "“市乡村振兴局”并入“市农业农村局””到期未能生效：请选择承接它的另一个" in job.last_error
    assert "rural_revitalisation_bureau" in of_org(any_engine, story)
    admin = accounts.actor_named(any_engine, "sysadmin")
    assert reforms.coming(any_engine, admin)


def test_steps_that_open_later_go_to_the_successor_too(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    story.to_initial()
    story.initial(countersign_extra_depts=["rural_revitalisation_bureau"])
    depts = ["rural_revitalisation_bureau"]
    story.do("gov_clerk", "UT_select", depts=depts, must_reply_depts=[])
    make(engine, merge())
    story.sign_out()
    assert of_org(engine, story) == {"agriculture_bureau": ["agriculture_head"]}


def test_people_keep_their_work_but_nobody_becomes_a_second_head(any_engine: Engine) -> None:
    make(any_engine, merge())
    people = directory.snapshot(any_engine)
    assert people.holders("dept_head", "agriculture_bureau", at=TODAY) == ["agriculture_head"]
    assert people.holders("dept_clerk", "agriculture_bureau", at=TODAY) == [
        "agriculture_clerk",
        "rural_revitalisation_clerk",
    ]
    assert people.memberships_of("rural_revitalisation_head", TODAY) == []


def test_a_form_no_longer_takes_an_organisation_that_ended(engine: Engine) -> None:
    make(engine, merge())
    story = Story(engine)
    story.start()
    with pytest.raises(Invalid) as refused:
        story.prepare(main_recipients=["rural_revitalisation_bureau"])
    assert "已停用" in str(refused.value)


@pytest.mark.parametrize(
    ("reform", "words"),
    [
        (Merge("gov_office", "finance_bureau", TODAY, "文号"), "不能合并"),
        (Merge("finance_bureau", "finance_bureau", TODAY, "文号"), "另一个现有单位"),
        (Merge("finance_bureau", "audit_bureau", TODAY, " "), "请写明依据"),
        (Rename("finance_bureau", "市审计局", TODAY, "文号"), "已有名为"),
        (Rename("finance_bureau", "市财政局", TODAY, "文号"), "与现名称相同"),
        (End("city_gov", TODAY, "文号"), "不能停用"),
        (AddOrganisation("Bad Code", "市某局", "dept", False, 9, TODAY), "小写字母"),
        (AddOrganisation("new_bureau", "市某局", "club", False, 9, TODAY), "类别"),
        (CorrectOrganisation("finance_bureau", "", "dept", True, 9, TODAY), "请填写名称"),
        (
            Rename("finance_bureau", "市新局", parse_moment("2026-02-10T00:00:00+08:00"), "文号"),
            "早于今天",
        ),
        (KeepPost("dept_head", "主要负责人", False, True, TODAY), "已有职务使用"),
        (KeepPost("dept_head", "主要负责人", True, False, TODAY, is_new=False), "科室之间改换"),
        (MovePerson("finance_clerk", (), (), TODAY), "请选择免去的职务"),
        (MovePerson("finance_clerk", (), (("dept_clerk", "finance_bureau", ""),), TODAY), "已任"),
        (AddPerson("finance_clerk", "某某", (), TODAY), "已有人使用"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(engine: Engine, reform: Any, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        make(engine, reform)
    assert words in str(refused.value)


@pytest.mark.parametrize("who", ["secadmin", "auditadmin", "designer", "manager", "sg"])
def test_only_the_system_administrator_changes_the_office(engine: Engine, who: str) -> None:
    with pytest.raises(NotAllowed):
        make(engine, merge(), who)
    with pytest.raises(NotAllowed):
        reforms.preview(engine, accounts.actor_named(engine, who), merge())


def test_a_section_goes_over_with_its_members_and_its_queue(
    any_engine: Engine, tmp_path: Path
) -> None:
    body = start_end() + user("A", "legal_reviewer", org='"judicial_bureau"') + flow("S", "A", "E")
    install(any_engine, tmp_path, "reviewing", body)
    story = Story(any_engine)
    story.begin("gov_clerk", "reviewing", {})
    assert story.item("legal_reviewer", "A").group == "合法性审核组"
    make(any_engine, Merge("judicial_bureau", "law_governance_office", TODAY, "文号"))
    with any_engine.database.read() as connection:
        [row] = work_items.of_instance(connection, story.instance_id, work_items.LIVE)
    assert row.group_code == "legal_reviewer@law_governance_office"
    story.do("legal_reviewer", "A")
    assert story.see().row.state == "completed"


def test_what_was_given_by_name_goes_to_the_head_when_its_holder_leaves(
    any_engine: Engine, tmp_path: Path
) -> None:
    named = '"finance_clerk"'
    body = start_end() + user("A", "", org="", assignee=named) + flow("S", "A", "E")
    install(any_engine, tmp_path, "named", body)
    story = Story(any_engine)
    story.begin("gov_clerk", "named", {})
    make(any_engine, Leave("finance_clerk", TODAY))
    assert story.item("finance_head", "A").assignee == "尚怀瑾"


# ---- names -----------------------------------------------------------------------------------


def test_a_new_name_holds_from_its_day_and_history_keeps_the_old(any_engine: Engine) -> None:
    story = countersigning(any_engine)
    story.do("finance_head", "UT_reply", "agree", comment="同意。")
    story.at("2026-02-12T09:00:00+08:00")
    now = any_engine.clock.now()
    make(any_engine, Rename("finance_bureau", "市财政和国资局", now, "忻政函〔2026〕5号"))
    people = directory.snapshot(any_engine)
    assert people.org_name("finance_bureau") == "市财政和国资局"
    assert people.org_name("finance_bureau", TODAY) == "市财政局"
    assert people.title_of("finance_head", TODAY) == "市财政局主要负责人"
    shown = said_by(story, "finance_head")
    assert (shown.org, shown.post) == ("市财政局", "市财政局主要负责人")
    assert "市财政局更名为市财政和国资局" in told_by(any_engine, "system")[-1]


def test_a_correction_is_no_new_name(any_engine: Engine) -> None:
    make(any_engine, CorrectOrganisation("finance_bureau", "市财政厅", "dept", False, 10, TODAY))
    people = directory.snapshot(any_engine)
    assert people.org_name("finance_bureau", TODAY) == "市财政厅"
    assert people.former_names("finance_bureau") == []
    assert told_by(any_engine, "system")[-1] == (
        "管运行更正了“市财政局”，原为：名称市财政局，是组成部门，改为：名称市财政厅，不是组成部门。"
    )


# ---- people ----------------------------------------------------------------------------------


def leave(person: str, at: datetime = TODAY) -> Leave:
    return Leave(person, at, "忻政任〔2026〕2号")


def test_who_leaves_gives_back_what_was_claimed_and_is_signed_out(any_engine: Engine) -> None:
    story = Story(any_engine)
    story.start()
    story.prepare()
    item = story.item("docs", "UT_register")
    docs = story.who("docs")
    tasks.claim(any_engine, docs, item.id, version=item.version, key="mine")
    token = accounts.sign_in(any_engine, "docs", demo.read()["password"])
    seen = looked_at(any_engine, leave("docs"))
    assert [(move.before, move.after, move.title) for move in seen.moves] == [
        ("邢以宁", "文书科", None)
    ]
    assert "账号docs停用，已登录的会话全部结束" in seen.lines
    make(any_engine, leave("docs"))
    assert story.item("docs2", "UT_register").assignee is None
    with pytest.raises(NotSignedIn):
        accounts.actor_of_session(any_engine, token.secret)
    assert "原办理人已离任" in told_by(any_engine, story.instance_id)[-1]
    assert history.verify(any_engine).ok


def test_the_last_of_a_section_leaves_its_work_to_the_office_director(engine: Engine) -> None:
    story = countersigning(engine)
    make(engine, leave("finance_head"))
    assert of_org(engine, story)["finance_bureau"] == ["office_director"]
    item = next(each for each in story.see().open_items if each.alert)
    assert item.alert is not None
    assert "市财政局主要负责人空缺" in item.alert
    make(engine, AddPerson("new_head", "新来人", (("dept_head", "finance_bureau", ""),), TODAY))
    assert of_org(engine, story)["finance_bureau"] == ["new_head"]


def test_a_leader_who_leaves_gives_up_what_he_stood_for(any_engine: Engine) -> None:
    make(any_engine, leave("vm1"))
    people = directory.snapshot(any_engine)
    assert people.in_charge("water", TODAY) is None
    assert people.assistant_of("vm1", TODAY) is None
    assert people.substitutions("vm2", "b_role", TODAY) == []
    with pytest.raises(Conflict):
        make(any_engine, leave("vm1"))


def test_work_stays_with_the_post_when_its_holder_moves(any_engine: Engine) -> None:
    story = countersigning(any_engine)
    people = directory.snapshot(any_engine)
    old = people.memberships_of("finance_head", TODAY)[0].id
    other = people.memberships_of("audit_head", TODAY)[0].id
    make(
        any_engine,
        MovePerson("audit_head", (other,), (("dept_head", "finance_bureau", ""),), TODAY),
    )
    assert of_org(any_engine, story)["finance_bureau"] == ["finance_head"]
    make(
        any_engine, MovePerson("finance_head", (old,), (("dept_head", "audit_bureau", ""),), TODAY)
    )
    assert of_org(any_engine, story)["finance_bureau"] == ["audit_head"]
    people = directory.snapshot(any_engine)
    assert people.holders("dept_head", "audit_bureau", at=TODAY) == ["finance_head"]
    assert [row.valid_to for row in people.career_of("finance_head") if row.id == old] == [TODAY]


def test_a_second_holder_does_not_take_work_from_the_first(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    seats = (("dept_clerk", "gov_office", ""),)
    make(engine, AddPerson("p-1", "新科员", seats, TODAY))
    story.at("2026-02-11T11:00:00+08:00")
    assert story.item("gov_clerk", "UT_prepare").assignee == "阮一苇"


def test_a_reform_is_made_once_for_a_key(any_engine: Engine) -> None:
    admin = accounts.actor_named(any_engine, "sysadmin")
    first = reforms.make(any_engine, admin, merge(), key="once")
    again = reforms.make(any_engine, admin, merge(), key="once")
    assert (again["message"], again["repeated"]) == (first["message"], True)
