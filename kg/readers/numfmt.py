"""Spreadsheet values as the spreadsheet shows them: number formats, dates, percentages."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

_QUOTED = re.compile(r'"([^"]*)"|\\(.)|!(.)|_.|\*.|\[[^\]]*\]')
_DIGITS = re.compile(r"[0#?][0#?,.]*|\.[0#?]+")


def shown(value: object, code: str) -> str:
    """The text of a cell: `value` as the library gives it, `code` its number format.

    >>> shown(1234.5, "#,##0.00"), shown(0.1234, "0.00%"), shown(-3, "0.00_);(0.00)"), shown(0, '0.00;-0.00;"-"')
    ('1,234.50', '12.34%', '(3.00)', '-')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime | date | time):
        return _date(value, code)
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, int | float):
        try:
            number = Decimal(repr(value))
        except InvalidOperation:
            return str(value)
        return _number(number, code) if number.is_finite() else str(value)
    return str(value)


def _sections(code: str) -> list[str]:
    return re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', code)


def _number(value: Decimal, code: str) -> str:
    sections = _sections(code)
    if value > 0 or len(sections) == 1:
        section, bare = sections[0], value
    elif value < 0:
        section, bare = sections[1], -value
    else:
        section, bare = (sections[2] if len(sections) > 2 else sections[0]), value
    literal = _QUOTED.sub(lambda m: "\x00" * len(m[1] or m[2] or m[3] or ""), section)
    words = [m[1] or m[2] or m[3] for m in _QUOTED.finditer(section) if m[1] or m[2] or m[3]]
    pattern = _DIGITS.search(literal)
    if re.search(r"general|g/通用格式|@", literal, re.I) or (pattern and ("/" in literal or "E+" in literal.upper())):
        return _general(value)
    if pattern is None:
        return _spoken(literal, words).strip()
    if re.search(r"[0#]", literal[pattern.end() :]):
        return _spoken(_masked(value, literal), words)
    text = _digits(bare.copy_abs() if value < 0 else bare, pattern[0], literal.count("%"))
    signed = len(sections) > 1 and re.search(r"[-(（]", literal + "".join(words))  # else red ink alone would say it
    negative = value < 0 and not signed and re.search(r"[1-9]", text)
    head, tail = literal[: pattern.start()], literal[pattern.end() :]
    return ("-" if negative else "") + _spoken(head + "\x01" + tail, words).replace("\x01", text).strip()


def _spoken(literal: str, words: list[str]) -> str:
    """The literal text of a format, its quoted words back in place."""
    for word in words:
        literal = literal.replace("\x00" * len(word), word, 1)
    return re.sub(r"[?#]", "", literal)


def _digits(value: Decimal, pattern: str, percents: int) -> str:
    scaled = value.scaleb(2 * percents)
    bare = pattern.rstrip(",")
    scaled = scaled.scaleb(-3 * (len(pattern) - len(bare)))
    whole, _, fraction = bare.partition(".")
    least = fraction.count("0")
    text = f"{scaled.quantize(Decimal(1).scaleb(-len(fraction)), ROUND_HALF_UP):f}"
    integer, _, decimals = text.partition(".")
    while len(decimals) > least and decimals.endswith("0"):
        decimals = decimals[:-1]
    integer = integer.rjust(whole.count("0"), "0") if whole.count("0") else integer.lstrip("0")
    if "," in whole:
        integer = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",", integer)
    return integer + ("." + decimals if decimals else "")


def _masked(value: Decimal, literal: str) -> str:
    """Digits put into a pattern that has other signs between its places: 0\\.0, shows thousands as ten thousands."""
    scale = len(re.findall(r"(?<=[0#?]),+(?![0#?,])", literal))
    places = len(re.findall(r"[0#?]", literal))
    digits = f"{abs(value).scaleb(-3 * scale).quantize(Decimal(1), ROUND_HALF_UP):f}".rjust(places, "0")
    out, rest = "", list(digits)
    for sign in reversed(literal):
        out = (rest.pop() if rest else "") + out if sign in "0#?" else out if sign == "," else sign + out
    first = re.search(r"\d", out)
    return ("-" if value < 0 else "") + (out[: first.start()] + "".join(rest) + out[first.start() :] if first else out)


def _general(value: Decimal) -> str:
    """As Excel shows a plain number: without the noise of binary fractions."""
    rounded = Decimal(f"{value:.15g}")
    places = max(0, 10 - max(rounded.adjusted(), 0))
    rounded = rounded.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) if abs(rounded) < Decimal(10) ** 15 else rounded
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _date(value: datetime | date | time, code: str) -> str:
    section = re.sub(r"\[[^\]]*\]", "", _sections(code)[0]).replace("\\", "").replace('"', "")
    if not re.search(r"[ymdh]", section, re.I) or section.lower() == "general":
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    moment = value if isinstance(value, datetime) else None
    hours: datetime | time | None = value if isinstance(value, datetime | time) else None
    day: date | None = value if isinstance(value, date) else None

    def part(match: re.Match[str]) -> str:
        token = match[0].lower()
        before, after = section[: match.start()].lower(), section[match.end() :].lower()
        minute = token[0] == "m" and (re.search(r"h[^ymd]*$", before) or re.match(r"[^ymdh]*s", after))
        if token[0] == "h" or token[0] == "s" or minute:
            number = 0 if hours is None else {"h": hours.hour, "m": hours.minute, "s": hours.second}[token[0]]
            return str(number).rjust(min(len(token), 2), "0")
        if day is None:
            return ""
        number = {"y": day.year if len(token) > 2 else day.year % 100, "m": day.month, "d": day.day}[token[0]]
        return str(number).rjust(4 if token[0] == "y" and len(token) > 2 else 2 if len(token) > 1 else 1, "0")

    text = re.sub(r"y+|m+|d+|h+|s+", part, re.sub(r"_.|\*.|@|;.*", "", section), flags=re.I)
    return text.strip() if moment or day or hours else str(value)
