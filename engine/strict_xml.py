"""The one way XML comes in: no DOCTYPE, no entities, no network, no giant trees."""

from __future__ import annotations

from lxml import etree

from engine.errors import Malformed


def read_xml(content: str | bytes, path: str) -> etree._Element:
    """Strictly parsed root element. A DOCTYPE or broken XML raises Malformed with a sentence."""
    data = content.encode() if isinstance(content, str) else content
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise Malformed(
            f"{path} 不是完整的XML文件（第{error.lineno}行）：请重新导出后再部署。"
        ) from error
    if root.getroottree().docinfo.doctype:
        raise Malformed(f"{path} 含有DOCTYPE声明，不予接受。请去掉后再部署。")
    return root
