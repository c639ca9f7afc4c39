"""A query of our own over a graph, and its rows as Python values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pyoxigraph as ox

from kg import iris
from kg.model import LibraryError, QueryError

#: What a query returns in a column: exact numbers, IRIs as CURIEs, texts; None where nothing is bound.
Value = Decimal | int | bool | str | None

_INTEGERS = frozenset(
    iris.PREFIXES["xsd"] + name for name in ("integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger")
)
_NUMBERS = frozenset(iris.PREFIXES["xsd"] + name for name in ("decimal", "double", "float"))
_BOOLEAN = iris.PREFIXES["xsd"] + "boolean"


@lru_cache(maxsize=65536)
def _curie(iri: str) -> str:
    return iris.shrink(iri)


def _value(term: Any) -> Value:
    if term is None:
        return None
    if isinstance(term, ox.NamedNode):
        return _curie(term.value)
    if not isinstance(term, ox.Literal):
        return str(term)
    kind = term.datatype.value
    if kind in _INTEGERS:
        return int(term.value)
    if kind == _BOOLEAN:
        return term.value in ("true", "1")
    if kind in _NUMBERS:
        number = Decimal(term.value.replace("INF", "Infinity"))
        return number if number.is_finite() else term.value
    return term.value


def _node(value: str | int) -> str:
    """A binding in SPARQL: numbers as they are, CURIEs of known prefixes as IRIs, other texts as literals."""
    if isinstance(value, int):
        return str(value).lower()
    prefix, colon, local = value.partition(":")
    if colon and prefix in iris.PREFIXES and local and not any(c in local for c in ' <>"{}|\\^`'):
        return f"<{iris.expand(value)}>"
    return str(ox.Literal(value))


def bound(sparql: str, bindings: Mapping[str, str | int]) -> str:
    """A query with values in place of variables behind its first brace.

    >>> bound("SELECT ?n ?year { ?n f:year ?year }", {"year": 2024})
    'SELECT ?n ?year { ?n f:year 2024 }'
    """
    head, brace, body = sparql.partition("{")
    nodes = {name: _node(value) for name, value in bindings.items()}
    return head + brace + re.sub(r"[?$](\w+)", lambda match: nodes.get(match[1], match[0]), body)


def rows(store: ox.Store, sparql: str, bindings: Mapping[str, str | int]) -> list[dict[str, Value]]:
    """Run a query of our own over the union of all graphs; `bindings` stand for variables behind the first brace.

    Raises QueryError for a malformed query, LibraryError where the graph cannot be read.
    """
    try:
        found = store.query(bound(sparql, bindings), prefixes=iris.PREFIXES, use_default_graph_as_union=True)
        if isinstance(found, ox.QueryBoolean):
            return [{"ask": bool(found)}]
        if isinstance(found, ox.QueryTriples):
            return [{"s": _value(t.subject), "p": _value(t.predicate), "o": _value(t.object)} for t in found]
        names = [variable.value for variable in found.variables]
        fixed: dict[str, Value] = {name: bindings[name] for name in names if name in bindings}
        return [dict(zip(names, map(_value, solution), strict=True)) | fixed for solution in found]
    except SyntaxError as error:
        raise QueryError(f"SPARQL 查询有语法错误：{error.msg}。") from error
    except (OSError, RuntimeError) as error:
        raise LibraryError(f"读取图谱失败（{error}）。请重新运行 chazhang build。") from error
