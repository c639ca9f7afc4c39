"""HTML pages: headings, paragraphs, tables with spans; UTF-8, GB2312, GBK and GB18030."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace

from kg.model import Document, ReadError
from kg.readers import article, compose, dom, sniff, text
from kg.readers.dom import Node

_INLINE = frozenset(
    re.findall(
        r"[\w:]+",
        "a abbr b bdo big cite code del dfn em font i ins kbd label mark nobr q s samp small span strike strong sub sup tt u var o:p",
    )
)
_FRAME = 8  # paragraphs in one cell: a frame around an article


def read(name: str, identifier: str, data: bytes) -> Document:
    """Read an HTML page. `lines` are its paragraphs in order (a row of a table is one line, its cells apart by tabs).

    Raises ReadError for what is no HTML, is too large, or has no text.
    """
    sniff.expect(name, data, "HTML")
    content, encoding, notes = _decode(name, data)
    root = dom.parse(content, name)
    page = article.Article.of(root)
    items = _titled(list(_items(root, name, page)), article.title(root))
    if not items:
        raise ReadError(f"{name}：网页里没有文字，内容可能由脚本载入。请在浏览器里打开，另存为完整网页或打印成 PDF 后重读。")
    lines, blocks = compose.compose(identifier, items)
    digest = hashlib.sha256(data).hexdigest()
    return Document(identifier, name, digest, blocks, lines, encoding=encoding, notes=(*notes, *page.notes()))


def _decode(name: str, data: bytes) -> tuple[str, str, tuple[str, ...]]:
    """The text, its encoding, and a note where some characters are broken.

    What is UTF-8 is read so, whatever the page declares (many say GB2312 and are not); else by what is declared, else by trial.
    """
    found = re.search(rb"charset\s*=\s*[\"']?\s*([\w-]+)", data[:4096], re.I)
    declared = found[1].decode("ascii").lower() if found else ""
    declared = "gb18030" if declared in ("gb2312", "gbk", "gb_2312-80", "x-gbk", "cp936", "utf-8", "utf8", "") else declared
    if data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return *text.decode(name, data), ()
    for encoding in ("utf-8", declared):
        with contextlib.suppress(UnicodeDecodeError, LookupError):
            return data.decode(encoding), encoding, ()
    for encoding in ("utf-8", declared) if found and found[1].lower() in (b"utf-8", b"utf8") else (declared, "utf-8"):
        with contextlib.suppress(LookupError):
            content = data.decode(encoding, errors="replace")
            if (broken := content.count("\ufffd")) * 200 <= len(content):
                return content, encoding, (f"有 {broken} 处字符已损坏，读不出（按 {encoding} 解码）。",)
    return *text.decode(name, data), ()


def _titled(items: list[compose.Item], title: str) -> list[compose.Item]:
    """With the page's title first, unless its first lines say it."""
    head = "".join(re.sub(r"\s", "", item.text) for item in items[:8] if isinstance(item, compose.Prose))
    named = re.search(r"(?:19|20)\d\d.*(?:[预預决決]算|[绩績]效)", title)  # a document's name, not its rubric's
    if not named or not items or re.sub(r"\s", "", title) in head:
        return items
    return [compose.Prose(title, 1), *items]


# --- tree to items ------------------------------------------------------------------------------


def _has_table(node: Node) -> bool:
    return any(isinstance(c, Node) and (c.tag == "table" or _has_table(c)) for c in node.children)


def _items(node: Node, name: str, page: article.Article) -> Iterator[compose.Item]:
    """What a block of the document holds, in order."""
    line = ""
    for child in node.children:
        if isinstance(child, str):
            line += re.sub(r"\s+", " ", child)
        elif article.hidden(child) or page.around(child):
            continue
        elif child.tag == "br":
            yield from _prose(line, page)
            line = ""
        elif child.tag in _INLINE and not _has_blocks(child):
            line += _text(child)
        else:
            yield from _prose(line, page)
            line = ""
            if child.tag == "table" and (sheet := _table(child, name)) is not None:
                captions = [_text(c) for c in child.children if isinstance(c, Node) and c.tag == "caption"]
                yield from (prose for caption in captions for prose in _prose(caption, page))
                yield sheet
                for inner in _items(Node("div", children=[*_nested(child)]), name, page):
                    yield replace(inner, fresh=True)
            elif re.fullmatch(r"h[1-6]", child.tag) and not _has_table(child):
                yield from _prose(_text(child), page, int(child.tag[1]))
            else:
                yield from _items(child, name, page)
    yield from _prose(line, page)


def _has_blocks(node: Node) -> bool:
    return any(isinstance(c, Node) and (c.tag not in _INLINE | {"img"} or _has_blocks(c)) for c in node.children)


def _table(node: Node, name: str) -> compose.Sheet | None:
    """The table of a table element; None where it is only there for the layout of the page."""
    rows = list(_rows(node))
    framed = any(_paragraphs(cell) >= _FRAME for cell in _cells(node)) and len(rows) <= 3
    holding = sum(_has_table(cell) for cell in _cells(node))
    if framed or holding * 3 > sum(bool(cell.text) for row in rows for cell in row):
        return None
    return compose.table(name, compose.spread(rows))


def _cells(table: Node) -> Iterator[Node]:
    """The cells of a table, without those of tables in them."""
    for child in table.elements():
        if child.tag in ("thead", "tbody", "tfoot", "tr"):
            yield from _cells(child)
        elif child.tag in ("td", "th"):
            yield child


def _nested(table: Node) -> Iterator[Node]:
    """The outermost tables in the cells of a table."""
    waiting = [*_cells(table)]
    while waiting:
        node = waiting.pop(0)
        for child in node.elements():
            if child.tag == "table":
                yield child
            else:
                waiting.append(child)


def _paragraphs(cell: Node) -> int:
    return sum(node.tag in ("p", "div", "h1", "h2", "h3", "h4") for node in cell.below())


def _prose(line: str, page: article.Article, style: int = 0) -> Iterator[compose.Prose]:
    if not style and page.line(line):
        return
    for part in compose.on_lines(line.replace("\xa0", " ")):
        yield compose.Prose(re.sub(r"\s+", " ", part), style)


def _text(node: Node) -> str:
    parts: list[str] = []
    for child in node.children:
        if isinstance(child, str):
            parts.append(re.sub(r"\s+", " ", child))
        elif child.tag != "table" and not article.hidden(child):
            parts.append(_text(child) + ("\n" if child.tag in ("br", "p", "div", "li") else ""))
    return "".join(parts)


def _rows(table: Node) -> Iterator[list[compose.Merged]]:
    for child in table.children:
        if not isinstance(child, Node) or article.hidden(child):
            continue
        if child.tag in ("thead", "tbody", "tfoot"):
            yield from _rows(child)
        elif child.tag == "tr":
            cells = [c for c in child.children if isinstance(c, Node) and c.tag in ("td", "th") and not article.hidden(c)]
            if cells:
                yield [compose.Merged(_cell(c), _span(c, "colspan"), _span(c, "rowspan")) for c in cells]


def _cell(node: Node) -> str:
    return compose.joined(_text(node).replace("\xa0", " ").split("\n"))


def _span(node: Node, name: str) -> int:
    found = re.match(r"\s*(\d{1,4})", node.attributes.get(name) or "")
    span = int(found[1]) if found else 1
    return min(span, 1000) if span or name == "rowspan" else 1
