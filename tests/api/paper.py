"""A document of any organisation on its way through the API, and the clock that goes with it."""

from __future__ import annotations

from typing import Any, cast

from flask import Flask

from tests.api.caller import Document, engine_of
from tests.rows import variables_of
from tests.story import CHECKED, DRAFTED, MATERIAL, PASSWORD, PREPARED, SIGNED

SENDERS = {
    "education_bureau": ("education_clerk", "education_head", "dept", "市教育局"),
    "agriculture_bureau": ("agriculture_clerk", "agriculture_head", "dept", "市农业农村局"),
    "energy_bureau": ("energy_clerk", "energy_head", "dept", "市能源局"),
    "dev_reform_commission": ("reform_clerk", "reform_head", "dept", "市发展和改革委员会"),
    "xinfu_qu": ("xinfu_clerk", "xinfu_head", "county", "忻府区人民政府"),
    "dai_xian": ("dai_clerk", "dai_head", "county", "代县人民政府"),
    "gov_office": ("gov_clerk", "office_director", "other", "忻州市人民政府办公室"),
}
ONE_ITEM = [{"item": "项目立项", "basis": None, "tendency": "建议同意立项。"}]


class Paper(Document):
    """A document that an organisation sends to the city government."""

    def __init__(self, app: Flask, org: str = "gov_office") -> None:
        super().__init__(app)
        self.org = org
        self.clerk, self.head, self.kind, self.name = SENDERS[org]

    # ---- what is sent ----

    def request(self, **changes: Any) -> dict[str, Any]:
        """A request of this organisation, as the form wants it."""
        return {
            **PREPARED,
            "title": f"{self.name}关于项目立项的请示",
            "doc_type": "请示",
            "nature": "request",
            "deploy_scope": None,
            "request_items": ONE_ITEM,
            "contact": "经办人 3020000",
            **changes,
        }

    def text(self, words: str = "正文。", times: int = 20, name: str = "正文.txt") -> str:
        """A body file the clerk uploads; its id."""
        stored = self.by(self.clerk).upload(name, (words * times).encode())
        assert stored.status_code == 201, stored.text
        return cast(str, cast("dict[str, Any]", stored.json)["id"])

    def send(self, values: dict[str, Any], start: dict[str, Any] | None = None) -> None:
        """Begin, fill in, sign and submit."""
        wanted = {"submitter_org": self.org, "submitter_type": self.kind, **(start or {})}
        self.start(self.clerk, **wanted)
        values = {"body_file": values.get("body_file") or self.text(), **values}
        self.sent = values
        self.do(self.clerk, "UT_prepare", **values)
        self.do(self.head, "UT_prepare", **values)

    def mend(self, **changes: Any) -> dict[str, Any]:
        """The clerk mends it and sends it again."""
        self.sent = {**self.sent, **changes}
        return self.do(self.clerk, "UT_fix", **{"fix_action": "resubmit", **self.sent})

    # ---- on its way ----

    def accept(self, **changes: Any) -> dict[str, Any]:
        """Passes the initial check."""
        return self.do("sec1", "UT_initial", "accept", **{**CHECKED, **changes})

    def to_initial(self, values: dict[str, Any]) -> None:
        """Sent and registered."""
        self.send(values)
        self.register()

    def check(self, element: str, outcome: str = "pass", **more: Any) -> dict[str, Any]:
        """Materials of a required procedure are looked at."""
        values = {"evidence_no": "材料1号", **MATERIAL.get(element, {}), **more}
        given = {key: value for key, value in values.items() if value is not None}
        return self.do("sec1", element, outcome, "已核对。", **given)

    def propose(self, **changes: Any) -> dict[str, Any]:
        return self.do("sec1", "UT_draft_opinion", **{**DRAFTED, **changes})

    def countersign(self, *depts: str) -> None:
        """The host chooses, signs and sends; delivered now."""
        self.do(self.clerk, "UT_select", depts=list(depts), must_reply_depts=[])
        self.do(
            self.head,
            "UT_host_sign",
            host_signed=True,
            host_signer_head=True,
            sent_at=self.now(),
        )

    # ---- looking ----

    def refused(
        self,
        username: str,
        element: str,
        outcome: str | None = None,
        comment: str | None = None,
        **values: Any,
    ) -> str:
        """What is said when this is submitted and refused."""
        row = self.task(username, element)
        version = row["version"]
        if row["assignee"] is None:
            claimed = self.by(username).post(f"/tasks/{row['id']}/claim", {"version": version})
            version = cast("dict[str, Any]", claimed.json)["version"]
        body = {"version": version, "outcome": outcome, "values": values, "comment": comment}
        if element in SIGNED:
            body["confirm"] = PASSWORD
        answer = self.by(username).post(f"/tasks/{row['id']}/complete", body)
        assert answer.status_code == 422, answer.text
        told = cast("dict[str, Any]", answer.json)
        return " ".join([told["detail"], *(each["message"] for each in told.get("findings", []))])

    def view(self, username: str, element: str) -> dict[str, Any]:
        """The page of a task."""
        row = self.task(username, element)
        return cast("dict[str, Any]", self.by(username).get(f"/tasks/{row['id']}").json)

    def shown(self, username: str = "manager") -> dict[str, Any]:
        """The page of the document."""
        found = self.by(username).get(f"/process-instances/{self.id}")
        return cast("dict[str, Any]", found.json)

    def ended(self) -> str | None:
        """The end that was reached."""
        row = self.shown()["instance"]
        return cast("str | None", row["outcome"])

    def variables(self) -> dict[str, Any]:
        """The newest value of every variable, for a look behind the pages."""
        return variables_of(engine_of(self.app), self.id)
