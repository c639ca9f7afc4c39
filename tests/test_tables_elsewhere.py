"""Tables as other provinces head and number them, made up and read by hand."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from kg import graph, knowledge
from kg.build import read
from kg.model import Fact, Reading

FILES = {"预算": "budget.txt", "决算": "accounts.txt"}


@cache
def reading(name: str) -> Reading:
    return read(Path(__file__).parent / "tables" / FILES[name])


def at(name: str, row: str, column: str) -> Fact:
    (fact,) = [f for f in reading(name).facts if (f.row, f.column) == (row, column)]
    return fact


# document, row, column, value, measure, year, phase, flow, fund, spend, metric, item
CELLS = [
    ("预算", "一般公共预算拨款", "收入/2025年预算", "2000.00", "万元", 2025, "预算", "收入", "一般公共预算", "全部", "金额", "ind:合计"),
    ("预算", "合计", "2024年执行数", "1900.00", "万元", 2024, "决算", "支出", "一般公共预算", "全部", "金额", "ind:合计"),
    ("预算", "合计", "2025年预算数/小计", "2000.00", "万元", 2025, "预算", "支出", "一般公共预算", "全部", "金额", "ind:合计"),
    (
        "预算",
        "2010601 行政运行",
        "2025年预算数/项目支出",
        "200.00",
        "万元",
        2025,
        "预算",
        "支出",
        "一般公共预算",
        "项目支出",
        "金额",
        "func:2010601",
    ),
    (
        "预算",
        "2010601 行政运行",
        "2025年预算数比2024年执行数/增减%",
        "20.00",
        "%",
        2025,
        "预算",
        None,
        None,
        None,
        "变动率",
        "func:2010601",
    ),
    ("预算", "", "2024年预算数/合计", "22.00", "万元", 2024, "预算", "支出", "财政拨款", "全部", "金额", "ind:三公经费"),
    ("预算", "", "2025年预算数/公务接待费", "4.00", "万元", 2025, "预算", "支出", "财政拨款", "全部", "金额", "ind:公务接待费"),
    ("决算", "合计", "项目支出", "7000000.00", "元", 2024, "决算", "支出", "全部", "项目支出", "金额", "ind:合计"),
    ("决算", "", "2024年度决算数/合计", "200000.00", "元", 2024, "决算", "支出", "财政拨款", "全部", "金额", "ind:三公经费"),
    ("决算", "支出合计", "统计数", "200000.00", "元", 2024, "决算", "支出", "全部", "全部", "金额", "ind:三公经费"),
    ("决算", "公务用车保有量", "统计数", "4", "辆", 2024, "决算", None, None, None, "数量", "ind:公务用车保有量"),
    ("决算", "国内公务接待人次", "统计数", "280", "人", 2024, "决算", None, None, None, "数量", "ind:公务接待人次"),
    ("决算", "机关运行经费", "统计数", "1950000.00", "元", 2024, "决算", "支出", "全部", "全部", "金额", "ind:机关运行经费"),
]


@pytest.mark.parametrize("case", CELLS, ids=lambda case: f"{case[0]}-{case[1]}-{case[2]}")
def test_cell(case: tuple[str | int | None, ...]) -> None:
    name, row, column, value, *rest = case
    fact = at(str(name), str(row), str(column))
    assert fact.value == Decimal(str(value))
    assert [fact.measure, fact.year, fact.phase, fact.flow, fact.fund, fact.spend, fact.metric, fact.item] == rest


@pytest.mark.parametrize("name", ["预算", "决算"])
def test_no_number_is_left_out(name: str) -> None:
    assert [u.text for u in reading(name).unread if not u.harmless] == []


def test_a_new_code_teaches_its_name() -> None:
    """低空经济监管 stands in no code list: it is taken as printed, and marked as learned."""
    fact = at("决算", "2013777 低空经济监管", "基本支出")
    assert (fact.item, fact.item_label, fact.value) == ("func:2013777", "低空经济监管", Decimal("2000000.00"))
    said = {(str(q.subject), str(q.predicate), str(q.object)) for q in graph.entities(reading("决算"), knowledge.load())}
    learned = str(graph.node("func:2013777"))
    kind = str(graph.node("f:LearnedItem"))
    assert (learned, "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>", kind) in said
