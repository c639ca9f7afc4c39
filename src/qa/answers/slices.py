"""Answers that run over something: all 功能科目, all 项目, all units — listed, ranked, added up, or filtered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from qa.answers import asks, choose, compose, filters, location, scope, sums
from qa.answers.choose import Ask
from qa.answers.collect import document_years
from qa.answers.compose import Session
from qa.answers.filters import LEVELS
from qa.answers.members import Slice, members, projects
from qa.model import Answer, Fact, Notice, Question, Result, Unit
from qa.understand import bounds, words
from qa.understand.near import stem

_MOST = 30
#: no item named: everything that is spent
EVERYTHING = choose.about("", flow="支出")
_NAMES = {"func": "功能科目", "econ": "经济科目", "govecon": "政府经济科目", "project": "项目"}


def with_axis(question: Question, wanted: Sequence[Ask]) -> Question:
    """A ranking inside one total runs over what that total is made of: 公用经费 over 经济科目, 项目支出 over projects."""
    named = len(wanted) == 1 and (wanted[0].projects or (wanted[0].items and not wanted[0].total))
    if question.axis == "func:类" and named and "功能" not in question.text and not question.all_units:
        return replace(question, axis="")  # 商品和服务支出里哪块最少: what it is made of
    if question.axis == "project" and any("项目" in a.said + a.label and all(i.startswith("item:") for i in a.items) for a in wanted):
        return replace(question, axis="")  # 编报绩效目标的项目有几个: a figure of its own
    of_projects = len(wanted) == 1 and wanted[0].total and wanted[0].dims.get("spend") == "项目支出"
    if question.axis == "func:类" and of_projects and not question.has("share") and not re.search("功能|类|科目", question.text):
        return replace(question, axis="project")  # 项目支出花在哪几块: on which projects
    if question.axis.startswith("func") and question.dims.get("flow") == "收入" and "科目" not in question.text:
        return replace(question, axis="")  # income has sources, no 功能分类
    if not question.axis and not question.all_units and bounds.condition(question) is not None:
        said = next((axis for word, axis in (("项目", "project"), ("专项", "project"), ("科目", "func:项")) if word in question.text), "")
        if said and not question.projects:
            return replace(question, axis=said)
    ranked = question.has("rank-max", "rank-min") and len(question.units) == 1
    if question.axis in ("", "func:项") and len(wanted) == 1 and ranked and "功能" not in question.text:
        code = next((i for i in wanted[0].items if i.startswith(("econ:", "func:")) and len(i) <= 10), "")
        if code and "科目" in question.text:
            return replace(question, axis="econ:款" if code.startswith("econ:") else "func:项")
    economic = len(wanted) == 1 and wanted[0].total and wanted[0].dims.get("spend") in ("基本支出", "人员经费", "公用经费")
    if question.axis == "func:项" and economic and "功能" not in question.text:
        return replace(question, axis="econ:款")
    if (
        question.axis
        or len(wanted) != 1
        or not wanted[0].total
        or wanted[0].projects
        or question.all_units
        or len(question.units) != 1
        or len(question.years) > 1
    ):
        return question
    listed = bounded(question) and wanted[0].dims.get("flow") != "收入"  # income is made of sources
    if not question.has("rank-max", "rank-min") and not question.top and not listed:
        return question
    spend = wanted[0].dims.get("spend", "")
    axis = "project" if spend == "项目支出" else "econ:款" if spend else "func:项"
    return replace(question, axis=axis)


def bounded(question: Question) -> bool:
    """Whether a question wants those members of a total whose figures are within a bound: 哪些支出超过100万元."""
    return question.has("list") and bounds.said(question) is not None


# --- answers ------------------------------------------------------------------------------------


def answer(session: Session, question: Question, ask: Ask, units: Sequence[Unit]) -> Answer | None:
    """The slice of each unit and year, listed, ranked, added up or filtered as the question wants."""
    results: list[Result] = []
    warnings: list[Notice] = []
    text, said = "", False
    if bounded(question):  # 几个超过100万元: the members are counted, no figure of theirs is a 数量
        ask = replace(ask, metrics=tuple(m for m in ask.metrics if m != "数量"), money=None, measures=frozenset())
    for unit in units:
        for year in _years(session, question, unit):
            part = _one(session, question, ask, unit, year)
            if part is not None:
                text += part.answer
                said = True
                results += part.results
                warnings += part.warnings
    return Answer(question.text, "answered", text, tuple(results[:40]), warnings=tuple(warnings)) if said else None


def _years(session: Session, question: Question, unit: Unit) -> list[int]:
    return list(question.years) or document_years(session, unit)[:1]


def _rated(session: Session, question: Question, ask: Ask, unit: Unit, year: int, metric: str) -> Answer | None:
    """Projects or 科目 by a rate or score: 哪个项目执行率最低."""
    facts = session.facts.fetch(unit=[unit.curie], year=[year], metric=[f"me:{metric}"])
    facts = [f for f in facts if not question.forms or any(location.stands_in(f, form) for form in question.forms)]
    if question.axis == "project":
        facts = [f for f in facts if f.project and f.item in choose.GENERIC and (metric != "得分" or f.item == "ind:总分")]
        unique = {stem(f.project_name): f for f in sorted(facts, key=lambda f: (not f.told, compose.position(f)))}
    else:
        scheme, length = LEVELS[question.axis]
        unique = {f.item: f for f in facts if f.item.startswith(f"{scheme}:") and len(f.item.partition(":")[2]) == length and not f.project}
    usable = [f for f in unique.values() if f.value is not None]
    if not usable:
        return None
    within = bounds.condition(question)
    if within is not None and not any(map(within, usable)):
        return _nothing_within(question, usable)
    usable = [f for f in usable if within is None or within(f)]
    usable.sort(key=lambda f: f.value or Decimal(0), reverse=not question.has("rank-min") or question.has("rank-max"))
    if question.has("rank-max", "rank-min") and not question.top:
        ends = {usable[0].value, *([usable[-1].value] if question.has("rank-max") and question.has("rank-min") else ())}
        usable = [f for f in usable if f.value in ends]
        if question.has("difference") and len(ends) == 2 and sums.comparable(usable):
            return _apart(session, question, [usable[0], usable[-1]])
    number = filters.number(question, [compose.result(session, f) for f in usable]) if within is not None else []
    results = [*number, *(compose.result(session, f) for f in usable[: question.top or _MOST])]
    if question.axis == "project" and asks.priced(question) and (money := projects(session, unit, year, "决算", question.forms)):
        names = {stem(f.project_name) for f in usable}  # 执行率最低的是哪个，花了多少钱
        results += [compose.result(session, f) for f in money.members if stem(f.project_name) in names]
    return Answer(question.text, "answered", "；".join(compose.sentence(r) for r in results[:8]) + "。", tuple(results))


def _one(session: Session, question: Question, ask: Ask, unit: Unit, year: int) -> Answer | None:
    metric = next(
        (
            m
            for m in (*ask.metrics, *(["得分"] if question.has("score") or "ind:总分" in ask.items else []))
            if m in ("执行率", "完成率", "得分")
        ),
        "",
    )
    if metric:
        return _rated(session, question, ask, unit, year, metric)
    condition = filters.condition(question)
    if condition is not None and question.axis in LEVELS:
        return filters.answer(session, question, unit, year, condition)
    phase = ask.phases[0] if ask.phases else ""
    for wanted in [phase] if phase else ["决算", "预算"]:
        found = (
            projects(session, unit, year, wanted, question.forms, ask.dims.get("fund", ""))
            if question.axis == "project"
            else members(session, unit, year, question.axis, ask, wanted)
        )
        if found is not None and question.axis == "project" and (out := scope.projects_left_out(question)):
            rest = tuple(f for f in found.members if f.project not in out and stem(f.project_name) not in out)
            if not rest or len(rest) == len(found.members):
                return None
            return _rest(session, question, rest)
        if found is not None:
            said = words.number_of(question.source.squeezed, "专项|项目" if question.axis == "project" else "(?:功能|经济|支出)?科目")
            if said and said not in (len(found.members), question.top) and question.has("sum", "total"):
                return None
            return _told(session, question, ask, found)
    return None


def _rest(session: Session, question: Question, rest: Sequence[Fact]) -> Answer:
    """The projects that remain when those named are left out; added up where the question wants one figure."""
    listed = tuple(compose.result(session, f) for f in rest)
    if question.has("sum", "total") or re.search("一共|总共|合计|共花", question.text):
        listed = (sums.total(session, rest, f"其余{len(rest)}项之和"), *listed)
    return Answer(question.text, "answered", "；".join(compose.sentence(r) for r in listed[:10]) + "。", listed)


def _nothing_within(question: Question, looked_at: Sequence[Fact]) -> Answer:
    """None is within the bound: among which, and which comes nearest."""
    first, kind = looked_at[0], _NAMES.get(question.axis.partition(":")[0], "")
    bound, most = bounds.said(question), max(looked_at, key=_size if looked_at[0].amount is not None else _value)
    nearest = f"，最大的是{compose.name(most)}{compose.shown(most)}" if bound is not None and bound.above else ""
    return Answer(question.text, "answered", f"{first.unit_name}{first.year}年{len(looked_at)}个{kind}中没有符合条件的{nearest}。")


def _value(fact: Fact) -> Decimal:
    return fact.value or Decimal(0)


def _told(session: Session, question: Question, ask: Ask, found: Slice) -> Answer:
    within = bounds.condition(question)
    shown = [f for f in found.members if f.value and (within is None or within(f))] or (list(found.members) if within is None else [])
    if not shown:
        return _nothing_within(question, found.members)
    ranked = sorted(shown, key=lambda f: f.amount or Decimal(0), reverse=not question.has("rank-min"))
    year, unit = shown[0].year, shown[0].unit_name
    if question.has("difference", "compare") and not question.has("sum", "total"):
        pair = ranked[:1] + ranked[-1:] if question.has("rank-max") and question.has("rank-min") else shown
        if len(pair) == 2 and sums.comparable(pair):
            return _apart(session, question, pair)
    if question.top and question.has("rank-max", "rank-min") and question.has("sum", "total"):
        best = ranked[: question.top]
        added = sums.total(session, best, f"{len(best)}项合计")
        listed = [compose.result(session, f) for f in best]
        return Answer(question.text, "answered", "；".join(compose.sentence(r) for r in (*listed, added)) + "。", (*listed, added))
    number = filters.number(question, [compose.result(session, f) for f in shown]) if within is not None else []
    if (
        question.has("sum", "difference", "compare")
        or (question.has("total") and not question.has("parts") and not number)
        or (question.has("whether") and "合计" in question.text)
    ):
        return _added(session, question, ask, found, found.members if within is None else shown)
    if question.has("rank-max", "rank-min") and not question.top:
        return _first(session, question, ask, found, ranked)
    ranked = ranked[: question.top or _MOST] if question.has("rank-max", "rank-min", "order") else shown[:_MOST]
    results = [*number, *(compose.result(session, f) for f in ranked)]
    whole = found.total or (_total(session, ranked[0]) if found.axis != "project" else None)
    if whole is not None and whole.amount and within is None and not question.has("rank-max", "rank-min", "order"):
        results.append(compose.result(session, whole))
    text = (
        f"{unit}{year}年{_NAMES.get(found.axis.partition(':')[0], '')}（{found.phase or ranked[0].phase}）："
        + (f"共{len(shown)}个，" if number else "")
        + "；".join(f"{compose.name(f)}{compose.shown(f)}" for f in ranked[:12])
        + "。"
    )
    return Answer(question.text, "answered", text, tuple(results), warnings=tuple(_mismatch(session, found)))


def _first(session: Session, question: Question, ask: Ask, found: Slice, ranked: Sequence[Fact]) -> Answer:
    """The largest (or smallest) member, all that tie with it, and its share of the total where the question asks for that."""
    kind = _NAMES.get(found.axis.partition(":")[0], "")
    text, results = "", []
    for op, word, one in (("rank-max", "最大", max(ranked, key=_size)), ("rank-min", "最小", min(ranked, key=_size))):
        if not question.has(op):
            continue
        best = [f for f in ranked if f.amount == one.amount]
        results += [compose.result(session, f) for f in best]
        names = "、".join(compose.name(f) for f in best)
        text += f"{one.unit_name}{one.year}年{found.phase}{kind}中{word}的是{names}，{compose.shown(one)}。"
    if question.has("share") and len(best) == 1:
        results += _share_of(session, best[0], found)
        text += "".join(f"占比{r.value}%。" for r in results[1:2])
    return Answer(question.text, "answered", text, tuple(results), warnings=tuple(_mismatch(session, found)))


def _size(fact: Fact) -> Decimal:
    return fact.amount or Decimal(0)


def _share_of(session: Session, fact: Fact, found: Slice) -> list[Result]:
    """The share as stated beside the member, else computed from the total of its place."""
    facts = session.facts.fetch(unit=[fact.unit], item=[fact.item], year=[fact.year], metric=["me:占比"])
    stated = [f for f in facts if not f.func]
    if stated:
        return [compose.result(session, stated[0])]
    whole = found.total or _total(session, fact)
    computed = sums.share(session, fact, whole, f"{compose.name(fact)}占比") if whole is not None else None
    return [computed] if computed is not None else []


def _class(session: Session, ask: Ask, like: Fact) -> Fact | None:
    """The figure of the class itself of which the members are asked for."""
    facts = session.facts.fetch(unit=[like.unit], item=sorted(ask.items), year=[like.year])
    found = choose.claims(facts, replace(ask, phases=(like.phase,), metrics=("金额",)), like.year)
    return found[0].best if found else None


def _total(session: Session, like: Fact) -> Fact | None:
    ask = choose.about("ind:合计", flow=like.flow or "支出", phases=(like.phase,))
    facts = session.facts.fetch(unit=[like.unit], item=["ind:合计"], year=[like.year])
    found = choose.claims(facts, ask, like.year)
    return found[0].best if found else None


def _added(session: Session, question: Question, ask: Ask, found: Slice, shown: Sequence[Fact]) -> Answer:
    """The sum of the members, the total that is printed (that of the class, where one is named), and the difference."""
    first = shown[0]
    added = sums.total(session, shown, f"{len(shown)}项之和")
    whole = _class(session, ask, first) if not ask.total and ask.items else found.total or _total(session, first)
    if found.axis == "project" and not question.has("difference", "compare", "whether"):
        whole = None  # nobody asked how far the projects are from all spending
    results = [added]
    text = f"{first.unit_name}{first.year}年{found.phase}{len(shown)}项相加为{added.value}{added.measure}"
    warnings = []
    if whole is not None and whole.amount is not None:
        results.append(compose.result(session, whole))
        gap = abs(whole.amount - sum((f.amount or Decimal(0) for f in shown), Decimal(0)))
        if gap:
            off = compose.plain_number(gap / (first.factor or 1))
            results.append(
                compose.computed(
                    session,
                    value=gap / (first.factor or 1),
                    measure=first.measure,
                    indicator="与合计之差",
                    formula=f"|{sums.term(whole, first)} − {added.value}|",
                    operands=(whole, *shown),
                )
            )
            text += f"，与{compose.name(whole)}{compose.shown(whole)}相差{off}{first.measure}"
            warnings = _mismatch(session, replace(found, total=whole))
        else:
            text += f"，与{compose.name(whole)}{compose.shown(whole)}一致"
    listed = [compose.result(session, f) for f in shown[:_MOST]] if question.has("parts", "list") else []
    return Answer(question.text, "answered", text + "。", (*results, *listed), warnings=tuple(warnings))


def _apart(session: Session, question: Question, pair: Sequence[Fact]) -> Answer:
    """Two members, and what one exceeds the other by."""
    larger, smaller = sorted(pair, key=_size, reverse=True)
    gap = sums.difference(session, larger, smaller, f"{compose.name(larger)}比{compose.name(smaller)}多")
    shown = (larger, smaller) if question.has("rank-max", "rank-min") else pair
    results = (*(compose.result(session, f) for f in shown), gap)
    return Answer(question.text, "answered", "；".join(compose.sentence(r) for r in results) + "。", results)


def _mismatch(session: Session, found: Slice) -> list[Notice]:
    """A warning where the members do not add up to the total beside them."""
    if found.total is None or found.total.amount is None or found.axis == "project":
        return []
    off = found.total.amount - found.amounts
    if not off:
        return []
    first = found.members[0]
    added = compose.plain_number(found.amounts / (first.factor or 1))
    gap = compose.plain_number(abs(off) / (first.factor or 1))
    message = f"{compose.source(found.total)}各项之和{added}{first.measure}，与合计{compose.shown(found.total)}相差{gap}{first.measure}"
    return [Notice("sum", message, compose.citations(session, (found.total, *[f for f in found.members if f.value][:3])))]
