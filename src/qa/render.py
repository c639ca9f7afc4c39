"""An answer on the screen: the figure first, then parts and other phases, warnings, and numbered citations. Plain in a pipe."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from qa.model import Answer, Citation, Notice, Result
from qa.places import counted

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
    """Print an answer to stdout: coloured on a terminal, plain in a pipe."""
    from qa.render_rows import lines

    lines(text(answer, explain=explain))


def text(answer: Answer, *, explain: bool = False) -> Iterator[str]:
    """The lines of an answer."""
    marks = _numbers(answer)
    yield from _head(answer, marks)
    yield from _passages(answer, marks)
    if answer.warnings:
        yield ""
        yield from (f"  注意  {_warning(w, marks)}" for w in answer.warnings)
    if answer.clarify:
        yield ""
        yield "  可以这样问"
        yield from (f"    {choice.question}" for choice in answer.clarify)
    if marks:
        yield ""
        yield from _citations(answer, marks)
    if answer.notes or marks:
        hints = ["--explain 查询过程", "show 1 打开出处"] if marks else []
        yield "  " + "   ".join([*(f"按 {note} 理解" for note in answer.notes), *hints])
    if explain:
        yield ""
        yield from _explained(answer)


def _numbers(answer: Answer) -> dict[str, str]:
    """The mark of each citation that has one; citations of one sentence share theirs."""
    places = {_spot(citation): f"[{n}]" for n, citation in enumerate(numbered(answer), start=1)}
    groups = [r.citations for r in answer.results] + [p.citations for p in answer.passages] + [w.citations for w in answer.warnings]
    return {c.id: places[_spot(c)] for citations in groups for c in citations if _spot(c) in places}


def _head(answer: Answer, marks: dict[str, str]) -> Iterator[str]:
    if answer.status != "answered" or not answer.results:
        yield answer.answer
        return
    first = answer.results[0]
    yield f"{_subject(first)}  【{_figure(first)}】 {_marks(first.citations, marks)}".rstrip()
    if first.computed:
        yield f"  算得：{first.computed}"
    rest = answer.results[1:]
    if not rest:
        return
    yield ""
    yield from _pivot(answer.results, marks) if _is_pivot(answer.results) else _list(rest, marks)


def _subject(result: Result) -> str:
    year = f"{result.year}年" if result.year else ""
    phase = result.phase if result.phase not in ("其他", "不分阶段", "") and result.phase not in result.indicator else ""
    project = f"“{result.project}”" if result.project and result.project not in result.indicator else ""
    return " ".join(part for part in (result.unit, f"{year}{project}", f"{result.indicator}{phase}") if part)


def _figure(result: Result) -> str:
    if result.value is None:
        return result.text or ""
    number = f"{int(result.value):,}" if re.fullmatch(r"-?\d{5,}", result.value) else result.value
    return f"{number} {result.measure}".strip() if result.measure != "%" else f"{number}%"


def _marks(citations: Sequence[Citation], marks: dict[str, str]) -> str:
    return "".join(dict.fromkeys(marks[c.id] for c in citations if c.id in marks))


# --- several figures ----------------------------------------------------------------------------


def _is_pivot(results: Sequence[Result]) -> bool:
    """Whether the figures make one table of items and phases: one unit, one year, one measure, more than one phase."""
    same = len({(r.unit, r.year, r.measure, r.project) for r in results}) == 1
    return same and len({r.phase for r in results}) > 1 and len({(r.indicator, r.phase) for r in results}) == len(results)


def _pivot(results: Sequence[Result], marks: dict[str, str]) -> Iterator[str]:
    phases = list(dict.fromkeys(r.phase for r in results))
    items = list(dict.fromkeys(r.indicator for r in results))
    cells = {(r.indicator, r.phase): r for r in results}
    rows = [[results[0].measure, *phases, ""]]
    for item in items:
        found = [cells.get((item, phase)) for phase in phases]
        cited = "".join(dict.fromkeys(_marks(r.citations, marks) for r in found if r))
        rows.append([item, *((r.value or r.text or "") if r else "" for r in found), cited])
    yield from _aligned(rows, right=range(1, len(phases) + 1))


def _list(results: Sequence[Result], marks: dict[str, str]) -> Iterator[str]:
    rows = [[_subject(r), _figure(r), _marks(r.citations, marks), f"算得：{r.computed}" if r.computed else ""] for r in results]
    yield from _aligned(rows, right=(1,))


def _aligned(rows: Sequence[Sequence[str]], *, right: Iterable[int]) -> Iterator[str]:
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
        yield f"  “{passage.text}” {_marks(passage.citations, marks)}".rstrip()


def _warning(notice: Notice, marks: dict[str, str]) -> str:
    return f"{notice.message} {_marks(notice.citations, marks)}".rstrip()


def _citations(answer: Answer, marks: dict[str, str]) -> Iterator[str]:
    last = ""
    for citation in numbered(answer):
        same = citation.document == last
        last = citation.document
        yield f"  {marks[citation.id]} {'同上' if same else citation.document} · {place(citation)}"
    more = len({c.id for r in answer.results for c in r.citations} - marks.keys())
    if more:
        yield f"  另有 {more} 处写着同样的数（--json 列出全部）"


def place(citation: Citation) -> str:
    """Where a citation stands, and what it says: table · row × column · line or page “quote”."""
    where = (
        f"第{citation.page}页" if citation.page else f"第{citation.line}{counted(citation.document)}" if citation.line else citation.cell
    )
    if citation.table:
        heading = " × ".join(part for part in (citation.row, citation.column) if part)
        names = [citation.table, heading, where]
    else:
        names = [citation.section[-1] if citation.section else "", where]
    quote = citation.quote if len(citation.quote) <= _QUOTE else citation.quote[:_QUOTE] + "…"
    return f"{' · '.join(name for name in names if name)} “{quote}”"


def _explained(answer: Answer) -> Iterator[str]:
    told = answer.explanation
    if told.words:
        yield "读法"
        yield from _aligned(told.words, right=())
    if told.slots:
        yield "槽位"
        yield from _aligned(told.slots, right=())
    for title, rows in (("采用", told.taken), ("未采用", told.refused)):
        if rows:
            yield title
            yield from (f"  {row}" for row in rows)
    if answer.sparql:
        yield "SPARQL"
        yield from (f"  {line}" for line in answer.sparql.splitlines())
