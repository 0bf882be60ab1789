"""Counts the words of a document's body by our own code, never typed in (04 §4.2).

Every Chinese character and punctuation mark is one; a run of Latin letters and digits is one. The
body begins after the colon of the 主送机关 and ends before 附件说明, signature and date.
"""

from __future__ import annotations

import io
import re
import zipfile

from lxml import etree

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LARGEST_XML = 50_000_000
RUN = re.compile(r"[A-Za-z0-9]+(?:[.,:%/\-][A-Za-z0-9%]+)*%?")
SALUTATION = re.compile(r"^[^。；]{2,200}[：:]$")
AFTER_BODY = re.compile(r"^(附件[：:]|附[：:]|（此件|\d{4}年\d{1,2}月\d{1,2}日$)")
SIGNATURE = re.compile(r"^[^，。；：]{2,30}(政府|办公室|委员会|局|厅|院|中心|管委会)$")


def count_text(text: str) -> int:
    """How many words a text has."""
    rest, runs = RUN.subn("", text)
    return runs + sum(1 for char in rest if not char.isspace())


def body_of(paragraphs: list[str]) -> list[str]:
    """The paragraphs of the body; all of them when no 主送机关 is found."""
    lines = [each.strip() for each in paragraphs]
    start = next((n + 1 for n, line in enumerate(lines[:15]) if SALUTATION.match(line)), 0)
    end = next(
        (n for n, line in enumerate(lines) if n >= start and AFTER_BODY.match(line)), len(lines)
    )
    while end > start and SIGNATURE.match(lines[end - 1]):
        end -= 1
    return lines[start:end]


def count_file(name: str, content: bytes) -> int | None:
    """The words of a stored file's body; None when they cannot be counted (PDF, scans)."""
    lines = lines_of(name, content)
    return None if lines is None else sum(map(count_text, body_of(lines)))


def text_of(name: str, content: bytes) -> str | None:
    """Everything a file says, a paragraph a line; None when it cannot be read as text."""
    lines = lines_of(name, content)
    return None if lines is None else "\n".join(filter(None, lines))


def lines_of(name: str, content: bytes) -> list[str] | None:
    """The paragraphs of a file that can be read as text; None for others."""
    suffix = name.rpartition(".")[2].lower()
    if suffix == "docx":
        return _paragraphs(content)
    return _decoded(content).splitlines() if suffix == "txt" else None


def _decoded(content: bytes) -> str:
    """A text file as the office writes them: UTF-8, else GB 18030."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", "replace")


def _paragraphs(content: bytes) -> list[str] | None:
    """The paragraphs of a docx, tables included; None when the file is not one."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if archive.getinfo("word/document.xml").file_size > LARGEST_XML:
                return None
            xml = archive.read("word/document.xml")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        root = etree.fromstring(xml, parser)
    except (KeyError, zipfile.BadZipFile, etree.XMLSyntaxError):
        return None
    if root.getroottree().docinfo.doctype:
        return None
    return [
        "".join(node.text or "" for node in paragraph.iter(f"{WORD}t"))
        for paragraph in root.iter(f"{WORD}p")
    ]
