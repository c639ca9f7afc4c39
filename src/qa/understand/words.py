"""The words of asking, apart from the terms of the field: what to do with the figures, and what means nothing by itself.

They stand in `data/`: `fillers.txt`, `light.txt` (how one talks), `operations.txt` and `synonyms.txt`; for questions that passages
answer `asking.txt` and `texts.txt`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

_DATA = Path(__file__).parent / "data"
#: labels of totals, which are words of asking too
TOTALS = frozenset({"合计", "小计", "总计"})
#: nouns of counting that complete an item: 出国 … 几个团组、几人次
COUNT_NOUNS = {
    **dict.fromkeys(
        ("批次", "多少批次", "几批次", "多少批次客人", "几批客人", "几批", "多少批", "几拨", "多少拨", "几拨人", "几拨客人", "几茬人"),
        ("批次",),
    ),
    **dict.fromkeys(("人次", "客人"), ("人次",)),
    **dict.fromkeys(("多少人", "几个人", "几人"), ("人次", "人数")),
    **dict.fromkeys(("多少辆", "几辆", "几部", "多少部", "几台", "多少台"), ("保有量", "数量")),
    "团组": ("团组数", "团组", "批次"),
    **dict.fromkeys(("几个团", "多少个团", "几个出国团", "几个团组", "多少个团组"), ("团组数", "团组", "批次")),
    "人数": ("人数", "人次"),
    **dict.fromkeys(("购置数量", "购置数", "要不要买", "买不买", "打算买几辆", "买了几辆", "买了多少辆"), ("购置数",)),
}
_COUNTED = re.compile(r"(?:[一二两三四五六七八九十几]|(?<!\d)\d{1,2})(?:个|项|家|类|块|方面|大类|名|位|笔|份|条|张|大项)")
_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}


def lines(name: str) -> Iterator[str]:
    """The lines of a file of `data/`, remarks left out."""
    for line in (_DATA / name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line


@lru_cache(maxsize=1)
def known() -> frozenset[str]:
    """The words of asking that are no names, although a document may print them as one."""
    return frozenset(word for line in lines("fillers.txt") for word in line.split()) | TOTALS | {"共计", "总额"}


@lru_cache(maxsize=1)
def alike() -> dict[str, frozenset[str]]:
    """The measures of things that are counted (人, 辆, 件), each with those that people use for it."""
    groups = [frozenset(said.split()) for kind, _, said in _counted() if kind == "alike"]
    return {noun: group for group in groups for noun in group}


@lru_cache(maxsize=4)
def counting(*, things: bool = False, loose: bool = False) -> re.Pattern[str]:
    """How one asks for a number of things: 多少件, 几人; group 1 is what is counted.

    With `things` also of such as need no measure (多少社区), with `loose` by measures that may mean the parts of something (分几项).

    >>> counting().findall("抓拍多少条，多少支出，几万人次")
    ['条', '人次']
    """
    said = {kind: [w for k, _, line in _counted() if k == kind for w in line.split()] for kind in ("thing", "not", "loose")}
    nouns = [n for n in alike() if loose or n not in said["loose"]] + (said["thing"] if things else [])
    return re.compile(f"(?:多少|几)(?:万|千|百)?个?(?:内设)?(?!{'|'.join(said['not'])})({'|'.join(sorted(nouns, key=len, reverse=True))})")


def _counted() -> Iterator[tuple[str, str, str]]:
    return (line.partition("\t") for line in lines("counted.txt"))


@lru_cache(maxsize=4)
def patterns(name: str) -> dict[str, re.Pattern[str]]:
    """The patterns of a file of `data/` by their names: lines of a name, a tab and a regular expression; those of one name are one."""
    joined: dict[str, list[str]] = {}
    for line in lines(name):
        kind, _, pattern = line.partition("\t")
        joined.setdefault(kind, []).append(pattern)
    return {kind: re.compile("|".join(found)) for kind, found in joined.items()}


@lru_cache(maxsize=1)
def kinds() -> dict[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    """The kinds of text that may be asked for (why, when, use …): how one asks, and what a passage says that answers."""
    rows = [line.split("\t") for line in lines("texts.txt")]
    return {name: (re.compile(asked), re.compile(said)) for name, asked, said in rows}


def _found(text: str, kind: str) -> Iterator[tuple[int, int, str]]:
    """Where in the squeezed question the patterns of a kind stand; `kind` is the prefix of their names, '' for plain operations."""
    for name, pattern in patterns("operations.txt").items():
        prefix, colon, rest = name.partition(":")
        if (prefix == kind) if kind else not (colon or name in ("place", "filler")):
            yield from ((m.start(), m.end(), rest or name) for m in pattern.finditer(text) if m.end() > m.start())


def operations(text: str) -> list[tuple[int, int, str]]:
    """Where which operation is asked for."""
    return list(_found(text, ""))


def axes(text: str) -> list[tuple[int, int, str]]:
    """Where it is said what the answer runs over: func:类, econ:款, project …"""
    return list(_found(text, "axis"))


def places(text: str) -> list[tuple[int, int]]:
    """Where the question confines itself to a table or a part of the documents."""
    return [(start, end) for start, end, _ in _found(text, "place")]


@lru_cache(maxsize=1)
def _meaningless() -> tuple[frozenset[str], int]:
    """The words of asking and those of how one talks, and the length of the longest."""
    words = known() | {word for line in lines("light.txt") for word in line.split()}
    return words, max(map(len, words))


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    return frozenset(word for line in lines("common.txt") for word in line.split())


def common(text: str) -> list[tuple[int, int]]:
    """Where words of the language stand of which a part alone would be a word of asking: 晚会, 中标."""
    return [(i, i + 2) for i in range(len(text) - 1) if text[i : i + 2] in _common()]


def fillers(text: str) -> list[tuple[int, int]]:
    """All stretches that mean nothing by themselves, also overlapping ones."""
    words, longest = _meaningless()
    plain = [(i, j) for i in range(len(text)) for j in range(i + 1, min(i + longest, len(text)) + 1) if text[i:j] in words]
    return plain + [m.span() for m in _COUNTED.finditer(text)] + [(start, end) for start, end, _ in _found(text, "filler")]


@lru_cache(maxsize=1)
def synonyms() -> tuple[tuple[str, str], ...]:
    """What people say and what documents write for it, the longest first."""
    pairs = (line.split("\t") for line in lines("synonyms.txt"))
    return tuple(sorted(((said, written) for said, written in pairs), key=lambda pair: -len(pair[0])))


@lru_cache(maxsize=512)
def reworded(text: str) -> str:
    """A text as documents would write it.

    >>> reworded("公车运维"), reworded("会议费")
    ('公务用车运行维护', '会议费')
    """
    for said, written in synonyms():
        if written not in text:
            text = text.replace(said, written)
    return text


def top(text: str) -> int:
    """How many the question wants of a ranking: 前三 is 3; 0 where it does not say.

    >>> top("前三项"), top("最大的5个科目"), top("最花钱的三项"), top("头两样"), top("TOP5"), top("哪三类最大"), top("谁最大")
    (3, 5, 3, 2, 5, 3, 0)
    """
    many = r"([一二两三四五六七八九十]|\d{1,2})(?:大?(?:名|项|个|位|家|类|样|笔|宗|档|块|强|甲)|大|的|$)"
    match = re.search(
        rf"(?:前|头(?!一)|打头的?|最(?:靠?前[面头列]?|花钱|费钱|[大多高小少低贵猛狠快])的?(?:头|前)?){many}|[tT][oO][pP]-?(\d{{1,2}})|([三四五])甲(?!医)|哪([二两三四五六七八九十]|[2-9])[个项类家笔块样款名位].*最",
        text,
    )
    return number(next(filter(None, match.groups()))) if match else 0


def number_of(text: str, noun: str) -> int:
    """How many of a kind the question says there are: 四个专项 is 4; 0 where it does not say.

    >>> number_of("披露的四个专项合计", "专项"), number_of("各专项", "专项")
    (4, 0)
    """
    match = re.search(rf"([一二两三四五六七八九十]|\d{{1,2}})个?(?:{noun})", text)
    return number(match[1]) if match else 0


def number(text: str) -> int:
    """A number of one digit or two, or in one character.

    >>> number("12"), number("两")
    (12, 2)
    """
    return _DIGITS.get(text) or int(text)
