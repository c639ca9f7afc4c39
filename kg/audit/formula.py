"""Formulas over printed figures, exact in Decimal, that know how far rounding alone can carry them apart.

A formula is an equation or a comparison: `total = sum(part)`, `rate = 100 * part / whole`, `order = compare(x, y)`, `score <= weight`.
Names stand for figures; a figure is a number and half a unit of its last printed digit.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from functools import lru_cache

_CONTEXT = Context(prec=40, rounding=ROUND_HALF_UP)
_ZERO = Decimal(0)


class NotComputable(ValueError):
    """The formula cannot be computed with these figures; the message (Chinese) says why."""


@dataclass(frozen=True, slots=True)
class Operand:
    """A number and the interval in which the figure behind it may lie."""

    value: Decimal
    low: Decimal
    high: Decimal

    @classmethod
    def exact(cls, value: Decimal | int) -> Operand:
        """A number without rounding."""
        return cls(Decimal(value), Decimal(value), Decimal(value))

    @classmethod
    def printed(cls, value: Decimal, decimals: int) -> Operand:
        """A figure printed to so many digits behind the point.

        >>> Operand.printed(Decimal("1.4"), 1)
        Operand(value=Decimal('1.4'), low=Decimal('1.35'), high=Decimal('1.45'))
        """
        half = Decimal(5).scaleb(-decimals - 1)
        return cls(value, value - half, value + half)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a formula: does it hold, or fail by no more than rounding, and by how much (left minus right)."""

    holds: bool
    rounding: bool
    stated: Decimal
    computed: Decimal

    @property
    def diff(self) -> Decimal:
        """Stated minus computed."""
        return self.stated - self.computed


@lru_cache(maxsize=256)
def parse(text: str) -> tuple[ast.expr, str, ast.expr]:
    """Left side, relation and right side of a formula. Raises ValueError where it is none.

    >>> parse("total = sum(part)")[1]
    '='
    """
    relation = next((sign for sign in ("<=", ">=", "=") if sign in text), None)
    if relation is None:
        raise ValueError(text)
    left, _, right = text.partition(relation)
    try:
        sides = [ast.parse(side.strip(), mode="eval").body for side in (left, right)]
    except SyntaxError as error:
        raise ValueError(text) from error
    for side in sides:
        for node in ast.walk(side):
            if not isinstance(node, ast.BinOp | ast.Add | ast.Sub | ast.Mult | ast.Div | ast.Name | ast.Load | ast.Constant | ast.Call):
                raise ValueError(text)
            if isinstance(node, ast.Call) and not (
                isinstance(node.func, ast.Name) and node.func.id in ("sum", "abs", "compare") and not node.keywords
            ):
                raise ValueError(text)
    return sides[0], relation, sides[1]


@lru_cache(maxsize=256)
def names(text: str) -> tuple[str, ...]:
    """The names of the figures in a formula, in order.

    >>> names("rate = 100 * part / whole")
    ('rate', 'part', 'whole')
    """
    left, _, right = parse(text)
    functions = {"sum", "abs", "compare"}
    found = [node for side in (left, right) for node in ast.walk(side) if isinstance(node, ast.Name) and node.id not in functions]
    sides = {id(node): n for n, side in enumerate((left, right)) for node in ast.walk(side)}
    found.sort(key=lambda node: (sides[id(node)], node.col_offset))
    return tuple(dict.fromkeys(node.id for node in found))


@lru_cache(maxsize=256)
def lists(text: str) -> frozenset[str]:
    """The names that stand for many figures: those inside sum().

    >>> sorted(lists("total = sum(part)"))
    ['part']
    """
    left, _, right = parse(text)
    calls = [node for side in (left, right) for node in ast.walk(side) if isinstance(node, ast.Call)]
    return frozenset(
        arg.id
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "sum"
        for arg in call.args
        if isinstance(arg, ast.Name)
    )


def judge(text: str, figures: Mapping[str, Sequence[Operand]], *, decimals: int | None = None) -> Verdict:
    """Compute both sides. With `decimals`, the right side is rounded half up to so many digits first (rates).

    It holds exactly, or within what rounding explains (for a rate, one unit of its last digit), or not.

    >>> one = lambda text, digits: [Operand.printed(Decimal(text), digits)]
    >>> figures = {"rate": one("99.08", 2), "part": one("1227.61", 2), "whole": one("1238.95", 2)}
    >>> judge("rate = 100 * part / whole", figures, decimals=2).holds
    True
    >>> judge("x = y", {"x": one("279.45", 2), "y": one("279.44", 2)})
    Verdict(holds=False, rounding=True, stated=Decimal('279.45'), computed=Decimal('279.44'))
    >>> judge("x = y", {"x": one("82.80", 2), "y": one("81.37", 2)}).rounding
    False

    Raises NotComputable where a divisor is 0.
    """
    left, relation, right = parse(text)
    with localcontext(_CONTEXT):
        stated, computed = _value(left, figures), _value(right, figures)
        value, unit = computed.value, _ZERO
        if decimals is not None:
            unit = Decimal(1).scaleb(-decimals)
            value = value.quantize(unit, rounding=ROUND_HALF_UP)
        if relation == "=":
            close = stated.low <= computed.high and computed.low <= stated.high or abs(stated.value - value) <= unit
            return Verdict(stated.value == value, close, stated.value, value)
        if relation == "<=":
            return Verdict(stated.value <= value, stated.low <= computed.high, stated.value, value)
        return Verdict(stated.value >= value, stated.high >= computed.low, stated.value, value)


def _value(node: ast.expr, figures: Mapping[str, Sequence[Operand]]) -> Operand:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return Operand.exact(Decimal(str(node.value)))
    if isinstance(node, ast.Name):
        return figures[node.id][0]
    if isinstance(node, ast.BinOp):
        return _binary(node.op, _value(node.left, figures), _value(node.right, figures))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id == "sum" and isinstance(node.args[0], ast.Name):
            return _sum(figures[node.args[0].id])
        values = [_value(arg, figures) for arg in node.args]
        return _abs(values[0]) if node.func.id == "abs" else _compare(values[0], values[1])
    raise NotComputable(f"公式里的 {ast.unparse(node)} 不能计算")


def _binary(op: ast.operator, a: Operand, b: Operand) -> Operand:
    if isinstance(op, ast.Add):
        return Operand(a.value + b.value, a.low + b.low, a.high + b.high)
    if isinstance(op, ast.Sub):
        return Operand(a.value - b.value, a.low - b.high, a.high - b.low)
    if isinstance(op, ast.Mult):
        return _corners(a.value * b.value, (x * y for x in (a.low, a.high) for y in (b.low, b.high)))
    if b.value == 0:
        raise NotComputable("除数为 0")
    if b.low <= 0 <= b.high:
        return Operand.exact(a.value / b.value)
    return _corners(a.value / b.value, (x / y for x in (a.low, a.high) for y in (b.low, b.high)))


def _corners(value: Decimal, ends: Iterable[Decimal]) -> Operand:
    ends = sorted(ends)
    return Operand(value, ends[0], ends[-1])


def _sum(parts: Sequence[Operand]) -> Operand:
    return Operand(sum((p.value for p in parts), _ZERO), sum((p.low for p in parts), _ZERO), sum((p.high for p in parts), _ZERO))


def _abs(a: Operand) -> Operand:
    low = _ZERO if a.low <= 0 <= a.high else min(abs(a.low), abs(a.high))
    return Operand(abs(a.value), low, max(abs(a.low), abs(a.high)))


def _compare(a: Operand, b: Operand) -> Operand:
    def sign(d: Decimal) -> int:
        return (d > 0) - (d < 0)

    return Operand.exact(sign(a.value - b.value))
