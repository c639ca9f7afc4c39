"""The audit: every file anew from its source, its hash, and every fact's quote at its address, character by character."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg import iris, readers
from kg.library.store import Reader
from kg.model import ChazhangError
from qa.answers.places import Places


@dataclass(frozen=True, slots=True)
class Audit:
    """What came out for one document: how many quotes stand where they should, and what is wrong (Chinese)."""

    document: str
    quotes: int
    wrong: tuple[str, ...] = ()


def verify(reader: Reader, names: list[str] | None = None) -> Iterator[Audit]:
    """Audit the documents (all, or those with these ids), one after the other."""
    for identifier, card in sorted(reader.manifest["documents"].items()):
        if names is None or identifier in names:
            yield _document(reader, identifier, card)


def _document(reader: Reader, identifier: str, card: dict[str, Any]) -> Audit:
    path = Path(card["path"])
    try:
        data = readers.load(path)
    except ChazhangError as error:
        return Audit(identifier, 0, (f"{error}",))
    if readers.sha256(data) != card["sha256"]:
        return Audit(identifier, 0, (f"{path} 与读入时不同（SHA-256 不符）。请恢复原文件，或重新运行 chazhang build。",))
    try:
        document = readers.read(path, data, identifier)
    except ChazhangError as error:
        return Audit(identifier, 0, (f"{error}",))
    quotes = quoted(reader, identifier)
    places = Places(document)
    wrong = tuple(said for name, quote in quotes if (said := _mismatch(places, name, quote)))
    return Audit(identifier, len(quotes), wrong)


def quoted(reader: Reader, identifier: str) -> list[tuple[str, str]]:
    """The facts of a document, and the text that each says stands at its address."""
    query = "SELECT ?fact ?quote { GRAPH ?document { ?fact a f:Fact ; f:quote ?quote } }"
    rows = reader.query(query, bindings={"document": f"doc:{identifier}"})
    return sorted((str(row["fact"]).partition(":")[2], str(row["quote"])) for row in rows)


def _mismatch(places: Places, name: str, quote: str) -> str | None:
    """What is wrong with a quote: it is not what stands at the address, or not in the file's own lines. None where all is well."""
    here = iris.address(name)
    found = places.text(here)
    if found is None:
        return f"{name}：文件里没有这个位置，引文“{quote}”无处可查"
    if found != quote:
        return f"{name}：引文“{quote}”，该处是“{found[:40]}”"
    if here.line is not None and places.document.lines and quote not in "\n".join(places.lines(here)):
        return f"{name}：引文“{quote}”不在文件第 {here.line} 行的原文里"
    return None
