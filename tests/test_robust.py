"""What people really type: the same question in other words, and what is no question at all (benchmarks/ asks many more of both)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

import hostile
import paraphrases
from paraphrases import Case, Said

#: figures read by hand: unit, year, item, phase, the words of asking, value, measure, place
_READ = (
    ("金额", Said("株洲市天元区数据局", "2024年", "公务接待费", "决算", "是多少"), "0.21", "万元", "第388行"),
    ("金额", Said("株洲市天元区数据局", "2024年", "职业年金缴费", "决算", "是多少"), "7.34", "万元", "第215行"),
    ("金额", Said("株洲市天元区城市管理数字化指挥中心", "2023年", "津贴补贴", "决算", "是多少"), "10.84", "万元", "第203行"),
    ("完成率", Said("株洲市天元区城市管理数字化指挥中心", "2023年", "行政运行", "", "完成年初预算的百分之多少"), "94.83", "%", "第315行"),
    ("金额", Said("株洲市城市管理监督指挥中心", "2022年", "卫生健康支出", "预算", "是多少"), "12.82", "万元", "第111行"),
)  # fmt: skip


@pytest.mark.parametrize(("kind", "said", "value", "measure", "place"), _READ, ids=[str(row[1]) for row in _READ])
def test_ten_ways_to_ask_bring_one_figure(opened: Any, kind: str, said: Said, value: str, measure: str, place: str) -> None:
    asked, failed = paraphrases.measure(opened, [Case(kind, said, (Decimal(value), measure), place)], 11)
    assert (asked, [*paraphrases.report(failed)]) == (10, [])


def test_the_benchmark_notices_a_wrong_figure(opened: Any) -> None:
    said = Said("株洲市天元区数据局", "2024年", "公务接待费", "决算", "是多少")
    asked, failed = paraphrases.measure(opened, [Case("金额", said, (Decimal("0.22"), "万元"), "nowhere")], 11)
    assert (asked, len(failed), all(failure.wrong for failure in failed)) == (10, 10, True)


@pytest.mark.parametrize("family", [*hostile.FIXED, "big", "splice", "gibberish", "wrapped"])
def test_what_is_no_question_gets_no_figure(opened: Any, family: str) -> None:
    given = [one for one in hostile.inputs() if one.family == family][:12]
    assert len(given) >= 6
    assert [(one.shown, said) for one, _, said in hostile.asked(opened, given) if said] == []


def test_commands_survive_what_is_no_text(chazhang: Any) -> None:
    """Escapes, halves of characters and names too long for a file are said in one line, and nothing of it reaches the terminal raw."""
    for text in ("\x1b[31m红", "\ud83d", "，" * 33_333, "[/red]", "\x7f"):
        for command in (["ask"], ["terms"], ["facts", "--unit"], ["facts", "--indicator"], ["documents"], ["show"], ["sparql"]):
            result = chazhang(*command, text)
            assert not result.exception or isinstance(result.exception, SystemExit), (command, text[:10])
            assert not hostile.unprintable(result.stdout + result.stderr)
            assert len(result.stdout + result.stderr) < 1000
