"""A step with several signers of the government office, and people who use verbs on it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

from engine import accounts, instances, tasks, verbs
from engine.model import Actor, Outcome
from engine.startup import Engine
from engine.storage import work_items
from tests.diagrams import flow, install, properties, user

COLLEAGUES = ("gov_clerk", "docs", "docs2", "sec1", "sec2", "legal", "super1", "meeting1")


BEGIN = {
    "type": "default",
    "schemaVersion": 18,
    "id": "begin",
    "components": [
        {"key": "signers", "type": "taglist", "label": "签批人", "properties": {"kind": "persons"}},
        {"key": "how", "type": "textfield", "label": "方式", "properties": {"kind": "text"}},
        {"key": "quota", "type": "number", "label": "比例", "properties": {"kind": "int"}},
    ],
}


def deploy(engine: Engine, folder: Path, key: str = "many", **step: str) -> None:
    """A process: the signers chosen at its start sign in the way chosen, then the clerk closes."""
    begin = f'<startEvent id="S">{properties(form="forms/begin.json")}</startEvent>'
    asked = {"assignee": "signers", "policy": "=how", "share": "quota", **step}
    body = f'{begin}{user("SIGN", **asked)}{user("CLOSE")}<endEvent id="E" name="完成"/>'
    variables = {"signers": [], "how": "all", "quota": 100, "said": []}
    files = {"forms/begin.json": json.dumps(BEGIN, ensure_ascii=False)}
    body += flow("S", "SIGN", "CLOSE", "E")
    install(engine, folder, key, body, variables=variables, files=files)


class Signing:
    """One instance of it."""

    def __init__(
        self, engine: Engine, *signers: str, how: str = "all", quota: int = 100, key: str = "many"
    ) -> None:
        self.engine = engine
        values = {"signers": list(signers), "how": how, "quota": quota}
        begun = instances.start(engine, self.who("gov_clerk"), key, values, key=uuid4().hex)
        self.id = begun.instance_id

    def who(self, username: str) -> Actor:
        return accounts.actor_named(self.engine, username)

    def items(self, *states: str) -> list[Any]:
        """The items of the signing step, in the order of signing."""
        with self.engine.database.read() as connection:
            rows = work_items.of_instance(
                connection, self.id, states or ("waiting", "open", "done", "void")
            )
        return sorted(
            (each for each in rows if each.element_id == "SIGN"),
            key=lambda each: (each.position, each.id),
        )

    def of(self, username: str) -> Any:
        """The live item of a person."""
        return next(each for each in self.items("waiting", "open") if each.assignee_id == username)

    def use(self, username: str, verb: str, item: str | None = None, **values: Any) -> Outcome:
        """A person uses a verb, on his own item unless another is named."""
        target = item or self.of(username).id
        return verbs.do(
            self.engine, self.who(username), verb, target, values=values, key=uuid4().hex
        )

    def add(self, username: str, where: str, *persons: str) -> Outcome:
        values = {"where": where, "persons": list(persons), "reason": "请一并把关。"}
        return self.use(username, "add_signer", **values)

    def sign(self, username: str, outcome: str | None = None) -> Outcome:
        """A person signs, on whatever form the item has."""
        item = self.of(username)
        view = tasks.get(self.engine, self.who(username), item.id)
        opinion = view.form is not None and view.form.id == "opinion"
        return tasks.complete(
            self.engine,
            self.who(username),
            item.id,
            version=item.version,
            values={} if opinion else {"note": f"{username}已核。"},
            outcome=(outcome or "agree") if opinion else None,
            comment="已核。" if opinion else None,
            key=uuid4().hex,
        )

    def open_for(self) -> list[str]:
        """Whose turn it is."""
        return [each.assignee_id for each in self.items("open")]

    @property
    def moved_on(self) -> bool:
        """Whether the step is done and the next one open."""
        with self.engine.database.read() as connection:
            live = work_items.of_instance(connection, self.id, work_items.LIVE)
        return [each.element_id for each in live] == ["CLOSE"]
