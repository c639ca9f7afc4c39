"""PDF: what is seen on the pages, in reading order; ruled and unruled tables; paragraphs and tables whole across pages."""

from __future__ import annotations

import hashlib
import io
import logging
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kg import limits
from kg.model import Address, Document, ReadError
from kg.readers import blocks, flow, furniture, joins, ocr, sniff
from kg.readers.layout import Grid, Line, Sheet

if TYPE_CHECKING:
    from pdfplumber.page import Page
    from pdfplumber.pdf import PDF
    from PIL.Image import Image

Painter = Callable[..., "Image | None"]
_SCAN = 12  # characters on a page, below which a page with pictures counts as a scan
_UNMAPPED = 0.3
_FOOT = 3  # lines below the table that may go on over the page, and the table
_ADVICE = f"可安装识别组件（{ocr.INSTALL}，不需联网识别）后重读，或先用 OCR 软件识别成可复制文字的 PDF 再读。"


def read(name: str, identifier: str, data: bytes) -> Document:
    """Read a PDF. `lines` are its lines of text in reading order (a row of a table is one line, its cells apart by tabs).

    Raises ReadError for what is no PDF, is damaged, encrypted, a scan without text, too long, or takes too much time.
    """
    sniff.expect(name, data, "PDF")
    sniff.streams(name, data)
    sheets = _sheets(name, data, sniff.Budget(name))
    notes = _judge(name, sheets)
    items = joins.join(furniture.removed(sheets))
    lines, placed, bodies, pages = _lines(identifier, items)
    where = flow.read(placed, sheets)
    toc = flow.contents(placed)

    def last(n: int) -> int:
        return where.last(n)

    bodies = {n: _with_notes(body, lines, last) for n, body in bodies.items()}
    content = blocks.assemble(identifier, lines, bodies, skip=toc, last=last, level=where.level, page=lambda n: pages[n])
    starts = [next((n + 1 for n, page in enumerate(pages) if page >= sheet.number), len(lines) + 1) for sheet in sheets]
    digest = hashlib.sha256(data).hexdigest()
    sure = {n: line.confidence for n, line in enumerate(placed, 1) if line is not None and line.confidence is not None}
    return Document(
        identifier, name, digest, tuple(content), tuple(lines), len(sheets), notes=notes, page_starts=tuple(starts), confidence=sure
    )


# --- opening ------------------------------------------------------------------------------------


def _sheets(name: str, data: bytes, budget: sniff.Budget) -> list[Sheet]:
    import pdfplumber

    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    if b"startxref" not in data[-4096:].rstrip(b"\x00 \r\n") and b"%%EOF" not in data[-4096:]:
        raise ReadError(f"{name}：PDF 不完整（没有文件尾，可能没有下载完）。请重新下载。")
    with sniff.complaints(name, "PDF "), pdfplumber.open(io.BytesIO(data)) as pdf:
        count = len(pdf.pages)
        if count == 0:
            raise ReadError(f"{name}：PDF 里一页也没有。请重新下载，或用阅读器打开后另存一份。")
        if count > (most := limits.current().pages):
            raise ReadError(f"{name}：有 {count} 页，超过上限 {most} 页。请拆分后再读，或用 --max-pages 放宽。")
        paint = _painter(data)
        sheets: list[Sheet] = []
        for page in pdf.pages:
            sheets.append(_sheet(name, pdf, page, paint, budget, _last(sheets)))
        return [_recognised(sheet, paint, budget) for sheet in sheets]


def _last(sheets: Sequence[Sheet]) -> Grid | None:
    """The table that ends the last page, but for a few lines (notes, a page number)."""
    tail = sheets[-1].items[-_FOOT:] if sheets else ()
    return next((item for item in reversed(tail) if isinstance(item, Grid)), None)


def _sheet(name: str, pdf: PDF, page: Page, paint: Painter, budget: sniff.Budget, above: Grid | None) -> Sheet:
    from kg.readers import page as pages

    budget.tick()
    with sniff.complaints(name, f"第 {page.page_number} 页"):
        _check_content(page)
        found = pages.read(page, lambda: paint(page.page_number, 0), budget.tick, above)
        if found.turned:  # text printed sideways: turn the page and read again
            page.page_obj.rotate = (page.page_obj.rotate + found.turned) % 360
            page.page_obj.attrs["Rotate"] = page.page_obj.rotate
            upright = type(page)(pdf, page.page_obj, page.page_number)
            found = pages.read(upright, lambda: paint(page.page_number, found.turned), budget.tick, above)
        page.close()
        return found


def _recognised(sheet: Sheet, paint: Painter, budget: sniff.Budget) -> Sheet:
    """A page without text layer as it is recognised in its picture, where the extra for that is installed; a blank one stays."""
    from kg.readers import page as pages

    if sheet.characters >= _SCAN or (sheet.characters and sheet.pictured <= 0.01) or not ocr.available():
        return sheet
    picture = paint(sheet.number, 0, ocr.SCALE)
    if picture is None or min(picture.tobytes(), default=255) > 128:
        return sheet
    return pages.recognised(sheet, ocr.look(picture, budget.tick))


def _check_content(page: Page) -> None:
    """Raise where the page's compressed content is damaged; pdfminer would go on with what is left of it, and nobody would know."""
    from pdfminer.pdftypes import stream_value

    if page.pdf.doc.encryption:
        return  # compressed, then encrypted: the cipher notices damage
    for content in page.page_obj.contents:
        stream = stream_value(content)
        filters = stream.get_filters()
        if filters and getattr(filters[0][0], "name", "") in ("FlateDecode", "Fl"):
            zlib.decompressobj().decompress(stream.get_rawdata() or b"")


def _painter(data: bytes) -> Painter:
    """Paints a page in grey, by its number, the degrees by which it is turned, and pixels a point.

    None where pdfium cannot open the file or paint the page: then nothing is judged by its ink.
    """
    import pypdfium2  # type: ignore[import-untyped]

    from kg.readers.visible import SCALE

    try:
        file: Any = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return lambda number, turned, scale=SCALE: None

    def paint(number: int, turned: int, scale: float = SCALE) -> Image | None:
        try:
            return file[number - 1].render(scale=scale, rotation=turned, draw_annots=False, grayscale=True).to_pil()  # type: ignore[no-any-return]
        except (pypdfium2.PdfiumError, IndexError):
            return None

    return paint


def _judge(name: str, sheets: Sequence[Sheet]) -> tuple[str, ...]:
    """What the document's notes must tell about its pages. Raises ReadError where there is no text to read."""
    scans = [s.number for s in sheets if s.characters < _SCAN and s.pictured > 0.01 and s.scan is None]
    total = sum(s.characters for s in sheets)
    if total < _SCAN or len(scans) == len(sheets):
        if any(s.pictured > 0.05 for s in sheets):
            raise ReadError(f"{name}：这是扫描件（只有图片，没有文字层），读不出文字。{_ADVICE}")
        raise ReadError(f"{name}：PDF 里没有可读的文字。如果打开能看见内容，说明文字已转成图形。{_ADVICE}")
    unmapped = sum(s.unmapped for s in sheets)
    if unmapped > _UNMAPPED * total:
        raise ReadError(
            f"{name}：字体没有文字对照表，{unmapped * 100 // total}% 的字读出来是乱码。请用原文件重新导出 PDF，或用 OCR 识别后再读。"
        )
    notes = []
    if scans:
        notes.append(f"第 {'、'.join(map(str, scans))} 页的文字是图片（扫描或转成了图形），没有文字层，未读。{_ADVICE}")
    if seen := [s for s in sheets if s.scan is not None]:
        unsure = sum(s.scan.unsure for s in seen if s.scan)
        left = f"另有 {unsure} 处看不清，未读。" if unsure else ""
        notes.append(f"第 {'、'.join(str(s.number) for s in seen)} 页没有文字层，用 OCR 识别，数据都注明置信度，引用前请对照原件。{left}")
    if crowded := [str(s.number) for s in sheets if s.crowded]:
        notes.append(f"第 {'、'.join(crowded)} 页线条太多，像是图画，没有按表格读。")
    if unmapped:
        notes.append(f"有 {unmapped} 个字没有文字对照，读作 (cid:…)。")
    return tuple(notes)


# --- items to lines -----------------------------------------------------------------------------


def _lines(identifier: str, items: Sequence[joins.Item]) -> tuple[list[str], list[Line | None], dict[int, blocks.Body], list[int]]:
    """The lines of the document, where each stands, the tables keyed by their first line, and the page of each line."""
    lines: list[str] = []
    placed: list[Line | None] = []
    bodies: dict[int, blocks.Body] = {}
    pages: list[int] = []
    for item in items:
        if isinstance(item, Line):
            lines.append(item.text)
            placed.append(item)
            pages.append(item.page)
            continue
        rows = joins.rows(identifier, item)
        first = item[0].grid
        address = Address(identifier, page=first.page, table=first.number)
        bodies[len(lines)] = blocks.Body(len(lines) + len(rows), address, rows, spanned=first.kind == "loose")
        lines += ["\t".join(cell.text for cell in row) for row in rows]
        placed += [None] * len(rows)
        pages += [row[0].address.page or first.page for row in rows]
    return lines, placed, bodies, pages


def _with_notes(body: blocks.Body, lines: Sequence[str], last: Callable[[int], int]) -> blocks.Body:
    return replace(body, notes=blocks.notes(lines, body.end, last))
