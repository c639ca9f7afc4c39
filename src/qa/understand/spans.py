"""The stretches of a question that may mean something: labels, units, years, codes, tables, words of asking."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Protocol

from qa.model import Concept, Unit
from qa.text import Text
from qa.understand import bounds, units, words, years
from qa.understand.lattice import Span

ROLE = {
    "ind": "item",
    "func": "item",
    "econ": "item",
    "govecon": "item",
    "item": "item",
    "prj": "project",
    "ph": "phase",
    "me": "metric",
    "fl": "dim",
    "fund": "dim",
    "sp": "dim",
    "kind": "kind",
    "form": "form",
}
_ORDER = ("project", "item", "phase", "metric", "dim", "form", "kind", "learned")
_LONGEST = 28
_CODE = re.compile(r"(?<![\d.])\d{3}(?:\d\d){0,2}(?![\d.%])")
_AMOUNT = re.compile(r"(?<![\d.])\d+(?:\.\d+)?(?:亿元|万元|千元|元|亿|万|%)|(?<![\d.])\d+\.\d+(?![\d.])|(?<=是)0(?!\d)")
_FORM = re.compile(r"公开0?(\d{1,2})表|(?<!\d)0(\d)表|附?表(\d{1,2})(?!\d)")


class Lexicon(Protocol):
    """What understanding needs to know of a library."""

    def sounding(self, said: str) -> Sequence[Concept]:
        """The terms that sound like these words with one character wrong."""

    def names(self, unit: str) -> Mapping[str, Sequence[Concept]]:
        """The printed names of items and projects of a unit, by normalised name."""

    @property
    def cards(self) -> tuple[tuple[str, int, str], ...]:
        """Unit name, year and kind of every document."""

    def units(self) -> Sequence[Unit]:
        """All units."""

    def below(self, names: Iterable[str]) -> Mapping[str, Unit]:
        """Units that only the documents of others tell of, by full name."""

    def find(self, keys: Iterable[str]) -> Mapping[str, Sequence[Concept]]:
        """The concepts, projects and learned items by normalised key."""

    def concepts(self, curies: Iterable[str]) -> Mapping[str, Concept]:
        """Concepts by CURIE."""


@dataclass
class Reading:
    """What is collected while one question is read."""

    text: Text
    lexicon: Lexicon
    spans: list[Span] = field(default_factory=list)
    units: list[units.Found] = field(default_factory=list)


def every(reading: Reading) -> list[Span]:
    """All stretches of a question, also overlapping ones."""
    text = reading.text
    return [
        *_year_spans(text),
        *_unit_spans(reading),
        *_term_spans(reading),
        *_code_spans(reading),
        *_place_spans(text),
        *_word_spans(text),
    ]


def _year_spans(text: Text) -> list[Span]:
    found = [
        Span(y.start, y.end, "year", value=",".join(map(str, y.years)) if y.years else ",".join(f"{n:+d}" for n in y.shifts))
        for y in years.find(text.squeezed, text.hard | text.listed)
    ]
    # 2023年|末结转和结余: the last character may begin the item
    return found + [replace(s, end=s.end - 1) for s in found if text.squeezed[s.end - 1] in "末初底" and s.end - s.start > 2]


def _unit_spans(reading: Reading) -> list[Span]:
    return [Span(f.start, f.end, "unit", value="|".join(u.curie for u in f.units)) for f in reading.units]


def _term_spans(reading: Reading) -> list[Span]:
    """Every stretch that is a label, also with 的 and 了 left out, or with words that documents use instead."""
    text = reading.text
    stretches: dict[str, set[tuple[int, int]]] = {}
    for said, start, end in _reworded(text):
        stretches.setdefault(said, set()).add((start, end))
    plain = (text.squeezed, tuple(range(len(text.squeezed))))
    for squeezed, places in (plain, text.without_particles(), text.without_asking()):
        for i in range(len(squeezed)):
            for j in range(i + 2, min(i + _LONGEST, len(squeezed)) + 1):
                start, end = places[i], places[j - 1] + 1
                if text.crosses(start, end):
                    break
                if end - start > j - i and (places[j - 1] - places[j - 2] > 1 or places[i + 1] - places[i] > 1):
                    continue  # a particle that leaves one character alone: …管理的项|目支出
                if squeezed[i:j].isdecimal():
                    continue
                stretches.setdefault(squeezed[i:j], set()).add((start, end))
    found = reading.lexicon.find(stretches)
    return [
        span
        for name, concepts in found.items()
        for start, end in stretches[name]
        for span in as_spans(start, end, concepts)
        if not (name in words.known() and span.role in ("item", "project") and name not in words.TOTALS)
        and not (name == "全部" and span.role == "dim")  # all of it, of whatever fund
        and not (span.role == "phase" and text.lists(start, end))
    ]


def _reworded(text: Text) -> list[tuple[str, int, int]]:
    """Every stretch in which a word is written as documents write it (公车运维 → 公务用车运行维护), and where it stands."""
    pieces: list[tuple[str, int, int]] = []  # a character, or the word put for several; from, to
    changed, n = False, 0
    while n < len(text.squeezed):
        said, written = next(((s, w) for s, w in words.synonyms() if text.squeezed.startswith(s, n)), ("", ""))
        there = max(0, n - len(written) + len(said))
        known = bool(said) and not text.crosses(n, n + len(said)) and not any(text.squeezed.startswith(written, i) for i in (n, there))
        said, written = (said, written) if known else (text.squeezed[n], text.squeezed[n])
        changed = changed or known
        pieces.append((written, n, n + len(said)))
        n += len(said)
    found = []
    for i in range(len(pieces) if changed else 0):
        joined, real = "", False
        for written, start, end in pieces[i : i + _LONGEST]:
            joined += written
            real = real or written != text.squeezed[start:end]
            if text.crosses(pieces[i][1], end) or len(joined) > _LONGEST:
                break
            if real:
                found.append((joined, pieces[i][1], end))
    return found


def as_spans(start: int, end: int, concepts: Sequence[Concept], note: str = "") -> list[Span]:
    """One span for the best role that the concepts of a label have; a project keeps the items of the same name.

    A name that only a document knows (年初预算 as the name of an indicator) yields to the terms of the field.
    """
    roles: dict[str, list[Concept]] = {}
    for concept in concepts:
        role = ROLE.get(concept.prefix)
        if role:
            roles.setdefault("learned" if concept.prefix == "item" else role, []).append(concept)
    for role in _ORDER:
        if role in roles:
            same = roles[role] + (
                roles.get("item", []) + roles.get("learned", [])
                if role == "project"
                else roles.get("learned", [])
                if role == "item"
                else []
            )
            return [Span(start, end, "item" if role == "learned" else role, tuple(same), note=note)]
    return []


def _code_spans(reading: Reading) -> list[Span]:
    squeezed = reading.text.squeezed
    places = [m.span() for m in _CODE.finditer(squeezed)]
    found = reading.lexicon.find({squeezed[i:j] for i, j in places})
    return [
        replace(span, role="item") for i, j in places for span in as_spans(i, j, [c for c in found.get(squeezed[i:j], ()) if c.notation])
    ]


def _place_spans(text: Text) -> list[Span]:
    numbered = [Span(m.start(), m.end(), "form", value=f"公开{int(m[1] or m[2] or m[3]):02d}表") for m in _FORM.finditer(text.squeezed)]
    clauses = pairwise(sorted({0, len(text.squeezed)} | text.hard | text.listed))
    named = [(start + i, start + j) for start, end in clauses for i, j in words.places(text.squeezed[start:end])]
    return numbered + [Span(i, j, "form", value=text.squeezed[i:j]) for i, j in named]


def _word_spans(text: Text) -> list[Span]:
    squeezed = text.squeezed
    axes = [Span(i, j, "axis", value=axis) for i, j, axis in words.axes(squeezed)]
    asked = [
        Span(i, j, "op", value=op)
        for i, j, op in words.operations(squeezed)
        if j - i <= 9 and not text.crosses(i, j) and not text.lists(i, j)
    ]
    amounts = [Span(m.start(), m.end(), "amount", value=m[0]) for m in _AMOUNT.finditer(squeezed)]
    limits = [Span(i, j, "bound", value=squeezed[i:j]) for i, j in bounds.spans(squeezed)]
    ordinary = [Span(i, j, "common") for i, j in words.common(squeezed) if not text.crosses(i, j) and not text.lists(i, j)]
    return axes + asked + amounts + limits + ordinary + [Span(i, j, "filler") for i, j in words.fillers(squeezed)]
