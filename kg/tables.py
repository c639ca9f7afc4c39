"""Tables to facts: the grid gives row labels and heading paths, the form and the concepts say what they mean."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from kg import forms, iris, numbers, performance, terms
from kg import grid as grids
from kg.align import Alignment, align
from kg.context import Context, is_money, table_measure, table_title, table_year
from kg.knowledge import Concept, Form, Knowledge
from kg.model import Fact, Table, TableReport, Unread

_OWN_CODE = re.compile(r"单位\s*[:：]\s*(\d{3,})")
_DEFAULT_ROWS = ("ind", "func", "econ", "fund")
_TOTALS = ("ind:合计", "ind:总计", "ind:小计")
_BLANKS = ("-", "—", "——", "--", "/", "无", "－")


@dataclass(frozen=True, slots=True)
class Frame:
    """One table with everything decided that holds for all its cells."""

    context: Context
    grid: grids.Grid
    form: Form | None
    title: str
    measure: str
    year: int
    columns: tuple[Mapping[str, str] | None, ...]
    alignment: Alignment | None


@dataclass(frozen=True, slots=True)
class Row:
    """The label of one row in one block, and what it means."""

    label: str
    path: str
    dims: Mapping[str, str]
    code: str
    item_label: str
    total: bool


def read(table: Table, context: Context) -> tuple[list[Fact], list[Unread], TableReport]:
    """All figures of one table as facts, the numeric cells that are none with the reason, and the line of the report."""
    if performance.is_sectioned(table, context):
        return _sectioned(table, context)
    parsed = grids.parse(table, context.role)
    form, why = context.forms.match(table, lambda t: grids.parse(t, context.role))
    frame = _frame(table, context, parsed, form)
    facts: list[Fact] = []
    for n in parsed.body:
        facts += _row_facts(frame, n)
    facts = _mark_totals(facts, context.knowledge)
    taken = {(f.address.row, f.address.column) for f in facts}
    unread = [Unread(c.address, c.text, reason, harmless)
              for n, row in enumerate(table.rows) for i, c in enumerate(row)
              if numbers.number(c.text) is not None and (c.address.row, c.address.column) not in taken
              for reason, harmless in [_why_not(frame, n, i)]]
    numeric = sum(numbers.number(c.text) is not None for row in table.rows for c in row)
    name = form.name if form else ""
    figures = sum(f.value is not None for f in facts)
    return facts, unread, TableReport(frame.title, table.address, name or f"（{why}）", numeric, figures, dict(Counter(u.why for u in unread)))


def _sectioned(table: Table, context: Context) -> tuple[list[Fact], list[Unread], TableReport]:
    """The same for a table of sections with heading rows of their own."""
    facts = performance.read(table, context)
    taken = {(f.address.row, f.address.column) for f in facts}
    cells = [cell for row in table.rows for cell in row if numbers.number(cell.text) is not None]
    unread = [Unread(c.address, c.text, "没有读懂", False) for c in cells if (c.address.row, c.address.column) not in taken]
    report = TableReport(table_title(table, None), table.address, "（分节表）", len(cells), len(cells) - len(unread), dict(Counter(u.why for u in unread)))
    return facts, unread, report


def _frame(table: Table, context: Context, parsed: grids.Grid, form: Form | None) -> Frame:
    measure = table_measure(table, context, parsed.meta)
    title = table_title(table, form)
    year = table_year(table, context)
    columns = tuple(_column_dims(context, form, path) for path in parsed.paths)
    alignment = align(parsed, form) if form and form.closed else None
    return Frame(context, parsed, form, title, measure, year, columns, alignment)


def _column_dims(context: Context, form: Form | None, path: tuple[str, ...]) -> Mapping[str, str] | None:
    """What a heading path fixes; None where the column has no heading."""
    if not path:
        return None
    place = forms.position(path, form.columns) if form else None
    best = form.columns[place].sets if form and place is not None else None
    first = tuple(s for s in (form.rows if form else ()) if s in ("econ", "govecon"))
    dims: dict[str, str] = {}
    for text in path:
        concept = context.headings.concept(text, first)
        if concept is not None:
            own = _dims(concept)
            dims |= {k: v for k, v in own.items() if k != "item" or v not in _TOTALS or "item" not in dims}
        elif text == path[-1] and best is None:
            dims["heading"] = text
        if match := re.search(r"[(（](%|％|人|辆|个|台|平方米|㎡|分)[)）]", text):
            dims["measure"] = "%" if match[1] in "%％" else match[1]
        if match := re.search(r"((?:19|20)\d\d)年", text):
            dims["year"] = match[1]
        elif re.match(r"上年|上一年|去年", text):
            dims["yearShift"] = "-1"
    if best is not None:
        dims |= best
        dims.pop("heading", None)
    return dims


@lru_cache(maxsize=4096)
def _dims_cached(items: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    return dict(items)


def _dims(concept: Concept) -> Mapping[str, str]:
    return _dims_cached(tuple(concept.dims.items()))


# --- rows ---------------------------------------------------------------------------------------


def _texts(frame: Frame, n: int, columns: tuple[int, ...]) -> list[str]:
    cells = [grids.cell(frame.grid.table, n, c) for c in columns]
    return [grids.compact(c.text) if c else "" for c in cells]


def _row(frame: Frame, n: int, block: grids.Block, pending: str) -> Row | None:
    """The row's meaning in one block; None where nothing names it."""
    codes = [t for t in _texts(frame, n, block.codes) if t]
    labels = [t for t in _texts(frame, n, block.labels) if t]
    digits = [t for t in codes if t.isdecimal()]
    code = "".join(digits) if len(digits) == len(codes) else ""
    label = labels[-1] if labels else next((t for t in codes if not t.isdecimal()), "") or pending
    if not block.labels and not block.codes:
        return Row("", "", {}, "", "", False)
    if not label and not code:
        return None
    if code and _scheme(frame, code):
        return _coded_row(frame, code, label)
    unit_code = next((t for t in _texts(frame, n, block.unit_codes) if t.isdecimal()), "")
    if unit_code and (not frame.form or "unit" in frame.form.rows):
        return _unit_row(frame, label, unit_code)
    bare = terms.strip_numbering(re.sub(r"[:：]$", "", label))
    concept = frame.context.headings.terms.find(label.rstrip(":："), (*_classified(frame, block), *(frame.form.rows if frame.form else ()), *_DEFAULT_ROWS))
    parent = _parent(frame, n, block, bare)
    dims = dict(parent[1]) if parent else {}
    path = f"{parent[0]}/{bare}" if parent else bare
    if concept is None:
        return Row(bare, path, dims | {"item": f"item:{iris.slug(bare) or 'x'}"}, "", bare, _is_total(bare))
    own = dict(_dims(concept))
    if parent and own.get("item", "ind:合计") == "ind:合计":
        own.pop("item", None)
    if concept.prefix in ("econ", "govecon") and "spend" not in own and (spend := _spend_above(frame, n, block)):
        own["spend"] = spend
    return Row(bare, path, dims | own, concept.notation or "", concept.label, _is_total(bare))


def _classified(frame: Frame, block: grids.Block) -> tuple[str, ...]:
    """The classification that the heading over the labels names: 项目（按功能分类）, 项目（按政府预算经济分类）."""
    heading = "".join(text for c in block.labels for text in frame.grid.paths[c])
    return ("govecon",) if "政府" in heading and "经济" in heading else ("econ",) if "经济" in heading else ("func",) if "功能" in heading else ()


def _spend_above(frame: Frame, n: int, block: grids.Block) -> str:
    """The spending kind of the numbered row (一、基本支出) under which a row of an economic class stands."""
    for above in range(n - 1, frame.grid.body[0] - 1, -1):
        label = next((t for t in _texts(frame, above, block.labels) if t), "")
        if re.match(r"[一二三四五六七八九十]+、", label):
            concept = frame.context.headings.terms.find(label, ("ind", "sp"))
            return concept.dims.get("spend", "") if concept else ""
    return ""


def _unit_row(frame: Frame, label: str, unit_code: str) -> Row:
    """A row that a unit's code leads: the unit's total, a project of the unit, or (in a 部门 document) a unit below."""
    dims = {"item": "ind:合计"}
    identity = frame.context.identity
    if _is_project(frame, label, unit_code):
        return Row(label, label, dims | {"project": label, "spend": "项目支出"}, "", label, False)
    if identity.kind.startswith("部门") and not _is_total(label) and not _same_unit(label, identity.unit):
        dims["unit"] = label
    return Row(label, label, dims, "", label, True)


def _same_unit(label: str, unit: str) -> bool:
    return terms.key(label) in terms.key(unit) or terms.key(unit) in terms.key(label)


def _is_total(label: str) -> bool:
    return bool(re.search(r"(?:合计|总计|小计)$", terms.key(label)))


def _is_project(frame: Frame, label: str, unit_code: str) -> bool:
    """A row under a unit's code whose label is no unit's name: a project of that unit."""
    own = next((m[1] for caption in frame.grid.table.captions if (m := _OWN_CODE.search(caption))), "")
    return bool(own) and unit_code == own and not _same_unit(label, frame.context.identity.unit) and not _is_total(label)


def _scheme(frame: Frame, code: str) -> str:
    """The classification a code belongs to: the form's, else by its digits."""
    wanted = [s for s in (frame.form.rows if frame.form else ()) if s in ("func", "econ", "govecon")]
    if len(code) not in (3, 5, 7):
        return ""
    for scheme in wanted or ("func", "econ", "govecon"):
        if f"{scheme}:{code}" in frame.context.knowledge.concepts:
            return scheme
    if wanted:
        return wanted[0]
    return "func" if code[0] == "2" else "econ" if code[0] == "3" else "govecon" if code[0] == "5" else ""


def _coded_row(frame: Frame, code: str, label: str) -> Row:
    scheme = _scheme(frame, code)
    concepts = frame.context.knowledge.concepts
    concept = concepts.get(f"{scheme}:{code}")
    dims = {"item": f"{scheme}:{code}"}
    for length in (len(code), 3):
        above = concepts.get(f"{scheme}:{code[:length]}")
        if above is not None and above.spend_in_basic:
            dims["spendInBasic"] = above.spend_in_basic.partition(":")[2]
            break
    name = label or (concept.label if concept else code)
    return Row(name, f"{code} {name}", dims, code, name, False)


def _parent(frame: Frame, n: int, block: grids.Block, label: str) -> tuple[str, Mapping[str, str]] | None:
    """The row above that a form's row group puts this one under."""
    for group in frame.form.groups if frame.form else ():
        if terms.key(label) not in {terms.key(child) for child in group.children}:
            continue
        for above in range(n - 1, frame.grid.body[0] - 1, -1):
            found = next((t for t in _texts(frame, above, block.labels) if t), "")
            if terms.key(terms.strip_numbering(found)) == terms.key(group.parent):
                concept = frame.context.headings.terms.find(found, ("ind", "fund"))
                return terms.strip_numbering(found), concept.dims if concept else {"item": f"item:{iris.slug(group.parent)}"}
            if terms.key(terms.strip_numbering(found)) not in {terms.key(child) for child in group.children}:
                break
    return None


def _row_facts(frame: Frame, n: int) -> list[Fact]:
    facts: list[Fact] = []
    pending = ""
    for block in frame.grid.blocks:
        row = _row(frame, n, block, pending)
        if row is None:
            continue
        found = [fact for c in block.figures if (fact := _fact(frame, n, c, row)) is not None]
        pending = "" if found else row.label
        facts += found
    return facts


# --- cells --------------------------------------------------------------------------------------


def _fact(frame: Frame, n: int, c: int, row: Row) -> Fact | None:
    cell = grids.cell(frame.grid.table, n, c)
    if cell is None or not cell.text or cell.text.strip() in _BLANKS:
        return None
    column, heading, repair = _column(frame, n, c)
    if column is None:
        return None
    value = numbers.number(cell.text)
    figure = None if value is not None else numbers.figure(cell.text)
    if value is None and (figure is None or frame.form is not None) and frame.form is not None:
        return None
    dims = _merge(frame, column, row)
    measure = dims.get("measure", frame.measure)
    metric = dims.get("metric", "金额")
    if numbers.is_percent(cell.text):
        measure, metric = "%", metric if metric != "金额" else "比率"
    elif value is None and figure is not None and figure.measure:
        measure, metric, value = figure.measure, metric if metric != "金额" else "数量", figure.value
    money = is_money(measure)
    year = int(dims.get("year", frame.year)) + int(dims.get("yearShift", 0))
    item = dims.get("item", "ind:合计")
    return Fact(
        address=cell.address, quote=cell.text, kind="table", form=frame.form.name if frame.form else "", table=frame.title,
        row=row.path, column="/".join(heading), unit=dims.get("unit", frame.context.identity.unit), year=year,
        phase=dims.get("phase", frame.context.phase), metric=metric, item=item, item_label=_label(frame, item, row, heading),
        measure=measure, value=value, text=None if value is not None else cell.text,
        low=figure.low if figure else None, high=figure.high if figure else None, strict=bool(figure and figure.strict),
        flow=dims.get("flow", "支出") if money else None, fund=dims.get("fund", "全部") if money else None,
        spend=dims.get("spend", "全部") if money else None, project=dims.get("project"), func=dims.get("func"),
        leaf=not row.total and (item not in _TOTALS or "project" in dims), repair=repair,
    )


def _column(frame: Frame, n: int, c: int) -> tuple[Mapping[str, str] | None, tuple[str, ...], str | None]:
    """Dimensions and heading path of a figure cell, after alignment where headings and cells disagree."""
    if frame.alignment is not None:
        return frame.alignment.column(n, c)
    dims = frame.columns[c]
    if dims is not None:
        return dims, frame.grid.paths[c], None
    # A column without heading whose left neighbour is headed but empty throughout: the heading slipped by one cell.
    left = c - 1
    filled = [grids.cell(frame.grid.table, r, left) for r in frame.grid.body]
    if left >= 0 and frame.columns[left] is not None and frame.grid.paths[left] and not any(x and x.text for x in filled):
        return frame.columns[left], frame.grid.paths[left], "表头错位一格，按左侧空列的表头理解"
    return None, (), None


def _merge(frame: Frame, column: Mapping[str, str], row: Row) -> dict[str, str]:
    """Form, then column, then row: the narrower statement wins; two axes of classification are both kept."""
    dims = dict(frame.form.sets) if frame.form else {}
    dims |= column
    row_item, column_item = row.dims.get("item"), column.get("item")
    dims |= {k: v for k, v in row.dims.items() if k != "item"}
    if row_item in (None, *_TOTALS) and column_item and (row_item is None or column_item not in _TOTALS):
        dims["item"] = column_item
    elif row_item and column_item and column_item not in _TOTALS and row_item.startswith("func:"):
        dims |= {"item": column_item, "func": row_item}
    elif row_item:
        dims["item"] = row_item
    if "item" not in dims and "heading" in column:
        dims["item"] = f"item:{iris.slug(column['heading'])}"
    elif row_item in _TOTALS and "heading" in column and not frame.form:
        dims["item"] = f"item:{iris.slug(column['heading'])}"
    inner = row.dims.get("spendInBasic") or _spend_in_basic(frame, dims.get("item", ""))
    if inner and dims.get("spend") == "基本支出":
        dims["spend"] = inner
    return dims


def _spend_in_basic(frame: Frame, item: str) -> str | None:
    scheme, _, code = item.partition(":")
    above = frame.context.knowledge.concepts.get(f"{scheme}:{code[:3]}") if scheme == "econ" else None
    return above.spend_in_basic.partition(":")[2] if above and above.spend_in_basic else None


def _label(frame: Frame, item: str, row: Row, heading: tuple[str, ...]) -> str:
    concept = frame.context.knowledge.concepts.get(item)
    if row.dims.get("item") == item and row.item_label and not item.startswith("ind:"):
        return row.item_label
    if concept is not None:
        return concept.label
    return row.item_label or (heading[-1] if heading else item.partition(":")[2])


def _mark_totals(facts: list[Fact], knowledge: Knowledge) -> list[Fact]:
    """A figure is no leaf where the same table has its parts: longer codes of the same scheme, or the parts of an indicator."""
    items = {f.item for f in facts}
    whole = set()
    for item in items:
        scheme, _, code = item.partition(":")
        concept = knowledge.concepts.get(item)
        finer = code.isdecimal() and any(o != item and o.startswith(f"{scheme}:{code}") for o in items)
        if finer or (concept is not None and items & set(concept.parts)):
            whole.add(item)
    return [replace(f, leaf=False) if f.item in whole else f for f in facts]


def _why_not(frame: Frame, n: int, c: int) -> tuple[str, bool]:
    """Why a numeric cell is no fact, and whether that is as it should be."""
    grid = frame.grid
    if n in grid.header:
        return "栏次或表头", True
    if any(c in (*b.codes, *b.unit_codes) for b in grid.blocks):
        return "科目编码", True
    role = next((r for text in reversed(grid.paths[c]) if (r := frame.context.role(text))), None) if c < len(grid.paths) else None
    if role == "ordinal":
        return "行次", True
    if any(c in b.labels for b in grid.blocks):
        return "行名里的数字", True
    if frame.alignment is not None and any(row == n for row, _ in frame.alignment.cells):
        return "超出本表固定的栏数", False
    if not grid.paths[c]:
        return "表头没有这一列", False
    return "没有行名", False

