"""Tables with other columns than the forms have, made up and read by hand; a document that agrees with itself draws no finding."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from kg import build
from kg.library.store import open_library
from kg.model import Fact, Reading

#: name of the document: its text, with | between the cells
DOCUMENTS = {
    "accounts": """南谷县水务局2024年度部门决算
收入支出决算总表
公开01表
部门：南谷县水务局
单位：万元
收入|收入|支出|支出
项目|决算数|项目|决算数
一、一般公共预算财政拨款收入|80.00|十二、农林水支出|85.00
本年收入合计|80.00|本年支出合计|85.00
年初结转和结余|12.00|年末结转和结余|7.00
总计|92.00|总计|92.00

一般公共预算财政拨款收入支出决算表
公开05表
部门：南谷县水务局
单位：万元
项目||年初结转和结余|||本年收入|||本年支出|||||年末结转和结余||
科目编码|科目名称|合计|基本支出结转|项目支出结转和结余|合计|基本支出|项目支出|合计|基本支出|||项目支出|合计|基本支出结转|项目支出结转和结余
|||||||||小计|人员经费|公用经费||||
合计||12.00|2.00|10.00|80.00|50.00|30.00|85.00|51.00|40.00|11.00|34.00|7.00|1.00|6.00
213|农林水支出|12.00|2.00|10.00|80.00|50.00|30.00|85.00|51.00|40.00|11.00|34.00|7.00|1.00|6.00
21303|水利|12.00|2.00|10.00|80.00|50.00|30.00|85.00|51.00|40.00|11.00|34.00|7.00|1.00|6.00
2130301|行政运行|2.00|2.00||50.00|50.00||51.00|51.00|40.00|11.00||1.00|1.00|
2130305|水利工程建设|10.00||10.00|30.00||30.00|34.00||||34.00|6.00||6.00

财政拨款“三公”经费及会议费、培训费支出决算表
单位：万元
项目|合计|因公出国（境）费用|公务接待费|公务用车购置及运行维护费|||培训费|会议费
||||小计|公务用车购置费|公务用车运行维护费||
预算数|5.50|0.00|1.50|4.00|0.00|4.00|3.00|1.00
决算数|4.90|0.00|1.10|3.80|0.00|3.80|2.70|0.80

国有资产占有使用情况表
截止时间：2023年12月31日
预算年度：2024
单位：万元
项目|资产总额|固定资产||无形资产
||小计|车辆|
合计|640.00|58.60|21.40|3.50

2024年度项目支出绩效自评情况汇总表
单位：万元
序号|项目名称|调整后预算|实际到位资金|实际支出|执行率|自评得分|自评等级
1|水库看护|40.00|20.00|19.00|95.00%|96.50|优
2|河道清理|30.00|10.00|10.00|100.00%|88.00|良
""",
    "college": """中岭学院2022年度部门决算
收入决算表
公开02表
部门：中岭学院
单位：元
科目编码|科目名称|本年收入合计|财政拨款收入|上级补助收入|事业收入||经营收入|附属单位上缴收入|其他收入
|||||小计|其中：教育收费|||
205|教育支出|900.00|500.00|0.00|380.00|350.00|0.00|0.00|20.00
2050305|高等职业教育|900.00|500.00|0.00|380.00|350.00|0.00|0.00|20.00
合计||900.00|500.00|0.00|380.00|350.00|0.00|0.00|20.00
""",
    "budget": """北岸县交通运输局2025年部门预算
部门预算支出总表
公开03表
预算年度：2025
单位：万元
序号|科目编码|科目名称|合计|基本支出|项目支出|上缴上级支出|经营支出
1||合计|75.00|45.00|30.00||
2|214|交通运输支出|75.00|45.00|30.00||

部门预算一般公共预算财政拨款支出表
公开05表
单位：万元
科目编码|科目名称|合计|基本支出|||项目支出
|||小计|人员经费|公用经费|
|合计|75.00|45.00|38.00|7.00|30.00
214|交通运输支出|75.00|45.00|38.00|7.00|30.00

部门预算财政拨款“三公”经费支出表
公开09表
单位：万元
项目|2024年预算数|2025年预算数|增减额
合计|9.00|6.00|-3.00
公务接待费|9.00|6.00|-3.00

部门收入预算总表
单位：万元
单位/科目编码|科目名称|总计|一般公共预算拨款|上年结转结余
合计||75.00|70.00|5.00
214|交通运输支出|75.00|70.00|5.00
2140106|公路养护|75.00|70.00|5.00
""",
    "library": """东浦区图书馆2025年单位预算
表一：单位收支总体情况表
单位：元
收入项目|预算数|支出项目|预算数
一、一般公共预算拨款|1800.00|七、文化旅游体育与传媒支出|2040.00
本年收入合计|1800.00|本年支出合计|2040.00
上年结转结余|240.00|结转下年|0.00
收入总计|2040.00|支出总计|2040.00

表二：单位收入总体情况表
单位：元
单位名称|总计|一般公共预算拨款|上年结转结余
合计|2040.00|1800.00|240.00

表三：单位支出总体情况表
单位：元
科目编码|科目名称|总计|基本支出|项目支出
|合计|2040.00|1500.00|540.00
207|文化旅游体育与传媒支出|2040.00|1500.00|540.00

表四：财政拨款收支总体情况表
单位：元
收入项目|预算数|支出项目|合计|一般公共预算
一、本年收入|1800.00|七、文化旅游体育与传媒支出|2040.00|2040.00
二、上年结转|240.00|||
收入总计|2040.00|支出总计|2040.00|2040.00

表五：一般公共预算支出情况表
单位：元
科目编码|科目名称|本年一般公共预算支出|基本支出|项目支出
|合计|1800.00|1500.00|300.00
207|文化旅游体育与传媒支出|1800.00|1500.00|300.00

固定资产占用情况表
单位：元
项目|数量|价值
车辆（辆）|9|120.00
其中：执法执勤用车（辆）|6|80.00
""",
}


@cache
def reading(name: str, folder: Path) -> Reading:
    path = folder / f"{name}.txt"
    path.write_text(DOCUMENTS[name].replace("|", "\t"), "utf-8")
    return build.read(path)


def fact(name: str, folder: Path, title: str, row: str, column: str) -> Fact:
    found = [f for f in reading(name, folder).facts if f.kind == "table" and title in f.table and (f.row, f.column) == (row, column)]
    assert len(found) == 1, [(f.table, f.row, f.column) for f in reading(name, folder).facts if f.kind == "table"]
    return found[0]


K10, SPENT, INCOME = "一般公共预算财政拨款收入支出决算表", "支出总", "收入决算表"
BALANCE, FOUR, GOALS = "收支总体情况表", "财政拨款收支", "自评情况汇总表"

# document, title, row, column, value: what else the fact says
CELLS: list[tuple[str, str, str, str, str, dict[str, object]]] = [
    ("accounts", K10, "合计", "年初结转和结余/合计", "12.00", {"item": "ind:年初结转和结余", "flow": "结转结余", "spend": "全部"}),
    ("accounts", K10, "合计", "年初结转和结余/项目支出结转和结余", "10.00", {"item": "ind:年初结转和结余", "spend": "项目支出"}),
    ("accounts", K10, "2130301 行政运行", "年末结转和结余/基本支出结转", "1.00", {"func": "func:2130301", "spend": "基本支出"}),
    ("accounts", K10, "合计", "本年收入/合计", "80.00", {"flow": "收入", "fund": "一般公共预算", "item": "ind:合计"}),
    ("accounts", K10, "合计", "本年支出/合计", "85.00", {"flow": "支出", "spend": "全部", "phase": "决算"}),
    ("accounts", K10, "合计", "本年支出/基本支出/小计", "51.00", {"flow": "支出", "spend": "基本支出"}),
    ("accounts", K10, "合计", "本年支出/基本支出/人员经费", "40.00", {"flow": "支出", "spend": "人员经费"}),
    ("accounts", K10, "2130305 水利工程建设", "本年支出/项目支出", "34.00", {"item": "func:2130305", "spend": "项目支出"}),
    ("accounts", "三公", "决算数", "合计", "4.90", {"item": "ind:三公经费", "phase": "决算", "fund": "财政拨款"}),
    ("accounts", "三公", "预算数", "培训费", "3.00", {"item": "ind:培训费", "phase": "预算"}),
    ("accounts", "国有资产", "合计", "资产总额", "640.00", {"item": "item:资产总额", "item_label": "资产总额", "year": 2023}),
    ("accounts", "国有资产", "合计", "固定资产/小计", "58.60", {"item": "item:固定资产", "item_label": "固定资产", "flow": None}),
    ("accounts", "国有资产", "合计", "固定资产/车辆", "21.40", {"metric": "金额", "measure": "万元", "item_label": "车辆价值"}),
    ("college", INCOME, "合计", "事业收入/其中：教育收费", "350.00", {"fund": "教育收费", "flow": "收入"}),
    ("college", INCOME, "205 教育支出", "其他收入", "20.00", {"fund": "其他收入", "repair": None}),
    ("college", INCOME, "合计", "事业收入/小计", "380.00", {"fund": "事业收入"}),
    ("budget", SPENT, "合计", "合计", "75.00", {"phase": "预算", "form": "B03", "year": 2025}),
    ("budget", "一般公共预算", "合计", "基本支出/公用经费", "7.00", {"phase": "预算", "spend": "公用经费", "fund": "一般公共预算"}),
    ("budget", "三公", "合计", "2024年预算数", "9.00", {"item": "ind:三公经费", "fund": "财政拨款", "year": 2024}),
    ("budget", "收入预算", "2140106 公路养护", "一般公共预算拨款", "70.00", {"item": "func:2140106", "flow": "收入"}),
    ("library", BALANCE, "一般公共预算拨款", "预算数", "1800.00", {"flow": "收入", "fund": "一般公共预算"}),
    ("library", BALANCE, "文化旅游体育与传媒支出", "预算数", "2040.00", {"flow": "支出", "item": "func:207"}),
    ("library", FOUR, "文化旅游体育与传媒支出", "一般公共预算", "2040.00", {"flow": "支出", "fund": "一般公共预算"}),
]


@pytest.mark.parametrize(("name", "title", "row", "column", "value", "says"), CELLS)
def test_cells(
    tmp_path_factory: pytest.TempPathFactory, name: str, title: str, row: str, column: str, value: str, says: dict[str, object]
) -> None:
    found = fact(name, tmp_path_factory.getbasetemp(), title, row, column)
    assert (found.value, {key: getattr(found, key) for key in says}) == (Decimal(value), says)


def test_no_code_is_money(tmp_path: Path) -> None:
    """Under 单位/科目编码 stand codes, also where 合计 begins in that column."""
    assert not {f.value for f in reading("budget", tmp_path).facts} & {Decimal(214), Decimal(2140106)}


@pytest.fixture(scope="module")
def messages(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("library")
    for name, text in DOCUMENTS.items():
        (folder / f"{name}.txt").write_text(text.replace("|", "\t"), "utf-8")
    build.build([folder], folder / "graph")
    rows = open_library(folder / "graph").query("SELECT ?message { GRAPH g:check { ?x a f:Issue ; sh:resultMessage ?message } }")
    return [str(row["message"]) for row in rows]


def test_documents_that_agree_with_themselves_draw_no_finding(messages: list[str]) -> None:
    """What was carried over stands in some forms only; a list of 其中 need not be complete; scores of two projects are no sum."""
    assert messages == []
