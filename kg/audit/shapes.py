"""SHACL on stored graphs: every document graph must look the way `ontology/shapes.ttl` says, judged by pySHACL (the extra `validate`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pyoxigraph as ox

from kg import graph, iris, paths
from kg.model import ChazhangError

_CHECKS = graph.node("g:check")
#: What the shapes want to know of concepts and classes.
_SHARED = (graph.node("skos:inScheme"), graph.node("rdfs:subClassOf"))


@dataclass(frozen=True, slots=True)
class Breach:
    """A node that breaks a shape: where it stands (a citation id, or the name of a finding), which property, and what is wanted."""

    node: str
    path: str
    wanted: str
    value: str = ""


def engine() -> ModuleType:
    """pySHACL. Raises ChazhangError with what to install where it is missing."""
    try:
        import pyshacl
    except ImportError as error:
        raise ChazhangError("检验图的形状要用 pySHACL，没有安装。请运行 pip install 'chazhang[validate]' 后重试。") from error
    module: ModuleType = pyshacl
    return module


def document(store: ox.Store, identifier: str) -> list[Breach]:
    """What of a document's graph breaks a shape; nothing where it conforms."""
    return _breaches(store, graph.document_iri(identifier))


def findings(store: ox.Store) -> list[Breach]:
    """What of the findings of the checks breaks a shape."""
    return _breaches(store, _CHECKS)


def _breaches(store: ox.Store, name: ox.NamedNode) -> list[Breach]:
    """One graph on its own, with what the others say of concepts and classes."""
    shared = (quad for predicate in _SHARED for quad in store.quads_for_pattern(None, predicate, None, None))
    _, report, _ = engine().validate(_rdflib([*store.quads_for_pattern(None, None, None, name), *shared]), shacl_graph=_shapes())
    return sorted(_told(report), key=lambda breach: (breach.node, breach.path, breach.wanted))


def _rdflib(quads: Iterable[ox.Quad]) -> Any:
    import rdflib

    data = ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES)
    return rdflib.Graph().parse(data=data or b"", format="nt")


def _shapes() -> Any:
    import rdflib

    return rdflib.Graph().parse(paths.ontology() / "shapes.ttl")


def _told(report: Any) -> Iterable[Breach]:
    from rdflib import RDF, SH

    for result in report.subjects(RDF.type, SH.ValidationResult):
        focus = report.value(result, SH.focusNode)
        if focus is None or (None, SH.detail, result) in report:
            continue
        path, value = report.value(result, SH.resultPath), report.value(result, SH.value)
        messages = sorted(str(message) for message in report.objects(result, SH.resultMessage))
        yield Breach(
            iris.shrink(str(focus)).rpartition(":")[2],
            iris.shrink(str(path)) if path is not None and str(path).startswith("http") else "",
            "；".join(messages),
            iris.shrink(str(value)) if value is not None and str(value) != str(focus) else "",
        )
