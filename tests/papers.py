"""One small disclosure, printed by the tests themselves in every format that has a reader."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import pytest

TITLE = "某市数据局2024年度部门决算"
PART = "第一部分 部门决算表"
TABLE_TITLE = "支出决算表"
UNIT = "单位：万元"
OFFICE = "部门：某市数据局"
HEADING = "一、支出决算情况说明"
SENTENCE = (
    "2024年度本年支出合计1,227.61万元，其中：基本支出1,027.61万元，占83.71%；项目支出200.00万元，占16.29%。"
    "与上年相比，增加100.00万元，增长8.87%，主要原因是机构改革后人员增加，相应增加工资福利支出和日常公用支出。"
)
NOTE = "注：本表反映部门本年度各项支出情况。"
#: Text, columns it spans, rows it spans; None where a cell above or to the left covers the place.
Merged = tuple[str, int, int]
ROWS: list[list[Merged | None]] = [
    [("项目", 2, 1), None, ("本年支出合计", 1, 2), ("其中", 2, 1), None],
    [("科目编码", 1, 1), ("科目名称", 1, 1), None, ("基本支出", 1, 1), ("项目支出", 1, 1)],
    [("201", 1, 1), ("一般公共服务支出", 1, 1), ("1,227.61", 1, 1), ("1,027.61", 1, 1), ("200.00", 1, 1)],
    [("20103", 1, 1), ("政府办公厅（室）及相关机构事务", 1, 1), ("1,227.61", 1, 1), ("1,027.61", 1, 1), ("200.00", 1, 1)],
    [("2010301", 1, 1), ("行政运行", 1, 1), ("1,027.61", 1, 1), ("1,027.61", 1, 1), ("", 1, 1)],
    [("2010302", 1, 1), ("一般行政管理事务", 1, 1), ("200.00", 1, 1), ("", 1, 1), ("200.00", 1, 1)],
    [("合计", 2, 1), None, ("1,227.61", 1, 1), ("1,027.61", 1, 1), ("200.00", 1, 1)],
]
#: What every reader must make of it.
CELLS = [tuple(cell[0] if cell else "" for cell in row) for row in ROWS]


def html(charset: str = "utf-8") -> bytes:
    """As a web page, written the way content systems write them: no closing cells, spans, non-breaking spaces, a script."""
    rows = ""
    for row in ROWS:
        cells = (f'<td colspan="{c[1]}" rowspan={c[2]}><p>&nbsp;{c[0]}</p>' for c in row if c)
        rows += "<tr>" + "".join(cells)
    page = (
        f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}"><title>公开</title></head><body>'
        f"<script>var x = '不是内容';</script><h1>{TITLE}</h1><h2>{PART}</h2><p>{TABLE_TITLE}<p>{OFFICE}<p>{UNIT}"
        f'<table border=1>{rows}</table><p>{NOTE}</p><p>{HEADING}</p><p style="display: none">看不见</p><p>{SENTENCE}</p></body></html>'
    )
    return page.encode("gb18030" if charset.startswith("gb") else charset)


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def _paragraph(text: str, properties: str = "") -> str:
    half = len(text) // 2  # Word cuts runs anywhere
    return (
        f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text[:half]}</w:t></w:r><w:r><w:t xml:space='preserve'>{text[half:]}</w:t></w:r></w:p>"
    )


def docx() -> bytes:
    """As a Word document: merged cells, a heading numbered by Word, deleted text."""
    rows = ""
    for row in ROWS:
        cells = ""
        for n, cell in enumerate(row):
            if cell is None and n and row[n - 1] is not None and (row[n - 1] or ("", 1, 1))[1] > 1:
                continue
            merge = "<w:vMerge/>" if cell is None else '<w:vMerge w:val="restart"/>' if cell[2] > 1 else ""
            span = f'<w:gridSpan w:val="{cell[1]}"/>' if cell and cell[1] > 1 else ""
            cells += f"<w:tc><w:tcPr>{span}{merge}</w:tcPr>{_paragraph(cell[0] if cell else '')}</w:tc>"
        rows += f"<w:tr>{cells}</w:tr>"
    listed = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="7"/></w:numPr>'
    body = (
        _paragraph(TITLE, '<w:pStyle w:val="T"/>')
        + _paragraph(PART)
        + _paragraph(TABLE_TITLE, '<w:jc w:val="center"/>')
        + f"<w:p><w:r><w:t>{OFFICE}</w:t><w:tab/><w:t>{UNIT}</w:t></w:r></w:p><w:tbl>{rows}</w:tbl>"
        + _paragraph(NOTE)
        + _paragraph(HEADING.removeprefix("一、"), listed)
        + f"<w:p><w:del><w:r><w:delText>删去的</w:delText></w:r></w:del><w:r><w:t>{SENTENCE}</w:t></w:r></w:p>"
    )
    parts = {
        "[Content_Types].xml": "<Types/>",
        "word/document.xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>",
        "word/styles.xml": f'<w:styles {_W}><w:style w:styleId="T"><w:name w:val="Title"/></w:style></w:styles>',
        "word/numbering.xml": f'<w:numbering {_W}><w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        '<w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="7"><w:abstractNumId w:val="1"/></w:num></w:numbering>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def _sheet(write: Callable[[int, int, Any], None], merge: Callable[[int, int, int, int], None]) -> None:
    """The cells of the worksheet, rows and columns from 1."""
    for n, text in enumerate((TITLE, TABLE_TITLE), start=1):
        write(n, 1, text)
        merge(n, 1, n, 5)
    write(3, 1, OFFICE)
    write(3, 5, UNIT)
    for r, row in enumerate(ROWS, start=4):
        for c, cell in enumerate(row, start=1):
            if cell:
                number = cell[0].replace(",", "")
                write(r, c, float(number) if "." in number else cell[0])
                if cell[1:] != (1, 1):
                    merge(r, c, r + cell[2] - 1, c + cell[1] - 1)
    for n, text in enumerate((NOTE, HEADING, SENTENCE), start=4 + len(ROWS)):
        write(n, 1, text)
        merge(n, 1, n, 5)


def xlsx() -> bytes:
    """As a workbook: figures as numbers with a format, a hidden sheet and a hidden row."""
    import openpyxl

    book = openpyxl.Workbook()
    page = book.active
    page.title = "支出决算"

    def write(row: int, column: int, value: object) -> None:
        page.cell(row, column, value).number_format = "#,##0.00" if isinstance(value, float) else "General"

    _sheet(write, lambda *box: page.merge_cells(start_row=box[0], start_column=box[1], end_row=box[2], end_column=box[3]))
    page.cell(30, 2, "藏起来的行")
    page.row_dimensions[30].hidden = True
    book.create_sheet("代码表").sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xls() -> bytes:
    """The same as an old workbook."""
    xlwt = pytest.importorskip("xlwt")
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("支出决算")
    style = xlwt.easyxf(num_format_str="#,##0.00")
    values: dict[tuple[int, int], Any] = {}
    boxes: list[tuple[int, int, int, int]] = []
    _sheet(lambda r, c, value: values.update({(r, c): value}), lambda *box: boxes.append(box))
    for r0, c0, r1, c1 in boxes:
        page.write_merge(r0 - 1, r1 - 1, c0 - 1, c1 - 1, values.pop((r0, c0)))
    for (r, c), value in values.items():
        page.write(r - 1, c - 1, value, style)
    out = io.BytesIO()
    book.save(out)
    return bytes(out.getvalue())


# --- PDF ----------------------------------------------------------------------------------------

WIDTHS = (60, 170, 80, 80, 80)
HEIGHT = 20


class Printer:
    """A PDF page by page, in a font that every PDF program knows."""

    def __init__(self) -> None:
        canvas = pytest.importorskip("reportlab.pdfgen.canvas")
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.cidfonts import UnicodeCIDFont

        pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
        self.out = io.BytesIO()
        self.canvas = canvas.Canvas(self.out, pagesize=(595, 842), invariant=True)
        self.size()

    def size(self, size: float = 10.5) -> None:
        self.canvas.setFont("STSong-Light", size)

    def title(self, y: float, text: str) -> None:
        self.size(18)
        self.canvas.drawCentredString(297, y, text)
        self.size()

    def prose(self, y: float, text: str, turn: Callable[[], None] | None = None) -> float:
        """A paragraph, its first line indented, broken where a line is full but not inside a number; on to the next page at
        the foot of this one. Returns where the next paragraph begins."""
        line, left = "", 81
        for token in re.findall(r"[0-9.,%]+|.[，。；、：）]?", text):
            if left + self.canvas.stringWidth(line + token, "STSong-Light", 10.5) > 530:
                self.canvas.drawString(left, y, line)
                line, left, y = "", 60, y - 18
                if turn is not None and y < 50:
                    turn()
                    y = 790
            line += token
        self.canvas.drawString(left, y, line)
        return y - 18

    def captions(self, y: float) -> None:
        self.canvas.drawString(62, y, OFFICE)
        self.canvas.drawRightString(528, y, UNIT)

    def table(self, y: float, rows: Sequence[Sequence[Merged | None]]) -> float:
        """A ruled table; returns its lower side."""
        xs = [60 + sum(WIDTHS[:n]) for n in range(len(WIDTHS) + 1)]
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if cell is None:
                    continue
                bottom, height = y - (r + cell[2]) * HEIGHT, cell[2] * HEIGHT
                self.canvas.rect(xs[c], bottom, xs[c + cell[1]] - xs[c], height)
                self.put(cell[0], xs[c] + 3, xs[c + cell[1]] - 3, bottom + height / 2 - 4)
        return y - len(rows) * HEIGHT

    def put(self, text: str, left: float, right: float, y: float) -> None:
        if text[:1].isdecimal() and "." in text:
            self.canvas.drawRightString(right, y, text)
        else:
            self.canvas.drawString(left, y, text)

    def loose(self, y: float, rows: Sequence[Sequence[Merged | None]]) -> float:
        """The same without rules."""
        xs = [60 + sum(WIDTHS[:n]) for n in range(len(WIDTHS) + 1)]
        for row in rows:
            for c, cell in enumerate(row):
                if cell and cell[1] > 1 and cell[0] != "合计":
                    self.canvas.drawCentredString((xs[c] + xs[c + cell[1]]) / 2, y, cell[0])
                elif cell and not any(ch.isdecimal() for ch in cell[0]) and c > 1:
                    self.canvas.drawRightString(xs[c + 1] - 3, y, cell[0])
                elif cell:
                    self.put(cell[0], xs[c] + 3, xs[c + 1] - 3, y)
            y -= HEIGHT
        return y

    def turn_page(self, *, new: bool = True) -> None:
        if new:
            self.canvas.showPage()
        self.size()

    def done(self) -> bytes:
        self.canvas.showPage()
        self.canvas.save()
        return self.out.getvalue()


def pdf(*, ruled: bool = True) -> bytes:
    """As a PDF of one page."""
    printer = Printer()
    printer.title(790, TITLE)
    printer.title(760, TABLE_TITLE)
    printer.captions(735)
    bottom = printer.table(725, ROWS) if ruled else printer.loose(710, ROWS)
    printer.canvas.drawString(60, bottom - 15, NOTE)
    printer.canvas.drawString(60, bottom - 50, HEADING)
    printer.prose(bottom - 70, SENTENCE)
    return printer.done()


#: left or right end, distance from the top, text: codes in three columns, a wrapped label, a heading with nothing below it
LOOSE = (
    (110, 0, "项目"),
    (390, 0, "收入预算"),
    (60, 16, "功能分类科目编码"),
    (170, 22, "功能分类科目名称"),
    (300, 22, "合计"),
    (356, 16, "财政拨款"),
    (365, 26, "收入"),
    (422, 16, "事业收"),
    (430, 26, "入"),
    (470, 16, "其他收"),
    (480, 26, "入"),
    (66, 40, "类"),
    (98, 40, "款"),
    (128, 40, "项"),
    *(
        (x, y, t)
        for y, codes in ((60, "205"), (76, "205 02"), (98, "205 02 01"))
        for x, t in zip((62, 94, 124), codes.split(), strict=False)
    ),
    (160, 60, "教育支出"),
    (160, 76, "普通教育"),
    (160, 93, "学前教育（含民办及乡"),
    (160, 103, "镇中心幼儿园）"),
    *((x, y, t) for y, t in ((60, "4,120.50"), (76, "4,120.50"), (98, "4,120.50"), (120, "4,120.50")) for x in (-330, -395)),
    (62, 120, "合计"),
)


def loose_pdf() -> bytes:
    """A budget table in 9 points, without any rule."""
    printer = Printer()
    printer.title(790, "青石县教育局2025年部门预算")
    printer.title(760, "2025年部门收入预算总表")
    printer.canvas.drawString(480, 735, "单位：万元")
    printer.size(9)
    for x, down, text in LOOSE:
        (printer.canvas.drawRightString if x < 0 else printer.canvas.drawString)(abs(x), 710 - down, text)
    return printer.done()


#: by page, in the same manner: figures flush at the right of cells whose headings stand in the middle, a column without figures, groups
#: of two and three; one row of it on the next page; below it a table of one row
CARRIED = (
    (
        (250, 0, "本年收入"),
        (420, 0, "本年支出"),
        (70, 8, "项目"),
        (190, 16, "财政拨款"),
        (300, 16, "其他收入"),
        (370, 16, "小计"),
        (425, 16, "基本支出"),
        (480, 16, "项目支出"),
        *((x, 34, t) for x, t in ((62, "水利局"), (-260, "120.00"), (-400, "110.50"), (-455, "100.50"), (-510, "10.00"))),
        *((x, 50, t) for x, t in ((62, "河道所"), (-260, "30.00"), (-400, "29.00"), (-455, "9.00"), (-510, "20.00"))),
        *((x, 66, t) for x, t in ((62, "水文站"), (-260, "8.00"), (-400, "7.50"), (-455, "7.50"))),
    ),
    (
        *((x, -60, t) for x, t in ((62, "合计"), (-260, "158.00"), (-400, "147.00"), (-455, "117.00"), (-510, "30.00"))),
        (200, 0, "“三公”经费支出表"),
        (480, 20, "单位：万元"),
        (80, 40, "合计"),
        (180, 40, "公务接待费"),
        (300, 40, "公务用车运行维护费"),
        *((x, 56, t) for x, t in ((-110, "5.10"), (-240, "1.10"), (-400, "4.00"))),
    ),
)


def carried_pdf() -> bytes:
    """Accounts in 9 points, without any rule, a table of which goes on over the page."""
    printer = Printer()
    printer.title(790, "清溪市水利局2022年度部门决算")
    printer.title(760, "收支决算情况表")
    printer.canvas.drawString(480, 735, UNIT)
    for page in CARRIED:
        printer.size(9)
        for x, down, text in page:
            (printer.canvas.drawRightString if x < 0 else printer.canvas.drawString)(abs(x), 710 - down, text)
        if page is not CARRIED[-1]:
            printer.turn_page()
    return printer.done()


def long_pdf() -> bytes:
    """The table and a sentence over two pages, with running heads and page numbers, the header repeated on the second page."""
    printer = Printer()
    pages = iter((1, 2, 3))

    def turn() -> None:
        number = next(pages)
        printer.turn_page(new=number > 1)
        printer.canvas.drawString(60, 815, TITLE)
        printer.canvas.drawCentredString(297, 20, f"- {number} -")

    turn()
    printer.title(760, TABLE_TITLE)
    printer.captions(735)
    printer.table(725, ROWS[:4])
    turn()
    bottom = printer.table(790, [*ROWS[:2], *ROWS[4:]])
    printer.canvas.drawString(60, bottom - 15, NOTE)
    printer.prose(72, SENTENCE, turn)
    return printer.done()


def secret_pdf() -> bytes:
    """A page with text that nobody sees: clipped, unpainted, white, under a white box; and a heading printed twice to look bold."""
    printer = Printer()
    canvas = printer.canvas
    printer.prose(780, SENTENCE)
    canvas.saveState()
    path = canvas.beginPath()
    path.rect(60, 600, 300, 20)
    canvas.clipPath(path, stroke=0, fill=0)
    canvas.drawString(60, 605, "看得见")
    canvas.drawString(60, 500, "剪掉的正文")
    canvas.restoreState()
    canvas.saveState()
    text = canvas.beginText(60, 450)
    text.setTextRenderMode(3)
    text.textOut("不着墨的字")
    canvas.drawText(text)
    canvas.restoreState()
    canvas.setFillColorRGB(1, 1, 1)
    canvas.drawString(60, 420, "白色的字")
    canvas.setFillColorRGB(0, 0, 0)
    canvas.drawString(60, 390, "旧文字")
    canvas.setFillColorRGB(1, 1, 1)
    canvas.rect(55, 385, 200, 18, stroke=0, fill=1)
    canvas.setFillColorRGB(0, 0, 0)
    canvas.drawString(60, 390, "新文字")
    canvas.drawString(60, 360, HEADING)
    canvas.drawString(60.3, 360, HEADING)
    return printer.done()


def sideways_pdf() -> bytes:
    """The page printed sideways, without telling so."""
    printer = Printer()
    printer.canvas.translate(595, 0)
    printer.canvas.rotate(90)
    printer.title(560, TABLE_TITLE)
    printer.captions(530)
    printer.table(520, ROWS)
    return printer.done()


def scan_pdf() -> bytes:
    """A page that is only a picture."""
    printer = Printer()
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    printer.canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, 595, 842)
    return printer.done()
