"""Figures as printed: values, measures, and what must stay text."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import numbers


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1, 227. 61", "1227.61"),
        ("１，２２７．６１", "1227.61"),
        ("（12.30）", "-12.30"),
        ("-44.09", "-44.09"),
        ("−44.09", "-44.09"),
        ("0.00", "0.00"),
        ("110.00%", "110.00"),
        ("1,953.85", "1953.85"),
    ],
)
def test_number_reads_what_is_plainly_a_number(text: str, value: str) -> None:
    assert numbers.number(text) == Decimal(value)
    assert str(numbers.number(text)) == value


@pytest.mark.parametrize("text", ["", "—", "12 34", "1,22", "3.8万元", "2024年", "1.2.3", "无", "1-2", "(5", "½"])
def test_number_never_guesses(text: str) -> None:
    assert numbers.number(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("≥95%", (None, "95", None, "%", False)),
        ("<48小时", (None, None, "48", "小时", True)),
        ("≤757.54万元", (None, None, "757.54", "万元", False)),
        (">750 000条", (None, "750000", None, "条", True)),
        ("2000余册", ("2000", None, None, "册", False)),
        ("22 万余条", ("220000", None, None, "条", False)),
        ("95%以上", (None, "95", None, "%", False)),
        ("4次/天", ("4", None, None, "次/天", False)),
        ("=100%", ("100", None, None, "%", False)),
        ("15万元", ("15", None, None, "万元", False)),
    ],
)
def test_figure_reads_bounds_and_measures(text: str, expected: tuple[str | None, str | None, str | None, str, bool]) -> None:
    value, low, high, measure, strict = expected
    found = numbers.figure(text)
    assert found is not None
    assert (found.value, found.low, found.high) == tuple(None if x is None else Decimal(x) for x in (value, low, high))
    assert (found.measure, found.strict) == (measure, strict)


@pytest.mark.parametrize("text", ["一般", "1次/月，共12次", "结案率≥95%", "全市满网格巡查", "同比下降", "6月、12月下旬"])
def test_figure_leaves_text_alone(text: str) -> None:
    assert numbers.figure(text) is None


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2, allow_nan=False))
def test_printing_and_reading_are_inverse(value: Decimal) -> None:
    assert numbers.number(f"{value:,}") == value
    assert numbers.number(f"{value}") == value


@given(st.text(max_size=30))
def test_no_text_breaks_the_readers(text: str) -> None:
    assert isinstance(numbers.number(text), Decimal | None)
    assert isinstance(numbers.figure(text), numbers.Figure | None)
    assert isinstance(numbers.year(text), int | None)
