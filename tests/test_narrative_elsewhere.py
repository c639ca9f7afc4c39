"""Sentences as publishers of other provinces put them, made with figures of their own: what each figure is about, and how it is put."""

from __future__ import annotations

import pytest

from kg import identify, knowledge, terms
from kg.model import Fact, Identity, ReadError
from kg.prose import narrative
from kg.readers import text


def tell(*lines: str, kind: str = "部门决算") -> list[Fact]:
    """What is read from some lines of a made document of 某县某局, of 2023."""
    document = text.read("某县某局.txt", "某县某局", "\n".join(lines).encode())
    known = knowledge.load()
    return narrative.read(document, Identity("某县某局", 2023, kind, "某县某局"), known, terms.Terms(known))[0]


def brief(fact: Fact) -> str:
    """Item, project, source of funds, kind of spending, year, phase, column and signed figure in one line."""
    figure = f"{fact.value}{fact.measure}" if fact.value is not None else str(fact.text)
    dims = [d for d in (fact.project, fact.flow, fact.fund, fact.spend) if d not in (None, "全部")]
    year = [str(fact.year)] if fact.year != 2023 else []
    return " ".join([fact.item, *dims, *year, fact.phase, fact.column, figure])


DECISIONS = [
    (["我院2023年三公经费开支12.5万元。"], ["ind:三公经费 支出 决算 支出决算 12.5万元"]),
    (
        ["一般公共预算及政府性基金财政拨款“三公”经费支出预算为6万元。"],
        ["ind:三公经费 支出 财政拨款 预算 支出预算 6万元"],
    ),
    (
        ["2023年，参加（组织）因公出国（境）团组0个，0人次。"],
        ["ind:因公出国境团组数 其他 数量 0个", "ind:因公出国境人次 其他 数量 0人次"],
    ),
    (
        ["1.教育支出90万元，主要用于开展小学教育发生的人员经费和办公经费，完成年初预算的96%。"],
        ["func:205 支出 决算 支出决算 90万元", "func:205 支出 决算 完成年初预算比例 96%"],
    ),
    (
        ["公务用车购置及运行费50万元（公务用车购置费30万元，比上年增加1万元；运行维护费20万元，比上年减少4万元。）比上年减少3万元。"],
        [
            "ind:公务用车购置及运行维护费 支出 决算 支出决算 50万元",
            "ind:公务用车购置费 支出 决算 支出决算 30万元",
            "ind:公务用车购置费 支出 决算 较上年增减额 1万元",
            "ind:公务用车运行维护费 支出 决算 支出决算 20万元",
            "ind:公务用车运行维护费 支出 决算 较上年增减额 -4万元",
            "ind:公务用车购置及运行维护费 支出 决算 较上年增减额 -3万元",
        ],
    ),
    (
        ["收入变动较大的主要原因是新增了60万元政府性基金预算财政拨款。"],
        ["ind:合计 支出 政府性基金 决算 增减额 60万元"],
    ),
    (
        ["（二）财政拨款支出情况", "2023年预算数300万元，调整数400万元，决算数390万元。"],
        [
            "ind:合计 支出 财政拨款 预算 预算数 300万元",
            "ind:合计 支出 财政拨款 全年预算 全年预算 400万元",
            "ind:合计 支出 财政拨款 决算 决算数 390万元",
        ],
    ),
    (
        ["因公出国（境）经费、公务接待费、公车运行费（“三公”经费）决算总额27万元，与上年下降7.6%。"],
        ["ind:三公经费 支出 决算 决算数 27万元", "ind:三公经费 支出 决算 较上年增减率 -7.6%"],
    ),
    (
        ["各乡镇一般公共预算拨款安排的“三公”经费决算支出数为116万元。"],
        ["ind:三公经费 支出 一般公共预算 决算 决算数 116万元"],
    ),
    (
        ["公务接待费支出5万元，比去年增加1万元，主要是调研增加；公务用车运行维护费支出决算比预算无增减变化，比去年增加2万元。"],
        [
            "ind:公务接待费 支出 决算 支出决算 5万元",
            "ind:公务接待费 支出 决算 较上年增减额 1万元",
            "ind:公务用车运行维护费 支出 决算 较预算增减额 持平",
            "ind:公务用车运行维护费 支出 决算 较上年增减额 2万元",
        ],
    ),
    (
        ["全县一般公共预算收入完成2.6亿元，占调整预算的105.4%。其中：税收收入1.1亿元，增长7.5%。"],
        [
            "ind:合计 收入 一般公共预算 决算 收入决算 2.6亿元",
            "ind:合计 收入 一般公共预算 决算 完成全年预算比例 105.4%",
            "item:税收收入 收入 一般公共预算 决算 收入决算 1.1亿元",
            "item:税收收入 收入 一般公共预算 决算 增减率 7.5%",
        ],
    ),
    (
        ["按照八项规定和市政府20条要求，公务接待费同比上升0.8%。"],
        ["ind:公务接待费 支出 决算 较上年增减率 0.8%"],
    ),
]

BUDGETS = [
    (
        ["“三公”经费9.8万元，较上年减少18.5万元（65.4%）。"],
        [
            "ind:三公经费 支出 预算 支出预算 9.8万元",
            "ind:三公经费 支出 预算 较上年增减额 -18.5万元",
            "ind:三公经费 支出 预算 较上年增减率 -65.4%",
        ],
    ),
    (
        ["商品和服务支出75元，占基本支出预算%，同比增加52元。"],
        ["econ:302 支出 预算 支出预算 75元", "econ:302 支出 预算 较上年增减额 52元"],
    ),
    (["（一）文化旅游体育与传媒支出类科目85万元。"], ["func:207 支出 预算 支出预算 85万元"]),
    (
        ["2023年财政拨款收支总预算10万元。收入包括：一般公共预算拨款10万元；支出包括：教育支出10万元。"],
        [
            "ind:总计 收支 财政拨款 预算 收支预算 10万元",
            "ind:合计 收入 一般公共预算 预算 收入预算 10万元",
            "func:205 支出 财政拨款 预算 支出预算 10万元",
        ],
    ),
    (
        [
            "一般公共预算支出14万元，其中：基本支出12万元，项目支出2万元，具体支出预算如下：",
            "（一）按支出功能分类科目划分。",
            "机构运行13万元，其中：基本支出11万元，项目支出2万元。",
            "住房公积金1万元，其中：基本支出1万元。",
        ],
        [
            "ind:合计 支出 一般公共预算 预算 支出预算 14万元",
            "ind:合计 支出 一般公共预算 基本支出 预算 支出预算 12万元",
            "ind:合计 支出 一般公共预算 项目支出 预算 支出预算 2万元",
            "item:机构运行 支出 一般公共预算 预算 支出预算 13万元",
            "item:机构运行 支出 一般公共预算 基本支出 预算 支出预算 11万元",
            "item:机构运行 支出 一般公共预算 项目支出 预算 支出预算 2万元",
            "func:2210201 支出 一般公共预算 预算 支出预算 1万元",
            "func:2210201 支出 一般公共预算 基本支出 预算 支出预算 1万元",
        ],
    ),
    (
        ["安排公车购置及运行维护费38万。"],
        ["ind:公务用车购置及运行维护费 支出 预算 支出预算 38万元"],
    ),
    (
        ["二、2022年“三公”经费决算情况", "2023年“三公”经费预算较2022年增加1.6万元，其中公务接待较上年减少0.5万元，减少4%。"],
        [
            "ind:三公经费 支出 预算 较上年增减额 1.6万元",
            "ind:公务接待费 支出 预算 较上年增减额 -0.5万元",
            "ind:公务接待费 支出 预算 较上年增减率 -4%",
        ],
    ),
    (
        ["全县行政单位（含参公事业单位）、事业单位和其他单位使用财政拨款安排“三公”经费预算总额19万元，较2022年的21万元减少2万元。"],
        [
            "ind:三公经费 支出 财政拨款 预算 预算数 19万元",
            "ind:三公经费 支出 财政拨款 2022 预算 上年 21万元",
            "ind:三公经费 支出 财政拨款 预算 较上年增减额 -2万元",
        ],
    ),
    (
        ["公务用车运行费5万元，比上年减少7万元，主要原因是核减，二、公务接待费预算20万元，与2022年预算相比持平。"],
        [
            "ind:公务用车运行维护费 支出 预算 支出预算 5万元",
            "ind:公务用车运行维护费 支出 预算 较上年增减额 -7万元",
            "ind:公务接待费 支出 预算 预算数 20万元",
            "ind:公务接待费 支出 预算 较上年预算增减额 持平",
        ],
    ),
    (
        ["2023年政府采购预算17万元。", "按政府采购资金类型划分，一般公共预算拨款17万元。"],
        ["ind:政府采购 支出 预算 预算数 17万元", "ind:政府采购 支出 一般公共预算 预算 支出预算 17万元"],
    ),
    (
        ["（三）国有资产的总体情况说明。", "截至2022年12月31日，资产原值合计211万元。"],
        ["item:资产原值 2022 其他 金额 211万元"],
    ),
]


@pytest.mark.parametrize(("lines", "expected"), DECISIONS, ids=[lines[-1][:16] for lines, _ in DECISIONS])
def test_accounts(lines: list[str], expected: list[str]) -> None:
    assert [brief(f) for f in tell(*lines)] == expected


@pytest.mark.parametrize(("lines", "expected"), BUDGETS, ids=[lines[-1][:16] for lines, _ in BUDGETS])
def test_budgets(lines: list[str], expected: list[str]) -> None:
    assert [brief(f) for f in tell(*lines, kind="部门预算")] == expected


@pytest.mark.parametrize(
    ("lines", "unit", "year", "kind"),
    [
        (["2022年某市质量技术监督局“三公”经费预算情况说明"], "某市质量技术监督局", 2022, "“三公”经费预算"),
        (["某州财政局关于2021年州本级“三公”经费决算汇总情况的说明"], "某州财政局", 2021, "“三公”经费决算"),
        (["2020年度甲乙县“三公”经费支出决算情况", "根据关于推进政府预算信息公开的决策部署"], "甲乙县", 2020, "“三公”经费决算"),
        (["甲乙市本级2025年“三公”经费预算情况说明"], "甲乙市", 2025, "“三公”经费预算"),
        (["甲乙县2024年4月财政预算执行情况"], "甲乙县", 2024, "其他"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_whose(lines: list[str], unit: str, year: int, kind: str) -> None:
    found = identify.identify(text.read("a.txt", "a", "\n".join(lines).encode()), knowledge.load())
    assert (found.unit, found.year, found.kind) == (unit, year, kind)


def test_a_title_without_a_name_is_nobodys() -> None:
    with pytest.raises(ReadError, match="看不出单位名称"):
        identify.identify(text.read("a.txt", "a", "2022年三公经费预算情况说明".encode()), knowledge.load())
