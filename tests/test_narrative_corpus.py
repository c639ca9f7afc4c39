"""Sentences of the corpus, read by hand: value, place and meaning; and that no number of any paragraph is passed over."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from kg import identify, knowledge, readers, terms
from kg.model import Document, Fact, Paragraph, Unread
from kg.prose import narrative, topics

CORPUS = Path(__file__).parent.parent / "corpus"
NAMES = sorted(path.name for path in CORPUS.glob("*.txt"))


@cache
def told(name: str) -> tuple[Document, list[Fact], list[Unread]]:
    document = readers.read(CORPUS / name)
    known = knowledge.load()
    return document, *narrative.read(document, identify.identify(document, known), known, terms.Terms(known))


DATA, CENTRE, BUDGET = "数据局-2024", "数字化指挥中心-2023", "2022年单位预算"
# part of the name, line, quote, value, row, column, item, year, phase
CITED = [
    (DATA, 330, "948.74万元", "948.74", "一般行政管理事务（项）", "支出决算", "func:2010302", 2024, "决算"),
    (DATA, 296, "526.73万元", "-526.73", "收、支总计", "较上年增减额", "ind:总计", 2024, "决算"),
    (DATA, 384, "36.84%", "36.84", "“三公”经费", "完成预算比例", "ind:三公经费", 2024, "决算"),
    (DATA, 528, "99.99** 分", "99.99", "改革工作经费", "绩效自评得分", "ind:总分", 2024, "完成"),
    (DATA, 538, "30** 万元", "30", "年中追加项目", "实际支出", "item:年中追加项目", 2024, "决算"),
    (CENTRE, 319, "43.29%", "43.29", "城乡社区环境卫生（项）", "完成年初预算比例", "func:2120501", 2023, "决算"),
    (CENTRE, 371, "12.66万元", "12.66", "授予小微企业合同金额", "支出决算", "ind:授予小微企业合同金额", 2023, "决算"),
    (CENTRE, 453, "41 余次", "41", "违规作业", "纠正数量", "item:违规作业", 2023, "完成"),
    (BUDGET, 111, "1896.56 万元", "1896.56", "城乡社区支出", "支出预算", "func:212", 2022, "年初预算"),
    (BUDGET, 125, "14.04 万元", "14.04", "其他交通费", "支出预算", "econ:30239", 2022, "年初预算"),
    (BUDGET, 113, "31.14 万元", "-31.14", "单位收支", "较上年增减额", "ind:合计", 2022, "年初预算"),
    ("岳阳", 39, "1171.44元", "1171.44", "财政拨款支出", "支出决算", "ind:合计", 2024, "决算"),  # 元 for 万元: kept as printed
    ("岳阳", 97, "1247.63 万元", "1247.63", "全年预算", "全年预算", "ind:合计", 2024, "全年预算"),
    ("2021年度", 66, "520954条", "520954", "案卷上报", "数量", "item:案卷上报", 2021, "完成"),
]


@pytest.mark.parametrize("case", CITED, ids=lambda case: f"{case[0]}-{case[1]}-{case[2]}")
def test_corpus(case: tuple[str, int, str, str, str, str, str, int, str]) -> None:
    name, line, quote, value, row, column, item, year, phase = case
    _, facts, _ = told(next(n for n in NAMES if name in n))
    (fact,) = [f for f in facts if (f.address.line, f.quote) == (line, quote) and row in f.row and f.column == column]
    assert (fact.value, fact.item, fact.year, fact.phase) == (Decimal(value), item, year, phase)


@pytest.mark.parametrize("name", NAMES)
def test_every_number_is_a_fact_or_told(name: str) -> None:
    """Quotes stand at their addresses, no place is used twice, and no digit of a paragraph is passed over."""
    document, facts, unread = told(name)
    places = [(f.address, f.quote) for f in facts] + [(u.address, u.text) for u in unread]
    wrong = [(a, quote) for a, quote in places if document.lines[(a.line or 0) - 1][a.start : a.end] != quote]
    assert wrong == []
    assert len({a for a, _ in places}) == len(places)
    covered = {(a.line, c) for a, _ in places for c in range(a.start or 0, a.end or 0)}
    captions = topics.captions(document)
    paragraphs = [b for n, b in enumerate(document.blocks) if isinstance(b, Paragraph) and n not in captions]
    missed = [
        p.text[m.start() - 5 : m.end() + 5] for p in paragraphs for m in re.finditer(r"\d", p.text) if p.place(m.start()) not in covered
    ]
    assert missed == []
    assert [u.text for u in unread if not u.harmless] == []
