"""What of a reading, and of the ontology, goes into the index: names, printed labels, passages."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

from kg import graph, iris, knowledge, terms
from kg.library import index
from kg.library.index import Aspect, Card, Contents, Figure, Term
from kg.model import Address, Reading
from kg.prose import chunks

#: What a label counts for: the name, a variant in print, a printed row label or shortened name, a colloquial word.
WEIGHTS = {"skos:prefLabel": 1.0, "skos:notation": 1.0, "skos:altLabel": 0.9, "skos:hiddenLabel": 0.7}
_PRINTED = 0.8
_KINDS = {"prj": "project"}
_PLACE = re.compile(r"^.{1,8}?(?:自治区|自治州|自治县|省|地区|市|州|盟|新区|区|县|旗)")


def kind(curie: str) -> str:
    """The kind under which the index files an IRI: its prefix; project for prj."""
    prefix = curie.partition(":")[0]
    return _KINDS.get(prefix, prefix)


def vocabulary(known: knowledge.Knowledge) -> Iterator[Term]:
    """The labels and codes of everything in `ontology/` that has labels."""
    for concept in known.concepts.values():
        labels = [
            ("skos:prefLabel", concept.label),
            *(("skos:altLabel", a) for a in concept.alt),
            *(("skos:hiddenLabel", h) for h in concept.hidden),
        ]
        yield from _labelled(concept.curie, [*labels, *([("skos:notation", concept.notation)] if concept.notation else [])])
    for form in known.forms.values():
        yield from _labelled(
            form.curie, [*(("skos:altLabel", title) for title in form.titles), *([("skos:notation", form.number)] if form.number else [])]
        )
    for curie, properties in known.nodes.items():
        yield from _labelled(curie, [(name, label) for name in WEIGHTS for label in properties.get(name, ())])


def _labelled(curie: str, labels: Iterable[tuple[str, str]]) -> Iterator[Term]:
    for name, label in labels:
        yield Term(terms.key(label), curie, kind(curie), label, WEIGHTS[name])


def of(reading: Reading, known: knowledge.Knowledge, *, path: Path, version: str) -> Contents:
    """What the index holds of one document."""
    document, who = reading.document, reading.identity
    claims = graph.entities(reading, known)
    found = {(term.key, term.iri): term for term in (*_printed(reading, known), *_named(claims))}
    passages = tuple(index.Passage(f"at:{place(chunk)}", chunk.text, "/".join(chunk.headings)) for chunk in chunks.of(document))
    source = str(path.resolve())
    card = Card(document.id, document.sha256, document.name, source, who.unit, who.year, who.kind, who.title, len(reading.facts), version)
    quads = ox.serialize(claims, format=ox.RdfFormat.N_QUADS) or b""
    claimed = tuple(dict.fromkeys(quads.decode().splitlines()))
    return Contents(card, _report(reading), tuple(found.values()), passages, claimed, tuple(_figures(reading)))


def place(chunk: chunks.Chunk) -> str:
    """The citation id of a chunk: as in the graph, a paragraph goes by its first line, a table by its number."""
    at = chunk.address
    if chunk.whole:
        return iris.local(Address(at.document, page=at.page, table=at.table))
    return iris.local(at if at.column is not None else Address(at.document, page=at.page, line=at.line, row=at.row))


def _report(reading: Reading) -> str:
    """Which tables were read as what, and which figures were not: each that matters, the harmless ones counted by reason."""
    tables = [
        {"place": iris.local(t.address), "title": t.title, "form": t.form, "numeric": t.numeric, "facts": t.facts, "skipped": t.skipped}
        for t in reading.tables
    ]
    unread = [{"place": iris.local(u.address), "text": u.text, "why": u.why} for u in reading.unread if not u.harmless]
    harmless = Counter(u.why for u in reading.unread if u.harmless)
    return json.dumps({"tables": tables, "unread": unread, "harmless": harmless}, ensure_ascii=False, separators=(",", ":"))


def _figures(reading: Reading) -> Iterator[Figure]:
    """Of which items, years and units there are figures, and how large they are."""
    who = reading.identity
    found: dict[tuple[str, int, Aspect, str], list[float]] = {}
    for f in reading.facts:
        dims = (f.metric, f.phase, f.flow or "", f.fund or "", f.spend or "", f.base or "", f.measure)
        aspect = Aspect(*dims, who.kind, f.year - who.year, bool(f.project), bool(f.func))
        stated = found.setdefault((f.item, f.year, aspect, graph.unit_curie(f.unit)), [])
        stated += [float(f.value)] if f.value is not None else []
    for (item, year, aspect, unit), stated in found.items():
        yield Figure(item, year, aspect, unit, min(stated, default=None), max(stated, default=None))


def _named(claims: Iterable[ox.Quad]) -> Iterator[Term]:
    """The names of units, projects and learned items; a unit also without the places in front."""
    for quad in claims:
        name = iris.shrink(quad.predicate.value)
        if name in WEIGHTS and isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.Literal):
            curie, label = iris.shrink(quad.subject.value), quad.object.value
            if kind(curie) == "unit":
                yield from (Term(terms.key(short), curie, "unit", short, _PRINTED) for short in shortened(label))
            yield Term(terms.key(label), curie, kind(curie), label, WEIGHTS[name])


def shortened(unit: str) -> list[str]:
    """A unit's name without the places in front of it, one after the other.

    >>> shortened("株洲市天元区数据局"), shortened("市场监督管理局")
    (['天元区数据局', '数据局'], [])
    """
    found = []
    while (match := _PLACE.match(unit)) and len(unit) - match.end() >= 3 and not unit.startswith("市场"):
        unit = unit[match.end() :]
        found.append(unit)
    return found


def _printed(reading: Reading, known: knowledge.Knowledge) -> Iterator[Term]:
    """The labels under which a document prints its items. A total prints dimensions, not an item, and is left out."""
    for fact in reading.facts:
        if fact.item == "ind:合计":
            continue
        for label in dict.fromkeys((fact.item_label, terms.strip_numbering(fact.row.rpartition("/")[2]))):
            if label and len(label) <= 40:
                yield Term(terms.key(label), fact.item, "item", label, _PRINTED)
