"""Which steps can still come: told from small pictures, element by element."""

from __future__ import annotations

from engine.running.reach import still_ahead
from engine.spiff import Element

Key = tuple[str, str]


def drawn(process: str, **flows: tuple[str, ...]) -> dict[Key, Element]:
    """A picture of user tasks with these flows: A=("B",)."""
    return {
        (process, name): Element(name, name, "userTask", process, 0, 0, {}, following=after)
        for name, after in flows.items()
    }


def other(picture: dict[Key, Element], name: str, **changes: object) -> None:
    """Turn one element of a picture into something else than a user task."""
    [key] = [each for each in picture if each[1] == name]
    had = picture[key]
    parts = {"following": had.following, "kind": had.kind, **changes}
    picture[key] = Element(name, name, process=key[0], x=0, y=0, properties={}, **parts)  # type: ignore[arg-type]


def ahead(picture: dict[Key, Element], at: str, passed: str = "") -> set[str]:
    found = still_ahead(
        picture,
        [key for key in picture if key[1] in passed],
        [key for key in picture if key[1] == at],
    )
    return {name for _, name in found if "/" not in name}


def test_what_lies_behind_is_not_ahead_unless_a_loop_leads_back() -> None:
    straight = drawn("p", A=("B",), B=("C",), C=())
    assert ahead(straight, "B", "A") == {"C"}
    loop = drawn("p", A=("B",), B=("C", "A"), C=())
    assert ahead(loop, "B", "A") == {"A", "B", "C"}


def test_a_branch_that_was_not_taken_is_out_of_reach() -> None:
    fork = drawn("p", A=("B", "C"), B=("D",), C=("D",), D=())
    assert ahead(fork, "B", "A") == {"D"}


def test_what_waits_for_a_message_counts_as_a_place_to_be() -> None:
    picture = drawn("p", A=("B", "W"), B=(), W=("C",), C=())
    other(picture, "W", kind="intermediateCatchEvent")
    assert ahead(picture, "B", "A") == {"C"}


def test_out_of_a_sub_process_and_over_its_boundary() -> None:
    picture = drawn("p", S=("D",), I=("J",), J=(), T=("E",), D=(), E=())
    other(picture, "S", kind="subProcess", inner=("I", "J"))
    other(picture, "T", kind="boundaryEvent", attached_to="S")
    assert ahead(picture, "J", "SI") == {"D", "T", "E"}


def test_a_part_carried_out_several_times_may_begin_again() -> None:
    picture = drawn("p", S=("D",), I=("J",), J=(), D=())
    other(picture, "S", kind="subProcess", inner=("I", "J"), repeats=True)
    assert ahead(picture, "J", "SI") == {"S", "I", "J", "D"}


def test_into_a_called_process_and_out_again() -> None:
    picture = {**drawn("p", A=("K",), K=("D",), D=()), **drawn("q", X=("Y",), Y=())}
    other(picture, "K", kind="callActivity", called="q")
    assert ahead(picture, "A") == {"K", "X", "Y", "D"}
    assert ahead(picture, "Y", "AKX") == {"D"}


def test_where_nothing_is_open_everything_may_still_come() -> None:
    picture = drawn("p", A=("B",), B=())
    assert ahead(picture, "none") == {"A", "B"}
