"""The plain answer: one figure per item, year and unit, with its parts, its other phases and its contradictions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from qa.answers import choose, compose, location
from qa.answers.choose import Ask, Claim
from qa.answers.compose import Session
from qa.model import Fact, Notice, Result, Unit

_BUDGETS = ("预算", "年初预算", "全年预算")
_PHASE_ORDER = ("决算", "完成", "年初预算", "预算", "全年预算", "目标", "其他")


@dataclass(frozen=True, slots=True)
class Figure:
    """The chosen fact for one ask, unit and year; who else says so; who says otherwise."""

    ask: Ask
    fact: Fact
    same: tuple[Fact, ...]
    rivals: tuple[Fact, ...]
    claims: tuple[Claim, ...]

    @property
    def amount(self) -> Decimal | None:
        """The value in the base measure."""
        return self.fact.amount


def fetch(session: Session, ask: Ask, units: Sequence[Unit], years: Iterable[int] = ()) -> list[Fact]:
    """The facts about the ask's items or projects, whatever their phase; of these years and their neighbours, or of all."""
    curies = [u.curie for u in units]
    near = sorted({y + n for y in years for n in (-1, 0, 1)})
    if ask.projects:
        found = session.facts.fetch(unit=curies, project=sorted(ask.projects), year=near)
        return [f for f in found if not ask.items or f.item in ask.items]
    plain = ask.total and not ask.metrics and not any("metric" in dims for _, dims in ask.options)
    spends = sorted({f"sp:{dims.get('spend', '全部')}" for _, dims in ask.options}) if plain else []
    return session.facts.fetch(unit=curies, item=sorted(ask.items), year=near, spend=spends)


def find(session: Session, ask: Ask, facts: Iterable[Fact], unit: Unit, year: int) -> Figure | None:
    """The figure of one unit and year; None where no fact fits."""
    mine = [f for f in facts if f.unit == unit.curie]
    found = choose.claims(mine, ask, year)
    if not found:
        derived = derive(ask, mine, year)
        return Figure(ask, derived, (), (), ()) if derived is not None else None
    nearest = [c for c in found if c.distance <= found[0].distance + 0.01]
    best = min(nearest, key=lambda c: (choose.standing(c.best), c.best.id))
    fact, rivals = _chosen(session, best, ask, mine)
    same = [
        f
        for c in found
        if c.best.phase == fact.phase
        for f in c.facts
        if f.amount == fact.amount and f.id != fact.id and f.metric == fact.metric and (f.value is not None or f.text == fact.text)
    ]
    return Figure(ask, fact, tuple(same), rivals, (best, *(c for c in found if c is not best)))


def derive(ask: Ask, facts: Sequence[Fact], year: int) -> Fact | None:
    """A figure that is not printed but from which a change is stated: last year's, or the budget at the beginning of the year."""
    for base_year, words in ((year + 1, "上年"), (year, "年初预算")):
        for change in sorted(facts, key=lambda f: (f.fund not in ("", "全部"), compose.position(f))):
            if change.metric != "变动额" or change.year != base_year or words not in change.base or change.func:
                continue
            phase = _phase_before(change) if words == "上年" else "年初预算"
            if not _phase_fits(ask, phase) or (words != "上年" and (phase not in ask.phases or change.phase != "决算")):
                continue
            if choose.distance(change, replace(ask, metrics=("变动额",), phases=(), spent=False)) >= choose.REFUSED:
                continue
            now = choose.claims(facts, replace(ask, metrics=(), phases=(change.phase,), spent=False), base_year)
            beside = [f for claim in now for f in claim.facts if f.fund == change.fund and f.phase == change.phase and f.value is not None]
            beside = [f for f in beside if not _slipped(f, facts)]
            if beside:
                found = _before(min(beside, key=lambda f: f.row != change.row), change)
                if found is not None:
                    return replace(found, year=year, phase=phase)
    return None


def _slipped(fact: Fact, facts: Sequence[Fact]) -> bool:
    """Whether the same number stands elsewhere in a larger measure: 1200元 beside 1200万元 is a slip of the pen."""
    return any(
        f.value == fact.value and (f.factor or 0) > (fact.factor or 0) and (f.item, f.year, f.flow) == (fact.item, fact.year, fact.flow)
        for f in facts
        if f.measure.endswith("元") and fact.value
    )


def _phase_before(change: Fact) -> str:
    """The phase of last year's figure from which a change is told: 较上年决算 tells of 决算, 较上年 of the same phase."""
    named = {"上年决算": "决算", "上年预算执行数": "决算", "上年年初预算": "年初预算", "上年预算": "预算"}
    return next((phase for base, phase in named.items() if change.base.startswith(base)), change.phase)


def _phase_fits(ask: Ask, phase: str) -> bool:
    """Whether a derived figure of this phase is what the question asks for."""
    if not ask.phases:
        return not (ask.spent and phase.endswith("预算"))
    return any(
        phase == wanted or (wanted == "预算" and phase == "年初预算") or {phase, wanted} == {"决算", "完成"} for wanted in ask.phases
    )


def _before(now: Fact, change: Fact) -> Fact | None:
    """The figure before a change: unchanged, or the present one less the change."""
    assert now.value is not None
    if change.value is None:
        return replace(now, formula=f"与{change.base or '上年'}持平", operands=(now, change)) if change.text == "持平" else None
    if change.factor is None or now.factor is None:
        return None
    moved = change.value * change.factor / now.factor
    sign, size = ("+", -moved) if moved < 0 else ("−", moved)
    return replace(now, value=now.value - moved, formula=f"{now.value} {sign} {size}", operands=(now, change))


def _chosen(session: Session, claim: Claim, ask: Ask, facts: Sequence[Fact]) -> tuple[Fact, tuple[Fact, ...]]:
    """The fact to show, and one fact for each other value that the documents state for the same 口径."""
    rivals: dict[Decimal | str | None, Fact] = {}
    cousins = _cousins(claim.best, facts, ask)
    pool = [*claim.facts, *(f for f in cousins if not ask.forms or any(location.stands_in(f, form) for form in ask.forms))]
    fact = min((f for f in pool if f.amount == claim.best.amount and f.text == claim.best.text), key=choose.standing)
    if len({f.amount for f in pool}) > 1:
        named = [f for f in pool if f.amount in ask.amounts]
        fact = min(named, key=choose.standing) if named else _best_supported(session, pool, ask)
    for other in pool:
        if other.amount != fact.amount and other.amount is not None and fact.amount is not None:
            rivals.setdefault(other.amount, other)
    return fact, tuple(rivals.values())


def _cousins(fact: Fact, facts: Sequence[Fact], ask: Ask) -> list[Fact]:
    """Facts that state the same but for the fund, which many places do not say, or but for how a project's name is written."""
    alike = [
        f
        for f in facts
        if f.id != fact.id
        and f.year == fact.year
        and f.phase == fact.phase
        and f.metric == fact.metric
        and f.base == fact.base
        and not f.func
    ]
    if ask.projects and fact.metric == "金额":
        own = [f for f in alike if f.project in ask.projects and f.item in ask.items and f.fund in ("全部", "财政拨款", "一般公共预算")]
        paid_by_several = any(f.row == o.row and f.fund != o.fund and f.amount != o.amount for f in (fact, *own) for o in own if not o.told)
        return [f for f in own if f.fund == fact.fund] if paid_by_several else own  # 合计 beside 一般公共预算 in one row
    return [
        f
        for f in alike
        if f.item == fact.item
        and f.spend == fact.spend
        and f.flow == fact.flow
        and f.project == fact.project
        and f.fund != fact.fund
        and {f.fund, fact.fund} <= {"全部", "财政拨款", "一般公共预算"}
        and (choose.performance(f) or choose.performance(fact) or (f.item not in choose.TOTALS and (f.told or fact.told)))
    ]


def _best_supported(session: Session, pool: Sequence[Fact], ask: Ask) -> Fact:
    """Of several values the one that most places state; a total that its own parts contradict counts little."""
    parts = {p for c in ask.concepts for p in c.parts}
    sums = _sums(session, pool, parts) if parts else {}
    weight: dict[Decimal | None, float] = {}
    places: set[tuple[Decimal | None, str]] = set()
    for fact in pool:
        here = (fact.amount, fact.table or f"{fact.document}{fact.section.partition('/')[0]}")
        if here in places:
            continue
        places.add(here)
        trust = max(0.5, 2.5 - choose.standing(fact))
        if any(word in fact.column_path for word in ask.phase_words):
            trust += 3.0
        if fact.id in sums:
            trust += 2.0 if sums[fact.id] == fact.amount else -2.0
        weight[fact.amount] = weight.get(fact.amount, 0.0) + trust
    best = max(pool, key=lambda f: (weight[f.amount], -choose.standing(f)))
    near = [f for f in pool if compose.rounding(best, f)] if not any(w in best.column_path for w in ask.phase_words) else []
    return min(near, key=lambda f: (choose.standing(f), f.amount != best.amount)) if near else best


def _sums(session: Session, pool: Sequence[Fact], parts: set[str]) -> dict[str, Decimal]:
    """By fact id: what the parts in the same table and phase add up to, where all of them stand there."""
    found = session.facts.fetch(unit=sorted({f.unit for f in pool}), item=sorted(parts), year=sorted({f.year for f in pool}))
    sums = {}
    for fact in pool:
        if fact.told:
            continue
        beside = {
            f.item: f.amount
            for f in found
            if f.table == fact.table and f.phase == fact.phase and f.year == fact.year and f.amount is not None
        }
        if parts <= set(beside):
            sums[fact.id] = sum((beside[p] for p in parts), Decimal(0))
    return sums


# --- what comes with it -------------------------------------------------------------------------


def results(session: Session, figure: Figure) -> list[Result]:
    """The figure, then what other places say instead, few."""
    first = compose.result(session, figure.fact, figure.same, figure.ask)
    others = [r for r in (*figure.rivals, *variants(figure)) if not compose.rounding(figure.fact, r) and r.value != figure.fact.value]
    return [first, *(replace(compose.result(session, r, (), figure.ask), indicator=f"{first.indicator}（另一处）") for r in others[:2])]


def variants(figure: Figure) -> list[Fact]:
    """The same indicator of the same year and phase with another value in another table: of the unit and of a project, of two projects."""
    fact = figure.fact
    if fact.item in choose.GENERIC or fact.metric not in ("指标值", "数量", "比率"):
        return []
    seen = {fact.amount}
    found = []
    for claim in figure.claims[1:]:
        other = claim.best
        if (
            other.item == fact.item
            and other.year == fact.year
            and other.amount is not None
            and other.amount not in seen
            and (other.phase == fact.phase or fact.metric != other.metric)
            and {other.metric, fact.metric} <= {"指标值", "数量", "比率"}
        ):
            seen.add(other.amount)
            found.append(other)
    return found


def extras(session: Session, figure: Figure, unit: Unit) -> list[Result]:
    """Other phases where none was asked for, the parts of an indicator, target and score of an indicator of performance."""
    found: list[Result] = []
    fact = figure.fact
    if fact.metric == "金额" and not figure.ask.phases and not figure.ask.spent:
        found += [compose.result(session, f, (), figure.ask) for f in _phases(figure)]
    if fact.metric == "指标值":
        beside = session.facts.fetch(row=[fact.row], unit=[fact.unit])
        found += [
            compose.result(session, f)
            for f in sorted(beside, key=lambda f: f.column)
            if f.id != fact.id and f.item == fact.item and f.metric in ("指标值", "得分")
        ]
    return [*found, *_parts(session, figure, unit)] if fact.metric == "金额" else found


def _parts(session: Session, figure: Figure, unit: Unit) -> list[Result]:
    """The parts that the concept names, in its order, each followed by its own."""
    names = [p for c in figure.ask.concepts for p in c.parts]
    known = session.lexicon.concepts(names) if names else {}
    found: list[Result] = []
    for curie in names:
        concept = known.get(curie)
        if concept is None:
            continue
        ask = replace(
            figure.ask, label=concept.label, concepts=(concept,), options=((curie, figure.ask.dims),), phases=(figure.fact.phase,)
        )
        part = find(session, ask, fetch(session, ask, [unit]), unit, figure.fact.year)
        if part is not None:
            found += [compose.result(session, part.fact, part.same, ask), *_parts(session, part, unit)]
    return found


def _phases(figure: Figure) -> list[Fact]:
    """One fact for each other phase of the same item and 口径."""
    seen = {figure.fact.phase}
    found = []
    for claim in sorted(figure.claims[1:], key=lambda c: (c.distance, choose.standing(c.best))):
        fact = claim.best
        if (
            fact.phase not in seen
            and fact.spend == figure.fact.spend
            and fact.project == figure.fact.project
            and fact.func == figure.fact.func
            and fact.metric == figure.fact.metric
            and fact.item == figure.fact.item
            and fact.flow == figure.fact.flow
        ):
            seen.add(fact.phase)
            found.append(fact)
    return sorted(found, key=lambda f: _PHASE_ORDER.index(f.phase) if f.phase in _PHASE_ORDER else 9)[:3]


def warnings(session: Session, figure: Figure) -> list[Notice]:
    """Contradictions about the figure, and other 口径 of a budget."""
    found = []
    others = [*figure.rivals, *variants(figure)]
    if others:
        found.append(compose.conflict(session, figure.fact, others[:3]))
    fact = figure.fact
    if fact.metric in ("完成率", "执行率"):
        found += _budgets(session, figure)
    if fact.phase in _BUDGETS:
        others = [
            c.best
            for c in figure.claims[1:]
            if c.best.phase in _BUDGETS
            and c.best.phase != fact.phase
            and c.best.amount != fact.amount
            and c.best.spend == fact.spend
            and c.best.project == fact.project
            and not c.best.func
            and c.best.item == fact.item
            and c.best.metric == fact.metric
        ]
        if others:
            found.append(compose.difference_of_basis(session, fact, others[0]))
    return found


def _budgets(session: Session, figure: Figure) -> list[Notice]:
    """The budgets against which a rate could have been measured, where the documents give more than one."""
    fact = figure.fact
    unit = Unit(fact.unit, fact.unit_name)
    ask = replace(figure.ask, metrics=(), phases=("预算",))
    found = choose.claims(fetch(session, ask, [unit], [fact.year]), ask, fact.year)
    different = list({c.best.amount: c.best for c in found if c.best.metric == "金额"}.values())
    return [compose.difference_of_basis(session, different[0], different[1])] if len(different) > 1 else []
