"""The heading rows of sectioned tables: what each column is of, and the heading over the money that some tables leave out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from kg import numbers
from kg.model import Cell, Table
from kg.tabular import grid as grids
from kg.tabular.context import Context

#: 产出指标（50分）
GROUP_POINTS = re.compile(r"^(.*?指标)\s*[(（]\s*(\d+(?:\.\d+)?)\s*分\s*[)）]$")
#: 2022年, 2024年预计实现: values of an indicator, of several years side by side
_OF_YEAR = re.compile(r"(?:19|20)\d\d年度?(?:预计|预期|计划|目标)?(?:实现|完成|目标)?值?")
VALUE_KINDS = ("target", "actual", "weight", "score", "rate", "figure", "aim", "result")


@dataclass(frozen=True, slots=True)
class Head:
    """One column of the heading row in force."""

    position: int
    text: str
    kind: str
    dims: Mapping[str, str]


def is_sectioned(table: Table, context: Context) -> bool:
    """Whether the table has heading rows inside it or columns of indicators, targets and scores."""
    seen_figures = False
    for row in table.rows:
        heads = heads_of(row, context)
        kinds = {head.kind for head in heads}
        named = {"indicator", "group"} & kinds or (heads and heads[0].text.startswith("指标"))
        if heads and (seen_figures or (named and {"target", "actual", "weight"} & kinds)):
            return True
        seen_figures = seen_figures or any(numbers.number(c.text) is not None for c in row)
    return False


def heads_of(row: tuple[Cell, ...], context: Context) -> tuple[Head, ...]:
    """The headings of a row, or () where it is no heading row."""
    filled = [(n, grids.compact(cell.text)) for n, cell in enumerate(row) if cell.text.strip()]
    if len(filled) < 2 or any(numbers.number(text) is not None for _, text in filled):
        return ()
    years = sum(_OF_YEAR.fullmatch(text) is not None for _, text in filled)
    heads = [_of_year(n, text, context) if years > 1 and _OF_YEAR.fullmatch(text) else head_of(n, text, context) for n, text in filled]
    known = [h for h in heads if h.kind != "label" or context.role(h.text) == "label"]
    dated = [h for h in heads if h.kind in (*VALUE_KINDS, "indicator", "group") and not is_group(h.text, context)]
    complete = len(filled) >= 3 and len(known) >= max(3, len(filled) - 1) and bool(dated)
    if len(known) * 2 < len(filled) or (len(dated) < 2 and not complete):
        return ()
    return tuple(heads)


def _of_year(n: int, text: str, context: Context) -> Head:
    """A column of indicator values of one year: 2022年 and 2023年 as they were, 2024年预计实现 as it is aimed at."""
    year = text[:4]
    aimed = (
        int(year) >= context.identity.year and context.identity.kind.endswith("预算") or re.search("预计|预期|计划|目标", text) is not None
    )
    like = head_of(n, "指标值" if aimed else "实际完成值", context)
    return Head(n, text, like.kind, {**like.dims, "year": year})


def labelled(heads: tuple[Head, ...]) -> tuple[Head, ...]:
    """Headings with those of the names at the left added where all that are printed are of figures."""
    unnamed = heads[0].position if all(head.kind in VALUE_KINDS for head in heads) else 0
    return (*(Head(n, "", "label", {}) for n in range(unnamed)), *heads)


def head_of(n: int, text: str, context: Context) -> Head:
    """What the column under a heading is of: its kind (target, score, figure, indicator, label …) and the dimensions that it fixes."""
    role = context.role(text)
    concept = context.headings.concept(text)
    dims: dict[str, str] = {}
    found = context.headings.heading(text)
    if found is not None:
        dims |= found.dims
    if concept is not None and (concept.prefix in ("ph", "me") or (concept.prefix == "ind" and "metric" in concept.dims)):
        dims = dict(concept.dims) | dims
    if match := re.search(r"((?:19|20)\d\d)年", text):
        dims["year"] = match[1]
    kind = role if role in (*VALUE_KINDS, "indicator", "group", "note") else ""
    if not kind and {"phase", "metric", "item"} & dims.keys() and role is None:
        kind = "figure"
    return Head(n, text, kind or "label", dims)


def is_group(text: str, context: Context) -> bool:
    """Whether a cell names a group of indicators (产出指标, 数量指标), with its points or without; headings are none."""
    bare = GROUP_POINTS.sub(r"\1", text)
    if not bare.endswith("指标") or len(bare) > 16:
        return False
    return context.role(bare) != "group" and context.role(bare) not in VALUE_KINDS


def money_heads(table: Table, context: Context) -> tuple[Head, ...]:
    """The headings over the money of a project (全年预算数, 全年执行数, 执行率) that a table prints; () where it prints none."""
    for row in table.rows:
        heads = heads_of(row, context)
        if {"全年预算", "决算"} <= {head.dims.get("phase") for head in heads} and any(h.dims.get("metric") == "执行率" for h in heads):
            return labelled(heads)
    return ()


def as_above(row: tuple[Cell, ...], heads: tuple[Head, ...]) -> bool:
    """Whether a row without headings is one of money under the headings of the table before: its rate is what was spent of its budget."""
    found: dict[str, Decimal] = {}
    for head in heads:
        value = numbers.number(row[head.position].text) if head.position < len(row) else None
        kind = "rate" if head.dims.get("metric") == "执行率" else head.dims.get("phase", "") if head.kind == "figure" else ""
        if value is not None and kind:
            found[kind] = value
    if not {"rate", "全年预算", "决算"} <= found.keys() or not found["全年预算"]:
        return False
    return abs(found["rate"] - 100 * found["决算"] / found["全年预算"]) <= Decimal("0.01")
