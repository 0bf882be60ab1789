"""The command line, as a person at a terminal meets it."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from tests.diagrams import flow, start_end, user, write
from tests.whole.server import command, free_port, serving

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder on which the demo was played."""
    data = tmp_path_factory.mktemp("demo") / "var"
    done = command("serve", "--once", data=data, demo="1")
    assert done.returncode == 0, done.stderr
    assert "办结" in done.stdout
    return data


def test_a_second_start_keeps_everything_and_plays_nothing(demo: Path) -> None:
    again = command("serve", "--once", data=demo, demo="1")
    assert (again.returncode, "播放" in again.stdout) == (0, False)


def test_the_demo_does_not_open_to_the_world(tmp_path: Path) -> None:
    refused = command("serve", data=tmp_path / "var", demo="1", host="0.0.0.0")
    assert refused.returncode == 2
    assert "DEMO=0" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("name", "value"), [("port", "99999"), ("demo", "maybe"), ("clock_start", "2020-01-01")]
)
def test_a_bad_setting_refuses_to_start_with_a_sentence(
    tmp_path: Path, name: str, value: str
) -> None:
    settings = {"demo": "1", name: value}
    refused = command("serve", "--once", data=tmp_path / "var", **settings)
    assert refused.returncode == 2
    assert f"GUICHENG_{name.upper()}" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("moment", "term", "due"),
    [
        ("2026-02-11T10:00:00+08:00", "7wd", "2026-02-27T18:00:00+08:00"),
        ("2026-02-11T02:00:00Z", "7wd", "2026-02-27T18:00:00+08:00"),
        ("2023-06-21T10:00:00+08:00", "1wd", "2023-06-25T18:00:00+08:00"),
        ("2026-02-11T10:00:00+08:00", "3mo", "2026-05-11T18:00:00+08:00"),
    ],
)
def test_a_deadline_is_one_line(tmp_path: Path, moment: str, term: str, due: str) -> None:
    assert command("deadline", moment, term, data=tmp_path).stdout == due + "\n"


def test_a_deadline_that_cannot_be_read_says_how_to_write_it(tmp_path: Path) -> None:
    for moment, term in (("tomorrow", "7wd"), ("2026-02-11T10:00:00+08:00", "soon")):
        refused = command("deadline", moment, term, data=tmp_path)
        assert (refused.returncode, "请写成" in refused.stderr) == (2, True)


def test_a_diagram_is_checked_before_it_is_deployed(demo: Path, tmp_path: Path) -> None:
    good = write(tmp_path / "good", "simple", start_end() + user("A") + flow("S", "A", "E"))
    bad = write(tmp_path / "bad", "simple", start_end() + user("A", "") + flow("S", "A", "E"))
    assert command("check", str(good), data=demo).stdout == "没有问题。\n"
    found = command("check", str(bad), "--json", data=demo)
    assert found.returncode == 1
    assert json.loads(found.stdout)[0]["code"] == "no-role"
    refused = command("deploy", str(bad), data=demo)
    assert (refused.returncode, "应写明由谁办理，实为没有" in refused.stderr) == (2, True)
    assert "第1版" in command("deploy", str(good), data=demo).stdout
    assert "没有变化" in command("deploy", str(good), data=demo).stdout


def test_the_history_is_verified_and_a_change_is_found(demo: Path, tmp_path: Path) -> None:
    sound = command("audit", "verify", data=demo)
    assert (sound.returncode, "完整，没有改动" in sound.stdout) == (0, True)


def test_a_backup_is_restored_into_an_empty_place(demo: Path, tmp_path: Path) -> None:
    made = command("backup", str(tmp_path / "backups"), data=demo)
    [file] = (tmp_path / "backups").glob("*.tar")
    assert str(file) in made.stdout
    other = tmp_path / "other"
    restored = command("restore", str(file), data=other)
    assert restored.returncode == 0, restored.stderr
    assert command("audit", "verify", data=other).returncode == 0
    again = command("restore", str(file), data=other)
    assert (again.returncode, "没有恢复任何内容" in again.stderr) == (2, True)


def test_the_doctor_names_what_is_wrong_and_the_remedy(demo: Path, tmp_path: Path) -> None:
    well = command("doctor", data=demo)
    assert "✓ 数据库" in well.stdout
    ill = command("doctor", data=tmp_path / "none")
    assert (ill.returncode, "✗ 数据文件夹" in ill.stdout) == (1, True)


def test_a_command_without_a_database_says_what_to_run(tmp_path: Path) -> None:
    refused = command("fire-timers", data=tmp_path / "none")
    assert (refused.returncode, "guicheng prepare" in refused.stderr) == (2, True)


def test_a_token_opens_the_api_and_a_stop_is_graceful(demo: Path) -> None:
    token = command("token", "gov_clerk", data=demo, demo="1").stdout.strip()
    assert "没有账号" in command("token", "nobody", data=demo, demo="1").stderr
    with serving(demo, demo="1") as served:
        bearer = {"Authorization": f"Bearer {token}"}
        request = Request(f"{served.url}/api/v1/tasks?view=started", headers=bearer)
        with urlopen(request, timeout=10) as response:
            assert json.load(response)["total"] == 1
        address = urlsplit(served.url)
        asked = [HTTPConnection(str(address.hostname), address.port, timeout=30) for _ in range(6)]
        for each in asked:  # at the door before the stop, answered after it
            each.request("GET", f"/api/v1/tasks?view=started&size={len(asked)}", headers=bearer)
        status = served.terminate()
        answers = [each.getresponse().status for each in asked]
    for each in asked:
        each.close()
    assert status == 0
    assert answers == [200] * len(asked)


def test_a_port_in_use_is_told(demo: Path) -> None:
    port = free_port()
    with serving(demo, port, demo="1"):
        refused = command("serve", data=demo, demo="1", port=str(port))
    assert (refused.returncode, "端口可能已被占用" in refused.stderr) == (2, True)
