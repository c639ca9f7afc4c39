"""Tables without rules that go on from the page before: rows that stand in the columns of the table that ended it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from kg.readers.bands import is_figure
from kg.readers.headings import Heads
from kg.readers.layout import Grid, Piece, Span, around

_RUNNING = 6  # lines of running head and captions above rows that go on from the page before, at most
_ALIGNED = 2.5  # points by which what stands one below the other may begin apart

Row = Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Carried:
    """A table that goes on: its headings where they come again (from line `start`), its first line, and its columns and their edges."""

    start: int
    first: int
    heads: Sequence[Heads]
    columns: list[Span]
    xs: tuple[float, ...]


def on(above: Grid | None, rows: Sequence[Row], first: int, last: int, titles: Callable[[Row], bool]) -> Carried | None:
    """What goes on with the table that ended the page before, where the lines from `first` to `last` stand in its columns and above
    them there is nothing but a running head, its captions (told by `titles`), its headings and rows without figures."""
    if above is None or above.kind != "loose":
        return None
    columns, heads = _columns(above), _heads(above)
    if not all(stand_in(row, columns) for row in rows[first : last + 1]):
        return None
    printed = "".join(piece.text for row in heads for _, piece in row.values())
    again = [all(re.sub(r"\s", "", p.text) in printed for p in row) for row in rows[:first]]
    begin = start = first
    while begin and not again[begin - 1] and len(rows[begin - 1]) > 1 and stand_in(rows[begin - 1], columns):
        begin -= 1
    start = begin
    while start and again[start - 1]:
        start -= 1
    if start > _RUNNING or not all(len(row) == 1 or titles(row) for row in rows[:start]):
        return None
    if start == begin:
        return Carried(begin, begin, (), columns, above.xs)
    lines = around([p.box for row in rows[start:begin] for p in row])
    heads = [{c: (span, replace(p, box=(p.box[0], lines[1], p.box[2], lines[3]))) for c, (span, p) in row.items()} for row in heads]
    return Carried(start, begin, heads, columns, above.xs)


def stand_in(row: Row, columns: Sequence[Span]) -> bool:
    """Whether each figure of a line stands over one of the columns, and no two pieces over the same."""
    places = [{n for n, (a, b) in enumerate(columns) if a - _ALIGNED < p.box[2] and p.box[0] < b + _ALIGNED} for p in row]
    sure = all(len(place) == 1 or (place and not is_figure(p)) for p, place in zip(row, places, strict=True))
    return sure and sum(map(len, places)) == len(set().union(*places))


def _columns(grid: Grid) -> list[Span]:
    """The columns of a table without rules."""
    held = [[p.box for p in grid.cells if p.column == c and p.text and p.colspan == 1] for c in range(len(grid.xs) - 1)]
    return [(box[0], box[2]) if (box := around(boxes) if boxes else None) else (grid.xs[c], grid.xs[c + 1]) for c, boxes in enumerate(held)]


def _heads(grid: Grid) -> list[Heads]:
    """The heading rows of a table without rules."""
    heads: list[Heads] = []
    for n in range(grid.height):
        row = [p for p in grid.cells if p.row == n and p.text]
        if any(is_figure(Piece(p.text, p.box, 0)) for p in row):
            break
        heads.append({p.column: (p.colspan, Piece(p.text, p.box, 0)) for p in row})
    return heads
