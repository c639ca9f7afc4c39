"""Vectors of the passages in FAISS, one file a generation. Encoded once: a build adds what is new and takes out what is gone."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from kg.encoders import Encoder
from kg.encoders.ngrams import Floats, unit

Ids = npt.NDArray[np.int64]

#: How much the headings count beside the text: measured in benchmarks/retrieval.py.
_HEADINGS = 0.4
#: Passages encoded at once.
_BATCH = 1024


def encoded(encoder: Encoder, texts: Sequence[tuple[str, str]]) -> Floats:
    """The vectors of passages, each given as its headings and its text."""
    headings = [*dict.fromkeys(heading for heading, _ in texts)]
    above = dict(zip(headings, encoder.encode(headings), strict=True))
    found: Floats = encoder.encode([text for _, text in texts])
    found += np.float32(_HEADINGS) * np.stack([above[heading] for heading, _ in texts])
    return unit(found)


def renew(
    older: Path | None, target: Path, wanted: Sequence[int], texts: Callable[[Sequence[int]], list[tuple[str, str]]], encoder: Encoder
) -> int:
    """Write the vectors of the passages `wanted` to `target`, from those in `older` and, where they are new, from their texts.

    A number stands for one text for ever. Returns how many were encoded. `older` is None where there is none of this encoder.
    """
    numbers: Ids = np.array(sorted(wanted), np.int64)
    index: Any = faiss.read_index(str(older)) if older else _empty(encoder.dimensions)
    held: Ids = faiss.vector_to_array(index.id_map)
    fresh, gone = np.setdiff1d(numbers, held), np.setdiff1d(held, numbers)
    if older and not len(fresh) and not len(gone):
        shutil.copyfile(older, target)
        return 0
    if len(gone):
        index.remove_ids(faiss.IDSelectorBatch(gone))
    for batch in (fresh[n : n + _BATCH] for n in range(0, len(fresh), _BATCH)):
        index.add_with_ids(encoded(encoder, texts(batch.tolist())), batch)
    faiss.write_index(index, str(target))
    return len(fresh)


def _empty(dimensions: int) -> Any:
    """An index without vectors: half-precision numbers, inner product, every vector looked at, so that a search is exact."""
    return faiss.IndexIDMap(faiss.IndexScalarQuantizer(dimensions, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT))


class Vectors:
    """The vectors of a generation, opened for searching; the file is mapped, not loaded."""

    def __init__(self, path: Path) -> None:
        faiss.omp_set_num_threads(1)  # one question at a time: threads that wait for each other cost more than they save
        self._index: Any = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)

    def nearest(self, vector: Floats, limit: int, among: Sequence[int] | None = None) -> dict[int, float]:
        """The passages nearest to a vector (number to cosine), nearest first; only of those in `among` where that is given."""
        parameters: Any = faiss.SearchParameters
        options = None if among is None else parameters(sel=faiss.IDSelectorBatch(np.array(among, np.int64)))
        near, found = self._index.search(vector[None, :], limit, params=options)
        return {int(number): float(cosine) for number, cosine in zip(found[0], near[0], strict=True) if number >= 0}
