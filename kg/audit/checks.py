"""Checks over the graph: rules of `ontology/checks/` find figures that contradict each other, and findings become triples like any fact."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

import pyoxigraph as ox

from kg import iris, knowledge
from kg.audit import rules
from kg.audit.figures import Figure, Figures, Query, bare, order, shown
from kg.audit.rules import ERROR, ROUNDING, SCOPE, Check, Failure
from kg.knowledge import Knowledge
from kg.library import rows as results

_SEVERITY = {ERROR: "sh:Violation", SCOPE: "sh:Warning", ROUNDING: "sh:Info"}
_SHOWN = 10
_GRAPH = "g:check"


class Queryable(Protocol):
    """Something that answers SPARQL with rows of Python values: a reader or writer of `kg.library.store`."""

    def query(self, sparql: str) -> Any:
        """The rows of a SELECT."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Figures that contradict each other: which, by which rule, by how much, and the sentence that says so."""

    curie: str
    check: str
    kind: str
    severity: str
    message: str
    involves: tuple[str, ...]
    documents: tuple[str, ...]
    diff: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Unapplied:
    """A rule (its CURIE) that could not be applied to a document or to one of its figures, and why (Chinese)."""

    check: str
    document: str
    why: str


@dataclass(frozen=True, slots=True)
class Report:
    """What the checks found, where they could not be applied, and which figures were compared at all."""

    findings: tuple[Finding, ...] = ()
    unapplied: tuple[Unapplied, ...] = ()
    covered: frozenset[str] = field(default=frozenset())


def run(source: Queryable | ox.Store, documents: Iterable[str]) -> list[Finding]:
    """All findings that concern these documents (ids), each once."""
    return list(report(source, documents).findings)


def report(source: Queryable | ox.Store, documents: Iterable[str], *, known: Knowledge | None = None, wide: bool | None = None) -> Report:
    """Run every rule on every document. Figures of other documents come in where they state the same thing.

    `wide` runs only the rules that look into other documents, or only those that do not.
    """
    known = known or knowledge.load()
    query = _query(source)
    figures = Figures(query, known)
    every = [check for check in rules.load(known) if wide in (None, check.wide)]
    findings: dict[str, Finding] = {}
    unapplied: list[Unapplied] = []
    covered: set[str] = set()
    for document in dict.fromkeys(documents):
        forms = figures.forms(document) if any(check.forms for check in every) else set()
        failures: list[tuple[Check, Failure]] = []
        for check in every:
            missing = [figures.form(form) for form in check.forms if form not in forms]
            if missing:
                unapplied.append(Unapplied(check.curie, document, f"没有{'、'.join(missing)}"))
                continue
            outcome = rules.apply(check, document, query, figures)
            unapplied += [Unapplied(check.curie, document, why) for why in outcome.unapplied]
            covered |= outcome.covered
            failures += [(check, failure) for failure in outcome.failures]
        figures.look(figure.curie for _, failure in failures for figure in failure.involved)
        told = [_finding(check, failure, figures) for check, failure in failures]
        findings |= {finding.curie: finding for finding in told}
    return Report(tuple(findings.values()), tuple(unapplied), frozenset(covered))


def _query(source: Queryable | ox.Store) -> Query:
    def query(sparql: str) -> list[dict[str, Any]]:
        found: Any = results.rows(source, sparql, {}) if isinstance(source, ox.Store) else source.query(sparql)
        return list(found)

    return query


# --- in words -----------------------------------------------------------------------------------


def _finding(check: Check, failure: Failure, figures: Figures) -> Finding:
    curies = tuple(sorted({figure.curie for figure in failure.involved}))
    documents = tuple(sorted({figure.document for figure in failure.involved}))
    verdict, head = failure.verdict, failure.head
    words = {name: _words(value, figures, documents) for name, value in failure.row.items() if value is not None}
    if verdict is not None and head is not None:
        words["computed"] = shown(verdict.computed, head.decimals) + head.measure
        words["diff"] = shown(abs(verdict.diff), head.decimals) + head.measure
        words["claim"] = figures.words(head.curie).claim
        words["values"] = _values(failure.involved, figures, documents)
        projects = dict.fromkeys(figures.words(figure.curie).project for figure in failure.involved)
        words["names"] = "、".join(f"“{bare(name)}”" for name in projects if name)
    doubt = failure.row.get("doubt")
    severity = ROUNDING if verdict is not None and verdict.rounding else SCOPE if doubt else check.severity
    diff = verdict.diff if verdict is not None else None
    identity = f"check:{iris.digest(check.curie, *curies)}"
    message = check.message.format(**words)
    if doubt:
        message = f"{message.removesuffix('。')}（{doubt}，请核对是否同一事项）。"
    return Finding(identity, check.curie, check.kind, severity, message, curies, documents, diff)


def _words(value: Any, figures: Figures, documents: Sequence[str]) -> str:
    """A value of a row: a figure with claim and place, the figures of a sum, a concept, or the text itself."""
    if isinstance(value, list):
        return _sum([figures[v] for v in sorted(value, key=order) if rules.is_fact(v)], figures)
    if rules.is_fact(value):
        return f"{figures.words(value).claim}{figures[value].number()}（{_place(figures[value], figures, documents)}）"
    return figures.label(value) if isinstance(value, str) and value.partition(":")[0] in iris.PREFIXES else str(value)


def _sum(found: Sequence[Figure], figures: Figures) -> str:
    """The figures of a sum by name, and the lines on which they stand. Of many, those that are 0 are only counted."""
    filled = found if len(found) <= _SHOWN else [figure for figure in found if figure.value]
    terms = "＋".join(f"{figures.words(figure.curie).short}{figure.number()}" for figure in filled[:_SHOWN])
    more = f"＋其余{len(filled) - _SHOWN}项" if len(filled) > _SHOWN else ""
    nothing = f"，另{len(found) - len(filled)}项为0" if len(filled) < len(found) else ""
    places = [iris.address(figure.curie.partition(":")[2]) for figure in found]
    unit = "页" if any(place.page for place in places) else "行"
    numbers = sorted({(place.page if place.page else place.line) or 0 for place in places})
    where = f"第{numbers[0]}{unit}" if len(numbers) == 1 else f"第{numbers[0]}至{numbers[-1]}{unit}" if numbers else ""
    return f"{terms}{more}{nothing}；{where}"


def _values(involved: Sequence[Figure], figures: Figures, documents: Sequence[str]) -> str:
    """The different values, the most frequent first, each with the first place where it stands."""
    values: dict[Decimal, list[Figure]] = defaultdict(list)
    for figure in sorted(involved, key=lambda figure: (figure.document, order(figure.curie))):
        values[(figure.value or Decimal(0)) * figure.factor].append(figure)
    told = []
    for same in sorted(values.values(), key=lambda same: -len(same)):
        more = f"等{len(same)}处" if len(same) > 1 else ""
        told.append(f"{same[0].number()}（{_place(same[0], figures, documents)}{more}）")
    return "；".join(told)


def _place(figure: Figure, figures: Figures, documents: Sequence[str]) -> str:
    return (f"《{figures.title(figure.document)}》" if len(documents) > 1 else "") + figures.words(figure.curie).place


# --- as triples ---------------------------------------------------------------------------------


def quads(found: Report) -> list[ox.Quad]:
    """The findings, and what could not be checked, as triples of `g:check`."""
    result = [quad for missed in found.unapplied for quad in _missed(missed)]
    for finding in found.findings:
        pairs: list[tuple[str, ox.NamedNode | ox.Literal]] = [
            ("rdf:type", _node("f:Issue")),
            ("f:kind", ox.Literal(finding.kind)),
            ("sh:sourceConstraint", _node(finding.check)),
            ("sh:resultSeverity", _node(_SEVERITY[finding.severity])),
            ("sh:resultMessage", ox.Literal(finding.message, language="zh")),
            *(("f:involves", _node(fact)) for fact in finding.involves),
            *(("f:doc", _node(f"doc:{document}")) for document in finding.documents),
        ]
        if finding.diff is not None:
            pairs.append(("f:diff", ox.Literal(format(finding.diff, "f"), datatype=_node("xsd:decimal"))))
        result += [ox.Quad(_node(finding.curie), _node(name), value, _node(_GRAPH)) for name, value in pairs]
    return result


def _missed(missed: Unapplied) -> Iterator[ox.Quad]:
    subject = _node(f"check:{iris.digest(missed.check, missed.document, missed.why)}")
    yield ox.Quad(subject, _node("rdf:type"), _node("f:Unapplied"), _node(_GRAPH))
    yield ox.Quad(subject, _node("sh:sourceConstraint"), _node(missed.check), _node(_GRAPH))
    yield ox.Quad(subject, _node("f:doc"), _node(f"doc:{missed.document}"), _node(_GRAPH))
    yield ox.Quad(subject, _node("f:text"), ox.Literal(missed.why), _node(_GRAPH))


def _node(curie: str) -> ox.NamedNode:
    return ox.NamedNode(iris.expand(curie))


__all__ = ["Finding", "Report", "Unapplied", "quads", "report", "run"]
