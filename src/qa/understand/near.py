"""Words of a question that are a printed name cut short or misspelt: 视频监控升级改造项目, 陪训费."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence

from kg.terms import key
from qa.model import Concept, Mention
from qa.text import Text
from qa.understand.lattice import Span
from qa.understand.spelling import misspelt, subsequence

#: what people add to a project's name or leave away
_TAIL = re.compile(r"(?:(?:工作)?(?:专项)?(?:经费|资金|费用|费)?(?:项目|专项)?(?:支出|经费)?|指标|情况)$")
_EDGE_ROLES = {"unknown", "item", "project", "unit", "filler", "metric", "phase", "dim", "op", "kind", "axis"}
_NEVER = {"year", "amount", "bound", "form"}
#: what no name says: a question about names
_ASKING = {"rank-max", "rank-min", "order", "parts", "list", "reason", "compare", "share", "unit-axis"}
#: what is left of a whole is another thing than the whole
_REST = re.compile("其他|其它|非")
_QUESTION = re.compile("哪|多少|几|什么|怎|啥|谁")
_AND = "和与及跟"
_FUNCTION = "的了是有在为里中各都和与及跟比较用"
#: between two things, in no name of one
_PARTING = ("各", "里", "除", "除了", "里的", "中的")
_LONGEST = 40
#: what was done with a thing, in one character before its name (修…水库), which must be so long then
_DONE, _NAMED = re.compile("^[修建办搞做买购用换添拿管养上中里把]"), 4


def stem(name: str) -> str:
    """A project's name without what it ends in.

    >>> stem("系统升级维护专项经费"), stem("城市管理信息采集管理项目"), stem("政务服务大厅运转费用")
    ('系统升级维护', '城市管理信息采集管理', '政务服务大厅运转')
    """
    short = _TAIL.sub("", name)
    return short if len(short) >= 4 else name


def roots(label: str) -> list[str]:
    """A label and what it may be called as the first part of another: 政府采购服务支出, 服务采购.

    >>> roots("政府采购服务支出")
    ['政府采购服务支出', '政府采购服务', '服务', '服务采购']
    """
    bare = re.sub(r"(?:支出|金额|经费)$", "", label)
    inner = bare.removeprefix("政府采购")
    return list(dict.fromkeys([label, bare, inner, f"{inner}采购"])) if inner else [label, bare]


def find(text: Text, mentions: Sequence[Mention], names: Mapping[str, Sequence[Concept]]) -> list[Span]:
    """Spans for the stretches around unknown words that are one printed name, shortened or misspelt."""
    found: list[Span] = []
    for start, end, bare in _windows(text, mentions):
        said = text.squeezed[start:end]
        plain = all(m.role in ("unknown", "filler") for m in mentions if start <= m.start and m.end <= end)
        concepts, labels = match(said, names, plain=plain)
        if not concepts and bare != said:
            concepts, labels = match(bare, names)
        if not concepts and plain and len(done := _DONE.sub("", said)) >= _NAMED and done != said:
            concepts, labels = match(done, names)
        listed = any(start < n < end for n in text.listed) and not any("、" in c.label for c in concepts)
        joined = [(m.start, m.end) for m in mentions if m.role == "filler" and m.text in _AND and start < m.start < m.end < end]
        parted = listed or not all(_parted_so(text, place, c.label) for place in joined for c in concepts)
        if concepts and said not in labels and parted:
            continue  # 整体、信息采集 and 采集量和有效率 are two things
        if concepts:
            role = "project" if any(c.prefix == "prj" for c in concepts) else "item"
            shown = "、".join(dict.fromkeys(labels)) if len(set(labels)) <= 3 else f"{labels[0]} 等 {len(set(labels))} 项"
            note = "" if said in labels else f"{text.original(start, end)} = {shown}"
            found.append(Span(start, end, role, concepts, note=note))
    return found


def _parted_so(text: Text, place: tuple[int, int], label: str) -> bool:
    """Whether a name parts two words where the question does: 办公桌和椅 of 办公桌、椅."""
    before, after = text.squeezed[max(0, place[0] - 1) : place[0]], text.squeezed[place[1] : place[1] + 1]
    return re.search(f"{re.escape(before)}[、和与及]{re.escape(after)}", label) is not None


def projects(text: Text, mentions: Sequence[Mention], names: Mapping[str, Sequence[Concept]]) -> list[Span]:
    """Spans for an indicator's name before 项目 that begins a project's name too: 视频监控项目 is the project."""
    known = {name: own for name, concepts in names.items() if (own := [c for c in concepts if c.prefix == "prj"])}
    found = []
    for item, after in itertools.pairwise(mentions):
        if before_project(item, after):
            concepts, labels = match(text.squeezed[item.start : item.end], known)
            if concepts:
                said = _THIS.match(after.text)
                length = said.end() if said else 0
                note = f"{item.text}{after.text[:length]} = {'、'.join(labels[:3])}"
                found.append(Span(item.start, after.start + length, "project", concepts, note=note))
    return found


_THIS = re.compile("(?:[这那该](?:一?个)?)?(?:项目|专项)")


def before_project(item: Mention, after: Mention) -> bool:
    """Whether the name of an indicator that only documents know is followed by 项目, or any indicator by 这个项目."""
    pointed = after.text[:1] in ("这", "那", "该")
    return item.role == "item" and _said_of_project(item, after) and bool(item.concepts) and (pointed or item.concepts[0].prefix == "item")


def _said_of_project(word: Mention, after: Mention) -> bool:
    return bool(_THIS.match(after.text)) and word.end == after.start


def several(mentions: Sequence[Mention], names: Mapping[str, Sequence[Concept]]) -> tuple[str, list[Concept]]:
    """Words before 项目 that are part of the names of several projects, and these projects; nothing where one is meant, or none."""
    for word, after in itertools.pairwise(mentions):
        if before_project(word, after) or (word.role == "unknown" and _said_of_project(word, after)):
            own = {c.curie: c for name, concepts in names.items() if key(word.text) in name for c in concepts if c.prefix == "prj"}
            if len({stem(key(c.label)) for c in own.values()}) > 1:
                return word.text + after.text[:2], list(own.values())
    return "", []


def completing(text: Text, mentions: Sequence[Mention], names: Mapping[str, Sequence[Concept]]) -> list[Span]:
    """Unknown words that complete the name of an indicator said before: 城管类案件 … 结案率."""
    found: list[Span] = []
    items = [m for m in mentions if m.role == "item"]
    for n, mention in enumerate(mentions):
        before = [m for m in items if m.end <= mention.start]
        if mention.role != "unknown" or not before:
            continue
        ends = [mention.end, *(m.end for m in mentions[n + 1 : n + 2] if m.role in ("filler", "metric"))]
        starts = [mention.start, *(m.start for m in mentions[max(0, n - 1) : n] if m.role == "filler" and m.end == mention.start)]
        for start, end in [(start, end) for start in starts for end in ends if not text.crosses(start, end)]:
            said = text.squeezed[start:end]
            for whole in {key(c.label) + said for c in before[-1].concepts}:
                if whole in names:
                    found.append(Span(start, end, "item", tuple(names[whole]), note=f"{text.original(start, end)} = {whole}"))
    return found


def sharing(text: Text, mentions: Sequence[Mention], names: Mapping[str, Sequence[Concept]]) -> list[Span]:
    """Unknown words side by side that share the noun behind them: 主城区和城郊各有多少个责任网格."""
    found: list[Span] = []
    unknown = [m for m in mentions if m.role == "unknown" and m.end - m.start >= 2]
    items = [m for m in mentions if m.role == "item" and any(c.prefix == "item" for c in m.concepts)]
    for mention in unknown if len(unknown) > 1 else ():
        noun = next((m for m in items if m.start >= mention.end), None)
        if noun is None:
            continue
        said, letters = text.squeezed[mention.start : mention.end], set(text.squeezed[noun.start : noun.end])
        fitting = {c.curie: c for name, own in names.items() if said in name and letters <= set(name) for c in own if c.prefix == "item"}
        if len(fitting) == 1:
            (concept,) = fitting.values()
            found.append(Span(mention.start, mention.end, "item", (concept,), note=f"{mention.text} = {concept.label}"))
    return found


def _windows(text: Text, mentions: Sequence[Mention]) -> Iterable[tuple[int, int, str]]:
    """Stretches of whole words with an unknown one among them, longest first; and what they say without the words of asking."""
    windows = []
    for i, first in enumerate(mentions):
        touching = i + 1 < len(mentions) and mentions[i + 1].role == "unknown" and mentions[i + 1].start == first.end
        if first.role not in _EDGE_ROLES or _asks(first) or (first.role == "filler" and first.text in _FUNCTION and not touching):
            continue
        if first.role == "filler" and first.text in _AND:
            continue
        for j in range(i, len(mentions)):
            last = mentions[j]
            inner = mentions[i : j + 1]
            if (
                last.role in _NEVER
                or (last.role == "filler" and last.text in _PARTING)
                or last.end - first.start > _LONGEST
                or text.crosses(first.start, last.end)
                or _asks(last)
            ):
                break
            if (
                any(m.role == "unknown" for m in inner)
                and not (last.role == "filler" and last.text in _FUNCTION)
                and last.end - first.start >= 2
            ):
                bare = "".join(text.squeezed[m.start : m.end] for m in inner if m.role not in ("filler", "op"))
                if "op" in (first.role, last.role):  # what is asked of the name (追加了) is no part of it
                    bare = text.squeezed[first.start : last.end]
                windows.append((first.start, last.end, bare))
    return sorted(windows, key=lambda w: w[0] - w[1])


def _asks(mention: Mention) -> bool:
    """Whether a word asks, so that it is part of no name."""
    return (mention.role == "op" and mention.value in _ASKING) or (
        mention.role in ("op", "filler", "axis") and bool(_QUESTION.search(mention.text))
    )


def match(said: str, names: Mapping[str, Sequence[Concept]], *, plain: bool = False) -> tuple[tuple[Concept, ...], list[str]]:
    """The concepts of the one name that the words stand for, with the other ways in which it is written; nothing where several names fit.

    `plain` words are nothing but unknown: of them a name may also be a part.
    """
    ranked: dict[float, list[str]] = {}
    short = stem(said)
    letters = set(said)
    for name in names:
        if 2 * len(letters & set(name)) < min(len(letters), len(name)):
            continue
        if (_REST.match(name) and not _REST.search(said)) or (_REST.match(said) and not _REST.search(name)):
            continue
        quality = _quality(said, short, name, plain)
        if quality:
            ranked.setdefault(quality, []).append(name)
    if re.search("(?:项目|专项)(?:资金|经费|支出)?$", said):  # 信息采集专项 is a project, whatever else is called so
        projects = {q: [n for n in found if any(c.prefix == "prj" for c in names[n])] for q, found in ranked.items()}
        ranked = {q: found for q, found in projects.items() if found} or ranked
    if not ranked:
        return (), []
    top = max(ranked)
    best = ranked[top]
    rivals = [name for quality, found in ranked.items() if 3.0 <= quality < 4.5 for name in found] if 3.0 <= top < 4.5 else best
    rivals = [name for name in rivals if name.startswith(short)] or rivals if len(short) >= 4 else rivals
    if len({stem(name) for name in rivals}) > 1 and not _variants(rivals):
        return (), []
    best = rivals if _variants(rivals) else best
    concepts = {c.curie: c for name in best for c in _own(name, names[name])}
    return tuple(concepts.values()), best


def _own(name: str, concepts: Sequence[Concept]) -> Sequence[Concept]:
    """The concepts that are called so themselves; those that only stand in a row of that name where there is none."""
    return [c for c in concepts if key(c.label) == name] or concepts


def _variants(names: Sequence[str]) -> bool:
    """Whether names are one name written longer and shorter.

    >>> _variants(["服务大厅运转费用", "政务服务大厅运转经费"]), _variants(["光纤总故障时长", "服务器总故障时长"])
    (True, False)
    """
    stems = sorted({stem(name) for name in names}, key=len)
    return all(stems[0] in other for other in stems[1:]) and len(stems[0]) >= 5


def _quality(said: str, short: str, name: str, plain: bool) -> float:
    """How well the words stand for a name: 0 not at all, 5 the name itself."""
    if said == name:
        return 5.0
    if len(short) >= 4 and short == stem(name):
        return 4.5
    for words in dict.fromkeys((said, short)):
        if len(words) < 3:
            continue
        if words in name and len(words) >= (0.25 if len(words) >= 4 or name.startswith(words) else 0.4) * len(stem(name)):
            return 3.0 + len(words) / len(stem(name))
        if len(words) >= 4 and len(words) / len(name) >= 0.3 and _dense(words, name):
            return 2.0 + len(words) / len(stem(name))
    if plain and len(name) >= 4 and name in said and len(name) / len(said) >= 0.6:
        return 1.0 + len(name) / len(said)
    wrong = misspelt(said, name) if len(said) >= 3 and abs(len(said) - len(name)) <= 1 and len(set(said) - set(name)) <= 1 else 9
    return 1.0 if wrong == 1 or (wrong == 2 and len(said) >= 6) else 0.0


def _dense(words: str, name: str) -> bool:
    """Whether the words are pieces of the name of two characters or more each, in order."""
    if not subsequence(words, name):
        return False
    position = n = 0
    while n < len(words):
        length = len(words) - n
        while length >= 2 and words[n : n + length] not in name[position:]:
            length -= 1
        if length < 2:
            return False
        position = name.index(words[n : n + length], position) + length
        n += length
    return True
