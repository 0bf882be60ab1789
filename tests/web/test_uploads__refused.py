"""Files on a form: kept when the rest is refused, refused with a sentence at their field."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest

from tests.story import LETTER, Story
from tests.web.desk import Desk

AtDesk = Callable[[str], Desk]


@pytest.fixture
def where(story: Story) -> str:
    """The address of the step in which a body is uploaded."""
    story.start()
    return f"/tasks/{story.item('gov_clerk', 'UT_prepare').id}"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("正文.html", b"<html></html>", "html"),
        ("正文.pdf", b"<html><script>1</script></html>", "pdf"),
        ("正文.txt", "机密★1年\n内容".encode(), "涉密"),
        ("正文.txt", b"", "空"),
    ],
)
def test_a_file_that_is_not_taken_is_refused_at_its_field(
    at_desk: AtDesk, where: str, name: str, content: bytes, says: str
) -> None:
    desk = at_desk("gov_clerk")
    desk.open(where)
    upload = {"v.title": "打好的标题", "u.body_file": (BytesIO(content), name)}
    page = desk.submit(where, do="complete", **upload)
    assert page.status == 422
    assert "“正文文件”" in page.main()
    assert says in page.main()
    assert page.values(where)["v.title"] == "打好的标题"


def test_a_good_file_survives_the_refusal_of_the_rest(
    story: Story, at_desk: AtDesk, where: str
) -> None:
    desk = at_desk("gov_clerk")
    desk.open(where)
    page = desk.submit(
        where, do="complete", **{"u.body_file": (BytesIO(LETTER.encode()), "通知正文.txt")}
    )
    assert page.status == 422
    assert "通知正文.txt" in page.main()
    [kept] = page.values(where).getlist("v.body_file")
    again = desk.submit(where, do="draft")
    assert again.values(where).getlist("v.body_file") == [kept]


def test_a_kept_file_is_taken_off_by_unticking_it(at_desk: AtDesk, where: str) -> None:
    desk = at_desk("gov_clerk")
    desk.open(where)
    desk.submit(where, do="draft", **{"u.body_file": (BytesIO(LETTER.encode()), "正文.txt")})
    page = desk.submit(where, do="draft", **{"v.body_file": []})
    assert page.values(where).getlist("v.body_file") == []


def test_a_file_is_only_ever_downloaded(story: Story, at_desk: AtDesk) -> None:
    story.start()
    story.prepare()
    answer = at_desk("gov_clerk").client.get(f"/attachments/{story.see().files[0].id}")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.content_type == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
