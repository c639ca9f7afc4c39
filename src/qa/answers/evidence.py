"""Figures found by the words of their own row: what a document counts is often named in no vocabulary (市民微信举报 … 件，按期结案率 …).

The last way to a figure, for words that no term explains. Every word of the question must stand in the name, row or sentence of
the figure, most of them in its name; of two figures that fit alike none is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kg.terms import key
from qa.answers import asks, choose, collect, compose, sums
from qa.answers.compose import Session
from qa.model import Answer, Fact, Notice, Question, Result, Unit
from qa.understand.lattice import FUNCTION

_ROLES = {"unknown", "item", "project", "metric", "counted"}
_MUST = ("reason", "change", "share", "compare", "difference", "rank-max", "rank-min", "order", "average", "adjusted", "meaning")
_ASKED = re.compile("多少|几(?![乎点])")
_HAN = re.compile("[\u4e00-\u9fff]")
_METRICS = ("数量", "比率", "指标值", "金额", "单价")
_NAMED, _PART, _APART = 0.6, 0.3, 0.15
_BUDGETS = ("预算", "年初预算", "全年预算")


@dataclass(frozen=True, slots=True)
class _Wish:
    """One figure that is wanted: a rate by its name, a number of things by their measures, an amount, or anything."""

    rate: str = ""
    measures: frozenset[str] = frozenset()
    kind: str = ""  # rate, count, money

    def fits(self, fact: Fact) -> bool:
        """Whether a figure is of this kind."""
        money = fact.measure.endswith("元")
        if self.kind == "rate":
            return _leaf(fact).endswith(self.rate) or fact.label.endswith(self.rate)
        if self.kind == "money":
            return money
        if self.kind == "count":
            return not money and fact.measure not in ("%", "分") and (not self.measures or fact.measure in self.measures)
        return fact.measure != "分"


class _Words(tuple[str, ...]):
    """The words that name what is asked for; those of them that are terms of the field must be said in full."""

    terms: frozenset[str] = frozenset()
    inner: frozenset[str] = frozenset()  # terms that are part of a word; they too must be said

    def but(self, words: Iterable[str]) -> _Words:
        """Other words with the same terms."""
        found = _Words(words)
        found.terms, found.inner = self.terms, self.inner
        return found


def answer(session: Session, question: Question) -> Answer | None:
    """The figures whose own words are those of the question; None where a word is not theirs, or several fit."""
    if question.has(*_MUST) or question.missing_unit or question.relative_years:
        return None
    if question.axis or not (question.unknown or any(c.prefix in ("item", "prj") for m in question.items for c in m.concepts)):
        return None  # every word is a term of the field, which the vocabulary finds or does not
    words = _words(question)
    units = question.units or question.unit_choice or tuple(session.lexicon.units())
    if not any(len(_HAN.findall(w)) >= 2 for w in words):
        return None
    found = {unit.curie: chosen for unit in units[:40] if (chosen := _of_unit(session, question, unit, words))}
    if len(found) != 1:
        return None
    facts = next(iter(found.values()))
    results: list[Result] = []
    if question.has("sum") and len(facts) > 1:
        if not sums.comparable(facts):
            return None
        results.append(sums.total(session, facts, "合计"))
    results += [compose.result(session, f) for f in facts]
    said = "、".join(words)
    notes = tuple(f"{said} = {_name(f)}" for f in facts)
    text = "；".join(compose.sentence(r) for r in results[:6]) + "。"
    return Answer(question.text, "answered", text, tuple(results), notes=notes, warnings=tuple(_conflicts(session, facts)))


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


def added_projects(session: Session, question: Question) -> Answer | None:
    """年中追加了几个项目，多少钱: the number and the money of what the document itself calls so; None where it does not."""
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
    results = tuple(compose.result(session, f) for f in sorted(found, key=compose.position))
    return Answer(question.text, "answered", "；".join(compose.sentence(r) for r in results[:6]) + "。", results)


def _conflicts(session: Session, facts: Sequence[Fact]) -> list[Notice]:
    """Figures of one thing that say another value in another place."""
    pairs = [(a, b) for a, b in pairwise(facts) if (a.item, a.project, a.metric, a.phase) == (b.item, b.project, b.metric, b.phase)]
    return [compose.conflict(session, a, [b]) for a, b in pairs if a.amount != b.amount]


def _of_unit(session: Session, question: Question, unit: Unit, words: _Words) -> list[Fact]:
    """The figures of one unit, of the year asked for or the newest that has them."""
    everything = _facts(session, question, unit, words)
    for year in question.years or collect.document_years(session, unit):
        facts = [f for f in everything if f.year == year and f.value is not None and _phase_fits(f, question) and _countable(f)]
        chosen: list[Fact] = []
        wishes = _wishes(question)
        rates = [wish.rate for wish in wishes if wish.rate]
        subject = words.but(w for w in (_without(w, rates) for w in words) if len(w) >= 2) if rates else words
        if not any(len(w) >= 3 for w in words):  # so little says enough only with the verb: 帮助了多少居民
            facts = [f for f in facts if (verb := f.column_path.removesuffix("数量")) and verb in question.source.squeezed]
        for wish in wishes:
            fitting = [f for f in facts if wish.fits(f)]
            best = _best(fitting, subject, question, wish)
            if not best:
                break
            chosen += [f for f in best if f not in chosen]
        else:
            asked = len(_ASKED.findall(question.source.squeezed))
            return chosen if len(chosen) >= asked or len(wishes) >= asked else []  # 立案多少、处置多少: one figure is no answer to two
    return []


def _facts(session: Session, question: Question, unit: Unit, words: _Words) -> list[Fact]:
    """The facts about what a word, or a rate that is asked for, names at least in part."""
    rates = tuple(wish.rate for wish in _wishes(question) if wish.rate)
    subjects = [*words, *(_without(w, rates) for w in words)]
    names = session.lexicon.names(unit.curie)
    named = {
        c.curie
        for name, concepts in names.items()
        if any(_cover(w, name) >= _PART for w in subjects) or (rates and name.endswith(rates))
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


def _phase_fits(fact: Fact, question: Question) -> bool:
    wanted = set(question.phases) | ({"目标"} if question.has("goal") and not question.has("done") else set())
    if asks.SPENT.search(question.text) and fact.phase in _BUDGETS and fact.measure.endswith("元"):
        return False
    if not wanted:
        return fact.phase != "目标" or fact.doc_kind.endswith("预算")
    alike = set(_BUDGETS) if wanted & set(_BUDGETS) else set()
    done = {"完成", "决算", "其他"} if wanted & {"完成", "决算"} else set()
    return fact.phase in wanted | alike | done


def _words(question: Question) -> _Words:
    """The words of the question that name something; neighbours that touch are one word, unless a mark or a function word parts them."""
    text = question.source
    words: list[tuple[int, int]] = []
    for mention in question.mentions:
        if mention.role not in _ROLES or not any(c.isalnum() for c in mention.text) or asks.said_lightly(mention):
            continue
        touching = bool(words) and words[-1][1] == mention.start and mention.start not in text.hard | text.listed
        words = [*words[:-1], (words[-1][0], mention.end)] if touching else [*words, (mention.start, mention.end)]
    said = [re.sub(r"^[的了]|(?:多少|几)[\u4e00-\u9fff]?钱?$|多少.?$|几$", "", text.squeezed[i:j]) for i, j in words]
    found = _Words(w for w in said if len(w) >= 2 and w not in FUNCTION)
    learned = ("item", "prj")
    found.terms = frozenset(
        text.squeezed[m.start : m.end]
        for m in question.mentions
        if m.role == "item" and not any(c.prefix in learned or c.dims.get("item") in choose.TOTALS for c in m.concepts)
    )
    found.inner = frozenset(t for t in found.terms for w in found if t in w and t != w)
    return found


def _wishes(question: Question) -> list[_Wish]:
    """What is asked for, in order: 多少件，处置率和满意率各多少."""
    text = question.source.squeezed
    found = []
    nouns = [n for group in asks.ALIKE for n in group]
    for match in re.finditer(rf"(?:多少|几)个?({'|'.join(sorted(nouns, key=len, reverse=True))}|路|处|亩|公里|小时|天|户)?", text):
        noun = match[1] if match.end() - 1 not in question.source.hard else ""
        if noun:
            found.append(_Wish(measures=frozenset({noun}.union(*(g for g in asks.ALIKE if noun in g))), kind="count"))
        elif not asks.priced(question) and re.match(r"[\u4e00-\u9fff]{2}", text[match.end() :]):
            found.append(_Wish(kind="count"))
    for match in re.finditer(r"[\u4e00-\u9fff]{2,5}?率", text):
        name = next((match[0][i:] for i in range(len(match[0])) if match[0][i] not in FUNCTION), match[0])
        found.append(_Wish(rate=name[-3:], kind="rate"))
    if asks.priced(question):
        found.append(_Wish(kind="money"))
    return list(dict.fromkeys(found)) or [_Wish()]


def _best(facts: Sequence[Fact], words: _Words, question: Question, wish: _Wish) -> list[Fact]:
    """The one figure that all words name; else, where things are listed side by side, one for each of them."""
    apart = len(words) > 1 and bool(question.source.listed) and question.has("parts")  # 甲、乙、丙各多少: one figure for each
    one = [] if apart else _one(facts, words, wish.rate)
    if one or len(words) < 2 or not (question.source.listed or question.has("sum", "parts")):
        return one
    each = [_one([f for f in facts if _cover(w, _name(f)) >= _NAMED], words.but([w])) for w in words]
    return [f for found in each for f in found[:1]] if all(each) and len({found[0].row for found in each}) == 1 else []


def _one(facts: Iterable[Fact], words: _Words, rate: str = "") -> list[Fact]:
    """The figure that the words name best, and others of the same thing that say another value; nothing where two things fit alike."""
    scored = sorted(
        ((s, f) for f in facts if (s := _score(f, words, rate)) > 0), key=lambda pair: (-pair[0], choose.standing(pair[1]), pair[1].id)
    )
    if not scored:
        return []
    top, best = scored[0]
    near = [f for s, f in scored if s > top - _APART]
    if any((f.item, f.project, f.metric) != (best.item, best.project, best.metric) for f in near):
        same = {(f.amount, f.measure) for f in near}
        return [best] if len(same) == 1 else []
    others = {f.amount: f for f in near if f.amount != best.amount and f.phase == best.phase}
    return [best, *others.values()][:3]


def _score(fact: Fact, words: _Words, rate: str = "") -> float:
    """How well the words name a figure, which may be called by its rate alone: 0 where one of them is not even in its sentence."""
    name, around = _name(fact), key(compose.surroundings(fact))
    if any(term not in name for term in words.inner) or any(w[0] in "没未不非无" and w not in name for w in words):
        return 0.0
    covers = []
    for word in words:
        cover = _cover(word, name)
        if cover < (1.0 if word in words.terms else _NAMED):
            if word not in around:
                return 0.0
            cover = 0.4
        covers.append(cover)
    if not any(c >= _NAMED for c in covers) and not (rate and _leaf(fact) == rate):
        return 0.0
    short = len(set("".join(words)) & set(name)) / len(set(name))  # of two names that have the words, the one with less beside them
    return (sum(covers) / len(covers) if covers else 0.5) + 0.2 * short + (0.2 if rate and _leaf(fact) == rate else 0.0)


def _cover(word: str, name: str) -> float:
    """How much of a word stands in a name, by pairs of neighbouring characters.

    >>> _cover("城管案件", "城管类案件受理数量"), _cover("会议", "培训费")
    (0.6666666666666666, 0.0)
    """
    pairs = [word[i : i + 2] for i in range(len(word) - 1)]
    return sum(p in name for p in pairs) / len(pairs) if pairs else 0.0


def _leaf(fact: Fact) -> str:
    return fact.column_path.rpartition("/")[2] or fact.label


def _name(fact: Fact) -> str:
    """What a figure is called: its project, its label, and what its column adds."""
    label = "" if fact.item in choose.GENERIC else fact.label
    column = "" if fact.column_path in ("数量", "金额") or not fact.told else fact.column_path
    return key(f"{fact.project_name}{label}{column}")
