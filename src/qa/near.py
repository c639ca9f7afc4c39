"""Words of a question that are a printed name cut short or misspelt: 视频监控升级改造项目, 陪训费."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from qa.lattice import Span
from qa.model import Concept, Mention
from qa.spelling import misspelt, subsequence
from qa.text import Text

#: what people add to a project's name or leave away
_TAIL = re.compile(r"(?:(?:工作)?(?:专项)?(?:经费|资金|费用|费)?(?:项目|专项)?(?:支出|经费)?|指标|情况)$")
_EDGE_ROLES = {"unknown", "item", "project", "unit", "filler", "metric", "phase", "dim", "op", "kind", "axis"}
_NEVER = {"year", "amount", "form"}
_FUNCTION = "的了是有在为里中各都和与及跟"
_LONGEST = 40


def stem(name: str) -> str:
    """A project's name without what it ends in.

    >>> stem("系统升级维护专项经费"), stem("城市管理信息采集管理项目"), stem("政务服务大厅运转费用")
    ('系统升级维护', '城市管理信息采集管理', '政务服务大厅运转')
    """
    short = _TAIL.sub("", name)
    return short if len(short) >= 4 else name


def find(text: Text, mentions: Sequence[Mention], names: Mapping[str, Sequence[Concept]]) -> list[Span]:
    """Spans for the stretches around unknown words that are one printed name, shortened or misspelt."""
    found: list[Span] = []
    for start, end in _windows(text, mentions):
        said = text.squeezed[start:end]
        concepts, labels = _match(said, names)
        if concepts:
            role = "project" if any(c.prefix == "prj" for c in concepts) else "item"
            shown = "、".join(dict.fromkeys(labels)) if len(set(labels)) <= 3 else f"{labels[0]} 等 {len(set(labels))} 项"
            note = "" if said in labels else f"{text.original(start, end)} = {shown}"
            found.append(Span(start, end, role, concepts, note=note))
    return found


def _windows(text: Text, mentions: Sequence[Mention]) -> Iterable[tuple[int, int]]:
    """Stretches of whole words with an unknown one among them, longest first."""
    windows = []
    for i, first in enumerate(mentions):
        if first.role not in _EDGE_ROLES or (first.role == "filler" and first.text in _FUNCTION):
            continue
        for j in range(i, len(mentions)):
            last = mentions[j]
            inner = mentions[i:j + 1]
            if last.role in _NEVER or last.end - first.start > _LONGEST or text.crosses(first.start, last.end):
                break
            if any(m.role == "unknown" for m in inner) and not (last.role == "filler" and last.text in _FUNCTION) and last.end - first.start >= 2:
                windows.append((first.start, last.end))
    return sorted(windows, key=lambda w: w[0] - w[1])


def _match(said: str, names: Mapping[str, Sequence[Concept]]) -> tuple[tuple[Concept, ...], list[str]]:
    """The concepts whose names the words are; several only where they fit equally well."""
    ranked: dict[float, list[str]] = {}
    short = stem(said)
    for name in names:
        quality = _quality(said, short, name)
        if quality:
            ranked.setdefault(quality, []).append(name)
    if not ranked:
        return (), []
    best = ranked[max(ranked)]
    concepts = {c.curie: c for name in best for c in names[name]}
    return tuple(concepts.values()), best


def _quality(said: str, short: str, name: str) -> float:
    """How well the words stand for a name: 0 not at all, 5 the name itself."""
    if said == name:
        return 5.0
    if len(short) >= 4 and short == stem(name):
        return 4.5
    for words in dict.fromkeys((said, short)):
        if len(words) < 3 and not (len(words) == 2 and name.startswith(words)):
            continue
        if words in name:
            return 3.0 + len(words) / len(stem(name))
        if len(words) >= 4 and len(words) / len(name) >= 0.3 and _dense(words, name):
            return 2.0 + len(words) / len(stem(name))
    if len(name) >= 4 and name in said and len(name) / len(said) >= 0.6:
        return 1.0 + len(name) / len(said)
    wrong = misspelt(said, name) if len(said) >= 3 and abs(len(said) - len(name)) <= 1 else 9
    return 1.0 if wrong == 1 or (wrong == 2 and len(said) >= 6) else 0.0


def _dense(words: str, name: str) -> bool:
    """Whether the words are pieces of the name of two characters or more each, in order."""
    if not subsequence(words, name):
        return False
    position = n = 0
    while n < len(words):
        length = len(words) - n
        while length >= 2 and words[n:n + length] not in name[position:]:
            length -= 1
        if length < 2:
            return False
        position = name.index(words[n:n + length], position) + length
        n += length
    return True
