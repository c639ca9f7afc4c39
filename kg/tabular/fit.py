"""Bind the filled cells of a row to the columns of a heading row, in order, by what they hold and by where they stand.

Rows in real tables are shifted by a cell, cut by page breaks, or carry merged labels; position alone binds them wrongly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kg import numbers

_DISPLACED = 0.35
#: What a cell of some content is worth in a column of some kind. Content: group, percent, number, figure (number with measure), text.
_WORTH: dict[str, dict[str, float]] = {
    "group": {"group": 3.0, "text": -2.0, "number": -5.0, "percent": -5.0, "figure": -4.0},
    "indicator": {"group": -3.0, "text": 1.5, "figure": -0.5, "number": -3.0, "percent": -3.0},
    "label": {"group": 0.5, "text": 1.5, "figure": -0.5, "number": -3.0, "percent": -3.0},
    "target": {"group": -3.0, "text": 0.6, "figure": 1.0, "number": 0.4, "percent": 0.9},
    "actual": {"group": -3.0, "text": 0.6, "figure": 1.0, "number": 0.4, "percent": 0.9},
    "aim": {"group": -3.0, "text": 1.5, "figure": 1.0, "number": 0.4, "percent": 0.9},
    "result": {"group": -3.0, "text": 1.5, "figure": 1.0, "number": 0.4, "percent": 0.9},
    "weight": {"group": -6.0, "text": -4.0, "figure": -3.0, "number": 2.0, "percent": -3.0},
    "score": {"group": -6.0, "text": -4.0, "figure": -3.0, "number": 2.0, "percent": -3.0},
    "rate": {"group": -6.0, "text": -4.0, "figure": -3.0, "number": 0.3, "percent": 2.5},
    "figure": {"group": -6.0, "text": -2.5, "figure": 0.5, "number": 2.0, "percent": 1.0},
    "note": {"group": -3.0, "text": 0.6, "figure": 0.0, "number": -3.0, "percent": -2.0},
}


@dataclass(frozen=True, slots=True)
class Slot:
    """A column that cells may go to: its position in the row and its kind."""

    position: int
    kind: str


def content(text: str, is_group: bool) -> str:
    """What a cell holds."""
    if is_group:
        return "group"
    if numbers.number(text) is not None:
        return "percent" if numbers.is_percent(text) else "number"
    return "figure" if numbers.figure(text) is not None else "text"


def fit(cells: Sequence[tuple[int, str]], slots: Sequence[Slot]) -> dict[int, int]:
    """The best binding of cells (position, content) to slots, both in order: index of cell to index of slot.

    A cell that fits nowhere stays out. Dynamic programming over both sequences.
    """
    best: list[list[tuple[float, tuple[tuple[int, int], ...]]]] = [[(0.0, ())] * (len(slots) + 1) for _ in range(len(cells) + 1)]
    for i, (position, kind) in enumerate(cells, start=1):
        best[i][0] = (best[i - 1][0][0] - 1.0, best[i - 1][0][1])
        for j, slot in enumerate(slots, start=1):
            left_out = (best[i - 1][j][0] - 1.0, best[i - 1][j][1])
            empty = best[i][j - 1]
            worth = _WORTH.get(slot.kind, _WORTH["note"])[kind] - _DISPLACED * abs(position - slot.position)
            bound = (best[i - 1][j - 1][0] + worth, (*best[i - 1][j - 1][1], (i - 1, j - 1)))
            best[i][j] = max((bound, empty, left_out), key=lambda option: option[0])
    return dict(best[len(cells)][len(slots)][1])
