"""Turns of speech that name an item in other words than its own: cars bought, both ends of a year."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from kg.terms import key
from qa.model import Concept, Mention
from qa.understand.lattice import Span
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
    return found


_PROJECTS = re.compile("项目(?!支出|经费|资金|数|名|类|单|绩|库|的|里|中)")


def listed_projects(reading: Reading, mentions: list[Mention]) -> list[Span]:
    """项目 listed beside kinds of spending is one of them: 人员、公用、项目各多少."""
    text = reading.text
    kinds = [m for m in mentions if any(c.dims.get("spend") in ("基本支出", "人员经费", "公用经费") for c in m.concepts)]
    places = [m.span() for m in _PROJECTS.finditer(text.squeezed)]
    beside = [
        (i, j)
        for i, j in places
        if any(
            re.fullmatch("[和与及跟]?", text.squeezed[a:b]) and (text.listed | {n for n in (i, j) if a < b}) & set(range(a, b + 1))
            for k in kinds
            for a, b in ((k.end, i), (j, k.start))
            if a <= b
        )
    ]
    concepts = reading.lexicon.find(["项目支出"]).get("项目支出", ()) if beside else ()
    return [span for i, j in beside for span in as_spans(i, j, [c for c in concepts if c.prefix == "ind"])]
