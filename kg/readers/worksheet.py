"""The cells of a worksheet to titles, captions, tables and prose."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kg.readers import blocks, compose

_NOTE = re.compile(r"^[（(]?(?:注|说明|备注)")
_TITLE = 44  # characters, at most
_GAP = 20  # blank rows that end a table, whatever follows
_PROSE = 60  # characters in a lone cell that make it prose


@dataclass(frozen=True, slots=True)
class Worksheet:
    """A sheet of a workbook. Places count from 1; `merged` are first row, first column, last row, last column."""

    title: str
    cells: Mapping[tuple[int, int], str]
    merged: Sequence[tuple[int, int, int, int]] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()

    def rows(self) -> dict[int, list[tuple[int, str]]]:
        """The visible cells with text, by row."""
        found: dict[int, list[tuple[int, str]]] = {}
        for (row, column), text in sorted(self.cells.items()):
            if text.strip() and row not in self.hidden_rows and column not in self.hidden_columns:
                found.setdefault(row, []).append((column, text.strip()))
        return found


def items(sheet: Worksheet) -> Iterator[compose.Item]:
    """Titles and captions, tables, notes and prose of a sheet, from top to bottom. Its first line, if short, is its title."""
    for n, item in enumerate(_items(sheet)):
        if n == 0 and isinstance(item, compose.Prose):
            title = len(item.text) <= _TITLE and not re.search(r"[：:。；，]", item.text)
            yield compose.Prose(item.text, int(title), fresh=True)
        elif n == 0 and isinstance(item, compose.Sheet):
            yield replace(item, fresh=True)
        else:
            yield item


def _items(sheet: Worksheet) -> Iterator[compose.Item]:
    rows = sheet.rows()
    if _contents(rows):
        return
    numbers = list(rows)
    n = 0
    while n < len(numbers):
        if _lone(rows[numbers[n]]):
            for _, text in rows[numbers[n]]:
                yield from (compose.Prose(line) for line in compose.on_lines(text))
            n += 1
            continue
        end = _end(rows, numbers, n)
        body = numbers[n:end]
        if (table := _table(sheet, rows, body)) is not None:
            yield table
        else:
            yield from (compose.Prose("　".join(text for _, text in rows[row])) for row in body)
        n = end


def _contents(rows: Mapping[int, Sequence[tuple[int, str]]]) -> bool:
    """Whether a sheet is nothing but a table of contents."""
    texts = [text for filled in rows.values() for _, text in filled]
    head = any(re.sub(r"\s", "", text) == "目录" for filled in list(rows.values())[:3] for _, text in filled)
    return head and all(len(text) <= _TITLE for text in texts)


def _lone(filled: Sequence[tuple[int, str]]) -> bool:
    """Whether a row is a title, a caption line or prose: one cell, or captions only (编制部门：… 单位：元)."""
    return len(filled) == 1 or all(blocks.LABEL.match(text) or re.search(r"[：:]\s*\S*$", text) for _, text in filled)


def _end(rows: Mapping[int, Sequence[tuple[int, str]]], numbers: Sequence[int], start: int) -> int:
    """Past the last row of the table that begins at `start`: notes, long prose, or a gap before a title end it."""
    n = start + 1
    while n < len(numbers):
        filled = rows[numbers[n]]
        if len(filled) == 1 and (_NOTE.match(filled[0][1]) or len(filled[0][1]) > _PROSE):
            break
        if numbers[n] > numbers[n - 1] + _GAP or (numbers[n] > numbers[n - 1] + 1 and filled[0] == rows[numbers[start]][0]):
            break  # far away, or after a gap the first row comes again: the next table of its kind
        if (
            _lone(filled)
            and (numbers[n] > numbers[n - 1] + 1 or _titled(rows, numbers[n:]))
            and any(not _lone(rows[k]) for k in numbers[n + 1 : n + 4])
        ):
            break
        n += 1
    return n


def _titled(rows: Mapping[int, Sequence[tuple[int, str]]], numbers: Sequence[int]) -> bool:
    """Whether the lone rows at the beginning are what stands above a table: its title, and maybe 单位：万元."""
    above = [text for row in itertools.takewhile(lambda row: _lone(rows[row]), numbers) for _, text in rows[row]]
    return bool(blocks.TABLE_TITLE.fullmatch(above[0]))


def _table(sheet: Worksheet, rows: Mapping[int, Sequence[tuple[int, str]]], body: Sequence[int]) -> compose.Sheet | None:
    if len(body) < 2:
        return None
    filled = [column for row in body for column, _ in rows[row]]
    spans = {(r0, c0): (r1, c1) for r0, c0, r1, c1 in sheet.merged}
    first, last = min(filled), max(filled)
    right = [
        c1 for (r0, c0), (_, c1) in spans.items() if r0 in rows and body[0] <= r0 <= body[-1] and sheet.cells.get((r0, c0), "").strip()
    ]
    last = max([last, *right])
    lines = [row for row in range(body[0], body[-1] + 1) if row not in sheet.hidden_rows]
    columns = [column for column in range(first, last + 1) if column not in sheet.hidden_columns]
    if len(columns) > compose.MAX_COLUMNS:
        columns = sorted(set(filled))
    if len(columns) < 2:
        return None
    cells = {}
    for r, row in enumerate(lines):
        for c, column in enumerate(columns):
            r1, c1 = spans.get((row, column), (row, column))
            text = compose.joined(sheet.cells.get((row, column), "").split("\n"))
            size = (sum(column <= k <= c1 for k in columns), sum(row <= k <= r1 for k in lines))
            if text or size != (1, 1):
                cells[r, c] = compose.Merged(text, *size)
    if compose.table(sheet.title, cells) is None:
        return None
    return compose.Sheet(cells, lines, columns, sheet.title)
