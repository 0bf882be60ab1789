"""Tells what happened to a document: people act on steps by name, the clock moves on.

Everything goes through the engine's doors, as the pages and the API do.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from engine import accounts, attachments, instances, tasks, timers
from engine.clock import ManualClock, parse_moment
from engine.model import Actor, InstanceView, Outcome, TaskView, WorkItemRow
from engine.startup import Engine
from web.demo import office

PASSWORD: str = office.read()["password"]  # of everybody in the demo office
SIGNED = frozenset(  # the steps whose decisions are signed
    {"UT_office_head", "UT_dsg", "UT_sg", "UT_vm", "UT_others", "UT_sg_sum", "UT_mayor"}
    | {"UT_coordinate"}
)
LETTER = "忻州市人民政府办公室关于做好有关工作的通知。" * 8


class Story:
    """One document on its way."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.instance_id = ""
        self.last: Outcome | None = None

    # ---- people ----

    def who(self, username: str) -> Actor:
        return accounts.actor_named(self.engine, username)

    def letter(self, username: str, text: str = LETTER, name: str = "正文.txt") -> str:
        """A body file uploaded by a person; its id."""
        content = io.BytesIO(text.encode())
        return attachments.store(self.engine, self.who(username), name, content).id

    def start(self, username: str = "gov_clerk", key: str | None = None, **values: Any) -> Outcome:
        """Submit a document as this person."""
        return self.begin(username, "document_approval", {**START, **values}, key=key)

    def begin(
        self, username: str, process: str, values: Mapping[str, Any], key: str | None = None
    ) -> Outcome:
        """Start any procedure as this person."""
        made = instances.start(
            self.engine, self.who(username), process, values, key=key or uuid4().hex
        )
        self.instance_id = made.instance_id
        self.last = made
        return made

    def item(self, username: str, element: str) -> WorkItemRow:
        """The open item of this step in this person's hands or groups."""
        actor = self.who(username)
        for view in ("mine", "group"):
            page = tasks.worklist(self.engine, actor, view, size=100)
            for row in page.items:
                if (row.instance_id, row.element_id) == (self.instance_id, element):
                    assert isinstance(row, WorkItemRow)
                    return row
        raise AssertionError(f"{username} has no open {element}; open: {self.open_steps()}")

    def view(self, username: str, element: str) -> TaskView:
        return tasks.get(self.engine, self.who(username), self.item(username, element).id)

    def do(
        self,
        username: str,
        element: str,
        outcome: str | None = None,
        comment: str | None = None,
        key: str | None = None,
        signed: str | None = None,
        **values: Any,
    ) -> Outcome:
        """Complete a step; a group's item is claimed first, a decision confirmed by password.

        signed: what is given to confirm it, where the step is none of the office's own.
        """
        actor = self.who(username)
        row = self.item(username, element)
        version = row.version
        if row.assignee is None:
            version = tasks.claim(
                self.engine, actor, row.id, version=version, key=uuid4().hex
            ).version
        self.last = tasks.complete(
            self.engine,
            actor,
            row.id,
            version=version,
            values=values,
            outcome=outcome,
            comment=comment,
            confirm=PASSWORD if signed is None and element in SIGNED else signed,
            key=key or uuid4().hex,
        )
        return self.last

    # ---- the well-known path ----

    def prepare(self, **changes: Any) -> None:
        """The clerk fills in, the head signs and submits."""
        if "body_file" not in changes:
            changes["body_file"] = self.letter("gov_clerk")
        values = {**PREPARED, **changes}
        self.do("gov_clerk", "UT_prepare", **values)
        self.do("office_director", "UT_prepare", **values)

    def register(self, **changes: Any) -> Outcome:
        """The document section takes it in."""
        values = {
            "received_at": self.engine.clock.now().isoformat(),
            "copies": 1,
            "class_checked": "none",
            "paper_seal_ok": True,
        }
        return self.do("docs", "UT_register", **{**values, **changes})

    def to_initial(self, **changes: Any) -> None:
        """Registered, before the initial check."""
        self.prepare(**changes)
        self.register()

    def to_countersign(self, *depts: str, **changes: Any) -> None:
        """Sent to these departments; delivered now."""
        self.to_initial(**changes)
        self.initial(countersign_extra_depts=list(depts))
        self.do("gov_clerk", "UT_select", depts=list(depts), must_reply_depts=[])
        self.sign_out()

    def initial(self, outcome: str = "accept", **changes: Any) -> Outcome:
        return self.do("sec1", "UT_initial", outcome, **{**CHECKED, **changes})

    def check(self, element: str, outcome: str = "pass", **changes: Any) -> Outcome:
        """The secretariat looks at the material of a required procedure."""
        values = {"evidence_no": "材料1号", **MATERIAL.get(element, {}), **changes}
        given = {key: value for key, value in values.items() if value is not None}
        return self.do("sec1", element, outcome, "已核对。", **given)

    def sign_out(self) -> Outcome:
        """The host department's head signs first; the delivery starts every deadline."""
        return self.do(
            "office_director",
            "UT_host_sign",
            host_signed=True,
            host_signer_head=True,
            sent_at=self.engine.clock.now().isoformat(),
        )

    def summarise(self, *adopted: tuple[str, bool, str | None]) -> Outcome:
        rows = [{"dept": dept, "adopted": taken, "reason": why} for dept, taken, why in adopted]
        return self.do("gov_clerk", "UT_summary", adoption=rows, comment="已汇总。")

    def draft(self, **changes: Any) -> Outcome:
        """The secretariat proposes; the matter goes up."""
        return self.do("sec1", "UT_draft_opinion", **{**DRAFTED, **changes})

    def stations(self, *usernames: str) -> None:
        """Office director and deputy secretary-general (a major matter: "sg" too) pass it on."""
        steps = {"office_director": "UT_office_head", "sg": "UT_sg"}
        for username in usernames or ("office_director", "dsg1"):
            self.do(username, steps.get(username, "UT_dsg"), "pass", comment="同意呈送。")

    def to_the_leader(self) -> None:
        """From its start to the leader in charge, accepted at once and asking nobody."""
        self.start()
        self.to_initial()
        self.initial()
        self.draft()
        self.stations()

    def to_the_mayor(self) -> None:
        """A new document on a major matter of education, agreed to by the leader in charge."""
        self.start()
        self.to_initial()
        self.initial(is_major=True, is_major_basis="重大事项。")
        self.check("UT_eval5")
        self.draft(field="education")
        self.stations("office_director", "dsg3", "sg")
        self.do("vm2", "UT_vm", "approve", comment="同意，报市长审批。")

    def close(self) -> None:
        """Answer the sender and archive."""
        sent = self.engine.clock.now().isoformat()
        self.do(
            "docs", "UT_notify", reply_text="已批示同意。", reply_way="system", reply_sent_at=sent
        )
        self.archive()

    def archive(self) -> Outcome:
        return self.do("docs", "UT_archive", retention="permanent", archive_complete=True)

    # ---- time ----

    def at(self, moment: str) -> int:
        """The clock moves to a moment and everything due by then fires; how many did."""
        assert isinstance(self.engine.clock, ManualClock)
        self.engine.clock.move_to(parse_moment(moment))
        return timers.fire_due(self.engine)

    # ---- looking ----

    def see(self, username: str = "manager") -> InstanceView:
        return instances.get(self.engine, self.who(username), self.instance_id)

    def open_steps(self) -> list[tuple[str, str | None]]:
        """(element, hands) of every open item."""
        return [(row.element_id, row.assignee or row.group) for row in self.see().open_items]


START: dict[str, Any] = {
    "classification": "none",
    "start_kind": "self",
    "submitter_org": "gov_office",
    "submitter_type": "other",
}
PREPARED: dict[str, Any] = {
    "title": "忻州市人民政府办公室关于做好防汛工作的通知",
    "doc_type": "通知",
    "nature": "other",
    "deploy_scope": "special",
    "subject_kind": "general",
    "field": "general",
    "main_recipients": ["city_gov"],
    "authority_checked": True,
    "issued_by_head": True,
}
CHECKED: dict[str, Any] = {
    "q_own": True,
    "q_rule": True,
    "q_type": True,
    "q_consulted": True,
    "q_length": True,
    "q_annex": True,
    "handle_class": "handle",
}
DRAFTED: dict[str, Any] = {
    "summary": "部署防汛工作。",
    "suggestion": "拟同意，呈领导审定。",
    "field": "general",
    "suggested_decision": "approve",
    "disclosure_class": "active",
}
MATERIAL: dict[str, dict[str, Any]] = {
    "UT_risk": {"risk_level": "low"},
    "UT_eval5": {
        "e_legal": True,
        "e_need": True,
        "e_science": True,
        "e_feasible": True,
        "e_macro": True,
    },
    "UT_prior": {"prior_reply_no": "忻政函〔2026〕3号", "evidence_no": None},
}
