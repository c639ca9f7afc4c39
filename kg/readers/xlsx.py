"""Excel workbooks (.xlsx through openpyxl, .xls through xlrd): every visible sheet, values as shown, merged cells."""

from __future__ import annotations

import hashlib
import io
import re
import warnings
from collections.abc import Mapping

from kg.model import Document, ReadError
from kg.readers import compose, numfmt, sniff, worksheet

_CELLS = 600_000
_NO_VALUE = re.compile(rb'<c\b[^>]*\br="(\w+)"[^>]*>\s*(?:<f\b[^>]*/>|<f\b[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>')


def read(name: str, identifier: str, data: bytes) -> Document:
    """Read a workbook. Tables are numbered through the workbook; their rows and columns are those of the sheet.

    Hidden sheets, rows and columns are not read; `notes` tell of them.

    Raises ReadError for what is no workbook, is damaged, encrypted or too large.
    """
    old = name.lower().endswith(".xls")
    sniff.expect(name, data, "Excel 97" if old else "Excel 工作簿")
    budget = sniff.Budget(name)
    with sniff.complaints(name, "工作簿"):
        sheets, notes = _old(data, budget) if old else _new(name, data, budget)
    items = [item for sheet in sheets for item in worksheet.items(sheet)]
    if not items:
        raise ReadError(f"{name}：工作簿里没有内容（{'；'.join(notes) or '各表都是空的'}）。请换一份有内容的文件。")
    lines, blocks = compose.compose(identifier, items)
    for sheet in sheets:
        notes += _told("行", sheet, sheet.hidden_rows) + _told("列", sheet, sheet.hidden_columns)
    return Document(identifier, name, hashlib.sha256(data).hexdigest(), blocks, lines, notes=tuple(notes))


def _told(what: str, sheet: worksheet.Worksheet, hidden: frozenset[int]) -> list[str]:
    """A note about hidden rows or columns that hold something."""
    axis = 0 if what == "行" else 1
    held = sorted({place[axis] for place, text in sheet.cells.items() if text.strip() and place[axis] in hidden})
    return [f"工作表“{sheet.title}”隐藏了第 {'、'.join(map(str, held[:20]))}{'…' if len(held) > 20 else ''} {what}，未读。"] if held else []


def _checked(name: str, count: int) -> None:
    if count > _CELLS:
        raise ReadError(f"{name}：工作簿有 {count} 个格，超过上限 {_CELLS} 个。请删去无关的工作表后重读。")


# --- .xlsx --------------------------------------------------------------------------------------


def _new(name: str, data: bytes, budget: sniff.Budget) -> tuple[list[worksheet.Worksheet], list[str]]:
    members = sniff.unpack(name, data)
    sniff.no_entities(name, ((k, v) for k, v in members.items() if k.endswith((".xml", ".rels"))))
    _checked(name, sum(part.count(b"<c ") for key, part in members.items() if key.startswith("xl/worksheets/")))
    import openpyxl  # type: ignore[import-untyped]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    sheets: list[worksheet.Worksheet] = []
    notes: list[str] = []
    for sheet in book.sheetnames:
        budget.tick()
        page = book[sheet]
        if not hasattr(page, "merged_cells"):
            notes.append(f"“{sheet}”是图表，未读。")
        elif page.sheet_state != "visible":
            notes.append(f"工作表“{sheet}”是隐藏的，未读。")
        else:
            filled = {place: cell for place, cell in page._cells.items() if cell.value is not None}
            wrong = [cell.coordinate for cell in filled.values() if cell.data_type == "e"]
            if wrong:
                notes.append(f"工作表“{sheet}”有 {len(wrong)} 个格的公式出错（{'、'.join(wrong[:5])}），读作空白。")
            cells = {place: numfmt.shown(cell.value, cell.number_format) for place, cell in filled.items() if cell.data_type != "e"}
            merged = [(m.min_row, m.min_col, m.max_row, m.max_col) for m in page.merged_cells.ranges]
            rows = frozenset(row for row, d in page.row_dimensions.items() if d.hidden or d.height == 0)
            columns = frozenset(
                c
                for d in page.column_dimensions.values()
                if d.hidden or d.width == 0
                for c in range(d.min or 0, min(d.max or 0, 16384) + 1)
            )
            sheets.append(worksheet.Worksheet(sheet.strip(), cells, merged, rows, columns))
    if empty := _uncomputed(members):
        notes.append(f"有 {len(empty)} 个公式格（{'、'.join(empty[:5])}）没有保存计算结果，读作空白。请用 WPS/Excel 打开并保存一次后重读。")
    return sheets, notes


def _uncomputed(members: Mapping[str, bytes]) -> list[str]:
    """The formula cells that hold no value: written by a program that does not compute."""
    sheets = (part for key, part in members.items() if key.startswith("xl/worksheets/"))
    return [found.decode("ascii", "replace") for part in sheets for found in _NO_VALUE.findall(part)]


# --- .xls ---------------------------------------------------------------------------------------


def _old(data: bytes, budget: sniff.Budget) -> tuple[list[worksheet.Worksheet], list[str]]:
    import xlrd  # type: ignore[import-untyped]

    book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
    sheets: list[worksheet.Worksheet] = []
    notes: list[str] = []
    total = 0
    for sheet in book.sheets():
        budget.tick()
        total += sheet.nrows * sheet.ncols
        _checked(budget.name, total)
        if sheet.visibility:
            notes.append(f"工作表“{sheet.name}”是隐藏的，未读。")
            continue
        cells = {
            (r + 1, c + 1): text for r in range(sheet.nrows) for c in range(sheet.row_len(r)) if (text := _cell(book, sheet.cell(r, c)))
        }
        merged = [(r0 + 1, c0 + 1, r1, c1) for r0, r1, c0, c1 in sheet.merged_cells]
        rows = frozenset(r + 1 for r, info in sheet.rowinfo_map.items() if info.hidden)
        columns = frozenset(c + 1 for c, info in sheet.colinfo_map.items() if info.hidden)
        sheets.append(worksheet.Worksheet(sheet.name.strip(), cells, merged, rows, columns))
    return sheets, notes


def _cell(book: object, cell: object) -> str:
    import xlrd

    kind, value = cell.ctype, cell.value  # type: ignore[attr-defined]
    if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK, xlrd.XL_CELL_ERROR):
        return ""
    form = book.format_map[book.xf_list[cell.xf_index].format_key]  # type: ignore[attr-defined]
    if kind == xlrd.XL_CELL_BOOLEAN:
        value = bool(value)
    elif kind == xlrd.XL_CELL_DATE:
        value = xlrd.xldate_as_datetime(value, book.datemode)  # type: ignore[attr-defined]
    return numfmt.shown(value, form.format_str)
