"""A page's contents within its clipping paths, which pdfminer ignores. Imported only where a PDF is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from pdfminer.converter import PDFPageAggregator
from pdfminer.layout import LTChar, LTContainer
from pdfminer.pdfinterp import PDFPageInterpreter
from pdfminer.pdftypes import stream_value
from pdfminer.psparser import PSKeyword, keyword_name
from pdfminer.utils import apply_matrix_pt, mult_matrix

from kg.readers import content
from kg.readers.layout import UNPAINTED, Box

if TYPE_CHECKING:
    from pdfminer.layout import LTComponent, LTPage
    from pdfminer.pdfinterp import PDFResourceManager
    from pdfplumber.page import Page

_EVERYWHERE: Box = (-1e9, -1e9, 1e9, 1e9)
_OFTEN = 1000  # items between two looks at the clock


def objects(page: Page, tick: Callable[[], None]) -> dict[str, list[dict[str, Any]]]:
    """What `page.objects` would be, within the clip, by kind in the order of painting: characters with what is read of them only, which
    takes a fifth of the time."""
    found: dict[str, list[dict[str, Any]]] = {}
    left, top, height = page.mediabox[0], page.mediabox[1], page.height
    for item in _inside(_layout(page, tick)):
        one = _character(item, left, top, height) if isinstance(item, LTChar) else page.process_object(item)
        found.setdefault(one["object_type"], []).append(one)
    return found


def _inside(container: LTContainer[Any]) -> Iterator[LTComponent]:
    for item in container:
        if isinstance(item, LTContainer):
            yield from _inside(item)
        else:
            yield item


def _character(item: LTChar, left: float, top: float, height: float) -> dict[str, Any]:
    """A character as pdfplumber describes it; pdfminer counts from the lower left corner of the page's box."""
    from pdfplumber.page import fix_fontname_bytes

    color, name = item.graphicstate.ncolor, item.fontname
    return {
        "object_type": "char",
        "text": item.get_text(),
        "x0": item.x0 + left if left else item.x0,
        "x1": item.x1 + left if left else item.x1,
        "top": (height - item.y1) + top,
        "bottom": (height - item.y0) + top,
        "width": item.width,
        "height": item.height,
        "size": item.size,
        "upright": item.upright,
        "matrix": item.matrix,
        "fontname": fix_fontname_bytes(name) if isinstance(name, bytes) else name,
        "non_stroking_color": color if isinstance(color, tuple) else (color,),
        "tag": item.__dict__["tag"],
        "mcid": item.__dict__["mcid"],
    }


def _layout(page: Page, tick: Callable[[], None]) -> LTPage:
    """What a page shows, in the order of painting. Each character is marked with the stretch of text it was painted in,
    and with UNPAINTED if the file says not to paint it. `tick` is called now and then, and may raise to stop."""
    device = _Device(page.pdf.rsrcmgr, page.page_number, tick)
    _Interpreter(page.pdf.rsrcmgr, device).process_page(page.page_obj)
    return device.get_result()


class _Device(PDFPageAggregator):
    """Keeps what lies within the clip."""

    def __init__(self, manager: PDFResourceManager, number: int, tick: Callable[[], None]) -> None:
        super().__init__(manager, pageno=number)
        self.tick = tick
        self.clip = _EVERYWHERE
        self.outside: list[Box] = []  # the clips around the figures that are open
        self.unpainted = False
        self.run = 0
        self.painted = 0

    def narrow(self, points: list[tuple[float, float]]) -> None:
        """Clip to the box of some points too."""
        xs, ys = [p[0] for p in points] or [0.0], [p[1] for p in points] or [0.0]
        a, b, c, d = self.clip
        self.clip = (max(a, min(xs)), max(b, min(ys)), min(c, max(xs)), min(d, max(ys)))

    def _keep(self, before: int) -> None:
        """Drop what was just painted outside the clip."""
        self.painted += 1
        if self.painted % _OFTEN == 0:
            self.tick()
        if self.clip is _EVERYWHERE:
            return
        items = self.cur_item._objs
        kept = [o for o in items[before:] if _meets((o.x0, o.y0, o.x1, o.y1), self.clip)]
        if len(kept) < len(items) - before:
            items[before:] = kept

    def render_string(self, textstate: Any, *args: Any) -> None:
        self.unpainted = textstate.render in (3, 7)
        self.run += 1
        super().render_string(textstate, *args)

    def render_char(self, *args: Any) -> float:
        before = len(self.cur_item._objs)
        advance = super().render_char(*args)
        for item in self.cur_item._objs[before:]:
            # pdfplumber hands these two names on; the file's own tags are of no use here.
            item.__dict__["tag"] = UNPAINTED if self.unpainted else None
            item.__dict__["mcid"] = self.run
        self._keep(before)
        return advance

    def paint_path(self, *args: Any) -> None:
        before = len(self.cur_item._objs)
        super().paint_path(*args)
        self._keep(before)

    def begin_figure(self, name: str, bbox: Any, matrix: Any) -> None:
        super().begin_figure(name, bbox, matrix)
        self.outside.append(self.clip)
        x0, y0, x1, y1 = bbox
        whole = mult_matrix(matrix, self.ctm)
        self.narrow([apply_matrix_pt(whole, p) for p in ((x0, y0), (x0, y1), (x1, y0), (x1, y1))])

    def end_figure(self, name: str) -> None:
        super().end_figure(name)
        self.clip = self.outside.pop()


class _Interpreter(PDFPageInterpreter):
    """Tells the device the clip, which is saved and restored with the rest of the graphics state."""

    device: _Device

    def init_state(self, ctm: Any) -> None:
        super().init_state(ctm)
        self.clips: list[Box] = []

    def do_q(self) -> None:
        self.clips.append(self.device.clip)
        super().do_q()

    def do_Q(self) -> None:
        if self.clips:
            self.device.clip = self.clips.pop()
        super().do_Q()

    def execute(self, streams: Sequence[object]) -> None:
        """The same as pdfminer's, with a quicker parser, and operators looked up once."""
        valid = [s for s in map(stream_value, streams) if s.objid is not None and s.objid not in self.parent_stream_ids]
        self.stream_ids.clear()
        self.stream_ids.update(s.objid for s in valid if s.objid is not None)
        operators: dict[PSKeyword, tuple[Callable[..., None], int] | None] = {}
        for one in content.objects(b"\n".join(s.get_data() for s in valid)):
            if not isinstance(one, PSKeyword):
                self.argstack.append(one)
                continue
            if one not in operators:
                operators[one] = self._operator(keyword_name(one))
            if (found := operators[one]) is not None and len(operands := self.pop(found[1])) == found[1]:
                found[0](*operands)

    def _operator(self, name: str) -> tuple[Callable[..., None], int] | None:
        """What an operator does, and how many operands it takes; None where it is unknown."""
        method = getattr(self, "do_" + name.replace("*", "_a").replace('"', "_w").replace("'", "_q"), None)
        return (method, method.__code__.co_argcount - 1) if method is not None else None

    def do_W(self) -> None:
        points = [(seg[i], seg[i + 1]) for seg in self.curpath for i in range(1, len(seg) - 1, 2)]
        self.device.narrow([apply_matrix_pt(self.ctm, (float(x), float(y))) for x, y in points])

    def do_W_a(self) -> None:
        self.do_W()


def _meets(item: Box, clip: Box) -> bool:
    """Whether the middle of an item lies within the clip, or a line of it crosses it. A hair of tolerance: clips sit on cell borders."""
    x0, y0, x1, y1 = item
    a, b, c, d = clip
    if x1 - x0 > 60 or y1 - y0 > 60:  # rules and frames: any part that shows
        return x1 >= a - 1 and x0 <= c + 1 and y1 >= b - 1 and y0 <= d + 1
    return a - 1 <= (x0 + x1) / 2 <= c + 1 and b - 1 <= (y0 + y1) / 2 <= d + 1
