"""Answers in words: duties, problems, measures, uses, reasons — the passages of the documents, with their places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from kg.iris import shrink
from qa import compose, queries
from qa.choose import Ask, stands_in
from qa.collect import document_years
from qa.compose import Session
from qa.model import Answer, Fact, Passage, Question, Unit

_KIND = {"duty": "职责", "problem": "存在问题", "remedy": "改进措施"}
_WHY = re.compile(r"原因|因为|由于|主要是|因|系")
_CHANGE = ("变动额", "变动率")
_MOST = 15
_LONG = 400


def documents(session: Session, question: Question, units: Sequence[Unit]) -> list[str]:
    """The ids of the documents that may answer: of the units and years named."""
    names = {u.name for u in units}
    cards = [c for c in session.reader.index.cards() if not names or c.unit in names]
    years = set(question.years)
    if not years and not names:
        return [c.id for c in cards]
    if not years:
        newest = {u.name: max(document_years(session, u), default=0) for u in units}
        return [c.id for c in cards if c.year == newest.get(c.unit)] or [c.id for c in cards]
    return [c.id for c in cards if c.year in years]


def by_kind(session: Session, question: Question, units: Sequence[Unit], ids: Sequence[str]) -> list[Passage]:
    """The passages whose heading says that they are what is asked for."""
    wanted = [kind for op, kind in _KIND.items() if question.has(op)]
    if not wanted or not ids:
        return []
    rows = session.reader.query(queries.text("passages", documents=[f"doc:{i}" for i in ids]))
    found = [row for row in rows if row["kind"] in wanted]
    found.sort(key=lambda row: (str(row["document"]), int(row["line"] or 0)))
    seen: dict[str, None] = {}
    kept = []
    for row in found:
        text = re.sub(r"\W", "", str(row["text"]))
        if text not in seen:
            seen[text] = None
            kept.append(row)
    return [_passage(session, str(row["passage"]), str(row["text"])) for row in kept[:_MOST]]


def search(session: Session, question: Question, ids: Sequence[str], limit: int = 3) -> list[Passage]:
    """The passages that have most to do with the words of the question, its unit and year aside."""
    words = "".join(m.text for m in question.mentions if m.role not in ("unit", "year"))
    hits = session.reader.index.search(words or question.text, limit=limit, documents=ids)
    return [_passage(session, shrink(hit.iri), hit.text) for hit in hits]


def _passage(session: Session, iri: str, text: str) -> Passage:
    place = session.facts.place(iri)
    document = session.facts.place(str(place.get("f:doc") or ""))
    return Passage(text, (session.citer.passage(iri, place, document, text),))


def answer(session: Session, question: Question, units: Sequence[Unit]) -> Answer | None:
    """The passages that answer a question in words."""
    ids = documents(session, question, units)
    if not ids:
        return None
    found = by_kind(session, question, units, ids)
    content = [m for m in question.mentions if m.role in ("unknown", "item", "project")]
    if content or not found:
        hits = search(session, question, ids)
        within = {p.citations[0].id for p in found}
        better = [h for h in hits if h.citations[0].id in within]
        found = better[:2] if content and better and question.has("duty") else [*found, *[h for h in hits if h.citations[0].id not in within]] if not found else found
    if not found:
        return None
    head = found[0].text
    return Answer(question.text, "answered", f"原文：{head[:160]}{'…' if len(head) > 160 else ''}", passages=tuple(found))


# --- reasons ------------------------------------------------------------------------------------


def reasons(session: Session, question: Question, asks: Sequence[Ask], facts: Sequence[Fact]) -> tuple[list[Passage], list[Fact]]:
    """The causes that the documents give for these figures, and the figures that they explain."""
    inside = [f for f in facts if not question.forms or any(stands_in(f, form) for form in question.forms)] or list(facts)
    spends = {a.dims.get("spend") for a in asks}
    inside = [f for f in inside if None in spends or f.spend in spends or not f.spend]
    explained = _explained(session, inside)
    change = question.has("change") or any(w in question.text for w in ("少", "多", "降", "增", "减"))
    told = [f for f in inside if f.told and _WHY.search(f.passage) and not f.func]
    ranked = sorted(told, key=lambda f: (not _concerns(f, change), f.id not in explained, f.line or 0))
    found: list[Passage] = []
    used: list[Fact] = []
    for fact in [*[f for f in inside if f.id in explained and not f.told], *ranked]:
        text = explained.get(fact.id) if not fact.told else _sentences(fact.passage)
        if text is None or any(p.text == text for p in found):
            continue
        found.append(Passage(text, (session.citer.fact(fact),) if not fact.told else _passage(session, fact.row, text).citations))
        used.append(fact)
        if len(found) == 2:
            break
    return found, used


def _concerns(fact: Fact, change: bool) -> bool:
    """Whether a figure is of the kind that the question wants explained."""
    return fact.metric in _CHANGE if change else fact.metric in ("完成率", "执行率", "金额")


def _explained(session: Session, facts: Sequence[Fact]) -> dict[str, str]:
    """The reasons in the graph, by the fact that they explain."""
    if not facts:
        return {}
    rows: list[dict[str, Any]] = session.reader.query(queries.text("reasons", facts=[f.id for f in facts[:200]]))
    return {str(row["fact"]): str(row["text"]) for row in rows}


def _sentences(passage: str) -> str:
    """A passage, or the part of a long one that gives the cause."""
    if len(passage) <= _LONG:
        return passage
    kept = [s for s in re.split(r"(?<=[。；])", passage) if _WHY.search(s)]
    return "".join(kept)[:_LONG] or passage[:_LONG]


__all__ = ["answer", "by_kind", "compose", "documents", "reasons", "search"]
