"""Text to slots: which words mean a unit, a year, an item, a phase, an operation; what remains is said, not ignored."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from kg.terms import key
from qa.model import Mention, Question, Unit
from qa.text import Text, squeeze
from qa.understand import lattice, looks, spans, units, words
from qa.understand.spans import Lexicon, Reading

#: what stands in no name of an organisation
_NO_NAME = re.compile("[的哪各每几和与及跟年花用比]|多少|什么")


def read(text: Text, lexicon: Lexicon, *, below: bool = True) -> Question:
    """The slots of a squeezed question; `below` units that only the documents of others tell of are known too."""
    reading = Reading(text, lexicon)
    reading.units = [*units.find(text, lexicon.units()), *(_below(text, lexicon) if below else ())]
    reading.spans = spans.every(reading)
    mentions = looks.again(reading, lattice.cut(text, reading.spans))
    if _without_fragments(reading, mentions):
        mentions = looks.again(reading, lattice.cut(text, reading.spans))
    return _slots(reading, mentions)


def _without_fragments(reading: Reading, mentions: Sequence[Mention]) -> bool:
    """Take from the units a name cut off inside a word that nothing explains (株洲数字|城管机房): of it only the place is said."""
    squeezed, changed = reading.text.squeezed, False
    for mention, after in itertools.pairwise(mentions):
        said = squeezed[mention.start : mention.end]
        if mention.role != "unit" or after.role != "unknown" or after.start != mention.end or units.ends_well(said):
            continue
        known = _known(reading)
        fitting = [known[c] for c in mention.value.split("|")]
        length = min(units.place_length(said, unit.name) for unit in fitting)
        if any(said == key(n) for u in fitting for n in (u.name, *u.aliases)) or not 2 <= length < len(said):
            continue
        end = mention.start + length
        other = squeezed[mention.start : end] + squeezed[after.start : after.start + 2]  # 株洲城管
        if not any(f.start == 0 and f.end == len(other) for f in units.find(squeeze(other), reading.lexicon.units())):
            continue
        here = {u.curie for f in units.find(squeeze(squeezed[mention.start : end]), reading.lexicon.units()) for u in f.units}
        reading.spans = [s for s in reading.spans if s.role != "unit" or s.start != mention.start or s.end <= end]
        reading.spans.append(lattice.Span(mention.start, end, "unit", value="|".join(sorted(here))))
        changed = changed or bool(here)
    return changed


def _below(text: Text, lexicon: Lexicon) -> list[units.Found]:
    """Organisations named in full that have no document of their own: a library of the county, in the budget of its bureau."""
    stretches = [(i, end) for start, end in units.organisations(text.squeezed) for i in range(start, end - 3)]
    found = lexicon.below({text.squeezed[i:j] for i, j in stretches}) if stretches else {}
    return [units.Found(i, j, (found[text.squeezed[i:j]],), exact=True) for i, j in stretches if text.squeezed[i:j] in found]


def _slots(reading: Reading, mentions: list[Mention]) -> Question:
    text = reading.text
    by_role: dict[str, list[Mention]] = {}
    for mention in mentions:
        by_role.setdefault(mention.role, []).append(mention)
    stranger = _stranger(reading, mentions)
    chosen, choice, notes = _units(reading, [] if stranger else by_role.get("unit", []))
    ops = _ops(text, mentions)
    said_years, relative = _of_document(mentions, *_years(by_role.get("year", [])), back="back" in ops)
    axis = next((m.value for m in by_role.get("axis", [])), "")
    dims = {name: value for m in by_role.get("dim", []) for c in m.concepts for name, value in c.dims.items()}
    phases = tuple(dict.fromkeys(c.dims["phase"] for m in by_role.get("phase", []) for c in m.concepts if "phase" in c.dims))
    for mention in by_role.get("phase", []):
        flow = next((flow for flow in ("收入", "支出") if flow in mention.text), "")
        dims |= {"flow": flow} if flow else {}
    unknown, missing = _unknown(text, mentions)
    own = bool(by_role.get("project")) or any(c.prefix == "item" for m in by_role.get("item", []) for c in m.concepts)
    if (own or unknown) and not chosen and len(choice) > 1 and len(said_years) == 1:
        having = {name for name, year, _ in reading.lexicon.cards if year == said_years[0]}
        if len(dated := tuple(u for u in choice if u.name in having)) == 1:
            chosen, notes = dated, [*notes, f"按库中该地唯一有{said_years[0]}年文件的单位{dated[0].name}理解"]
    if own and not chosen and len(choice) == 1:  # a region and what only one unit there has: its project, a thing it counts
        chosen, notes = choice, [*notes, f"按库中该地唯一有此项的单位{choice[0].name}理解"]
    return Question(
        source=text,
        mentions=tuple(mentions),
        units=chosen,
        unit_choice=choice,
        place=not chosen and bool(choice) and not own and any(_is_place(m, choice) for m in by_role.get("unit", [])),
        all_units="unit-axis" in ops,
        missing_unit=stranger or missing,
        years=said_years,
        relative_years=relative,
        phases=phases,
        metrics=tuple(dict.fromkeys(c.dims["metric"] for m in by_role.get("metric", []) for c in m.concepts if "metric" in c.dims)),
        items=tuple(replace(m, role="item") if m.role == "counted" else m for m in mentions if m.role in ("item", "project", "counted")),
        projects=tuple(by_role.get("project", [])),
        dims=dims,
        forms=tuple(dict.fromkeys(m.value for m in by_role.get("form", []) if m.value)),
        ops=ops,
        top=words.top(text.squeezed),
        axis=axis,
        unknown=unknown,
        notes=tuple(notes),
    )


def _known(reading: Reading) -> dict[str, Unit]:
    """All units that a mention may mean, by CURIE."""
    return {u.curie: u for u in reading.lexicon.units()} | {u.curie: u for f in reading.units for u in f.units}


def _units(reading: Reading, mentions: Sequence[Mention]) -> tuple[tuple[Unit, ...], tuple[Unit, ...], list[str]]:
    """The units meant, or those among which the question does not decide."""
    known = _known(reading)
    certain: dict[str, Unit] = {}
    open_: list[tuple[Unit, ...]] = []
    notes = []
    for mention in mentions:
        fitting = tuple(known[c] for c in mention.value.split("|"))
        if len(fitting) == 1 and _is_place(mention, fitting):
            open_.append(fitting)  # the whole city may be meant
        elif len(fitting) == 1:
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
        return (tuple(common), (), notes) if len(common) == 1 and len(undecided) > 1 else ((), tuple(common or undecided[0]), notes)
    return tuple(certain.values()), (), notes


def _is_place(mention: Mention, fitting: Sequence[Unit]) -> bool:
    """Whether a mention is a province, city or county as a whole, not an organisation there."""
    return mention.text.endswith(("省", "市", "区", "县")) and units.place_only(key(mention.text), fitting)


def _stranger(reading: Reading, mentions: Sequence[Mention]) -> str:
    """An organisation of which only the region is that of a unit of ours: 某市 is said, but 某市图书馆 is meant."""
    text = reading.text.squeezed
    known = _known(reading)
    ends = {m.end for m in mentions}
    said = [m for m in mentions if m.role == "unit"]
    places = [m for m in said if units.place_only(text[m.start : m.end], [known[c] for c in m.value.split("|")])]
    if len(places) < len(said):
        return ""  # a unit of ours is named too: 某区政务大厅开了多少天（数据局）
    projects = {m.start for m in mentions if m.role == "project"}
    for mention in places:
        for start, end in units.organisations(text):
            if mention.end in projects:
                continue  # 某区政务大厅: a project of a unit there goes by that name
            tail = text[mention.end : end]
            if (
                start <= mention.start
                and tail
                and end in ends
                and not _NO_NAME.search(tail)
                and not reading.text.crosses(mention.start, end)
            ):
                return text[mention.start : end]
    return ""


def _years(mentions: Iterable[Mention]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    said: dict[int, None] = {}
    relative: dict[int, None] = {}
    for mention in mentions:
        if mention.value[0] in "+-":
            relative |= dict.fromkeys(int(shift) for shift in mention.value.split(","))
        else:
            said |= dict.fromkeys(int(y) for y in mention.value.split(","))
    return tuple(said), tuple(relative)


def _ops(text: Text, mentions: Sequence[Mention]) -> frozenset[str]:
    """The operations asked for: those whose words are not merely part of a longer term."""
    terms = [
        (m.start, m.end)
        for m in mentions
        if m.role in ("item", "project", "unit", "kind", "bound") and [c.curie for c in m.concepts] != ["ind:合计"]
    ]
    whole = [(i, j, op) for i, j, op in words.operations(text.squeezed) if not text.crosses(i, j) and not text.lists(i, j)]
    found = {op for i, j, op in whole if not any(a <= i and j <= b for a, b in terms)}
    return frozenset(found)


def _of_document(
    mentions: Sequence[Mention], years: tuple[int, ...], relative: tuple[int, ...], *, back: bool
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """照2022年预算说明，上一年…: the year of the document that is named is not the year asked for."""
    document = any(a.role == "year" and b.role == "form" and a.end == b.start for a, b in itertools.pairwise(mentions))
    if len(years) == len(relative) == 1 and (document or back) and relative[0] < 0:
        return (years[0] + relative[0],), ()
    return years, relative


def _modifies(pair: Sequence[Mention]) -> bool:
    """绩效 before a 科目 makes another thing of it (绩效奖金 is not all 奖金), and so does what is counted: 车辆维修费."""
    counted = pair[0].role == pair[1].role == "item" and pair[0].end == pair[1].start
    if counted and pair[0].concepts and all(c.dims.get("metric") == "数量" for c in pair[0].concepts):
        return pair[1].text.endswith("费") and all(c.prefix in ("econ", "govecon", "func") for c in pair[1].concepts)
    if pair[0].role != "filler" or pair[0].text != "绩效" or pair[0].end != pair[1].start:
        return False
    return pair[1].role == "item" and all(c.prefix in ("econ", "govecon", "func") for c in pair[1].concepts)


def _unknown(text: Text, mentions: Sequence[Mention]) -> tuple[tuple[str, ...], str]:
    """The words that nothing explains, and among them the name of an organisation."""
    unknown = []
    missing = ""
    for n, mention in enumerate(mentions):
        pair = mentions[n : n + 2]
        if len(pair) == 2 and (_modifies(pair) or looks.is_rest(pair)):
            unknown.append(mention.text)
        if mention.role != "unknown" or not any(c.isalnum() for c in mention.text):
            continue
        unknown.append(mention.text)
        for start, end in units.organisations(text.squeezed):
            if start < mention.end and mention.start < end and text.squeezed[end - 1] in text.squeezed[mention.start : mention.end]:
                begin = max(start, mentions[n - 1].start if n and mentions[n - 1].role in ("unit", "item") else mention.start)
                missing = text.squeezed[begin:end]
    return tuple(unknown), missing
