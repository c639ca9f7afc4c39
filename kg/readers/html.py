"""HTML pages: headings, paragraphs, tables with spans; UTF-8, GB2312, GBK and GB18030."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from kg.model import Document, ReadError
from kg.readers import compose, sniff, text

_VOID = frozenset(re.findall(r"\w+", "area base br col embed hr img input link meta param source track wbr"))
_SILENT = frozenset(re.findall(r"\w+", "script style noscript template head select textarea svg object iframe"))
_INLINE = frozenset(
    re.findall(
        r"[\w:]+",
        "a abbr b bdo big cite code del dfn em font i ins kbd label mark nobr q s samp small span strike strong sub sup tt u var o:p",
    )
)
#: What a new element ends, though its own end is not written.
_ENDS = {
    "p": {"p"},
    "li": {"li", "p"},
    "dt": {"dt", "dd", "p"},
    "dd": {"dt", "dd", "p"},
    "option": {"option"},
    "td": {"td", "th", "p"},
    "th": {"td", "th", "p"},
    "tr": {"tr", "td", "th", "p"},
    "tbody": {"tr", "td", "th", "p", "thead", "tbody"},
    "thead": {"tr", "td", "th", "p"},
    "tfoot": {"tr", "td", "th", "p", "tbody"},
}
_WALLS = {"table", "html", "body", "div"}
_DEPTH = 150
_NODES = 1_000_000


@dataclass
class _Node:
    tag: str
    attributes: dict[str, str | None] = field(default_factory=dict)
    children: list[_Node | str] = field(default_factory=list)


class _Tree(HTMLParser):
    """Builds the tree of a page, however carelessly it was written."""

    def __init__(self, budget: sniff.Budget) -> None:
        super().__init__(convert_charrefs=True)
        self.root = _Node("html")
        self.path = [self.root]
        self.count = 0
        self.budget = budget

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.count += 1
        if self.count % 1000 == 0:
            self.budget.tick()
        if self.count > _NODES:
            raise ReadError(f"{self.budget.name}：网页里的元素超过 {_NODES} 个，未读。请只保存有预决算内容的部分。")
        for place in range(len(self.path) - 1, 0, -1):
            if self.path[place].tag in _WALLS and not (tag == "tr" and self.path[place].tag == "div"):
                break
            if self.path[place].tag in _ENDS.get(tag, ()):
                del self.path[place:]
        node = _Node(tag, dict(attrs))
        self.path[-1].children.append(node)
        if tag not in _VOID and len(self.path) < _DEPTH:
            self.path.append(node)

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self.path) - 1, 0, -1):
            if self.path[place].tag == tag:
                del self.path[place:]
                return
            if self.path[place].tag in ("table", "td", "th") and tag not in ("table", "tr", "tbody", "thead", "tfoot"):
                return

    def handle_data(self, data: str) -> None:
        self.path[-1].children.append(data)


def read(name: str, identifier: str, data: bytes) -> Document:
    """Read an HTML page. `lines` are its paragraphs in order (a row of a table is one line, its cells apart by tabs).

    Raises ReadError for what is no HTML, is too large, or has no text.
    """
    sniff.expect(name, data, "HTML")
    content, encoding = _decode(name, data)
    tree = _Tree(sniff.Budget(name))
    tree.feed(content)
    tree.close()
    items = list(_items(tree.root, name))
    if not items:
        raise ReadError(f"{name}：网页里没有文字，内容可能由脚本载入。请在浏览器里打开，另存为完整网页或打印成 PDF 后重读。")
    lines, blocks = compose.compose(identifier, _numbered(items))
    return Document(identifier, name, hashlib.sha256(data).hexdigest(), blocks, lines, encoding=encoding)


def _decode(name: str, data: bytes) -> tuple[str, str]:
    """By the declared character set if that works, else by trial."""
    found = re.search(rb"charset\s*=\s*[\"']?\s*([\w-]+)", data[:4096], re.I)
    declared = found[1].decode("ascii").lower() if found else ""
    declared = "gb18030" if declared in ("gb2312", "gbk", "gb_2312-80", "cp936") else declared
    if declared and not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        # Many pages say GB2312 and are UTF-8.
        with contextlib.suppress(UnicodeDecodeError, LookupError):
            return data.decode(declared), declared
    return text.decode(name, data)


def _numbered(items: list[compose.Item]) -> list[compose.Item]:
    tables = [n for n, item in enumerate(items) if isinstance(item, compose.Sheet)]
    for number, n in enumerate(tables, start=1):
        sheet = items[n]
        assert isinstance(sheet, compose.Sheet)
        items[n] = compose.Sheet(number, sheet.cells, sheet.rows, sheet.columns)
    return items


# --- tree to items ------------------------------------------------------------------------------


def _hidden(node: _Node) -> bool:
    style = re.sub(r"\s", "", node.attributes.get("style") or "").lower()
    return node.tag in _SILENT or "hidden" in node.attributes or "display:none" in style or "visibility:hidden" in style


def _has_table(node: _Node) -> bool:
    return any(isinstance(c, _Node) and (c.tag == "table" or _has_table(c)) for c in node.children)


def _items(node: _Node, name: str) -> Iterator[compose.Item]:
    """What a block holds, in order."""
    line = ""
    for child in node.children:
        if isinstance(child, str):
            line += re.sub(r"\s+", " ", child)
        elif _hidden(child):
            continue
        elif child.tag == "br":
            yield from _prose(line)
            line = ""
        elif child.tag in _INLINE and not _has_blocks(child):
            line += _text(child)
        else:
            yield from _prose(line)
            line = ""
            if child.tag == "table" and (sheet := _table(child, name)) is not None:
                captions = [_text(c) for c in child.children if isinstance(c, _Node) and c.tag == "caption"]
                yield from (prose for caption in captions for prose in _prose(caption))
                yield sheet
            elif re.fullmatch(r"h[1-6]", child.tag) and not _has_table(child):
                yield from _prose(_text(child), int(child.tag[1]))
            else:
                yield from _items(child, name)
    yield from _prose(line)


def _has_blocks(node: _Node) -> bool:
    return any(isinstance(c, _Node) and (c.tag not in _INLINE | {"img"} or _has_blocks(c)) for c in node.children)


def _table(node: _Node, name: str) -> compose.Sheet | None:
    """The table of a table element; None where it is only there for the layout of the page."""
    return None if _has_table(node) else compose.table(name, 0, compose.spread(list(_rows(node))))


def _prose(line: str, style: int = 0) -> Iterator[compose.Prose]:
    for part in compose.on_lines(line.replace("\xa0", " ")):
        yield compose.Prose(re.sub(r"\s+", " ", part), style)


def _text(node: _Node) -> str:
    parts: list[str] = []
    for child in node.children:
        if isinstance(child, str):
            parts.append(re.sub(r"\s+", " ", child))
        elif not _hidden(child):
            parts.append(_text(child) + ("\n" if child.tag in ("br", "p", "div", "li") else ""))
    return "".join(parts)


def _rows(table: _Node) -> Iterator[list[compose.Merged]]:
    for child in table.children:
        if not isinstance(child, _Node) or _hidden(child):
            continue
        if child.tag in ("thead", "tbody", "tfoot"):
            yield from _rows(child)
        elif child.tag == "tr":
            cells = [c for c in child.children if isinstance(c, _Node) and c.tag in ("td", "th") and not _hidden(c)]
            if cells:
                yield [compose.Merged(_cell(c), _span(c, "colspan"), _span(c, "rowspan")) for c in cells]


def _cell(node: _Node) -> str:
    return compose.joined(_text(node).replace("\xa0", " ").split("\n"))


def _span(node: _Node, name: str) -> int:
    found = re.match(r"\s*(\d{1,4})", node.attributes.get(name) or "")
    span = int(found[1]) if found else 1
    return min(span, 1000) if span or name == "rowspan" else 1
