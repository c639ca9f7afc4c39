"""Of several figures, or of the parts of one, those that are within the bound that a question sets: 三公经费里哪些超过1万元."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from qa.answers import breakdown, caution, compose, figure, filters, refuse
from qa.answers.choose import Ask
from qa.answers.collect import Collected
from qa.answers.compose import Session
from qa.model import Answer, Fact, Question
from qa.understand import bounds

#: what is done with more than one figure: done with those that are within the bound, if at all
_DONE = ("sum", "total", "average", "difference", "compare", "rank-max", "rank-min", "order")
_YEARS = re.compile("哪一?些?几?年|年度|年份")
_SAID = 12


def condition(question: Question) -> Callable[[Fact], bool] | None:
    """What a figure must satisfy where only those within a bound are wanted, and nothing else is done with them: 哪些超过1万元."""
    counted = filters.how_many(question)
    listed = question.has("list") or question.all_units or counted
    return bounds.condition(question) if listed and (counted or not question.has(*_DONE)) else None


def answer(session: Session, question: Question, wanted: Sequence[Ask], found: Collected, holds: Callable[[Fact], bool]) -> Answer:
    """The figures that are within the bound; of a single figure that is of one unit and year, its parts that are."""
    facts = [one.fact for one in found.figures]
    if len(facts) == 1 and not question.all_units and not _YEARS.search(question.text):
        facts = breakdown.of(session, found.figures[0], deep=False)
        if not facts:
            return refuse.no_members(session, question, wanted)
    kept = [f for f in facts if holds(f)]
    if question.all_units:
        meant = question.units or question.unit_choice or session.lexicon.units()
        lacking = caution.undisclosed(meant, [u for u in meant if any(f.unit == u.curie for f in facts)])
    else:
        lacking = caution.not_found(found.missing)
    if not kept:
        return Answer(question.text, "answered", _none(question, found, len(facts)), warnings=tuple(lacking))
    asked = {one.fact.id: one.ask for one in found.figures}
    results = [compose.result(session, f, (), asked.get(f.id)) for f in kept]
    warnings = [w for one in found.figures if one.fact in kept for w in figure.warnings(session, one)]
    number = filters.number(question, results)
    text = "；".join(compose.sentence(r) for r in (*number, *results[:_SAID])) + "。"
    return Answer(question.text, "answered", text, (*number, *results), warnings=(*lacking, *warnings))


def _none(question: Question, found: Collected, count: int) -> str:
    """That nothing is within the bound, and of how many."""
    if question.all_units:
        return f"{count}个单位有这项数字，没有符合条件的。"
    one = found.figures[0]
    named = compose.name(one.fact, one.ask) if len(found.figures) == 1 else ""
    return f"{one.fact.unit_name}{one.fact.year}年{named}共{count}项，没有符合条件的。"


def of_parts(session: Session, question: Question, told: Answer) -> Answer:
    """Of an answer that lists the parts of what no document adds up, those that are within the bound."""
    if (holds := condition(question)) is None:
        return told
    parts = [r for r in told.results if not r.computed]
    facts = session.facts.by_id([f"at:{c.id}" for r in parts for c in r.citations[:1]])
    kept = [r for r in parts if any(holds(facts[name]) for c in r.citations[:1] if (name := f"at:{c.id}") in facts)]
    results = (*filters.number(question, kept), *kept)
    text = "；".join(compose.sentence(r) for r in results) or f"{len(parts)}项中没有符合条件的"
    return replace(told, answer=f"{text}。", results=results)
