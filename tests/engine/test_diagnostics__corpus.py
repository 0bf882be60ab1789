"""Every diagram of the corpus runs to its end or a named wait, or is refused by the right name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import definitions
from engine.startup import Engine
from engine.storage import definitions as rows
from tests.corpus import __main__ as corpus
from tests.corpus import build
from tests.corpus.drawn_faults import REFUSED, WARNED
from tests.corpus.drawn_runs import RUNS
from tests.corpus.playing import play
from tests.corpus.proving import furnished, prove
from tests.corpus.shelf import shelf

FOLDER = Path(corpus.__file__).parent
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def drawn(folder: str) -> list[Path]:
    return sorted((FOLDER / folder).glob("*.bpmn"))


@pytest.fixture(scope="module")
def place() -> Iterator[Engine]:
    with furnished() as engine:
        yield engine


@pytest.mark.parametrize("path", drawn("runs"), ids=lambda path: path.stem)
def test_it_runs_to_its_end_with_every_token_accounted_for(place: Engine, path: Path) -> None:
    verdict = prove(place, path, rounds=3)
    assert (verdict.kind, verdict.findings) == ("runs", ()), verdict.words


def test_rows_in_between_change_nothing_of_what_happens(place: Engine) -> None:
    rebuilt = 0
    for path in drawn("runs"):
        definitions.deploy(place, [path])
        with place.database.read() as connection:
            row = rows.current(connection, build.key_of(path.stem))
        assert row is not None, path
        definition = definitions.compiled(place, row.id)
        for seed in range(5):
            with shelf(place, row, seed) as kept:
                stored = play(place, definition, seed, kept)
            assert stored == play(place, definition, seed), path
            rebuilt += kept.rebuilt
    assert rebuilt > 100


@pytest.mark.parametrize("path", drawn("refused"), ids=lambda path: path.stem)
def test_it_is_refused_for_this_and_nothing_else(place: Engine, path: Path) -> None:
    verdict = prove(place, path)
    assert verdict.kind == "refused", verdict.words
    assert {each.code for each in verdict.findings if each.refuses} == {path.stem.split("__")[0]}


@pytest.mark.parametrize("path", drawn("warned"), ids=lambda path: path.stem)
def test_it_runs_and_is_warned_of(place: Engine, path: Path) -> None:
    verdict = prove(place, path, rounds=3)
    assert verdict.kind == "runs", verdict.words
    assert path.stem.split("__")[0] in {each.code for each in verdict.findings}


@pytest.mark.parametrize("path", drawn("foreign"), ids=lambda path: path.stem)
def test_what_other_modelers_write_runs_or_is_refused(place: Engine, path: Path) -> None:
    verdict = prove(place, path, rounds=3)
    assert verdict.kind in ("runs", "refused"), verdict.words


@pytest.mark.parametrize("folder", ["refused", "warned", "foreign"])
def test_every_finding_says_what_should_be_what_is_and_what_to_draw(
    place: Engine, folder: str
) -> None:
    for path in drawn(folder):
        for each in prove(place, path, rounds=1).findings:
            if each.code in ("xml", "file"):
                continue
            assert re.search("应.*，.*实|应.*：|不能写", each.message), (path.name, each.message)
            assert CHINESE.search(each.remedy), (path.name, each)
            assert each.field is not None or "id=" not in each.message, (path.name, each)


def test_the_committed_files_are_what_is_drawn(tmp_path: Path) -> None:
    for folder, drawings in (("runs", RUNS), ("refused", REFUSED), ("warned", WARNED)):
        build.build(tmp_path / folder, drawings)
        fresh = {path.name: path.read_text("utf-8") for path in (tmp_path / folder).iterdir()}
        kept = {path.name: path.read_text("utf-8") for path in drawn(folder)}
        assert fresh == kept, f"{folder}: run python -m tests.corpus.build"


def test_the_corpus_is_large_enough() -> None:
    assert len(drawn("runs")) >= 45
    assert sum(1 for _ in FOLDER.rglob("*.bpmn")) >= 60


def test_an_empty_folder_proves_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert corpus.main(tmp_path) == 1
    assert "没有流程图" in capsys.readouterr().err


def test_a_folder_is_proven_file_by_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("runs/only-start-and-end.bpmn", "refused/no-end.bpmn"):
        (tmp_path / Path(name).name).write_text((FOLDER / name).read_text("utf-8"), "utf-8")
    assert corpus.main(tmp_path) == 0
    assert "共2个：1个能运行，1个被拒绝并说明，0个没有通过" in capsys.readouterr().out


def test_what_is_drawn_in_the_browser_is_examined_as_files_are(place: Engine) -> None:
    path = FOLDER / "refused" / "no-end.bpmn"
    files = {"drawn/no-end.bpmn": path.read_text("utf-8"), "drawn/forms/note.json": "{}"}
    found = definitions.examine(place, files)
    assert {"no-end", "form"} <= {each.code for each in found}
    assert all(each.file.startswith("drawn/") for each in found)
