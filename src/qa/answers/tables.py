"""One figure for each of several tables: 三张自评表各打了多少分."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qa.answers import choose, collect, compose
from qa.answers.choose import Ask
from qa.answers.compose import Session
from qa.model import Answer, Fact, Question
from qa.understand import words

_EACH = re.compile(r"(?:[二两三四五六七八九十几各每\d]张[^，。]{0,6}表|各个?(?:绩效)?(?:自评)?表|每个(?:绩效)?(?:自评)?表)")


def answer(session: Session, question: Question, wanted: Sequence[Ask]) -> Answer | None:
    """The figure as each table of evaluation states it; None where tables are not told apart, or are not as many as the question says."""
    if len(wanted) != 1 or len(question.units) != 1 or not _EACH.search(question.source.squeezed):
        return None
    ask = replace(collect.aspects(question, replace(wanted[0], forms=()))[0], forms=())
    facts = [f for f in session.facts.fetch(unit=[question.units[0].curie], item=sorted(ask.items)) if choose.performance(f)]
    for year in question.years or sorted({f.year for f in facts}, reverse=True)[:1]:
        found = [best for table in _tables(facts, year) if (best := _of(table, ask, year)) is not None]
        said = words.number_of(question.source.squeezed, "张")
        if found and len(found) < said:
            found = sorted([*found, *_elsewhere(session, found)], key=lambda f: (f.document, compose.position(f)))
        if len(found) < 2 or (said and said != len(found)):
            continue
        if question.has("order", "rank-max", "rank-min"):
            found.sort(key=lambda f: f.amount or 0, reverse=not question.has("rank-min"))
        results = [compose.result(session, f) for f in found]
        text = "；".join(f"{f.title}：{compose.sentence(r)}" for f, r in zip(found, results, strict=True)) + "。"
        different = len({f.amount for f in found}) > 1 and not any(f.project for f in found) and ask.items.isdisjoint(choose.GENERIC)
        warnings = [compose.conflict(session, found[0], found[1:])] if different else []
        return Answer(question.text, "answered", text, tuple(results), warnings=tuple(warnings))
    return None


def _elsewhere(session: Session, found: Sequence[Fact]) -> list[Fact]:
    """The same indicator in the other tables of evaluation, under a longer or shorter name and in the same group, where only one is."""
    first, known = found[0], {(f.table, f.project) for f in found}
    facts = session.facts.fetch(unit=[first.unit], year=[first.year], metric=[f"me:{first.metric}"])
    others: dict[tuple[str, str], list[Fact]] = {}
    for fact in facts:
        alike = fact.label.endswith(first.label) or first.label.endswith(fact.label)
        here = (fact.table, fact.project)
        if alike and here not in known and _group(fact) == _group(first) and fact.phase == first.phase and choose.performance(fact):
            others.setdefault(here, []).append(fact)
    return [same[0] for same in others.values() if len({f.item for f in same}) == 1]


def _group(fact: Fact) -> str:
    return fact.row_path.rpartition("/")[0]


def _tables(facts: Sequence[Fact], year: int) -> list[list[Fact]]:
    """The facts of a year by table and project, in the order of the document."""
    found: dict[tuple[str, str], list[Fact]] = {}
    for fact in sorted(facts, key=lambda f: (f.document, compose.position(f))):
        if fact.year == year:
            found.setdefault((fact.table, fact.project), []).append(fact)
    return list(found.values())


def _of(facts: Sequence[Fact], ask: Ask, year: int) -> Fact | None:
    project = facts[0].project
    claims = choose.claims(facts, replace(ask, projects=frozenset({project}) if project else frozenset()), year)
    return claims[0].best if claims else None
