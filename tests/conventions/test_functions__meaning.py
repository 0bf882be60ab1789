"""A registered function never changes its meaning: what is running calls it by name."""

from __future__ import annotations

import pytest

from scripts.meanings import broken, digest, recorded, registered

THERE, KNOWN = registered(), recorded()


def test_no_function_is_taken_away() -> None:
    assert KNOWN.keys() - THERE.keys() == set()


def test_every_function_is_recorded() -> None:
    missing = THERE.keys() - KNOWN.keys()
    assert not missing, f"run python -m scripts.meanings to record {sorted(missing)}"


@pytest.mark.parametrize("name", sorted(KNOWN.keys() & THERE.keys()))
def test_a_function_computes_what_it_did(name: str) -> None:
    assert list(broken(THERE[name], KNOWN[name])) == []


@pytest.mark.parametrize("name", sorted(KNOWN.keys() & THERE.keys()))
def test_a_function_is_written_as_it_was_or_said_to_mean_the_same(name: str) -> None:
    assert digest(THERE[name]) == KNOWN[name]["digest"], (
        f"{name} was rewritten. Another meaning needs another name; if it means the same, "
        f"run python -m scripts.meanings --same {name}"
    )


def test_every_function_that_needs_no_office_has_examples() -> None:
    pure = {name for name, call in THERE.items() if not getattr(call, "wants_context", False)}
    assert {name for name in pure & KNOWN.keys() if not KNOWN[name]["examples"]} == set()
