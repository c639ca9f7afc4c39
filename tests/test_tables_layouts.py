"""Layouts of tables that publishers of other places print, made up and read by hand: what a figure must never be taken for."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from kg.build import read
from kg.model import Fact

#: name of the document: its text, with | between the cells
DOCUMENTS = {
    "units": """东山县农业农村局2024年部门预算
表1-2
部门支出总表
金额单位：万元
项目||||合计|基本支出|项目支出
科目编码|||单位名称（科目）|||
类|款|项||||
|||合计|90.00|70.00|20.00
|||东山县农业农村局机关|60.00|45.00|15.00
213|01|01|行政运行|45.00|45.00|
|||东山县种子管理站|30.00|25.00|5.00
213|01|04|事业运行|25.00|25.00|

一般公共预算“三公”经费支出表
单位名称|合计（元）|公务接待费（元）
东山县种子管理站|12,000.00|12,000.00

各单位收支预算汇总表
单位：万元
单位名称|收入预算||支出预算|
|合计|财政拨款|合计|基本支出
东山县兽医站|31.00|28.00|32.00|27.00
""",
    "changes": """西河市文化局2023年部门预算
一般公共预算支出表
单位：元
科目编码|科目名称|2022年预算数|2023年预算数|比上年增减|
||||金额|%
2070101|行政运行|1,000.00|1,250.00|250.00|25.00

“三公”经费预算表
单位：元
项目|2022年决算数|2023年预算数|2023年预算数比2022年决算数增减额|增减率%
合计|900.00|800.00|-100.00|-11.11
其中：公务接待费|500.00|450.00|(50.00)|-10.00

“三公”经费及会议费、培训费预算表
单位：元
项目|会议费|培训费|合计
上年预算数|70.00|30.00|100.00
本年预算数|60.00|20.00|80.00

政府采购预算表
单位：元
项目名称|数量|采购金额
合计||5,000.00
一体机更新|3|5,000.00
""",
    "codes": """南湖区统计局2023年度部门预算
一般公共预算支出情况表（按功能分类科目）
单位：万元
支出功能科目|小计|基本支出
[20105]统计信息事务|40.00|40.00
2010501-行政运行|31.00|31.00

一般公共预算基本支出预算表（政府和部门经济分类）
单位：万元
部门预算支出经济分类科目||政府预算支出经济分类科目||本年预算
科目编码|科目名称|科目编码|科目名称|
30101|基本工资|50101|工资奖金津补贴|12.00

一般公共预算财政拨款支出具体情况
单位：万元
功能分类科目|2023年预算
一、一般公共服务支出|45.00
（一）统计信息事务|44.00
1.行政运行|33.00
二、其他支出|2.00

财政拨款“三公”经费预算表
单位：万元
年度|“三公”经费预算总额|公务接待费
2022年|5.00|2.50
2023年|4.00|1.50

“三公”经费及相关统计数情况表
项目|计量单位|2021年|2022年
公务接待费|万元|2.10|1.90
国内公务接待批次|批|21|19

“三公”经费支出情况表
项目|预算数|决算数|决算数占预算数%
公务接待费|1.20万元|0.90万元|75.00

项目支出绩效自评结果汇总表
单位：万元
项目名称|全年执行数|自评得分
统计调查|30.00|97.5
""",
    "joined": """西山县文化局2024年部门预算
一般公共预算支出表
单位：万元
科目编码科目名称|金额
2080505机关事业单位基本养老保险缴费支出|8.00
313601西山县图书馆服务中心|3.00
合  计|11.00
""",
    "times": """北河流域管理局2022年度部门决算
收入预算执行情况表
单位：万元
项目|预算数||决算数|决算数与年初预算数对比
|年初|调整||
合计|20.00|22.00|21.00|1.00

重点项目支出情况表
单位：万元
项目名称|实施时间|2022年预算|结转2023年
河道清淤|2021-2023|8.00|0.50
水质监测|2022|2.00|0.25
""",
    "foreign": """西山县中学2024年度单位决算
一般公共预算财政拨款收入支出决算表
公开05表
单位：元
科目编码|科目名称|年初结转和结余|本年收入|本年支出||
||||合计|基本支出|项目支出
2050204|高中教育|10.00|90.00|95.00|70.00|25.00

各校经费情况表
单位：元
序号学校名称|金额|占总支出比重
1东山小学|40.00|40.00%
2西山小学|60.00|60.00%
合计|100.00|100.00%
""",
    "counts": """北岭区教育局2024年部门决算
国有资产占有使用情况表
项目|数量（单位）|金额（万元）
一、房屋（平方米）|1,500.00|230.00
其中：办公用房|400.00|60.00

人员情况表
单位：万元
单位名称|编制数|其中：行政|事业
合计|55|15|40

机构运行信息表
单位：万元
项目|预算数|统计数
（一）车辆数合计（辆）|—|3
1．机要通信用车|—|1
（二）机关运行经费|9.00|8.50

项目支出决算明细表
单位：万元
序号|项目名称|项目单位|年初结转|本年支出（决算）|完成率（%）
1|校舍维修|北岭区教育局|2.00|7.00|98.00
""",
}


@cache
def facts(name: str, folder: Path) -> tuple[Fact, ...]:
    path = folder / f"{name}.txt"
    path.write_text(DOCUMENTS[name].replace("|", "\t"), "utf-8")
    return tuple(f for f in read(path).facts if f.kind == "table")


# document, row, column, value: what else the fact says
CELLS: list[tuple[str, str, str, str, dict[str, object]]] = [
    ("units", "合计", "合计", "90.00", {"unit": "东山县农业农村局", "flow": "支出"}),
    ("units", "东山县农业农村局机关", "基本支出", "45.00", {"unit": "东山县农业农村局机关", "item": "ind:合计"}),
    ("units", "2130101 行政运行", "合计", "45.00", {"unit": "东山县农业农村局机关", "item": "func:2130101"}),
    ("units", "2130104 事业运行", "基本支出", "25.00", {"unit": "东山县种子管理站"}),
    ("units", "东山县种子管理站", "公务接待费（元）", "12000.00", {"unit": "东山县种子管理站", "item": "ind:公务接待费", "measure": "元"}),
    ("units", "东山县种子管理站", "合计（元）", "12000.00", {"item": "ind:三公经费", "measure": "元"}),
    ("units", "东山县兽医站", "收入预算/合计", "31.00", {"flow": "收入", "phase": "预算", "unit": "东山县兽医站"}),
    ("units", "东山县兽医站", "支出预算/合计", "32.00", {"flow": "支出", "phase": "预算", "unit": "东山县兽医站"}),
    ("changes", "2070101 行政运行", "比上年增减/金额", "250.00", {"metric": "变动额", "measure": "元", "year": 2023}),
    ("changes", "2070101 行政运行", "比上年增减/%", "25.00", {"metric": "变动率", "measure": "%"}),
    ("changes", "2070101 行政运行", "2022年预算数", "1000.00", {"metric": "金额", "phase": "预算", "year": 2022}),
    ("changes", "合计", "2023年预算数", "800.00", {"item": "ind:三公经费", "phase": "预算"}),
    ("changes", "公务接待费", "2023年预算数比2022年决算数增减额", "-50.00", {"metric": "变动额", "year": 2023}),
    ("changes", "公务接待费", "增减率%", "-10.00", {"metric": "变动率", "measure": "%"}),
    ("changes", "上年预算数", "会议费", "70.00", {"item": "ind:会议费", "year": 2022, "phase": "预算"}),
    ("changes", "本年预算数", "培训费", "20.00", {"item": "ind:培训费", "year": 2023, "phase": "预算"}),
    ("changes", "合计", "采购金额", "5000.00", {"item": "ind:政府采购", "measure": "元"}),
    ("changes", "一体机更新", "数量", "3", {"metric": "数量", "measure": "", "project": "一体机更新"}),
    ("codes", "2010501 行政运行", "小计", "31.00", {"item": "func:2010501"}),
    ("codes", "30101 基本工资", "本年预算", "12.00", {"item": "econ:30101", "spend": "人员经费"}),
    ("codes", "行政运行", "2023年预算", "33.00", {"item": "func:2010501"}),
    ("codes", "其他支出", "2023年预算", "2.00", {"item": "func:229"}),
    ("codes", "2022年", "“三公”经费预算总额", "5.00", {"item": "ind:三公经费", "year": 2022}),
    ("codes", "2023年", "公务接待费", "1.50", {"item": "ind:公务接待费", "year": 2023}),
    ("codes", "公务接待费", "2021年", "2.10", {"measure": "万元", "year": 2021, "metric": "金额"}),
    ("codes", "国内公务接待批次", "2022年", "19", {"measure": "批", "year": 2022, "metric": "数量"}),
    ("codes", "公务接待费", "决算数", "0.90", {"measure": "万元", "phase": "决算", "metric": "金额", "quote": "0.90万元"}),
    ("codes", "统计调查", "自评得分", "97.5", {"measure": "分", "metric": "得分", "project": "统计调查"}),
    ("joined", "2080505 机关事业单位基本养老保险缴费支出", "金额", "8.00", {"item": "func:2080505"}),
    ("joined", "西山县图书馆服务中心", "金额", "3.00", {"unit": "西山县图书馆服务中心", "item": "ind:合计"}),
    ("times", "合计", "预算数/年初", "20.00", {"phase": "年初预算", "flow": "收入", "metric": "金额"}),
    ("times", "合计", "预算数/调整", "22.00", {"phase": "全年预算", "flow": "收入"}),
    ("times", "合计", "决算数与年初预算数对比", "1.00", {"metric": "变动额", "flow": "收入"}),
    ("times", "水质监测", "结转2023年", "0.25", {"year": 2022, "project": "水质监测"}),
    ("foreign", "2050204 高中教育", "年初结转和结余", "10.00", {"item": "ind:年初结转和结余", "flow": "结转结余"}),
    ("foreign", "2050204 高中教育", "本年收入", "90.00", {"flow": "收入", "fund": "一般公共预算"}),
    ("foreign", "2050204 高中教育", "本年支出/项目支出", "25.00", {"flow": "支出", "spend": "项目支出", "item": "func:2050204"}),
    ("foreign", "东山小学", "占总支出比重", "40.00", {"metric": "占比", "measure": "%"}),
    ("counts", "房屋", "数量（单位）", "1500.00", {"metric": "数量", "measure": "平方米"}),
    ("counts", "房屋", "金额（万元）", "230.00", {"metric": "金额", "measure": "万元"}),
    ("counts", "办公用房", "数量（单位）", "400.00", {"metric": "数量", "measure": "平方米"}),
    ("counts", "合计", "其中：行政", "15", {"metric": "数量", "measure": "人", "flow": None}),
    ("counts", "机要通信用车", "统计数", "1", {"metric": "数量", "measure": "辆"}),
    ("counts", "机关运行经费", "统计数", "8.50", {"metric": "金额", "measure": "万元"}),
    ("counts", "校舍维修", "本年支出（决算）", "7.00", {"project": "校舍维修", "phase": "决算", "spend": "项目支出"}),
    ("counts", "校舍维修", "完成率（%）", "98.00", {"metric": "完成率", "measure": "%", "project": "校舍维修"}),
]


#: A page turned into text: | behind every cell but before none; a cell to a line with | behind it; bare cells, a blank line a blank cell.
TRAILING = """南坪市民政局2022年度部门决算
“三公”经费支出决算表 | ||
? | 单位：万元 | |
项 目 | 预算数 | 决算数 |
公务接待费 | 2.00 | 1.50 |
"""
STACKED = ["收入", "支出", "项目", "行次", "决算数", "项目", "行次", "决算数", "栏次", "", "1", "栏次", "", "2"]
STACKED += ["一、其他收入", "1", "5.00", "一、农林水支出", "9", "", "总计", "2", "5.00", "总计", "10", "5.00"]
UPRIGHT = ["科目编码", "科目名称", "2021年预算数", "2022年预算数", "合计", "基本支出", "项目支出"]
UPRIGHT += ["2010101", "行政运行", "6.00", "7.00", "7.00", "", "合计", "", "6.00", "9.00", "7.00", "2.00"]
TITLE = "南坪市民政局2022年度部门{}\n{}\n单位：万元\n{}\n以上数据真实。\n"
TEXTS = {
    "trailing": TRAILING,
    "one to a line": TITLE.format("决算", "收入支出决算总表", "\n".join(f"{cell} |" for cell in STACKED)),
    "one row": TITLE.format("预算", "“三公”经费支出表", "合计      公务接待费    公务用车运行费\n 5.00          2.00              3.00"),
    "| on its own line": TITLE.format("决算", "收入支出决算总表", "\n".join(f"{cell}\n|" for cell in STACKED)),
    "bare": TITLE.format("预算", "一般公共预算支出表", "\n".join(UPRIGHT)),
    # 合计 of two years over 基本支出 and 项目支出 where neither year adds up: the headings cannot be told, nothing is read
    "doubtful": TITLE.format("预算", "一般公共预算支出表", "\n".join(UPRIGHT).replace("9.00", "8.00")),
}
PLACED = {
    "trailing": [("公务接待费", "预算数", "2.00", 2022, "预算"), ("公务接待费", "决算数", "1.50", 2022, "决算")],
    "one to a line": [("其他收入", "收入/决算数", "5.00", 2022, "决算"), ("总计", "收入/决算数", "5.00", 2022, "决算")],
    "bare": [("2010101 行政运行", "2022年预算数/基本支出", "7.00", 2022, "预算"), ("合计", "2021年预算数", "6.00", 2021, "预算")],
    "doubtful": [],
    "one row": [("", "公务接待费", "2.00", 2022, "预算"), ("", "合计", "5.00", 2022, "预算")],
}
PLACED["| on its own line"] = PLACED["one to a line"]


@pytest.mark.parametrize("name", TEXTS)
def test_tables_of_a_page_turned_into_text(name: str, folder: Path) -> None:
    path = folder / "page.txt"
    path.write_text(TEXTS[name], "utf-8")
    found = [(f.row, f.column, str(f.value), f.year, f.phase) for f in read(path).facts if f.kind == "table"]
    assert [cell for cell in PLACED[name] if cell not in found] == []
    assert bool(found) == bool(PLACED[name])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("layouts")


@pytest.mark.parametrize("case", CELLS, ids=lambda case: "-".join(case[:3]))
def test_cell(case: tuple[str, str, str, str, dict[str, object]], folder: Path) -> None:
    name, row, column, value, said = case
    found = [f for f in facts(name, folder) if (f.row, f.column, f.value) == (row, column, Decimal(value))]
    assert [{key: getattr(f, key) for key in said} for f in found] == [said]


def test_a_time_is_no_amount(folder: Path) -> None:
    """2022 under 实施时间 was once 2022 万元."""
    assert [f.column for f in facts("times", folder) if f.quote == "2022"] == []


def test_a_figure_names_no_row(folder: Path) -> None:
    """Cells that lost their headings: a figure is neither the name of another figure nor, alone on its line, a sentence."""
    path = folder / "lost.txt"
    rows = "年度资金总额|1850.00|1902.35|98.00%\n一级指标|三级指标|年度指标值|得分\n产出指标|人数|5人|10".replace("|", "\t")
    path.write_text(f"东山县民政局2024年度部门决算\n项目支出绩效自评表\n单位：元\n{rows}\n结束。\n执行率\n94.41%\n", "utf-8")
    reading = read(path)
    assert [(f.row, str(f.value)) for f in reading.facts if f.quote in ("1902.35", "98.00%", "94.41%")] == []
    assert {"1902.35", "94.41%"} <= {u.text for u in reading.unread if not u.harmless}


def test_totals_of_other_things_are_not_the_unit_s(folder: Path) -> None:
    """The sum of 会议费 and 培训费 is no total of what the unit spends."""
    items = {f.item for f in facts("changes", folder) if f.column == "合计"}
    assert items == {"item:三公经费及会议费培训费预算表"}
