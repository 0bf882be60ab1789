"""A version freezes everything; files come in once and never push a browser's version aside."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import definitions
from engine.errors import NotAllowed, NotFound
from engine.startup import Engine
from tests.conftest import MODELS
from tests.diagrams import flow, install, start_end, user, write
from tests.story import Story

ONE = start_end() + user("A") + flow("S", "A", "E")
TWO = start_end() + user("A") + user("B") + flow("S", "A", "B", "E")


def current(engine: Engine, key: str) -> definitions.DefinitionRow:
    story = Story(engine)
    rows = definitions.listing(engine, story.who("gov_clerk"))
    return next(row for row in rows if row.key == key)


def test_the_same_files_are_imported_once(any_engine: Engine) -> None:
    before = definitions.listing(any_engine, Story(any_engine).who("gov_clerk"))
    assert definitions.deploy(any_engine, [MODELS]) == []
    assert definitions.listing(any_engine, Story(any_engine).who("gov_clerk")) == before


def test_a_running_instance_stays_on_the_version_it_began_with(
    engine: Engine, tmp_path: Path
) -> None:
    install(engine, tmp_path, "growing", ONE)
    old = Story(engine)
    old.begin("gov_clerk", "growing", {})
    [second] = install(engine, tmp_path, "growing", TWO)
    assert second.version == 2
    new = Story(engine)
    new.begin("gov_clerk", "growing", {})
    engine.cache.pop("definitions")
    old.do("gov_clerk", "A", note="旧")
    new.do("gov_clerk", "A", note="新")
    assert (old.see().row.state, old.see().row.definition_version) == ("completed", 1)
    assert (new.see().row.state, new.see().row.definition_version) == ("running", 2)


def test_a_file_never_supersedes_a_version_made_in_the_browser(
    engine: Engine, tmp_path: Path
) -> None:
    install(engine, tmp_path, "growing", ONE)
    designer = Story(engine).who("designer")
    made = write(tmp_path / "browser", "growing", TWO)
    definitions.deploy(engine, [made], actor=designer, origin="browser")
    install(engine, tmp_path, "growing", TWO + "<!-- from a file -->")
    assert current(engine, "growing").origin == "browser"


def test_only_a_designer_deploys_by_hand(engine: Engine, tmp_path: Path) -> None:
    made = write(tmp_path, "growing", ONE)
    with pytest.raises(NotAllowed):
        definitions.deploy(engine, [made], actor=Story(engine).who("gov_clerk"))


def test_starting_what_is_not_there_or_not_for_you_says_so(engine: Engine) -> None:
    story = Story(engine)
    with pytest.raises(NotFound) as missing:
        story.begin("gov_clerk", "nothing", {})
    assert "没有“nothing”这个流程" in missing.value.message
    with pytest.raises(NotAllowed):
        story.begin("gov_clerk", "countersign", {})
    with pytest.raises(NotAllowed):
        story.begin("designer", "document_approval", {})


def test_the_listing_tells_what_one_may_start(engine: Engine) -> None:
    story = Story(engine)
    mine = {row.key: row.startable for row in definitions.listing(engine, story.who("gov_clerk"))}
    assert mine["document_approval"] is True
    assert mine["archive"] is False
    assert definitions.start_form(engine, story.who("gov_clerk"), "document_approval") is not None
