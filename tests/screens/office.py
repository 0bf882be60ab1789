"""A few weeks of an office: documents in every state, told through the engine's doors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from engine import instances, posting, substitution, tasks
from engine.clock import ManualClock, parse_moment
from engine.model import Outcome
from engine.startup import Engine
from tests.screens import access, going_back
from tests.story import CHECKED, DRAFTED, Story

TODAY = "2026-02-25T10:20:00+08:00"
ORGS = {
    "gov": ("gov_office", "office_director"),
    "water": ("water_bureau", "water_head"),
    "finance": ("finance_bureau", "finance_head"),
    "education": ("education_bureau", "education_head"),
    "agriculture": ("agriculture_bureau", "agriculture_head"),
    "emergency": ("emergency_bureau", "emergency_head"),
    "transport": ("transport_bureau", "transport_head"),
}
BODY = (
    "市政府：\n为保障春灌用水和城乡供水安全，现就有关事项请示如下。经与相关部门会商，"
    "拟对全市十一个县（市、区）的干支渠和小型泵站进行维修养护，四月十日前完工。\n"
) * 6


class Busy(Story):
    """A document whose every step takes its time, so that the newest stands first."""

    def do(self, *args: Any, **more: Any) -> Outcome:
        done = super().do(*args, **more)
        assert isinstance(self.engine.clock, ManualClock)
        self.engine.clock.advance(seconds=20)
        return done


@dataclass
class Office:
    """Tells the stories; remembers each under a name."""

    engine: Engine
    told: dict[str, Story] = field(default_factory=dict)
    once: dict[str, str] = field(default_factory=dict)  # what is not found again: links, ids

    def at(self, moment: str) -> None:
        Story(self.engine).at(moment)

    def story(self, name: str) -> Story:
        self.told[name] = Busy(self.engine)
        return self.told[name]

    def submitted(self, name: str, dept: str, title: str, **changes: Any) -> Story:
        """A request that a department's clerk filled in and its head signed."""
        story, clerk = self.story(name), f"{dept}_clerk"
        org, head = ORGS[dept]
        kind = "other" if dept == "gov" else "dept"
        story.start(clerk, submitter_org=org, submitter_type=kind)
        values = {
            "title": title,
            "doc_type": "请示",
            "nature": "request",
            "subject_kind": "general",
            "field": "general",
            "main_recipients": ["city_gov"],
            "authority_checked": True,
            "issued_by_head": True,
            "contact": "0350-3020001",
            "request_items": [
                {"item": "审定实施方案并安排市级补助资金", "basis": None, "tendency": "建议同意。"}
            ],
            "body_file": story.letter(clerk, BODY, f"{title}.txt"),
            **changes,
        }
        story.do(clerk, "UT_prepare", **values)
        story.do(head, "UT_prepare", **values)
        return story

    def initial_check(self, *args: Any, **changes: Any) -> Story:
        """Registered; before the initial check."""
        story = self.submitted(*args, **changes)
        story.register()
        return story

    def to_deputy(self, *args: Any, **changes: Any) -> Story:
        """Before the deputy secretary-general."""
        story = self.initial_check(*args, **changes)
        story.initial(comment="符合行文规则，受理。")
        story.draft(
            field=changes.get("field", "general"),
            summary="拟对11个县（市、区）的326处干支渠、47座小型泵站维修养护，4月10日前完工。",
            suggestion="建议同意，呈分管副市长批示。",
        )
        story.do("office_director", "UT_office_head", "pass", comment="拟同意，呈文岚同志审核。")
        return story


def tell(engine: Engine) -> Office:
    """Every state that a page can show, ending at TODAY."""
    office = Office(engine)
    _finished(office)
    _stood_in(office)
    _countersigned(office)
    _with_the_deputy(office)
    going_back.archiving(office)
    _with_the_clerk(office)
    _acting(office)
    going_back.tell(office)
    office.at(TODAY)
    office.once |= access.tell(engine)
    posting.deliver_due(engine)
    return office


def _finished(office: Office) -> None:
    office.at("2026-02-03T09:10:00+08:00")
    story = office.to_deputy(
        "finished", "gov", "忻州市人民政府办公室关于做好春节期间值班工作的请示"
    )
    office.at("2026-02-04T15:20:00+08:00")
    story.do("dsg1", "UT_dsg", "pass", comment="拟同意，呈景舟同志批示。")
    office.at("2026-02-05T08:50:00+08:00")
    story.do("evm", "UT_vm", "approve", comment="同意。值班安排要落实到人。")
    story.close()
    cancelled = office.story("cancelled")
    cancelled.start("gov_clerk")
    instances.cancel(
        office.engine,
        cancelled.who("gov_clerk"),
        cancelled.instance_id,
        "重复发起，撤销。",
        key="c1",
    )


def _countersigned(office: Office) -> None:
    office.at("2026-02-06T09:30:00+08:00")
    story = office.initial_check(
        "deemed", "gov", "忻州市人民政府办公室关于审定全市政务数据共享管理办法的请示"
    )
    depts = ["finance_bureau", "judicial_bureau", "education_bureau"]
    story.initial(countersign_extra_depts=depts, comment="涉及三个部门职权，补充会签。")
    story.do("gov_clerk", "UT_select", depts=depts, must_reply_depts=[])
    story.sign_out()
    office.at("2026-02-12T11:20:00+08:00")
    story.do("finance_head", "UT_reply", "agree", comment="同意。")
    office.at("2026-02-13T16:45:00+08:00")
    story.do(
        "education_head",
        "UT_reply",
        "object",
        comment="第十四条“人口基础信息”建议限定为脱敏数据。",
        basis="个人信息保护法第六条",
    )
    open_one = office.initial_check(
        "countersigning", "gov", "忻州市人民政府办公室关于印发节约用水管理办法的请示"
    )
    depts = ["finance_bureau", "judicial_bureau"]
    open_one.initial(countersign_extra_depts=depts)
    open_one.do("gov_clerk", "UT_select", depts=depts, must_reply_depts=["finance_bureau"])
    open_one.sign_out()


def _with_the_deputy(office: Office) -> None:
    office.at("2026-02-13T15:20:00+08:00")
    office.to_deputy(
        "overdue",
        "water",
        "忻州市水利局关于申请解决云中河流域春季生态补水经费的请示",
        doc_number="忻水请〔2026〕6号",
    )
    office.at("2026-02-14T10:05:00+08:00")
    office.to_deputy(
        "today",
        "agriculture",
        "忻州市农业农村局关于召开全市春耕备耕工作会议的请示",
        doc_number="忻农请〔2026〕11号",
    )
    office.at("2026-02-24T16:30:00+08:00")
    office.to_deputy(
        "urgent",
        "emergency",
        "忻州市应急管理局关于启动滹沱河凌汛三级应急响应的请示",
        is_urgent="extra",
        urgent_reason="凌汛水位上涨，须于2月26日前决定。",
        doc_number="忻应急请〔2026〕3号",
    )
    office.at("2026-02-25T09:12:00+08:00")
    office.to_deputy(
        "soon",
        "water",
        "忻州市水利局关于提请审定2026年春季农田水利设施维修养护实施方案的请示",
        doc_number="忻水请〔2026〕8号",
        cc=["finance_bureau"],
    )


def _with_the_clerk(office: Office) -> None:
    story = office.story("draft")
    begun = story.start("gov_clerk")
    assert begun.next_task_id is not None
    view = tasks.get(office.engine, story.who("gov_clerk"), begun.next_task_id)
    tasks.save_draft(
        office.engine,
        story.who("gov_clerk"),
        begun.next_task_id,
        version=view.row.version,
        values={"title": "忻州市人民政府办公室关于开展春季安全生产检查的通知", "doc_type": "通知"},
        key=uuid4().hex,
    )
    back = office.initial_check(
        "returned", "gov", "忻州市人民政府办公室关于调整部分议事协调机构的请示"
    )
    back.initial("supplement", comment="请补充各机构现有人员名单作为附件。", q_annex=False)
    office.submitted("at_registry", "transport", "忻州市交通运输局关于省道改线工程立项的请示")
    office.submitted(
        "at_registry_2", "education", "忻州市教育局关于新建两所幼儿园的请示", field="education"
    )
    office.initial_check(
        "at_check", "finance", "忻州市财政局关于下达第一批转移支付资金的请示", field="finance"
    )


def _stood_in(office: Office) -> None:
    """A vice-mayor was away and his B signed for him."""
    substitution.add_absence(
        office.engine,
        Story(office.engine).who("sg"),
        person_id="vm2",
        kind="business_trip",
        starts_at=parse_moment("2026-02-05T12:00:00+08:00"),
        ends_at=parse_moment("2026-02-06T00:00:00+08:00"),
        key="away-vm2",
    )
    office.at("2026-02-05T14:00:00+08:00")
    story = office.initial_check(
        "stood_in", "gov", "忻州市人民政府办公室关于做好春季学期开学工作的请示", field="education"
    )
    story.initial(comment="受理。")
    story.draft(field="education")
    story.stations("office_director", "dsg3")
    story.do("vm1", "UT_vm", "approve", comment="同意。开学前完成校舍安全检查。")


def _acting(office: Office) -> None:
    sg = Story(office.engine).who("sg")
    span = [parse_moment(f"2026-02-{day}T00:00:00+08:00") for day in (25, 28)]
    substitution.add_absence(
        office.engine,
        sg,
        person_id="mayor",
        kind="business_trip",
        starts_at=span[0],
        ends_at=span[1],
        key="away",
    )
    substitution.give_mandate(
        office.engine,
        sg,
        principal_id="mayor",
        substitute_id="evm",
        scope=["instruct"],
        starts_at=span[0],
        ends_at=span[1],
        evidence="市长办公会记录〔2026〕7号",
        key="mandate",
    )
    story = office.initial_check(
        "acting", "education", "忻州市教育局关于全市中小学布局调整方案的请示", field="education"
    )
    story.do(
        "sec1",
        "UT_initial",
        "accept",
        "受理。",
        **CHECKED,
        is_major=True,
        is_major_basis="涉及全市教育布局，属重大事项。",
    )
    story.check("UT_eval5")
    story.draft(
        **{
            **DRAFTED,
            "field": "education",
            "summary": "调整全市中小学布局。",
            "suggestion": "建议同意，报市长审批。",
        }
    )
    story.stations("office_director", "dsg3", "sg")
    story.do("vm2", "UT_vm", "approve", comment="同意，报市长审批。")
