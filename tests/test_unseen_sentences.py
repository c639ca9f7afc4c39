"""A made-up report as publishers elsewhere word it, read by hand: what goes with a count, the other side after a reason, asides."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from kg.build import read
from kg.model import Fact

TEXT = """某省渔业厅2024年度部门决算公开

第三部分 2024年度部门决算情况说明
一、收入支出决算总体情况说明
2024年度收、支总计均为840.60万元。与2023年度相比，收、支总计各增加12.30万元，增长1.49%，主要原因是渔民生活补贴标准由每人每月90元提高到110元，补贴支出增加。
二、财政拨款收入支出决算总体情况说明
2024年度财政拨款收入、支出决算总计747.40万元。
三、财政拨款支出决算情况说明
2024年度财政拨款支出决算747.40万元。与2024年度财政拨款支出年初预算759.90万元相比，完成年初预算的98.36%。
部门决算仅包括厅本级决算，无其他下属单位决算，与预算编制范围一致。
四、预算绩效情况说明
我部门组织对2024年度项目支出全面开展绩效自评，共涉及项目5个，资金244.70万元，占项目支出总额的100%。
第五次渔业普查项目绩效自评得分为93.4分。项目全年预算数为85.00万元，执行数为58.90万元，完成预算的69.29%。主要产出和效益：为104名0—14岁渔村儿童提供游泳训练。
对执行率低于85%的项目调减预算安排。
“两港”建设项目自评得分92.3分。
填报绩效目标的预算项目4个，占全部预算项目5个的80.00%。
所有项目支出均实行绩效目标管理，涉及一般公共预算项目7个、资金422.70万元，政府性基金预算项目1个、资金80.00万元。
五、国有资产占用情况说明
截至2024年底，本部门共有车辆1台，共计21.80万元；单价50万元以上的通用设备3台（套），共计214.70万元；单价100万元以上的专用设备2台（套），共计368.00万元，为消毒设备。
编制泊位90个，实际开放泊位102个；编制床位30张，实际开放床位42张。
本部门拟购置固定资产33.00万元，主要是执法执勤用车1辆和办公设备一批。
六、其他
因公出国（境）费用、公务接待费开支单位包括2个所属单位。
2025年本部门收入预算375.10万元，比上年增加8.80万元，增长2.40%，主要原因是合同提价；支出预算374.20万元，比上年增加7.70万元，增长2.10%，主要原因同上。
农林水支出（类）农业农村（款）“两港”建设（项）。年初预算60.00万元，支出决算51.20万元。
"""


@cache
def facts(folder: Path) -> tuple[Fact, ...]:
    path = folder / "某省渔业厅2024年度部门决算公开.txt"
    path.write_text(TEXT, "utf-8")
    return tuple(read(path).facts)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sentences")


def one(folder: Path, quote: str, row: str = "") -> Fact:
    found = [f for f in facts(folder) if f.quote == quote and row in f.row]
    assert len(found) == 1, [(f.row, f.column, f.value) for f in found]
    return found[0]


def test_new_level_within_a_reason(folder: Path) -> None:
    """What a reason says rose is no total of the unit."""
    fact = one(folder, "110元")
    assert (fact.item_label, fact.metric, fact.value) == ("渔民生活补贴标准", "单价", Decimal(110))


def test_both_sides_are_one_total(folder: Path) -> None:
    fact = one(folder, "747.40万元", "总计")
    assert (fact.item, fact.flow, fact.fund) == ("ind:总计", "收支", "财政拨款")


def test_what_is_compared_with_names_its_year(folder: Path) -> None:
    fact = one(folder, "759.90万元")
    assert (fact.item, fact.phase, fact.fund) == ("ind:合计", "年初预算", "财政拨款")
    rate = one(folder, "98.36%")
    assert (rate.item, rate.metric, rate.base) == ("ind:合计", "完成率", "年初预算")


def test_the_same_scope_is_no_change(folder: Path) -> None:
    assert not [f for f in facts(folder) if "下属单位决算" in f.row]


@pytest.mark.parametrize(
    ("quote", "item", "fund"),
    [
        ("244.70万元", "ind:绩效自评资金", "全部"),
        ("422.70万元", "item:一般公共预算项目资金", "一般公共预算"),
        ("80.00万元", "item:政府性基金预算项目资金", "政府性基金"),
    ],
)
def test_money_of_projects_counted(folder: Path, quote: str, item: str, fund: str) -> None:
    fact = one(folder, quote)
    assert (fact.item, fact.metric, fact.fund) == (item, "金额", fund)


def test_project_of_the_sentence_before(folder: Path) -> None:
    for quote, phase in (("85.00万元", "全年预算"), ("58.90万元", "决算")):
        fact = one(folder, quote)
        assert (fact.project, fact.phase, fact.item) == ("第五次渔业普查", phase, "ind:合计")
    assert one(folder, "104名").item_label == "0—14岁渔村儿童"


def test_thresholds_are_no_figures(folder: Path) -> None:
    assert not [f for f in facts(folder) if "85%" in f.quote]


def test_quotation_marks_stay_in_pairs(folder: Path) -> None:
    assert one(folder, "92.3分").project == "“两港”建设"
    assert one(folder, "51.20万元").row.endswith("/“两港”建设（项）")


def test_share_of_a_count(folder: Path) -> None:
    assert one(folder, "5个", "全部预算项目").item_label == "全部预算项目"
    share = one(folder, "80.00%")
    assert (share.item_label, share.metric, share.base) == ("填报绩效目标的预算项目", "占比", "全部预算项目")


@pytest.mark.parametrize(
    ("quote", "row"), [("21.80万元", "车辆"), ("214.70万元", "单价50万元以上的通用设备"), ("368.00万元", "单价100万元以上的专用设备")]
)
def test_what_things_counted_are_worth(folder: Path, quote: str, row: str) -> None:
    fact = one(folder, quote)
    assert (fact.row, fact.metric, fact.flow) == (row, "金额", None)


def test_authorised_and_real(folder: Path) -> None:
    """编制 is a verb (drawn up) and a noun: 编制床位 keeps it."""
    assert one(folder, "30张").item_label == "编制床位"
    assert one(folder, "42张").item_label == "开放床位"
    assert one(folder, "1辆").item_label == "执法执勤用车"
    assert one(folder, "2个").item_label == "开支单位"


def test_spending_after_the_reason_for_income(folder: Path) -> None:
    for quote, flow, metric in (("374.20万元", "支出", "金额"), ("7.70万元", "支出", "变动额"), ("8.80万元", "收入", "变动额")):
        fact = one(folder, quote)
        assert (fact.item, fact.flow, fact.metric, fact.year) == ("ind:合计", flow, metric, 2025)
