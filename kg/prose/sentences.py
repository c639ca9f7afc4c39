"""Sentences of a paragraph, and labels inside a phrase; offsets are those of characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from kg import terms
from kg.knowledge import Concept, Knowledge
from kg.prose import classpath

_STOP = re.compile("[。！？!?]")
#: Marks typed in half width and their like; : between digits is a time, a comma between digits parts thousands.
_MARKS = str.maketrans({"(": "（", ")": "）", ";": "；", "「": "“", "」": "”", "『": "“", "』": "”"})
_COMMA = re.compile(r",(?![0-9])|(?<![0-9]),")
_COLON = re.compile(r":(?![0-9/])|(?<![0-9A-Za-z]):")
_OPENING = "“‘（(《〈「『【["
#: What may follow on a bracket with a full stop in it, in the same sentence: 20万元（…2万元。）比上年增加3万元.
_GOES_ON = re.compile("[，；、占]|比|较|与|同比|完成|[增减]")
_JOINTS = ("及", "和", "与", "以及")
#: Where a label belongs to several schemes, the narrower statement comes first.
_SCHEMES = ("fund", "sp", "ph", "fl", "ind", "econ", "func")


def even(text: str) -> str:
    """The text with the marks that Chinese print uses, character for character: typed in half width, or 「」 for quotation marks.

    >>> even('其中:“甲”(一)1,200.5万元,与上年一致;「乙」"丙"2人')
    '其中：“甲”（一）1,200.5万元，与上年一致；“乙”“丙”2人'
    """
    text = _COLON.sub("：", _COMMA.sub("，", text.translate(_MARKS)))
    if '"' not in text:
        return text
    parts = text.split('"')
    return "".join(part + ("" if n == len(parts) - 1 else "“”"[n % 2]) for n, part in enumerate(parts))


def sentences(text: str) -> list[tuple[int, int]]:
    """Start and end of every sentence; an opening quotation mark belongs to the sentence that it opens, a bracket ends none.

    >>> [("收入10万元。“甲”专项5万元。"[a:b]) for a, b in sentences("收入10万元。“甲”专项5万元。")]
    ['收入10万元。', '“甲”专项5万元。']
    """
    found: list[tuple[int, int]] = []
    start = 0
    for end in _ends(text):
        while end > start and text[end - 1] in _OPENING and end < len(text):
            end -= 1
        if end > start and not (text[end - 1] == "）" and _GOES_ON.match(text, end)):
            found.append((start, end))
            start = end
    if start < len(text):
        found.append((start, len(text)))
    return found


def _ends(text: str) -> Iterator[int]:
    """Behind each full stop and the marks (quotation marks, brackets) that follow on it."""
    end = 0
    for stop in _STOP.finditer(text):
        if stop.start() >= end:
            end = stop.end()
            while _mark(text, end) or (text[end : end + 1] == " " and _mark(text, end + 1)):
                end += 1
            yield end


def _mark(text: str, at: int) -> bool:
    return at < len(text) and unicodedata.category(text[at]).startswith("P")


class Labels:
    """The labels of all concepts that can stand in a sentence, by key; and which of them a phrase is made of."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.functions = classpath.index(knowledge.by_scheme.get("func", ()))
        self.by_key: dict[str, list[Concept]] = {}
        self.hidden: dict[str, list[Concept]] = {}
        for scheme in _SCHEMES:
            for concept in knowledge.by_scheme.get(scheme, ()):
                for label in (concept.label, *concept.alt):
                    self.by_key.setdefault(terms.key(label), []).append(concept)
                for label in concept.hidden:
                    self.hidden.setdefault(terms.key(label), []).append(concept)
        self.by_key.pop("", None)
        funds = (
            (terms.key(label), concept.name) for concept in knowledge.by_scheme.get("fund", ()) for label in (concept.label, *concept.alt)
        )
        self._funds = sorted((pair for pair in funds if re.search(r"拨款|预算|基金|专户", pair[0])), key=lambda pair: -len(pair[0]))
        self._lengths = sorted({len(label) for label in self.by_key if len(label) > 1}, reverse=True)

    def fund(self, key: str) -> str | None:
        """The source of funds that a key names somewhere: the longest label; of two that are joined, what both are part of."""
        found = next(((label, name) for label, name in self._funds if label in key and f"非{label}" not in key), None)
        if found is None:
            return None
        before, _, behind = key.partition(found[0])
        joined = (
            name for label, name in self._funds if any(before.endswith(label + word) or behind.startswith(word + label) for word in _JOINTS)
        )
        return self.together(found[1], next(joined, found[1]))

    def together(self, one: str, other: str) -> str:
        """Of two sources of funds the narrower where one is part of the other; what both are part of, if not all money; else the later."""
        wider, same = self.wider(one), self.wider(other)
        if one in same or other in wider:
            return other if one in same else one
        return next((name for name in wider if name in same and name != "全部"), other)

    def wider(self, fund: str) -> list[str]:
        """A source of funds and all that it is part of, the nearest first."""
        found: list[str] = []
        concept = self.knowledge.concepts.get(f"fund:{fund}")
        while concept is not None:
            found.append(concept.name)
            concept = self.knowledge.concepts.get(concept.broader or "")
        return found

    def inside(self, key: str) -> list[tuple[int, int, str]]:
        """The labels in a key, the longest where they overlap (the first of equals), in the order in which they stand."""
        found: list[tuple[int, int, str]] = []
        free = [True] * len(key)
        for length in self._lengths:
            for start in range(len(key) - length + 1):
                end = start + length
                if free[start] and free[end - 1] and key[start:end] in self.by_key:
                    found.append((start, end, key[start:end]))
                    free[start:end] = [False] * length
        return sorted(found)


_MADE: dict[int, Labels] = {}


def labels(knowledge: Knowledge) -> Labels:
    """The labels of a knowledge, made once (they keep it alive, so its id stays its own)."""
    if id(knowledge) not in _MADE:
        _MADE[id(knowledge)] = Labels(knowledge)
    return _MADE[id(knowledge)]
