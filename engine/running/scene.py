"""One instance as people see it: its opinions, its steps, its diagrams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from engine import signatures
from engine.directory import Directory
from engine.model import Diagram, Opinion, Signed, Step
from engine.running import words
from engine.running.item_forms import form_of
from engine.running.order import as_read
from engine.running.reach import still_ahead
from engine.running.views import due_of, hands, next_step
from engine.spiff import entered

if TYPE_CHECKING:
    from engine.spiff import CompiledDefinition
    from engine.spiff.compiled import Element
    from engine.startup import Engine

OF_VERBS = {"return": "退回"}  # outcomes that no form declares


class Scene:
    """An instance as people see it: opinions, steps, diagrams."""

    def __init__(
        self,
        engine: Engine,
        definition: CompiledDefinition,
        office: Directory,
        items: Sequence[Any],
        responses: Sequence[Any],
        passed: set[tuple[str, str]],
        signed: Mapping[str, Signed] | None = None,
    ) -> None:
        self.engine = engine
        self.definition = definition
        self.office = office
        self.items = items
        self.responses = responses
        self.passed = passed
        self.signed = signed or {}

    def property_of(self, item: Any, name: str) -> str | None:
        """A property of the step an item belongs to."""
        return self.definition.elements[item.process_key, item.element_id].properties.get(name)

    def opinions(self) -> tuple[Opinion, ...]:
        """Who said what, newest first; silence stands as the system's record of silence."""
        said = [self._opinion(item) for item in self.items if item.state == "done"]
        said += [self._silence(row) for row in self.responses if row.recorded_by == "system"]
        said += [self._late(row) for row in self.responses if row.type == "LATE_OPINION"]
        newest_last = sorted(said, key=lambda each: each.at)
        return tuple(reversed(newest_last))

    def _opinion(self, item: Any) -> Opinion:
        form = form_of(self.definition, item)
        options = dict(form.outcome.options) if form is not None and form.outcome else {}
        took = (item.done_at - item.opened_at).total_seconds() if item.opened_at else None
        negative = item.outcome in {"object", "reject", "return", "redraft", "supplement"}
        return Opinion(
            at=item.done_at,
            step=item.element_name,
            person=self.office.person_name(item.done_by),
            post=self.office.title_of(item.done_by, item.done_at),
            signed_as=signatures.of_item(self.office, item),
            org=self.office.org_name(item.org, item.done_at) if item.org else None,
            outcome=item.outcome,
            outcome_label=options.get(item.outcome) or OF_VERBS.get(item.outcome),
            text=item.comment,
            css="back" if negative else "done",
            seconds=int(took) if took is not None else None,
            element_id=item.element_id,
            on_paper=signatures.on_paper(
                self.office, item.done_by, item.signature_form, item.acted_for_id, item.done_at
            ),
            signed=self.signed.get(item.id),
        )

    def _silence(self, row: Any) -> Opinion:
        return Opinion(
            at=row.recorded_at,
            step=self._step_name(row),
            person=None,
            post=None,
            signed_as=None,
            org=self.office.asked_name(row.party, row.recorded_at),
            outcome=row.type,
            outcome_label="逾期未回复，视为无不同意见",
            text="系统记录，无人签字",
            basis=row.basis,
            css="deemed",
        )

    def _late(self, row: Any) -> Opinion:
        """What came after silence had counted; whoever registered it did not say it."""
        return Opinion(
            at=row.recorded_at,
            step=self._step_name(row),
            person=self.office.person_name(row.person_id),
            post=self.office.title_of(row.person_id, row.recorded_at),
            signed_as=None,
            org=self.office.org_name(row.party),
            outcome=row.type,
            outcome_label="逾期后来文，另行登记，不改变流程",
            text=row.opinion,
            basis=row.basis,
            css="deemed",
        )

    def _step_name(self, row: Any) -> str:
        """The name of what a record was written at; of a timer, the name of what it hangs on."""
        element = self.definition.elements[row.process_key, row.element_id]
        if element.attached_to:
            element = self.definition.elements[row.process_key, element.attached_to]
        return element.name

    # ---- steps and diagrams ----

    def steps(self, state: str) -> tuple[Step, ...]:
        """The user tasks as a list, in the order of the picture; called processes in place."""
        return tuple(self._steps_of(self.definition.key, 0, state))

    def _steps_of(self, process: str, depth: int, state: str) -> list[Step]:
        inside = as_read(
            each for (key, _), each in self.definition.elements.items() if key == process
        )
        found: list[Step] = []
        for element in inside:
            if element.kind == "callActivity" and element.called:
                found.append(self._step(element, depth, state))
                if depth < 3 and (process, element.id) in self._reached():
                    found += self._steps_of(element.called, depth + 1, state)
            elif element.kind == "userTask":
                found.append(self._step(element, depth, state))
        return found

    def _reached(self) -> set[tuple[str, str]]:
        """Call activities that were entered."""
        return {
            key
            for key, element in self.definition.elements.items()
            if element.kind == "callActivity" and self._entered(element)
        }

    def _entered(self, element: Element) -> bool:
        return (element.process, entered(element.id)) in self.passed

    def _calls_now(self, element: Element) -> bool:
        """Whether what this call activity calls is being done, and called by this one."""
        if not element.called or not self._called_is_open(element.called):
            return False
        callers = [
            each
            for each in self.definition.elements.values()
            if each.called == element.called and self._entered(each)
        ]
        unfinished = [each for each in callers if (each.process, each.id) not in self.passed]
        return element in (unfinished or callers)

    def _step(self, element: Element, depth: int, state: str) -> Step:
        own = [
            item
            for item in self.items
            if (item.process_key, item.element_id) == (element.process, element.id)
        ]
        open_items = [item for item in own if item.state in ("open", "waiting")]
        done = [item for item in own if item.state == "done"]
        shown = open_items or done
        people = [hands(item.assignee_id, item.group_code, self.office) for item in shown]
        dues = [due_of(self.engine, item) for item in open_items if item.due_at]
        late = any(due.css == "overdue" for due in dues)
        if open_items:
            word = "overdue" if late else "now"
        elif element.kind == "callActivity" and self._calls_now(element):
            word = "now"
        elif (element.process, element.id) in self.passed:
            word = "done"
        else:
            ahead = (element.process, element.id) in self._ahead
            word = "next" if state == "running" and ahead else "skipped"
        return Step(
            element_id=element.id,
            name=element.name,
            state=word,
            who="、".join(dict.fromkeys(each for each in people if each)) or None,
            role=self._roles(element),
            at=max((item.done_at for item in done), default=None) if not open_items else None,
            due=dues[0] if dues else None,
            depth=depth,
        )

    @cached_property
    def _ahead(self) -> frozenset[tuple[str, str]]:
        live = [each for each in self.items if each.state in ("open", "waiting")]
        at = {(each.process_key, each.element_id) for each in live}
        return still_ahead(self.definition.elements, self.passed, at)

    def _called_is_open(self, process: str | None) -> bool:
        return any(item.process_key == process and item.state == "open" for item in self.items)

    def _is_late(self, process: str) -> bool:
        return any(
            due_of(self.engine, item).css == "overdue"
            for item in self.items
            if item.process_key == process and item.state == "open"
        )

    def _roles(self, element: Element) -> str | None:
        """Who acts, in words: the posts, or what the drawing calls the persons it names."""
        if element.properties.get("who"):
            return element.properties["who"]
        codes = [each.strip() for each in element.properties.get("role", "").split(",")]
        return "、".join(self.office.post_name(code) for code in codes if code) or None

    def diagrams(self, state: str) -> tuple[Diagram, ...]:
        """Every diagram the instance uses, the main one first, with its markers."""
        order = [self.definition.key]
        order += [key for key in self.definition.diagrams if key != self.definition.key]
        found = []
        for key in order:
            name, xml = self.definition.diagrams[key]
            markers = {
                identity: "done"
                for process, identity in self.passed
                if process == key and (process, identity) in self.definition.elements
            }
            for item in self.items:
                if item.process_key == key and item.state == "open":
                    late = due_of(self.engine, item).css == "overdue"
                    markers[item.element_id] = "overdue" if late else "active"
                    self._mark_hosts(markers, key, item.element_id)
            for (process, identity), element in self.definition.elements.items():
                if process == key and element.called and self._calls_now(element):
                    markers[identity] = "overdue" if self._is_late(element.called) else "active"
            roles = {
                identity: words
                for (process, identity), element in self.definition.elements.items()
                if process == key and (words := self._roles(element))
            }
            found.append(Diagram(key=key, name=name, xml=xml, elements=markers, roles=roles))
        return tuple(found)

    def _mark_hosts(self, markers: dict[str, str], process: str, identity: str) -> None:
        for (key, host), element in self.definition.elements.items():
            if key == process and identity in element.inner:
                markers.setdefault(host, "active")
                self._mark_hosts(markers, process, host)

    def following(self, item: Any) -> tuple[str, ...]:
        """Who comes next: who signs the same step after this one; else the user tasks that may
        follow, from the picture alone: "签收登记（文书科）"."""
        after = [
            each
            for each in self.items
            if (each.task_id, each.state) == (item.task_id, "waiting")
            and each.position > item.position
        ]
        if after:
            return (next_step(after[0]._mapping, self.office),)
        return self._may_follow(item.process_key, item.element_id)

    def _may_follow(self, process: str, element_id: str) -> tuple[str, ...]:
        names: list[str] = []
        seen: set[tuple[str, str]] = set()
        waiting = self._after(process, element_id)
        while waiting:
            where = waiting.pop(0)
            element = self.definition.elements.get(where)
            if element is None or where in seen:
                continue
            seen.add(where)
            if element.kind == "userTask":
                roles = self._roles(element)
                names.append(f"{element.name}（{roles}）" if roles else element.name)
            elif element.kind == "callActivity" and element.called:
                waiting += self._starts(element.called, None)
            elif element.kind == "subProcess":
                waiting += self._starts(where[0], element)
            else:
                waiting += self._after(*where)
        return tuple(dict.fromkeys(names))

    def _after(self, process: str, element_id: str) -> list[tuple[str, str]]:
        """What follows an element; at the end of something nested, what follows that."""
        element = self.definition.elements[process, element_id]
        if element.following:
            return [(process, each) for each in element.following]
        for (key, host), each in self.definition.elements.items():
            if key == process and element_id in each.inner:
                return self._after(key, host)
        callers = [key for key, each in self.definition.elements.items() if each.called == process]
        return [after for caller in callers for after in self._after(*caller)]

    def _starts(self, process: str, inside: Element | None) -> list[tuple[str, str]]:
        every_inner = {
            identity
            for (key, _), each in self.definition.elements.items()
            if key == process
            for identity in each.inner
        }
        return [
            (process, identity)
            for (key, identity), each in self.definition.elements.items()
            if key == process
            and each.kind == "startEvent"
            and (identity in inside.inner if inside is not None else identity not in every_inner)
        ]

    def facts(
        self, rows: Sequence[Any], except_form: tuple[str, str | None]
    ) -> tuple[tuple[str, str], ...]:
        """(label, text) of what earlier steps entered, newest value of each, for reading."""
        skipped = self.definition.form_of(*except_form)
        hidden = {each.key for each in skipped.fields} if skipped is not None else set()
        labels: dict[str, Any] = {}
        for form in self.definition.forms.values():
            for each in form.fields:
                labels.setdefault(each.key, each)
        newest = {row.name: row.value for row in rows}
        return tuple(
            (labels[name].label, text)
            for name, value in newest.items()
            if name in labels
            and name not in hidden
            and (text := self._readable(labels[name], value)) is not None
        )

    def _readable(self, field: Any, value: Any) -> str | None:
        if value in (None, "", [], False):
            return None
        if field.kind in ("file", "files") or field.source in ("now", "task_id"):
            return None
        options = dict(field.options or ())
        values = value if isinstance(value, list) else [value]
        if field.kind in ("org", "orgs"):
            return "、".join(self.office.org_name(str(each)) for each in values)
        if field.kind in ("person", "persons"):
            return "、".join(self.office.person_name(str(each)) for each in values)
        if field.kind == "table":
            return "；".join(
                "，".join(str(cell) for cell in row.values() if cell not in (None, ""))
                for row in values
                if isinstance(row, dict)
            )
        if value is True:
            return "是"
        if field.kind in ("date", "datetime"):
            return _readable_moment(str(value))
        return "、".join(str(options.get(each, each)) for each in values)


def _readable_moment(value: str) -> str:
    """2026年2月27日18:00, or the day alone; what is neither stays as it is."""
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        return value
    return words.moment(read) if read.tzinfo else f"{read.year}年{read.month}月{read.day}日"
