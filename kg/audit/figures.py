"""Figures of stored documents as the checks see them: number, precision, what it says in words, and where it stands."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from kg import iris, numbers, terms
from kg.audit import kin
from kg.audit.formula import Operand
from kg.knowledge import Knowledge

#: Runs a query and gives rows of Python values, IRIs as CURIEs (`kg.library.store`).
Query = Callable[[str], list[dict[str, Any]]]

_TOTALS = ("ind:合计", "ind:总计", "ind:小计")
_CHANGES = ("me:变动额", "me:变动率")
_SILENT = ("全部", "其他", "金额", "数量")  # members of dimensions that need no word
_FIGURES = """SELECT ?x ?value ?measure ?quote ?row { GRAPH $this {
  ?x f:value ?value ; f:quote ?quote ; f:inRow ?row OPTIONAL { ?x f:measure ?measure } } }"""
_OPTIONAL = (
    "?x f:flow ?flow", "?x f:fund ?fund", "?x f:spend ?spend", "?x f:project ?project", "?x f:base ?base", "?row f:line ?line",
    "?row f:page ?page", "?row f:path ?path", "?row f:section ?section", "?column f:form ?form",
    "?row f:inTable ?table . ?table f:title ?title",
)  # fmt: skip
_WORDS = (
    "SELECT ?x ?year ?item ?phase ?metric ?flow ?fund ?spend ?project ?base ?line ?page ?path ?section ?heading ?form ?title {"
    " VALUES ?x { $figures } GRAPH $this { ?x f:year ?year ; f:item ?item ; f:phase ?phase ; f:metric ?metric ; f:inRow ?row ;"
    " f:inColumn ?column . ?column f:path ?heading } "
    + " ".join(f"OPTIONAL {{ GRAPH $this {{ {pattern} }} }}" for pattern in _OPTIONAL)
    + " }"
)
_FORMS = "SELECT DISTINCT ?form { GRAPH $this { ?column f:form ?form } }"
_TITLE = "SELECT ?title { GRAPH $this { $this dct:title ?title } }"
_LABEL = "SELECT ?label { GRAPH g:entities { $this skos:prefLabel ?label } }"


@dataclass(frozen=True, slots=True)
class Figure:
    """A fact of the graph as an operand. `value` is as printed; `factor` leads to 元 or to the plain unit.

    `decimals` are the digits behind the point as printed, `digits` those that money of this document usually has: where it prints
    191.90 as 191.9, that is no coarser figure.
    """

    curie: str
    document: str
    value: Decimal | None = None
    decimals: int = 0
    measure: str = ""
    factor: Decimal = Decimal(1)
    money: bool = False
    row: str = ""
    digits: int = 0

    def number(self) -> str:
        """The figure with its measure, with as many digits as are printed."""
        return f"{shown(self.value, self.decimals)}{self.measure}" if self.value is not None else ""

    def operand(self, *, factor: Decimal, digits: int) -> Operand:
        """The figure in units of `factor`, printed to so many digits. 0 is not rounded; whole numbers of things and points are counted."""
        value = self.value if self.value is not None else Decimal(0)
        counted = not self.money and self.decimals == 0 and self.measure != "%"
        printed = Operand.printed(value, digits) if value and not counted else Operand.exact(value)
        if not self.money or self.factor == factor:
            return printed
        scale = self.factor / factor
        return Operand(printed.value * scale, printed.low * scale, printed.high * scale)


@dataclass(frozen=True, slots=True)
class Words:
    """A figure in Chinese: what it is about, where it stands, the project that it names, and its name as one of several parts."""

    claim: str = ""
    place: str = ""
    project: str = ""
    short: str = ""


def shown(value: Decimal, decimals: int) -> str:
    """A number with so many digits behind the point, more where it has more.

    >>> shown(Decimal("1.4"), 2), shown(Decimal("-16.2400"), 1)
    ('1.40', '-16.24')
    """
    exact = -int(value.normalize().as_tuple().exponent)
    return format(value, f".{max(decimals, min(exact, 6), 0)}f")


def document_of(curie: str) -> str:
    """The local name of the document in which a fact stands.

    >>> document_of("at:某局-2024-L137c5")
    '某局-2024'
    """
    return iris.address(curie.partition(":")[2]).document


def order(curie: str) -> tuple[int, ...]:
    """Where a fact stands in its document, to put facts in the order of reading.

    >>> order("at:某局-2024-L137c5")
    (0, 137, 0, 0, 5, 0)
    """
    place = iris.address(curie.partition(":")[2])
    return tuple(number or 0 for number in (place.page, place.line, place.table, place.row, place.column, place.start))


class Figures:
    """The figures of documents: numbers loaded document by document, words only for those that are spoken of."""

    def __init__(self, query: Query, knowledge: Knowledge) -> None:
        self._query, self._knowledge = query, knowledge
        self._figures: dict[str, Figure] = {}
        self._loaded: set[str] = set()
        self._words: dict[str, Words] = {}
        self._titles: dict[str, str] = {}
        self._labels: dict[str, str] = {}
        self._kin: dict[str, list[kin.Kin]] = {}

    def __getitem__(self, curie: str) -> Figure:
        if curie not in self._figures:
            document = document_of(curie)
            if document not in self._loaded:
                self._loaded.add(document)
                self._figures |= self._load(document)
            self._figures.setdefault(curie, Figure(curie, document))
        return self._figures[curie]

    def forms(self, document: str) -> set[str]:
        """The forms that a document has."""
        return {row["form"] for row in self._ask(_FORMS, f"doc:{document}")}

    def form(self, curie: str) -> str:
        """What a form is called: its number, else its title."""
        form = self._knowledge.forms.get(curie)
        return (form.number or form.label) if form else curie.partition(":")[2]

    def title(self, document: str) -> str:
        """The title of a document."""
        if document not in self._titles:
            self._titles[document] = next((str(row["title"]) for row in self._ask(_TITLE, f"doc:{document}")), document)
        return self._titles[document]

    def kin(self, document: str) -> list[kin.Kin]:
        """The names of a document that mean one project with another name."""
        if document not in self._kin:
            names = [row["project"] for row in self._ask(kin.NAMES, f"doc:{document}")]
            facts = self._ask(kin.FACTS, f"doc:{document}") if len(names) > 1 else []
            self._kin[document] = kin.link(names, facts, self.label, self._knowledge)
        return self._kin[document]

    def label(self, curie: str) -> str:
        """The Chinese name of a concept, unit, project or learned item."""
        if curie not in self._labels:
            concept = self._knowledge.concepts.get(curie)
            found = concept.label if concept else next((str(row["label"]) for row in self._ask(_LABEL, curie)), curie.partition(":")[2])
            self._labels[curie] = found
        return self._labels[curie]

    def look(self, curies: Iterable[str]) -> None:
        """Fetch the words of these figures, all at once."""
        wanted: dict[str, list[str]] = defaultdict(list)
        for curie in dict.fromkeys(curies):
            if curie not in self._words:
                wanted[document_of(curie)].append(curie)
        for document, missing in wanted.items():
            nodes = " ".join(f"<{iris.expand(curie)}>" for curie in missing)
            for row in self._ask(_WORDS.replace("$figures", nodes), f"doc:{document}"):
                self._words[row["x"]] = self._worded(row)

    def words(self, curie: str) -> Words:
        """What the figure is about, and where it stands, in Chinese."""
        if curie not in self._words:
            self.look([curie])
        return self._words.get(curie, Words())

    def _ask(self, sparql: str, this: str) -> list[dict[str, Any]]:
        return self._query(sparql.replace("$this", f"<{iris.expand(this)}>"))

    def _load(self, document: str) -> dict[str, Figure]:
        found = [self._figure(row, document) for row in self._ask(_FIGURES, f"doc:{document}")]
        usual = _usual(found)
        return {f.curie: replace(f, digits=max(f.decimals, usual.get(f.measure, 0))) for f in found}

    def _figure(self, row: Mapping[str, Any], document: str) -> Figure:
        value, name = Decimal(row["value"]), row["measure"] or ""
        measure = self._knowledge.concepts.get(name)
        if measure is None:
            return Figure(row["x"], document, value, _decimals(value, row["quote"]), name.partition(":")[2], row=row["row"])
        money = measure.quantity == "money"
        return Figure(
            row["x"], document, value, _decimals(value, row["quote"]), measure.label, Decimal(measure.factor or 1), money, row["row"]
        )

    def _worded(self, row: Mapping[str, Any]) -> Words:
        name = {key: (row[key] or "").partition(":")[2] for key in ("flow", "fund", "spend", "phase", "metric")}
        name = {key: "" if value in _SILENT else value for key, value in name.items()}
        item, project = self.label(row["item"]), bare(self.label(row["project"])) if row["project"] else ""
        if row["item"] not in _TOTALS:
            subject = item + (f"（{name['spend']}）" if name["spend"] else "")
        elif name["metric"] and (name["fund"] or name["spend"] or not name["flow"]):
            subject = name["fund"] + name["spend"]
        else:
            subject = name["fund"] + (name["spend"] or name["flow"]) + ("" if name["spend"] or name["fund"] else item)
        named = f"“{project}”" if project and project != bare(subject) else ""
        against = f"较{row['base']}" if row["base"] and row["metric"] in _CHANGES else ""
        claim = f"{row['year']}年{named}{subject}{against}{name['metric'] or name['phase']}"
        own = item if row["item"] not in _TOTALS else project or subject or item
        return Words(claim, self._place(row), project, own)

    def _place(self, row: Mapping[str, Any]) -> str:
        """Table, line, row and column; or section and line of a sentence."""
        number = f"第{row['page']}页" if row["page"] is not None else f"第{row['line']}行" if row["line"] is not None else ""
        if row["title"] is None:
            return f"{terms.strip_numbering((row['section'] or '').rpartition('/')[2]).removesuffix('：')}{number}" or "正文"
        table = self.form(row["form"]) if row["form"] in self._knowledge.forms else row["title"]
        names = "".join(f"“{bare(name)}”" for name in (row["path"], row["heading"]) if name)
        return f"{'表格' if table.startswith('（') else bare(table)}{number}{names}"


_CENTS = 2  # what is printed in more digits (万元 with six) is so in tables alone


def _usual(figures: Iterable[Figure]) -> dict[str, int]:
    """How many digits behind the point money mostly has, by measure; whole numbers say nothing about that."""
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    for figure in figures:
        if figure.money and figure.decimals:
            counts[figure.measure][figure.decimals] += 1
    return {measure: min(digits.most_common(1)[0][0], _CENTS) for measure, digits in counts.items()}


def bare(name: str) -> str:
    """A name without quotation marks, to be put between some."""
    return name.replace("“", "").replace("”", "")


def _decimals(value: Decimal, quote: str) -> int:
    """The digits behind the point of the number in the quote that is this value."""
    for found in re.findall(r"\d+\.\d+", numbers.plain(quote).replace(",", "")):
        if Decimal(found) == abs(value):
            return len(found.partition(".")[2])
    return max(0, -int(value.as_tuple().exponent))
