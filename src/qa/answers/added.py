"""Projects that a document says were added during the year: how many, for how much, which, and what of their money is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qa.answers import collect, compose, sums
from qa.answers.choose import TOTALS
from qa.answers.compose import Session
from qa.answers.left import UNSPENT
from qa.model import Answer, Fact, Question, Result


def named(question: Question) -> bool:
    """Whether the projects added are asked about one by one, or what is left of their money."""
    if question.axis == "project" and question.has("adjusted"):
        return True
    said = any("追加" in c.label and "项目" in c.label and c.prefix == "item" for m in question.items for c in m.concepts)
    return said and (question.has("parts", "list", "average") or bool(UNSPENT.search(question.source.squeezed)))


def answer(session: Session, question: Question) -> Answer | None:
    """年中追加了几个项目，多少钱，哪几个，还剩多少; None where the document does not speak of them."""
    found: list[Fact] = []
    for unit in question.units:
        names = session.lexicon.names(unit.curie)
        items = sorted(
            {c.curie for name, concepts in names.items() if "追加" in name and "项目" in name for c in concepts if c.prefix == "item"}
        )
        for year in question.years or collect.document_years(session, unit):
            facts = session.facts.fetch(unit=[unit.curie], item=items, year=[year]) if items else []
            found += [f for f in facts if f.value is not None and f.metric in ("数量", "金额")]
    if not found:
        return None
    found.sort(key=compose.position)
    first = left(session, found) if UNSPENT.search(question.source.squeezed) else []
    each = members(session, found) if question.has("parts", "list", "average") or "哪" in question.text else []
    results = (*first, *(compose.result(session, f) for f in (*each, *found)))
    shown = results[: len(first) + len(each)] or results[:6]
    return Answer(question.text, "answered", "；".join(compose.sentence(r) for r in shown) + "。", results)


def left(session: Session, found: Sequence[Fact]) -> list[Result]:
    """What is left of their money: as the same sentence states it, else the budget less what was spent."""
    row = session.facts.fetch(row=[found[0].row], unit=[found[0].unit])
    stated = [f for f in row if f.flow == "结转结余" and f.metric == "金额" and f.value is not None]
    if stated:
        return [replace(compose.result(session, f), indicator=f"{found[0].label}{f.label}") for f in stated[:1]]
    planned = [f for f in found if f.metric == "金额" and f.phase.endswith("预算")]
    spent = [f for f in found if f.metric == "金额" and f.phase == "决算"]
    if len(planned) != 1 or len(spent) != 1 or not sums.comparable([planned[0], spent[0]]):
        return []
    return [sums.difference(session, planned[0], spent[0], f"{compose.name(planned[0])}未用（预算与决算之差）")]


def members(session: Session, found: Sequence[Fact]) -> list[Fact]:
    """What each of the projects spent: the paragraphs right behind, where they are as many and add up to what is said of all."""
    count = next((f for f in found if f.metric == "数量"), None)
    spent = next((f for f in found if f.metric == "金额" and f.phase == "决算"), None)
    if count is None or spent is None or count.value is None:
        return []
    told = [
        f
        for f in session.facts.fetch(unit=[spent.unit], year=[spent.year], item=list(TOTALS))
        if f.told
        and (f.document, f.phase, f.metric) == (spent.document, "决算", "金额")
        and f.project
        and compose.position(f) > compose.position(spent)
    ]
    behind = list({f.project: f for f in sorted(told, key=compose.position, reverse=True)}.values())[::-1][: int(count.value)]
    return behind if len(behind) == count.value and sum(f.amount or 0 for f in behind) == spent.amount else []
