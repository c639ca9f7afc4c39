"""Answers: each kind once with values read by hand, what every answer owes, and what must never be answered.

The many single questions stand in tests/questions/*.yaml; here is what a case there cannot say.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import pytest

from conftest import documents
from qa.answers import compose, sums

ANSWER = {"question", "status", "answer", "results", "passages", "warnings", "clarify", "sparql"}
RESULT = {"value", "measure", "text", "unit", "year", "phase", "project", "indicator", "computed", "citations"}
CITATION = {"id", "document", "sha256", "page", "line", "line_end", "section", "table", "row", "column", "quote", "cell"}
PLAIN = re.compile(r"-?\d+(\.\d+)?")

#: one question of every kind
KINDS = [
    "天元区数据局2024年三公经费",
    "天元区数据局2023年三公经费是多少",
    "天元区数据局2024年基本支出和项目支出分别多少",
    "天元区数据局2024年三公经费由什么构成",
    "天元区数据局2024年基本支出哪项最多",
    "天元区数据局2024年办公费占公用经费比例",
    "天元区数据局2024年会议费和差旅费加起来多少",
    "天元区数据局2024年基本支出比项目支出少多少",
    "天元区数据局机关运行经费下降原因",
    "天元区数据局2024年有哪些项目",
    "天元区数据局是干什么的",
    "岳阳智慧城管2024年支出比上年减少多少",
    "各单位三公经费哪家最高",
    "岳阳智慧城管2024年培训费",
    "株洲城管监督指挥中心2021年绩效自评多少分",
    "株洲城管监督指挥中心信息采集项目的满意度目标和实际",
    "城管指挥中心2024年三公经费",
    "天元区财政局2024年三公经费",
    "天元区数据局2019年三公经费",
    "天元区数据局2024年加油花了多少",
]
every_kind = pytest.mark.parametrize("text", KINDS)


def ask(opened: Any, text: str) -> dict[str, Any]:
    found: dict[str, Any] = opened.ask(text).to_dict()
    return found


def values(answer: dict[str, Any]) -> list[tuple[str | None, str]]:
    return [(r["value"], r["measure"]) for r in answer["results"]]


# --- what every answer owes -------------------------------------------------------------------------


@every_kind
def test_json_as_designed(opened: Any, text: str) -> None:
    answer = json.loads(json.dumps(ask(opened, text), ensure_ascii=False))
    assert set(answer) == ANSWER
    assert answer["question"] == text
    assert answer["status"] in ("answered", "no_data", "clarify")
    assert answer["answer"]
    for result in answer["results"]:
        assert set(result) == RESULT
        assert result["value"] is None or PLAIN.fullmatch(result["value"]), result["value"]
        assert result["value"] is not None or result["text"]
        assert result["unit"]
        assert result["citations"]
    for part in (*answer["results"], *answer["passages"], *answer["warnings"]):
        assert all(set(c) == CITATION for c in part["citations"])


@every_kind
def test_every_quote_stands_where_it_is_said_to_stand(opened: Any, text: str) -> None:
    lines = {path.name: path.read_text("utf-8").split("\n") for path in documents()}
    answer = ask(opened, text)
    for part in (*answer["results"], *answer["passages"], *answer["warnings"]):
        for c in part["citations"]:
            assert c["quote"] in "\n".join(lines[c["document"]][c["line"] - 1 : c["line_end"] or c["line"]]), c["id"]


@every_kind
def test_a_stated_figure_is_in_its_own_quotes(opened: Any, text: str) -> None:
    """A figure that is not computed is printed, digit by digit, in the first place it cites."""
    for result in ask(opened, text)["results"]:
        if result["computed"] is None and result["value"] is not None:
            quote = re.sub(r"[\s,，]", "", result["citations"][0]["quote"])
            assert result["value"].lstrip("-") in quote, (result["value"], quote)


@every_kind
def test_a_formula_gives_its_value(opened: Any, text: str) -> None:
    for result in ask(opened, text)["results"]:
        formula = result["computed"]
        if formula is None or not re.fullmatch(r"[\d.\s+−×÷（）|%]+", formula):
            continue
        python = formula.replace("−", "-").replace("×", "*").replace("÷", "/").replace("（", "(").replace("）", ")").replace("%", "")
        found = eval(re.sub(r"[\d.]+", lambda m: f"Decimal('{m[0]}')", python), {"Decimal": Decimal})
        assert abs(found - Decimal(result["value"])) < Decimal("0.01"), formula


@every_kind
def test_figures_come_with_the_query_that_found_them(opened: Any, text: str) -> None:
    answer = ask(opened, text)
    if answer["results"]:
        rows = opened.reader.query(answer["sparql"].split("\n\nSELECT")[0]) if "SELECT" in answer["sparql"] else []
        assert rows
        assert "«" not in answer["sparql"]


@every_kind
def test_no_figure_without_an_answer(opened: Any, text: str) -> None:
    answer = ask(opened, text)
    if answer["status"] != "answered":
        assert answer["results"] == []


# --- single figures ---------------------------------------------------------------------------------


def test_a_figure_with_its_parts_phases_and_contradictions(opened: Any) -> None:
    answer = ask(opened, "天元区数据局2024年三公经费")
    first = answer["results"][0]
    assert (first["value"], first["measure"], first["year"], first["phase"]) == ("1.4", "万元", 2024, "决算")
    assert 286 in [c["line"] for c in first["citations"]]
    assert {("3.8", "预算"), ("1.4", "全年预算")} <= {(r["value"], r["phase"]) for r in answer["results"]}
    assert {"0.21", "1.19"} <= {r["value"] for r in answer["results"]}  # reception and running of the car
    assert any("1.19" in w["message"] and "1.4" in w["message"] for w in answer["warnings"])


def test_the_readings_are_said(opened: Any) -> None:
    assert any("株洲市天元区数据局" in note for note in opened.ask("数据局2024年三公").notes)


def test_a_place_only_says_which_unit_is_meant(opened: Any) -> None:
    """岳阳市 may be the whole city: its one unit is offered, not answered for."""
    answer = ask(opened, "岳阳市三公经费")
    assert answer["status"] == "clarify"
    assert "岳阳市智慧城管指挥中心" in answer["clarify"][0]["question"]


def test_last_year_is_derived_and_says_so(opened: Any) -> None:
    """减少128.75万元 to 1171.44万元 in 2024; another line writes 1171.44元, which is a slip."""
    first = ask(opened, "岳阳智慧城管2023年支出")["results"][0]
    assert (first["value"], first["measure"], first["year"]) == ("1300.19", "万元", 2023)
    assert first["computed"] == "1171.44 + 128.75"
    assert len(first["citations"]) >= 2


def test_nothing_of_it_is_nought_with_the_sentence(opened: Any) -> None:
    answer = ask(opened, "岳阳智慧城管2024年培训费")
    assert values(answer)[0] == ("0", "万元")
    assert "无培训费" in answer["passages"][0]["text"]
    assert answer["results"][0]["computed"]


# --- refusals ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "天元区财政局2024年三公经费",
        "天元区图书馆2024年三公经费",
        "岳阳市法院公务接待费",
        "岳阳图书馆的公务接待费",
        "天元区数据局信息中心2024年三公经费",
        "天元区数据局局长工资",
        "天元区数据局2024年12月支出",
        "天元区数据局2024年固定资产多少",
        "天元区数据局2024年油费",
        "天元区数据局2024年绩效奖金",
        "天元区数据局2019年三公经费",
        "天元区数据局2030年预算",
        "天元区数据局2024年人均差旅天数",
        "天元区数据局2024年社会保障和就业支出完成预算的多少",  # printed is only that of 其他社会保障和就业支出
        "岳阳智慧城管2024年基本支出按经济科目列出",  # the tables are not in the file
        "天元区数据局的预算单位有几个",
    ],
)
def test_never_the_nearest_figure(opened: Any, text: str) -> None:
    answer = ask(opened, text)
    assert answer["status"] == "no_data", values(answer)
    assert answer["results"] == []


def test_a_missing_year_names_those_there_are(opened: Any) -> None:
    assert "2024" in ask(opened, "天元区数据局2019年三公经费")["answer"]


def test_a_missing_unit_names_those_there_are(opened: Any) -> None:
    assert "株洲市天元区数据局" in ask(opened, "天元区财政局2024年三公经费")["answer"]


def test_several_readings_are_offered_as_questions(opened: Any) -> None:
    answer = ask(opened, "城管指挥中心三公经费")
    assert answer["status"] == "clarify"
    assert len(answer["clarify"]) >= 2
    assert all("三公经费" in c["question"] for c in answer["clarify"])


def test_an_offered_question_is_answered(opened: Any) -> None:
    offered = ask(opened, "城管指挥中心三公经费")["clarify"]
    assert any(ask(opened, c["question"])["status"] == "answered" for c in offered)


def test_one_side_missing_is_no_comparison(opened: Any) -> None:
    answer = ask(opened, "天元区数据局2024年住房保障支出年初预算和决算分别多少")
    assert values(answer) == [("17.30", "万元")]
    assert "未披露" in answer["answer"]


# --- computed figures -------------------------------------------------------------------------------


def test_a_sum_of_two(opened: Any) -> None:
    answer = ask(opened, "天元区数据局2024年工资福利支出和商品和服务支出加起来多少")
    assert values(answer)[:3] == [("248.87", "万元"), ("212.55", "万元"), ("36.32", "万元")]
    assert answer["results"][0]["computed"] == "212.55 + 36.32"


def test_a_difference(opened: Any) -> None:
    assert ("729.87", "万元") in values(ask(opened, "天元区数据局2024年基本支出比项目支出少多少"))


def test_a_share_of_the_whole_that_is_named(opened: Any) -> None:
    first = ask(opened, "天元区数据局2024年办公费占公用经费比例")["results"][0]
    assert (first["value"], first["measure"], first["computed"]) == ("15.91", "%", "5.78 ÷ 36.32 × 100%")


def test_a_stated_share_comes_before_a_computed_one(opened: Any) -> None:
    first = ask(opened, "天元区数据局2024年项目支出占比")["results"][0]
    assert (first["value"], first["computed"]) == ("79.73", None)


def test_income_and_spending_apart_are_two_figures(opened: Any) -> None:
    answer = ask(opened, "天元区数据局2024年财政拨款收入和支出差多少")
    assert values(answer) == [("1227.61", "万元"), ("1227.61", "万元")]
    assert "相等" in answer["answer"]


def test_a_ranking_runs_over_both_halves_of_basic_spending(opened: Any) -> None:
    """人员经费 and 公用经费 stand side by side in one table: the largest 科目 is 奖金."""
    first = ask(opened, "天元区数据局2024年基本支出哪项最多")["results"][0]
    assert (first["value"], first["indicator"]) == ("63.27", "奖金")


def test_a_ranking_of_several(opened: Any) -> None:
    answer = ask(opened, "天元区数据局2024年人员经费最大的三项")
    assert [v for v, _ in values(answer)] == ["63.27", "54.38", "30.94"]


def test_units_in_order_say_their_years(opened: Any) -> None:
    answer = ask(opened, "各单位三公经费哪家最高")
    figures = [Decimal(r["value"]) for r in answer["results"]]
    assert figures == sorted(figures, reverse=True)
    assert any("年度不同" in w["message"] for w in answer["warnings"])


def test_an_average_needs_its_number(opened: Any) -> None:
    answer = ask(opened, "天元区数据局2024年公务接待人均多少")
    assert answer["results"][0]["computed"] == "0.21 ÷ 20"  # guests, not staff


def test_a_change_without_sign(opened: Any) -> None:
    first = ask(opened, "岳阳智慧城管2024年支出比上年减少多少")["results"][0]
    assert (first["value"], first["measure"]) == ("128.75", "万元")
    assert "减少" in first["indicator"]


def test_each_of_several_years(opened: Any) -> None:
    answer = ask(opened, "天元区数据局近两年三公经费")
    assert [(r["year"], r["value"]) for r in answer["results"]] == [(2023, "2.23"), (2024, "1.4")]


# --- words ------------------------------------------------------------------------------------------


def test_reasons_are_passages_with_the_figure(opened: Any) -> None:
    answer = ask(opened, "天元区数据局机关运行经费下降原因")
    assert "办公费" in answer["passages"][0]["text"]
    assert answer["results"][0]["value"] == "1.01"


def test_duties_are_passages(opened: Any) -> None:
    answer = ask(opened, "天元区数据局的主要职责")
    assert answer["results"] == []
    assert answer["passages"]


def test_performance_target_and_actual(opened: Any) -> None:
    answer = ask(opened, "株洲城管监督指挥中心2021年绩效目标完成得怎么样")
    assert {r["phase"] for r in answer["results"]} == {"目标", "完成"}
    assert all(r["text"] for r in answer["results"])


# --- explain ----------------------------------------------------------------------------------------


def test_explain_tells_how_each_word_was_read(opened: Any) -> None:
    told = opened.ask("数据局2024年三公经费决算").explanation
    assert any("数据局" in str(word) for word in told.words)
    assert dict(told.slots)["年度"] == "2024"


# --- anything at all --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "？？？",
        "😀😀😀",
        "\x00\x1b[31m三公\x07",
        "a" * 100_000,
        "三公经费" * 25_000,
        '天元区数据局" } DROP ALL ; SELECT * { ?s ?p ?o',
        "天元区数据局2024年三公经费\\u0022 . FILTER(1=1)",
        "<http://example.org/> a owl:Thing .",
        "天元区数据局 {2024} 三公（经费）《》【】",
        "年年年年年年预算预算预算",
        "0" * 300,
    ],
)
def test_any_text_has_an_answer(opened: Any, text: str) -> None:
    assert ask(opened, text)["status"] in ("answered", "no_data", "clarify")


# --- small parts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "written"), [("1.40", "1.40"), ("729.870000", "729.87"), ("0.0105", "0.0105"), ("12", "12"), ("1E+3", "1000")]
)
def test_plain_numbers(value: str, written: str) -> None:
    assert compose.plain_number(Decimal(value)) == written


def test_only_like_is_compared_with_like() -> None:
    assert not sums.comparable([])


def test_what_is_left_of_a_budget_is_computed_from_both_figures(opened: Any) -> None:
    """Line 668: 全年预算数 218.43, 全年执行数 195.26; a budget alone (2022) has nothing spent to compare."""
    answer = ask(opened, "天元区数据局新区电子政务系统项目2024年还剩多少没花")
    assert [(r["value"], r["measure"]) for r in answer["results"][:3]] == [("23.17", "万元"), ("218.43", "万元"), ("195.26", "万元")]
    assert answer["results"][0]["computed"] == "218.43 − 195.26"
    assert ask(opened, "株洲城管监督指挥中心2022年三公经费还剩多少没花")["status"] == "no_data"


def test_a_rate_that_is_not_stated_is_computed_from_both_amounts(opened: Any) -> None:
    """Line 602: 全年预算 1018.53 and 决算 383.8 of 政府采购金额; lines 201 and 202: 办公费 4.37 of 商品和服务支出 28.82."""
    rate = ask(opened, "天元区数据局2024年政府采购决算占预算数的百分之几")["results"][0]
    assert (rate["value"], rate["measure"], rate["computed"]) == ("37.68", "%", "383.8 ÷ 1018.53 × 100%")
    share = ask(opened, "天元区数字化指挥中心2023年办公费在商品和服务支出里占多少")["results"][0]
    assert (share["value"], share["measure"], share["computed"]) == ("15.16", "%", "4.37 ÷ 28.82 × 100%")


def test_the_explanation_tells_what_was_taken_and_what_was_left(opened: Any) -> None:
    """公务接待费: taken is 公开09表 line 286; left are the year before (0.27, line 583) and the rate of the text (70 %, line 388)."""
    told = opened.ask("天元区数据局2024年公务接待费").explanation
    assert told.taken[0] == "公务接待费 2024年 决算 金额 0.21万元（公开09表第286行）"
    assert "公务接待费 2023年 决算 金额 0.27万元（基础数据表第583行）：年度为2023" in told.refused
    assert any("70%" in line and "度量为完成率" in line for line in told.refused)
