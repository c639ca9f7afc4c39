"""What a printer put around the content of pages: page numbers and running heads."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from kg.readers.blocks import LABEL
from kg.readers.layout import Grid, Line, Sheet

_NUMBER = re.compile(r"[-—–－~·.\s]*(?:第\s*)?(\d{1,4})(?:\s*页)?(?:[\s/／,，]*(?:共\s*)?\d{1,4}\s*页?)?[-—–－~·.\s]*")
_MARGIN = 0.13  # of the height of a page
_DEPTH = 2  # lines from the edge


def removed(sheets: Sequence[Sheet]) -> list[Sheet]:
    """The pages without page numbers and running heads."""
    outer = {id(line): sheet for sheet in sheets for line in _outer(sheet)}
    lines = [item for sheet in sheets for item in sheet.items if isinstance(item, Line) and id(item) in outer]
    drop = {id(line) for line in _page_numbers(lines)} | {id(line) for line in _running_heads(lines, sheets)}
    return [replace(sheet, items=tuple(item for item in sheet.items if id(item) not in drop)) for sheet in sheets]


def _outer(sheet: Sheet) -> Iterable[Line]:
    """The lines at the very top and bottom of a page, in its margins."""
    for items, limit in ((sheet.items[:_DEPTH], "top"), (sheet.items[-_DEPTH:], "bottom")):
        for item in items:
            if isinstance(item, Grid):
                continue
            if (item.box[3] < _MARGIN * sheet.height) if limit == "top" else (item.box[1] > (1 - _MARGIN) * sheet.height):
                yield item


def _page_numbers(lines: Sequence[Line]) -> list[Line]:
    """Numbers that count with the pages; a decorated one (- 3 -, 第3页) is a page number wherever it stands."""
    found = [(line, match) for line in lines if (match := _NUMBER.fullmatch(line.text))]
    offsets = Counter(int(match[1]) - line.page for line, match in found)
    return [
        line
        for line, match in found
        if offsets[int(match[1]) - line.page] >= 2 or re.search(r"^[-—–－~·]\s*\d+\s*[-—–－~·]$|第.*页|/", line.text)
    ]


def _running_heads(lines: Sequence[Line], sheets: Sequence[Sheet]) -> list[Line]:
    """Lines that come again at the same height on most pages. A caption is none, and neither is what always stands above a table."""
    above = {id(a) for sheet in sheets for a, b in pairwise(sheet.items) if isinstance(b, Grid) or LABEL.search(b.text)}
    places: defaultdict[tuple[str, int], list[Line]] = defaultdict(list)
    for line in lines:
        if not LABEL.search(line.text):
            places[re.sub(r"[\d\s]+", "#", line.text), round(line.box[1] / 6)].append(line)
    return [
        line
        for found in places.values()
        if len(found) >= 3 and len(found) * 5 >= 2 * len(sheets) and not all(id(x) in above for x in found)
        for line in found
    ]
