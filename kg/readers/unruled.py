"""Tables without rules, or with horizontal ones only: rows that are cut by white space at the same places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from kg.readers import bands, carried, glyphs, headings, headrows, sections
from kg.readers.bands import is_figure, is_row
from kg.readers.blocks import LABEL, TABLE_TITLE
from kg.readers.headings import Heads
from kg.readers.layout import Grid, Piece, Place, Span, around, rounded
from kg.readers.sections import Found

Char = dict[str, Any]

_APART = 1.1  # type sizes of white space between columns
_CLOSE = 0.5  # the same between the headings of narrow columns
_MONEY = re.compile(r"[-—－]?\d[\d,，]*\.\d\d[%％]?")
_CODE = re.compile(r"[235]\d{2}(?:\d\d){0,2}|\d{6}|\d{1,2}")
_SPACE = 0.35  # type sizes of white space that part an amount from what stands beside it
_WRAPPED = 4  # lines of wrapped texts between two with more than one piece, at most
_HEADER = 10  # lines of a header, at most
_LOOSE = 0.65  # the same between rows, at most
_TIGHT = 0.3  # the same between the lines of one cell, at most
_ALIGNED = 2.5  # points by which what stands one below the other may begin apart
_BLANK = 16.0  # type sizes that blank rows may take, at most
_ROOM = 18.0  # points between two lines of one table that are enough, however small its type
_CENTRED = 0.08  # of the width of a table: a line whose middle is so close to that of the table is a title
_SPARSE = 3.2  # type sizes between the middles of two lines of one table


Row = list[Piece]


def find(page: int, chars: Sequence[Char], rules: Sequence[dict[str, Any]], above: Grid | None = None) -> list[Grid]:
    """The tables among the characters of a page that stand in no ruled table. `rules` are the page's edges, `above` is the table that
    ended the page before: rows at the top that stand in its columns go on with it."""
    lines = glyphs.lines(chars)
    rows = [_pieces(line, _APART) for line in lines]
    if any(re.sub(r"\s", "", "".join(p.text for p in row)) == "目录" for row in rows):
        return []
    found: list[Found] = []
    for first, last in _regions(rows, above):
        least = found[-1].end if found else 0
        if (goes_on := carried.on(above, rows, first, last, _titles)) is not None:
            body = _unwrapped(rows[goes_on.first : last + 1], goes_on.columns)
            found.append(Found(goes_on.start, last + 1, _grid(page, goes_on.heads, body, goes_on.columns, goes_on.xs)))
        elif (table := _table(page, lines, rows, first, last, least, rules)) is not None:
            found.append(table)
    return sections.merged(page, rows, found, [_titles(row) for row in rows], above)


def _table(
    page: int, lines: Sequence[Sequence[Char]], rows: Sequence[Row], first: int, last: int, least: int, rules: Sequence[dict[str, Any]]
) -> Found | None:
    """The table whose figures stand from line `first` to `last`, with its headings above, none of them above line `least`.

    None where its columns cannot be told: then all of it stays text, and its figures are told as unread.
    """
    body = rows[first : last + 1]
    told = bands.of(body)
    if told is None or len(told.spans) < 2:
        return None
    start = _head(rows, first, least, told.spans, rules)
    if start is None:
        return None
    coded = [p for p in body[0] if re.fullmatch(r"[类款项]", p.text)] if bands.ranks(body[0]) else []
    heads, whole = headings.read([*(_pieces(line, _CLOSE) for line in lines[start:first]), *([coded] if coded else [])], told)
    rest = _unnumbered([[p for p in body[0] if p not in coded], *body[1:]], whole)
    if _crowded(rest, whole):
        return None
    grid = _grid(page, heads, _unwrapped(rest, whole), whole)
    return Found(start, last + 1, replace(grid, box=rounded(around([grid.box, *(p.box for row in body for p in row)]))))


def _unnumbered(body: Sequence[Row], columns: Sequence[Span]) -> list[Row]:
    """The rows without those that number the columns, where their numbers do not stand in the columns."""
    return [list(row) for row in body if not bands.ranks(row) or carried.stand_in(row, columns)]


def _pieces(line: Sequence[Char], width: float) -> Row:
    """A line cut where the white space is wider than `width` type sizes; beside an amount less is enough."""
    parts: list[list[Char]] = []
    amount = code = False
    for token in glyphs.split(line, _SPACE):
        text = glyphs.text(token).strip()
        before, amount = amount or (code and re.match(r"[\u4e00-\u9fff]{2}", text) is not None), bool(_MONEY.fullmatch(text))
        code = bool(_CODE.fullmatch(text))
        if parts and not before and not amount and glyphs.gaps([parts[-1][-1], token[0]])[0] <= width:
            parts[-1] += token
        else:
            parts.append(list(token))
    return [_piece(part) for part in parts]


def _piece(part: Sequence[Char]) -> Piece:
    box = (part[0]["x0"], min(c["top"] for c in part), max(c["x1"] for c in part), max(c["bottom"] for c in part))
    return Piece(glyphs.text(part).strip(), box, part[0]["size"])


def _near(above: Row, below: Row) -> bool:
    size = max(p.size for p in (*above, *below))
    return _gap(above, below) <= max((_SPARSE - 1) * size, _ROOM)


def _regions(rows: Sequence[Row], above: Grid | None) -> list[tuple[int, int]]:
    """Runs of rows with figures, with lines without (wrapped labels) between them; first and last line. Less than three rows are a
    table where a line above says so, or where they go on with the table above."""
    found: list[tuple[int, int]] = []
    n = 0
    while n < len(rows):
        if n and sections.heads(rows[n - 1]) and (last := _listed(rows, n)) > n:
            found.append((n, last))
            n = last + 1
            continue
        if not is_row(rows[n]):
            n += 1
            continue
        last, count, k = n, 1, n + 1
        while k < len(rows) and _goes_on(rows, n, last, k):
            if is_row(rows[k]):
                last, count = k, count + 1
            k += 1
        if count >= 3 or _announced(rows, n) or carried.on(above, rows, n, last, _titles) is not None:
            first, known = n, rows[n : last + 1]
            while first > (found[-1][1] + 1 if found else 0) and _runs_on(rows[first - 1], rows[first], known):
                first -= 1
            while first > (found[-1][1] + 1 if found else 0) and _listing(rows[first - 1]) and _near(rows[first - 1], rows[first]):
                first -= 1
            while last + 1 < len(rows) and (_runs_on(rows[last], rows[last + 1], known) or _ends_blank(rows, last + 1, known)):
                last += 1
            found.append((first, last))
        n = last + 1
    return found


def _listed(rows: Sequence[Row], first: int) -> int:
    """The last line of the rows below the headings of indicators, which need not have figures."""
    last = first - 1
    for n in range(first, len(rows)):
        if not _near(rows[n - 1], rows[n]) or _titles(rows[n]) or sections.names(rows[n]) or sections.heads(rows[n]):
            break
        if re.match(r"注\s*[:：]|备注|填[表报]", rows[n][0].text) or n - last > _WRAPPED:
            break
        last = n if len(rows[n]) > 1 else last
    return last


def _ends_blank(rows: Sequence[Row], n: int, known: Sequence[Row]) -> bool:
    """Whether a line below the last figures is a row of names alone."""
    return (
        len(rows[n]) > 1
        and not _titles(rows[n])
        and _near(rows[n - 1], rows[n])
        and _fits(rows[n], known, flush=False)
        and not is_row(rows[n])
    )


def _listing(row: Row) -> bool:
    """Whether a line is nothing but numbered names, of rows that have no figures."""
    return all(re.match(r"[一二三四五六七八九十]+[、.．]|[(（][一二三四五六七八九十]+[)）]|\d+[、.．]\D|其中[:：]", p.text) for p in row)


def _titles(row: Sequence[Piece]) -> bool:
    """Whether a line is the title of a table or says what its figures are measured in."""
    return any(LABEL.match(p.text) for p in row) or (len(row) == 1 and TABLE_TITLE.fullmatch(row[0].text) is not None)


def _announced(rows: Sequence[Row], first: int) -> bool:
    """Whether a title or what the figures are measured in stands above, and headings below that."""
    headed = False
    for row in reversed(rows[max(0, first - _HEADER) : first]):
        if any(re.search(r"[。；]$", p.text) for p in row):
            return False
        if _titles(row) or sections.names(row) or sections.heads(row):
            return headed or sections.heads(row)
        headed = headed or len(row) > 1
    return False


def _goes_on(rows: Sequence[Row], first: int, last: int, k: int) -> bool:
    """Whether line `k` may belong to the table that begins at `first` and has its last figures so far at `last`."""
    known = rows[first:k]
    if (_titles(rows[k]) and not is_row(rows[k])) or sections.heads(rows[k]) or sections.names(rows[k]):
        return False
    if not _near(rows[k - 1], rows[k]):  # blank rows stand between
        return is_row(rows[k]) and len(rows[k]) > 2 and _gap(rows[k - 1], rows[k]) < _BLANK * rows[k][0].size and _fits(rows[k], known)
    return k - last <= 2 or _fits(rows[k], known, flush=not is_row(rows[k]))


def _fits(row: Row, known: Sequence[Row], *, flush: bool = True) -> bool:
    """Whether each piece begins or ends where one of the table's does (if it must be `flush`), and runs over no two of them."""

    def one(piece: Piece) -> bool:
        beside = not flush or any(abs(piece.box[side] - p.box[side]) <= _ALIGNED for other in known for p in other for side in (0, 2))
        return beside and all(sum(p.box[0] < piece.box[2] and piece.box[0] < p.box[2] for p in other) < 2 for other in known)

    return all(one(piece) for piece in row)


def _runs_on(above: Row, below: Row, known: Sequence[Row]) -> bool:
    """Whether the line outside the table is one of a wrapped label inside."""
    outside = below if any(above is row for row in known) else above
    return _gap(above, below) < _TIGHT * max(p.size for p in above) and not is_row(outside) and _fits(outside, known)


def _head(rows: Sequence[Row], first: int, least: int, columns: Sequence[Span], rules: Sequence[dict[str, Any]]) -> int | None:
    """Where the header begins: lines above that are cut like the table, or stand below its uppermost rule or below the caption with
    the unit of money, and below line `least`. None where lines that may be headings are left above it."""
    left, right = columns[0][0], columns[-1][1]
    tops = [r["top"] for r in rules if r["orientation"] == "h" and r["x1"] - r["x0"] > 0.6 * (right - left)]
    start = first
    for n in range(first - 1, max(first - _HEADER, least) - 1, -1):
        above = rows[n]
        if any(re.search(r"[。；]$", p.text) for p in above) or _titles(above) or sections.names(above):
            return n + 1
        if not _near(above, rows[n + 1]):
            far = _gap(above, rows[n + 1]) > 2 * _ROOM
            return start if len(above) < 2 or far else None
        ruled = any(max(p.box[3] for p in above) - 1 > top > min(p.box[1] for p in above) - 30 for top in tops)
        named = headrows.is_head(above[0].text)
        if len(above) < 2 and not ruled and not named and abs(above[0].box[0] + above[0].box[2] - left - right) < _CENTRED * (right - left):
            return start  # a title that is not known for one
        start = n
    return start


def _unwrapped(rows: Sequence[Row], columns: Sequence[Span]) -> list[Row]:
    """The body with wrapped labels put together: lines that stand closer than rows of the table do are one row. Where all stand alike,
    a line without figures goes to the row above, unless it begins at the left as rows do."""

    def places(row: Row) -> set[int]:
        return {bands.place(p, columns) for p in row if is_figure(p)}

    apart = [_gap(a, b) for a, b in pairwise(rows) if is_row(a) and is_row(b) and places(a) & places(b)]
    usual = min([*apart, _LOOSE * rows[0][0].size])
    groups: list[list[Row]] = []
    for row in rows:
        close = bool(groups) and _gap(groups[-1][-1], row) < usual - 0.15 * row[0].size
        hanging = (
            bool(groups)
            and not is_row(row)
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


def _join(group: Sequence[Row], columns: Sequence[Span]) -> Row:
    by_column: dict[int, list[Piece]] = {}
    for row in group:
        for piece in row:
            by_column.setdefault(bands.place(piece, columns), []).append(piece)
    cells = [[p for p in found if not bands.is_blank(p)] or found[:1] for _, found in sorted(by_column.items())]
    return [Piece("".join(p.text for p in found), around([p.box for p in found]), found[0].size) for found in cells]


def _crowded(body: Sequence[Row], columns: Sequence[Span]) -> bool:
    """Whether a row has two figures in one column: then the columns were not told rightly."""
    for row in body:
        places = [bands.place(p, columns) for p in row if is_figure(p) and not bands.is_blank(p)]
        if len(set(places)) < len(places):
            return True
    return False


def _grid(page: int, heads: Sequence[Heads], body: Sequence[Row], columns: Sequence[Span], xs: tuple[float, ...] = ()) -> Grid:
    rows = [*heads, *({bands.place(piece, columns): (1, piece) for piece in row} for row in body)]
    box = rounded(around([piece.box for row in rows for _, piece in row.values()]))
    middles = [(a[1] + b[0]) / 2 for a, b in pairwise(columns)]
    edges = xs or (columns[0][0], *middles, columns[-1][1])
    cells = []
    for r, row in enumerate(rows):
        covered = {c + k for c, (span, _) in row.items() for k in range(span)}
        cells += [Place(r, c, 1, span, piece.text, rounded(piece.box)) for c, (span, piece) in row.items()]
        cells += [Place(r, c, 1, 1, "", (edges[c], box[1], edges[c + 1], box[3])) for c in range(len(columns)) if c not in covered]
    return Grid(page, 0, box, edges, len(rows), tuple(sorted(cells, key=lambda p: (p.row, p.column))), kind="loose")
