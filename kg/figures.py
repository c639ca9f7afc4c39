"""Figures of stored documents as the checks see them: number, precision, what it says in words, and where it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kg import iris, numbers
from kg.formula import Operand
from kg.knowledge import Knowledge

#: Runs a query and gives rows of Python values, IRIs as CURIEs (`kg.store`).
Query = Callable[[str], list[dict[str, Any]]]

_TOTALS = ("ind:合计", "ind:总计", "ind:小计")
_SILENT = ("全部", "其他", "金额", "数量")  # members of dimensions that need no word
_FACTS = """SELECT ?x ?value ?text ?measure ?quote ?year ?item ?phase ?metric ?flow ?fund ?spend ?project ?row ?column { GRAPH $this {
  ?x a f:Fact ; f:quote ?quote ; f:year ?year ; f:item ?item ; f:phase ?phase ; f:metric ?metric ; f:inRow ?row ; f:inColumn ?column .
  OPTIONAL { ?x f:value ?value } OPTIONAL { ?x f:text ?text } OPTIONAL { ?x f:measure ?measure } OPTIONAL { ?x f:flow ?flow }
  OPTIONAL { ?x f:fund ?fund } OPTIONAL { ?x f:spend ?spend } OPTIONAL { ?x f:project ?project } } }"""
_ROWS = """SELECT ?x ?line ?page ?path ?section ?table { GRAPH $this { ?x a f:Row
  OPTIONAL { ?x f:line ?line } OPTIONAL { ?x f:page ?page } OPTIONAL { ?x f:path ?path } OPTIONAL { ?x f:section ?section } OPTIONAL { ?x f:inTable ?table } } }"""
_COLUMNS = "SELECT ?x ?path ?form { GRAPH $this { ?x a f:Column ; f:path ?path OPTIONAL { ?x f:form ?form } } }"
_TABLES = "SELECT ?x ?title { GRAPH $this { ?x a f:Table ; f:title ?title } }"
_TITLE = "SELECT ?title { GRAPH $this { $this dct:title ?title } }"
_LABEL = "SELECT ?label { GRAPH g:entities { $this skos:prefLabel ?label } }"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a figure stands, as a reader of the document would say it."""

    line: int | None = None
    page: int | None = None
    table: str = ""
    row: str = ""
    column: str = ""
    section: str = ""

    def words(self) -> str:
        """The place in Chinese: table, line, row and column; or section and line of a sentence."""
        number = f"第{self.page}页" if self.page is not None else f"第{self.line}行" if self.line is not None else ""
        if not self.table:
            return f"{self.section.rpartition('/')[2]}{number}" or "正文"
        names = "".join(f"“{_bare(name)}”" for name in (self.row, self.column) if name)
        return f"{'表格' if self.table.startswith('（') else _bare(self.table)}{number}{names}"


@dataclass(frozen=True, slots=True)
class Figure:
    """A fact of the graph as an operand. `value` is as printed; `factor` leads to 元 or to the plain unit."""

    curie: str
    document: str
    value: Decimal | None
    decimals: int
    measure: str
    factor: Decimal
    money: bool
    place: Place
    dims: Mapping[str, Any]
    text: str = ""

    def number(self) -> str:
        """The figure with its measure, with as many digits as are printed."""
        if self.value is None:
            return self.text
        return f"{shown(self.value, self.decimals)}{self.measure}"

    def operand(self, *, factor: Decimal, digits: int) -> Operand:
        """The figure in units of `factor`, printed to so many digits. 0 is no rounded figure, and whole numbers of things and points are counted."""
        value = self.value if self.value is not None else Decimal(0)
        counted = not self.money and self.decimals == 0 and self.measure != "%"
        printed = Operand.printed(value, digits) if value and not counted else Operand.exact(value)
        if not self.money or self.factor == factor:
            return printed
        scale = self.factor / factor
        return Operand(printed.value * scale, printed.low * scale, printed.high * scale)


def shown(value: Decimal, decimals: int) -> str:
    """A number with so many digits behind the point, more where it has more.

    >>> shown(Decimal("1.4"), 2), shown(Decimal("-16.2400"), 1)
    ('1.40', '-16.24')
    """
    exact = -int(value.normalize().as_tuple().exponent)
    return format(value, f".{max(decimals, min(exact, 6), 0)}f")


def _bare(name: str) -> str:
    return name.replace("“", "").replace("”", "")


class Figures:
    """The figures of documents, each document loaded when first asked for."""

    def __init__(self, query: Query, knowledge: Knowledge) -> None:
        self._query, self._knowledge = query, knowledge
        self._documents: dict[str, Mapping[str, Figure]] = {}
        self._titles: dict[str, str] = {}
        self._labels: dict[str, str] = {}

    def __getitem__(self, curie: str) -> Figure:
        return self.of(document_of(curie))[curie]

    def of(self, document: str) -> Mapping[str, Figure]:
        """All figures of a document (its local name), by CURIE."""
        if document not in self._documents:
            self._documents[document] = self._load(document)
        return self._documents[document]

    def forms(self, document: str) -> set[str]:
        """The forms that a document has."""
        return {row["form"] for row in self._ask(_COLUMNS, f"doc:{document}") if row["form"]}

    def label_of_form(self, curie: str) -> str:
        """What a form is called: its number, else its title."""
        form = self._knowledge.forms.get(curie)
        return (form.number or form.label) if form else curie

    def title(self, document: str) -> str:
        """The title of a document."""
        if document not in self._titles:
            self._titles[document] = next((str(row["title"]) for row in self._ask(_TITLE, f"doc:{document}")), document)
        return self._titles[document]

    def label(self, curie: str) -> str:
        """The Chinese name of a concept, unit, project or learned item."""
        if curie not in self._labels:
            concept = self._knowledge.concepts.get(curie)
            found = concept.label if concept else next((str(row["label"]) for row in self._ask(_LABEL, curie)), curie.partition(":")[2])
            self._labels[curie] = found
        return self._labels[curie]

    def claim(self, figure: Figure) -> str:
        """What the figure is about, in words: 2024年基本支出决算."""
        row = figure.dims
        name = {key: (row[key] or "").partition(":")[2] for key in ("flow", "fund", "spend", "phase", "metric")}
        name = {key: "" if value in _SILENT else value for key, value in name.items()}
        if row["item"] not in _TOTALS:
            subject = self.label(row["item"]) + (f"（{name['spend']}）" if name["spend"] else "")
        elif name["metric"]:
            subject = name["fund"] + name["spend"]
        else:
            subject = name["fund"] + (name["spend"] or name["flow"]) + ("" if name["spend"] or name["fund"] else self.label(row["item"]))
        project = f"“{_bare(self.label(row['project']))}”" if row["project"] and self.label(row["project"]) != subject else ""
        return f"{row['year']}年{project}{subject}{name['metric'] or name['phase']}"

    def _ask(self, sparql: str, this: str) -> list[dict[str, Any]]:
        return self._query(sparql.replace("$this", f"<{iris.expand(this)}>"))

    def _load(self, document: str) -> Mapping[str, Figure]:
        this = f"doc:{document}"
        tables = {row["x"]: row["title"] for row in self._ask(_TABLES, this)}
        columns = {row["x"]: row for row in self._ask(_COLUMNS, this)}
        rows = {row["x"]: row for row in self._ask(_ROWS, this)}
        return {row["x"]: self._figure(row, document, self._place(row, rows, columns, tables)) for row in self._ask(_FACTS, this)}

    def _place(self, fact: Mapping[str, Any], rows: Mapping[str, Any], columns: Mapping[str, Any], tables: Mapping[str, str]) -> Place:
        row, column = rows.get(fact["row"], {}), columns.get(fact["column"], {})
        table = row.get("table")
        form = self._knowledge.forms.get(column.get("form") or "") if table else None
        name = (form.number or form.label) if form else tables.get(table, "表") if table else ""
        return Place(row.get("line"), row.get("page"), name, row.get("path") or "", column.get("path") or "", row.get("section") or "")

    def _figure(self, row: Mapping[str, Any], document: str, place: Place) -> Figure:
        measure = self._knowledge.concepts.get(row["measure"] or "")
        value = Decimal(row["value"]) if row["value"] is not None else None
        return Figure(
            row["x"],
            document,
            value,
            _decimals(value, row["quote"]),
            measure.label if measure else (row["measure"] or "").partition(":")[2],
            Decimal(measure.factor) if measure and measure.factor else Decimal(1),
            bool(measure and measure.quantity == "money"),
            place,
            row,
            row["text"] or "",
        )


def document_of(curie: str) -> str:
    """The local name of the document in which a fact stands.

    >>> document_of("at:某局-2024-L137c5")
    '某局-2024'
    """
    return iris.address(curie.partition(":")[2]).document


def _decimals(value: Decimal | None, quote: str) -> int:
    """The digits behind the point of the number in the quote that is this value."""
    if value is None:
        return 0
    for found in re.findall(r"\d+\.\d+", numbers.plain(quote).replace(",", "")):
        if Decimal(found) == abs(value):
            return len(found.partition(".")[2])
    return max(0, -int(value.as_tuple().exponent))
