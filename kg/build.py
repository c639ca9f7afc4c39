"""Files to library: read, identify, extract, write; only what is new or changed; and a report that leaves nothing out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg import graph, identify, iris, knowledge, readers, script, terms
from kg.audit import checks
from kg.library.writer import Writer
from kg.model import Document, Fact, KnowledgeError, Paragraph, ReadError, Reading, Table, TableReport, Unread
from kg.prose import account, celltext, narrative
from kg.tabular import context as contexts
from kg.tabular import forms, tables

#: Raised when the way of reading changes, so that libraries re-read unchanged files.
VERSION = "1"
_CHECKS = "g:check"
_CHECKED, _KIND, _DOC = (graph.node(f"f:{name}") for name in ("checkedHash", "kind", "doc"))


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file: 已读, 未变, 未读 (with the reason), 已替换."""

    path: Path
    state: str
    why: str = ""
    document: str = ""
    title: str = ""
    facts: int = 0
    passages: int = 0
    tables: tuple[TableReport, ...] = ()
    unread: tuple[Unread, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BuildReport:
    """The reading report of one build. `changed` says whether a new generation was published."""

    files: tuple[FileReport, ...] = ()
    changed: bool = False
    findings: int = 0

    @property
    def failed(self) -> tuple[FileReport, ...]:
        """The files that were not read."""
        return tuple(f for f in self.files if f.state == "未读")


def read(path: Path, data: bytes | None = None) -> Reading:
    """Read one file into facts, without a library.

    Raises ReadError with a clear Chinese message where it is no readable disclosure document.
    """
    document = readers.read(path, data)
    plain = script.simplified(document)
    reading = _extract(plain)
    return reading if plain is document else script.printed(reading, document)


def _extract(document: Document) -> Reading:
    known = knowledge.load()
    identity = identify.identify(document, known)
    captions = [c for b in document.blocks if isinstance(b, Table) for c in (*b.captions, *(x.text for r in b.rows[:3] for x in r))]
    context = contexts.Context(identity, known, forms.Headings(known), forms.Forms(known), contexts.declared_measure(captions))
    facts: list[Fact] = []
    unread: list[Unread] = []
    reports: list[TableReport] = []
    for block in document.blocks:
        if isinstance(block, Table):
            found, missed, report = tables.read(block, context)
            facts += found
            unread += missed
            reports.append(report)
    labels = terms.Terms(known)
    told, missed = narrative.read(document, identity, known, labels)
    inside, missed_inside = celltext.read(document, identity, known, labels, facts)
    facts = [f for f in facts if f.kind != "note"]
    told, missed = [*facts, *inside, *told], [*unread, *missed, *missed_inside]
    return Reading(document, identity, tuple(told), (*missed, *account.rest(document, known, told, missed)), tuple(reports))


def _files(paths: Iterable[Path]) -> list[Path]:
    """The files named, and those below the folders named that have a reader; in order, each once."""
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            for folder, subfolders, names in os.walk(path):
                subfolders.sort()
                for name in sorted(names):
                    if Path(name).suffix.lower() in readers.READERS and not name.startswith("."):
                        found[Path(folder) / name] = None
        elif path.exists():
            found[path] = None
        else:
            raise ReadError(f"找不到 {path}。请检查路径，可用绝对路径重试。")
    return list(found)


def build(paths: Iterable[Path], library: Path, *, progress: Callable[[int, int, Path], None] | None = None) -> BuildReport:
    """Read files or folders into the library; only new or changed files are read, and nothing is published where nothing changed.

    A file that cannot be read is reported and does not hinder the others; what the library holds of it stays. Raises ReadError
    for a path that does not exist, LibraryError where the library is locked or damaged.
    """
    files = _files(paths)
    known = knowledge.load()
    reports: list[FileReport] = []
    with Writer(library, version=VERSION, vocabulary=known) as writer:
        present = writer.known()
        for n, path in enumerate(files):
            if progress:
                progress(n, len(files), path)
            reports.append(_one(path, writer, present))
        findings = review(writer)
        changed = writer.publish()
    if progress:
        progress(len(files), len(files), Path())
    return BuildReport(tuple(reports), changed, findings)


def review(writer: Writer) -> int:
    """Run the checks on every document that is new or changed, and on those of the same units; say how many findings there are now.

    `g:check` notes hash and version under which each document was checked: a killed build is made good by the next, and a changed
    rule is tried on every document.
    """
    known = {identifier: f"{sha256}/{writer.version}" for identifier, sha256 in writer.known().items()}
    quads = writer.quads(_CHECKS)
    noted = {_name(q.subject): _name(q.object) for q in quads if q.predicate == _CHECKED}
    names = {graph.document_iri(identifier).value: identifier for identifier in known}
    stale = {iri for iri, identifier in names.items() if noted.get(iri) != known[identifier]}
    if not stale and noted.keys() <= names.keys():
        return sum(q.predicate == _KIND for q in quads)
    values = " ".join(f"<{iri}>" for iri in stale)
    kin = writer.query(f"SELECT DISTINCT ?d {{ VALUES ?c {{ {values} }} ?c f:unit ?u . ?d f:unit ?u ; a f:Document }}") if stale else []
    stale |= {iris.expand(str(row["d"])) for row in kin}
    void = {q.subject for q in quads if q.predicate == _DOC and (_name(q.object) in stale or _name(q.object) not in names)}
    kept = [q for q in quads if q.subject not in void and q.predicate != _CHECKED]
    found = checks.quads(checks.report(writer, sorted(names[iri] for iri in stale)))
    notes = [ox.Quad(ox.NamedNode(iri), _CHECKED, ox.Literal(known[identifier])) for iri, identifier in names.items()]
    writer.set_graph(_CHECKS, [*kept, *found, *notes])
    return sum(q.predicate == _KIND for q in (*kept, *found))


def _name(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    return "" if isinstance(term, ox.Triple) else term.value


def _one(path: Path, writer: Writer, present: dict[str, str]) -> FileReport:
    try:
        data = readers.load(path)
        identifier, digest = readers.identifier(path), readers.sha256(data)
        if present.get(identifier) == digest:
            return FileReport(path, "未变", document=identifier)
        reading = read(path, data)
        writer.replace(reading, path)
    except (ReadError, KnowledgeError) as error:
        return FileReport(path, "未读", why=str(error))
    passages = sum(isinstance(b, Paragraph) and not b.level for b in reading.document.blocks)
    return FileReport(
        path,
        "已替换" if identifier in present else "已读",
        document=identifier,
        title=reading.identity.title,
        facts=len(reading.facts),
        passages=passages,
        tables=reading.tables,
        unread=reading.unread,
        notes=reading.document.notes,
    )
