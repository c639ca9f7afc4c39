"""The default encoder: a table of character n-grams, a text is the mean of its rows. numpy only, offline, the same on every machine.

An n-gram is one to three characters of a run of letters, as a number that holds them (21 bits each). N-grams that training has not seen
get a row of random signs drawn from that number, so that words in common count although nobody has met them. `kg/encoders/train.py` makes
the table.
"""

from __future__ import annotations

import hashlib
import io
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kg.encoders import BUILT_IN
from kg.model import LibraryError

Floats = npt.NDArray[np.float32]
Keys = npt.NDArray[np.uint64]

#: The table that ships with the program.
TABLE = Path(__file__).with_name("ngrams.npz")
#: Texts encoded at once, which bounds the memory that takes (about 100 kB each).
_BATCH = 256
#: Characters that n-grams are made of: a to z, Chinese characters.
_LETTERS = ((0x61, 0x7A), (0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF))
_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


def keys(text: str) -> Keys:
    """The different n-grams of a text, in the order of their numbers. Digits and signs only separate.

    >>> [chr(int(k)) for k in keys("2024年：油。") if k < 2**21]
    ['年', '油']
    >>> len(keys("公车费")), len(keys("2024"))
    (6, 0)
    """
    points = np.frombuffer(unicodedata.normalize("NFKC", text).lower().encode("utf-32-le", "replace"), "<u4").astype(np.uint64)
    letters = sum(((points >= first) & (points <= last) for first, last in _LETTERS), np.zeros(len(points), np.bool_))
    points = np.where(letters, points, np.uint64(0))
    found, grown = [points[points > 0]], points
    for n in (1, 2):
        if len(points) > n:
            grown = np.where((grown[:-1] > 0) & (points[n:] > 0), grown[:-1] << np.uint64(21) | points[n:], np.uint64(0))
            found.append(grown[grown > 0])
    return np.unique(np.concatenate(found))


def signs(numbers: Keys, dimensions: int) -> Floats:
    """Rows of +1 and -1 drawn from numbers: two different numbers get rows that have next to nothing to do with each other."""
    words = np.arange(1, -(-dimensions // 64) + 1, dtype=np.uint64)[None, :] * _MIX[0] + numbers[:, None]
    words = (words ^ (words >> np.uint64(30))) * _MIX[1]
    words = (words ^ (words >> np.uint64(27))) * _MIX[2]
    words ^= words >> np.uint64(31)
    bits = np.unpackbits(words.astype("<u8").view(np.uint8), axis=1)[:, :dimensions]
    found: Floats = bits.astype(np.float32) * 2 - 1
    return found


class NGrams:
    """A trained table: `known` n-grams in order, one row of small integers and a scale for each."""

    def __init__(self, path: Path = TABLE) -> None:
        """Raises LibraryError where the file is no such table."""
        try:
            data = path.read_bytes()
            with np.load(io.BytesIO(data)) as file:
                self.known: Keys = file["known"]
                self.rows: npt.NDArray[np.int8] = file["rows"]
                self.scales: Floats = file["scales"].astype(np.float32)
                self.unknown = float(file["unknown"])  # the length that the row of an unknown n-gram has
        except (OSError, ValueError, KeyError) as error:
            raise LibraryError(f"编码表 {path} 打不开（{error}）。请核对路径，或改用 --encoder ngrams。") from error
        self.dimensions = int(self.rows.shape[1])
        self.name = f"{BUILT_IN if path == TABLE else path.resolve()} {hashlib.blake2b(data, digest_size=6).hexdigest()}"

    def encode(self, texts: Sequence[str], *, asked: bool = False) -> Floats:
        """One vector of length 1 for each text; of length 0 for a text without letters. Questions are encoded like any text."""
        found = np.zeros((len(texts), self.dimensions), np.float32)
        for first in range(0, len(texts), _BATCH):
            bags = [keys(text) for text in texts[first : first + _BATCH]]
            full = [n for n, bag in enumerate(bags) if len(bag)]
            if full:
                starts = np.cumsum([0, *(len(bags[n]) for n in full[:-1])])
                rows = self.lookup(np.concatenate([bags[n] for n in full]))
                found[[first + n for n in full]] = np.add.reduceat(rows, starts, axis=0)
        return unit(found)

    def lookup(self, numbers: Keys) -> Floats:
        """The row of each n-gram."""
        places = np.minimum(np.searchsorted(self.known, numbers), len(self.known) - 1)
        hit = self.known[places] == numbers
        rows: Floats = self.rows[places].astype(np.float32) * self.scales[places, None]
        rows[~hit] = signs(numbers[~hit], self.dimensions) * (self.unknown / self.dimensions**0.5)
        return rows


def unit(vectors: Floats) -> Floats:
    """Vectors of length 1; those of length 0 stay as they are."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    found: Floats = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return found
