"""Words of asking that, side by side, are a thing nobody knows: then the question names something, and no total answers it."""

from __future__ import annotations

from itertools import pairwise

from qa.model import Question
from qa.understand.lattice import FUNCTION
from qa.understand.words import patterns

#: single characters that are no word of their own beside another: 多少, 一个, 这些
_LOOSE = FUNCTION | set(
    "一二三四五六七八九十两几多少每各第总共全万亿元块个项所只约近不没有无上下前后间年月日时分请问我你他她它们这那哪谁什么怎样为何"
)


def words(question: Question) -> str:
    """Two characters of asking that stand together as a word that nobody knows (路费, 名额), or words for some of a total; else nothing."""
    if some := patterns("asking.txt")["some"].search(question.source.squeezed):  # 专项支出, 别的收入: not all, of which no item is known
        return some[0]
    single = [m for m in question.mentions if m.role == "filler" and m.end - m.start == 1 and m.text not in _LOOSE]
    touching = ((a, b) for a, b in pairwise(single) if b.start == a.end and not question.source.crosses(a.start, b.end))
    return next((a.text + b.text for a, b in touching), "")
