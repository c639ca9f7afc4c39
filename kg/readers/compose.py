"""For formats that know their paragraphs and tables: from these to lines and blocks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from kg import numbers
from kg.model import Address, Cell, Paragraph, ReadError, Table
from kg.readers import blocks

_TOTAL = re.compile(r"(?:合|总|共)计")


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph of the file; `style` is the heading level the file gives it, 0 for none. Something new begins where it is `fresh`."""

    text: str
    style: int = 0
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Merged:
    """A cell with its spans."""

    text: str
    colspan: int = 1
    rowspan: int = 1


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of the file: its cells by place (from 0), the numbers (from 1) that its rows and columns have in the file, and
    the name of its worksheet. Something new begins where it is `fresh`."""

    cells: Mapping[tuple[int, int], Merged]
    rows: Sequence[int]
    columns: Sequence[int]
    sheet: str = ""
    fresh: bool = False


Item = Prose | Sheet

#: Rows that a table of nothing but captions has at most.
_CAPTION_ROWS = 3
MAX_CELLS = 400_000
MAX_COLUMNS = 500


def compose(identifier: str, items: Sequence[Item]) -> tuple[tuple[str, ...], tuple[Paragraph | Table, ...]]:
    """The lines (a row of a table is one, its cells apart by tabs) and the blocks of a document."""
    lines: list[str] = []
    bodies: dict[int, blocks.Body] = {}
    styles: dict[int, int] = {}
    fresh: set[int] = set()
    count = 0
    for n, item in enumerate(items):
        if item.fresh:
            fresh.add(len(lines))
        if isinstance(item, Prose):
            styles[len(lines)] = item.style
            lines.append(item.text)
        elif said := _captions(item):
            count += 1
            lines += said
        elif (skip := _goes_on(items[n - 1], item) if n else None) is not None:
            start = max(bodies)
            count += 1
            rows = _rows(Address(identifier, table=count), item)[skip:]
            bodies[start] = replace(bodies[start], end=len(lines) + len(rows), rows=(*bodies[start].rows, *rows))
            lines += ["\t".join(cell.text for cell in row) for row in rows]
        else:
            count += 1
            place = Address(identifier, table=count)
            rows = _rows(place, item)
            named = (item.sheet,) if item.sheet else ()
            bodies[len(lines)] = blocks.Body(len(lines) + len(rows), place, rows, named, sheet=item.sheet)
            lines += ["\t".join(cell.text for cell in row) for row in rows]
    inside = {n for start, body in bodies.items() for n in range(start, body.end)}
    toc = blocks.contents(lines)

    def last(n: int) -> int:
        return n if styles.get(n) else blocks.paragraph_end(lines, n, lambda k: k in toc or k in inside or bool(styles.get(k)))

    def level(numbers: range, text: str) -> int:
        style = styles.get(numbers[0], 0)
        if style and len(text) <= 80:
            return blocks.styled_level(text, style)
        return blocks.heading_level(text) if len(numbers) == 1 else 0

    bodies = {n: replace(b, notes=blocks.notes(lines, b.end, last)) for n, b in bodies.items()}
    return tuple(lines), tuple(blocks.assemble(identifier, lines, bodies, skip=toc, last=last, level=level, fresh=fresh))


def _captions(sheet: Sheet) -> list[str]:
    """The lines of a table that only sets the captions of the next one side by side: 部门：… | 公开01表 单位：万元."""
    texts = [cell.text for _, cell in sorted(sheet.cells.items()) if cell.text.strip()]
    said = [part.strip() for text in texts for part in text.splitlines() if part.strip()]
    return said if said and len(sheet.rows) <= _CAPTION_ROWS and all(map(blocks.LABEL.match, said)) else []


def _goes_on(above: Item, sheet: Item) -> int | None:
    """How many rows of its header come again in a table that only goes on with the one above, cut in two at a page's end;
    None for a table of its own."""
    if not isinstance(above, Sheet) or not isinstance(sheet, Sheet) or sheet.fresh or len(above.columns) != len(sheet.columns):
        return None
    first, last, own = _texts(above, 0), _texts(above, len(above.rows) - 1), _texts(sheet, 0)
    if any(_TOTAL.fullmatch(re.sub(r"\s", "", text)) for text in last):
        return None
    skip = 0
    while skip < min(len(above.rows), len(sheet.rows)) and _texts(above, skip) == _texts(sheet, skip) and not _figures(_texts(sheet, skip)):
        skip += 1
    if skip:
        return skip if skip < len(sheet.rows) and _figures(_texts(sheet, len(sheet.rows) - 1)) else None
    return 0 if _figures(own) and first[0] != own[0] else None


def _texts(sheet: Sheet, row: int) -> list[str]:
    return [sheet.cells.get((row, column), Merged("")).text for column in range(len(sheet.columns))]


def _figures(texts: Sequence[str]) -> bool:
    return any(numbers.number(text) is not None for text in texts)


def _rows(table: Address, sheet: Sheet) -> tuple[tuple[Cell, ...], ...]:
    """The rows of a table; where a merged cell covers places, blanks stand."""
    out = []
    for r, row in enumerate(sheet.rows):
        cells = []
        for c, column in enumerate(sheet.columns):
            merged = sheet.cells.get((r, c), Merged(""))
            cells.append(Cell(merged.text, replace(table, row=row, column=column), merged.colspan, merged.rowspan))
        out.append(tuple(cells))
    return tuple(out)


def spread(rows: Sequence[Sequence[Merged]]) -> dict[tuple[int, int], Merged]:
    """Cells at their places, from rows that leave out what a cell above covers (as HTML does).

    >>> sorted(spread([[Merged("项目", rowspan=2), Merged("决算数")], [Merged("1.00")]]))
    [(0, 0), (0, 1), (1, 1)]
    """
    taken: set[tuple[int, int]] = set()
    found: dict[tuple[int, int], Merged] = {}
    for r, row in enumerate(rows):
        c = 0
        for cell in row:
            while (r, c) in taken:
                c += 1
            rowspan = min(cell.rowspan or len(rows), len(rows) - r)
            if len(taken) > MAX_CELLS:
                return found | {(r, c): Merged(cell.text, MAX_COLUMNS + 1)}  # too large; `table` says so
            taken |= {(r + i, c + k) for i in range(rowspan) for k in range(cell.colspan)}
            found[r, c] = Merged(cell.text, cell.colspan, rowspan)
            c += cell.colspan
    return found


def table(name: str, cells: Mapping[tuple[int, int], Merged]) -> Sheet | None:
    """A table with rows and columns numbered from 1; None where it is only a frame around text, or has nothing in it.

    Raises ReadError where its spans make it larger than any real table.
    """
    if not any(cell.text for cell in cells.values()):
        return None
    height = max(r + cell.rowspan for (r, _), cell in cells.items())
    width = max(c + cell.colspan for (_, c), cell in cells.items())
    if height * width > MAX_CELLS or width > MAX_COLUMNS:
        raise ReadError(f"{name}：有一个表格是 {height} 行 {width} 列，不像正常的表格，未读。请检查文件，或删去多余的行列后重读。")
    if width < 2 or sum(bool(cell.text) for cell in cells.values()) < 2:
        return None
    return Sheet(cells, range(1, height + 1), range(1, width + 1))


def joined(parts: Sequence[str], key: Callable[[str], str] = str.strip) -> str:
    """The lines of a cell as one text; a space only where letters or digits would collide."""
    out = ""
    for part in map(key, parts):
        if out and re.search(r"[A-Za-z0-9.,%]$", out) and re.match(r"[A-Za-z0-9]", part):
            out += " "
        out += part
    return out


def on_lines(text: str) -> list[str]:
    """A paragraph cut at breaks, and where, after a tab or wide white space, a caption begins: 编制部门：某局 …… 单位：万元."""
    out: list[str] = []
    for line in re.split(r"[\n\v\f]", text):
        parts = re.split(r"\t+|[ \u3000]{4,}", line)
        piece = parts[0]
        for part in parts[1:]:
            if blocks.LABEL.match(part.strip()):
                out.append(piece.strip())
                piece = part
            else:
                piece += "　" + part
        out.append(piece.strip())
    return [line for line in out if line]
