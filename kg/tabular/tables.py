"""Tables to facts: the grid gives row labels and heading paths, the form and the concepts say what they mean."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from kg import iris, numbers
from kg.knowledge import Form, Knowledge
from kg.model import Document, Fact, Table, TableReport, Unread
from kg.tabular import codes, columns, forms, headrow, labels, owners, performance, shifts, stacks
from kg.tabular import grid as grids
from kg.tabular.align import align
from kg.tabular.closed import foreign
from kg.tabular.context import RATES, Context, is_money, table_measure, table_title, table_year
from kg.tabular.frame import TOTALS, Frame, Row

#: The name of a row that is counted, whatever it is in.
_COUNTED = re.compile(r"[人户次批个辆台套件场]次?数量?$|团组数$|[人批场]次$|保有量$")
_BLANKS = ("-", "—", "——", "--", "/", "无", "－")
#: a list of the projects that were evaluated
_EVALUATED = re.compile("(?:自评|绩效评价).*(?:汇总|一览|情况)")


def all_of(document: Document, context: Context) -> Iterator[tuple[list[Fact], list[Unread], TableReport]]:
    """The tables of a document in order: those whose headings stand beside their figures are known by what the others say."""
    found: list[tuple[Table, tuple[list[Fact], list[Unread], TableReport]]] = []
    before: tuple[headrow.Head, ...] = ()
    for block in (block for block in document.blocks if isinstance(block, Table)):
        found.append((block, read(block, context, before=before)))
        before = headrow.money_heads(block, context) or before
    for n, (table, result) in enumerate(found):
        if not any(f.kind == "table" for f in result[0]):
            yield result
            continue
        named: dict[str, set[Decimal]] = defaultdict(set)
        for fact in (f for m, (_, other) in enumerate(found) if m != n for f in other[0] if f.kind == "table" and f.value):
            for label in {fact.item_label, fact.column.rpartition("/")[2]}:
                named[forms.plain(label)].add(fact.value or Decimal(0))
        shift = shifts.find(grids.parse(table, context.role), named)
        yield read(table, context, shift) if shift else result


def read(
    table: Table, context: Context, shift: shifts.Shift | None = None, before: tuple[headrow.Head, ...] = ()
) -> tuple[list[Fact], list[Unread], TableReport]:
    """All figures of one table as facts, the numeric cells that are none with the reason, and the line of the report. `before` are the
    headings over the money of a project in the tables before it."""
    stacked = stacks.parts(table, context)
    if len(stacked) > 1:
        return _stacked(table, [read(part, context) for part in stacked])
    if headrow.is_sectioned(table, context):
        return _sectioned(table, context, before)
    parsed = grids.parse(table, context.role)
    if shift:
        parsed = replace(parsed, paths=tuple(shift.path(parsed.paths, c) for c in range(len(parsed.paths))))
    form, why = context.forms.match(table, lambda t: grids.parse(t, context.role), context.identity.unit, context.phase)
    frame = replace(_frame(table, context, parsed, form), shift=shift)
    facts: list[Fact] = []
    for n in parsed.body:
        facts += _row_facts(frame, n)
    facts = _mark_totals(facts, context.knowledge)
    taken = {f.address for f in facts}
    unread = [
        Unread(c.address, c.text, reason, harmless)
        for n, row in enumerate(table.rows)
        for i, c in enumerate(row)
        if numbers.number(c.text) is not None and c.address not in taken
        for reason, harmless in [_why_not(frame, n, i)]
    ]
    numeric = sum(numbers.number(c.text) is not None for row in table.rows for c in row)
    name = form.name if form else ""
    figures = sum(f.value is not None for f in facts)
    return (
        facts,
        unread,
        TableReport(frame.title, table.address, name or f"（{why}）", numeric, figures, dict(Counter(u.why for u in unread))),
    )


def _stacked(table: Table, found: list[tuple[list[Fact], list[Unread], TableReport]]) -> tuple[list[Fact], list[Unread], TableReport]:
    """What was read of the tables that stand one under another in one grid, as of one table."""
    reports = [report for _, _, report in found]
    skipped: Counter[str] = Counter()
    for report in reports:
        skipped.update(report.skipped)
    whole = replace(
        reports[0],
        address=table.address,
        numeric=sum(report.numeric for report in reports),
        facts=sum(report.facts for report in reports),
        skipped=dict(skipped),
    )
    return [fact for facts, _, _ in found for fact in facts], [cell for _, unread, _ in found for cell in unread], whole


def _sectioned(table: Table, context: Context, before: tuple[headrow.Head, ...]) -> tuple[list[Fact], list[Unread], TableReport]:
    """The same for a table of sections with heading rows of their own."""
    facts = performance.read(table, context, before)
    taken = {f.address for f in facts}
    cells = [cell for row in table.rows for cell in row if numbers.number(cell.text) is not None]
    unread = [Unread(c.address, c.text, "没有读懂", False) for c in cells if c.address not in taken]
    report = TableReport(
        table_title(table, None), table.address, "（分节表）", len(cells), len(cells) - len(unread), dict(Counter(u.why for u in unread))
    )
    return facts, unread, report


def _frame(table: Table, context: Context, parsed: grids.Grid, form: Form | None) -> Frame:
    measure = table_measure(table, context, parsed.meta)
    title = table_title(table, form)
    year = table_year(table, context)
    whole = _holding(form, title)  # 固定资产/小计 of what a unit owns is 固定资产
    paths = [path[:-1] if whole and len(path) > 1 and path[-1] in ("小计", "合计") else path for path in parsed.paths]
    headed = columns.sided(parsed, form, [columns.dims(context, form, path) for path in paths])
    alignment = align(parsed, form) if form and form.closed and not foreign(parsed, form, headed, year) else None
    frame = Frame(context, parsed, form, title, measure, year, headed, alignment, _scope(context, form, title))
    roles = owners.roles(context, parsed)
    scope = "" if frame.scope.startswith("item:") and "project" in roles else frame.scope  # the total of a list of projects
    if scope.startswith("item:") and "三公" in title and columns.adds_up(context, parsed, headed, "ind:三公经费"):
        scope = "ind:三公经费"  # …及会议费、培训费: the total leaves them out
    return replace(frame, roles=roles, scope=scope, owners=owners.of(context, parsed, codes.coded(frame)))


def _scope(context: Context, form: Form | None, title: str) -> str:
    """What the totals of a table are about where its title confines it: the 三公 expenses, 政府采购, an economic class
    (…人员经费（工资福利支出）). A title of no form that speaks of no money confines it to itself: its total is none of the unit's."""
    plain = forms.plain(title)
    if "三公" in plain and (form is not None or not re.search(r"会议费|培训费|机关运行", plain)):
        return "ind:三公经费"
    if form is not None:
        parts = re.findall(r"[(（]([^()（）]+)[)）]", title) if {"econ", "govecon"} & set(form.rows) else []
        return next((c.curie for part in parts if (c := context.headings.terms.find(part, ("econ",))) is not None), "")
    named = [
        (forms.plain(label), concept.dims["item"])
        for concept in context.knowledge.by_scheme.get("ind", ())
        if concept.dims.get("item", "ind:合计") not in TOTALS
        for label in (concept.label, *concept.alt)
    ]
    held = {label: item for label, item in named if len(label) > 2 and label in plain}
    items = {item for label, item in held.items() if not any(label != longer and label in longer for longer in held)}
    if items:
        return items.pop() if len(items) == 1 else f"item:{iris.slug(title)}"
    return "" if re.search(r"收|支|预算|决算|经费|资金|无题", plain) or not plain.endswith("表") else f"item:{iris.slug(title)}"


# --- rows and cells ---------------------------------------------------------------------------------


def _row_facts(frame: Frame, n: int) -> list[Fact]:
    facts: list[Fact] = []
    pending = ""
    for block in frame.grid.blocks:
        row = labels.row(frame, n, block, pending)
        if row is None:
            continue
        found = [fact for c in block.figures if (fact := _fact(frame, n, c, row)) is not None]
        pending = "" if found else row.label
        facts += found
    return facts


def _fact(frame: Frame, n: int, c: int, row: Row) -> Fact | None:
    cell = grids.cell(frame.grid.table, n, c)
    if cell is None or not cell.text or cell.text.strip() in _BLANKS:
        return None
    column, heading, repair = _column(frame, n, c)
    if column is None:
        return None
    value = numbers.number(cell.text)
    figure = None if value is not None else numbers.figure(cell.text)
    if value is None and frame.form is not None and (figure is None or figure.value is None or not is_money(figure.measure)):
        return None
    dims = _merge(frame, column, row)
    metric, item, owned = dims.get("metric", "金额"), dims.get("item", "ind:合计"), _holds(frame)
    measure = dims.get("measure", "" if metric == "数量" and "measure" not in column else frame.measure)
    if value is None and figure is None:
        measure = ""  # words (优, 是) are in no measure
    if numbers.is_percent(cell.text):
        measure, metric = "%", metric if metric != "金额" else "比率"
    elif value is None and figure is not None and figure.measure:
        measure, value = figure.measure, figure.value
        metric = metric if metric != "金额" or is_money(measure) else "数量"
    if metric == "数量" and not measure and owned and "." in cell.text:  # 固定资产/车辆, what they are worth
        measure, metric, item = frame.measure, "金额", f"item:{iris.slug(heading[-1])}价值"
    money = is_money(measure)
    year = int(dims.get("year", frame.year)) + int(dims.get("yearShift", 0))
    return Fact(
        address=cell.address,
        quote=cell.text,
        kind="table",
        form=frame.form.name if frame.form else "",
        table=frame.title,
        row=row.path,
        column="/".join(heading),
        unit=dims.get("unit", frame.context.identity.unit),
        year=year,
        phase=dims.get("phase", frame.context.phase),
        metric=metric,
        item=item,
        item_label=_label(frame, item, row, heading),
        measure=measure,
        value=value,
        text=None if value is not None else cell.text,
        low=figure.low if figure else None,
        high=figure.high if figure else None,
        strict=bool(figure and figure.strict),
        flow=dims.get("flow", "支出") if money and not owned else None,
        fund=dims.get("fund", "全部") if money and not owned else None,
        spend=dims.get("spend", "全部") if money and not owned else None,
        project=dims.get("project"),
        func=dims.get("func"),
        leaf=not row.total and (item not in TOTALS or "project" in dims),
        repair=repair or row.repair,
        miscoded=row.miscoded,
    )


def _column(frame: Frame, n: int, c: int) -> tuple[Mapping[str, str] | None, tuple[str, ...], str | None]:
    """Dimensions and heading path of a figure cell, after alignment where headings and cells disagree."""
    if frame.alignment is not None:
        known, heading, repair = frame.alignment.column(n, c)
        return known, heading if repair or not frame.grid.paths[c] else frame.grid.paths[c], repair
    dims = frame.columns[c]
    if dims is not None:
        moved = frame.shift is not None and c >= frame.shift.first
        return dims, frame.grid.paths[c], frame.shift.note if frame.shift and moved else None
    # A column without heading whose left neighbour is headed but empty throughout: the heading slipped by one cell.
    left = c - 1 if not frame.grid.table.spanned else -1
    filled = [grids.cell(frame.grid.table, r, left) for r in frame.grid.body]
    if left >= 0 and frame.columns[left] is not None and frame.grid.paths[left] and not any(x and x.text for x in filled):
        return frame.columns[left], frame.grid.paths[left], "表头错位一格，按左侧空列的表头理解"
    return None, (), None


def _merge(frame: Frame, column: Mapping[str, str], row: Row) -> dict[str, str]:
    """Form, then column, then row: the narrower statement wins; two axes of classification are both kept."""
    dims = dict(frame.form.sets) if frame.form else _titled(frame)
    if _holds(frame):
        dims["phase"] = "其他"  # what a unit owns was neither budgeted nor spent
    dims |= column
    row_item, column_item = row.dims.get("item"), column.get("item")
    counted = _own_measure(frame, column, row)
    dims |= {
        k: v
        for k, v in row.dims.items()
        if k != "item" and not (k == "fund" and _within_fund(frame, column.get("fund"), v)) and not (counted and k in ("measure", "metric"))
    }
    if row_item in (None, *TOTALS) and column_item and (row_item is None or column_item not in TOTALS):
        dims["item"] = column_item
    elif row_item and column_item and column_item not in TOTALS and row_item.startswith("func:"):
        dims |= {"item": column_item, "func": row_item}
    elif row_item:
        dims["item"] = row_item
    if dims.get("item") in (None, *TOTALS) and (row_item in (None, *TOTALS) or not frame.form) and frame.scope:
        dims["item"] = frame.scope
    if (
        row.total
        and "project" not in dims
        and dims.get("item") == "ind:合计"
        and "project" in frame.roles
        and _EVALUATED.search(frame.title)
    ):
        dims["item"] = "ind:绩效自评资金"  # of the projects that were evaluated, not of all
    amount = frame.scope and re.search(r"(?:金额|(?<!资产)总额|合计)$", column.get("heading", ""))
    if "heading" in column and not amount and ("item" not in dims or (row_item in TOTALS and not frame.form)):
        dims["item"] = f"item:{iris.slug(column['heading'])}"
    if dims.get("metric") == "得分" and dims.get("item") in TOTALS and "project" in dims:
        dims["item"] = "ind:总分"
    if counted and column.get("metric", "金额") == "金额" and row.dims.get("metric") == "数量" and row_item:
        dims["item"] = f"item:{iris.slug(row.label)}价值"  # what the things are worth, beside how many there are
    about = frame.context.knowledge.concepts.get(dims.get("item", "")) if not frame.form and dims.get("flow") == "收入" else None
    if about is not None and about.dims.get("flow") == "支出":
        dims["flow"] = "支出"  # what is bought with 一般公共预算拨款收入 is spending
    unsaid = dims.get("metric", "金额") == "金额" and not {"metric", "measure", "item"} & column.keys()
    if unsaid and str(row_item).startswith("item:") and _COUNTED.search(row.label):
        dims["metric"] = "数量"
    inner = row.dims.get("spendInBasic") or labels.spend_in_basic(frame, dims.get("item", "")) or labels.spend_in_basic(frame, frame.scope)
    if inner and dims.get("spend") == "基本支出":
        dims["spend"] = inner
    return dims


def _holds(frame: Frame) -> bool:
    """Whether a table lists what a unit owns."""
    return _holding(frame.form, frame.title)


def _holding(form: Form | None, title: str) -> bool:
    """The same of a title; a known form lists no such things."""
    return form is None and re.search(r"资产", title) is not None and not re.search(r"预算|决算|购置|支出|收益", title)


def _own_measure(frame: Frame, column: Mapping[str, str], row: Row) -> bool:
    """Whether a column says itself in what its figures are: 金额（万元）, or 金额 beside 数量, in a row that is counted (车辆（辆）)."""
    if is_money(row.dims.get("measure", "万元")) or column.get("metric", "金额") not in ("金额", *RATES):
        return column.get("metric") in RATES
    if is_money(column.get("measure", "")) or column.get("metric") in RATES:
        return True
    return column.get("metric") == "金额" and any(c and c.get("metric") == "数量" for c in frame.columns)


def _titled(frame: Frame) -> dict[str, str]:
    """What the title of a table of no known form fixes: its fund, and whether it is of 基本支出 or 项目支出."""
    title = forms.plain(frame.title)
    funds = [(forms.plain(label), c.name) for c in frame.context.knowledge.by_scheme.get("fund", ()) for label in (c.label, *c.alt)]
    named = max(
        (pair for pair in funds if re.search(r"拨款|预算|基金|专户", pair[0]) and pair[0] in title), key=lambda p: len(p[0]), default=None
    )
    spend = next((name for name in ("基本支出", "项目支出") if name in title and title.count("支出") == 1), None)
    if spend is None and "project" in frame.roles and not any(c and "spend" in c for c in frame.columns):
        spend = "项目支出"
    flow = {"flow": "收入"} if "收入" in title and "支出" not in title and "收支" not in title else {}
    return ({"fund": named[1]} if named else {}) | ({"spend": spend} if spend else {}) | flow


def _within_fund(frame: Frame, fund: str | None, whole: str) -> bool:
    """Whether a column's fund is part of the row's: 一般公共预算 of 年末财政拨款结转和结余 is the narrower statement."""
    concept = frame.context.knowledge.concepts.get(f"fund:{fund}") if fund else None
    while concept is not None and concept.broader:
        if concept.broader == f"fund:{whole}":
            return True
        concept = frame.context.knowledge.concepts.get(concept.broader)
    return False


def _label(frame: Frame, item: str, row: Row, heading: tuple[str, ...]) -> str:
    concept = frame.context.knowledge.concepts.get(item)
    for name in (row.label, *heading[-1:]):
        if item == f"item:{iris.slug(name)}价值":
            return f"{name}价值"
    above = next((name for name in reversed(heading[-2:]) if item == f"item:{iris.slug(name)}"), "")
    if above and row.dims.get("item") != item:
        return above
    if row.dims.get("item") == item and row.item_label and not item.startswith("ind:"):
        return row.item_label
    if concept is not None:
        return concept.label
    return row.item_label or (heading[-1] if heading else item.partition(":")[2])


def _mark_totals(facts: list[Fact], knowledge: Knowledge) -> list[Fact]:
    """A figure is no leaf where the same table has its parts: longer codes of the same scheme (of the second axis too), or the parts of
    an indicator."""
    items = {f.item for f in facts}
    crossed = {(f.item, f.func) for f in facts if f.func}
    wide = {(i, a) for i, a in crossed if any(a != b and i == j and (b or "").startswith(a or "") for j, b in crossed)}
    whole = set()
    for item in items:
        scheme, _, code = item.partition(":")
        concept = knowledge.concepts.get(item)
        finer = code.isdecimal() and any(o != item and o.startswith(f"{scheme}:{code}") for o in items)
        if finer or (concept is not None and items & set(concept.parts)):
            whole.add(item)
    return [replace(f, leaf=False) if f.item in whole or (f.item, f.func) in wide else f for f in facts]


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
    if grid.paths[c] and grids.is_dated(grid.paths[c][-1]):
        return "日期或编号", True
    if frame.alignment is not None and any(row == n for row, _ in frame.alignment.cells):
        full = {place for (row, _), place in frame.alignment.cells.items() if row == n} == set(range(len(frame.alignment.form.columns)))
        return ("多印的数（表式各栏都已有数）", True) if full else ("超出本表固定的栏数", False)
    if not grid.paths[c]:
        filled = [cell.text for row in grid.body if (cell := grids.cell(grid.table, row, c)) and cell.text]
        return ("多印的空栏（无表头，全为零）", True) if not any(map(numbers.number, filled)) else ("表头没有这一列", False)
    return "没有行名", False
