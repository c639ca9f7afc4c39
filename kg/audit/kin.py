"""Names of one project: documents write 运转经费 in one table and 运转费用 in another. Linked by evidence, never by likeness alone.

Two names mean one project where they are the same up to words that every project's name may end with (`ontology/narrative/`, kind
"tail"), or where one contains the other and two amounts of both agree to the digit; the second kind is doubtful, and what is found by
it is a 口径提示. Names that stand one below the other in a column, or side by side in a paragraph, are two projects.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations
from typing import Any

from kg import terms
from kg.knowledge import Knowledge

_LEAST = 4  # characters of a name that say which project it is
_AGREE = 2  # amounts that both names must state
_DIGITS = 3  # an amount of fewer digits agrees by chance
FACTS = """SELECT ?project ?year ?value ?measure ?row ?column ?table { GRAPH $this {
  ?x f:project ?project ; f:metric me:金额 ; f:year ?year ; f:value ?value ; f:measure ?measure ; f:inRow ?row ; f:inColumn ?column .
  OPTIONAL { ?row f:inTable ?table } } }"""
NAMES = "SELECT DISTINCT ?project { GRAPH $this { ?x f:project ?project } }"


@dataclass(frozen=True, slots=True)
class Kin:
    """A name of a project (CURIE), the one that stands for all its names, and why that may be doubted ('' where not)."""

    name: str
    project: str
    doubt: str


@dataclass(slots=True)
class _Stated:
    """What a document says under one name: amounts with their year, and the places that hold one name each."""

    amounts: set[tuple[int, Decimal, str]] = field(default_factory=set)
    places: set[str] = field(default_factory=set)


def link(names: Iterable[str], facts: Sequence[Mapping[str, Any]], label: Callable[[str], str], known: Knowledge) -> list[Kin]:
    """The names of a document that mean one project with another name, each with the one that stands for it."""
    cut = _tails(known)
    stated: dict[str, _Stated] = defaultdict(_Stated)
    for row in facts:
        own = stated[row["project"]]
        own.places.add(f"{row['column']}" if row["table"] else f"{row['row']}")
        if len(Decimal(row["value"]).normalize().as_tuple().digits) >= _DIGITS:
            own.amounts.add((row["year"], abs(Decimal(row["value"])), row["measure"]))
    stems = {name: cut(terms.key(label(name))) for name in names}
    roots = {name: name for name in stems}
    doubts: dict[str, str] = {}
    for a, b in combinations(sorted(stems), 2):
        doubt = None if stated[a].places & stated[b].places else _doubt(stems[a], stems[b], stated[a], stated[b])
        if doubt is not None:
            doubts[b] = doubts.get(b) or doubt
            roots = {name: roots[a] if root == roots[b] else root for name, root in roots.items()}
    linked = {root for name, root in roots.items() if name != root}
    return [Kin(name, root, doubts.get(name, "")) for name, root in roots.items() if root in linked]


def _doubt(a: str, b: str, one: _Stated, other: _Stated) -> str | None:
    """Why two names may be taken for one project only with care; '' without a doubt, None where nothing says that they are one."""
    if min(len(a), len(b)) < _LEAST:
        return None
    if a == b:
        return ""
    if (a in b or b in a) and len(one.amounts & other.amounts) >= _AGREE:
        return "名称不同，金额相同"
    return None


def _tails(known: Knowledge) -> Callable[[str], str]:
    roles = (properties for _, properties in known.of_class("f:Role") if properties.get("f:kind", ("",))[0] == "tail")
    words = "|".join(pattern for properties in roles for pattern in properties["f:pattern"])
    tail = re.compile(f"(?:{words})$")

    def cut(name: str) -> str:
        while words and (found := tail.search(name)) and found.start() >= _LEAST:
            name = name[: found.start()]
        return name

    return cut
