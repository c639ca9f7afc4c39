"""What names a row: code, label, unit, project, the parent that only its place tells; and what that fixes in the row's figures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from kg import iris, numbers, terms
from kg.knowledge import Concept
from kg.tabular import codes, forms, owners
from kg.tabular import grid as grids
from kg.tabular.context import is_money
from kg.tabular.frame import TOTALS, Frame, Row, texts
from kg.tabular.owners import is_total, is_unit, same

_MEASURE = re.compile(r"[（(]([^（()）]{1,4})[)）]$")
_DEPTHS = tuple(
    re.compile(p)
    for p in (r"[一二三四五六七八九十]+\s*[、.．]", r"[（(][一二三四五六七八九十]+[)）]", r"\d{1,2}\s*[、.．]", r"[（(]\d{1,2}[)）]")
)
_OWN_CODE = re.compile(r"单位\s*[:：]\s*(\d{3,})")
_LONG = 5  # characters that the full name of a unit has more than
_DEFAULT_ROWS = ("ind", "func", "econ", "fund")


def row(frame: Frame, n: int, block: grids.Block, pending: str) -> Row | None:
    """The meaning of a row in one block; None where nothing names it. `pending` is a label further left that had no figure."""
    found = _row(frame, n, block, pending)
    if found is None:
        return None
    measured = _measure_beside(frame, n)
    owner = {"unit": frame.owners[n]} if n in frame.owners else {}
    above = "" if "project" in found.dims else owners.project_above(frame.context, frame.grid, n, block, frame.roles)
    named = {"project": above, "item": f"item:{iris.slug(found.label) or 'x'}"} if above and not found.total else {}
    return replace(found, dims={**found.dims, **measured, **owner, **named}) if owner or measured or named else found


def _measure_beside(frame: Frame, n: int) -> dict[str, str]:
    """What a column of measures (计量单位) says of its row."""
    named = next((t for c, role in enumerate(frame.roles) if role == "measure" for t in texts(frame, n, (c,)) if t), "")
    measure = frame.context.measure_name(named)
    kind = {} if is_money(measure) else {"metric": "比率" if measure == "%" else "数量"}
    return {"measure": measure, **kind} if measure else {}


def _row(frame: Frame, n: int, block: grids.Block, pending: str) -> Row | None:
    printed = [t for t in texts(frame, n, block.codes) if t]
    names = [c for c in block.labels if frame.roles[c] == "unit"]
    labels = [t for t in texts(frame, n, tuple(c for c in block.labels if c not in names and frame.roles[c] != "measure")) if t]
    units = [owners.bare(t) for t in texts(frame, n, tuple(names)) if t]
    code, named = codes.of_row(frame, n, block)
    labels = labels or ([] if code or named or units else _total_beside(frame, n, block))
    label = named or (labels[-1] if labels else next((t for t in printed if not t.isdecimal()), "") or (units[-1] if units else pending))
    label = label if code else owners.bare(label)
    if not block.labels and not block.codes:
        return Row("", "", {}, "", "", False)
    if (not label and not code) or (not code and numbers.number(label) is not None):
        return None  # a row that a figure would name is not understood
    scheme = codes.scheme_of(frame, code) if code else ""
    if project := owners.project(frame.context, frame.grid, n, block, frame.roles) or _instead(frame, scheme, code, label):
        about = _of_project(frame, n, block, project) | ({"func": f"func:{code}"} if scheme == "func" else _class_beside(frame, n, block))
        return Row(project, f"{code} {project}".strip(), about, "", project, False)
    if scheme:
        return codes.row(frame, code, label)
    unit_code = next((t for t in texts(frame, n, block.unit_codes) if t.isdecimal()), "")
    if unit_code and (not frame.form or "unit" in frame.form.rows):
        return _unit_row(frame, label, unit_code)
    if not is_total(label) and (
        (units and not labels and not is_measure(frame, label)) or frame.owners.get(n) == label or _by_unit(frame, block, label)
    ):
        return _unit_row(frame, label, "")
    return _named_row(frame, n, block, label)


def _of_project(frame: Frame, n: int, block: grids.Block, project: str) -> dict[str, str]:
    """What a row about a project is of: all its money; one economic class of it, where a column of their codes stands beside; the sum of
    projects below it (小计). 人员类项目 of a table of 基本支出 are that."""
    spend = "基本支出" if "基本支出" in frame.title and "项目支出" not in frame.title else "项目支出"
    names = frame.grid.paths
    economic = next((t for c in block.codes if "经济" in "".join(names[c]) for t in texts(frame, n, (c,)) if re.fullmatch(r"\d{5}", t)), "")
    subtotal = any(is_total(t) for t in texts(frame, n, block.labels))
    item = f"econ:{economic}" if f"econ:{economic}" in frame.context.knowledge.concepts else "ind:小计" if subtotal else "ind:合计"
    return {"item": item, "project": project, "spend": spend}


def _class_beside(frame: Frame, n: int, block: grids.Block) -> dict[str, str]:
    """The 功能科目 of a row, where its code stands in a column beside that of another classification."""
    printed = [t for c in block.codes for t in texts(frame, n, (c,)) if re.fullmatch(r"2\d{6}", t)]
    return {"func": f"func:{printed[0]}"} if len(printed) == 1 else {}


def _total_beside(frame: Frame, n: int, block: grids.Block) -> list[str]:
    """合计 in the column of ordinals, which a merged cell left of the names begins in."""
    left = range(block.labels[0]) if block.labels else ()
    return [t for t in texts(frame, n, tuple(c for c in left if "序号" in "".join(frame.grid.paths[c]))) if is_total(t)][:1]


def is_measure(frame: Frame, text: str) -> bool:
    """Whether a text is a measure: what stands under 单位 need not be a name."""
    return bool(frame.context.measure_name(text))


def _by_unit(frame: Frame, block: grids.Block, label: str) -> bool:
    """Whether a row without a code is named by a unit: its total."""
    headed = any("单位" in text or "部门" in text for c in block.labels for text in frame.grid.paths[c])
    listed = frame.form is not None and "unit" in frame.form.rows and frame.context.identity.kind.startswith("部门")
    return is_unit(label) and ((headed and same(label, frame.context.identity.unit)) or (listed and len(label) > _LONG))


def _instead(frame: Frame, scheme: str, code: str, label: str) -> str:
    """In a table of 项目支出 that sets projects under the codes of their 科目: the project's name, where it is no name of the 科目."""
    if scheme != "func" or len(code) != 7 or "项目支出" not in frame.title or not label:
        return ""
    listed = any(re.search(r"项目|专项", text) for c in block_labels(frame) for text in frame.grid.paths[c][-1:])
    concept = frame.context.knowledge.concepts.get(f"func:{code}")
    return label if listed and concept is not None and not terms.akin(label, (concept.label, *concept.alt)) else ""


def block_labels(frame: Frame) -> tuple[int, ...]:
    """The columns of labels of all blocks."""
    return tuple(c for block in frame.grid.blocks for c in block.labels)


def _named_row(frame: Frame, n: int, block: grids.Block, label: str) -> Row:
    """A row that only its label names."""
    label, measured = _measured(frame, n, block, label)
    bare = terms.strip_numbering(re.sub(r"[:：]$", "", label))
    concept = frame.context.headings.terms.find(
        label.rstrip(":："), (*_classified(frame, block), *(frame.form.rows if frame.form else ()), *_DEFAULT_ROWS)
    )
    if re.fullmatch(r"(?:19|20)\d\d年?度?", bare):
        return Row(bare, bare, {"year": bare[:4]}, "", "", False)
    concept = concept or _within(frame, bare)
    if concept is not None and concept.prefix == "func":
        concept = codes.homonym(frame, n, block, concept, bare)
    if concept is None and (phase := frame.context.headings.concept(bare, ("ph",))) is not None and phase.prefix == "ph":
        return Row(bare, bare, _dated(bare) | dict(phase.dims), "", "", False)
    if concept is None and (amount := frame.context.headings.terms.find(bare, ("me",))) is not None and amount.name == "金额":
        return Row(bare, bare, {}, "", "", False)  # 金额 names no thing: the columns do
    parent = _parent(frame, n, block, bare)
    dims = (dict(parent[1]) if parent else {}) | measured
    path = f"{parent[0]}/{bare}" if parent else bare
    if concept is None:
        return Row(bare, path, dims | {"item": f"item:{iris.slug(bare) or 'x'}"}, "", bare, is_total(bare))
    own = dict(concept.dims)
    if parent and own.get("item", "ind:合计") == "ind:合计":
        own.pop("item", None)
    if own.get("item", "ind:合计") in TOTALS and (carried := _carried_above(frame, n, block, label)):
        path, own = f"{carried[0]}/{bare}", own | carried[1]
    if own.get("item") == "ind:合计" and re.fullmatch("(?:收入|支出)(?:合计)", bare) and _carried_in(frame, n, block, bare[:2]):
        own["item"] = "ind:总计"
    if not frame.form and own.get("item", "ind:合计") in TOTALS and (above := _numbered_above(frame, n, block, label)):
        own |= above
    if concept.prefix in ("econ", "govecon") and "spend" not in own and (spend := _spend_above(frame, n, block)):
        own["spend"] = spend
    return Row(bare, path, dims | own, concept.notation or "", concept.label, is_total(bare))


def _within(frame: Frame, label: str) -> Concept | None:
    """事业收入预算: 事业收入. 货物 (A货物) in a table of 政府采购: the one of its parts that has the word in its name."""
    known = frame.context.knowledge.concepts
    plain = re.sub(r"(?<=收入|支出)(?:预算|决算)数?$", "", label)
    if plain != label and (found := frame.context.headings.terms.find(plain, ("ind", "fund"))) is not None:
        return found
    word = terms.key(re.sub(r"^[A-Z]\d*[、.．]?", "", label))
    whole = known.get(frame.scope)
    parts = [known[part] for part in whole.parts if word in terms.key(known[part].label)] if whole and len(word) > 1 else []
    return parts[0] if len(parts) == 1 and not is_total(label) else None


def _dated(label: str) -> dict[str, str]:
    """The year that a row named by its phase says: 2023年预算数, 上年决算数."""
    match = re.search(r"((?:19|20)\d\d)年", label)
    return {"year": match[1]} if match else {"yearShift": "-1"} if re.match(r"上年|上一年|去年", label) else {}


def _measured(frame: Frame, n: int, block: grids.Block, label: str) -> tuple[str, dict[str, str]]:
    """公务用车保有量（辆）: the label without its measure, and what that fixes; a part (其中) is measured like its whole."""
    names = _measures(frame, label)
    if names:
        label = _MEASURE.sub("", label)
    elif above := _measured_above(frame, n, block, label):
        names = above
    if not names:
        return label, {}
    kind = {} if is_money(names[0]) else {"metric": "比率" if names[0] == "%" else "数量"}
    return label, {"measure": names[0], **kind}


def _measures(frame: Frame, label: str) -> list[str]:
    match = _MEASURE.search(label)
    names = [frame.context.measure_name(part) for part in match[1].split("、")] if match else []
    return names if all(names) else []


def _measured_above(frame: Frame, n: int, block: grids.Block, label: str) -> list[str]:
    """The measures of the row that this one is a part of: the last that is numbered less deeply, for 其中 the last that is none."""
    depth, part = _depth(label), label.startswith("其中")
    for above in range(n - 1, frame.grid.body[0] - 1, -1) if depth > 1 or part else ():
        text = next((t for t in texts(frame, above, block.labels) if t), "")
        if text and (not text.startswith("其中") if part and not depth else 0 < _depth(text) < depth):
            return _measures(frame, text)
    return []


def _depth(label: str) -> int:
    """How deep a list number stands: 一、 1, （一） 2, 1. 3, （1） 4; 0 where there is none."""
    return next((depth for depth, pattern in enumerate(_DEPTHS, start=1) if pattern.match(label)), 0)


def _numbered_above(frame: Frame, n: int, block: grids.Block, label: str) -> Mapping[str, str]:
    """（一）支出合计 under 一、“三公”经费支出: what the numbered row that it stands under fixes, where that is about more than a total."""
    depth = _depth(label)
    for row_above in range(n - 1, frame.grid.body[0] - 1, -1) if depth > 1 else ():
        text = next((t for t in texts(frame, row_above, block.labels) if t), "")
        if 0 < _depth(text) < depth:
            concept = frame.context.headings.terms.find(text, ("ind", "fund"))
            dims = dict(concept.dims) if concept else {}
            return dims if dims.get("item", "ind:合计") not in TOTALS else {}
    return {}


def _carried_above(frame: Frame, n: int, block: grids.Block, label: str) -> tuple[str, dict[str, str]] | None:
    """一般公共预算拨款 for the second time, below 上年结转: that row, and what it fixes; None where no such row stands between."""
    found: tuple[str, dict[str, str]] | None = None
    for row_above in range(n - 1, frame.grid.body[0] - 1, -1):
        text = next((t for t in texts(frame, row_above, block.labels) if t), "")
        bare = terms.strip_numbering(text)
        if text and terms.key(bare) == terms.key(terms.strip_numbering(label)):
            return found
        concept = frame.context.headings.terms.find(text, ("ind", "fund")) if text and found is None else None
        if concept is not None and concept.dims.get("flow") == "结转结余" and "item" in concept.dims:
            found = bare, {k: v for k, v in concept.dims.items() if k in ("item", "flow")}
    return None


def _carried_in(frame: Frame, n: int, block: grids.Block, side: str) -> bool:
    """Whether above a 收入合计 stand both the income of the year and what was carried over: it is all there is, 总计."""
    labels = [t for above in range(frame.grid.body[0], n) if (t := next((t for t in texts(frame, above, block.labels) if t), ""))]
    carried = [c for t in labels if (c := frame.context.headings.terms.find(t, ("ind", "fund"))) and c.dims.get("flow") == "结转结余"]
    return bool(carried) and any(re.match(f"本年(?:财政拨款)?{side}", terms.strip_numbering(t)) for t in labels)


def _classified(frame: Frame, block: grids.Block) -> tuple[str, ...]:
    """The classification that the heading over the labels names: 项目（按功能分类）, 项目（按政府预算经济分类）."""
    heading = "".join(text for c in block.labels for text in frame.grid.paths[c])
    return (
        ("govecon",)
        if "政府" in heading and "经济" in heading
        else ("econ",)
        if "经济" in heading
        else ("func",)
        if "功能" in heading
        else ()
    )


def _spend_above(frame: Frame, n: int, block: grids.Block) -> str:
    """The spending kind of the numbered row (一、基本支出) under which a row of an economic class stands."""
    for above in range(n - 1, frame.grid.body[0] - 1, -1):
        label = next((t for t in texts(frame, above, block.labels) if t), "")
        if re.match(r"[一二三四五六七八九十]+、", label):
            concept = frame.context.headings.terms.find(label, ("ind", "sp"))
            return concept.dims.get("spend", "") if concept else ""
    return ""


def _unit_row(frame: Frame, label: str, unit_code: str) -> Row:
    """A row that a unit's code leads: the unit's total, a project of the unit, or (in a 部门 document) a unit below."""
    dims = {"item": "ind:合计"}
    identity = frame.context.identity
    if _is_project(frame, label, unit_code):
        return Row(label, label, dims | {"project": label, "spend": "项目支出"}, "", label, False)
    if identity.kind.startswith("部门") and not is_total(label) and not same(label, identity.unit):
        dims["unit"] = label
    return Row(label, label, dims, "", label, True)


def _akin(label: str, unit: str) -> bool:
    return terms.key(label) in terms.key(unit) or terms.key(unit) in terms.key(label)


def _is_project(frame: Frame, label: str, unit_code: str) -> bool:
    """A row under a unit's code whose label is no unit's name: a project of that unit."""
    own = next((m[1] for caption in frame.grid.table.captions if (m := _OWN_CODE.search(caption))), "")
    return bool(own) and unit_code == own and not _akin(label, frame.context.identity.unit) and not is_total(label)


def _parent(frame: Frame, n: int, block: grids.Block, label: str) -> tuple[str, Mapping[str, str]] | None:
    """The row above that a form's row group puts this one under."""
    for group in frame.form.groups if frame.form else ():
        children = {forms.plain(child) for child in group.children}
        if forms.plain(label) not in children:
            continue
        for above in range(n - 1, frame.grid.body[0] - 1, -1):
            found = next((t for t in texts(frame, above, block.labels) if t), "")
            if forms.plain(terms.strip_numbering(found)) == forms.plain(group.parent):
                concept = frame.context.headings.terms.find(found, ("ind", "fund"))
                return terms.strip_numbering(found), concept.dims if concept else {"item": f"item:{iris.slug(group.parent)}"}
            if forms.plain(terms.strip_numbering(found)) not in children:
                break
    return None


def spend_in_basic(frame: Frame, item: str) -> str | None:
    """人员经费 or 公用经费, by the class of an economic code, for figures within 基本支出."""
    scheme, _, code = item.partition(":")
    above = frame.context.knowledge.concepts.get(f"{scheme}:{code[:3]}") if scheme == "econ" else None
    return above.spend_in_basic.partition(":")[2] if above and above.spend_in_basic else None
