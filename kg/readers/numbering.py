"""Word's automatic numbering: the 一、（二）3. that stand in no paragraph's text but on the page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, fromstring

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DIGITS = "〇一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: how its number looks and where it starts."""

    form: str
    text: str
    start: int


@dataclass
class Numbers:
    """The lists of a document and how far they have counted."""

    lists: Mapping[str, tuple[str, Mapping[int, Level]]]
    counts: dict[tuple[str, int], int] = field(default_factory=dict)

    @classmethod
    def read(cls, data: bytes | None) -> Numbers:
        """From word/numbering.xml."""
        if not data:
            return cls({})
        root = fromstring(data)
        abstract = {a.get(f"{_W}abstractNumId") or "": _levels(a) for a in root.iter(f"{_W}abstractNum")}
        lists = {}
        for num in root.iter(f"{_W}num"):
            kind = num.find(f"{_W}abstractNumId")
            key = (kind.get(f"{_W}val") or "") if kind is not None else ""
            overrides: dict[int, Level] = {}
            for override in num.iter(f"{_W}lvlOverride"):
                overrides |= _levels(override)
            lists[num.get(f"{_W}numId") or ""] = (key, abstract.get(key, {}) | overrides)
        return cls(lists)

    def label(self, number: str, level: int) -> str:
        """The label of the next paragraph of a list; '' for bullets and lists that are not there."""
        key, levels = self.lists.get(number, ("", {}))
        if level not in levels:
            return ""
        self.counts[key, level] = self.counts.get((key, level), levels[level].start - 1) + 1
        for deeper in [k for k in self.counts if k[0] == key and k[1] > level]:
            del self.counts[deeper]
        if levels[level].form in ("bullet", "none"):
            return ""

        def shown(match: re.Match[str]) -> str:
            other = int(match[1]) - 1
            count = self.counts.get((key, other), levels[other].start if other in levels else 1)
            return spell(count, levels[other].form if other in levels else "decimal")

        return re.sub(r"%([1-9])", shown, levels[level].text)


def _levels(parent: Element) -> dict[int, Level]:
    found = {}
    for level in parent.iter(f"{_W}lvl"):
        values = {child.tag.removeprefix(_W): child.get(f"{_W}val") or "" for child in level}
        place, start = level.get(f"{_W}ilvl") or "0", values.get("start", "1")
        if place.isdecimal():
            found[int(place)] = Level(values.get("numFmt", "decimal"), values.get("lvlText", ""), int(start) if start.isdecimal() else 1)
    return found


def spell(count: int, form: str) -> str:
    """A number in one of Word's forms.

    >>> spell(12, "chineseCounting"), spell(3, "decimalEnclosedCircleChinese"), spell(2, "upperLetter")
    ('十二', '③', 'B')
    """
    lowered = form.lower()
    if "circle" not in lowered and re.search("chinese|japanesecounting|ideographdigital|taiwanese", lowered):
        return _chinese(count)
    if "circle" in lowered and 1 <= count <= 20:
        return chr(0x2460 + count - 1)
    if lowered in ("upperletter", "lowerletter") and 1 <= count <= 26:
        return chr((65 if lowered == "upperletter" else 97) + count - 1)
    if lowered in ("upperroman", "lowerroman") and 1 <= count <= 39:
        roman = "X" * (count // 10) + ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"][count % 10]
        return roman if lowered == "upperroman" else roman.lower()
    return str(count)


def _chinese(count: int) -> str:
    if not 0 < count < 100:
        return str(count)
    tens, ones = divmod(count, 10)
    return ("" if not tens else ("十" if tens == 1 else _DIGITS[tens] + "十")) + (_DIGITS[ones] if ones else "")
