"""Headings that stand beside their figures: told by a total that does not add up and by what other tables print under these names."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from decimal import Decimal

from kg import numbers
from kg.tabular import forms
from kg.tabular import grid as grids

_FARTHEST = 3
_TELLING = 3  # digits of a figure that does not happen to stand under two names
_WHOLE = ("总计", "总额")
_PART = ("合计", "小计")

Named = Mapping[str, Set[Decimal]]


@dataclass(frozen=True, slots=True)
class Shift:
    """From column `first` on, the lowest heading of a figure stands `by` columns further right."""

    first: int
    by: int

    def path(self, paths: tuple[tuple[str, ...], ...], column: int) -> tuple[str, ...]:
        """The heading path that a column should have: its own upper headings, the lowest from where it stands."""
        if column < self.first:
            return paths[column]
        upper = paths[column][:-1]
        place = column + self.by
        return (*upper, paths[place][-1]) if place < len(paths) and paths[place] else upper

    @property
    def note(self) -> str:
        """What the facts say of it."""
        return f"表头与数据错位{self.by}格，已按合计关系和其他表的同名科目复位"


def find(grid: grids.Grid, elsewhere: Named) -> Shift | None:
    """The shift under which the table's totals hold and its names agree with the other tables; None where the print may stand."""
    figures = [c for block in grid.blocks for c in block.figures if grid.paths[c]]
    if len(grid.blocks) != 1 or not grid.body or _holds(grid, Shift(len(grid.paths), 0)):
        return None
    for column in figures:
        here = _values(grid, column)
        printed = elsewhere.get(forms.plain(grid.paths[column][-1]), set())
        if not here or not printed or here & printed:
            continue
        places = [c for c in figures if column < c <= column + _FARTHEST and here <= elsewhere.get(forms.plain(grid.paths[c][-1]), set())]
        if len(places) == 1 and _holds(grid, shift := Shift(column, places[0] - column)):
            return shift
    return None


def _values(grid: grids.Grid, column: int) -> set[Decimal]:
    """The telling figures of a column; nothing where it holds any other."""
    cells = [grids.cell(grid.table, n, column) for n in grid.body]
    found = {v for cell in cells if cell is not None and (v := numbers.number(cell.text)) is not None}
    return found if all(v and len(v.as_tuple().digits) >= _TELLING for v in found) else set()


def _holds(grid: grids.Grid, shift: Shift) -> bool:
    """Whether in every row the total is what the groups' totals add up to; True where there is nothing to add up."""
    paths = [shift.path(grid.paths, c) for c in range(len(grid.paths))]
    whole = [c for c, path in enumerate(paths) if len(path) == 1 and path[0] in _WHOLE]
    parts = [c for c, path in enumerate(paths) if len(path) > 1 and path[-1] in _PART]
    if len(whole) != 1 or not parts:
        return True
    for n in grid.body:
        total, *found = (_number(grid, n, c) for c in (whole[0], *parts))
        if total is not None and total != sum((v for v in found if v is not None), Decimal(0)):
            return False
    return True


def _number(grid: grids.Grid, row: int, column: int) -> Decimal | None:
    cell = grids.cell(grid.table, row, column)
    return numbers.number(cell.text) if cell is not None else None
