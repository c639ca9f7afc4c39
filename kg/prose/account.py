"""The account of every number: what neither a fact nor a reason covers yet, in the cells of tables and in the lines that caption them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from kg import terms
from kg.knowledge import Knowledge
from kg.model import Address, Cell, Document, Fact, Paragraph, Table, Unread
from kg.prose import narrative, tokens, topics

_Place = tuple[int | None, int | None, int | None]


def rest(document: Document, knowledge: Knowledge, facts: Iterable[Fact], unread: Iterable[Unread]) -> list[Unread]:
    """The numbers of cells and captions that `facts` and `unread` leave out, each with the reason; harmful where there is none."""
    reader = tokens.reader(knowledge)
    facts = list(facts)
    whole: set[Address] = set()
    inside: dict[_Place, list[str]] = defaultdict(list)
    for address, quote in [*((f.address, f.quote) for f in facts), *((u.address, u.text) for u in unread)]:
        if address.start is None:
            whole.add(address)
        else:
            inside[_row(address)].append(quote)
    names = {terms.key(text) for f in facts if f.kind != "narrative" for text in (*f.row.split("/"), *f.column.split("/"), f.project or "")}
    captions = topics.captions(document)
    found: list[Unread] = []
    for n, block in enumerate(document.blocks):
        if isinstance(block, Table):
            for cell in (c for row in block.rows for c in row if c.address not in whole and re.search(r"[0-9０-９]", c.text)):
                found += _cell(cell, inside[_row(cell.address)], reader, names)
        elif n in captions:
            found += _caption(document, block, reader)
    return found


def _row(address: Address) -> _Place:
    return (None, address.line, None) if address.line is not None else (address.page, address.table, address.row)


def _cell(cell: Cell, quotes: Iterable[str], reader: tokens.Reader, names: set[str]) -> Iterator[Unread]:
    left = cell.text
    for quote in quotes:
        left = left.replace(quote, "□" * len(quote), 1)
    bare = (cell.text, terms.strip_numbering(cell.text), re.sub(r"(?<=\d)[-—]", "", cell.text))  # 30101-基本工资: the row is 30101 基本工资
    named = any(terms.key(text) in names for text in bare)
    for token in tokens.tokens(left, reader):
        why = token.why or ("行名或表头里的数字" if named else "")
        yield Unread(cell.address, left[token.start : token.end], why or "没有读懂", bool(why))


def _caption(document: Document, paragraph: Paragraph, reader: tokens.Reader) -> Iterator[Unread]:
    for token in tokens.tokens(paragraph.text, reader):
        yield narrative.unread(document, paragraph, token.start, token.end, token.why or "表题", True)
