"""A library to read from: the graph, its index and the documents as read. `kg.library.writer` writes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import IO, Any

import pyoxigraph as ox

from kg.library import shelf
from kg.library.finder import Finder
from kg.library.index import Index
from kg.library.rows import Value as Value
from kg.library.rows import rows as rows
from kg.model import Document, LibraryError


class Reader:
    """One generation of a library, opened for questions. It stays as it is, whatever a build does meanwhile."""

    def __init__(self, library: Path, generation: Path) -> None:
        self.library, self.generation = library, generation
        self._mark: IO[bytes] = shelf.hold(generation)
        self.manifest: dict[str, Any] = json.loads(self._mark.read())
        if self.manifest.get("format") != shelf.FORMAT:
            raise LibraryError(
                f"资料库 {library} 是另一个版本的 chazhang 建的。请换一个 --library，或删除该文件夹后重新运行 chazhang build。"
            )

    @cached_property
    def store(self) -> ox.Store:
        """The graph itself, for those who need more than `query`."""
        return ox.Store.read_only(str(self.generation / "graph"))

    @cached_property
    def index(self) -> Index:
        """Labels, names and passages."""
        return Index(self.generation / "index.sqlite")

    @cached_property
    def finder(self) -> Finder:
        """Passages by words and by meaning."""
        return Finder(self.index, self.generation)

    def query(self, sparql: str, *, bindings: Mapping[str, str | int] | None = None) -> list[dict[str, Value]]:
        """The rows of a query of ours: known prefixes, union of graphs, Python values. What users write goes to `kg.library.sparql`."""
        return rows(self.store, sparql, bindings or {})

    def document(self, sha256: str) -> Document:
        """The document with this hash, as it was read."""
        from kg.library import archive

        return archive.load(sha256, shelf.documents(self.library))

    def lines(self, sha256: str) -> tuple[str, ...]:
        """Only the lines of the file with this hash."""
        from kg.library import archive

        return archive.lines(sha256, shelf.documents(self.library))

    def close(self) -> None:
        """Let go of the generation, so that a later build may remove it."""
        self._mark.close()


def open_library(library: Path) -> Reader:
    """Open the current generation. Raises LibraryError where there is no library or it is damaged."""
    for _ in range(3):  # a build may remove the generation between the look and the opening
        generation = shelf.current(library)
        if generation is None:
            raise LibraryError(f"{library} 里还没有资料库。请先运行 chazhang build 路径，或用 --library 指定已有的资料库。")
        try:
            reader = Reader(library, generation)
            assert reader.store is not None
            return reader
        except (OSError, RuntimeError, ValueError) as error:
            trouble = error
            if shelf.current(library) == generation:
                break
    raise LibraryError(f"资料库 {library} 已损坏（{trouble}）。请删除该文件夹后重新运行 chazhang build。") from trouble
