"""The values the doors hand out. Plain, immutable, ready to be shown or turned into JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

if TYPE_CHECKING:
    from engine.deeds import Available, Offer, Reading, Remark, SignerRow
    from engine.errors import Finding
    from engine.forms import Form

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. groups: "post@org" codes whose work this person may claim; posts: (post, org) held.

    roles (of the account): staff, designer, manager, system_admin, security_admin, audit_admin.
    """

    account_id: str
    person_id: str
    name: str
    username: str
    roles: frozenset[str]
    groups: frozenset[str] = frozenset()
    posts: frozenset[tuple[str, str]] = frozenset()
    orgs: frozenset[str] = frozenset()
    title: str = ""  # "副秘书长", for the page head

    def has(self, role: str) -> bool:
        return role in self.roles


@dataclass(frozen=True, slots=True)
class Command:
    """How a changing call is made: the idempotency key of this attempt."""

    key: str


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list. total is exact up to 999; capped says there are more."""

    items: tuple[T, ...]
    total: int
    page: int
    size: int
    capped: bool = False


@dataclass(frozen=True, slots=True)
class Stretch(Generic[T]):
    """Some rows of a list that is read by key. before, after: where the neighbours begin, or None.

    total is exact up to 999; capped says there are more.
    """

    items: tuple[T, ...]
    total: int
    size: int
    capped: bool = False
    before: str | None = None
    after: str | None = None


Piece = tuple[str, bool]  # some text, and whether it is what was searched for


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was found. kind: title, number, sender, file; label: the same in words."""

    kind: str
    label: str
    pieces: tuple[Piece, ...]
    file_id: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """An instance that was found: its row, its title in pieces, and where it was found."""

    row: InstanceRow
    title: tuple[Piece, ...]
    places: tuple[Place, ...]


DueSpan = Literal["overdue", "today", "week", "none"]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; None leaves it as it is.

    procedure: its key; role: code of the post one acts in; unit: name of the sender; urgency: the
    word of the form; due: overdue, today, within 7 days, without a limit; since, until: days, both
    included, of the list's own moment (送达, 办理, 发起 or 办结); search: words.
    """

    procedure: str | None = None
    role: str | None = None
    due: DueSpan | None = None
    unit: str | None = None
    urgency: str | None = None
    since: date | None = None
    until: date | None = None
    search: str | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """What a list can be narrowed to, as (code, words), in the order of the words."""

    procedures: tuple[tuple[str, str], ...]
    roles: tuple[tuple[str, str], ...]
    units: tuple[str, ...]
    urgencies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline as people read it.

    css: overdue, today, soon, normal, paused, done, none.
    words: "剩2个工作日"; until: "2月27日18:00 截止"; steps: how it came about, (label, text).
    kind: "rules" (工作规则), "law", "house" (约定) or None; source: the sentence that names it.
    """

    at: datetime | None
    css: str
    words: str
    until: str
    provisional: bool = False
    warning: str | None = None
    steps: tuple[tuple[str, str], ...] = ()
    kind: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class WorkItemRow:
    """A row of the worklist."""

    id: str
    instance_id: str
    title: str
    number: str | None
    sender: str | None
    urgency: str | None
    procedure: str  # Chinese name of the procedure
    element_id: str
    step: str  # Chinese name of the step
    state: str
    version: int
    opened_at: datetime | None
    done_at: datetime | None
    due: Due
    assignee: str | None  # name, None while a group's
    group: str | None  # name of the group, "文书科"
    alert: str | None
    has_draft: bool
    outcome: str | None = None
    signed_as: str | None = None  # "张××（代行市长职务）"


@dataclass(frozen=True, slots=True)
class Counts:
    """The numbers on the tabs; each opens exactly that many rows."""

    mine: int
    group: int
    done: int
    completed: int
    started: int
    drafts: int
    overdue: int
    to_read: int
    delegated: int


@dataclass(frozen=True, slots=True)
class Signed:
    """That what somebody said was signed. hash: over the decision, its text and who signed how;
    text_sha256: of the text, None without one; how: "密码确认"; stands: for the present text."""

    hash: str
    algorithm: str
    text_sha256: str | None
    how: str
    stands: bool


@dataclass(frozen=True, slots=True)
class Opinion:
    """What somebody said at a step; or the system's record of silence (person None)."""

    at: datetime
    step: str
    person: str | None
    post: str | None
    signed_as: str | None
    org: str | None
    outcome: str | None  # machine word: approve, agree, DEEMED_NO_OBJECTION …
    outcome_label: str | None  # Chinese
    text: str | None
    basis: str | None = None
    css: str = "done"  # done, back, deemed, now
    seconds: int | None = None  # how long it took from offer to completion
    element_id: str = ""
    on_paper: str | None = None  # the signature as a printed document shows it
    signed: Signed | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the text list beside the diagram. state: done, now, overdue, next, skipped."""

    element_id: str
    name: str
    state: str
    who: str | None
    role: str | None
    at: datetime | None = None
    due: Due | None = None
    depth: int = 0  # 1 inside a called process or sub-process


@dataclass(frozen=True, slots=True)
class File:
    """A stored file that the reader may download at attachments/{id}."""

    id: str
    name: str
    size: int
    media_type: str
    field: str | None
    uploaded_by: str
    uploaded_at: datetime
    sha256: str
    warning: str | None = None  # of an upload that looks as if it should not be here


@dataclass(frozen=True, slots=True)
class Action:
    """Something the actor may do on a task now. verb: complete, save_draft, claim, release.

    outcome: the value of the form's outcome field this button submits, None without one.
    """

    verb: str
    label: str
    outcome: str | None = None
    primary: bool = False
    needs_comment: bool = False


@dataclass(frozen=True, slots=True)
class TaskView:
    """Everything a task page needs."""

    row: WorkItemRow
    form: Form | None
    values: Mapping[str, Any]  # what to show in the form: task data, then the draft
    facts: tuple[tuple[str, str], ...]  # (label, text) already entered in earlier steps
    actions: tuple[Action, ...]
    next_steps: tuple[str, ...]  # "分管副市长批示　贺景舟"
    opinions: tuple[Opinion, ...]
    steps: tuple[Step, ...]
    files: tuple[File, ...]
    help: str | None = None
    clause: str | None = None
    draft_at: datetime | None = None
    may_act: bool = True
    refusal: str | None = None  # why not, when may_act is False
    notices: tuple[Finding, ...] = ()  # what the checks found before this step
    capacity: str | None = (
        None  # "以常务副市长身份（代行市长职务）批示，委托编号…", None for oneself
    )
    verbs: tuple[Offer, ...] = ()  # what else may be done with it now
    batch: bool = False  # whether it may be decided together with others of its step
    progress: str | None = None  # "3人签批，已签1人（全部签批）", None with one signer
    signers: tuple[SignerRow, ...] = ()  # who signs this step, when it is more than one
    known: Mapping[str, Any] = field(default_factory=dict)  # variables its form's conditions read
    confirm: str | None = None  # asked for once more when it is signed: password (or code), code


@dataclass(frozen=True, slots=True)
class InstanceRow:
    """A row of the list of instances. state: running, completed, cancelled; sent_by, sent_at, note:
    in the list of what is to be read, who sent it to one, when and with what word."""

    id: str
    key: str
    procedure: str
    title: str
    number: str | None
    sender: str | None
    urgency: str | None
    state: str
    outcome: str | None
    outcome_label: str | None
    version: int
    definition_version: int
    started_by: str
    started_at: datetime
    ended_at: datetime | None
    current_steps: tuple[str, ...] = ()
    due: Due | None = None
    sent_by: str | None = None
    sent_at: datetime | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class InstanceView:
    """Everything an instance page needs."""

    row: InstanceRow
    opinions: tuple[Opinion, ...]  # newest first: the timeline
    steps: tuple[Step, ...]
    open_items: tuple[WorkItemRow, ...]
    files: tuple[File, ...]
    may_cancel: bool = False
    requests: tuple[tuple[str, str], ...] = ()  # (key, name) of what may be asked about it now
    verbs: tuple[Offer, ...] = ()  # what may be done with it now
    item_verbs: Mapping[str, tuple[Offer, ...]] = field(default_factory=dict)  # with an open item
    readings: tuple[Reading, ...] = ()  # to whom it was sent to read
    remarks: tuple[Remark, ...] = ()  # what was said beside the flow, newest first
    resting: str | None = None  # why nobody can do anything with it now (挂起)
    asked: bool = False  # whether other parties were asked for their word
    papers: tuple[Available, ...] = ()  # what can be printed now, where it was asked for


@dataclass(frozen=True, slots=True)
class Diagram:
    """One diagram of an instance with its markers. elements: BPMN id → done, active, overdue;
    roles: BPMN id of a step → who acts, in words."""

    key: str
    name: str
    xml: str
    elements: Mapping[str, str]
    roles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Elements:
    """The diagrams an instance uses (main first) and the same as a text list."""

    diagrams: tuple[Diagram, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class DefinitionRow:
    """A deployed process definition."""

    key: str
    version: int
    name: str
    description: str
    clause: str
    origin: str
    deployed_at: datetime
    startable: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a changing command answers: what was done, and what opened next.

    The same key gives the same answer again (`repeated`).
    """

    instance_id: str
    instance_state: str
    version: int
    message: str  # "已提交。下一步：签收登记（文书科）"
    opened: tuple[str, ...] = ()  # ids of work items that opened
    next_task_id: str | None = None  # a next task of the same actor, to go on with
    repeated: bool = False
    data: Mapping[str, Any] = field(default_factory=dict)
