"""The page of help says every tab, verb and key there is, from what the pages are made of."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from engine import verbs
from tests.web.desk import Desk
from web.pages.help_words import KEYS
from web.pages.workbench import TABS

AtDesk = Callable[[str], Desk]
ASSETS = Path(__file__).parents[2] / "web" / "assets"
GUIDE = Path(__file__).parents[2] / "docs" / "staff-guide.md"
KEY = re.compile(r"^  (?:'(.)'|(\w)): \(\) =>", re.MULTILINE)


def test_it_names_every_tab_and_every_verb(at_desk: AtDesk) -> None:
    page = at_desk("gov_clerk").open("/help")
    words = page.main()
    for tab in TABS.values():
        assert tab.about in words
        assert page.links(tab.label)
    for verb in verbs.every():
        assert verb.label in words
        assert verb.about in words


def test_its_keys_are_those_of_the_script() -> None:
    script = (ASSETS / "keys.js").read_text("utf-8")
    assert [one or other for one, other in KEY.findall(script)] == [each.press for each in KEYS]


def test_every_page_leads_to_it(at_desk: AtDesk) -> None:
    assert at_desk("auditadmin").open("/account").links("帮助")


def test_the_guide_for_staff_names_every_tab_and_every_verb() -> None:
    guide = GUIDE.read_text("utf-8")
    labels = [each.label for each in (*TABS.values(), *verbs.every())]
    assert [label for label in labels if label not in guide] == []
