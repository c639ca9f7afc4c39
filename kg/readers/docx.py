"""Word documents (.docx): paragraphs with their numbering, headings, tables with merged cells, footnotes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element, ParseError, fromstring

from kg.model import Document, ReadError
from kg.readers import compose, numbering, sniff

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_UNREAD = (f"{_W}del", f"{_W}moveFrom", f"{_W}pPr", f"{_W}rPr", f"{_MC}Fallback")
_DEPTH = 60


@dataclass
class _State:
    """What runs along while a document is read."""

    styles: Mapping[str, _Style]
    numbers: numbering.Numbers
    budget: sniff.Budget
    boxes: list[Element] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Style:
    level: int = 0  # of a heading
    contents: bool = False  # an entry of a table of contents
    numbered: tuple[str, int] | None = None
    size: int = 0  # in half points
    centred: bool = False


def read(name: str, identifier: str, data: bytes) -> Document:
    """Read a Word document. `lines` are its paragraphs in order (a row of a table is one line, its cells apart by tabs).

    Raises ReadError for what is no such document, is damaged, encrypted or unreasonably large, or has no text.
    """
    sniff.expect(name, data, "Word 文档")
    members = sniff.unpack(name, data)
    sniff.no_entities(name, ((k, v) for k, v in members.items() if k.endswith((".xml", ".rels"))))
    try:
        body = fromstring(members["word/document.xml"]).find(f"{_W}body")
        styles = _styles(members.get("word/styles.xml"))
        numbers = numbering.Numbers.read(members.get("word/numbering.xml"))
        notes = _footnotes(members)
    except KeyError as error:
        raise ReadError(f"{name}：Word 文档缺少正文（{error}），文件不完整。请重新下载，或用 WPS/Word 打开后另存一份。") from error
    except (ParseError, ValueError, RecursionError) as error:
        raise ReadError(f"{name}：Word 文档的内容已损坏（{error}）。请重新下载，或用 WPS/Word 打开后另存一份。") from error
    state = _State(styles, numbers, sniff.Budget(name))
    items = list(_blocks(body, state, 0)) if body is not None else []
    items += [compose.Prose(f"[脚注{n}] {text}") for n, text in enumerate(notes, start=1)]
    if not items:
        raise ReadError(f"{name}：Word 文档里没有文字（可能只有图片）。请换一份有文字的文件，或先用 OCR 识别。")
    lines, blocks = compose.compose(identifier, items)
    told = _told(body) if body is not None else ()
    return Document(identifier, name, hashlib.sha256(data).hexdigest(), blocks, lines, notes=told)


def _told(body: Element) -> tuple[str, ...]:
    """Notes about what is in the file and was not read."""
    changed = sum(node.tag in (f"{_W}ins", f"{_W}del", f"{_W}moveFrom", f"{_W}moveTo") for node in body.iter())
    pictures = sum(node.tag.endswith(("}blip", "}imagedata")) for node in body.iter())
    notes = [f"文档里有 {changed} 处未接受的修订：按改后的文字读，删去的未读。"] if changed else []
    return (*notes, *([f"文档里有 {pictures} 张图片，图片里的文字和表格未读。"] if pictures else []))


# --- styles and footnotes -----------------------------------------------------------------------


def _value(parent: Element | None, path: str) -> str | None:
    """The w:val of an element below, or None."""
    found = parent.find("/".join(_W + part for part in path.split("/"))) if parent is not None else None
    return found.get(f"{_W}val") if found is not None else None


def _number(text: str | None) -> int | None:
    return int(text) if text and text.lstrip("-").isdecimal() else None


def _on(parent: Element | None, tag: str) -> bool:
    found = parent.find(_W + tag) if parent is not None else None
    return found is not None and found.get(f"{_W}val") not in ("0", "false", "off")


def _styles(data: bytes | None) -> dict[str, _Style]:
    raw: dict[str, Element] = {}
    for style in fromstring(data).iter(f"{_W}style") if data else ():
        raw[style.get(f"{_W}styleId") or ""] = style
    return {key: _style(key, raw) for key in raw}


def _style(key: str, raw: Mapping[str, Element]) -> _Style:
    """A style with what it inherits."""
    level = size = 0
    centred = contents = False
    numbered: tuple[str, int] | None = None
    seen: set[str] = set()
    while key in raw and key not in seen:
        seen.add(key)
        style = raw[key]
        name = (_value(style, "name") or "").lower()
        contents = contents or name.startswith("toc ")
        outline = _number(_value(style, "pPr/outlineLvl"))
        if not level and (name.startswith("heading ") or outline is not None) and (outline is None or outline < 9):
            level = (outline if outline is not None else (_number(name[8:]) or 1) - 1) + 1
        level = level or (1 if name == "title" else 0)
        size = size or _number(_value(style, "rPr/sz")) or 0
        centred = centred or _value(style, "pPr/jc") == "center"
        if numbered is None and (num := _value(style, "pPr/numPr/numId")):
            numbered = (num, _number(_value(style, "pPr/numPr/ilvl")) or 0)
        key = _value(style, "basedOn") or ""
    return _Style(level, contents, numbered, size, centred)


def _footnotes(members: Mapping[str, bytes]) -> list[str]:
    found = []
    for part in ("word/footnotes.xml", "word/endnotes.xml"):
        for note in fromstring(members[part]) if part in members else ():
            if note.get(f"{_W}type") in (None, "normal"):
                text = compose.joined([_text(p, []) for p in note.iter(f"{_W}p")])
                found += [text] if text else []
    return found


# --- blocks -------------------------------------------------------------------------------------


def _blocks(parent: Element, state: _State, depth: int) -> Iterator[compose.Item]:
    if depth > _DEPTH:
        return
    for child in parent:
        if child.tag == f"{_W}p":
            yield from _paragraph(child, state)
            while state.boxes:
                yield from _blocks(state.boxes.pop(0), state, depth + 1)
        elif child.tag == f"{_W}tbl":
            state.budget.tick()
            yield from _table(child, state, depth)
        elif child.tag == f"{_W}sdt":
            gallery = _value(child, "sdtPr/docPartObj/docPartGallery") or ""
            content = child.find(f"{_W}sdtContent")
            if content is not None and "Table of Contents" not in gallery:
                yield from _blocks(content, state, depth + 1)
        elif child.tag in (f"{_W}ins", f"{_W}smartTag", f"{_W}customXml", f"{_MC}AlternateContent", f"{_MC}Choice"):
            yield from _blocks(child, state, depth + 1)


def _paragraph(paragraph: Element, state: _State) -> Iterator[compose.Prose]:
    properties = paragraph.find(f"{_W}pPr")
    style = state.styles.get(_value(properties, "pStyle") or "", _Style())
    text = _text(paragraph, state.boxes)
    if style.contents or not text.strip():
        return
    own = _value(properties, "numPr/numId")
    listed = (own, _number(_value(properties, "numPr/ilvl")) or 0) if own else style.numbered
    label = state.numbers.label(*listed) if listed else ""
    outline = _number(_value(properties, "outlineLvl"))
    level = outline + 1 if outline is not None and outline < 9 else style.level
    if not level and len(text) <= 44 and (_value(properties, "jc") == "center" or style.centred):
        sizes = [_number(_value(run, "rPr/sz")) or style.size for run in paragraph.iter(f"{_W}r")]
        level = 1 if min(sizes, default=0) >= 32 else 0  # 三号 or larger, in the middle: a title
    for n, line in enumerate(compose.on_lines(label + text)):
        yield compose.Prose(line, level if n == 0 else 0)


def _text(paragraph: Element, boxes: list[Element]) -> str:
    """The text of a paragraph without what is deleted, hidden, a field's code or in a text box; text boxes go to `boxes`."""
    out: list[str] = []
    waiting = list(reversed(list(paragraph)))
    while waiting:
        node = waiting.pop()
        if node.tag == f"{_W}t" or node.tag.endswith("}t"):
            out.append(node.text or "")
        elif node.tag == f"{_W}tab":
            out.append("\t")
        elif node.tag in (f"{_W}br", f"{_W}cr"):
            out.append("\n" if node.get(f"{_W}type") in (None, "textWrapping") else "")
        elif node.tag == f"{_W}noBreakHyphen":
            out.append("-")
        elif node.tag == f"{_W}txbxContent":
            boxes.append(node)
        elif node.tag not in _UNREAD and not (node.tag == f"{_W}r" and _on(node.find(f"{_W}rPr"), "vanish")):
            waiting.extend(reversed(list(node)))
    return "".join(out)


# --- tables -------------------------------------------------------------------------------------


def _table(table: Element, state: _State, depth: int) -> Iterator[compose.Item]:
    """A table; what is nested in it comes after it. A frame around text gives the text."""
    if depth > _DEPTH:
        return
    cells: dict[tuple[int, int], compose.Merged] = {}
    open_cells: dict[int, tuple[int, int]] = {}  # column to the cell that goes on below
    nested: list[Element] = []
    r = -1
    for row in _children(table, "tr"):
        properties = row.find(f"{_W}trPr")
        if _on(properties, "del"):
            continue
        r += 1
        c = _number(_value(properties, "gridBefore")) or 0
        for cell in _children(row, "tc"):
            own = cell.find(f"{_W}tcPr")
            span = min(max(_number(_value(own, "gridSpan")) or 1, 1), compose.MAX_COLUMNS)
            merge = own.find(f"{_W}vMerge") if own is not None else None
            above = open_cells.get(c)
            if merge is not None and merge.get(f"{_W}val") in (None, "continue") and above is not None:
                held = cells[above]
                cells[above] = compose.Merged(held.text, held.colspan, r - above[0] + 1)
            else:
                inside = {p for inner in _children(cell, "tbl") for p in inner.iter(f"{_W}p")}
                text = compose.joined([line for p in cell.iter(f"{_W}p") if p not in inside for line in _text(p, []).split("\n")])
                cells[r, c] = compose.Merged(text.replace("\t", " "), span, 1)
                open_cells[c] = (r, c)
                nested += list(_children(cell, "tbl"))
            c += span
    if (sheet := compose.table(state.budget.name, cells)) is not None:
        yield sheet
        for inner in nested:
            yield from (replace(item, fresh=True) for item in _table(inner, state, depth + 1))
    else:
        for row in _children(table, "tr"):
            for cell in _children(row, "tc"):
                yield from _blocks(cell, state, depth + 1)


def _children(parent: Element, tag: str) -> Iterator[Element]:
    """Children with a tag, also within content controls and marked insertions."""
    for child in parent:
        if child.tag == _W + tag:
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"):
            yield from _children(child, tag)
