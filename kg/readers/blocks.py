"""Lines to headings, paragraphs and tables: what every format shares once it has lines in reading order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.model import Address, Cell, Paragraph, Run, Table

PART = re.compile(r"^第[一二三四五六七八九十]+部分[:：]?\s*")
NUMBERED = (
    (2, re.compile(r"^[一二三四五六七八九十]{1,3}\s*[、.．]")),
    (3, re.compile(r"^[(（][一二三四五六七八九十]{1,3}[)）]")),
    (4, re.compile(r"^\d{1,2}\s*[、.．](?!\d)")),
    (5, re.compile(r"^[(（]\d{1,2}[)）]")),
)
LABEL = re.compile(r"(?:金额|货币|计量)?单位\s*[:：]|(?:部门|填报单位|编制单位)\s*[:：]|公开\s*\d+\s*表")
#: A line that is nothing but the title of a table.
TABLE_TITLE = re.compile(
    r"[^，。；：、,;:]{2,36}(?:[预决]算|收支|收入|支出|情况|明细|汇总|目标|自评|数据|总)\s*表(?:\s*[（(][^（）()]*[)）])?"
)
_AFTERWORD = re.compile(r"[。；！？!?;]\s*[（(][^（）()]*[)）]$")  # a sentence in brackets after the end of another
MARKUP = re.compile(r"\*\*|\[bookmark:[^\]]*\]|<br\s*/?>")
_END = "。；！？!?;"
_NOTE = ("注", "说明", "备注")
_CAPTION_LENGTH = 60
_HEADING_LENGTH = 44


@dataclass(frozen=True, slots=True)
class Body:
    """A table among the lines: `end` is the index past its last line; `captions` are those that stand on no line."""

    end: int
    address: Address
    rows: tuple[tuple[Cell, ...], ...]
    captions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    sheet: str = ""
    spanned: bool = False


def assemble(
    identifier: str,
    lines: Sequence[str],
    tables: Mapping[int, Body],
    *,
    skip: Container[int],
    last: Callable[[int], int],
    level: Callable[[range, str], int],
    page: Callable[[int], int | None] = lambda _: None,
    fresh: Container[int] = frozenset(),
) -> Iterator[Paragraph | Table]:
    """The blocks of a document from its lines.

    `tables` are keyed by the index of their first line; `skip` holds lines that are no content (a table of contents);
    `last` gives the last line of the paragraph that begins at a line; `level` the heading level of a paragraph, from its
    lines and its cleaned text. At the lines in `fresh` something new begins: captions before them do not reach beyond.
    """
    section: dict[int, str] = {}
    captions: list[str] = []
    n = 0
    while n < len(lines):
        captions = [] if n in fresh else captions
        if (body := tables.get(n)) is not None:
            path = tuple(section[k] for k in sorted(section))
            yield Table(body.address, body.rows, (*body.captions, *captions), body.notes, path, body.sheet, body.spanned)
            captions = []
            n = max(body.end, n + 1)
        elif not lines[n].strip() or n in skip:
            n += 1
        else:
            numbers = range(n, last(n) + 1)
            paragraph = _paragraph(identifier, lines, numbers, section, level, page(n))
            if paragraph.level:
                section = {k: v for k, v in section.items() if k < paragraph.level} | {paragraph.level: paragraph.text}
            short = len(paragraph.text) <= _CAPTION_LENGTH and not paragraph.text.startswith(_NOTE)
            captions = [*captions[-7:], paragraph.text] if short and not paragraph.text.endswith(tuple(_END)) else []
            yield paragraph
            n = numbers[-1] + 1


def _paragraph(
    identifier: str,
    lines: Sequence[str],
    numbers: range,
    section: Mapping[int, str],
    level: Callable[[range, str], int],
    page: int | None,
) -> Paragraph:
    text, runs = clean(lines, numbers)
    rank = level(numbers, text)
    path = tuple(section[k] for k in sorted(section) if not rank or k < rank)
    return Paragraph(Address(identifier, page=page, line=numbers[0] + 1, line_end=numbers[-1] + 1), text, runs, rank, path)


# --- what a line is -----------------------------------------------------------------------------


def bare(line: str) -> str:
    """A line without markup, heading signs and bullets."""
    return re.sub(r"^[#\s]+|^\s*[-*]\s+(?=\S)", "", MARKUP.sub("", line)).strip()


def heading_level(line: str) -> int:
    """The heading level of a line by its numbering or its # signs, 0 for body text.

    >>> heading_level("（一）一般公共预算财政拨款支出决算总体情况"), heading_level("1、支出12.5万元。")
    (3, 0)
    """
    text = bare(line)
    if match := re.match(r"^(#{1,6})\s", line):
        return styled_level(text, len(match[1]))
    if PART.match(text) and len(text) <= _HEADING_LENGTH:
        return 1
    if len(text) <= _HEADING_LENGTH and text[-1:] not in _END + "，,、：:" and not re.search(r"\d[\d.]*\s*(?:万元|元|%)", text):
        return numbered(text)
    return 0


def styled_level(text: str, style: int) -> int:
    """The level of a line that the file itself marks as a heading: its numbering says it better than the mark."""
    return numbered(text) or (1 if PART.match(text) else min(style, 5))


def numbered(text: str) -> int:
    """The level that a leading number stands for: 一、 2, （一） 3, 1、 4, （1） 5; 0 where there is none."""
    return next((rank for rank, pattern in NUMBERED if pattern.match(text)), 0)


def starts_new(line: str) -> bool:
    """Whether a line begins something of its own, whatever stands before it."""
    text = bare(line)
    if LABEL.match(text) or TABLE_TITLE.fullmatch(text):
        return True
    return bool(line.startswith("#") or PART.match(text) or line.lstrip().startswith(("- ", "注")) or numbered(text))


def unfinished(text: str) -> bool:
    """Whether a line breaks off inside a sentence (page break): open bracket or quote, or long with no end."""
    if not text or text[-1] in _END or text[-1] in "：:" or _AFTERWORD.search(text):
        return False
    if text[-1] in "、，," or text.count("（") > text.count("）") or text.count("“") > text.count("”"):
        return True
    if re.search(r"（[类款]）", text) and not re.search(r"（项）", text):
        return True
    return len(text) >= 30 and not numbered(text)


def paragraph_end(lines: Sequence[str], start: int, stop: Callable[[int], bool]) -> int:
    """The last line of the paragraph that begins at `start`, judged by its words alone. `stop` tells lines that no paragraph runs into."""
    last = start
    while unfinished(bare(lines[last])):
        following = next((n for n in range(last + 1, min(last + 5, len(lines))) if lines[n].strip()), None)
        if following is None or stop(following) or starts_new(lines[following]):
            break
        last = following
    return last


def notes(lines: Sequence[str], end: int, last: Callable[[int], int] = lambda n: n) -> tuple[str, ...]:
    """The notes (注：…, 说明：…, and their numbered points) that stand below a table which ends before line `end`."""
    found: list[str] = []
    n = end
    while n < min(end + 8, len(lines)):
        through = last(n)
        text = "".join(lines[n : through + 1]).strip()
        if text.startswith(_NOTE) or (found and re.match(r"^\d+[.、．]", text)):
            found.append(text)
        elif text:
            break
        n = through + 1
    return tuple(found)


def contents(lines: Sequence[str]) -> set[int]:
    """The line numbers of a table of contents: from 目录 to where its first entry comes again."""
    start = next((n for n, line in enumerate(lines) if re.sub(r"[\s#*]", "", line) == "目录"), None)
    if start is None:
        return set()
    seen: dict[str, int] = {}
    for n in range(start + 1, len(lines)):
        text = re.sub(r"[\s#*.…·\-\d]|单位|部门", "", lines[n])
        if not text:
            continue
        head = PART.match(text)
        name = head.group() if head else text
        if name in seen or len(text) > _CAPTION_LENGTH or "\t" in lines[n]:
            return set(range(start, n))
        seen[name] = n
    return set()


# --- cleaning -----------------------------------------------------------------------------------


def clean(lines: Sequence[str], numbers: range) -> tuple[str, tuple[Run, ...]]:
    """The text of some lines without markup and without breaks, and the way back to the file."""
    out: list[str] = []
    runs: list[Run] = []
    expected: tuple[int, int] | None = None
    for n in numbers:
        line = lines[n]
        drop = {i for match in MARKUP.finditer(line) for i in range(*match.span())}
        head = re.match(r"^[#\s]*|^\s*-\s+", line)
        first = head.end() if head else 0
        if bullet := re.match(r"\s*-\s+(?=\S)", line):
            first = bullet.end()
        for i in range(first, len(line)):
            char = line[i]
            if i in drop or (char.isspace() and _drop_space(line, i)):
                continue
            if expected != (n, i):
                runs.append(Run(len(out), n + 1, i))
            out.append(unicodedata.normalize("NFKC", char) if char.isdecimal() else char)
            expected = (n, i + 1)
    text = "".join(out).rstrip()
    return text, tuple(runs) or (Run(0, numbers[0] + 1, 0),)


def _drop_space(line: str, i: int) -> bool:
    """White space is kept only between Latin words; next to Chinese characters, digits and signs it is layout."""
    before, after = line[:i].rstrip()[-1:], line[i:].lstrip()[:1]
    return not (before.isascii() and after.isascii() and before.isalpha() and after.isalpha())
