"""Whether a table that looks like a form of fixed columns is that form, or another one whose headings are to be believed."""

from __future__ import annotations

from collections.abc import Mapping

from kg import numbers
from kg.knowledge import Form
from kg.tabular import forms
from kg.tabular import grid as grids
from kg.tabular.frame import TOTALS


def foreign(parsed: grids.Grid, form: Form, headed: tuple[Mapping[str, str] | None, ...], year: int) -> bool:
    """Whether figures stand under headings that mean something and are none of a closed form: then it is another table (收入支出决算表), or
    one with more columns (基本支出/人员经费, 年初结转和结余/合计, 2023年决算数, 年初预算数), and its headings are believed."""
    return any(
        dims is not None
        and "heading" not in dims
        and (
            (
                (dims.get("item") not in (None, *TOTALS) or {"spend", "fund", "flow"} & dims.keys())
                and forms.position(parsed.paths[c], form.columns) is None
            )
            or _otherwise(form, dims)
            or _another_time(parsed, form, c, dims, year)
        )
        for block in parsed.blocks
        for c in block.figures
        for dims in [headed[c]]
        if any((cell := grids.cell(parsed.table, n, c)) is not None and numbers.number(cell.text) for n in parsed.body)
    )


def _another_time(parsed: grids.Grid, form: Form, c: int, dims: Mapping[str, str], year: int) -> bool:
    """Whether a heading is of another year or phase than a form that is all of one: 2023年决算数 and 年初预算数 in one of 2024年决算数."""
    phases = {column.sets.get("phase", form.sets.get("phase")) for column in form.columns}
    if len(phases) != 1 or not {"phase", "year"} & dims.keys():
        return False
    other = dims.get("year", str(year)) != str(year) or dims.get("phase") not in (None, *phases)
    return other and forms.position(parsed.paths[c], form.columns) is None


def _otherwise(form: Form, dims: Mapping[str, str]) -> bool:
    """Whether a heading says another way of the money than all columns of a form (本年收入/合计 in one of spending)."""
    return "flow" in dims and "flow" in form.sets and dims["flow"] != form.sets["flow"] and not any("flow" in c.sets for c in form.columns)
