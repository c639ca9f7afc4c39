"""Scanned pages: characters and rules found in the picture of a page. Needs the extra `ocr` (offline, models in the package)."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kg.model import Document, Fact, Table, Unread
from kg.readers.layout import Scan

if TYPE_CHECKING:
    from PIL.Image import Image

#: Pixels a point at which pages are looked at: 180 dpi, at which a figure of small type is some 20 pixels high.
SCALE = 2.5
INSTALL = "pip install 'chazhang[ocr]'"
#: Confidence of its digits below which a figure is not taken.
SURE = 0.8
_LEAST = 0.6  # confidence below which a word is not taken as read
_RULE = 24  # points: what is dark and straight for this long is a rule, not a stroke of a character
_DARK = 160  # grey levels below this are ink

Char = dict[str, Any]
Seen = tuple[Any, str, float, Sequence[Any]]


def available() -> bool:
    """Whether the extra is installed."""
    return all(importlib.util.find_spec(name) is not None for name in ("rapidocr", "onnxruntime", "cv2"))


@lru_cache(maxsize=1)
def _engine() -> Callable[..., Any]:
    """The recogniser; its models take some seconds to load. No turning of words by 180°: it turns 08 into 80."""
    import logging

    from rapidocr import RapidOCR  # type: ignore[import-not-found,unused-ignore]

    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    settings = {"Global.use_cls": False, "Global.log_level": "critical", "EngineConfig.onnxruntime.intra_op_num_threads": threads}
    return RapidOCR(params=settings)  # type: ignore[no-any-return,unused-ignore]


def look(picture: Image, tick: Callable[[], None]) -> Scan:
    """What stands on the picture of a page (SCALE pixels a point): characters like those of a text layer, and rules.

    A crooked picture is straightened, one that lies on its side is turned. `tick` is called now and then, and may raise to stop.
    """
    picture = _straight(picture.convert("L"))
    found, turned = _read(picture, tick), 0
    if _sideways(found):
        others = {degrees: _read(picture.rotate(-degrees, expand=True), tick) for degrees in (90, 270)}
        turned = max(others, key=lambda degrees: _worth(others[degrees]))
        found, picture = others[turned], picture.rotate(-turned, expand=True)
    chars: list[Char] = []
    unsure = 0
    for run, (box, text, score, words) in enumerate(found):
        if score < _LEAST:
            unsure += 1
        else:
            chars += _characters(run, box, text, score, words)
    return Scan(tuple(chars), tuple(_rules(picture)), unsure, turned)


def _read(picture: Image, tick: Callable[[], None]) -> list[Seen]:
    """The lines of a picture: corners, text, confidence, words."""
    import numpy as np

    tick()
    found = _engine()(np.asarray(picture.convert("RGB")), return_word_box=True, return_single_char_box=True)
    tick()
    if found.boxes is None:
        return []
    return [(b, str(t), float(s), w) for b, t, s, w in zip(found.boxes, found.txts, found.scores, found.word_results, strict=False)]


def _worth(found: Sequence[Seen]) -> float:
    return sum(score * len(text) for _, text, score, _ in found)


def _sideways(found: Sequence[Seen]) -> bool:
    """Whether most text stands in boxes that are higher than wide."""
    boxes = [([p[0] for p in box], [p[1] for p in box]) for box, text, _, _ in found if len(text) > 2]
    tall = sum(max(ys) - min(ys) > 1.5 * (max(xs) - min(xs)) for xs, ys in boxes)
    return bool(tall * 2 > len(boxes))


def _straight(picture: Image) -> Image:
    """A crooked picture, turned by the angle (up to 2°) at which its lines of ink are most distinct."""
    import numpy as np
    from PIL.Image import Resampling

    small = picture.resize((800, max(1, 800 * picture.height // picture.width)))

    def distinct(angle: float) -> float:
        ink = (np.asarray(small.rotate(angle, fillcolor=255)) < _DARK)[40:-40, 40:-40]
        return float(np.var(ink.sum(axis=1)) + np.var(ink.sum(axis=0)))

    angle = max((n / 2 for n in range(-4, 5)), key=distinct)
    angle = max((angle + n / 10 for n in range(-4, 5)), key=distinct)
    return picture.rotate(angle, fillcolor=255, resample=Resampling.BILINEAR) if abs(angle) >= 0.1 else picture


def _characters(run: int, box: Any, text: str, score: float, words: Sequence[Any]) -> Iterator[Char]:
    """The characters of one line, each at the place where the recogniser saw it; evenly spread where it does not say."""
    xs, ys = [float(p[0]) / SCALE for p in box], [float(p[1]) / SCALE for p in box]
    left, right, top, bottom = min(xs), max(xs), min(ys), max(ys)
    places = [(str(w[0]), float(w[1]), [float(p[0]) / SCALE for p in w[2]]) for w in words if w and w[2] is not None]
    if "".join(w[0] for w in places) != text.replace(" ", ""):
        step = (right - left) / max(len(text), 1)
        places = [(c, score, [left + n * step, left + (n + 1) * step]) for n, c in enumerate(text) if c.strip()]
    margin = 0.12 * (bottom - top)  # the recogniser's boxes have white space around the type
    for word, sure, sides in places:
        step = (max(sides) - min(sides)) / len(word)
        for n, char in enumerate(word):
            x0 = min(sides) + n * step
            yield {
                "text": char,
                "x0": x0,
                "x1": x0 + step,
                "top": top + margin,
                "bottom": bottom - margin,
                "size": bottom - top - 2 * margin,
                "upright": True,
                "matrix": (1.0, 0.0, 0.0, 1.0, x0, top),
                "fontname": "",
                "mcid": run,
                "confidence": min(sure, score),
            }


def _rules(picture: Image) -> Iterator[dict[str, Any]]:
    """The straight horizontal and vertical lines of a picture, as edges in points."""
    import cv2  # type: ignore[import-not-found,unused-ignore]
    import numpy as np

    ink = (np.asarray(picture.convert("L")) < _DARK).astype(np.uint8) * 255
    length = int(_RULE * SCALE)
    for orientation, shape in (("h", (length, 1)), ("v", (1, length))):
        lines = cv2.morphologyEx(ink, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, shape))
        count, _, stats, _ = cv2.connectedComponentsWithStats(lines, connectivity=8)
        for x, y, width, height, _ in stats[1:count]:
            x0, x1, top, bottom = x / SCALE, (x + width) / SCALE, y / SCALE, (y + height) / SCALE
            if orientation == "h":
                if height > 5 * SCALE:
                    continue  # a filled area
                top = bottom = (top + bottom) / 2
            else:
                if width > 5 * SCALE:
                    continue
                x0 = x1 = (x0 + x1) / 2
            yield {
                "object_type": "line",
                "orientation": orientation,
                "x0": float(x0),
                "x1": float(x1),
                "top": float(top),
                "bottom": float(bottom),
                "width": float(x1 - x0),
                "height": float(bottom - top),
            }


# --- what it means for facts --------------------------------------------------------------------


def marked(document: Document, facts: Sequence[Fact]) -> tuple[list[Fact], list[Unread]]:
    """The facts, those that were recognised in a picture with the confidence of their cell or line; what is too uncertain is none."""
    tables = [block for block in document.blocks if isinstance(block, Table)]
    cells = {c.address: c.confidence for table in tables for row in table.rows for c in row if c.confidence is not None}
    found: list[Fact] = []
    unread: list[Unread] = []
    for fact in facts:
        here = fact.address
        sure = cells.get(replace(here, start=None, end=None))
        if sure is None and here.line is not None:
            lines = range(here.line, (here.line_end or here.line) + 1)
            sure = min((document.confidence[n] for n in lines if n in document.confidence), default=None)
        if sure is not None and sure < SURE:
            unread.append(Unread(here, fact.quote, f"扫描件上看不清（置信度 {sure:.2f}）", False))
        else:
            found.append(replace(fact, confidence=sure) if sure is not None else fact)
    return found, unread
