"""What a procedure is: the vocabulary shared between the engine and `processes/`.

The diagram says what happens; a Procedure declares what the diagram cannot draw: which functions
its expressions may call, which of its variables head the worklist, which registers it keeps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from engine import conventions
from engine.conventions import Convention

if TYPE_CHECKING:
    from engine.calendar import Calendar
    from engine.directory import Directory
    from engine.errors import Finding
    from engine.paper import Filling


class Context(Protocol):
    """What a registered function may use; all it does is part of the command's transaction."""

    now: datetime  # the command's business moment
    calendar: Calendar
    directory: Directory
    instance_id: str

    def convention(self, key: str) -> Any:
        """The value of a convention 【约】 of the office at this moment."""

    def take_number(self, series: str, year: int | None = None) -> int:
        """The next number of a continuous series (1, 2, 3 … a year); no gap after a roll-back."""

    def add_record(self, register: str, values: Mapping[str, Any]) -> str:
        """Add a row to a register of this procedure; returns its id."""

    def subject(self, instance_id: str) -> Subject:
        """Another instance, as it stands now."""

    def seal_files(self) -> int:
        """Nobody may open the files of this instance any more; how many were sealed."""

    def read_file(self, sha256: str) -> tuple[str, bytes] | None:
        """(file name, content) of a stored file, None when unknown."""

    def notify(self, role: str, text: str) -> bool:
        """Leave a message in the outbox for the holders of a role; True."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Which variables head this procedure's rows in every worklist. Values are variable names."""

    title: str = "title"
    number: str | None = None
    urgency: str | None = None
    sender: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a register. kind: text, number, moment, date, org (code of an organisation)."""

    key: str
    label: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Register:
    """A cross-instance record: the received-documents book, the archive …"""

    key: str
    name: str
    columns: tuple[Column, ...]
    unique: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DoneStep:
    """A step somebody finished. acted_for: whose post it was, when not the person's own."""

    element_id: str
    role: str | None
    person: str | None
    acted_for: str | None
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Subject:
    """Another instance as a procedure may look at it.

    variables: the newest value of each; waits_for: names of the messages it would take now.
    """

    id: str
    key: str
    state: str
    started_by: str
    variables: Mapping[str, Any]
    waits_for: frozenset[str]
    done: tuple[DoneStep, ...]


MayAsk = Callable[[Subject, str, frozenset[str]], str | None]
"""(what is asked about, person, organisations) → why the person may not ask; None if he may."""


@dataclass(frozen=True, slots=True)
class Request:
    """A procedure whose instances ask something of a running instance of another procedure.

    about: key of that procedure; message: what it waits for as long as it can be asked.
    """

    about: str
    message: str
    may_ask: MayAsk | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """A document an instance can be printed as. fill: from what happened to a sheet, or None while
    there is nothing to print. editable: also as docx, where the office goes on writing in it."""

    key: str
    name: str
    fill: Filling
    editable: bool = False


@dataclass(frozen=True, slots=True)
class Procedure:
    """One procedure of the office.

    key: the process id, the folder in bpmn_models/ and the module in processes/.
    functions: name in expressions → function. One marked with @with_context gets a Context first.
    starter_roles: posts whose holders may start it; empty = it is only called by others.
    conventions: what neither rules nor law say and the office may decide otherwise 【约】.
    """

    key: str
    name: str
    summary: Summary = Summary()
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    registers: tuple[Register, ...] = ()
    papers: tuple[Paper, ...] = ()
    starter_roles: frozenset[str] = frozenset()
    description: str = ""
    clause: str = ""
    conventions: tuple[Convention, ...] = ()
    request: Request | None = None


def with_context(function: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a registered function as wanting a Context as its first argument."""
    function.wants_context = True  # type: ignore[attr-defined]
    return function


def lasting(function: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a registered function whose effect stays in the world: a number taken, a book entered,
    files sealed. No step that called it is taken back, and nobody goes back past it."""
    function.is_lasting = True  # type: ignore[attr-defined]
    return function


@with_context
def convention(context: Context, key: str) -> Any:
    """What every diagram may call: the value of a convention 【约】 at this moment."""
    return context.convention(key)


@dataclass(frozen=True, slots=True)
class AssignmentRequest:
    """Who acts on a step? role: post code; org: organisation code; field: matter field of a leader;
    scope: what the step needs of a mandate (instruct, sign_off, statutory_sign, …); holder: in
    whose hands it is, so that of several holders of a post the one who has it keeps it; person: the
    holder of the post whom the step names."""

    role: str
    at: datetime
    org: str | None = None
    field: str | None = None
    scope: str | None = None
    holder: str | None = None
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """An answer: one person, or a group to claim from (group = "post@org").

    form: "self" 本人, "acting" 代行, "b_role" B角代办, "designated" 指定代办.
    acted_for: whose post it is, when not self.
    substitution: id of the mandate or AB role that allows it. alert: a sentence for the screen when
    nobody proper can act (the step then stays with the principal).
    """

    person: str | None = None
    group: str | None = None
    form: str = "self"
    acted_for: str | None = None
    substitution: str | None = None
    alert: str | None = None


RefuseSilence = Callable[[Mapping[str, str]], str | None]
"""The properties of a step that asks somebody → why silence may never answer it; None if it may."""

STEP_VERBS: Mapping[str, bool] = {
    "return": False,
    "withdraw": True,
    "transfer": True,
    "delegate": True,
    "add_signer": True,
    "remove_signer": True,
    "batch": False,
}
"""What the property `verbs` of a step may name (engine.verbs); what holds where it is silent."""


@dataclass(frozen=True, slots=True)
class Handing:
    """Somebody wants to hand an item on. verb: transfer, delegate, add_signer, reassign;
    properties: of the step; item: the row; person: to whom, None while nobody is named yet."""

    verb: str
    properties: Mapping[str, str]
    item: Any
    person: str | None
    at: datetime


RefuseHanding = Callable[["Directory", Handing], str | None]
"""Why the office's rules do not let an item be handed on (to this person); None if they do."""

Resolver = Callable[["Directory", AssignmentRequest], tuple[Assignment, ...]]
LookAtUpload = Callable[[str, bytes], str | None]
ReadText = Callable[[str, bytes], str | None]
"""(file name, content) → a sentence of warning for who uploads it, None without one."""

MandateCheck = Callable[["Directory", Mapping[str, Any]], Iterable["Finding"]]
TakeOver = Callable[["Directory", str, datetime], Assignment]
ArrangementCheck = Callable[["Directory", str, Mapping[str, Any]], Iterable["Finding"]]


@dataclass(frozen=True, slots=True)
class Article:
    """One article of the rules the office works by. says: what it asks, in our own short words."""

    number: int
    chapter: str
    says: str


class Registry:
    """The procedures of an installation and the office's rules: who acts, whose mandates hold,
    where silence may never count. Refuses duplicates."""

    def __init__(
        self,
        procedures: Iterable[Procedure],
        resolve: Resolver,
        check_mandate: MandateCheck | None = None,
        *,
        check_arrangement: ArrangementCheck | None = None,
        fields: Mapping[str, str] | None = None,
        take_over: TakeOver | None = None,
        fixed_orgs: Iterable[str] = (),
        articles: Sequence[Article] = (),
        tests_of: Mapping[int, Sequence[str]] | None = None,
        refuse_silence: RefuseSilence | None = None,
        look_at_upload: LookAtUpload | None = None,
        refuse_handing: RefuseHanding | None = None,
        read_text: ReadText | None = None,
    ) -> None:
        self.resolve = resolve
        self.take_over = take_over or (lambda _office, person, _at: Assignment(person=person))
        self.fixed_orgs = frozenset(fixed_orgs)  # which the rules name: never merged or ended
        self.check_mandate = check_mandate  # of a row of substitution, whatever its kind
        self.check_arrangement = check_arrangement  # of a row of responsibility, assistant_link
        self.fields = dict(fields or {})  # what leaders divide among themselves: code → name
        self.look_at_upload = look_at_upload or (lambda _name, _data: None)
        self.read_text = read_text or (lambda _name, _data: None)  # of a file, for the search
        self.articles = tuple(articles)  # of the work rules; empty = citations are not checked
        self.tests_of = dict(tests_of or {})  # article → sentences of the tests that name it
        self.refuse_silence = refuse_silence
        self.refuse_handing = refuse_handing or (lambda _office, _handing: None)
        self._procedures: dict[str, Procedure] = {}
        for procedure in procedures:
            if procedure.key in self._procedures:
                raise ValueError(f"procedure {procedure.key!r} is declared twice in processes/")
            self._procedures[procedure.key] = procedure
        self.conventions = conventions.declared(self)

    def __iter__(self) -> Iterator[Procedure]:
        return iter(self._procedures.values())

    def get(self, key: str) -> Procedure | None:
        return self._procedures.get(key)

    @property
    def clauses(self) -> int | None:
        """How many articles the work rules have."""
        return len(self.articles) or None

    def requests_about(self, key: str) -> list[Procedure]:
        """The procedures that ask something of instances of this one."""
        return [each for each in self if each.request is not None and each.request.about == key]

    def functions(self) -> dict[str, Callable[..., Any]]:
        """Every registered function by name; the same name must mean the same function."""
        merged: dict[str, Callable[..., Any]] = {"convention": convention}
        for procedure in self._procedures.values():
            for name, function in procedure.functions.items():
                if merged.setdefault(name, function) is not function:
                    raise ValueError(f"function {name!r} of {procedure.key!r} is declared twice")
        return merged
