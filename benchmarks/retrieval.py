#!/usr/bin/env python3
"""How often the right passage is found: first, or among the first five, by words (BM25), by meaning (vectors), by both.

The built-in encoder is trained on the corpus, so each document is asked about with a table trained without it; documents that are not
of the corpus are asked about with the table that ships. A search stays inside the document, as an answer's does once unit and year are
read.

retrieval.py [--questions FILE.jsonl] [--encoder NAME] [-v]
  --questions  also the text and reason questions of a file with question, type, document and cite_lines
  --encoder    any encoder instead (a sentence-transformers model); nothing is trained then
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from kg import build, knowledge  # noqa: E402
from kg.encoders import BUILT_IN, Encoder, ngrams, open_encoder, train  # noqa: E402
from kg.iris import shrink  # noqa: E402
from kg.library import contents, store, vectors  # noqa: E402
from kg.library.finder import Finder  # noqa: E402
from kg.prose import chunks  # noqa: E402

QUESTIONS = ROOT / "tests/retrieval/questions.yaml"
METHODS = ("words", "meaning", "search")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about a document; the lines, or phrases, any of which the passage found must hold."""

    group: str
    document: str
    text: str
    right: tuple[int | str, ...]


def own() -> tuple[list[Asked], list[Path]]:
    """The questions of this repository, and the documents beside it that some of them are about, where they are there."""
    found, files = [], []
    for entry in yaml.safe_load(QUESTIONS.read_text("utf-8")):
        outside = ROOT / entry["file"] if "file" in entry else None
        if outside is None or outside.exists():
            files += [outside] if outside else []
            group = entry.get("set") or ("other provinces" if outside else "corpus")
            found += [Asked(group, entry["document"], text, tuple(right)) for text, right in entry["ask"].items()]
    return found, files


def given(path: Path, library: Path) -> Iterator[Asked]:
    """The text and reason questions of a file, without the words that name unit and year."""
    from qa.answers import passages
    from qa.library import Library
    from qa.text import clean, squeeze
    from qa.understand import question

    opened = Library(library)
    for line in path.read_text("utf-8").splitlines():
        entry = json.loads(line)
        if entry["type"] in ("text", "reason") and "cite_lines" in entry:
            read = question.read(squeeze(clean(entry["question"])), opened._lexicon)
            right = tuple(number for lines in entry["cite_lines"] for number in lines)
            yield Asked(path.stem, entry["document"], passages.about(read), right)


class Places:
    """The lines and the text of every chunk of a library, by its IRI."""

    def __init__(self, reader: store.Reader) -> None:
        self.known = {
            f"at:{contents.place(chunk)}": chunk
            for card in reader.manifest["documents"].values()
            for chunk in chunks.of(reader.document(card["sha256"]))
        }

    def right(self, iri: str, asked: Asked) -> bool:
        """Whether a chunk holds what is asked for. A whole table holds no line: that would be too easy."""
        chunk = self.known[shrink(iri)]
        text, at = re.sub(r"\s", "", chunk.text), chunk.address
        lines = range(0) if chunk.whole or at.line is None else range(at.line, (at.line_end or at.line) + 1)
        return any(re.sub(r"\s", "", r) in text if isinstance(r, str) else r in lines for r in asked.right)


def tables(paths: dict[str, str], documents: Sequence[str], folder: Path) -> dict[str, Path]:
    """For each document of the corpus a table trained without it, one process for each processor."""
    wanted = {name: Path(paths[name]) for name in documents if Path(paths[name]).parent == ROOT / "corpus"}
    made = {name: folder / f"without-{n}.npz" for n, name in enumerate(wanted)}
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # of each process; what they inherit when they start
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as pool:
        list(pool.map(trained, wanted.values(), made.values()))
    return made


def trained(left_out: Path, target: Path) -> None:
    """Write the table that is trained on the corpus without a document."""
    train.train([cut for path, cut in train.read(ROOT / "corpus").items() if path != left_out], knowledge.load()).save(target)


def finders(reader: store.Reader, documents: Sequence[str], folder: Path, encoder: str) -> dict[str, Finder]:
    """For each document the finder that may be asked about it."""
    found: dict[str, Finder] = {}
    own = {} if encoder else tables({name: card["path"] for name, card in reader.manifest["documents"].items()}, documents, folder)
    for document in documents:
        made: Encoder = ngrams.NGrams(own[document]) if document in own else open_encoder(encoder or BUILT_IN)
        path = folder / f"{len(found)}.faiss"
        rows = dict(reader.index.db.execute("SELECT id, json_array(section, text) FROM passages").fetchall())
        vectors.renew(None, path, [*rows], lambda ids, rows=rows: [tuple(json.loads(rows[i])) for i in sorted(ids)], made)
        found[document] = Finder(reader.index, reader.generation, (made, vectors.Vectors(path)))
    return found


def measure(asked: Sequence[Asked], found: dict[str, Finder], places: Places, verbose: bool) -> Iterator[tuple[str, str]]:
    """Hit rates by group and method."""
    ranks: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for one in asked:
        for method in METHODS:
            hits = getattr(found[one.document], method)(one.text, 5, [one.document])
            rank = next((n for n, hit in enumerate(hits, 1) if places.right(hit.iri, one)), 0)
            for group in (one.group, "all"):
                ranks[group, method].append(rank)
            if verbose and rank != 1:
                print(f"{method:8} {rank} {one.text}  {[hit.text[:24] for hit in hits[:2]]}")
    for (group, method), places_found in ranks.items():
        first, five = (sum(0 < r <= n for r in places_found) / len(places_found) for n in (1, 5))
        yield f"{group}, {method}", f"hit@1 {first:.1%}  hit@5 {five:.1%}  of {len(places_found)}"


def rows(questions: Path | None = None, encoder: str = "", verbose: bool = False) -> list[tuple[str, str]]:
    """The measurements, named."""
    asked, files = own()
    with tempfile.TemporaryDirectory(prefix="chazhang-retrieval-") as name:
        folder = Path(name)
        build.build([ROOT / "corpus", *files], folder / "library")
        if questions is not None:
            asked += given(questions, folder / "library")
        reader = store.open_library(folder / "library")
        size, count = (reader.generation / "passages.faiss").stat().st_size, len(reader.manifest["documents"])
        found = finders(reader, [*dict.fromkeys(one.document for one in asked)], folder, encoder)
        return [
            *measure(asked, found, Places(reader), verbose),
            ("vectors on disk, per document", f"{size / count / 1000:.1f} kB of {count}"),
            ("built-in encoder on disk", f"{ngrams.TABLE.stat().st_size / 1e6:.2f} MB"),
        ]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=Path, default=os.environ.get("CHAZHANG_QUESTIONS"))
    parser.add_argument("--encoder", default="")
    parser.add_argument("-v", "--verbose", action="store_true")
    arguments = parser.parse_args()
    for name, value in rows(Path(arguments.questions) if arguments.questions else None, arguments.encoder, arguments.verbose):
        print(f"{name:46} {value}")


if __name__ == "__main__":
    main()
