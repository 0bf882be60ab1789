"""Every page stands in the album (tests/screens), so that it is photographed, and looked at by the
browser tests for policy, barriers and width. A page that is added without a picture fails here."""

from __future__ import annotations

from collections import defaultdict
from types import SimpleNamespace

from engine.startup import Engine
from tests.screens.album import album
from web.app import create_app

NO_PAGES = ("static", "health.", "openapi", "api_", "files.")  # files, probes, the API
FOR_SCRIPTS = frozenset({"workbench.counts", "instances.elements", "notices.unread"})
DOWNLOADS = frozenset({"admin_sheets.export", "admin_sheets.template", "admin_audit.export"})
DOWNLOADS |= {"registers.export"}
ON_THE_WAY_IN = frozenset({"steps.code", "steps.enrol", "steps.password"})  # reached by signing in


def test_every_page_has_its_picture(engine: Engine) -> None:
    app = create_app(engine)
    anything = SimpleNamespace(id="0" * 32)
    story = SimpleNamespace(instance_id="0" * 32, item=lambda who, element: anything)
    once = defaultdict(lambda: "0" * 32)
    office = SimpleNamespace(engine=engine, told=defaultdict(lambda: story), once=once)
    adapter = app.url_map.bind("")
    seen = {
        adapter.match(each.path.partition("?")[0])[0]
        for each in album(office)  # type: ignore[arg-type]
        if each.path != "/fault"
    }
    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.endpoint.startswith(NO_PAGES)
    }
    assert sorted(pages - FOR_SCRIPTS - DOWNLOADS - ON_THE_WAY_IN - seen) == []
