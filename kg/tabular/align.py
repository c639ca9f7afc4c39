"""Where printed headings and figure cells disagree: find the reading under which the form's sums hold, and say that it was repaired."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from kg import numbers
from kg.knowledge import Form
from kg.tabular import forms
from kg.tabular import grid as grids


@dataclass(frozen=True, slots=True)
class Alignment:
    """For each body row, which column of the form each cell belongs to, and why it is not the printed one."""

    form: Form
    cells: Mapping[tuple[int, int], int]
    repairs: Mapping[int, str] = field(default_factory=dict)

    def column(self, row: int, cell: int) -> tuple[Mapping[str, str] | None, tuple[str, ...], str | None]:
        """Dimensions, heading path and repair note of a cell; no dimensions where the form has no such column."""
        place = self.cells.get((row, cell))
        if place is None:
            return None, (), None
        column = self.form.columns[place]
        return column.sets, tuple(column.headings[0].split("/")), self.repairs.get(row)


def _holds(values: Mapping[int, Decimal], form: Form) -> tuple[int, int]:
    """How many of the form's row sums hold and how many could be tried (blank parts count as nothing)."""

    def place(name: str) -> int | None:
        return next((n for n, column in enumerate(form.columns) if any(forms.plain(name) == forms.plain(h) for h in column.headings)), None)

    held = tried = 0
    for rule in form.sums:
        total = place(rule.total)
        parts = [place(part) for part in rule.parts]
        if total is None or total not in values or None in parts or not any(p in values for p in parts):
            continue
        tried += 1
        slack = Decimal("0.01") * (len(parts) + 1) / 2
        held += abs(values[total] - sum((values.get(p, Decimal(0)) for p in parts if p is not None), Decimal(0))) <= slack
    return held, tried


def align(grid: grids.Grid, form: Form) -> Alignment | None:
    """Align the cells of every body row with the columns of a form that has a fixed order of columns.

    The printed headings are believed where they are the form's, in order. Otherwise, or where a row's sums fail, the other readings (in
    order from the first cell, in order to the last, shifted by one) are tried, and one is taken only where all its sums hold.
    """
    figures = [c for block in grid.blocks for c in block.figures]
    printed = {c: p for c in figures if (p := forms.position(grid.paths[c], form.columns)) is not None}
    filled = {c for n in grid.body for c in figures if c < len(grid.table.rows[n]) and grid.table.rows[n][c].text}
    order = list(printed.values())
    faithful = filled <= set(printed) and order == sorted(set(order))
    if not printed:
        return None
    cells: dict[tuple[int, int], int] = {}
    repairs: dict[int, str] = {}
    wanted = len(form.columns)
    for n in grid.body:
        row = grid.table.rows[n]
        values = {c: v for c in figures if c < len(row) and (v := numbers.number(row[c].text)) is not None}
        if not values:
            continue
        readings = [("", printed)] if faithful else []
        readings += [("按表格固定栏序理解", dict(zip(figures, range(wanted), strict=False)))]
        readings += (
            [("按表格固定栏序（从末栏）理解", dict(zip(figures[-wanted:], range(wanted), strict=False)))] if len(figures) > wanted else []
        )
        readings += [("整行错位一格，已按合计关系复位", {c + step: p for c, p in printed.items()}) for step in (1, -1)] if faithful else []
        if not faithful:
            readings.append(("表头栏数与数据不符，按印出的表头理解", printed))
        scored = [(_holds({p: values[c] for c, p in reading.items() if c in values}, form), why, reading) for why, reading in readings]
        sound = [(why, reading) for (held, tried), why, reading in scored if tried and held == tried]
        why, chosen = readings[0] if faithful else readings[-1]
        if sound and (scored[0][0][0] < scored[0][0][1] or not faithful):
            why, chosen = sound[0]
        for c, p in chosen.items():
            if c in values:
                cells[(n, c)] = p
        if why:
            repairs[n] = why
    return Alignment(form, cells, repairs)
