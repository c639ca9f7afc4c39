"""Layouts of other provinces, made up and read by hand: numbers of columns with formulas, codes of projects, years over indicators."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from kg.build import read
from kg.model import Fact

ACCOUNTS = """<html><body>
<h1>西川县林业局2023年度部门决算</h1>
<h2>第三部分 2023年度部门决算表</h2>
<p>收入支出决算总表</p>
<table><tr><td>部门：西川县林业局</td><td>公开01表<br/>金额单位：万元</td></tr></table>
<table border="1">
<tr><td colspan="2">收入</td><td colspan="2">支出</td></tr>
<tr><td>项目</td><td>金额</td><td>项目</td><td>金额</td></tr>
<tr><td>一、一般公共预算财政拨款收入</td><td>80.00</td><td>十二、农林水支出</td><td>84.00</td></tr>
<tr><td>本年收入合计</td><td>84.00</td><td>本年支出合计</td><td>84.00</td></tr>
</table>
<p>一般公共预算财政拨款支出决算表</p>
<table><tr><td>部门：西川县林业局</td><td>公开05表<br/>金额单位：万元</td></tr></table>
<table border="1">
<tr><td colspan="4">项目</td><td rowspan="2">2022年度决算数</td><td rowspan="2">2023年度年初预算数</td>
<td colspan="3">2023年度决算数</td><td rowspan="2">较上年增减</td></tr>
<tr><td colspan="3">支出功能分类科目编码</td><td>科目名称</td><td>小计</td><td>基本支出</td><td>项目支出</td></tr>
<tr><td>类</td><td>款</td><td>项</td><td>栏次</td><td>1</td><td>2</td><td>3</td><td>4</td><td>5</td><td>6=3-1</td></tr>
<tr><td colspan="4">合计</td><td>70.00</td><td>75.00</td><td>80.00</td><td>50.00</td><td>30.00</td><td>10.00</td></tr>
<tr><td>213</td><td></td><td></td><td>农林水支出</td><td>70.00</td><td>75.00</td><td>80.00</td><td>50.00</td><td>30.00</td><td>10.00</td></tr>
<tr><td>213</td><td>02</td><td></td><td>林业和草原</td><td>70.00</td><td>75.00</td><td>80.00</td><td>50.00</td><td>30.00</td><td>10.00</td></tr>
<tr><td>213</td><td>02</td><td>04</td><td>事业机构</td><td>70.00</td><td>75.00</td><td>80.00</td><td>50.00</td><td>30.00</td><td>10.00</td></tr>
</table>
</body></html>"""

BUDGET = """南江市水利局2024年部门预算
项目支出预算表
单位：万元
一级项目名称|二级项目名称|项目代码|实施单位|总计|一般公共预算
合计||||60.00|60.00
防汛抗旱|小计|||60.00|60.00
防汛抗旱|防汛物资|421090240010|局本级|42.00|42.00
防汛抗旱|预警系统运维|421090240011|局本级|18.00|18.00

项目支出预算表（其他运转类、特定目标类项目）
单位：万元
项目名称|项目代码|功能科目编码|功能科目名称|经济科目编码|经济科目名称|合计
联防联控经费||||||7.00
联防联控经费|530925240000002210321|2130305|水利工程建设|30201|办公费|3.00
联防联控经费|530925240000002210321|2130305|水利工程建设|30226|劳务费|4.00

项目支出绩效目标表
项目名称|年度绩效目标|一级指标|二级指标|三级指标|指标性质|指标值|度量单位|指标属性
防汛物资|满足调运需求。|产出指标|数量指标|补充编织袋|>=|12|万条|定量指标
||效益指标|社会效益指标|调运及时率|>=|95|%|定量指标

部门整体支出绩效目标表
一级指标|二级指标|三级指标|指标值|指标值|指标值|指标值确定依据
一级指标|二级指标|三级指标|2022年|2023年|2024年预计实现|指标值确定依据
效益指标|社会效益指标|自来水普及率|97.2%|98.1%|98.6%|规划标准
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("layouts")


@pytest.fixture(scope="module")
def accounts(folder: Path) -> tuple[Fact, ...]:
    path = folder / "西川县林业局2023年度部门决算.html"
    path.write_text(ACCOUNTS, "utf-8")
    return read(path).facts


@pytest.fixture(scope="module")
def budget(folder: Path) -> tuple[Fact, ...]:
    path = folder / "南江市水利局2024年部门预算.txt"
    path.write_text(BUDGET.replace("|", "\t"), "utf-8")
    return read(path).facts


def test_captions_in_a_table_of_their_own(accounts: tuple[Fact, ...]) -> None:
    """部门：… | 公开05表 over a table are its captions: the form is known, and its figures are of the fund that it is about."""
    of_form = {f.quote: (f.form, f.fund) for f in accounts if f.item == "func:2130204" and f.metric == "金额"}
    assert of_form["75.00"] == ("K05", "一般公共预算")


def test_columns_numbered_with_formulas(accounts: tuple[Fact, ...]) -> None:
    """栏次 | 1 | … | 6=3-1 is no row of figures, and 类 款 项 before it are codes."""
    assert not [f for f in accounts if f.value in (Decimal(3), Decimal(5))]
    changed = [f for f in accounts if f.column == "较上年增减" and f.item == "func:2130204"]
    assert [(f.metric, f.value) for f in changed] == [("变动额", Decimal("10.00"))]


def test_codes_of_projects_are_no_money(budget: tuple[Fact, ...]) -> None:
    assert not [f for f in budget if f.value is not None and f.value > 1000]


def test_the_sum_of_projects_below_one(budget: tuple[Fact, ...]) -> None:
    """防汛抗旱 60.00 is what 防汛物资 42.00 and 预警系统运维 18.00 make."""
    totals = [(f.project, f.item, f.value) for f in budget if f.column == "总计" and f.project]
    assert totals == [
        ("防汛抗旱", "ind:小计", Decimal("60.00")),
        ("防汛物资", "ind:合计", Decimal("42.00")),
        ("预警系统运维", "ind:合计", Decimal("18.00")),
    ]


def test_economic_classes_of_a_project(budget: tuple[Fact, ...]) -> None:
    parts = [(f.item, f.func, f.value) for f in budget if f.project == "联防联控经费"]
    assert parts == [
        ("ind:合计", None, Decimal("7.00")),
        ("econ:30201", "func:2130305", Decimal("3.00")),
        ("econ:30226", "func:2130305", Decimal("4.00")),
    ]


def test_signs_and_measures_beside_indicators_of_projects(budget: tuple[Fact, ...]) -> None:
    """>= | 95 | % in three columns is ≥95%, a target with its measure."""
    found = {f.item_label: (f.low, f.measure, f.project) for f in budget if f.item_label in ("补充编织袋", "调运及时率")}
    assert found == {"补充编织袋": (Decimal(120000), "条", "防汛物资"), "调运及时率": (Decimal(95), "%", "防汛物资")}


def test_years_over_the_values_of_an_indicator(budget: tuple[Fact, ...]) -> None:
    values = {(f.year, f.phase, f.value) for f in budget if f.item_label == "自来水普及率"}
    assert values == {(2022, "完成", Decimal("97.2")), (2023, "完成", Decimal("98.1")), (2024, "目标", Decimal("98.6"))}
