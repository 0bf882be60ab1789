"""Register records: added once, voided with a reason, never removed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine import registers
from engine.errors import NotFound
from engine.registers import AlreadyRegistered
from engine.startup import Engine
from tests.engine.rows import START

BOOK = "received_documents"


def add(engine: Engine, number: int, *, unique_key: str | None = None) -> str:
    values = {"number": number, "title": f"关于第{number}号事项的请示", "at": START}
    with engine.database.write() as connection:
        moment = START + timedelta(minutes=number)
        return registers.add(
            connection, BOOK, values, unique_key=unique_key, instance_id="i1", at=moment
        )


def test_a_register_is_read_newest_first_page_by_page(any_engine: Engine) -> None:
    for number in range(1, 6):
        add(any_engine, number)
    first = registers.find(any_engine, BOOK, size=2)
    last = registers.find(any_engine, BOOK, size=2, page=3)
    assert [record.values["number"] for record in first.items] == [5, 4]
    assert [record.values["number"] for record in last.items] == [1]
    assert (first.total, first.capped) == (5, False)
    assert registers.find(any_engine, "another_book").items == ()


def test_a_register_is_searched_in_its_values(any_engine: Engine) -> None:
    for number in (7, 8):
        add(any_engine, number)
    found = registers.find(any_engine, BOOK, search="第7号")
    assert ([record.values["number"] for record in found.items], found.total) == ([7], 1)
    assert registers.find(any_engine, BOOK, search="100%_").total == 0


def test_a_unique_key_is_registered_once(any_engine: Engine) -> None:
    add(any_engine, 1, unique_key="2026-1")
    with pytest.raises(AlreadyRegistered, match="没有重复登记"):
        add(any_engine, 2, unique_key="2026-1")
    add(any_engine, 3)
    add(any_engine, 4)
    assert registers.find(any_engine, BOOK).total == 3


def test_a_voided_record_stays_to_be_read_with_its_reason(any_engine: Engine) -> None:
    record_id = add(any_engine, 1)
    with any_engine.database.write() as connection:
        registers.void(connection, record_id, "误登", at=START)
        record = registers.get(connection, record_id)
    assert (record.voided_at, record.void_reason) == (START, "误登")
    assert registers.find(any_engine, BOOK).items == (record,)


def test_what_is_void_or_unknown_can_not_be_voided(any_engine: Engine) -> None:
    record_id = add(any_engine, 1)
    with any_engine.database.write() as connection:
        registers.void(connection, record_id, "误登", at=START)
        with pytest.raises(NotFound):
            registers.void(connection, record_id, "再次", at=START)
        with pytest.raises(NotFound):
            registers.get(connection, "unknown")
