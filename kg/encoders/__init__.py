"""Texts to vectors: the built-in table of n-grams, or any sentence-transformers model. Nothing heavy is imported before one is opened."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from kg.encoders.ngrams import Floats

#: The name of the encoder that comes with the program.
BUILT_IN = "ngrams"
#: What names the encoder where no option does.
VARIABLE = "CHAZHANG_ENCODER"


class Encoder(Protocol):
    """What makes vectors. `name` tells encoders apart whose vectors do not compare, and begins with what `open_encoder` takes."""

    name: str
    dimensions: int

    def encode(self, texts: Sequence[str], *, asked: bool = False) -> Floats:
        """One vector of length 1 for each text; `asked` where the texts are questions."""


def chosen(given: str, held: str | None) -> str:
    """Which encoder a library is built with: as given, else as `CHAZHANG_ENCODER` says, else the one that it was built with (its name).

    >>> chosen("", None), chosen("", "ngrams 0a1b"), chosen("BAAI/bge-small-zh-v1.5", "ngrams 0a1b")
    ('ngrams', 'ngrams', 'BAAI/bge-small-zh-v1.5')
    """
    return given or os.environ.get(VARIABLE, "") or (held or BUILT_IN).rpartition(" ")[0] or BUILT_IN


def open_encoder(wanted: str = BUILT_IN) -> Encoder:
    """The encoder of this name: `ngrams`, or a sentence-transformers model (a folder, or a name on a hub).

    Raises LibraryError, in Chinese, where the model or what it runs on is missing.
    """
    if wanted == BUILT_IN:
        from kg.encoders.ngrams import NGrams

        return NGrams()
    from kg.encoders.transformer import Transformer

    return Transformer(wanted)
