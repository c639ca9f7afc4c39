"""Tables that run over pages, put together again; every cell keeps the address it has on its own page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kg import numbers
from kg.model import Address, Cell
from kg.readers.layout import Grid, Line, Sheet

_SLACK = 5.0  # points by which the same column may wander from page to page
_TOTAL = re.compile(r"(?:合|总|共)\s*计")


@dataclass(frozen=True, slots=True)
class Part:
    """The share of one page in a table; `skip` rows at its top repeat the header."""

    grid: Grid
    skip: int = 0


Item = Line | tuple[Part, ...]


def join(sheets: Sequence[Sheet]) -> list[Item]:
    """All items of a document in reading order, each table whole."""
    items: list[Item] = []
    captions: list[Line] = []  # since the last table
    for sheet in sheets:
        pending: list[Line] = []  # of this page, above its first table
        first = True
        for item in sheet.items:
            if isinstance(item, Line):
                pending.append(item)
                continue
            parts = _open(items, pending, captions, sheet) if first else None
            skip = _continues(parts, item, bool(pending)) if parts else None
            if parts and skip is not None:
                items[-1] = (*parts, Part(item, skip))
            else:
                items += pending
                captions = pending if not first else [*(x for x in _trailing(items) if isinstance(x, Line))]
                items.append((Part(item),))
            pending, first = [], False
        items += pending
    return items


def _trailing(items: Sequence[Item]) -> list[Item]:
    """The lines since the last table."""
    last = max((n for n, item in enumerate(items) if not isinstance(item, Line)), default=-1)
    return list(items[last + 1 :])


def _open(items: Sequence[Item], pending: Sequence[Line], captions: Sequence[Line], sheet: Sheet) -> tuple[Part, ...] | None:
    """The table that ended the page before, if nothing but its own captions stands between."""
    if not items or isinstance(items[-1], Line) or items[-1][-1].grid.page != sheet.number - 1:
        return None
    known = {_plain(line.text) for line in captions[-8:]}
    return items[-1] if all(_plain(line.text) in known or _plain(line.text) == "" for line in pending) else None


def _plain(text: str) -> str:
    return re.sub(r"\s|[(（]?续(?:上?表|\d*)?[一二三四五六七八九\d]*[)）]?", "", text)


def _continues(parts: tuple[Part, ...], grid: Grid, captioned: bool) -> int | None:
    """How many rows of header come again, if the grid goes on with the table; None if it is one of its own."""
    first, last = parts[0].grid, parts[-1].grid
    if not _same_columns(first, grid) and not _same_columns(last, grid):
        return None
    ended = any(_TOTAL.search(text) for text in last.row(last.height - 1))
    skip = 0
    while skip < min(first.height, grid.height) and any(grid.row(skip)) and _alike(first.row(skip), grid.row(skip)):
        skip += 1
    if skip:
        return None if ended or skip == grid.height else skip
    if first.row(0)[0] and first.row(0)[0] == grid.row(0)[0]:
        return None  # begins as the one above began, and goes on otherwise: the next of its kind
    figures = any(numbers.number(text) is not None for text in grid.row(0))
    return None if captioned or (ended and not figures) else 0


def _alike(a: Sequence[str], b: Sequence[str]) -> bool:
    """Whether two rows say the same words: a header that comes again, not a row of figures."""
    one, other = ([re.sub(r"\s", "", text) for text in row if text] for row in (a, b))
    return one == other and any(numbers.number(text) is None for text in one)


def _same_columns(a: Grid, b: Grid) -> bool:
    """Whether the columns of one table are among those of the other, after the whole is shifted to the same left side."""
    if "form" in (a.kind, b.kind):
        return a.kind == b.kind
    if a.kind == "loose" and len(a.xs) == len(b.xs) and _alike(a.row(0), b.row(0)):
        return True  # the white space between the same columns is never quite the same
    shift = a.xs[0] - b.xs[0]
    few, many = sorted((tuple(a.xs), tuple(x + shift for x in b.xs)), key=len)
    return abs(few[-1] - many[-1]) <= 2 * _SLACK and all(min(abs(x - y) for y in many) <= _SLACK for x in few)


def rows(identifier: str, parts: Sequence[Part]) -> tuple[tuple[Cell, ...], ...]:
    """The rows of a table, as wide as its widest part; blanks stand where a merged cell covers places."""
    widest = max((part.grid for part in parts), key=lambda g: len(g.xs))
    return tuple(row for part in parts for row in _part_rows(identifier, part, widest))


def _part_rows(identifier: str, part: Part, widest: Grid) -> list[tuple[Cell, ...]]:
    grid = part.grid
    shift = widest.xs[0] - grid.xs[0]
    place = [min(range(len(widest.xs)), key=lambda k, x=x: abs(widest.xs[k] - x - shift)) for x in grid.xs]  # type: ignore[misc]
    if len(set(place)) < len(place):
        place = list(range(len(grid.xs)))
    out = []
    for r in range(part.skip, grid.height):
        filled: dict[int, Cell] = {}
        for p in grid.cells:
            if p.row == r:
                address = Address(identifier, page=grid.page, table=grid.number, row=r + 1, column=p.column + 1)
                span = place[p.column + p.colspan] - place[p.column]
                filled[place[p.column]] = Cell(p.text, address, span, p.rowspan, p.box, p.confidence)
        row = []
        for k in range(len(widest.xs) - 1):
            own = max(n for n, at in enumerate(place) if at <= k) if place[0] <= k else 0
            column = min(own, len(grid.xs) - 2) + 1
            row.append(filled.get(k) or Cell("", Address(identifier, page=grid.page, table=grid.number, row=r + 1, column=column)))
        out.append(tuple(row))
    return out
