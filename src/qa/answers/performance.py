"""Indicators of a performance table: all of one group with target, actual value and score, and which counts most."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from kg.terms import key
from qa.answers import collect, compose, location
from qa.answers.choose import Ask
from qa.answers.compose import Session
from qa.model import Answer, Fact, Question, Unit

_MOST = 40
#: 哪个指标没完成, 没达标的指标有哪些
_UNMET = re.compile(
    r"(?:哪[些几]?[个项条]?|有没有|[几多][个项]?)(?:绩效)?指标[^，。？?；]{0,4}[没未不](?:有|能)?(?:完成|达标|达到|达成|合格)"
    r"|[没未不](?:有|能)?(?:完成|达标|达到|达成)的?(?:绩效)?指标"
)
_METRICS = ("me:指标值", "me:分值", "me:得分")


def is_group(ask: Ask) -> bool:
    """Whether an ask names a group of indicators: 数量指标, 产出指标."""
    return bool(ask.concepts) and all(c.label.endswith("指标") and c.prefix == "ind" for c in ask.concepts)


def answer(session: Session, question: Question, ask: Ask, units: Sequence[Unit]) -> Answer | None:
    """The indicators of a group, listed or ranked."""
    for unit in units:
        years = list(question.years) or collect.document_years(session, unit)
        for year in years:
            facts = [f for f in session.facts.fetch(unit=[unit.curie], year=[year], metric=_METRICS) if _belongs(f, ask, question)]
            found = None
            if facts:
                found = ranked(session, question, facts) if question.has("rank-max", "rank-min") else _listed(session, question, facts)
            if found is not None:
                return found
    return None


def unmet(session: Session, question: Question, units: Sequence[Unit]) -> Answer | None:
    """The indicators whose actual value lies outside their target, with both; None where that is not asked or nothing can be compared."""
    if not _UNMET.search(question.source.squeezed) or not units:
        return None
    pairs: list[tuple[Fact, Fact]] = []
    projects = {c.curie for m in question.projects for c in m.concepts}
    for unit in units:
        for year in list(question.years) or collect.document_years(session, unit)[:1]:
            facts = session.facts.fetch(unit=[unit.curie], year=[year], metric=["me:指标值"])
            pairs += _pairs([f for f in facts if not projects or f.project in projects])
    if not pairs:
        return None
    missed = [(target, actual) for target, actual in pairs if _outside(target, actual)]
    if not missed:
        return Answer(question.text, "no_data", f"能比较的{len(pairs)}项指标都在目标值以内，没有未完成的。")
    results = [compose.result(session, f) for pair in missed[:_MOST] for f in pair]
    text = "；".join(f"{target.label}目标{compose.shown(target)}，实际{compose.shown(actual)}" for target, actual in missed[:12])
    return Answer(question.text, "answered", f"{len(pairs)}项能比较的指标中未达到目标的有{len(missed)}项：{text}。", tuple(results))


def _pairs(facts: Sequence[Fact]) -> list[tuple[Fact, Fact]]:
    """Target and actual value of each row whose figures are in one measure."""
    rows: dict[str, dict[str, Fact]] = defaultdict(dict)
    for fact in facts:
        rows[fact.row][fact.phase] = fact
    both = [(row["目标"], row["完成"]) for row in rows.values() if {"目标", "完成"} <= row.keys()]
    usable = [(t, a) for t, a in both if a.value is not None and t.measure == a.measure and (t.low, t.high, t.value) != (None, None, None)]
    return sorted(usable, key=lambda pair: compose.position(pair[0]))


def _outside(target: Fact, actual: Fact) -> bool:
    """Whether a value misses its bound; of a plain number, whether a rate stays below it (a cost below it is none the worse)."""
    value = actual.value
    if value is None:
        return False
    if target.low is not None:
        return value < target.low
    if target.high is not None:
        return value > target.high
    if target.quote.lstrip().startswith(("=", "＝")):
        return value != target.value
    return target.measure == "%" and target.value is not None and value < target.value


def _belongs(fact: Fact, ask: Ask, question: Question) -> bool:
    labels = {key(c.label) for c in ask.concepts}
    parts = {key(part) for part in (*fact.row_path.split("/")[:-1], fact.group) if part}
    return (
        bool(labels & parts)
        and fact.item not in ask.items
        and (not ask.projects or fact.project in ask.projects)
        and (not question.forms or any(location.stands_in(fact, form) for form in question.forms))
    )


def _listed(session: Session, question: Question, facts: Sequence[Fact]) -> Answer:
    """Each indicator once: its actual value, or its target where the question wants that or there is no other."""
    rows: dict[str, list[Fact]] = {}
    for fact in sorted(facts, key=compose.position):
        rows.setdefault(f"{fact.row}{fact.item}", []).append(fact)
    wanted = "目标" if question.has("goal") and not question.has("done") else "完成"
    chosen = []
    for inside in rows.values():
        values = [f for f in inside if f.metric == "指标值"]
        if values:
            chosen.append(next((f for f in values if f.phase == wanted), values[0]))
    results = [compose.result(session, f) for f in chosen[:_MOST]]
    text = (
        f"{chosen[0].unit_name}{chosen[0].year}年共{len(chosen)}项："
        + "；".join(f"{f.label}{compose.shown(f)}" for f in chosen[:12])
        + "。"
    )
    return Answer(question.text, "answered", text, tuple(results))


def ranked(session: Session, question: Question, facts: Sequence[Fact]) -> Answer | None:
    """The indicators with the highest (lowest) weight or score."""
    metric = "得分" if question.has("score") and not question.has("weight") else "分值"
    usable = [f for f in facts if f.metric == metric and f.value is not None]
    if not usable:
        return None
    best = max(f.value or 0 for f in usable) if question.has("rank-max") else min(f.value or 0 for f in usable)
    first = sorted((f for f in usable if f.value == best), key=compose.position)
    results = [compose.result(session, f) for f in first]
    word = "最高" if question.has("rank-max") else "最低"
    text = f"{first[0].unit_name}{first[0].year}年{metric}{word}的指标是{'、'.join(f.label for f in first)}，{compose.shown(first[0])}。"
    return Answer(question.text, "answered", text, tuple(results))
