"""Documents in traditional characters: read in simplified ones, character for character; what is quoted stays as printed."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from kg import paths
from kg.model import Address, Document, Fact, Paragraph, Reading, Table

_SHARE = 0.02  # of the Chinese characters; a few stand in any document, in names
_SAMPLE = 100_000  # characters that tell


@lru_cache(maxsize=1)
def _table() -> dict[int, str]:
    """Traditional character to simplified one."""
    lines = (paths.ontology() / "traditional.txt").read_text("utf-8").splitlines()
    return {ord(pair[0]): pair[1] for line in lines if not line.startswith("#") for pair in line.split()}


def is_traditional(text: str) -> bool:
    """Whether a text is written in traditional characters.

    >>> is_traditional("二〇二四年度部門決算"), is_traditional("二〇二四年度部门决算")
    (True, False)
    """
    chinese = [ord(char) for char in text if char > "\u4e00"]
    return sum(code in _table() for code in chinese) > _SHARE * len(chinese)


def fold(text: str) -> str:
    """A text in simplified characters, character for character.

    >>> fold("某縣水利局2024年項目支出")
    '某县水利局2024年项目支出'
    """
    try:
        text.encode("gb2312")  # as nearly all are; the table need not be read
    except UnicodeEncodeError:
        return text.translate(_table())
    return text


def simplified(document: Document) -> Document:
    """The document in simplified characters, every offset the same; itself where it is written in them."""
    if not is_traditional("\n".join(document.lines)[:_SAMPLE]):
        return document
    blocks = tuple(_paragraph(block) if isinstance(block, Paragraph) else _cells(block) for block in document.blocks)
    return replace(document, blocks=blocks, lines=_all(document.lines), name=document.name.translate(_table()))


def _all(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text.translate(_table()) for text in texts)


def _paragraph(block: Paragraph) -> Paragraph:
    return replace(block, text=block.text.translate(_table()), section=_all(block.section))


def _cells(block: Table) -> Table:
    rows = tuple(tuple(replace(cell, text=cell.text.translate(_table())) for cell in row) for row in block.rows)
    return replace(block, rows=rows, captions=_all(block.captions), notes=_all(block.notes), section=_all(block.section))


def printed(reading: Reading, document: Document) -> Reading:
    """A reading of the simplified document, its quotes as the file prints them. Paragraphs stay simplified, so that they are found."""
    cells = {cell.address: cell.text for block in document.blocks if isinstance(block, Table) for row in block.rows for cell in row}
    facts = tuple(replace(fact, quote=_quote(fact, document, cells)) for fact in reading.facts)
    blocks = tuple(
        block if isinstance(block, Table) else read for block, read in zip(document.blocks, reading.document.blocks, strict=True)
    )
    return replace(reading, facts=facts, document=replace(document, blocks=blocks))


def _quote(fact: Fact, document: Document, cells: dict[Address, str]) -> str:
    """The print at a fact's address."""
    place = fact.address
    if place.column is not None:
        return cells[replace(place, start=None, end=None)][place.start : place.end]
    if place.line is None or place.line_end is None or not document.lines:
        return fact.quote
    lines = document.lines[place.line - 1 : place.line_end]
    return "\n".join([*lines[:-1], lines[-1][: place.end]])[place.start :]
