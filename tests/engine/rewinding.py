"""A running workflow for tests of taking back: it is saved and proved after everything it does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.running.context import CommandContext
from engine.spiff import Execution, compile_definition, rows, taking_back
from engine.startup import Engine
from engine.storage.database import Connection
from tests.corpus.tokens import lost_tokens
from tests.diagrams import NAMESPACES, diagram, flow, start_end
from tests.rebuilt import prove

READY, COMPLETED = TaskState.READY, TaskState.COMPLETED
DAY = timedelta(days=1)


def task(identity: str, extra: str = "") -> str:
    """A user task that wants nothing."""
    return f'<userTask id="{identity}" name="{identity}">{extra}</userTask>'


def several(identity: str, inner: str, *, ordered: bool = False, until: str = "") -> str:
    """A sub-process carried out for each of `names`; its results are collected in `results`."""
    end = f"<completionCondition>{until}</completionCondition>" if until else ""
    return (
        f'<subProcess id="{identity}"><multiInstanceLoopCharacteristics isSequential='
        f'"{str(ordered).lower()}"><loopDataInputRef>names</loopDataInputRef><loopDataOutputRef>'
        'results</loopDataOutputRef><inputDataItem id="one" name="one"/><outputDataItem id="res"'
        f' name="res"/>{end}</multiInstanceLoopCharacteristics>{inner}</subProcess>'
    )


def script(identity: str, text: str) -> str:
    return f'<scriptTask id="{identity}"><script>{text}</script></scriptTask>'


def timer(identity: str, host: str, moment: str, *, interrupts: bool, kind: str = "Date") -> str:
    """A timer on an activity. moment: an expression; kind: Date, Duration or Cycle."""
    return (
        f'<boundaryEvent id="{identity}" attachedToRef="{host}" cancelActivity='
        f'"{str(interrupts).lower()}"><timerEventDefinition id="D_{identity}"><time{kind}>{moment}'
        f"</time{kind}></timerEventDefinition></boundaryEvent>"
    )


def compiled(
    body: str,
    *,
    called: Mapping[str, str] | None = None,
    before: str = "",
    functions: Mapping[str, Any] | None = None,
) -> Any:
    """A definition "p" of this body. called: key → body of the processes it calls."""
    files = {"p/p.bpmn": ("bpmn", diagram("p", start_end() + body, before=before))}
    for key, inner in (called or {}).items():
        whole = (
            f'<definitions {NAMESPACES} id="D_{key}" targetNamespace="urn:test"><process id="{key}"'
            f' isExecutable="true">{inner}</process></definitions>'
        )
        files[f"{key}/{key}.bpmn"] = ("bpmn", whole)
    return compile_definition("p", files, functions or {})


class Run:
    """One instance at the level of the library, with its rows as a database would hold them.

    reloads: it is built from its rows before every act.
    """

    def __init__(
        self,
        engine: Engine,
        connection: Connection,
        definition: Any,
        *,
        reloads: bool = False,
        **variables: Any,
    ) -> None:
        self.definition, self.reloads = definition, reloads
        self.context = CommandContext(engine, connection, engine.clock.now(), uuid4().hex)
        self.scopes: dict[str, bytes] = {}
        self.tasks: dict[str, tuple[str, bytes]] = {}
        self.finished: set[str] = set()
        self.execution = Execution.start(definition, variables, self.context)
        self._save()

    # ---- what people do ----

    def do(self, name: str, instance: Any = None, **values: Any) -> None:
        """Complete an open step. instance: its item, when it is one of several."""
        self._take_up()
        self.execution.complete(self.find(name, READY, instance).id, values)
        self._save()

    def deliver(self, message: str) -> None:
        """A message comes."""
        self._take_up()
        self.execution.deliver(message, {})
        self._save()

    def wait(self, days: float) -> None:
        """The clock moves on and what is due fires."""
        self.context.now += timedelta(days=days)
        self._take_up()
        self.execution.fire()
        self._save()

    def take_back(self, name: str, instance: Any = None) -> None:
        """Take back the latest execution of a finished step."""
        self._take_up(finished=True)
        taking_back.take_back(self.execution, self.find(name, COMPLETED, instance).id)
        self._save()

    def undoing(self, name: str, instance: Any = None) -> taking_back.Undoing:
        """What taking it back would undo."""
        self._take_up(finished=True)
        found = taking_back.undoing(self.execution, self.find(name, COMPLETED, instance).id)
        self._save()
        return found

    def targets(self, name: str, instance: Any = None) -> list[str]:
        """To which steps the holder of an open one may return it."""
        self._take_up(finished=True)
        found = taking_back.targets(self.execution, self.find(name, READY, instance).id)
        known = self.execution.workflow.index.tasks
        told = [_told(known[each.task_id]) for each in found]
        self._save()
        return told

    def to_the_end(self) -> list[str]:
        """Complete what is open, always the first; the names in order."""
        went = []
        while not self.execution.completed:
            first = self._open()[0]
            went.append(_told(first))
            self.do(first.task_spec.bpmn_id, _item(first))
            assert len(went) < 40
        return went

    # ---- what can be seen ----

    @property
    def open(self) -> list[str]:
        """The open steps, each of several with its item: "x@乙"."""
        return sorted(_told(each) for each in self._open())

    @property
    def due(self) -> dict[str, str]:
        """Timers that wait → their moments."""
        return {timer.element_id: timer.fires_at.isoformat() for timer in self.execution.timers()}

    def data(self, name: str, instance: Any = None) -> dict[str, Any]:
        """The variables of an open step."""
        return dict(self.find(name, READY, instance).data)

    def find(self, name: str, state: int, instance: Any = None) -> Task:
        found = [
            each
            for each in self.execution.workflow.index.tasks.values()
            if each._state == state and each.task_spec.bpmn_id == name and each.task_spec.manual
            if instance is None or _item(each) == instance
        ]
        assert found, f"no {name} {instance or ''}; open: {self.open}"
        return max(found, key=lambda each: each.last_state_change)

    def _open(self) -> list[Task]:
        scopes = (self.execution.workflow, *self.execution.workflow.subprocesses.values())
        tasks = [each for scope in scopes for each in scope.unfinished.values()]
        return [each for each in tasks if each._state == READY]

    # ---- rows ----

    def _take_up(self, *, finished: bool = False) -> None:
        if not (finished or self.reloads):
            self.execution = Execution.resume(self.execution.let_go(), self.context)
            return
        kept = [each for each in self.scopes if finished or each not in self.finished]
        tasks = {key: row for key, row in self.tasks.items() if row[0] in kept}
        found = rows.Rows({each: self.scopes[each] for each in kept}, tasks)
        self.execution = Execution.load(self.definition, found, self.context)

    def _save(self) -> None:
        """Write what changed, then hold the live workflow against one built from the rows."""
        self.execution.timer_changes()
        changes = self.execution.changes()
        self.scopes.update(changes.scopes)
        self.tasks.update(changes.tasks)
        self.finished = (self.finished - changes.scopes.keys()) | changes.finished
        for each in changes.removed_tasks:
            del self.tasks[each]
        for each in changes.removed_scopes:
            del self.scopes[each]
            self.finished.discard(each)
        every = rows.Rows(dict(self.scopes), dict(self.tasks))
        shown = {key: body for key, body in self.scopes.items() if key not in self.finished}
        tasks = {key: row for key, row in self.tasks.items() if row[0] in shown}
        prove(self.execution.let_go(), rows.Rows(shown, tasks), every)
        self._prove_tree()

    def _prove_tree(self) -> None:
        """No ghost timers, no orphans, no task that nothing leads to; at the end no token lost."""
        top = self.execution.workflow
        scopes = (top, *top.subprocesses.values())
        waiting = {
            each.id
            for scope in scopes
            for each in scope.unfinished.values()
            if each._state == TaskState.WAITING and isinstance(each.task_spec, CatchingEvent)
        }
        assert top.event_manager.tasks.keys() == waiting
        assert all(each in top.index.tasks for each in top.subprocesses)
        for scope in scopes:
            reached = {each.id for each in scope.task_tree}
            assert reached == scope.tasks.keys()
        if self.execution.completed:
            assert not self.open
            assert not lost_tokens(top)


def _told(task: Task) -> str:
    item = _item(task)
    return f"{task.task_spec.bpmn_id}@{item}" if item is not None else task.task_spec.bpmn_id


def _item(task: Task) -> Any:
    """The item for which a step, or the scope it is in, is carried out."""
    data = task.data
    return data.get("one") if "one" in data else None


__all__ = ["DAY", "Run", "compiled", "flow", "script", "several", "task", "timer"]
