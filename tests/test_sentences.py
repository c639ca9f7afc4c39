"""Ends of sentences and labels inside a phrase, held against spaCy's blank Chinese pipeline over every paragraph of the corpus.

spaCy is the reference, not a part of the program: importing it takes longer than reading a document.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from kg import knowledge, terms
from kg.model import Paragraph
from kg.prose import sentences
from kg.readers import read

CORPUS = Path(__file__).parents[1] / "corpus"
STOPS = list("。！？!?")


@cache
def paragraphs() -> tuple[str, ...]:
    documents = (read(path) for path in sorted(CORPUS.glob("*.txt")))
    return tuple(sentences.even(b.text) for document in documents for b in document.blocks if isinstance(b, Paragraph) and b.text)


@pytest.fixture(scope="module")
def language():  # type: ignore[no-untyped-def]
    spacy = pytest.importorskip("spacy")
    blank = spacy.blank("zh")
    blank.add_pipe("sentencizer", config={"punct_chars": STOPS})
    return blank


def joined(ends: Iterable[int], text: str) -> list[tuple[int, int]]:
    """Stretches between ends, the last to the end of the text."""
    places = [0, *ends]
    places = places if places[-1] == len(text) else [*places, len(text)]
    return [(a, b) for a, b in pairwise(places) if text[a:b].strip()]


def test_sentences_end_where_the_reference_ends_them(language) -> None:  # type: ignore[no-untyped-def]
    assert len(paragraphs()) > 500
    for text in paragraphs():
        theirs = joined((span.end_char for span in language(text).sents), text)
        assert [text[a:b].strip() for a, b in joined(sentences._ends(text), text)] == [text[a:b].strip() for a, b in theirs]


def test_labels_are_found_where_the_reference_finds_them(language) -> None:  # type: ignore[no-untyped-def]
    from spacy.matcher import PhraseMatcher
    from spacy.util import filter_spans

    labels = sentences.labels(knowledge.load())
    matcher = PhraseMatcher(language.vocab)
    matcher.add("label", [language.make_doc(label) for label in labels.by_key if len(label) > 1])
    for text in paragraphs():
        key = terms.key(text)[:200]
        theirs = [(s.start_char, s.end_char, s.text) for s in filter_spans(matcher(language.make_doc(key), as_spans=True))]
        assert labels.inside(key) == theirs
