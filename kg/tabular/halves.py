"""Rows of a sectioned table that a page break splits over two lines: the second half is appended to the names and values of the first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kg import iris, numbers
from kg.model import Cell, Fact
from kg.tabular import grid as grids


def gap(row: tuple[Cell, ...], above: int) -> bool:
    """Whether a page break (a blank line, a new page) lies between this row and the one above."""
    here = row[0].address.line or row[0].address.page or 0
    return above > 0 and here - above > (1 if row[0].address.line else 0)


def continues(row: tuple[Cell, ...], bound: Mapping[str, Cell]) -> bool:
    """Whether a row is the second half of the one above: words only, and no group of its own."""
    filled = [c for c in row if c.text.strip()]
    return len(filled) >= 2 and all(numbers.figure(c.text) is None for c in filled) and "group" not in bound


def join(facts: list[Fact], last: list[int], bound: Mapping[str, Cell]) -> None:
    """Append the second half of split cells to the name and the values above."""
    rest = {kind: grids.compact(cell.text) for kind, cell in bound.items()}
    for n in last:
        fact = facts[n]
        label = _overlap(fact.item_label, rest.get("indicator", ""))
        kind = {"目标": "target", "完成": "actual"}.get(fact.phase, "") if fact.metric == "指标值" else ""
        text = _overlap(fact.text or "", rest[kind]) if kind in rest else fact.text
        facts[n] = replace(
            fact,
            item_label=label,
            row=_overlap(fact.row, rest.get("indicator", "")),
            item=f"item:{iris.slug(label)}",
            text=text,
            repair="跨页断行，已与下一行拼合",
        )


def _overlap(first: str, second: str) -> str:
    """Two halves of a split cell; what a page break printed twice stands once."""
    length = next((n for n in range(min(len(first), len(second)), 0, -1) if first.endswith(second[:n])), 0)
    return first + second[length:]
