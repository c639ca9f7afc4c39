"""CSV files: one sheet without merged cells. UTF-8 or GB18030; commas, semicolons or tabs."""

from __future__ import annotations

import csv
import hashlib
import io

from kg.model import Document, ReadError
from kg.readers import compose, text, worksheet

_CELLS = 600_000
_LINE = 200_000  # characters of one cell: more is no table


def read(name: str, identifier: str, data: bytes) -> Document:
    """Read a CSV file. Rows and columns are those of the file; titles and prose are rows with one cell.

    Raises ReadError for what is no text, has quotes that never close, nothing in it, or too much.
    """
    content, encoding = text.decode(name, data)
    head = content[:20_000]
    mark = max(",;\t", key=head.count)
    csv.field_size_limit(_LINE)
    cells: dict[tuple[int, int], str] = {}
    try:
        for r, row in enumerate(csv.reader(io.StringIO(content, newline=""), delimiter=mark), start=1):
            cells |= {(r, c): value for c, value in enumerate(row, start=1) if value.strip()}
            if len(cells) > _CELLS:
                raise ReadError(f"{name}：超过 {_CELLS} 个格，未读。请确认是预决算公开文件，或拆分后再读。")
    except csv.Error as error:
        raise ReadError(f"{name}：不是完整的 CSV 文件（{error}）。请用 WPS 表格或 Excel 打开，另存为 .xlsx 后重读。") from error
    items = list(worksheet.items(worksheet.Worksheet("", cells)))
    if not items:
        raise ReadError(f"{name}：文件里没有内容。请换一份有内容的文件。")
    lines, blocks = compose.compose(identifier, items)
    return Document(identifier, name, hashlib.sha256(data).hexdigest(), blocks, lines, encoding=encoding)
