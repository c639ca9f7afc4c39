"""Tables whose columns are parted by runs of blanks, as programs print them that turn pages into text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kg import numbers
from kg.readers import blocks

_SEGMENT = re.compile(r"[^\s\u3000]+(?:[ \t\u00a0](?![ \t\u00a0\u3000])[^\s\u3000]+)*")
_SENTENCE = re.compile(r"[。；]|^.{60,}$")
_GAP = 2  # blank lines that a table may have inside
_ALONE = 6  # rows of one cell that may follow one another
_SPREAD = 8  # columns of a screen
_FEWEST = 2  # rows with figures; one is enough below a title


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a line between wide gaps; `start` and `end` count columns of a screen, where a Chinese character takes two."""

    text: str
    start: int
    end: int


def tables(lines: Sequence[str], skip: Collection[int]) -> dict[int, tuple[int, list[tuple[int, list[str]]]]]:
    """By the number of its first line: past its last line, and the rows with the number of their line, a text for every column.

    >>> tables(["项目      决算数", "办公费      5.00", "差旅费     12.30", "以上。"], ())
    {0: (3, [(0, ['项目', '决算数']), (1, ['办公费', '5.00']), (2, ['差旅费', '12.30'])])}
    """
    parts = [() if n in skip else _segments(line) for n, line in enumerate(lines)]
    found: dict[int, tuple[int, list[tuple[int, list[str]]]]] = {}
    n = 0
    while n < len(lines):
        end = _end(parts, n) if _is_row(parts[n]) else n
        rows = [m for m in range(n, end) if parts[m]]
        figures = [m for m in rows if _has_figures(parts[m])]
        if len(figures) >= _FEWEST or (len(figures) == 1 and figures[0] > n and _announced(lines, n)):
            columns = _columns([parts[m] for m in rows])
            if len(columns) > 1:
                found[n] = (end, [(m, _cells(parts[m], columns)) for m in rows])
        n = max(end, n + 1)
    return found


def _announced(lines: Sequence[str], start: int) -> bool:
    """Whether a line above says that a table follows: its title, or what its figures are measured in."""
    above = [text for line in lines[max(0, start - _GAP - 2) : start] if (text := blocks.bare(line))]
    return any(blocks.LABEL.search(text) or blocks.TABLE_TITLE.fullmatch(text) for text in above)


def _segments(line: str) -> tuple[Segment, ...]:
    if "\t" in line or line.lstrip().startswith(("|", "#")):
        return ()
    width = [0]
    for char in line:
        width.append(width[-1] + (2 if unicodedata.east_asian_width(char) in "WF" else 1))
    found: list[Segment] = []
    for m in _SEGMENT.finditer(line):
        part = Segment(m.group(), width[m.start()], width[m.end()])
        if found and _spread(found[-1], part):
            part = Segment(f"{found[-1].text} {part.text}", found.pop().start, part.end)
        found.append(part)
    return tuple(found)


def _spread(one: Segment, other: Segment) -> bool:
    """Whether two characters are one word that is spread over its column: 合  计."""
    alone = all(len(part.text.split()[-1]) == 1 and not part.text.isascii() for part in (one, other))
    return alone and len(other.text) == 1 and other.start - one.end <= _SPREAD


def _is_row(parts: Sequence[Segment]) -> bool:
    """Two cells or more; characters that are only spread over the line (目    录) are none, sentences neither."""
    return len(parts) > 1 and any(len(p.text) > 1 for p in parts) and not any(_SENTENCE.search(p.text) for p in parts)


def _has_figures(parts: Sequence[Segment]) -> bool:
    return any(numbers.number(p.text) is not None for p in parts[1:])


def _end(parts: Sequence[Sequence[Segment]], start: int) -> int:
    """Past the last row of the table that begins at a line: cells alone on their lines belong to it where rows go on right below."""
    end, blank, alone = start + 1, 0, 0
    for n in range(start + 1, len(parts)):
        if _is_row(parts[n]):
            end, blank, alone = n + 1, 0, 0
            continue
        blank, alone = blank + (not parts[n]), alone + bool(parts[n])
        if blank > _GAP or alone > _ALONE or (blank and alone) or (parts[n] and _SENTENCE.search(parts[n][0].text)):
            break
    return end


def _columns(rows: Sequence[Sequence[Segment]]) -> list[tuple[int, int]]:
    """Where the columns stand: what overlaps in the rows with figures is one, and a heading over nothing is one of its own."""
    found: list[tuple[int, int]] = []
    for part in sorted((p for row in rows if _has_figures(row) for p in row), key=lambda p: p.start):
        if found and part.start < found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], part.end))
        else:
            found.append((part.start, part.end))
    for part in (p for row in rows for p in row):
        if not any(part.start < end and start < part.end for start, end in found):
            found.append((part.start, part.end))
    return sorted(found)


def _cells(row: Sequence[Segment], columns: Sequence[tuple[int, int]]) -> list[str]:
    """The texts of a row by column; a heading over several columns stands over the first."""
    if len(row) == len(columns):
        return [part.text for part in row]
    cells = [""] * len(columns)
    for part in row:
        place = next(n for n, (start, end) in enumerate(columns) if part.start < end and start < part.end)
        while place + 1 < len(columns) and cells[place] and part.end > columns[place + 1][0]:
            place += 1  # its column is taken: the next one under it
        cells[place] = f"{cells[place]} {part.text}".strip()
    return cells
