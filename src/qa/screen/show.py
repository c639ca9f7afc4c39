"""What stands around a citation: the rows of its table or its paragraph, with the cell or figure marked 【】."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from kg import iris
from kg.library.store import Reader
from kg.model import Address, Document, NotFoundError, Paragraph, Table
from qa.answers.places import Places, counted, spoken

#: Rows and columns shown on each side of a marked cell, head rows at most, and characters of a cell that is not marked.
_ROWS, _COLUMNS, _HEAD, _WIDTH = 3, 3, 4, 18
_FIGURE = re.compile(r"^[（(]?-?\d[\d,. ]*%?[)）]?$")


def show(reader: Reader, name: str) -> list[str]:
    """The lines that `chazhang show` prints for a citation, fact, row, column, table, passage or document.

    Raises NotFoundError where the library has nothing of that name.
    """
    name = name.strip().removeprefix("at:").removeprefix("doc:")
    cards: dict[str, Any] = reader.manifest["documents"] | reader.manifest["replaced"]
    by_file = {card["file"]: identifier for identifier, card in cards.items()}
    if (identifier := by_file.get(name, name)) in cards:
        return [*_document(reader, identifier, cards[identifier])]
    try:
        here = iris.address(re.sub(r"-(?:why|row|unit\d+)$", "", name))
    except ValueError:
        here = None
    if here is None or here.document not in cards:
        raise NotFoundError(f"没有出处“{name}”。出处的编号见回答和 facts，如 某局-2024-L137c5；文件名见 chazhang documents。")
    document = reader.document(cards[here.document]["sha256"])
    places = Places(document)
    lines = [*_surroundings(places, here)]
    if not lines:
        raise NotFoundError(f"《{document.name}》里没有“{name}”这个位置。请核对编号。")
    head = [" · ".join((_heading(document, here), *_title(reader, places, here))), *_stale(cards[here.document], cards)]
    return [*head, *lines, *_meaning(reader, name)]


def _stale(card: Mapping[str, Any], cards: Mapping[str, Any]) -> list[str]:
    """What is to be known before a document is quoted that another one replaces."""
    if not (newer := card.get("instead")):
        return []
    return [f"注意：回答已不用这份文件，以《{cards[newer]['file'] if newer in cards else newer}》为准。"]


def _heading(document: Document, here: Address) -> str:
    page = f"第 {here.page} 页" if here.page is not None else ""
    last = f"—{here.line_end}" if here.line_end not in (None, here.line) else ""
    line = f"第 {here.line}{last} {counted(document.name)}" if here.line is not None and here.page is None else ""
    sheet = next((b.sheet for b in document.blocks if isinstance(b, Table) and b.address.table == here.table), "")
    return " · ".join(filter(None, (document.name, page, line, spoken(here, sheet))))


def _title(reader: Reader, places: Places, here: Address) -> list[str]:
    """The title of the table that an address lies in, as the build understood it."""
    found = places.cell(here) or places.row(here)
    table = found[0] if found else places.table(here) if here.line is None else None
    if table is None:
        return []
    name = iris.local(table.address)
    return [entry["title"] for entry in reader.index.report(here.document).get("tables", ()) if entry["place"] == name]


def _surroundings(places: Places, here: Address) -> Iterator[str]:
    if (found := places.cell(here)) is not None:
        table, cell = found
        n = next(n for n, row in enumerate(table.rows) if cell in row)
        text = cell.text if here.start is None else cell.text[here.start : here.end]
        yield from _table(table, n, table.rows[n].index(cell), cell.text.replace(text, f"【{text}】", 1) if text else "【】")
    elif here.column is None and here.start is None and (row := places.row(here)) is not None:
        yield from _table(row[0], row[1], None, "")
    elif here.line is None and here.row is None and (whole := places.table(here)) is not None:
        yield from _table(whole, None, here.column - 1 if here.column is not None else None, "")
    elif (paragraph := places.paragraph(here)) is not None:
        yield from _paragraph(places, paragraph, here)


# --- a paragraph --------------------------------------------------------------------------------


def _paragraph(places: Places, paragraph: Paragraph, here: Address) -> Iterator[str]:
    """The paragraph as it stands in the file, line by line, with the figure marked."""
    if paragraph.section:
        yield " / ".join(paragraph.section)
    yield ""
    lines, place = places.document.lines, paragraph.address
    if place.line is None or not lines:
        yield _marked(paragraph.text, 1, replace(here, line=1, line_end=1))
        return
    for n in range(place.line, (place.line_end or place.line) + 1):
        if lines[n - 1].strip():
            yield _marked(lines[n - 1], n, here)


def _marked(text: str, n: int, here: Address) -> str:
    """Line `n` with 【 and 】 where the figure begins and ends; a figure may run on into the next line."""
    if here.start is None or here.end is None or here.line is None:
        return text
    if n == (here.line_end or here.line):
        text = f"{text[: here.end]}】{text[here.end :]}"
    return f"{text[: here.start]}【{text[here.start :]}" if n == here.line else text


# --- a table ------------------------------------------------------------------------------------


def _table(table: Table, row: int | None, column: int | None, marked: str) -> Iterator[str]:
    """The head of a table and the rows around a cell; a whole row, column or table where only that is given."""
    yield " / ".join(table.section)
    yield "  ".join(caption for caption in table.captions[-3:] if caption not in table.section)
    yield ""
    head = _head(table)
    around = range(len(table.rows)) if row is None else range(max(0, row - _ROWS), min(len(table.rows), row + _ROWS + 1))
    numbers = sorted({*range(head), *[*around][: 2 * _ROWS + 6]})
    columns = _columns(table, numbers, column if row is not None else None)
    grid = [[_label(table, n), *(_cell(table, n, c, (row, column), marked) for c in columns)] for n in numbers]
    previous = None
    for n, line in zip(numbers, _aligned(grid), strict=True):
        if previous is not None and n > previous + 1:
            yield "  …"
        previous = n
        yield f"▸ {line}" if n == row else f"  {line}"
    if numbers and numbers[-1] + 1 < len(table.rows):
        yield f"  …（共 {len(table.rows)} 行）"
    yield from table.notes


def _head(table: Table) -> int:
    """How many rows stand above the first row with two figures or more."""
    for n, row in enumerate(table.rows[:_HEAD]):
        if sum(bool(_FIGURE.match(cell.text)) for cell in row) >= 2:
            return n
    return min(2, len(table.rows))


def _columns(table: Table, rows: Sequence[int], column: int | None) -> list[int]:
    width = max((len(table.rows[n]) for n in rows), default=0)
    if column is None or width <= 2 * _COLUMNS + 2:
        return [*range(width)]
    return sorted({0, 1, *range(max(0, column - _COLUMNS), min(width, column + _COLUMNS + 1))})


def _cell(table: Table, n: int, c: int, target: tuple[int | None, int | None], marked: str) -> str:
    text = table.rows[n][c].text if c < len(table.rows[n]) else ""
    row, column = target
    if (n, c) == target:
        return marked
    if text and ((row == n and column is None) or (row is None and column == c)):
        return f"【{text}】"
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"


def _label(table: Table, n: int) -> str:
    place = table.rows[n][0].address if table.rows[n] else table.address
    return str(place.line if place.line is not None else place.row or n + 1)


def _aligned(grid: Sequence[Sequence[str]]) -> Iterator[str]:
    from rich.cells import cell_len

    widths = [max(cell_len(row[c]) for row in grid) for c in range(len(grid[0]))] if grid else []
    for row in grid:
        yield " │ ".join(text + " " * (width - cell_len(text)) for text, width in zip(row, widths, strict=True)).rstrip()


# --- what the graph says ------------------------------------------------------------------------


def _meaning(reader: Reader, name: str) -> Iterator[str]:
    """What was understood: the facts at a place or in a row, the reason given, and findings."""
    subject = {"here": f"at:{name}"}
    facts = reader.query(
        """SELECT DISTINCT ?fact ?unit ?year ?phase ?metric ?label ?value ?text ?measure ?sure {
             { BIND(?here AS ?fact) ?fact a f:Fact } UNION { ?fact f:inRow ?here } UNION { ?here f:explains ?fact }
             ?fact f:unit/skos:prefLabel ?unit ; f:year ?year ; f:phase/skos:prefLabel ?phase ; f:metric/skos:prefLabel ?metric ;
                   f:item/skos:prefLabel ?label .
             OPTIONAL { ?fact f:value ?value } OPTIONAL { ?fact f:text ?text }
             OPTIONAL { ?fact f:measure/skos:prefLabel ?measure } OPTIONAL { ?fact f:confidence ?sure } } LIMIT 30""",
        bindings=subject,
    )
    if facts:
        yield ""
    for row in facts:
        said = f"{row['value']}{row['measure'] or ''}" if row["value"] is not None else str(row["text"] or "")
        yield f"读作  {row['unit']} {row['year']}年 {row['label']} {row['phase']} {row['metric']}：{said}"
        if row["sure"] is not None:
            yield f"识别自扫描件（OCR），置信度 {row['sure']}，引用前请对照原件"
    reasons = reader.query("SELECT DISTINCT ?text { ?reason f:explains ?here ; f:text ?text }", bindings=subject)
    yield from (f"原因  {row['text']}" for row in reasons)
    issues = reader.query("SELECT DISTINCT ?text { ?issue f:involves ?here ; sh:resultMessage ?text } LIMIT 10", bindings=subject)
    yield from (f"注意  {row['text']}" for row in issues)


def _document(reader: Reader, identifier: str, card: dict[str, Any]) -> Iterator[str]:
    """A document as a whole: whose, what, and its tables."""
    yield card["title"]
    yield f"{card['unit']} · {card['year']}年 · {card['kind']} · {card['facts']} 个数据"
    yield f"文件 {card['path']}"
    yield f"SHA-256 {card['sha256']}"
    yield from _stale(card, reader.manifest["documents"])
    query = """SELECT DISTINCT ?table ?title ?form ?line ?page { GRAPH ?document { ?table a f:Table ; f:title ?title
               OPTIONAL { ?table f:line ?line } OPTIONAL { ?table f:page ?page } OPTIONAL { ?table f:form ?f } }
               OPTIONAL { ?f skos:notation ?form } } ORDER BY ?page ?line"""
    for row in reader.query(query, bindings={"document": f"doc:{identifier}"}):
        place = f"第 {row['page']} 页" if row["page"] is not None else f"第 {row['line']} 行"
        yield f"  {place}  {row['form'] or ''} {row['title']}  {str(row['table']).partition(':')[2]}"
