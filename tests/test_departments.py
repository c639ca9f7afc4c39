"""A department's documents with the units below it, several funds and years side by side, made up and read by hand, and asked about."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from kg.build import build, read
from kg.model import Fact
from qa.library import Library

BUDGET = """东岭县文化局2025年度部门预算
一、部门概况
东岭县文化局部门预算包括：局本级、东岭县图书馆。
二、国有资产占用情况
截至2024年12月31日，东岭县文化局共有车辆3辆。

三、财政拨款支出主要内容
1.“文化旅游体育与传媒支出（类）文化和旅游（款）其他文化和旅游支出（项）”35.00万元，主要用于非遗传承及戏曲下乡。

2025年部门项目支出预算表
单位：万元
单位名称|项目名称|合计|一般公共预算|政府性基金预算
东岭县文化局|旅游宣传项目|60.00|60.00|0.00
东岭县文化局|展览经费|25.00|25.00|0.00
东岭县图书馆|健身设施项目|90.00|40.00|50.00
东岭县图书馆|免费开放项目|12.00|12.00|0.00
合计||187.00|137.00|50.00
"""

ACCOUNTS = """青河县疾控中心2024年度部门决算
收入决算表
公开02表
部门：青河县疾控中心
单位：万元
项目|项目|本年收入合计|财政拨款收入|其他收入
功能分类科目编码|科目名称|1|2|3
合计|合计|400.00|390.00|10.00
213|农林水支出|400.00|390.00|10.00
21305|巩固拓展脱贫攻坚成果衔接乡村振兴|400.00|390.00|10.00
2130504|农村基础设施建设|400.00|390.00|10.00

一般公共预算财政拨款支出决算表
公开05表
部门：青河县疾控中心
单位：万元
科目编码|科目名称|2023年决算数|2024年年初预算数|2024年决算数
||||小计|基本支出|项目支出
合计||260.00|300.00|290.00|200.00|90.00
210|卫生健康支出|260.00|300.00|290.00|200.00|90.00
21004|公共卫生|260.00|300.00|290.00|200.00|90.00
2100401|疾病预防控制机构|180.00|220.00|210.00|200.00|10.00
2100410|突发公共卫生事件应急处置|80.00|80.00|80.00|0.00|80.00

项目支出绩效自评情况汇总表
单位：万元
序号|项目名称|全年预算数|全年执行数|执行率（%）|自评得分
1|传染病防控经费|50.00|45.00|90.00|95.20
2|疫苗冷链项目|20.00|19.00|95.00|98.60
3|突发公共卫生事件应急处置|20.00|16.00|80.00|91.40
4|免疫接种宣传项目|10.00|9.00|90.00|93.00
合计||100.00|89.00|89.00|—
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("departments")
    (folder / "in").mkdir()
    (folder / "in" / "东岭县文化局2025年度部门预算.txt").write_text(BUDGET.replace("|", "\t"), "utf-8")
    (folder / "in" / "青河县疾控中心2024年度部门决算.txt").write_text(ACCOUNTS.replace("|", "\t"), "utf-8")
    build([folder / "in"], folder / "library", jobs=1)
    with Library(folder / "library") as opened:
        yield opened


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> tuple[Fact, ...]:
    path = tmp_path_factory.mktemp("accounts") / "青河县疾控中心2024年度部门决算.txt"
    path.write_text(ACCOUNTS.replace("|", "\t"), "utf-8")
    return read(path).facts


def test_headings_in_the_row_that_numbers_the_columns(accounts: tuple[Fact, ...]) -> None:
    """功能分类科目编码 | 科目名称 | 1 | 2 | 3: the first column holds codes, and 2130504 is no other 农村基础设施建设."""
    assert {f.item for f in accounts if f.quote == "390.00"} == {"ind:合计", "func:213", "func:21305", "func:2130504"}


def test_columns_of_another_year_and_phase(accounts: tuple[Fact, ...]) -> None:
    """A form that usually has the year's accounts alone, with those of the year before and the budget beside them."""
    own = [f for f in accounts if f.item == "func:2100401" and f.value is not None]
    assert {(f.year, f.phase, f.value) for f in own if f.spend == "全部"} == {
        (2023, "决算", Decimal("180.00")),
        (2024, "年初预算", Decimal("220.00")),
        (2024, "决算", Decimal("210.00")),
    }


def test_a_list_of_evaluated_projects(accounts: tuple[Fact, ...]) -> None:
    """Among names of projects one may be called as a 科目 is; their total is of what was evaluated, not of all 项目支出."""
    table = [f for f in accounts if f.column.startswith("全年执行数")]
    assert [(f.project or "", f.item, f.value) for f in table if f.value in (Decimal("16.00"), Decimal("89.00"))] == [
        ("突发公共卫生事件应急处置", "ind:合计", Decimal("16.00")),
        ("", "ind:绩效自评资金", Decimal("89.00")),
    ]


#: question; the figures of the answer that come first, in order
ASKED = [
    ("东岭县文化局2025年预算最多的两个项目是哪些，各多少钱", [("90.00", "万元"), ("60.00", "万元")]),
    ("东岭县图书馆2025年健身设施项目预算多少", [("90.00", "万元")]),
    ("东岭县文化局2025年健身设施项目预算多少", [("90.00", "万元")]),
    ("东岭县文化局2025年健身设施项目里政府性基金出多少", [("50.00", "万元")]),
    ("东岭县文化局2025年健身设施项目多少钱，其中政府性基金多少", [("90.00", "万元"), ("50.00", "万元")]),
    ("东岭县文化局2025年有几辆车", [("3", "辆")]),
    ("东岭县文化局2025年非遗传承和戏曲下乡安排了多少钱", [("35.00", "万元")]),
    ("青河县疾控中心2024年自评的项目中哪个得分最高，多少分", [("98.60", "分")]),
    ("青河县疾控中心2024年疾病预防控制机构决算是多少？上一年是多少？", [("210.00", "万元"), ("180.00", "万元")]),
    ("青河县疾控中心2024年疾病预防控制机构决算比年初预算少多少", [("10", "万元")]),
]


@pytest.mark.parametrize(("question", "figures"), ASKED, ids=[case[0] for case in ASKED])
def test_answer(library: Library, question: str, figures: list[tuple[str, str]]) -> None:
    answer = library.ask(question).to_dict()
    assert answer["status"] == "answered"
    given = [(r["value"], r["measure"]) for r in answer["results"]]
    assert [f for f in figures if f not in given] == []
    assert given[0] == figures[0] or "比" in question
    assert not [w["message"] for w in answer["warnings"] if "不一致" in w["message"]]


def test_one_of_several_uses_has_not_all_the_money(library: Library) -> None:
    """35.00万元 is for 非遗传承 and 戏曲下乡: how much of it is for one of them is not told."""
    answer = library.ask("东岭县文化局2025年戏曲下乡安排了多少钱").to_dict()
    assert "35.00" not in {r["value"] for r in answer["results"]}
