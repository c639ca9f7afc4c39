"""The figures of a passage that answers: where a number or the parts are asked for, they are given as figures, not in words only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kg.terms import key
from qa.answers import carried, compose, texts
from qa.answers.compose import Session
from qa.model import Answer, Fact, Question
from qa.understand import words

_METRICS = ("金额", "数量", "占比", "单价")
_MOST = 15


def figures(session: Session, question: Question, found: Answer) -> Answer:
    """The answer with the figures that stand in what it quotes: all where the parts are asked for, one where there is but one."""
    if found.status != "answered" or found.results or not found.passages or not (question.has("parts") or texts.counts(question)):
        return found
    said = key(found.answer)
    cited = [f"at:{p.citations[0].id}" for p in found.passages if p.citations and key(p.text)[:200] in said]
    told = [f for row in cited for f in session.facts.fetch(row=[row]) if _usable(f, said)]
    amounts = [f for f in told if f.measure.endswith("元")]
    numbers = [f for f in told if f not in amounts]
    counted = [f for f in numbers if any(key(m.text) in key(f.label) for m in question.items)]
    if not counted and question.has("structure"):
        inner = words.patterns("asking.txt")["inner"]
        counted = [f for f in numbers if inner.search(key(f.label))]
    one = next((some for some in (counted, amounts) if len(some) == 1), [])
    chosen: Sequence[Fact] = told if question.has("parts") else one
    chosen = sorted({(f.item, f.project, f.amount, f.metric): f for f in chosen}.values(), key=compose.position)
    if not chosen or len(chosen) > _MOST:
        return found
    return replace(found, results=tuple(compose.result(session, f) for f in chosen))


def each(session: Session, question: Question, found: Answer) -> Answer:
    """两次培训各有多少人、各花了多少: all that the sentence tells where the figures are of fewer things; else the answer as it is."""
    if found.status != "answered" or not carried.each_lacking(question, found):
        return found
    cited = [f"at:{c.id}" for r in found.results for c in r.citations[:1]]
    rows = {f.row for f in session.facts.by_id(cited).values() if f.told}
    if len(rows) != 1:
        return found
    told = [f for f in session.facts.fetch(row=sorted(rows)) if f.value is not None and f.metric in _METRICS]
    whole = replace(found, results=tuple(compose.result(session, f) for f in sorted(told, key=compose.position)[:_MOST]))
    return found if carried.each_lacking(question, whole) else whole


def _usable(fact: Fact, said: str) -> bool:
    return fact.told and fact.value is not None and fact.metric in _METRICS and key(fact.quote) in said
