"""What holds on every way through document approval, whoever does what in whatever order.

Random runs through the doors: at every open step somebody does one of the things the step allows.
After each command five sentences must hold; the fourth of the specification, on outgoing numbers,
is held here for the numbers of received documents.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from engine import directory, registers, tasks
from engine.errors import GuichengError
from engine.model import WorkItemRow
from engine.procedure import AssignmentRequest
from engine.startup import Engine
from processes.shared.assignment import resolve
from tests.rows import responses_of, signatures_of, variables_of
from tests.story import CHECKED, DRAFTED, MATERIAL, PASSWORD, PREPARED, Story
from web.demo import office

LEADERS = {"UT_vm": "vice_mayor", "UT_mayor": "mayor"}
GRANTED = ("approve", "approve_rev", "circulate")
RUNS = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
Choose = Callable[[list[Any]], Any]


class Run(Story):
    """One document, moved on by chance. signed: what stood when each leader signed."""

    def __init__(self, engine: Engine, choose: Choose) -> None:
        super().__init__(engine)
        self.choose = choose
        self.texts = 0
        self.replied = ""
        self.signed: list[tuple[str, dict[str, Any]]] = []

    def begin_with(self) -> None:
        self.start()
        normative = self.choose([True, False])
        self.sent = {**PREPARED, "body_file": self.another_text()}
        if normative:
            opinion = self.letter("gov_clerk", "部门法制审核意见。", "法制审核意见.txt")
            name = self.choose(["dept_approved", "dept_own"])
            self.sent |= {
                "subject_kind": "normative",
                "normative_name": name,
                "legal_opinion_dept": opinion,
            }
        self.prepare(**self.sent)

    def another_text(self) -> str:
        self.texts += 1
        return self.letter("gov_clerk", f"第{self.texts}稿的正文。")

    def step(self) -> bool:
        """One person does one thing; False when nobody has anything to do."""
        open_items = sorted(self.see().open_items, key=lambda item: item.element_id)
        if not open_items:
            return False
        item = self.choose(list(open_items))
        outcome, values = self.what(item.element_id)
        actor = self.who(self.hands(item))
        self.hold(item, actor.person_id)
        version = item.version
        if item.assignee is None:
            claimed = tasks.claim(
                self.engine, actor, item.id, version=version, key=f"claim-{item.id}"
            )
            version = claimed.version
        known = variables_of(self.engine, self.instance_id)
        tasks.complete(
            self.engine,
            actor,
            item.id,
            version=version,
            values=values,
            outcome=outcome,
            comment="已办理，意见如上。",
            confirm=PASSWORD,
            key=f"done-{item.id}",
        )
        if item.element_id in LEADERS and outcome in GRANTED:
            [kept] = [
                each.text_sha256
                for each in signatures_of(self.engine, self.instance_id)
                if each.work_item_id == item.id
            ]
            self.signed.append((item.element_id, {**known, "signed_text": kept}))
        return True

    def hands(self, item: WorkItemRow) -> str:
        """The user name of whoever may do it."""
        if item.assignee is None:
            return {"文书科": "docs", "秘书科": "sec1", "法制科": "legal"}.get(
                item.group or "", "legal_reviewer"
            )
        return NAMES[item.assignee]

    def hold(self, item: WorkItemRow, person: str) -> None:
        """The leader who signs is the one the office's rule names at this very moment."""
        role = LEADERS.get(item.element_id)
        if role is None:
            return
        with self.engine.database.read() as connection:
            known = directory.snapshot(self.engine, connection)
        request = AssignmentRequest(role, self.engine.clock.now(), None, "general", "instruct")
        assert {each.person for each in resolve(known, request)} == {person}

    # ---- what people may do ----

    def what(self, element: str) -> tuple[str | None, dict[str, Any]]:
        now = self.engine.clock.now().isoformat()
        fixed: dict[str, tuple[str | None, dict[str, Any]]] = {
            "UT_register": (
                None,
                {"received_at": now, "copies": 1, "class_checked": "none", "paper_seal_ok": True},
            ),
            "UT_select": (None, {"depts": ["finance_bureau"], "must_reply_depts": []}),
            "UT_host_sign": (
                None,
                {"host_signed": True, "host_signer_head": True, "sent_at": now},
            ),
            "UT_negotiate": (
                None,
                {"negotiated_at": now, "heads_met": True, "still_open": []},
            ),
            "UT_material_check": (None, {"material_ok": True}),
            "UT_accept": (
                None,
                {
                    "accept_ok": True,
                    "legal_received_at": now,
                    "urgent_exception": True,
                    "urgent_basis": "突发事件。",
                },
            ),
            "UT_legal_issue": (None, {"issue_ok": True, "legal_opinion_no": "忻司审1号"}),
            "UT_draft_opinion": (None, dict(DRAFTED)),
        }
        if element in fixed:
            return fixed[element]
        return getattr(self, f"at_{element}", self.checked)()

    def checked(self) -> tuple[str | None, dict[str, Any]]:
        return "pass", {"evidence_no": "材料1号", **MATERIAL["UT_eval5"]}

    def at_UT_dept_legal(self) -> tuple[str | None, dict[str, Any]]:
        return "pass", {"evidence_no": "材料1号"}

    def at_UT_initial(self) -> tuple[str | None, dict[str, Any]]:
        extra = self.choose([[], ["finance_bureau"]])
        result = self.choose(["accept", "accept", "supplement"])
        more = {"countersign_extra_depts": extra}
        if "normative_name" in self.sent:
            more["normative_confirmed"] = True
        return result, {**CHECKED, **more}

    def at_UT_fix(self) -> tuple[str | None, dict[str, Any]]:
        if self.choose([True, False]):
            self.sent = {**self.sent, "body_file": self.another_text()}
        reason = variables_of(self.engine, self.instance_id)["fix_reason"]
        said: dict[str, Any] = {"legal_reply": "已照改。"} if reason == "legal" else {}
        if reason in ("legal", "adopt", "dispute") and self.choose([True, False]):
            said |= {"carry_over": True, "carry_reason": "只落实所提意见，不动其他部门职权。"}
        return None, {**self.sent, "fix_action": "resubmit", **said}

    def at_UT_reply(self) -> tuple[str | None, dict[str, Any]]:
        self.replied, more = self.choose([("agree", {}), ("object", {"basis": "预算法"})])
        return self.replied, more

    def at_UT_summary(self) -> tuple[str | None, dict[str, Any]]:
        if self.replied != "object":
            return None, {"adoption": []}
        adopted = self.choose([True, False])
        why = None if adopted else "已列入预算。"
        row = {"dept": "finance_bureau", "adopted": adopted, "reason": why}
        return None, {"adoption": [row]}

    def at_UT_coordinate(self) -> tuple[str | None, dict[str, Any]]:
        result = self.choose(["agreed", "plan", "to_mayor"])
        revise = result != "to_mayor" and self.choose([True, False])
        return result, {"coord_revise": revise}

    def at_UT_submit_materials(self) -> tuple[str | None, dict[str, Any]]:
        wanted = ("m_draft", "m_note", "m_basis", "m_dept_legal", "m_dept_meeting")
        return None, {each: self.letter("gov_clerk", f"{each} 的内容。") for each in wanted}

    def at_UT_review(self) -> tuple[str | None, dict[str, Any]]:
        result = self.choose(["pass", "pass", "pass_with_changes", "fail"])
        kind = {"fail_kind": "illegal"} if result == "fail" else {}
        return "conclude", {"review_result": result, **kind}

    def at_UT_recheck(self) -> tuple[str | None, dict[str, Any]]:
        result = self.choose(["pass", "pass", "pass_with_changes"])
        confirmed = self.choose([True, False])
        return result, {"legal_opinion_no": "忻司审1号", "carry_confirmed": confirmed}

    def at_UT_office_head(self) -> tuple[str | None, dict[str, Any]]:
        return self.choose(["pass", "pass", "redraft"]), {}

    def at_UT_dsg(self) -> tuple[str | None, dict[str, Any]]:
        outcome = self.choose(["pass", "pass", "pass", "coordinate"])
        return outcome, {"dispute_parties": ["finance_bureau"]} if outcome == "coordinate" else {}

    def at_UT_sg(self) -> tuple[str | None, dict[str, Any]]:
        return "pass", {}

    def at_UT_vm(self) -> tuple[str | None, dict[str, Any]]:
        return self.choose(["approve", "approve", "return", "redraft", "transfer", "circulate"]), {}

    def at_UT_mayor(self) -> tuple[str | None, dict[str, Any]]:
        return self.choose(["approve", "return"]), {}


def usernames() -> dict[str, str]:
    """Name of a person → user name."""
    told = office.read()
    accounts = {each["person_id"]: each["username"] for each in told["account"]}
    return {each["name"]: accounts[each["id"]] for each in told["person"] if each["id"] in accounts}


NAMES = usernames()


def play(engine: Engine, choose: Choose, steps: int = 20) -> Run:
    """A run of some steps; a step the forms refuse for these facts is simply not taken."""
    run = Run(engine, choose)
    run.begin_with()
    for _ in range(steps):
        try:
            if not run.step() or past_the_decision(run):
                break
        except GuichengError:
            continue
        hold_everything(run)
    hold_everything(run)
    return run


def past_the_decision(run: Run) -> bool:
    return any(item.element_id == "UT_transfer" for item in run.see().open_items)


def hold_everything(run: Run) -> None:
    """The sentences that hold after every command."""
    for element, known in run.signed:  # (1) and stale facts: signed only on the reviewed text
        assert known["signed_text"] == known["body_hash"], element
        if "legal_review_by_judicial" in known["needs"]:
            assert known["legal_result"] == "pass", element
            assert known["legal_hash"] == known["body_hash"], element
        if len(known["countersign_extra_depts"]) > 0:
            assert known["countersign_hash"] == known["body_hash"], element
    opened = {item.element_id for item in run.see().open_items}
    if "UT_offline_issue" in opened or "UT_notify" in opened:  # (2) nothing disputed is issued
        assert variables_of(run.engine, run.instance_id)["dispute_status"] != "open"
    for row in responses_of(run.engine, run.instance_id):  # (3) silence is nobody's
        if row.type == "DEEMED_NO_OBJECTION":
            assert (row.person_id, row.signature) == (None, None)
    numbers = [
        int(str(row.values["number"]).split("〕")[1].removesuffix("号"))
        for row in registers.find(run.engine, "received_document").items
    ]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))  # (4) unique and without a gap


@pytest.mark.slow
@RUNS
@given(data=st.data())
def test_whatever_people_do_the_five_sentences_hold(engine: Engine, data: st.DataObject) -> None:
    play(engine, lambda options: data.draw(st.sampled_from(options)))


@pytest.mark.slow
@RUNS
@given(data=st.data())
def test_no_leader_signs_a_text_other_than_the_one_that_was_reviewed(
    engine: Engine, data: st.DataObject
) -> None:
    first = [True, "dept_approved"]  # a normative document that the judicial bureau reviews

    def choose(options: list[Any]) -> Any:
        if first and first[0] in options:
            return first.pop(0)
        return data.draw(st.sampled_from(options))

    run = play(engine, choose, steps=26)
    for _, known in run.signed:
        assert "legal_review_by_judicial" in known["needs"]
        assert known["legal_hash"] == known["body_hash"] == known["signed_text"]
