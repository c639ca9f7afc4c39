"""Rows named by a code of a classification: in a column of its own, in three, before the name in one cell, or by the rows above."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kg import iris, terms
from kg.knowledge import Concept
from kg.tabular import grid as grids
from kg.tabular.frame import Frame, Row, texts

_SCHEMES = ("func", "econ", "govecon")
_WITH_NAME = re.compile(r"[\[【(（]?(\d{3}|\d{5}|\d{7})[\]】)）]?[-—]?(?=\D)(?![年元万千亿个人辆%％])(.+)")


def of_row(frame: Frame, n: int, block: grids.Block) -> tuple[str, str]:
    """The code of a row and the label that stands with it, '' where it has none.

    Code cells that are parts (类 款 项) make one code; of two classifications side by side the table's own counts, with the name behind it.
    """
    cells = [(c, t) for c in block.codes for t in texts(frame, n, (c,)) if t]
    whole = [(c, t) for c, t in cells if t.isdecimal() and len(t) > 2]
    if len(whole) > 1 and len(whole) == len(cells):
        wanted = [s for s in (frame.form.rows if frame.form else ()) if s in _SCHEMES] or _SCHEMES
        known = [(c, t) for s in wanted for c, t in whole if f"{s}:{t}" in frame.context.knowledge.concepts]
        column, code = (known or whole)[0]
        behind = [c for c in block.labels if c > column]
        return code, next((t for t in texts(frame, n, tuple(behind[:1])) if t), "")
    code = code_of([t for _, t in cells])
    return (code, "") if code else _before_name(frame, n, block)


def _before_name(frame: Frame, n: int, block: grids.Block) -> tuple[str, str]:
    """[2010301]行政运行, 30101-基本工资: a code and its name in one cell, where the code is one of the table's classification."""
    for text in texts(frame, n, (*block.codes, *block.labels)):
        match = _WITH_NAME.fullmatch(text)
        scheme = scheme_of(frame, match[1]) if match else ""
        known = match and any(f"{scheme}:{match[1][:n]}" in frame.context.knowledge.concepts for n in (3, 5, 7))
        listed = block.codes or (frame.form is not None and scheme in frame.form.rows)
        if match and known and (listed or f"{scheme}:{match[1]}" in frame.context.knowledge.concepts):
            return match[1], match[2]
    return "", ""


def code_of(codes: list[str]) -> str:
    """The code that the cells of a row's code columns make, or '' where they hold something else."""
    digits = [t for t in codes if t.isdecimal()]
    return "".join(digits) if len(digits) == len(codes) else ""


def coded(frame: Frame) -> Mapping[int, bool]:
    """Which rows of the body begin with a code of a classification."""
    first = frame.grid.blocks[0] if frame.grid.blocks else None
    return {n: bool(scheme_of(frame, of_row(frame, n, first)[0])) for n in frame.grid.body} if first else {}


def homonym(frame: Frame, n: int, block: grids.Block, concept: Concept, label: str) -> Concept | None:
    """Which of the 科目 of one name (行政运行) a row without a code is: that of the nearest row above that is the 款 or 类 of one.

    Where no row above tells it is the 类 of that name, and None where there is none.
    """
    alike = frame.context.headings.namesakes(label)
    if len(alike) < 2:
        return concept
    for above in range(n - 1, frame.grid.body[0] - 1, -1):
        text = next((t for t in texts(frame, above, block.labels) if t), "")
        over = [c.notation or "" for c in frame.context.headings.namesakes(text)]
        for own in alike:
            if any(code and (own.notation or "").startswith(code) and own.notation != code for code in over):
                return own
    return next((c for c in alike if len(c.notation or "") == 3), None)


def scheme_of(frame: Frame, code: str) -> str:
    """The classification a code belongs to: the form's, else by its digits."""
    wanted = [s for s in (frame.form.rows if frame.form else ()) if s in _SCHEMES]
    if len(code) not in (3, 5, 7):
        return ""
    for scheme in wanted or _SCHEMES:
        if f"{scheme}:{code}" in frame.context.knowledge.concepts:
            return scheme
    own = {"2": "func", "3": "econ", "5": "govecon"}.get(code[0], "")
    return own or (wanted[0] if wanted else "")


def row(frame: Frame, code: str, label: str) -> Row:
    """The meaning of a row with a code."""
    scheme = scheme_of(frame, code)
    concepts = frame.context.knowledge.concepts
    concept = concepts.get(f"{scheme}:{code}")
    name = label or (concept.label if concept else code)
    item, repair = _named(frame, scheme, code, label)
    dims = {"item": item}
    known = item.partition(":")[2] if item in concepts else code
    for length in (len(known), 3):
        above = concepts.get(f"{scheme}:{known[:length]}")
        if above is not None and above.spend_in_basic:
            dims["spendInBasic"] = above.spend_in_basic.partition(":")[2]
            break
    return Row(name, f"{code} {name}", dims, code, name, False, repair, repair is not None)


def _named(frame: Frame, scheme: str, code: str, label: str) -> tuple[str, str | None]:
    """The item of a coded row. Some publishers number their own rows (302 04 电费): then the printed name tells the item, not the code."""
    concepts = frame.context.knowledge.concepts
    concept = concepts.get(f"{scheme}:{code}")
    if concept is None and len(code) > 3:  # 类 mistyped or cut off: 7 | 11 | 02 事业单位医疗
        ends = [c for c in concepts.values() if c.prefix == scheme and (c.notation or "").endswith(code[-4:]) and terms.names(c, label)]
        if len(ends) == 1 and len(ends[0].notation or "") > len(code):
            return ends[0].curie, f"编码{code}不完整，按名称“{label}”记"
    if concept is None or not label or terms.names(concept, label):
        return f"{scheme}:{code}", None
    siblings = (f"{scheme}:{code[:-2]}{n:02}" for n in range(100)) if len(code) > 3 else ()
    other = next((concepts[s] for s in siblings if s in concepts and terms.names(concepts[s], label)), None)
    if other is None:
        if terms.akin(label, (concept.label, *concept.alt)):
            return f"{scheme}:{code}", None
        other = frame.context.headings.terms.find(label, (scheme,))
    if other is not None and len(other.notation or "") == len(code):
        return other.curie, f"编码{code}是“{concept.label}”，与名称“{label}”不符，按名称记"
    return f"item:{iris.slug(label)}", f"编码{code}是“{concept.label}”，与名称“{label}”不符，按名称另记"
