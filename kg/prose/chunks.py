"""What a search may find of a document: its paragraphs, the sentences in its tables, its tables; each with the headings above it.

A paragraph that only announces what follows (`3、住房公积金（项）。`, `其中：`) is no answer by itself. It stands among the headings of
what it announces, which often does not name its subject again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kg import numbers, terms
from kg.model import Address, Document, Paragraph, Table

#: Length up to which a paragraph may announce, or be a caption; and from which the text of a cell is read as a sentence.
_SHORT, _SENTENCE = 90, 14
#: How many characters of its headings and row names stand for a table.
_TABLE = 600
#: Headings of columns whose cells are statements, however short (偏差原因分析, 测算依据及说明, 工作目标), and how short.
_STATED = re.compile("^(?!为|提供).{0,6}(?:原因|说明|依据|备注|用途|概述|描述|措施|工作目标|(?:工作|主要|支出|建设|服务)内容)")
_HEADING, _STATEMENT, _NAME = 14, 4, 40
#: A row of headings of indicators, under which earlier headings no longer hold; and the cell before the name of the project evaluated.
_INDICATORS, _PROJECT = re.compile("[一二三]级指标$"), re.compile(r"^项目(?:支出)?名称$")
_MARK = re.compile("[。；;，]")
_CAPTION = re.compile(
    r"^[（(]?(?:公开\s*)?\d{1,2}\s*表|单位[:：]|附[件表]|见附|(?:填报|编制|预算)(?:单位|部门)|部门[:：]|填表|联系电话|\d{4}年度?$"
)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage, a cell or (`whole`) a table: its address, its text as printed, and the headings under which it is looked for."""

    address: Address
    text: str
    headings: tuple[str, ...]
    whole: bool = False


def of(document: Document) -> Iterator[Chunk]:
    """The chunks of a document in its order."""
    announced, section = "", ()  # type: str, tuple[str, ...]
    for n, block in enumerate(document.blocks):
        if isinstance(block, Table):
            yield from _table(block)
        elif not block.level and block.text:
            if block.section != section or (_style(block.text) and _style(block.text) == _style(announced)):
                announced, section = "", block.section
            above = (*block.section, *filter(None, (announced,)))
            announces = _announces(block, document.blocks[n + 1 : n + 2])
            if announces:
                announced = block.text
            if (not announces or _states(block.text)) and (
                not _caption(block) or (_alone(document.blocks, n) and not _CAPTION.search(block.text))
            ):
                yield Chunk(block.address, block.text, above)


def _style(text: str) -> str:
    """How a paragraph is numbered: `一、`, `(一)`, `1、` … with the number left out; empty where it is not."""
    text = text.strip()
    mark = text[: len(text) - len(terms.strip_numbering(text))]
    return re.sub(r"[\d一二三四五六七八九十百①-⑳]+", "n", mark.replace("（", "(").replace("）", ")").strip())


def _states(text: str) -> bool:
    """Whether a paragraph gives a figure beside its own number and year."""
    return bool(re.search(r"\d", re.sub(r"\d{4}\s*年", "", terms.strip_numbering(text))))


def _announces(paragraph: Paragraph, following: Iterable[Paragraph | Table]) -> bool:
    """Whether a paragraph says what the next one is about: a numbered name without a figure, or a clause that ends in a colon."""
    text = paragraph.text
    after = next(iter(following), None)
    if not isinstance(after, Paragraph) or after.level or after.section != paragraph.section or len(text) > 2 * _SHORT:
        return False
    if text.endswith(("：", ":")):
        return True
    named = terms.strip_numbering(text).rstrip("。")
    told = _MARK.search(after.text) is not None and not after.text.endswith(("：", ":")) and not _style(after.text)
    return bool(_style(text)) and told and len(text) <= _SHORT and not _MARK.search(named) and not _states(text)


def _caption(paragraph: Paragraph) -> bool:
    """Whether a paragraph is a label of a page or a table, and no statement."""
    text = paragraph.text.strip()
    if len(text) > 30 or _MARK.search(text):
        return False
    return bool(_CAPTION.search(text)) or not (_style(text) or re.search(r"\d", text))


def _alone(blocks: Sequence[Paragraph | Table], n: int) -> bool:
    """Whether a paragraph is all that stands under its numbered heading, and thereby what the heading asks for: 三、实施主体."""
    around = (*blocks[max(n - 1, 0) : n], *blocks[n + 1 : n + 2])
    headings = [b for b in around if isinstance(b, Paragraph) and b.level]
    return len(headings) == 2 and bool(_style(headings[0].text))


def _table(table: Table) -> Iterator[Chunk]:
    """The statements in the cells of a table, then the table itself by its title, headings and row names."""
    title = tuple(caption for caption in table.captions if not _CAPTION.search(caption))[-1:]
    seen: set[str] = set()
    group, project, heads = "", "", {}  # type: str, str, dict[int | None, str]
    for row in table.rows:
        texts = [cell.text for cell in row]
        if any(map(_INDICATORS.search, texts)):
            heads = {}
        if texts and _PROJECT.search(texts[0]):
            project = next((t for t in texts[1:] if t and not t.endswith("名称")), "")
        group = texts[0] or group if texts else group
        for n, cell in enumerate(row):
            head = heads.get(cell.address.column, "")
            names = [group, *(t for t in texts[:n] if t and len(t) <= _NAME and numbers.figure(t) is None)]
            if _heads(cell.text):
                heads[cell.address.column] = cell.text
            elif cell.text not in seen and (_sentence(cell.text) or (head and _statement(cell.text, names))):
                seen.add(cell.text)
                above = (*table.section, *title, project, *names, head)
                yield Chunk(cell.address, cell.text, tuple(dict.fromkeys(w for w in above if w and w != cell.text)))
    if title:
        words = dict.fromkeys(c.text for row in table.rows for c in row if c.text and numbers.number(c.text) is None and c.text not in seen)
        yield Chunk(table.address, title[0], (*table.section, " ".join(words)[:_TABLE]), whole=True)


def _heads(text: str) -> bool:
    """Whether a cell is the heading of a column of statements."""
    return len(text) <= _HEADING and _STATED.search(text) is not None and not _MARK.search(text)


def _sentence(text: str) -> bool:
    """Whether a cell reads as a sentence."""
    return len(text) >= _SENTENCE and (_MARK.search(text) is not None or len(text) > 2 * _SENTENCE)


def _statement(text: str, names: Iterable[str]) -> bool:
    """Whether a cell in a column of statements makes one: words, neither a figure nor the name of its row."""
    return len(re.findall("[\u4e00-\u9fff]", text)) >= _STATEMENT and numbers.figure(text) is None and text not in names


__all__ = ["Chunk", "of"]
