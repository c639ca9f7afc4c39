"""The nouns of asking: what a question was read as, and what an answer says. Frozen, standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qa.text import Text

if TYPE_CHECKING:
    from rich.console import ConsoleRenderable

# --- the question -------------------------------------------------------------------------------


#: how grave a finding of the checks is, gravest first, and what that is called
SEVERITIES = {"sh:Violation": "错误", "sh:Warning": "口径提示", "sh:Info": "尾差"}


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept of the graph as far as asking needs it: its label and the dimensions of a fact that it fixes."""

    curie: str
    label: str
    dims: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[str, ...] = ()
    notation: str | None = None

    @property
    def prefix(self) -> str:
        """The scheme: ind, func, econ …"""
        return self.curie.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of the question and how it was read.

    `role` is unit, year, phase, metric, item, project, dim, form, kind, op, filler or unknown; `concepts` are the readings
    that remain (several for 差旅费: an indicator and a 科目); `note` is 按“…”理解 where the words were not the label.
    """

    start: int
    end: int
    text: str
    role: str
    concepts: tuple[Concept, ...] = ()
    value: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the library, and the years and kinds of its documents."""

    curie: str
    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """The slots of a question. Empty means: not said."""

    source: Text
    mentions: tuple[Mention, ...] = ()
    units: tuple[Unit, ...] = ()
    unit_choice: tuple[Unit, ...] = ()  # several fit one mention
    all_units: bool = False
    place: bool = False  # what the mention names is a city or county, not an organisation
    missing_unit: str = ""  # an organisation that the library does not hold
    years: tuple[int, ...] = ()
    relative_years: tuple[int, ...] = ()  # 今年 0, 去年 -1; resolved against the years said or known
    phases: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    items: tuple[Mention, ...] = ()
    projects: tuple[Mention, ...] = ()
    dims: Mapping[str, str] = field(default_factory=dict)  # fund, spend, flow said beside the item
    forms: tuple[str, ...] = ()  # parts of form numbers, table titles or sections to which the question confines itself
    ops: frozenset[str] = frozenset()
    top: int = 0
    axis: str = ""  # what the answer runs over: func, econ, spend, fund, project, unit …
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The question, cleaned."""
        return self.source.typed

    def has(self, *ops: str) -> bool:
        """Whether the question asks for one of these operations."""
        return any(op in self.ops for op in ops)


# --- facts --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact as a query returned it, with the place where it stands."""

    id: str  # CURIE at:…
    document: str  # CURIE doc:…
    unit: str
    unit_name: str
    year: int
    phase: str
    metric: str
    item: str
    label: str
    measure: str
    factor: Decimal | None
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    strict: bool
    text: str | None
    quote: str
    leaf: bool
    series: str
    flow: str = ""
    fund: str = ""
    spend: str = ""
    func: str = ""
    base: str = ""
    project: str = ""
    project_name: str = ""
    repair: str = ""
    subject: str = ""
    row: str = ""
    row_path: str = ""
    group: str = ""
    column: str = ""
    column_path: str = ""
    form: str = ""
    form_number: str = ""
    table: str = ""
    title: str = ""
    section: str = ""
    passage: str = ""
    line: int | None = None
    line_end: int | None = None
    page: int | None = None
    sheet: str = ""
    doc_year: int = 0
    doc_kind: str = ""
    doc_unit: str = ""
    file: str = ""
    sha256: str = ""
    evaluation: bool = False  # whether it stands in the part of its document that is the report of self-evaluation
    formula: str = ""  # of a figure that is ours: how it was computed, and from which facts
    operands: tuple[Fact, ...] = ()

    @property
    def told(self) -> bool:
        """Whether the fact stands in a sentence."""
        return not self.table

    @property
    def amount(self) -> Decimal | None:
        """The value in the base measure (元 for money), so that 元 and 万元 compare."""
        if self.value is None:
            return None
        return self.value * self.factor if self.factor is not None else self.value


# --- the answer ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a figure stands: document, place, printed headings, verbatim quote."""

    id: str
    document: str
    sha256: str
    page: int | None
    line: int | None
    line_end: int | None
    section: tuple[str, ...]
    table: str
    row: str
    column: str
    quote: str
    cell: str = ""  # in words, in files without lines and pages

    def to_dict(self) -> dict[str, Any]:
        """The citation as `ask --json` prints it."""
        return {
            "id": self.id,
            "document": self.document,
            "sha256": self.sha256,
            "page": self.page,
            "line": self.line,
            "line_end": self.line_end,
            "section": list(self.section),
            "table": self.table,
            "row": self.row,
            "column": self.column,
            "quote": self.quote,
            "cell": self.cell or None,
        }


@dataclass(frozen=True, slots=True)
class Result:
    """One figure (or text value) of an answer, in its measure (万元, %, 人 …).

    `value` has the digits that the document prints (47.00); it is None where the document gives no number. `computed` is the
    formula where the figure is ours.
    """

    value: Decimal | None
    measure: str
    text: str | None
    unit: str
    year: int | None
    phase: str
    project: str | None
    indicator: str
    computed: str | None = None
    citations: tuple[Citation, ...] = ()
    basis: str = ""  # 口径 in words, for the answer's look

    @property
    def printed(self) -> str | None:
        """The value as a plain decimal string."""
        return None if self.value is None else format(self.value, "f")

    def to_dict(self) -> dict[str, Any]:
        """The result as `ask --json` prints it."""
        return {
            "value": self.printed,
            "measure": self.measure,
            "text": self.text,
            "unit": self.unit,
            "year": self.year,
            "phase": self.phase,
            "project": self.project,
            "indicator": self.indicator,
            "computed": self.computed,
            "citations": [c.to_dict() for c in self.citations],
        }


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of text that answers, as printed."""

    text: str
    citations: tuple[Citation, ...]

    def to_dict(self) -> dict[str, Any]:
        """The passage as `ask --json` prints it."""
        return {"text": self.text, "citations": [c.to_dict() for c in self.citations]}


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning: a contradiction with both figures, or a difference of 口径."""

    kind: str
    message: str
    citations: tuple[Citation, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The warning as `ask --json` prints it."""
        return {"kind": self.kind, "message": self.message, "citations": [c.to_dict() for c in self.citations]}


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to ask more exactly."""

    label: str
    question: str

    def to_dict(self) -> dict[str, Any]:
        """The choice as `ask --json` prints it."""
        return {"label": self.label, "question": self.question}


@dataclass(frozen=True, slots=True)
class Explanation:
    """How the answer came about: the reading of the words, and what was taken and refused."""

    words: tuple[tuple[str, str], ...] = ()  # word, reading
    slots: tuple[tuple[str, str], ...] = ()
    taken: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What `ask` returns.

    `status` is answered, no_data or clarify; `answer` says it in a sentence or two; the first of `results` is the direct answer, the
    others are parts and other phases; `warnings` are contradictions of the documents; `clarify` are better questions. It prints
    with rich, and shows itself in notebooks.
    """

    question: str
    status: str
    answer: str
    results: tuple[Result, ...] = ()
    passages: tuple[Passage, ...] = ()
    warnings: tuple[Notice, ...] = ()
    clarify: tuple[Choice, ...] = ()
    sparql: str = ""
    notes: tuple[str, ...] = ()  # 按 … 理解
    explanation: Explanation = field(default_factory=Explanation)

    def to_dict(self) -> dict[str, Any]:
        """The answer as `ask --json` prints it."""
        return {
            "question": self.question,
            "status": self.status,
            "answer": self.answer,
            "results": [r.to_dict() for r in self.results],
            "passages": [p.to_dict() for p in self.passages],
            "warnings": [w.to_dict() for w in self.warnings],
            "clarify": [c.to_dict() for c in self.clarify],
            "sparql": self.sparql,
        }

    def __rich__(self) -> ConsoleRenderable:
        """The answer for `rich.print`, as a terminal shows it."""
        from qa.screen.render_rich import screen

        return screen(self)

    def _repr_html_(self) -> str:
        """The answer in a notebook."""
        from qa.screen.render_html import answer

        return answer(self)
