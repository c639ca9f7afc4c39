"""An answer, and rows of facts, as a piece of HTML for notebooks: Chinese, everything escaped, no script, no style sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from qa.model import Answer
from qa.screen import render

_RIGHT = ' style="text-align:right"'
_LEFT = ' style="text-align:left"'


def answer(found: Answer) -> str:
    """The answer: the figure, its table, passages, warnings, candidates and numbered citations."""
    return f'<div class="chazhang" lang="zh">{"".join(_parts(found))}</div>'


def _parts(found: Answer) -> Iterator[str]:
    marks = render.marked(found)
    yield from _head(found, marks)
    yield from (f"<blockquote>{escape(p.text)} {_places(render.cited(p.citations, marks))}</blockquote>" for p in found.passages)
    if found.warnings:
        yield _list("ul", (f"注意：{escape(w.message)} {_places(render.cited(w.citations, marks))}" for w in found.warnings))
    if found.clarify:
        yield "<p>可以这样问</p>" + _list("ul", (escape(choice.question) for choice in found.clarify))
    if marks:
        yield _list("ol", (f"<span>{escape(where)}</span>" for _, where in render.places(found)))
    if more := render.unnumbered(found, marks).removesuffix("（--json 列出全部）"):
        yield f"<p><small>{more}</small></p>"
    if found.notes:
        yield f"<p><small>{'，'.join(f'按 {escape(note)} 理解' for note in found.notes)}</small></p>"


def _head(found: Answer, marks: dict[str, str]) -> Iterator[str]:
    if found.status != "answered" or not found.results:
        yield f"<p>{escape(found.answer)}</p>"
        return
    first = found.results[0]
    yield f"<p>{escape(render.subject(first))} <b>{escape(render.figure(first))}</b> {_places(render.cited(first.citations, marks))}</p>"
    if first.computed:
        yield f"<p><small>算得：{escape(first.computed)}</small></p>"
    head, rows, right = render.table(found, marks)
    if rows:
        yield table(head if any(head) else (), rows, right)


def _places(marks: str) -> str:
    return f"<sup>{escape(marks)}</sup>" if marks else ""


def _list(tag: str, items: Iterable[str]) -> str:
    return f"<{tag}>{''.join(f'<li>{item}</li>' for item in items)}</{tag}>"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int]) -> str:
    """A table; the columns `right` stand to the right.

    >>> table([], [["<甲>", "1.40"]], [1])
    '<table><tbody><tr><td style="text-align:left">&lt;甲&gt;</td><td style="text-align:right">1.40</td></tr></tbody></table>'
    """
    top = f"<thead>{_row('th', head, right)}</thead>" if head else ""
    return f"<table>{top}<tbody>{''.join(_row('td', row, right) for row in rows)}</tbody></table>"


def _row(tag: str, cells: Sequence[str], right: Sequence[int]) -> str:
    return f"<tr>{''.join(f'<{tag}{_RIGHT if n in right else _LEFT}>{escape(cell)}</{tag}>' for n, cell in enumerate(cells))}</tr>"
