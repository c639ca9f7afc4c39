"""The scale behind a grade: which points are 优, 良, 中, 差. Bounds have a metric of their own, so that none is ever taken for a score."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from kg.prose import roles
from kg.prose.roles import Role, Roles

_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Bound:
    """One step of a scale: 80分（含）—90分为良. `start` to `end` covers the points; `grade` is '' for the whole (总分设置为100分)."""

    start: int
    end: int
    role: Role
    grade: str
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None


def scale(text: str, known: Roles) -> list[Bound]:
    """The steps of the scale that a paragraph lays down, in order; [] where fewer than two grades are named (a threshold is no scale).

    >>> from kg import knowledge
    >>> found = scale("总分设置为100分，90分（含）—100分为优，60分以下为差。", roles.load(knowledge.load()))
    >>> [(b.grade, b.value or (b.low, b.high)) for b in found]
    [('', Decimal('100')), ('优', (Decimal('90'), Decimal('100'))), ('差', (None, Decimal('60')))]
    """
    steps = list(_steps(text, known))
    return steps if len({step.grade for step in steps if step.grade}) >= _FEWEST else []


def _steps(text: str, known: Roles) -> Iterator[Bound]:
    for role, match in roles.search(known, "scale", text):
        found = match.groupdict()
        whole, low, high = (Decimal(found[name]) if found.get(name) else None for name in ("whole", "low", "high"))
        yield Bound(*match.span("points"), role, found.get("grade") or "", whole, low, high)
