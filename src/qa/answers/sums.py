"""Figures of ours: sums, differences, shares, averages. Every one shows its formula and cites its operands."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from qa.answers import compose
from qa.answers.compose import Session
from qa.answers.figure import Figure
from qa.model import Fact, Result

_HUNDRED = Decimal(100)


def money(facts: Sequence[Fact]) -> bool:
    """Whether all facts are amounts of money, so that 元 and 万元 add up."""
    return all(f.measure.endswith("元") and f.factor is not None and f.value is not None for f in facts)


def comparable(facts: Sequence[Fact]) -> bool:
    """Whether figures may be set against each other: all money, or all of one measure."""
    return bool(facts) and all(f.value is not None for f in facts) and (money(facts) or len({f.measure for f in facts}) == 1)


def scaled(fact: Fact, measure: Fact) -> Decimal:
    """A fact's value in another fact's measure."""
    assert fact.value is not None
    if fact.measure == measure.measure or fact.factor is None or measure.factor is None:
        return fact.value
    return fact.value * fact.factor / measure.factor


def term(fact: Fact, measure: Fact) -> str:
    """An operand as the formula shows it."""
    return (compose.digits(fact) or "") if fact.measure == measure.measure else compose.plain_number(scaled(fact, measure))


def total(session: Session, facts: Sequence[Fact], indicator: str) -> Result:
    """The sum of facts."""
    first = facts[0]
    value = sum((scaled(f, first) for f in facts), Decimal(0))
    return compose.computed(
        session,
        value=value,
        measure=first.measure,
        indicator=indicator,
        formula=" + ".join(term(f, first) for f in facts),
        operands=facts,
        phase=first.phase,
    )


def difference(session: Session, larger: Fact, smaller: Fact, indicator: str) -> Result:
    """What one figure exceeds another by."""
    value = larger.value - scaled(smaller, larger) if larger.value is not None else Decimal(0)
    return compose.computed(
        session,
        value=value,
        measure=larger.measure if larger.measure != "%" else "百分点",
        indicator=indicator,
        formula=f"{term(larger, larger)} − {term(smaller, larger)}",
        operands=(larger, smaller),
    )


def share(session: Session, part: Fact, whole: Fact, indicator: str) -> Result | None:
    """A part as a percentage of a whole; None where the whole is nothing."""
    base = scaled(whole, part)
    if not base or part.value is None:
        return None
    value = (part.value / base * _HUNDRED).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return compose.computed(
        session,
        value=value,
        measure="%",
        indicator=indicator,
        formula=f"{term(part, part)} ÷ {term(whole, part)} × 100%",
        operands=(part, whole),
    )


def average(session: Session, amount: Fact, count: Fact, indicator: str, *, in_yuan: bool = False) -> Result | None:
    """An amount divided by a number of things, in the measure of the amount or in 元; None where there are none."""
    if not count.value or amount.value is None:
        return None
    measure, dividend = amount.measure, amount.value
    if in_yuan and amount.amount is not None:
        measure, dividend = "元", amount.amount
    value = dividend / count.value
    value = value.quantize(Decimal("0.01") if abs(value) >= 1 else Decimal("0.0001"), ROUND_HALF_UP).normalize()
    return compose.computed(
        session,
        value=value,
        measure=f"{measure}/{count.measure}",
        indicator=indicator,
        formula=f"{compose.digits(amount) if measure == amount.measure else compose.plain_number(dividend)} ÷ {compose.digits(count)}",
        operands=(amount, count),
    )


def facts_of(figures: Sequence[Figure]) -> list[Fact]:
    """The chosen facts of figures, each once."""
    return list({f.fact.id: f.fact for f in figures}.values())


def same_thing(figures: Sequence[Figure]) -> bool:
    """Whether figures are one thing as budgeted and as spent, which nobody adds up."""
    things = {(f.fact.unit, f.fact.year, f.fact.item, f.fact.project, f.fact.fund, f.fact.spend) for f in figures}
    return len(figures) == 2 and len(things) == 1 and figures[0].fact.phase != figures[1].fact.phase


def newest(figures: Sequence[Figure]) -> tuple[Figure, ...]:
    """Of figures of one thing of a unit, of several years, the newest: units are added up once each."""
    last: dict[tuple[str, str, str, str], Figure] = {}
    for one in sorted(figures, key=lambda f: f.fact.year):
        last[(one.fact.unit, one.ask.label, one.fact.phase, one.fact.project)] = one
    return tuple(f for f in figures if f in last.values())


def holding(figures: Sequence[Figure]) -> Figure | None:
    """The figure that holds others of the same unit and year, which must not be added to them: 采购总额 beside 货物 and 服务.

    It holds them where the ontology or the code says so, or where all the others (two or more) add up to it.
    """
    for one in figures:
        fact = one.fact
        others = [f for f in figures if f is not one and (f.fact.unit, f.fact.year, f.fact.phase) == (fact.unit, fact.year, fact.phase)]
        parts = {p for c in one.ask.concepts for p in c.parts}
        if any(f.ask.items & parts or _finer(f.fact, fact) for f in others if f.fact.project == fact.project):
            return one
        if (
            len(others) > 1
            and len(others) == len(figures) - 1
            and fact.amount
            and fact.amount == sum((f.amount or 0 for f in others), Decimal(0))
        ):
            return one
    return None


def _finer(part: Fact, whole: Fact) -> bool:
    """Whether a 科目 stands below another: 30201 below 302."""
    return part.item != whole.item and whole.item.partition(":")[0] in ("func", "econ", "govecon") and part.item.startswith(whole.item)
