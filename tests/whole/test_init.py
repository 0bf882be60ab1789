"""A new installation from nothing to two administrators at their screens."""

from __future__ import annotations

import re
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest

from tests.whole.server import command, free_port, serving

pytestmark = pytest.mark.slow

NAMES = ("--system-admin", "张建国", "--security-admin", "李安保")
CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def test_a_new_installation_says_what_to_do_first(tmp_path: Path) -> None:
    refused = command("serve", data=tmp_path / "var")
    assert (refused.returncode, "make init" in refused.stderr) == (2, True)
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "缺少系统管理员的姓名"),
        (("--system-admin", "张建国"), "缺少安全保密管理员的姓名"),
        (("--system-admin", "张建国", "--security-admin", "张建国"), "不同的人"),
        ((*NAMES, "--system-user", "Root"), "不能用"),
        ((*NAMES, "--system-user", "secadmin"), "用户名须不同"),
    ],
    ids=["none", "one", "same person", "bad user", "same user"],
)
def test_what_is_missing_is_told_and_nothing_made(
    tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    refused = command("init", *arguments, data=tmp_path / "var")
    assert (refused.returncode, words in refused.stderr) == (2, True)
    assert not (tmp_path / "var").exists()


def test_two_administrators_come_in_by_their_links_once(tmp_path: Path) -> None:
    data, port = tmp_path / "var", free_port()
    made = command("init", *NAMES, "--url", f"http://127.0.0.1:{port}/", data=data)
    assert made.returncode == 0, made.stderr
    assert "76个机构" in made.stdout
    assert "没有人员" in made.stdout
    links = re.findall(r"http://\S+/entry/\S+", made.stdout)
    assert len(links) == 2
    again = command("init", *NAMES, data=data)
    assert (again.returncode, "没有改动任何数据" in again.stderr) == (2, True)
    demo = command("init", *NAMES, data=tmp_path / "other", demo="1")
    assert (demo.returncode, "不需要初始化" in demo.stderr) == (2, True)
    with serving(data, port) as served:
        for link, username in zip(links, ("sysadmin", "secadmin"), strict=True):
            page = entered(link)
            assert "密码已设好" in page, username
        assert "管理" in signed_in(served.url, "secadmin")
        fresh = command("link", "sysadmin", "--url", served.url, data=data)
        [link] = re.findall(r"http://\S+/entry/\S+", fresh.stdout)
        assert "密码已设好" in entered(link)
    assert command("audit", "verify", data=data).returncode == 0


def entered(link: str) -> str:
    """Open a link and set a password."""
    return posted(link, link, new="Hutuo-River-88", again="Hutuo-River-88")


def signed_in(url: str, username: str) -> str:
    return posted(f"{url}/sign-in", f"{url}/sign-in", username=username, password="Hutuo-River-88")


def posted(page: str, action: str, **fields: str) -> str:
    """Look at a page and post its form, with a browser of one's own; the page that follows."""
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    with browser.open(page, timeout=10) as shown:
        found = CSRF.search(shown.read().decode())
    assert found is not None
    body = urlencode({"csrf_token": found[1], **fields}).encode()
    with browser.open(action, body, timeout=10) as answer:
        return str(answer.read().decode())
