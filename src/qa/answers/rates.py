"""Rates of execution that no document states: what was spent over the budget, both as stated."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from qa.answers import figure, sums
from qa.answers.choose import Ask
from qa.answers.compose import Session
from qa.answers.figure import Figure
from qa.model import Fact, Question, Unit

RATES = ("完成率", "执行率")
#: against which budget a rate is taken where the question does not say: 完成率 is that of 决算公开, 执行率 that of the evaluation forms
_BASES = {"完成率": ("年初预算", "预算", "全年预算"), "执行率": ("全年预算", "预算", "年初预算")}
_OF_BUDGET = re.compile(
    r"按[^，。？?]{0,12}预算[^，。？?]{0,4}算.{0,4}(?:百分|比例|几成)|占了?(?:当年|全年|年初|调整后?)?的?预算数?的?(?:多少|几|百分|比例|比重|多大|$)"
)


#: how much of what was planned was spent, where both are spoken of: 年初给了多少，最后花掉几成
_SPENT_SHARE = re.compile("(?:花|用|支出|执行|完成)(?:掉|了|出去?)*(?:百分之(?:几|多少)|几成|多少%|几个点|多大比例)")


def of_budget(question: Question, wanted: Sequence[Ask]) -> list[Ask]:
    """决算占预算的百分之几 as the rate that it is, with both amounts where they are asked for; empty where another share is meant."""
    if len(wanted) != 1 or wanted[0].metrics:
        return []
    ask, text = wanted[0], question.source.squeezed
    base = next((p for p in ask.phases if p.endswith("预算")), "")
    spent = "占" not in text and bool(_SPENT_SHARE.search(text))
    both = spent and bool(base) and len(ask.phases) > 1
    if not both and not (spent and ask.projects) and not _OF_BUDGET.search(text):
        return []
    rate = replace(ask, metrics=("完成率",), phases=(), base="" if base == "预算" else base)
    return [rate, ask] if both else [rate]


def computed(session: Session, ask: Ask, facts: Sequence[Fact], unit: Unit, year: int) -> Figure | None:
    """The rate of one item or project, unit and year from two stated amounts; None where one of them is missing.

    Nothing is computed over a budget of 0.
    """
    metric = next((m for m in ask.metrics if m in RATES), "")
    if not metric:
        return None
    bare = replace(ask, metrics=(), base="", forms=ask.forms)
    spent = figure.find(session, replace(bare, phases=("决算",)), facts, unit, year)
    for base in (ask.base,) if ask.base and ask.base != "预算" else _BASES[metric]:
        budget = figure.find(session, replace(bare, phases=(base,)), facts, unit, year)
        if spent is None or budget is None or spent.fact.formula or budget.fact.formula or not budget.fact.value:
            continue
        upper = _of_fund(spent, budget.fact.fund)
        if upper is None or not sums.money((upper, budget.fact)):
            continue
        value = (sums.scaled(upper, budget.fact) / budget.fact.value * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
        formula = f"{sums.term(upper, budget.fact)} ÷ {sums.term(budget.fact, budget.fact)} × 100%"
        rate = replace(upper, metric=metric, base=budget.fact.phase, value=value, measure="%", factor=None)
        return Figure(ask, replace(rate, formula=formula, operands=(upper, budget.fact)), (), (), ())
    return None


def _of_fund(spent: Figure, fund: str) -> Fact | None:
    """What was spent of this fund, where a place says so with the same number; a rate over two funds says nothing."""
    if spent.fact.fund == fund:
        return spent.fact
    stated = (f for claim in spent.claims for f in claim.facts if f.phase == "决算" and f.metric == "金额" and f.item == spent.fact.item)
    return next((f for f in stated if f.fund == fund and f.amount == spent.fact.amount and not f.func), None)
