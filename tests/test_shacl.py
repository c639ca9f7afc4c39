"""Every document graph conforms to `ontology/shapes.ttl`, judged by pySHACL."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib

from conftest import CORPUS
from kg import build, graph, knowledge, paths

DOCUMENTS = sorted(CORPUS.glob("*.txt"))


def shapes() -> rdflib.Graph:
    return rdflib.Graph().parse(paths.ontology() / "shapes.ttl")


def as_rdflib(quads: list[ox.Quad]) -> rdflib.Graph:
    turtle = ox.serialize((q.triple for q in quads), format=ox.RdfFormat.N_TRIPLES)
    assert turtle is not None
    return rdflib.Graph().parse(data=turtle, format="nt")


def violations(data: rdflib.Graph) -> list[str]:
    conforms, _, text = pyshacl.validate(data, shacl_graph=shapes(), advanced=False, inference="none")
    return [] if conforms else text.splitlines()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_a_document_graph_conforms(path: Path) -> None:
    reading = build.read(path)
    known = knowledge.load()
    data = as_rdflib([*graph.quads(reading), *graph.entities(reading, known), *graph.vocabulary(known)])
    assert violations(data)[:40] == []


@pytest.mark.parametrize("name", ["phase", "quote", "flow"])
def test_a_fact_without_a_dimension_is_refused(name: str) -> None:
    """One figure of the smallest document loses one property; the report names it."""
    reading = build.read(DOCUMENTS[0])
    quads = graph.quads(reading)
    first = next(q for q in quads if q.predicate == graph.node(f"f:{name}"))
    data = as_rdflib([q for q in quads if q != first] + graph.entities(reading, knowledge.load()) + graph.vocabulary(knowledge.load()))
    assert any(first.subject.value in line for line in violations(data))
