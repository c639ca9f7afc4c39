"""Texts to vectors: the built-in table of n-grams, or any sentence-transformers model. Nothing heavy is imported before one is opened."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from kg.encoders.ngrams import Floats

#: The name of the encoder that comes with the program.
BUILT_IN = "ngrams"


class Encoder(Protocol):
    """What makes vectors. `name` tells encoders apart whose vectors do not compare, and begins with what `open_encoder` takes."""

    name: str
    dimensions: int

    def encode(self, texts: Sequence[str], *, asked: bool = False) -> Floats:
        """One vector of length 1 for each text; `asked` where the texts are questions."""


def wanted(name: str) -> str:
    """What `open_encoder` takes, out of the name of an encoder.

    >>> wanted("ngrams 0a1b")
    'ngrams'
    """
    return name.rpartition(" ")[0]


def chosen(given: str, held: str | None) -> str:
    """Which encoder a library is built with: as given, else the one that it was built with (its name), else the built-in one.

    >>> chosen("", None), chosen("", "ngrams 0a1b"), chosen("BAAI/bge-small-zh-v1.5", "ngrams 0a1b")
    ('ngrams', 'ngrams', 'BAAI/bge-small-zh-v1.5')
    """
    return given or wanted(held or "") or BUILT_IN


def open_encoder(name: str = BUILT_IN) -> Encoder:
    """The encoder of this name: `ngrams`, a table of that kind (`FILE.npz`), or a sentence-transformers model (a folder, or a hub's name).

    Raises LibraryError, in Chinese, where the model or what it runs on is missing.
    """
    if name == BUILT_IN or name.endswith(".npz"):
        from kg.encoders.ngrams import TABLE, NGrams

        return NGrams(TABLE if name == BUILT_IN else Path(name))
    from kg.encoders.transformer import Transformer

    return Transformer(name)
