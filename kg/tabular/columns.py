"""What the headings over a column of figures fix: phase, year, fund, kind of spending, measure; and whether the figures are changes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from kg import numbers
from kg.knowledge import Form
from kg.tabular import forms
from kg.tabular import grid as grids
from kg.tabular.context import RATES, Context
from kg.tabular.frame import TOTALS

_YEAR = re.compile(r"(?<![比较与同转\d])((?:19|20)\d\d)(?=年|[-—]?(?:年初|全年|调整)?(?:预算|决算|执行))")
_LAST_YEAR = re.compile(r"(?:其中[:：]?)?(?:上年|上一年|去年)(?!.*结[转余])")  # 上年结转 is a source of this year
_MEASURE = re.compile(r"[(（](?:(?:金额|计量)?单位[:：]?)?(%|％|人次?|辆|个|台|套|户|批次?|次|场|平方米|㎡|分|亿元|万元|千元|元)[)）]")
_CHANGE = re.compile(r"(?:比|较|与|同).*(?:增减|增长|增加|减少|下降|变动|变化|相比|对比|差额|差异)|^(?:增减|变动|同比)")
_TOLD = ("target", "actual", "weight", "score")
#: The heading over the names of a block that says which way its money goes: 收入项目 | 预算数 | 支出项目 | 预算数.
_SIDE = re.compile(r"(收入|支出)(?:项目|科目|内容|类别|分类|名称)*(?:[（(].*[)）])?")
_RATE = re.compile(r"[%％率幅]|比例|百分比|幅度")


def dims(context: Context, form: Form | None, path: tuple[str, ...]) -> Mapping[str, str] | None:
    """The dimensions that a heading path fixes, `heading` where its last word means nothing known; None where there is no path."""
    if not path:
        return None
    place = forms.position(path, form.columns) if form else None
    best = form.columns[place].sets if form and place is not None else None
    first = tuple(s for s in (form.rows if form else ()) if s in ("econ", "govecon"))
    found: dict[str, str] = {}
    change = False
    for text in path:
        concepts = context.headings.concepts(text, first)
        if found.get("phase") == "预算" and (kind := context.headings.terms.find(f"{text}预算数", ("ph",))) is not None:
            concepts = (kind,)  # 预算数 over 年初 and 调整
        for concept in concepts:
            found |= {k: v for k, v in concept.dims.items() if k != "item" or v not in TOTALS or "item" not in found}
            if concept.prefix == "ph" and (side := re.match("收入|支出", text)):
                found["flow"] = side[0]  # 收入预算 is a phase, and says which way the money goes
        change = change or found.get("metric") in ("变动额", "变动率") or bool(_CHANGE.search(text))
        if not concepts and text == path[-1] and best is None and not change and not _says_only_when(text):
            found["heading"] = text
        if match := _MEASURE.search(text):
            found["measure"] = "%" if match[1] in "%％" else match[1]
        if match := _YEAR.search(text):
            found["year"] = match[1]
        elif _LAST_YEAR.match(text):
            found["yearShift"] = "-1"
    if (told := context.headings.heading(path[-1])) is not None and told.role in _TOLD:  # 指标值, 分值: what the column alone fixes
        found |= told.dims
        found.pop("heading", None)
    if best is not None:
        found |= best
        found.pop("heading", None)
    if re.match(r"占.*(?:比重|比例|比|[%％])$", re.sub(r"[(（][%％][)）]$", "%", path[-1])):
        found["metric"] = "占比"
        found.pop("heading", None)
    if change:
        found["metric"] = "变动率" if _RATE.search(path[-1]) else "变动额"
    if found.get("metric") in ("分值", "得分"):
        found.setdefault("measure", "分")
    if found.get("metric") in RATES or (path[-1].endswith(("%", "％")) and found.get("metric", "金额") == "金额"):
        found |= {"measure": "%", "metric": found.get("metric", "比率").replace("金额", "比率")}
    return found


def _says_only_when(text: str) -> bool:
    """Whether a heading is a year and nothing more (2024年)."""
    return re.fullmatch(r"(?:(?:19|20)\d\d年?度?|本年度?|上年度?|当年)(?:[(（][^()（）]*[)）])?", text) is not None


def sided(grid: grids.Grid, form: Form | None, headed: Sequence[Mapping[str, str] | None]) -> tuple[Mapping[str, str] | None, ...]:
    """The dimensions of the columns with the way the money goes that only the heading over the names of their block says."""
    found = list(headed)
    for block in grid.blocks if form is not None and "flow" not in form.sets else ():
        side = next((m[1] for c in block.labels for text in grid.paths[c] if (m := _SIDE.fullmatch(text))), "")
        for c in block.figures if side else ():
            dims = found[c]
            if dims is not None and "flow" not in dims:
                found[c] = {**dims, "flow": side}
    return tuple(found)


def adds_up(context: Context, grid: grids.Grid, headed: Sequence[Mapping[str, str] | None], item: str) -> bool:
    """Whether the total of every row is what the columns of the parts of an indicator add up to; with any other column it would not be."""
    parts = context.knowledge.concepts[item].parts
    totals = [c for b in grid.blocks for c in b.figures if (headed[c] or {}).get("item") in TOTALS]
    pieces = {c: (headed[c] or {}).get("item", "") for b in grid.blocks for c in b.figures if c not in totals}
    told = False
    for n in grid.body if len(totals) == 1 and set(parts) <= set(pieces.values()) else ():
        row = {c: v for c in (*totals, *pieces) if (cell := grids.cell(grid.table, n, c)) and (v := numbers.number(cell.text)) is not None}
        if totals[0] not in row:
            continue
        inside = sum((v for c, v in row.items() if pieces.get(c) in parts), Decimal(0))
        if inside != row[totals[0]]:
            return False
        told = told or any(v for c, v in row.items() if c != totals[0] and pieces[c] not in parts)
    return told
