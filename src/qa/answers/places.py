"""Addresses back to the text that stands there: in a stored document for `show`, in a file read anew for `verify`."""

from __future__ import annotations

from functools import cached_property

from kg.model import Address, Cell, Document, Paragraph, Table


class Places:
    """The cells, paragraphs and lines of one document, by address."""

    def __init__(self, document: Document) -> None:
        self.document = document

    @cached_property
    def _cells(self) -> dict[tuple[int | None, ...], tuple[Table, Cell]]:
        found: dict[tuple[int | None, ...], tuple[Table, Cell]] = {}
        for block in self.document.blocks:
            if isinstance(block, Table):
                for cell in (cell for row in block.rows for cell in row):
                    found.setdefault(_cell_key(cell.address), (block, cell))
        return found

    def cell(self, here: Address) -> tuple[Table, Cell] | None:
        """The cell at an address, and its table."""
        return self._cells.get(_cell_key(here)) if here.column is not None else None

    def row(self, here: Address) -> tuple[Table, int] | None:
        """The table and the index of the row at an address without a column."""
        for block in self.document.blocks:
            if isinstance(block, Table) and (here.page, here.table) in ((None, None), (block.address.page, block.address.table)):
                for n, row in enumerate(block.rows):
                    place = row[0].address if row else block.address
                    if place.line == here.line and (here.line is not None or place.row == here.row):
                        return block, n
        return None

    def table(self, here: Address) -> Table | None:
        """The table with the number of an address, on its page or in the file."""
        tables = (b for b in self.document.blocks if isinstance(b, Table))
        return next((t for t in tables if (t.address.page, t.address.table) == (here.page, here.table)), None)

    def paragraph(self, here: Address) -> Paragraph | None:
        """The paragraph that an address lies in."""
        for block in self.document.blocks:
            place = block.address
            if not isinstance(block, Paragraph) or place.page != here.page:
                continue
            if here.line is not None and place.line is not None and place.line <= here.line <= (place.line_end or place.line):
                return block
            if here.line is None and place.line is None and place.row == here.row:
                return block
        return None

    def text(self, here: Address) -> str | None:
        """The text at an address, character by character as in the file; None where there is no such place.

        `start` counts in the first line and `end` in the last, where an address runs over several.
        """
        if here.column is not None:
            found = self.cell(here)
            return self._cut([found[1].text], here) if found else None
        if here.line is not None and self.document.lines:
            lines = self.lines(here)
            return self._cut(lines, here) if lines else None
        paragraph = self.paragraph(here)
        return self._cut([paragraph.text], here) if paragraph else None

    def lines(self, here: Address) -> list[str]:
        """The file's own lines at an address; none where there are none."""
        if here.line is None:
            return []
        return list(self.document.lines[max(0, here.line - 1) : here.line_end or here.line])

    @staticmethod
    def _cut(lines: list[str], here: Address) -> str:
        """What stands between `start` and `end`."""
        last = lines[-1] if here.end is None else lines[-1][: here.end]
        return "\n".join([*lines[:-1], last])[here.start or 0 :]


def counted(document: str) -> str:
    """What the lines of a file are called, by its name: 行 in a text file; elsewhere a line is a paragraph, 段."""
    return "行" if document.lower().endswith((".txt", ".md")) else "段"


def spoken(here: Address, sheet: str = "") -> str:
    """The place of a table cell where the file has neither lines nor pages; '' elsewhere.

    >>> spoken(Address("x", table=2, row=9, column=28), "收支总表"), spoken(Address("x", table=2, row=9, column=3))
    ('工作表“收支总表”AB9', '第2个表格第9行第3列')
    """
    if here.line is not None or here.page is not None or here.row is None or here.column is None:
        return ""
    if not sheet:
        return f"第{here.table}个表格第{here.row}行第{here.column}列"
    letters, rest = "", here.column
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(65 + digit) + letters
    return f"工作表“{sheet}”{letters}{here.row}"


def _cell_key(here: Address) -> tuple[int | None, ...]:
    """What tells cells apart: line and column in a text file, page, table, row and column in a paged one."""
    if here.line is not None:
        return here.line, here.column
    return here.page, here.table, here.row, here.column
