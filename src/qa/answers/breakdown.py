"""What a figure is made of: its named parts, its sub-codes, or what its own sentence lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from qa.answers import choose, compose, figure, filters, members, scope, sums
from qa.answers.choose import Ask
from qa.answers.collect import document_years
from qa.answers.compose import Session
from qa.answers.figure import Figure
from qa.model import Answer, Fact, Notice, Question, Result, Unit

_LISTS = re.compile(r"其中|包括|主要用于|分别|由|构成|安排如下")
_LEVEL = re.compile("哪一?款|[几各]个?款|款级")
_MOST = 30
_ROUNDED = 100  # 元 by which a part printed in 万元 may be off


def answer(session: Session, question: Question, figures: Sequence[Figure]) -> Answer | None:
    """Each figure with its parts, and their shares where the question asks for them; added up where it asks for that."""
    if question.has("sum", "difference") and len(figures) == 1:
        return _added(session, question, figures[0])
    results: list[Result] = []
    warnings: list[Notice] = []
    for one in figures:
        orders = question.has("rank-max", "rank-min", "order")
        left_out = scope.excepted(question)
        level = "款" if _LEVEL.search(question.source.squeezed) else ""
        parts = [f for f in of(session, one, deep=not orders, level=level) if f.item not in left_out]
        if not parts:
            continue
        if orders:
            warnings += _incomplete(one.fact, parts)
            for part in ranked(question, parts):
                results += [compose.result(session, part), *(share(session, part, one.fact) if question.has("share") else ())]
            continue
        results.append(compose.result(session, one.fact, one.same, one.ask))
        for part in parts[:_MOST]:
            results.append(compose.result(session, part))
            if question.has("share"):
                results += share(session, part, one.fact)
        warnings += figure.warnings(session, one)
    if not results:
        return None
    text = "；".join(compose.sentence(r) for r in results[:8]) + "。"
    return Answer(question.text, "answered", text, tuple(results), warnings=tuple(warnings))


def _incomplete(whole: Fact, parts: Sequence[Fact]) -> list[Notice]:
    """That the parts which are ranked do not make up the whole: there may be others."""
    if not sums.comparable([whole, *parts]) or whole.amount is None:
        return []
    added = sum((f.amount or Decimal(0) for f in parts), Decimal(0))
    off = abs(whole.amount - added)
    if off <= _ROUNDED * len(parts):
        return []
    shown = compose.plain_number(added / (whole.factor or 1))
    said = f"所列{len(parts)}项相加为{shown}{whole.measure}，与{compose.name(whole)}{compose.shown(whole)}不符，排序可能不全"
    return [Notice("sum", said)]


def ranked(question: Question, parts: Sequence[Fact]) -> list[Fact]:
    """The largest part, the smallest, or all in order; with ties."""
    parts = sorted(parts, key=lambda f: f.amount or Decimal(0), reverse=not question.has("rank-min") or question.has("rank-max"))
    if not question.has("rank-max", "rank-min"):
        return parts
    if question.top:
        return parts[: question.top]
    ends = [parts[0].amount] + ([parts[-1].amount] if question.has("rank-max") and question.has("rank-min") else [])
    return [f for amount in dict.fromkeys(ends) for f in parts if f.amount == amount]


def _added(session: Session, question: Question, one: Figure) -> Answer | None:
    """The sum of the parts against the figure itself."""
    parts = of(session, one)
    if len(parts) < 2 or not sums.comparable([one.fact, *parts]):
        return None
    if question.top and question.has("rank-max", "rank-min"):
        best = ranked(question, parts)
        some = sums.total(session, best, f"{len(best)}项合计")
        listed = [compose.result(session, f) for f in best]
        text = "；".join(compose.sentence(r) for r in (*listed, some)) + "。"
        return Answer(question.text, "answered", text, (*listed, some))
    added = sums.total(session, parts, f"{compose.name(one.fact, one.ask)}各项之和")
    results = [added, compose.result(session, one.fact, one.same, one.ask)]
    gap = sum((f.amount or Decimal(0) for f in parts), Decimal(0)) - (one.fact.amount or Decimal(0))
    text = f"各项之和{added.value}{added.measure}，{compose.name(one.fact, one.ask)}{compose.shown(one.fact)}，"
    if gap:
        off = abs(gap) / (one.fact.factor or 1)
        results.append(
            compose.computed(
                session,
                value=off,
                measure=one.fact.measure,
                indicator="相差",
                operands=(one.fact, *parts),
                formula=f"|{added.value} − {compose.digits(one.fact)}|",
            )
        )
        text += f"相差{compose.plain_number(off)}{one.fact.measure}。"
    else:
        text += "两者一致。"
    return Answer(question.text, "answered", text, (*results, *(compose.result(session, f) for f in parts)))


def of(session: Session, one: Figure, *, deep: bool = True, level: str = "") -> list[Fact]:
    """The parts of a figure: named parts first (and theirs, if `deep`), then sub-codes in the same place, then what its sentence lists.

    `level` is 款 where the question asks for those: a single one is then not taken apart further.
    """
    unit = Unit(one.fact.unit, one.fact.unit_name)
    return (
        _named(session, one, unit, deep)
        or _codes(session, one.fact, level)
        or _rows(session, one)
        or _classes(session, one)
        or _listed(session, one)
        or _columns(session, one.fact)
        or _sections(session, one)
    )


def _named(session: Session, one: Figure, unit: Unit, deep: bool = True) -> list[Fact]:
    """The parts that the concept names (f:parts), in its order; and their parts."""
    names = [p for c in one.ask.concepts for p in c.parts]
    known = session.lexicon.concepts(names)
    found = []
    for curie in names:
        concept = known.get(curie)
        if concept is None:
            continue
        ask = replace(
            one.ask,
            label=concept.label,
            concepts=(concept,),
            phases=(one.fact.phase,),
            options=((curie, {k: v for k, v in one.ask.dims.items() if k in ("fund", "flow")}),),
        )
        part = figure.find(session, ask, figure.fetch(session, ask, [unit]), unit, one.fact.year)
        if part is not None:
            found += [part.fact, *(_named(session, part, unit) if deep else ())]
    return found


def without_total(session: Session, question: Question, ask: Ask) -> Answer | None:
    """An item of which only the parts are printed: all of them from one place, and what they add up to."""
    if len(question.units) != 1 or ask.projects or ask.metrics or question.relative_years:
        return None
    unit = question.units[0]
    known = session.lexicon.concepts([p for c in ask.concepts for p in c.parts])
    for year in question.years or document_years(session, unit)[:1]:
        found = []
        for curie, concept in known.items():
            one = replace(ask, label=concept.label, concepts=(concept,), options=((curie, ask.dims),))
            part = figure.find(session, one, figure.fetch(session, one, [unit], [year]), unit, year)
            found += [part.fact] if part is not None and not part.fact.formula else []
        if (
            len(known) < 2
            or len(found) < len(known)
            or len({(f.row if f.told else f.table, f.phase) for f in found}) > 1
            or not sums.money(found)
        ):
            continue
        added = sums.total(session, found, f"{ask.label}（各项相加）")
        text = f"{unit.name}的文件没有直接写出{year}年{ask.label}，只列了各项："
        text += "，".join(f"{compose.name(f)}{compose.shown(f)}" for f in found) + f"；相加为{added.value}{added.measure}。"
        return Answer(question.text, "answered", text, (added, *(compose.result(session, f) for f in found)))
    return None


def below(session: Session, question: Question, ask: Ask) -> Answer | None:
    """The 科目 below one that is named but has no figure of its own, from the place that has most of them: listed or ranked, not added."""
    if len(question.units) != 1 or ask.projects or ask.metrics or not question.has("parts", "list", "rank-max", "rank-min", "order"):
        return None
    unit = question.units[0]
    scheme = next((i.partition(":")[0] for i in ask.items if i.startswith(("func:", "econ:"))), "")
    codes = [c for i in ask.items for c in filters.codes(session, unit.curie, scheme) if scheme and c.startswith(i) and c != i]
    for year in (question.years or document_years(session, unit)[:1]) if codes else ():
        places: dict[tuple[str, ...], dict[str, Fact]] = {}
        for f in session.facts.fetch(unit=[unit.curie], year=[year], item=sorted(codes)):
            if choose.distance(f, replace(ask, options=((f.item, ask.dims),))) < choose.REFUSED and f.metric == "金额" and f.value:
                here = (f.document, f.section, f.phase) if f.told else (f.table, f.column, f.phase)
                places.setdefault((*here, str(len(f.item))), {}).setdefault(f.item, f)
        best = max(places.values(), key=lambda p: (len(p), -choose.standing(next(iter(p.values())))), default={})
        if len(best) < 2:
            continue
        found = sorted(best.values(), key=compose.position)
        if question.has("rank-max", "rank-min", "order"):
            found = ranked(question, found)
        results = tuple(compose.result(session, f) for f in found)
        text = f"{unit.name}的文件没有写出{year}年{ask.label}的合计，只列了其下各项："
        return Answer(question.text, "answered", text + "；".join(compose.sentence(r) for r in results[:10]) + "。", results)
    return None


def _codes(session: Session, fact: Fact, level: str = "") -> list[Fact]:
    """The next finer codes of a 科目 in the same column or section."""
    scheme, _, code = fact.item.partition(":")
    if not code.isdecimal():
        return []
    items = [c for c in filters.codes(session, fact.unit, scheme) if c.startswith(fact.item) and c != fact.item]
    facts = [f for f in session.facts.fetch(unit=[fact.unit], year=[fact.year], item=items) if f.metric == "金额"] if items else []
    finer = [
        f
        for f in facts
        if f.item.startswith(fact.item)
        and f.item != fact.item
        and f.item.startswith(f"{scheme}:")
        and f.phase == fact.phase
        and f.value
        and not f.func
        and not f.project
    ]
    if not finer:
        return []
    table = min((f for f in finer), key=lambda f: (f.table != fact.table or f.column != fact.column, choose.standing(f), len(f.item)))
    inside = [
        f
        for f in finer
        if (f.table, f.column if not f.told else f.section) == (table.table, table.column if not table.told else table.section)
    ]
    inside = _sideways(finer, fact) or inside if len({f.item for f in inside}) == 1 and not table.told else inside
    shortest = min(len(f.item) for f in inside)
    found = list({f.item: f for f in inside if len(f.item) == shortest}.values())
    found = _with_own(session, found, fact, shortest - len(f"{scheme}:"))
    if level == "款" and scheme == "func" and shortest == len("func:20805"):
        return found
    return _codes(session, found[0]) or found if len(found) == 1 else found


def _with_own(session: Session, found: list[Fact], whole: Fact, length: int) -> list[Fact]:
    """The codes, with rows of names that only the publisher gives his codes, where only these make up the whole."""
    if found[0].told or sum((f.amount or Decimal(0) for f in found), Decimal(0)) == whole.amount:
        return found
    more = [*found, *members.own_rows(session, found, length)]
    return more if sum((f.amount or Decimal(0) for f in more), Decimal(0)) == whole.amount else found


def _sideways(finer: Sequence[Fact], whole: Fact) -> list[Fact]:
    """Codes side by side in one row, perhaps of a table that is cut in two, where they add up to the whole."""
    rows: dict[tuple[str, str, str], dict[str, Fact]] = {}
    for fact in finer:
        if not fact.told:
            rows.setdefault((fact.document, fact.title, fact.row_path), {})[fact.item] = fact
    for listed in rows.values():
        if len(listed) > 1 and sum((f.amount or Decimal(0) for f in listed.values()), Decimal(0)) == whole.amount:
            return sorted(listed.values(), key=compose.position)
    return []


def _rows(session: Session, one: Figure) -> list[Fact]:
    """The other rows of a project's own table, where they add up to its total: 支出明细."""
    if not one.fact.project:
        return []
    for fact in (one.fact, *one.same):
        if not fact.table or fact.item not in choose.TOTALS:
            continue
        facts = session.facts.fetch(unit=[fact.unit], project=[fact.project], year=[fact.year])
        rows = [
            f
            for f in facts
            if f.table == fact.table
            and f.phase == fact.phase
            and f.metric == "金额"
            and f.item not in choose.GENERIC
            and f.value is not None
            and f.column == fact.column
            and f.row != fact.row
            and f.amount != fact.amount
        ]
        if len(rows) > 1 and sum((f.amount or Decimal(0) for f in rows), Decimal(0)) == fact.amount:
            return sorted(rows, key=compose.position)
    return []


def _listed(session: Session, one: Figure) -> list[Fact]:
    """What the sentence of the figure lists after 其中: other amounts of the same phase, as far as they do not exceed it."""
    for fact in (one.fact, *one.same):
        if not fact.told or not _LISTS.search(fact.passage):
            continue
        beside = [
            f
            for f in session.facts.fetch(row=[fact.row], unit=[fact.unit])
            if f.metric == "金额"
            and f.year == fact.year
            and f.id != fact.id
            and compose.position(f) > compose.position(fact)
            and f.amount is not None
            and fact.amount is not None
            and f.amount <= fact.amount
        ]
        whole = [f for f in beside if f.amount == fact.amount and f.item == fact.item]
        listed = [f for f in beside if f not in whole]
        best = _adding_up(sorted(listed, key=compose.position), fact)
        if best:
            return best
    return []


def _adding_up(listed: Sequence[Fact], total: Fact) -> list[Fact]:
    """The first amounts of a list that add up to the total; nothing where no beginning does."""
    added = Decimal(0)
    for n, fact in enumerate(listed):
        added += fact.amount or 0
        if n and total.amount is not None and abs(added - total.amount) <= 200:
            return list(listed[: n + 1])
    return []


def _classes(session: Session, one: Figure) -> list[Fact]:
    """The economic classes of 基本支出 or 项目支出, from the table in which they add up to it."""
    fact = one.fact
    if fact.item not in choose.TOTALS or fact.spend in ("", "全部") or fact.project:
        return []
    items = filters.codes(session, fact.unit, "econ", 3)
    facts = [
        f
        for f in (session.facts.fetch(unit=[fact.unit], year=[fact.year], item=items) if items else ())
        if f.metric == "金额"
        and f.phase == fact.phase
        and f.value
        and not f.func
        and not f.project
        and not f.told
        and (f.spend == fact.spend or choose.broader_spend(f.spend, fact.spend))
    ]
    tables: dict[str, dict[str, Fact]] = {}
    for f in facts:
        tables.setdefault(f.table, {})[f"{f.item}{f.spend}"] = f
    for inside in tables.values():
        if sum((f.amount or Decimal(0) for f in inside.values()), Decimal(0)) == fact.amount:
            found = sorted(inside.values(), key=compose.position)
            return _codes(session, found[0]) or found if len(found) == 1 else found
    return []


def _columns(session: Session, fact: Fact) -> list[Fact]:
    """The kinds of spending (or sources of income) beside a total, along its row of a table."""
    if fact.item not in ("ind:合计", "ind:总计") or fact.project or not fact.table:
        return []
    axis = "spend" if fact.flow == "支出" else "fund"
    beside = [
        f
        for f in session.facts.fetch(row=[fact.row], unit=[fact.unit])
        if f.item == fact.item
        and f.phase == fact.phase
        and f.flow == fact.flow
        and f.value
        and f.id != fact.id
        and getattr(f, axis) not in ("", "全部")
        and f.table == fact.table
    ]
    return list({getattr(f, axis): f for f in beside}.values())


def _sections(session: Session, one: Figure) -> list[Fact]:
    """The sources of income, or kinds of spending, that the paragraphs behind a total list, where they add up to it."""
    axis = "spend" if one.fact.flow == "支出" else "fund"
    for fact in (one.fact, *one.same):
        if not fact.told or fact.item not in choose.TOTALS or fact.project or getattr(fact, axis) not in ("", "全部"):
            continue
        listed = [
            f
            for f in session.facts.fetch(unit=[fact.unit], item=list(choose.TOTALS), year=[fact.year])
            if f.told
            and (f.document, f.section, f.phase, f.flow, f.metric) == (fact.document, fact.section, fact.phase, fact.flow, "金额")
            and getattr(f, axis) not in ("", "全部")
            and not f.project
            and f.value is not None
            and compose.position(f) > compose.position(fact)
        ]
        best = _adding_up(sorted(listed, key=compose.position), fact)
        if best:
            return best
    return []


def share(session: Session, part: Fact, whole: Fact) -> list[Result]:
    """A part's share as its sentence states it, else computed."""
    stated = [
        f
        for f in session.facts.fetch(unit=[part.unit], item=[part.item], year=[part.year], metric=["me:占比"])
        if f.spend in ("", part.spend) and f.project == part.project and (f.row == part.row or not part.told)
    ]
    near = sorted(stated, key=lambda f: abs(compose.position(f)[1] - compose.position(part)[1]))
    if near:
        return [compose.result(session, near[0])]
    computed = sums.share(session, part, whole, f"{compose.name(part)}占{compose.name(whole)}比例")
    return [computed] if computed is not None else []
