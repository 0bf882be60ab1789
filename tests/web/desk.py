"""Somebody at a screen without JavaScript: opens pages, fills in their forms, presses buttons.

What is posted is what the shown page would post, so that a page that forgets a field fails here.
"""

from __future__ import annotations

from typing import Any

import lxml.html
from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from web.demo import office


class Page:
    """One shown page."""

    def __init__(self, response: TestResponse) -> None:
        self.status = response.status_code
        self.path = response.request.path
        self.headers = response.headers
        self.source = response.get_data(as_text=True)
        self.tree = lxml.html.fromstring(self.source or "<html></html>")
        for area in self.tree.iter("textarea"):
            area.text = (area.text or "").removeprefix("\n")  # as a browser reads it

    @property
    def text(self) -> str:
        """What a reader sees, in one line."""
        shown = self.tree.xpath("//body//text()[not(ancestor::script)]")
        return " ".join(" ".join(shown).split())

    @property
    def heading(self) -> str:
        return " ".join(self.tree.xpath("string(//h1)").split())

    def main(self) -> str:
        """The text of the page without its frame."""
        return " ".join(self.tree.xpath("string(//main)").split())

    def links(self, words: str) -> list[str]:
        """Addresses of the links with these words in them."""
        return [
            str(link.get("href")) for link in self.tree.xpath("//a") if words in link.text_content()
        ]

    def form(self, action: str) -> Any:
        """The form that posts to an address beginning with `action` (the page's own when none)."""
        for form in self.tree.forms:
            if form.method == "POST" and (form.action or self.path).startswith(action):
                return form
        raise AssertionError(f"no form for {action} on {self.path}")

    def values(self, action: str) -> MultiDict[str, Any]:
        """What the form for this address would post as it stands."""
        return MultiDict(self.form(action).form_values())

    def buttons(self, action: str) -> list[str]:
        """The words on the buttons of a form."""
        return [
            " ".join(button.text_content().split())
            for button in self.form(action).xpath(".//button")
        ]


class Desk:
    """A browser with its cookies, signed in as somebody or not yet."""

    def __init__(self, app: Flask, username: str | None = None) -> None:
        self.client = app.test_client()
        self.page: Page | None = None
        if username is not None:
            self.sign_in(username)

    def sign_in(self, username: str, password: str | None = None) -> Page:
        password = password or office.read()["password"]
        self.open("/sign-in")
        return self.submit("/sign-in", username=username, password=password)

    def open(self, path: str, **headers: str) -> Page:
        """Follow an address."""
        response = self.client.get(path, follow_redirects=True, headers=headers)
        self.page = Page(response)
        return self.page

    def submit(self, action: str, *, do: str | None = None, **changes: Any) -> Page:
        """Change fields of a form on the page shown and press a button."""
        assert self.page is not None
        data = self.page.values(action)
        for name, value in changes.items():
            data.setlist(name, value if isinstance(value, list) else [value])
        if do is not None:
            data["do"] = do
        asked = self.page.form(action).xpath(".//input[@name='confirm']")
        if action.startswith("/tasks/") and asked and "confirm" not in changes:
            data["confirm"] = office.read()["password"]  # asked for once more
        return self.post(self.page.form(action).action or self.page.path, data)

    def post(self, path: str, data: Any, **headers: str) -> Page:
        """Post just this, whatever the page shows."""
        response = self.client.post(
            path,
            data=data,
            follow_redirects=True,
            content_type="multipart/form-data",
            headers=headers,
        )
        self.page = Page(response)
        return self.page

    def fill(self, values: dict[str, Any]) -> dict[str, Any]:
        """Form values by key as fields of the page."""
        found: dict[str, Any] = {}
        for key, value in values.items():
            if value is True:
                found[f"v.{key}"] = "1"
            elif value is not False and value is not None:
                found[f"v.{key}"] = value
        return found
