"""Sentences inside table cells (年度总体目标 and its 完成情况): read like paragraphs, filed under their table."""

from __future__ import annotations

import re
from dataclasses import replace

from kg import terms
from kg.knowledge import Knowledge
from kg.model import Address, Document, Fact, Identity, Paragraph, Run, Unread
from kg.prose import narrative

_SHORTEST = {"note": 4}  # characters that make a text a sentence: a note is one anyway
_SENTENCE = 12
_CLAUSE = {",": "，", ";": "；", ":": "："}  # clause marks typed in half width


def read(
    document: Document, identity: Identity, knowledge: Knowledge, labels: terms.Terms, facts: list[Fact]
) -> tuple[list[Fact], list[Unread]]:
    """The figures in those text values among `facts` that are sentences. Offsets are those of the file's line."""
    found: list[Fact] = []
    unread: list[Unread] = []
    for fact in facts:
        paragraph = _paragraph(document, fact)
        if paragraph is None:
            continue
        inside = replace(document, blocks=(paragraph,))
        told, missed = narrative.read(inside, replace(identity, year=fact.year), knowledge, labels)
        found += [_filed(f, fact) for f in told]
        unread += missed
    return found, unread


def _paragraph(document: Document, fact: Fact) -> Paragraph | None:
    """The cell behind a text value as a paragraph, where it is a sentence with figures in a line of the file."""
    text, place = fact.text or "", fact.address
    shortest = _SHORTEST.get(fact.kind, _SENTENCE)
    if fact.value is not None or fact.low is not None or fact.high is not None or len(text) < shortest or not re.search(r"\d", text):
        return None
    if place.line is None or place.page is not None or place.column is None:
        return None
    line = document.lines[place.line - 1]
    offset = line.find(fact.quote, sum(len(part) + 1 for part in line.split("\t")[: place.column - 1]))
    if offset < 0:
        return None
    runs = [Run(0, place.line, offset)]
    kept: list[str] = []
    for n, char in enumerate(fact.quote):
        if char.isspace():
            runs.append(Run(len(kept), place.line, offset + n + 1))
        else:
            kept.append(_CLAUSE.get(char, char))
    here = Address(place.document, line=place.line, line_end=place.line)
    return Paragraph(here, "".join(kept), tuple(runs), section=(fact.table, fact.column))


def _filed(figure: Fact, cell: Fact) -> Fact:
    """A figure of a sentence in a cell, under the cell's table, row, project and phase."""
    place = replace(figure.address, table=cell.address.table, row=cell.address.row)
    phase = figure.phase if figure.flow else cell.phase  # amounts say their phase, counts have the cell's
    row, column = (figure.column, "比例") if figure.metric == "比率" else (figure.row, figure.column)  # a rate is told by its name
    return replace(
        figure,
        address=place,
        kind="performance",
        table=cell.table,
        row=f"{cell.row}/{row}",
        column=f"{cell.column}/{column}",
        project=cell.project or figure.project,
        phase=phase,
        group=cell.group,
    )
