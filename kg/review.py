"""The checks over what a build changed, in as many processes as there are; and, meanwhile, the graph written anew.

What was just read was checked by itself where it was read (`kg.audit.alone`); here it meets the other documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pyoxigraph as ox

from kg import graph, iris
from kg.audit import checks
from kg.library.writer import Writer, compacted
from kg.model import LibraryError
from kg.pool import Lost, Pool

_GRAPH = "g:check"
_CHECKED, _KIND, _DOC = (graph.node(f"f:{name}") for name in ("checkedHash", "kind", "doc"))
#: Documents that a process is given at once: to be checked, or only to be compared with others, which takes a tenth of the time. A few
#: of them are looked at in this process: others would take longer to start.
_CHUNK = {None: 4, True: 40}
_FEW = 0.5


@dataclass(frozen=True, slots=True)
class Review:
    """How many findings there are now, which documents (ids) could not be checked, and the graph as written anew, if it was."""

    findings: int
    unchecked: tuple[str, ...] = ()
    compact: Path | None = None


@dataclass(frozen=True, slots=True)
class _Job:
    """Documents to check in a frozen graph by all rules, or the wide ones; none: the graph is to be written anew."""

    frozen: Path
    documents: tuple[str, ...] = ()
    wide: bool | None = None


@dataclass(slots=True)
class _Found:
    quads: list[ox.Quad] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    compact: Path | None = None


def review(writer: Writer, *, jobs: int = 1, memory: float = 0, alone: Mapping[str, bytes] | None = None) -> Review:
    """Run the checks on every document that is new or changed, and on those of the same units. `alone` are the findings of documents
    by themselves, as N-Quads.

    `g:check` notes hash and version under which each document was checked: a killed build is made good by the next, and a changed
    rule is tried on every document.
    """
    known = {identifier: f"{sha256}/{writer.version}" for identifier, sha256 in writer.known().items()}
    quads = writer.quads(_GRAPH)
    noted = {_name(q.subject): _name(q.object) for q in quads if q.predicate == _CHECKED}
    names = {graph.document_iri(identifier).value: identifier for identifier in known}
    stale = {iri for iri, identifier in names.items() if noted.get(iri) != known[identifier]}
    if not stale and noted.keys() <= names.keys():
        return Review(sum(q.predicate == _KIND for q in quads))
    stale |= _kin(writer, stale | (noted.keys() - names.keys()), quads) & names.keys()
    found = _found(writer, sorted(names[iri] for iri in stale), alone or {}, jobs, memory)
    void = {q.subject for q in quads if q.predicate == _DOC and (_name(q.object) in stale or _name(q.object) not in names)}
    kept = [q for q in quads if q.subject not in void and q.predicate != _CHECKED]
    checked = {iri: identifier for iri, identifier in names.items() if identifier not in found.unchecked}
    notes = [ox.Quad(ox.NamedNode(iri), _CHECKED, ox.Literal(known[identifier])) for iri, identifier in checked.items()]
    writer.set_graph(_GRAPH, [*kept, *found.quads, *notes])
    return Review(len({q.subject for q in (*kept, *found.quads) if q.predicate == _KIND}), tuple(found.unchecked), found.compact)


def _kin(writer: Writer, changed: set[str], quads: Sequence[ox.Quad]) -> set[str]:
    """The documents of the units that changed documents speak of, and those that share a finding with them."""
    values = " ".join(f"<{iri}>" for iri in changed)
    rows = writer.query(f"SELECT DISTINCT ?d {{ VALUES ?c {{ {values} }} ?c f:unit ?u . ?d f:unit ?u ; a f:Document }}")
    shared = {q.subject for q in quads if q.predicate == _DOC and _name(q.object) in changed}
    return {iris.expand(str(row["d"])) for row in rows} | {_name(q.object) for q in quads if q.predicate == _DOC and q.subject in shared}


def _found(writer: Writer, documents: Sequence[str], alone: Mapping[str, bytes], jobs: int, memory: float) -> _Found:
    found = _Found()
    left = {None: [d for d in documents if d not in alone], True: [d for d in documents if d in alone]}
    for document in left[True]:
        found.quads += ox.parse(alone[document], format=ox.RdfFormat.N_QUADS)
    if sum(len(some) / _CHUNK[wide] for wide, some in left.items()) <= _FEW:
        found.quads += [quad for wide, some in left.items() for quad in checks.quads(checks.report(writer, some, wide=wide))]
        return found
    for job, result in Pool(_work, jobs=jobs, memory=memory).run(_jobs(writer.freeze(), left, anew=writer.worn())):
        if isinstance(result, Lost) and not job.documents:
            told = f"整理图谱时失败（{result.kind} {result.detail}）"
            raise LibraryError(f"{told}。请检查内存和磁盘空间，再运行 chazhang build；原来的资料库没有变。")
        if isinstance(result, Lost):
            found.unchecked += job.documents
        elif isinstance(result, Path):
            found.compact = result
        else:
            found.quads += ox.parse(result, format=ox.RdfFormat.N_QUADS)
    return found


def _jobs(frozen: Path, left: Mapping[bool | None, Sequence[str]], *, anew: bool) -> Iterator[_Job]:
    if anew:
        yield _Job(frozen)
    for wide, documents in left.items():
        size = _CHUNK[wide]
        yield from (_Job(frozen, tuple(documents[n : n + size]), wide) for n in range(0, len(documents), size))


def _work(job: _Job) -> bytes | Path:
    """In another process: the findings on some documents, as N-Quads; or where the graph was written anew."""
    if not job.documents:
        return compacted(job.frozen)
    found = checks.report(_opened(job.frozen), job.documents, wide=job.wide)
    return ox.serialize(checks.quads(found), format=ox.RdfFormat.N_QUADS) or b""


@lru_cache(maxsize=1)
def _opened(frozen: Path) -> ox.Store:
    return ox.Store.read_only(str(frozen))


def _name(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    return "" if isinstance(term, ox.Triple) else term.value
