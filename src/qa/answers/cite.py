"""Citations: the place of a fact or a passage, with a quote that stands there verbatim."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from kg import iris, numbers
from kg.library.store import Reader
from kg.model import Address, Document, LibraryError, Table
from qa.answers.places import Places, spoken
from qa.model import Citation, Fact

_END = re.compile(r"[。；;！？\n]")


class Citer:
    """Makes citations; looks into the stored documents only for sentences."""

    def __init__(self, reader: Reader) -> None:
        self.document = lru_cache(maxsize=64)(reader.document)
        self.lines = lru_cache(maxsize=64)(reader.lines)  # much faster where only the text is wanted

    def fact(self, fact: Fact) -> Citation:
        """Where a fact stands: its cell, or its sentence."""
        here = iris.address(fact.id.partition(":")[2])
        line = here.line if here.line is not None else fact.line
        last = here.line_end if here.line is not None else fact.line_end
        quote = fact.quote
        if here.line is None and here.start is not None:
            quote = self._cell(fact.sha256, here) or fact.quote
        elif fact.told:
            quote = self._sentence(fact, line, here.start, here.end) or fact.quote
        page = here.page or fact.page
        if page is not None:
            line = last = None
        return Citation(
            fact.id.partition(":")[2],
            fact.file,
            fact.sha256,
            page,
            line,
            last or line,
            tuple(filter(None, fact.section.split("/"))),
            _table(fact),
            fact.row_path or fact.subject or fact.label,
            fact.column_path,
            quote,
            spoken(here, fact.sheet),
        )

    def _cell(self, sha256: str, here: Address) -> str:
        """The whole text of the cell that a figure stands in."""
        stored = self._stored(sha256)
        found = Places(stored).cell(here) if stored else None
        return found[1].text if found else ""

    def _sentence(self, fact: Fact, line: int | None, start: int | None, end: int | None) -> str | None:
        """The sentence of the file around a figure; the figure itself where the stored document is gone."""
        lines = self._lines(fact.sha256)
        if line is None or start is None or end is None or not 0 < line <= len(lines):
            return None
        text = lines[line - 1]
        if text[start:end].strip() == "":
            return None
        before = [m.end() for m in _END.finditer(text, 0, start)]
        after = _END.search(text, end)
        return text[before[-1] if before else 0 : after.end() if after else len(text)].strip()

    def remark(self, fact: Fact) -> str:
        """What the row of a table of evaluation says in words behind the figures: 偏差原因分析."""
        stored = self._stored(fact.sha256)
        here = iris.address(fact.id.partition(":")[2])
        if stored is None or fact.told:
            return ""
        for block in stored.blocks:
            for row in block.rows if isinstance(block, Table) else ():
                if any(
                    c.address.line == here.line and (here.line is not None or replace(c.address, column=here.column) == here) for c in row
                ):
                    behind = [
                        c.text.strip() for c in row if (c.address.column or 0) > (here.column or 0) and numbers.number(c.text) is None
                    ]
                    words = [t for t in behind if len(t) >= 4 and numbers.figure(t) is None]
                    return words[-1] if words and row[-1].text.strip() == words[-1] else ""
        return ""

    def _lines(self, sha256: str) -> tuple[str, ...]:
        try:
            return self.lines(sha256)
        except LibraryError:
            return ()

    def _stored(self, sha256: str) -> Document | None:
        try:
            return self.document(sha256)
        except LibraryError:
            return None

    def passage(self, iri: str, place: Mapping[str, Any], document: Mapping[str, Any], text: str) -> Citation:
        """Where a passage stands. The quote is the file's own text of its lines, as far as the passage goes."""
        line = place.get("f:line")
        last = place.get("f:lineEnd") or line
        sha256 = str(document.get("f:sha256") or "")
        quote = text
        lines = self._lines(sha256)
        if line is not None and lines:
            quote = "\n".join(lines[line - 1 : last]).strip()
        page = place.get("f:page")
        if page is not None:
            line = last = None
        return Citation(
            iri.partition(":")[2],
            str(document.get("f:file") or ""),
            sha256,
            page,
            line,
            last,
            tuple(filter(None, str(place.get("f:section") or "").split("/"))),
            "",
            "",
            "",
            quote,
        )


def _table(fact: Fact) -> str:
    return " ".join(filter(None, (fact.form_number, fact.title)))
