"""What is done with figures: the outcome first, its formula, and the figures it was made of, all read by hand."""

from __future__ import annotations

from typing import Any

import pytest

#: question; the first figure with its measure and formula; figures that stand beside it
OUTCOMES: list[tuple[str, str, str, str | None, tuple[str, ...]]] = [
    # 第414行: 授予小微企业合同金额107.02万元, 政府采购支出总额383.8万元; the 60.44 % printed there are of 中小企业
    ("天元区数据局2024年授予小微企业合同占采购总额的百分之几", "27.88", "%", "107.02 ÷ 383.8 × 100%", ("107.02", "383.8")),
    # 第327、431行
    ("株洲监督指挥中心2022年信息采集专项1200万里劳务费占百分之多少", "90.92", "%", "1091 ÷ 1200.00 × 100%", ("1091", "1200.00")),
    # 第135行
    ("天元区数据局2024年项目支出是基本支出的多少倍", "3.93", "倍", "978.74 ÷ 248.87", ("978.74", "248.87")),
    # 第91至93行
    ("天元区数据局2024年卫生健康支出和住房保障支出加起来比社保支出多多少", "16.09", "万元", "36.35 − 20.26", ("36.35", "20.26")),
    # 第589至597行
    ("天元区数据局2024年除了服务大厅运转费用，其他项目一共花了多少", "240.23", "万元", "5 + 5 + 20 + 195.26 + 14.97", ("195.26",)),
    # 第286行 of 2024, 第271行 of 2023, 第70行: each unit with its own year
    (
        "三公经费决算，数据局2024年、天元区数字化指挥中心2023年、岳阳智慧城管2024年三家加一块多少",
        "5.35",
        "万元",
        "1.4 + 3.95 + 0",
        ("1.4", "3.95", "0"),
    ),
    # 第97行 of 2022, 第427行, 第490行: units that are named are added once each
    ("株洲城管监督指挥中心、天元区数字化指挥中心、天元区数据局三家编制合计多少名", "37", "人", "20 + 7 + 10", ("20", "7", "10")),
    # 第66行: 株洲数字 is no short name of a unit, 数字城管系统 is one word; of that year one unit there has a document
    ("2021年株洲数字城管系统上报案卷多少条，立案多少条", "520954", "条", None, ("519218",)),
    # 第538行: 追加 and 项目 are one term, with what asks between them
    ("天元区数据局年中追加了几个项目、批了多少、真正花出去多少", "3", "个", None, ("290", "30")),
    # 第453行: a share of what was counted
    ("天元区数字化指挥中心2023年高清抓拍的违章，督促处置掉的占几成", "98.44", "%", "13127 ÷ 13335 × 100%", ("13127", "13335")),
    # 第92行 and 第34行
    ("株洲监督指挥中心2021年年初预算加上年中追加的一共多少", "2071.17", "万元", "1984.99 + 86.18", ("1984.99", "86.18")),
    # 第202至204行, 162.51 in 第201行
    (
        "区数字化指挥中心2023年基本工资、津贴补贴、奖金加起来占工资福利支出的百分之几",
        "73.65",
        "万元",
        "31.44 + 10.84 + 31.37",
        ("45.32",),
    ),
]


@pytest.mark.parametrize(("question", "value", "measure", "formula", "beside"), OUTCOMES, ids=[case[0] for case in OUTCOMES])
def test_an_outcome(opened: Any, question: str, value: str, measure: str, formula: str | None, beside: tuple[str, ...]) -> None:
    """What was asked for comes first, with its formula; what it was made of follows."""
    answer = opened.ask(question).to_dict()
    first, *others = answer["results"]
    assert (first["value"], first["measure"], first["computed"]) == (value, measure, formula)
    assert set(beside) <= {r["value"] for r in others}


def test_a_whole_is_not_added_to_its_parts(opened: Any) -> None:
    """第286行: 三公经费1.4万元, of which 公务接待费0.21万元: the answer is no sum of both, and says why."""
    answer = opened.ask("天元区数据局2024年三公经费和公务接待费加起来多少").to_dict()
    assert [r["value"] for r in answer["results"]][:2] == ["1.4", "0.21"]
    assert any("已包含" in w["message"] for w in answer["warnings"])


def test_what_cannot_be_done_is_refused(opened: Any) -> None:
    """The figures are there (第33行), but not those of the year before: no figure stands for the change."""
    answer = opened.ask("岳阳智慧城管2024年基本支出和项目支出跟上年比分别变化多少").to_dict()
    assert (answer["status"], answer["results"]) == ("no_data", [])
    assert "增减变化" in answer["answer"]


#: a question with a bound; every figure that is within it, in the order of the document; what the answer says
WITHIN = [
    # 第113、114行: of the nine 功能科目 only these two
    ("天元区数据局2024年哪些支出超过100万元", ("192.26", "948.74"), "行政运行"),
    ("天元区数据局2024年哪些支出超过5000万元", (), "没有符合条件的，最大的是一般行政管理事务948.74万元"),
    # 第209至235行: 商品和服务支出 36.32 with its 款
    ("天元区数据局2024年商品和服务支出里哪些超过5万元", ("5.78", "9.28", "9.62"), "其他交通费用"),
    ("天元区数据局2024年办公费、印刷费、差旅费哪些超过1万元", ("5.78", "2.43"), "差旅费"),
    ("天元区数据局2024年差旅费、办公费、印刷费超过2万元的有几项", ("2", "2.43", "5.78"), "办公费"),
    # 第286行 of 2024: 1.4 is over the bound; 第70行 of 岳阳: 0
    ("哪些单位2024年三公经费不到1万元", ("0",), "岳阳市智慧城管指挥中心"),
    # 第271行 of 2023: 3.95; the only budget above it is of 2022
    ("各单位三公经费哪些超过5万元", ("13.00",), "株洲市城市管理监督指挥中心"),
]


@pytest.mark.parametrize(("question", "values", "said"), WITHIN, ids=[case[0] for case in WITHIN])
def test_only_what_is_within_a_bound(opened: Any, question: str, values: tuple[str, ...], said: str) -> None:
    """No figure beyond the bound stands in the answer, whatever form it takes."""
    answer = opened.ask(question).to_dict()
    assert answer["status"] == "answered"
    assert tuple(r["value"] for r in answer["results"]) == values
    assert said in answer["answer"]
    assert not any("数据局" in w["message"] for w in answer["warnings"] if w["kind"] == "missing")


def test_more_than_the_whole_is_no_part_of_it(opened: Any) -> None:
    """第135行: 项目支出978.74, 基本支出248.87: the ratio is given, and that it is none of a part to its whole."""
    answer = opened.ask("天元区数据局2024年项目支出占基本支出的百分之几").to_dict()
    assert answer["results"][0]["value"] == "393.27"
    assert any("不是后者的一部分" in w["message"] for w in answer["warnings"])


@pytest.mark.parametrize("question", ["天元区数据局2024年基本支出里财政拨款是多少", "天元区数据局2024年基本支出决算，财政拨款口径多少"])
def test_what_a_fund_pays_of_a_kind_of_spending(opened: Any, question: str) -> None:
    """第187行: 基本支出248.87 of 一般公共预算财政拨款; not all that the fund pays, 1227.61."""
    found = opened.ask(question).to_dict()["results"]
    assert (found[0]["value"], found[0]["measure"]) == ("248.87", "万元")
    assert "1227.61" not in {r["value"] for r in found}


def test_a_rate_asked_for_is_no_number_of_things(opened: Any) -> None:
    """第453行 lists the rates of five of the 14家: the number is no answer to which rate is lowest, the sentence is shown."""
    answer = opened.ask("2023年自评报告里列出的几家处置单位，案卷处置效果哪一家百分比最低，是多少？天元区城市管理数字化指挥中心").to_dict()
    assert (answer["status"], answer["results"]) == ("no_data", [])
    assert "14家" in answer["answer"]
    assert any("99.3%" in p["text"] for p in answer["passages"])


def test_a_clause_without_a_figure_is_named(opened: Any) -> None:
    """第437行: 12套 and 6组 are found, the 5.16万元 beside them is not: half an answer says what is missing."""
    answer = opened.ask("株洲监督指挥中心2022年给坐席员买办公桌椅和文件柜要花多少，买几套").to_dict()
    assert {("12", "套"), ("6", "组")} <= {(r["value"], r["measure"]) for r in answer["results"]}
    assert [w["message"] for w in answer["warnings"] if w["kind"] == "missing"] == [
        "没有找到“株洲监督指挥中心2022年给坐席员买办公桌椅和文件柜要花多少”的数"
    ]


@pytest.mark.parametrize("question", ["天元区数据局2024年有什么对不上的地方", "天元区数据局2024年有没有数字对不上的地方"])
def test_what_a_document_contradicts_itself_in(opened: Any, question: str) -> None:
    """第286行: 合计1.4 beside 公务接待费0.21 and 运行维护费1.4; the answer counts such findings, names them, and gives no figure."""
    answer = opened.ask(question).to_dict()
    assert (answer["status"], answer["results"]) == ("answered", [])
    assert "处错误" in answer["answer"]
    assert any("“三公”经费决算1.4万元" in w["message"] and w["citations"] for w in answer["warnings"])


def test_contradictions_of_no_unit_of_ours(opened: Any) -> None:
    assert opened.ask("普陀数据局2024年有什么对不上的地方").to_dict()["status"] != "answered"


def test_what_spending_consists_of(opened: Any) -> None:
    """第427、490行 of 2022: two projects; 第208行 of 2024: 工资福利支出 with its parts."""
    projects = opened.ask("株洲城管监督指挥中心2022年项目支出有哪些").to_dict()["results"]
    assert [r["value"] for r in projects] == ["1200.00", "400.00"]
    wages = opened.ask("天元区数据局2024年工资福利支出有哪些").to_dict()["results"]
    assert [r["value"] for r in wages][:3] == ["212.55", "54.38", "30.94"]
