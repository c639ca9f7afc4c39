"""A read question to an answer: what is missing is said, what is ambiguous is asked back, the rest is answered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from kg.terms import key
from qa import (
    asks,
    bounds,
    breakdown,
    choose,
    collect,
    compose,
    figure,
    filters,
    issues,
    moves,
    passages,
    performance,
    refuse,
    shares,
    slices,
    sums,
)
from qa.choose import Ask
from qa.collect import Collected
from qa.compose import Session
from qa.model import Answer, Concept, Explanation, Fact, Notice, Question, Result, Unit

_MOST_WARNINGS = 6
_TEXT_OPS = ("duty", "use", "problem", "remedy", "nature", "structure", "ground")
_MONEY_OPS = ("sum", "total")


def respond(session: Session, question: Question) -> Answer:
    """The answer to a question."""
    found = passages.last_resort(session, question, _respond(session, question))
    cited = [f"at:{c.id}" for r in found.results for c in r.citations]
    more = (*issues.about(session, cited), *_different_years(question, found), *passages.trouble(session))
    found = replace(found, warnings=(*issues.recognised(session, cited), *found.warnings, *more))
    return replace(
        found,
        sparql=found.sparql or "\n\n".join(dict.fromkeys(session.facts.asked[:3])),
        notes=tuple(dict.fromkeys((*question.notes, *(m.note for m in question.mentions if m.note and m.role != "unit"), *found.notes))),
        warnings=tuple({w.message: w for w in found.warnings}.values())[:_MOST_WARNINGS],
        explanation=refuse.explain(question, found.explanation),
    )


def _different_years(question: Question, found: Answer) -> list[Notice]:
    """Figures of several units that are not of one year."""
    years = {r.unit: r.year for r in found.results}
    if len(years) < 2 or len(set(years.values())) < 2 or len(question.years) > 1:
        return []
    return [Notice("year", "年度不同：" + "，".join(f"{unit}为{year}年" for unit, year in years.items()))]


def _respond(session: Session, question: Question) -> Answer:
    if question.missing_unit and not question.units:
        return refuse.missing_unit(session, question)
    if not question.units and (len(question.unit_choice) == 1 or (question.place and not question.all_units)):
        return refuse.which_unit(session, question, question.unit_choice)
    units = question.units or question.unit_choice or tuple(session.lexicon.units())
    if question.has(*_TEXT_OPS) and not question.has("reason"):
        told = _in_words(session, question, units)
        if told is not None:
            return told
    if question.has("reason"):
        return _reason(session, question, units)
    names = _names(session, question)
    wanted = asks.build(question, names)
    if question.unknown and not _explained(session, question, wanted):
        return refuse.not_understood(session, question)
    question = slices.with_axis(question, wanted)
    if len(wanted) > 1 and "构成" in question.text and all(a.total for a in wanted):
        question = replace(question, axis="")
    if question.axis in filters.LEVELS or question.axis == "project":
        found = slices.answer(session, question, wanted[0] if wanted else slices.EVERYTHING, units)
        if found is not None:
            return found
        if not wanted or question.axis == "project":
            return refuse.nothing_found(session, question, wanted or [slices.EVERYTHING], [])
        if len(wanted) == 1 and wanted[0].total and question.has("list", "order", "rank-max", "rank-min"):
            return refuse.no_members(session, question, wanted)
    if not wanted:
        return refuse.nothing_asked(session, question)
    if len(wanted) == 1 and performance.is_group(wanted[0]):
        listed = performance.answer(session, question, wanted[0], units)
        if listed is not None:
            return listed
    return _figures(session, question, wanted)


def _explained(session: Session, question: Question, wanted: Sequence[Ask]) -> bool:
    """Whether the words that no term explains stand in the very sentence, or row, of every figure found."""
    if not wanted or not question.items:
        return False
    found = collect.collect(session, question, wanted)
    return (
        bool(found.figures)
        and not found.missing
        and all(key(word) in key(compose.surroundings(one.fact)) for one in found.figures for word in question.unknown)
    )


def _in_words(session: Session, question: Question, units: Sequence[Unit]) -> Answer | None:
    """Duties, uses, problems: the passages; with the figures where some are asked for too."""
    wanted = asks.build(question, _names(session, question))
    told = passages.answer(session, question, units, wanted)
    if told is None or not wanted or question.unknown or not (asks.counts(question) or asks.priced(question)):
        return told
    found = _figures(session, replace(question, ops=question.ops - set(_TEXT_OPS)), wanted)
    return replace(found, passages=told.passages, answer=found.answer + told.answer) if found.status == "answered" else told


def _names(session: Session, question: Question) -> dict[str, list[Concept]]:
    """The printed names of the units meant; only where a project or an indicator of theirs is named, whose other names are wanted."""
    if not question.projects and not any(c.prefix == "item" for m in question.items for c in m.concepts):
        return {}
    merged: dict[str, list[Concept]] = {}
    for unit in question.units or question.unit_choice or session.lexicon.units():
        for name, concepts in session.lexicon.names(unit.curie).items():
            merged.setdefault(name, []).extend(concepts)
    return merged


def _figures(session: Session, question: Question, wanted: Sequence[Ask]) -> Answer:
    """Figures, and what is to be done with them."""
    if question.has("adjusted") and len({p for a in wanted for p in a.phases}) < 2:
        adjusted = moves.adjusted(session, question, wanted)
        if adjusted is not None and not any(a.phases for a in wanted):
            return adjusted
        if adjusted is not None:
            beside = collect.collect(session, question, wanted)
            more = [compose.result(session, f.fact, f.same, f.ask) for f in beside.figures]
            return replace(
                adjusted, results=(*adjusted.results, *more), answer=adjusted.answer + "；".join(compose.sentence(r) for r in more) + "。"
            )
    inside = len(wanted) == 1 and (question.has("parts") or (question.has("rank-max", "rank-min") and not question.all_units))
    if question.has("share") and not question.has("change", "rate") and not inside:
        found = shares.answer(session, question, wanted)
        return found or refuse.incomplete(session, question, collect.collect(session, question, wanted))
    if question.has("change", "difference") or {"变动额", "变动率"} & set(question.metrics):
        found = _changed(session, question, wanted)
        if found is not None:
            return found
    if asks.against_budget(question) and question.has("change", "difference", "compare", "whether"):
        wanted = [replace(a, phases=("决算", *(p for p in a.phases if p != "决算"))) for a in wanted]
        question = replace(question, ops=question.ops | {"compare"})
    elif question.has("change") and len(wanted) == 1 and len(question.units) == 1 and len(wanted[0].phases) < 2 and len(question.years) < 2:
        return moves.of_another(session, question, wanted[0]) or refuse.no_change(session, question, wanted)
    collected = collect.collect(session, question, wanted)
    if not collected.figures:
        none = _none(session, question, wanted) or (breakdown.without_total(session, question, wanted[0]) if len(wanted) == 1 else None)
        return none or refuse.nothing_found(
            session, question, wanted, [f for ask in wanted for f in figure.fetch(session, ask, question.units)]
        )
    if question.all_units and (within := bounds.condition(question)) is not None:
        collected = replace(collected, figures=tuple(f for f in collected.figures if within(f.fact)), missing=())
        if not collected.figures:
            return Answer(question.text, "answered", "没有符合条件的单位。")
    if not question.units and not question.all_units and len({f.fact.unit for f in collected.figures}) > 1:
        return refuse.which_unit(session, question, [u for u in collected.units if any(f.fact.unit == u.curie for f in collected.figures)])
    if collected.missing and question.has("sum", "compare", "difference") and not question.all_units and len(collected.figures) < 2:
        return refuse.incomplete(session, question, collected)
    if len(collected.figures) > 1:
        if question.has("order", "rank-max", "rank-min"):
            return _ranked(session, question, collected)
        if question.has("sum") or (question.has("total") and len(wanted) > 1) or _adds_units(question, collected):
            return _summed(session, question, collected)
        if question.has("compare", "difference", "adjusted"):
            return moves.compare(session, question, collected)
    if question.has("average"):
        return _average(session, question, collected) or refuse.no_average(session, question, collected)
    halves = bool(collected.missing) and len({p for a in wanted for p in a.phases}) > 1  # 分别 speaks of the phases, not of parts
    if (
        question.has("parts", "sum", "rank-max", "rank-min", "order")
        and not halves
        and (len(collected.figures) == 1 or "构成" in question.text)
    ):
        found = breakdown.answer(session, question, collected.figures)
        if found is not None:
            return found
        if question.has("rank-max", "rank-min") and not question.all_units and not re.search("哪一?年|年度", question.text):
            return refuse.no_members(session, question, wanted)
    return _plain(session, question, wanted, collected)


def _none(session: Session, question: Question, wanted: Sequence[Ask]) -> Answer | None:
    """The documents say in words that there is none of it: the sentence, and nothing where an amount was asked."""
    units = question.units
    found = [(ask, p) for ask in wanted for p in passages.saying_none(session, question, units, ask.label)[:1]] if len(units) == 1 else []
    if not found or len({ask.label for ask, _ in found}) < len({ask.label for ask in wanted}):
        return None
    year = question.years[0] if question.years else next(iter(collect.document_years(session, units[0])), None)
    results = tuple(
        Result(Decimal(0), "万元", None, units[0].name, year, "、".join(ask.phases), None, ask.label, "原文写明没有，按0计", p.citations)
        for ask, p in found
    )
    return Answer(
        question.text,
        "answered",
        f"{units[0].name}写明没有{'、'.join(ask.label for ask, _ in found)}：{found[0][1].text[:120]}",
        results,
        passages=tuple({p.text: p for _, p in found}.values()),
    )


def _changed(session: Session, question: Question, wanted: Sequence[Ask]) -> Answer | None:
    """A change over the years (or against the budget); two items or phases against each other are compared instead."""
    phases = {p for a in wanted for p in a.phases}
    together = question.has("parts") and all(a.total for a in wanted)
    if (len(wanted) > 1 and not together) or len(phases) > 1 or (len(question.units) > 1 and not question.has("change")):
        return None
    units = question.units or tuple(
        collect.units_with(session, question, figure.fetch(session, wanted[0], question.unit_choice or session.lexicon.units()))
    )
    return moves.change(session, question, wanted, units[:4])


def _adds_units(question: Question, found: Collected) -> bool:
    return question.has("total") and question.all_units and len(found.units) > 1


def _plain(session: Session, question: Question, wanted: Sequence[Ask], found: Collected) -> Answer:
    """The figures as they are; a single one with its parts and other phases."""
    results: list[Result] = []
    warnings: list[Notice] = []
    for one in found.figures:
        results += figure.results(session, one)
        warnings += figure.warnings(session, one)
    results += [compose.result(session, f) for f in _counted_beside(session, question, found)]
    results += _whole(session, found)
    if len(found.figures) == 1:
        one = found.figures[0]
        results += figure.extras(session, one, Unit(one.fact.unit, one.fact.unit_name))
    told = [f.fact for f in found.figures if f.fact.told and question.has("list", "nature")]
    text = "；".join(compose.sentence(r) for r in results[: max(3, len(found.figures))][:10]) + "。"
    if found.missing:
        text += f"未披露：{'；'.join(found.missing[:6])}。"
    return Answer(
        question.text,
        "answered",
        text,
        tuple(results),
        warnings=tuple(warnings),
        passages=tuple(passages.paragraph(session, f) for f in {f.row: f for f in told}.values()),
    )


def _whole(session: Session, found: Collected) -> list[Result]:
    """The total beside 基本支出 and 项目支出, where both are given."""
    parts = {f.fact.spend: f for f in found.figures if f.fact.item in choose.TOTALS and not f.fact.project}
    if set(parts) != {"基本支出", "项目支出"} or len(found.figures) != 2:
        return []
    one = parts["基本支出"].fact
    ask = choose.about("ind:合计", "支出合计", flow="支出", phases=(one.phase,))
    unit = Unit(one.unit, one.unit_name)
    total = figure.find(session, ask, figure.fetch(session, ask, [unit], [one.year]), unit, one.year)
    return [compose.result(session, total.fact, total.same, ask)] if total is not None else []


def _counted_beside(session: Session, question: Question, found: Collected) -> list[Fact]:
    """A second number that the question asks for and that stands in the same sentence: 开展了多少次，帮了多少人."""
    wanted = [group for group in asks.ALIKE if any(f"多少{noun}" in question.text or f"几{noun}" in question.text for noun in group)]
    missing = [group for group in wanted if not any(f.fact.measure in group for f in found.figures)]
    more = []
    for one in [f.fact for f in found.figures if f.fact.told] if missing and len(wanted) > 1 else []:
        said = compose.surroundings(one)
        for group in missing:
            beside = [
                f
                for f in session.facts.fetch(row=[one.row], unit=[one.unit])
                if f.measure in group
                and f.value is not None
                and compose.surroundings(f) == said
                and compose.position(f) > compose.position(one)
            ]
            more += beside if len(beside) == 1 else []
    return more


def _ranked(session: Session, question: Question, found: Collected) -> Answer:
    """Figures of one measure in order, largest first (or smallest)."""
    usable = [f for f in found.figures if f.amount is not None]
    ordered = sorted(usable, key=lambda f: f.amount or 0, reverse=not question.has("rank-min") or question.has("rank-max"))
    results = [compose.result(session, f.fact, f.same, f.ask) for f in ordered]
    warnings = [w for f in ordered for w in figure.warnings(session, f)]
    text = "从大到小：" if not question.has("rank-min") or question.has("rank-max") else "从小到大："
    text += "；".join(compose.sentence(r) for r in results) + "。"
    if len({f.fact.year for f in ordered}) > 1:
        text += "注意年度不同。"
    if found.missing:
        text += f"未披露：{'；'.join(found.missing[:4])}。"
    return Answer(question.text, "answered", text, tuple(results), warnings=tuple(warnings))


def _summed(session: Session, question: Question, found: Collected) -> Answer:
    """The sum of the figures, then the figures."""
    facts = sums.facts_of(found.figures)
    if not sums.comparable(facts):
        return _plain(session, question, [f.ask for f in found.figures], found)
    if found.missing:
        return replace(
            _plain(session, question, [f.ask for f in found.figures], found),
            status="no_data",
            results=(),
            answer=f"缺少{'；'.join(found.missing[:4])}，不能相加。",
        )
    added = sums.total(session, facts, "合计")
    results = [added, *(compose.result(session, f.fact, f.same, f.ask) for f in found.figures)]
    warnings = [w for f in found.figures for w in figure.warnings(session, f)]
    return Answer(
        question.text, "answered", f"合计{added.value}{added.measure}（{added.computed}）。", tuple(results), warnings=tuple(warnings)
    )


def _average(session: Session, question: Question, found: Collected) -> Answer | None:
    """An amount per person or car, where the documents state how many there are."""
    one = found.figures[-1]
    people = "ind:公务接待人次" if one.fact.item == "ind:公务接待费" else "ind:实有人数"
    things = {"车": ("ind:公务用车保有量", "ind:车辆"), "人": (people,)}
    for word, items in things.items():
        if word not in question.text:
            continue
        for item in items:
            ask = choose.about(item, metric="数量")
            unit = Unit(one.fact.unit, one.fact.unit_name)
            count = figure.find(session, ask, figure.fetch(session, ask, [unit]), unit, one.fact.year)
            if count is not None:
                mean = sums.average(session, one.fact, count.fact, f"平均每{count.fact.measure}{compose.name(one.fact, one.ask)}")
                if mean is not None:
                    results = (mean, compose.result(session, one.fact, one.same, one.ask), compose.result(session, count.fact))
                    return Answer(question.text, "answered", f"{mean.indicator}{mean.value}{mean.measure}（{mean.computed}）。", results)
    return None


def _reason(session: Session, question: Question, units: Sequence[Unit]) -> Answer:
    """Why: the causes that the documents give, with the figures that they explain."""
    names = _names(session, question)
    wanted = asks.build(question, names)
    facts = [f for ask in wanted for f in figure.fetch(session, ask, units)]
    years = set(question.years) or {y for u in units for y in collect.document_years(session, u)[:1]}
    mine = [f for f in facts if f.year in years and (not wanted or any(_about(f, a) for a in wanted))]
    found = passages.reasons(session, question, wanted, mine)
    if not found:
        told = [f for f in mine if f.told and f.metric == "金额" and not f.func][:1]
        found = passages.search_causes(session, question, units, wanted) or [passages.paragraph(session, f) for f in told]
        if not found or (wanted and question.has("difference", "compare")):
            plain = replace(question, ops=question.ops - {"reason"})
            return (
                _figures(session, plain, wanted)
                if wanted and not question.unknown
                else refuse.nothing_found(session, question, wanted, facts)
            )
    figures: list[Result] = []
    warnings: list[Notice] = []
    plain = replace(question, ops=question.ops - {"reason"})
    if wanted and not question.unknown:
        part = _figures(session, plain, wanted)
        if part.status == "answered":
            figures, warnings = list(part.results), list(part.warnings)
    text = (compose.sentence(figures[0]) + "。" if figures else "") + f"原文：{found[0].text[:200]}"
    return Answer(question.text, "answered", text, tuple(figures[:8]), passages=tuple(found), warnings=tuple(warnings))


def _about(fact: Fact, ask: Ask) -> bool:
    return (not ask.items or fact.item in ask.items) and (not ask.projects or fact.project in ask.projects)


__all__ = ["Explanation", "respond"]
