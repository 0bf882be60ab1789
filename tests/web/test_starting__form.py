"""Starting a document: the list, the form, what is refused and what stays typed."""

from __future__ import annotations

from collections.abc import Callable

from tests.story import START, Story
from tests.web.desk import Desk

AtDesk = Callable[[str], Desk]
FORM = "/start/document_approval"


def test_the_list_offers_what_one_may_start_with_its_clauses(at_desk: AtDesk) -> None:
    page = at_desk("gov_clerk").open("/start")
    assert FORM in page.links("公文呈批")
    assert "工作规则第" in page.main()


def test_who_may_start_nothing_reads_who_may(at_desk: AtDesk) -> None:
    page = at_desk("auditadmin").open("/start")
    assert page.links("公文呈批") == []
    assert "您的职务没有可以发起的事项" in page.main()
    assert "由其他岗位发起的" in page.main()
    assert at_desk("auditadmin").open(FORM).status == 403


def test_a_document_is_started_and_its_first_step_opens(at_desk: AtDesk) -> None:
    desk = at_desk("gov_clerk")
    desk.open(FORM)
    page = desk.submit(FORM, do="complete", **desk.fill(START))
    assert page.path.startswith("/tasks/")
    assert "已发起" in page.main()


def test_the_only_organisation_one_may_choose_is_chosen(at_desk: AtDesk) -> None:
    desk = at_desk("water_clerk")
    assert desk.open(FORM).values(FORM)["v.submitter_org"] == "water_bureau"


def test_a_refusal_names_every_field_and_keeps_what_was_typed(at_desk: AtDesk) -> None:
    desk = at_desk("gov_clerk")
    desk.open(FORM)
    page = desk.submit(FORM, do="complete", **{"v.submitter_type": "other"})
    assert page.status == 422
    assert page.values(FORM)["v.submitter_type"] == "other"
    assert "密级" in page.main()
    [first, *_] = page.tree.xpath("//*[@data-summary]//a/@href")
    assert page.tree.xpath(f"//*[@id='{first[1:]}']")
    assert page.tree.xpath("//select[@id='f-classification'][@aria-invalid='true']")


def test_a_classified_document_is_asked_only_for_its_number(at_desk: AtDesk) -> None:
    desk = at_desk("gov_clerk")
    desk.open(FORM)
    fresh = {**desk.fill(START), "v.classification": "secret"}
    page = desk.submit(FORM, do="refresh", **fresh)
    hidden = page.tree.xpath("//*[@data-field][@hidden]/@data-field")
    assert "start_kind" in hidden
    assert "secret_no" not in hidden
    ordinary = desk.open(FORM).tree.xpath("//*[@data-field][@hidden]/@data-field")
    assert {"secret_no", "secret_storage"} <= set(ordinary)


def test_the_same_page_sent_twice_starts_one_document(at_desk: AtDesk, story: Story) -> None:
    desk = at_desk("gov_clerk")
    page = desk.open(FORM)
    data = {**page.values(FORM).to_dict(), **desk.fill(START), "do": "complete"}
    first, second = (desk.post(FORM, data).path for _ in range(2))
    assert first == second
    assert len(desk.open("/?tab=started").tree.find_class("gc-title")) == 1


def test_an_unknown_procedure_is_not_found(at_desk: AtDesk) -> None:
    assert at_desk("gov_clerk").open("/start/no_such_thing").status == 404
