"""The header of a table without rules: which heading stands over which columns, told by where the headings stand."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from itertools import groupby, pairwise

from kg.readers import headrows
from kg.readers.bands import Bands
from kg.readers.layout import Box, Piece, Span, around

_WRAP = 0.5  # type sizes between the lines of one heading, at most
_BELOW = 0.2  # the same between a heading and what it is divided into, at least
_HALF = 0.3  # the same by which the middle of a heading may be off the middle of the header that it is as high as
_LOWEST = 0.7  # of the height of the header: a heading that stands lower stands at the bottom of its cell
_ROUGHLY = (
    0.15  # of the width of what a heading is divided into, by which it may stand off its middle where all must be a part of something
)
_FLUSH = 0.4  # what it counts that a heading stands flush with the left end of what it is divided into, and not over the middle
_UNKNOWN = 2.0  # what it counts that no form is known to divide it so
_READINGS = 5000
_LOWER = -0.6  # the same between the lowest of one line of headings and one below it; those lines may be set half a line apart
_LEFT = 1.0  # the same by which headings flush with one another, or over the middle of others, may differ
_BESIDE = 0.6  # the same between a narrow heading and what stands below at the other side of the column
_MIXED = 0.3  # of the narrower: two headings that both stand over so much of a column leave open which is its own

Row = Sequence[Piece]
Run = tuple[int, int]  # of headings from left to right: the first, and past the last
Heads = dict[int, tuple[int, Piece]]  # column to span and heading


def read(lines: Sequence[Row], bands: Bands) -> tuple[list[Heads], list[Span]]:
    """The header rows, and the columns with those added that have a heading and nothing below it. A column that two headings
    claim gets none: its figures are told as unread."""
    cells = _cells(lines)
    parents, doubtful = _parents(cells, bands.spans)
    leaves = sorted((n for n in range(len(cells)) if n not in parents.values()), key=lambda n: cells[n].box[0])
    owner, whole = _owners(cells, leaves, bands)
    if (mixed := _mixed(cells, owner, whole, bands)) is not None:
        return read(lines, bands.joined(mixed))
    printed = [_path(owner.get(c), parents) for c in range(len(whole))]
    paths = [[] if doubtful & set(path) else path for path in printed]
    heads: list[Heads] = []
    for depth in range(max(map(len, paths), default=0)):
        row: Heads = {}
        for path, run in groupby(range(len(whole)), key=lambda c: tuple(paths[c][: depth + 1])):
            if len(path) > depth:
                found = list(run)
                row[found[0]] = (len(found), cells[path[depth]])
        heads.append(row)
    return heads, whole


def _mixed(cells: Sequence[Piece], owner: Mapping[int, int], whole: Sequence[Span], bands: Bands) -> int | None:
    """A column that is one with the next, since the two are never filled in one row: texts, with a heading, and figures without, each
    at its side of the column; or texts under one heading that stands over both."""
    for n, (left, right) in enumerate(pairwise(bands.spans)):
        if n in bands.figures or bands.filled[n] & bands.filled[n + 1]:
            continue
        places = [whole.index(left), whole.index(right)]
        beside = places[1] == places[0] + 1 and places[0] in owner and places[1] not in owner
        over = [[k for k, c in enumerate(cells) if min(c.box[2], b) > max(c.box[0], a)] for a, b in (left, right)]
        if beside if n + 1 in bands.figures else len(over[0]) == 1 and over[0] == over[1]:
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


def _parents(cells: Sequence[Piece], columns: Sequence[Span]) -> tuple[dict[int, int], set[int]]:
    """For each heading the one above it that it divides, from the lowest headings that are divided upwards; and the headings of which
    it cannot be told."""
    last = {n for n, cell in enumerate(cells) if _ends(cells, cell, columns)}
    whole, covered = _full(cells, last)
    if whole:  # headings that are no parts of others stand half-way: what stands higher is divided
        half = max(cells[n].box[1] + cells[n].box[3] for n in whole) / 2
        last = {n for n in last if sum(cells[n].box[1::2]) / 2 > half - _HALF * cells[n].size}
    found: dict[int, int] = {}
    doubtful: set[int] = set()
    for level in _levels(cells, [n for n in range(len(cells)) if n not in last and n not in whole]):
        lowest = max(cells[n].box[3] for n in level)
        below = [
            n
            for n, cell in enumerate(cells)
            if n not in found
            and n not in level
            and n not in whole
            and cell.box[1] - lowest >= _LOWER * cell.size
            and any(_below(cells[k], cell) for k in level)
        ]
        units = sorted(below, key=lambda n: cells[n].box[0])
        hulls = [_hull(cells, n, found, columns) for n in units]
        runs, unsure = _divided(cells, level, units, hulls, columns, covered=covered)
        doubtful |= {units[k] for k in unsure}
        held = {k for first, end in runs.values() for k in range(first, end)}
        beside = {n for n in units if any(_middles(cells[n], cells[units[k]]) < _HALF * cells[n].size for k in held)}
        doubtful |= {n for k, n in enumerate(units) if k not in held and covered and n in beside}
        for parent, (first, end) in runs.items():
            found |= dict.fromkeys(units[first:end], parent)
    doubtful |= {n for n, cell in enumerate(cells) if n not in found and headrows.partial(cell.text) and _below_any(cells, cell)}
    return found, doubtful


def _middles(a: Piece, b: Piece) -> float:
    return abs(a.box[1] + a.box[3] - b.box[1] - b.box[3]) / 2


def _below_any(cells: Sequence[Piece], cell: Piece) -> bool:
    return any(_below(other, cell) for other in cells)


def _full(cells: Sequence[Piece], last: Container[int]) -> tuple[set[int], bool]:
    """The headings that are as high as the whole header, told by that of the names at the left where it stands half-way; and whether
    headings stand half-way or at the top, so that what stands lower must be a part of something."""
    own = [n for n, c in enumerate(cells) if n in last and not any(_below(a, c) and _overlap(a.box, c.box) > 0 for a in cells)]
    if not own:
        return set(), False
    top, bottom = min(c.box[1] for c in cells), max(c.box[3] for c in cells)
    first = cells[min(own, key=lambda n: cells[n].box[0])]
    middle = (first.box[1] + first.box[3]) / 2
    if headrows.names_rows(first.text) and abs(middle - (top + bottom) / 2) < _HALF * first.size and bottom - top > 1.5 * first.size:
        half = [n for n, c in enumerate(cells) if abs(c.box[1] + c.box[3] - top - bottom) / 2 < _HALF * first.size]
        return {n for n in half if not any(_below(cells[n], c) and _overlap(cells[n].box, c.box) > 0 for c in cells)}, True
    return set(), middle < top + _LOWEST * (bottom - top)


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
        if levels and cells[n].box[3] - cells[levels[-1][0]].box[1] > 0.5 * cells[n].size:
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


def _divided(
    cells: Sequence[Piece], level: Sequence[int], units: Sequence[int], hulls: Sequence[Span], columns: Sequence[Span], *, covered: bool
) -> tuple[dict[int, Run], set[int]]:
    """What the headings of one line are divided into: for each a run of the headings below, over whose middle or left end it stands;
    and of which headings below that cannot be told. All are divided up where they must be `covered`."""
    over = {n: [k for k, hull in enumerate(hulls) if min(hull[1], cells[n].box[2]) > max(hull[0], cells[n].box[0])] for n in level}
    choices: list[tuple[int, list[Run]]] = []
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
            and _told_apart([cells[k].text for k in units[first:end]])
        ]
        if runs:
            choices.append((n, runs))
    readings: list[list[Run]] = [[]] if choices else []
    for _, runs in choices:
        readings = [[*reading, run] for reading in readings for run in runs if not reading or reading[-1][1] <= run[0]][:_READINGS]
    if not readings:
        return {}, set()
    texts = [cells[k].text for k in units]
    parents = [cells[n] for n, _ in choices]
    whole = [r for r in readings if r[0][0] == 0 and r[-1][1] == len(units) and all(a[1] == b[0] for a, b in pairwise(r))]
    whole = [
        r for r in whole if all(_fits(parent, texts, hulls, columns, run, roughly=covered) for parent, run in zip(parents, r, strict=True))
    ]
    readings = whole or readings
    scores = [
        sum(_stray(parent, texts, hulls, columns, run) for parent, run in zip(parents, reading, strict=True))
        + sum(_UNKNOWN * parents[0].size for k, text in enumerate(texts) if text == "小计" and _of(reading, k) is None)
        for reading in readings
    ]
    best = readings[scores.index(min(scores))]
    slack = _LEFT * parents[0].size
    alike = [reading for reading, score in zip(readings, scores, strict=True) if score - min(scores) < slack]
    unsure = {k for reading in alike for k in range(len(units)) if _of(reading, k) != _of(best, k)}
    return {n: run for (n, _), run in zip(choices, best, strict=True)}, unsure


def _told_apart(texts: Sequence[str]) -> bool:
    """Whether headings under one are all different, or groups that come again (科目编码 科目名称 金额 科目编码 科目名称 金额)."""
    kinds = len(set(texts))
    return len(texts) % kinds == 0 and all(texts[n] == texts[n % kinds] for n in range(len(texts)))


def _fits(parent: Piece, texts: Sequence[str], hulls: Sequence[Span], columns: Sequence[Span], run: Run, *, roughly: bool) -> bool:
    """Whether a heading is known to be divided so, or stands (`roughly`) as it would be printed over that."""
    if (
        roughly
        and _stray(parent, texts, hulls, columns, run) < _ROUGHLY * (hulls[run[1] - 1][1] - hulls[run[0]][0]) + _UNKNOWN * parent.size
    ):
        return True
    known = headrows.divides(parent.text, texts[run[0] : run[1]])
    return known or _stray(parent, texts, hulls, columns, run) < (_UNKNOWN + _LEFT) * parent.size


def _of(reading: Sequence[Run], k: int) -> int | None:
    return next((place for place, (first, end) in enumerate(reading) if first <= k < end), None)


def _stray(cell: Piece, texts: Sequence[str], hulls: Sequence[Span], columns: Sequence[Span], run: Run) -> float:
    """How far a heading is from where it would stand over a run: over the middle of the cells, or flush with the left; and the more
    where no form is known to divide it so."""
    left, right = hulls[run[0]][0], hulls[run[1] - 1][1]
    wide = max((b for a, b in columns if b <= left), default=left)  # where figures stand flush at the right, the cell begins there
    middle = min(abs(cell.box[0] + cell.box[2] - start - right) / 2 for start in (left, wide))
    known = run[1] - run[0] > 1 and headrows.divides(cell.text, texts[run[0] : run[1]])
    return min(middle, abs(cell.box[0] - left) + _FLUSH * cell.size) + (0 if known else _UNKNOWN * cell.size)


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
    side = side if c in bands.figures else "left"
    wrong = (side == "right" and heading.box[0] > x0) or (side == "left" and heading.box[2] < x1)
    if -_BESIDE * heading.size < _overlap(heading.box, (x0, 0.0, x1, 0.0)) and not wrong:
        return True
    if side not in ("left", "right"):
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
