"""What one amount leaves of another: of a budget what was not spent, of the final budget what was added to the first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from qa.answers import compose, figure, refuse, sums
from qa.answers.choose import Ask
from qa.answers.collect import document_years
from qa.answers.compose import Session
from qa.model import Answer, Fact, Question, Result, Unit

AGAINST_BUDGET = ("年初预算", "全年预算", "预算")
UNSPENT = re.compile(
    r"还?剩(?:下|余)?了?(?:多少|几)|剩余(?:的)?(?:资金|钱|预算)|还?结余(?:下来|下)?了?(?:多少|几)|余额(?:还)?(?:有|是)?(?:多少|几)|没(?:有)?(?:花|用|执行)(?:完|掉|出去)?的?(?:钱|资金|预算)?(?:有|是)?(?:多少|几)|(?:多少|几)[^，。]{0,4}没(?:有)?(?:花|用|执行)"
)
_LEFT = "ind:年末结转和结余"


def unspent(session: Session, question: Question, wanted: Sequence[Ask]) -> Answer | None:
    """还剩多少没花: of a project as it is stated, else the year's budget less what was spent, both as stated.

    Refused where one is missing, None where it is not asked.
    """
    if len(wanted) != 1 or not set(wanted[0].phases) <= set(AGAINST_BUDGET) or not UNSPENT.search(question.source.squeezed):
        return None
    ask = wanted[0]
    if _LEFT in ask.items:
        if not ask.projects:
            return None  # the unit's own 年末结转和结余
        ask = replace(ask, options=(("ind:合计", {}),))
    said = [p for p in ask.phases if p != "预算"]
    found = between(session, question, ask, (said or ("全年预算", "年初预算", "预算"), ("决算",)), ("未用", "超支"))
    stated = _stated(session, question, ask) if ask.projects and not ask.phases else []
    if not stated:
        return found
    results = (*(compose.result(session, f) for f in stated), *(found.results if found.status == "answered" else ()))
    return Answer(question.text, "answered", "；".join(compose.sentence(r) for r in results[:4]) + "。", results)


def _stated(session: Session, question: Question, ask: Ask) -> list[Fact]:
    """What a document itself says is left of a project's money, one place."""
    found = [
        f
        for unit in question.units
        for f in session.facts.fetch(unit=[unit.curie], project=sorted(ask.projects), item=[_LEFT], year=question.years)
        if f.value is not None and f.metric == "金额"
    ]
    return found[:1] if len({f.amount for f in found}) == 1 else []


def between(session: Session, question: Question, ask: Ask, phases: tuple[Sequence[str], Sequence[str]], words: tuple[str, str]) -> Answer:
    """What one phase exceeds another by (in the first word) or falls short of it (in the second).

    Of each side the first phase stated, or the one whose amount the question mentions; where a document speaks of a budget without
    saying which, and of another with another amount, both are set against the second.
    """
    results: list[Result] = []
    for unit in question.units or question.unit_choice or tuple(session.lexicon.units()):
        facts = figure.fetch(session, ask, [unit])
        year = year_of(session, question, unit, facts)
        uppers, lowers = ([_of_phases(session, ask, facts, unit, year, side) for side in phases]) if year else ([], [])
        shown: list[Fact] = []
        unclear = any(f.phase == "预算" for f in uppers)  # of which budget, the document does not say
        for upper in uppers[: 2 if unclear else 1]:
            lower = next(iter(lowers), None)
            if lower is None or not sums.comparable([upper, lower]):
                continue
            word = words[0] if (upper.amount or 0) >= (lower.amount or 0) else words[1]
            larger, smaller = sorted((upper, lower), key=lambda f: f.amount or 0, reverse=True)
            results.append(
                sums.difference(session, larger, smaller, f"{compose.name(lower, ask)}{word}（{upper.phase}与{lower.phase}之差）")
            )
            shown += [f for f in (upper, lower) if f not in shown]
        results += [compose.result(session, f) for f in shown]
    if results:
        return Answer(question.text, "answered", "；".join(compose.sentence(r) for r in results) + "。", tuple(results))
    return refuse.nothing_found(session, question, [replace(ask, phases=(words[0],))], [])


def _of_phases(session: Session, ask: Ask, facts: Sequence[Fact], unit: Unit, year: int, phases: Sequence[str]) -> list[Fact]:
    """The figures of the phases in this order, each amount once; only the amount that the question mentions, where one is of these."""
    found = (figure.find(session, replace(ask, phases=(p,)), facts, unit, year) for p in phases)
    best: dict[Decimal, Fact] = {}
    for one in found:
        if one is not None and one.fact.amount is not None:
            best.setdefault(one.fact.amount, one.fact)
    named = [f for f in best.values() if f.amount in ask.amounts]
    return named or list(best.values())


def year_of(session: Session, question: Question, unit: Unit, facts: Sequence[Fact]) -> int | None:
    """The year of a question about one unit: the last that it says, else the newest of the unit's documents with such facts."""
    if question.years:
        return max(question.years)
    own = document_years(session, unit)
    having = [y for y in own if any(f.year == y for f in facts)]
    return having[0] if having else None
