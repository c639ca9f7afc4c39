"""Tables without rules, or with horizontal ones only: rows that are cut by white space at the same places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from kg.readers import glyphs, headings
from kg.readers.blocks import LABEL
from kg.readers.headings import Heads, Piece, around
from kg.readers.layout import Grid, Place, rounded

Char = dict[str, Any]

_APART = 1.1  # type sizes of white space between columns
_CLOSE = 0.5  # the same between the headings of narrow columns
_FIGURE = re.compile(r"[-—－+(（]?[\d,，.\s]*\d[)）]?\s*[%％]?|[-—－]{1,2}")
_MONEY = re.compile(r"[-—－]?\d[\d,，]*\.\d\d[%％]?")
_SPACE = 0.35  # type sizes of white space that part an amount from what stands beside it
_HEADER = 10  # lines of a header, at most
_LOOSE = 0.65  # the same between rows, at most
_TIGHT = 0.3  # the same between the lines of one cell, at most
_ALIGNED = 2.5  # points by which what stands one below the other may begin apart
_BLANK = 16.0  # type sizes that blank rows may take, at most
_SPARSE = 3.2  # type sizes between the middles of two lines of one table


Row = list[Piece]


def find(page: int, chars: Sequence[Char], rules: Sequence[dict[str, Any]]) -> list[Grid]:
    """The tables among the characters of a page that stand in no ruled table. `rules` are the page's edges."""
    lines = glyphs.lines(chars)
    rows = [_pieces(line, _APART) for line in lines]
    if any(re.sub(r"\s", "", "".join(p.text for p in row)) == "目录" for row in rows):
        return []
    found = []
    for first, last in _regions(rows):
        columns = _columns(rows[first : last + 1])
        if len(columns) >= 2:
            start = _head(rows, first, columns, rules)
            heads, whole = headings.read([_pieces(line, _CLOSE) for line in lines[start:first]], columns)
            found.append(_grid(page, heads, _unwrapped(rows[first : last + 1], whole), whole))
    return found


def _pieces(line: Sequence[Char], width: float) -> Row:
    """A line cut where the white space is wider than `width` type sizes; beside an amount less is enough."""
    parts: list[list[Char]] = []
    amount = False
    for token in glyphs.split(line, _SPACE):
        before, amount = amount, bool(_MONEY.fullmatch(glyphs.text(token).strip()))
        if parts and not before and not amount and glyphs.gaps([parts[-1][-1], token[0]])[0] <= width:
            parts[-1] += token
        else:
            parts.append(list(token))
    return [_piece(part) for part in parts]


def _piece(part: Sequence[Char]) -> Piece:
    box = (part[0]["x0"], min(c["top"] for c in part), max(c["x1"] for c in part), max(c["bottom"] for c in part))
    return Piece(glyphs.text(part).strip(), box, part[0]["size"])


def _figure(piece: Piece) -> bool:
    """Whether it looks like a value and not like a label."""
    return bool(_FIGURE.fullmatch(piece.text))


def _is_row(row: Row) -> bool:
    return len(row) >= 2 and any(_figure(p) for p in row[1:])


def _near(above: Row, below: Row) -> bool:
    size = max(p.size for p in (*above, *below))
    return min(p.box[1] for p in below) - max(p.box[3] for p in above) <= (_SPARSE - 1) * size


def _regions(rows: Sequence[Row]) -> list[tuple[int, int]]:
    """Runs of at least three rows with figures, with lines without (wrapped labels) between them; first and last line."""
    found: list[tuple[int, int]] = []
    n = 0
    while n < len(rows):
        if not _is_row(rows[n]):
            n += 1
            continue
        last, count, k = n, 1, n + 1
        while k < len(rows) and _goes_on(rows, n, last, k):
            if _is_row(rows[k]):
                last, count = k, count + 1
            k += 1
        if count >= 3:
            first, known = n, rows[n : last + 1]
            while first > (found[-1][1] + 1 if found else 0) and _runs_on(rows[first - 1], rows[first], known):
                first -= 1
            while last + 1 < len(rows) and _runs_on(rows[last], rows[last + 1], known):
                last += 1
            found.append((first, last))
        n = last + 1
    return found


def _goes_on(rows: Sequence[Row], first: int, last: int, k: int) -> bool:
    """Whether line `k` may belong to the table that begins at `first` and has its last figures so far at `last`."""
    known = rows[first:k]
    if not _near(rows[k - 1], rows[k]):  # blank rows stand between
        return _is_row(rows[k]) and len(rows[k]) > 2 and _gap(rows[k - 1], rows[k]) < _BLANK * rows[k][0].size and _fits(rows[k], known)
    return k - last <= 2 or _fits(rows[k], known)


def _fits(row: Row, known: Sequence[Row]) -> bool:
    """Whether each piece begins or ends where one of the table's does, and runs over no two of them."""

    def one(piece: Piece) -> bool:
        flush = any(abs(piece.box[side] - p.box[side]) <= _ALIGNED for other in known for p in other for side in (0, 2))
        return flush and all(sum(p.box[0] < piece.box[2] and piece.box[0] < p.box[2] for p in other) < 2 for other in known)

    return all(one(piece) for piece in row)


def _runs_on(above: Row, below: Row, known: Sequence[Row]) -> bool:
    """Whether the line outside the table is one of a wrapped label inside."""
    outside = below if any(above is row for row in known) else above
    return _gap(above, below) < _TIGHT * max(p.size for p in above) and not _is_row(outside) and _fits(outside, known)


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
    figures = _merge([(p.box[0], p.box[2]) for row in rows if _is_row(row) for p in row[1:] if _figure(p)])
    wide = max(3, len(rows) // 10)
    labels: list[tuple[float, float]] = []
    for row in rows:
        for n, piece in enumerate(row):
            x0, x1 = piece.box[0], piece.box[2]
            if any(x0 < b and a < x1 for a, b in figures):
                if n or _figure(piece):
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
    """Where the header begins: lines above that are cut like the table, or stand below its uppermost rule or below the caption with
    the unit of money."""
    left, right = columns[0][0], columns[-1][1]
    tops = [r["top"] for r in rules if r["orientation"] == "h" and r["x1"] - r["x0"] > 0.6 * (right - left)]
    start, sure = first, True
    for n in range(first - 1, max(first - _HEADER, 0) - 1, -1):
        above = rows[n]
        if not _near(above, rows[n + 1]) or any(re.search(r"[。；]$", p.text) for p in above):
            break
        if any(LABEL.match(p.text) for p in above):
            return n + 1
        ruled = any(max(p.box[3] for p in above) - 1 > top > min(p.box[1] for p in above) - 30 for top in tops)
        sure = sure and (len(above) >= 2 or ruled)
        start = n if sure else start
    return start


def _unwrapped(rows: Sequence[Row], columns: Sequence[tuple[float, float]]) -> list[Row]:
    """The body with wrapped labels put together: lines that stand closer than rows of the table do are one row. Where all stand alike,
    a line without figures goes to the row above, unless it begins at the left as rows do."""

    def places(row: Row) -> set[int]:
        return {_place(p, columns) for p in row if _figure(p)}

    apart = [_gap(a, b) for a, b in pairwise(rows) if _is_row(a) and _is_row(b) and places(a) & places(b)]
    usual = min([*apart, _LOOSE * rows[0][0].size])
    groups: list[list[Row]] = []
    for row in rows:
        close = bool(groups) and _gap(groups[-1][-1], row) < usual - 0.15 * row[0].size
        hanging = (
            bool(groups)
            and not _is_row(row)
            and all(p.box[0] > columns[0][1] for p in row)
            and len(row) == 1
            and usual < _TIGHT * row[0].size
        )
        if groups and (close or hanging) and not any(places(row) & places(other) for other in groups[-1]):
            groups[-1].append(row)
        else:
            groups.append([row])
    return [_join(group, columns) for group in groups]


def _gap(above: Row, below: Row) -> float:
    return min(p.box[1] for p in below) - max(p.box[3] for p in above)


def _join(group: Sequence[Row], columns: Sequence[tuple[float, float]]) -> Row:
    by_column: dict[int, list[Piece]] = {}
    for row in group:
        for piece in row:
            by_column.setdefault(_place(piece, columns), []).append(piece)
    return [Piece("".join(p.text for p in found), around([p.box for p in found]), found[0].size) for _, found in sorted(by_column.items())]


def _grid(page: int, heads: Sequence[Heads], body: Sequence[Row], columns: Sequence[tuple[float, float]]) -> Grid:
    rows = [*heads, *({_place(piece, columns): (1, piece) for piece in row} for row in body)]
    box = rounded(around([piece.box for row in rows for _, piece in row.values()]))
    middles = [(a[1] + b[0]) / 2 for a, b in pairwise(columns)]
    edges = (columns[0][0], *middles, columns[-1][1])
    cells = []
    for r, row in enumerate(rows):
        covered = {c + k for c, (span, _) in row.items() for k in range(span)}
        cells += [Place(r, c, 1, span, piece.text, rounded(piece.box)) for c, (span, piece) in row.items()]
        cells += [Place(r, c, 1, 1, "", (edges[c], box[1], edges[c + 1], box[3])) for c in range(len(columns)) if c not in covered]
    return Grid(page, 0, box, edges, len(rows), tuple(sorted(cells, key=lambda p: (p.row, p.column))))
