"""The structure of a table, before anyone asks what it means: header tree, rank row, label and figure columns, side-by-side blocks."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from kg import numbers, terms
from kg.model import Cell, Table

_META = re.compile(
    r"^(?:公开\s*\d+\s*表(?:格|-\d+)?|(?:金额|货币)?单位\s*[:：]\s*(?:人民币)?(?:万元|元|亿元|千元)|(?:预算|决算|编报)?(?:部门|单位|编制单位|填报单位|公开部门|部门名称|单位名称)\s*[:：].*|预算年度\s*[:：]\s*\d{4}年?|\.{3,}|…+)$"
)
_DIGITS = str.maketrans("０１２３４５６７８９．％", "0123456789.%")
_CODED = re.compile(r"编码|[类款]$|^项$")  # also where the words of two headings were printed too close to be told apart
_AMOUNT = re.compile(r"-?[\d,]+(?:\.\d+)?(?:亿元|万元|千元|元)")
_TITLE = re.compile(r".{4,}表(?:[（(].*[)）])?|[（(]?(?:19|20)\d\d年度?[)）]?|\W")
_PHASE = re.compile(r"(?:年初|全年|调整)?(?:预算|决算)数[:：]?")
_SECTION = re.compile(r"[一二三四五六七八九十]+\s*[、.．]")
_ORDINAL = re.compile(r"\d{1,3}(?:=[\d()（）+＋*×÷/—－-]+)?")  # the number of a column, perhaps with what it is computed from: 6=3-1
_NAMING = ("code", "unit-code", "label")  # headings over what names a row
_TOTAL = ("合计", "总计", "收入总计", "支出总计")


@dataclass(frozen=True, slots=True)
class Block:
    """One of the label/figure groups that stand side by side. Column numbers are indices into the row."""

    codes: tuple[int, ...]
    unit_codes: tuple[int, ...]
    labels: tuple[int, ...]
    figures: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table taken apart: `header` rows, `body` rows, heading path per column, blocks from left to right."""

    table: Table
    header: tuple[int, ...]
    body: tuple[int, ...]
    paths: tuple[tuple[str, ...], ...]
    blocks: tuple[Block, ...]
    meta: tuple[str, ...]
    counted: frozenset[int] = frozenset()  # columns of names with the number of their row run into them (1某项目, 2某项目)

    def text(self, n: int, c: int) -> str:
        """The text of a cell without white space inside, of a counted column without the number; '' where the row is shorter."""
        found = cell(self.table, n, c)
        text = compact(found.text) if found else ""
        return re.sub(r"^\d+(?=\D)", "", text) if c in self.counted else text


def compact(text: str) -> str:
    """A heading without the white space that layout put between its characters, digits in half width.

    >>> compact("２１２ 01"), compact("合 计")
    ('21201', '合计')
    """
    return re.sub(r"\s+", "", text.translate(_DIGITS))


def is_figure(text: str) -> bool:
    """Whether a cell is a number, or an amount with its measure.

    >>> is_figure("1,020.00"), is_figure("1.20万元"), is_figure("5人"), is_figure("2024年")
    (True, True, False, False)
    """
    return numbers.number(text) is not None or _AMOUNT.fullmatch(text) is not None


def is_dated(heading: str) -> bool:
    """Whether under a heading stand dates and numbers that count nothing.

    >>> is_dated("起止时间"), is_dated("联系电话"), is_dated("2024年预算数")
    (True, True, False)
    """
    return re.search(r"(?:时间|日期|年限|期限|年月|电话|编号|文号|邮编|代码)$", heading) is not None


def is_meta(text: str) -> bool:
    """Whether a cell is a caption that wandered into the grid (公开03表, 单位：万元, 部门：…)."""
    return bool(_META.match(text.strip()))


def is_phase(text: str) -> bool:
    """Whether a text is a phase and nothing more: alone over all columns it is a heading and no title.

    >>> is_phase("预算数"), is_phase("支出决算表")
    (True, False)
    """
    return _PHASE.fullmatch(compact(text)) is not None


def _rank_row(texts: list[str], role: Callable[[str], str | None]) -> bool:
    """栏次, or a run 1 2 3 … that numbers the columns; 类 款 项, or the headings of the names, may stand before it."""
    filled = [t for t in texts if t]
    headed = [t for t in filled if role(t) != "rank" and len(t) > 1 and not any(c.isdigit() for c in t)]
    heading = len(headed) > 1 and not any(c.isdigit() for t in filled for c in t)  # 项目 | 栏次 | 数量 are headings
    if any(role(t) == "rank" for t in filled[:2]) and not heading:
        return True
    if filled and filled[0].endswith("栏次") and all(map(_ORDINAL.fullmatch, filled[1:])):
        return True
    place = next((n for n, t in enumerate(filled) if role(t) == "rank"), None)
    if place is not None and len(filled) > place + 1 and all(map(_ORDINAL.fullmatch, filled[place + 1 :])):
        return True
    ordinals = [int(t.partition("=")[0]) for t in filled if _ORDINAL.fullmatch(t)]
    named = sum(role(t) in _NAMING for t in filled[: len(filled) - len(ordinals)])  # 科目编码 | 科目名称 | 1 | 2 | 3
    return len(ordinals) >= 3 and len(ordinals) + named == len(filled) and ordinals == list(range(1, 1 + len(ordinals)))


def _words(texts: list[str], role: Callable[[str], str | None]) -> list[str]:
    """The headings in a row of the header: of a row that numbers the columns, what stands before 栏次."""
    if not _rank_row(texts, role):
        return texts
    first = next((n for n, t in enumerate(texts) if role(t) == "rank" or _ORDINAL.fullmatch(t)), 0)
    return [*texts[:first], *[""] * (len(texts) - first)]


def _split(table: Table, texts: list[list[str]], role: Callable[[str], str | None]) -> tuple[list[int], list[int]]:
    """Row numbers of header and body. The header ends at the rank row, at a 合计 row or at the first row with figures."""
    header: list[int] = []
    for n, row in enumerate(texts):
        filled = [t for t in row if t]
        if _rank_row(row, role):
            header.append(n)
            following = texts[n + 1] if n + 1 < len(texts) else []
            if not _rank_row(following, role):
                return header, list(range(n + 1, len(texts)))
        elif any(is_figure(t) for t in filled) or (filled and all(terms.key(t) in _TOTAL for t in filled)):
            return header, list(range(n, len(texts)))
        elif len(filled) == 1 and row[0] and _SECTION.match(row[0]) and any(sum(map(bool, texts[h])) > 1 for h in header):
            return header, list(range(n, len(texts)))  # 一、“三公”经费支出 without figures heads the rows below, not the columns
        else:
            header.append(n)
    return header, []


def _paths(rows: list[list[str]], width: int, spans: list[list[int]] | None = None) -> list[tuple[str, ...]]:
    """Heading path per column. A blank heading belongs to its left neighbour's where both stand under the same parent, and where
    `spans` are known only within that."""
    groups: list[tuple[int, ...]] = [() for _ in range(width)]
    paths: list[list[str]] = [[] for _ in range(width)]
    headed = [any(row[c] for row in rows) for c in range(width)]
    for n, row in enumerate(rows):
        last = n == len(rows) - 1
        owner = -1
        own: list[int] = [-1] * width
        for c in range(width):
            if row[c]:
                owner = c
            elif owner >= 0 and (c >= owner + spans[n][owner] if spans else last or groups[c] != groups[owner]):
                owner = -1
            own[c] = owner
        for c in range(width):
            if own[c] >= 0 and (not paths[c] or paths[c][-1] != row[own[c]]):
                paths[c].append(row[own[c]])
            groups[c] = (*groups[c], own[c])
    # A column that has no word of its own where the heading over it is divided further has no heading: the division left it out.
    divided = {groups[c][0] for c in range(width) if groups[c] and len(paths[c]) > 1}
    return [() if not headed[c] and groups[c] and groups[c][0] in divided else tuple(p) for c, p in enumerate(paths)]


def parse(table: Table, role: Callable[[str], str | None]) -> Grid:
    """Take a table apart. `role` says what a heading stands for where it is no dimension: code, label, ordinal, rank …"""
    width = max(len(row) for row in table.rows)
    texts = [[compact(cell.text) for cell in row] + [""] * (width - len(row)) for row in table.rows]
    meta = []
    for row in texts[:4]:
        for c, text in enumerate(row):
            if is_meta(text) or (text and role(text) == "caption"):
                meta.append(text)
                row[c] = ""
    meta += _titles(table, texts, width)
    header, body = _split(table, texts, role)
    headed = [(n, row) for n in header if any(row := _words(texts[n], role))]
    heads = [row for _, row in headed]
    spans = [[c.colspan for c in table.rows[n]] + [1] * (width - len(table.rows[n])) for n, _ in headed] if table.spanned else None
    paths = _paths(heads, width, spans)
    rows = [texts[n] for n in body]
    blocks = _blocks(paths, rows, role)
    if heads and not spans and (moved := _snap(heads[0], blocks, width)) != heads[0]:
        paths = _paths([moved, *heads[1:]], width)
        blocks = _blocks(paths, rows, role)
    if table.captions and is_phase(table.captions[-1]):
        paths = [(compact(table.captions[-1]).rstrip(":："), *path) if path else path for path in paths]
    counted = frozenset(c for block in blocks for c in block.labels if _runs([row[c] for row in rows]))
    return Grid(table, tuple(header), tuple(body), tuple(paths), tuple(blocks), tuple(meta), counted)


def _runs(column: list[str]) -> bool:
    """Whether the names of a column begin with 1, 2, 3 … without a mark behind it; totals begin with none."""
    numbered = [int(m[1]) for text in column if (m := re.match(r"(\d{1,3})(?![\d.．、,，)）年月日%％-])\D", text))]
    return len(numbered) > 1 and numbered == list(range(1, len(numbered) + 1)) and len(numbered) > len([t for t in column if t]) - 3


def _titles(table: Table, texts: list[list[str]], width: int) -> list[str]:
    """Take out of the grid what stands above the headings alone in its row: the title of the table, its year, a sign without meaning."""
    found = []
    for cells, row in zip(table.rows[:4], texts[:4], strict=True):
        filled = [text for text in row if text]
        alone = len(filled) == 1 and bool(row[0]) and (cells[0].colspan >= width > 1 or _TITLE.fullmatch(filled[0]) is not None)
        if filled and (not alone or is_phase(filled[0])):
            break
        found += filled
        row[:] = [""] * len(row)
    return found


def _snap(head: list[str], blocks: list[Block], width: int) -> list[str]:
    """The top headings (收入, 支出), moved to where their blocks begin, if there are as many of them as blocks."""
    filled = [text for text in head if text]
    starts = [min(columns) for b in blocks if (columns := (*b.codes, *b.unit_codes, *b.labels, *b.figures))]
    if len(filled) == 1 and len(blocks) > 1 and head.index(filled[0]) <= starts[0] and not re.search(r"\d", filled[0]):
        return [""] * width  # one heading over several blocks says nothing that holds for all of them
    if len(filled) < 2 or len(filled) != len(starts):
        return head
    moved = [""] * width
    for start, text in zip(starts, filled, strict=True):
        moved[start] = text
    return moved


def _blocks(paths: list[tuple[str, ...]], body: list[list[str]], role: Callable[[str], str | None]) -> list[Block]:
    kinds = [_kind(path, [row[c] for row in body], role) for c, path in enumerate(paths)]
    order = ("code", "unit-code", "label", "figure")
    blocks: list[dict[str, list[int]]] = [{kind: [] for kind in order}]
    for c, kind in enumerate(kinds):
        if kind in order[:3] and blocks[-1]["figure"]:
            blocks.append({kind: [] for kind in order})
        if kind in order:
            blocks[-1][kind].append(c)
    return [Block(*(tuple(block[kind]) for kind in order)) for block in blocks]


def _kind(path: tuple[str, ...], column: list[str], role: Callable[[str], str | None]) -> str:
    found = next((r for n, text in enumerate(reversed(path)) if (r := role(text)) and (n == 0 or r != "note")), None)
    if found in ("code", "unit-code"):
        return found
    if found in ("label", "unit", "project", "group"):
        return "label"
    if found in ("ordinal", "note", "rank", "measure"):
        return found
    if found in ("target", "actual", "weight", "score") and any(any(c.isdigit() for c in text) for text in column):
        return "figure"
    if path and is_dated(path[-1]):
        return "label" if path[-1].endswith("编号") and _named(column) else "note"
    filled = [t for t in column if t]
    named = [t for t in filled if terms.key(t) not in _TOTAL]  # 合计 may begin in the column of codes
    whole = bool(named) and all(re.fullmatch(r"\d{1,7}", t) for t in named)
    if whole and ((path and _CODED.search(path[-1])) or any(re.match(r"0\d", t) for t in filled)):
        return "code"
    if not path and filled and sum(not is_figure(t) for t in filled) * 2 > len(filled):
        return "label"
    if not path and not filled:
        return "empty"
    if path and filled and not any(is_figure(t) for t in filled) and any(len(t) > 2 for t in filled):
        return "label"
    return "figure"


def _named(column: list[str]) -> bool:
    """Whether under 编号 stand names (A 货物, 合计)."""
    filled = [t for t in column if t]
    return bool(filled) and all(re.search(r"[\u4e00-\u9fff]{2}", t) and not re.search(r"\d", t) for t in filled)


def cell(table: Table, row: int, column: int) -> Cell | None:
    """The cell at an index, or None where the row is shorter."""
    cells = table.rows[row]
    return cells[column] if column < len(cells) else None
