"""Plain text and Markdown: tab-separated (or piped) tables, headings with # or Chinese numbering, sentences cut by page breaks."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator

from kg.model import Address, Cell, Document, Paragraph, ReadError, Run, Table

_PART = re.compile(r"^第[一二三四五六七八九十]+部分[:：]?\s*")
_NUMBERED = (
    (2, re.compile(r"^[一二三四五六七八九十]{1,3}\s*[、.．]")),
    (3, re.compile(r"^[(（][一二三四五六七八九十]{1,3}[)）]")),
    (4, re.compile(r"^\d{1,2}\s*[、.．](?!\d)")),
    (5, re.compile(r"^[(（]\d{1,2}[)）]")),
)
_END = "。；！？!?;"
_RULE = re.compile(r"^[\s|:\-\t—]+$")
_MARKUP = re.compile(r"\*\*|\[bookmark:[^\]]*\]|<br\s*/?>")
_CAPTION_LENGTH = 60
_HEADING_LENGTH = 44


def decode(name: str, data: bytes) -> tuple[str, str]:
    """The text of a file and its encoding: UTF-8 (with or without BOM), UTF-16 with BOM, or GB18030.

    Raises ReadError where it is none of these or no text at all.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16"), "utf-16"
    if b"\x00" in data[:65536]:
        raise ReadError(f"{name}：不是文本文件（含二进制内容）。请确认后缀与内容相符，或先转换为文本。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        strange = sum(unicodedata.category(c) in ("Cc", "Co", "Cn") and c not in "\t\r\n\f\v" for c in text[:20000])
        if strange * 50 > min(len(text), 20000):
            break
        return text, "utf-8" if encoding == "utf-8-sig" else encoding
    raise ReadError(f"{name}：无法识别编码（试过 UTF-8、GB18030），或不是文本。请另存为 UTF-8 文本后重试。")


def read(name: str, identifier: str, data: bytes) -> Document:
    """Read a text file. `lines` are its lines without line ends; blocks are in file order.

    Raises ReadError for what is no text or has nothing in it.
    """
    text, encoding = decode(name, data)
    lines = tuple(line.removesuffix("\r") for line in text.split("\n"))
    if not any(line.strip() for line in lines):
        raise ReadError(f"{name}：文件里只有空白。请换一份有内容的文件。")
    return Document(identifier, name, hashlib.sha256(data).hexdigest(), tuple(_blocks(identifier, lines)), lines, encoding=encoding)


# --- lines to blocks ----------------------------------------------------------------------------


def _is_row(line: str) -> bool:
    return "\t" in line.strip(" ") and bool(line.strip()) or (line.lstrip().startswith("|") and line.count("|") > 2)


def _split_row(line: str) -> list[str]:
    if "\t" in line:
        return line.split("\t")
    return line.strip().strip("|").split("|")


def _blocks(identifier: str, lines: tuple[str, ...]) -> Iterator[Paragraph | Table]:
    toc = _contents(lines)
    section: dict[int, str] = {}
    captions: list[str] = []
    tables = 0
    n = 0
    while n < len(lines):
        line = lines[n]
        if not line.strip() or n in toc:
            n += 1
        elif _is_row(line):
            end = _table_end(lines, n)
            tables += 1
            notes = _notes(lines, end)
            yield _table(identifier, lines, n, end, tables, tuple(captions[-8:]), notes, tuple(section[k] for k in sorted(section)))
            captions = []
            n = end
        else:
            last = _paragraph_end(lines, n, toc)
            paragraph = _paragraph(identifier, lines, range(n, last + 1), section)
            if paragraph.level:
                section = {k: v for k, v in section.items() if k < paragraph.level} | {paragraph.level: paragraph.text}
            short = len(paragraph.text) <= _CAPTION_LENGTH and not paragraph.text.startswith(("注", "说明", "备注"))
            captions = [*captions, paragraph.text] if short and not paragraph.text.endswith(tuple(_END)) else []
            yield paragraph
            n = last + 1


def _contents(lines: tuple[str, ...]) -> set[int]:
    """The line numbers of a table of contents: from 目录 to where its first entry comes again."""
    for start, line in enumerate(lines):
        if re.sub(r"[\s#*]", "", line) == "目录":
            break
    else:
        return set()
    seen: dict[str, int] = {}
    for n in range(start + 1, len(lines)):
        text = re.sub(r"[\s#*.…·\-\d]|单位|部门", "", lines[n])
        if not text:
            continue
        head = _PART.match(text)
        name = head.group() if head else text
        if name in seen or len(text) > _CAPTION_LENGTH or "\t" in lines[n]:
            return set(range(start, n))
        seen[name] = n
    return set()


def _table_end(lines: tuple[str, ...], start: int) -> int:
    """Past the last row: blank lines inside a table (page breaks) do not end it."""
    end = n = start
    first = _split_row(lines[start])[0].strip()
    while n < len(lines):
        if _is_row(lines[n]):
            if n > end and first and _split_row(lines[n])[0].strip() == first:
                break  # after a gap the first row comes again: the next table of its kind
            end = n + 1
        elif lines[n].strip():
            break
        n += 1
    return end


def _notes(lines: tuple[str, ...], end: int) -> tuple[str, ...]:
    found = []
    for line in lines[end : end + 8]:
        if line.strip().startswith(("注", "说明", "备注")) or (found and re.match(r"^\d+[.、．]", line.strip())):
            found.append(line.strip())
        elif line.strip():
            break
    return tuple(found)


def _table(identifier: str, lines: tuple[str, ...], start: int, end: int, number: int, captions: tuple[str, ...],
           notes: tuple[str, ...], section: tuple[str, ...]) -> Table:
    rows = []
    for n in range(start, end):
        if not lines[n].strip() or (_RULE.match(lines[n]) and "-" in lines[n]):
            continue
        rows.append(tuple(
            Cell(_MARKUP.sub("", text).strip(), Address(identifier, line=n + 1, line_end=n + 1, table=number, row=len(rows) + 1, column=c))
            for c, text in enumerate(_split_row(lines[n]), start=1)
        ))
    address = Address(identifier, line=start + 1, line_end=end, table=number)
    return Table(address, tuple(rows), captions, notes, section)


# --- paragraphs ---------------------------------------------------------------------------------


def _bare(line: str) -> str:
    return re.sub(r"^[#\s]+|^\s*[-*]\s+(?=\S)", "", _MARKUP.sub("", line)).strip()


def _level(line: str) -> int:
    """The heading level of a line, 0 for body text."""
    if match := re.match(r"^(#{1,6})\s", line):
        bare = _bare(line)
        return next((level for level, pattern in _NUMBERED if pattern.match(bare)), 1 if _PART.match(bare) else min(len(match[1]), 5))
    text = _bare(line)
    if _PART.match(text) and len(text) <= _HEADING_LENGTH:
        return 1
    if len(text) <= _HEADING_LENGTH and text[-1:] not in _END + "，,、：:" and not re.search(r"\d[\d.]*\s*(?:万元|元|%)", text):
        for level, pattern in _NUMBERED:
            if pattern.match(text):
                return level
    return 0


def _starts_new(line: str) -> bool:
    text = _bare(line)
    if re.match(r"(?:金额|货币)?单位\s*[:：]|(?:部门|填报单位|编制单位)\s*[:：]|公开\s*\d+\s*表", text):
        return True
    return bool(line.startswith("#") or _PART.match(text) or line.lstrip().startswith(("- ", "注")) or any(p.match(text) for _, p in _NUMBERED))


def _unfinished(text: str) -> bool:
    """Whether a line breaks off inside a sentence (page break): open bracket or quote, or long with no end."""
    if not text or text[-1] in _END or text[-1] in "：:":
        return False
    if text[-1] in "、，," or text.count("（") > text.count("）") or text.count("“") > text.count("”"):
        return True
    if re.search(r"（[类款]）", text) and not re.search(r"（项）", text):
        return True
    return len(text) >= 30 and not any(p.match(text) for _, p in _NUMBERED)


def _paragraph_end(lines: tuple[str, ...], start: int, toc: set[int]) -> int:
    last = start
    while _unfinished(_bare(lines[last])):
        following = next((n for n in range(last + 1, min(last + 5, len(lines))) if lines[n].strip()), None)
        if following is None or following in toc or _is_row(lines[following]) or _starts_new(lines[following]):
            break
        last = following
    return last


def _paragraph(identifier: str, lines: tuple[str, ...], numbers: range, section: dict[int, str]) -> Paragraph:
    text, runs = _clean(lines, numbers)
    level = _level(lines[numbers[0]]) if len([n for n in numbers if lines[n].strip()]) == 1 else 0
    path = tuple(section[k] for k in sorted(section) if not level or k < level)
    return Paragraph(Address(identifier, line=numbers[0] + 1, line_end=numbers[-1] + 1), text, runs, level, path)


def _clean(lines: tuple[str, ...], numbers: range) -> tuple[str, tuple[Run, ...]]:
    """The text of some lines without markup and without breaks, and the way back to the file."""
    out: list[str] = []
    runs: list[Run] = []
    expected: tuple[int, int] | None = None
    for n in numbers:
        line = lines[n]
        drop = {i for match in _MARKUP.finditer(line) for i in range(*match.span())}
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
