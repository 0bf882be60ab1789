"""The administrator changes what the office has agreed on, with a reason, and back."""

from __future__ import annotations

from collections.abc import Callable

from tests.web.desk import Desk

PLACE = "/admin/conventions"


def test_every_convention_is_listed_with_the_word_and_where_it_is_used(
    at_desk: Callable[[str], Desk],
) -> None:
    page = at_desk("sysadmin").open(PLACE)
    assert page.heading == "约定参数"
    rows = page.tree.xpath("//tbody/tr")
    assert len(rows) >= 9
    for row in rows:
        assert "约定" in row.text_content()
        assert "依据" not in row.text_content()
    assert "公文呈批；呈批：办公室负责人审核" in page.main()


def test_a_value_is_changed_with_a_reason_and_back(at_desk: Callable[[str], Desk]) -> None:
    desk = at_desk("sysadmin")
    place = f"{PLACE}/office_hours_end"
    page = desk.open(place)
    assert "没有改动过" in page.main()
    page = desk.submit(place, value="17:30")
    assert page.status == 422
    assert "请写明为什么改" in page.main()
    assert page.tree.xpath("string(//input[@name='value']/@value)") == "17:30"
    page = desk.submit(place, value="25:00", reason="冬季作息。")
    assert "“下班时间”应为时刻，如18:00。" in page.main()
    page = desk.submit(place, value="17:30", reason="冬季作息。")
    assert page.status == 200
    assert "“下班时间”已由18:00改为17:30（约定）。此前已经算出的结果不变。" in page.main()
    assert "冬季作息。" in page.main()
    page = desk.submit(place, value="17:30", reason="恢复。")
    assert page.status == 422
    page = desk.post(f"{place}/reset", desk.page.values(place) if desk.page else {})
    assert page.status == 200
    assert "已由17:30改为18:00" in page.main()


def test_a_convention_that_is_none_is_not_found(at_desk: Callable[[str], Desk]) -> None:
    assert at_desk("sysadmin").open(f"{PLACE}/nothing").status == 404
