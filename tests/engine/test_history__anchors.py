"""The anchor file: short lines, survives a crash, shows when it was itself changed."""

from __future__ import annotations

import json
from pathlib import Path

from engine import anchors, history
from engine.startup import Engine
from tests.engine.rows import add_instance


def anchor_file(engine: Engine) -> Path:
    return anchors.file_in(engine.settings.data)


def test_an_anchor_holds_only_the_heads_that_moved(engine: Engine) -> None:
    add_instance(engine, "i1", links=2)
    history.anchor(engine)
    add_instance(engine, "i2", links=1)
    second = history.anchor(engine)
    assert set(second.heads) == {"i2"}
    assert history.verify(engine).ok


def test_a_changed_anchor_line_shows(engine: Engine) -> None:
    add_instance(engine, "i1", links=2)
    history.anchor(engine)
    line = json.loads(anchor_file(engine).read_text())
    line["heads"]["i1"][1] = "f" * 64
    anchor_file(engine).write_text(json.dumps(line) + "\n")
    told = "\n".join(history.verify(engine).problems)
    assert "锚定文件第1行与前文不衔接" in told


def test_a_removed_anchor_line_shows(engine: Engine) -> None:
    for name in ("i1", "i2", "i3"):
        add_instance(engine, name, links=1)
        history.anchor(engine)
    lines = anchor_file(engine).read_bytes().splitlines(keepends=True)
    anchor_file(engine).write_bytes(lines[0] + lines[2])
    assert "锚定文件第2行与前文不衔接，锚定文件被改动过。" in history.verify(engine).problems


def test_a_line_cut_short_by_a_crash_is_replaced_by_the_next(engine: Engine) -> None:
    add_instance(engine, "i1", links=1)
    history.anchor(engine)
    with anchor_file(engine).open("ab") as file:
        file.write(b'{"at":"2026-02-1')
    assert history.verify(engine).ok
    history.anchor(engine)
    assert history.verify(engine).ok
    assert len(anchor_file(engine).read_bytes().splitlines()) == 2


def test_an_unreadable_line_is_told(engine: Engine) -> None:
    history.anchor(engine)
    anchor_file(engine).write_bytes(b"nonsense\n")
    assert history.verify(engine).problems == ("锚定文件第1行读不懂，可能被改动过。",)
