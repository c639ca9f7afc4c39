"""科目 kept by what their 决算 and 年初预算 are to each other: 哪些科目超了年初预算."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from qa.answers import compose, sums
from qa.answers.compose import Session
from qa.model import Answer, Fact, Question, Result, Unit

LEVELS = {"func:类": ("func", 3), "func:项": ("func", 7), "econ:款": ("econ", 5), "govecon:款": ("govecon", 3)}
#: 决算小于年初预算 and the like: what makes a member of the slice count
_LESS = re.compile(r"小于|低于|少于|不到|没(?:有)?(?:完成|花完|用完|用足|执行完)|未完成|比.{0,6}少")
_MORE = re.compile(r"大于|高于|超过|多于|超出|超支|超了|比.{0,6}多")
#: spending against the budget, without the word 决算
_AGAINST = re.compile(r"超|没(?:有)?(?:花|用|支出|执行)完|没(?:有)?用足|(?:花|用)(?:得|的)?(?:比|多于|少于)")
_NOTHING = re.compile(
    r"(?:没|未|没有)(?:安排|有|列)?(?:年初)?预算|年初(?:一分钱?|完全|根本)?(?:都|也)?(?:没|未|没有)(?:有)?(?:安排|列|预算)?"
)


def codes(session: Session, unit: str, scheme: str, length: int = 0) -> list[str]:
    """The 科目 of a scheme (of one level) that a unit's documents speak of."""
    found = {c.curie for concepts in session.lexicon.names(unit).values() for c in concepts if c.prefix == scheme}
    return sorted(c for c in found if c.partition(":")[2].isdecimal() and (not length or len(c.partition(":")[2]) == length))


def condition(question: Question) -> Callable[[Decimal, Decimal], bool] | None:
    """What 决算 and 年初预算 of a member must satisfy."""
    text = question.text
    if _NOTHING.search(text):
        return lambda budget, spent: budget == 0 and spent > 0
    if {"预算", "年初预算"} & set(question.phases) and ("决算" in question.phases or _AGAINST.search(text)):
        if _LESS.search(text):
            return lambda budget, spent: spent < budget
        if _MORE.search(text):
            return lambda budget, spent: spent > budget
    return None


_HOW_MANY = re.compile("(?:几|多少)(?:[个项家](?!月|百分点)|$)|[个项家]数")
_CITED = 12


def how_many(question: Question) -> bool:
    """Whether a question asks how many there are that satisfy its condition."""
    return bool(_HOW_MANY.search(question.source.squeezed))


def number(question: Question, kept: Sequence[Result]) -> list[Result]:
    """How many satisfy a condition, all of which are given, where 有几个 asks for it: a figure of ours that names and cites them."""
    if not kept or not how_many(question):
        return []
    several = len({r.unit for r in kept}) > 1
    names = "、".join(r.unit if several else r.project or r.indicator for r in kept)
    cited = tuple(c for r in kept[:_CITED] for c in r.citations[:1])
    found = replace(kept[0], value=Decimal(len(kept)), measure="个", text=None, phase="", project=None, basis="")
    found = replace(found, unit="各单位") if several else found
    return [replace(found, indicator="符合条件的个数", computed=names, citations=cited)]


def answer(session: Session, question: Question, unit: Unit, year: int, holds: Callable[[Decimal, Decimal], bool]) -> Answer | None:
    """The 科目 of a unit and year whose two figures satisfy the condition; None where no 科目 has both."""
    scheme, length = LEVELS[question.axis]
    items = codes(session, unit.curie, scheme, length)
    facts = [f for f in session.facts.fetch(unit=[unit.curie], year=[year], item=items) if f.metric == "金额"] if items else []
    pairs = _pairs(facts, scheme, length)
    kept = [(b, s) for b, s in pairs if b.amount is not None and s.amount is not None and holds(b.amount, s.amount)]
    if not pairs:
        return None
    if not kept:
        return Answer(question.text, "answered", f"{unit.name}{year}年没有符合条件的科目。")
    results = [compose.result(session, f) for pair in kept for f in (pair[1], pair[0])]
    if question.has("difference"):
        for pair in kept:
            smaller, larger = sorted(pair, key=lambda f: f.amount or Decimal(0))
            gap = sums.difference(session, larger, smaller, f"{compose.name(larger)}{larger.phase}比{smaller.phase}多")
            results.append(gap)
    text = (
        f"{unit.name}{year}年共{len(kept)}个科目："
        + "；".join(f"{compose.name(s)}决算{compose.shown(s)}、年初预算{compose.shown(b)}" for b, s in kept)
        + "。"
    )
    return Answer(question.text, "answered", text, tuple(results))


def _pairs(facts: Iterable[Fact], scheme: str, length: int) -> list[tuple[Fact, Fact]]:
    """年初预算 and 决算 of each item, from one sentence or table row where there is one."""
    by_item: dict[str, dict[str, list[Fact]]] = {}
    for fact in facts:
        prefix, _, code = fact.item.partition(":")
        if prefix == scheme and len(code) == length and not fact.func and not fact.project and fact.spend in ("", "全部"):
            by_item.setdefault(fact.item, {}).setdefault(fact.phase, []).append(fact)
    return [(pair[0], pair[1]) for phases in by_item.values() if (pair := _pair(phases))]


def _pair(phases: Mapping[str, Sequence[Fact]]) -> tuple[Fact, Fact] | None:
    budgets, spent = phases.get("年初预算") or phases.get("预算") or (), phases.get("决算") or ()
    together = [(b, s) for b in budgets for s in spent if b.row == s.row]
    if together:
        return together[0]
    return (budgets[0], spent[0]) if budgets and spent else None
