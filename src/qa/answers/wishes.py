"""What a question counts or rates in words that no vocabulary knows: the words, what was done, the measure; clause by clause."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from qa.answers import asks, choose
from qa.answers.likeness import Words, leaf_of
from qa.model import Fact, Question
from qa.text import Text
from qa.understand.lattice import FUNCTION
from qa.understand.words import alike, counting, reworded

_ROLES = {"unknown", "item", "project", "metric", "counted"}
_HAN = re.compile("[\u4e00-\u9fff]")
#: what is said lightly of money, and means something of things
_DONE = ("发放", "发现", "取得", "发生", "缴纳", "处理")


@dataclass(frozen=True, slots=True)
class Wish:
    """One figure that is wanted: a rate by its name, a number of things by their measures, an amount, or anything."""

    rate: str = ""
    measures: frozenset[str] = frozenset()
    kind: str = ""  # rate, count, money

    def fits(self, fact: Fact) -> bool:
        """Whether a figure is of this kind."""
        money = fact.measure.endswith("元")
        if self.kind == "rate":
            return leaf_of(fact).endswith(self.rate) or fact.label.endswith(self.rate)
        if self.kind == "money":
            return money
        if self.kind == "count":
            return not money and fact.measure not in ("%", "分") and (not self.measures or fact.measure in self.measures)
        return fact.measure != "分"


def counted(question: Question) -> int:
    """In how many clauses the question counts: 抓拍多少条，处置多少条 is 2."""
    text = question.source
    clauses = pairwise(sorted({0, len(text.squeezed)} | text.hard | text.listed))
    return sum(bool(re.search("多少|几", text.squeezed[start:end])) for start, end in clauses)


def verbs(question: Question, start: int = 0, end: int = 999) -> tuple[str, ...]:
    """What a question says was done with what it counts, where that is said in one character (买, 罚) or lightly (发放)."""
    if not counts_of(question.source):
        return ()
    said = [m for m in question.mentions if start <= m.start < end]
    single = [m.text for m in said if m.role == "unknown" and m.end - m.start == 1 and _HAN.match(m.text)]
    return (*single, *(m.text for m in said if m.role == "filler" and m.text in _DONE))


def parts_of(question: Question) -> list[tuple[Words, Words, Wish]]:
    """Several things counted clause by clause (抓拍多少条，处置多少条): the words said of all, those of each, and what is counted.

    Nothing where fewer than two clauses count, or where another clause says something too.
    """
    text = question.source
    clauses = list(pairwise(sorted({0, len(text.squeezed)} | text.hard | text.listed)))
    counted = [(start, end, [p for p in counts_of(text) if start <= p[0] < end]) for start, end in clauses]
    having = [n for n, clause in enumerate(counted) if clause[2]]
    if len(having) < 2 or any(len(phrases) > 1 for _, _, phrases in counted):
        return []
    start, end, [(at, behind, wish)] = counted[having[0]]
    after = words_of(question, behind, end)
    shared = words_of(question, 0, at)
    found = [(shared, after or shared, wish)]
    for n in range(having[0] + 1, len(counted)):
        start, end, phrases = counted[n]
        own = words_of(question, start, end)
        if bool(own) != bool(phrases):
            return []
        found += [(shared, own, phrases[0][2]) for _ in phrases]
    return found if all(own for _, own, _ in found) else []


def words_of(question: Question, start: int = 0, end: int = 999, *, apart: bool = False) -> Words:
    """The words of a stretch that name something; neighbours that touch are one (not `apart`) where no mark or function word parts them."""
    text = question.source
    words: list[tuple[int, int]] = []
    for mention in question.mentions:
        if (
            not start <= mention.start < end
            or mention.role not in _ROLES
            or not any(c.isalnum() for c in mention.text)
            or asks.said_lightly(mention)
        ):
            continue
        touching = not apart and bool(words) and words[-1][1] == mention.start and mention.start not in text.hard | text.listed
        words = [*words[:-1], (words[-1][0], mention.end)] if touching else [*words, (mention.start, mention.end)]
    said = [
        re.sub(
            r"^[的了]|^(?:多少|几)[个条件台套]?(?=[\u4e00-\u9fff]{2})|(?:多少|几)[\u4e00-\u9fff]?钱?$|多少.?$|几$|(?<=..)[的了]$|[两二三四五六七八九十]个?(?:渠道|方面|部分|地方|单位|项目|指标|种类|途径)$",
            "",
            text.squeezed[i:j],
        )
        for i, j in words
    ]
    found = Words(w for w in said if len(w) >= 2 and w not in FUNCTION)
    learned = ("item", "prj")
    found.terms = frozenset(
        text.squeezed[m.start : m.end]
        for m in question.mentions
        if m.role == "item" and not any(c.prefix in learned or c.dims.get("item") in choose.TOTALS for c in m.concepts)
    )
    found.verbs = verbs(question, start, end)
    found.inner = frozenset(t for t in found.terms for w in found if t in w and t != w)
    return found


def wishes_of(question: Question) -> list[Wish]:
    """What is asked for, in order: 多少件，处置率和满意率各多少."""
    text = question.source.squeezed
    found = [wish for _, _, wish in counts_of(question.source)]
    if re.search("量[和与及、]", text):
        found.append(Wish(kind="count"))
    for match in re.finditer("(?:多少|几)个?(?=[\u4e00-\u9fff]{2})", text):
        if not asks.priced(question) and not any(start == match.start() for start, _, _ in counts_of(question.source)):
            found.append(Wish(kind="count"))
    for match in re.finditer(r"[\u4e00-\u9fff]{2,5}?率", reworded(text)):
        name = next((match[0][i:] for i in range(len(match[0])) if match[0][i] not in FUNCTION), match[0])
        found.append(Wish(rate=name[-3:], kind="rate"))
    if asks.priced(question):
        found.append(Wish(kind="money"))
    return list(dict.fromkeys(found)) or [Wish()]


def counts_of(text: Text) -> list[tuple[int, int, Wish]]:
    """Where the question counts (多少件, 几个), and what."""
    return [
        (m.start(), m.end(), Wish(measures=alike()[m[1]], kind="count"))
        for m in counting(loose=True).finditer(text.squeezed)
        if not text.crosses(m.start(), m.end())
    ]
