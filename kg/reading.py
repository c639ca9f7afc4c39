"""One file to facts; and, for builds, to everything that a library holds of it, ready to be written."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg import graph, identify, knowledge, limits, readers, script, terms
from kg.audit import alone
from kg.library import archive, contents
from kg.library.index import Contents
from kg.library.waiting import packed
from kg.model import Document, Fact, KnowledgeError, Paragraph, ReadError, Reading, Table, TableReport
from kg.prose import account, celltext, narrative, relations
from kg.readers import ocr
from kg.tabular import context as contexts
from kg.tabular import forms, tables


@dataclass(frozen=True, slots=True)
class Task:
    """A file to be read: where it is, under which id, for which library, and what it may take."""

    path: Path
    identifier: str
    documents: Path
    version: str
    allowed: limits.Limits


@dataclass(frozen=True, slots=True)
class Extract:
    """All that is to be written of one file: its graph as packed N-Quads, what the index holds, what the checks found (as N-Quads; None
    where they have yet to be run), and what the reading report says."""

    contents: Contents
    quads: bytes
    findings: bytes | None
    passages: int
    tables: tuple[TableReport, ...]
    unread: Counter[str]
    notes: tuple[str, ...]


def read(path: Path, data: bytes | None = None, identifier: str | None = None) -> Reading:
    """Read one file into facts, without a library.

    Raises ReadError with a clear Chinese message where it is no readable disclosure document.
    """
    document = readers.read(path, data, identifier)
    plain = script.simplified(document)
    found = _read(plain)
    return found if plain is document else script.printed(found, document)


_MADE: dict[int, tuple[forms.Headings, forms.Forms, terms.Terms]] = {}


def _words(known: knowledge.Knowledge) -> tuple[forms.Headings, forms.Forms, terms.Terms]:
    """What headings, tables and labels are called: made once (they keep the knowledge alive, so its id stays its own)."""
    if id(known) not in _MADE:
        _MADE[id(known)] = forms.Headings(known), forms.Forms(known), terms.Terms(known)
    return _MADE[id(known)]


def _read(document: Document) -> Reading:
    known = knowledge.load()
    identity = identify.identify(document, known)
    captions = [c for b in document.blocks if isinstance(b, Table) for c in (*b.captions, *(x.text for r in b.rows[:3] for x in r))]
    headings, shapes, labels = _words(known)
    context = contexts.Context(identity, known, headings, shapes, contexts.declared_measure(captions))
    facts: list[Fact] = []
    reports: list[TableReport] = []
    unread = []
    for found, missed, report in tables.all_of(document, context):
        facts += found
        unread += missed
        reports.append(report)
    told, missed = narrative.read(document, identity, known, labels, facts)
    inside, missed_inside = celltext.read(document, identity, known, labels, facts)
    facts = [f for f in facts if f.kind != "note"]
    told, missed = [*facts, *inside, *told], [*unread, *missed, *missed_inside]
    told, unclear = ocr.marked(document, told)
    missed += unclear
    rest = account.rest(document, known, told, missed)
    stated = relations.read(document, identity, known)
    return Reading(document, identity, tuple(told), (*missed, *rest), tuple(reports), stated)


def extract(task: Task) -> Extract | str:
    """Read a file for a library and store the document as read. The reason in Chinese where it cannot be read."""
    with limits.in_force(task.allowed):
        try:
            found = read(task.path, None, task.identifier)
        except (ReadError, KnowledgeError) as error:
            return str(error)
        except RecursionError:
            return f"{task.path.name}：内容嵌套太深，不像正常文件，未读。请打开后另存一份再读。"
    archive.save(found.document, task.documents)
    held = contents.of(found, knowledge.load(), path=task.path, version=task.version)
    quads = graph.quads(found)
    return Extract(
        held,
        packed(ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""),
        alone.findings(found, quads, held.claims),
        sum(isinstance(block, Paragraph) and not block.level for block in found.document.blocks),
        found.tables,
        Counter(unread.why for unread in found.unread if not unread.harmless),
        found.document.notes,
    )
