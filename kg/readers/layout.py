"""The nouns of a printed page: lines of text and tables at their places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Box = tuple[float, float, float, float]
Span = tuple[float, float]
UNPAINTED = "unpainted"  # the mark of characters that the file says not to paint


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text on a page. `size` is that of most of its characters, `bold` whether they are set in a heavy face,
    `confidence` that of its least certain character where it was recognised in a picture."""

    text: str
    page: int
    box: Box
    size: float
    bold: bool = False
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A cell of a table on a page: indices from 0, spans, text."""

    row: int
    column: int
    rowspan: int
    colspan: int
    text: str
    box: Box
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """What was recognised in the picture of a page: characters and rules as a text layer has them (each character with its
    `confidence`), how many words were too uncertain to be taken, and by how many degrees the picture was turned for it."""

    chars: tuple[dict[str, Any], ...]
    rules: tuple[dict[str, Any], ...]
    unsure: int = 0
    turned: int = 0


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as it stands on one page. `xs` are the edges of its columns; `number` counts from 1 on the page. Its `kind` is 'ruled',
    'loose' where it has no rules, or 'form' where it has none and several parts with columns of their own."""

    page: int
    number: int
    box: Box
    xs: tuple[float, ...]
    height: int
    cells: tuple[Place, ...]
    kind: str = "ruled"

    def row(self, n: int) -> tuple[str, ...]:
        """The texts of a row, blanks where a cell covers several places."""
        texts = {p.column: p.text for p in self.cells if p.row == n}
        return tuple(texts.get(c, "") for c in range(len(self.xs) - 1))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as read: its items in reading order, its size, how many characters and how much of it is pictures.

    `turned` are the degrees by which it must be turned to stand upright, and then nothing else was read; `crowded` is a
    page with so many rules that they can be no table's; `scan` is what was recognised where there is no text layer.
    """

    number: int
    width: float
    height: float
    items: tuple[Line | Grid, ...]
    characters: int
    unmapped: int
    pictured: float
    turned: int = 0
    crowded: bool = False
    scan: Scan | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of characters that stands for itself on a line."""

    text: str
    box: Box
    size: float


def around(boxes: Sequence[Box]) -> Box:
    """The box that holds all the boxes."""
    return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)


def rounded(box: Box) -> Box:
    """A box to a tenth of a point."""
    x0, top, x1, bottom = (round(float(v), 1) for v in box)
    return x0, top, x1, bottom
