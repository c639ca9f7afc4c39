"""What reading a table needs to know beside the table, and what a table says about itself as a whole."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from kg import terms
from kg.knowledge import Form, Knowledge
from kg.model import Identity, Table
from kg.tabular import forms
from kg.tabular import grid as grids

_UNIT_LINE = re.compile(r"单位\s*[:：]\s*(?:人民币)?\s*(亿元|万元|千元|元)")
#: Metrics that are ratios, whatever the table's measure of money.
RATES = ("占比", "完成率", "执行率", "变动率", "比率")
_MONEY = re.compile(r"(亿元|万元|千元|元)")
_YEAR = re.compile(r"((?:19|20)\d\d)\s*年|截[止至](?:时间|日期)?[:：]?\s*((?:19|20)\d\d)[-./]")


@dataclass(frozen=True)
class Context:
    """One document's identity and the knowledge, shared by all its tables."""

    identity: Identity
    knowledge: Knowledge
    headings: forms.Headings
    forms: forms.Forms
    measure: str  # the document's own, for tables that print none

    def role(self, text: str) -> str | None:
        """What a heading stands for; the name of the unit itself, wandered into the grid, is a caption."""
        return "caption" if terms.key(text) == terms.key(self.identity.unit) else self.headings.role(text)

    @property
    def phase(self) -> str:
        """The phase of a figure that says none: a budget document speaks of 预算, the others of what was spent."""
        return "预算" if self.identity.kind.endswith("预算") else "决算"

    def measure_name(self, printed: str) -> str:
        """The notation of a printed measure; a compound (个网格, 个工作日) is known by its beginning. '' where none is."""
        for end in range(len(printed), 0, -1):
            concept = self.headings.terms.find(printed[:end], ("mu",))
            if concept is not None:
                return "%" if concept.label == "%" else concept.name
        return ""


def declared_measure(captions: list[str]) -> str:
    """The money measure that most 单位：… lines of a document declare; 万元 where none does."""
    found = Counter(m[1] for caption in captions if (m := _UNIT_LINE.search(caption)))
    return found.most_common(1)[0][0] if found else "万元"


def is_money(measure: str) -> bool:
    """Whether a measure is one of money."""
    return bool(_MONEY.fullmatch(measure))


def money_measure(text: str) -> str:
    """The money measure that a heading carries (项目资金(万元)), or ''."""
    match = re.search(r"[(（]\s*(亿元|万元|千元|元)\s*[)）]", text)
    return match[1] if match else ""


def table_measure(table: Table, context: Context, meta: tuple[str, ...]) -> str:
    """The measure that the captions of a table declare, else the document's."""
    return next((m[1] for caption in reversed([*table.captions, *meta]) if (m := _UNIT_LINE.search(caption))), context.measure)


def table_year(table: Table, context: Context) -> int:
    """The year in the captions of a table, else the document's; 公开03表, 预算年度 and 单位：万元 count for no lines."""
    said = [text for text in table.captions if not grids.is_meta(text) or "部门" in text][-3:]
    return next((int(m[1] or m[2]) for text in reversed(said) if (m := _YEAR.search(text))), context.identity.year)


def table_title(table: Table, form: Form | None) -> str:
    """The printed title of a table: the caption that names its form, else the last that is no 单位 or number line."""
    lines = [
        c
        for c in table.captions
        if not grids.is_meta(c)
        and not grids.is_phase(c)
        and not _UNIT_LINE.search(c)
        and not re.fullmatch(r"附[件表]?\s*\d*[：:]?", c)
        and not re.match(r"填报|填表|联系电话|单位负责人|截[止至](?:时间|日期)|预算年度[:：]", c)
        and not (re.fullmatch(r"\d{3,}[\u4e00-\u9fff（）()]+", c) and not c.endswith("表"))  # the unit behind its code
    ]
    if form:
        known = {"…".join(forms.plain(part) for part in t.split("…")) for t in form.titles}
        for caption in reversed(lines):
            if any(forms.within(k, forms.plain(caption)) for k in known):
                return terms.strip_numbering(caption)
        return form.label
    first = [cell.text for cell in table.rows[0] if cell.text.strip()] if table.rows else []
    if len(first) == 1 and re.search(r"表[)）]?$", first[0]) and not grids.is_meta(first[0]):
        return grids.compact(first[0])  # the title stands in the table itself
    if lines and re.search(r"表|情况|明细", lines[-1]):
        return terms.strip_numbering(lines[-1])
    section = next((s for s in reversed(table.section) if "表" in s), "")
    return terms.strip_numbering(lines[-1] if lines else section) or "（无题表格）"
