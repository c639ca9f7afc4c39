"""An answer on the screen: the figure first, then parts and other phases, warnings, and numbered citations. Plain in a pipe."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence

from qa.answers.places import counted
from qa.model import Answer, Citation, Result

#: How many citations are numbered: of the first figure, of each other figure, of a warning. The rest state the same and are counted.
_FIRST, _OTHER, _WARNED = 2, 1, 2
_QUOTE = 60


def numbered(answer: Answer) -> list[Citation]:
    """The citations that the answer numbers, in order: `show 1` opens the first."""
    found: dict[tuple[object, ...], Citation] = {}
    groups = [(r.citations, _OTHER if n else _FIRST) for n, r in enumerate(answer.results)]
    groups += [(p.citations, _OTHER) for p in answer.passages] + [(w.citations, _WARNED) for w in answer.warnings]
    for citations, most in groups:
        for citation in citations[:most]:
            found.setdefault(_spot(citation), citation)
    return list(found.values())


def _spot(citation: Citation) -> tuple[object, ...]:
    """What is one place to a reader: a cell, or a sentence whichever of its figures is meant."""
    return (citation.id,) if citation.table else (citation.document, citation.page, citation.line, citation.quote)


def terminal(answer: Answer, *, explain: bool = False) -> None:
    """Print an answer to stdout: tables and colours on a terminal, plain lines in a pipe."""
    if sys.stdout.isatty():
        from rich.console import Console

        from qa.screen.render_rich import screen

        Console(highlight=False).print(screen(answer, explain=explain))
        return
    from qa.screen.render_rows import lines

    lines(text(answer, explain=explain))


def text(answer: Answer, *, explain: bool = False) -> Iterator[str]:
    """The lines of an answer."""
    marks = marked(answer)
    yield from _head(answer, marks)
    yield from _passages(answer, marks)
    if answer.warnings:
        yield ""
        yield from (f"  注意  {w.message} {cited(w.citations, marks)}".rstrip() for w in answer.warnings)
    if answer.clarify:
        yield ""
        yield "  可以这样问"
        yield from (f"    {choice.question}" for choice in answer.clarify)
    if marks:
        yield ""
        yield from _citations(answer, marks)
    if answer.notes or marks:
        yield f"  {'   '.join(footer(answer, bool(marks)))}"
    if explain:
        yield ""
        yield from explained(answer)


def footer(answer: Answer, cites: bool) -> list[str]:
    """How words were read, and what can be done next."""
    return [*(f"按 {note} 理解" for note in answer.notes), *(["--explain 查询过程   show 1 打开出处"] if cites else [])]


def marked(answer: Answer) -> dict[str, str]:
    """The mark of each citation that has one; citations of one sentence share theirs."""
    spots = {_spot(citation): f"[{n}]" for n, citation in enumerate(numbered(answer), start=1)}
    groups = [r.citations for r in answer.results] + [p.citations for p in answer.passages] + [w.citations for w in answer.warnings]
    return {c.id: spots[_spot(c)] for citations in groups for c in citations if _spot(c) in spots}


def _head(answer: Answer, marks: dict[str, str]) -> Iterator[str]:
    if answer.status != "answered" or not answer.results:
        yield answer.answer
        return
    first = answer.results[0]
    yield f"{subject(first)}  【{figure(first)}】 {cited(first.citations, marks)}".rstrip()
    if first.computed:
        yield f"  算得：{first.computed}"
    head, rows, right = table(answer, marks)
    if rows:
        yield ""
        yield from aligned([head, *rows] if any(head) else rows, right=right)


def subject(result: Result, first: Result | None = None) -> str:
    """What a figure is of; without unit and year where they are those of the first figure."""
    year = f"{result.year}年" if result.year else ""
    phase = result.phase if result.phase not in ("其他", "不分阶段", "") and result.phase not in result.indicator else ""
    project = f"“{result.project}”" if result.project and result.project not in result.indicator else ""
    known = first is not None and (result.unit, result.year) == (first.unit, first.year)
    names = (project,) if known else (result.unit, f"{year}{project}")
    return " ".join(part for part in (*names, f"{result.indicator}{phase}") if part)


def figure(result: Result) -> str:
    """The figure with its measure; a whole number of five and more digits with thousands separators."""
    if result.printed is None:
        return result.text or ""
    number = f"{int(result.printed):,}" if re.fullmatch(r"-?\d{5,}", result.printed) else result.printed
    return f"{number} {result.measure}".strip() if result.measure != "%" else f"{number}%"


def cited(citations: Sequence[Citation], marks: dict[str, str]) -> str:
    """The marks of citations: [1][3]."""
    return "".join(dict.fromkeys(marks[c.id] for c in citations if c.id in marks))


# --- several figures ----------------------------------------------------------------------------


def table(answer: Answer, marks: dict[str, str]) -> tuple[list[str], list[list[str]], tuple[int, ...]]:
    """The figures after the first as head, rows and the columns that stand to the right; the head is empty strings where there is none."""
    if len(answer.results) < 2:
        return [], [], ()
    if _is_pivot(answer.results):
        head, *rows = _pivot(answer.results, marks)
        return head, rows, tuple(range(1, len(head) - 1))
    first, *others = answer.results
    rows = [[subject(r, first), figure(r), cited(r.citations, marks), f"算得：{r.computed}" if r.computed else ""] for r in others]
    return [""] * 4, rows, (1,)


def _is_pivot(results: Sequence[Result]) -> bool:
    """Whether the figures make one table of items and phases: one unit, one year, one measure, more than one phase."""
    same = len({(r.unit, r.year, r.measure, r.project) for r in results}) == 1
    return same and len({r.phase for r in results}) > 1 and len({(r.indicator, r.phase) for r in results}) == len(results)


def _pivot(results: Sequence[Result], marks: dict[str, str]) -> list[list[str]]:
    phases = list(dict.fromkeys(r.phase for r in results))
    items = list(dict.fromkeys(r.indicator for r in results))
    cells = {(r.indicator, r.phase): r for r in results}
    rows = [[results[0].measure, *phases, ""]]
    for item in items:
        found = [cells.get((item, phase)) for phase in phases]
        places = "".join(dict.fromkeys(cited(r.citations, marks) for r in found if r))
        rows.append([item, *((r.printed or r.text or "") if r else "" for r in found), places])
    return rows


def aligned(rows: Sequence[Sequence[str]], *, right: Iterable[int]) -> Iterator[str]:
    """Rows as lines whose columns stand below one another, wide characters counted as two."""
    from rich.cells import cell_len

    to_right = set(right)
    widths = [max(cell_len(row[n]) for row in rows) for n in range(len(rows[0]))]
    for row in rows:
        cells = [
            " " * (width - cell_len(cell)) + cell if n in to_right else cell + " " * (width - cell_len(cell))
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield ("  " + "  ".join(cells)).rstrip()


# --- text, warnings, places ---------------------------------------------------------------------


def _passages(answer: Answer, marks: dict[str, str]) -> Iterator[str]:
    for passage in answer.passages:
        yield ""
        yield f"  “{passage.text}” {cited(passage.citations, marks)}".rstrip()


def _citations(answer: Answer, marks: dict[str, str]) -> Iterator[str]:
    yield from (f"  {marks[citation.id]} {where}" for citation, where in places(answer))
    if more := unnumbered(answer, marks):
        yield f"  {more}"


def places(answer: Answer) -> Iterator[tuple[Citation, str]]:
    """The numbered citations, and where they stand; 同上 for the document of the one before."""
    last = ""
    for citation in numbered(answer):
        yield citation, f"{'同上' if citation.document == last else citation.document} · {place(citation)}"
        last = citation.document


def unnumbered(answer: Answer, marks: dict[str, str]) -> str:
    """What is said of the citations that have no number."""
    more = len({c.id for r in answer.results for c in r.citations} - marks.keys())
    return f"另有 {more} 处写着同样的数（--json 列出全部）" if more else ""


def spot(citation: Citation) -> str:
    """The page, line or cell of a citation."""
    return f"第{citation.page}页" if citation.page else f"第{citation.line}{counted(citation.document)}" if citation.line else citation.cell


def place(citation: Citation) -> str:
    """Where a citation stands, and what it says: table · row × column · line or page “quote”."""
    if citation.table:
        heading = " × ".join(part for part in (citation.row, citation.column) if part)
        names = [citation.table, heading, spot(citation)]
    else:
        names = [citation.section[-1] if citation.section else "", spot(citation)]
    quote = citation.quote if len(citation.quote) <= _QUOTE else citation.quote[:_QUOTE] + "…"
    return f"{' · '.join(name for name in names if name)} “{quote}”"


def explained(answer: Answer) -> Iterator[str]:
    """How the answer came about, as lines."""
    told = answer.explanation
    if told.words:
        yield "读法"
        yield from aligned(told.words, right=())
    if told.slots:
        yield "槽位"
        yield from aligned(told.slots, right=())
    for title, rows in (("采用", told.taken), ("未采用", told.refused)):
        if rows:
            yield title
            yield from (f"  {row}" for row in rows)
    if answer.sparql:
        yield "SPARQL"
        yield from (f"  {line}" for line in answer.sparql.splitlines())
