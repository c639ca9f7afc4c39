"""Arithmetic that a question spells out: 甲加乙等于丙吗, 甲扣掉乙还剩多少."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from qa.answers import choose, compose, figure, scope, sums
from qa.answers.compose import Session
from qa.answers.figure import Figure
from qa.model import Answer, Question, Result

_EQUALS = re.compile(r"等于|是不是|是否等于|对得上|吻合|相等|一致")
_REST = re.compile(r"(?:还|就|剩|剩下|剩余|余)(?:剩|有|下|余)?(?:多少|几|$)|剩余|剩下|还剩")
_BOTH = re.compile(r"基本支出(?:加上?|和|与|及|跟)(?:各个?)?(?:专项|项目)")
_LESS = re.compile(r"扣(?:除|掉|去)|减(?:去|掉)|除(?:去|掉|开|了)|去掉|刨(?:去|掉|开)|剔除|抛开|不(?:含|算|计|包括|包含)")


def answer(session: Session, question: Question, figures: Sequence[Figure]) -> Answer | None:
    """The sum against the whole, or what remains; None where the question spells out neither."""
    text = question.source.squeezed
    facts = sums.facts_of(figures)
    if not sums.comparable(facts) or len({(f.unit, f.year) for f in facts}) > 1:
        return None
    equals = _EQUALS.search(text)
    if len(facts) >= 3 and equals and question.has("sum"):
        return _equation(session, question, figures)
    if len(facts) >= 3 and question.has("sum") and question.has("difference", "compare"):
        return _against(session, question, figures)
    if len(facts) == 2 and _LESS.search(text) and (_REST.search(text) or _leaves_out(question, figures)):
        return _remainder(session, question, figures)
    return None


def _against(session: Session, question: Question, figures: Sequence[Figure]) -> Answer | None:
    """What several together exceed one other by: 甲和乙加起来比丙多多少; None where 比 does not part them so."""
    text = question.source.squeezed
    border = next((m.start() for m in re.finditer("比", text)), -1)
    starts = {m.text: m.start for m in question.items}
    sides = [[f for f in figures if (starts.get(f.ask.said, -1) > border) == behind] for behind in (False, True)]
    if border < 0 or any(f.ask.said not in starts for f in figures) or len(sides[0]) < 2 or len(sides[1]) != 1:
        return None
    parts, other = [f.fact for f in sides[0]], sides[1][0].fact
    names = "＋".join(compose.name(f.fact, f.ask) for f in sides[0])
    added = sums.total(session, parts, names)
    together = replace(parts[0], value=Decimal(added.value or 0), formula=added.computed or "", operands=tuple(parts))
    larger, smaller = (together, other) if (together.amount or 0) >= (other.amount or 0) else (other, together)
    called = [names, compose.name(other, sides[1][0].ask)][:: 1 if larger is together else -1]
    gap = sums.difference(session, larger, smaller, f"{called[0]}比{called[1]}多")
    results = (gap, added, *(compose.result(session, f.fact, f.same, f.ask) for f in figures))
    return Answer(question.text, "answered", "；".join(compose.sentence(r) for r in results[:5]) + "。", results)


def _leaves_out(question: Question, figures: Sequence[Figure]) -> bool:
    """Whether the smaller figure is a part of the larger that the question says to leave out: 基本支出不含人员经费."""
    part, whole = sorted(figures, key=lambda f: f.amount or 0)
    small, large = part.fact, whole.fact
    if not scope.left_out(question) & {part.ask.said}:
        return False
    members = {p for c in whole.ask.concepts for p in c.parts}
    same = small.item.partition(":")[0] == large.item.partition(":")[0] != "ind" and small.item.startswith(large.item)
    wider = small.item in choose.TOTALS and large.item in choose.TOTALS and choose.broader_spend(small.spend, large.spend)
    return bool(part.ask.items & members) or same or wider


def _equation(session: Session, question: Question, figures: Sequence[Figure]) -> Answer:
    """The parts added up against the last figure named, or the first where that is the largest."""
    whole = max(figures, key=lambda f: (f.amount or 0, f is figures[-1]))
    parts = [f for f in figures if f is not whole]
    added = sums.total(session, [f.fact for f in parts], "＋".join(compose.name(f.fact, f.ask) for f in parts))
    gap = sum((f.amount or Decimal(0) for f in parts), Decimal(0)) - (whole.amount or Decimal(0))
    said = "两者相等" if not gap else f"两者相差{compose.plain_number(abs(gap) / (whole.fact.factor or 1))}{whole.fact.measure}"
    text = f"{added.indicator}为{added.value}{added.measure}（{added.computed}），"
    text += f"{compose.name(whole.fact, whole.ask)}{compose.shown(whole.fact)}，{said}。"
    results = (added, *_gap(session, added, whole, parts), *(compose.result(session, f.fact, f.same, f.ask) for f in (whole, *parts)))
    return Answer(question.text, "answered", text, results, warnings=tuple(w for f in figures for w in figure.warnings(session, f)))


def _gap(session: Session, added: Result, whole: Figure, parts: Sequence[Figure]) -> list[Result]:
    """How far the parts are from the whole, where they are."""
    off = sum((f.amount or Decimal(0) for f in parts), Decimal(0)) - (whole.amount or Decimal(0))
    if not off:
        return []
    gap = compose.computed(
        session,
        value=abs(off) / (whole.fact.factor or 1),
        measure=whole.fact.measure,
        indicator="相差",
        formula=f"|{added.value} − {compose.digits(whole.fact)}|" if added.measure == whole.fact.measure else "两者之差",
        operands=[whole.fact, *(p.fact for p in parts)],
    )
    return [gap]


def _remainder(session: Session, question: Question, figures: Sequence[Figure]) -> Answer:
    """The larger figure less the smaller one."""
    larger, smaller = sorted(figures, key=lambda f: f.amount or 0, reverse=True)
    names = [compose.name(f.fact, f.ask) for f in (larger, smaller)]
    gap = sums.difference(session, larger.fact, smaller.fact, f"{names[0]}扣除{names[1]}后")
    results = (gap, *(compose.result(session, f.fact, f.same, f.ask) for f in (larger, smaller)))
    warnings = tuple(w for f in figures for w in figure.warnings(session, f))
    return Answer(question.text, "answered", f"{gap.indicator}为{gap.value}{gap.measure}（{gap.computed}）。", results, warnings=warnings)


def both_spends(session: Session, question: Question, figures: Sequence[Figure]) -> Answer | None:
    """An item in 基本支出 and in the projects together: 办公费，基本支出加专项一共多少."""
    if not _BOTH.search(question.source.squeezed) or len({f.fact.item for f in figures}) != 1 or figures[0].fact.item in choose.TOTALS:
        return None
    fact = figures[0].fact
    same = session.facts.fetch(unit=[fact.unit], item=[fact.item], year=[fact.year], metric=["me:金额"])
    inside = {f.project: f for f in same if f.project and f.phase == fact.phase and f.value is not None and not f.func}
    facts = [fact, *inside.values()]
    if fact.project or not inside or not sums.comparable(facts):
        return None
    added = sums.total(session, facts, f"{fact.label}（基本支出与项目合计）")
    text = f"{added.indicator}{added.value}{added.measure}（{added.computed}）。"
    return Answer(question.text, "answered", text, (added, *(compose.result(session, f) for f in facts)))
