"""What a question wants done with figures, and whether the answer did it: figures without the difference asked for are half an answer."""

from __future__ import annotations

import re

from qa.model import Answer, Question, Result

_SAME = re.compile("相等|一致|持平|没有变化|相同")
_MOVED = re.compile("较|比.+[多少]|增|减|差|变动|结余|未用|超支")


def left_undone(question: Question, found: Answer) -> list[str]:
    """The operations asked for of which no figure of the answer, and no word of it, is the outcome: 相差, 增减, 占比."""
    if found.status != "answered" or not found.results or found.passages or _SAME.search(found.answer):
        return []
    results = found.results
    undone = []
    if question.has("difference") and not any(_gap(r) for r in results):
        undone.append("相差多少")
    if question.has("change") and not any(_gap(r) for r in results):
        undone.append("增减变化")
    if question.has("share") and not any(r.measure in ("%", "倍", "百分点") for r in results):
        undone.append("所占比例")
    return undone


def _gap(result: Result) -> bool:
    """Whether a figure is a difference or a change, stated or computed."""
    return bool(_MOVED.search(result.indicator)) or (result.computed is not None and "−" in result.computed)
