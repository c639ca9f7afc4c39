"""Tables without rules, or with horizontal ones only: rows that are cut by white space at the same places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from kg.readers import bands, glyphs, headings, sections
from kg.readers.bands import is_figure, is_row
from kg.readers.blocks import LABEL, TABLE_TITLE
from kg.readers.headings import Heads
from kg.readers.layout import Grid, Piece, Place, Span, around, rounded
from kg.readers.sections import Found

Char = dict[str, Any]

_APART = 1.1  # type sizes of white space between columns
_CLOSE = 0.5  # the same between the headings of narrow columns
_MONEY = re.compile(r"[-—－]?\d[\d,，]*\.\d\d[%％]?")
_CODE = re.compile(r"[235]\d{2}(?:\d\d){0,2}|\d{6}|[1-9]\d?")
_SPACE = 0.35  # type sizes of white space that part an amount from what stands beside it
_WRAPPED = 4  # lines of wrapped texts between two with more than one piece, at most
_RUNNING = 6  # lines of running head and captions above rows that go on from the page before, at most
_HEADER = 10  # lines of a header, at most
_LOOSE = 0.65  # the same between rows, at most
_TIGHT = 0.3  # the same between the lines of one cell, at most
_ALIGNED = 2.5  # points by which what stands one below the other may begin apart
_BLANK = 16.0  # type sizes that blank rows may take, at most
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
        if (goes_on := _goes_on_with(above, rows, first, last)) is not None:
            found.append(Found(first, last + 1, _grid(page, *goes_on)))
        elif (table := _table(page, lines, rows, first, last, least, rules)) is not None:
            found.append(table)
    return sections.merged(page, rows, found, [_titles(row) for row in rows])


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
    coded = [p for p in body[0] if re.fullmatch(r"[类款项]", p.text)] if bands.ranks(body[0]) else []
    heads, whole = headings.read([*(_pieces(line, _CLOSE) for line in lines[start:first]), *([coded] if coded else [])], told)
    rest = _unnumbered([[p for p in body[0] if p not in coded], *body[1:]], whole)
    if _crowded(rest, whole):
        return None
    grid = _grid(page, heads, _unwrapped(rest, whole), whole)
    return Found(start, last + 1, replace(grid, box=rounded(around([grid.box, *(p.box for row in body for p in row)]))))


def _unnumbered(body: Sequence[Row], columns: Sequence[Span]) -> list[Row]:
    """The rows without those that number the columns, where their numbers do not stand in the columns."""
    return [list(row) for row in body if not bands.ranks(row) or _stand_in(row, columns)]


def _goes_on_with(
    above: Grid | None, rows: Sequence[Row], first: int, last: int
) -> tuple[Sequence[Heads], Sequence[Row], list[Span]] | None:
    """The heading rows that come again, the rows and the columns of a table that goes on from the page before: its rows stand in the
    columns of that one, and above them there is nothing but a running head, its captions and its headings."""
    if above is None or above.ruled:
        return None
    spans = _spans(above)
    heads = _heads_of(above)
    printed = "".join(piece.text for row in heads for _, piece in row.values())
    start = first
    while start and all(re.sub(r"\s", "", p.text) in printed for p in rows[start - 1]):
        start -= 1
    alone = all(len(row) == 1 or any(LABEL.match(p.text) for p in row) for row in rows[:start])
    fits = all(_stand_in(row, spans) for row in rows[first : last + 1])
    if start > _RUNNING or not alone or not fits:
        return None
    return heads if start < first else (), _unwrapped(rows[first : last + 1], spans), spans


def _spans(grid: Grid) -> list[Span]:
    """The columns of a table without rules."""
    held = [[p.box for p in grid.cells if p.column == c and p.text and p.colspan == 1] for c in range(len(grid.xs) - 1)]
    return [(box[0], box[2]) if (box := around(boxes) if boxes else None) else (grid.xs[c], grid.xs[c + 1]) for c, boxes in enumerate(held)]


def _heads_of(grid: Grid) -> list[Heads]:
    """The heading rows of a table without rules."""
    heads: list[Heads] = []
    for n in range(grid.height):
        row = [p for p in grid.cells if p.row == n and p.text]
        if any(is_figure(Piece(p.text, p.box, 0)) for p in row):
            break
        heads.append({p.column: (p.colspan, Piece(p.text, p.box, 0)) for p in row})
    return heads


def _stand_in(row: Row, spans: Sequence[Span]) -> bool:
    """Whether each piece of a line stands over one of the columns and no two over the same."""
    places = [[n for n, (a, b) in enumerate(spans) if a - _ALIGNED < p.box[2] and p.box[0] < b + _ALIGNED] for p in row]
    return all(len(place) == 1 for place in places) and len({place[0] for place in places}) == len(row)


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
    return min(p.box[1] for p in below) - max(p.box[3] for p in above) <= (_SPARSE - 1) * size


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
        if count >= 3 or _announced(rows, n) or _goes_on_with(above, rows, n, last) is not None:
            first, known = n, rows[n : last + 1]
            while first > (found[-1][1] + 1 if found else 0) and _runs_on(rows[first - 1], rows[first], known):
                first -= 1
            while last + 1 < len(rows) and _runs_on(rows[last], rows[last + 1], known):
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


def _titles(row: Row) -> bool:
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


def _place(piece: Piece, columns: Sequence[Span]) -> int:
    """The column that a piece stands over most; the nearest where it stands over none."""
    x0, x1 = piece.box[0], piece.box[2]
    return max(range(len(columns)), key=lambda n: min(x1, columns[n][1]) - max(x0, columns[n][0]))


def _head(rows: Sequence[Row], first: int, least: int, columns: Sequence[Span], rules: Sequence[dict[str, Any]]) -> int:
    """Where the header begins: lines above that are cut like the table, or stand below its uppermost rule or below the caption with
    the unit of money, and below line `least`."""
    left, right = columns[0][0], columns[-1][1]
    tops = [r["top"] for r in rules if r["orientation"] == "h" and r["x1"] - r["x0"] > 0.6 * (right - left)]
    start, sure = first, True
    for n in range(first - 1, max(first - _HEADER, least) - 1, -1):
        above = rows[n]
        if not _near(above, rows[n + 1]) or any(re.search(r"[。；]$", p.text) for p in above):
            break
        if _titles(above) or sections.names(above):
            return n + 1
        ruled = any(max(p.box[3] for p in above) - 1 > top > min(p.box[1] for p in above) - 30 for top in tops)
        sure = sure and (len(above) >= 2 or ruled)
        start = n if sure else start
    return start


def _unwrapped(rows: Sequence[Row], columns: Sequence[Span]) -> list[Row]:
    """The body with wrapped labels put together: lines that stand closer than rows of the table do are one row. Where all stand alike,
    a line without figures goes to the row above, unless it begins at the left as rows do."""

    def places(row: Row) -> set[int]:
        return {_place(p, columns) for p in row if is_figure(p)}

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
            by_column.setdefault(_place(piece, columns), []).append(piece)
    cells = [[p for p in found if not bands.is_blank(p)] or found[:1] for _, found in sorted(by_column.items())]
    return [Piece("".join(p.text for p in found), around([p.box for p in found]), found[0].size) for found in cells]


def _crowded(body: Sequence[Row], columns: Sequence[Span]) -> bool:
    """Whether a row has two figures in one column: then the columns were not told rightly."""
    for row in body:
        places = [_place(p, columns) for p in row if is_figure(p) and not bands.is_blank(p)]
        if len(set(places)) < len(places):
            return True
    return False


def _grid(page: int, heads: Sequence[Heads], body: Sequence[Row], columns: Sequence[Span]) -> Grid:
    rows = [*heads, *({_place(piece, columns): (1, piece) for piece in row} for row in body)]
    box = rounded(around([piece.box for row in rows for _, piece in row.values()]))
    middles = [(a[1] + b[0]) / 2 for a, b in pairwise(columns)]
    edges = (columns[0][0], *middles, columns[-1][1])
    cells = []
    for r, row in enumerate(rows):
        covered = {c + k for c, (span, _) in row.items() for k in range(span)}
        cells += [Place(r, c, 1, span, piece.text, rounded(piece.box)) for c, (span, piece) in row.items()]
        cells += [Place(r, c, 1, 1, "", (edges[c], box[1], edges[c + 1], box[3])) for c in range(len(columns)) if c not in covered]
    return Grid(page, 0, box, edges, len(rows), tuple(sorted(cells, key=lambda p: (p.row, p.column))), ruled=False)
