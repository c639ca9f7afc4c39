"""The header of a table without rules: which heading stands over which columns, told by where the headings stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from kg.readers.layout import Box

_WRAP = 0.5  # type sizes between the lines of one heading, at most
_BELOW = 0.2  # the same between a heading and what it is divided into, at least
_BESIDE = 0.6  # the same between a narrow heading and what stands below at the other side of the column
_MIXED = 0.3  # of the narrower: two headings that both stand over so much of a column leave open which is its own

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of characters that stands for itself on a line."""

    text: str
    box: Box
    size: float


Row = Sequence[Piece]
Heads = dict[int, tuple[int, Piece]]  # column to span and heading


def around(boxes: Sequence[Box]) -> Box:
    """The box that holds all the boxes."""
    return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)


def read(lines: Sequence[Row], columns: Sequence[Span]) -> tuple[list[Heads], list[Span]]:
    """The header rows, and the columns with those added that have a heading and nothing below it. A column that two headings
    claim gets none: its figures are told as unread."""
    cells = _cells(lines)
    parents = _parents(cells, columns)
    leaves = sorted((n for n in range(len(cells)) if n not in parents.values()), key=lambda n: cells[n].box[0])
    owner, whole = _owners(cells, leaves, columns)
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
    """For each heading the one above it that it divides: of those with columns below that lack a heading of their own, the nearest."""

    def below(a: Piece, b: Piece) -> bool:
        return b.box[1] - a.box[3] >= _BELOW * b.size

    def ends(a: Piece) -> bool:
        """Whether a heading stands over its own column, which nothing lower stands over."""
        lower = [b for b in cells if below(a, b)]
        own = [(x0, 0.0, x1, 0.0) for x0, x1 in columns if min(x1, a.box[2]) > max(x0, a.box[0])]
        return not any(_overlap(a.box, b.box) > 0 for b in lower) and any(not any(_overlap(c, b.box) > 0 for b in lower) for c in own)

    def apart(a: Piece, b: Piece) -> float:
        return abs(a.box[0] + a.box[2] - b.box[0] - b.box[2])

    last = {n for n, cell in enumerate(cells) if ends(cell)}
    found: dict[int, int] = {}
    for n, cell in enumerate(cells):
        above = [k for k, other in enumerate(cells) if k not in last and below(other, cell)]
        over = [k for k in above if _overlap(cells[k].box, cell.box) > 0]
        if above:
            lowest = max(cells[k].box[3] for k in over) if over else 0.0
            direct = [k for k in over if cells[k].box[3] == lowest]
            found[n] = min(direct or above, key=lambda k: apart(cells[k], cell))
    return found


def _owners(cells: Sequence[Piece], leaves: Sequence[int], columns: Sequence[Span]) -> tuple[dict[int, int], list[Span]]:
    """The heading of each column, and the columns with those of headings that nothing stands under."""
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
    for c in [c for c in range(len(columns)) if c not in held.values()]:
        beside = [
            n
            for n in leaves
            if n not in claimed and -_BESIDE * cells[n].size < _overlap(cells[n].box, (columns[c][0], 0.0, columns[c][1], 0.0))
        ]
        if len(beside) == 1:
            held[beside[0]] = c
            claimed.add(beside[0])
    whole = list(columns) + [(cells[n].box[0], cells[n].box[2]) for n in leaves if n not in claimed]
    order = sorted(range(len(whole)), key=lambda c: whole[c])
    alone = dict(enumerate((n for n in leaves if n not in claimed), len(columns)))
    of = {c: n for n, c in held.items()} | alone
    return {place: of[c] for place, c in enumerate(order) if c in of}, [whole[c] for c in order]


def _path(leaf: int | None, parents: dict[int, int]) -> list[int]:
    """A heading with those it divides, the uppermost first."""
    path: list[int] = []
    while leaf is not None and leaf not in path:
        path.insert(0, leaf)
        leaf = parents.get(leaf)
    return path
