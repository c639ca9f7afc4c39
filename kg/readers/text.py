"""Plain text and Markdown: tab-separated (or piped) tables, headings with # or Chinese numbering, sentences cut by page breaks."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator

from kg.model import Address, Cell, Document, Paragraph, ReadError, Table
from kg.readers import blocks, spaced, stacked

_RULE = re.compile(r"^[\s|:\-\t—]+$")


def decode(name: str, data: bytes) -> tuple[str, str]:
    """The text of a file and its encoding: UTF-8 (with or without BOM), UTF-16 with BOM, or GB18030.

    Raises ReadError where it is none of these or no text at all.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16"), "utf-16"
    if b"\x00" in data[:65536]:
        raise ReadError(f"{name}：不是文本文件（含二进制内容）。请确认后缀与内容相符，或先转换为文本。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        strange = sum(unicodedata.category(c) in ("Cc", "Co", "Cn") and c not in "\t\r\n\f\v" for c in text[:20000])
        if strange * 50 > min(len(text), 20000):
            break
        return text, "utf-8" if encoding == "utf-8-sig" else encoding
    raise ReadError(f"{name}：无法识别编码（试过 UTF-8、GB18030），或不是文本。请另存为 UTF-8 文本后重试。")


def read(name: str, identifier: str, data: bytes) -> Document:
    """Read a text file. `lines` are its lines without line ends; blocks are in file order.

    Raises ReadError for what is no text or has nothing in it.
    """
    text, encoding = decode(name, data)
    lines = tuple(line.removesuffix("\r") for line in text.split("\n"))
    if not any(line.strip() for line in lines):
        raise ReadError(f"{name}：文件里只有空白。请换一份有内容的文件。")
    return Document(identifier, name, hashlib.sha256(data).hexdigest(), tuple(_blocks(identifier, lines)), lines, encoding=encoding)


# --- lines to blocks ----------------------------------------------------------------------------


def _is_row(line: str) -> bool:
    text = line.strip()
    return ("\t" in line.strip(" ") and bool(text)) or (
        text.count("|") > 1 and (text.startswith("|") or text.endswith("|")) and len(text) > 3
    )


def _split_row(line: str, *, edged: bool = True) -> list[str]:
    """The cells of a line; `edged` where the rows of its table have a | before their first cell too."""
    if "\t" in line:
        return line.split("\t")
    text = line.strip()
    text = text[1:] if edged and text.startswith("|") else text
    return text.removesuffix("|").split("|")


def _blocks(identifier: str, lines: tuple[str, ...]) -> Iterator[Paragraph | Table]:
    toc = blocks.contents(lines)
    stacks = stacked.tables(lines, toc)
    taken = {n for start, (end, _) in stacks.items() for n in range(start, end)}
    grids = spaced.tables(lines, {*toc, *taken})
    inside = taken | {n for start, (end, _) in grids.items() for n in range(start, end)}

    def last(n: int) -> int:
        return blocks.paragraph_end(lines, n, lambda m: m in toc or m in inside or _is_row(lines[m]))

    def level(numbers: range, _: str) -> int:
        return blocks.heading_level(lines[numbers[0]]) if sum(bool(lines[n].strip()) for n in numbers) == 1 else 0

    return blocks.assemble(identifier, lines, _tables(identifier, lines, toc, grids, stacks), skip=toc, last=last, level=level)


def _tables(
    identifier: str,
    lines: tuple[str, ...],
    toc: set[int],
    grids: dict[int, tuple[int, list[tuple[int, list[str]]]]],
    stacks: dict[int, tuple[int, list[list[stacked.Cell]]]],
) -> dict[int, blocks.Body]:
    found: dict[int, blocks.Body] = {}
    n = 0
    while n < len(lines):
        if n in stacks:
            end, placed = stacks[n]
            found[n] = _body(identifier, lines, n, end, len(found) + 1, placed)
            n = end
        elif n in grids:
            end, rows = grids[n]
            found[n] = _body(identifier, lines, n, end, len(found) + 1, [[(text, n) for text in texts] for n, texts in rows])
            n = end
        elif n not in toc and _is_row(lines[n]):
            end = _table_end(lines, n)
            found[n] = _body(
                identifier, lines, n, end, len(found) + 1, [[(text, m) for text in texts] for m, texts in _rows(lines, n, end)]
            )
            n = end
        else:
            n += 1
    return found


def _table_end(lines: tuple[str, ...], start: int) -> int:
    """Past the last row: blank lines inside a table (page breaks) do not end it."""
    end = n = start
    first = _split_row(lines[start])[0].strip()
    while n < len(lines):
        if _is_row(lines[n]):
            if n > end and first and _split_row(lines[n])[0].strip() == first:
                break  # after a gap the first row comes again: the next table of its kind
            end = n + 1
        elif lines[n].strip():
            break
        n += 1
    return end


def _rows(lines: tuple[str, ...], start: int, end: int) -> list[tuple[int, list[str]]]:
    rules = (n for n in range(start, end) if _RULE.match(lines[n]) and "-" in lines[n])
    inside = sorted({n for n in range(start, end) if lines[n].strip()} - set(rules))
    edged = all(lines[n].lstrip().startswith("|") for n in inside)
    return [(n, _split_row(lines[n], edged=edged)) for n in inside]


def _body(identifier: str, lines: tuple[str, ...], start: int, end: int, number: int, rows: list[list[stacked.Cell]]) -> blocks.Body:
    cells = tuple(
        tuple(
            Cell(blocks.MARKUP.sub("", text).strip(), Address(identifier, line=n + 1, line_end=n + 1, table=number, row=r, column=c))
            for c, (text, n) in enumerate(texts, start=1)
        )
        for r, texts in enumerate(rows, start=1)
    )
    address = Address(identifier, line=start + 1, line_end=end, table=number)
    return blocks.Body(end, address, cells, notes=blocks.notes(lines, end))
