"""Forms of several parts without rules (绩效自评表): lines of names and values, amounts, aims and indicators, put together as one table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kg.readers import headrows
from kg.readers.layout import Grid, Piece, Place, around, rounded

Row = Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Found:
    """A table among the lines of a page: from line `start`, headings and all, up to line `end`."""

    start: int
    end: int
    grid: Grid


def names(row: Row) -> bool:
    """Whether a line is names and values side by side (项目名称 某项目 主管部门 某局)."""
    return headrows.pairs([p.text for p in row])


def heads(row: Row) -> bool:
    """Whether a line is the headings of indicators."""
    return sum(p.text.endswith("级指标") for p in row) > 1


def merged(page: int, rows: Sequence[Row], tables: Sequence[Found], titles: Sequence[bool], above: Grid | None) -> list[Grid]:
    """The tables of a page; those below lines of names and values as one table with these. `titles` tells the lines that are titles;
    `above` is the table that ended the page before: a form goes on with what comes before a title."""
    found: list[Grid] = []
    rest = list(tables)
    while rest:
        found_end = tables[len(tables) - len(rest) - 1].end if len(rest) < len(tables) else 0
        table = rest.pop(0)
        first = next((n for n in range(found_end, table.start) if names(rows[n]) and not any(titles[n : table.start])), None)
        if first is None and not found and above is not None and above.kind == "form" and not any(titles[: table.start]):
            first = next((n for n in range(table.start) if len(rows[n]) > 1), table.start)
        if first is None:
            found.append(table.grid)
            continue
        parts, end = [table], table.end
        while rest and not any(titles[end : rest[0].start]) and not any(names(row) for row in rows[end : rest[0].start]):
            parts.append(rest.pop(0))
            end = parts[-1].end
        found.append(_whole(page, rows, first, parts, end if rest else _tail(rows, end, titles)))
    return found


def _whole(page: int, rows: Sequence[Row], first: int, parts: Sequence[Found], end: int) -> Grid:
    """One table of the lines from `first` to `end` and of the tables among them."""
    lines: list[list[Piece | None]] = []
    n = first
    for part in parts:
        between = rows[n : part.start]
        lines += _texts(between)
        n = part.end
        for r in range(part.grid.height):
            cells = {p.column: Piece(p.text, p.box, 0) for p in part.grid.cells if p.row == r and p.text}
            lines.append([cells.get(c) for c in range(max(cells, default=0) + 1)])
    lines += _texts(rows[n:end])
    width = max(map(len, lines))
    box = rounded(around([p.box for line in lines for p in line if p is not None]))
    xs = tuple(float(c) for c in range(width + 1))  # its parts have columns of their own
    places = []
    for r, line in enumerate(lines):
        for c in range(width):
            piece = line[c] if c < len(line) else None
            places.append(Place(r, c, 1, 1, piece.text if piece else "", rounded(piece.box) if piece else box))
    return Grid(page, 0, box, xs, len(lines), tuple(places), kind="form")


def _tail(rows: Sequence[Row], end: int, titles: Sequence[bool]) -> int:
    """Past the last line of a form at the foot of a page: its aims may stand there, with the indicators on the next."""
    heads = [n for n in range(end, len(rows)) if len(rows[n]) > 1 and all(headrows.is_head(p.text) for p in rows[n])]
    stop = next(
        (n for n in range(end, len(rows)) if titles[n] or re.match(r"注\s*[:：]|备注|填[表报]|[-—\s]*\d+[-—\s]*$", rows[n][0].text)),
        len(rows),
    )
    return stop if heads and heads[0] < stop else end


def _texts(lines: Sequence[Row]) -> list[list[Piece | None]]:
    """Lines between tables: names and values each by themselves, headings too, and what is written below them (aims over several
    lines) as one row, put together by where it stands."""
    out: list[list[Piece | None]] = []
    for line in lines:
        texts = [p.text for p in line]
        alone = names(line) or all(headrows.is_head(text) for text in texts)
        if alone or not out or (len(out[-1]) == 1 and len(line) > 1):
            out.append(list(line))
            out += [[]] if alone else []
            continue
        row = out[-1]
        for piece in line:
            over = [k for k, p in enumerate(row) if p is not None and min(p.box[2], piece.box[2]) > max(p.box[0], piece.box[0])]
            held = row[over[0]] if over else None
            if held is not None:
                row[over[0]] = Piece(held.text + piece.text, around([held.box, piece.box]), held.size)
            else:
                row.append(piece)
        row.sort(key=lambda p: p.box[0] if p else 0.0)
    return [row for row in out if row]
