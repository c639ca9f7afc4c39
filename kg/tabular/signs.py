"""Columns beside the value of an indicator that complete it: 指标性质 (≥, =) before it, 计量单位 (%) behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from kg import numbers
from kg.model import Cell
from kg.tabular import grid as grids
from kg.tabular.context import Context

#: How a column of signs writes them, and what stands before a value then; what only says how the value is judged adds nothing.
_SIGNS = {
    "≥": "≥", ">=": "≥", "大于等于": "≥", "不低于": "≥", "不少于": "≥", "≤": "≤", "<=": "≤", "小于等于": "≤", "不超过": "≤", "不高于": "≤",
    ">": ">", "＞": ">", "大于": ">", "<": "<", "＜": "<", "小于": "<", "=": "", "＝": "", "等于": "", "定性": "", "正向": "", "反向": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Beside:
    """What the columns beside the values of a row say, and the positions of these columns."""

    sign: str = ""
    measure: str = ""
    positions: frozenset[int] = frozenset()

    def complete(self, cell: Cell, target: bool) -> Cell:
        """The cell with sign and measure, where it holds a bare number; the sign is the target's."""
        if numbers.number(cell.text) is None:
            figure = numbers.figure(cell.text)
            bare = figure is not None and figure.value is not None and target and self.sign
            return replace(cell, text=f"{self.sign}{cell.text.strip()}") if bare else cell
        measure = "" if numbers.is_percent(cell.text) else self.measure
        return replace(cell, text=f"{self.sign if target else ''}{cell.text.strip()}{measure}")


def beside(row: tuple[Cell, ...], heads: Mapping[int, str], context: Context) -> Beside:
    """What a row says in columns of signs and measures; `heads` are the headings by position."""
    sign, measure, places = "", "", set()
    for n, text in heads.items():
        role = context.role(text)
        said = grids.compact(row[n].text) if n < len(row) else ""
        if role == "sign":
            sign = _SIGNS.get(said, sign)
            places.add(n)
        elif role == "measure" or (text == "单位" and context.measure_name(said)):
            measure = said
            places.add(n)
    return Beside(sign, measure, frozenset(places))
