"""What every room of the administration shares: its duty, its door, its place in the list."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint

from engine import duties
from engine.duties import Duty
from web.sessions import actor


@dataclass(frozen=True, slots=True)
class Room:
    """One page (or a few) for one duty. key: in the address and the endpoint names.

    about: one sentence for the list of rooms. icon: of the sprite.
    """

    key: str
    duty: Duty
    label: str
    about: str
    icon: str = "gear"

    @property
    def endpoint(self) -> str:
        """The first page of the room."""
        return f"{self.blueprint_name}.show"

    @property
    def blueprint_name(self) -> str:
        return f"admin_{self.key}"

    def blueprint(self, import_name: str) -> Blueprint:
        """A blueprint under /admin/<key> whose every address asks for the duty first."""
        found = Blueprint(self.blueprint_name, import_name, url_prefix=f"/admin/{self.key}")

        @found.before_request
        def ask_for_duty() -> None:
            duties.require(actor(), self.duty)

        @found.context_processor
        def place() -> dict[str, object]:
            return {"nav": "admin", "room": self}

        return found
