"""Faults of tables, forms and whole files, each refused by its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import definitions
from engine.spiff.parser import library_finding
from tests.corpus.drawing import PLAIN, SE, flow, message, node, rule, script
from tests.diagrams import diagram, write
from tests.engine.test_decisions__rows import Row, table

GOOD: Row = (('"a"', "<= 5"), "1")
REST: Row = (("", ""), "2")
FOREIGN = Path(__file__).parent.parent / "corpus" / "foreign"


def codes(path: Path, **known: object) -> set[str]:
    return {each.code for each in definitions.check([path], **known)}  # type: ignore[arg-type]


def with_table(folder: Path, content: str, key: str = "decides") -> Path:
    steps = script("T", 'kind = "a"\ndays = 1') + rule("R", "tried")
    return write(folder, key, SE + steps + flow("S", "T", "R", "E"), files={"tried.dmn": content})


FAULTY = {
    "table-policy": table(GOOD, REST, policy="FIRST"),
    "table-policy aggregation": table(GOOD, REST, policy="COLLECT").replace(
        'hitPolicy="COLLECT"', 'hitPolicy="COLLECT" aggregation="SUM"'
    ),
    "table-kind": '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="D">'
    '<decision id="tried"><literalExpression><text>1</text></literalExpression></decision>'
    "</definitions>",
    "table-kind several": '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">'
    '<decision id="tried"/><decision id="other"/></definitions>',
    "table-overlap": table(GOOD, (('"a"', "< 9"), "3"), REST),
    "table-gap": table(GOOD),
    "table-cell": table(((" __import__", ""), "1"), REST),
    "table-cell result": table((('"a"', ""), "frobnicate(1)"), REST),
    "table-columns": table((('"a"',), "1"), REST),
    "table-outputs": table(GOOD, REST).replace('name="found"', 'name=""'),
    "cell-never-matches pair": table((('("a", "b")', ""), "1"), REST),
    "cell-never-matches range": table((("", "[9..3]"), "1"), REST),
    "cell-never-matches free": table((("False", ""), "1"), REST, inputs=("True", "days")),
    "dmn": "<definitions",
}


@pytest.mark.parametrize("fault", FAULTY)
def test_a_faulty_table_is_refused_by_name(tmp_path: Path, fault: str) -> None:
    found = definitions.check([with_table(tmp_path, FAULTY[fault])])
    assert fault.split()[0] in {each.code for each in found if each.refuses}, found


def test_a_good_table_has_no_finding(tmp_path: Path) -> None:
    assert definitions.check([with_table(tmp_path, table(GOOD, REST))]) == []


def test_an_empty_result_is_warned_of(tmp_path: Path) -> None:
    [found] = definitions.check([with_table(tmp_path, table((('"a"', ""), ""), REST))])
    assert (found.code, found.severity) == ("result-empty", "warning")


def test_one_number_for_two_things(tmp_path: Path) -> None:
    with_table(tmp_path, table(GOOD, REST))
    with_table(tmp_path, table(GOOD, REST), key="again")
    assert "table-twice" in codes(tmp_path)
    (tmp_path / "again" / "tried.dmn").unlink()
    assert codes(tmp_path) == set()
    copied = (tmp_path / "decides" / "decides.bpmn").read_text("utf-8")
    (tmp_path / "again" / "again.bpmn").write_text(copied, "utf-8")
    assert codes(tmp_path) == {"process-twice"}


def test_a_form_that_cannot_be_computed(tmp_path: Path) -> None:
    hidden = {
        "key": "more",
        "type": "textfield",
        "label": "补充",
        "conditional": {"hide": "=frobnicate(note)"},
    }
    folder = write(tmp_path, "asks", PLAIN, fields=[hidden])
    assert codes(folder) == {"form-expression"}


def test_a_default_names_a_convention_that_exists(tmp_path: Path) -> None:
    folder = write(tmp_path, "asks", PLAIN, variables={"days": {"convention": "reply_days"}})
    assert codes(folder, conventions={"reply_days"}) == set()
    assert codes(folder, conventions={"other"}) == {"convention-missing"}


def test_correlation_keys_are_refused(tmp_path: Path) -> None:
    before = '<message id="M_news" name="news"/><correlationProperty id="C" name="number"/>'
    body = SE + node("intermediateCatchEvent", "W", message("news")) + flow("S", "W", "E")
    folder = write(tmp_path, "waits", body, before=before)
    assert codes(folder) == {"correlation"}


def test_pools_and_their_message_flows() -> None:
    [told] = definitions.check([FOREIGN / "two-executable-processes-without-picture.bpmn"])
    assert (told.code, told.severity) == ("message-flow-ignored", "warning")
    assert codes(FOREIGN / "pool-pointing-to-a-missing-process.bpmn") == {"pool-without-process"}


def test_a_sketch_is_refused_by_name() -> None:
    assert "not-executable" in codes(FOREIGN / "bpmn-io-sketch-not-executable.bpmn")
    assert "no-process" in codes(FOREIGN / "only-a-collaboration.bpmn")
    assert codes(FOREIGN / "another-kind-of-xml.bpmn") == {"xml"}


def test_a_picture_without_numbers() -> None:
    assert codes(FOREIGN / "attributes-that-are-no-numbers.bpmn") == {"picture-without-place"}


def test_what_no_check_foresaw_is_refused_too(tmp_path: Path) -> None:
    row = [f"x{number}" for number in range(3000)]
    body = SE + "".join(node("exclusiveGateway", name) for name in row) + flow("S", *row, "E")
    (tmp_path / "long.bpmn").write_text(diagram("long", body), "utf-8")
    [found] = definitions.check([tmp_path / "long.bpmn"])
    assert (found.code, found.refuses) == ("library", True)
    assert "请分成几个子流程" in found.message
    assert "KeyError" in library_finding(KeyError("x")).message


def test_roles_and_articles_are_checked_where_they_are_known(tmp_path: Path) -> None:
    body = PLAIN.replace('value="dept_clerk"', 'value="nobody"')
    folder = write(tmp_path, "asks", body)
    assert codes(folder) == set()
    assert codes(folder, roles=frozenset({"dept_clerk"})) == {"role-unknown"}
