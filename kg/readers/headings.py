"""The header of a table without rules: which heading stands over which columns, told by where the headings stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise

from kg.readers import headrows
from kg.readers.bands import Bands
from kg.readers.layout import Box, Piece, Span, around

_WRAP = 0.5  # type sizes between the lines of one heading, at most
_BELOW = 0.2  # the same between a heading and what it is divided into, at least
_LOWER = -0.6  # the same between the lowest of one line of headings and one below it; those lines may be set half a line apart
_LEFT = 1.0  # the same by which headings flush with one another, or over the middle of others, may differ
_BESIDE = 0.6  # the same between a narrow heading and what stands below at the other side of the column
_MIXED = 0.3  # of the narrower: two headings that both stand over so much of a column leave open which is its own

Row = Sequence[Piece]
Heads = dict[int, tuple[int, Piece]]  # column to span and heading


def read(lines: Sequence[Row], bands: Bands) -> tuple[list[Heads], list[Span]]:
    """The header rows, and the columns with those added that have a heading and nothing below it. A column that two headings
    claim gets none: its figures are told as unread."""
    cells = _cells(lines)
    parents = _parents(cells, bands.spans)
    leaves = sorted((n for n in range(len(cells)) if n not in parents.values()), key=lambda n: cells[n].box[0])
    owner, whole = _owners(cells, leaves, bands)
    if (mixed := _mixed(owner, whole, bands)) is not None:
        return read(lines, bands.joined(mixed))
    paths = [_path(owner.get(c), parents) for c in range(len(whole))]
    heads: list[Heads] = []
    for depth in range(max(map(len, paths), default=0)):
        row: Heads = {}
        for path, run in groupby(range(len(whole)), key=lambda c: tuple(paths[c][: depth + 1])):
            if len(path) > depth:
                found = list(run)
                row[found[0]] = (len(found), cells[path[depth]])
        heads.append(row)
    return heads, whole


def _mixed(owner: Mapping[int, int], whole: Sequence[Span], bands: Bands) -> int | None:
    """A column of texts, with a heading, beside which stands one of figures that has none and is filled in other rows only: texts and
    figures of one column, each at its side of it."""
    for n, (left, right) in enumerate(pairwise(bands.spans)):
        places = [whole.index(left), whole.index(right)]
        beside = places[1] == places[0] + 1 and places[0] in owner and places[1] not in owner
        if beside and n not in bands.figures and n + 1 in bands.figures and not bands.filled[n] & bands.filled[n + 1]:
            return n
    return None


def _overlap(a: Box, b: Box) -> float:
    return min(a[2], b[2]) - max(a[0], b[0])


def _cells(lines: Sequence[Row]) -> list[Piece]:
    """The headings, each with the lines it is wrapped to put together."""
    cells: list[Piece] = []
    for line in lines:
        hits = [[n for n, c in enumerate(cells) if _overlap(c.box, p.box) > 0 and p.box[1] - c.box[3] < _WRAP * p.size] for p in line]
        for piece, hit in zip(line, hits, strict=True):
            if len(hit) == 1 and hits.count(hit) == 1:
                above = cells[hit[0]]
                cells[hit[0]] = Piece(above.text + piece.text, around([above.box, piece.box]), piece.size)
            else:
                cells.append(piece)
    return cells


def _parents(cells: Sequence[Piece], columns: Sequence[Span]) -> dict[int, int]:
    """For each heading the one above it that it divides, from the lowest headings that are divided upwards."""
    last = {n for n, cell in enumerate(cells) if _ends(cells, cell, columns)}
    found: dict[int, int] = {}
    for level in _levels(cells, [n for n in range(len(cells)) if n not in last]):
        lowest = max(cells[n].box[3] for n in level)
        below = [
            n
            for n, cell in enumerate(cells)
            if n not in found
            and n not in level
            and cell.box[1] - lowest >= _LOWER * cell.size
            and any(_below(cells[k], cell) for k in level)
        ]
        units = sorted(below, key=lambda n: cells[n].box[0])
        hulls = [_hull(cells, n, found, columns) for n in units]
        for parent, (first, end) in _divided(cells, level, units, hulls).items():
            found |= dict.fromkeys(units[first:end], parent)
    return found


def _below(a: Piece, b: Piece) -> bool:
    return b.box[1] - a.box[3] >= _BELOW * b.size


def _ends(cells: Sequence[Piece], a: Piece, columns: Sequence[Span]) -> bool:
    """Whether a heading stands over its own column, which nothing lower stands over."""
    lower = [b for b in cells if _below(a, b)]
    own = [(x0, 0.0, x1, 0.0) for x0, x1 in columns if min(x1, a.box[2]) > max(x0, a.box[0])]
    return not any(_overlap(a.box, b.box) > 0 for b in lower) and any(not any(_overlap(c, b.box) > 0 for b in lower) for c in own)


def _levels(cells: Sequence[Piece], upper: Sequence[int]) -> list[list[int]]:
    """The headings that may be divided, in lines from the lowest to the uppermost."""
    levels: list[list[int]] = []
    for n in sorted(upper, key=lambda n: -cells[n].box[1]):
        if levels and cells[n].box[3] > min(cells[k].box[1] for k in levels[-1]):
            levels[-1].append(n)
        else:
            levels.append([n])
    return [sorted(level, key=lambda n: cells[n].box[0]) for level in levels]


def _hull(cells: Sequence[Piece], n: int, found: Mapping[int, int], columns: Sequence[Span]) -> Span:
    """How far a heading, what it is divided into and the columns below that reach."""
    parts = [n, *(m for m in found if n in _path(m, dict(found)))]
    spans = [(cells[m].box[0], cells[m].box[2]) for m in parts]
    spans += [span for span in columns if any(min(span[1], b) > max(span[0], a) for a, b in spans)]
    return min(a for a, _ in spans), max(b for _, b in spans)


def _divided(cells: Sequence[Piece], level: Sequence[int], units: Sequence[int], hulls: Sequence[Span]) -> dict[int, tuple[int, int]]:
    """What the headings of one line are divided into: for each a run of the headings below, over whose middle or left end it stands.

    Where two runs fit alike, that which forms are known to have is taken, and where none is, none.
    """
    over = {n: [k for k, hull in enumerate(hulls) if min(hull[1], cells[n].box[2]) > max(hull[0], cells[n].box[0])] for n in level}
    found: dict[int, tuple[int, int]] = {}
    for place, n in enumerate(level):
        before = [k for m in level[:place] for k in over[m]]
        after = [k for m in level[place + 1 :] for k in over[m]]
        low, high = max(before, default=-1) + 1, min(after, default=len(units))
        runs = [
            (first, end)
            for first in range(low, high)
            for end in range(first + 1, high + 1)
            if (all(first <= k < end for k in over[n]) if over[n] else _between(cells[n], hulls, first, end))
            and all(_below(cells[n], cells[k]) for k in units[first:end])
            and not any(first < e and f < end for f, e in found.values())
        ]
        if (run := _chosen(cells[n], [cells[k].text for k in units], hulls, runs)) is not None:
            found[n] = run
    return found


def _chosen(cell: Piece, texts: Sequence[str], hulls: Sequence[Span], runs: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """The run that a heading is divided into: over whose middle it stands, or with whose left end it is flush, and then all there is."""

    def stray(run: tuple[int, int]) -> float:
        left, right = hulls[run[0]][0], hulls[run[1] - 1][1]
        wide = max((b for a, b in hulls if b <= left), default=left)  # where figures stand flush at the right, the cell begins there
        return min(abs(cell.box[0] + cell.box[2] - start - right) / 2 for start in (left, wide))

    known = [run for run in runs if run[1] - run[0] > 1 and headrows.divides(cell.text, texts[run[0] : run[1]])]
    ranked = sorted(runs, key=stray)
    slack = _LEFT * cell.size
    if not ranked or len(known) == 1:
        return known[0] if known else None
    exact = [run for run in ranked if stray(run) < slack and (run in known or not known)]
    if exact:
        return exact[0]
    flush = [run for run in known or ranked if abs(cell.box[0] - hulls[run[0]][0]) < slack]
    if flush or known:
        return max(flush or known, key=lambda run: run[1] - run[0])
    return ranked[0] if len(ranked) == 1 or stray(ranked[1]) - stray(ranked[0]) > slack else None


def _between(cell: Piece, hulls: Sequence[Span], first: int, end: int) -> bool:
    """Whether a heading that stands over none of the lower ones stands between the first and the last of a run."""
    return end - first > 1 and hulls[first][0] < cell.box[0] and cell.box[2] < hulls[end - 1][1]


def _owners(cells: Sequence[Piece], leaves: Sequence[int], bands: Bands) -> tuple[dict[int, int], list[Span]]:
    """The heading of each column, and the columns with those of headings that nothing stands under."""
    columns = bands.spans
    held: dict[int, int] = {}  # heading to column
    claimed: set[int] = set()
    for c, (x0, x1) in enumerate(columns):
        box = (x0, 0.0, x1, 0.0)
        over = sorted((n for n in leaves if _overlap(cells[n].box, box) > 0), key=lambda n: -_overlap(cells[n].box, box))
        share = [_overlap(cells[n].box, box) / min(x1 - x0, cells[n].box[2] - cells[n].box[0]) for n in over]
        claimed |= set(over)
        free = [n for n in over if n not in held]
        if over and free and not (len(share) > 1 and share[1] > _MIXED and share[0] > _MIXED):
            held[free[0]] = c
    for n, c in _beside(cells, [n for n in leaves if n not in claimed], [c for c in range(len(columns)) if c not in held.values()], bands):
        held[n] = c
        claimed.add(n)
    whole = list(columns) + [(cells[n].box[0], cells[n].box[2]) for n in leaves if n not in claimed]
    order = sorted(range(len(whole)), key=lambda c: whole[c])
    alone = dict(enumerate((n for n in leaves if n not in claimed), len(columns)))
    of = {c: n for n, c in held.items()} | alone
    return {place: of[c] for place, c in enumerate(order) if c in of}, [whole[c] for c in order]


def _beside(cells: Sequence[Piece], free: Sequence[int], bare: Sequence[int], bands: Bands) -> list[tuple[int, int]]:
    """Headings and columns that stand in one cell without one being over the other: a narrow heading close by, or a heading and the
    figures on the side on which the table's figures stand flush, where nothing else stands between them.

    Where that side is not known, headings and columns that are left pair off in order, if that comes out for all of them.
    """
    for side in (bands.flush,) if bands.flush else ("right", "left"):
        pairs = [(n, c) for c in bare for n in free if _near(cells, n, c, bands, side)]
        sure = [(n, c) for n, c in pairs if sum(n == m for m, _ in pairs) == 1 == sum(c == d for _, d in pairs)]
        if bands.flush or len(sure) == len(free) == len(bare):
            return sure
    return []


def _near(cells: Sequence[Piece], n: int, c: int, bands: Bands, side: str) -> bool:
    """Whether a heading is the only one that a column, at its `side`, can have."""
    x0, x1 = bands.spans[c]
    heading = cells[n]
    level = [p for k, p in enumerate(cells) if k != n and p.box[3] > heading.box[1]]
    if any(_overlap(p.box, (x0, 0.0, x1, 0.0)) > 0 for p in level):
        return False
    if -_BESIDE * heading.size < _overlap(heading.box, (x0, 0.0, x1, 0.0)):
        return True
    if c not in bands.figures or side not in ("left", "right"):
        return False
    gap = (heading.box[2], x0) if side == "right" else (x1, heading.box[0])
    others = [*((p.box[0], p.box[2]) for p in level), *(span for k, span in enumerate(bands.spans) if k != c)]
    return gap[0] <= gap[1] and not any(a < gap[1] and gap[0] < b for a, b in others)


def _path(leaf: int | None, parents: dict[int, int]) -> list[int]:
    """A heading with those it divides, the uppermost first."""
    path: list[int] = []
    while leaf is not None and leaf not in path:
        path.insert(0, leaf)
        leaf = parents.get(leaf)
    return path
