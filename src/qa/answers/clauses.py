"""Figures found by the sentence that tells them: for things that a document counts and no vocabulary names.

A question is cut into the things it counts (抓拍多少条，处置多少条). The figure of each must stand in a sentence that speaks of all that
the question says (`covers`), and in a clause that speaks of this thing. Where two figures fit alike none is taken.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kg.terms import key
from qa.answers import collect, compose, covers, evidence, likeness, passages, texts, wishes
from qa.answers.compose import Session
from qa.answers.covers import Wanted
from qa.model import Answer, Fact, Question, Unit
from qa.understand import words

#: What a sentence with its headings must cover of the question, what the figure's own clause of the thing counted; and how far
#: below the best another figure must lie.
_SENTENCE, _CLAUSE, _APART = 0.75, 0.55, 0.08
_MOSTLY = 0.75
_MOST_UNITS = 3
#: Passages whose figures are looked at.
_LOOKED = 12
_COUNTED = re.compile("多少|几(?![乎点])")
_EACH = re.compile("各|分别")
_PERCENT = re.compile("百分之(?:几|多少)|多少个?(?:百分点|点|%)|几个(?:百分点|点)")
_AMOUNTS = frozenset({"元", "千元", "万元", "亿元"})
_SPACE = re.compile(r"\s")
#: what an amount is for, in the clause behind it
_USE = re.compile("，(?:主要|全部|专项)?(?:是)?用于(?P<for>[^，。；！？\n]{2,60})")
_NOT = re.compile("[没未不无非]")
#: Operations on figures, which no sentence carries out.
_OTHERWISE = ("reason", "change", "compare", "difference", "rank-max", "rank-min", "order", "adjusted", "meaning", "sum")
_METRICS = ("数量", "比率", "指标值", "金额", "单价", "完成率")


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is counted: where the question says it, and what kind of figure is wanted."""

    start: int
    end: int
    measures: frozenset[str]

    def fits(self, fact: Fact) -> bool:
        """Whether a figure is of this kind."""
        return fact.measure in self.measures or fact.measure.removeprefix("万") in self.measures


def answer(session: Session, question: Question, units: Sequence[Unit]) -> Answer | None:
    """The figures that sentences tell of what is counted; None where one thing has none, or several fit."""
    parts = _parts(question)
    if not parts or question.has(*_OTHERWISE) or question.relative_years or not 0 < len(units) <= _MOST_UNITS:
        return None
    wanted = covers.wanted(question, session.reader.index)
    ids = passages.documents(session, question, units)
    if wanted.empty or not ids:
        return None
    shared = [n for n in range(len(wanted.text)) if not any(p.start <= n < p.end for p in parts)]
    hits = covers.best(wanted, texts.hits(session, wanted.text, passages.about(question), ids), 0.5)[:_LOOKED]
    facts = [
        (f, c.hit.section)
        for c in hits
        for f in session.facts.fetch(row=[c.hit.iri], unit=[u.curie for u in units])
        if f.told and f.value is not None and f.metric in _METRICS and _year_fits(session, f, question, units)
    ]
    chosen: list[Fact] = []
    for part in parts:
        own = _only(wanted, range(part.start, part.end))
        whole = _only(wanted, [*shared, *range(part.start, part.end)])
        fact = _one([(f, s) for f, s in facts if part.fits(f) and f not in chosen], own, whole)
        if fact is None:
            return None
        chosen.append(fact)
    results = tuple(compose.result(session, f) for f in chosen)
    return Answer(question.text, "answered", "；".join(compose.sentence(r) for r in results[:6]) + "。", results)


def _parts(question: Question) -> list[Part]:
    """The things that a question counts, clause by clause; of 甲、乙各多少 each."""
    text = question.source
    clauses = list(pairwise(sorted({0, len(text.squeezed)} | text.hard)))
    found: list[Part] = []
    for start, end in clauses:
        said = text.squeezed[start:end]
        asked = _COUNTED.search(said) or _PERCENT.search(said)
        if asked is None:
            continue
        measures = _measures(question, start, end)
        if not measures:
            return []  # 罚了多少: of what is not said
        cuts = sorted(n for n in text.listed if start < n < end)
        if cuts and _EACH.search(said):
            found += [Part(a, b, measures) for a, b in pairwise([start, *cuts, end])]
        elif cuts and len(_COUNTED.findall(said)) > 1:
            found += [Part(a, b, _measures(question, a, b)) for a, b in pairwise([start, *cuts, end])]
        else:
            found.append(Part(start, end, measures))
    return found


def _measures(question: Question, start: int, end: int) -> frozenset[str]:
    said = question.source.squeezed[start:end]
    if _PERCENT.search(said):
        return frozenset({"%"})
    counts = [wish.measures for at, _, wish in wishes.counts_of(question.source) if start <= at < end]
    if counts:
        return counts[0]
    if re.search("(?:多少|几)[万亿千百]?[元块]|多少(?:钱|经费|资金)", said):
        return _AMOUNTS
    return frozenset(words.alike()) if words.counting(things=True).search(said) else frozenset()


def _only(wanted: Wanted, places: Sequence[int] | range) -> Wanted:
    """What is wanted, of these characters alone."""
    kept = set(places)
    return Wanted(
        "".join(c if n in kept else " " for n, c in enumerate(wanted.text)),
        tuple(w if n in kept else 0.0 for n, w in enumerate(wanted.weights)),
        wanted.light,
        tuple(s for s in wanted.sayings if s[0] in kept),
        wanted.owners,
    )


def _one(facts: Sequence[tuple[Fact, str]], own: Wanted, whole: Wanted) -> Fact | None:
    """The figure whose sentence speaks of everything and whose clause speaks of the thing; None where another fits alike."""
    if own.empty:
        return None
    scored = []
    for fact, section in facts:
        sentence, clause = _around(fact, whole)
        if not sentence or any(word not in sentence for word in _NOT.findall(whole.text)):
            continue
        told, near = covers.share(whole, key(section), sentence), covers.share(own, "", clause)
        if told >= _SENTENCE and near >= _CLAUSE:
            scored.append((told + near, fact))
    scored.sort(key=lambda pair: (-pair[0], pair[1].id))
    if not scored:
        return None
    top, best = scored[0]
    near_by = [f for s, f in scored if s > top - _APART]
    return best if len({(f.amount, f.measure) for f in near_by}) == 1 else None


def _around(fact: Fact, whole: Wanted) -> tuple[str, str]:
    """The sentence of a figure, and in it what stands between the marks around the figure, with the clause before a short one.

    What it was for counts, where that is what is asked about and little else.
    """
    text, quote = _SPACE.sub("", fact.passage), _SPACE.sub("", fact.quote)
    at = text.find(quote)
    if at < 0:
        return "", ""
    start = max(text.rfind(m, 0, at) for m in "。；！？\n") + 1
    stop = min((n for m in "。；！？\n" if (n := text.find(m, at + len(quote))) >= 0), default=len(text))
    left = max(start, max(text.rfind(m, 0, at) for m in "，、：（") + 1)
    right = min((n for m in "，、（）；。" if (n := text.find(m, at + len(quote))) >= 0), default=len(text))
    used = _USE.match(text, right)  # 3136.40万元，主要用于标准化菜场…
    if used is not None and _all_asked(key(used["for"]), whole.text):
        right = min(used.end(), stop)
    if len(key(text[left:at])) < 4:
        left = max(start, text.rfind("，", 0, max(left - 1, 0)) + 1)
    return key(text[start:stop]), key(text[left:right])


def _all_asked(used: str, asked: str) -> bool:
    """Whether most of what an amount was for is asked about: of several uses one has not all of it."""
    return len(likeness.met(used, asked)) >= _MOSTLY * len(used)


def _year_fits(session: Session, fact: Fact, question: Question, units: Sequence[Unit]) -> bool:
    years = question.years or [y for u in units if u.curie == fact.unit for y in collect.document_years(session, u)[:1]]
    return fact.year in years and evidence.phase_fits(fact, question)
