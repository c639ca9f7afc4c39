"""Which phase a question speaks of: by an item's own words, beside a rate, or year by year."""

from __future__ import annotations

import re

from qa.model import Question

#: 预算 in the name of a fund says nothing about the phase
_FUND_NAMES = re.compile(
    r"一般公共预算|公共财政预算|公共预算|政府性基金预算|国有资本经营预算|社会保险基金预算|社会保障基金预算|基金预算|部门预算|政府预算|国有资本预算|预算单位|资金预算"
)
_PHASES = (
    ("年初预算", re.compile(r"年初(?:部门)?预算|年初预算数")),
    ("全年预算", re.compile(r"全年预算|调整(?:后)?预算")),
    ("决算", re.compile(r"决算|执行数")),
    ("预算", re.compile(r"预算")),
)
_PLANNED = re.compile("安排|编列|编了|计划|打算")
_OF_RATE = re.compile(r"的?(?:完成率|执行率|完成进度|执行进度|百分|比例|几成|完成(?=[\u4e00-\u9fff]{0,4}预算))")


def said_in(text: str) -> tuple[str, ...]:
    """The phase that an item's own words say.

    >>> said_in("三公经费的预算数"), said_in("政府性基金预算支出"), said_in("基本支出")
    (('预算',), (), ())
    """
    bare = _FUND_NAMES.sub("", text)
    return next(((phase,) for phase, pattern in _PHASES if pattern.search(bare)), ())


def beside_rate(question: Question) -> frozenset[str]:
    """The phases that are asked for beside a rate, not as its base: 年初预算、决算和完成率, but not 完成年初预算的百分之几."""
    text = question.source.squeezed
    within = {p for m in question.mentions if m.role == "item" and not _OF_RATE.match(text, m.end) for p in said_in(m.text)}
    return frozenset(within) | frozenset(
        concept.dims["phase"]
        for m in question.mentions
        if m.role == "phase" and not _OF_RATE.match(text, m.end) and not re.search(r"(?:完成|占)了?$", text[: m.start]) and m.text != "完成"
        for concept in m.concepts
        if "phase" in concept.dims
    )


def by_year(question: Question) -> list[tuple[int, str]]:
    """Each year with the phase said after it, where they differ: 2023年执行多少、2024年安排多少; 2023年决算、2024年预算、2024年决算."""
    found: list[tuple[int, str]] = []
    year: int | None = None
    if len(question.years) < 2 or len(question.units) > 1:
        return []
    for mention in question.mentions:
        phases = [c.dims["phase"] for c in mention.concepts if "phase" in c.dims] if mention.role == "phase" else []
        if mention.role == "year":
            year = int(mention.value) if mention.value.isdecimal() else None
        elif year is not None and (phases or (mention.role == "op" and mention.value == "done")):
            found.append((year, phases[0] if phases else "决算"))
        elif year is not None and mention.role == "filler" and _PLANNED.search(mention.text):
            found.append((year, "预算"))
    pairs = list(dict.fromkeys(found))
    bare = [y for y in question.years if y not in {y for y, _ in pairs}]
    if pairs and bare and re.search(rf"[比较跟与](?:20)?{pairs[0][0] % 100:02d}", question.source.squeezed):
        return [*((y, "") for y in bare), *pairs]  # 比2023年执行数: the phase is that of the year before alone
    return pairs if {y for y, _ in pairs} == set(question.years) and len({p for _, p in pairs}) > 1 else []
