"""Plays the notice 忻政发〔2023〕10号 through the public API, from submission to archive.

It has a business clock of its own, from 2 to 25 June 2023. Cut short, it goes on where it stopped;
played, it is left alone. 10号 is data of the document: no number is taken for it.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from engine import accounts
from engine.clock import ManualClock, parse_moment
from engine.procedure import Registry
from engine.settings import Settings
from engine.startup import Engine, build
from web.app import create_app
from web.demo import office
from web.demo.caller import Caller

FILE = Path(__file__).with_name("notice.json")
FIRST = "gov_clerk"
PROCEDURE = "document_approval"
RECIPIENTS = ("county_gov", "zone", "dept")
Say = Callable[[str], None]


def play(settings: Settings, registry: Registry, say: Say) -> None:
    """Play what has not been played yet, telling each step."""
    script = json.loads(FILE.read_text("utf-8"))
    engine = build(settings, registry, clock=ManualClock(parse_moment(script["starts_at"])))
    try:
        _Performance(engine, script, say).run()
    finally:
        engine.close()


class _Performance:
    """One run of the script."""

    def __init__(self, engine: Engine, script: Mapping[str, Any], say: Say) -> None:
        self.engine = engine
        self.script = script
        self.say = say
        self.app = create_app(engine)
        self.callers: dict[str, Caller] = {}
        self.instance_id = ""

    def run(self) -> None:
        """From the first step that is open to the archive."""
        state = self._find()
        if state == "completed":
            return
        self.say(
            "播放《忻政发〔2023〕10号》的办理过程（业务时间2023年6月2日至25日，经公开接口办理）："
        )
        if state is None:
            self._begin()
        for step in self.script["steps"]:
            self._move(step["at"])
            if "silent" in step:
                self._tell_silence()
            elif (task := self._open(step)) is not None:
                self._act(task, step)
        for caller in self.callers.values():
            caller.leave()
        self.say("　　办结。可在“已办”和“事项查询”里看到全部过程。")

    def caller(self, username: str) -> Caller:
        if username not in self.callers:
            self.callers[username] = Caller(self.engine, self.app, username)
        return self.callers[username]

    def _find(self) -> str | None:
        """The state of the notice; None before it was begun."""
        found = self.caller(FIRST).get(
            "process-instances", search=self.script["title"], key=PROCEDURE
        )["items"]
        if not found:
            started = self.caller(FIRST).get("tasks", view="started")["items"]
            found = [row for row in started if row["started_at"] == self.script["starts_at"]]
        if not found:
            return None
        self.instance_id = found[0]["id"]
        return str(found[0]["state"])

    def _begin(self) -> None:
        clerk = self.caller(FIRST)
        done = clerk.post(f"process-definitions/{PROCEDURE}/start", values=self.script["start"])
        self.instance_id = done["instance_id"]
        self._line(
            self.script["starts_at"], accounts.actor_named(self.engine, FIRST).name, "报送公文"
        )

    def _move(self, at: str) -> None:
        self.caller(FIRST).post("demo/clock", now=at)

    def _open(self, step: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The task of this step in this person's hands; None when it was done before a cut."""
        for view in ("mine", "group"):
            for row in self.caller(step["who"]).get("tasks", view=view, size=100)["items"]:
                if (row["instance_id"], row["element_id"]) == (self.instance_id, step["step"]):
                    return dict(row)
        return None

    def _act(self, row: Mapping[str, Any], step: Mapping[str, Any]) -> None:
        caller = self.caller(step["who"])
        version = row["version"]
        if row["assignee"] is None:
            version = caller.post(f"tasks/{row['id']}/claim", version=version)["version"]
        task = caller.get(f"tasks/{row['id']}")
        shown = {name: value for name, value in task["values"].items() if value is not None}
        values = {**shown, **step["values"]}
        if step["step"] == "UT_prepare" and "body_file" not in shown:
            values |= self._letter(caller)
        body = {"version": version, "values": values}
        body |= {name: step[name] for name in ("outcome", "comment") if name in step}
        if task["confirm"] is not None:
            body["confirm"] = office.read()["password"]
        caller.post(f"tasks/{row['id']}/complete", **body)
        due = task["task"]["due"]
        who = task["task"]["signed_as"] or task["task"]["assignee"]
        limit = f"时限：{due['until']}（{due['source']}）" if due["at"] else "不设时限"
        clause = f"工作规则{task['clause']}" if task["clause"] else None
        self._line(step["at"], who, row["step"], limit, clause)

    def _letter(self, caller: Caller) -> dict[str, Any]:
        letter = self.script["letter"]
        stored = caller.upload(letter["name"], io.BytesIO(letter["text"].encode()), uuid4().hex)
        everybody = office.read()["organisation"]
        recipients = [each["code"] for each in everybody if each["kind"] in RECIPIENTS]
        return {"body_file": stored["id"], "main_recipients": recipients}

    def _tell_silence(self) -> None:
        view = self.caller(FIRST).get(f"process-instances/{self.instance_id}")
        for opinion in view["opinions"]:
            if opinion["person"] is None:
                self._line(
                    opinion["at"],
                    "（系统）",
                    opinion["org"],
                    opinion["outcome_label"],
                    opinion["text"],
                    f"依据：{opinion['basis']}",
                )

    def _line(self, at: str, *parts: str | None) -> None:
        moment = parse_moment(at)
        when = f"{moment.month}月{moment.day}日 {moment:%H:%M}"
        self.say("　".join([f"  {when}", *(part for part in parts if part)]))
