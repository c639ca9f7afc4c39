"""A disclosure known as text, set as an office would set it: a Word document, a workbook, a web page, a PDF.

`render(path, suffix)` gives the bytes. The content is that of the text file: its headings, paragraphs and tables, places that
the text leaves blank under or beside a heading merged with it.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kg import numbers, readers
from kg.model import Document, Table
from kg.readers import blocks

#: Text, columns it spans, rows it spans; None where a cell above or to the left covers the place.
Merged = tuple[str, int, int]
Rows = list[list[Merged | None]]


@dataclass(frozen=True)
class Prose:
    """A paragraph; `level` is 0 for body text, `caption` says that it belongs to the table below it."""

    text: str
    level: int = 0
    caption: bool = False
    entry: bool = False  # of the table of contents


Item = Prose | Rows


def content(path: Path) -> list[Item]:
    """What a text file holds, in order."""
    document = readers.read(path)
    items: list[Item] = [Prose(blocks.bare(document.lines[n]), entry=True) for n in sorted(blocks.contents(document.lines))]
    items = [item for item in items if isinstance(item, Prose) and item.text]
    first = min(blocks.contents(document.lines), default=0)
    start = sum((b.address.line or 0) <= first for b in document.blocks)
    found = list(_blocks(document))
    return [*found[:start], *items, *found[start:]]


def _blocks(document: Document) -> Iterator[Item]:
    """The blocks of the document; a paragraph is a caption where a table follows that has it among its captions."""
    following: Table | None = None
    found: list[Item] = []
    for block in reversed(document.blocks):
        if isinstance(block, Table):
            following = block
            found.append(merged([[cell.text for cell in row] for row in block.rows]))
        else:
            lines = document.lines[(block.address.line or 1) - 1 : block.address.line_end]
            caption = following is not None and block.text in following.captions and not blocks.PART.match(block.text)
            following = following if caption else None
            found.append(Prose("".join(blocks.bare(line) for line in lines), block.level, caption))
    return reversed(found)


# --- merged cells -------------------------------------------------------------------------------


def merged(texts: Sequence[Sequence[str]]) -> Rows:
    """A table whose blank places belong to a heading or label beside or above them where a form would merge them.

    >>> merged([["项目", "", "合计"], ["编码", "名称", ""], ["201", "", "1.00"]])
    [[('项目', 2, 1), None, ('合计', 1, 2)], [('编码', 1, 1), ('名称', 1, 1), None], [('201', 1, 1), ('', 1, 1), ('1.00', 1, 1)]]
    """
    width = max(len(row) for row in texts)
    grid = [[*row, *[""] * (width - len(row))] for row in texts]
    sectioned = any(text == "一级指标" for row in grid for text in row)
    head = 0 if sectioned else next((n for n, row in enumerate(grid) if any(numbers.number(t) is not None for t in row)), len(grid))
    out: Rows = [[(text, 1, 1) for text in row] for row in grid]
    for r in range(len(grid)):
        for c in range(width):
            if out[r][c] is None or not grid[r][c]:
                continue
            if r < head:
                across = 1
                while (
                    c + across < width
                    and not grid[r][c + across]
                    and out[r][c + across]
                    and r + 1 < head
                    and grid[r + 1][c]
                    and grid[r + 1][c + across]
                ):
                    across += 1
                down = 1
                while across == 1 and r + down < head and not grid[r + down][c] and out[r + down][c] is not None:
                    down += 1
            else:
                across, down = _label(grid, out, r, c) if sectioned else (1, 1)
            out[r][c] = (grid[r][c], across, down)
            for i in range(r, r + down):
                for k in range(c, c + across):
                    if (i, k) != (r, c):
                        out[i][k] = None
    return out


def _label(grid: list[list[str]], out: Rows, r: int, c: int) -> tuple[int, int]:
    """A label of a sectioned form spans the rows below it that have none; a text alone in its row runs to the end of it."""
    width = len(grid[r])
    if sum(map(bool, grid[r])) <= 2 and not any(grid[r][c + 1 :]) and c:
        return width - c, 1
    down = 1
    while c < 2 and r + down < len(grid) and not any(grid[r + down][: c + 1]) and any(grid[r + down]) and out[r + down][c] is not None:
        down += 1
    return 1, down


# --- Word ---------------------------------------------------------------------------------------


def docx(items: Sequence[Item]) -> bytes:
    """A4, headings in Word's own styles, a page number in the footer, tables with a grid and merged cells."""
    word = pytest.importorskip("docx")
    document = word.Document()
    document.sections[0].page_width, document.sections[0].page_height = word.shared.Mm(210), word.shared.Mm(297)
    document.sections[0].footer.paragraphs[0].text = "第 1 页"
    for item in items:
        if isinstance(item, Prose):
            if item.level:
                document.add_heading(item.text, item.level)
            else:
                document.add_paragraph(item.text, "List Paragraph" if item.entry else None)
            continue
        table = document.add_table(len(item), len(item[0]), "Table Grid")
        grid = [list(row.cells) for row in table.rows]
        for r, row in enumerate(item):
            for c, cell in enumerate(row):
                if cell is not None:
                    own = grid[r][c]
                    if cell[1:] != (1, 1):
                        own = own.merge(grid[r + cell[2] - 1][c + cell[1] - 1])
                    own.text = cell[0]
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


# --- Excel --------------------------------------------------------------------------------------

_FIGURE = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(%?)")


def xlsx(items: Sequence[Item]) -> bytes:
    """A sheet for each table with its captions, and for the prose between; figures are numbers with a format."""
    import openpyxl
    from openpyxl.styles import Alignment

    book = openpyxl.Workbook()
    book.remove(book.active)
    page: Any = None
    kind, row = "", 0
    for n, item in enumerate(items):
        sort = "表" if not isinstance(item, Prose) or item.caption else "文"
        previous = items[n - 1] if n else None
        if sort != kind or (sort == "表" and previous is not None and not isinstance(previous, Prose)):
            page, kind, row = book.create_sheet(f"{sort}{len(book.sheetnames) + 1}"), sort, 0
        if isinstance(item, Prose):
            row += 1
            page.cell(row, 1, item.text).alignment = Alignment(wrap_text=True)
            page.merge_cells(start_row=row, start_column=1, end_row=row, end_column=8)
            continue
        for r, cells in enumerate(item, start=row + 1):
            for c, cell in enumerate(cells, start=1):
                if cell is not None:
                    _write(page.cell(r, c), cell[0])
                    if cell[1:] != (1, 1):
                        page.merge_cells(start_row=r, start_column=c, end_row=r + cell[2] - 1, end_column=c + cell[1] - 1)
        row += len(item)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write(cell: Any, text: str) -> None:
    bare = re.sub(r"(?<=[\d.,]) +(?=[\d.,])", "", text)
    match = _FIGURE.fullmatch(bare)
    if match is None or (bare.startswith("0") and "." not in bare and bare != "0"):
        cell.value = text or None
        cell.data_type = "s" if text else cell.data_type  # “=100%” is no formula
        return
    decimals = "." + "0" * (len(match[1]) - 1) if match[1] else ""
    cell.number_format = ("#,##0" if "," in bare else "0") + decimals + match[2]
    number = float(bare.replace(",", "").rstrip("%"))
    cell.value = number / 100 if match[2] else number if match[1] else int(number)


# --- web page -----------------------------------------------------------------------------------

_TOP = """<div class="top"><a href="/">网站首页</a> | <a href="/zwgk">政务公开</a> | 今天是2025年11月21日</div>
<ul class="nav"><li><a href="/a">机构职能</a></li><li><a href="/b">财政信息</a></li><li><a href="/c">2023年部门预算</a></li></ul>
<div class="location">当前位置：<a href="/">首页</a> &gt; <a href="/c">部门决算</a></div>"""
_FOOT = """<div class="share">分享到：<a href="#">微信</a> 【<a href="#">打印</a>】【<a href="#">关闭</a>】 浏览次数：128次</div>
<div id="footer">主办：某市人民政府办公室 网站标识码：4302000001 湘ICP备05001234号 湘公网安备 43021102000123号</div>"""


def page(items: Sequence[Item]) -> bytes:
    """A page of a government site in GB2312: navigation, the article in a table for layout, tables with spans, a footer."""
    out = ["<div>发布时间：2025-09-30 来源：本站 字体：【大 中 小】</div>"]
    for item in items:
        if isinstance(item, Prose):
            tag = f"h{min(item.level + 1, 6)}" if item.level else "p"
            out.append(f'<{tag} style="text-indent:2em">&nbsp;&nbsp;{html.escape(item.text)}</{tag}>')
        else:
            rows = (
                "".join(
                    f'<td colspan="{cell[1]}" rowspan="{cell[2]}"><p>{html.escape(cell[0]) or "&nbsp;"}</p></td>' for cell in row if cell
                )
                for row in item
            )
            out.append(f'<table border="1"><tbody>{"".join(f"<tr>{row}</tr>" for row in rows)}</tbody></table>')
    body = f'<table width="1000"><tr><td>{"".join(out)}</td></tr></table>'
    return (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"><title>部门预决算公开_某市人民政府门户网站</title>'
        f"</head><body>{_TOP}{body}{_FOOT}</body></html>"
    ).encode("gb18030")


# --- PDF ----------------------------------------------------------------------------------------

_FONT = "STSong-Light"
_SIZES = (9.0, 8.0, 7.0, 6.0)


def pdf(items: Sequence[Item]) -> bytes:
    """A4 with a running head and page numbers; a table that needs it on its side; some tables repeat their header on a new page."""
    pytest.importorskip("reportlab")
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import BaseDocTemplate, Frame, NextPageTemplate, PageBreak, PageTemplate

    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    title = next(i.text for i in items if isinstance(i, Prose))

    def furniture(canvas: Any, document: Any) -> None:
        canvas.setFont(_FONT, 9)
        wide, high = canvas._pagesize
        canvas.drawString(72, high - 40, title)
        canvas.drawCentredString(wide / 2, 30, f"- {document.page} -")

    out = io.BytesIO()
    templates = [
        PageTemplate(name, [Frame(72, 60, wide - 144, high - 120, 0, 0, 0, 0)], furniture, pagesize=(wide, high))
        for name, wide, high in (("upright", 595, 842), ("sideways", 842, 595))
    ]
    template = BaseDocTemplate(out, pageTemplates=templates, invariant=1)
    flow: list[Any] = []
    sideways = False
    for n, item in enumerate(items):
        following = [i for i in items[n : n + 9] if not isinstance(i, Prose)] if not isinstance(item, Prose) or item.caption else []
        wanted = bool(following) and len(following[0][0]) > 9
        if wanted != sideways:
            flow += [NextPageTemplate("sideways" if wanted else "upright"), PageBreak()]
            sideways = wanted
        flow.append(_set(item) if isinstance(item, Prose) else _ruled(item, 698 if sideways else 451, repeat=n % 2 == 0))
    template.build(flow)
    return out.getvalue()


def _set(item: Prose) -> Any:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph as Set

    size = {1: 18, 2: 14}.get(item.level, 12)
    right = item.caption and re.match(r"(?:金额)?单位\s*[:：]|公开", item.text)
    middle = item.caption or item.level == 1
    style = ParagraphStyle("text", fontName=_FONT, fontSize=size, leading=size * 1.5, wordWrap="CJK", spaceAfter=3)
    style.alignment, style.firstLineIndent = (2, 0) if right else (1, 0) if middle else (0, 2 * size)
    return Set(html.escape(item.text + (" " + "." * 30 + " 3" if item.entry else "")), style)


def _ruled(rows: Rows, width: float, *, repeat: bool) -> Any:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import LongTable
    from reportlab.platypus import Paragraph as Set

    count = len(rows[0])
    longest = [max([1, *(min(_length(c[0]), 24) / c[1] for row in rows if (c := row[k]))]) for k in range(count)]
    size = next((s for s in _SIZES if sum(longest) * s * 0.55 + 8 * count < width), _SIZES[-1])
    least = [min(8 + size * 1.1, width / count)] * count
    spare = width - sum(least)
    widths = [least[k] + spare * longest[k] / sum(longest) for k in range(count)]
    style = {k: ParagraphStyle("cell", fontName=_FONT, fontSize=size, leading=size * 1.25, wordWrap="CJK", alignment=k) for k in (0, 1, 2)}

    def set_(cell: Merged | None) -> Any:
        if cell is None or not cell[0]:
            return ""
        side = 2 if numbers.number(cell[0]) is not None else 1 if _length(cell[0]) < 16 else 0
        return Set(html.escape(cell[0]), style[side])

    commands: list[tuple[Any, ...]] = [
        ("GRID", (0, 0), (-1, -1), 0.5, "black"), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        *((f"{side}PADDING", (0, 0), (-1, -1), 2) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")),
    ]  # fmt: skip
    for r, row in enumerate(rows):
        commands += [("SPAN", (c, r), (c + cell[1] - 1, r + cell[2] - 1)) for c, cell in enumerate(row) if cell and cell[1:] != (1, 1)]
    head = next((n for n, row in enumerate(rows) if any(c and numbers.number(c[0]) is not None for c in row)), 0)
    repeat = repeat and not any(c and c[0] == "一级指标" for row in rows for c in row)  # labels over many rows are no header
    commands.append(("NOSPLIT", (0, 0), (0, min(head + 1, len(rows) - 1))))
    return LongTable([[set_(cell) for cell in row] for row in rows], widths, style=commands, repeatRows=head if repeat else 0)


def _length(text: str) -> int:
    """Half-widths that a text takes."""
    return sum(1 if ch.isascii() else 2 for ch in text)


FORMATS: dict[str, Callable[[Sequence[Item]], bytes]] = {".docx": docx, ".xlsx": xlsx, ".html": page, ".pdf": pdf}


def render(path: Path, suffix: str) -> bytes:
    """A text file as a file of another format."""
    return FORMATS[suffix](content(path))
