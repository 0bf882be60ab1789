"""Pictures of going back and of doing several at once: a procedure whose steps may be returned and
taken back lies in the middle of a parallel part, and files lie before the document section."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from playwright.sync_api import Page

from engine import definitions, tasks, verbs
from engine.procedure import Procedure, Summary
from processes import discover
from tests.diagrams import flow, properties, start_end, write
from tests.screens.picture import Picture, menu, press

if TYPE_CHECKING:
    from tests.screens.office import Office

KEY, NAME = "seal_use", "用印登记"
TITLE = "关于在节约用水管理办法上使用市政府印章的登记"
TO_DECIDE = ".gc-decide .gc-menu:not(.gc-say)"


def tell(office: Office) -> None:
    """One matter checked by two at once, and two that only have to be archived."""
    body = (
        start_end()
        + _step("A", "拟稿", "gov_clerk")
        + _step("B", "核稿", "docs")
        + _step("C", "校对", "legal")
        + _step("D", "复核", "sec1", verbs="return,withdraw,transfer,delegate,add_signer,batch")
        + '<parallelGateway id="G"/><parallelGateway id="J"/>'
        + flow("S", "A", "G", "B", "J", "E")
        + flow("G", "C", "D", "J")
    )
    declared = Procedure(
        KEY, NAME, summary=Summary(title="title"), starter_roles=frozenset({"dept_clerk"})
    )
    office.engine.registry = discover(declared)
    with tempfile.TemporaryDirectory() as place:
        drawn = write(Path(place), KEY, body, name=NAME, variables={"title": TITLE})
        definitions.deploy(office.engine, [drawn])
    story = office.story("returning")
    story.begin("gov_clerk", KEY, {})
    story.do("gov_clerk", "A", note="用印两处。")
    checked = story.item("legal", "C").id
    story.do("legal", "C", note="文字已校对。")
    office.once["checked"] = checked
    sent = {"persons": ["docs"], "note": "请了解，用印后归卷。"}
    who, target = story.who("gov_clerk"), story.instance_id
    verbs.do(office.engine, who, "circulate", target, values=sent, key="sent", on="instance")


def archiving(office: Office) -> None:
    """Two matters decided and answered, before the document section that files them."""
    for name, title in (
        ("to_archive", "忻州市财政局关于上缴2025年度结余资金的请示"),
        ("to_archive_2", "忻州市财政局关于调整会计人员继续教育计划的请示"),
    ):
        story = office.to_deputy(name, "finance", title)
        story.do("dsg1", "UT_dsg", "pass", comment="拟同意，呈景舟同志批示。")
        story.do("evm", "UT_vm", "approve", comment="同意。")
        sent = office.engine.clock.now().isoformat()
        answer = {"reply_text": "已批示同意。", "reply_way": "system", "reply_sent_at": sent}
        story.do("docs", "UT_notify", **answer)
        row = story.item("docs", "UT_archive")
        tasks.claim(office.engine, story.who("docs"), row.id, version=row.version, key=uuid4().hex)


def _step(identity: str, name: str, person: str, **more: str) -> str:
    given = {"form": "forms/note.json", "assignee": json.dumps([person]), **more}
    return f'<userTask id="{identity}" name="{name}">{properties(**given)}</userTask>'


def pictures(office: Office) -> Iterator[Picture]:
    """退回 and 撤回 with what each undoes, and 批量办理 with what came of each."""
    task = f"/tasks/{office.told['returning'].item('sec1', 'D').id}"
    yield Picture("47-verb-menu", "sec1", task, menu(TO_DECIDE))
    yield Picture("47-verb-return", "sec1", f"{task}/verbs/return")
    yield Picture("47-verb-return-confirm", "sec1", f"{task}/verbs/return", _to_the_draft)
    mine = f"/tasks/{office.once['checked']}"
    yield Picture("47-verb-withdraw-confirm", "legal", f"{mine}/verbs/withdraw", press("下一步"))
    batch = f"/tasks/{office.told['to_archive'].item('docs', 'UT_archive').id}/batch"
    yield Picture("49-batch", "docs", batch)
    yield Picture("49-batch-nothing-chosen", "docs", batch, _without_any)
    yield Picture("49-batch-results", "docs", batch, _unfilled)


def _to_the_draft(page: Page) -> None:
    options = page.locator("#f-target option").all_inner_texts()
    wanted = next(each for each in options if each.startswith("拟稿"))
    page.select_option("#f-target", label=wanted)
    page.select_option("#f-mode", "walk")
    page.fill("#f-reason", "用印份数与正文不一致，请核实后重报。")
    press("下一步")(page)


def _without_any(page: Page) -> None:
    page.locator("main [name=task]:checked").uncheck()
    press("归档")(page)


def _unfilled(page: Page) -> None:
    """Sent without what the form must have, so that nothing changes by the picture."""
    for box in page.locator("main [name=task]").all():
        box.check()
    press("归档")(page)
