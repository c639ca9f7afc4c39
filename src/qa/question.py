"""Text to slots: which words mean a unit, a year, an item, a phase, an operation; what remains is said, not ignored."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from kg.terms import key
from qa import lattice, near, units, words, years
from qa.lattice import Span
from qa.model import Concept, Mention, Question, Unit
from qa.text import Text

_ROLE = {"ind": "item", "func": "item", "econ": "item", "govecon": "item", "item": "item", "prj": "project", "ph": "phase", "me": "metric",
         "fl": "dim", "fund": "dim", "sp": "dim", "kind": "kind", "form": "form"}
_ORDER = ("project", "item", "phase", "metric", "dim", "form", "kind", "learned")
_TOTALS = {"ind:合计", "ind:总计"}
_LONGEST = 28
#: units whose printed names are looked through where a question names none
_MOST_UNITS = 60
_CODE = re.compile(r"(?<![\d.])\d{3}(?:\d\d){0,2}(?![\d.%])")
_AMOUNT = re.compile(r"(?<![\d.])\d+(?:\.\d+)?(?:亿元|万元|千元|元|亿|万|%)|(?<![\d.])\d+\.\d+(?![\d.])|(?<=是)0(?!\d)")
_FORM = re.compile(r"公开0?(\d{1,2})表|(?<!\d)0(\d)表|附?表(\d{1,2})(?!\d)")
_AXES = (
    ("func:类", r"(?:按|哪一?|各|哪些|哪几)?(?:支出)?功能(?:分类|科目)?(?:的?类级?|大类)|按功能(?:支出)?(?:分类|科目)?|(?:哪|各|几大?)一?类(?:功能)?支出|功能分类|哪几?大?块|哪一?类(?!采购)|几大类"),
    ("func:项", r"项级(?:功能)?科目|(?:哪些?|各|每|哪一?个|[一二三四五六七八九十两\d]+)个?(?:功能)?(?:支出)?科目|功能科目|具体科目|各项科目|科目明细"),
    ("econ:款", r"(?:部门预算)?(?:支出)?经济(?:分类)?(?:科目)?的?款级?|款级(?:经济)?科目|经济(?:分类|科目)|按经济"),
    ("govecon:款", r"(?:按)?政府预算(?:支出)?经济(?:分类|科目)"),
    ("project", r"(?:哪|有哪|几|各|每|有几|多少|哪几|哪些|[一二三四五六七八九十两\d]+)个?(?:个)?(?:专项|项目)(?!支出|经费|资金)|(?:专项|项目)(?:分别|各自|各|有哪些)|各专项|所有专项|哪项专项"),
)
_AXIS = tuple((axis, re.compile(pattern)) for axis, pattern in _AXES)
#: where a question confines itself to a part of the documents
_PLACES = re.compile(
    r"财政拨款收入?支?出?决?算?总表|财政拨款收支总表|收支总表|收入支出决算总表|收入决算表|支出决算表|基础数据表|"
    r"(?:部门)?整体(?:支出)?(?:绩效)?(?:自评|目标)?表|项目(?:支出)?(?:绩效)?自评表|整体表|项目表|自评报告|自评表|决算表|预算表|三公(?:经费)?表|绩效目标表|公用经费表|专项目标表"
)


class Lexicon(Protocol):
    """What understanding needs to know of a library."""

    def sounding(self, said: str) -> Sequence[Concept]:
        """The terms that sound like these words with one character wrong."""

    def names(self, unit: str) -> Mapping[str, Sequence[Concept]]:
        """The printed names of items and projects of a unit, by normalised name."""

    def units(self) -> Sequence[Unit]:
        """All units."""

    def find(self, keys: Iterable[str]) -> Mapping[str, Sequence[Concept]]:
        """The concepts, projects and learned items by normalised key."""

    def concepts(self, curies: Iterable[str]) -> Mapping[str, Concept]:
        """Concepts by CURIE."""


@dataclass
class _Reading:
    """What is collected while one question is read."""

    text: Text
    lexicon: Lexicon
    spans: list[Span] = field(default_factory=list)
    units: list[units.Found] = field(default_factory=list)


def read(text: Text, lexicon: Lexicon) -> Question:
    """The slots of a squeezed question."""
    reading = _Reading(text, lexicon)
    reading.units = units.find(text, lexicon.units())
    reading.spans = [*_year_spans(text), *_unit_spans(reading), *_term_spans(reading), *_code_spans(reading), *_place_spans(text), *_word_spans(text)]
    mentions = lattice.cut(text, reading.spans)
    mentions = _without_strangers(reading, mentions)
    for more in (_wrong_units, _short_parts, _counted, _combined, _apart, _completed, _misspelt):
        found = more(reading, mentions)
        if found:
            reading.spans += found
            mentions = lattice.cut(text, reading.spans)
    if any(m.role == "unknown" for m in mentions):
        names = printed_names(mentions, lexicon)
        for look in (near.find, near.completing):
            found = look(text, mentions, names)
            if found:
                reading.spans += found
                mentions = lattice.cut(text, reading.spans)
    return _slots(reading, mentions)


def printed_names(mentions: Iterable[Mention], lexicon: Lexicon) -> dict[str, list[Concept]]:
    """The names printed in the documents of the units that a question may mean; of all units where it names none."""
    said = {curie for m in mentions if m.role == "unit" for curie in m.value.split("|")}
    merged: dict[str, list[Concept]] = {}
    for curie in said or {u.curie for u in lexicon.units()[:_MOST_UNITS]}:
        for name, concepts in lexicon.names(curie).items():
            known = merged.setdefault(name, [])
            known += [c for c in concepts if c not in known]
    return merged


# --- spans --------------------------------------------------------------------------------------


def _year_spans(text: Text) -> list[Span]:
    return [Span(y.start, y.end, "year", value=",".join(map(str, y.years)) if y.years else f"{y.shift:+d}") for y in years.find(text.squeezed)]


def _unit_spans(reading: _Reading) -> list[Span]:
    return [Span(f.start, f.end, "unit", value="|".join(u.curie for u in f.units)) for f in reading.units]


def _term_spans(reading: _Reading) -> list[Span]:
    """Every stretch that is a label, also with 的 and 了 left out."""
    text = reading.text
    stretches: dict[str, set[tuple[int, int]]] = {}
    plain = (text.squeezed, tuple(range(len(text.squeezed))))
    for squeezed, places in (plain, text.without_particles()):
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
    return [span for name, concepts in found.items() for start, end in stretches[name]
            for span in _as_spans(start, end, concepts) if not (name in words.KNOWN and span.role in ("item", "project") and name not in words.TOTALS)]


def _as_spans(start: int, end: int, concepts: Sequence[Concept], note: str = "") -> list[Span]:
    """One span for the best role that the concepts of a label have; a project keeps the items of the same name.

    A name that only a document knows (年初预算 as the name of an indicator) yields to the terms of the field.
    """
    roles: dict[str, list[Concept]] = {}
    for concept in concepts:
        role = _ROLE.get(concept.prefix)
        if role:
            roles.setdefault("learned" if concept.prefix == "item" else role, []).append(concept)
    for role in _ORDER:
        if role in roles:
            same = roles[role] + (roles.get("item", []) + roles.get("learned", []) if role == "project" else roles.get("learned", []) if role == "item" else [])
            return [Span(start, end, "item" if role == "learned" else role, tuple(same), note=note)]
    return []


def _code_spans(reading: _Reading) -> list[Span]:
    squeezed = reading.text.squeezed
    places = [m.span() for m in _CODE.finditer(squeezed)]
    found = reading.lexicon.find({squeezed[i:j] for i, j in places})
    return [replace(span, role="item") for i, j in places for span in _as_spans(i, j, [c for c in found.get(squeezed[i:j], ()) if c.notation])]


def _place_spans(text: Text) -> list[Span]:
    numbered = [Span(m.start(), m.end(), "form", value=f"公开{int(m[1] or m[2] or m[3]):02d}表") for m in _FORM.finditer(text.squeezed)]
    return numbered + [Span(m.start(), m.end(), "form", value=m[0]) for m in _PLACES.finditer(text.squeezed)]


def _word_spans(text: Text) -> list[Span]:
    squeezed = text.squeezed
    axes = [Span(m.start(), m.end(), "axis", value=axis) for axis, pattern in _AXIS for m in pattern.finditer(squeezed)]
    asked = [Span(i, j, "op", value=op) for i, j, op in words.operations(squeezed) if j - i <= 9 and not text.crosses(i, j)]
    amounts = [Span(m.start(), m.end(), "amount", value=m[0]) for m in _AMOUNT.finditer(squeezed)]
    return axes + asked + amounts + [Span(i, j, "filler") for i, j in words.fillers(squeezed)]


def _without_strangers(reading: _Reading, mentions: list[Mention]) -> list[Mention]:
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


# --- second looks -------------------------------------------------------------------------------


def _wrong_units(reading: _Reading, mentions: list[Mention]) -> list[Span]:
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
                found.append(Span(start, end, "unit", value="|".join(u.curie for u in near), note=f"{reading.text.original(start, end)} = {names}"))
                reading.units.append(units.Found(start, end, near, wrong))
                break
    return found


def _short_parts(reading: _Reading, mentions: list[Mention]) -> list[Span]:
    """Parts of an item that are called by what tells them apart: 货物, 工程, 服务 beside 政府采购."""
    parents = [c for m in mentions if m.role == "item" for c in m.concepts if c.parts]
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
    """
    start = 0
    while start < min(len(part), len(whole)) and part[start] == whole[start]:
        start += 1
    return re.sub(r"(?:支出|经费|费用|费|金额|收入)$", "", part[start:])


def _counted(reading: _Reading, mentions: list[Mention]) -> list[Span]:
    """Words of counting that complete an item said before: 出国 … 几个团组、几人次."""
    items = [m for m in mentions if m.role == "item"]
    wanted: dict[str, list[tuple[int, int]]] = {}
    squeezed = reading.text.squeezed
    for noun, endings in words.COUNT_NOUNS.items():
        for match in re.finditer(re.escape(noun), squeezed):
            before = [m for m in items if m.end <= match.start()]
            for item in before[-1:]:
                for ending in endings:
                    wanted.setdefault(squeezed[item.start:item.end] + ending, []).append(match.span())
                    wanted.setdefault(re.sub(r"(?:了)?几批$|费$", "", squeezed[item.start:item.end]) + ending, []).append(match.span())
    found = reading.lexicon.find(wanted)
    return [replace(span, role="counted") for name, concepts in found.items() for i, j in wanted[name]
            for span in _as_spans(i, j, [c for c in concepts if c.dims.get("metric") == "数量"])]


def _combined(reading: _Reading, mentions: list[Mention]) -> list[Span]:
    """Two items that are one indicator together: 服务类采购 … 授予中小企业合同金额."""
    items = [m for m in mentions if m.role == "item"]
    pairs = [(a, b) for a, b in zip(items, items[1:], strict=False) if b.start - a.end <= 4 and not reading.text.crosses(a.start, b.end)
             and not any(a.end <= n <= b.start for n in reading.text.listed)]
    wanted = {}
    for a, b in pairs:
        ends = [c for c in b.concepts if c.prefix == "ind"]
        for label in {alias for c in a.concepts for alias in _roots(c.label)} | {reading.text.squeezed[a.start:a.end]}:
            for end in ends:
                wanted[key(label + end.label)] = (a.start, b.end)
    found = reading.lexicon.find(wanted)
    return [replace(span, note=f"{reading.text.original(span.start, span.end)} = {span.concepts[0].label}")
            for name, concepts in found.items() for span in _as_spans(*wanted[name], [c for c in concepts if c.prefix == "ind"])]


def _roots(label: str) -> list[str]:
    """A label and what it may be called as the first part of another: 政府采购服务支出, 服务采购.

    >>> _roots("政府采购服务支出")
    ['政府采购服务支出', '政府采购服务', '服务', '服务采购']
    """
    bare = re.sub(r"(?:支出|金额|经费)$", "", label)
    inner = bare.removeprefix("政府采购")
    return list(dict.fromkeys([label, bare, inner, f"{inner}采购"])) if inner else [label, bare]


def _apart(reading: _Reading, mentions: list[Mention]) -> list[Span]:
    """会议费和培训费 asked side by side are two items, although some table has them in one row."""
    squeezed = reading.text.squeezed
    found = []
    for mention in mentions:
        if mention.role != "item" or any(c.parts for c in mention.concepts):
            continue
        borders = [n for n in reading.text.listed if mention.start < n < mention.end]
        borders += [n for n in range(mention.start + 2, mention.end - 2) if squeezed[n] in "和与及"]
        for border in borders:
            second = border + (squeezed[border] in "和与及")
            halves = reading.lexicon.find([squeezed[mention.start:border], squeezed[second:mention.end]])
            spans = [span for (i, j) in ((mention.start, border), (second, mention.end)) for span in _as_spans(i, j, halves.get(squeezed[i:j], ()))]
            if len(spans) == 2 and all(s.role == "item" for s in spans):
                reading.spans = [s for s in reading.spans if (s.start, s.end) != (mention.start, mention.end)]
                found += spans
                break
    return found


_ENDINGS = ("支出", "费", "费用", "经费", "收入", "缴费", "项目", "专项经费", "项目经费", "率", "数", "情况", "金额", "总额", "补助", "补贴")


def _completed(reading: _Reading, mentions: list[Mention]) -> list[Span]:
    """Unknown words that become a label with a usual ending: 卫生健康 (支出), 办公 (费)."""
    wanted: dict[str, tuple[int, int]] = {}
    text = reading.text
    for n, mention in enumerate(mentions):
        if mention.role != "unknown" or mention.end - mention.start < 2:
            continue
        for start in range(mention.start, mention.end - 1):
            for end in range(start + 2, mention.end + 1):
                for ending in _ENDINGS:
                    wanted[text.squeezed[start:end] + ending] = (start, end)
        if n + 1 < len(mentions) and mentions[n + 1].role in ("filler", "dim"):
            wanted[text.squeezed[mention.start:mentions[n + 1].end]] = (mention.start, mentions[n + 1].end)
    found = reading.lexicon.find(wanted)
    return [span for name, concepts in found.items() for span in _as_spans(*wanted[name], [c for c in concepts if _ROLE.get(c.prefix) in ("item", "project")])]


def _misspelt(reading: _Reading, mentions: list[Mention]) -> list[Span]:
    """Terms of the field with one character that only sounds right: 陪训费."""
    found = []
    for n, mention in enumerate(mentions):
        if mention.role != "unknown":
            continue
        ends = [mention.end, *(m.end for m in mentions[n + 1:n + 2] if m.role in ("filler", "dim", "item"))]
        for start, end in [(mention.start, end) for end in ends if end - mention.start >= 3]:
            said = reading.text.squeezed[start:end]
            near_by = reading.lexicon.sounding(said)
            found += [replace(span, note=f"{reading.text.original(start, end)} = {span.concepts[0].label}") for span in _as_spans(start, end, near_by)]
    return found


# --- slots --------------------------------------------------------------------------------------


def _slots(reading: _Reading, mentions: list[Mention]) -> Question:
    text = reading.text
    by_role: dict[str, list[Mention]] = {}
    for mention in mentions:
        by_role.setdefault(mention.role, []).append(mention)
    chosen, choice, notes = _units(reading, by_role.get("unit", []))
    said_years, relative = _years(by_role.get("year", []))
    ops = _ops(text, mentions)
    axis = next((m.value for m in by_role.get("axis", [])), "")
    dims = {name: value for m in by_role.get("dim", []) for c in m.concepts for name, value in c.dims.items()}
    phases = tuple(dict.fromkeys(c.dims["phase"] for m in by_role.get("phase", []) for c in m.concepts if "phase" in c.dims))
    for mention in by_role.get("phase", []):
        dims |= {"flow": flow for flow in ("收入", "支出") if flow in mention.text}
    unknown, missing = _unknown(text, mentions)
    return Question(
        source=text, mentions=tuple(mentions), units=chosen, unit_choice=choice, all_units="unit-axis" in ops, missing_unit=missing,
        years=said_years, relative_years=relative, phases=phases,
        metrics=tuple(dict.fromkeys(c.dims["metric"] for m in by_role.get("metric", []) for c in m.concepts if "metric" in c.dims)),
        items=tuple(replace(m, role="item") if m.role == "counted" else m for m in mentions if m.role in ("item", "project", "counted")), projects=tuple(by_role.get("project", [])), dims=dims,
        forms=tuple(dict.fromkeys(m.value for m in by_role.get("form", []) if m.value)), ops=ops, top=words.top(text.squeezed), axis=axis,
        unknown=unknown, notes=tuple(notes),
    )


def _units(reading: _Reading, mentions: Sequence[Mention]) -> tuple[tuple[Unit, ...], tuple[Unit, ...], list[str]]:
    """The units meant, or those among which the question does not decide."""
    known = {u.curie: u for u in reading.lexicon.units()}
    certain: dict[str, Unit] = {}
    open_: list[tuple[Unit, ...]] = []
    notes = []
    for mention in mentions:
        fitting = tuple(known[c] for c in mention.value.split("|"))
        if len(fitting) == 1:
            certain[fitting[0].curie] = fitting[0]
            if mention.note:
                notes.append(mention.note)
            elif mention.text != fitting[0].name:
                notes.append(f"{mention.text} = {fitting[0].name}")
        else:
            open_.append(fitting)
    undecided = [fitting for fitting in open_ if not any(u.curie in certain for u in fitting)]
    if undecided and not certain:
        common = [u for u in undecided[0] if all(u in other for other in undecided)]
        return (tuple(common), (), notes) if len(common) == 1 else ((), tuple(common or undecided[0]), notes)
    return tuple(certain.values()), (), notes


def _years(mentions: Iterable[Mention]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    said: dict[int, None] = {}
    relative: dict[int, None] = {}
    for mention in mentions:
        if mention.value[0] in "+-":
            relative[int(mention.value)] = None
        else:
            said |= dict.fromkeys(int(y) for y in mention.value.split(","))
    return tuple(said), tuple(relative)


def _ops(text: Text, mentions: Sequence[Mention]) -> frozenset[str]:
    """The operations asked for: those whose words are not merely part of a longer term."""
    terms = [(m.start, m.end) for m in mentions if m.role in ("item", "project", "unit", "kind") and [c.curie for c in m.concepts] != ["ind:合计"]]
    found = {op for i, j, op in words.operations(text.squeezed) if not text.crosses(i, j) and not any(a <= i and j <= b for a, b in terms)}
    return frozenset(found)


def _unknown(text: Text, mentions: Sequence[Mention]) -> tuple[tuple[str, ...], str]:
    """The words that nothing explains, and among them the name of an organisation."""
    unknown = []
    missing = ""
    for n, mention in enumerate(mentions):
        if mention.role != "unknown":
            continue
        after = text.squeezed[mention.end:mention.end + 1]
        if mention.end - mention.start == 1 and after and after in "了过到着":
            continue
        unknown.append(mention.text)
        for start, end in units.organisations(text.squeezed):
            if start < mention.end and mention.start < end and text.squeezed[end - 1] in text.squeezed[mention.start:mention.end]:
                begin = max(start, mentions[n - 1].start if n and mentions[n - 1].role in ("unit", "item") else mention.start)
                missing = text.squeezed[begin:end]
    return tuple(unknown), missing
