"""Figures found by the words of their own row: what a document counts is often named in no vocabulary (市民微信举报 … 件，按期结案率 …).

The last way to a figure, for words that no term explains. Every word of the question must stand in the name, row or sentence of
the figure, most of them in its name; of two figures that fit alike none is taken.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from kg.terms import key
from qa.answers import asks, choose, collect, compose, likeness, sums, wishes
from qa.answers.compose import Session
from qa.model import Answer, Fact, Notice, Question, Result, Unit
from qa.understand.words import reworded

COMPARING = ("reason", "change", "share", "compare", "difference", "rank-max", "rank-min", "order", "average", "adjusted", "meaning")
_ASKED = re.compile("多少|几(?![乎点])")
_HAN = re.compile("[\u4e00-\u9fff]")
_METRICS = ("数量", "比率", "指标值", "金额", "单价")
#: what was done with a thing, in one character around its name: 给坐席员买
_DONE = re.compile("^[给买用花修添]|[买用花修添]$")
_SAYS_ENOUGH = 3  # characters that name a figure
_BUDGETS = ("预算", "年初预算", "全年预算")


def answer(session: Session, question: Question) -> Answer | None:
    """The figures whose own words are those of the question; None where a word is not theirs, or several fit."""
    beside = question.has("parts") and not question.has(*(op for op in COMPARING if op != "compare"))  # 哪个高，各是多少: both are shown
    if (question.has(*COMPARING) and not beside) or question.missing_unit or question.relative_years:
        return None
    if question.axis or not (question.unknown or any(c.prefix in ("item", "prj") for m in question.items for c in m.concepts)):
        return None  # every word is a term of the field, which the vocabulary finds or does not
    words = wishes.words_of(question)
    units = question.units or question.unit_choice or tuple(session.lexicon.units())
    if not any(len(_HAN.findall(w)) >= 2 for w in words):
        return None
    found = _in_units(session, question, units, words) or _in_units(session, question, units, wishes.words_of(question, apart=True))
    if len(found) != 1:
        return None
    facts = next(iter(found.values()))
    single = [m.text for m in question.mentions if m.role == "unknown" and len(m.text) == 1 and _HAN.match(m.text)]
    if any(key(word) not in key(compose.surroundings(f)) for word in single for f in facts):
        return None  # 罚了多少: a verb that is not the document's
    results: list[Result] = []
    if question.has("sum") and len(facts) > 1:
        if not sums.comparable(facts):
            return None
        results.append(sums.total(session, facts, "合计"))
    results += [compose.result(session, f) for f in facts]
    said = "、".join(words)
    notes = tuple(f"{said} = {likeness.called(f)}" for f in facts)
    text = "；".join(compose.sentence(r) for r in results[:6]) + "。"
    return Answer(question.text, "answered", text, tuple(results), notes=notes, warnings=tuple(_conflicts(session, facts)))


def stands_in(word: str, fact: Fact) -> bool:
    """Whether a word, as it is or as documents would write it, stands in the sentence or row of a figure; what one does with it aside."""
    around = key(compose.surroundings(fact))
    plain = _DONE.sub("", key(word))
    return any(said in around for said in (key(word), reworded(key(word)), *([plain] if len(plain) >= 2 else [])))


def phrase(question: Question) -> bool:
    """Whether a name that only documents know runs into a term of the field, so that both are one thing: 窗口人员培训."""
    items = [m for m in question.items if m.role == "item"]
    return any(
        a.end == b.start
        and a.end not in question.source.listed | question.source.hard
        and all(c.prefix == "item" for c in a.concepts)
        and not any(c.prefix == "item" or "metric" in c.dims for c in b.concepts)
        for a, b in pairwise(items)
    )


def _conflicts(session: Session, facts: Sequence[Fact]) -> list[Notice]:
    """Figures of one thing that say another value in another place."""
    pairs = [(a, b) for a, b in pairwise(facts) if (a.item, a.project, a.metric, a.phase) == (b.item, b.project, b.metric, b.phase)]
    return [compose.conflict(session, a, [b]) for a, b in pairs if a.amount != b.amount]


def _of_unit(session: Session, question: Question, unit: Unit, words: likeness.Words) -> list[Fact]:
    """The figures of one unit, of the year asked for or the newest that has them."""
    everything = _facts(session, question, unit, words)
    for year in question.years or collect.document_years(session, unit):
        facts = [f for f in everything if f.year == year and f.value is not None and phase_fits(f, question) and _countable(f)]
        chosen: list[Fact] = []
        wanted = wishes.wishes_of(question)
        rates = [wish.rate for wish in wanted if wish.rate]
        subject = words.but(w for w in (_without(w, rates) for w in words) if len(w) >= 2) if rates else words
        if not any(len(w) >= 3 for w in words):  # so little says enough only with the verb: 帮助了多少居民
            facts = [f for f in facts if _verb_said(f, question, words)]
        for wish in wanted:
            fitting = [f for f in facts if wish.fits(f)]
            best = _best(fitting, subject, question, wish)
            if not best:
                break
            chosen += [f for f in best if f not in chosen]
        else:
            asked = len(_ASKED.findall(question.source.squeezed))
            return chosen if len(chosen) >= asked or len(wanted) >= asked else []  # 立案多少、处置多少: one figure is no answer to two
    return []


def _verb_said(fact: Fact, question: Question, words: likeness.Words) -> bool:
    """Whether the question says what was done as the figure's name does: 帮助, or 刻 of 公章刻制."""
    verb = fact.column_path.removesuffix("数量")
    if verb and verb in question.source.squeezed:
        return True
    return bool(words.verbs) and all(v in likeness.called(fact) for v in words.verbs)


def _in_units(session: Session, question: Question, units: Sequence[Unit], words: likeness.Words) -> dict[str, list[Fact]]:
    """The figures of each unit that has them."""
    parts = wishes.parts_of(question)
    return {
        unit.curie: chosen
        for unit in units[:40]
        if (chosen := _each(session, question, unit, parts) if parts else _of_unit(session, question, unit, words))
    }


def _each(
    session: Session, question: Question, unit: Unit, parts: Sequence[tuple[likeness.Words, likeness.Words, wishes.Wish]]
) -> list[Fact]:
    """One figure for each of several things that are counted; nothing where one of them has none.

    What is said before all of them (维护多少条光纤、多少台设备) must name each figure, or another one of the same table.
    """
    everything = _facts(session, question, unit, likeness.Words(w for shared, own, _ in parts for w in (*shared, *own)))
    for year in question.years or collect.document_years(session, unit):
        facts = [f for f in everything if f.year == year and f.value is not None and phase_fits(f, question) and _countable(f)]
        chosen: list[Fact] = []
        for shared, own, wish in parts:
            fitting = [f for f in facts if wish.fits(f) and f not in chosen and any(likeness.names(w, f) for w in own)]
            beside = [f for f in fitting if any((f.document, f.table, f.section) == (c.document, c.table, c.section) for c in chosen)]
            every = own.but(dict.fromkeys([*shared, *own]))
            best = likeness.best_named(fitting, every) or likeness.best_named(beside, own)
            said = sum(map(len, (*every, *(v for v in own.verbs if best and v in likeness.called(best[0])))))
            if not best or said < _SAYS_ENOUGH:
                break
            chosen += [f for f in best[:1] if f not in chosen]
        if len(chosen) == len(parts):
            return chosen
    return []


def _facts(session: Session, question: Question, unit: Unit, words: likeness.Words) -> list[Fact]:
    """The facts about what a word, or a rate that is asked for, names at least in part."""
    rates = tuple(wish.rate for wish in wishes.wishes_of(question) if wish.rate)
    subjects = [*words, *(_without(w, rates) for w in words)]
    names = session.lexicon.names(unit.curie)
    named = {
        c.curie
        for name, concepts in names.items()
        if any(likeness.covering(w, name) >= likeness.PART for w in subjects) or (rates and name.endswith(rates))
        for c in concepts
    }
    items, projects = sorted(c for c in named if not c.startswith("prj:")), sorted(c for c in named if c.startswith("prj:"))
    years = list(question.years)
    found = session.facts.fetch(unit=[unit.curie], item=items, year=years) if items else []
    found += session.facts.fetch(unit=[unit.curie], project=projects, year=years) if projects else []
    return [f for f in {f.id: f for f in found}.values() if f.metric in _METRICS]


def _without(word: str, endings: Sequence[str]) -> str:
    return next((word.removesuffix(e) for e in endings if word.endswith(e)), word)


def _countable(fact: Fact) -> bool:
    """Not a total of the unit, nor a figure that crosses two classifications."""
    return (bool(fact.project) or fact.item not in choose.GENERIC) and not fact.func


def phase_fits(fact: Fact, question: Question) -> bool:
    """Whether a figure is of the kind (budget, target, actual) that a question asks for, as far as it says."""
    wanted = set(question.phases) | ({"目标"} if question.has("goal") and not question.has("done") else set())
    if asks.SPENT.search(question.text) and fact.phase in _BUDGETS and fact.measure.endswith("元"):
        return False
    if not wanted:
        return fact.phase != "目标" or fact.doc_kind.endswith("预算")
    alike = set(_BUDGETS) if wanted & set(_BUDGETS) else set()
    done = {"完成", "决算", "其他"} if wanted & {"完成", "决算"} else set()
    return fact.phase in wanted | alike | done


def _best(facts: Sequence[Fact], words: likeness.Words, question: Question, wish: wishes.Wish) -> list[Fact]:
    """The one figure that all words name; else, where things are listed side by side, one for each of them."""
    one = likeness.best_named(facts, words, wish.rate)
    if len(words) < 2 or not (question.source.listed or question.has("sum", "parts")):
        return one
    each = [likeness.best_named([f for f in facts if likeness.names(w, f)], words.but([w])) for w in words]
    apart = all(each) and len({found[0].row for found in each}) == 1 and len({found[0].id for found in each}) == len(words)
    several = question.source.listed and question.has("parts") and len(wishes.wishes_of(question)) == 1  # 甲、乙、丙各多少
    if (question.has("sum") or several) and not apart:
        return []
    return [found[0] for found in each] if apart else one
