"""Every staff verb at a screen, with script and without: menu, sheet, what will happen, confirm."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from engine import tasks, verbs
from engine.startup import Engine
from tests.browser.person import Person
from tests.browser.visits import DESK, PHONE, barriers
from tests.engine.signing_office import Signing, deploy
from tests.story import PREPARED, Story

pytestmark = pytest.mark.browser
Seat = Callable[..., Person]
both = pytest.mark.parametrize("script", [True, False])


@pytest.fixture
def drafting(story: Story) -> Story:
    """A document before the clerk who drafts it."""
    story.start()
    return story


@pytest.fixture
def registering(drafting: Story) -> Story:
    """A document in the document section."""
    drafting.prepare()
    return drafting


def choose(person: Person, label: str, where: str = ".gc-decide") -> None:
    """A verb from its menu."""
    person.page.locator(f"{where} .gc-menu:not(.gc-say) > summary").first.click()
    person.page.locator(f"{where} .gc-menu-list a", has_text=label).first.click()


def fill(page: Page, **values: str | list[str]) -> None:
    """The fields of a verb's sheet."""
    for key, value in values.items():
        place = page.locator(f'[data-field="{key}"]')
        expect(place).to_be_visible()  # the page that holds it may still be on its way
        if isinstance(value, list):
            for each in value:
                place.locator(f'input[value="{each}"]').check()
        elif place.locator("select").count():
            place.locator("select").select_option(value)
        else:
            place.locator("textarea, input").first.fill(value)


def confirm(person: Person, label: str, *foreseen: str) -> None:
    """What will happen is read, then confirmed."""
    person.page.get_by_role("button", name="下一步", exact=True).last.click()
    for each in foreseen:
        expect(person.page.locator("main")).to_contain_text(each)
    look(person)
    person.page.get_by_role("button", name=f"确认{label}").click()
    expect(person.told).to_be_visible()


def look(person: Person) -> None:
    """No barriers stand on the page; axe is a script itself."""
    if person.script:
        assert barriers(person.page, colours=False) == []


def name(story: Story, username: str) -> str:
    return story.who(username).name


@both
def test_transferring(at_screen: Seat, drafting: Story, script: bool) -> None:
    clerk = at_screen("gov_clerk", script=script)
    clerk.open(f"/tasks/{drafting.item('gov_clerk', 'UT_prepare').id}")
    choose(clerk, "转办")
    clerk.page.get_by_role("button", name="下一步", exact=True).last.click()
    expect(clerk.page.locator("main")).to_contain_text("“转给谁”没有选择")
    fill(clerk.page, person="docs", reason="本周外出，请代拟。")
    confirm(clerk, "转办", "您不再办理这一步")
    assert drafting.open_steps() == [("UT_prepare", name(drafting, "docs"))]


@both
def test_delegating_and_confirming(at_screen: Seat, drafting: Story, script: bool) -> None:
    clerk = at_screen("gov_clerk", script=script)
    task = drafting.item("gov_clerk", "UT_prepare").id
    clerk.open(f"/tasks/{task}")
    choose(clerk, "委派")
    fill(clerk.page, person="docs", reason="请先把表填好。")
    confirm(clerk, "委派", "以您的名义提交")
    expect(clerk.page.locator("main")).to_contain_text("已请别人先办，办完后回到您这里")
    drafting.do("docs", "UT_prepare", **PREPARED, body_file=drafting.letter("docs"))
    clerk.open(f"/tasks/{task}")
    expect(clerk.page.locator("#f-title")).to_have_value(PREPARED["title"])


@both
def test_adding_a_signer_and_letting_him_go(at_screen: Seat, drafting: Story, script: bool) -> None:
    clerk = at_screen("gov_clerk", script=script)
    task = drafting.item("gov_clerk", "UT_prepare").id
    clerk.open(f"/tasks/{task}")
    choose(clerk, "加签")
    fill(clerk.page, where="before", persons=["docs"], reason="请看附件是否齐全。")
    confirm(clerk, "加签", "他们办完之前，您不能提交这一步")
    expect(clerk.page.locator("main")).to_contain_text("前加签")
    choose(clerk, "减签", ".gc-head-acts")
    place = clerk.page.locator('[data-field="signer"] select')
    place.select_option(index=1)
    fill(clerk.page, reason="已当面问过。")
    confirm(clerk, "减签", "回到")
    assert drafting.open_steps() == [("UT_prepare", name(drafting, "gov_clerk"))]


def test_an_added_signer_says_what_he_thinks(at_screen: Seat, drafting: Story) -> None:
    item = drafting.item("gov_clerk", "UT_prepare")
    values = {"where": "before", "persons": ["docs"], "reason": "请看附件。"}
    verbs.do(
        drafting.engine, drafting.who("gov_clerk"), "add_signer", item.id, values=values, key="k"
    )
    asked = at_screen("docs", width=PHONE)
    asked.open(f"/tasks/{drafting.item('docs', 'UT_prepare').id}")
    asked.page.fill("#comment", "附件2缺盖章。")
    asked.act("object")
    expect(asked.told).to_contain_text("已提交")
    clerk = at_screen("gov_clerk")
    clerk.open(f"/tasks/{item.id}")
    expect(clerk.page.locator("aside")).to_contain_text("附件2缺盖章。")


@both
def test_reassigning(at_screen: Seat, drafting: Story, script: bool) -> None:
    drafting.prepare()
    drafting.register()
    director = at_screen("office_director", script=script)
    director.open(f"/instances/{drafting.instance_id}")
    choose(director, "改派", ".gc-timeline")
    fill(director.page, person="sec2", reason="原承办人外出培训。")
    confirm(director, "改派", "办理时限不变")
    assert drafting.open_steps() == [("UT_initial", name(drafting, "sec2"))]


@both
def test_urging_once_in_a_while(at_screen: Seat, registering: Story, script: bool) -> None:
    clerk = at_screen("gov_clerk", script=script)
    page = f"/instances/{registering.instance_id}"
    clerk.open(page)
    choose(clerk, "催办", ".gc-timeline")
    confirm(clerk, "催办", "小时内不能重复催办")
    clerk.open(page)
    assert clerk.page.locator(".gc-timeline a", has_text="催办").count() == 0


@both
def test_sending_round_reading_and_saying_a_word(
    at_screen: Seat, registering: Story, script: bool
) -> None:
    clerk = at_screen("gov_clerk", script=script)
    clerk.open(f"/instances/{registering.instance_id}")
    choose(clerk, "传阅", ".gc-head-acts")
    fill(clerk.page, persons=["vm1"], note="请阅。")
    confirm(clerk, "传阅", "流程照常进行，不等他们")
    choose(clerk, "留言", ".gc-head-acts")
    fill(clerk.page, text="附件以纸质为准。")
    confirm(clerk, "留言", "发出后不能删改")
    leader = at_screen("vm1", script=script, width=PHONE)
    leader.open(f"/instances/{registering.instance_id}")
    expect(leader.page.locator("main")).to_contain_text("附件以纸质为准。")
    leader.page.locator(".gc-head-acts > a").click()
    fill(leader.page, remark="已阅，按程序办。")
    confirm(leader, "已阅", "从您的待阅里移走")
    clerk.open(f"/instances/{registering.instance_id}")
    expect(clerk.page.locator("main")).to_contain_text("已阅 1 人")


@both
def test_suspending_resuming_and_terminating(
    at_screen: Seat, registering: Story, script: bool
) -> None:
    director = at_screen("office_director", script=script)
    director.open(f"/instances/{registering.instance_id}")
    choose(director, "挂起", ".gc-head-acts")
    fill(director.page, reason="等上级明确口径。")
    confirm(director, "挂起", "办理时限照常计算")
    expect(director.page.locator("main")).to_contain_text("这件已挂起")
    choose(director, "恢复", ".gc-head-acts")
    fill(director.page, reason="口径已明确。")
    confirm(director, "恢复", "继续办理")
    choose(director, "终止", ".gc-head-acts")
    fill(director.page, reason="重复报送。")
    confirm(director, "终止", "不能恢复")
    expect(director.page.locator("main")).to_contain_text("已终止")


@both
def test_deciding_several_at_once(
    at_screen: Seat, demo: Engine, tmp_path: Path, script: bool
) -> None:
    deploy(demo, tmp_path, "together", verbs="batch,add_signer")
    cases = [Signing(demo, "sec1", key="together") for _ in range(3)]
    clerk = at_screen("sec1", script=script, width=PHONE if script else DESK)
    clerk.open(f"/tasks/{cases[0].of('sec1').id}")
    clerk.page.locator(".gc-decide .gc-menu:not(.gc-say) > summary").click()
    clerk.page.locator(".gc-decide .gc-menu-list a", has_text="批量办理").click()
    look(clerk)
    for box in clerk.page.locator("main input[type=checkbox]").all():
        box.check()
    clerk.page.locator("main .btn-primary").last.click()
    expect(clerk.page.locator("main")).to_contain_text("3 件，办成 3 件")
    look(clerk)
    assert all(each.moved_on for each in cases)


@both
def test_filing_several_at_once_and_being_told_what_was_refused(
    at_screen: Seat, demo: Engine, script: bool
) -> None:
    stories = [answered(demo) for _ in range(3)]
    docs = at_screen("docs", script=script, width=DESK if script else PHONE)
    docs.open(f"/tasks/{stories[0].item('docs', 'UT_archive').id}")
    docs.page.locator(".gc-decide .gc-menu:not(.gc-say) > summary").click()
    docs.page.locator(".gc-decide .gc-menu-list a", has_text="批量办理").click()
    expect(docs.page.locator("h1")).to_contain_text("批量办理“整理归档”")
    for box in docs.page.locator("main [name=task]").all():
        box.check()
    fill(docs.page, retention="30y")
    docs.page.locator('[name="v.archive_complete"]').check()
    rest(stories[2])  # while the page is open
    look(docs)
    docs.page.get_by_role("button", name="归档", exact=True).click()
    main = docs.page.locator("main")
    expect(main).to_contain_text("3 件，办成 2 件，1 件没有提交")
    expect(main).to_contain_text("已挂起")
    look(docs)
    assert [each.see().row.state for each in stories] == ["completed", "completed", "running"]


def test_what_could_not_be_filed_stays_ticked_with_every_word(
    at_screen: Seat, demo: Engine
) -> None:
    stories = [answered(demo) for _ in range(2)]
    docs = at_screen("docs")
    docs.open(f"/tasks/{stories[0].item('docs', 'UT_archive').id}/batch")
    for box in docs.page.locator("main [name=task]").all():
        box.check()
    docs.page.fill("#comment", "材料已核对。")
    docs.page.locator('[name="v.archive_complete"]').check()
    docs.page.get_by_role("button", name="归档", exact=True).click()
    main = docs.page.locator("main")
    expect(main).to_contain_text("2 件，办成 0 件，2 件没有提交")
    look(docs)
    expect(docs.page.locator("#comment")).to_have_value("材料已核对。")
    assert all(each.is_checked() for each in docs.page.locator("main [name=task]").all())
    fill(docs.page, retention="30y")
    docs.page.get_by_role("button", name="归档", exact=True).click()
    expect(main).to_contain_text("2 件，办成 2 件")


def answered(engine: Engine) -> Story:
    """A document that is decided and answered and only has to be filed."""
    story = Story(engine)
    story.to_the_leader()
    story.do("evm", "UT_vm", "approve", comment="同意。")
    sent = engine.clock.now().isoformat()
    story.do("docs", "UT_notify", reply_text="已批示同意。", reply_way="system", reply_sent_at=sent)
    row, key = story.item("docs", "UT_archive"), uuid4().hex
    tasks.claim(engine, story.who("docs"), row.id, version=row.version, key=key)
    return story


def rest(story: Story) -> None:
    """The office director lets a document rest."""
    who, why = story.who("office_director"), {"reason": "等上级明确口径。"}
    verbs.do(story.engine, who, "suspend", story.instance_id, values=why, key="s", on="instance")
