"""Text to slots: units, years, phases, items, operations, and what is said when a word means nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answers import asks, phases
from qa.model import Question, Unit
from qa.text import LIMIT, clean, squeeze
from qa.understand import lattice, question, spelling, units, words, years
from qa.understand.lattice import Span

DATA = "unit:株洲市天元区数据局"
DIGITAL = "unit:株洲市天元区城市管理数字化指挥中心"
ZHUZHOU = "unit:株洲市城市管理监督指挥中心"
YUEYANG = "unit:岳阳市智慧城管指挥中心"
Read = Callable[[str], Question]


@pytest.fixture(scope="session")
def read(opened: Any) -> Read:
    """A question as its slots."""
    return lambda text: question.read(squeeze(clean(text)), opened._lexicon)


def units_of(found: Question) -> list[str]:
    return [u.curie for u in found.units]


def items_of(found: Question) -> set[str]:
    return {c.curie for m in found.items for c in m.concepts}


# --- units ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("株洲市天元区数据局2024年决算", DATA),
        ("天元区数据局2024年决算", DATA),
        ("数据局2024年决算", DATA),
        ("天元区数字化指挥中心的三公", DIGITAL),
        ("天元区城管数字化指挥中心的三公", DIGITAL),
        ("岳阳智慧城管的培训费", YUEYANG),
        ("株洲监督指挥中心的会议费", ZHUZHOU),
    ],
)
def test_a_unit_by_any_distinctive_part_of_its_name(read: Read, text: str, unit: str) -> None:
    assert units_of(read(text)) == [unit]


@pytest.mark.parametrize("text", ["天元区数剧局的会议费", "天元区数据菊的会议费"])
def test_a_misspelt_unit_is_found_and_said(read: Read, text: str) -> None:
    found = read(text)
    assert units_of(found) == [DATA]
    assert any("株洲市天元区数据局" in note for note in found.notes)


def test_a_name_that_fits_several_units_decides_for_none(read: Read) -> None:
    found = read("城管指挥中心的三公经费")
    assert not found.units
    assert {u.curie for u in found.unit_choice} >= {YUEYANG, ZHUZHOU}


@pytest.mark.parametrize("name", ["天元区财政局", "天元区教育局", "株洲市审计局", "岳阳市公安局"])
def test_an_organisation_that_is_not_in_the_library(read: Read, name: str) -> None:
    found = read(f"{name}2024年的公务接待费")
    assert not found.units
    assert found.missing_unit or found.unknown


def test_several_units_and_all_units(read: Read) -> None:
    assert set(units_of(read("天元区数据局和岳阳智慧城管的三公经费"))) == {DATA, YUEYANG}
    assert read("各单位的三公经费").all_units
    assert read("三公经费哪家最多").all_units


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("天元区财政局多少钱", True),
        ("数据局", True),
        ("公务接待费多少", False),
    ],
)
def test_what_looks_like_an_organisation(text: str, expected: bool) -> None:
    assert bool(units.organisations(text)) is expected


# --- years ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2024年三公", (2024,)),
        ("24年三公", (2024,)),
        ("二〇二四年三公", (2024,)),
        ("２０２４年度三公", (2024,)),
        ("2021到2023年三公", (2021, 2022, 2023)),
        ("2022、2023年三公", (2022, 2023)),
    ],
)
def test_years_however_they_are_written(read: Read, text: str, found: tuple[int, ...]) -> None:
    assert read(text).years == found


@pytest.mark.parametrize(("text", "shift"), [("今年三公", 0), ("去年三公", -1), ("前年三公", -2)])
def test_relative_years(read: Read, text: str, shift: int) -> None:
    found = read(text)
    assert not found.years
    assert found.relative_years == (shift,)


@pytest.mark.parametrize("text", ["科目2010301", "208052024元", "3.24年报"])
def test_digits_that_are_no_year(text: str) -> None:
    assert not [y for y in years.find(text) if y.years == (2024,)]


def test_last_year_is_no_year_where_it_is_compared_with(read: Read) -> None:
    found = read("天元区数据局2024年会议费比去年增加多少")
    assert (found.years, found.relative_years) == ((2024,), ())
    assert found.has("change")


# --- phases, items, operations --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "phases"),
    [
        ("会议费决算", ("决算",)),
        ("会议费年初预算", ("年初预算",)),
        ("会议费全年预算和决算", ("全年预算", "决算")),
        ("会议费", ()),
    ],
)
def test_phases(read: Read, text: str, phases: tuple[str, ...]) -> None:
    assert read(text).phases == phases


def test_the_word_budget_in_the_name_of_a_fund_is_no_phase() -> None:
    assert phases.said_in("政府性基金预算支出") == ()
    assert phases.said_in("一般公共预算年初预算") == ("年初预算",)


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("三公经费", "ind:三公经费"),
        ("三公", "ind:三公经费"),
        ("公务用车运行费", "ind:公务用车运行维护费"),
        ("公务招待费", "ind:公务接待费"),
        ("出国经费", "ind:因公出国境费"),
        ("30211", "econ:30211"),
        ("机关运行经费", "ind:机关运行经费"),
    ],
)
def test_an_item_by_name_alias_code(read: Read, text: str, item: str) -> None:
    assert item in items_of(read(f"天元区数据局2024年{text}多少"))


def test_the_longest_name_wins(read: Read) -> None:
    found = read("天元区数据局2024年公务用车运行维护费")
    assert [m.text for m in found.items] == ["公务用车运行维护费"]


def test_two_items_side_by_side(read: Read) -> None:
    found = read("天元区数据局会议费、差旅费各多少")
    assert len(found.items) == 2
    assert len(asks.build(found, {})) == 2


def test_a_confining_total_is_no_item_of_its_own(read: Read) -> None:
    """基本支出里的办公费 asks for one figure."""
    wanted = asks.build(read("天元区数据局基本支出里的办公费"), {})
    assert len(wanted) == 1
    assert wanted[0].dims["spend"] == "基本支出"


def test_a_misspelt_item_is_found_and_said(read: Read) -> None:
    found = read("天元区数据局2024年差履费")
    assert "econ:30211" in items_of(found)
    assert any(m.note for m in found.items)


@pytest.mark.parametrize(
    ("text", "op"),
    [
        ("会议费为什么减少", "reason"),
        ("会议费哪家最多", "rank-max"),
        ("基本支出和项目支出加起来", "sum"),
        ("会议费占比", "share"),
        ("会议费比上年增加多少", "change"),
        ("会议费和差旅费差多少", "difference"),
        ("数据局是干什么的", "duty"),
    ],
)
def test_operations(read: Read, text: str, op: str) -> None:
    assert read(text).has(op)


def test_an_operation_inside_a_name_is_none(read: Read) -> None:
    """完成 in 完成率 of an indicator, 预算 in 一般公共预算 …"""
    assert not read("天元区数据局2024年一般公共预算财政拨款支出").phases


@pytest.mark.parametrize("said", ["加油", "主任工资", "办公楼装修", "股票收益"])
def test_words_that_nothing_explains_are_kept(read: Read, said: str) -> None:
    assert "".join(read(f"天元区数据局2024年{said}花了多少").unknown)


@pytest.mark.parametrize(
    "said",
    ["没立案", "未立案", "没有立案", "大同市", "公车加油", "看台"],
)
def test_a_negation_a_place_and_content_are_no_words_of_asking(read: Read, said: str) -> None:
    assert read(f"株洲监督指挥中心2021年{said}的有多少条").unknown


@pytest.mark.parametrize(
    ("text", "units"),
    [("区数据局（天元）的会议费", [DATA]), ("天元区政府下面的区数据局的会议费", [DATA]), ("天元区委数据局的会议费", [DATA])],
)
def test_the_place_beside_a_unit(read: Read, text: str, units: list[str]) -> None:
    found = read(text)
    assert (units_of(found), found.missing_unit) == (units, "")


@pytest.mark.parametrize(
    ("text", "years"),
    [("照2022年预算说明倒推，株洲监督指挥中心上一年的年初预算", (2021,)), ("株洲监督指挥中心2022年预算公开里的会议费", (2022,))],
)
def test_the_year_of_a_document_is_not_always_the_year_asked_for(read: Read, text: str, years: tuple[int, ...]) -> None:
    found = read(text)
    assert (found.years, found.phases) == (years, ("年初预算",) if "年初" in text else ())


@pytest.mark.parametrize(("text", "number"), [("前三", 3), ("最大的5个", 5), ("最高两项", 2), ("哪个最大", 0)])
def test_how_many_of_a_ranking(text: str, number: int) -> None:
    assert words.top(text) == number


# --- the lattice ------------------------------------------------------------------------------------


def test_a_reading_covers_the_text_once(read: Read) -> None:
    found = read("请问一下天元区数据局2024年的“三公”经费到底是多少钱呢？")
    assert [m.start for m in found.mentions] == [0, *[m.end for m in found.mentions[:-1]]]
    assert "".join(m.text for m in found.mentions).startswith("请问")
    assert not found.unknown


def test_the_longer_span_is_taken() -> None:
    text = squeeze("公务接待费")
    spans = [Span(0, 4, "item"), Span(0, 5, "item")]
    assert [(m.start, m.end) for m in lattice.cut(text, spans)] == [(0, 5)]


def test_no_span_crosses_the_end_of_a_clause() -> None:
    text = squeeze("公务，接待")
    assert text.crosses(0, 4)
    assert not text.crosses(0, 2)


@pytest.mark.parametrize(
    ("short", "long", "wrong"),
    [("数据局", "数据局", 0), ("数剧局", "数据局", 1), ("数字中心", "数字化指挥中心", 0), ("财政局", "数据局", 4)],
)
def test_spelling(short: str, long: str, wrong: int) -> None:
    assert spelling.misspelt(short, long) == wrong


# --- any text whatever ------------------------------------------------------------------------------


@given(st.text(max_size=60))
def test_cleaning_never_fails_and_maps_back(text: str) -> None:
    cleaned = clean(text)
    squeezed = squeeze(cleaned)
    assert len(squeezed.places) == len(squeezed.squeezed)
    assert all(0 <= p < len(cleaned) for p in squeezed.places)


@given(st.text(alphabet="天元区数据局年三公经费２024中心、，。？“”{}?<>;'\"\\ \t的比多少预算", max_size=40))
def test_reading_never_fails(opened: Any, text: str) -> None:
    found = question.read(squeeze(clean(text)), opened._lexicon)
    assert all(isinstance(u, Unit) for u in found.units)


def test_limits() -> None:
    assert LIMIT >= 200
    assert clean("\x00\x07😀 \u200b") == ""
