"""Where an evaluation took points off: indicators whose score is below their weight, and which count most."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from qa.answers import collect, compose, performance, sums
from qa.answers.compose import Session
from qa.model import Answer, Fact, Question, Unit

_LOST = re.compile("[扣丢失](?:了|掉)?(?:几|多少|\\d+)?分|[扣丢失](?:分|了)?在(?:哪|什么)|(?:没有?|未能?)(?:拿|得|评)(?:到|了)?满分")
_INDICATORS = re.compile("指标|哪[几一]?[项个条]")
#: rows of a whole group of indicators
_GROUP = re.compile("指标(?:得分|分值)?$|^预算执行")
_MOST = 12


def answer(session: Session, question: Question, units: Sequence[Unit]) -> Answer | None:
    """哪个指标扣分最多, 哪些指标分值最高: of the project that is named, else of the unit as a whole; None where that is not asked."""
    text = question.source.squeezed
    lost = bool(_LOST.search(text))
    ranked = question.has("rank-max", "rank-min") and question.has("weight", "score") and "指标" in text
    if not (lost or ranked) or not _INDICATORS.search(text) or len(units) != 1 or question.axis == "project":
        return None
    for year in list(question.years) or collect.document_years(session, units[0])[:1]:
        facts = _of_table(question, session.facts.fetch(unit=[units[0].curie], year=[year], metric=["me:分值", "me:得分"]))
        found = _points_off(session, question, facts) if lost else performance.ranked(session, question, facts)
        if found is not None:
            return found
    return None


def _of_table(question: Question, facts: Sequence[Fact]) -> list[Fact]:
    """The scores of the indicators of one table: no totals, no scores of all projects at once."""
    projects = {c.curie for m in question.projects for c in m.concepts}
    single = [f for f in facts if f.value is not None and f.item != "ind:总分" and not _GROUP.search(f.label)]
    own = [f for f in single if (f.project in projects if projects else not f.project)]
    first = {f.document for f in own[:1]}
    return [f for f in own if f.document in first]


def _points_off(session: Session, question: Question, facts: Sequence[Fact]) -> Answer | None:
    """The indicators that lost points, those that lost most first."""
    rows: dict[str, dict[str, Fact]] = defaultdict(dict)
    for fact in sorted(facts, key=compose.position):
        rows[fact.row].setdefault(fact.metric, fact)
    pairs = [(row["分值"], row["得分"]) for row in rows.values() if {"分值", "得分"} <= row.keys()]
    lost = sorted(((w, g) for w, g in pairs if (w.value or 0) > (g.value or 0)), key=lambda p: (_off(p), compose.position(p[0])))
    if not pairs:
        return None
    if not lost:
        return Answer(question.text, "answered", f"{pairs[0][0].unit_name}{pairs[0][0].year}年自评表的{len(pairs)}项指标都得了满分。")
    shown = [p for p in lost if _off(p) == _off(lost[0])] if question.has("rank-max") else lost[:_MOST]
    results = []
    for weight, score in shown:
        off = sums.difference(session, weight, score, f"{weight.label}扣分")
        values = [f for f in session.facts.fetch(row=[weight.row], unit=[weight.unit]) if f.metric == "指标值"]
        asked = [f for f in values if question.has("goal" if f.phase == "目标" else "done") or f.phase in question.phases]
        results += [compose.result(session, f) for f in (*asked, score, weight)] + [off]
    said = "；".join(f"{w.label}分值{compose.shown(w)}，得{compose.shown(g)}" for w, g in shown)
    text = f"{shown[0][0].unit_name}{shown[0][0].year}年{len(pairs)}项指标中有{len(lost)}项没有得满分：{said}。"
    return Answer(question.text, "answered", text, tuple(results))


def _off(pair: tuple[Fact, Fact]) -> Decimal:
    """Minus the points that an indicator lost, so that those with most come first."""
    return (pair[1].value or Decimal(0)) - (pair[0].value or Decimal(0))
