"""Headings in reading order, their spans lost, back to heading rows over so many columns."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from kg import knowledge, terms

_YEAR = re.compile(r"(?:19|20)\d\d年度?|本年度?|上年度?")
_TRIES = 20_000
_MANY = 400

_PHASE = re.compile(r"(?:预算|决算|执行|金额)数?$")  # of 收入 it stands alone, of 支出 it is divided
#: Headings that never stand first under another.
_NEVER_FIRST = re.compile(
    r"行次|[决预]算数|执行数|其[他中]|项目支出|公用|政府性|国有|款$|项$|科目名称|公务接待|运行|购置费|公务用车|因公|[%％]|财政拨款$"
)

#: Headings whose figures the total to the left of them holds.
_PARTS = ("基本支出", "项目支出", "人员经费", "公用经费", "公务用车购置费", "公务用车运行维护费", "公务用车运行费")

#: Rows of indices into the headings; None where a heading from the left or above covers the column.
Spread = tuple[tuple[int | None, ...], ...]


def spreads(headings: Sequence[str], width: int) -> list[Spread]:
    """The ways in which the headings can stand over `width` columns, each under a heading that forms are known to put over it.

    >>> spreads(["项目", "决算数"], 2)
    [((0, 1),)]
    >>> spreads(["收入", "支出", "项目", "金额", "项目", "金额"], 4)
    [((0, None, 1, None), (2, 3, 4, 5))]
    >>> spreads(["项目", "金额", "备注"], 2)
    []
    """
    if len(headings) <= width:
        return [(tuple(range(width)),)] if len(headings) == width else []
    tries = itertools.islice(_ways(tuple(headings), tuple(range(len(headings))), width), _TRIES)
    return list(itertools.islice(dict.fromkeys(tries), _MANY))


def _ways(headings: tuple[str, ...], places: tuple[int, ...], width: int) -> Iterator[Spread]:
    """All ways to lay the headings at `places`, in order, over so many columns."""
    if len(places) == width:
        yield (places,)
        return
    for top in range(1, min(width, len(places) - 1) + 1):
        upper, lower = places[:top], places[top:]
        for count in range(1, top + 1):
            columns = width - (top - count)
            if columns < 2 * count or columns > len(lower):
                continue
            for parents in itertools.combinations(upper, count):
                if not all(_over(headings[p]) for p in parents):
                    continue
                for below in _ways(headings, lower, columns):
                    yield from _joined(headings, upper, parents, below, columns)


def _joined(headings: tuple[str, ...], upper: tuple[int, ...], parents: tuple[int, ...], below: Spread, columns: int) -> Iterator[Spread]:
    first = below[0]
    cuts = [c for c in range(1, columns) if first[c] is not None]
    for chosen in itertools.combinations(cuts, len(parents) - 1):
        edges = [0, *chosen, columns]
        spans = dict(zip(parents, itertools.pairwise(edges), strict=True))
        groups = {p: [headings[q] for q in first[a:b] if q is not None] for p, (a, b) in spans.items()}
        if not all(len(group) > 1 and _fits(headings[p], group) for p, group in groups.items()):
            continue
        if not _even(headings, upper, spans):
            continue
        rows: list[list[int | None]] = [[] for _ in range(len(below) + 1)]
        for place in upper:
            start, end = spans.get(place, (0, 1))
            rows[0] += [place, *[None] * (end - start - 1)]
            for row, under in zip(rows[1:], below, strict=True):
                row += under[start:end] if place in spans else [None]
        yield tuple(tuple(row) for row in rows)


def kinds(headings: Sequence[str], rows: Spread) -> list[str]:
    """What each column holds by its lowest heading: label, code, figure, or any where that is not said."""
    lowest = [next(row[c] for row in reversed(rows) if row[c] is not None) for c in range(len(rows[0]))]
    return [_kind(headings[place]) for place in lowest if place is not None]


@lru_cache(maxsize=4096)
def _kind(text: str) -> str:
    bare = re.sub(r"[(（][^()（）]*[)）]$", "", text)
    role = next((c.role for t in (text, bare) if (c := _terms().find(t, ("head",))) is not None), None)
    if role in ("label", "unit", "project", "indicator"):
        return "label"
    if role in ("code", "unit-code"):
        return "code"
    if role in ("ordinal", "weight", "score", "rate"):
        return "figure"
    if _YEAR.fullmatch(bare):
        return "figure"
    known = any(_terms().find(t, ("ph", "sp", "fund", "ind", "fl", "me")) for t in (bare, _YEAR.sub("", bare)))
    return "figure" if role is None and (known or re.search(r"[数额费率%％]$|合计|[支收]入?出?$|[预决]算$|小计", bare)) else "any"


@lru_cache(maxsize=1)
def _terms() -> terms.Terms:
    return terms.Terms(knowledge.load())


def sums(headings: Sequence[str], rows: Spread) -> list[tuple[int, tuple[int, ...]]]:
    """The columns that must add up: 合计 or 小计, and those beside it under one heading, where forms have these as its parts."""
    found = []
    last = rows[-1]
    for c, place in enumerate(last):
        if place is None or headings[place] not in ("合计", "小计"):
            continue
        parts = tuple(itertools.takewhile(lambda d: last[d] is not None and headings[last[d] or 0] in _PARTS, range(c + 1, len(last))))
        if len(parts) > 1:
            found.append((c, parts))
    return found


# --- what stands over what ------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _key(text: str) -> str:
    """A heading without its year and the words that do not matter here.

    >>> _key("2023年预算数"), _key("本年支出"), _key("因公出国（境）费用")
    ('预算', '支出', '因公出国境')
    """
    bare = re.sub(r"[(（](?:亿元|万元|千元|元|%|％)[)）]", "", _YEAR.sub("", text))
    return re.sub(r"(?:数|费用|费)$", "", terms.key(bare)) or terms.key(text)


@lru_cache(maxsize=1)
def _pairs() -> frozenset[tuple[str, str]]:
    """Which heading is known to stand directly over which: the paths of `ontology/`."""
    known = knowledge.load()
    paths = [h for form in known.forms.values() for column in form.columns for h in column.headings]
    paths += [label for concept in known.concepts.values() if concept.role in ("over", "code") for label in (concept.label, *concept.alt)]
    return frozenset((_key(a), _key(b)) for path in paths for a, b in itertools.pairwise(path.split("/")))


@lru_cache(maxsize=1)
def _parents() -> frozenset[str]:
    return frozenset(parent for parent, _ in _pairs())


def _over(text: str) -> bool:
    return _key(text) in _parents()


def _fits(parent: str, children: Sequence[str]) -> bool:
    over = _key(parent)
    known = all((over, _key(child)) in _pairs() for child in children) and len(set(children)) == len(children)
    return known and not _NEVER_FIRST.match(children[0]) and not (over in ("收入", "支出") and children[0] == "金额")


def _even(headings: Sequence[str], upper: Sequence[int], spans: Mapping[int, tuple[int, int]]) -> bool:
    """Whether headings that say the same, and 收入 and 支出, are divided alike."""
    sizes: dict[str, set[int]] = defaultdict(set)
    for place in upper:
        start, end = spans.get(place, (0, 0))
        sizes[headings[place]].add(end - start)
    sides = [min(sizes[side]) for side in ("收入", "支出") if side in sizes]
    alike = {heading: found for heading, found in sizes.items() if not _PHASE.search(heading)}
    return all(len(found) == 1 for found in alike.values()) and (len(sides) < 2 or all(sides) or not any(sides))
