"""Word, Excel and web pages as offices really save them. Every figure and place below was read off the made file by hand."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from conftest import ROOT
from kg import build, iris, readers
from kg.model import Document, Fact, Paragraph, ReadError, Reading, Table
from kg.readers.numfmt import shown

NAME = "某市水务局2024年度部门决算"
TITLE = ["某市水务局2024年度部门决算公开表"]


def read(suffix: str, data: bytes) -> Document:
    return readers.read(Path(NAME + suffix), data)


def facts(suffix: str, data: bytes) -> Reading:
    return build.read(Path(NAME + suffix), data)


def one(found: Sequence[Fact], **wanted: object) -> Fact:
    """The only fact with these attributes."""
    (fact,) = (f for f in found if all(getattr(f, key) == value for key, value in wanted.items()))
    return fact


def tables(document: Document) -> list[Table]:
    return [block for block in document.blocks if isinstance(block, Table)]


def texts(table: Table) -> list[tuple[str, ...]]:
    return [tuple(cell.text for cell in row) for row in table.rows]


def prose(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


# --- Excel --------------------------------------------------------------------------------------

ACCOUNTS = [
    [None, None, None, None, "支出决算表", None, None],
    [None, None, None, None, None, None, "公开03表"],
    ["部门：某市水务局", None, None, None, None, None, "金额单位：万元"],
    ["项目", None, None, None, "本年支出合计", "基本支出", "项目支出"],
    ["支出功能分类科目编码", None, None, "科目名称", None, None, None],
    ["类", "款", "项", "栏次", 1, 2, 3],
    [None, None, None, "合计", 1500.5, 1000.25, 500.25],
    ["213", None, None, "农林水支出", 1500.5, 1000.25, 500.25],
    ["213", "03", None, "水利", 1500.5, 1000.25, 500.25],
    ["213", "03", "01", "行政运行", 1000.25, 1000.25, None],
    ["213", "03", "04", "水利行业业务管理", 500.25, None, 500.25],
]
MERGED = ["A4:D4", "A5:C5", "D5:D5", "E4:E5", "F4:F5", "G4:G5"]


def workbook(*sheets: tuple[str, list[list[Any]], list[str]], change: Callable[[Any], None] = lambda book: None) -> bytes:
    """A workbook of sheets: name, rows, merged ranges."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows, merged in sheets:
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
        for area in merged:
            page.merge_cells(area)
        for cell in (cell for line in page.iter_rows() for cell in line if isinstance(cell.value, float)):
            cell.number_format = "#,##0.00"
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_final_accounts_with_three_code_columns() -> None:
    reading = facts(".xlsx", workbook(("Z03 支出决算表", ACCOUNTS, MERGED)))
    assert (reading.identity.unit, reading.identity.year) == ("某市水务局", 2024)
    cell = one(reading.facts, item="func:2130304", spend="项目支出")
    assert (cell.value, cell.measure, cell.quote, cell.row) == (Decimal("500.25"), "万元", "500.25", "2130304 水利行业业务管理")
    assert iris.local(cell.address) == f"{NAME}-t1r11c7"
    assert one(reading.facts, item="func:21303", spend="全部").value == Decimal("1500.50")
    assert len([f for f in reading.facts if f.value is not None]) == 13
    assert not [u for u in reading.unread if not u.harmless]


def test_two_tables_on_one_sheet() -> None:
    """Stacked without a blank row between: each has its title, its number and its measure."""
    three = [
        ["财政拨款“三公”经费支出决算表", None, None],
        [None, None, "单位：元"],
        ["项目", "预算数", "决算数"],
        ["因公出国（境）费", 0.0, 0.0],
        ["公务接待费", 30000.0, 21000.0],
    ]
    reading = facts(".xlsx", workbook(("公开表", [*ACCOUNTS, *three], MERGED)))
    first, second = tables(reading.document)
    assert (first.address.table, second.address.table, second.sheet) == (1, 2, "公开表")
    assert second.captions[-2:] == ("财政拨款“三公”经费支出决算表", "单位：元")
    assert second.rows[2][2].address.row == 16
    spent = one(reading.facts, item="ind:公务接待费", phase="决算")
    assert (spent.value, spent.measure, iris.local(spent.address)) == (Decimal("21000.00"), "元", f"{NAME}-t2r16c3")


def test_what_a_workbook_hides_or_has_not_computed_is_told() -> None:
    def change(book: Any) -> None:
        page = book["支出"]
        page.row_dimensions[11].hidden = True
        page["G7"] = "=G8"
        page["F7"] = "#DIV/0!"
        page["F7"].data_type = "e"
        book.create_sheet("底稿").sheet_state = "veryHidden"

    reading = facts(".xlsx", workbook(("支出", ACCOUNTS, MERGED), change=change))
    assert reading.document.notes == (
        "工作表“支出”有 1 个格的公式出错（F7），读作空白。",
        "工作表“底稿”是隐藏的，未读。",
        "有 1 个公式格（G7）没有保存计算结果，读作空白。请用 WPS/Excel 打开并保存一次后重读。",
        "工作表“支出”隐藏了第 11 行，未读。",
    )
    assert not [f for f in reading.facts if f.item == "func:2130304"]


def test_a_formula_has_the_value_it_was_saved_with() -> None:
    data = workbook(("支出", ACCOUNTS, MERGED), change=lambda book: book["支出"].__setitem__("G7", "=SUM(G8)"))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = re.sub(rb"<f>SUM\(G8\)</f><v ?/?>(?:</v>)?", b"<f>SUM(G8)</f><v>500.25</v>", old.read(name))
            new.writestr(name, part)
    reading = facts(".xlsx", out.getvalue())
    assert one(reading.facts, item="ind:合计", spend="项目支出").value == Decimal("500.25")
    assert reading.document.notes == ()


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (-3, "0.00;[Red]0.00", "-3.00"),  # Excel shows it red and unsigned: the sign is not left to a colour
        (-3, "#,##0.00_);(#,##0.00)", "(3.00)"),
        (-1234.5, '_ "¥"* #,##0.00_ ;_ "¥"* \\-#,##0.00_ ', "¥-1,234.50"),
        (0, '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ', "-"),
        (0.8937, "0.00%", "89.37%"),
        (12345678, "0!.0000", "1234.5678"),  # in 万
        (0.1 + 0.2, "General", "0.3"),
    ],
)
def test_numbers_as_excel_shows_them(value: float, code: str, text: str) -> None:
    assert shown(value, code) == text


def test_a_blank_form_is_called_one() -> None:
    form = [["某市XX局2024年部门决算"], ["XX单位支出决算表"], ["项目", "决算数"], ["基本支出", "XXX"], ["项目支出", None]]
    with pytest.raises(ReadError, match=r"没有填写的空白模板（有 3 处“XX”待填"):
        build.read(Path("模板.xlsx"), workbook(("表", form, [])))


published = pytest.mark.skipif(
    not (ROOT.parent / "shared/documents").is_dir(), reason="the published documents are not beside this checkout"
)


@published
def test_the_published_form_is_blank() -> None:
    with pytest.raises(ReadError, match="空白模板"):
        build.read(ROOT.parent / "shared/documents/上海市普陀区-2026年部门预算-模板.xlsx")


def test_csv() -> None:
    rows = [",".join(f'"{cell}"' if cell is not None else "" for cell in row) for row in ACCOUNTS]
    reading = facts(".csv", "\r\n".join(rows).encode("gb18030"))
    cell = one(reading.facts, item="func:2130304", spend="项目支出")
    assert (cell.value, iris.local(cell.address)) == (Decimal("500.25"), f"{NAME}-t1r11c7")
    assert reading.document.encoding == "gb18030"


INCOME = [
    ["表2"],
    ["部门收入总表"],
    [*[None] * 5, "单位：万元"],
    ["科目编码", "科目名称", "合计", "上年结转", "一般公共预算拨款收入", "事业收入"],
    ["合计", None, 1280.5, 30.0, 1200.5, 50.0],
    [2130301, "  行政运行", 1130.5, 30.0, 1050.5, 50.0],
    [2210201, "  住房公积金", 150.0, None, 150.0, None],
]
OFFICIAL = [
    ["表7"],
    ["一般公共预算“三公”经费支出表"],
    [*[None] * 11, "单位：万元"],
    ["2023年预算数", *[None] * 5, "2024年预算数", *[None] * 5],
    ["合计", "因公出国（境）费", "公务用车购置及运行费", None, None, "公务接待费"] * 2,
    [None, None, "小计", "公务用车购置费", "公务用车运行费", None] * 2,
    [10.0, 0.0, 6.0, 0.0, 6.0, 4.0, 8.0, 0.0, 5.0, 0.0, 5.0, 3.0],
]
OFFICIAL_MERGED = ["A4:F4", "G4:L4", "A5:A6", "B5:B6", "C5:E5", "F5:F6", "G5:G6", "H5:H6", "I5:K5", "L5:L6"]


def test_a_budget_of_several_sheets() -> None:
    """A cover, a table of contents, codes as numbers, indented names, money carried over, two years side by side."""
    sheets = [
        ("封面", [["某县水利局2024年部门预算公开表"]], []),
        ("目录", [["目录"], ["表2 部门收入总表"], ["表7 一般公共预算“三公”经费支出表"]], []),
        ("2", INCOME, ["A5:B5"]),
        ("7", OFFICIAL, OFFICIAL_MERGED),
    ]
    reading = build.read(Path("公开表.xlsx"), workbook(*sheets))
    assert (reading.identity.unit, reading.identity.year, reading.identity.kind) == ("某县水利局", 2024, "部门预算")
    income = {(f.item, f.fund): (f.value, f.year, f.flow) for f in reading.facts if f.address.table == 1}
    assert income["func:2130301", "上年结转"] == (Decimal("30.00"), 2024, "收入")
    assert income["func:2130301", "一般公共预算"] == (Decimal("1050.50"), 2024, "收入")
    assert income["ind:合计", "事业收入"] == (Decimal("50.00"), 2024, "收入")
    official = {(f.item, f.year): f.value for f in reading.facts if f.address.table == 2}
    assert official["ind:公务接待费", 2023] == Decimal("4.00")
    assert official["ind:公务接待费", 2024] == Decimal("3.00")
    assert official["ind:公务用车购置及运行维护费", 2024] == Decimal("5.00")
    assert official["ind:三公经费", 2023] == Decimal("10.00")
    assert len(reading.facts) == 22
