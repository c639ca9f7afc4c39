"""The look-up beside the graph: labels by normalised key, names by character n-grams, passages by their words. Reading side."""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from kg import terms
from kg.library import bm25
from kg.model import LibraryError

#: Postings looked at for one fuzzy look-up, and candidates compared letter by letter.
_POSTINGS = 20_000
_CANDIDATES = 200
#: Words of a question that rank passages: the rarest ones.
_WORDS = 16
#: So many passages of the documents that a search stays inside are read and ranked one by one; more are left to the full-text index, which
#: looks at all passages of the library that hold a word.
_READ = 1500
_CHINESE = r"\u3400-\u9fff\uf900-\ufaff"


@dataclass(frozen=True, slots=True)
class Card:
    """What the catalogue says of one document. `instead` is the document that took its place; then nothing else is held of it."""

    id: str
    sha256: str
    file: str
    path: str
    unit: str
    year: int
    kind: str
    title: str
    facts: int
    version: str = ""
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """A label and what it names. `kind` is the prefix of a concept of `ontology/` (ind, func, ph …), or unit, project, item.

    `weight` says how much the label is the thing's own: 1 its name, less for variants and colloquial words. `documents`
    counts the documents that print it; `document` is that document where there is one only. `ratio` is how near a fuzzy match is.
    """

    key: str
    iri: str
    kind: str
    label: str
    weight: float = 1.0
    documents: int = 0
    document: str | None = None
    ratio: float = 1.0


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that a search found; `score` only orders hits of one search, larger is better."""

    iri: str
    document: str
    text: str
    section: str
    score: float


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph as the index holds it."""

    iri: str
    text: str
    section: str


@dataclass(frozen=True, slots=True)
class Aspect:
    """What tells figures of one item, unit and year apart: their dimensions, the kind of document and how many years after its own the
    figure lies; whether it is of a project, or crosses the item with a functional class."""

    metric: str
    phase: str
    flow: str
    fund: str
    spend: str
    base: str
    measure: str
    kind: str
    after: int = 0
    project: bool = False
    crossed: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """What a document (or the library) states of an item, year and unit (CURIEs) under one aspect: the least and the largest value as
    printed, None where no number is printed. Says where to look; the figures themselves are in the graph."""

    item: str
    year: int
    aspect: Aspect
    unit: str
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything the index holds of one document.

    `claims` are its quads for `g:entities`, as N-Quads; `report` says as JSON which tables and figures were read and which not.
    """

    card: Card
    report: str = "{}"
    terms: tuple[Term, ...] = ()
    passages: tuple[Passage, ...] = ()
    claims: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()


def grams(key: str) -> set[str]:
    """The character n-grams by which a name is found although some characters differ: pairs with the ends marked.

    In short names also pairs with one character between them, so that one wrong character leaves something in common.

    >>> sorted(grams("数据局") & grams("数剧局"))
    ['^数', '局$', '数局']
    """
    framed = f"^{key}$"
    found = {framed[i : i + 2] for i in range(len(framed) - 1)}
    if len(key) <= 5:
        found |= {key[i] + key[i + 2] for i in range(len(key) - 2)}
    return found


def words(text: str) -> list[str]:
    """The words under which a text is found: pairs of Chinese characters, and runs of letters or digits.

    >>> words("三公经费1.4万元，OA系统")
    ['三公', '公经', '经费', '1', '4', '万元', 'oa', '系统']
    """
    found: list[str] = []
    for run in re.findall(rf"[{_CHINESE}]+|[a-z]+|\d+", unicodedata.normalize("NFKC", text).lower()):
        found += [run[i : i + 2] for i in range(len(run) - 1)] if len(run) > 1 and not run.isascii() else [run]
    return found


_TERM = """SELECT t.key, t.iri, t.kind, t.label, t.weight, count(u.document),
                  CASE WHEN count(u.document) = 1 THEN (SELECT id FROM documents WHERE n = u.document) END
           FROM terms t LEFT JOIN uses u ON u.term = t.id AND u.document > 0"""


#: The passages of the documents whose ids stand in a JSON list.
_INSIDE = """SELECT p.iri, d.id, p.text, p.section FROM documents d JOIN passages p ON p.document = d.n
             WHERE d.id IN (SELECT value FROM json_each(?))"""


class Index:
    """An index, opened read only. Every look-up is by index columns; none scans a table."""

    def __init__(self, path: Path) -> None:
        uri = path.absolute().as_uri() + "?mode=ro&immutable=1"
        try:
            self.db = sqlite3.connect(uri, uri=True, check_same_thread=False)
            self.db.execute("SELECT value FROM meta LIMIT 1")
        except sqlite3.Error as error:
            raise LibraryError(f"索引 {path} 打不开（{error}）。请删除资料库文件夹后重新运行 chazhang build。") from error
        self._codes: dict[int, str] = {}
        self._aspects: dict[int, Aspect] = {}
        self._counts: dict[str, int] = {}  # of words, looked up several times for one question

    def close(self) -> None:
        """Let go of the file."""
        self.db.close()

    # --- the catalogue --------------------------------------------------------------------------

    def cards(self) -> list[Card]:
        """The documents, by id. One that a killed build left half written, or that another replaces, is not among them."""
        return list(self._cards)

    @cached_property
    def _cards(self) -> tuple[Card, ...]:
        return tuple(card for card in cards(self.db) if not card.instead)

    @cached_property
    def owners(self) -> dict[str, str]:
        """The unit of every document."""
        return {card.id: card.unit for card in self._cards}

    def note(self, name: str) -> str | None:
        """A value that the writer remembered, such as the digest of a graph."""
        row = self.db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def contents(self, document: str) -> Contents | None:
        """Everything held of a document, as the writer takes it."""
        card = next((c for c in cards(self.db) if c.id == document), None)
        if card is None:
            return None
        n = self.db.execute("SELECT n FROM documents WHERE id = ?", (document,)).fetchone()[0]
        report = json.dumps(self.report(document), ensure_ascii=False)
        found = self.db.execute("SELECT key, iri, kind, label, weight FROM terms JOIN uses ON term = id WHERE document = ?", (n,))
        passages = self.db.execute("SELECT iri, text, section FROM passages WHERE document = ?", (n,))
        claims = self.db.execute("SELECT q.quad FROM claims c JOIN quads q ON q.id = c.quad WHERE c.document = ?", (n,))
        figures = self._figures(
            self.db.execute("SELECT item, year, aspect, unit, low, high FROM figures WHERE document = ?", (n,)).fetchall()
        )
        return Contents(
            card,
            report,
            tuple(Term(*row) for row in found),
            tuple(Passage(*row) for row in passages),
            tuple(row[0] for row in claims),
            figures,
        )

    def report(self, document: str) -> dict[str, Any]:
        """What was read of a document and what not, as `kg.library.contents` wrote it: `tables`, `unread`; {} if unknown."""
        row = self.db.execute("SELECT report FROM documents WHERE id = ? AND whole", (document,)).fetchone()
        return dict(json.loads(row[0])) if row else {}

    # --- terms ----------------------------------------------------------------------------------

    def lookup(self, keys: Iterable[str], kinds: Iterable[str] | None = None) -> list[Term]:
        """The terms whose key (`kg.terms.key`) is one of `keys`; one statement, however many keys. Own names first."""
        wanted = json.dumps([*dict.fromkeys(keys)], ensure_ascii=False)
        where, values = _of_kinds(kinds)
        sql = f"{_TERM} WHERE t.key IN (SELECT value FROM json_each(?)){where} GROUP BY t.id ORDER BY t.weight DESC, t.kind, t.iri"
        return [Term(*row) for row in self.db.execute(sql, (wanted, *values))]

    def similar(self, text: str, kind: str | Iterable[str] | None = None, limit: int = 5) -> list[Term]:
        """The terms whose names look most like `text`, nearest first, with their `ratio` (0 to 1). Equal names come first."""
        from rapidfuzz import fuzz

        wanted = terms.key(text)
        kinds = [kind] if isinstance(kind, str) else None if kind is None else list(kind)
        near = [(fuzz.ratio(wanted, term.key) / 100, term) for term in self._candidates(wanted, kinds)]
        near.sort(key=lambda pair: (-pair[0], -pair[1].weight, pair[1].iri))
        return [Term(t.key, t.iri, t.kind, t.label, t.weight, t.documents, t.document, ratio) for ratio, t in near[:limit] if ratio > 0]

    def containing(self, text: str, kinds: Iterable[str] | None = None, limit: int = 20) -> list[Term]:
        """The terms whose names contain `text` (two characters or more), shortest first."""
        wanted = terms.key(text)
        inner = {wanted[i : i + 2] for i in range(len(wanted) - 1)}
        found = [term for term in self._candidates(wanted, kinds, inner, keep=_CANDIDATES * 5) if wanted in term.key]
        return sorted(found, key=lambda t: (len(t.key), -t.weight, t.iri))[:limit]

    def _candidates(self, key: str, kinds: Iterable[str] | None, wanted: set[str] | None = None, keep: int = _CANDIDATES) -> list[Term]:
        """The terms that share most n-grams with a key. Rare n-grams are looked at first, and only so many postings in all."""
        where, values = _of_kinds(kinds)
        counts = [(self._frequency(gram, where, values), gram) for gram in (grams(key) if wanted is None else wanted)]
        left, tally = _POSTINGS, Counter[int]()
        for frequency, gram in sorted(counts):
            if frequency and left > 0:
                rows = self.db.execute(f"SELECT t.term FROM grams t WHERE gram = ?{where} LIMIT ?", (gram, *values, left))
                tally.update(row[0] for row in rows)
                left -= frequency
        best = json.dumps([term for term, _ in tally.most_common(keep)])
        return [Term(*row) for row in self.db.execute(f"{_TERM} WHERE t.id IN (SELECT value FROM json_each(?)) GROUP BY t.id", (best,))]

    def _frequency(self, gram: str, where: str, values: Sequence[str]) -> int:
        sql = f"SELECT count(*) FROM (SELECT 1 FROM grams t WHERE gram = ?{where} LIMIT ?)"
        return int(self.db.execute(sql, (gram, *values, _POSTINGS)).fetchone()[0])

    # --- figures --------------------------------------------------------------------------------

    def figures(self, items: Iterable[str], years: Iterable[int] = ()) -> tuple[Figure, ...]:
        """What all documents together state of items (CURIEs), in some years or in any: one for each item, year, aspect and unit."""
        wanted = json.dumps([*dict.fromkeys(items)], ensure_ascii=False)
        among, values = "", [wanted]
        if chosen := [*years]:
            among, values = " AND year IN (SELECT value FROM json_each(?))", [wanted, json.dumps(chosen)]
        sql = f"""SELECT item, year, aspect, unit, min(low), max(high) FROM figures
                  WHERE item IN (SELECT id FROM codes WHERE name IN (SELECT value FROM json_each(?))){among}
                  GROUP BY item, year, aspect, unit"""
        return self._figures(self.db.execute(sql, values).fetchall())

    def telling(self, unit: str) -> list[str]:
        """The documents that have figures of a unit (CURIE), by id."""
        sql = "SELECT d.id FROM told t JOIN documents d ON d.n = t.document WHERE t.unit = (SELECT id FROM codes WHERE name = ?)"
        return sorted(row[0] for row in self.db.execute(sql, (unit,)))

    def below(self, unit: str) -> list[str]:
        """The units (CURIEs) of which documents filed under a unit (its name) have figures: itself and those that it sums up."""
        sql = "SELECT DISTINCT c.name FROM documents d JOIN told t ON t.document = d.n JOIN codes c ON c.id = t.unit WHERE d.unit = ?"
        return sorted(row[0] for row in self.db.execute(f"{sql} AND d.whole AND d.n > 0", (unit,)))

    def _figures(self, rows: Sequence[tuple[int, int, int, int, float | None, float | None]]) -> tuple[Figure, ...]:
        wanted = {code for item, _, aspect, unit, _, _ in rows for code in (item, aspect, unit)} - self._codes.keys()
        self._codes |= self.db.execute("SELECT id, name FROM codes WHERE id IN (SELECT value FROM json_each(?))", (json.dumps([*wanted]),))
        for code in {aspect for _, _, aspect, _, _, _ in rows} - self._aspects.keys():
            self._aspects[code] = Aspect(*json.loads(self._codes[code]))
        names, aspects = self._codes, self._aspects
        return tuple(Figure(names[item], year, aspects[aspect], names[unit], low, high) for item, year, aspect, unit, low, high in rows)

    # --- passages -------------------------------------------------------------------------------

    def search(self, text: str, limit: int = 10, documents: Iterable[str] | None = None) -> list[Hit]:
        """The passages that have most to do with `text` (BM25 over pairs of characters, section headings included), best first.

        Inside some documents only their passages are looked at, so that the rest of the library costs nothing; how rare a word is, and
        with it what it weighs, is that of the whole library in any case.
        """
        counts = self._rarest(words(text))
        if not counts:
            return []
        if documents is None:
            return self._matching(counts, limit)
        inside = json.dumps([*documents], ensure_ascii=False)
        rows = self.db.execute(f"{_INSIDE} LIMIT ?", (inside, _READ + 1)).fetchall()
        if len(rows) > _READ:
            return self._matching(counts, limit, inside)
        scores = bm25.scores([f"{section}\n{text}" for _, _, text, section in rows], counts, self.size)
        found = [
            Hit(iri, document, text, section, score) for (iri, document, text, section), score in zip(rows, scores, strict=True) if score
        ]
        return sorted(found, key=lambda hit: (-hit.score, hit.iri))[:limit]

    def _matching(self, wanted: Iterable[str], limit: int, inside: str | None = None) -> list[Hit]:
        """The best passages of the full-text index, of all documents or of those whose ids stand in a JSON list."""
        where = "" if inside is None else " AND p.document IN (SELECT n FROM documents WHERE id IN (SELECT value FROM json_each(?)))"
        sql = f"""SELECT p.iri, d.id, p.text, p.section, -bm25(words, 1.0, 1.0) AS score
                  FROM words JOIN passages p ON p.id = words.rowid JOIN documents d ON d.n = p.document
                  WHERE words MATCH ?{where} ORDER BY score DESC, p.iri LIMIT ?"""
        values = (" OR ".join(f'"{word}"' for word in wanted), *(() if inside is None else (inside,)), limit)
        return [Hit(*row) for row in self.db.execute(sql, values)]

    def passages(self, scores: Mapping[int, float]) -> list[Hit]:
        """Passages by their numbers, in this order, with these scores."""
        wanted = [*scores]
        sql = """SELECT p.id, p.iri, d.id, p.text, p.section FROM passages p JOIN documents d ON d.n = p.document
                 WHERE p.id IN (SELECT value FROM json_each(?))"""
        rows = self.db.execute(sql, (json.dumps(wanted),))
        hits = {n: Hit(iri, document, text, section, scores[n]) for n, iri, document, text, section in rows}
        return [hits[n] for n in wanted if n in hits]

    def passage_ids(self, documents: Iterable[str]) -> list[int]:
        """The numbers of the passages of some documents."""
        sql = """SELECT p.id FROM passages p
                 WHERE p.document IN (SELECT n FROM documents WHERE id IN (SELECT value FROM json_each(?)))"""
        return [row[0] for row in self.db.execute(sql, (json.dumps([*documents], ensure_ascii=False),))]

    def after(self, hit: Hit, limit: int) -> list[Hit]:
        """The passages that follow one in its document, in order."""
        sql = """SELECT p.iri, d.id, p.text, p.section, 0.0 FROM documents d JOIN passages p ON p.document = d.n
                 WHERE d.id = ? AND p.id > (SELECT max(id) FROM passages WHERE document = d.n AND iri = ?) ORDER BY p.id LIMIT ?"""
        return [Hit(*row) for row in self.db.execute(sql, (hit.document, hit.iri, limit))]

    def under(self, hit: Hit, limit: int) -> list[Hit]:
        """The passages that stand under the same heading as one, or under one below it, in order."""
        sql = """SELECT p.iri, d.id, p.text, p.section, 0.0 FROM documents d JOIN passages p ON p.document = d.n
                 WHERE d.id = ?1 AND (p.section = ?2 OR substr(p.section, 1, length(?2) + 1) = ?2 || '/') ORDER BY p.id LIMIT ?3"""
        return [Hit(*row) for row in self.db.execute(sql, (hit.document, hit.section, limit))]

    def frequencies(self, wanted: Iterable[str]) -> dict[str, int]:
        """In how many passages words (`words`) stand; those that stand in none are left out."""
        asked = [*dict.fromkeys(wanted)]
        if len(self._counts) > _POSTINGS:
            self._counts.clear()
        if missing := [word for word in asked if word not in self._counts]:
            sql = "SELECT term, doc FROM vocabulary WHERE term IN (SELECT value FROM json_each(?))"
            rows = self.db.execute(sql, (json.dumps(missing, ensure_ascii=False),))
            self._counts |= dict.fromkeys(missing, 0) | dict(rows.fetchall())
        return {word: n for word in asked if (n := self._counts[word])}

    @cached_property
    def size(self) -> int:
        """How many passages there are; they are counted once."""
        return int(self.db.execute("SELECT count(*) FROM passages").fetchone()[0])

    def _rarest(self, wanted: Iterable[str]) -> dict[str, int]:
        """Of these words, the ones that tell passages apart best, and how many have them; words that no passage has are left out."""
        counts = self.frequencies(wanted)
        return {word: counts[word] for word in sorted(counts, key=lambda word: (counts[word], word))[:_WORDS]}


def cards(db: sqlite3.Connection) -> list[Card]:
    """The documents that a database holds whole, by id; those that another replaces too."""
    columns = "id, sha256, file, path, unit, year, kind, title, facts, version, instead"
    return [Card(*row) for row in db.execute(f"SELECT {columns} FROM documents WHERE n > 0 AND whole ORDER BY id")]


def _of_kinds(kinds: Iterable[str] | None) -> tuple[str, list[str]]:
    """The condition that a term `t` is of one of these kinds, and its values."""
    if kinds is None:
        return "", []
    values = [*kinds]
    return f" AND t.kind IN ({', '.join('?' * len(values))})", values
