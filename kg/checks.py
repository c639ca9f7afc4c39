"""Checks over the graph: rules of `ontology/checks/` find figures that contradict each other, and findings become triples like any fact.

A rule is a SELECT, run once per document (`$this`), and a formula over the figures it binds. Rows with the same first figure of the formula are
different ways to check it (with the same `?case`, parts of one sum): it fails where none of them holds. `same(x)` wants all figures with one
`?claim` to be equal. A rule without a formula finds what its SELECT finds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

import pyoxigraph as ox

from kg import formula, iris, knowledge, store
from kg.figures import Figure, Figures, Query, shown
from kg.knowledge import Knowledge
from kg.model import KnowledgeError

ERROR, SCOPE, ROUNDING = "错误", "口径提示", "尾差"
_SEVERITY = {ERROR: "sh:Violation", SCOPE: "sh:Warning", ROUNDING: "sh:Info"}
_ROUNDINGS = ("own", "finest", "half-up")
_SAME = "same(x)"
_SHOWN = 6
_GRAPH = "g:check"


class Queryable(Protocol):
    """Something that answers SPARQL with rows of Python values: a reader or writer of `kg.store`."""

    def query(self, sparql: str) -> Any:
        """The rows of a SELECT."""


@dataclass(frozen=True, slots=True)
class Check:
    """A rule of `ontology/checks/`."""

    curie: str
    title: str
    kind: str
    severity: str
    select: str
    message: str
    needs: str
    formula: str = ""
    rounding: str = "own"
    forms: tuple[str, ...] = ()


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
    """A rule that could not be applied to a document, and why (Chinese)."""

    check: str
    document: str
    why: str


@dataclass(frozen=True, slots=True)
class Report:
    """What the checks found, where they could not be applied, and which figures were compared at all."""

    findings: tuple[Finding, ...] = ()
    unapplied: tuple[Unapplied, ...] = ()
    covered: frozenset[str] = field(default=frozenset())


def checks(known: Knowledge) -> tuple[Check, ...]:
    """The rules, in the order of their notations. Raises KnowledgeError where one is not complete."""
    found = []
    for curie, properties in known.of_class("f:Check"):
        one = {name: values[0] for name, values in properties.items()}
        check = Check(
            curie, one.get("skos:prefLabel", ""), one.get("f:kind", ""), one.get("f:severity", ""), one.get("f:select", ""), one.get("f:message", ""),
            one.get("f:needs", ""), one.get("f:formula", ""), one.get("f:rounding", "own"), properties.get("f:forms", ()),
        )
        if check.severity not in _SEVERITY or check.rounding not in _ROUNDINGS or not (check.select and check.message and check.kind and check.needs):
            raise KnowledgeError(f"勾稽规则 {curie} 不完整：需要 f:select、f:message、f:kind、f:needs、f:severity（{'、'.join(_SEVERITY)}），"
                                 f"f:rounding 只能是 {'、'.join(_ROUNDINGS)}。")
        try:
            if check.formula not in ("", _SAME):
                formula.parse(check.formula)
        except ValueError as error:
            raise KnowledgeError(f"勾稽规则 {curie} 的公式 {check.formula} 不能理解。可用 + - * /、sum、abs、compare 和 =、<=、>=。") from error
        found.append((one.get("skos:notation", ""), check))
    return tuple(check for _, check in sorted(found, key=lambda pair: (pair[0], pair[1].curie)))


def run(source: Queryable | ox.Store, documents: Iterable[str]) -> list[Finding]:
    """All findings that concern these documents (ids), each once."""
    return list(report(source, documents).findings)


def report(source: Queryable | ox.Store, documents: Iterable[str], *, known: Knowledge | None = None) -> Report:
    """Run every rule on every document. Figures of other documents come in where they state the same thing."""
    known = known or knowledge.load()
    query = _query(source)
    figures = Figures(query, known)
    rules = checks(known)
    findings: dict[str, Finding] = {}
    unapplied: list[Unapplied] = []
    covered: set[str] = set()
    for document in dict.fromkeys(documents):
        forms = figures.forms(document)
        for check in rules:
            job = _Job(check, document, query, figures)
            missing = [figures.label_of_form(form) for form in check.forms if form not in forms]
            if missing:
                unapplied.append(Unapplied(check.title, document, f"没有{'、'.join(missing)}"))
                continue
            findings |= {finding.curie: finding for finding in job.findings()}
            unapplied += job.unapplied
            covered |= job.covered
    return Report(tuple(findings.values()), tuple(unapplied), frozenset(covered))


def _query(source: Queryable | ox.Store) -> Query:
    def query(sparql: str) -> list[dict[str, Any]]:
        found: Any = store.rows(source, sparql, {}) if isinstance(source, ox.Store) else source.query(sparql)
        return list(found)

    return query


class _Job:
    """One rule on one document."""

    def __init__(self, check: Check, document: str, query: Query, figures: Figures) -> None:
        self.check, self.document, self.query, self.figures = check, document, query, figures
        self.unapplied: list[Unapplied] = []
        self.covered: set[str] = set()

    def findings(self) -> Iterator[Finding]:
        rows = self.query(self.check.select.replace("$this", f"<{iris.expand('doc:' + self.document)}>"))
        if not rows and self.check.formula:
            self.unapplied.append(Unapplied(self.check.title, self.document, f"没有{self.check.needs}"))
        if self.check.formula == _SAME:
            yield from self._same(rows)
        elif self.check.formula:
            yield from self._judged(rows)
        else:
            for row in rows:
                yield self._finding(row, [self.figures[v] for v in row.values() if _is_fact(v)], ())

    # --- figures that must all be equal ---------------------------------------------------------

    def _same(self, rows: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
        claims: dict[str, dict[str, Figure]] = defaultdict(dict)
        for row in rows:
            claims[row["claim"]][row["x"]] = self.figures[row["x"]]
        for claim in claims.values():
            found = [figure for figure in claim.values() if figure.value is not None]
            self.covered |= {figure.curie for figure in found}
            values: dict[Decimal, list[Figure]] = defaultdict(list)
            for figure in found:
                values[(figure.value or Decimal(0)) * figure.factor].append(figure)
            if len(values) < 2:
                continue
            factor = found[0].factor
            ends = [values[max(values)][0], values[min(values)][0]]
            operands = {name: [end.operand(factor=factor, digits=end.decimals)] for name, end in zip("xy", ends, strict=True)}
            verdict = formula.judge("x = y", operands)
            order = sorted(values.values(), key=lambda same: (-len(same), same[0].curie))
            words = "；".join(f"{same[0].number()}（{self._places(same, found)}）" for same in order)
            yield self._finding({"claim": self.figures.claim(found[0]), "values": words}, found, (), verdict, found[0])

    def _places(self, same: Sequence[Figure], all_of_them: Sequence[Figure]) -> str:
        first = min(same, key=lambda figure: (figure.document, figure.place.page or 0, figure.place.line or 0))
        return self._place(first, all_of_them) + (f"等{len(same)}处" if len(same) > 1 else "")

    # --- formulas -------------------------------------------------------------------------------

    def _judged(self, rows: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
        names, lists = formula.names(self.check.formula), formula.lists(self.check.formula)
        cases: dict[str, dict[Any, list[Mapping[str, Any]]]] = defaultdict(lambda: defaultdict(list))
        for n, row in enumerate(rows):
            head = row[names[0]] if _is_fact(row[names[0]]) else row["head"]
            cases[head][row.get("case") if lists else n].append(row)
        for head, ways in cases.items():
            tried = [way for found in ways.values() if (way := self._way(head, found, names, lists)) is not None]
            if not tried or any(verdict.holds for _, verdict, _, _ in tried):
                continue
            whole = [way for way in tried if not way[3]]
            if not whole:
                lacking = "、".join(self.figures.label(name) if ":" in name else name for name in tried[0][3])
                self.unapplied.append(Unapplied(self.check.title, self.document, f"{self.figures[head].place.words()}缺{lacking}"))
                continue
            row, verdict, involved, _ = min(whole, key=lambda way: (not way[1].rounding, abs(way[1].diff)))
            yield self._finding(row, involved, names, verdict, self.figures[head])

    def _way(self, head: str, rows: Sequence[Mapping[str, Any]], names: Sequence[str],
             lists: frozenset[str]) -> tuple[Mapping[str, Any], formula.Verdict, list[Figure], list[str]] | None:
        """One way to check a figure: its row, what came out, the figures used, and which parts are not stated."""
        bound: dict[str, list[Any]] = {name: list(dict.fromkeys(row[name] for row in rows if row[name] is not None)) for name in names}
        lacking = sorted({str(row["missing"]) for row in rows if any(row[name] is None for name in lists) and row.get("missing")})
        if any(not values for values in bound.values()):
            return None
        found = {name: [self.figures[v] for v in values if _is_fact(v)] for name, values in bound.items()}
        involved = list({figure.curie: figure for name in names for figure in found[name]}.values())
        if any(figure.value is None for figure in involved):
            return None
        money = next((figure.factor for figure in involved if figure.money), Decimal(1))
        finest = max((figure.decimals for figure in involved if figure.money), default=0)
        fine = self.check.rounding != "own"
        operands = {name: [figure.operand(factor=money, digits=finest if fine and figure.money else figure.decimals) for figure in found[name]]
                    or [formula.Operand.exact(Decimal(values[0]))] for name, values in bound.items()}
        try:
            verdict = formula.judge(self.check.formula, operands, decimals=self.figures[head].decimals if self.check.rounding == "half-up" else None)
        except formula.NotComputable as error:
            self.unapplied.append(Unapplied(self.check.title, self.document, f"{self.figures[head].place.words()}：{error}"))
            return None
        self.covered |= {figure.curie for figure in involved}
        row = dict(rows[0]) | {name: values for name, values in bound.items() if name in lists}
        return row, verdict, involved, lacking

    # --- the finding ----------------------------------------------------------------------------

    def _finding(self, row: Mapping[str, Any], involved: Sequence[Figure], names: Sequence[str], verdict: formula.Verdict | None = None,
                 head: Figure | None = None) -> Finding:
        words = {name: self._words(value, involved) for name, value in row.items() if value is not None}
        if verdict and head:
            words |= {"computed": shown(verdict.computed, head.decimals) + head.measure, "diff": shown(abs(verdict.diff), head.decimals) + head.measure,
                      "claim": words.get("claim", self.figures.claim(head))}
        severity = ROUNDING if verdict and verdict.rounding else self.check.severity
        curies = tuple(sorted({figure.curie for figure in involved}))
        documents = tuple(sorted({figure.document for figure in involved}))
        return Finding(f"check:{iris.digest(self.check.curie, *curies)}", self.check.curie, self.check.kind, severity, self.check.message.format(**words),
                       curies, documents, verdict.diff if verdict else None)

    def _words(self, value: Any, involved: Sequence[Figure]) -> str:
        if isinstance(value, list):
            found = [self.figures[v] for v in sorted(value, key=_order) if _is_fact(v)]
            filled = [figure for figure in found if figure.value] or found
            terms = "＋".join(figure.number() for figure in filled[:_SHOWN])
            return f"{terms}…（共{len(filled)}项）" if len(filled) > _SHOWN else terms
        if _is_fact(value):
            figure = self.figures[value]
            return f"{self.figures.claim(figure)}{figure.number()}（{self._place(figure, involved)}）"
        return self.figures.label(value) if isinstance(value, str) and value.partition(":")[0] in iris.PREFIXES else str(value)

    def _place(self, figure: Figure, involved: Sequence[Figure]) -> str:
        several = len({other.document for other in involved}) > 1
        return (f"《{self.figures.title(figure.document)}》" if several else "") + figure.place.words()


def _order(curie: str) -> tuple[int, ...]:
    place = iris.address(curie.partition(":")[2])
    return tuple(number or 0 for number in (place.page, place.line, place.table, place.row, place.column, place.start))


def _is_fact(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("at:")


def quads(findings: Iterable[Finding]) -> list[ox.Quad]:
    """The findings as triples of `g:check`."""
    def node(curie: str) -> ox.NamedNode:
        return ox.NamedNode(iris.expand(curie))

    decimal = node("xsd:decimal")
    result = []
    for finding in findings:
        pairs: list[tuple[str, ox.NamedNode | ox.Literal]] = [
            ("rdf:type", node("f:Issue")), ("f:kind", ox.Literal(finding.kind)), ("sh:sourceConstraint", node(finding.check)),
            ("sh:resultSeverity", node(_SEVERITY[finding.severity])), ("sh:resultMessage", ox.Literal(finding.message, language="zh")),
            *(("f:involves", node(fact)) for fact in finding.involves), *(("f:doc", node(f"doc:{document}")) for document in finding.documents),
        ]
        if finding.diff is not None:
            pairs.append(("f:diff", ox.Literal(format(finding.diff, "f"), datatype=decimal)))
        result += [ox.Quad(node(finding.curie), node(name), value, node(_GRAPH)) for name, value in pairs]
    return result
