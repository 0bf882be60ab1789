"""Which files may be kept, pure: name and first bytes must agree, an archive must not explode.

What a browser could run (HTML, SVG, scripts) has no place here whatever it is called. A marked
classified document is refused (保守国家秘密法): only its number is registered.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
from io import BytesIO

from engine.errors import Finding, Invalid

LONGEST_NAME = 200
UNPACKED_LIMIT = 200 * 1024 * 1024  # bytes
RATIO_LIMIT = 100  # unpacked to packed, looked at above RATIO_FROM bytes unpacked
RATIO_FROM = 10 * 1024 * 1024
MEMBERS_LIMIT = 10_000
FIRST_TEXT = 1000  # characters in which the marking of a classified document stands

OOXML = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": f"{OOXML}.wordprocessingml.document",
    "xlsx": f"{OOXML}.spreadsheetml.sheet",
    "ofd": "application/ofd",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "wps": "application/vnd.ms-works",
    "et": "application/vnd.ms-excel",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "txt": "text/plain",
}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
MAGIC = {
    **dict.fromkeys(("doc", "xls", "wps", "et"), OLE),
    **dict.fromkeys(("docx", "xlsx", "ofd"), ZIP),
    **dict.fromkeys(("jpg", "jpeg"), b"\xff\xd8\xff"),
    "png": b"\x89PNG\r\n\x1a\n",
    "pdf": b"%PDF-",
}
INSIDE = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "ofd": "OFD.xml"}
TEXT_PARTS = re.compile(
    r"word/(document|header\d*)\.xml|xl/sharedStrings\.xml|.*/Pages/[^/]+/Content\.xml"
)
RUNNABLE = re.compile(rb"<\s*(!doctype|html|head|body|script|svg|iframe|\?xml)", re.IGNORECASE)
MARKING = re.compile(r"(绝密|机密|秘密)\s*★")
CLASSIFIED = "涉密公文不得在本系统流转，请通过机要渠道办理，仅登记件号。"


def clean_name(name: str) -> str:
    """The bare file name: no folder, no control or direction characters, at most 200 long."""
    bare = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    bare = "".join(each for each in bare if unicodedata.category(each)[0] != "C").strip(" .")
    stem, dot, ending = bare.rpartition(".")
    if not stem:
        raise _refusal(f"文件名“{bare}”缺少名称或扩展名，请改名后重新上传。", "file-name")
    ending = ending[:10]
    return stem[: LONGEST_NAME - len(ending) - 1] + dot + ending


def check(name: str, content: bytes) -> str:
    """The media type of an acceptable file; otherwise Invalid with one sentence."""
    ending = name.rpartition(".")[2].lower()
    if ending not in MEDIA_TYPES:
        allowed = "、".join(MEDIA_TYPES)
        raise _refusal(f"不能上传“.{ending}”类型的文件。可以上传：{allowed}。", "file-kind")
    if not content:
        raise _refusal(f"“{name}”是空文件，请检查后重新上传。", "file-empty")
    texts = _text_file(name, content) if ending == "txt" else _binary_file(name, ending, content)
    if any(MARKING.search(text) for text in (name, *texts)):
        raise _refusal(CLASSIFIED, "classified")
    return MEDIA_TYPES[ending]


def _refusal(message: str, code: str) -> Invalid:
    return Invalid([Finding(message, code=code)])


def _mismatch(name: str) -> Invalid:
    return _refusal(f"“{name}”的内容与扩展名不符，请用原来的软件另存后重新上传。", "file-kind")


def _text_file(name: str, content: bytes) -> list[str]:
    if b"\0" in content or RUNNABLE.search(content[:1024]):
        raise _mismatch(name)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return [content.decode(encoding)[:FIRST_TEXT]]
        except UnicodeDecodeError:
            continue
    raise _mismatch(name)


def _binary_file(name: str, ending: str, content: bytes) -> list[str]:
    """Check the first bytes; returns texts in which a marking would stand, as far as readable."""
    if not content.startswith(MAGIC[ending]):
        raise _mismatch(name)
    if MAGIC[ending] == ZIP:
        return _archive(name, ending, content)
    if MAGIC[ending] == OLE:
        return [content.decode("utf-16-le", "ignore")]
    return []


def _archive(name: str, ending: str, content: bytes) -> list[str]:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = archive.infolist()
            if INSIDE[ending] not in archive.namelist():
                raise _mismatch(name)
            unpacked = sum(member.file_size for member in members)
            bloated = unpacked > max(RATIO_FROM, RATIO_LIMIT * len(content))
            if len(members) > MEMBERS_LIMIT or unpacked > UNPACKED_LIMIT or bloated:
                raise _refusal(f"“{name}”解开后过大，不能上传。请检查这个文件。", "file-unpacked")
            parts = [member for member in members if TEXT_PARTS.fullmatch(member.filename)]
            return [_first_text(archive, part) for part in parts[:10]]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise _mismatch(name) from error


def _first_text(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> str:
    with archive.open(part) as file:
        xml = file.read(512 * 1024).decode("utf-8", "ignore")
    return re.sub(r"<[^>]*>", "", xml)[:FIRST_TEXT]
