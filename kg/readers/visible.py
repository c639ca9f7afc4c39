"""What a reader of a PDF page really sees: clipped, covered, unpainted and doubled characters are left out."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kg.readers.layout import UNPAINTED

if TYPE_CHECKING:
    from pdfplumber.page import Page
    from PIL.Image import Image

Box = tuple[float, float, float, float]
Char = dict[str, Any]

_SORTS = ("latin", "chinese")
SCALE = 1.5  # pixels a point
_INK = 24  # difference of grey levels that the eye takes for ink


def characters(page: Page, picture: Callable[[], Image | None], tick: Callable[[], None]) -> list[Char]:
    """The characters that can be seen on a page, in the order of painting.

    `picture` paints the page (SCALE pixels a point); `tick` is called now and then, and may raise to stop.
    """
    from kg.readers import clip  # imports pdfminer

    page._objects = clip.objects(page, tick)  # what pdfplumber would compute itself, without regard to clipping
    chars = [c for c in page.chars if c["text"].strip() and c["x1"] > c["x0"] and _inside(c, page.cropbox)]
    chars = _single(_uncovered(chars, page.rects))
    if _doubtful(page, chars):
        chars = _with_ink(chars, page, picture())
    return [c | {"text": plain} if (plain := normal(c["text"])) != c["text"] else c for c in chars]


@lru_cache(maxsize=4096)
def normal(text: str) -> str:
    """A character as it is meant: radicals and compatibility ideographs, which some fonts are mapped to, become plain ones.

    >>> normal("⼀") == "一"
    True
    """
    if any("\u2e80" <= c <= "\u2fdf" or "\uf900" <= c <= "\ufaff" or "\ufb00" <= c <= "\ufb06" or "\ufe30" <= c <= "\ufe48" for c in text):
        return unicodedata.normalize("NFKC", text).translate(_RADICALS)
    return text


#: Radicals of the supplement block that NFKC leaves alone.
_RADICALS = str.maketrans("⺠⻓⻔⻅⻋⻚⻜⻝⻢⻥⻩⻬⻰⻳⺟⻁⻄⻉⻆⻛⻤⻦⻨⻮", "民长门见车页飞食马鱼黄齐龙龟母虎西贝角风鬼鸟麦齿")


# --- doubled and covered ------------------------------------------------------------------------


def _inside(char: Char, box: Box) -> bool:
    return bool(box[0] <= (char["x0"] + char["x1"]) / 2 <= box[2] and box[1] <= (char["top"] + char["bottom"]) / 2 <= box[3])


def _single(chars: Iterable[Char]) -> list[Char]:
    """Without the repetitions that imitate bold type or a shadow, or that lie exactly on top of each other."""
    seen: defaultdict[tuple[str, int, int], list[Char]] = defaultdict(list)
    kept: list[Char] = []
    for char in chars:
        reach = max(1.0, 0.12 * char["size"])
        text, x0, top = char["text"], char["x0"], char["top"]
        if not _stands_there(seen, text, x0, top, reach):
            seen[text, int(x0 // 4), int(top // 4)].append(char)
            kept.append(char)
    return kept


def _stands_there(seen: Mapping[tuple[str, int, int], list[Char]], text: str, x0: float, top: float, reach: float) -> bool:
    for column in range(int((x0 - reach) // 4), int((x0 + reach) // 4) + 1):
        for row in range(int((top - reach) // 4), int((top + reach) // 4) + 1):
            for other in seen.get((text, column, row), ()):
                if abs(other["x0"] - x0) <= reach and abs(other["top"] - top) <= reach:
                    return True
    return False


def white(color: Any) -> bool:
    """Whether a colour (grey, RGB or CMYK) is white."""
    values = color if isinstance(color, tuple | list) else (color,)
    if not values or not all(isinstance(v, int | float) for v in values):
        return False
    return bool(max(values) <= 0.02 if len(values) == 4 else min(values) >= 0.98)


def _uncovered(chars: list[Char], rects: list[Char]) -> list[Char]:
    """Without text that lies under other text on a white box painted over it: the box holds two texts on top of each other."""
    boxes = [r for r in rects if r["fill"] and white(r["non_stroking_color"]) and r["width"] > 4 and r["height"] > 4]
    if not boxes or len(boxes) * len(chars) > 20_000_000:
        return chars
    crossed = _crossing(chars)
    return [
        c for i, c in enumerate(chars) if i not in crossed or not any(_inside(c, (b["x0"], b["top"], b["x1"], b["bottom"])) for b in boxes)
    ]


def _crossing(chars: list[Char]) -> set[int]:
    """Indices of characters that another one, painted later, stands on."""
    places: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for i, c in enumerate(chars):
        places[int(c["x0"] // 8), int(c["top"] // 8)].append(i)
    found = set()
    for i, c in enumerate(chars):
        column, row = int(c["x0"] // 8), int(c["top"] // 8)
        near = (j for dx in (-1, 0, 1) for dy in (-1, 0, 1) for j in places[column + dx, row + dy] if j > i and j - i > 1)
        width, height = c["x1"] - c["x0"], c["bottom"] - c["top"]
        for j in near:
            o = chars[j]
            across = min(c["x1"], o["x1"]) - max(c["x0"], o["x0"])
            down = min(c["bottom"], o["bottom"]) - max(c["top"], o["top"])
            if o["text"] != c["text"] and across > 0.4 * width and down > 0.5 * height:
                found.add(i)
                break
    return found


# --- ink ----------------------------------------------------------------------------------------


def _doubtful(page: Page, chars: list[Char]) -> bool:
    """Whether anything on the page can hide text: pictures, areas of colour, transparency, type that is not plainly dark.

    Painting a page costs as much as reading it; on most pages there is nothing of the kind.
    """
    if page.images or any(c["tag"] == UNPAINTED for c in chars) or not all(map(_dark, {_colour(c) for c in chars})):
        return True
    areas = (o for o in (*page.rects, *page.curves) if o["fill"] and o["width"] > 4 and o["height"] > 4)
    return any(True for _ in areas) or _transparent(page)


def _colour(char: Char) -> Any:
    value = char["non_stroking_color"]
    return tuple(value) if isinstance(value, list) else value


def _dark(value: Any) -> bool:
    """Whether a colour (grey, RGB or CMYK) is far from white; None is black."""
    values = (0,) if value is None or value == () else value if isinstance(value, tuple) else (value,)
    if not all(isinstance(v, int | float) for v in values):
        return False
    return bool(sum(values) >= 0.5 if len(values) == 4 else min(values) <= 0.7)


def _transparent(page: Page) -> bool:
    """Whether the page uses what only painting resolves: transparency, masks, shadings, patterns, pages within the page."""
    from pdfminer.pdftypes import dict_value, resolve1

    resources = page.page_obj.resources or {}
    if any(resources.get(name) for name in ("XObject", "Shading", "Pattern")):
        return True
    for state in dict_value(resources.get("ExtGState") or {}).values():
        values = dict_value(state)
        mode = getattr(resolve1(values.get("BM")), "name", "Normal")
        if any(float(resolve1(values.get(k, 1))) < 1 for k in ("ca", "CA")) or mode not in ("Normal", "Compatible"):
            return True
        if getattr(resolve1(values.get("SMask")), "name", "None") != "None":
            return True
    return False


def _with_ink(chars: list[Char], page: Page, bitmap: Image | None) -> list[Char]:
    """Without characters that leave no trace on the page as painted: white on white, not painted, under a picture.

    A font of which most characters leave no trace is one that could not be painted here (it is not embedded, and this
    machine has none of its script): there what the file says about colour and painting must do.
    """
    boxes = [(r["x0"], r["top"], r["x1"], r["bottom"]) for r in page.rects if r["fill"] and not white(r["non_stroking_color"])]
    unpainted = [c["tag"] == UNPAINTED for c in chars]
    scan = sum(unpainted) * 2 > len(chars)  # text laid invisibly over a picture of itself
    shown = [
        (scan or not flag) and (not white(c["non_stroking_color"]) or any(_inside(c, box) for box in boxes) or bool(page.images))
        for c, flag in zip(chars, unpainted, strict=True)
    ]
    if bitmap is not None:
        ink = [_leaves_trace(c, bitmap, page.cropbox) for c in chars]
        kinds = [(c["fontname"], _sort(c["text"])) for c in chars]
        all_of, seen_of = Counter(kinds), Counter(kind for kind, trace in zip(kinds, ink, strict=True) if trace)
        # A sign that the font here lacks seems inked where a rule runs close by; letters are too many for that.
        paintable = {kind for kind in all_of if seen_of[kind] * 2 >= all_of[kind] and (kind[1] in _SORTS or seen_of[kind] == all_of[kind])}
        shown = [trace if kind in paintable else flag for kind, trace, flag in zip(kinds, ink, shown, strict=True)]
    return [c for c, visible in zip(chars, shown, strict=True) if visible]


def _sort(text: str) -> str:
    """The sort of characters that a font here may lack as a whole: its letters and digits, its Chinese, or one sign (≥, “)."""
    return _SORTS[0] if text.isascii() else _SORTS[1] if text > "\u2e80" else text


def _leaves_trace(char: Char, bitmap: Image, crop: Box) -> bool:
    x0, y0 = int((char["x0"] - crop[0]) * SCALE), int((char["top"] - crop[1]) * SCALE)
    x1, y1 = int((char["x1"] - crop[0]) * SCALE + 1), int((char["bottom"] - crop[1]) * SCALE + 1)
    dark, light = bitmap.crop((x0, y0, max(x1, x0 + 1), max(y1, y0 + 1))).getextrema()
    return bool(light - dark > _INK)  # type: ignore[operator]  # one band: two numbers
