"""Turns of speech that name an item in other words than its own: cars bought, both ends of a year."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from kg.terms import key
from qa.model import Concept, Mention
from qa.text import Text
from qa.understand.lattice import Span
from qa.understand.near import roots
from qa.understand.spans import ROLE, Reading, as_spans

_BOTH_ENDS = re.compile("(?P<first>年初|年末|年底)[和与及跟、](?P<second>年末|年底|年初)的?(?:财政拨款)?(?P<what>结转和?结余|结余|结转)")


def both_ends(reading: Reading, mentions: list[Mention]) -> list[Span]:
    """年初和年末结转结余 are two items: what stands behind the second is said of both."""
    found = _BOTH_ENDS.search(reading.text.squeezed)
    if found is None:
        return []
    names = {side: f"{found[side].replace('底', '末')}结转和结余" for side in ("first", "second")}
    known = reading.lexicon.find(names.values())
    concepts = {side: [c for c in known.get(name, ()) if c.prefix == "ind"] for side, name in names.items()}
    first = as_spans(*found.span("first"), concepts["first"])
    return [*first, *as_spans(found.start("second"), found.end(), concepts["second"])] if first else []


_RATE = re.compile("率$|满意度$")


def own_rates(reading: Reading, mentions: list[Mention]) -> list[Mention]:
    """A rate that is asked for behind a thing is that of this thing, where one has its name: 举报多少条，按期结案率呢."""
    items = [m for m in mentions if m.role == "item"]
    wanted = {
        key(c.label + d.label): second
        for first, second in pairwise(items)
        if _RATE.search(second.text) and not _RATE.search(first.text)
        for c in first.concepts
        for d in second.concepts
    }
    found = reading.lexicon.find(wanted) if wanted else {}
    own = {wanted[name].start: tuple(c for c in concepts if ROLE.get(c.prefix) == "item") for name, concepts in found.items()}
    return [
        replace(m, concepts=own[m.start], note=f"{m.text} = {own[m.start][0].label}") if own.get(m.start) and m.role == "item" else m
        for m in mentions
    ]


_BOUGHT = re.compile(
    r"(?:新?(?:买|购|购买|购置|添|添置|采购|更新|更换|换)(?:了|入|过|回)?)(?:几|多少)(?:辆|台|部)(?:新?(?:公务用车|公务车|公车|公务车辆|车辆?))?"
)


def bought(reading: Reading, mentions: list[Mention]) -> list[Span]:
    """买了几辆公务用车 asks for the cars bought, not for those there are."""
    places = [m.span() for m in _BOUGHT.finditer(reading.text.squeezed) if not reading.text.crosses(*m.span())]
    if not places or not (any("车" in m.text for m in mentions) or any("车" in reading.text.squeezed[i:j] for i, j in places)):
        return []
    concepts = [c for c in reading.lexicon.find(["公务用车购置数"]).get("公务用车购置数", ()) if c.prefix == "ind"]
    return [span for i, j in places for span in as_spans(i, j, concepts)]


_RETIRED = re.compile("(?:在职|在编|在岗|编制|实有)(?:人员|职工|人数)?(?:[和与及跟])?(离?退休)(?:人员|职工)?(?=各|分别|几|多少)")


def retired(reading: Reading, mentions: list[Mention]) -> list[Span]:
    """退休 beside 在职, where people are counted, is a number of people: 在职和退休各几个."""
    found = _RETIRED.search(reading.text.squeezed)
    if found is None or re.search("钱|费|元", reading.text.squeezed):
        return []
    concepts = [c for c in reading.lexicon.find(["退休人数"]).get("退休人数", ()) if c.prefix == "ind"]
    return as_spans(*found.span(1), concepts)


def _beside(text: Text, end: int, start: int) -> bool:
    """Whether nothing but 、 or 和 parts what ends here from what starts there."""
    return (start == end and end in text.listed) or (start > end and text.squeezed[end:start] in "和与及跟")


def shared(reading: Reading, mentions: list[Mention]) -> list[Mention]:
    """What two things side by side share is said of one of them only: 公务用车加油和维修, 货物采购和服务采购给中小企业的合同."""
    items = [m for m in mentions if m.role == "item"]
    text = reading.text
    wanted: dict[str, Mention] = {}
    for first, second in pairwise(items):
        if not _beside(text, first.end, second.start):
            continue
        if all(c.prefix == "item" for c in first.concepts):
            for name in {text.squeezed[first.start : first.end], *(key(c.label) for c in first.concepts)}:
                wanted |= {name[:n] + text.squeezed[second.start : second.end]: second for n in range(2, len(name) - 1)}
        for own in (c for c in second.concepts if c.prefix == "ind"):
            called = {root for c in first.concepts if c.prefix == "ind" for root in roots(c.label)}
            wanted |= {root + own.label[n:]: first for n in range(4, len(own.label) - 3) for root in called}
    found = reading.lexicon.find(wanted) if wanted else {}
    meant = {
        wanted[name].start: concepts
        for name, concepts in found.items()
        if len(name) > len(text.squeezed[wanted[name].start : wanted[name].end]) and {c.prefix for c in concepts} <= {"item", "ind"}
    }
    return [
        replace(m, concepts=tuple(meant[m.start]), note=f"{m.text} = {meant[m.start][0].label}")
        if m.start in meant and m.role == "item"
        else m
        for m in mentions
    ]


_SET = "(?:编报?|编制|申报|填报|设定?|设置|制定)(?:了|过)?"
_GOALS = re.compile(
    f"(?:几|多少)个项目(?:都)?{_SET}(?:了)?绩效目标|{_SET}(?:几|多少)个(?:项目的?绩效目标|绩效目标的?项目)"
    f"|{_SET}绩效目标的?项目(?:一共|共|总共)?(?:有)?(?:几|多少)?个?"
)
_GRADED = re.compile("评(?:级|定)?(?:为|上|成|了|出)+“?(优|良|中|差|合格)秀?”?(?:等级)?的?(?:有)?(?:项目)?(?:有)?(?:几|多少)个(?:项目)?")


def of_evaluation(reading: Reading, mentions: list[Mention], names: Mapping[str, Sequence[Concept]]) -> list[Span]:
    """几个项目编了绩效目标, 评为优的有几个项目: by the name that the documents print for it."""
    text = reading.text
    found = []
    for pattern in (_GOALS, _GRADED):
        for match in pattern.finditer(text.squeezed):
            graded = match[1] if pattern is _GRADED else ""
            words = ("评", graded, "项目") if graded else ("绩效目标", "项目", "编")
            own = [
                c
                for name, cs in names.items()
                if all(w in name for w in words) and f"不{graded}" not in name
                for c in cs
                if c.prefix == "item"
            ]
            if len({c.curie for c in own}) == 1 and not text.crosses(*match.span()):
                found += as_spans(*match.span(), own[:1], f"{match[0]} = {own[0].label}")
    for match in _REVIEWED.finditer(text.squeezed):
        concepts = [c for c in reading.lexicon.find(["绩效自评项目数"]).get("绩效自评项目数", ()) if c.prefix == "ind"]
        found += as_spans(*match.span(), concepts)
    return found


_REVIEWED = re.compile("(?:几|多少)个项目(?:做|开展|进行|参加|纳入|搞)?(?:了|过)?绩效自评")
_PROJECTS = re.compile("项目(?!支出|经费|资金|数|名|类|单|绩|库|的|里|中)")


def listed_projects(reading: Reading, mentions: list[Mention]) -> list[Span]:
    """项目 listed beside kinds of spending is one of them: 人员、公用、项目各多少."""
    text = reading.text
    kinds = [m for m in mentions if any(c.dims.get("spend") in ("基本支出", "人员经费", "公用经费") for c in m.concepts)]
    places = [m.span() for m in _PROJECTS.finditer(text.squeezed)]
    beside = [(i, j) for i, j in places if any(_beside(text, k.end, i) or _beside(text, j, k.start) for k in kinds)]
    concepts = reading.lexicon.find(["项目支出"]).get("项目支出", ()) if beside else ()
    return [span for i, j in beside for span in as_spans(i, j, [c for c in concepts if c.prefix == "ind"])]
