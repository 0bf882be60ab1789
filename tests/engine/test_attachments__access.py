"""Who may read a file, and how it comes into an instance. The check is in the fetching query."""

from __future__ import annotations

from io import BytesIO

import pytest

from engine import attachments
from engine.attachments import FileDamaged
from engine.errors import Invalid, KeyReused, NotFound
from engine.model import Actor, File
from engine.startup import Engine
from tests.engine.rows import add_instance, add_work_item, person

UPLOADER = person("p_uploader")
PDF = b"%PDF-1.7\n1 0 obj"


def upload(engine: Engine, *, name: str = "请示.pdf", key: str | None = None) -> File:
    return attachments.store(engine, UPLOADER, name, BytesIO(PDF), key=key)


def bound(engine: Engine) -> File:
    """A file in the instance i1, which p_starter started."""
    add_instance(engine, "i1")
    file = upload(engine)
    with engine.database.write() as connection:
        attachments.bind(connection, [file.id], "i1", "main_file")
    return file


def may_open(engine: Engine, actor: Actor, file: File) -> bool:
    try:
        return attachments.open(engine, actor, file.id)[1] == PDF
    except NotFound:
        return False


def test_who_uploaded_a_file_reads_back_exactly_it(any_engine: Engine) -> None:
    file = upload(any_engine)
    again, content = attachments.open(any_engine, UPLOADER, file.id)
    assert (again, content) == (file, PDF)
    assert (file.name, file.size, file.media_type) == ("请示.pdf", len(PDF), "application/pdf")


def test_nobody_else_reads_a_free_file(any_engine: Engine) -> None:
    file = upload(any_engine)
    add_instance(any_engine, "i1")
    assert not may_open(any_engine, person("p_starter"), file)
    assert not may_open(any_engine, person("p_manager", manager=True), file)


@pytest.mark.parametrize(
    "actor",
    [
        person("p_starter"),
        person("p_assignee"),
        person("p_done"),
        person("p_principal"),
        person("p_member", groups=("clerk@office",)),
        person("p_manager", manager=True),
    ],
    ids=lambda actor: actor.person_id,
)
def test_who_may_see_the_instance_reads_its_files(any_engine: Engine, actor: Actor) -> None:
    file = bound(any_engine)
    add_work_item(any_engine, "i1", assignee="p_assignee")
    add_work_item(any_engine, "i1", done_by="p_done", acted_for="p_principal")
    add_work_item(any_engine, "i1", group="clerk@office")
    assert may_open(any_engine, actor, file)


def test_who_has_no_part_in_the_instance_finds_nothing(any_engine: Engine) -> None:
    file = bound(any_engine)
    add_work_item(any_engine, "i1", group="clerk@office")
    add_instance(any_engine, "i2", started_by="p_stranger")
    add_work_item(any_engine, "i2", assignee="p_stranger")
    assert not may_open(any_engine, person("p_stranger", groups=("clerk@other",)), file)


def test_an_instance_lists_its_files(any_engine: Engine) -> None:
    file = bound(any_engine)
    with any_engine.database.read() as connection:
        (listed,) = attachments.for_instance(any_engine, connection, "i1")
        assert attachments.for_instance(any_engine, connection, "i2") == ()
        assert attachments.read(any_engine, connection, file.sha256) == ("请示.pdf", PDF)
        assert attachments.read(any_engine, connection, "0" * 64) is None
    assert (listed.id, listed.field) == (file.id, "main_file")


def test_a_file_goes_into_one_instance_only(any_engine: Engine) -> None:
    file = bound(any_engine)
    add_instance(any_engine, "i2")
    with (
        pytest.raises(Invalid, match="已用于另一件"),
        any_engine.database.write() as connection,
    ):
        attachments.bind(connection, [file.id], "i2", "main_file")


def test_a_free_file_is_usable_by_its_uploader_only(any_engine: Engine) -> None:
    add_instance(any_engine, "i1")
    file = upload(any_engine)
    mine = {file.id: file.sha256}
    with any_engine.database.write() as connection:
        assert attachments.usable(connection, UPLOADER, [file.id], "i1") == mine
        assert attachments.usable(connection, person("p_other"), [file.id], "i1") == {}
        attachments.bind(connection, [file.id], "i1", "main_file")
        assert attachments.usable(connection, person("p_other"), [file.id], "i1") == mine
        assert attachments.usable(connection, UPLOADER, [file.id, "none"], "i2") == {}


def test_a_retried_upload_is_one_file(any_engine: Engine) -> None:
    assert upload(any_engine, key="k1") == upload(any_engine, key="k1")
    with pytest.raises(KeyReused):
        upload(any_engine, name="另一件.pdf", key="k1")


def test_an_altered_or_lost_content_is_not_handed_out(engine: Engine) -> None:
    file = upload(engine)
    path = attachments.path_of(engine.files, file.sha256)
    path.write_bytes(PDF.replace(b"1", b"2"))
    with pytest.raises(FileDamaged):
        attachments.open(engine, UPLOADER, file.id)
    path.unlink()
    with pytest.raises(FileDamaged):
        attachments.open(engine, UPLOADER, file.id)
