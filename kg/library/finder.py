"""Passages by words and by meaning: BM25 and vectors, their ranks fused. What answers in words, and the last resort, come from here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from kg.library.index import Hit, Index
from kg.model import LibraryError

if TYPE_CHECKING:
    from kg.encoders import Encoder
    from kg.library.vectors import Vectors

#: The file with the vectors, in a generation.
FILE = "passages.faiss"
#: How many hits of each search are fused, and the constant of reciprocal rank fusion: measured in benchmarks/retrieval.py.
_DEPTH, _CONSTANT = 20, 5


class Finder:
    """Searches of one generation. Vectors and encoder are opened with the first search, which is when numpy and FAISS are imported.

    `trouble` says in Chinese why the vectors cannot be used, where they cannot; then words alone decide.
    """

    def __init__(self, index: Index, generation: Path, dense: tuple[Encoder, Vectors] | None = None) -> None:
        """`dense` stands for the generation's own vectors: the same passages by another encoder."""
        self._index, self._path, self._given = index, generation / FILE, dense
        self.trouble = ""

    @cached_property
    def _dense(self) -> tuple[Encoder, Vectors] | None:
        from kg import encoders

        if self._given is not None:
            return self._given
        made_by = self._index.note("encoder")
        if not made_by or not self._path.exists():
            return None
        from kg.library.vectors import Vectors

        try:
            encoder = encoders.open_encoder(encoders.wanted(made_by))
        except LibraryError as error:
            self.trouble = f"只按词语检索：{error}"
            return None
        if encoder.name != made_by:
            self.trouble = "只按词语检索：向量是另一个版本的编码器做的。请重新运行 chazhang build。"
            return None
        return encoder, Vectors(self._path)

    @cached_property
    def _count(self) -> int:
        return len(self._index.cards())

    def words(self, text: str, limit: int = 10, documents: Iterable[str] | None = None) -> list[Hit]:
        """By words (BM25), best first."""
        return self._index.search(text, limit, documents)

    def meaning(self, text: str, limit: int = 10, documents: Iterable[str] | None = None) -> list[Hit]:
        """By vectors, best first; nothing where the library has none or their encoder is missing."""
        if self._dense is None or not text.strip():
            return []
        encoder, vectors = self._dense
        among = None if documents is None else self._index.passage_ids(documents)
        vector = encoder.encode([text], asked=True)[0]
        return self._index.passages(vectors.nearest(vector, limit, among)) if vector.any() else []

    def agreed(self, text: str, limit: int, documents: Iterable[str]) -> list[Hit]:
        """The best of `search` that words and meaning both bring up; by words alone where there are no vectors."""
        among = self._among(documents)
        near = {hit.iri for hit in self.meaning(text, _DEPTH, among)}
        both = {hit.iri for hit in self.words(text, _DEPTH, among) if hit.iri in near or not near}
        return [hit for hit in self.search(text, 2 * _DEPTH, among) if hit.iri in both][:limit]

    def _among(self, documents: Iterable[str] | None) -> list[str] | None:
        """The documents to stay inside; None for all, which takes no list of their passages."""
        found = None if documents is None else [*dict.fromkeys(documents)]
        return None if found is not None and len(found) == self._count else found

    def search(self, text: str, limit: int = 10, documents: Iterable[str] | None = None) -> list[Hit]:
        """By both, best first: what stands high in either list comes first, what stands high in both before it."""
        among = self._among(documents)
        scores: defaultdict[str, float] = defaultdict(float)
        found: dict[str, Hit] = {}
        for hits in (self.words(text, _DEPTH, among), self.meaning(text, _DEPTH, among)):
            for n, hit in enumerate(hits, 1):
                scores[hit.iri] += 1 / (_CONSTANT + n)
                found.setdefault(hit.iri, hit)
        ranked = sorted(found, key=lambda iri: -scores[iri])
        return [replace(found[iri], score=scores[iri]) for iri in ranked[:limit]]
