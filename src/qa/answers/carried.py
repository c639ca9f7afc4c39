"""What a question wants done with figures, and whether the answer did it: figures without the difference asked for are half an answer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.model import Answer, Question, Result
from qa.understand import words

_SAME = re.compile("相等|一致|持平|没有变化|相同")
_MOVED = re.compile("较|比.+[多少]|增|减|差|变动|结余|未用|超支")


def left_undone(question: Question, found: Answer) -> list[str]:
    """The operations asked for of which no figure of the answer, and no word of it, is the outcome: 相差, 增减, 占比."""
    if found.status != "answered" or not found.results:
        return []
    results = found.results
    undone = [several] if (several := each_lacking(question, found)) else []
    if _said("percent").search(question.source.squeezed) and not any(r.measure in ("%", "倍", "百分点") for r in results):
        undone.append("百分比")
    if found.passages or _SAME.search(found.answer):
        return undone
    told = [r for r in results if _gap(r) and not (_BALANCE.search(r.indicator) and re.search("[比差]", question.source.squeezed))]
    if question.has("difference") and not told:
        undone.append("相差多少")
    if question.has("change") and not any(_gap(r) for r in results):
        undone.append("增减变化")
    if (_said("price").search(question.source.squeezed) or "单价" in question.text) and not any(_priced(r) for r in results):
        undone.append("单价")
    if question.has("share") and not any(r.measure in ("%", "倍", "百分点") for r in results):
        undone.append("所占比例")
    return undone


_SCORES = re.compile("(?:得分|分值|目标|执行率|占比)$")


def _said(kind: str) -> re.Pattern[str]:
    """How people say that one price (`price`), each of so many things (`each`) or a percentage (`percent`) is wanted."""
    return words.patterns("asking.txt")[kind]


def _priced(result: Result) -> bool:
    return "单价" in result.indicator or "/" in result.measure or "平均" in result.indicator


def each_lacking(question: Question, found: Answer) -> str:
    """The things of which each is asked for (三张自评表各是多少) where the figures are of fewer; else nothing."""
    several = _said("each").search(question.source.squeezed)
    if several is None or _things(found.results) >= words.number(several[1]) * _asks(question, several.end()):
        return ""
    return f"{several[1]}{several[2]}各自的数"


def _asks(question: Question, start: int) -> int:
    """How many things are asked of each: 各有多少人、各花了多少 are two."""
    return max(1, len(re.findall("各|分别", question.source.squeezed[start:])))


def _things(results: Sequence[Result]) -> int:
    """Of how many things the figures are: by their names, or by the places where they stand."""
    named = {(r.unit, r.project, _SCORES.sub("", r.indicator)) for r in results}
    placed = {(c.document, c.page, c.line, c.row) for r in results for c in r.citations[:1]}
    return max(len(named), len(placed))


#: a balance of the year, which is no difference to another year's
_BALANCE = re.compile("结转和结余$")


def _gap(result: Result) -> bool:
    """Whether a figure is a difference or a change, stated or computed."""
    return bool(_MOVED.search(result.indicator)) or (result.computed is not None and "−" in result.computed)
