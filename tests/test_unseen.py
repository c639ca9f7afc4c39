"""A made-up budget as publishers elsewhere print it, read by hand: carried-over money, codes of no list, signs, projects under headings."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from kg.build import read
from kg.model import Fact

TEXT = """某省渔业厅2024年度部门预算公开

一、2024年财政拨款收支预算总表
单位：万元
收入|收入|支出|支出|支出|支出
项目|预算数|项目|合计|一般公共预算|政府性基金预算
一、本年收入|900.00|社会保障和就业支出|120.00|120.00|
（一）一般公共预算拨款|900.00|农林水支出|820.50|820.50|
（二）政府性基金预算拨款|||||
二、上年结转|40.50||||
（一）一般公共预算拨款|40.50||||
收入总计|940.50|支出总计|940.50|940.50|

二、一般公共预算支出表
单位：万元
科目编码|科目名称|合计|基本支出|项目支出
合计||940.50|560.50|380.00
208|社会保障和就业支出|120.00|120.00|
20805|行政事业单位养老支出|120.00|120.00|
2080505|机关事业单位基本养老保险缴费支出|120.00|120.00|
213|农林水支出|820.50|440.50|380.00
21301|农业农村|820.50|440.50|380.00
2130101|行政运行|440.50|440.50|
2130110|执法监管|380.00||380.00

三、预算情况说明
财政拨款支出主要内容如下：
1.农林水支出（类）农业农村（款）执法监管（项）2024年预算数为380.00万元，比2023年预算数减少20.00万元，下降5.00%，主要原因是船只集中检修结束；\
机关事业单位基本养老保险缴费支出2024年预算数120.00万元，比2023年预算数增加6.00万元。
（2）2080505机关事业单位基本养老保险缴费支出120.00万元，比上年增加6.00万元，增长5.26%。

四、项目经费情况说明
（一）增殖放流项目
六、年度预算安排：2024年预算210.00万元，比2023年预算减少13.50万元。
差错率不高于0.05%。

五、增殖放流项目绩效目标表
一级指标|二级指标|三级指标|指标描述|指标性质|指标值|计量单位
产出指标|数量指标|放流苗种|全年投放|≥|18|万尾
产出指标|质量指标|检验合格率|合格占比|=|100|%
效益指标|生态效益指标|覆盖地市|覆盖个数|=|6|个
"""


@cache
def facts(folder: Path) -> tuple[Fact, ...]:
    path = folder / "某省渔业厅2024年度部门预算公开.txt"
    path.write_text(TEXT.replace("|", "\t"), "utf-8")
    return read(path).facts


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Fact, ...]:
    return facts(tmp_path_factory.mktemp("unseen"))


def one(told: tuple[Fact, ...], line: int, number: str) -> Fact:
    (fact,) = [f for f in told if f.address.line == line and number in f.quote]
    return fact


def line_of(words: str) -> int:
    return next(n for n, line in enumerate(TEXT.splitlines(), start=1) if words in line)


def test_money_carried_over_is_no_income_of_the_year(told: tuple[Fact, ...]) -> None:
    carried = next(f for f in told if f.quote == "40.50" and f.fund == "一般公共预算")
    assert (carried.item, carried.flow, carried.row) == ("ind:年初结转和结余", "结转结余", "上年结转/一般公共预算拨款")
    year = next(f for f in told if f.quote == "900.00" and f.fund == "一般公共预算")
    assert (year.item, year.flow) == ("ind:合计", "收入")


def test_a_code_that_only_the_table_knows_is_known_in_the_text(told: tuple[Fact, ...]) -> None:
    line = line_of("执法监管（项）")
    assert [(f.item, f.fund, f.metric, str(f.value)) for f in told if f.address.line == line][:3] == [
        ("func:2130110", "财政拨款", "金额", "380.00"),
        ("func:2130110", "财政拨款", "变动额", "-20.00"),
        ("func:2130110", "财政拨款", "变动率", "-5.00"),
    ]


def test_a_change_behind_a_reason_is_of_the_item_before_it(told: tuple[Fact, ...]) -> None:
    change = one(told, line_of("船只集中检修结束"), "6.00")
    assert (change.item, change.metric, str(change.value)) == ("func:2080505", "变动额", "6.00")


def test_a_code_may_lead_its_name(told: tuple[Fact, ...]) -> None:
    amount = one(told, line_of("（2）2080505"), "120.00")
    assert (amount.item, amount.metric, str(amount.value)) == ("func:2080505", "金额", "120.00")


def test_a_heading_names_the_project(told: tuple[Fact, ...]) -> None:
    line = line_of("年度预算安排")
    assert [(f.project, f.metric, str(f.value)) for f in told if f.address.line == line] == [
        ("增殖放流项目", "金额", "210.00"),
        ("增殖放流项目", "变动额", "-13.50"),
    ]
    rate = one(told, line_of("差错率"), "0.05")
    assert (rate.item_label, rate.measure) == ("差错率", "%")
    assert str(rate.high) == "0.05"


def test_signs_and_measures_of_targets_stand_in_columns(told: tuple[Fact, ...]) -> None:
    targets = {f.item_label: (f.text, f.measure, f.quote) for f in told if f.column == "指标值"}
    assert targets == {
        "放流苗种": ("≥18万尾", "尾", "18"),
        "检验合格率": ("100%", "%", "100"),
        "覆盖地市": ("6个", "个", "6"),
    }
