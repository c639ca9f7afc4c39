"""The corpus as Word documents, workbooks, web pages and PDFs: the same facts as from the text, at least 99 of 100 both ways."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
import render

from conftest import documents
from kg import build
from kg.model import Fact

SHARE = 0.99
#: What must be the same: figure, measure, row and all dimensions. Not the address, nor white space.
COMPARED = (
    "kind", "value", "low", "high", "strict", "measure", "metric", "unit", "year", "phase", "item", "flow", "fund", "spend", "func",
    "project", "base", "leaf",
)  # fmt: skip


def key(fact: Fact) -> tuple[object, ...]:
    return (*(getattr(fact, name) for name in COMPARED), *(re.sub(r"\s", "", words) for words in (fact.text or "", fact.row)))


@cache
def as_text(path: Path) -> Counter[tuple[object, ...]]:
    return Counter(map(key, build.read(path).facts))


@pytest.mark.parametrize("suffix", render.FORMATS)
@pytest.mark.parametrize("path", documents(), ids=lambda path: path.stem)
def test_same_facts(path: Path, suffix: str) -> None:
    expected = as_text(path)
    reading = build.read(Path(path.stem + suffix), render.render(path, suffix))
    found = Counter(map(key, reading.facts))
    same = (expected & found).total()
    lost, new = [str(k) for k in (expected - found)][:3], [str(k) for k in (found - expected)][:3]
    assert same >= SHARE * expected.total(), lost
    assert same >= SHARE * found.total(), new
