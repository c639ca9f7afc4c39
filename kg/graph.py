"""A reading to quads: one named graph per document, plus the labels of units, projects and learned items for `g:entities`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

import pyoxigraph as ox

from kg import iris
from kg.knowledge import Knowledge
from kg.model import Address, Document, Fact, Identity, Paragraph, Reading, Table
from kg.prose import narrative

_XSD = iris.PREFIXES["xsd"]
_DECIMAL = ox.NamedNode(_XSD + "decimal")
_TYPE = ox.NamedNode(iris.PREFIXES["rdf"] + "type")
_LABEL = ox.NamedNode(iris.PREFIXES["skos"] + "prefLabel")
#: fact attribute to property and namespace, for dimensions whose values are notations
_DIMENSIONS = (("phase", "ph"), ("metric", "me"), ("flow", "fl"), ("fund", "fund"), ("spend", "sp"), ("measure", "mu"))
#: Metrics whose figures may be summed, so that it matters whether one is part of another.
_ADDITIVE = ("金额", "数量", "变动额", "分值", "得分")


def node(curie: str) -> ox.NamedNode:
    """The IRI node of a CURIE."""
    return ox.NamedNode(iris.expand(curie))


def document_iri(identifier: str) -> ox.NamedNode:
    """The IRI of a document, which is the name of its graph."""
    return node(f"doc:{identifier}")


def unit_curie(name: str) -> str:
    """The CURIE of a unit by its full name."""
    return f"unit:{iris.slug(name)}"


def project_curie(unit: str, name: str) -> str:
    """The CURIE of a project of a unit."""
    return f"prj:{iris.slug(unit)}-{iris.slug(name)}"


def measure_curie(measure: str) -> str:
    """The CURIE of a measure by its notation; % is 百分比 because a percent sign is no local name."""
    return f"mu:{'百分比' if measure in ('%', '％') else iris.slug(measure) or '无'}"


def series(fact: Fact) -> str:
    """The name of the claim without its year: the same in every document that states it."""
    return iris.digest(
        iris.slug(fact.unit),
        fact.flow,
        fact.fund,
        fact.spend,
        fact.func,
        iris.slug(fact.project or ""),
        fact.item,
        fact.metric,
        fact.base,
        fact.phase,
        fact.measure,
    )


@dataclass(frozen=True, slots=True)
class _Pen:
    """Writes triples about one subject into one graph."""

    graph: ox.NamedNode

    def quad(self, subject: ox.NamedNode, name: str, value: ox.NamedNode | ox.Literal) -> ox.Quad:
        return ox.Quad(subject, node(name) if ":" in name else node(f"f:{name}"), value, self.graph)

    def type(self, subject: ox.NamedNode, name: str) -> ox.Quad:
        return ox.Quad(subject, _TYPE, node(f"f:{name}"), self.graph)


def _decimal(value: Decimal) -> ox.Literal:
    return ox.Literal(format(value, "f"), datatype=_DECIMAL)


def quads(reading: Reading) -> list[ox.Quad]:
    """All quads of the document's own graph."""
    pen = _Pen(document_iri(reading.document.id))
    return [
        *_document(pen, reading.document, reading.identity),
        *_tables(pen, reading),
        *_passages(pen, reading),
        *_relations(pen, reading),
        *_facts(pen, reading),
    ]


def serialised(reading: Reading) -> bytes:
    """The document's own graph as N-Quads."""
    return ox.serialize(quads(reading), format=ox.RdfFormat.N_QUADS) or b""


def _document(pen: _Pen, document: Document, identity: Identity) -> Iterator[ox.Quad]:
    yield pen.type(pen.graph, "Document")
    yield pen.quad(pen.graph, "unit", node(unit_curie(identity.unit)))
    yield pen.quad(pen.graph, "year", ox.Literal(identity.year))
    yield pen.quad(pen.graph, "docKind", ox.Literal(identity.kind))
    yield pen.quad(pen.graph, "dct:title", ox.Literal(identity.title, language="zh"))
    yield pen.quad(pen.graph, "file", ox.Literal(document.name))
    yield pen.quad(pen.graph, "sha256", ox.Literal(document.sha256))


def _at(place: Address) -> ox.NamedNode:
    return node(f"at:{iris.local(place)}")


def table_iri(place: Address) -> ox.NamedNode:
    """The IRI of a table: its number on its page or in its file."""
    return _at(Address(place.document, page=place.page, table=place.table))


def _tables(pen: _Pen, reading: Reading) -> Iterator[ox.Quad]:
    reports = {report.address: report for report in reading.tables}
    for block in reading.document.blocks:
        report = reports.get(block.address)
        if not isinstance(block, Table) or report is None:
            continue
        subject = table_iri(block.address)
        yield pen.type(subject, "Table")
        yield pen.quad(subject, "doc", pen.graph)
        yield pen.quad(subject, "title", ox.Literal(report.title))
        yield pen.quad(subject, "section", ox.Literal("/".join(block.section)))
        yield from _lines(pen, subject, replace(block.address, line_end=None))
        if block.sheet:
            yield pen.quad(subject, "sheet", ox.Literal(block.sheet))
        if not report.form.startswith("（") and report.form:
            yield pen.quad(subject, "form", node(f"form:{report.form}"))


def _passages(pen: _Pen, reading: Reading) -> Iterator[ox.Quad]:
    for paragraph in reading.document.blocks:
        if not isinstance(paragraph, Paragraph) or paragraph.level or not paragraph.text:
            continue
        subject = passage_iri(paragraph)
        kind = narrative.passage_kind(paragraph)
        yield pen.type(subject, "Passage")
        yield from _prose(pen, subject, paragraph)
        if kind:
            yield pen.quad(subject, "passageKind", ox.Literal(kind))


def _relations(pen: _Pen, reading: Reading) -> Iterator[ox.Quad]:
    """What the document states of its unit and others."""
    for n, relation in enumerate(reading.relations, start=1):
        subject = node(f"at:{reading.document.id}-unit{n}")
        yield pen.type(subject, "Relation")
        yield pen.quad(subject, "relation", ox.Literal(relation.kind))
        yield pen.quad(subject, "ofUnit", node(unit_curie(relation.unit)))
        yield pen.quad(subject, "otherUnit", node(unit_curie(relation.other)))
        yield pen.quad(subject, "inRow", _at(_beginning(relation.address)))


def _prose(pen: _Pen, subject: ox.NamedNode, paragraph: Paragraph) -> Iterator[ox.Quad]:
    """What a paragraph says and where it stands."""
    yield pen.quad(subject, "doc", pen.graph)
    yield pen.quad(subject, "text", ox.Literal(paragraph.text))
    if paragraph.section:
        yield pen.quad(subject, "section", ox.Literal("/".join(paragraph.section)))
    yield from _lines(pen, subject, paragraph.address)


def _lines(pen: _Pen, subject: ox.NamedNode, place: Address) -> Iterator[ox.Quad]:
    if place.page is not None:
        yield pen.quad(subject, "page", ox.Literal(place.page))
    if place.line is not None:
        yield pen.quad(subject, "line", ox.Literal(place.line))
    if place.page is None and place.line is None and (number := place.row or place.table) is not None:
        yield pen.quad(subject, "number", ox.Literal(number))
    if place.line_end not in (None, place.line):
        yield pen.quad(subject, "lineEnd", ox.Literal(place.line_end))


def passage_iri(paragraph: Paragraph) -> ox.NamedNode:
    """The IRI of a paragraph: where it begins."""
    return _at(_beginning(paragraph.address))


def _beginning(place: Address) -> Address:
    return Address(place.document, page=place.page, line=place.line, row=place.row)


def _facts(pen: _Pen, reading: Reading) -> Iterator[ox.Quad]:
    paragraphs = {
        n: b
        for b in reading.document.blocks
        if isinstance(b, Paragraph) and b.address.line is not None
        for n in range(b.address.line, (b.address.line_end or b.address.line) + 1)
    }
    tables = {  # a table that runs over pages is one table, named after its first part
        (cell.address.page, cell.address.table): b.address
        for b in reading.document.blocks
        if isinstance(b, Table)
        for row in b.rows
        for cell in row
    }
    rows: dict[tuple[object, ...], ox.NamedNode] = {}
    columns: set[ox.NamedNode] = set()
    used: set[ox.NamedNode] = set()
    for fact in reading.facts:
        subject = _at(fact.address)
        if subject in used:
            continue
        used.add(subject)
        table = tables.get((fact.address.page, fact.address.table), fact.address)
        row, new_row = _row(pen, fact, table, rows, paragraphs)
        yield from new_row
        column = _column(fact, table)
        if column not in columns:
            columns.add(column)
            yield from _column_quads(pen, column, fact)
        yield from _fact(pen, subject, fact)
        yield pen.quad(subject, "inRow", row)
        yield pen.quad(subject, "inColumn", column)


def _row(
    pen: _Pen, fact: Fact, table: Address, rows: dict[tuple[object, ...], ox.NamedNode], paragraphs: dict[int, Paragraph]
) -> tuple[ox.NamedNode, list[ox.Quad]]:
    """The row node of a fact, and its triples where it is new. A sentence's row is its paragraph."""
    place = fact.address
    if fact.address.column is None and place.line in paragraphs:
        subject = passage_iri(paragraphs[place.line])
        if (subject,) in rows or not paragraphs[place.line].level:
            return subject, []  # written already, or the passage itself
        rows[(subject,)] = subject
        return subject, [pen.type(subject, "Row"), *_prose(pen, subject, paragraphs[place.line])]
    key = (place.page, place.line, place.table, place.row, fact.row)
    if key in rows:
        return rows[key], []
    first = rows.setdefault(key[:4], pen.graph) is pen.graph
    unlined = place.line is None
    plain = Address(
        place.document, page=place.page, line=place.line, table=place.table if unlined else None, row=place.row if unlined else None
    )
    subject = _at(plain) if first else node(f"at:{iris.local(place)}-row")  # a block further right has a row of its own
    rows[key] = rows[key[:4]] = subject
    extra = [
        pen.type(subject, "Row"),
        *([pen.quad(subject, "path", ox.Literal(fact.row))] if fact.row else []),
        pen.quad(subject, "inTable", table_iri(table)),
        *_lines(pen, subject, place),
    ]
    if fact.group:
        extra.append(pen.quad(subject, "group", ox.Literal(fact.group)))
    return subject, extra


def _column(fact: Fact, table: Address) -> ox.NamedNode:
    place = fact.address
    if place.column is None:
        return node(f"at:{place.document}-role-{iris.slug(fact.column) or 'x'}")
    column = Address(place.document, page=table.page, table=table.table, column=place.column)
    if fact.kind == "performance":  # each section of such a table has headings of its own
        return node(f"at:{iris.local(column)}-{iris.slug(fact.column) or 'x'}")
    return _at(column)


def _column_quads(pen: _Pen, column: ox.NamedNode, fact: Fact) -> Iterator[ox.Quad]:
    yield pen.quad(column, "path", ox.Literal(fact.column))
    if fact.form:
        yield pen.quad(column, "form", node(f"form:{fact.form}"))


def _fact(pen: _Pen, subject: ox.NamedNode, fact: Fact) -> Iterator[ox.Quad]:
    yield pen.type(subject, "Fact")
    yield pen.quad(subject, "unit", node(unit_curie(fact.unit)))
    yield pen.quad(subject, "year", ox.Literal(fact.year))
    for name, prefix in _DIMENSIONS:
        value = getattr(fact, name)
        if value:
            yield pen.quad(subject, name, node(measure_curie(value)) if name == "measure" else node(f"{prefix}:{iris.slug(value)}"))
    yield pen.quad(subject, "item", node(fact.item))
    yield pen.quad(subject, "quote", ox.Literal(fact.quote))
    if (fact.value, fact.low, fact.high) != (None, None, None):
        yield pen.quad(subject, "series", ox.Literal(series(fact)))
    if fact.metric in _ADDITIVE:
        yield pen.quad(subject, "leaf", ox.Literal(fact.leaf))
    for name, number in (("value", fact.value), ("min", fact.low), ("max", fact.high)):
        if number is not None:
            yield pen.quad(subject, name, _decimal(number))
    if fact.confidence is not None:
        yield pen.quad(subject, "confidence", _decimal(Decimal(f"{fact.confidence:.3f}")))
    if fact.miscoded:
        yield pen.quad(subject, "miscoded", ox.Literal(True))
    if fact.strict:
        yield pen.quad(subject, "strict", ox.Literal(True))
    subject_words = fact.row if fact.address.column is None else ""  # a sentence has no row whose path would say it
    for name, text in (("text", fact.text), ("base", fact.base), ("repair", fact.repair), ("subject", subject_words)):
        if text:
            yield pen.quad(subject, name, ox.Literal(text))
    if fact.func:
        yield pen.quad(subject, "func", node(fact.func))
    if fact.project:
        yield pen.quad(subject, "project", node(project_curie(fact.unit, fact.project)))
    if fact.reason:
        why = ox.NamedNode(subject.value + "-why")
        yield pen.type(why, "Reason")
        yield pen.quad(why, "explains", subject)
        yield pen.quad(why, "text", ox.Literal(fact.reason))


def entities(reading: Reading, knowledge: Knowledge) -> list[ox.Quad]:
    """Labels of the units, projects and learned items that the document speaks of, for `g:entities`."""
    pen = _Pen(node("g:entities"))
    found: dict[str, tuple[str, str]] = {unit_curie(reading.identity.unit): ("Unit", reading.identity.unit)}
    for fact in reading.facts:
        found.setdefault(unit_curie(fact.unit), ("Unit", fact.unit))
        if fact.project:
            found.setdefault(project_curie(fact.unit, fact.project), ("Project", fact.project))
        if fact.item not in knowledge.concepts and fact.item_label:
            found.setdefault(fact.item, ("LearnedItem", fact.item_label))
    result = list(_learned_measures(pen, reading, knowledge))
    for curie, (kind, label) in found.items():
        result += [pen.type(node(curie), kind), ox.Quad(node(curie), _LABEL, ox.Literal(label, language="zh"), pen.graph)]
        if kind == "Unit":
            result += _second_names(pen, curie, reading)
        if kind == "Project":
            result.append(pen.quad(node(curie), "unit", node("unit:" + curie.partition(":")[2].partition("-")[0])))
    return result


def _second_names(pen: _Pen, unit: str, reading: Reading) -> Iterator[ox.Quad]:
    """The former and second names that the document states of a unit: it can be asked for by them."""
    for relation in reading.relations:
        if relation.kind in ("原名", "挂牌") and unit_curie(relation.unit) == unit:
            yield ox.Quad(node(unit), node("skos:altLabel"), ox.Literal(relation.other, language="zh"), pen.graph)


def _learned_measures(pen: _Pen, reading: Reading, knowledge: Knowledge) -> Iterator[ox.Quad]:
    """Measures that documents print and `ontology/` does not know: counted things, taken as they are."""
    for printed in sorted({fact.measure for fact in reading.facts if fact.measure}):
        curie = measure_curie(printed)
        if curie not in knowledge.concepts:
            yield pen.quad(node(curie), "skos:inScheme", node("g:measures"))
            yield ox.Quad(node(curie), _LABEL, ox.Literal(printed, language="zh"), pen.graph)
            yield pen.quad(node(curie), "factor", ox.Literal("1", datatype=_DECIMAL))


def vocabulary(knowledge: Knowledge) -> list[ox.Quad]:
    """The ontology's triples, for `g:vocab`."""
    graph = node("g:vocab")
    return [ox.Quad(t.subject, t.predicate, t.object, graph) for t in knowledge.triples]
