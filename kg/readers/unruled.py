"""Tables without rules, or with horizontal ones only: rows that are cut by white space at the same places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from kg.readers import glyphs
from kg.readers.blocks import LABEL
from kg.readers.layout import Box, Grid, Place, rounded

Char = dict[str, Any]

_APART = 1.1  # type sizes of white space between columns
_CLOSE = 0.5  # the same between the headings of narrow columns
_FIGURE = re.compile(r"[-—－+(（]?[\d,，.\s]*\d[)）]?\s*[%％]?|[-—－]{1,2}")
_SPARSE = 3.2  # type sizes between the middles of two lines of one table


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of characters that stands for itself on a line."""

    text: str
    box: Box
    size: float

    @property
    def figure(self) -> bool:
        """Whether it looks like a value and not like a label."""
        return bool(_FIGURE.fullmatch(self.text))


Row = list[Piece]
Heads = dict[int, tuple[int, Piece]]  # column to span and heading


def find(page: int, chars: Sequence[Char], rules: Sequence[dict[str, Any]]) -> list[Grid]:
    """The tables among the characters of a page that stand in no ruled table. `rules` are the page's edges."""
    lines = glyphs.lines(chars)
    rows = [[_piece(part) for part in glyphs.split(line, _APART)] for line in lines]
    if any(re.sub(r"\s", "", "".join(p.text for p in row)) == "目录" for row in rows):
        return []
    found = []
    for first, last in _regions(rows):
        columns = _columns(rows[first : last + 1])
        if len(columns) >= 2:
            start = _head(rows, first, columns, rules)
            finer = [[_piece(part) for part in glyphs.split(line, _CLOSE)] for line in lines[start:first]]
            found.append(_grid(page, _heads(rows[start:first], finer, columns), _unwrapped(rows[first : last + 1], columns), columns))
    return found


def _piece(part: Sequence[Char]) -> Piece:
    box = (part[0]["x0"], min(c["top"] for c in part), max(c["x1"] for c in part), max(c["bottom"] for c in part))
    return Piece(glyphs.text(part).strip(), box, part[0]["size"])


def _is_row(row: Row) -> bool:
    return len(row) >= 2 and any(p.figure for p in row[1:])


def _near(above: Row, below: Row) -> bool:
    size = max(p.size for p in (*above, *below))
    return min(p.box[1] for p in below) - max(p.box[3] for p in above) <= (_SPARSE - 1) * size


def _regions(rows: Sequence[Row]) -> list[tuple[int, int]]:
    """Runs of at least three rows with figures, with single lines (wrapped labels) between them; first and last row number."""
    found: list[tuple[int, int]] = []
    n = 0
    while n < len(rows):
        if not _is_row(rows[n]):
            n += 1
            continue
        last, count, k = n, 1, n + 1
        while k < len(rows) and k - last <= 2 and _near(rows[k - 1], rows[k]):
            if _is_row(rows[k]):
                last, count = k, count + 1
            k += 1
        if count >= 3:
            found.append((n, last))
        n = last + 1
    return found


def _merge(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for x0, x1 in sorted(spans):
        if merged and x0 <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(x1, merged[-1][1]))
        else:
            merged.append((x0, x1))
    return merged


def _columns(rows: Sequence[Row]) -> list[tuple[float, float]]:
    """The columns' left and right sides: those of figures that stand one below the other, and of what stands between them."""
    figures = _merge([(p.box[0], p.box[2]) for row in rows if _is_row(row) for p in row[1:] if p.figure])
    wide = max(3, len(rows) // 3)
    labels: list[tuple[float, float]] = []
    for row in rows:
        for n, piece in enumerate(row):
            x0, x1 = piece.box[0], piece.box[2]
            if any(x0 < b and a < x1 for a, b in figures):
                if n or piece.figure:
                    continue
                x1 = min(x1, min(a for a, b in figures if x0 < b and a < x1) - 1)  # a long label that runs into the figures
            if x1 > x0:
                labels.append((x0, x1))
    columns = _merge(labels)
    return sorted(columns + figures) if sum(_is_row(row) for row in rows) >= min(wide, len(rows)) else []


def _place(piece: Piece, columns: Sequence[tuple[float, float]]) -> int:
    """The column that a piece stands over most; the nearest where it stands over none."""
    x0, x1 = piece.box[0], piece.box[2]
    return max(range(len(columns)), key=lambda n: min(x1, columns[n][1]) - max(x0, columns[n][0]))


def _head(rows: Sequence[Row], first: int, columns: Sequence[tuple[float, float]], rules: Sequence[dict[str, Any]]) -> int:
    """Where the header begins: lines above that are cut like the table, or stand below its uppermost rule."""
    left, right = columns[0][0], columns[-1][1]
    tops = [r["top"] for r in rules if r["orientation"] == "h" and r["x1"] - r["x0"] > 0.6 * (right - left)]
    start = first
    while start > 0 and first - start < 5:
        above = rows[start - 1]
        if not _near(above, rows[start]) or any(LABEL.match(p.text) for p in above) or any(re.search(r"[。；]$", p.text) for p in above):
            break
        ruled = any(max(p.box[3] for p in above) - 1 > top > min(p.box[1] for p in above) - 30 for top in tops)
        if len(above) < 2 and not ruled:
            break
        start -= 1
    return start


def _unwrapped(rows: Sequence[Row], columns: Sequence[tuple[float, float]]) -> list[Row]:
    """The body with wrapped labels put together: a line without figures belongs to the nearer of the rows above and below."""
    out: list[list[Row]] = []
    pending: list[Row] = []
    for row in rows:
        if _is_row(row):
            out.append([*pending, row])
            pending = []
        elif out and (not pending) and _gap(out[-1][-1], row) <= _gap(row, _next(rows, row)):
            out[-1].append(row)
        else:
            pending.append(row)
    return [_join(group, columns) for group in out]


def _next(rows: Sequence[Row], row: Row) -> Row:
    place = next(n for n, r in enumerate(rows) if r is row)
    return next((r for r in rows[place + 1 :] if _is_row(r)), row)


def _gap(above: Row, below: Row) -> float:
    return min(p.box[1] for p in below) - max(p.box[3] for p in above)


def _join(group: Sequence[Row], columns: Sequence[tuple[float, float]]) -> Row:
    by_column: dict[int, list[Piece]] = {}
    for row in group:
        for piece in row:
            by_column.setdefault(_place(piece, columns), []).append(piece)
    return [Piece("".join(p.text for p in found), _around([p.box for p in found]), found[0].size) for _, found in sorted(by_column.items())]


def _around(boxes: Sequence[Box]) -> Box:
    return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)


def _heads(rows: Sequence[Row], finer: Sequence[Row], columns: Sequence[tuple[float, float]]) -> list[Heads]:
    """The header rows, each as column to (span, piece). Wrapped headings are put together; what stands above finer headings spans them."""
    tight: list[list[int]] = []
    for n, row in enumerate(rows):
        if tight and _gap(rows[n - 1], row) < 0.3 * row[0].size:
            tight[-1].append(n)
        else:
            tight.append([n])
    found = []
    for group in tight:
        single = _join([finer[n] for n in group], columns)
        if group is tight[-1] or len(group) > 1 or len(single) == len(columns):
            found.append({_place(piece, columns): (1, piece) for piece in single})
        else:
            found.append(_spanning(rows[group[0]], columns))
    return found


def _spanning(row: Row, columns: Sequence[tuple[float, float]]) -> Heads:
    """Every column goes to the heading whose middle is nearest; each heading stands at its first column."""

    def middle(a: float, b: float) -> float:
        return (a + b) / 2

    nearest = [min(range(len(row)), key=lambda k: abs(middle(row[k].box[0], row[k].box[2]) - middle(a, b))) for a, b in columns]
    return {nearest.index(k): (nearest.count(k), piece) for k, piece in enumerate(row) if k in nearest}


def _grid(page: int, heads: Sequence[Heads], body: Sequence[Row], columns: Sequence[tuple[float, float]]) -> Grid:
    rows = [*heads, *({_place(piece, columns): (1, piece) for piece in row} for row in body)]
    box = rounded(_around([piece.box for row in rows for _, piece in row.values()]))
    middles = [(a[1] + b[0]) / 2 for a, b in pairwise(columns)]
    edges = (columns[0][0], *middles, columns[-1][1])
    cells = []
    for r, row in enumerate(rows):
        covered = {c + k for c, (span, _) in row.items() for k in range(span)}
        cells += [Place(r, c, 1, span, piece.text, rounded(piece.box)) for c, (span, piece) in row.items()]
        cells += [Place(r, c, 1, 1, "", (edges[c], box[1], edges[c + 1], box[3])) for c in range(len(columns)) if c not in covered]
    return Grid(page, 0, box, edges, len(rows), tuple(sorted(cells, key=lambda p: (p.row, p.column))))
