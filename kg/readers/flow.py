"""Lines at places to running text: which line goes on with which, what is a heading, what is the table of contents."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from kg.readers import blocks
from kg.readers.layout import Line, Sheet

_END = "。；！？!?;：:"
_MEASURE = 0.55  # of the page's width: a line this long is part of a paragraph


@dataclass(frozen=True, slots=True)
class Margins:
    """Where text begins and ends on a page."""

    left: float
    right: float


@dataclass(frozen=True)
class Flow:
    """What the places of lines say. `placed` has one entry per line of the document, None for the rows of tables."""

    placed: Sequence[Line | None]
    margins: dict[int, Margins]
    width: dict[int, float]
    body: float  # type size of most text
    titles: float | None  # size of 第X部分 headings, where there are any

    def last(self, n: int) -> int:
        """The last line of the paragraph that begins at line n."""
        while n + 1 < len(self.placed):
            line, following = self.placed[n], self.placed[n + 1]
            if line is None or following is None or not self._goes_on(line, following):
                break
            n += 1
        return n

    def level(self, numbers: range, text: str) -> int:
        """The heading level of a paragraph: by its numbering, else by being a title set large in the middle."""
        line = self.placed[numbers[0]]
        if line is None or len(numbers) > 3:
            return 0
        if rank := blocks.heading_level(text):
            return rank
        title = (
            len(text) <= 44
            and text[-1:] not in _END + "，、,."
            and not re.search(r"[：:]", text)
            and re.search(r"[\u4e00-\u9fff]{2}", text)
        )
        large = line.size > 1.15 * self.body and line.box[0] > self.margins[line.page].left + line.size
        if not title or not (large or (line.bold and line.size >= self.body and self._centred(line))):
            return 0
        return 1 if self.titles is None or line.size >= self.titles - 0.5 else 0

    def _centred(self, line: Line) -> bool:
        middle = self.width[line.page] / 2
        margins = self.margins[line.page]
        off = min(abs((line.box[0] + line.box[2]) / 2 - m) for m in (middle, (margins.left + margins.right) / 2))
        return off < 1.5 * line.size and line.box[0] > margins.left + line.size

    def _goes_on(self, line: Line, following: Line) -> bool:
        """Whether the second line continues the sentence or title of the first."""
        size = min(line.size, following.size)
        if max(line.size, following.size) > 1.2 * size:
            return False
        margins = self.margins[line.page]
        token = re.match(r"[\x21-\x7e]+|.[，。；、：）”》]?", following.text)
        share = len(token[0]) / max(len(following.text), 1) if token else 0
        full = line.box[2] + share * (following.box[2] - following.box[0]) > margins.right - 0.3 * size
        new = blocks.starts_new(following.text)
        ended = line.text[-1:] in _END
        indent = following.box[0] - self.margins[following.page].left
        if self._centred(following) and indent > 3 * size and line.bold == following.bold and not new:  # a title over two lines
            long = line.box[2] - line.box[0] > 0.6 * (margins.right - margins.left)
            return not ended and long and (line.bold or line.size > 1.05 * self.body)
        if indent > 0.8 * size:
            return abs(line.box[0] - following.box[0]) < 0.3 * size and full and not ended and not new
        if full:
            return not (new and ended)
        long = line.box[2] - line.box[0] > 0.7 * (margins.right - margins.left)
        return not new and not ended and (long or line.text[-1:] in "、，," or line.text.count("（") > line.text.count("）"))


def read(placed: Sequence[Line | None], sheets: Sequence[Sheet]) -> Flow:
    """Measure the pages."""
    lines = [line for line in placed if line is not None]
    width = {sheet.number: sheet.width for sheet in sheets}
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size * 2) / 2] += len(line.text)
    body = sizes.most_common(1)[0][0] if sizes else 10.0
    parts = [line.size for line in lines if blocks.PART.match(line.text) and blocks.heading_level(line.text) == 1]
    pages: defaultdict[int, list[Line]] = defaultdict(list)
    groups: defaultdict[int, list[Line]] = defaultdict(list)
    for line in lines:
        pages[line.page].append(line)
        groups[round(width[line.page] / 10)].append(line)
    margins = {number: _margins(pages[number], groups[round(width[number] / 10)], width[number]) for number in width}
    return Flow(placed, margins, width, body, max(parts, default=None))


def _margins(own: Sequence[Line], group: Sequence[Line], width: float) -> Margins:
    """Left and right side of the text: of this page where it has enough of it, else of all pages of this size."""
    for lines in (own, group):
        wide = [line for line in lines if line.box[2] - line.box[0] > _MEASURE * width]
        if len(wide) >= 4:
            starts = Counter(round(line.box[0] / 3) for line in wide)
            left = min(start for start, count in starts.items() if count * 7 >= len(wide)) * 3
            ends = sorted(line.box[2] for line in wide)
            return Margins(min(line.box[0] for line in wide if abs(line.box[0] - left) <= 3), ends[int(0.9 * (len(ends) - 1))])
    lines = own or group
    if not lines:
        return Margins(0.1 * width, 0.9 * width)
    return Margins(min(line.box[0] for line in lines), max(max(line.box[2] for line in lines), 0.85 * width))


# --- table of contents --------------------------------------------------------------------------


def contents(placed: Sequence[Line | None]) -> set[int]:
    """The numbers of the lines of the table of contents: from 目录 as long as entries follow and none comes again."""
    start = next((n for n, line in enumerate(placed) if line is not None and re.sub(r"\s", "", line.text) == "目录"), None)
    if start is None:
        return set()
    seen: set[str] = set()
    end = start + 1
    while end < len(placed):
        line = placed[end]
        if line is None or not _entry(line.text) or (name := _name(line.text)) in seen:
            break
        before = placed[end - 1]
        if (
            before is not None
            and line.page != before.page
            and not _all_entries([x for x in placed[end:] if x is not None and x.page == line.page])
        ):
            break
        seen.add(name)
        end += 1
    return set(range(start, end))


def _entry(text: str) -> bool:
    return (len(text) <= 60 and text[-1] not in "。；：") or bool(re.search(r"[.…·]{4,}\s*\d+$", text))


def _all_entries(lines: Sequence[Line]) -> bool:
    marked = sum(bool(blocks.PART.match(x.text) or blocks.numbered(x.text) or re.search(r"[.…·\s]\d+$", x.text)) for x in lines)
    return all(_entry(x.text) for x in lines) and marked * 2 >= len(lines)


def _name(text: str) -> str:
    head = blocks.PART.match(text)
    return re.sub(r"\s", "", head.group()) if head else re.sub(r"[.…·\s]|\d+$", "", text)
