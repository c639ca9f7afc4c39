"""What a figure is in its sentence: the patterns of `ontology/narrative/`, compiled once, and the words around figures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from kg.knowledge import Knowledge
from kg.model import KnowledgeError

#: What ~ stands for in a pattern: words that only lead up to a figure.
_LEAD_UP = "(?:数|额|金额|总额|总数|总计|合计|共计|均为|[为是共达约均各]|达到|(?:控制|保持)在|[：:])*"
_NEAR = 120  # characters around a figure in which the words of its role stand
#: An earlier figure of the sentence, and the figure itself.
EARLIER, FIGURE = "§", "#"


@dataclass(frozen=True, slots=True)
class Role:
    """A role with its patterns. `column` is what becomes of Fact.column; {base} and {name} in it are filled from the pattern's groups."""

    name: str
    kind: str
    column: str
    patterns: tuple[re.Pattern[str], ...]
    sets: Mapping[str, str] = field(default_factory=dict)
    quantities: tuple[str, ...] = ()
    sign: int = 0


@dataclass(frozen=True, slots=True)
class Match:
    """A role found: where its words begin, and what the groups caught."""

    role: Role
    start: int
    base: str = ""
    name: str = ""
    subject: str = ""
    placed: bool = True  # whether a group of the pattern named the base, though emptily


@dataclass(frozen=True, slots=True)
class Base:
    """What a rate or change is measured against."""

    name: str
    sets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Roles:
    """All roles and words by kind, in their order."""

    by_kind: Mapping[str, tuple[Role, ...]]

    def kind(self, name: str) -> tuple[Role, ...]:
        """The roles or words of one kind, in their order."""
        return self.by_kind.get(name, ())


def load(knowledge: Knowledge) -> Roles:
    """The roles of `ontology/narrative/`.

    Raises KnowledgeError where a pattern is no regular expression.
    """
    rows = []
    for node, properties in knowledge.of_class("f:Role"):
        one = {name: values[0] for name, values in properties.items()}
        sets = tuple((name.removeprefix("sets:"), value) for name, value in one.items() if name.startswith("sets:"))
        rows.append(
            (
                int(one.get("f:order", "0")),
                node,
                one.get("f:kind", "figure"),
                one.get("skos:prefLabel", ""),
                properties.get("f:pattern", ()),
                sets,
                properties.get("f:quantity", ()),
                int(one.get("f:sign", "0")),
            )
        )
    return _compile(tuple(sorted(rows)))


@lru_cache(maxsize=2)
def _compile(rows: tuple[tuple[int, str, str, str, tuple[str, ...], tuple[tuple[str, str], ...], tuple[str, ...], int], ...]) -> Roles:
    found: dict[str, list[Role]] = {}
    for _, node, kind, label, patterns, sets, quantities, sign in rows:
        compiled = []
        for text in patterns:
            try:
                compiled.append(re.compile(text.replace("~", _LEAD_UP) if kind == "figure" else text))
            except re.error as error:
                raise KnowledgeError(f"知识文件：{node} 的 f:pattern 不是正则表达式（{error}）：{text}。请改正后重试。") from error
        found.setdefault(kind, []).append(Role(node, kind, label, tuple(compiled), dict(sets), quantities, sign))
    return Roles({kind: tuple(roles) for kind, roles in found.items()})


def role(roles: Roles, before: str, after: str, quantity: str) -> Match | None:
    """The role of the figure between two stretches of its sentence: the first that takes its measure and has a pattern that fits.

    >>> from kg import knowledge
    >>> found = role(load(knowledge.load()), "支出决算为§，完成年初预算的", "。", "ratio")
    >>> found and (found.role.column, found.base, found.start)
    ('完成{base}比例', '年初预算', 7)
    """
    cut = max(len(before) - _NEAR, 0)
    sentence = before[cut:] + FIGURE + after[:_NEAR]
    place = len(before) - cut
    for candidate in roles.kind("figure"):
        if candidate.quantities and quantity not in candidate.quantities:
            continue
        for pattern in candidate.patterns:
            for match in pattern.finditer(sentence):
                if match.start() <= place < match.end():
                    groups = match.groupdict()
                    return Match(
                        candidate,
                        match.start() + cut,
                        groups.get("base") or "",
                        groups.get("name") or "",
                        groups.get("subject") or "",
                        "base" in groups,
                    )
                if match.start() > place:
                    break
    return None


def years(text: str, year: int) -> str:
    """The text with the document's year as 本年 and the year before as 上年, which patterns of bases know.

    >>> years("2023年预算执行数", 2024), years("2019年", 2024)
    ('上年预算执行数', '2019年')
    """
    return re.sub(rf"{year - 1}年", "上年", re.sub(rf"{year}年", "本年", text))


def base(roles: Roles, words: str, year: int) -> Base:
    """What the words of a comparison name: a known base, else the words themselves."""
    if words == "同":
        words = "上年"
    text = years(words.strip(" ，、的"), year)
    for candidate in roles.kind("base"):
        if any(pattern.search(text) for pattern in candidate.patterns):
            return Base(candidate.column, candidate.sets)
    return Base(words.strip(" ，、的"))


def search(roles: Roles, kind: str, text: str) -> list[tuple[Role, re.Match[str]]]:
    """Every place where a pattern of a kind fits, in the order of the text; where two overlap, the earlier and longer."""
    found = sorted(
        (
            (match.start(), -match.end(), n, role, match)
            for n, role in enumerate(roles.kind(kind))
            for pattern in role.patterns
            for match in pattern.finditer(text)
        ),
        key=lambda f: f[:3],
    )
    result: list[tuple[Role, re.Match[str]]] = []
    for _, _, _, role, match in found:
        if not result or match.start() >= result[-1][1].end():
            result.append((role, match))
    return result


def column(match: Match, base_name: str) -> str:
    """The name of a role with its base filled in.

    >>> column(Match(Role("r", "figure", "较{base}增减额", ()), 0), "上年"), column(Match(Role("r", "figure", "占{base}比例", ()), 0), "")
    ('较上年增减额', '占比')
    """
    text = match.role.column.replace("{name}", match.name)
    if "{base}" in text and not base_name:
        text = {"较{base}增减额": "增减额", "较{base}增减率": "增减率", "占{base}比例": "占比", "完成{base}比例": "完成比例"}.get(
            text, text
        )
    return text.replace("{base}", base_name)
