"""Which 科目 grew or fell most against the year before: the changes that are stated, or computed from two stated figures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from qa.answers import choose, compose, filters, moves
from qa.answers.choose import Ask
from qa.answers.collect import document_years
from qa.answers.compose import Session
from qa.model import Answer, Question, Result, Unit
from qa.understand import bounds

_RATE = re.compile("百分|[增涨降跌减]幅|幅度|增速|率|%|几成|倍|[猛快]")
_AMOUNT = re.compile("多少(?:万|亿|千)?(?:元|钱)")
_LESS = re.compile("减|降|跌|缩|少|砍|削|裁")
_WHICH, _MOST = re.compile("哪[几些]"), 30
#: over what it runs, without the word 科目: 六项支出中增幅最大的
_OVER = re.compile("[几两二三四五六七八九十]项支出|哪[一几]?项")
_MORE = re.compile(r"增|涨|升|多了|多出?(?=\d)|翻")


def answer(session: Session, question: Question, ask: Ask, units: Sequence[Unit]) -> Answer | None:
    """The 科目 with the largest rise (or fall), its change and both figures; None where this is not asked.

    Where fewer than two 科目 have a change there is nothing to rank: the answer says so and gives no figure.
    """
    text = question.source.squeezed
    if not question.axis and ask.total and not ask.dims.get("spend") and not question.all_units and _OVER.search(text):
        question = replace(question, axis="func:项")
    ranked = question.has("rank-max", "rank-min", "order")
    bound = bounds.said(question)
    if question.axis not in filters.LEVELS or not question.has("change") or not (ranked or bound or _WHICH.search(text)):
        return None
    by_rate = bool(_RATE.search(text)) and not _AMOUNT.search(text) if bound is None else bound.measure == "%"
    falling = bool(_LESS.search(text)) and not _MORE.search(text)
    asked = replace(question, metrics=("变动率",) if by_rate else ("变动额",), ops=question.ops & {"change"})
    moved = False
    for unit in units:
        year = max(question.years) if question.years else next(iter(document_years(session, unit)), 0)
        rows = _rows(session, replace(asked, years=(year,)), ask, unit, by_rate)
        moved = moved or bool(rows)
        rows = _within(question, [row for row in rows if (row[0] < 0) == falling and row[0]])
        if not rows:
            continue
        if ranked:
            rows.sort(key=lambda row: row[0], reverse=not falling)
        best = [row for row in rows if row[0] == rows[0][0]] if ranked and not question.top else rows[: question.top or _MOST]
        number = filters.number(question, [results[0] for _, results in rows]) if bound is not None else []
        shown = [*number, *(r for _, results in best for r in (results if ranked else results[:2]))]
        said = "；".join(compose.sentence(results[0]) for _, results in rows[: max(3, len(best))])
        return Answer(question.text, "answered", f"{said}。", tuple(shown))
    if moved and bound is not None:
        return Answer(question.text, "answered", f"{'、'.join(u.name for u in units)}没有符合条件的科目。")
    return Answer(question.text, "no_data", "文件没有披露各科目的增减，也没有两年的数字可供比较，不能排序。")


def _within(question: Question, rows: Sequence[tuple[Decimal, list[Result]]]) -> list[tuple[Decimal, list[Result]]]:
    """The changes within the bound that the question sets, an amount in whatever measure it is told."""
    bound = bounds.said(question)
    if bound is None:
        return list(rows)
    factor = {"万元": 10_000, "亿元": 100_000_000, "千元": 1000} if bound.measure == "元" else {}
    return [row for row in rows if bound.admits(abs(row[0]) * factor.get(row[1][0].measure, 1))]


def _rows(session: Session, question: Question, ask: Ask, unit: Unit, by_rate: bool) -> list[tuple[Decimal, list[Result]]]:
    """The signed change of each 科目 that has one, with its results, the change first."""
    scheme, length = filters.LEVELS[question.axis]
    known = session.lexicon.concepts(filters.codes(session, unit.curie, scheme, length))
    found = []
    for curie, concept in known.items():
        one = choose.Ask(concept.label, (concept,), ((curie, {k: v for k, v in ask.dims.items() if k == "fund"}),), said=concept.label)
        told = moves.change(session, question, [one], [unit])
        changes = [r for r in (told.results if told else ()) if "较" in (r.indicator or "") and r.value is not None]
        move = next((r for r in changes if (r.measure == "%") == by_rate), None)
        if told is not None and move is not None and move.value is not None:
            down = "减少" in (move.indicator or "")
            found.append(
                (-abs(Decimal(move.value)) if down else abs(Decimal(move.value)), [move, *(r for r in told.results if r is not move)])
            )
    return found
