"""Tables made of sections, each with a heading row of its own: 绩效目标表, 绩效自评表, 基础数据表."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from kg import iris, numbers, terms
from kg.model import Cell, Fact, Table
from kg.tabular import grid as grids
from kg.tabular import halves, signs, titles
from kg.tabular.context import RATES, Context, money_measure, table_measure, table_title, table_year
from kg.tabular.fit import Slot, content, fit
from kg.tabular.headrow import GROUP_POINTS, VALUE_KINDS, Head, as_above, head_of, heads_of, is_group, labelled

_GRADE = re.compile(r"^(?:评价|自评)?等级\s*[:：]\s*(\S{1,4})$")
_POINTS = re.compile(r"[(（]\s*\d+(?:\.\d+)?\s*分\s*[)）]$")  # 预算执行率（10分）
_SIDE = re.compile(r"按(收入|支出)[^，。]{0,6}分[：:]?$")
#: A cell that is name and figure: 资金总额：1953.85.
_NAMED_FIGURE = re.compile(r"(?P<name>[^\d：:，。；]{2,12})[：:](?P<number>[\d.,，]+)(?:万元|元)?")
_PART = re.compile(r"\s*其中")
_SENTENCE = 12  # characters that make a text value a sentence
_CHILD_NAMES = ("专项", "项目支出名称", "项目名称")


@dataclass(frozen=True, slots=True)
class State:
    """What holds from one row to the next: headings, project, groups, the last rows' names."""

    heads: tuple[Head, ...] = ()
    project: str = ""
    groups: tuple[str, str] = ("", "")
    parent: str = ""
    spend: str = ""
    measure: str = ""
    sides: tuple[tuple[int, str], ...] = ()  # 按收入性质分, 按支出性质分: from which cell on which way the money goes


@dataclass(frozen=True, slots=True)
class _Base:
    table: Table
    context: Context
    title: str
    year: int


def read(table: Table, context: Context, before: tuple[Head, ...] = ()) -> list[Fact]:
    """All figures and indicator values of a sectioned table; and its notes that hold numbers (测算依据), as facts of kind note. `before`
    are the headings over the money in the table before it, for one that leaves them out. A project that only the title names counts
    where the table names none."""
    base = _Base(table, context, table_title(table, None), table_year(table, context))
    facts = _all(base, before, "")
    project = "" if any(fact.project for fact in facts) else titles.project(base.title, context.identity.unit)
    return _all(base, before, project) if project else facts


def _all(base: _Base, before: tuple[Head, ...], project: str) -> list[Fact]:
    """The facts of all rows, of a project unless a row names another."""
    table, context = base.table, base.context
    facts: list[Fact] = []
    state = State(measure=table_measure(table, context, ()), project=project)
    last: list[int] = []  # the facts of the row above, for rows split over two lines
    above = 0
    for place, printed in enumerate(table.rows):
        row = tuple(replace(cell, text="") if grids.is_meta(grids.compact(cell.text)) else cell for cell in printed)
        heads = heads_of(row, context)
        said = next((m for cell in row if numbers.figure(cell.text) is None and (m := money_measure(cell.text))), state.measure)
        state = replace(state, measure=said)  # 项目资金（万元） beside the rows that it holds for
        gap, above = halves.gap(row, above), row[0].address.line or row[0].address.page or 0
        if heads:
            state = replace(state, measure=_block_measure(table.rows[place + 1 :], context) or state.measure)
            state = replace(state, heads=labelled(heads), groups=("", ""), parent="", spend="")
            last = []
            continue
        pairs, state = _pairs(base, row, state)
        facts += pairs
        if not pairs and not state.heads and as_above(row, before):
            money, _, _ = _row(base, row, replace(state, heads=before))
            facts += [replace(fact, repair="没有印表头，按上一张同样的表理解") for fact in money]
            continue
        if pairs or not state.heads or _is_pair_row(row, context):
            continue
        found, following, bound = _row(base, row, state)
        if gap and last and halves.continues(row, bound):
            halves.join(facts, last, bound)
            continue
        state = following
        last = list(range(len(facts), len(facts) + len(found))) if found else last
        facts += found
    return facts


def _block_measure(rows: Iterable[tuple[Cell, ...]], context: Context) -> str:
    """The one measure of money that the names of the rows up to the next headings say (项目资金（万元） beside the last of them); or ''."""
    block = itertools.takewhile(lambda row: not heads_of(row, context), rows)
    found = {m for row in block for cell in row if numbers.figure(cell.text) is None and (m := money_measure(cell.text))}
    return found.pop() if len(found) == 1 else ""


# --- names and values side by side --------------------------------------------------------------


def _is_pair_row(row: tuple[Cell, ...], context: Context) -> bool:
    first = next((grids.compact(c.text) for c in row if c.text.strip()), "")
    return context.role(first) in ("project", "unit")


def _pairs(base: _Base, row: tuple[Cell, ...], state: State) -> tuple[list[Fact], State]:
    """项目支出名称 | 名称, 项目总投资(万元) | 122.1: heading and value side by side, above the first heading row or in rows of names."""
    context = base.context
    filled = [cell for cell in row if cell.text.strip()]
    facts: list[Fact] = []
    if any(numbers.number(a.text) is not None and numbers.number(b.text) is not None for a, b in itertools.pairwise(filled)):
        return facts, state  # two figures side by side are columns of headings that are not there
    if not filled or (state.heads and not _is_pair_row(row, context) and not any(_money_heading(c.text) for c in filled[:-1])):
        return facts, state
    sides = tuple((n, side[1]) for n, cell in enumerate(row) if (side := _SIDE.match(grids.compact(cell.text))))
    state = replace(state, sides=sides or state.sides)
    top = _money_heading(filled[0].text)
    name: Cell | None = None
    naming = ""
    for cell in filled:
        text = grids.compact(cell.text)
        role, figure = context.role(text), numbers.number(text)
        if figure is not None and name is not None:
            flow = next((flow for n, flow in reversed(state.sides) if row.index(name) >= n), "")
            facts.append(_pair_fact(base, name.text, cell, state, {"flow": flow} if flow else {}))
            state = state if _PART.match(name.text) else replace(state, parent=facts[-1].row)
            name = None
        elif (inner := _NAMED_FIGURE.fullmatch(text)) and (amount := numbers.number(inner["number"])) is not None:
            named = _pair_fact(base, inner["name"], cell, replace(state, measure=top or state.measure), {})
            facts.append(replace(named, value=amount, text=None))
            name = None
        elif name is not None and len(text) >= _SENTENCE and grids.compact(name.text).endswith("目标"):
            label = grids.compact(name.text)
            head = Head(0, label, "aim", {"phase": "目标", "metric": "指标值"})
            facts.append(_fact(base, cell, replace(state, groups=("", "")), label, label, head, {"item": f"item:{iris.slug(label)}"}))
            name = None
        elif role == "project" or (naming and role is not None):
            naming = naming or text
            name = cell
        elif naming and figure is None and not _money_heading(text):
            if not state.project or any(word in naming for word in _CHILD_NAMES):
                state = replace(state, project=text)
            naming = ""
        else:
            name, naming = cell, ""
    return facts, state


def _pair_fact(base: _Base, name: str, cell: Cell, state: State, above: Mapping[str, str]) -> Fact:
    text = grids.compact(name)
    told = head_of(0, text, base.context)
    if "phase" in told.dims and told.kind in ("figure", "rate") and "item" not in told.dims:  # 年初预算数 | 560.00 | 全年执行数 | 553.20
        measure = {} if told.kind == "rate" else {"measure": _money_heading(text) or state.measure}
        whole = replace(told, dims={**told.dims, **measure})
        label = "项目资金" if state.project else "合计"
        return _fact(base, cell, replace(state, groups=("", "")), label, label, whole, {"item": "ind:合计", **above})
    label = terms.strip_numbering(re.sub(r"[(（](?:万元|元)[)）]", "", text)).rstrip(":：")
    concept = base.context.headings.terms.find(label, ("ind", "sp", "fund"))
    dims = dict(concept.dims) if concept else {"item": f"item:{iris.slug(label) or '未命名'}"}
    dims |= above
    head = Head(0, text, "figure", {"measure": _money_heading(text) or state.measure, "phase": base.context.phase})
    path = f"{state.parent}/{label}" if state.parent and _PART.match(text) else label
    return _fact(base, cell, replace(state, groups=("", "")), label, path, head, dims)


def _money_heading(text: str) -> str:
    return money_measure(text) if re.search(r"[(（](?:万元|元)[)）]", text) else ""


# --- rows under headings ------------------------------------------------------------------------


def _row(base: _Base, row: tuple[Cell, ...], state: State) -> tuple[list[Fact], State, dict[str, Cell]]:
    """The facts of one row, the state after it, and which cell was bound to which kind of column."""
    context = base.context
    beside = signs.beside(row, {h.position: h.text for h in state.heads}, context)
    cells = [(n, cell) for n, cell in enumerate(row) if cell.text.strip() and n not in beside.positions]
    heads = [h for h in state.heads if h.position not in beside.positions]
    bound = fit(
        [(n, content(cell.text, is_group(grids.compact(cell.text), context))) for n, cell in cells],
        [Slot(h.position, h.kind) for h in heads],
    )
    where = {heads[j].position: (cells[i][1], heads[j]) for i, j in bound.items()}
    groups = [
        grids.compact(cell.text) for cell, head in where.values() if head.kind == "group" and is_group(grids.compact(cell.text), context)
    ]
    facts = list(_group_points(base, where.values(), state))
    kinds = {head.kind for head in state.heads}
    if {"indicator", "target"} <= kinds and any(context.role(head.text) == "project" for head in state.heads):
        found, state = _of_project(base, list(where.values()), state, groups, beside)
        return [*facts, *found], state, {head.kind: cell for cell, head in where.values()}
    state = _grouped(state, groups)
    named = [grids.compact(cell.text) for cell, head in where.values() if head.kind in ("indicator", "label")]
    name = "/".join(text for text in named if context.role(text) != "group") or "/".join(named)
    label, dims, state = _subject(base, name, state)
    if dims.get("item") == "ind:总分":  # the score of the whole belongs to no group
        state = replace(state, groups=("", ""))
    facts += _grades(base, [cell for _, cell in cells], state)
    for cell, head in where.values():
        if head.kind == "note" and re.search(r"\d", cell.text):
            note = replace(head, dims={"phase": "目标" if context.phase == "预算" else "完成", "metric": "指标值"})
            facts.append(replace(_fact(base, cell, state, label, name, note, dims), kind="note"))
        elif head.kind in VALUE_KINDS and not _GRADE.match(cell.text.strip()):
            whole = beside.complete(cell, head.kind == "target") if head.kind in ("target", "actual") else cell
            facts.append(replace(_fact(base, whole, state, label, name, head, dims), quote=cell.text))
    return facts, state, {head.kind: cell for cell, head in where.values()}


def _of_project(
    base: _Base, cells: list[tuple[Cell, Head]], state: State, groups: list[str], beside: signs.Beside
) -> tuple[list[Fact], State]:
    """A row of a list of projects with their indicators beside them; where the name is blank (merged cells) it is the one above."""
    context = base.context
    named = next((grids.compact(cell.text) for cell, head in cells if context.role(head.text) == "project"), "")
    if named and named != state.project:
        state = replace(state, project=named, groups=("", ""))
    state = _grouped(state, groups)
    indicator = next((terms.strip_numbering(grids.compact(cell.text)) for cell, head in cells if head.kind == "indicator"), "")
    facts = []
    for cell, head in cells:
        if head.kind == "figure":
            facts.append(_fact(base, cell, replace(state, groups=("", "")), state.project, state.project, head, {"item": "ind:合计"}))
        elif head.kind in ("aim", "result"):
            about = {"item": f"item:{iris.slug(head.text)}"}
            facts.append(_fact(base, cell, replace(state, groups=("", "")), head.text, head.text, head, about))
        elif head.kind in VALUE_KINDS and indicator:
            whole = beside.complete(cell, head.kind == "target") if head.kind in ("target", "actual") else cell
            about = {"item": f"item:{iris.slug(indicator)}"}
            facts.append(replace(_fact(base, whole, state, indicator, indicator, head, about), quote=cell.text))
    return facts, state


def _group_points(base: _Base, bound: Iterable[tuple[Cell, Head]], state: State) -> Iterator[Fact]:
    for cell, _ in bound:
        if match := GROUP_POINTS.match(grids.compact(cell.text)):
            concept = base.context.headings.terms.find(match[1], ("ind",))
            item = concept.dims.get("item", concept.curie) if concept else f"item:{iris.slug(match[1])}"
            head = Head(0, "分值（一级指标合计）", "weight", {"phase": "其他", "metric": "分值", "measure": "分"})
            fact = _fact(base, cell, state, match[1], match[1], head, {"item": item})
            yield replace(fact, value=Decimal(match[2]), text=None, leaf=False, measure="分")


def _grouped(state: State, groups: list[str]) -> State:
    bare = [GROUP_POINTS.sub(r"\1", g) for g in groups]
    if len(bare) >= 2:
        return replace(state, groups=(bare[0], bare[1]))
    if len(bare) == 1:
        first = bare[0] in ("产出指标", "效益指标", "满意度指标", "成本指标") or bare[0] != groups[0]
        return replace(state, groups=(bare[0], "") if first else (state.groups[0], bare[0]))
    return state


def _grades(base: _Base, cells: list[Cell], state: State) -> Iterator[Fact]:
    for cell in cells:
        if match := _GRADE.match(cell.text.strip()):
            head = Head(0, "等级", "score", {"phase": "完成", "metric": "等级"})
            fact = _fact(base, cell, state, "绩效等级", "总分", head, {"item": "ind:绩效等级"})
            yield replace(fact, text=match[1], value=None, low=None, high=None, measure="")


def _subject(base: _Base, name: str, state: State) -> tuple[str, dict[str, str], State]:
    """Label and dimensions of a row: an indicator's name, a source of funds, an item of the basic data table, a project."""
    kinds = {h.kind for h in state.heads}
    name, whole = name.rpartition("/")[2], name
    bare = terms.strip_numbering(name)
    if {"aim", "result"} & kinds:
        return state.heads[0].text, {"item": f"item:{iris.slug(state.heads[0].text)}"}, state
    if {"indicator", "target"} & kinds and "figure" not in kinds:
        concept = base.context.headings.terms.find(bare, ("ind",))
        if terms.key(bare) == "合计" or (concept is not None and concept.dims.get("item", concept.curie) == "ind:总分"):
            return bare, {"item": "ind:总分"}, state
        if _POINTS.search(bare):  # an indicator of the first level, with what it counts
            bare, state = _POINTS.sub("", bare), replace(state, groups=("", ""))
        return bare, {"item": f"item:{iris.slug(bare) or '未命名'}"}, state
    concept = base.context.headings.terms.find(name.rstrip(":："), ("ind", "sp", "fund", "econ"))
    if concept is not None:
        spend = concept.dims.get("spend", "")
        return (
            concept.label if concept.dims.get("item") not in ("ind:合计",) else bare,
            dict(concept.dims),
            replace(state, parent=bare, spend=spend),
        )
    section = next((head.text for head in state.heads if head.text), "")
    bare = terms.strip_numbering(whole.partition("/")[0]) if "/" in whole else bare
    if not bare:
        return section, {}, state
    if terms.key(bare) in ("合计", "总计", "总额"):
        return bare, {"item": "ind:合计"}, replace(state, parent="", spend="")
    if "项目" in state.spend or "专项" in state.spend or "项目" in section:
        return bare, {"item": "ind:合计", "project": bare, "spend": "项目支出"}, state
    return bare, {"item": f"item:{iris.slug(bare) or '未命名'}"}, state


def _fact(base: _Base, cell: Cell, state: State, label: str, name: str, head: Head, row: Mapping[str, str]) -> Fact:
    context = base.context
    dims = dict(head.dims)
    dims |= {k: v for k, v in row.items() if k != "item" or "item" not in dims or v != "ind:合计"}
    text = cell.text.strip()
    value = numbers.number(text)
    figure = numbers.figure(text) if value is None or numbers.is_percent(text) else None
    if figure is not None and value is None:
        value = figure.value
    metric = dims.get("metric", "金额")
    if metric == "金额":
        dims.setdefault("phase", context.phase)
    measure = _measure(base, dims, figure, text, state, metric)
    money = measure in ("元", "万元", "亿元") and metric == "金额"
    item = dims.get("item", "ind:合计")
    project = dims.get("project") or state.project
    path = "/".join(part for part in (*state.groups, terms.strip_numbering(name) or label) if part)
    if label.endswith("指标") and GROUP_POINTS.match(grids.compact(text)):
        path = label
    return Fact(
        address=cell.address,
        quote=cell.text,
        kind="performance",
        form="",
        table=base.title,
        row=path,
        column=head.text,
        unit=context.identity.unit,
        year=int(dims.get("year", base.year)),
        phase=dims.get("phase", "其他"),
        metric=metric,
        item=item,
        item_label=label or state.project,
        measure=measure,
        value=value,
        text=None if value is not None and metric != "指标值" else grids.compact(text),
        low=figure.low if figure else None,
        high=figure.high if figure else None,
        strict=bool(figure and figure.strict),
        flow=dims.get("flow", "支出") if money else None,
        fund=dims.get("fund", "全部") if money else None,
        spend=dims.get("spend", "项目支出" if project else "全部") if money else None,
        base=dims.get("base"),
        project=project or None,
        group=state.groups[1] or None,
        leaf=item not in ("ind:合计", "ind:总分", "ind:总计") or "project" in row,
    )


def _measure(base: _Base, dims: Mapping[str, str], figure: numbers.Figure | None, text: str, state: State, metric: str) -> str:
    if figure is not None and figure.measure:
        return base.context.measure_name(figure.measure)
    if numbers.is_percent(text):
        return "%"
    if "measure" in dims:
        return dims["measure"]
    if metric == "金额" or (metric == "指标值" and numbers.number(text) is not None and _about_money(dims, state)):
        return state.measure
    if metric in RATES:
        return "%"
    return "人" if dims.get("item") in ("ind:编制人数", "ind:实有人数") else ""


def _about_money(dims: Mapping[str, str], state: State) -> bool:
    """Whether a bare number under 指标值 is money: a cost indicator of a table that declares its measure."""
    return any("成本" in group for group in state.groups) and bool(re.search(r"预算|经费|金额|资金|支出|成本|费用?$", dims.get("item", "")))
