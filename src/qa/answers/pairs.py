"""Two figures to be set against each other: of one kind (budget or accounts), and from one place where one states both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qa.answers import figure
from qa.answers.choose import Ask
from qa.answers.compose import Session
from qa.answers.figure import Figure
from qa.model import Fact, Unit


def of_one_kind(
    session: Session, ask: Ask, facts: Sequence[Fact], unit: Unit, now: Figure | None, before: Figure | None
) -> tuple[Figure | None, Figure | None]:
    """Two years' figures of which one is a budget and the other accounts: both as budgets, or both as accounts, where stated so."""
    if now is None or before is None or ask.phases or is_budget(now.fact) == is_budget(before.fact):
        return now, before
    for phase in ("预算", "决算") if is_budget(now.fact) else ("决算", "预算"):
        pair = [figure.find(session, replace(replace(ask, metrics=()), phases=(phase,)), facts, unit, f.fact.year) for f in (now, before)]
        if all(one is not None and one.fact.value is not None for one in pair):
            return pair[0], pair[1]
    return now, before


def of_one_place(figures: Sequence[Figure]) -> Sequence[Figure]:
    """Figures of one item, of two years or as budget and accounts, from the sentence or row that states both: of one measure and fund."""
    if len(figures) != 2 or figures[0].fact.item != figures[1].fact.item:
        return figures
    if figures[0].fact.year == figures[1].fact.year and is_budget(figures[0].fact) == is_budget(figures[1].fact):
        return figures
    first, second = figures
    if first.fact.row == second.fact.row or first.fact.formula or second.fact.formula:
        return figures
    for one, other in ((first, second), (second, first)):
        stated = [f for claim in one.claims for f in claim.facts if f.row == other.fact.row and f.metric == other.fact.metric]
        same = [
            f for f in stated if (f.item, f.year, f.spend, f.project, f.func) == _point(one.fact) and is_budget(f) == is_budget(one.fact)
        ]
        if same:
            beside = replace(one, fact=same[0], same=(), rivals=(*one.rivals, one.fact))
            return [beside if f is one else f for f in figures]
    return figures


def _point(fact: Fact) -> tuple[str, int, str, str, str]:
    return fact.item, fact.year, fact.spend, fact.project, fact.func


def is_budget(fact: Fact) -> bool:
    """Whether a figure is planned, not spent."""
    return fact.phase in ("年初预算", "全年预算", "预算")
