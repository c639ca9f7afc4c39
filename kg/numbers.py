"""Figures as printed to exact decimals with their measure. Never guesses: what is not plainly a number stays text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

_PLAIN = re.compile(r"¥?(?P<open>\()?(?P<sign>[-+])?¥?(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?P<fraction>\.\d+)?(?(open)\))(?P<percent>%)?")
_DASHES = str.maketrans({"−": "-", "–": "-", "﹣": "-"})
_COMPARE = {
    ">=": (">", False),
    "=>": (">", False),
    "≥": (">", False),
    "≧": (">", False),
    "不低于": (">", False),
    "不少于": (">", False),
    ">": (">", True),
    "大于": (">", True),
    "超过": (">", True),
    "<=": ("<", False),
    "=<": ("<", False),
    "≤": ("<", False),
    "≦": ("<", False),
    "不超过": ("<", False),
    "不高于": ("<", False),
    "不大于": ("<", False),
    "<": ("<", True),
    "小于": ("<", True),
    "=": ("=", False),
    "": ("=", False),
}
_INDICATOR = re.compile(
    rf"(?P<compare>{'|'.join(map(re.escape, sorted(filter(None, _COMPARE), key=len, reverse=True)))})?\s*"
    r"(?P<number>-?\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?)\s*(?P<many>[十百千万亿]*)(?P<vague>余|多)?"
    r"(?P<measure>%|[^\d\s%,。;、≥≤<>=以]{1,8})?(?P<above>(?:及)?以[上下内])?"
)
#: A manner, not a measure: 24小时值守, 365天全天候管理. A measure of time is no counter of the noun behind it.
_MANNER = re.compile(r"(?:小时|分钟|秒|天|日)(?!(?:之?内|前|后|左右|/.*)?$)")
_DATE = re.compile(r"\d{1,2}月(?:[底末初份前]|[上中下]旬|\d)")  # 10月底前 counts no months
_MANY = {"": 1, "十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}


def plain(text: str) -> str:
    """Full-width to half-width digits and signs; white space inside a number dropped where it only spaces out `,` and `.`.

    >>> plain("1, 227. 61")
    '1,227.61'
    """
    text = unicodedata.normalize("NFKC", text).translate(_DASHES).strip()
    return re.sub(r"(?<=[\d,.])\s*([,.])\s*(?=\d)", r"\1", text)


def number(text: str) -> Decimal | None:
    """The value of a cell that is nothing but a number, else None. Parentheses mean negative; a trailing % is dropped.

    >>> number("1, 227. 61"), number("（12.30）"), number("110.00%"), number("12 34"), number("")
    (Decimal('1227.61'), Decimal('-12.30'), Decimal('110.00'), None, None)
    """
    match = _PLAIN.fullmatch(plain(text))
    if match is None:
        return None
    value = Decimal(match["digits"].replace(",", "") + (match["fraction"] or ""))
    return -value if match["open"] or match["sign"] == "-" else value


def is_percent(text: str) -> bool:
    """Whether a numeric cell prints a percent sign."""
    return plain(text).endswith("%")


@dataclass(frozen=True, slots=True)
class Figure:
    """An indicator value: a number (`value`) or a bound (`low`, `high`), its printed measure, and whether the bound is strict."""

    value: Decimal | None
    measure: str
    low: Decimal | None = None
    high: Decimal | None = None
    strict: bool = False
    vague: bool = False


def figure(text: str) -> Figure | None:
    """The figure that an indicator cell states, or None where it is text. The whole cell must be the figure.

    >>> figure("≥95%")
    Figure(value=None, measure='%', low=Decimal('95'), high=None, strict=False, vague=False)
    >>> figure("2000余册").value, figure("<24小时").high, figure(">750 000条").low, figure("一般"), figure("24小时值守")
    (Decimal('2000'), Decimal('24'), Decimal('750000'), None, None)
    """
    match = _INDICATOR.fullmatch(plain(text))
    if match is None or _DATE.match(plain(text)) or _MANNER.match(match["measure"] or ""):
        return None
    many = 1
    for char in match["many"]:
        many *= _MANY[char]
    measure = match["measure"] or ""
    if many > 1 and (not measure or measure == "元"):  # 15万元: 万 belongs to the measure
        measure, many = match["many"] + measure, 1
    value = Decimal(re.sub(r"[, ]", "", match["number"])) * many
    direction, strict = _COMPARE[match["compare"] or ""]
    if match["above"]:
        direction = "<" if match["above"].endswith(("下", "内")) else ">"
    if direction == "=":
        return Figure(value, measure, vague=bool(match["vague"]))
    low, high = (value, None) if direction == ">" else (None, value)
    return Figure(None, measure, low, high, strict, bool(match["vague"]))


def decimals(text: str) -> int:
    """How many digits a printed number has behind the point (its precision, for rounding rules).

    >>> decimals("1,227.61"), decimals("15%")
    (2, 0)
    """
    match = re.search(r"\.(\d+)", plain(text))
    return len(match[1]) if match else 0


_CHINESE = {"〇": 0, "○": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}


def year(text: str) -> int | None:
    """A year written 2024, ２０２４ or 二〇二四; two digits count from 2000. None where it is no year.

    >>> year("二〇二四"), year("２０２４"), year("24"), year("1200")
    (2024, 2024, 2024, None)
    """
    text = unicodedata.normalize("NFKC", text).replace("○", "〇")
    if all(c in _CHINESE for c in text) and text:
        text = "".join(str(_CHINESE[c]) for c in text)
    if not text.isdecimal():
        return None
    value = int(text) + (2000 if len(text) == 2 else 0)
    return value if 1990 <= value <= 2100 else None
