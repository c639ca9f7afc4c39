"""All figures that a question wants: every item, aspect, unit and year, and what is missing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kg.library.index import Card
from kg.terms import key
from qa import queries
from qa.answers import choose, figure, location, phases, rates
from qa.answers.choose import Ask
from qa.answers.compose import Session
from qa.answers.figure import Figure
from qa.model import Fact, Question, Unit
from qa.understand import near, words


@dataclass(frozen=True, slots=True)
class Collected:
    """The figures found, in the order asked; the facts looked at; what was not found, in words."""

    figures: tuple[Figure, ...]
    units: tuple[Unit, ...]
    facts: tuple[tuple[Ask, tuple[Fact, ...]], ...]
    missing: tuple[str, ...] = ()

    @property
    def looked_at(self) -> list[Fact]:
        """All facts that were considered."""
        return [f for _, facts in self.facts for f in facts]


def collect(session: Session, question: Question, wanted: Sequence[Ask]) -> Collected:
    """Look for every wanted figure."""
    turns = phases.by_year(question)
    if turns:
        wanted = [replace(ask, phases=(phase,) if phase else (), metrics=(), year=year) for ask in wanted for year, phase in turns]
        question = replace(question, ops=question.ops - {"done", "goal"}, metrics=())
    single = [one for ask in wanted for one in _settled(session, question, ask)]
    known: dict[str, list[Fact]] = {}
    facts = []
    for ask in single:
        options = f"{sorted((item, sorted(dims.items())) for item, dims in ask.options)}{sorted(ask.projects)}{ask.metrics}"
        if options not in known:
            known[options] = figure.fetch(session, ask, question.units or question.unit_choice or session.lexicon.units(), question.years)
        facts.append((ask, tuple(known[options])))
    units = units_with(session, question, [f for fetched in known.values() for f in fetched])
    figures: list[Figure] = []
    missing: list[str] = []
    for unit in units:
        shared = _shared_years(session, question, unit, facts)
        for ask, fetched in facts:
            for year in [ask.year] if ask.year else shared or years_of(session, question, unit, fetched, ask):
                found = (
                    figure.find(session, ask, fetched, unit, year)
                    or rates.computed(session, ask, fetched, unit, year)
                    or _nearby(session, ask, unit, year)
                    or _as_of(session, ask, fetched, unit, year)
                )
                if found is None:
                    place = f"（{'、'.join(ask.forms)}）" if ask.forms else ""
                    missing.append(f"{unit.name}{year}年{ask.label}{'、'.join(ask.phases)}{'、'.join(ask.metrics)}{place}")
                else:
                    figures.append(found)
    unique = list({(f.fact.id, f.fact.year, f.fact.phase): f for f in figures}.values())
    return Collected(tuple(unique), tuple(units), tuple(facts), tuple(dict.fromkeys(missing)))


def _settled(session: Session, question: Question, ask: Ask) -> list[Ask]:
    """The aspects of an ask. A name that only documents know gives way to the one longer name that has every aspect, where it has not."""
    asks = aspects(question, ask)
    units = question.units or question.unit_choice
    if len(asks) < 2 or not units or not ask.said or not all(i.startswith("item:") for i in ask.items):
        return asks
    if _has_all(session, asks, units):
        return asks
    said = key(ask.said)
    longer = {
        c.curie: c
        for u in units
        for name, concepts in session.lexicon.names(u.curie).items()
        if said in name and name != said
        for c in concepts
        if c.prefix == "item"
    }
    full = []
    for concept in longer.values():
        others = [replace(a, label=concept.label, concepts=(concept,), options=((concept.curie, {}),)) for a in asks]
        if _has_all(session, others, units):
            full.append(others)
    return full[0] if len(full) == 1 else asks


def _has_all(session: Session, asks: Sequence[Ask], units: Sequence[Unit]) -> bool:
    facts = figure.fetch(session, asks[0], units)
    return all(any(choose.distance(f, a) < choose.REFUSED for f in facts) for a in asks)


def _shared_years(session: Session, question: Question, unit: Unit, facts: Sequence[tuple[Ask, tuple[Fact, ...]]]) -> list[int]:
    """Where no year is said and several phases are wanted: the years that have them all."""
    if question.years or question.relative_years or len(facts) < 2:
        return []
    each = [set(years_of(session, question, unit, fetched, ask)) for ask, fetched in facts]
    return sorted(set.intersection(*each))


def _nearby(session: Session, ask: Ask, unit: Unit, year: int) -> Figure | None:
    """The unit's own name for what was said, where the term itself has no figure: 公务员医疗补助 for 公务员医疗补助缴费."""
    if ask.forms and ask.total and ask.said and not ask.projects:
        return _own_row(session, ask, unit, year)
    if not ask.said or ask.projects or ask.total:
        return None
    if ask.items == {"ind:总分"}:
        return _mean_score(session, ask, unit, year)
    if (found := _beside(session, ask, unit, year)) is not None:
        return found
    names = session.lexicon.names(unit.curie)
    for said in dict.fromkeys((key(ask.said), words.reworded(key(ask.said)))):
        concepts, labels = near.match(said, {n: c for n, c in names.items() if said in n and not {x.curie for x in c} <= ask.items})
        items = {c.curie for c in concepts if c.prefix != "prj"}
        if items:
            break
    if not items or items & ask.items or any(_one_of_several(said, c.label) for c in concepts):
        return None
    other = replace(
        ask, label=concepts[0].label, concepts=concepts, options=tuple((i, {}) for i in sorted(items)), note=f"{ask.said} = {labels[0]}"
    )
    facts = figure.fetch(session, other, [unit])
    return figure.find(session, other, facts, unit, year) or rates.computed(session, other, facts, unit, year)


def _mean_score(session: Session, ask: Ask, unit: Unit, year: int) -> Figure | None:
    """The mean score of a unit's projects, where no score of the unit as a whole is stated."""
    concepts = [c for c in session.lexicon.names(unit.curie).get("平均得分", ()) if c.prefix == "item"]
    if len(concepts) != 1:
        return None
    other = replace(ask, label="平均得分", concepts=tuple(concepts), options=((concepts[0].curie, {}),), note=f"{ask.said} = 平均得分")
    return figure.find(session, other, figure.fetch(session, other, [unit]), unit, year)


def _own_row(session: Session, ask: Ask, unit: Unit, year: int) -> Figure | None:
    """The row that the table named has for a total, under a longer name: 部门基本支出 for 部门基本支出预算调整."""
    facts = session.facts.fetch(unit=[unit.curie], year=[year], spend=[f"sp:{ask.dims['spend']}"]) if ask.dims.get("spend") else []
    inside = [f for f in facts if not f.told and not f.project and any(location.stands_in(f, form) for form in ask.forms)]
    items = {f.item: f.label for f in inside if key(f.label).startswith(key(ask.said)) and f.metric == "金额"}
    if len(items) != 1:
        return None
    (item, label), *_ = items.items()
    other = replace(ask, label=label, concepts=(), options=((item, ask.dims),), note=f"{ask.said} = {label}")
    return figure.find(session, other, inside, unit, year)


def _one_of_several(said: str, label: str) -> bool:
    """Whether a row holds several things together, of which the words name one: 差旅费 in 水费、电费、差旅费."""
    parts = [key(part) for part in re.split("[、和与及]", label)]
    return len(parts) > 1 and said in parts


def _beside(session: Session, ask: Ask, unit: Unit, year: int) -> Figure | None:
    """The count that the ontology says comes close, where this one is not disclosed: 车辆 for 公务用车保有量."""
    if not any(dims.get("metric") == "数量" for _, dims in ask.options):
        return None
    rows = session.reader.query(queries.text("beside", concepts=sorted(ask.items)))
    for concept in session.lexicon.concepts(str(row["near"]) for row in rows).values():
        options = ((concept.curie, {**concept.dims}),)
        other = replace(ask, label=concept.label, concepts=(concept,), options=options, note=f"{ask.said} = {concept.label}")
        facts = figure.fetch(session, other, [unit])
        before = [f for f in facts if f.doc_year == year and f.doc_kind.endswith("预算")]  # a budget counts what there was the year before
        found = figure.find(session, other, facts, unit, year) or figure.find(session, other, before, unit, year - 1)
        if found is not None:
            return found
    return None


def aspects(question: Question, ask: Ask) -> list[Ask]:
    """One ask for each phase and each metric that the question names, in each of the tables that it sets side by side."""
    places = (
        [replace(ask, forms=(form,), projects=frozenset() if "整体" in form else ask.projects) for form in ask.forms]
        if len(ask.forms) > 1
        else [ask]
    )
    return [one for place in places for one in _aspects(question, place)]


def _aspects(question: Question, ask: Ask) -> list[Ask]:
    """年初预算、全年预算; 目标、完成、得分."""
    if "ind:总分" in ask.items or "ind:绩效等级" in ask.items:
        rates = tuple(m for m in ask.metrics if m == "执行率") if ask.projects and "ind:总分" in ask.items else ()
        total = replace(ask, label="执行率", concepts=(), options=(("ind:合计", {}),), phases=(), metrics=rates)
        return [replace(ask, phases=(), metrics=()), *([total] if rates else [])]
    counted = ask.label.endswith("项目") and all(i.startswith("item:") for i in ask.items)  # 评为优的项目: a number, which has no score
    metrics = list(dict.fromkeys([*ask.metrics, *([] if counted else _rated(question))]))
    wanted = list(ask.phases)
    if "完成率" in metrics or "执行率" in metrics:
        beside = phases.beside_rate(question)
        wanted = [p for p in wanted if p in beside]
    if question.has("done") and not {"决算", "完成"} & set(wanted) and not metrics_only(metrics, question):
        wanted.append("完成")
    if (
        question.has("goal")
        and "目标" not in wanted
        and not {"年初预算", "预算", "全年预算"} & set(wanted)
        and not metrics_only(metrics, question)
    ):
        wanted.insert(0, "目标")
    metrics = [m for m in metrics if m != "指标值"]
    found = [replace(ask, phases=(p,), metrics=()) for p in wanted] + [replace(ask, phases=(), metrics=(m,)) for m in metrics]
    return found or [replace(ask, phases=(), metrics=())]


def metrics_only(metrics: Sequence[str], question: Question) -> bool:
    """Whether 完成 and 目标 are only parts of the words for a rate."""
    return bool({"完成率", "执行率"} & set(metrics)) and not question.phases


def _rated(question: Question) -> list[str]:
    return [metric for op, metric in (("weight", "分值"), ("score", "得分")) if question.has(op)]


def units_with(session: Session, question: Question, facts: Sequence[Fact]) -> list[Unit]:
    """The units named; else those that have such facts."""
    if question.units:
        return list(question.units)
    return choose.unit_of(facts, question.unit_choice or session.lexicon.units())


def document_years(session: Session, unit: Unit) -> list[int]:
    """The years of a unit's documents, newest first; of a unit without any those of the documents that tell of it."""
    own = {year for name, year, _ in session.lexicon.cards if name == unit.name}
    return sorted(own or {card.year for card in telling(session, unit)}, reverse=True)


def telling(session: Session, unit: Unit) -> list[Card]:
    """The documents that have figures of a unit, whoever's they are."""
    ids = set(session.reader.index.telling(unit.curie))
    return [card for card in session.reader.index.cards() if card.id in ids]


def _paired(question: Question) -> dict[str, int]:
    """Each unit's own year where units and years are said by turns: 甲局2024年与乙局2023年."""
    if len(question.units) < 2 or not question.years:
        return {}
    said = [m for m in question.mentions if m.role in ("unit", "year")]
    units, years = [m.value for m in said if m.role == "unit"], [m.value for m in said if m.role == "year"]
    turns = [m.role for m in said] in (["unit", "year"] * len(units), ["year", "unit"] * len(units))
    if not turns or len(units) != len(years) or not all(y.isdecimal() for y in years):
        return {}
    return {unit: int(year) for unit, year in zip(units, years, strict=True)}


def _called_so(facts: Sequence[Fact], ask: Ask) -> Sequence[Fact]:
    """Of figures of several things that only documents know those that are called as the question says: 救护车 before 购置负压救护车."""
    exact = [f for f in facts if ask.said and key(f.label) == key(ask.said)]
    return exact if exact and len(ask.items) > 1 and all(i.startswith("item:") for i in ask.items) else facts


def _as_of(session: Session, ask: Ask, facts: Sequence[Fact], unit: Unit, year: int) -> Figure | None:
    """How many there are, as the budget of a year says it: at the end of the year before."""
    stock = [f for f in facts if f.doc_year == year == f.year + 1 and f.metric == "数量" and f.doc_kind.endswith("预算") and f.told]
    return figure.find(session, ask, stock, unit, year - 1) if stock and not ask.phases else None


def _earlier(question: Question) -> list[int]:
    """The year before the one that is named, where both are asked for: 2024年是多少？上一年是多少？"""
    if len(question.years) != 1 or question.has("change", "compare", "difference", "share", "reason"):
        return []
    return [question.years[0] + shift for shift in question.relative_years if shift < 0]


def years_of(session: Session, question: Question, unit: Unit, facts: Sequence[Fact], ask: Ask) -> list[int]:
    """The years asked for; where none is, those of the unit's documents that have such a figure."""
    own = document_years(session, unit)
    if question.years:
        paired = _paired(question)
        return [paired[unit.curie]] if unit.curie in paired else [*question.years, *_earlier(question)]
    if question.relative_years:
        asked = [(own[0] if own else 0) + shift for shift in question.relative_years]
        closed = any(name == unit.name and year == own[0] and kind.endswith("决算") for name, year, kind in session.lexicon.cards)
        # final accounts come out in the year after: whoever reads those of 2024 in 2025 calls 2024 去年
        return [own[0], *asked] if question.relative_years == (-1,) and closed else asked
    having = choose.years(_called_so([f for f in facts if f.unit == unit.curie], ask), ask)
    stated = sorted(y for y in own if y in having)
    return stated[-4:] or having[:1] or own[:1]
