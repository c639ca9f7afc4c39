"""The rules that ask for one document only, tried in memory where it was just read: three times as fast as in the library."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

import pyoxigraph as ox

from kg import graph, knowledge
from kg.audit import checks
from kg.model import Reading

#: Facts of a document that is left to the library, where no clock runs.
_LARGE = 5_000


def findings(reading: Reading, quads: Iterable[ox.Quad], claims: Sequence[str]) -> bytes | None:
    """The findings on a reading as N-Quads for `g:check`, but for rules that look into other documents; None where it is too large.

    `quads` are those of its graph, `claims` its N-Quads for `g:entities`.
    """
    if len(reading.facts) > _LARGE:
        return None
    store = prepared()
    try:
        store.bulk_extend(quads)
        store.load("\n".join(claims).encode(), format=ox.RdfFormat.N_QUADS)
        found = checks.quads(checks.report(store, [reading.document.id], wide=False))
    finally:
        for name in (graph.document_iri(reading.document.id), graph.node("g:entities")):
            store.remove_graph(name)
    return ox.serialize(found, format=ox.RdfFormat.N_QUADS) or b""


@lru_cache(maxsize=1)
def prepared() -> ox.Store:
    """A store in memory with nothing but the ontology; made once in a process."""
    store = ox.Store()
    store.bulk_extend(graph.vocabulary(knowledge.load()))
    return store
