"""The nouns of the project: where something stands, what was read, what a figure says.

Everything here is frozen, standard library only, and knows no file format, no graph and no question.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

# --- errors -------------------------------------------------------------------------------------


class ChazhangError(Exception):
    """Root of all errors that a user may see. The message is Chinese: what, where, what to try."""


class ReadError(ChazhangError):
    """A file could not be read as a document."""


class KnowledgeError(ChazhangError):
    """A file in `ontology/` says something the program does not understand."""


class LibraryError(ChazhangError):
    """The library folder is missing, locked, or damaged."""


class NotFoundError(ChazhangError):
    """A unit, indicator, document or citation was named that the library does not have. The command line leaves with 1."""


class QueryError(ChazhangError):
    """A SPARQL query is malformed or asks for something that is refused."""


# --- where --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Address:
    """The place of a cell, a figure or a paragraph in a stored document.

    `line` counts from 1 in a text file, `page` from 1 in a paged one, `table` from 1 on its page (or in the
    file, where there are no pages), `row` and `column` from 1 in the table as it stands in the file (on the worksheet,
    where there is one). `start` and
    `end` are code-point offsets in that line (or cell, or paragraph), 0-based and end-exclusive.
    """

    document: str
    page: int | None = None
    line: int | None = None
    line_end: int | None = None
    table: int | None = None
    row: int | None = None
    column: int | None = None
    start: int | None = None
    end: int | None = None


# --- what was read ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table: its text as printed and its address. Merged cells carry their span; `box` is the place on
    the page (x0, top, x1, bottom in points from the upper left corner), where the file has one. `confidence` (0 to 1) is that of
    the least certain character, where the text was recognised in a picture."""

    text: str
    address: Address
    colspan: int = 1
    rowspan: int = 1
    box: tuple[float, float, float, float] | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A grid of cells. `rows` may be ragged; a cell's position is its index in the row.

    `captions` are the lines around the grid that speak about it (title, 公开03表, 单位：万元, 部门：…), nearest last.
    `notes` are the lines below it (注：…, 说明：…); `sheet` is the name of the worksheet it stands on. Where it is `spanned` the spans
    of the headings are all known: a blank that none covers is no heading.
    """

    address: Address
    rows: tuple[tuple[Cell, ...], ...]
    captions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    sheet: str = ""
    spanned: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a paragraph's text that stands unbroken in the file: text[start:] is line[column:]."""

    start: int
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph or heading. `text` is cleaned (no markup, no breaks inside a sentence, half-width digits);
    `runs` lead every character back to the file. `level` is 0 for body text, 1.. for headings."""

    address: Address
    text: str
    runs: tuple[Run, ...]
    level: int = 0
    section: tuple[str, ...] = ()

    def place(self, offset: int) -> tuple[int, int]:
        """Line (from 1) and column (from 0) in the file of the character at `offset` of the text."""
        found = self.runs[0]
        for run in self.runs:
            if run.start > offset:
                break
            found = run
        return found.line, found.column + offset - found.start


@dataclass(frozen=True, slots=True)
class Document:
    """A file as read. `lines` are the file's own lines (decoded), which every citation is checked against; in a paged
    file `page_starts` holds the number of each page's first line. `confidence` is that of lines (from 1) recognised in a picture."""

    id: str
    name: str
    sha256: str
    blocks: tuple[Paragraph | Table, ...]
    lines: tuple[str, ...] = ()
    pages: int | None = None
    encoding: str | None = None
    notes: tuple[str, ...] = ()
    page_starts: tuple[int, ...] = ()
    confidence: Mapping[int, float] = field(default_factory=dict)

    def page(self, line: int) -> int | None:
        """The page that a line (from 1) stands on; None in a file without pages."""
        return bisect_right(self.page_starts, line) or None


# --- what it says -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose document, about which year, of which kind. Decided once per document, from its content."""

    unit: str
    year: int
    kind: str  # 部门决算, 部门预算, 单位预算, 绩效自评
    title: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """One disclosed figure (or text value) with all its dimensions and its address.

    Dimension values are notations of the SKOS schemes in `ontology/` (决算, 支出, 项目支出, 金额, 万元 …). `item` is a
    CURIE: func:2010302, econ:30217, ind:公务接待费, or item:NAME for a name no scheme knows. `value` is as printed,
    not scaled; `quote` is the verbatim text at `address`. `row` and `column` are the printed heading paths, parts
    joined by '/'; for a sentence, `row` is the subject and `column` the role the figure plays.
    """

    address: Address
    quote: str
    kind: str  # table, narrative, performance; note for a text of a table of which only the figures in it are kept
    form: str  # notation of the form, or '' where no known form fits
    table: str  # printed title of the table, or the section of the sentence
    row: str
    column: str
    unit: str
    year: int
    phase: str
    metric: str
    item: str
    item_label: str
    measure: str
    value: Decimal | None = None
    text: str | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    strict: bool = False
    flow: str | None = None
    fund: str | None = None
    spend: str | None = None
    base: str | None = None
    func: str | None = None
    project: str | None = None
    group: str | None = None
    leaf: bool = True
    repair: str | None = None
    miscoded: bool = False
    reason: str | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """What a document states of its unit and another: 原名 (`other` is an earlier name of `unit`), 挂牌 (a second name), 所属单位
    (`unit` is a department and `other` one of its units); with the words and their place."""

    address: Address
    kind: str
    unit: str
    other: str
    text: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A numeric cell or token that did not become a fact, and why (in Chinese, for the reading report)."""

    address: Address
    text: str
    why: str
    harmless: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was taken from one document."""

    document: Document
    identity: Identity
    facts: tuple[Fact, ...]
    unread: tuple[Unread, ...] = ()
    tables: tuple[TableReport, ...] = ()
    relations: tuple[Relation, ...] = ()


@dataclass(frozen=True, slots=True)
class TableReport:
    """One line of the reading report: which table, taken as which form, how many numeric cells became facts."""

    title: str
    address: Address
    form: str
    numeric: int
    facts: int
    skipped: dict[str, int] = field(default_factory=dict)
