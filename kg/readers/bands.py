"""The columns of a table without rules, told by where its figures and labels stand one below the other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kg.readers.layout import Piece, Span

_FIGURE = re.compile(r"[-—－+(（]?[-−]?[\d,，.\s]*\d[)）]?\s*[%％]?|[-—－]{1,2}")
_BLANK = re.compile(r"[-—－]+")
_FLUSH = 1.5  # points by which the sides of figures of one column may differ
_WIDER = 2.0  # points by which figures differ in width so that their sides tell how they are aligned

Row = Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Bands:
    """The columns from left to right, which of them hold figures, and the side on which the figures stand flush: 'left', 'right',
    'middle', or '' where that cannot be told."""

    spans: tuple[Span, ...]
    figures: frozenset[int]
    flush: str
    filled: tuple[frozenset[int], ...]  # by column, the lines that have something there

    def joined(self, n: int) -> Bands:
        """The same with column `n` and the next as one."""
        span = self.spans[n][0], max(self.spans[n][1], self.spans[n + 1][1])
        figures = frozenset(k - (k > n) for k in self.figures if k not in (n, n + 1))
        filled = (*self.filled[:n], self.filled[n] | self.filled[n + 1], *self.filled[n + 2 :])
        return Bands((*self.spans[:n], span, *self.spans[n + 2 :]), figures, self.flush, filled)


def is_figure(piece: Piece) -> bool:
    """Whether it looks like a value and not like a label."""
    return bool(_FIGURE.fullmatch(piece.text))


def is_row(row: Row) -> bool:
    """Whether a line has a figure that is not its first piece."""
    return len(row) >= 2 and any(is_figure(p) for p in row[1:])


def is_blank(piece: Piece) -> bool:
    """Whether it is a dash that stands for no figure."""
    return bool(_BLANK.fullmatch(piece.text))


def ranks(row: Row) -> int:
    """How many columns a line numbers (栏次 1 2 3 …); 0 where it is no such line."""
    numbers = [p.text for p in row if p.text.isdecimal()]
    words = [p.text for p in row if not p.text.isdecimal()]
    if len(numbers) < 2 or any(not re.fullmatch(r"栏\s*次|行\s*次|[类款项]", text) for text in words):
        return 0
    return len(numbers) if [int(text) for text in numbers] == list(range(int(numbers[0]), int(numbers[0]) + len(numbers))) else 0


def of(rows: Sequence[Row]) -> Bands | None:
    """The columns of the rows; None where they cannot be told apart without doubt."""
    columns = _figures([row for row in rows if is_row(row) and not ranks(row)])
    if columns is None:
        return None
    spans = [_hull(column) for column in columns]
    labels = _labels([row for row in rows if not ranks(row)], spans)
    whole = sorted([*((span, 0) for span in labels), *((span, 1) for span in spans)])
    counted = [piece for row in rows if ranks(row) for piece in row if piece.text.isdecimal()]
    for column in columns:
        x0, x1 = _hull(column)
        column += [p for p in counted if x0 < p.box[2] and p.box[0] < x1]
    columns_of = [{place(p, [span for span, _ in whole]) for p in row} if not ranks(row) else set() for row in rows]
    filled = tuple(frozenset(n for n, held in enumerate(columns_of) if c in held) for c in range(len(whole)))
    return Bands(tuple(span for span, _ in whole), frozenset(n for n, (_, kind) in enumerate(whole) if kind), _flush(columns), filled)


def place(piece: Piece, columns: Sequence[Span]) -> int:
    """The column that a piece stands over most; the nearest where it stands over none."""
    x0, x1 = piece.box[0], piece.box[2]
    return max(range(len(columns)), key=lambda n: min(x1, columns[n][1]) - max(x0, columns[n][0]), default=-1)


def _hull(column: Sequence[Piece]) -> Span:
    return min(p.box[0] for p in column), max(p.box[2] for p in column)


def _figures(rows: Sequence[Row]) -> list[list[Piece]] | None:
    """The figures by column. Two of one line never share one; a figure that reaches over two columns goes to that with which it is
    flush, and where there is none the columns cannot be told."""
    columns: list[list[Piece]] = []
    rows = [[p for p in row if not is_blank(p)] for row in rows]
    for row in sorted(rows, key=lambda row: -sum(map(is_figure, row))):
        taken: set[int] = set()
        for piece in filter(is_figure, row):
            over = [n for n, column in enumerate(columns) if _hull(column)[0] < piece.box[2] and piece.box[0] < _hull(column)[1]]
            if len(over) > 1:
                over = [n for n in over if _stands_flush(piece, columns[n])]
                if len(over) != 1:
                    return None
            if over and over[0] in taken:
                return None
            if not over:
                columns.append([])
                over = [len(columns) - 1]
            taken.add(over[0])
            columns[over[0]].append(piece)
    return columns


def _stands_flush(piece: Piece, column: Sequence[Piece]) -> bool:
    """Whether a piece stands flush with one of a column, at a side or in the middle."""
    return any(
        abs(piece.box[2] - p.box[2]) < _FLUSH
        or abs(piece.box[0] - p.box[0]) < _FLUSH
        or abs(piece.box[0] + piece.box[2] - p.box[0] - p.box[2]) < 2 * _FLUSH
        for p in column
    )


def _labels(rows: Sequence[Row], figures: Sequence[Span]) -> list[Span]:
    """The columns of what stands between the figures. A long label at the left may run into figures that its row does not have; one
    that reaches over two columns which other rows fill both (合计) is none of theirs."""
    found: list[tuple[Span, set[int]]] = []  # a column, and the rows that fill it
    for n, row in sorted(enumerate(rows), key=lambda item: -len(item[1])):
        for place, piece in enumerate(row):
            x0, x1 = piece.box[0], piece.box[2]
            if is_blank(piece):
                continue
            if hit := [a for a, b in figures if x0 < b and a < x1]:
                if place or is_figure(piece):
                    continue
                x1 = min(x1, min(hit) - 1)
            over = [column for column in found if x0 <= column[0][1] and column[0][0] <= x1]
            lines = [line for _, held in over for line in held]
            if x1 <= x0 or len(set(lines)) < len(lines):
                continue
            found = [column for column in found if column not in over]
            hull = min([x0, *(span[0] for span, _ in over)]), max([x1, *(span[1] for span, _ in over)])
            found.append((hull, {n, *lines}))
    return sorted(span for span, _ in found)


def _flush(columns: Sequence[Sequence[Piece]]) -> str:
    """The side on which the figures of the columns stand flush, told by columns with figures of more than one width."""
    telling = [c for c in columns if max(p.box[2] - p.box[0] for p in c) - min(p.box[2] - p.box[0] for p in c) > _WIDER]
    sides = {
        "right": lambda p: p.box[2],
        "left": lambda p: p.box[0],
        "middle": lambda p: (p.box[0] + p.box[2]) / 2,
    }
    for name, side in sides.items():
        if telling and sum(max(map(side, c)) - min(map(side, c)) < _FLUSH for c in telling) * 4 >= 3 * len(telling):
            return name
    return ""
