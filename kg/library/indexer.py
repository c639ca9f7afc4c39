"""The writing side of the index: what each document contributes, so that it can be taken out again without a trace."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path

from kg import iris
from kg.library import index
from kg.library.index import Card, Contents, Figure, Passage, Term

#: Kinds whose names are looked up with wrong or missing characters.
FUZZY = frozenset({"unit", "project", "item", "ind", "func", "econ", "govecon"})
#: The number under which the vocabulary contributes its terms.
_VOCABULARY = 0
_PREFERRED, _VARIANT = (f" <{iris.expand(name)}> " for name in ("skos:prefLabel", "skos:altLabel"))

_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE documents (n INTEGER PRIMARY KEY, id TEXT UNIQUE, sha256 TEXT, file TEXT, path TEXT, unit TEXT, year INT, kind TEXT,
                        title TEXT, facts INT, version TEXT, instead TEXT, report TEXT, whole INT NOT NULL DEFAULT 0);
CREATE INDEX documents_by_unit ON documents (unit);
CREATE TABLE terms (id INTEGER PRIMARY KEY, key TEXT, iri TEXT, kind TEXT, label TEXT, weight REAL);
CREATE INDEX terms_by_key ON terms (key, kind);
CREATE TABLE uses (document INT, term INT, PRIMARY KEY (document, term)) WITHOUT ROWID;
CREATE INDEX uses_by_term ON uses (term, document);
CREATE TABLE grams (gram TEXT, kind TEXT, term INT, PRIMARY KEY (gram, kind, term)) WITHOUT ROWID;
CREATE TABLE passages (id INTEGER PRIMARY KEY AUTOINCREMENT, iri TEXT, document INT, text TEXT, section TEXT);
CREATE INDEX passages_by_document ON passages (document);
CREATE VIRTUAL TABLE words USING fts5 (section, text, content='');
CREATE VIRTUAL TABLE vocabulary USING fts5vocab ('words', 'row');
CREATE TABLE quads (id INTEGER PRIMARY KEY, subject TEXT, quad TEXT);
CREATE INDEX quads_by_subject ON quads (subject);
CREATE TABLE claims (document INT, quad INT, PRIMARY KEY (document, quad)) WITHOUT ROWID;
CREATE INDEX claims_by_quad ON claims (quad);
CREATE TABLE codes (id INTEGER PRIMARY KEY, name TEXT UNIQUE);
CREATE TABLE figures (item INT, year INT, aspect INT, unit INT, document INT, low REAL, high REAL,
                      PRIMARY KEY (item, year, aspect, unit, document)) WITHOUT ROWID;
CREATE INDEX figures_by_document ON figures (document);
CREATE TABLE told (unit INT, document INT, PRIMARY KEY (unit, document)) WITHOUT ROWID;
CREATE INDEX told_by_document ON told (document);
"""


def number(*parts: str) -> int:
    """A 63-bit number that stands for some texts: the row id of what they name."""
    return int.from_bytes(hashlib.blake2b("\0".join(parts).encode(), digest_size=8).digest(), "big") >> 1


class Indexer:
    """An index that is being written. A document is marked as not whole before anything of it is touched."""

    def __init__(self, path: Path) -> None:
        new = not path.exists()
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("PRAGMA journal_mode = WAL")  # survives kills, and waits for the disk only now and then
        self.db.execute("PRAGMA synchronous = NORMAL")
        self.db.execute("PRAGMA cache_size = -65536")
        if new:
            with self.transaction():
                for statement in filter(str.strip, _SCHEMA.split(";\n")):
                    self.db.execute(statement)
        self.db.execute("SELECT value FROM meta LIMIT 1")  # says at once where this is no index

    def close(self) -> None:
        """Let go of the file."""
        self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    # --- notes about the library ----------------------------------------------------------------

    def note(self, name: str) -> str | None:
        """A remembered value, such as the digest of a graph."""
        row = self.db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def remember(self, name: str, value: str | None) -> None:
        """Remember a value under a name; None forgets it."""
        if value is None:
            self.db.execute("DELETE FROM meta WHERE name = ?", (name,))
        else:
            self.db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    # --- documents ------------------------------------------------------------------------------

    def cards(self) -> list[Card]:
        """The documents that are whole, by id; those that another replaces too."""
        return index.cards(self.db)

    def broken(self) -> list[str]:
        """The documents that a killed build left half written."""
        return [row[0] for row in self.db.execute("SELECT id FROM documents WHERE n > 0 AND NOT whole ORDER BY id")]

    def touch(self, document: str) -> None:
        """Mark a document as not whole, before anything of it changes."""
        self.db.execute("INSERT INTO documents (id) VALUES (?) ON CONFLICT (id) DO UPDATE SET whole = 0", (document,))

    @contextmanager
    def replacing(self, document: str, contents: Contents | None) -> Iterator[set[str]]:
        """Exchange what a document contributes (None: nothing any more). Yields the subjects in `g:entities` that are affected.

        The exchange counts when the block ends without an error; until then the document is not whole.
        """
        with self.transaction():
            row = self.db.execute("SELECT n FROM documents WHERE id = ?", (document,)).fetchone()
            subjects = self._forget(row[0]) if row else set()
            if contents is None:
                self.db.execute("DELETE FROM documents WHERE id = ?", (document,))
            else:
                subjects |= self._learn(row[0], contents)
            yield subjects

    def _learn(self, n: int, contents: Contents) -> set[str]:
        c = contents.card
        self.db.execute(
            "UPDATE documents SET sha256=?, file=?, path=?, unit=?, year=?, kind=?, title=?, facts=?, version=?, instead=?, report=?, "
            "whole=1 WHERE n=?",
            (c.sha256, c.file, c.path, c.unit, c.year, c.kind, c.title, c.facts, c.version, c.instead, contents.report, n),
        )
        self._add_terms(n, contents.terms)
        for passage in contents.passages:
            self._add_passage(n, passage)
        claimed = [(number(quad), quad.partition(" ")[0], quad) for quad in contents.claims]
        self.db.executemany("INSERT OR IGNORE INTO quads VALUES (?, ?, ?)", claimed)
        self.db.executemany("INSERT OR IGNORE INTO claims VALUES (?, ?)", [(n, i) for i, _, _ in claimed])
        self._add_figures(n, contents.figures)
        return {subject for _, subject, _ in claimed}

    def _forget(self, n: int) -> set[str]:
        self._drop_terms(n)
        for passage, section, text in self.db.execute("SELECT id, section, text FROM passages WHERE document = ?", (n,)).fetchall():
            self.db.execute(
                "INSERT INTO words (words, rowid, section, text) VALUES ('delete', ?, ?, ?)", (passage, _spread(section), _spread(text))
            )
        self.db.execute("DELETE FROM passages WHERE document = ?", (n,))
        for table in ("figures", "told"):
            self.db.execute(f"DELETE FROM {table} WHERE document = ?", (n,))
        mine = "SELECT quad FROM claims WHERE document = ?"
        subjects = {row[0] for row in self.db.execute(f"SELECT DISTINCT subject FROM quads WHERE id IN ({mine})", (n,))}
        alone = self.db.execute(
            f"SELECT id FROM quads q WHERE id IN ({mine}) AND NOT EXISTS (SELECT 1 FROM claims c WHERE c.quad = q.id AND c.document <> ?)",
            (n, n),
        ).fetchall()
        self.db.execute("DELETE FROM claims WHERE document = ?", (n,))
        self.db.executemany("DELETE FROM quads WHERE id = ?", alone)
        return subjects

    # --- terms and passages ---------------------------------------------------------------------

    def set_vocabulary(self, terms: Iterable[Term]) -> None:
        """Exchange the terms of `ontology/`."""
        with self.transaction():
            self._drop_terms(_VOCABULARY)
            self._add_terms(_VOCABULARY, terms)

    def _add_terms(self, n: int, terms: Iterable[Term]) -> None:
        numbered = [(number(term.key, term.iri, term.kind), term) for term in terms if term.key]
        self.db.executemany(
            "INSERT INTO terms VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET weight = max(weight, excluded.weight)",
            [(i, term.key, term.iri, term.kind, term.label, term.weight) for i, term in numbered],
        )
        self.db.executemany("INSERT OR IGNORE INTO uses VALUES (?, ?)", sorted((n, i) for i, _ in numbered))
        grams = {(gram, term.kind, i) for i, term in numbered if term.kind in FUZZY for gram in index.grams(term.key)}
        self.db.executemany("INSERT OR IGNORE INTO grams VALUES (?, ?, ?)", sorted(grams))

    def _drop_terms(self, n: int) -> None:
        alone = self.db.execute(
            "SELECT t.id, t.key, t.kind FROM uses u JOIN terms t ON t.id = u.term WHERE u.document = ? AND NOT EXISTS "
            "(SELECT 1 FROM uses o WHERE o.term = u.term AND o.document <> ?)",
            (n, n),
        ).fetchall()
        self.db.execute("DELETE FROM uses WHERE document = ?", (n,))
        for term, key, kind in alone:
            self.db.execute("DELETE FROM terms WHERE id = ?", (term,))
            if kind in FUZZY:
                self.db.executemany(
                    "DELETE FROM grams WHERE gram = ? AND kind = ? AND term = ?", [(gram, kind, term) for gram in index.grams(key)]
                )

    def _add_passage(self, n: int, passage: Passage) -> None:
        done = self.db.execute(
            "INSERT INTO passages (iri, document, text, section) VALUES (?, ?, ?, ?)", (passage.iri, n, passage.text, passage.section)
        )
        self.db.execute(
            "INSERT INTO words (rowid, section, text) VALUES (?, ?, ?)", (done.lastrowid, _spread(passage.section), _spread(passage.text))
        )

    def _add_figures(self, n: int, figures: Iterable[Figure]) -> None:
        """Names become numbers; a name stays when the last figure that has it is gone."""
        known: dict[str, int] = {}

        def code(name: str) -> int:
            if name not in known:
                self.db.execute("INSERT OR IGNORE INTO codes (name) VALUES (?)", (name,))
                known[name] = self.db.execute("SELECT id FROM codes WHERE name = ?", (name,)).fetchone()[0]
            return known[name]

        for f in figures:
            aspect = json.dumps(astuple(f.aspect), ensure_ascii=False, separators=(",", ":"))
            values = (code(f.item), f.year, code(aspect), code(f.unit), n, f.low, f.high)
            self.db.execute("INSERT INTO figures VALUES (?, ?, ?, ?, ?, ?, ?)", values)
            self.db.execute("INSERT OR IGNORE INTO told VALUES (?, ?)", (code(f.unit), n))

    def passage_ids(self) -> list[int]:
        """The numbers of all passages. One that is gone leaves its number to no other."""
        return [row[0] for row in self.db.execute("SELECT id FROM passages ORDER BY id")]

    def passage_texts(self, ids: Iterable[int]) -> list[tuple[str, str]]:
        """Headings and text of passages, in the order of their numbers."""
        sql = "SELECT section, text FROM passages WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
        return self.db.execute(sql, (json.dumps([*ids]),)).fetchall()

    # --- what g:entities should say -------------------------------------------------------------

    def subjects(self) -> set[str]:
        """Every subject that some document claims something about, in N-Quads notation."""
        return {row[0] for row in self.db.execute("SELECT DISTINCT subject FROM quads")}

    def claims(self, subject: str) -> Counter[str]:
        """The quads claimed about a subject, and by how many documents each."""
        sql = "SELECT q.quad, count(*) FROM quads q JOIN claims c ON c.quad = q.id WHERE q.subject = ? GROUP BY q.id"
        return Counter(dict(self.db.execute(sql, (subject,)).fetchall()))

    # --- publishing -----------------------------------------------------------------------------

    def copy(self, target: Path, *, tidy: bool) -> None:
        """A copy of the whole index in one file; `tidy` also gives back the room of what was deleted (and takes longer)."""
        if tidy:
            self.db.execute("INSERT INTO words (words) VALUES ('optimize')")
            self.db.execute("VACUUM INTO ?", (str(target),))
            return
        with_target = sqlite3.connect(target)
        try:
            self.db.backup(with_target)
            with_target.execute("PRAGMA journal_mode = DELETE")
        finally:
            with_target.close()


def settle(claims: Counter[str]) -> set[str]:
    """What to write of the claims about one subject: everything, but only one name; other names become variants.

    The name that most documents print wins; among equals the shortest.

    >>> name = "<a> <http://www.w3.org/2004/02/skos/core#prefLabel> "
    >>> sorted(quad.partition("#")[2] for quad in settle(Counter({name + '"运转经费"': 2, name + '"运转费"': 1})))
    ['altLabel> "运转费"', 'prefLabel> "运转经费"']
    """
    names = sorted((quad for quad in claims if _PREFERRED in quad), key=lambda quad: (-claims[quad], len(quad), quad))
    others = {quad for quad in claims if _PREFERRED not in quad}
    return {*others, *names[:1], *(quad.replace(_PREFERRED, _VARIANT, 1) for quad in names[1:])}


def _spread(text: str) -> str:
    return " ".join(index.words(text))
