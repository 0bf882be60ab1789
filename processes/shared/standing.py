"""What still stands of what was obtained for a text: answers, opinions, reviews, coordination.

A result counts for the very text it was given on, known by its hash. A changed text voids it,
unless the change only carries out what was asked and that is declared (carry_over); a legality
review is never carried over.
"""

from __future__ import annotations

from typing import Any

Rows = list[dict[str, Any]]

# In this order they are opened; the decision tables say which are needed.
PROCEDURES = (
    "countersign",
    "solicit_opinion",
    "public_consult",
    "multi_channel_consult",
    "social_stability_risk",
    "eval5",
    "fair_competition",
    "legal_review_by_dept",
    "prior_request_to_gov",
)
BOUND_TO_THE_TEXT = ("countersign", "solicit_opinion")  # their hash says whether they still stand


def bound_hash(
    file: str | None, seen: str | None, bound: str | None, body_hash: str | None
) -> str | None:
    """The text a supporting file belongs to: the present one when the file is new."""
    return body_hash if file is not None and file != seen else bound


def stands(file: str | None, bound: str | None, body_hash: str | None) -> bool:
    """Whether a supporting file was given for the present text."""
    return file is not None and bound is not None and bound == body_hash


def carried(bound: str | None, before: str | None, now: str | None, keeps: bool) -> str | None:
    """The hash a result is bound to after the text changed from `before` to `now`."""
    return now if keeps and bound is not None and bound == before else bound


def open_procedures(
    needs: list[str],
    passed: list[str],
    countersigned: bool,
    opinions_stand: bool,
    published: bool,
) -> list[str]:
    """The required procedures not yet passed for the present text, each once, in order."""
    by_state = {
        "countersign": countersigned,
        "solicit_opinion": opinions_stand,
        "public_consult": published or "public_consult" in passed,
    }
    return [each for each in PROCEDURES if each in needs and not by_state.get(each, each in passed)]


def passed_now(passed: list[str], results: Rows) -> list[str]:
    """The procedures whose passing does not depend on the text staying as it is."""
    fresh = [row["kind"] for row in results if row["result"] == "pass"]
    return [each for each in joined(passed, fresh) if each not in BOUND_TO_THE_TEXT]


def picked(results: Rows, key: str) -> list[Any]:
    """Everything the results list under a key."""
    return [each for row in results for each in row.get(key, [])]


def joined(before: list[str], more: list[str]) -> list[str]:
    """Both lists, each entry once."""
    return list(dict.fromkeys([*before, *more]))


def standing_dispute(status: str, outcome: str | None, decision: str | None) -> str:
    """What a round before the leaders makes of a dispute.

    A deputy secretary-general may have it coordinated (第三十四条); one referred to the mayor is
    settled by the mayor's consent alone.
    """
    if outcome == "coordinate":
        return "open"
    consented = outcome == "decided" and decision in ("approve", "approve_rev")
    return "closed" if status == "referred_mayor" and consented else status


FUNCTIONS: dict[str, Any] = {
    "bound_hash": bound_hash,
    "stands": stands,
    "carried": carried,
    "open_procedures": open_procedures,
    "passed_now": passed_now,
    "picked": picked,
    "joined": joined,
    "standing_dispute": standing_dispute,
}
