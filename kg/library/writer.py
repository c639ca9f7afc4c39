"""Writing a library: one writer, whom nobody sees before `publish`, and whom no kill can make leave half a document behind."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any

import pyoxigraph as ox

from kg import encoders, graph
from kg.knowledge import Knowledge
from kg.library import archive, contents, index, indexer, shelf
from kg.library.finder import FILE
from kg.library.index import Card, Contents
from kg.library.rows import Value, rows
from kg.library.store import Reader
from kg.library.waiting import Waiting, load, packed
from kg.model import LibraryError, Reading

#: The graph is written anew when more than one document in so many has changed since the last time, which makes it a third smaller; not
#: that of a library of more facts than this, whose files the store merges itself.
_SHARE, _LARGE = 5, 100_000
#: Noted while what `g:entities` says is not settled.
_UNSETTLED = "unsettled"
_ENTITIES = graph.node("g:entities")


class Writer:
    """The one who may write. Nothing is visible before `publish`; a build killed at any moment leaves the last good generation.

    What it works on lies in `work/` and starts as a copy (hard links) of the current generation. A later build goes on where
    a killed one stopped: documents that are not whole are taken from the current generation again, or out.
    """

    def __init__(self, library: Path, *, version: str = "", vocabulary: Knowledge | None = None, encoder: str = "") -> None:
        """`encoder` is what makes the vectors of the passages; as before where it is empty."""
        self.library, self.vocabulary, self._wanted = library, vocabulary, encoder
        self.version = f"{version}/{_digest(vocabulary.triples)}" if vocabulary else version
        self._work = shelf.work(library)
        self._store: ox.Store | None = None
        self._index: indexer.Indexer | None = None
        self._waiting = Waiting(self._work / "waiting")
        self._affected: set[str] | None = set()  # subjects of g:entities to be settled; None: all

    def __enter__(self) -> Writer:
        try:
            self.library.mkdir(parents=True, exist_ok=True)
            strangers = {path.name for path in self.library.iterdir()}
            if strangers and not strangers & {"lock", "current"}:
                raise LibraryError(f"{self.library} 不是资料库，里面有别的文件（{min(strangers)}）。请用 --library 指定一个空文件夹。")
            self._lock = shelf.lock(self.library)
        except OSError as error:
            raise LibraryError(
                f"不能在 {self.library} 建资料库（{error.strerror}）。请检查路径和权限，或用 --library 另指定文件夹。"
            ) from error
        try:
            shelf.sweep(self.library)
            here = shelf.current(self.library)
            self._base = Reader(self.library, here) if here else None
            if (self._work / "index.sqlite").exists():
                self._open()
            if self._wanted:
                assert self._encoder.name  # missing: said before hours of reading
        except BaseException:
            self._lock.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._let_go()
        if self._base:
            self._base.close()
        self._lock.close()
        if isinstance(error, OSError | RuntimeError | sqlite3.Error):  # disk full, no permission: the stores say it in their own ways
            raise LibraryError(
                f"写入资料库 {self.library} 失败（{error}）。请检查磁盘空间和权限，再运行 chazhang build；原来的资料库没有变。"
            ) from error

    # --- documents ------------------------------------------------------------------------------

    def cards(self) -> list[Card]:
        """Every document that is whole, by id; those that another replaces too."""
        return self._index.cards() if self._index else index.cards(self._base.index.db) if self._base else []

    def known(self) -> dict[str, str]:
        """The hash of each document that is held; '' for one that was read by another version or with another ontology."""
        return {card.id: card.sha256 if card.version == self.version else "" for card in self.cards() if not card.instead}

    def replace(self, reading: Reading, path: Path) -> None:
        """Put a reading in the place of what the library held of that document."""
        if self.vocabulary is None:
            raise ValueError("a writer without a vocabulary can only drop documents")
        archive.save(reading.document, shelf.documents(self.library))
        self.put(contents.of(reading, self.vocabulary, path=path, version=self.version), packed(graph.serialised(reading)))

    def put(self, held: Contents, quads: bytes) -> None:
        """The same with what another process made of a reading: what the index holds, and the graph as packed N-Quads."""
        self._open()
        self._exchange(held.card.id, held, quads)

    def set_aside(self, document: str, instead: str) -> None:
        """Take out what a document says, since another one says it; the catalogue remembers which, and the file as read stays."""
        card = next(card for card in self.cards() if card.id == document)
        self._open()
        self._exchange(document, Contents(replace(card, instead=instead)), b"")

    def drop(self, document: str) -> None:
        """Take a document out."""
        if any(card.id == document for card in self.cards()):
            self._open()
            self._exchange(document, None, b"")

    def set_graph(self, iri: str, quads: Iterable[ox.Quad]) -> None:
        """Exchange a whole shared graph (g:vocab, g:check). Nothing happens where it says the same already."""
        quads = list(quads)
        digest, noted = _digest(quad.triple for quad in quads), f"graph {iri}"
        if self._noted(noted) == digest:
            return
        index = self._open()[1]
        index.remember(noted, None)
        name = graph.node(iri)
        lines = ox.serialize((ox.Quad(q.subject, q.predicate, q.object, name) for q in quads), format=ox.RdfFormat.N_QUADS) or b""
        self._exchange_graph(name, packed(lines) if quads else b"")
        index.remember(noted, digest)

    def quads(self, iri: str) -> list[ox.Quad]:
        """All quads of a graph, as they would be published now."""
        store = self._base.store if self._store is None and self._base else self._whole()
        return list(store.quads_for_pattern(None, None, None, graph.node(iri)))

    def query(self, sparql: str, *, bindings: Mapping[str, str | int] | None = None) -> list[dict[str, Value]]:
        """The rows of a query over what would be published now."""
        if self._store is None and self._base:
            return self._base.query(sparql, bindings=bindings)
        return rows(self._whole(), sparql, bindings or {})

    def _exchange(self, document: str, held: Contents | None, quads: bytes) -> None:
        index = self._open()[1]
        index.touch(document)
        if not self._affected:
            index.remember(_UNSETTLED, "1")
        self._exchange_graph(graph.document_iri(document), quads)
        with index.replacing(document, held) as subjects:
            if self._affected is not None:
                self._affected |= subjects
        index.remember("changes", str(int(index.note("changes") or 0) + 1))

    def _exchange_graph(self, name: ox.NamedNode, quads: bytes) -> None:
        if quads:
            self._waiting.put(name.value, quads)
        else:
            self._waiting.drop(name.value)
            self._open()[0].remove_graph(name)

    def _whole(self) -> ox.Store:
        """The graph with all that was put into it."""
        store, index = self._open()
        fresh = not any(True for _ in store.named_graphs())
        unsettled = index.note(_UNSETTLED)
        if unsettled:
            self._settle(store, index)
        if self._waiting.into(store) and fresh:
            index.remember("changes", None)  # written in one go
        if unsettled:
            self._affected = set()
            index.remember(_UNSETTLED, None)
        return store

    def _settle(self, store: ox.Store, index: indexer.Indexer) -> None:
        """Make `g:entities` say of the subjects affected what the documents claim, once each."""
        if not store.contains_named_graph(_ENTITIES):
            lines = (line for subject in sorted(index.subjects()) for line in sorted(indexer.settle(index.claims(subject))))
            self._waiting.put(_ENTITIES.value, packed("".join(f"{line}\n" for line in lines).encode()))
            return
        self._waiting.drop(_ENTITIES.value)
        for subject in index.subjects() | self._spoken_of(store) if self._affected is None else self._affected:
            wanted = {*ox.parse("\n".join(indexer.settle(index.claims(subject))).encode(), format=ox.RdfFormat.N_QUADS)}
            present = {*store.quads_for_pattern(ox.NamedNode(subject[1:-1]), None, None, _ENTITIES)}
            for quad in present - wanted:
                store.remove(quad)
            store.extend(wanted - present)

    @staticmethod
    def _spoken_of(store: ox.Store) -> set[str]:
        return {str(quad.subject) for quad in store.quads_for_pattern(None, None, None, _ENTITIES)}

    # --- what is worked on ----------------------------------------------------------------------

    def _open(self) -> tuple[ox.Store, indexer.Indexer]:
        """The graph and index in `work/`; copied from the current generation, or left by a killed build and repaired."""
        if self._store is not None and self._index is not None:
            return self._store, self._index
        try:
            if not (self._work / "index.sqlite").exists():
                self._copy_base()
            self._store, self._index = ox.Store(str(self._work / "graph")), indexer.Indexer(self._work / "index.sqlite")
        except (OSError, RuntimeError, sqlite3.Error):  # what a killed build left cannot be read: the last good generation can
            self._let_go()
            self._copy_base()
            self._store, self._index = ox.Store(str(self._work / "graph")), indexer.Indexer(self._work / "index.sqlite")
        if self._index.note(_UNSETTLED):
            self._affected = None
        self._repair(self._index)
        if self.vocabulary:
            self._set_vocabulary(self.vocabulary, self._index)
        return self._store, self._index

    def _copy_base(self) -> None:
        shutil.rmtree(self._work, ignore_errors=True)
        self._work.mkdir()
        if self._base:
            self._base.store.backup(str(self._work / "graph"))
            shutil.copyfile(self._base.generation / "index.sqlite", self._work / "index.tmp")
            (self._work / "index.tmp").replace(self._work / "index.sqlite")  # last: its presence says that the copy is whole

    def _repair(self, index: indexer.Indexer) -> None:
        """Documents that a killed build left half written come back from the current generation, or go."""
        for document in index.broken():
            held = self._base.index.contents(document) if self._base else None
            quads = self._base.store.quads_for_pattern(None, None, None, graph.document_iri(document)) if self._base and held else ()
            self._exchange(document, held, packed(found) if (found := ox.serialize(quads, format=ox.RdfFormat.N_QUADS)) else b"")

    def _set_vocabulary(self, vocabulary: Knowledge, index: indexer.Indexer) -> None:
        """Bring `g:vocab` and the terms of the ontology up to date."""
        digest = _digest(vocabulary.triples)
        if index.note("vocabulary") != digest:
            index.remember("vocabulary", None)
            index.set_vocabulary(contents.vocabulary(vocabulary))
            self.set_graph("g:vocab", graph.vocabulary(vocabulary))
            index.remember("vocabulary", digest)

    def _noted(self, name: str) -> str | None:
        if self._index:
            return self._index.note(name)
        return self._base.index.note(name) if self._base else None

    def _let_go(self) -> None:
        """Close what is open in `work/`, so that it can be moved, removed, or opened by the next build."""
        if self._index:
            self._index.close()
        self._store = self._index = None

    # --- publishing -----------------------------------------------------------------------------

    def worn(self) -> bool:
        """Whether so much has changed since the graph was last written in one go that it pays to do so again."""
        cards = self.cards()
        changes = int(self._index.note("changes") or 0) if self._index else 0
        return changes * _SHARE > len(cards) and sum(card.facts for card in cards) <= _LARGE

    def freeze(self) -> Path:
        """The graph as it is now, in a folder of its own that other processes may open read only."""
        frozen = self._work / "frozen"
        shutil.rmtree(frozen, ignore_errors=True)
        self._whole().backup(str(frozen))
        return frozen

    def publish(self, compact: Path | None = None) -> bool:
        """Make what was written the current generation. False, and nothing done, where nothing was written.

        `compact` is the frozen graph as `compacted` wrote it anew; only `g:check` may have changed since. Raises LibraryError where the
        encoder is missing.
        """
        encoder = self._encoder if self.cards() else None
        if encoder and encoder.name != self._noted("encoder"):
            self._open()[1].remember("encoder", encoder.name)
        if self._store is None or self._index is None:
            return False
        cards = self._index.cards()
        if not cards and not self._base:
            self._discard()
            return False
        store = self._whole()
        draft = shelf.draft(self.library)
        if self.worn():
            self._index.remember("changes", None)
            self._rewritten(compact).backup(str(draft / "graph"))
        else:
            store.flush()
            store.backup(str(draft / "graph"))
        if encoder:
            self._encode(encoder, draft)
        self._index.copy(draft / "index.sqlite", tidy=self._index.note("changes") is None)
        (draft / "manifest.json").write_text(json.dumps(self._manifest(cards), ensure_ascii=False, indent=1), "utf-8")
        here = shelf.switch(self.library, draft)
        self._discard()
        if self._base:
            self._base.close()
        self._base = Reader(self.library, here)
        shelf.sweep(self.library)
        self._forget_documents()
        return True

    @cached_property
    def _encoder(self) -> encoders.Encoder:
        return encoders.open_encoder(encoders.chosen(self._wanted, self._noted("encoder")))

    def _encode(self, encoder: encoders.Encoder, draft: Path) -> None:
        """The vectors of the passages: those that the current generation has, and new ones for new passages."""
        from kg.library import vectors

        _, held = self._open()
        older = self._base.generation / FILE if self._base and self._base.index.note("encoder") == encoder.name else None
        vectors.renew(older if older and older.exists() else None, draft / FILE, held.passage_ids(), held.passage_texts, encoder)

    def _rewritten(self, compact: Path | None) -> ox.Store:
        """The graph as compact as it gets."""
        store, checks = self._open()[0], graph.node("g:check")
        anew = ox.Store(str(compact or compacted(self.freeze())))
        anew.remove_graph(checks)
        anew.bulk_extend(store.quads_for_pattern(None, None, None, checks))
        anew.flush()
        return anew

    def _manifest(self, cards: Iterable[Card]) -> dict[str, Any]:
        """What a generation says of itself, for those who do not open the index. `replaced` are the documents that others replace."""
        said: dict[bool, dict[str, dict[str, str | int]]] = {False: {}, True: {}}
        for card in cards:
            names = ("file", "sha256", "path", "unit", "year", "kind", "title", "facts", *(["instead"] if card.instead else []))
            said[bool(card.instead)][card.id] = {name: getattr(card, name) for name in names}
        time = datetime.now(UTC).isoformat(timespec="seconds")
        return {"format": shelf.FORMAT, "time": time, "version": self.version, "documents": said[False], "replaced": said[True]}

    def _discard(self) -> None:
        """Remove `work/`; what marks it as unfinished goes first."""
        self._let_go()
        (self._work / "index.sqlite").unlink(missing_ok=True)
        shutil.rmtree(self._work, ignore_errors=True)

    def _forget_documents(self) -> None:
        """Remove stored documents that no generation speaks of any more."""
        kept: set[str] = set()
        for generation in shelf.generations(self.library):
            with contextlib.suppress(FileNotFoundError):
                manifest = json.loads((generation / "manifest.json").read_text("utf-8"))
                kept |= {document["sha256"] for held in ("documents", "replaced") for document in manifest.get(held, {}).values()}
        for path in shelf.documents(self.library).iterdir():
            if path.name.partition(".")[0] not in kept or path.suffix == ".tmp":
                path.unlink(missing_ok=True)


def compacted(frozen: Path) -> Path:
    """Write a frozen graph anew, as compact as it gets, beside it; may run in another process. Takes about 10 µs per quad, twice."""
    target, quads = frozen.with_name("compact"), frozen.with_name("compact.nq")
    shutil.rmtree(target, ignore_errors=True)
    ox.Store.read_only(str(frozen)).dump(str(quads), format=ox.RdfFormat.N_QUADS)
    anew = ox.Store(str(target))
    with quads.open("rb") as file:
        load(anew, (b"".join(lines) for lines in iter(lambda: file.readlines(1 << 20), [])))
    anew.flush()
    quads.unlink()
    return target


def _digest(triples: Iterable[ox.Triple]) -> str:
    """A hash over triples in their order; blank nodes count by when they first appear, since their names are new each time."""
    names: dict[ox.BlankNode, str] = {}
    found = hashlib.sha256()
    for triple in triples:
        for term in (triple.subject, triple.predicate, triple.object):
            text = names.setdefault(term, f"_:{len(names)}") if isinstance(term, ox.BlankNode) else str(term)
            found.update(text.encode() + b"\n")
    return found.hexdigest()[:16]
