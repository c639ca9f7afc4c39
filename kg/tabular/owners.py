"""Whose figures a row holds, in tables that list several units, and which project, where a column of the table says so."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from kg import identify, terms
from kg.tabular import grid as grids
from kg.tabular.context import Context

_LISTED = re.compile(r"单位|部门")  # a heading over names of units, with 科目 or 项目 between them or not


def roles(context: Context, grid: grids.Grid) -> tuple[str, ...]:
    """For each column, what its lowest heading stands for: unit, project, label …; '' where that is nothing known."""
    return tuple(_role(context, grid, c) for c in range(len(grid.paths)))


def _role(context: Context, grid: grids.Grid, c: int) -> str:
    heading = grid.paths[c][-1] if grid.paths[c] else ""
    role = context.role(heading) or ""
    if re.fullmatch(r"(?:计量)?单位", heading) and _measures(context, grid, c):
        return "measure"
    return "label" if role == "unit" and re.search(r"科目|项目|专项", heading) else role  # 单位名称（科目） heads both


def same(label: str, unit: str) -> bool:
    """Whether a printed name is the unit's own, in full or with the place left out. 某局机关 and 某局（本级） are units below 某局.

    >>> same("数据局", "某市数据局"), same("某市数据局机关", "某市数据局")
    (True, False)
    """
    one, other = terms.key(label), terms.key(unit)
    return bool(one) and (one.endswith(other) or other.endswith(one))


def bare(label: str) -> str:
    """A unit's name without the code printed before it; any other label as it is.

    >>> bare("313601某县种子管理站"), bare("2010301行政运行")
    ('某县种子管理站', '2010301行政运行')
    """
    rest = re.sub(r"^\d{3,}[-—]?(?=\D)", "", label)
    return rest if is_unit(rest) else label


def is_unit(label: str) -> bool:
    """Whether a label reads like the name of an organisation.

    >>> is_unit("某县种子管理站"), is_unit("某县某局（本级）"), is_unit("行政运行")
    (True, True, False)
    """
    bare = re.sub(r"[(（](?:本级|机关|本部|汇总)[)）]$|(?:本级|机关|本部)$", "", label)
    return len(bare) >= 3 and re.fullmatch(identify.NAME, bare) is not None


def of(context: Context, grid: grids.Grid, coded: Mapping[int, bool]) -> Mapping[int, str]:
    """The unit below whose figures a body row holds, by row; rows of the unit itself, and of documents of one unit, are left out.

    A column of names says it for its row and, where it is blank (merged cells), for the rows below; a row that is nothing but a name,
    in a column that lists names of units and of 科目 or projects, says it for the rows with a code below. `coded` tells those.
    """
    unit = context.identity.unit
    if not context.identity.kind.startswith("部门") or len(grid.blocks) != 1:
        return {}
    printed = roles(context, grid)
    labels = grid.blocks[0].labels
    names = [c for c in labels if printed[c] == "unit"]
    mixed = [c for c in labels if c not in names and grid.paths[c] and _LISTED.search(grid.paths[c][-1])]
    if not names and not mixed:
        return {}
    found: dict[int, str] = {}
    owner = ""
    for n in grid.body:
        text = bare(grid.text(n, (names or mixed)[0]))
        if (text and same(text, unit)) or any(is_total(grid.text(n, c)) for c in (*labels, *names)):
            owner = ""
        elif text and (names or (not coded.get(n, False) and is_unit(text))):
            owner = text
        if owner:
            found[n] = owner
    return found


def project(context: Context, grid: grids.Grid, n: int, block: grids.Block, printed: Sequence[str]) -> str:
    """The project that a row is about: what stands in a column of projects' names, if that is no total and no item of a classification.

    Among names that are none it may be called like one: 突发公共卫生事件应急处置 in a list of projects. Of 一级项目 and 二级项目 the
    latter, unless the row is the sum of the former's.
    """
    for c in reversed(block.labels):
        text = grid.text(n, c) if printed[c] == "project" else ""
        if text and not is_total(text) and (not _classified(context, text) or _mostly_projects(context, grid, c)):
            return text
    return ""


def _classified(context: Context, text: str) -> bool:
    """Whether a text names an item of a classification, or an indicator."""
    return context.headings.terms.find(text, ("ind", "func", "econ", "fund", "sp")) is not None


def _mostly_projects(context: Context, grid: grids.Grid, c: int) -> bool:
    """Whether a column headed 项目名称 holds names of projects, by most of its rows; 项目 alone may head 科目."""
    if "名称" not in grid.paths[c][-1]:
        return False
    named = [text for m in grid.body if (text := grid.text(m, c)) and not is_total(text)]
    return sum(_classified(context, text) for text in named) * 3 <= len(named)


def project_above(context: Context, grid: grids.Grid, n: int, block: grids.Block, printed: Sequence[str]) -> str:
    """The project that a column further left names for a row of indicators; where it is blank (merged cells), that of the rows above."""
    left = [c for c, role in enumerate(printed) if role == "project" and block.labels and c < block.labels[0] and c not in block.labels]
    for above in range(n, grid.body[0] - 1, -1) if left else ():
        text = grid.text(above, left[-1])
        if text:
            return "" if is_total(text) else text
    return ""


def _measures(context: Context, grid: grids.Grid, c: int) -> bool:
    """Whether a column headed 单位 holds measures (个, 辆), not names."""
    filled = [text for n in grid.body if (text := grid.text(n, c))]
    return bool(filled) and all(context.measure_name(text) for text in filled)


def is_total(label: str) -> bool:
    """Whether a row label names a total."""
    return bool(re.search(r"(?:合计|总计|小计)$", terms.key(label)))
