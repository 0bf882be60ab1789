"""What a run walked of the diagrams is added up truthfully."""

from __future__ import annotations

import json
from pathlib import Path

from engine.startup import Engine
from scripts import drawn as share
from tests.diagrams import diagram, flow, install, start_end, user
from tests.drawn import Listener
from tests.story import Story


def test_the_engine_tells_every_flow_it_takes(engine: Engine, tmp_path: Path) -> None:
    body = (
        start_end()
        + '<exclusiveGateway id="G" default="F_G_U"/><endEvent id="N" name="不办"/>'
        + user("U")
        + flow("S", "G")
        + flow("G", "N", when="False")
        + flow("G", "U", "E")
    )
    install(engine, tmp_path, "walked_process", body)
    listener = Listener("engine.walked")
    story = Story(engine)
    story.begin("gov_clerk", "walked_process", {})
    story.do("gov_clerk", "U")
    told = {line for line in listener.heard if line.startswith("walked_process ")}
    assert {line.partition(" ")[2] for line in told} >= {"S G", "G U", "U E"}
    assert "walked_process G N" not in told


def test_what_nobody_went_through_is_named(tmp_path: Path) -> None:
    models, folder = tmp_path / "models", tmp_path / "heard"
    models.mkdir()
    folder.mkdir()
    (models / "tried.bpmn").write_text(diagram("tried", start_end() + flow("S", "E")), "utf-8")
    (folder / "one.json").write_text(json.dumps({"walked": [], "rows_hit": []}), "utf-8")
    assert share.missing(folder, models) == {"tried": (1, ["F_S_E"])}
    told = {"walked": ["tried None S", "tried S E"], "rows_hit": []}
    (folder / "two.json").write_text(json.dumps(told), "utf-8")
    assert share.missing(folder, models) == {"tried": (1, [])}
    assert share.main(str(folder), str(models)) == 0
