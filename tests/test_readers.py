"""The readers: the same paper in every format gives the same cells and sentences; what is damaged is refused in one clear sentence."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import papers
import pytest

from conftest import ROOT
from kg import iris, readers
from kg.model import Address, Document, Paragraph, ReadError, Table
from kg.readers import ocr, sniff

DOCUMENTS = ROOT.parent / "shared" / "documents"
PAPERS: dict[str, Callable[[], bytes]] = {
    ".html": papers.html,
    ".docx": papers.docx,
    ".xlsx": papers.xlsx,
    ".xls": papers.xls,
    ".pdf": papers.pdf,
}
every_format = pytest.mark.parametrize("suffix", PAPERS)


def read(suffix: str, data: bytes) -> Document:
    return readers.read(Path(f"某市数据局-2024年度部门决算{suffix}"), data)


def only_table(document: Document) -> Table:
    (table,) = (block for block in document.blocks if isinstance(block, Table))
    return table


def texts(table: Table) -> list[tuple[str, ...]]:
    return [tuple(cell.text for cell in row) for row in table.rows]


def prose(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


@every_format
def test_same_cells(suffix: str) -> None:
    table = only_table(read(suffix, PAPERS[suffix]()))
    assert texts(table) == papers.CELLS
    spans = [[(cell.colspan, cell.rowspan) for cell in row] for row in table.rows]
    assert spans == [[cell[1:] if cell else (1, 1) for cell in row] for row in papers.ROWS]


@every_format
def test_same_captions_and_notes(suffix: str) -> None:
    table = only_table(read(suffix, PAPERS[suffix]()))
    assert table.captions[-3:] == (papers.TABLE_TITLE, papers.OFFICE, papers.UNIT)
    assert table.notes == (papers.NOTE,)


@every_format
def test_same_sentences(suffix: str) -> None:
    document = read(suffix, PAPERS[suffix]())
    (paragraph,) = (block for block in document.blocks if isinstance(block, Paragraph) and block.text == papers.SENTENCE)
    assert paragraph.section[-1:] == (papers.HEADING,)
    assert not any(re.search("看不见|不是内容|删去|藏起来", text) for text in prose(document))
    for offset in (0, 40, len(papers.SENTENCE) - 1):
        line, column = paragraph.place(offset)
        assert document.lines[line - 1][column] == papers.SENTENCE[offset]


@every_format
def test_addresses_stand_in_the_file(suffix: str) -> None:
    """Citation ids of every cell and paragraph lead back to their address, and no two cells share one."""
    document = read(suffix, PAPERS[suffix]())
    found: list[Address] = [cell.address for row in only_table(document).rows for cell in row]
    assert len(set(found)) == len(found)
    found += [block.address for block in document.blocks]
    assert [iris.address(iris.local(address)) for address in found] == found
    first = only_table(document).rows[0][0].address
    assert (first.table, first.column) == (1, 1)
    assert first.row == (4 if suffix.startswith(".xls") else 1)


@pytest.mark.parametrize("charset", ["utf-8", "gb2312", "gbk"])
def test_html_character_sets(charset: str) -> None:
    document = read(".html", papers.html(charset))
    assert texts(only_table(document)) == papers.CELLS
    assert document.encoding == ("utf-8" if charset == "utf-8" else "gb18030")


def test_workbook_tells_what_is_hidden() -> None:
    assert read(".xlsx", papers.xlsx()).notes == ("工作表“代码表”是隐藏的，未读。", "工作表“支出决算”隐藏了第 30 行，未读。")


# --- PDF ----------------------------------------------------------------------------------------


def test_pdf_without_rules() -> None:
    """Columns by white space. Headings printed half-way between two rows' columns cannot be told from the columns' own."""
    table = only_table(read(".pdf", papers.pdf(ruled=False)))
    assert texts(table)[1:] == [("科目编码", "科目名称", "", "基本支出", "项目支出"), *papers.CELLS[2:]]
    assert table.notes == (papers.NOTE,)


def test_pdf_over_pages() -> None:
    """One table, each cell with its own page; the repeated header, running heads and page numbers gone; the sentence whole."""
    document = read(".pdf", papers.long_pdf())
    table = only_table(document)
    assert texts(table) == papers.CELLS
    places = [(row[0].address.page, row[0].address.row) for row in table.rows]
    assert places == [(1, 1), (1, 2), (1, 3), (1, 4), (2, 3), (2, 4), (2, 5)]
    assert prose(document) == [papers.TABLE_TITLE, papers.OFFICE, papers.UNIT, papers.NOTE, papers.SENTENCE]
    sentence = document.blocks[-1]
    assert isinstance(sentence, Paragraph)
    assert [document.page(sentence.place(offset)[0]) for offset in (0, len(papers.SENTENCE) - 1)] == [2, 3]
    assert document.pages == 3


def test_pdf_only_what_is_seen() -> None:
    assert prose(read(".pdf", papers.secret_pdf())) == [papers.SENTENCE, "看得见", "新文字", papers.HEADING]


def test_pdf_printed_sideways() -> None:
    table = only_table(read(".pdf", papers.sideways_pdf()))
    assert texts(table) == papers.CELLS
    assert table.captions == (papers.TABLE_TITLE, papers.OFFICE, papers.UNIT)


def test_pdf_boxes() -> None:
    """The box of a cell: points from the upper left corner of the page."""
    cell = only_table(read(".pdf", papers.pdf())).rows[2][2]
    assert (cell.text, cell.box) == ("1,227.61", (290.0, 157.0, 370.0, 177.0))


@pytest.mark.skipif(ocr.available(), reason="the extra that reads scans is installed")
def test_pdf_scan() -> None:
    with pytest.raises(ReadError, match=r"扫描件.*OCR"):
        read(".pdf", papers.scan_pdf())


# --- refused ------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".docx", ".xlsx", ".xls", ".pdf"])
@pytest.mark.parametrize("share", [0.05, 0.4, 0.9])
def test_truncated(suffix: str, share: float) -> None:
    data = PAPERS[suffix]()
    with pytest.raises(ReadError, match=r"某市数据局.*。"):
        read(suffix, data[: int(len(data) * share)])


@pytest.mark.parametrize("suffix", PAPERS)
@pytest.mark.parametrize("other", PAPERS)
def test_wrong_suffix(suffix: str, other: str) -> None:
    """Told what the file really is, and what to rename it to."""
    if suffix == other:
        return
    with pytest.raises(ReadError, match=f"后缀是 {suffix}，内容却是.*{other}"):
        read(suffix, PAPERS[other]())


@every_format
@pytest.mark.parametrize("seed", range(8))
def test_flipped(suffix: str, seed: int) -> None:
    """Damage inside a file: read as well as can be, or refused in one sentence; nothing else."""
    chance = random.Random(seed)
    data = bytearray(PAPERS[suffix]())
    for _ in range(1 + seed * 4):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    said = ""
    try:
        blocks = len(read(suffix, bytes(data)).blocks)
    except ReadError as error:
        blocks, said = 0, str(error)
    assert blocks > 0 or said.startswith("某市数据局-2024年度部门决算")


@pytest.mark.parametrize("suffix", PAPERS)
def test_noise(suffix: str) -> None:
    with pytest.raises(ReadError):
        read(suffix, random.Random(1).randbytes(3000))


def test_zip_bomb() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 60_000_000)
    with pytest.raises(ReadError, match="超过上限"):
        read(".docx", out.getvalue())


def test_entities() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
    with pytest.raises(ReadError, match="实体"):
        read(".docx", out.getvalue())


def test_time_is_limited() -> None:
    with pytest.raises(ReadError, match="已停止"):
        sniff.Budget("某.pdf", seconds=-1).tick()


@pytest.mark.parametrize(("suffix", "advice"), [(".doc", "另存为 .docx"), (".wps", "WPS"), (".ofd", "导出为 .pdf"), (".jpg", "OCR")])
def test_unknown_formats_are_told_the_way(suffix: str, advice: str, tmp_path: Path) -> None:
    path = tmp_path / f"决算{suffix}"
    path.write_bytes(b"x")
    with pytest.raises(ReadError, match=advice):
        readers.read(path)


# --- real documents -----------------------------------------------------------------------------

published = pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the published documents are not beside this checkout")


@published
def test_department_budget() -> None:
    """上海市普陀区商务委员会 2025: nine tables on pages 9 to 21, four of them over two pages; pages 3 and 4 hide each other's text."""
    document = readers.read(DOCUMENTS / "上海市普陀区商务委员会-2025年部门预算.pdf")
    tables = [block for block in document.blocks if isinstance(block, Table)]
    pages = [sorted({row[0].address.page for row in table.rows}) for table in tables]
    assert pages == [[9], [10, 11], [12, 13], [14], [15, 16], [17], [18], [19, 20], [21]]
    total = tables[1].rows[-1]
    assert [cell.text for cell in total] == ["合计", "", "", "", "371,514,655.00", "371,514,655.00", "", "", ""]
    assert total[4].address == Address(document.id, page=11, table=1, row=17, column=5)
    duties = [text for text in prose(document) if text.startswith("9、组织协调本区商品交易市场规划")]
    assert duties == [
        "9、组织协调本区商品交易市场规划，承担本区重要消费品市场调控和重要生产资料流通管理；负责建立健全生活必需品市场供应应急机制，"
        "协调重要商品储备和市场调控；负责食用农产品流通管理；指导食用农产品流通环节追溯管理；负责标准化菜市场的行业规范管理；"
        "组织商品市场监控，规范流通秩序。"
    ]


@published
def test_final_accounts() -> None:
    """中共上海市普陀区委社会工作部 2024: cells with wrapped names, notes, two-line headings, indented prose on digits' own base line."""
    document = readers.read(DOCUMENTS / "中共上海市普陀区委社会工作部-2024年度部门决算.pdf")
    tables = [block for block in document.blocks if isinstance(block, Table)]
    assert len(tables) == 10
    assert [cell.text for cell in tables[5].rows[9]] == ["2080505", "机关事业单位基本养老保险缴费支出", "6.18", "6.18", ""]
    assert tables[5].captions == ("一般公共预算财政拨款支出决算表", "单位：万元")
    assert tables[5].notes == ("注：本表反映部门本年度一般公共预算财政拨款支出情况。",)
    headings = [block.text for block in document.blocks if isinstance(block, Paragraph) and block.level == 1]
    assert "第三部分中共上海市普陀区委社会工作部2024年度部门决算情况说明" in headings
    assert "本年收入合计307.82万元，其中：财政拨款收入307.82万元，占100.00%。" in prose(document)


@published
def test_workbook_template() -> None:
    document = readers.read(DOCUMENTS / "上海市普陀区-2026年部门预算-模板.xlsx")
    tables = [block for block in document.blocks if isinstance(block, Table)]
    assert [table.address.table for table in tables] == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert [table.sheet for table in tables][1:3] == ["部门收入总表", "部门支出总表"]
    assert tables[1].captions == ("部门收入总表", "2026年部门收入预算总表", "编制部门：", "单位：元")
    assert [cell.text for cell in tables[1].rows[2]] == ["类", "款", "项", "", "", "", "", "", ""]
    assert tables[1].rows[2][0].address == Address(document.id, table=2, row=8, column=1)
