"""Indicators of a performance table: all of one group with target, actual value and score, and which counts most."""

from __future__ import annotations

from collections.abc import Sequence

from kg.terms import key
from qa.answers import collect, compose
from qa.answers.choose import Ask, stands_in
from qa.answers.compose import Session
from qa.model import Answer, Fact, Question, Unit

_MOST = 40
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
                found = _ranked(session, question, facts) if question.has("rank-max", "rank-min") else _listed(session, question, facts)
            if found is not None:
                return found
    return None


def _belongs(fact: Fact, ask: Ask, question: Question) -> bool:
    labels = {key(c.label) for c in ask.concepts}
    parts = {key(part) for part in (*fact.row_path.split("/")[:-1], fact.group) if part}
    return (
        bool(labels & parts)
        and fact.item not in ask.items
        and (not ask.projects or fact.project in ask.projects)
        and (not question.forms or any(stands_in(fact, form) for form in question.forms))
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


def _ranked(session: Session, question: Question, facts: Sequence[Fact]) -> Answer | None:
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
