"""What may not be uploaded is refused with a sentence, and leaves nothing behind."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
import sqlalchemy as sa

from engine import attachments
from engine.errors import Invalid, TooLarge
from engine.file_kinds import CLASSIFIED, clean_name
from engine.model import File
from engine.startup import Engine
from engine.storage.tables import attachment
from tests.engine.rows import person

ME = person("p_me")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
ACCEPTED = {
    "请示.pdf": b"%PDF-1.7\n",
    "图.PNG": b"\x89PNG\r\n\x1a\n....",
    "照片.jpeg": b"\xff\xd8\xff\xe0....",
    "说明.txt": "政府信息公开".encode("gb18030"),
    "旧稿.wps": OLE,
    "旧表.et": OLE,
}


def upload(engine: Engine, name: str, content: bytes) -> File:
    return attachments.store(engine, ME, name, BytesIO(content))


def zipped(members: dict[str, bytes]) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def docx(text: str) -> bytes:
    xml = f"<w:document><w:t>{text[:2]}</w:t><w:t>{text[2:]}</w:t></w:document>"
    return zipped({"word/document.xml": xml.encode()})


def refusal(engine: Engine, name: str, content: bytes) -> str:
    with pytest.raises(Invalid) as caught:
        upload(engine, name, content)
    with engine.database.read() as connection:
        assert connection.execute(sa.select(attachment.c.id)).first() is None
    assert [path for path in engine.files.rglob("*") if path.is_file()] == []
    return caught.value.message


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_an_office_uses_is_accepted(engine: Engine, name: str) -> None:
    assert upload(engine, name, ACCEPTED[name]).name == name


def test_office_archives_are_known_by_what_is_inside(engine: Engine) -> None:
    assert upload(engine, "请示.docx", docx("关于某事的请示")).media_type.endswith("document")
    assert upload(engine, "表.xlsx", zipped({"xl/workbook.xml": b"<x/>"}))
    assert upload(engine, "版式.ofd", zipped({"OFD.xml": b"<x/>"})).media_type == "application/ofd"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("请示.pdf", b"<html>"),
        ("图.png", b"%PDF-1.7"),
        ("请示.docx", b"PK\x03\x04 cut short"),
        ("请示.docx", zipped({"OFD.xml": b"<x/>"})),
        ("说明.txt", b"  <!DOCTYPE html><script>"),
        ("说明.txt", b"<svg xmlns=''>"),
        ("说明.txt", b"MZ\x00\x01"),
        ("说明.txt", b"\xff\xff\xff\xff\xff"),
        ("旧稿.doc", b"{\\rtf1}"),
    ],
)
def test_name_and_content_must_agree(engine: Engine, name: str, content: bytes) -> None:
    assert refusal(engine, name, content) == (
        f"“{name}”的内容与扩展名不符，请用原来的软件另存后重新上传。"
    )


@pytest.mark.parametrize("name", ["页.html", "页.htm", "图.svg", "程序.exe", "程序.js", "宏.docm"])
def test_what_could_run_is_refused(engine: Engine, name: str) -> None:
    assert refusal(engine, name, b"<html>").startswith("不能上传")


def test_an_empty_file_is_refused(engine: Engine) -> None:
    assert "是空文件" in refusal(engine, "说明.txt", b"")


def test_a_file_without_extension_is_refused(engine: Engine) -> None:
    assert "缺少名称或扩展名" in refusal(engine, "../..", b"x")
    assert "缺少名称或扩展名" in refusal(engine, "Makefile", b"x")


def test_a_file_over_the_limit_is_refused_with_both_numbers(engine: Engine) -> None:
    limit = engine.settings.upload_mb
    with pytest.raises(TooLarge, match=rf"文件有{limit + 1}\.0 MB，超过上限{limit} MB"):
        upload(engine, "大.txt", b"a" * (limit + 1) * attachments.MIB)


def test_an_archive_that_explodes_is_refused(engine: Engine) -> None:
    bomb = zipped({"word/document.xml": b"<x/>", "word/media/1.bin": b"\0" * 30 * attachments.MIB})
    assert len(bomb) < 100_000
    assert "解开后过大" in refusal(engine, "炸.docx", bomb)


@pytest.mark.parametrize("level", ["绝密", "机密", "秘密"])
def test_a_marked_classified_document_is_refused_wherever_the_mark_stands(
    engine: Engine, level: str
) -> None:
    mark = f"{level}★10年"
    assert refusal(engine, f"{mark}请示.pdf", b"%PDF-1.7") == CLASSIFIED
    assert refusal(engine, "一.txt", f"000012 {level} ★ 特急".encode()) == CLASSIFIED
    assert refusal(engine, "二.docx", docx(mark)) == CLASSIFIED
    assert refusal(engine, "三.doc", OLE + mark.encode("utf-16-le")) == CLASSIFIED
    page = zipped({"OFD.xml": b"<x/>", "Doc_0/Pages/Page_0/Content.xml": f"<t>{mark}</t>".encode()})
    assert refusal(engine, "四.ofd", page) == CLASSIFIED


def test_the_mere_word_is_not_a_marking(engine: Engine) -> None:
    assert upload(engine, "保守国家秘密工作要点.txt", "机密文件管理办法".encode())


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\Users\\张\\请示.pdf", "请示.pdf"),
        ("../../etc/请示.pdf", "请示.pdf"),
        ("请\x00示\r\n.pdf", "请示.pdf"),
        ("invoice\u202efdp.txt", "invoicefdp.txt"),
        ("长" * 300 + ".pdf", "长" * 196 + ".pdf"),
    ],
)
def test_a_file_name_is_cleaned(given: str, kept: str) -> None:
    assert clean_name(given) == kept
