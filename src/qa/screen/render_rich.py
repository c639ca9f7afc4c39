"""An answer on a terminal: the figure, tables with figures to the right, warnings and numbered citations, folded to its width."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from rich import box
from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from qa.model import Answer, Citation
from qa.screen import render
from qa.screen.door import UNSAFE

#: Three colours: the figure, the places, the warnings.
FIGURE, PLACE, WARNING = "bold green", "cyan", "yellow"
#: Rows and citations on one screen; how many more there are is said. Columns for a part of a citation.
_ROWS, _PLACES, _PART = 24, 12, 26
#: What stays together where a line ends: a number with its measure, a word of letters, and a character with the punctuation behind it.
_TOKEN = re.compile(
    r"[“《（(【\[]*(?:-?[\d.,]+(?:%|亿元|万元|元|年|月|日|行|页|个|人|辆)?|[A-Za-z_:/\-]+|.)[，。；、：？！）》”】\])]*", re.DOTALL
)


class Folded:
    """Chinese text in styled pieces, broken over lines as one writes: no figure is cut, no line begins with a comma."""

    def __init__(self, *pieces: tuple[str, str]) -> None:
        self.pieces = tuple((text.translate(UNSAFE), style) for text, style in pieces)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """The lines."""
        line, used = Text(no_wrap=True, overflow="fold"), 0
        for text, style in self.pieces:
            for token in _TOKEN.findall(text):
                width = cell_len(token)
                if used and used + cell_len(token.rstrip()) > options.max_width:
                    yield line
                    line, used = Text(no_wrap=True, overflow="fold"), 0
                if used or token.strip():
                    line.append(token, style)
                    used += width
        yield line

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """From one figure to all in one line."""
        whole = sum(cell_len(text) for text, _ in self.pieces)
        return Measurement(min(whole, 24), whole).with_maximum(options.max_width)


def screen(answer: Answer, *, explain: bool = False) -> Group:
    """What is printed of an answer."""
    marks = render.marked(answer)
    parts: list[RenderableType] = [*_head(answer, marks), *_figures(answer, marks)]
    for passage in answer.passages:
        parts += ["", Padding(Folded((f"“{passage.text}” ", ""), (render.cited(passage.citations, marks), PLACE)), (0, 2))]
    if answer.warnings:
        parts += ["", _grid((("注意", WARNING), (f"{w.message} ", ""), (render.cited(w.citations, marks), PLACE)) for w in answer.warnings)]
    if answer.clarify:
        parts += ["", Padding("可以这样问", (0, 2)), *(Padding(Folded((choice.question, "")), (0, 4)) for choice in answer.clarify)]
    if marks:
        parts += ["", *_places(answer, marks)]
    if answer.notes or marks:
        parts += [Padding(Folded((said, "dim")), (0, 2)) for said in render.footer(answer, bool(marks))]
    if explain:
        parts += ["", *_explained(answer)]
    return Group(*parts)


def _head(answer: Answer, marks: dict[str, str]) -> Iterable[RenderableType]:
    if answer.status != "answered" or not answer.results:
        yield Folded((answer.answer, "" if answer.status == "answered" else WARNING))
        return
    first = answer.results[0]
    yield Folded((f"{render.subject(first)}  ", ""), (render.figure(first), FIGURE), (f" {render.cited(first.citations, marks)}", PLACE))
    if first.computed:
        yield Padding(Folded((f"算得：{first.computed}", "dim")), (0, 2))


def _figures(answer: Answer, marks: dict[str, str]) -> Iterable[RenderableType]:
    head, rows, right = render.table(answer, marks)
    if not rows:
        return
    titled = any(head)
    table = Table(box=box.SIMPLE_HEAD if titled else None, show_header=titled, show_edge=False, pad_edge=False, header_style="bold")
    shown = [n for n in range(len(head)) if any(row[n] for row in rows)]
    places = len(head) - 1 if titled else 2
    for n in shown:
        style = FIGURE.removeprefix("bold ") if n in right else PLACE if n == places else ""
        table.add_column(
            Text(head[n].translate(UNSAFE)), justify="right" if n in right else "left", overflow="fold", no_wrap=n in right, style=style
        )
    for row in rows[:_ROWS]:
        table.add_row(*(Text(row[n].translate(UNSAFE)) if n in right else Folded((row[n], "")) for n in shown))
    yield ""
    yield Padding(table, (0, 2))
    if len(rows) > _ROWS:
        yield Padding(Text(f"另有 {len(rows) - _ROWS} 行（--json 列出全部）", "dim"), (0, 2))


def _grid(rows: Iterable[Sequence[tuple[str, str]]]) -> Padding:
    """Rows of a short piece and the text that belongs to it."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column()
    for short, *pieces in rows:
        grid.add_row(Text(short[0].translate(UNSAFE), short[1]), Folded(*pieces))
    return Padding(grid, (0, 2))


def _places(answer: Answer, marks: dict[str, str]) -> Iterable[RenderableType]:
    found = render.numbered(answer)
    documents = list(dict.fromkeys(citation.document for citation in found[:_PLACES]))
    for document in documents:
        yield Padding(Folded((f"《{document}》", "bold")), (0, 2))
        yield _grid(((marks[c.id], PLACE), (short_place(c), "")) for c in found[:_PLACES] if c.document == document)
    hidden = f"出处 {marks[found[_PLACES].id]} 起共 {len(found) - _PLACES} 处未列，show 可打开" if len(found) > _PLACES else ""
    for line in filter(None, (hidden, render.unnumbered(answer, marks))):
        yield Padding(Folded((line, "dim")), (0, 2))


def short_place(citation: Citation) -> str:
    """Where a citation stands, without its document: long titles and quotes are cut."""
    column = citation.column.removesuffix(f"/{citation.row}")
    heading = " × ".join(_cut(part) for part in (citation.row, column) if part) if citation.table else ""
    title = _cut(citation.table) if citation.table else _cut(citation.section[-1]) if citation.section else ""
    return f"{' · '.join(filter(None, (render.spot(citation), title, heading)))} “{_cut(citation.quote)}”"


def _cut(text: str) -> str:
    """Text in a few columns."""
    return text if cell_len(text) <= _PART else set_cell_size(text, _PART - 1).rstrip() + "…"


def _explained(answer: Answer) -> Iterable[RenderableType]:
    told = answer.explanation
    for title, pairs in (("读法", told.words), ("槽位", told.slots)):
        if pairs:
            yield Text(title, style="bold")
            yield _grid(((word, PLACE), (reading, "")) for word, reading in pairs)
    for title, rows in (("采用", told.taken), ("未采用", told.refused)):
        if rows:
            yield Text(title, style="bold")
            yield from (Padding(Folded((row, "")), (0, 2)) for row in rows)
    if answer.sparql:
        yield Text("SPARQL", style="bold")
        yield from (Padding(Text(line.translate(UNSAFE)), (0, 2)) for line in answer.sparql.splitlines())
