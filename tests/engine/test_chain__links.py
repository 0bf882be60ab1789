"""A link says by which hash it is to be checked; SM3 where the machine has it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine.canonical import ALGORITHM, canonical
from engine.chain import GENESIS, NAMED_IN, Entry, forge, link_hash
from tests.engine.rows import START

PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(
    PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20
)


def links(count: int) -> list[dict[str, Any]]:
    entries = [Entry("item.completed", START, data={"tags": {"b", "a"}, "at": START})] * count
    return forge("i1", GENESIS, entries)[0]


def test_the_first_link_names_its_hash() -> None:
    first, second = links(2)
    assert first["data"][NAMED_IN] == ALGORITHM
    assert second["previous_hash"] == first["hash"] == link_hash(first)


def test_data_is_kept_as_it_will_be_read_back() -> None:
    (link,) = links(1)
    assert link["data"]["tags"] == ["a", "b"]
    assert link["data"]["at"] == "2026-02-11T10:00:00.000000+08:00"


def test_a_link_that_names_sha_256_is_checked_with_it() -> None:
    (link,) = links(1)
    link["data"][NAMED_IN] = "sha256"
    body = {key: link[key] for key in link if key not in {"hash", "previous_hash"}}
    expected = hashlib.sha256(canonical(body) + GENESIS.hash.encode()).hexdigest()
    assert link_hash(link) == expected


@given(VALUES)
def test_every_value_has_one_spelling(value: Any) -> None:
    standard = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    try:
        expected = standard.encode()
    except UnicodeEncodeError:
        return
    if "Infinity" not in standard:
        assert canonical(value) == expected
