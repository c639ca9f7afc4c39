"""The members of a total along an axis (功能科目, 经济科目, 项目), from one place that holds all of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from qa.answers import choose, location
from qa.answers.choose import Ask
from qa.answers.compose import Session
from qa.answers.filters import LEVELS, codes
from qa.model import Fact, Unit
from qa.understand.near import stem


@dataclass(frozen=True, slots=True)
class Slice:
    """The members of one table (or one passage) along an axis, and the total beside them."""

    axis: str
    phase: str
    members: tuple[Fact, ...]
    total: Fact | None = None

    @property
    def amounts(self) -> Decimal:
        """What the members add up to, in the base measure."""
        return sum((f.amount for f in self.members if f.amount is not None), Decimal(0))


def members(session: Session, unit: Unit, year: int, axis: str, ask: Ask, phase: str) -> Slice | None:
    """The members along an axis as one place states them: the place with most of them whose sum fits its total.

    经济科目 of a unit are those of 人员经费 and 公用经费 together, where neither is named.
    """
    found = _members(session, unit, year, axis, ask, phase)
    if found is None or axis.startswith("func") or ask.dims.get("spend") or (ask.items and not ask.total):
        return found
    if {f.spend for f in found.members} & {"人员经费", "公用经费"}:
        return _members(session, unit, year, axis, ask.having(spend="基本支出"), phase)
    return found


def _members(session: Session, unit: Unit, year: int, axis: str, ask: Ask, phase: str) -> Slice | None:
    scheme, length = LEVELS[axis]
    items = codes(session, unit.curie, scheme, length)
    if not items:
        return None
    inside = [i.partition(":")[2] for i in ask.items if i.startswith(f"{scheme}:")]
    wanted = ask.dims.get("spend", "")
    parents = sorted({f"{scheme}:{i.partition(':')[2][:3]}" for i in items}) if length > 3 else []
    found = session.facts.fetch(unit=[unit.curie], year=[year], item=[*items, *parents, "ind:合计", "ind:总计"])
    facts = [f for f in found if f.metric == "金额" and _fits(f, ask, phase)]
    places: dict[_Place, list[Fact]] = {}
    for fact in facts:
        prefix, _, code = fact.item.partition(":")
        if (
            prefix == scheme
            and code.isdecimal()
            and _level(axis, code, length)
            and not fact.func
            and (not inside or code.startswith(tuple(inside)))
        ):
            for place in _places(fact, wanted):
                places.setdefault(place, []).append(fact)
    slices = []
    for place, listed in places.items():
        unique = list({f.item: f for f in listed}.values())
        narrower = {f.spend for f in listed} - {wanted}
        if len(unique) < 2 or (wanted and len(narrower) == 1) or (place.kind == "table" and len(unique) < len(listed)):
            continue
        one = Slice(axis, unique[0].phase, tuple(sorted(unique, key=lambda f: (f.line or 0, f.item))))
        total = _total_of(facts, place, one, wanted)
        if total is not None or place.sure:
            slices.append(replace(one, total=total))
    fund = ask.dims.get("fund", "")
    return _completed(session, max(slices, key=lambda s: _goodness(s, fund)), length) if slices else None


def _completed(session: Session, found: Slice, length: int) -> Slice:
    """With the rows of the same column whose code the publisher gave a name of its own, where only they make up the total."""
    first = found.members[0]
    if found.total is None or found.total.amount in (None, found.amounts) or first.told:
        return found
    own = own_rows(session, found.members, length)
    more = replace(found, members=(*found.members, *own))
    return more if own and more.amounts == found.total.amount else found


def own_rows(session: Session, members: Sequence[Fact], length: int) -> list[Fact]:
    """The rows of the same column that bear a code of so many digits, but a name that only this publisher gives it.

    Also a name that elsewhere has another code (30206 办公设备购置费). They count only where they make up the whole.
    """
    first, known = members[0], {f.id for f in members}
    items = {f.item for f in members}
    begun = {re.sub(r"\D.*", "", f.row_path.rpartition("/")[2])[:3] for f in members}
    return [
        f
        for f in session.facts.fetch(unit=[first.unit], year=[first.year])
        if (f.table, f.column, f.phase) == (first.table, first.column, first.phase)
        and f.item not in items
        and re.match(rf"\d{{{length}}}(?!\d)", leaf := f.row_path.rpartition("/")[2])
        and (f.item.startswith("item:") or leaf[:3] in begun)
        and f.id not in known
    ]


@dataclass(frozen=True, slots=True)
class _Place:
    """What holds the members of a slice together; where that is not `sure`, only a total with their sum shows that none is missing."""

    kind: str  # column, table, row, told
    inside: str
    name: str
    phase: str
    sure: bool = True


def _places(fact: Fact, wanted: str) -> list[_Place]:
    """The column or row of a table (also where the table is cut), the section of a text and the one above it."""
    if fact.told:
        above = fact.section.rpartition("/")[0]
        return [
            _Place("told", fact.document, fact.section, fact.phase),
            *([_Place("told", fact.document, above, fact.phase, sure=False)] if above else ()),
        ]
    found = [_Place("column", fact.table, fact.column, fact.phase)]
    if fact.title and fact.row_path:  # 科目 side by side in one row, perhaps cut in two tables
        found.append(_Place("row", f"{fact.document}{fact.title}", fact.row_path, fact.phase, sure=False))
    if wanted and fact.spend != wanted:  # 人员经费 and 公用经费 side by side make 基本支出
        found.append(_Place("table", fact.table, "", fact.phase))
    return found


def _total_of(facts: Sequence[Fact], place: _Place, one: Slice, wanted: str) -> Fact | None:
    """The total beside the members; where they are not surely all, a total or class in the document that is their sum."""
    for fact in facts:
        total = fact.item in choose.TOTALS
        if fact.project or fact.func or fact.phase != place.phase:
            continue
        if place.kind == "column" and total and (fact.table, fact.column) == (place.inside, place.name):
            return fact
        if place.kind == "table" and total and fact.table == place.inside and fact.spend == wanted:
            return fact
        if place.kind == "told" and place.sure and total and fact.told and (fact.document, fact.section) == (place.inside, place.name):
            return fact
        if not place.sure and fact.document == one.members[0].document and fact.amount == one.amounts and fact not in one.members:
            return fact
    if place.kind != "column" or not facts:
        return None
    # the class above the members, where it is one: 商品和服务支出 over 办公费 …
    above = [
        f for f in facts if (f.table, f.column) == (place.inside, place.name) and len(f.item.partition(":")[2]) == 3 and f.spend == wanted
    ]
    return above[0] if len(above) == 1 and not above[0].project else None


def _level(axis: str, code: str, length: int) -> bool:
    return len(code) == length or (axis == "func:项" and len(code) == 7)


def _goodness(found: Slice, fund: str) -> tuple[bool, bool, float, int]:
    """Members that make up their total come first, then those of the very fund that is asked about."""
    fits = found.total is not None and found.total.amount == found.amounts
    return fits, bool(fund) and found.members[0].fund == fund, -choose.standing(found.members[0]), sum(bool(f.value) for f in found.members)


def _fits(fact: Fact, ask: Ask, phase: str) -> bool:
    if fact.project and not ask.projects:
        return False
    wanted = ask.dims.get("spend")
    if wanted and not (fact.spend == wanted or choose.broader_spend(fact.spend, wanted)):
        return False
    probe = replace(
        ask,
        options=(("", {k: v for k, v in ask.dims.items() if k in ("flow", "fund")}),),
        phases=(phase,) if phase else (),
        metrics=("金额",),
    )
    if not wanted and fact.spend not in ("", "全部", "基本支出", "人员经费", "公用经费"):
        return False
    return choose.distance(fact, probe) < choose.REFUSED


def projects(session: Session, unit: Unit, year: int, phase: str, forms: Sequence[str] = (), fund: str = "") -> Slice | None:
    """The projects of a unit, and of those below it that its documents list, with their money, each once however its name is written.

    Only those told in the places named; of one fund where one is named, else all their money before that of a fund.
    """
    funds = ("", "全部") if not fund else (fund,)
    owners = {unit.curie, *session.reader.index.below(unit.name)}
    found = session.facts.fetch(unit=sorted(owners), year=[year], metric=["me:金额"])
    sums = {f.project for f in found if f.item == "ind:小计"}  # 一级项目, of which others are the parts
    facts = [
        f
        for f in found
        if f.project
        and f.project not in sums
        and f.value is not None
        and (f.item in ("ind:合计", "ind:项目金额") or f.item.startswith("item:") and f.item.partition(":")[2] in f.project)
        and (not fund or f.fund in (*funds, "", "全部", "财政拨款"))
        and (not phase or f.phase == phase or (phase == "预算" and f.phase in ("年初预算", "全年预算")))
        and (not forms or any(location.stands_in(f, form) for form in forms))
    ]
    best: dict[str, Fact] = {}
    for fact in sorted(facts, key=lambda f: (f.doc_year != year, f.fund not in funds, f.told, f.line or 0)):
        name = next((s for s in best if s in stem(fact.project_name) or stem(fact.project_name) in s), stem(fact.project_name))
        best.setdefault(name, fact)
    return Slice("project", phase, tuple(best.values())) if best else None
