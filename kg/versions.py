"""Two documents that disclose the same thing: the other format, the newer version, or an open question. Only one of them is held.

Documents of one unit, year and kind are compared by what they claim (series and year). Where each claims most of what the other does,
they are the same disclosure; where one claims nothing that the other does not claim with the same figure, it is a part of it. Which one
is the newer must be said by the file's name or title; where figures differ and nothing says it, or most of them differ (two units of one
short name?), both stay, and the report tells.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from kg.knowledge import Knowledge
from kg.library.index import Card
from kg.library.writer import Writer

#: Share of the claims of each that the other must claim too.
_MOST = 0.6
#: Claims without which a document is too small to be called a part of another.
_PART = 10
_CLAIMS = "SELECT ?series ?year ?value { GRAPH $document { ?x f:series ?series ; f:year ?year ; f:value ?value } }"
_DATE = re.compile(r"(?<!\d)(20\d\d)[-.年]?(0?[1-9]|1[0-2])[-.月]?(0?[1-9]|[12]\d|3[01])(?!\d)")

Claims = Mapping[tuple[str, int], frozenset[object]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is decided about two documents: `aside` is no longer held since `instead` says it; '' where both stay. `told` says why."""

    document: str
    instead: str
    aside: str
    told: str


def settle(writer: Writer, read: Iterable[str], known: Knowledge) -> list[Verdict]:
    """Compare the documents just read with those of the same unit, year and kind, and set aside what another one says."""
    fresh = set(read)
    groups: dict[tuple[str, int, str], list[Card]] = defaultdict(list)
    for card in writer.cards():
        if not card.instead:
            groups[card.unit, card.year, card.kind].append(card)
    words = re.compile("|".join(p for _, role in known.of_class("f:Role") if role.get("f:kind") == ("newer",) for p in role["f:pattern"]))
    verdicts = []
    for cards in groups.values():
        if len(cards) > 1 and any(card.id in fresh for card in cards):
            verdicts += _group(writer, cards, words)
    return verdicts


def _group(writer: Writer, cards: list[Card], words: re.Pattern[str]) -> list[Verdict]:
    claims = {card.id: claimed(writer, card.id) for card in cards}
    aside: set[str] = set()
    verdicts = []
    for one, other in combinations(cards, 2):
        if aside & {one.id, other.id}:
            continue
        verdict = judge(one, other, claims, words)
        if verdict:
            verdicts.append(verdict)
            if verdict.aside:
                aside.add(verdict.aside)
                writer.set_aside(verdict.aside, verdict.instead)
    return verdicts


def claimed(writer: Writer, document: str) -> Claims:
    """What a document claims: for each series and year the figures."""
    found: dict[tuple[str, int], set[object]] = defaultdict(set)
    for row in writer.query(_CLAIMS, bindings={"document": f"doc:{document}"}):
        found[str(row["series"]), int(str(row["year"]))].add(row["value"])
    return {key: frozenset(values) for key, values in found.items()}


def judge(one: Card, other: Card, claims: Mapping[str, Claims], words: re.Pattern[str]) -> Verdict | None:
    """What becomes of two documents of one unit, year and kind; None where they disclose different things."""
    first, second = claims[one.id], claims[other.id]
    shared = first.keys() & second.keys()
    if not shared:
        return None
    differing = sum(not first[key] & second[key] for key in shared)
    same = len(shared) >= _MOST * max(len(first), len(second))
    if same and differing * 2 <= len(shared) and (newer := _newer(one, other, words)):
        older = other if newer is one else one
        return Verdict(older.id, newer.id, older.id, f"已由较新的《{newer.file}》替换，{len(shared)} 项相同事项中 {differing} 项数字不同")
    less, more = sorted((one, other), key=lambda card: (len(claims[card.id]), card.id))
    extra = len(claims[less.id].keys() - shared)
    if not differing and (same or (not extra and len(shared) >= _PART)):
        lost = f"；另有 {extra} 项只在这份里" if extra else ""
        return Verdict(less.id, more.id, less.id, f"与《{more.file}》公开同一内容，{len(shared)} 项数字都相同，回答以后者为准{lost}")
    if same:
        told = (
            f"与《{less.file}》是同一单位、年度、种类的文件，{differing} 项数字不同，看不出哪份是哪份的新版，两份都保留。"
            "旧的请移走后加 --prune 重建，或在新的文件名里写明“更新”"
        )
        return Verdict(more.id, less.id, "", told)
    return None


def _newer(one: Card, other: Card, words: re.Pattern[str]) -> Card | None:
    """The one whose name or title says that it is newer: by a word such as 更正, or by a later date; None where nothing says it."""
    said = [bool(words.search(f"{card.file} {card.title}")) for card in (one, other)]
    if said[0] != said[1]:
        return one if said[0] else other
    dates = [max((tuple(map(int, date)) for date in _DATE.findall(card.file)), default=()) for card in (one, other)]
    if dates[0] and dates[1] and dates[0] != dates[1]:
        return one if dates[0] > dates[1] else other
    return None
