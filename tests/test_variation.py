"""The same document typed another way says the same: digits in full width, marks in half width, other quotation marks, piped tables,
synonyms of the forms' headings, columns parted by blanks."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from conftest import documents
from kg.build import read
from kg.model import Fact

SYNONYMS = {
    "一般公共预算财政拨款": "一般公共预算拨款",
    "本年收入合计": "当年收入合计",
    "公务用车购置及运行维护费": "公务用车购置及运行费",
    "与上年相比": "较上年",
    "主要是因为": "主要原因是",
}


def piped(text: str) -> str:
    """Tab-separated rows as rows of a Markdown table."""
    return "\n".join(f"| {' | '.join(line.split(chr(9)))} |" if "\t" in line else line for line in text.split("\n"))


def synonyms(text: str) -> str:
    """Other words of the field for the same things."""
    for word, other in SYNONYMS.items():
        text = text.replace(word, other)
    return text


def width(text: str) -> int:
    """Columns of a screen."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def spaced(rows: list[list[str]]) -> str:
    """Rows with their columns parted by blanks."""
    widths = [max(width(row[n]) for row in rows) + 3 for n in range(len(rows[0]))]
    return "\n".join("".join(cell + " " * (w - width(cell)) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows)


WAYS: dict[str, Callable[[str], str]] = {
    "full-width digits": lambda text: text.translate(str.maketrans("0123456789.%", "０１２３４５６７８９．％")),
    "half-width marks": lambda text: text.translate(str.maketrans("，：；（）", ",:;()")),
    "corner quotes": lambda text: text.replace("“", "「").replace("”", "」"),
    "piped tables": piped,
    "other line ends": lambda text: text.replace("\n", "\r\n"),
    "synonyms": synonyms,
}


def plain(text: str | None) -> str:
    """A text without what the ways of typing change."""
    return re.sub(r"[\s“”\"「」（）(),，:：;；]", "", unicodedata.normalize("NFKC", text or ""))


def claim(fact: Fact) -> tuple[object, ...]:
    """What a fact says, its print aside."""
    said = fact.value if fact.value is not None else plain(fact.text)
    dimensions = (fact.year, fact.phase, fact.metric, plain(fact.item), fact.flow, fact.fund, fact.spend, plain(fact.project))
    return (said, plain(fact.measure), *dimensions)


@cache
def claims(path: Path) -> Counter[tuple[object, ...]]:
    """What the document as it is says."""
    return Counter(claim(f) for f in read(path).facts)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("path", documents(), ids=lambda path: path.stem)
def test_the_same_claims(path: Path, way: str) -> None:
    """At most one claim in two hundred changes: a heading cut by a page break is not always joined again."""
    changed = read(path, WAYS[way](path.read_text("utf-8")).encode())
    found, expected = Counter(claim(f) for f in changed.facts), claims(path)
    assert sum((expected - found).values()) <= sum(expected.values()) // 200
    assert sum((found - expected).values()) <= sum(expected.values()) // 200


def test_columns_parted_by_blanks() -> None:
    rows = [
        ["项目", "", "本年支出合计", "基本支出", "项目支出"],
        ["功能分类科目编码", "科目名称", "", "", ""],
        ["合计", "", "1,227.61", "248.87", "978.74"],
        ["2010301", "行政运行", "192.26", "192.26", ""],
        ["2010302", "一般行政管理事务", "1,035.35", "56.61", "978.74"],
    ]
    text = "某市某局2024年度部门决算\n\n支出决算表\n\n公开03表\n\n" + spaced(rows) + "\n\n注：本表反映部门本年度各项支出情况。\n"
    facts = read(Path("某市某局-2024.txt"), text.encode()).facts
    assert [(f.row, f.column, f.value, f.item, f.form) for f in facts][2:] == [
        ("合计", "项目支出", Decimal("978.74"), "ind:合计", "K03"),
        ("2010301 行政运行", "本年支出合计", Decimal("192.26"), "func:2010301", "K03"),
        ("2010301 行政运行", "基本支出", Decimal("192.26"), "func:2010301", "K03"),
        ("2010302 一般行政管理事务", "本年支出合计", Decimal("1035.35"), "func:2010302", "K03"),
        ("2010302 一般行政管理事务", "基本支出", Decimal("56.61"), "func:2010302", "K03"),
        ("2010302 一般行政管理事务", "项目支出", Decimal("978.74"), "func:2010302", "K03"),
    ]
