"""Headings in reading order, their spans lost, back to heading rows over so many columns."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from kg import knowledge, terms

_YEAR = re.compile(r"(?:19|20)\d\d年度?|本年度?|上年度?")
_TRIES = 100_000
_LOOSE = 4_000
_NAMED = re.compile(r"(?:单位|部门|名称|负责人|联系人|电话|类型|类别|性质|属性|编码|代码|时间|年限|期限|年度|周期)$")
_MANY = 400

_PHASE = re.compile(r"(?:预算|决算|执行|金额)数?$")  # of 收入 it stands alone, of 支出 it is divided
#: Headings that never stand first under another.
_NEVER_FIRST = re.compile(
    r"行次|[决预]算数|执行数|其[他中]|项目支出|公用|政府性|国有|款$|项$|科目名称|公务接待|运行|购置费|公务用车|因公|[%％]|财政拨款$"
)

_TOTAL = re.compile(r"[合总小]计$")

#: Rows of indices into the headings; None where a heading from the left or above covers the column.
Spread = tuple[tuple[int | None, ...], ...]
#: The column of a total and those of its parts.
Sum = tuple[int, tuple[int, ...]]


def spreads(headings: Sequence[str], width: int, *, loose: bool = False) -> list[Spread]:
    """The ways in which the headings can stand over `width` columns, each under a heading that forms are known to put over it.

    `loose`: a heading of amounts may also stand over a total and other amounts that no form puts under it; the sums must then prove it.

    >>> spreads(["项目", "决算数"], 2)
    [((0, 1),)]
    >>> spreads(["收入", "支出", "项目", "金额", "项目", "金额"], 4)
    [((0, None, 1, None), (2, 3, 4, 5))]
    >>> spreads(["项目", "金额", "备注"], 2)
    []
    """
    if len(headings) <= width:
        return [(tuple(range(width)),)] if len(headings) == width else []
    most = _LOOSE if loose else _TRIES
    tries = list(itertools.islice(_ways(tuple(headings), tuple(range(len(headings))), width, loose), most))
    return [] if loose and len(tries) == most else list(itertools.islice(dict.fromkeys(way for way in tries if way), _MANY))


def _ways(headings: tuple[str, ...], places: tuple[int, ...], width: int, loose: bool) -> Iterator[Spread | None]:
    """All ways to lay the headings at `places`, in order, over so many columns; None for each that was tried in vain."""
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
                if not all(_over(headings[p]) or (loose and _divides(headings[p])) for p in parents):
                    yield None
                    continue
                for below in _ways(headings, lower, columns, loose):
                    if below is None:
                        yield None
                    else:
                        yield from _joined(headings, upper, parents, below, loose)


def _joined(
    headings: tuple[str, ...], upper: tuple[int, ...], parents: tuple[int, ...], below: Spread, loose: bool
) -> Iterator[Spread | None]:
    first, columns = below[0], len(below[0])
    cuts = [c for c in range(1, columns) if first[c] is not None]
    for chosen in itertools.combinations(cuts, len(parents) - 1):
        edges = [0, *chosen, columns]
        spans = dict(zip(parents, itertools.pairwise(edges), strict=True))
        groups = {p: [headings[q] for q in first[a:b] if q is not None] for p, (a, b) in spans.items()}
        if not all(len(group) > 1 and _fits(headings[p], group, loose) for p, group in groups.items()) or not _even(headings, upper, spans):
            yield None
            continue
        rows: list[list[int | None]] = [[] for _ in range(len(below) + 1)]
        for place in upper:
            start, end = spans.get(place, (0, 1))
            rows[0] += [place, *[None] * (end - start - 1)]
            for row, under in zip(rows[1:], below, strict=True):
                row += under[start:end] if place in spans else [None]
        yield tuple(tuple(row) for row in rows)


def kinds(headings: Sequence[str], rows: Spread) -> list[str]:
    """What each column holds by its lowest heading: label, code, ordinal, figure, or any where that is not said."""
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
    if role == "ordinal":
        return "ordinal"
    if role in ("weight", "score", "rate"):
        return "figure"
    if _YEAR.fullmatch(bare):
        return "figure"
    known = any(_terms().find(t, ("ph", "sp", "fund", "ind", "fl", "me")) for t in (bare, _YEAR.sub("", bare)))
    return "figure" if role is None and (known or re.search(r"[数额费率%％]$|合计|[支收]入?出?$|[预决]算$|小计", bare)) else "any"


@lru_cache(maxsize=1)
def _terms() -> terms.Terms:
    return terms.Terms(knowledge.load())


def sums(headings: Sequence[str], rows: Spread) -> list[Sum]:
    """The columns that should add up: a total, and what stands beside it under the same heading (合计 of 基本支出 and 项目支出).

    Of a part that is divided further, the column that is its own total counts. Headings that say 其中, and those that are no amounts,
    are no parts.

    >>> words = ["科目名称", "合计", "本年收入", "上年结转", "小计", "财政拨款", "事业收入"]
    >>> sums(words, ((0, 1, 2, None, None, 3), (None, None, 4, 5, 6, None)))
    [(1, (2, 5)), (2, (3, 4))]
    """
    found: list[Sum] = []
    _totals(headings, rows, 0, 0, len(rows[0]), found)
    return sorted(found)


def _totals(
    headings: Sequence[str], rows: Spread, depth: int, start: int, end: int, found: list[tuple[int, tuple[int, ...]]]
) -> int | None:
    """Note the sums among the columns from `start` to before `end`; the column that stands for all of them, if there is one."""
    if depth == len(rows):
        return start if end - start == 1 else None
    places = [(c, place) for c in range(start, end) if (place := rows[depth][c]) is not None]
    if not places:
        return start if end - start == 1 else None
    total: int | None = None
    parts: list[int | None] = []
    stands: int | None = None

    def close() -> None:
        if total is not None and len(parts) > 1 and None not in parts:
            found.append((total, tuple(p for p in parts if p is not None)))

    for (c, place), after in zip(places, [*(c for c, _ in places[1:]), end], strict=True):
        text = headings[place]
        inner = _totals(headings, rows, depth + 1, c, after, found)
        if after - c == 1 and _TOTAL.search(text):
            close()
            total, parts = c, []
            stands = c if stands is None and (c, place) == places[0] else stands
        elif total is not None and not (after - c == 1 and _kind(text) != "figure"):
            parts.append(None if "其中" in text else inner)
        elif total is not None:
            close()
            total = None
    close()
    return stands


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


def pairs(texts: Sequence[str]) -> bool:
    """Whether texts are names and values in turns.

    >>> pairs(["项目名称", "某道路改造", "实施单位", "某局"]), pairs(["项目名称", "金额"])
    (True, False)
    """
    first = _terms().find(texts[0], ("head",)) if texts else None
    known = texts and (_NAMED.search(texts[0]) or (first is not None and first.role in ("project", "unit")))
    if not known or len(texts) % 2 or len(texts) > 6 or not all(_NAMED.search(text) for text in texts[2::2]):
        return False
    return not any(is_head(text) or _figured(text) for text in texts[1::2])


def partial(text: str) -> bool:
    """Whether a heading says nothing without the one above it (小计, 其中：财政拨款)."""
    return text.startswith(("小计", "其中"))


def names_rows(text: str) -> bool:
    """Whether a heading is one over the names or codes of rows."""
    return _kind(text) in ("label", "code")


def is_head(text: str) -> bool:
    """Whether forms are known to have a heading or a group of indicators of this name."""
    return _kind(text) != "any" or text.endswith("指标") or _terms().find(text, ("head", "ph", "sp", "fund", "ind", "fl", "me")) is not None


def _figured(text: str) -> bool:
    return re.fullmatch(r"[\d,.，%％\s]+", text) is not None


def divides(parent: str, children: Sequence[str]) -> bool:
    """Whether forms are known that put a heading over these.

    >>> divides("本年支出", ["小计", "基本支出", "项目支出"]), divides("行政运行", ["合计", "项目支出"])
    (True, False)
    """
    return _over(parent) and _fits(parent, children, loose=False)


def _divides(text: str) -> bool:
    """Whether amounts may stand under a heading: it is one of amounts itself and no total."""
    return _kind(text) in ("figure", "any") and not _TOTAL.search(text)


def _fits(parent: str, children: Sequence[str], loose: bool) -> bool:
    if loose and _divides(parent) and _TOTAL.search(children[0]) and len(set(children)) == len(children):
        return all(_kind(child) == "figure" for child in children)
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
