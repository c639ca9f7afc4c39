"""BM25 over a few texts that are read one by one: the formula of SQLite's full-text index, for searches inside some documents."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence

#: How soon a word that comes again adds no more, and how much length counts; as in SQLite.
_K, _B = 1.2, 0.75


def scores(texts: Sequence[str], counts: Mapping[str, int], size: int) -> list[float]:
    """How much each text has to do with some words, of which so many of `size` texts hold each (these texts among them).

    >>> [round(score, 2) for score in scores(["公务接待费", "会议费、培训费", "培训费"], {"培训": 2}, 9)]
    [0, 0.94, 1.31]
    """
    weights = {word: max(math.log((size - n + 0.5) / (n + 0.5)), 1e-6) for word, n in counts.items()}
    plain = [unicodedata.normalize("NFKC", text).lower() for text in texts]
    mean = max(sum(map(len, plain)) / max(len(plain), 1), 1)
    found = []
    for text in plain:
        long = _K * (1 - _B + _B * len(text) / mean)
        times = ((weight, text.count(word)) for word, weight in weights.items())
        found.append(sum(weight * n * (_K + 1) / (n + long) for weight, n in times if n))
    return found
