"""Second looks at a question: units and terms with a wrong character, parts and halves of names, words of counting."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from kg.terms import key
from qa.model import Concept, Mention
from qa.understand import around, lattice, near, turns, units
from qa.understand.lattice import Span
from qa.understand.spans import ROLE, Lexicon, Reading, as_spans
from qa.understand.words import COUNT_NOUNS, reworded

#: where a question names no unit, printed names are looked through in a library of so many units at most
_MOST_UNITS = 60
#: how long the words are that, with 项目数 behind them, may name a number of projects
_LONGEST = 6
#: what the authorities of a place are called after its name
_AUTHORITIES = ("委", "区委", "市委", "县委", "党委", "政府", "人民政府", "府", "区政府", "市政府", "县政府")


def again(reading: Reading, mentions: list[Mention]) -> list[Mention]:
    """The words of a question after every second look."""
    mentions = _without_strangers(reading, mentions)
    for look in (
        _wrong_units,
        _authorities,
        _others,
        _bare_phases,
        _halves,
        turns.bought,
        turns.both_ends,
        turns.retired,
        _evaluated,
        _short_parts,
        _counted,
        _combined,
        _apart,
        _completed,
        _misspelt,
        turns.listed_projects,
    ):
        mentions = _recut(reading, mentions, look(reading, mentions))
    if begun := [after for word, after in itertools.pairwise(mentions) if near.before_project(word, after)]:
        # 项目花了多少 behind a name is no item of its own
        reading.spans = [s for s in reading.spans if not any(s.start == m.start and s.end > m.start + 2 for m in begun)]
        mentions = _recut(reading, mentions, near.projects(reading.text, mentions, printed_names(mentions, reading.lexicon)))
    if "项目" in reading.text.squeezed and re.search("绩效目标|评", reading.text.squeezed):
        mentions = _recut(reading, mentions, turns.of_evaluation(reading, mentions, printed_names(mentions, reading.lexicon)))
    if any(m.role == "unknown" for m in mentions):
        names = printed_names(mentions, reading.lexicon)
        for nearby in (near.find, near.completing, near.sharing):
            mentions = _recut(reading, mentions, nearby(reading.text, mentions, names))
    mentions = turns.own_rates(reading, turns.shared(reading, mentions))
    return around.without_talk(reading, around.without_negated(reading, around.without_brackets(reading, mentions)))


def _recut(reading: Reading, mentions: list[Mention], found: list[Span]) -> list[Mention]:
    if not found:
        return mentions
    reading.spans += found
    return lattice.cut(reading.text, reading.spans)


def printed_names(mentions: Iterable[Mention], lexicon: Lexicon) -> dict[str, list[Concept]]:
    """The names printed in the documents of the units that a question may mean; of all units where it names none and they are few."""
    said = {curie for m in mentions if m.role == "unit" for curie in m.value.split("|")}
    merged: dict[str, list[Concept]] = {}
    everyone = [u.curie for u in lexicon.units()]
    for curie in sorted(said) or (everyone if len(everyone) <= _MOST_UNITS else ()):
        for name, concepts in lexicon.names(curie).items():
            known = merged.setdefault(name, [])
            known += [c for c in concepts if c not in known]
    return merged


def _without_strangers(reading: Reading, mentions: list[Mention]) -> list[Mention]:
    """The words again without names that only documents of other units print, where the question names its units."""
    units_said = {curie for m in mentions if m.role == "unit" for curie in m.value.split("|")}
    learned = [s for s in reading.spans if s.concepts and all(c.prefix in ("item", "prj") for c in s.concepts)]
    if not units_said or not learned:
        return mentions
    own = {c.curie for unit in units_said for concepts in reading.lexicon.names(unit).values() for c in concepts}
    strangers = [s for s in learned if not any(c.curie in own for c in s.concepts)]
    if not strangers:
        return mentions
    reading.spans = [s for s in reading.spans if s not in strangers]
    return lattice.cut(reading.text, reading.spans)


def _wrong_units(reading: Reading, mentions: list[Mention]) -> list[Span]:
    """Organisations with a wrong character in their name."""
    text = reading.text.squeezed
    covered = {n for m in mentions if m.role == "unit" for n in range(m.start, m.end)}
    found = []
    starts = sorted({m.start for m in mentions if m.role in ("unknown", "unit", "filler", "item")})
    ends = [j for _, j in units.organisations(text)] + [m.end for m in mentions if m.role == "unknown"]
    for end in sorted(set(ends)):
        for start in (s for s in starts if 3 <= end - s <= 30):
            if all(n in covered for n in range(start, end)) or reading.text.crosses(start, end):
                continue
            near, wrong = units.misspelt_units(text[start:end], reading.lexicon.units())
            if near:
                names = "、".join(u.name for u in near)
                found.append(
                    Span(start, end, "unit", value="|".join(u.curie for u in near), note=f"{reading.text.original(start, end)} = {names}")
                )
                reading.units.append(units.Found(start, end, near, wrong))
                break
    return found


def _authorities(reading: Reading, mentions: list[Mention]) -> list[Span]:
    """某区委, 某区政府 beside a unit of that place says no more than where the unit is."""
    named = [set(m.value.split("|")) for m in mentions if m.role == "unit"]
    found = []
    for place, after in pairwise(mentions):
        if place.role != "unit" or after.text not in _AUTHORITIES or place.end != after.start or after.end in reading.text.listed:
            continue
        own = set(place.value.split("|"))
        known = [u for u in reading.lexicon.units() if u.curie in own]
        if units.place_only(key(place.text), known) and any(other < own for other in named):
            found.append(Span(place.start, after.end, "unit", value=place.value))
    return found


def _others(reading: Reading, mentions: list[Mention]) -> list[Span]:
    """其他 before an item belongs to its name: 其他城乡社区 is not 城乡社区."""
    wanted = {
        f"{reading.text.squeezed[a.start : b.end]}{ending}": (a.start, b.end)
        for a, b in pairwise(mentions)
        if is_rest((a, b))
        for ending in ("", *_ENDINGS)
    }
    found = reading.lexicon.find(wanted) if wanted else {}
    return [span for name, concepts in found.items() for span in as_spans(*wanted[name], concepts) if span.role == "item"]


def is_rest(pair: Sequence[Mention]) -> bool:
    """Whether the first word makes what remains of the second: 其他 and an item right behind it."""
    first, second = pair
    return first.text in ("其他", "其它", "其余") and first.end == second.start and second.role == "item"


def _halves(reading: Reading, mentions: list[Mention]) -> list[Span]:
    """项目 beside 基本 is 项目支出: 支出分基本和项目两块."""
    text = reading.text.squeezed
    found = reading.lexicon.find(["项目支出", "基本支出"])
    spans = []
    for match in re.finditer("(?:基本|基本支出)(?:[和与跟及]|(?=项目))(项目)|(项目)[和与跟及](?=基本)", text):
        if match.end() < len(text) and text[match.end() : match.end() + 2] in ("支出", "经费"):
            continue
        start, end = match.span(1) if match[1] else match.span(2)
        spans += as_spans(start, end, found.get("项目支出", ()))
    return spans


def _evaluated(reading: Reading, mentions: list[Mention]) -> list[Span]:
    """几个项目 where the question is about evaluation asks for the number stated (自评项目数), not for all projects."""
    text = reading.text.squeezed
    counted = [m for m in mentions if m.role == "axis" and m.value == "project" and re.match("(?:几|多少|有几|有多少)个?项目$", m.text)]
    if not counted or re.search("哪|分别|各|名称|清单|得分|多少分|执行率", text):
        return []
    words = {text[i:j] for i in range(len(text)) for j in range(i + 2, min(i + _LONGEST, len(text)) + 1)}
    found = reading.lexicon.find(f"{word}项目数" for word in words)
    concepts = [c for name in sorted(found, key=len, reverse=True) for c in found[name] if c.prefix == "ind"]
    return [replace(span, role="counted") for m in counted for span in as_spans(m.start, m.end, concepts[:1])]


_BARE = {"年初": "年初预算", "全年": "全年预算", "调整后": "全年预算"}
#: what is said of spending beside a budget that is called by its time alone: 执行多少、花了多少
_SPENT = ("done", "adjusted")


def _bare_phases(reading: Reading, mentions: list[Mention]) -> list[Span]:
    """年初 and 全年 as budgets, where other phases stand beside them: 年初、全年、执行数; 决算比年初多."""
    bare = [m for m in mentions if m.role == "filler" and m.text in _BARE]
    others = [m for m in mentions if m.role == "phase" or (m.role == "op" and m.value in _SPENT)]
    if not bare or not others:
        return []
    found = reading.lexicon.find({_BARE[m.text] for m in bare})
    after = {m.end: n for m, n in pairwise(mentions)}
    spans = []
    for mention in bare:
        following = after.get(mention.end)
        apart = mention.end in reading.text.listed | reading.text.hard
        if following is None or apart or following.role in ("filler", "op", "phase", "metric"):
            phases = [c for c in found.get(_BARE[mention.text], ()) if c.prefix == "ph"]
            spans += as_spans(mention.start, mention.end, phases)
    return spans


def _short_parts(reading: Reading, mentions: list[Mention]) -> list[Span]:
    """Parts of an item that are called by what tells them apart: 货物, 工程, 服务 beside 政府采购."""
    parents = [c for m in mentions if m.role == "item" for c in m.concepts if c.parts]
    parents.sort(key=lambda c: -len(c.label))  # of several the narrower one: contracts of 中小企业 before all purchases
    if not parents:
        return []
    known = reading.lexicon.concepts({p for c in parents for p in c.parts})
    spans = []
    for parent in parents:
        for part in (known[p] for p in parent.parts if p in known):
            short = _difference(part.label, parent.label)
            for match in re.finditer(re.escape(short), reading.text.squeezed) if len(short) >= 2 else ():
                spans.append(Span(match.start(), match.end(), "item", (part,)))
    return spans


def _difference(part: str, whole: str) -> str:
    """What a part's label adds to that of the whole.

    >>> _difference("政府采购货物支出", "政府采购支出总额")
    '货物'
    >>> _difference("货物采购授予中小企业合同金额", "授予中小企业合同金额")
    '货物'
    """
    start = 0
    if part.endswith(whole):
        return part.removesuffix(whole).removesuffix("采购")
    while start < min(len(part), len(whole)) and part[start] == whole[start]:
        start += 1
    return re.sub(r"(?:支出|经费|费用|费|金额|收入)$", "", part[start:])


def _counted(reading: Reading, mentions: list[Mention]) -> list[Span]:
    """Words of counting that complete an item said before: 出国 … 几个团组、几人次."""
    items = [m for m in mentions if m.role == "item"]
    wanted: dict[str, list[tuple[int, int]]] = {}
    squeezed = reading.text.squeezed
    for noun, endings in COUNT_NOUNS.items():
        for match in re.finditer(re.escape(noun), squeezed):
            before = [m for m in items if m.end <= match.start()]
            for item in before[-1:]:
                said = squeezed[item.start : item.end]
                shorter = re.sub(r"(?:了)?几批$|费$|批次$|购置$|^有没有|^有无", "", said)
                for ending in endings:
                    for name in dict.fromkeys((said, shorter, reworded(said))):
                        wanted.setdefault(name + ending, []).append(match.span())
    found = reading.lexicon.find(wanted)
    return [
        replace(span, role="counted")
        for name, concepts in found.items()
        for i, j in wanted[name]
        for span in as_spans(i, j, [c for c in concepts if c.dims.get("metric") == "数量"])
    ]


def _combined(reading: Reading, mentions: list[Mention]) -> list[Span]:
    """Two items that are one indicator together: 服务类采购 … 授予中小企业合同金额."""
    items = [m for m in mentions if m.role == "item"]
    pairs = [
        (a, b)
        for a, b in pairwise(items)
        if b.start - a.end <= 4 and not reading.text.crosses(a.start, b.end) and not any(a.end <= n <= b.start for n in reading.text.listed)
    ]
    wanted = {}
    for a, b in pairs:
        ends = [c for c in b.concepts if c.prefix == "ind"]
        for label in {alias for c in a.concepts for alias in near.roots(c.label)} | {reading.text.squeezed[a.start : a.end]}:
            for end in ends:
                wanted[key(label + end.label)] = (a.start, b.end)
    found = reading.lexicon.find(wanted)
    return [
        replace(span, note=f"{reading.text.original(span.start, span.end)} = {span.concepts[0].label}")
        for name, concepts in found.items()
        for span in as_spans(*wanted[name], [c for c in concepts if c.prefix == "ind"])
    ]


_AND = "和与及跟同加比"


def _apart(reading: Reading, mentions: list[Mention]) -> list[Span]:
    """会议费和培训费 asked side by side are two items, although some table has them in one row."""
    squeezed = reading.text.squeezed
    found = []
    for mention in mentions:
        if mention.role != "item" or any(c.parts for c in mention.concepts):
            continue
        borders = [n for n in reading.text.listed if mention.start < n < mention.end]
        borders += [n for n in range(mention.start + 2, mention.end - 2) if squeezed[n] in _AND]
        for border in borders:
            second = border + (squeezed[border] in _AND)
            halves = reading.lexicon.find([squeezed[mention.start : border], squeezed[second : mention.end]])
            spans = [
                span
                for (i, j) in ((mention.start, border), (second, mention.end))
                for span in as_spans(i, j, halves.get(squeezed[i:j], ()))
            ]
            if len(spans) == 2 and all(s.role == "item" for s in spans):
                reading.spans = [s for s in reading.spans if (s.start, s.end) != (mention.start, mention.end)]
                found += spans
                break
    return found


_ENDINGS = (
    "支出",
    "费",
    "费用",
    "经费",
    "收入",
    "缴费",
    "项目",
    "专项经费",
    "项目经费",
    "率",
    "数",
    "情况",
    "金额",
    "总额",
    "补助",
    "补贴",
)


def _completed(reading: Reading, mentions: list[Mention]) -> list[Span]:
    """Unknown words that become a label with a usual ending: 卫生健康 (支出), 办公 (费)."""
    wanted: dict[str, tuple[int, int]] = {}
    text = reading.text
    for n, mention in enumerate(mentions):
        if mention.role != "unknown":
            continue
        first, last = _with_fillers(reading, mentions, n)
        for start in range(first, mention.end):
            for end in range(max(start + 2, mention.start + 1), last + 1):
                for ending in _ENDINGS:
                    wanted[text.squeezed[start:end] + ending] = (start, end)
        if n + 1 < len(mentions) and mentions[n + 1].role in ("filler", "dim"):
            wanted[text.squeezed[mention.start : mentions[n + 1].end]] = (mention.start, mentions[n + 1].end)
    found = reading.lexicon.find(wanted)
    return [
        span
        for name, concepts in found.items()
        for span in as_spans(*wanted[name], [c for c in concepts if ROLE.get(c.prefix) in ("item", "project")])
    ]


def _with_fillers(reading: Reading, mentions: Sequence[Mention], n: int) -> tuple[int, int]:
    """From where to where an unknown word reaches if one character of asking on either side is part of it: 会|议, 公|用."""
    word, text = mentions[n], reading.text
    borders = text.hard | text.listed
    before = n > 0 and mentions[n - 1].role == "filler" and mentions[n - 1].end - mentions[n - 1].start == 1
    after = n + 1 < len(mentions) and mentions[n + 1].role == "filler" and mentions[n + 1].end - mentions[n + 1].start == 1
    return word.start - (before and word.start not in borders), word.end + (after and word.end not in borders)


def _misspelt(reading: Reading, mentions: list[Mention]) -> list[Span]:
    """Terms of the field with one character that only sounds right: 陪训费."""
    found = []
    for n, mention in enumerate(mentions):
        if mention.role != "unknown":
            continue
        ends = [mention.end, *(m.end for m in mentions[n + 1 : n + 2] if m.role in ("filler", "dim", "item"))]
        starts = [mention.start, *(m.start for m in mentions[max(0, n - 1) : n] if m.role in ("filler", "item") and m.end == mention.start)]
        for start, end in [(start, end) for start in starts for end in ends if end - start >= 3]:
            said = reading.text.squeezed[start:end]
            near_by = reading.lexicon.sounding(said)
            found += [
                replace(span, note=f"{reading.text.original(start, end)} = {span.concepts[0].label}")
                for span in as_spans(start, end, near_by)
            ]
    return found
