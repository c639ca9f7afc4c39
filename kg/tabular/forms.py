"""Which known form a table is, told from title, number and headings; or why none."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, lru_cache

from kg import terms
from kg.knowledge import Column, Concept, Form, Knowledge
from kg.model import Table
from kg.tabular import grid as grids

_PHASED = re.compile(r"(.{2,}?)((?:年初|全年|调整)?(?:预算|决算))(?:数|总额|安排数?|金额|合计)?")
_DATED = re.compile(r"^(?:19|20)\d\d年度?(?=.)")
_BRACKETS = re.compile(r"[(（][^()（）]{1,12}[)）]$")
_WHEN = re.compile(r"^(?:(?:19|20)\d\d[-—]?|本年度?|上年度?|上一年度?|去年|当年)(?=.)")
_JOINED = re.compile("[及和与、]")
_NUMBER = re.compile(r"公开\s*0?(\d{1,2})\s*表")


def position(path: tuple[str, ...], columns: tuple[Column, ...]) -> int | None:
    """Which column of a form a heading path is: the one whose heading matches the longest end of the path."""
    keys = [plain(_DATED.sub("", text)) for text in path]
    best: tuple[tuple[int, bool], int] | None = None
    for n, column in enumerate(columns):
        for heading in column.headings:
            parts = _parts(heading)
            if _ends(keys, parts) and (best is None or (len(parts), keys[-len(parts) :] == parts) > best[0]):
                best = (len(parts), keys[-len(parts) :] == parts), n
    return best[1] if best else None


@lru_cache(maxsize=4096)
def _parts(heading: str) -> list[str]:
    return [plain(part) for part in heading.split("/")]


def plain(text: str) -> str:
    """A key in which 财政拨款 is 拨款: 一般公共预算拨款支出决算表 is 一般公共预算财政拨款支出决算表.

    >>> plain("一般公共预算财政拨款 支出"), plain("部门预算财政拨款收支总表")
    ('一般公共预算拨款支出', '部门预算财政拨款收支总表')
    """
    return re.sub(r"(?<!部门)(?<!单位)预算财政拨款", "预算拨款", terms.key(text))


def _ends(keys: list[str], parts: list[str]) -> bool:
    """Whether a path ends in the parts; the first part may stand further up (收入/项目/决算数 is 收入/决算数)."""
    if keys[-len(parts) :] == parts:
        return True
    return len(parts) > 1 and keys[1 - len(parts) :] == parts[1:] and parts[0] in keys[: 1 - len(parts)]


#: What may stand before a title in a caption without making it another: year, 部门, 单位, the level, a number.
_OWNER = re.compile(
    r"(?:(?:19|20)\d\d年度?|预算|部门|单位|[省市区县]?本级|[省市区县]级|附件?\d*|(?:附|公开|预算|决算)*表?[一二三四五六七八九十\d]+(?:-\d+)?表?|表|公开|\d)*"
)


def within(title: str, key: str, unit: str = "") -> bool:
    """Whether the key of a caption is a title, but for the year, the unit and words like 部门 before it, and anything behind it.

    The parts of a title around … stand in the caption in order. A longer title that merely ends like this one is another:
    支出决算表 is not 国有资本经营预算财政拨款支出决算表.
    """
    parts = title.split("…")
    at = key.find(parts[0])
    if at < 0 or not _OWNER.fullmatch(key[:at].replace(unit, "") if unit else key[:at]):
        return False
    for part in parts:
        at = key.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True


class Headings:
    """What headings mean: dimensions, or a role such as code or label."""

    #: Schemes in which a heading is looked up, most specific first.
    SCHEMES = ("ph", "sp", "fund", "ind", "fl", "econ", "govecon", "me", "func")

    def __init__(self, knowledge: Knowledge) -> None:
        self.terms = terms.Terms(knowledge)

    @cached_property
    def _functions(self) -> dict[str, list[Concept]]:
        found: dict[str, list[Concept]] = {}
        for concept in self.terms.knowledge.by_scheme.get("func", ()):
            for name in dict.fromkeys(terms.key(name) for name in (concept.label, *concept.alt)):
                found.setdefault(name, []).append(concept)
        return found

    def namesakes(self, label: str) -> list[Concept]:
        """The 功能分类科目 that have a printed name in common: 行政运行 stands under many 款."""
        return self._functions.get(terms.key(terms.strip_numbering(label)), [])

    def role(self, text: str) -> str | None:
        """code, label, ordinal, rank …, or None where the heading is a dimension or unknown."""
        found = self.heading(text)
        return found.role if found is not None else None

    def heading(self, text: str) -> Concept | None:
        """The heading of `g:headings` that a text is, with or without what it says in brackets: 全年执行数（B）."""
        return next((c for t in (text, _BRACKETS.sub("", text)) if (c := self.terms.find(t, ("head",))) is not None), None)

    def concept(self, text: str, first: tuple[str, ...] = ()) -> Concept | None:
        """The concept a heading names; schemes in `first` are asked before the others."""
        return next((c for bare in _spellings(text) if (c := self.terms.find(bare, (*first, *self.SCHEMES))) is not None), None)

    def concepts(self, text: str, first: tuple[str, ...] = ()) -> tuple[Concept, ...]:
        """The concepts a heading names: itself, or what it is about and the phase behind it (机关运行经费预算数, 本年支出（决算）)."""
        behind = _BRACKETS.search(text)
        aside = self.terms.find(behind[0], ("ph",)) if behind else None
        whole = self.concept(text, first)
        if whole is not None:
            return (aside, whole) if aside is not None and whole.prefix != "ph" else (whole,)
        compound = _PHASED.fullmatch(text)
        subject, phase = (self.concept(compound[1], first), self.terms.find(compound[2], ("ph",))) if compound else (None, None)
        if subject is not None and phase is not None:
            return (phase, subject)
        both = self._joined(text)
        return (both,) if both is not None else ()

    def _joined(self, text: str) -> Concept | None:
        """The source of funds that two of them are part of: 事业收入及其他收入预算 is 单位资金; None where that is all money."""
        parts = _JOINED.split(re.sub(r"(?<=收入|资金|拨款)(?:预算|决算)?数?$", "", text))
        if len(parts) < 2:
            return None
        funds = [self.terms.find("其他收入" if part in ("其他", "其它") else part, ("fund",)) for part in parts]
        above = [self._above(fund) for fund in funds if fund is not None]
        shared = [name for name in above[0] if all(name in other for other in above)] if len(above) == len(parts) else []
        return self.terms.knowledge.concepts[shared[0]] if shared and shared[0] != "fund:全部" else None

    def _above(self, fund: Concept) -> list[str]:
        """A source of funds and all that it is part of, the nearest first."""
        broader = self.terms.knowledge.concepts.get(fund.broader or "")
        return [fund.curie, *(self._above(broader) if broader is not None else ())]


def _spellings(text: str) -> Iterator[str]:
    """A heading as printed, then without its measure, without its year, without what it says in brackets, without a percent sign."""
    bare = re.sub(r"[(（](?:亿元|万元|千元|元)[)）]|^(?:19|20)\d\d年(?:度)?", "", text)
    yield bare
    timeless = _WHEN.sub("", bare)
    yield timeless
    yield re.sub(r"(?<=.{4})(?:小计|合计)$", "", timeless)  # 公务用车购置及运行费小计
    for rest in (bare, timeless, re.sub(r"^.*(?:安排|发生|列支)的", "", timeless)):
        yield _BRACKETS.sub("", rest)
        yield re.sub(r"[%％]$", "", _BRACKETS.sub("", rest))


def _joined(captions: Sequence[str]) -> list[str]:
    """A title that was broken over two lines: …基本支出部门预算经济 | 分类预算表."""
    return [a + b for a, b in itertools.pairwise(captions) if len(a) > len(b) and b.endswith("表") and not re.search(r"[表）)：:。]$", a)]


class Forms:
    """The forms of `ontology/`, ready to be matched."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge

    @cached_property
    def _titles(self) -> list[tuple[str, Form]]:
        # "…" in a title stands for anything and is kept apart from the key, which drops punctuation
        pairs = [
            ("…".join(plain(part) for part in title.split("…")), form) for form in self.knowledge.forms.values() for title in form.titles
        ]
        return sorted(pairs, key=lambda pair: -len(pair[0]))

    def match(self, table: Table, parse: Callable[[Table], grids.Grid], unit: str = "", phase: str = "") -> tuple[Form | None, str]:
        """The form of a table and why. Title, printed number and headings are weighed; headings alone never tell a form,
        because forms that differ only in their fund are headed alike. `unit` may stand before a title. `phase` is the document's: the
        number and headings of a form of 决算 count for nothing in a table of a budget that nowhere says 决算."""
        captions = [*table.captions[-6:], *(c.text for row in table.rows[:3] for c in row if len(c.text) < 40)]
        keys = [plain(terms.strip_numbering(caption)) for caption in (*captions, *_joined(table.captions[-6:]))]
        number = next((f"公开{int(m[1]):02d}表" for caption in reversed(captions) if (m := _NUMBER.search(caption))), None)
        paths = parse(table).paths
        scores: dict[str, tuple[float, str]] = {}
        covers = {
            curie: len({position(path, form.columns) for path in paths} - {None}) / max(1, len(form.columns))
            for curie, form in self.knowledge.forms.items()
        }
        budget = phase == "预算" and not any("决算" in text for text in (*captions, *(text for path in paths for text in path)))
        for title, form in self._titles:
            if budget and form.sets.get("phase") == "决算":
                continue
            exact = any(title == k for k in keys)
            named = 3.0 if exact else 2.0 if any(within(title, k, terms.key(unit)) for k in keys) else 0.0
            numbered = 2.0 if number and form.number == number else 0.0
            covered = covers[form.curie]
            score = named + len(title) * 0.02 * bool(named) + numbered + 3 * covered
            why = "、".join(word for word, given in (("标题", named), ("表号", numbered), ("表头", covered >= 0.5)) if given)
            if (named or (numbered and covered >= 0.5)) and score > scores.get(form.curie, (0.0, ""))[0]:
                scores[form.curie] = (score, why)
        if not scores:
            return None, "标题和表号都不像已知的表"
        best = max(scores, key=lambda curie: scores[curie][0])
        return self.knowledge.forms[best], scores[best][1]
