"""Paths of the functional classification in sentences: 教育支出（类）普通教育（款）小学教育（项）, with codes, or joined by dashes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg import terms
from kg.knowledge import Concept, Knowledge
from kg.model import Fact

_MARK = r"[（(]\s*[0-9]*\s*(?:类|款|项)\s*[)）]"
_LEVEL = re.compile(rf"(?P<name>[^（(]+?(?:(?!{_MARK})[（(][^（()）]*[)）][^（(]*?)*)\s*[（(]\s*[0-9]*\s*(?P<level>类|款|项)\s*[)）]")
_CODED = re.compile(r"(?P<name>[^（()）]*(?:[（(][^（()）\d]*[)）][^（()）]*)*)[（(](?P<code>\d{3,7})[)）]")
_BEHIND = ("", "支出", "支出预算", "科目", "支出科目", "经费", "支出决算")
_LED = re.compile(r"(?:[（(]?\d{1,2}[)）.、．]\s*)?(?P<code>\d{3}(?:\d\d){0,2})[\s、.．—-]*(?P<name>[\u4e00-\u9fff][^，。；：\d]{2,40})$")
_ITEM = re.compile(r"func:\d{3,7}")
_LONGEST = 200
_LENGTH = {"类": 3, "款": 5, "项": 7}


@dataclass(frozen=True, slots=True)
class Path:
    """A path that was recognised: its print with the levels joined by '/', and the concept at its end."""

    row: str
    concept: Concept


def stem(name: str) -> str:
    """A name of the classification by key, without 支出 behind it: 教育支出 is 教育."""
    return re.sub(r"支出$", "", terms.key(name)) or terms.key(name)


def index(concepts: Iterable[Concept]) -> dict[str, tuple[Concept, ...]]:
    """Concepts of the functional classification by stem: many codes share a name."""
    found: dict[str, dict[str, Concept]] = {}
    for concept in concepts:
        for label in (concept.label, *concept.alt):
            found.setdefault(stem(label), {})[concept.curie] = concept
    return {key: tuple(concepts.values()) for key, concepts in found.items()}


def learned(facts: Iterable[Fact], knowledge: Knowledge) -> tuple[Concept, ...]:
    """The codes that only a document's own tables know (2130110 执法监管), under the names printed there."""
    named = {f.item: f.item_label for f in facts if _ITEM.fullmatch(f.item) and f.item not in knowledge.concepts}
    return tuple(
        Concept(curie, "func", label, notation=curie.partition(":")[2])
        for curie, label in named.items()
        if re.search(r"[\u4e00-\u9fff]{2}", label)
    )


def find(text: str, above: str, functions: Mapping[str, tuple[Concept, ...]], concepts: Mapping[str, Concept]) -> Path | None:
    """The path that a text is; None where it is none. `above` is the code of the 类 or 款 that a heading names."""
    if len(text) > _LONGEST:
        return None
    text = terms.strip_numbering(text.strip('“”" 。：:'))
    coded = _CODED.findall(text)
    if coded and re.sub(r"^.*[)）]", "", text) in _BEHIND:
        concept = concepts.get(f"func:{coded[-1][1]}")
        if concept is not None:
            return Path("/".join(f"{terms.strip_numbering(name)}（{code}）" for name, code in coded), concept)
    levels = _levels(text, above)
    concept = _concept(levels, above, functions, concepts) if levels else None
    if concept is None:
        return None
    return Path("/".join(f"{name}（{level}）" for name, level in levels) if len(levels) > 1 else text, concept)


def led_by_code(text: str, concepts: Mapping[str, Concept]) -> Path | None:
    """A code with its name behind it: 2080505机关事业单位基本养老保险缴费支出."""
    match = _LED.match(text)
    concept = concepts.get(f"func:{match['code']}") if match else None
    if match is None or concept is None or not terms.akin(match["name"], (concept.label, *concept.alt)):
        return None
    return Path(f"{match['code']} {match['name']}", concept)


def unknown(text: str) -> str:
    """The print of a marked path (行政运行（项）) whose code nothing tells; '' where the text is no such path."""
    text = terms.strip_numbering(text.strip('“”" 。：:'))
    marked = len(text) <= _LONGEST and re.search(_MARK, text)
    return "/".join(f"{name}（{level}）" for name, level in _levels(text, "")) if marked else ""


def _unquoted(name: str) -> str:
    """A name without marks around it: “两庭”建设 keeps its own."""
    bare = name.strip(' ，、：:"')
    return bare if bare.count("“") == bare.count("”") == 1 and not (bare[0] == "“" and bare[-1] == "”") else bare.strip("“”")


def _levels(text: str, above: str) -> list[tuple[str, str]]:
    """Names and levels of a path, () where the text is none."""
    found = [(terms.strip_numbering(_unquoted(m["name"])), m["level"]) for m in _LEVEL.finditer(text)]
    if found:
        return found if re.sub(r"^.*[)）]", "", text) in _BEHIND else []
    parts = [terms.strip_numbering(part.strip("“”")) for part in re.split(r"\s*[-—－–]+\s*", re.sub(r"”?科目$", "", text))]
    if not 1 < len(parts) < 4 or not all(re.search(r"[\u4e00-\u9fff]{2}", part) for part in parts):
        return []
    names = ("类", "款", "项")
    return list(zip(parts, names[-len(parts) :] if above else names, strict=False))


def _concept(
    levels: Sequence[tuple[str, str]], above: str, functions: Mapping[str, tuple[Concept, ...]], concepts: Mapping[str, Concept]
) -> Concept | None:
    """The code whose names upwards agree with the path; None where none or more than one does."""
    name, level = levels[-1]
    wanted = {_LENGTH[one]: stem(label) for label, one in levels[:-1]}

    def stems(code: str) -> set[str]:
        concept = concepts.get(f"func:{code}")
        return {stem(label) for label in (concept.label, *concept.alt)} if concept else set()

    def score(concept: Concept) -> int:
        points = 2 * sum(text in stems(concept.name[:length]) for length, text in wanted.items())
        return points + int(bool(above) and concept.name.startswith(above)) + int(terms.key(name) == terms.key(concept.label))

    def contradicts(concept: Concept) -> bool:
        return 3 in wanted and len(concept.name) > 3 and bool(stems(concept.name[:3])) and wanted[3] not in stems(concept.name[:3])

    known = functions.get(stem(name)) or functions.get(stem(re.sub(r"[（(][^（()）]*[)）]$", "", name)), ())  # 一般行政管理事务（组织）
    alike = [c for c in known if len(c.name) == _LENGTH[level] and not contradicts(c)]
    ranked = sorted(alike, key=score, reverse=True)
    if len(ranked) < 2:
        return ranked[0] if ranked else None
    first, second = score(ranked[0]), score(ranked[1])
    return None if first == second or (first < 1 and (wanted or above)) else ranked[0]
