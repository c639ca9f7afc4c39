"""How many times one figure is of another: 绩效工资是基本工资的多少倍."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from qa.answers import caution, compose, figure, sums
from qa.answers.collect import Collected
from qa.answers.compose import Session
from qa.model import Answer, Question

#: the first of the second: 甲是乙的几倍; 甲比乙多几倍 is not the same and is not computed
_OF = re.compile("(?:是|为|相当于|达到?|顶)[^，。]{2,40}的(?:多少|几|好几)倍")


def answer(session: Session, question: Question, found: Collected) -> Answer | None:
    """The first figure over the second, with both; None where the question does not say so or there are not two of one measure."""
    facts = sums.facts_of(found.figures)
    if len(facts) != 2 or not _OF.search(question.source.squeezed) or not sums.comparable(facts) or not facts[1].value:
        return None
    upper, lower = facts
    one, other = found.figures
    names = [compose.name(f.fact, f.ask) for f in (one, other)]
    years = [f"{f.year}年" if upper.year != lower.year else "" for f in facts]
    times = compose.computed(
        session,
        value=(sums.scaled(upper, lower) / (lower.value or Decimal(1))).quantize(Decimal("0.01"), ROUND_HALF_UP),
        measure="倍",
        indicator=f"{years[0]}{names[0]}是{years[1]}{names[1]}的",
        formula=f"{sums.term(upper, lower)} ÷ {sums.term(lower, lower)}",
        operands=(upper, lower),
    )
    results = (times, *(compose.result(session, f.fact, f.same, f.ask) for f in found.figures))
    lacking = caution.not_found(found.missing)
    warnings = (*lacking, *(w for f in found.figures for w in figure.warnings(session, f)))
    return Answer(question.text, "answered", "；".join(compose.sentence(r) for r in results) + "。", results, warnings=warnings)
