"""Numbers that a question asks for besides the figure it names: 几个项目，多少资金; 平均得分及涉及金额."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from qa.answers import compose
from qa.answers.collect import Collected
from qa.answers.compose import Session
from qa.model import Fact, Notice, Question, Result
from qa.understand import words

#: what a question may want besides, by its words: measures of money, of scores, of single things
_BESIDE = (
    (re.compile("多少(?:钱|资金|万|元|经费)|金额|资金$|资金量|资金(?:是|有|为|各|分别|多少)"), {"元", "千元", "万元", "亿元"}),
    (re.compile("(?:得分|评分|分数|几分|多少分)"), {"分"}),
    (re.compile("(?:几|多少)[个项](?!月|百分点)|项目数|个数"), {"个", "项"}),
)
_WITH_MONEY = re.compile("[及和与](?:涉及|相应|对应)?的?(?:资金|金额)")


def counted(session: Session, question: Question, found: Collected) -> list[Fact]:
    """The second number that a question asks for, where it stands in the same sentence as the first, or right before it."""
    text = question.source.squeezed
    wanted: list[Set[str]] = list(dict.fromkeys(words.alike()[noun] for noun in words.counting(loose=True).findall(question.text)))
    wanted += [group for pattern, group in _BESIDE if pattern.search(text)]
    missing = [group for group in wanted if not any(f.fact.measure in group for f in found.figures)]
    if not missing or (len(wanted) < 2 and not _WITH_MONEY.search(text)):  # one thing that is asked for is found
        return []
    more: dict[str, Fact] = {}
    for one in (f.fact for f in found.figures if f.fact.told):
        row = sorted(session.facts.fetch(row=[one.row], unit=[one.unit]), key=compose.position)
        for group in missing:
            fact = _nearest(one, [f for f in row if f.id == one.id or (f.measure in group and f.value is not None)])
            more |= {fact.id: fact} if fact is not None else {}
    return list(more.values())


def lacking(question: Question, results: Sequence[Result]) -> list[Notice]:
    """What is asked to be counted (多少件) where no figure shown is a number of it."""
    measures = {r.measure for r in results}
    groups = {noun: words.alike()[noun] for noun in words.counting().findall(question.text)}
    missing = [noun for noun, group in groups.items() if not any(m and (m in group or m.removeprefix("万") in group) for m in measures)]
    if not all(m and (m in ("%", "分") or m.endswith("元")) for m in measures):
        return []  # a number of things is shown, by whatever word
    return [Notice("missing", f"没有找到以“{'、'.join(missing)}”计的数")] if missing and results else []


def _nearest(one: Fact, row: Sequence[Fact]) -> Fact | None:
    """The only amount of the same sentence; else the one told last before the figure."""
    said = compose.surroundings(one)
    same = [f for f in row if f.id != one.id and compose.surroundings(f) == said]
    if len({(f.amount, f.measure) for f in same}) == 1:
        return same[0]
    place = next((n for n, f in enumerate(row) if f.id == one.id), 0)
    return row[place - 1] if place and not same else None
