"""Tables printed one under another in one grid, each with headings of its own: 预算数, then 决算数, then 相关统计数 (项目 | 统计数)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kg import numbers
from kg.model import Cell, Table
from kg.tabular import grid as grids
from kg.tabular.context import Context
from kg.tabular.headrow import heads_of

#: Columns of performance tables; whatever has them is read by its sections.
_JUDGED = {"indicator", "group", "target", "actual", "weight", "score", "aim", "result"}


def parts(table: Table, context: Context) -> tuple[Table, ...]:
    """The tables of a grid from top to bottom, the title and the measure of the first for all; the table itself where it is one."""
    texts = [[grids.compact(cell.text) for cell in row] for row in table.rows]
    starts = _starts(texts, context)
    if not starts:
        return (table,)
    printed = [heads_of(row, context) for row in table.rows]
    first = next(n for n, row in enumerate(texts) if _figures(row))
    headed = {n for start, end in starts for n in range(start, end)}
    judged = any(head.kind in _JUDGED for heads in printed for head in heads)
    if judged or any(heads and n > first and n not in headed for n, heads in enumerate(printed)):
        return (table,)  # headings that head no columns are those of sections
    edges = [start for start, _ in starts]
    top = replace(table, rows=_without_caption(table, texts, 0, edges[0]))
    said = (*(text for text in table.captions if not grids.is_phase(text)), *grids.parse(top, context.role).meta)
    ends = [*edges[1:], len(texts)]
    return (top, *(replace(table, captions=said, rows=_without_caption(table, texts, a, b)) for a, b in zip(edges, ends, strict=True)))


def _starts(texts: Sequence[Sequence[str]], context: Context) -> list[tuple[int, int]]:
    """From which row to which (exclusive) the headings of each further table stand; those that a page break repeats are none."""
    found: list[tuple[int, int]] = []
    first = next((n for n, row in enumerate(texts) if _figures(row)), len(texts))
    above = {tuple(row) for row in texts[:first]}
    run: list[int] = []
    for n, row in enumerate(texts[first:], start=first):
        figures = _figures(row)
        if not figures:
            run.append(n)
            continue
        if run and (start := _start(texts, run, figures, context)) and not all(tuple(texts[k]) in above for k in range(*start)):
            found.append(start)
        run = []
    return found


def _start(texts: Sequence[Sequence[str]], run: Sequence[int], figures: set[int], context: Context) -> tuple[int, int] | None:
    """Where among rows without figures headings begin and end that stand over all figures of the row below them."""
    for end in reversed(run):
        if not _known(texts[end], context):
            continue
        over: set[int] = set()
        top = end
        while True:
            over |= _filled(texts[top])
            named = context.role(texts[top][min(_filled(texts[top]))]) in ("label", "ordinal")
            if figures <= over and (named or min(_filled(texts[top])) == 0) or top - 1 not in run or not _known(texts[top - 1], context):
                break
            top -= 1
        if not figures <= over:
            continue
        caption = top - 1 in run and len(_filled(texts[top - 1])) == 1
        if caption and _phase(texts[top - 1], context):
            top -= 1
        if named or caption:
            return top, end + 1
    return None


def _without_caption(table: Table, texts: Sequence[Sequence[str]], start: int, end: int) -> tuple[tuple[Cell, ...], ...]:
    """The rows of one table, without what stands alone above the headings of the next (相关统计数：)."""
    while end < len(texts) and end - 1 > start and len(_filled(texts[end - 1])) <= 1 and not _figures(texts[end - 1]):
        end -= 1
    return table.rows[start:end]


def _filled(row: Sequence[str]) -> set[int]:
    return {n for n, text in enumerate(row) if text}


def _figures(row: Sequence[str]) -> set[int]:
    return {n for n, text in enumerate(row) if numbers.number(text) is not None}


def _known(row: Sequence[str], context: Context) -> bool:
    """Whether a row is all headings that mean something, two at least."""
    filled = [text for text in row if text]
    return len(filled) > 1 and all(context.role(text) is not None or context.headings.concepts(text) for text in filled)


def _phase(row: Sequence[str], context: Context) -> bool:
    """Whether all that a row says is a phase (决算数): a heading over those below."""
    return any(concept.prefix == "ph" for text in row if text for concept in context.headings.concepts(text))
