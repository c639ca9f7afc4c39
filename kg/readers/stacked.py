"""Tables that a page printed as text one cell to a line: rows and heading rows are put together again, or the lines are left alone.

Nothing on such a page tells where a row ends. The headings do: they must fill so many columns under spans that forms are known to have
(kg/readers/headrows.py), and the cells behind them fall into rows with names and figures where the headings want them. Where that does
not come out, or in more than one way, no table is made of the lines.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal

from kg import numbers
from kg.readers import blocks, headrows

_LONGEST = 44  # characters of a cell
_WIDEST = 16  # columns
_FEWEST = 3  # figures
_BLANKS = ("-", "—", "——", "--", "/", "－")
_ENDS = re.compile(r"[。；！？]$")
_PAGE = re.compile(r"\s*(?:[-—–]+\s*\d{1,3}\s*[-—–]+|第\s*\d{1,3}\s*页(?:[，,/\s]*共\s*\d{1,3}\s*页)?)\s*")  # a page's number
_RANKED = re.compile(r"栏次|行次|\d{1,2}|")

_SECTIONED = re.compile(r"^[一二三四]级指标|总体目标|^项目资金|年度资金总额")  # tables of several parts, each with headings of its own
_SLACK = Decimal("0.011")  # of a printed part
_SELDOM = 4  # sums that hold for one that does not
_MANY = 3  # sums of one part each that prove as much as one sum of several
_LABELS = 5  # label cells before the first figure of the first row

#: A cell: its text and the number of its line.
Cell = tuple[str, int]


def tables(lines: Sequence[str], skip: Collection[int]) -> dict[int, tuple[int, list[list[Cell]]]]:
    """By the number of its first line: past its last line, and the rows, a cell for every column.

    >>> found = tables(["项目 |", "决算数 |", "办公费 |", "5.00 |", "差旅费 |", "12.30 |", "水费 |", "1.00 |", "以上。"], ())
    >>> [(n, end, [[text for text, _ in row] for row in rows]) for n, (end, rows) in found.items()]
    [(0, 8, [['项目', '决算数'], ['办公费', '5.00'], ['差旅费', '12.30'], ['水费', '1.00']])]
    """
    found: dict[int, tuple[int, list[list[Cell]]]] = {}
    for start, end, streams in (*_piped(lines, skip), *_bare(lines, skip)):
        rows = next((rows for stream in streams if (rows := arrange(stream))), None)
        if rows and not any(start < other_end and other < end for other, (other_end, _) in found.items()):
            found[start] = (min(end, rows[-1][-1][1] + 2), rows)
    return found


# --- which lines ---------------------------------------------------------------------------------


def _piped(lines: Sequence[str], skip: Collection[int]) -> Iterator[tuple[int, int, list[list[Cell]]]]:
    """Runs of lines that are a cell with | behind it, or a cell and | on the next line."""
    n = 0
    while n < len(lines):
        cells: list[Cell] = []
        end, m, held = n, n, ""
        while m < len(lines) and m not in skip:
            text = lines[m].strip()
            if text.endswith("|") and text.count("|") == 1:
                cells.append((held + text[:-1].strip(), m if text != "|" or not held else m - 1))
                held, end = "", m + 1
            elif text and (held or len(text) > _LONGEST or "|" in text or _next(lines, m) != "|"):
                break
            elif text:
                held = text
            m += 1
        if len(cells) > _FEWEST:
            yield n, end, [cells]
        n = max(end, n + 1)


def _next(lines: Sequence[str], n: int) -> str:
    return next((line.strip() for line in lines[n + 1 : n + 3] if line.strip()), "")


def _bare(lines: Sequence[str], skip: Collection[int]) -> Iterator[tuple[int, int, list[list[Cell]]]]:
    """Runs of short lines, one cell to a line, below a line that announces a table; blank lines are blank cells or nothing."""
    n = 0
    while n < len(lines):
        if n in skip or not _announces(lines[n]):
            n += 1
            continue
        start, end = n + 1, n + 1
        while end < len(lines) and end not in skip and _is_cell(lines[end]):
            end += 1
        blank = end  # blank lines behind the last figure are the blank cells of its row
        while end > start and numbers.number(lines[end - 1]) is None and lines[end - 1].strip() not in _BLANKS:
            end -= 1
        blank = next((m for m in range(end, blank) if lines[m].strip()), blank)
        start = next((m for m in range(start, end) if lines[m].strip() and not blocks.LABEL.search(lines[m])), start)
        cells = [(line.strip(), m) for m, line in enumerate(lines[start:blank], start=start) if not _PAGE.fullmatch(line)]
        if sum(_figure(text) for text, _ in cells) >= _FEWEST:
            parted = not any(text for text, _ in cells[1::2])  # a blank line between every two
            yield start, blank, [cells[::2] if parted else cells]
        n = max(end, n + 1)


def _announces(line: str) -> bool:
    text = blocks.bare(line)
    return bool(text) and bool(blocks.LABEL.search(text) or blocks.TABLE_TITLE.fullmatch(text))


def _is_cell(line: str) -> bool:
    text = line.strip()
    if len(text) > _LONGEST or _ENDS.search(text) or "\t" in text or "|" in text or blocks.PART.match(text):
        return False
    return not (blocks.LABEL.match(text) or blocks.TABLE_TITLE.fullmatch(text) or text.startswith(("注：", "注:", "备注：", "说明：")))


# --- rows -----------------------------------------------------------------------------------------


def _figure(text: str) -> bool:
    return numbers.number(text) is not None


def arrange(cells: Sequence[Cell]) -> list[list[Cell]] | None:
    """The rows of a table from its cells in reading order, headings spread over their columns; None where it does not come out.

    The headings say how many columns there are and which hold names; the cells behind them must then fall into rows of that kind.
    """
    texts = [text for text, _ in cells]
    first = next((n for n, text in enumerate(texts) if _figure(text) and not re.fullmatch(r"\d{1,2}", text)), 0)
    if first < 2 or any(_SECTIONED.search(text) for text in texts):
        return None
    for loose in (False, True):
        found: dict[tuple[int, int], list[list[list[Cell]]]] = defaultdict(list)
        for begin, head in _heads(cells, first):
            words = [text for text, _ in head]
            for width in _widths(cells[begin:], min(_WIDEST, len(head))):
                for spread in headrows.spreads(words, width, loose=loose):
                    kinds = headrows.kinds(words, spread)
                    rows, end = _rows(cells, begin, kinds)
                    held = _held(rows, headrows.sums(words, spread))
                    named = bool({"label", "code"} & set(kinds))
                    enough = held is not None and (held[0] or (named and (held[1] >= _MANY or not loose)))
                    if rows and held and enough and not any(map(_figure, texts[end:])):
                        found[held].append([*_spread_out(head, spread), *rows])
        best = found[max(found)] if found else []
        if best:
            return best[0] if len(best) == 1 else None
    return None


def _heads(cells: Sequence[Cell], first: int) -> Iterator[tuple[int, list[Cell]]]:
    """Where the rows may begin, and the headings before them; `first` is the first cell that is surely a figure."""
    texts = [text for text, _ in cells]
    for begin in range(first, max(1, first - _LABELS - _WIDEST), -1):
        counts = [text for text in texts[begin - 1 : begin + 1] if re.fullmatch(r"\d{1,2}", text)]
        if "栏次" in texts[begin:first] or (len(counts) == 2 and counts[1] != "1"):
            continue  # inside a row that numbers the columns
        head = _unranked(cells[:begin])
        if not any(_figure(text) for text, _ in head):
            yield begin, head


def _widths(cells: Sequence[Cell], most: int) -> list[int]:
    """How many columns the rows may have, before the headings are asked: each column then holds names, codes or figures throughout."""
    return [width for width in range(2, most + 1) if _periodic([text for text, _ in cells], width)]


def _periodic(texts: Sequence[str], width: int) -> bool:
    n, seen = 0, [""] * width
    while n + width // 2 < len(texts):
        for lacking in range(_LABELS):
            part = texts[n : n + width - lacking]
            kinds = [_sort(text) for text in (*part[:1], *[""] * lacking, *part[1:])]
            if len(kinds) == width and all(not a or not b or a == b for a, b in zip(kinds[1:], seen[1:], strict=True)):
                seen = [a or b for a, b in zip(kinds, seen, strict=True)]
                n += width - lacking
                break
        else:
            return n > 0 and sum(map(_figure, texts[n:])) <= width // 2  # the last row may be a total of its own shape
    return True


def _sort(text: str) -> str:
    if text in ("", *_BLANKS) or re.fullmatch(r"\d{1,3}|.*[%％]", text):
        return ""  # counts and shares stand among names too (an ordinal, a target)
    return "figure" if _figure(text) else "text"


def _spread_out(head: Sequence[Cell], spread: headrows.Spread) -> list[list[Cell]]:
    blank = ("", head[0][1])
    return [[head[place] if place is not None else blank for place in row] for row in spread]


def _held(rows: Sequence[Sequence[Cell]], sums: Sequence[headrows.Sum]) -> tuple[int, int] | None:
    """In how many rows a total is what its parts add up to: where two parts are more than nothing, and in all.
    None where too many are not: the headings stand over other columns."""
    told = held = failed = 0
    for row in rows:
        for total, parts in sums:
            whole = numbers.number(row[total][0])
            values = [value for part in parts if (value := numbers.number(row[part][0])) is not None]
            if whole is not None and (values or whole):
                close = abs(whole - sum(values)) <= _SLACK * len(values)
                held, failed = held + close, failed + (not close)
                told += close and sum(map(bool, values)) > 1
    return (told, held) if failed * _SELDOM <= held else None


def _unranked(head: Sequence[Cell]) -> list[Cell]:
    """The headings without the row that numbers the columns (栏次 1 2 3)."""
    end = len(head)
    while end and _RANKED.fullmatch(head[end - 1][0]):
        end -= 1
    return list(head[:end]) if any(text.isdecimal() for text, _ in head[end:]) else list(head)


def _rows(cells: Sequence[Cell], begin: int, kinds: Sequence[str]) -> tuple[list[list[Cell]], int]:
    """The rows behind the headings: in each column what it is for; one name may stand for all the label cells at the left (合计).
    And where they end."""
    rows: list[list[Cell]] = []
    n = begin
    merges = _merges(kinds)
    while n < len(cells):
        for merged in merges:
            width = len(kinds) - len(merged)
            part = iter(cells[n : n + width])
            row = [("", cells[n][1]) if c in merged else next(part, ("", -1)) for c in range(len(kinds))]
            if n + width <= len(cells) and _is_row([text for text, _ in row], kinds, merged=bool(merged)):
                rows.append(row)
                n += width
                break
        else:
            break
    return (rows if any(_figure(text) for row in rows[:3] for text, _ in row) else []), n


def _merges(kinds: Sequence[str]) -> list[frozenset[int]]:
    """The columns whose cells a name before them may cover: none, some at the left, all label cells but the first of every block."""
    leading = next((c for c, kind in enumerate(kinds) if kind == "figure"), len(kinds))
    later = frozenset(c for c in range(1, len(kinds)) if {kinds[c - 1], kinds[c]} <= {"code", "label"})
    found = [frozenset(range(1, 1 + lacking)) for lacking in range(leading or 1)]
    return [*found, later] if later and later not in found else found


def _is_row(texts: Sequence[str], kinds: Sequence[str], *, merged: bool) -> bool:
    held = [text not in ("", *_BLANKS) for text in texts]
    fits = all(not full or _suits(text, kind) for full, text, kind in zip(held, texts, kinds, strict=True))
    named = any(full and not _figure(text) for full, text in zip(held, texts, strict=True))
    return (
        fits and (named or "label" not in kinds) and (not merged or not _figure(texts[0]) or re.fullmatch(r"\d{3,7}", texts[0]) is not None)
    )


def _suits(text: str, kind: str) -> bool:
    if kind == "code":
        return re.fullmatch(r"\d{2,9}", text) is not None or re.search(r"(?:合计|总计|小计)$", re.sub(r"\s", "", text)) is not None
    if kind == "ordinal":
        return text.isdecimal()
    return kind == "any" or (kind == "figure") == _figure(text)
