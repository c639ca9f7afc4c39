"""Graphs that wait in files to be written to the store together: in one go they take half the time and half the room."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

#: Quads written in one go. The store takes 1 kB of memory for each; four goes, and it merges its files to such without compression.
GO = 600_000


def packed(quads: bytes) -> bytes:
    """N-Quads as `Waiting.put` takes them."""
    return gzip.compress(quads, 1, mtime=0)


class Waiting:
    """Graphs by name, each a file that is there whole or not at all, so that a killed build finds them again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, quads: bytes) -> None:
        """Let a graph (its IRI) wait, as packed N-Quads; it will stand in the place of what the store has under that name."""
        self.folder.mkdir(exist_ok=True)
        path = self._path(name)
        path.with_suffix(".tmp").write_bytes(quads)
        path.with_suffix(".tmp").replace(path)

    def drop(self, name: str) -> None:
        """Forget a graph that waits."""
        self._path(name).unlink(missing_ok=True)

    def into(self, store: ox.Store) -> bool:
        """Write what waits; whether there was anything. What is written twice, because of a kill, is there once."""
        paths = sorted(self.folder.glob("*.gz"))
        if not paths:
            return False
        waiting = {path.name for path in paths}
        for name in [graph for graph in store.named_graphs() if self._path(graph.value).name in waiting]:
            store.remove_graph(name)
        load(store, (gzip.decompress(path.read_bytes()) for path in paths))
        for path in paths:
            path.unlink()
        return True

    def _path(self, name: str) -> Path:
        return self.folder / f"{hashlib.blake2b(name.encode(), digest_size=12).hexdigest()}.gz"


def load(store: ox.Store, pieces: Iterator[bytes]) -> None:
    """Write N-Quads, each piece whole lines, in as few goes as memory allows."""
    go = _Go(filter(None, pieces))
    while go.more():
        store.bulk_load(input=go, format=ox.RdfFormat.N_QUADS, lenient=True)  # type: ignore[arg-type]  # it wants no more than read()


class _Go:
    """A file of so many quads; when it has come to its end, the next begins."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._piece, self._at, self._left = pieces, b"", 0, 0

    def more(self) -> bool:
        """Begin the next file, if there is one."""
        self._left = GO
        return self._at < len(self._piece) or self._next()

    def _next(self) -> bool:
        self._piece, self._at = next(self._pieces, b""), 0
        self._left -= self._piece.count(b"\n")
        return bool(self._piece)

    def read(self, size: int) -> bytes:
        """So many bytes, or fewer at the end of a piece; none at the end of the file."""
        if self._at == len(self._piece) and (self._left <= 0 or not self._next()):
            return b""
        found = self._piece[self._at : self._at + size]
        self._at += len(found)
        return found
