"""Query results in the formats of SPARQL 1.1: JSON, CSV, TSV, XML; Turtle for graphs. Only so many rows, and whether there were more."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pyoxigraph as ox

from kg import iris
from kg.model import QueryError

_STRING = iris.PREFIXES["xsd"] + "string"
_PLAIN = {iris.PREFIXES["xsd"] + name for name in ("integer", "decimal", "boolean")}
Rows = list[list[Any]]


def write(found: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples, format: str, limit: int) -> dict[str, Any]:
    """The result of a query as kind, body, rows and cut. Raises QueryError where the format does not fit the result."""
    if isinstance(found, ox.QueryBoolean):
        return {"kind": "ask", "body": _boolean(bool(found), format), "rows": int(bool(found))}
    if isinstance(found, ox.QueryTriples):
        triples = [*islice(found, limit + 1)]
        cut, triples = len(triples) > limit, triples[:limit]
        if format == "ttl":
            body = (ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=iris.PREFIXES) or b"").decode()
        else:
            body = WRITERS[format](["s", "p", "o"], [[t.subject, t.predicate, t.object] for t in triples])
        return {"kind": "graph", "body": body, "rows": len(triples), "cut": cut}
    if format == "ttl":
        raise QueryError("SELECT 的结果是表，不能写成 ttl。可用 --format table、csv、tsv、json、xml，或改用 CONSTRUCT。")
    names = [variable.value for variable in found.variables]
    rows = [[solution[name] for name in names] for solution in islice(found, limit + 1)]
    return {"kind": "select", "body": WRITERS[format](names, rows[:limit]), "rows": min(len(rows), limit), "cut": len(rows) > limit}


def _boolean(value: bool, format: str) -> str:
    if format == "json":
        return json.dumps({"head": {}, "boolean": value}) + "\n"
    if format == "xml":
        return f"{_XML}<head/><boolean>{str(value).lower()}</boolean></sparql>\n"
    return f"{str(value).lower()}\n"


# --- formats ------------------------------------------------------------------------------------


def _json(names: Sequence[str], rows: Rows) -> str:
    bindings = [{name: _object(term) for name, term in zip(names, row, strict=True) if term is not None} for row in rows]
    return json.dumps({"head": {"vars": [*names]}, "results": {"bindings": bindings}}, ensure_ascii=False, indent=1) + "\n"


def _object(term: Any) -> dict[str, str]:
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    if not isinstance(term, ox.Literal):
        return {"type": "triple", "value": str(term)}
    found = {"type": "literal", "value": term.value}
    if term.language:
        found["xml:lang"] = term.language
    elif term.datatype.value != _STRING:
        found["datatype"] = term.datatype.value
    return found


def _csv(names: Sequence[str], rows: Rows) -> str:
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(names)
    table.writerows([["" if term is None else term.value if hasattr(term, "value") else str(term) for term in row] for row in rows])
    return out.getvalue()


def _tsv(names: Sequence[str], rows: Rows) -> str:
    lines = ["\t".join(f"?{name}" for name in names), *("\t".join(map(_field, row)) for row in rows)]
    return "\n".join(lines) + "\n"


def _field(term: Any) -> str:
    if isinstance(term, ox.Literal) and term.datatype.value in _PLAIN:
        return term.value
    return "" if term is None else str(term)


_XML = '<?xml version="1.0" encoding="UTF-8"?>\n<sparql xmlns="http://www.w3.org/2005/sparql-results#">'


def _xml(names: Sequence[str], rows: Rows) -> str:
    head = "".join(f"<variable name={quoteattr(name)}/>" for name in names)
    body = "\n".join(
        "<result>"
        + "".join(f"<binding name={quoteattr(n)}>{_element(t)}</binding>" for n, t in zip(names, row, strict=True) if t is not None)
        + "</result>"
        for row in rows
    )
    return f"{_XML}<head>{head}</head><results>\n{body}\n</results></sparql>\n"


def _element(term: Any) -> str:
    said = _object(term)
    tag = said.pop("type")
    text = escape(said.pop("value"))
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in said.items())
    return f"<{tag}{attributes}>{text}</{tag}>"


WRITERS: dict[str, Callable[[Sequence[str], Rows], str]] = {"json": _json, "csv": _csv, "tsv": _tsv, "xml": _xml}
