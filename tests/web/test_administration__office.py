"""The rooms that keep the office, as its system administrator uses them without a script."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from engine import history, instances, tasks, verbs
from tests.story import Story
from tests.web.desk import Desk, Page

AtDesk = Callable[[str], Desk]


@pytest.fixture
def admin(at_desk: AtDesk) -> Desk:
    return at_desk("sysadmin")


def countersigning(story: Story) -> None:
    story.start()
    story.to_countersign("rural_revitalisation_bureau", "finance_bureau")


def test_the_way_leads_from_the_menu_to_every_room(admin: Desk) -> None:
    page = admin.open("/admin")
    for label in ("机构", "人员", "职务和科室", "待生效的变动", "表格导入导出"):
        [address] = page.links(label)[-1:]
        assert admin.open(address).heading == label
        page = admin.open("/admin")


@pytest.mark.parametrize("who", ["gov_clerk", "sg", "secadmin", "auditadmin", "designer"])
def test_the_rooms_are_closed_to_everybody_else(at_desk: AtDesk, who: str) -> None:
    desk = at_desk(who)
    for path in ("organisations", "people", "posts", "coming", "people/mayor", "posts/mayor"):
        assert desk.open(f"/admin/{path}").status == 403, path


# ---- organisations ---------------------------------------------------------------------------


def test_organisations_are_found_by_name_kind_and_state(admin: Desk) -> None:
    page = admin.open("/admin/organisations?q=五台")
    assert "五台县人民政府" in page.text
    assert "五台山风景名胜区管委会" in page.text
    rows = [" ".join(row.text_content().split()) for row in page.tree.xpath("//tbody/tr")]
    assert any("五台县人民政府" in row and "县（市、区）政府" in row for row in rows)
    assert any("五台山" in row and "管委会" in row for row in rows)
    assert "共 2 个单位" in page.text
    assert "共 4 个单位" in admin.open("/admin/organisations?kind=vertical").text
    assert "没有符合条件" in admin.open("/admin/organisations?state=ended").text
    assert len(admin.open("/admin/organisations?page=2").tree.xpath("//tbody/tr")) == 25


def test_one_organisation_shows_its_people_and_its_open_work(admin: Desk, story: Story) -> None:
    countersigning(story)
    page = admin.open("/admin/organisations/finance_bureau")
    assert page.heading == "市财政局"
    assert "尚怀瑾 演示" in page.text
    assert "还没有办的任务有 1 件" in page.text
    assert "文书科 2 人可认领" in admin.open("/admin/organisations/gov_office").text
    assert not admin.open("/admin/organisations/gov_office").links("合并")
    assert admin.open("/admin/organisations/nothing").status == 404


def test_a_merger_says_what_follows_before_it_is_made(admin: Desk, story: Story) -> None:
    countersigning(story)
    admin.open("/admin/organisations/rural_revitalisation_bureau/merge")
    page = admin.submit("/admin/", successor="agriculture_bureau", evidence="")
    assert (page.status, "请写明依据" in page.text) == (422, True)
    assert page.values("/admin/")["successor"] == "agriculture_bureau"
    page = admin.submit("/admin/", evidence="忻机编〔2026〕3号")
    assert page.heading == "“市乡村振兴局”并入“市农业农村局”"
    assert "市农业农村局 农有秋 1 件" in page.text
    assert "1人的职务转入市农业农村局" in page.text
    assert "殳松年“主要负责人”（市农业农村局已有农有秋）的职务到此为止" in page.text
    assert "关于做好防汛工作" not in page.text  # whoever keeps the office reads no documents
    page = admin.submit("/admin/", do="edit")
    assert page.values("/admin/")["evidence"] == "忻机编〔2026〕3号"
    admin.submit("/admin/")
    page = admin.submit("/admin/", do="confirm")
    assert page.path == "/admin/organisations/rural_revitalisation_bureau"
    assert "1件未办的任务已按职务转交" in page.text
    assert "已停用" in page.text
    assert story.item("agriculture_head", "UT_reply").assignee == "农有秋"
    assert "市乡村振兴局" in admin.open("/admin/organisations/agriculture_bureau").text
    assert not admin.open("/start/document_approval").links("市乡村振兴局")


def test_a_merger_of_a_later_day_waits_and_can_be_taken_back(admin: Desk) -> None:
    admin.open("/admin/organisations/rural_revitalisation_bureau/merge")
    fields = {"successor": "agriculture_bureau", "evidence": "忻机编〔2026〕3号"}
    page = admin.submit("/admin/", effective="2026-03-01", **fields)
    assert "2026年3月1日零时自动生效" in page.text
    page = admin.submit("/admin/", do="confirm")
    assert "2026年3月1日 “市乡村振兴局”并入“市农业农村局”（管运行登记）" in page.text
    admin.open("/admin/coming")
    page = admin.submit("/admin/coming/")
    assert "已取消" in page.text
    assert "没有待生效的变动" in page.text


def test_a_new_name_shows_at_once_and_the_old_one_in_the_past(admin: Desk) -> None:
    admin.open("/admin/organisations/data_bureau/rename")
    admin.submit("/admin/", name="市政务数据局", evidence="忻政函〔2026〕9号")
    page = admin.submit("/admin/", do="confirm")
    assert page.heading == "市政务数据局"
    assert "曾用名 市数据局，至 2026年2月11日（忻政函〔2026〕9号）" in page.text
    assert "市政务数据局" in admin.open("/admin/organisations?q=市数据局").text


def test_organisations_are_added_and_corrected(admin: Desk) -> None:
    admin.open("/admin/organisations/-/new")
    page = admin.submit("/admin/", name="市低空经济发展中心", code="low altitude")
    assert "小写字母" in page.text
    page = admin.submit("/admin/", code="low_altitude_centre", org_kind="institution", sort="60")
    assert page.heading == "市低空经济发展中心"
    admin.open("/admin/organisations/low_altitude_centre/correct")
    page = admin.submit("/admin/", name="市低空经济中心", is_constituent="1")
    assert page.heading == "市低空经济中心"
    assert "组成部门" in page.text


def test_an_organisation_of_the_rules_cannot_be_ended(admin: Desk) -> None:
    admin.open("/admin/organisations/gov_office/end")
    page = admin.submit("/admin/", evidence="文号")
    assert (page.status, "可以更名，不能停用" in page.text) == (422, True)


# ---- people ----------------------------------------------------------------------------------


def test_people_are_found_by_name_post_and_organisation(admin: Desk) -> None:
    assert "尚怀瑾" in admin.open("/admin/people?q=财政局主要").text
    page = admin.open("/admin/people?org=finance_bureau")
    assert "共 2 人" in page.text
    assert "没有符合条件" in admin.open("/admin/people?state=ended").text


def test_somebody_new_is_added_moved_and_leaves(admin: Desk) -> None:
    admin.open("/admin/people/-/new")
    page = admin.submit("/admin/", name="", org0="finance_bureau", post0="")
    assert "请填写姓名" in page.text
    page = admin.submit(
        "/admin/", name="鲁知新", person_id="n-1", org0="finance_bureau", post0="dept_clerk"
    )
    assert page.heading == "鲁知新"
    assert "没有可用的账号" in page.text
    page = admin.open("/admin/people/n-1/move")
    ends = page.tree.xpath("//input[@name='ends']/@value")
    page = admin.submit("/admin/", ends=list(ends), org0="audit_bureau", post0="dept_clerk")
    assert "免去市财政局经办人" in page.text
    assert "任市审计局经办人" in page.text
    page = admin.submit("/admin/", do="confirm")
    assert "市审计局 " in page.text
    admin.open("/admin/people/n-1/leave")
    page = admin.submit("/admin/", evidence="")
    assert "免去市审计局经办人" in page.text
    page = admin.submit("/admin/", do="confirm")
    assert "已离任" in page.text
    assert "鲁知新" in admin.open("/admin/people?state=ended").text


def test_who_leaves_is_signed_out_and_the_work_is_handed_on(
    admin: Desk, at_desk: AtDesk, story: Story
) -> None:
    countersigning(story)
    leaver = at_desk("finance_head")
    assert leaver.open("/").status == 200
    admin.open("/admin/people/finance_head/leave")
    page = admin.submit("/admin/")
    assert "账号finance_head停用，已登录的会话全部结束" in page.text
    assert "郗明哲 1 件" in page.text
    admin.submit("/admin/", do="confirm")
    assert leaver.open("/").path == "/sign-in"
    assert story.item("office_director", "UT_reply").alert


def open_work(*stories: Story) -> list[tuple[str, str]]:
    """Instance and step of everything that is open, in whosever hands."""
    found = [(each.instance_id, step) for each in stories for step, _ in each.open_steps()]
    return sorted(found)


def test_the_whole_work_of_who_leaves_is_listed_then_handed_over_and_none_is_lost(
    admin: Desk, at_desk: AtDesk, story: Story
) -> None:
    """Two steps he has claimed, and one a colleague handed to him."""
    given, engine = Story(story.engine), story.engine
    claimed = [story, Story(engine)]
    for number, each in enumerate(claimed):
        each.start()
        each.prepare(title=f"忻州市人民政府办公室关于第{number}件事项的通知")
        row, docs = each.item("docs", "UT_register"), each.who("docs")
        tasks.claim(engine, docs, row.id, version=row.version, key=f"c{number}")
    given.start()
    to_docs = {"person": "docs", "reason": "本周外出，请代拟。"}
    item = given.item("gov_clerk", "UT_prepare").id
    verbs.do(engine, given.who("gov_clerk"), "transfer", item, values=to_docs, key="t")
    stories = (*claimed, given)
    before, held = open_work(*stories), [each.open_steps() for each in stories]
    assert {who for steps in held for _, who in steps} == {story.who("docs").name}
    admin.open("/admin/people/docs/leave")
    page = admin.submit("/admin/", evidence="忻政任〔2026〕2号")
    assert "转交 3 件" in page.text
    listed = [
        " ".join(row.text_content().split()) for row in page.tree.xpath("//main//details//li")
    ]
    assert len(listed) == 3
    assert sum("签收登记" in each for each in listed) == 2
    assert sum("填报并签发报送" in each for each in listed) == 1
    assert [each.open_steps() for each in stories] == held  # looked at, not done
    page = admin.submit("/admin/", do="confirm")
    assert "3件未办的任务已按职务转交" in page.text
    assert open_work(*stories) == before
    assert all(each.item("docs2", "UT_register").assignee is None for each in claimed)
    assert story.who("docs").name not in [who for _, who in given.open_steps()]
    for each in stories:
        told = [
            link.text for link in instances.history(engine, each.who("manager"), each.instance_id)
        ]
        assert any("已离任" in words for words in told), told
    assert history.verify(engine).ok
    assert "离任" in at_desk("auditadmin").open("/admin/audit").main()


def test_a_second_head_is_told_but_not_refused(admin: Desk) -> None:
    admin.open("/admin/people/audit_head/move")
    page = admin.submit("/admin/", org0="finance_bureau", post0="dept_head")
    assert "市财政局现任主要负责人是尚怀瑾" in page.text


# ---- posts -----------------------------------------------------------------------------------


def test_posts_show_where_procedures_use_them(admin: Desk) -> None:
    page = admin.open("/admin/posts/doc_section")
    assert "公文呈批：" in page.text
    assert "邢以宁" in page.text
    admin.open("/admin/posts/-/new")
    page = admin.submit("/admin/", name="机要科", code="classified_section", kind="group")
    assert "科室：任务由成员认领" in page.text
    assert "空缺" in page.text
    admin.open("/admin/posts/doc_section/correct")
    assert "科室之间改换" in admin.submit("/admin/", kind="person").text


# ---- tables ----------------------------------------------------------------------------------


def sent(admin: Desk, content: bytes, name: str = "机构.xlsx") -> Page:
    """Upload a workbook on the page of tables."""
    page = admin.open("/admin/sheets")
    data = page.values("/admin/sheets/check")
    data["table"] = (BytesIO(content), name)
    return admin.post("/admin/sheets/check", data)


def edited(admin: Desk, change: Callable[[Workbook], None]) -> bytes:
    """The downloaded workbook, changed and saved."""
    answer = admin.client.get("/admin/sheets/export")
    assert "attachment" in answer.headers["Content-Disposition"]
    book = load_workbook(BytesIO(answer.data))
    change(book)
    kept = BytesIO()
    book.save(kept)
    return kept.getvalue()


def test_an_export_sent_back_unchanged_has_nothing_to_do(admin: Desk) -> None:
    assert "没有要改的" in sent(admin, edited(admin, lambda book: None)).text
    assert admin.client.get("/admin/sheets/template").status_code == 200


def test_a_table_is_checked_shown_and_then_taken_in(admin: Desk) -> None:
    def change(book: Workbook) -> None:
        book["人员"].append(["n-7", "鲁知新", "audit_bureau", "", "经办人", "", "", ""])

    page = sent(admin, edited(admin, change))
    assert "新任职：鲁知新 市审计局经办人" in page.text
    assert "没有符合条件" in admin.open("/admin/people?q=鲁知新").text
    sent(admin, edited(admin, change))
    page = admin.submit("/admin/sheets/")
    assert "新增人员1项，新任职1项" in page.text
    assert "市审计局 经办人" in admin.open("/admin/people?q=鲁知新").text


def test_wrong_rows_are_listed_and_nothing_is_taken_in(admin: Desk) -> None:
    def change(book: Workbook) -> None:
        book["人员"].append(["n-7", "鲁知新", "no_such", "", "经办人", "", "", ""])
        book["人员"].append(["n-8", "", "", "", "", "", "", ""])

    page = sent(admin, edited(admin, change))
    assert page.status == 422
    assert "有 2 处要改，一行也没有导入" in page.text
    assert "单位代码 没有代码为“no_such”的现有单位" in page.text
    assert "没有符合条件" in admin.open("/admin/people?q=鲁知新").text
    assert "xlsx" in sent(admin, b"nothing", "a.xlsx").text
    page = admin.open("/admin/sheets")
    assert admin.post("/admin/sheets/check", page.values("/admin/sheets/check")).status == 422
