"""How much of what a question is about a passage speaks of: the measure by which a text is an answer, or only near one.

What a question is about are its characters, without the unit and the year (which choose the documents) and without the words of asking
(`understand/data/asking.txt`).
A character is covered where it stands with a neighbour in the passage or its headings. Characters of rare words weigh more than those
of common ones, so that an unknown thing that no passage mentions is never outweighed by words that all of them have. What people say
for what documents print (`kg/encoders/phrases.txt`) counts like the printed words.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from kg import encoders
from kg.library.index import Hit, Index
from kg.terms import key
from qa.model import Question
from qa.understand import words
from qa.understand.lattice import FUNCTION

#: A sentence of a passage, and how many characters of neighbouring sentences are looked at together.
_SENTENCE = re.compile(r"[^。；;！？!?\n]+[。；;！？!?\n]*")
_WINDOW = 170
#: What a stretch gains that covers the question, its general words too, without its headings; and one in which the words stand together, as
#: in a name.
_OWN, _TOGETHER = 0.05, 0.1
#: What a character of a stretch takes from its standing among stretches that cover alike: the shorter is more about the question.
_LENGTH = 0.0003
#: Marks that part words.
_PARTED = re.compile("[、，,。；;：:|\n]")
#: What headings count for a passage: the innermost ones.
_HEADINGS = 6


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a question is about: its characters, what each of them weighs, and what is said for printed words."""

    text: str  # squeezed; what is not asked about is a space
    weights: tuple[float, ...]
    light: tuple[bool, ...]  # of words of asking: they may only help
    sayings: tuple[tuple[int, int, tuple[str, ...]], ...]
    owners: Mapping[str, str]  # documents and their units: a passage that names its unit does not say more for it

    @property
    def empty(self) -> bool:
        """Whether nothing is said of what the question is about."""
        return not any(w and not x for w, x in zip(self.weights, self.light, strict=True))


@dataclass(frozen=True, slots=True)
class Covered:
    """A passage, how much of the question it covers (0 to 1), and the stretch of it that does so."""

    hit: Hit
    share: float
    start: int
    end: int
    near: float = 0.0  # what it gains over others that cover alike: for words of its own, and for words that stand together

    @property
    def sentence(self) -> str:
        """The stretch."""
        return self.hit.text[self.start : self.end].strip()


def wanted(question: Question, index: Index) -> Wanted:
    """What a question is about."""
    text = question.source
    chars = list(text.squeezed)
    light = [False] * len(chars)
    for mention in question.mentions:
        if mention.role in ("unit", "year", "amount", "bound"):
            chars[mention.start : mention.end] = " " * (mention.end - mention.start)
        elif mention.role in ("filler", "op", "axis", "kind", "phase"):
            light[mention.start : mention.end] = [True] * (mention.end - mention.start)
    joined = "".join(chars)
    said = words.patterns("asking.txt")
    for found in said["asking"].finditer(joined):
        chars[found.start() : found.end()] = " " * (found.end() - found.start())
    for found in said["vague"].finditer("".join(chars)):
        light[found.start() : found.end()] = [True] * (found.end() - found.start())
    content = "".join(" " if c in FUNCTION and light[n] else c for n, c in enumerate(chars))
    borders = text.hard | text.listed
    pairs = {n: content[n : n + 2] for n in range(len(content) - 1) if n + 1 not in borders and " " not in content[n : n + 2]}
    counts, size = index.frequencies(pairs.values()), index.size
    rarity = {n: math.log((size + 1) / (counts.get(pair, 0) + 0.5)) for n, pair in pairs.items()}
    weights = tuple(min((rarity[m] for m in (n - 1, n) if m in rarity), default=0.0) for n in range(len(content)))
    return Wanted(content, weights, tuple(light), tuple(_sayings(content)), index.owners)


@cache
def _phrases() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What people say, and the printed words for it."""
    lines = Path(encoders.__file__).with_name("phrases.txt").read_text("utf-8").splitlines()
    groups = [line.split("\t") for line in lines if line and not line.startswith("#")]
    found = [(key(said), tuple(key(p) for p in printed.split("|"))) for printed, sayings in groups for said in sayings.split("|")]
    return (*found, *((key(said), (key(printed),)) for said, printed in words.synonyms()))


def _sayings(content: str) -> Iterable[tuple[int, int, tuple[str, ...]]]:
    for said, printed in _phrases():
        if len(said) >= 2 and (start := content.find(said)) >= 0:
            yield start, start + len(said), printed


def best(asked: Wanted, hits: Iterable[Hit], least: float = 0.0, *, whole: bool = False) -> list[Covered]:
    """The hits by how much of the question they cover, best first; hits that cover alike in as few words keep their order.

    `whole` hits are looked at as one stretch, however long.
    """
    covered = (Covered(h, share(asked, "", _plain(h.text)), 0, len(h.text)) if whole else _cover(asked, h) for h in hits)
    found = [c for c in covered if c.share >= least]
    return sorted(found, key=lambda c: -round(c.share + c.near - _LENGTH * (c.end - c.start), 2))


def _plain(text: str, owner: str = "") -> str:
    """A text as questions are squeezed, but what a mark parts stays apart: 人、机 is no 人机. Without the name of the unit whose it is.

    >>> _plain("株洲市天元区数据局：本年支出0万元", "株洲市天元区数据局")
    '||本年支出0万元'
    """
    plain = "|".join(key(part) for part in _PARTED.split(text))
    return plain.replace(key(owner), "|") if owner else plain


def _cover(asked: Wanted, hit: Hit) -> Covered:
    """The best stretch of sentences of a passage, its headings included."""
    owner = asked.owners.get(hit.document, "")
    headings = _plain("\n".join(hit.section.split("/")[-_HEADINGS:]), owner)
    spans = [m.span() for m in _SENTENCE.finditer(hit.text)] or [(0, len(hit.text))]
    top = Covered(hit, -1.0, 0, len(hit.text))
    for n, (start, _) in enumerate(spans):
        for end in (e for _, e in spans[n:]):
            if end - start > _WINDOW and end != spans[n][1]:
                break
            text = _plain(hit.text[start:end], owner)
            covered = share(asked, headings, text)
            if covered > top.share + 1e-9:
                near = _OWN * share(replace(asked, light=(False,) * len(asked.light)), "", text) + _TOGETHER * _run(
                    asked, f"{text}\n{headings}"
                )
                top = Covered(hit, covered, start, end, near)
    return top


def share(asked: Wanted, headings: str, text: str) -> float:
    """How much of the question stands in a text or its headings."""
    content, around = asked.text, f"{text}\n{headings}"
    covered = [False] * len(content)
    for n in range(len(content) - 1):
        if asked.weights[n] and asked.weights[n + 1] and content[n : n + 2] in around:
            covered[n] = covered[n + 1] = True
    for start, end, printed in asked.sayings:
        if any(p in around for p in printed):
            covered[start:end] = [True] * (end - start)
    half = [not c and w > 0 and content[n] in text for n, (c, w) in enumerate(zip(covered, asked.weights, strict=True))]
    have = sum(w for w, c in zip(asked.weights, covered, strict=True) if c)
    have += sum(w / 2 for n, w in enumerate(asked.weights) if half[n] and any(covered[max(n - 1, 0) : n + 2]))
    lack = sum(w for w, c, x in zip(asked.weights, covered, asked.light, strict=True) if not c and not x)
    return have / (have + lack) if have else 0.0


def _run(asked: Wanted, text: str) -> float:
    """How much of what is asked about is the longest piece of it that stands in a text as it is."""
    content = "".join(c if w and not x else " " for c, w, x in zip(asked.text, asked.weights, asked.light, strict=True))
    pieces = content.split()
    found = (
        n
        for n in range(max(map(len, pieces), default=0), 0, -1)
        if any(p[i : i + n] in text for p in pieces for i in range(len(p) - n + 1))
    )
    return next(found, 0) / max(len("".join(pieces)), 1)


def headed(asked: Wanted, hit: Hit) -> float:
    """How much of the question the innermost heading of a passage covers by itself."""
    return share(asked, "", _plain(hit.section.rpartition("/")[2], asked.owners.get(hit.document, "")))


def told_until(text: str, end: int, sentences: int) -> int:
    """Where so many sentences behind a stretch of a text end."""
    behind = [m.end() for m in _SENTENCE.finditer(text) if m.start() >= end]
    return behind[:sentences][-1] if behind and sentences else end
