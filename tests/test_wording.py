"""What departments of other provinces write, read by hand: every figure of every paragraph in `tests/wording/`, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from kg import knowledge, terms
from kg.model import Fact, Identity
from kg.prose import narrative
from kg.readers import text

PLACES = [place for path in sorted((Path(__file__).parent / "wording").glob("*.yaml")) for place in yaml.safe_load(path.read_text("utf-8"))]


def shown(fact: Fact) -> str:
    """A fact as the files write it."""
    figure = fact.text if fact.value is None else fact.value
    wider = (fact.flow, *(dimension for dimension in (fact.fund, fact.spend) if dimension != "全部"))
    dimensions = " ".join(filter(None, wider))
    return f"{fact.row} | {fact.column} | {figure}{fact.measure} | {fact.year} {fact.phase} | {dimensions} | {fact.item}"


def read(place: dict[str, Any]) -> tuple[dict[int, list[str]], list[str]]:
    """The facts by line, and the numbers that were not understood."""
    known = knowledge.load()
    document = text.read("某市某局.txt", "某市某局", "\n".join(line["text"] for line in place["lines"]).encode())
    facts, unread = narrative.read(document, Identity("某市某局", place["year"], place["kind"], "某市某局"), known, terms.Terms(known))
    found: dict[int, list[str]] = {}
    for fact in facts:
        found.setdefault(fact.address.line or 0, []).append(shown(fact))
    return found, [u.text for u in unread if not u.harmless]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place['place']}-{place['year']}")
def test_wording(place: dict[str, Any]) -> None:
    found, unread = read(place)
    expected = {n: line["facts"] for n, line in enumerate(place["lines"], 1) if "facts" in line}
    assert found == expected
    assert unread == []
