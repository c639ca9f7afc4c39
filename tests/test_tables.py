"""Tables of the corpus, read by hand: value, place and every dimension; broken tables named with what is broken about them."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from kg import build
from kg.model import Fact, Reading

CORPUS = Path(__file__).parent.parent / "corpus"
DATA_2024 = "株洲市天元区数据局-2024年度部门决算.txt"
CENTRE_2023 = "株洲市天元区城市管理数字化指挥中心-2023年度部门决算.txt"
BUDGET_2022 = "株洲市城市管理监督指挥中心-2022年单位预算.txt"
REPORT_2021 = "株洲市城市管理监督指挥中心-2021年度部门整体支出绩效自评报告.txt"


@cache
def reading(name: str) -> Reading:
    return build.read(CORPUS / name)


def at(name: str, line: int, column: int) -> Fact:
    found = [f for f in reading(name).facts if (f.address.line, f.address.column) == (line, column)]
    assert len(found) == 1, f"{name} line {line} column {column}: {len(found)} facts"
    return found[0]


# name, line, tab column, value, phase, flow, fund, spend, item, leaf
CELLS = [
    (DATA_2024, 84, 3, "1227.61", "决算", "收入", "一般公共预算", "全部", "ind:合计", False),
    (DATA_2024, 90, 6, "20.26", "决算", "支出", "全部", "全部", "func:208", True),
    (DATA_2024, 96, 6, "1227.61", "决算", "支出", "全部", "全部", "ind:总计", False),
    (DATA_2024, 114, 4, "948.74", "决算", "收入", "财政拨款", "全部", "func:2010302", True),
    (DATA_2024, 137, 5, "948.74", "决算", "支出", "全部", "项目支出", "func:2010302", True),  # printed "948. 74"
    (DATA_2024, 144, 4, "11.42", "决算", "支出", "全部", "基本支出", "func:2101103", True),  # the row after a page break
    (DATA_2024, 167, 7, "17.30", "决算", "支出", "一般公共预算", "全部", "func:221", True),
    (DATA_2024, 170, 3, "0.00", "决算", "结转结余", "一般公共预算", "全部", "ind:年初结转和结余", True),  # under its parent row
    (DATA_2024, 169, 7, "0.00", "决算", "结转结余", "一般公共预算", "全部", "ind:年末结转和结余", True),  # the column's fund is narrower
    (DATA_2024, 187, 4, "248.87", "决算", "支出", "一般公共预算", "基本支出", "ind:合计", False),
    (DATA_2024, 209, 3, "54.38", "决算", "支出", "一般公共预算", "人员经费", "econ:30101", True),
    (DATA_2024, 224, 6, "0.21", "决算", "支出", "一般公共预算", "公用经费", "econ:30217", True),
    # its label stands five cells to the left
    (DATA_2024, 236, 9, "36.32", "决算", "支出", "一般公共预算", "公用经费", "ind:合计", False),
    (DATA_2024, 286, 1, "1.4", "全年预算", "支出", "财政拨款", "全部", "ind:三公经费", False),
    (DATA_2024, 286, 9, "1.4", "决算", "支出", "财政拨款", "全部", "ind:公务用车购置及运行维护费", False),
    (DATA_2024, 286, 12, "0.21", "决算", "支出", "财政拨款", "全部", "ind:公务接待费", True),
    (CENTRE_2023, 83, 6, "279.35", "决算", "支出", "全部", "全部", "func:212", True),  # 公开01表 in the layout of 04
    (CENTRE_2023, 83, 7, "279.35", "决算", "支出", "一般公共预算", "全部", "func:212", True),
    (CENTRE_2023, 151, 6, "279.35", "决算", "支出", "财政拨款", "全部", "func:212", True),  # 支出 printed three cells too far right
    (CENTRE_2023, 271, 1, "3.95", "全年预算", "支出", "财政拨款", "全部", "ind:三公经费", False),  # 栏次 1–14 over 12 columns
    (CENTRE_2023, 271, 6, "0.00", "全年预算", "支出", "财政拨款", "全部", "ind:公务接待费", True),
    (CENTRE_2023, 271, 11, "3.95", "决算", "支出", "财政拨款", "全部", "ind:公务用车运行维护费", True),
    (BUDGET_2022, 184, 6, "260.85", "预算", "支出", "全部", "人员经费", "econ:301", True),  # third of four blocks side by side
    (BUDGET_2022, 187, 8, "1915.18", "预算", "支出", "全部", "全部", "govecon:505", True),
    (BUDGET_2022, 237, 4, "1896.57", "预算", "支出", "财政拨款", "全部", "func:212", True),
    (BUDGET_2022, 314, 8, "5.00", "预算", "支出", "财政拨款", "全部", "ind:公务接待费", False),
]


@pytest.mark.parametrize(("name", "line", "column", "value", "phase", "flow", "fund", "spend", "item", "leaf"), CELLS)
def test_cell(name: str, line: int, column: int, value: str, phase: str, flow: str, fund: str, spend: str, item: str, leaf: bool) -> None:
    fact = at(name, line, column)
    assert (fact.value, fact.measure) == (Decimal(value), "万元")
    assert (fact.phase, fact.flow, fact.fund, fact.spend, fact.item, fact.leaf) == (phase, flow, fund, spend, item, leaf)


def test_a_quote_is_what_the_file_says() -> None:
    fact = at(DATA_2024, 137, 5)
    assert (fact.quote, fact.row, fact.column) == ("948. 74", "2010302 一般行政管理事务", "项目支出")
    assert (fact.form, fact.table) == ("K03", "支出决算表")


def test_a_repaired_row_says_so() -> None:
    """公开09表 of 2023 has 14 cells under 12 headings: the reading whose sums hold is taken, the two left over are told."""
    assert at(CENTRE_2023, 271, 11).repair == "按表格固定栏序理解"
    left = [(u.address.column, u.text) for u in reading(CENTRE_2023).unread if u.address.line == 271 and u.why.startswith("多印")]
    assert left == [(13, "3.95"), (14, "0.00")]


def test_headings_beside_their_figures() -> None:
    """Two headings more than columns: 33.51 stands under 公务用车运行维护费, which is 8.00 in three other tables."""
    other, whole, part = (at(BUDGET_2022, 278, column) for column in (15, 17, 18))
    assert (other.item, other.column, other.value) == ("govecon:50299", "机关商品和服务支出/其他商品和服务支出", Decimal("33.51"))
    assert (whole.item, whole.column, whole.value) == ("govecon:505", "对事业单位经常性补助/合计", Decimal("59.49"))
    assert (part.item, part.column, part.value) == ("govecon:505", "对事业单位经常性补助", Decimal("59.49"))
    assert {f.repair for f in (other, whole, part)} == {"表头与数据错位2格，已按合计关系和其他表的同名科目复位"}
    assert at(BUDGET_2022, 278, 7).repair is None


def test_a_name_and_its_figure_in_one_cell() -> None:
    """年度预算申请（万元） | 资金总额：1953.85, and below it what 按收入性质分 says of the way of the money."""
    total, income, spending = (at(BUDGET_2022, line, column) for line, column in ((453, 2), (455, 3), (455, 5)))
    assert (total.row, total.value, total.measure, total.quote) == ("资金总额", Decimal("1953.85"), "万元", "资金总额：1953.85")
    assert [f.flow for f in (income, spending)] == ["收入", "支出"]


def test_sentences_in_notes() -> None:
    """支出测算依据及过程说明: 处置单位专用光纤73条、手持终端140台通信服务费、车载数据卡187张…"""
    found = [f for f in reading(BUDGET_2022).facts if f.address.line == 390 and f.metric == "数量"]
    assert [(f.row.rpartition("/")[2], f.value, f.measure) for f in found[:4]] == [
        ("处置单位专用光纤", Decimal(73), "条"),
        ("手持终端", Decimal(140), "台"),
        ("车载数据卡", Decimal(187), "张"),
        ("全球眼平台和存储服务", Decimal(134), "个"),
    ]
    assert {f.column for f in found} == {"支出测算依据及过程说明/数量"}


@pytest.mark.parametrize("name", [DATA_2024, CENTRE_2023, BUDGET_2022, REPORT_2021])
def test_every_number_of_a_table_is_accounted_for(name: str) -> None:
    assert [u.text for u in reading(name).unread if not u.harmless] == []


# name, line, column, project, item label, phase, metric, value, low, high, text, measure
INDICATORS = [
    (DATA_2024, 615, 3, "“放管服”和“一件事一次办”改革工作经费", "年初预算", "金额", "15", None, None, "万元"),
    (DATA_2024, 615, 7, "“放管服”和“一件事一次办”改革工作经费", "决算", "执行率", "99.00", None, None, "%"),
    (DATA_2024, 704, 5, "政务服务大厅运转经费", "目标", "指标值", None, "95", None, "%"),
    (DATA_2024, 704, 6, "政务服务大厅运转经费", "完成", "指标值", "99.99", None, None, "%"),
    (DATA_2024, 714, 6, "政务服务大厅运转经费", "完成", "指标值", "738.5", None, None, "万元"),
    (DATA_2024, 743, 8, "株洲市天元区视频监控镇、街道新建及教育系统升级改造项目", "完成", "得分", "88.10", None, None, "分"),
    (REPORT_2021, 114, 4, None, "完成", "指标值", None, None, None, ""),  # the row stands two cells too far left
    (REPORT_2021, 115, 4, None, "目标", "指标值", None, "85", None, "%"),
    (REPORT_2021, 116, 8, None, "完成", "得分", "98.5", None, None, "分"),
    (REPORT_2021, 167, 5, "系统升级维护专项经费", "决算", "金额", "42.62", None, None, "万元"),
    (CENTRE_2023, 521, 4, "数字城管建设及运行", "全年预算", "金额", "122.1", None, None, "万元"),
]


@pytest.mark.parametrize(("name", "line", "column", "project", "phase", "metric", "value", "low", "high", "measure"), INDICATORS)
def test_indicator(
    name: str,
    line: int,
    column: int,
    project: str | None,
    phase: str,
    metric: str,
    value: str | None,
    low: str | None,
    high: str | None,
    measure: str,
) -> None:
    fact = at(name, line, column)
    assert fact.project == project
    assert (fact.phase, fact.metric, fact.measure) == (phase, metric, measure)
    assert [None if x is None else str(x) for x in (fact.value, fact.low, fact.high)] == [value, low, high]


def test_a_text_value_stays_text() -> None:
    fact = at(DATA_2024, 732, 6)
    assert (fact.value, fact.text, fact.row) == (None, "一般", "产出指标/质量指标/设备达标率")


def test_a_row_split_by_a_page_break_is_joined() -> None:
    fact = at(CENTRE_2023, 538, 5)
    assert (fact.text, fact.repair) == ("促进城市环境卫生更加美好", "跨页断行，已与下一行拼合")


def test_a_table_of_another_year_says_its_year() -> None:
    """The project table at the end of the 2023 accounts is headed 2022年度."""
    assert at(CENTRE_2023, 521, 4).year == 2022


def test_last_years_column_is_last_years() -> None:
    fact = at(DATA_2024, 578, 2)
    assert (fact.value, fact.year, fact.phase, fact.item) == (Decimal("2.23"), 2023, "决算", "ind:三公经费")


@pytest.mark.parametrize("name", [DATA_2024, CENTRE_2023, BUDGET_2022, REPORT_2021])
def test_no_numeric_cell_is_lost_in_silence(name: str) -> None:
    found = reading(name)
    places = {(f.address.line, f.address.column) for f in found.facts} | {(u.address.line, u.address.column) for u in found.unread}
    for report in found.tables:
        assert report.numeric <= report.facts + sum(report.skipped.values())
    assert name != DATA_2024 or (286, 7) in places


def test_a_printed_name_outweighs_a_code_of_the_publishers_own(tmp_path: Path) -> None:
    """Some publishers number the rows of 经济分类 themselves: 302 04 is 手续费 in the classification, the row is 电费."""
    file = tmp_path / "甲市乙区福利院-2024年度部门决算.txt"
    file.write_text(
        "甲市乙区福利院2024年度部门决算\n\n一般公共预算财政拨款基本支出决算表\n单位：万元\n\n"
        "经济分类科目编码\t科目名称\t决算数\n302\t商品和服务支出\t7.50\n30204\t电费\t3.20\n30212\t退休人员活动费\t4.30\n30299\t其他商品服务支出\t0.00\n",
        encoding="utf-8",
    )
    found = {fact.row: fact for fact in build.read(file).facts if fact.kind == "table"}
    assert {row: fact.item for row, fact in found.items()} == {
        "302 商品和服务支出": "econ:302",
        "30204 电费": "econ:30206",
        "30212 退休人员活动费": "item:退休人员活动费",
        "30299 其他商品服务支出": "econ:30299",
    }
    assert found["30204 电费"].repair == "编码30204是“手续费”，与名称“电费”不符，按名称记"
    assert found["30299 其他商品服务支出"].repair is None
