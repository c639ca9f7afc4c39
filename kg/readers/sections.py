"""Forms of several parts without rules (绩效自评表): lines of names and values, amounts, aims and indicators, put together as one table."""

from __future__ import annotations

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


def merged(page: int, rows: Sequence[Row], tables: Sequence[Found], titles: Sequence[bool]) -> list[Grid]:
    """The tables of a page; those below lines of names and values as one table with these. `titles` tells the lines that are titles."""
    found: list[Grid] = []
    rest = list(tables)
    while rest:
        found_end = tables[len(tables) - len(rest) - 1].end if len(rest) < len(tables) else 0
        table = rest.pop(0)
        first = next((n for n in range(found_end, table.start) if names(rows[n]) and not any(titles[n : table.start])), None)
        if first is None:
            found.append(table.grid)
            continue
        parts, end = [table], table.end
        while rest and not any(titles[end : rest[0].start]) and not any(names(row) for row in rows[end : rest[0].start]):
            parts.append(rest.pop(0))
            end = parts[-1].end
        found.append(_whole(page, rows, first, parts))
    return found


def _whole(page: int, rows: Sequence[Row], first: int, parts: Sequence[Found]) -> Grid:
    """One table of the lines from `first` on and of the tables among them."""
    lines: list[list[Piece | None]] = []
    n = first
    for part in parts:
        between = rows[n : part.start]
        lines += _texts(between)
        n = part.end
        for r in range(part.grid.height):
            cells = {p.column: Piece(p.text, p.box, 0) for p in part.grid.cells if p.row == r and p.text}
            lines.append([cells.get(c) for c in range(max(cells, default=0) + 1)])
    width = max(map(len, lines))
    box = rounded(around([p.box for line in lines for p in line if p is not None]))
    step = (box[2] - box[0]) / width
    xs = tuple(box[0] + c * step for c in range(width + 1))
    places = []
    for r, line in enumerate(lines):
        for c in range(width):
            piece = line[c] if c < len(line) else None
            places.append(
                Place(r, c, 1, 1, piece.text if piece else "", rounded(piece.box) if piece else (xs[c], box[1], xs[c + 1], box[3]))
            )
    return Grid(page, 0, box, xs, len(lines), tuple(places))


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
