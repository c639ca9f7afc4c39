"""Sentences inside table cells (年度总体目标 and its 完成情况): read like paragraphs, filed under their table."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import replace

from kg import terms
from kg.knowledge import Knowledge
from kg.model import Address, Document, Fact, Identity, Paragraph, Run, Table, Unread
from kg.prose import narrative

_SHORTEST = {"note": 4}  # characters that make a text a sentence: a note is one anyway
_SENTENCE = 12


def read(
    document: Document, identity: Identity, knowledge: Knowledge, labels: terms.Terms, facts: list[Fact]
) -> tuple[list[Fact], list[Unread]]:
    """The figures in those text values among `facts` that are sentences. Offsets are those of the file's line, or of the cell."""
    found: list[Fact] = []
    unread: list[Unread] = []
    offsets = dict(_offsets(document))
    for fact in facts:
        paragraph = _paragraph(document, fact, offsets)
        if paragraph is None:
            continue
        inside = replace(document, blocks=(paragraph,))
        told, missed = narrative.read(inside, replace(identity, year=fact.year), knowledge, labels)
        found += [_filed(f, fact) for f in told]
        for miss in missed:
            address, text = _in_cell(miss.address, miss.text, fact)
            unread.append(replace(miss, address=address, text=text))
    return found, unread


def _offsets(document: Document) -> Iterator[tuple[Address, int]]:
    """Where in its line of the file each cell begins, whatever parts the cells of a row."""
    for row in (row for block in document.blocks if isinstance(block, Table) for row in block.rows):
        place = 0
        for cell in row:
            line = cell.address.line
            if line is None or not cell.text:
                continue
            found = document.lines[line - 1].find(cell.text, place)
            if found >= 0:
                yield cell.address, found
                place = found + len(cell.text)


def _paragraph(document: Document, fact: Fact, offsets: Mapping[Address, int]) -> Paragraph | None:
    """The cell behind a text value as a paragraph, where it is a sentence with figures."""
    text, place = fact.text or "", fact.address
    shortest = _SHORTEST.get(fact.kind, _SENTENCE)
    if fact.value is not None or fact.low is not None or fact.high is not None or len(text) < shortest or not re.search(r"\d", text):
        return None
    if place.column is None:
        return None
    if place.line is None:
        plain = "".join(_half(char) for char in fact.quote if not char.isspace())
        return Paragraph(place, plain, (), section=(fact.table, fact.column))
    offset = offsets.get(place)
    if offset is None:
        return None
    runs = [Run(0, place.line, offset)]
    kept: list[str] = []
    for n, char in enumerate(fact.quote):
        if char.isspace():
            runs.append(Run(len(kept), place.line, offset + n + 1))
        else:
            kept.append(_half(char))
    here = Address(place.document, line=place.line, line_end=place.line)
    return Paragraph(here, "".join(kept), tuple(runs), section=(fact.table, fact.column))


def _half(char: str) -> str:
    return unicodedata.normalize("NFKC", char) if char.isdecimal() else char


def _in_cell(place: Address, printed: str, cell: Fact) -> tuple[Address, str]:
    """A figure's place and print, where the file has no lines, by the cell's own text."""
    if cell.address.line is not None or place.start is None or place.end is None:
        return place, printed
    kept = [n for n, char in enumerate(cell.quote) if not char.isspace()]
    start, end = kept[place.start], kept[place.end - 1] + 1
    return replace(place, start=start, end=end), cell.quote[start:end]


def _filed(figure: Fact, cell: Fact) -> Fact:
    """A figure of a sentence in a cell, under the cell's table, row, project and phase."""
    place, quote = _in_cell(figure.address, figure.quote, cell)
    place = replace(place, table=cell.address.table, row=cell.address.row)
    phase = figure.phase if figure.flow else cell.phase  # amounts say their phase, counts have the cell's
    row, column = (figure.column, "比例") if figure.metric == "比率" else (figure.row, figure.column)  # a rate is told by its name
    return replace(
        figure,
        address=place,
        quote=quote,
        kind="performance",
        table=cell.table,
        row=f"{cell.row}/{row}",
        column=f"{cell.column}/{column}",
        project=cell.project or figure.project,
        phase=phase,
        group=cell.group,
    )
