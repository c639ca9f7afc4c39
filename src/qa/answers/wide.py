"""Questions that name no unit, asked of a library of many: which units may have the figure, and how large it may be, stands in the index.

So the graph is asked about those units only that can be in the answer, and an answer fits on a screen: a few units in order, or the
question which unit is meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from kg.library.index import Aspect
from kg.library.index import Figure as Stated
from qa.answers import asks, choose, collect, compose, figures, passages, performance, refuse, slices
from qa.answers.choose import Ask
from qa.answers.compose import Session
from qa.model import Answer, Choice, Concept, Fact, Notice, Question, Result, Unit
from qa.understand import bounds

#: Up to so many units everything is looked at.
FEW = 12
#: Units in a list where the question does not say how many, and at most.
_SHOWN, _MOST = 10, 30
#: Units looked at together.
_CHUNK = 12
#: A figure of the nearest 口径 may step back behind one of the same 口径 but for its fund, which is so much further away.
_NEAR = 0.5
_ORDERS = ("rank-max", "rank-min", "order")
_TEXT = ("duty", "use", "problem", "remedy", "nature", "structure", "ground")
#: what has to be worked out of the figures of each unit
_WORKED = ("share", "change", "difference", "compare", "average", "adjusted")
_RATES = ("执行率", "完成率", "得分")
_PROBE = Fact(
    id="", document="", unit="", unit_name="", year=0, phase="", metric="", item="", label="", measure="", factor=None, value=None,
    low=None, high=None, strict=False, text=None, quote="", leaf=False, series="",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Span:
    """A unit that may have the figure wanted, and between which amounts it must lie; None where only words are stated."""

    unit: Unit
    low: float | None
    high: float | None


def pool(session: Session, question: Question) -> Sequence[Unit]:
    """The units that a question may mean."""
    return question.units or question.unit_choice or session.lexicon.units()


def many(session: Session, question: Question) -> bool:
    """Whether a question names no unit, and there are more than can be looked at one by one."""
    return not question.units and len(pool(session, question)) > FEW


def names(session: Session, question: Question) -> Mapping[str, Sequence[Concept]]:
    """The printed names that contain a project or learned item of the question, of all units."""
    found: dict[str, list[Concept]] = {}
    for mention in question.items:
        if mention.role != "project" and not any(c.prefix == "item" for c in mention.concepts):
            continue
        terms = session.reader.index.containing(mention.text, ("project", "item"), 50)
        known = session.lexicon.concepts(t.iri for t in terms)
        for term in terms:
            if term.iri in known and known[term.iri] not in found.setdefault(term.key, []):
                found[term.key].append(known[term.iri])
    return found


def narrowed(session: Session, question: Question) -> Question | Answer:
    """The question confined to the few units that can have what it asks for; the answer where they are not few."""
    if question.has(*_TEXT) and not question.has("reason"):
        return _in_words(session, question)
    if question.unknown:
        return refuse.not_understood(session, question)
    if question.projects and (owners := _owners(session, question)):
        return replace(question, units=owners) if len(owners) == 1 else replace(question, unit_choice=owners[:FEW])
    wanted = asks.build(question, names(session, question))
    question = slices.with_axis(question, wanted)
    if not wanted and question.axis != "project":
        return _which(session, question, []) if question.axis or question.has("reason") else refuse.nothing_asked(session, question)
    dated, by_size = _spans(session, question, wanted)
    if not by_size:
        return refuse.nothing_found(session, question, wanted, [])
    if len(by_size) <= FEW:
        having = tuple(span.unit for span in by_size)
        return replace(question, units=having) if len(having) == 1 else replace(question, unit_choice=having)
    worked = question.has("reason", *_WORKED) or any(performance.is_group(a) for a in wanted)
    if question.axis == "project" and not worked and not question.has("sum", "total"):
        return _of_projects(session, dated, wanted[0] if wanted else slices.EVERYTHING, by_size)
    if question.axis or worked or not question.all_units:
        return _which(session, question, [span.unit for span in by_size])
    return _listed(session, dated, wanted, by_size)


# --- which units, by the index ------------------------------------------------------------------


def _owners(session: Session, question: Question) -> tuple[Unit, ...]:
    """The units whose projects are named."""
    curies = {f"unit:{c.curie.partition(':')[2].partition('-')[0]}" for m in question.projects for c in m.concepts if c.prefix == "prj"}
    return tuple(u for u in pool(session, question) if u.curie in curies)


def _spans(session: Session, question: Question, wanted: Sequence[Ask]) -> tuple[Question, list[_Span]]:
    """The units that may have the first figure wanted, those with the largest (or smallest) first; and the question with its year."""
    ask = next((one for a in wanted for one in collect.aspects(question, a)), slices.EVERYTHING)
    if question.axis == "project":
        metric = next(
            (m for m in (*ask.metrics, *(["得分"] if question.has("score") or "ind:总分" in ask.items else [])) if m in _RATES), "金额"
        )
        items = {"ind:总分"} if metric == "得分" else choose.GENERIC - {"ind:总分"}
        ask = replace(ask, options=tuple((item, {}) for item in sorted(items)), metrics=(metric,), projects=frozenset({"*"}))
    years = question.years or _said(session, question)
    stated = session.reader.index.figures(sorted(ask.items), [ask.year] if ask.year else years)
    among = {u.curie: u for u in pool(session, question)}
    near = list(_near(stated, ask, among))
    if not years and near and (question.all_units or question.axis == "project"):
        year = _common_year(f for f, _ in near)
        near = [(f, off) for f, off in near if f.year == year]
        question = replace(question, years=(year,), notes=(*question.notes, f"未说年度 = {year}年"))
    return question, _ordered(session, near, among, smallest=_from_below(question), exact=not ask.forms)


def _said(session: Session, question: Question) -> tuple[int, ...]:
    """去年, counted from the newest documents."""
    newest = max((year for _, year, _ in session.lexicon.cards), default=0)
    return tuple(newest + shift for shift in question.relative_years)


def _near(stated: Iterable[Stated], ask: Ask, among: Mapping[str, Unit]) -> Iterator[tuple[Stated, float]]:
    """What may answer, and how far its 口径 is from what is asked."""
    known: dict[tuple[str, Aspect], float] = {}
    probe = replace(ask, forms=(), measures=frozenset())
    for one in stated:
        if one.unit not in among:
            continue
        off = known.get((one.item, one.aspect))
        if off is None:
            off = known[one.item, one.aspect] = choose.distance(_probe(one, ask), probe)
        if off < choose.REFUSED:
            yield one, off


def _probe(one: Stated, ask: Ask) -> Fact:
    """A fact with the dimensions of an aspect."""
    a = one.aspect
    func = next((dims["func"] for _, dims in ask.options if "func" in dims), "*") if a.crossed else ""
    value = None if one.high is None else Decimal(0)
    return replace(
        _PROBE, item=one.item, year=one.year, doc_year=one.year - a.after, doc_kind=a.kind, metric=a.metric, phase=a.phase, flow=a.flow,
        fund=a.fund, spend=a.spend, base=a.base, measure=a.measure, value=value, func=func, project="*" if a.project else "",
    )  # fmt: skip


def _common_year(stated: Iterable[Stated]) -> int:
    """The newest year of which at least half as many units have the figure as of any other."""
    units: dict[int, set[str]] = {}
    for one in stated:
        units.setdefault(one.year, set()).add(one.unit)
    most = max(map(len, units.values()))
    return max(year for year, having in units.items() if 2 * len(having) >= most)


def _ordered(
    session: Session, near: Iterable[tuple[Stated, float]], among: Mapping[str, Unit], *, smallest: bool, exact: bool
) -> list[_Span]:
    """One span a unit, in order of what it may be at most (at least); units that state no number last."""
    by_unit: dict[str, list[tuple[Stated, float]]] = {}
    for one, off in near:
        by_unit.setdefault(one.unit, []).append((one, off))
    found = []
    for curie, members in by_unit.items():
        nearest = min(off for _, off in members) + _NEAR if exact else choose.REFUSED
        kept = [one for one, off in members if off <= nearest and one.low is not None and one.high is not None]
        factors = {one.aspect.measure: _factor(session, one.aspect.measure) for one in kept}
        lows = [one.low * factors[one.aspect.measure] for one in kept if one.low is not None]
        highs = [one.high * factors[one.aspect.measure] for one in kept if one.high is not None]
        found.append(_Span(among[curie], min(lows, default=None), max(highs, default=None)))
    stating = [span for span in found if span.low is not None and span.high is not None]
    stating.sort(key=lambda span: (span.low or 0.0) if smallest else -(span.high or 0.0))
    return stating + [span for span in found if span.high is None]


def _factor(session: Session, measure: str) -> float:
    """What leads to 元."""
    return float(session.facts.place(f"mu:{measure}").get("f:factor") or 1) if measure.endswith("元") else 1.0


# --- answers ------------------------------------------------------------------------------------


def _which(session: Session, question: Question, units: Sequence[Unit]) -> Answer:
    """There are too many to work it out for each: which are meant?"""
    chosen = list(units or pool(session, question))
    said = next((m.text for m in question.mentions if m.role == "op" and "单位" in m.text), "")
    choices = tuple(Choice(u.name, question.text.replace(said, u.name, 1) if said else f"{u.name}{question.text}") for u in chosen[:8])
    named = "、".join(c.label for c in choices)
    return Answer(question.text, "clarify", f"有{len(chosen)}个单位都符合，请说明是哪一个（或哪几个）：{named}……", clarify=choices)


def _in_words(session: Session, question: Question) -> Answer:
    """The passages that come nearest, and the question whose are meant."""
    ids = passages.documents(session, question, question.unit_choice)
    found = passages.search(session, question, ids) if ids else []
    cards = session.reader.manifest["documents"]
    owner = {card["file"]: card["unit"] for card in cards.values()}
    first = dict.fromkeys(owner.get(c.document, "") for p in found for c in p.citations)
    units = sorted(pool(session, question), key=lambda u: u.name not in first)
    return replace(_which(session, question, units), passages=tuple(found))


def _listed(session: Session, question: Question, wanted: Sequence[Ask], by_size: Sequence[_Span]) -> Answer:
    """The units with the largest (smallest) figures, or those within a bound; that there are more is said."""
    holds = bounds.condition(question)
    count = _MOST if holds is not None else min(max(question.top, 2) if question.top else _SHOWN, _MOST)
    count = max(2, count // max(1, len(question.years) * len(wanted)))
    smallest = _from_below(question)
    found: dict[str, tuple[float, Unit]] = {}
    step = _CHUNK if holds is not None else count + 2
    for start in range(0, len(by_size), step):
        chunk = by_size[start : start + step]
        if _beyond(question, chunk[0]) or _settled([size for size, _ in found.values()], count, chunk[0], smallest=smallest):
            break
        units = {span.unit.curie: span.unit for span in chunk}
        for one in collect.collect(session, replace(question, units=tuple(units.values())), wanted[:1]).figures:
            if one.amount is not None and (holds is None or holds(one.fact)):
                found.setdefault(one.fact.unit, (float(one.amount if smallest else -one.amount), units[one.fact.unit]))
    chosen = tuple(unit for _, unit in sorted(found.values(), key=lambda pair: pair[0])[:count])
    if not chosen:
        if holds is None:
            return refuse.nothing_found(session, question, wanted, [])
        return Answer(question.text, "answered", "没有符合条件的单位。", notes=question.notes)
    told = figures.answer(session, replace(question, units=chosen, ops=question.ops - {"sum", "total"}), wanted)
    text = told.answer
    if len(found) > count or (holds is None and len(by_size) > count):
        there = f"共{len(by_size)}个单位有这项数字" if holds is None else f"符合条件的不止{count}个单位"
        text += f"{there}，只列{'最小' if smallest else '最大'}的{len(chosen)}个。"
        text += "单位太多，不在这里相加。" if question.has("sum", "total") else ""
    notes = tuple(dict.fromkeys((*question.notes, *told.notes)))
    return replace(told, answer=text, notes=notes, warnings=tuple(w for w in told.warnings if w.kind != "missing"))


def _from_below(question: Question) -> bool:
    """Whether the smallest figures come first."""
    bound = bounds.said(question)
    return not bound.above if bound is not None else question.has("rank-min") and not question.has("rank-max")


def _settled(found: Iterable[float], count: int, following: _Span, *, smallest: bool) -> bool:
    """Whether no unit that was not looked at can be among the first: each of them has more (less) than the next may have."""
    first = sorted(found)[:count]
    edge = following.low if smallest else following.high
    return len(first) == count and (edge is None or first[-1] <= (edge if smallest else -edge))


def _beyond(question: Question, span: _Span) -> bool:
    """Whether neither a span nor any after it can be within the bound that the question sets."""
    bound = bounds.said(question)
    if bound is None:
        return False
    edge, limit = (span.high if bound.above else span.low), float(bound.limit)
    return edge is None or (edge < limit if bound.above else edge > limit)


def _of_projects(session: Session, question: Question, ask: Ask, by_size: Sequence[_Span]) -> Answer:
    """Projects of all units by amount, rate or score: those within a bound, or the first."""
    holds = bounds.condition(question)
    if holds is None and not question.has(*_ORDERS):
        return _which(session, question, [span.unit for span in by_size])
    count = _MOST if holds is not None else min(question.top or _SHOWN, _MOST)
    smallest = _from_below(question)
    found: list[tuple[float, Result]] = []
    warnings: list[Notice] = []
    for span in by_size:
        if _beyond(question, span) or _settled([size for size, _ in found], count, span, smallest=smallest):
            break
        part = slices.answer(session, question, ask, [span.unit])
        for result in part.results if part is not None else ():
            size = float(result.value or 0) * _factor(session, result.measure)
            found.append((size if smallest else -size, result))
        warnings += part.warnings if part is not None else ()
    if not found:
        return Answer(question.text, "answered", "没有符合条件的项目。", notes=question.notes)
    results = tuple(result for _, result in sorted(found, key=lambda pair: pair[0])[:count])
    text = "；".join(compose.sentence(r) for r in results[:_SHOWN]) + "。"
    text += f"项目很多，只列{'最小' if smallest else '最大'}的{count}个。" if len(found) > count else ""
    return Answer(question.text, "answered", text, results, warnings=tuple(warnings), notes=question.notes)
