"""What a figure is made of: its named parts, its sub-codes, or what its own sentence lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qa import choose, compose, figure, sums
from qa.compose import Session
from qa.figure import Figure
from qa.model import Answer, Fact, Question, Result, Unit

_LISTS = re.compile(r"其中|包括|主要用于|分别|由|构成|安排如下")
_MOST = 30


def answer(session: Session, question: Question, figures: Sequence[Figure]) -> Answer | None:
    """Each figure with its parts, and their shares where the question asks for them."""
    results: list[Result] = []
    warnings = []
    for one in figures:
        parts = of(session, one)
        if not parts:
            continue
        results.append(compose.result(session, one.fact, one.same, one.ask))
        for part in parts[:_MOST]:
            results.append(compose.result(session, part))
            if question.has("share"):
                results += share(session, part, one.fact)
        warnings += figure.warnings(session, one)
    if not results:
        return None
    text = "；".join(compose.sentence(r) for r in results[:8]) + "。"
    return Answer(question.text, "answered", text, tuple(results), warnings=tuple(warnings))


def of(session: Session, one: Figure) -> list[Fact]:
    """The parts of a figure: named parts first, then sub-codes in the same place, then what its sentence lists."""
    unit = Unit(one.fact.unit, one.fact.unit_name)
    return _named(session, one, unit) or _codes(session, one.fact) or _listed(session, one) or _columns(session, one.fact)


def _named(session: Session, one: Figure, unit: Unit) -> list[Fact]:
    """The parts that the concept names (f:parts), in its order; and their parts."""
    names = [p for c in one.ask.concepts for p in c.parts]
    known = session.lexicon.concepts(names)
    found = []
    for curie in names:
        concept = known.get(curie)
        if concept is None:
            continue
        ask = replace(one.ask, label=concept.label, concepts=(concept,), phases=(one.fact.phase,),
                      options=((curie, {k: v for k, v in one.ask.dims.items() if k in ("fund", "flow")}),))
        part = figure.find(session, ask, figure.fetch(session, ask, [unit]), unit, one.fact.year)
        if part is not None:
            found += [part.fact, *_named(session, part, unit)]
    return found


def _codes(session: Session, fact: Fact) -> list[Fact]:
    """The next finer codes of a 科目 in the same column or section."""
    scheme, _, code = fact.item.partition(":")
    if not code.isdecimal():
        return []
    facts = session.facts.fetch(unit=[fact.unit], year=[fact.year], metric=["me:金额"])
    finer = [f for f in facts if f.item.startswith(fact.item) and f.item != fact.item and f.item.startswith(f"{scheme}:") and f.phase == fact.phase
             and f.value and not f.func and not f.project]
    if not finer:
        return []
    table = min((f for f in finer), key=lambda f: (f.table != fact.table or f.column != fact.column, choose.standing(f), len(f.item)))
    inside = [f for f in finer if (f.table, f.column if not f.told else f.section) == (table.table, table.column if not table.told else table.section)]
    shortest = min(len(f.item) for f in inside)
    return list({f.item: f for f in inside if len(f.item) == shortest}.values())


def _listed(session: Session, one: Figure) -> list[Fact]:
    """What the sentence of the figure lists after 其中: other amounts of the same phase, as far as they do not exceed it."""
    for fact in (one.fact, *one.same):
        if not fact.told or not _LISTS.search(fact.passage):
            continue
        beside = [f for f in session.facts.fetch(row=[fact.row], unit=[fact.unit]) if f.metric == "金额" and f.year == fact.year and f.id != fact.id
                  and _after(f, fact) and f.amount is not None and fact.amount is not None and f.amount <= fact.amount]
        whole = [f for f in beside if f.amount == fact.amount and f.item == fact.item]
        listed = [f for f in beside if f not in whole]
        best = _adding_up(sorted(listed, key=_position), fact)
        if best:
            return best
    return []


def _position(fact: Fact) -> tuple[int, int]:
    from kg import iris

    place = iris.address(fact.id.partition(":")[2])
    return place.line or 0, place.start or 0


def _after(fact: Fact, total: Fact) -> bool:
    return _position(fact) > _position(total)


def _adding_up(listed: Sequence[Fact], total: Fact) -> list[Fact]:
    """The first amounts of a list that add up to the total; all of them where no beginning does."""
    added = sums.Decimal(0)
    for n, fact in enumerate(listed):
        added += fact.amount or 0
        if added == total.amount and n:
            return list(listed[:n + 1])
    return list(listed) if len(listed) > 1 else []


def _columns(session: Session, fact: Fact) -> list[Fact]:
    """The kinds of spending (or sources of income) beside a total, along its row of a table."""
    if fact.item not in ("ind:合计", "ind:总计") or fact.project or not fact.table:
        return []
    axis = "spend" if fact.flow == "支出" else "fund"
    beside = [f for f in session.facts.fetch(row=[fact.row], unit=[fact.unit]) if f.item == fact.item and f.phase == fact.phase and f.flow == fact.flow
              and f.value and f.id != fact.id and getattr(f, axis) not in ("", "全部") and f.table == fact.table]
    return list({getattr(f, axis): f for f in beside}.values())


def share(session: Session, part: Fact, whole: Fact) -> list[Result]:
    """A part's share as its sentence states it, else computed."""
    stated = [f for f in session.facts.fetch(unit=[part.unit], item=[part.item], year=[part.year], metric=["me:占比"])
              if f.spend in ("", part.spend) and f.project == part.project and (f.row == part.row or not part.told)]
    near = sorted(stated, key=lambda f: abs(_position(f)[1] - _position(part)[1]))
    if near:
        return [compose.result(session, near[0])]
    computed = sums.share(session, part, whole, f"{compose.name(part)}占{compose.name(whole)}比例")
    return [computed] if computed is not None else []
