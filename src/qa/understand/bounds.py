"""A bound that a question sets: 超过10万元, 100万以上, 不足95%, 低于90分."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from qa.model import Fact, Question

_MEASURES = "亿元|亿|万元|万|千元|元|%|分|人次|人|辆|个|件|次|批次"
_HANZI = "一二两三四五六七八九十百千零"
#: digits, or a number in words before money: 一百万元以上, 百万元以上, 上亿元; 几百万 is none
_NUMBER = rf"(?<![几数多{_HANZI}])(?P<number>\d+(?:\.\d+)?|[{_HANZI}]+(?=[万亿]|元)|(?<=[上过破超])(?=亿))"
_BEFORE = rf"(?:{{words}}){_NUMBER}(?P<measure>{_MEASURES})"
_AFTER = rf"{_NUMBER}(?P<measure>{_MEASURES})(?:{{words}})"
_OVER = [
    re.compile(
        _BEFORE.format(
            words="不低于|不少于|不小于|至少|达到|达|大于等于|超过了?|超出|大于|高于|多于|突破|高过|多过|大过|(?<![上之])超(?=[0-9百千亿])|[上破](?=[百千亿])|(?<![超不通经])过(?=[百千亿]|[0-9.]+[分%])|>=|≥|>"
        )
    ),
    re.compile(_AFTER.format(words="及?以上(?!的?大?型?[专通]?用?设备)|之上|往上|朝上|向上|开外|起")),
]
_UNDER = [
    re.compile(_BEFORE.format(words="不超过|不高于|不大于|至多|小于等于|不足|不到|低于|小于|少于|没到|不满|未满|未达到?|不够|<=|≤|<")),
    re.compile(_AFTER.format(words="及?以下|之下|以内|往下|朝下|向下")),
]
_INCLUSIVE = re.compile(r"不|至|达|等于|[=≥≤]|以|之|往|朝|向|起|^上|^过")
#: 不足, 不到 and the like are strict although they say 不 or 达
_STRICT = ("不足", "不到", "不满", "不够", "未达", "没到", "过", "未满")
_FACTORS = {"亿元": 100_000_000, "亿": 100_000_000, "万元": 10_000, "万": 10_000, "千元": 1000, "元": 1}


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit in the base measure (元, %, 分 …), and on which side of it figures count."""

    limit: Decimal
    measure: str
    above: bool
    inclusive: bool

    def holds(self, fact: Fact) -> bool:
        """Whether a figure is of the bound's kind and within it."""
        figure = fact.amount if self.measure == "元" else fact.value
        if figure is None or (fact.measure.endswith("元") if self.measure != "元" else not fact.measure.endswith("元")):
            return False
        return self.admits(figure)

    def admits(self, figure: Decimal) -> bool:
        """Whether a number in the bound's measure is within it."""
        return (figure > self.limit if self.above else figure < self.limit) or (self.inclusive and figure == self.limit)


def find(text: str) -> Bound | None:
    """The bound in a question without spaces; None where there is none.

    >>> find("支出超过10万元的科目"), find("100万以上的项目有哪些").limit, find("完成率不足95%的").above
    (Bound(limit=Decimal('100000'), measure='元', above=True, inclusive=False), Decimal('1000000'), False)
    """
    found = [(match, above) for above, patterns in ((False, _UNDER), (True, _OVER)) for p in patterns if (match := p.search(text))]
    if not found:
        return None
    match, above = found[0]
    inclusive = bool(_INCLUSIVE.search(match[0])) and not match[0].startswith(_STRICT)
    limit = _number(match["number"]) * _FACTORS.get(match["measure"], 1)
    return Bound(limit, "元" if match["measure"] in _FACTORS else match["measure"], above, inclusive)


_DIGITS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_PLACES = {"十": 10, "百": 100, "千": 1000}


def _number(said: str) -> Decimal:
    """A number in digits or words; what only names its place is one of it.

    >>> _number("1.5"), _number("三百五十"), _number("千"), _number("")
    (Decimal('1.5'), Decimal('350'), Decimal('1000'), Decimal('1'))
    """
    if said[:1].isascii() and said:
        return Decimal(said)
    total, digit = 0, 0 if said else 1
    for character in said:
        if character in _PLACES:
            total, digit = total + (digit or 1) * _PLACES[character], 0
        else:
            digit = _DIGITS[character]
    return Decimal(total + digit)


def spans(text: str) -> list[tuple[int, int]]:
    """The stretches of a question that set a bound."""
    return [match.span() for pattern in (*_UNDER, *_OVER) for match in pattern.finditer(text)]


def said(question: Question) -> Bound | None:
    """The bound that a question sets: 100万元以上设备 is an item, no bound."""
    return find(next((m.value for m in question.mentions if m.role == "bound"), ""))


def condition(question: Question) -> Callable[[Fact], bool] | None:
    """What a figure must satisfy to be listed; None where the question sets no bound."""
    bound = said(question)
    return bound.holds if bound else None
