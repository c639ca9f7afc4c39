"""Train the default encoder: `python -m kg.encoders.train corpus [FILE.npz]`. numpy only, a fixed seed, about 20 seconds.

Contrastive: a question made for a passage must be nearer to it than to the other passages of the step (InfoNCE, Adam). Steps that take
all their passages from one document teach to tell its passages apart, which is what a search inside a document needs.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kg import knowledge, readers
from kg.encoders import examples, ngrams
from kg.encoders.ngrams import Floats, Keys
from kg.prose import chunks
from kg.prose.chunks import Chunk

Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the table is trained."""

    dimensions: int = 256
    steps: int = 800
    batch: int = 96
    rate: float = 0.02
    temperature: float = 0.07
    least: int = 2  # texts that must hold an n-gram for it to get a row
    thinned: int = 140  # n-grams of a passage that one step looks at, drawn anew each time
    likeness: float = 0.75  # passages nearer than this to the right one are not counted as wrong
    seed: int = 7


@dataclass(slots=True)
class Table:
    """The n-grams in order and the row of each, while it is trained."""

    known: Keys
    rows: Floats
    unknown: float

    def bag(self, text: str) -> Places:
        """Which rows the n-grams of a text have; those without a row are left out."""
        wanted = ngrams.keys(text)
        places = np.minimum(np.searchsorted(self.known, wanted), len(self.known) - 1)
        found: Places = places[self.known[places] == wanted]
        return found

    def save(self, path: Path) -> None:
        """Write the table as `ngrams.NGrams` reads it, one byte a number."""
        scales = np.abs(self.rows).max(axis=1) / 127
        rows = np.round(self.rows / scales[:, None]).astype(np.int8)
        with path.open("wb") as file:
            np.savez_compressed(file, known=self.known, rows=rows, scales=scales.astype(np.float16), unknown=np.float32(self.unknown))


def start(texts: Iterable[str], recipe: Recipe) -> Table:
    """The table before training: random signs, the longer the rarer an n-gram is."""
    counts: Counter[int] = Counter()
    total = 0
    for text in texts:
        counts.update(ngrams.keys(text).tolist())
        total += 1
    kept = sorted(k for k, n in counts.items() if n >= recipe.least)
    known = np.array(kept, np.uint64)
    weights = np.log((total + 1) / np.array([counts[k] for k in kept], np.float32))
    scale = recipe.dimensions**-0.5
    return Table(known, ngrams.signs(known, recipe.dimensions) * (weights * scale)[:, None], float(np.log(total + 1)))


class Adam:
    """The usual optimiser, for the rows of a matrix that a step touches."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.step = 0
        self.mean, self.square = np.zeros(shape, np.float32), np.zeros(shape, np.float32)

    def update(self, rows: Floats, touched: Places, gradient: Floats, rate: float) -> None:
        """Move the rows `touched` against their gradient."""
        self.step += 1
        mean = self.mean[touched] * np.float32(0.9) + gradient * np.float32(0.1)
        square = self.square[touched] * np.float32(0.99) + gradient * gradient * np.float32(0.01)
        self.mean[touched], self.square[touched] = mean, square
        rate *= float((1 - 0.99**self.step) ** 0.5 / (1 - 0.9**self.step))
        rows[touched] -= np.float32(rate) * mean / (np.sqrt(square) + np.float32(1e-6))


def sums(rows: Floats, bags: Sequence[Places]) -> Floats:
    """The sum of the rows of each bag."""
    found = np.zeros((len(bags), rows.shape[1]), np.float32)
    full = [n for n, bag in enumerate(bags) if len(bag)]
    starts = np.cumsum([0, *(len(bags[n]) for n in full[:-1])])
    if full:
        found[full] = np.add.reduceat(rows[np.concatenate([bags[n] for n in full])], starts, axis=0)
    return found


@dataclass(frozen=True, slots=True)
class Members:
    """Which rows the bags of a step hold: a matrix of bags by the rows that any of them holds. Multiplying with it is many times faster
    than summing row by row, since the rows that a step touches are few."""

    touched: Places
    held: Floats

    @classmethod
    def of(cls, bags: Sequence[Places]) -> Members:
        """The membership of some bags."""
        touched, columns = np.unique(np.concatenate(bags), return_inverse=True)
        held = np.zeros((len(bags), len(touched)), np.float32)
        held[np.repeat(np.arange(len(bags)), [len(bag) for bag in bags]), columns] = 1
        return cls(touched, held)


def unit(vectors: Floats) -> tuple[Floats, Floats]:
    """Vectors of length 1, and the lengths they had."""
    lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.float32(1e-6))
    return vectors / lengths, lengths


def learn(
    table: Table, asked: Sequence[Places], meant: Sequence[Places], alike: npt.NDArray[np.bool_], adam: Adam, recipe: Recipe, rate: float
) -> float:
    """One step: bags of questions and of the passages meant, in the same order; `alike` is true where two passages say the same.

    Returns the loss.
    """
    members = Members.of([*asked, *meant])
    both = members.held @ table.rows[members.touched]
    (q, q_length), (p, p_length) = unit(both[: len(asked)]), unit(both[len(asked) :])
    scores = q @ p.T / np.float32(recipe.temperature)
    scores[alike] = -1e4
    own = np.arange(len(scores))
    gradient = np.zeros_like(scores)
    loss = 0.0
    for axis in (1, 0):  # the right passage among the passages, and the right question among the questions
        odds = np.exp(scores - scores.max(axis=axis, keepdims=True))
        odds /= odds.sum(axis=axis, keepdims=True)
        loss -= float(np.log(odds[own, own] + 1e-9).mean()) / 2
        odds[own, own] -= 1
        gradient += odds / (2 * len(scores))
    gradient /= np.float32(recipe.temperature)
    to_q, to_p = gradient @ p, gradient.T @ q
    to_q = (to_q - q * (to_q * q).sum(axis=1, keepdims=True)) / q_length
    to_p = (to_p - p * (to_p * p).sum(axis=1, keepdims=True)) / p_length
    adam.update(table.rows, members.touched, members.held.T @ np.concatenate((to_q, to_p)), rate)
    return loss


def train(documents: Sequence[Sequence[Chunk]], known: knowledge.Knowledge, recipe: Recipe | None = None) -> Table:
    """A table trained on documents cut into chunks, and on the labels of the ontology."""
    recipe = recipe or Recipe()
    asker = examples.Asker(known, recipe.seed)
    flat = [chunk for document in documents for chunk in document]
    table = start(examples.lexicon(asker, flat), recipe)
    bags = [table.bag(examples.text(chunk)) for chunk in flat]
    near = ngrams.unit(sums(table.rows, bags))
    ends = np.cumsum([len(document) for document in documents])
    adam = Adam(table.rows.shape)
    for step in range(recipe.steps):
        rate = recipe.rate * min(1.0, (step + 1) / 50) * (1 - step / recipe.steps)
        if step % 3 == 2:
            pairs = [asker.pair() for _ in range(recipe.batch)]
            asked, meant = [table.bag(a) for a, _ in pairs], [table.bag(b) for _, b in pairs]
            names = np.array([b for _, b in pairs])
            alike = names[:, None] == names[None, :]
        else:
            n = asker.random.randrange(len(documents))
            pool = range(len(flat)) if step % 3 else range(int(ends[n]) - len(documents[n]), int(ends[n]))
            chosen = asker.random.sample(pool, min(len(pool), recipe.batch))
            asked, meant = [table.bag(asker.question(flat[c])) for c in chosen], [thin(bags[c], recipe.thinned, asker) for c in chosen]
            alike = near[chosen] @ near[chosen].T > recipe.likeness
        np.fill_diagonal(alike, False)
        learn(table, asked, meant, alike, adam, recipe, rate)
    return table


def thin(bag: Places, most: int, asker: examples.Asker) -> Places:
    """At most so many members of a bag, drawn; what a passage says must not hang on a few words."""
    return bag if len(bag) <= most else bag[asker.random.sample(range(len(bag)), most)]


def read(folder: Path) -> dict[Path, list[Chunk]]:
    """The chunks of every document in a folder."""
    return {path: list(chunks.of(readers.read(path))) for path in sorted(folder.iterdir()) if path.suffix.lower() in readers.READERS}


def main(folder: str = "corpus", target: str = str(ngrams.TABLE)) -> None:
    """Train on a folder of documents and write the table: the one that ships with the program, or one for `build --encoder FILE.npz`."""
    train([*read(Path(folder)).values()], knowledge.load()).save(Path(target))


if __name__ == "__main__":
    main(*sys.argv[1:])
