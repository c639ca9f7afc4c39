"""What of a question's items is asked for, and what only says where to look: X里的Y, 除了X以外, 甲、乙、丙哪个最多 beside their total."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from qa.answers.choose import TOTALS, Ask
from qa.model import Mention, Question

_CLASSES = ("func", "econ", "govecon")
_INSIDE = re.compile(r"^(?:里面?|中间?|内|下面?|其中|当中|之中|项下)的?$")
_EXCEPT = re.compile(r"除(?:了|去|开|掉)?|扣(?:除|掉|去)|不(?:含|算|包括)|刨(?:去|掉)|去掉")
_LEFT_OUT = re.compile(r"扣(?:除|掉|去)了?|不(?:含|算|计|包括|包含)|刨(?:去|掉|开)了?|剔除了?|除去|除开|去掉|抛开|减(?:去|掉)")
_EXCEPT_END = re.compile(r"(?:以外|之外|外)")


def narrowed(question: Question, items: Sequence[Mention]) -> tuple[list[Mention], str]:
    """The items without the class that another is said to be in (社会保障和就业支出里的养老保险), and the name of that class."""
    if question.has("share"):
        return list(items), ""  # 工资福利支出里奖金占多少: what the other is in is the whole
    for first, second in pairwise(items):
        between = question.source.squeezed[first.end : second.start]
        if any(c.dims.get("item") in TOTALS for c in second.concepts):
            continue  # 商贸事务里的项目支出: the kind of spending confines the class
        if _INSIDE.fullmatch(between) and all(c.prefix in _CLASSES for c in first.concepts) and not _same(first, second):
            return [m for m in items if m is not first], first.concepts[0].label
    return list(items), ""


def _same(first: Mention, second: Mention) -> bool:
    return {c.curie for c in first.concepts} == {c.curie for c in second.concepts}


def excepted(question: Question) -> frozenset[str]:
    """The items that the question leaves out: 除了人员工资以外."""
    text = question.source.squeezed
    found: set[str] = set()
    for match in _EXCEPT.finditer(text):
        stop = _EXCEPT_END.search(text, match.end())
        clause = min((n for n in question.source.hard if n > match.end()), default=len(text))
        end = min(stop.start() if stop else clause, clause)
        found |= {c.curie for m in question.items if match.end() <= m.start < end for c in m.concepts if m.role == "item"}
    return frozenset(found)


def left_out(question: Question) -> set[str]:
    """The words of items right behind a word that leaves them out: 不含公积金, 扣除项目支出."""
    text = question.source.squeezed
    return {m.text for m in question.items for match in _LEFT_OUT.finditer(text) if match.end() == m.start}


def without_wholes(question: Question, asks: Sequence[Ask]) -> list[Ask]:
    """The asks of a ranking without the whole of which the others are parts: 政府采购里货物、工程、服务哪个最多."""
    if not question.has("rank-max", "rank-min", "order", "compare") or question.has("sum") or len(asks) < 3:
        return list(asks)

    def is_whole(one: Ask) -> bool:
        parts = {p for c in one.concepts for p in c.parts}
        return sum(bool(other.items & parts) for other in asks if other is not one) >= 2

    return [a for a in asks if not is_whole(a)]
