"""Self-evaluations, lists of property and explanations as other publishers lay them out, made up and read by hand."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from kg.build import build, read
from kg.model import Fact
from qa.library import Library

DOCUMENT = """南岭县公园管理所2023年度部门决算
第一部分 概况
核定行政编制12名，实有10人；核定事业编制30名，实有27人。退休人员9人。
第二部分 决算情况说明
一、收入支出决算总体情况
2023年度收入总计806.00万元，其中年初结转和结余6.00万元，较2022年增加52.00万元，增长6.90%。
2023年度支出总计806.00万元，其中本年支出合计801.50万元，较2022年增加49.00万元，主要原因是：绿地扩建；年末结转和结余4.50万元，较2022年减少1.50万元。
二、一般公共预算财政拨款支出决算情况
2023年度一般公共预算财政拨款支出640.00万元，完成年初预算660.00万元的96.97%。其中：
（一）农林水支出600.00万元；（二）住房保障支出40.00万元。
项目支出300.00万元，占46.88%，主要用于园林绿化养护210.00万元、公园保安90.00万元。
三、国有资产占用情况
截至2023年12月31日，房屋420.50平方米，价值96.30万元。
四、预算绩效情况
其中绿化养护经费项目自评得分92.50分，公园保安项目自评得分88.00分。
5个项目中，自评等级为“优”的3个，“良”的2个。全年项目预算150.00万元，实际到位资金120.00万元，实际支出108.00万元，执行率90.00%。
湖水水质达标率不低于98%。
公务接待费支出5.20万元，国内公务接待40批次、325人次。检查发现违规问题金额1.30万元。

2023年度项目支出绩效自评表
单位：万元
项目名称|全年预算数|全年执行数|执行率|指标名称|指标值|实际完成值|分值|得分
绿化养护经费|220.00|210.00|95.45%|养护面积|≥50000平方米|50200平方米|60|60
||||游客满意度|≥95%|91%|40|32.5

自评情况汇总表
单位：万元
序号|项目名称|年初预算|实际到位资金|实际支出|自评得分|自评等级
1|绿化养护经费|220.00|212.00|210.00|92.50|优
2|公园保安|90.00|90.00|90.00|88.00|良
合计||310.00|302.00|300.00|—|—

机构运行信息表
单位：万元
项目|预算数|决算数
一、“三公”经费支出||
（一）支出合计|7.00|5.20
1.公务接待费|7.00|5.20

国有资产占用情况表
项目|栏次|数量
车辆数合计（辆）|1|2
房屋面积（平方米）|2|420.50
"""

#: row, column, value: what else the fact says
FACTS: list[tuple[str, str, str, dict[str, object]]] = [
    ("行政编制实有", "数量", "10", {"item": "item:行政编制实有", "measure": "人"}),
    ("事业编制实有", "数量", "27", {"item": "item:事业编制实有"}),
    ("收入总计", "较上年增减额", "52.00", {"item": "ind:总计", "flow": "收入"}),
    ("收入总计", "较上年增减率", "6.90", {"item": "ind:总计"}),
    ("年末结转和结余", "较上年增减额", "-1.50", {"item": "ind:年末结转和结余"}),
    ("农林水支出", "支出决算", "600.00", {"phase": "决算", "item": "func:213"}),
    ("住房保障支出", "支出决算", "40.00", {"phase": "决算"}),
    ("园林绿化养护", "支出决算", "210.00", {"project": "园林绿化养护", "spend": "项目支出"}),
    ("公园保安", "支出决算", "90.00", {"project": "公园保安", "spend": "项目支出"}),
    ("房屋价值", "金额", "96.30", {"phase": "其他", "flow": None}),
    ("检查发现违规问题金额", "金额", "1.30", {"flow": None, "phase": "其他"}),
    ("绿化养护经费", "项目自评得分", "92.50", {"project": "绿化养护经费", "item": "ind:总分"}),
    ("公园保安", "项目自评得分", "88.00", {"project": "公园保安"}),
    ("等级“优”的项目", "数量", "3", {"measure": "个"}),
    ("等级“良”的项目", "数量", "2", {"measure": "个"}),
    ("项目预算", "实际到位", "120.00", {"phase": "到位", "spend": "项目支出", "item": "ind:合计"}),
    ("项目预算", "实际支出", "108.00", {"phase": "决算", "spend": "项目支出"}),
    ("绿化养护经费", "全年执行数", "210.00", {"phase": "决算", "project": "绿化养护经费"}),
    ("养护面积", "实际完成值", "50200", {"phase": "完成", "project": "绿化养护经费", "measure": "平方米"}),
    ("游客满意度", "实际完成值", "91", {"phase": "完成", "project": "绿化养护经费", "item": "item:游客满意度"}),
    ("绿化养护经费", "实际到位资金", "212.00", {"phase": "到位", "project": "绿化养护经费"}),
    ("绿化养护经费", "自评得分", "92.50", {"phase": "完成", "item": "ind:总分"}),
    ("合计", "实际到位资金", "302.00", {"phase": "到位", "project": None, "spend": "项目支出"}),
    ("支出合计", "决算数", "5.20", {"item": "ind:三公经费", "phase": "决算"}),
    ("车辆数合计", "数量", "2", {"item": "ind:车辆", "phase": "其他"}),
    ("房屋面积", "数量", "420.50", {"item": "ind:房屋面积", "measure": "平方米"}),
]


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> tuple[Fact, ...]:
    path = tmp_path_factory.mktemp("elsewhere") / "南岭县公园管理所2023年度部门决算.txt"
    path.write_text(DOCUMENT.replace("|", "\t"), "utf-8")
    return read(path).facts


@pytest.mark.parametrize("case", FACTS, ids=lambda case: "-".join(case[:3]))
def test_fact(case: tuple[str, str, str, dict[str, object]], facts: tuple[Fact, ...]) -> None:
    row, column, value, said = case
    found = [f for f in facts if (f.row, f.column, f.value) == (row, column, Decimal(value))]
    assert [{key: getattr(f, key) for key in said} for f in found] == [said]


def test_a_target_belongs_to_its_project(facts: tuple[Fact, ...]) -> None:
    assert [(f.low, f.phase, f.project) for f in facts if f.row == "游客满意度" and f.column == "指标值"] == [
        (Decimal(95), "目标", "绿化养护经费")
    ]


def test_a_bound_is_no_name(facts: tuple[Fact, ...]) -> None:
    assert [(f.low, f.item_label) for f in facts if f.quote == "98%"] == [(Decimal(98), "湖水水质达标率")]


def test_a_grade_is_in_no_money(facts: tuple[Fact, ...]) -> None:
    assert [(f.text, f.measure, f.flow) for f in facts if f.column == "自评等级"] == [("优", "", None), ("良", "", None)]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("asked")
    (folder / "in").mkdir()
    (folder / "in" / "南岭县公园管理所2023年度部门决算.txt").write_text(DOCUMENT.replace("|", "\t"), "utf-8")
    build([folder / "in"], folder / "library", jobs=1)
    with Library(folder / "library") as opened:
        yield opened


#: question: value and measure of each figure that must be among the answer's
ASKED = {
    "南岭县公园管理所2023年哪个指标没达标": [("95", "%"), ("91", "%")],
    "南岭县公园管理所2023年项目支出花在哪几块": [("210.00", "万元"), ("90.00", "万元")],
    "南岭县公园管理所2023年接待了几批，平均每人次接待费多少元": [("160", "元/人次")],
    "南岭县公园管理所2023年“三公”经费预算、决算各是多少": [("7.00", "万元"), ("5.20", "万元")],
    "南岭县公园管理所绿化养护经费实际到位资金多少": [("212.00", "万元")],
}


@pytest.mark.parametrize("question", ASKED)
def test_answer(question: str, library: Library) -> None:
    answer = library.ask(question)
    figures = [(r["value"], r["measure"]) for r in answer.to_dict()["results"]]
    assert answer.status == "answered"
    assert [wanted for wanted in ASKED[question] if wanted not in figures] == []


def test_what_is_within_its_target_is_not_told(library: Library) -> None:
    answer = library.ask("南岭县公园管理所2023年哪个指标没达标")
    assert {r["indicator"] for r in answer.to_dict()["results"]} == {"游客满意度"}
