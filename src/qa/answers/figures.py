"""Figures, and what a question wants done with them: as they are, compared, ranked, added up, averaged, taken apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qa.answers import (
    asks,
    balance,
    beside,
    breakdown,
    caution,
    choose,
    collect,
    compose,
    figure,
    left,
    moves,
    nothing,
    passages,
    rates,
    refuse,
    scope,
    shares,
    sums,
    tables,
    texts,
    times,
    within,
)
from qa.answers.choose import Ask
from qa.answers.collect import Collected
from qa.answers.compose import Session
from qa.answers.figure import Figure
from qa.model import Answer, Fact, Notice, Question, Result, Unit
from qa.understand import bounds

_IN_YUAN = re.compile("(?:多少|几)(?:元|块)")
_STRUCTURE = {"ind:内设机构数", "ind:所属单位数"}
_ORDERS = ("rank-max", "rank-min", "order")


def answer(session: Session, question: Question, wanted: Sequence[Ask]) -> Answer:
    """The figures wanted, or why there are none."""
    if rated := rates.of_budget(question, wanted):
        found = answer(session, replace(question, ops=question.ops - {"share"}), rated)
        if found.status == "answered" or "决算" in question.phases:
            return found
    told = _told_so(session, question, wanted) or tables.answer(session, question, wanted)
    if told is not None:
        return told
    if asks.against_budget(question) and question.has("change", "difference", "compare", "whether"):
        wanted = [replace(a, phases=("决算", *(p for p in a.phases if p != "决算"))) for a in wanted]
        question = replace(question, ops=question.ops | {"compare"})
    elif question.has("change") and len(wanted) == 1 and len(question.units) == 1 and len(wanted[0].phases) < 2 and len(question.years) < 2:
        return moves.of_another(session, question, wanted[0]) or refuse.no_change(session, question, wanted)
    collected = collect.collect(session, question, wanted)
    if not collected.figures:
        return _nothing(session, question, wanted)
    if (only := within.condition(question)) is not None:
        return within.answer(session, question, wanted, collected, only)
    if question.all_units and (holds := bounds.condition(question)) is not None:
        collected = replace(collected, figures=tuple(f for f in collected.figures if holds(f.fact)), missing=())
        if not collected.figures:
            return Answer(question.text, "answered", "没有符合条件的单位。")
    if not question.units and not question.all_units and len({f.fact.unit for f in collected.figures}) > 1:
        having = [u for u in collected.units if any(f.fact.unit == u.curie for f in collected.figures)]
        asked = refuse.which_unit(session, question, having)
        return replace(asked, warnings=tuple(caution.undisclosed(question.unit_choice, having)))
    if collected.missing and question.has("sum", "compare", "difference") and not question.all_units and len(collected.figures) < 2:
        return refuse.incomplete(session, question, collected)
    if question.has("times"):
        return times.answer(session, question, collected) or refuse.incomplete(session, question, collected)
    return _several(session, question, wanted, collected) or _one(session, question, wanted, collected)


def with_rest(session: Session, question: Question, wanted: Sequence[Ask], found: Answer) -> Answer:
    """The answer with what is left of the budget, where that is asked for besides other figures."""
    text = question.source.squeezed
    if (
        found.status != "answered"
        or len(wanted) != 1
        or not left.UNSPENT.search(text)
        or any("−" in (r.computed or "") for r in found.results)
    ):
        return found
    bare = replace(wanted[0], phases=(), metrics=())
    rest = left.unspent(session, question, [bare])
    if rest is None or rest.status != "answered":
        return found
    more = tuple(r for r in rest.results if r.value not in {f.value for f in found.results} or r.computed)
    return replace(found, answer=f"{found.answer}{compose.sentence(rest.results[0])}。", results=(*found.results, *more))


def _told_so(session: Session, question: Question, wanted: Sequence[Ask]) -> Answer | None:
    """Adjustments, shares and changes, which documents state themselves, and what of a budget was not spent."""
    if (unused := left.unspent(session, question, wanted)) is not None:
        return unused
    if question.has("adjusted") and len({p for a in wanted for p in a.phases}) < 2:
        adjusted = moves.adjusted(session, question, wanted)
        if adjusted is not None and not any(a.phases for a in wanted):
            return adjusted
        if adjusted is not None:
            other = collect.collect(session, question, wanted)
            more = [compose.result(session, f.fact, f.same, f.ask) for f in other.figures]
            added = _with_adjustment(session, adjusted, other) if question.has("sum") else []
            text = "；".join(compose.sentence(r) for r in (*added, *more))
            return replace(adjusted, results=(*added, *adjusted.results, *more), answer=f"{adjusted.answer}{text}。")
    inside = len(wanted) == 1 and (question.has("parts") or (question.has("rank-max", "rank-min") and not question.all_units))
    if shares.asked(question) and not question.has("change", "rate") and not inside:
        found = shares.answer(session, question, wanted)
        return found or refuse.incomplete(session, question, collect.collect(session, question, wanted))
    rated = bool({"完成率", "执行率"} & set(question.metrics)) and not question.has("change")
    if (question.has("change", "difference") and not rated) or {"变动额", "变动率"} & set(question.metrics):
        return _changed(session, question, wanted)
    return None


def _with_adjustment(session: Session, adjusted: Answer, found: Collected) -> list[Result]:
    """年初预算加上追加: the budget and what was added to it, in one."""
    stated = [f for r in adjusted.results for c in r.citations[:1] for f in session.facts.by_id([f"at:{c.id}"]).values()]
    facts = [*(f.fact for f in found.figures), *stated]
    return [sums.total(session, facts, "合计")] if len(facts) == 2 and sums.comparable(facts) else []


def _nothing(session: Session, question: Question, wanted: Sequence[Ask]) -> Answer:
    """No figure: what the documents say in words, what the parts add up to, else what there is instead."""
    if wanted and all(a.items <= _STRUCTURE for a in wanted):
        told = texts.of_kind(session, replace(question, ops=question.ops | {"structure"}), question.units, wanted)
        if told is not None:
            return told
    if listed := scope.by_class(wanted):
        found = answer(session, question, listed)
        if found.status == "answered":
            return replace(found, notes=(*found.notes, listed[0].note))
    parts = breakdown.without_total(session, question, wanted[0]) if len(wanted) == 1 else None
    parts = parts or (breakdown.below(session, question, wanted[0]) if len(wanted) == 1 else None)
    parts = within.of_parts(session, question, parts) if parts is not None else None
    looked_at = [f for ask in wanted for f in figure.fetch(session, ask, question.units)]
    return nothing.answer(session, question, wanted) or parts or refuse.nothing_found(session, question, wanted, looked_at)


def _several(session: Session, question: Question, wanted: Sequence[Ask], found: Collected) -> Answer | None:
    """What is to be done with more than one figure; None where they are only to be shown."""
    if len(found.figures) < 2:
        return None
    if (told := balance.answer(session, question, found.figures)) is not None:
        return told
    if len(wanted) == 1 and wanted[0].projects and not question.all_units and question.has("parts", *_ORDERS):
        inside = next((told for one in found.figures[::-1] if (told := breakdown.answer(session, question, [one]))), None)
        if inside is not None:
            return inside
    if question.has(*_ORDERS):
        alike = sums.comparable(sums.facts_of(found.figures)) or question.all_units
        return _ranked(session, question, found) if alike else refuse.no_members(session, question, wanted)
    if question.has("sum") or (question.has("total") and len(wanted) > 1) or _adds_units(question, found):
        if found.missing and (parts := scope.without_missing_whole(wanted, found)) is not None:
            return answer(session, question, parts)
        if sums.same_thing(found.figures):
            return moves.compare(session, question, found)
        return _summed(session, question, replace(found, figures=sums.newest(found.figures)) if _adds_units(question, found) else found)
    moved = ({"变动额", "变动率"} & set(question.metrics) or question.has("change")) and len({f.fact.year for f in found.figures}) > 1
    return moves.compare(session, question, found) if moved or question.has("compare", "difference", "adjusted") else None


def _one(session: Session, question: Question, wanted: Sequence[Ask], found: Collected) -> Answer:
    """One figure averaged or taken apart; else all figures as they are."""
    if (told := balance.both_spends(session, question, found.figures)) is not None:
        return told
    if question.has("average") and not any("平均" in f.fact.label for f in found.figures):
        return _average(session, question, found) or refuse.no_average(session, question, found)
    halves = bool(found.missing) and len(found.facts) > 1  # 分别 speaks of the phases or places, not of parts
    if question.has("parts", "sum", *_ORDERS) and not halves and (len(found.figures) == 1 or "构成" in question.text):
        told = breakdown.answer(session, question, found.figures)
        if told is not None:
            return told
        everywhere = question.all_units and len(question.units) != 1
        if question.has("rank-max", "rank-min") and not everywhere and not re.search("哪一?年|年度", question.text):
            return refuse.no_members(session, question, wanted)
    if question.has("difference") and len(found.figures) == 1 and found.figures[0].fact.flow != "结转结余" and not question.all_units:
        return refuse.incomplete(session, question, found)
    return nothing.before_projects(session, question, wanted, found, _plain(session, question, wanted, found))


def _changed(session: Session, question: Question, wanted: Sequence[Ask]) -> Answer | None:
    """A change over the years (or against the budget); two items or phases against each other are compared instead."""
    if question.years and re.search(f"[比较]{min(question.years)}年的?(?:预算)?(?:执行|决算)数?", question.source.squeezed):
        wanted = [replace(a, phases=()) for a in wanted]  # 较2023年执行数: the other year's, not what is asked of this one
    phases = {p for a in wanted for p in a.phases} | {"完成" for m in question.mentions if m.role == "op" and m.value == "done"}
    changing = question.has("change") or bool({"变动额", "变动率"} & set(question.metrics)) or len(question.years) > 1
    each = question.has("parts") or (question.has("change") and scope.of_last_year(question))
    alike = all(a.total for a in wanted) or not question.has("difference") or "变动额" in question.metrics
    together = changing and each and alike and not scope.set_against(question)
    if _twice(question) and not changing:
        return None  # 三公表和经济分类表上的公务接待费差多少: two places of one item
    if (
        (len(wanted) > 1 and not together)
        or len(phases) > 1
        or len(question.forms) > 1
        or (len(question.units) > 1 and not question.has("change"))
    ):
        return None
    units = question.units or tuple(
        collect.units_with(session, question, figure.fetch(session, wanted[0], question.unit_choice or session.lexicon.units()))
    )
    return moves.change(session, question, wanted, units[:4])


def _twice(question: Question) -> bool:
    """Whether one item is named twice, in two places."""
    items = [tuple(c.curie for c in m.concepts) for m in question.items]
    return len(set(items)) < len(items) and bool(question.forms)


def _adds_units(question: Question, found: Collected) -> bool:
    """Whether the figures of several units are to be added: 三家编制合计多少, 甲、乙各有几辆车，一共几辆."""
    if len(found.units) < 2:
        return False
    named = any(m.text.endswith(("合计", "总计", "总数", "总和")) for m in question.items)
    return question.has("total") and (question.all_units or "各" in question.text) or named


def _plain(session: Session, question: Question, wanted: Sequence[Ask], found: Collected) -> Answer:
    """The figures as they are; a single one with its parts and other phases."""
    results: list[Result] = []
    warnings: list[Notice] = []
    for one in found.figures:
        results += figure.results(session, one)
        warnings += figure.warnings(session, one)
    results += [compose.result(session, f) for f in beside.counted(session, question, found)]
    results += _whole(session, found)
    if len(found.figures) == 1:
        one = found.figures[0]
        results += figure.extras(session, one, Unit(one.fact.unit, one.fact.unit_name))
    if question.all_units:
        having = {f.fact.unit for f in found.figures}
        meant = question.unit_choice or session.lexicon.units()
        warnings += caution.undisclosed(meant, [u for u in meant if u.curie in having])
    if len(question.forms) > 1:
        warnings += caution.side_by_side(session, [f.fact for f in found.figures])
    told = [f.fact for f in found.figures if f.fact.told and (question.has("list", "nature") or _none_of_it(f.fact))]
    text = "；".join(compose.sentence(r) for r in results[: max(3, len(found.figures))][:10]) + "。"
    lacking = [*caution.not_found(found.missing), *beside.lacking(question, results)]
    text += "".join(f"{notice.message}。" for notice in lacking)
    return Answer(
        question.text,
        "answered",
        text,
        tuple(results),
        warnings=(*lacking, *warnings),
        passages=tuple(passages.paragraph(session, f) for f in {f.row: f for f in told}.values()),
    )


def _none_of_it(fact: Fact) -> bool:
    """Whether a figure says that there is none of a thing: its sentence says what of."""
    return fact.value == 0 and fact.metric == "数量"


def _whole(session: Session, found: Collected) -> list[Result]:
    """The total beside 基本支出 and 项目支出, where both are given."""
    parts = {f.fact.spend: f for f in found.figures if f.fact.item in choose.TOTALS and not f.fact.project}
    if set(parts) != {"基本支出", "项目支出"} or len(found.figures) != 2:
        return []
    one = parts["基本支出"].fact
    ask = choose.about("ind:合计", "支出合计", flow="支出", phases=(one.phase,))
    unit = Unit(one.unit, one.unit_name)
    total = figure.find(session, ask, figure.fetch(session, ask, [unit], [one.year]), unit, one.year)
    return [compose.result(session, total.fact, total.same, ask)] if total is not None else []


def _ranked(session: Session, question: Question, found: Collected) -> Answer:
    """Figures of one measure in order, largest first (or smallest)."""
    usable = [f for f in found.figures if f.amount is not None]
    ordered = sorted(usable, key=lambda f: f.amount or 0, reverse=not question.has("rank-min") or question.has("rank-max"))
    results = [compose.result(session, f.fact, f.same, f.ask) for f in ordered]
    ends = sums.facts_of([ordered[0], ordered[-1]]) if ordered else []
    if question.has("difference") and len(ends) == 2 and sums.comparable(ends) and (len(ordered) == 2 or question.has("rank-min")):
        larger, smaller = sorted(ends, key=lambda f: f.amount or 0, reverse=True)
        results.append(sums.difference(session, larger, smaller, f"{compose.name(larger)}比{compose.name(smaller)}多"))
    warnings = [w for f in ordered for w in figure.warnings(session, f)]
    text = "从大到小：" if not question.has("rank-min") or question.has("rank-max") else "从小到大："
    text += "；".join(compose.sentence(r) for r in results) + "。"
    if len({f.fact.year for f in ordered}) > 1:
        text += "注意年度不同。"
    lacking = caution.not_found(found.missing)
    text += "".join(f"{notice.message}。" for notice in lacking)
    return Answer(question.text, "answered", text, tuple(results), warnings=(*lacking, *warnings))


def _summed(session: Session, question: Question, found: Collected) -> Answer:
    """The sum of the figures, then the figures."""
    facts = sums.facts_of(found.figures)
    whole = sums.holding(found.figures)
    if not sums.comparable(facts) or whole is not None:
        first = [f for f in found.figures if f is whole]
        found = replace(found, figures=(*first, *(f for f in found.figures if f is not whole)))
        plain = _plain(session, question, [f.ask for f in found.figures], found)
        inside = f"{compose.name(whole.fact, whole.ask)}已包含其余各项，没有重复相加" if whole is not None else ""
        return replace(plain, warnings=(*plain.warnings, Notice("basis", inside))) if inside else plain
    if found.missing:
        return replace(
            _plain(session, question, [f.ask for f in found.figures], found),
            status="no_data",
            results=(),
            answer=f"缺少{'；'.join(found.missing[:4])}，不能相加。",
        )
    added = sums.total(session, facts, "合计")
    results = [added, *(compose.result(session, f.fact, f.same, f.ask) for f in found.figures)]
    warnings = [w for f in found.figures for w in figure.warnings(session, f)]
    return Answer(
        question.text, "answered", f"合计{added.value}{added.measure}（{added.computed}）。", tuple(results), warnings=tuple(warnings)
    )


def _average(session: Session, question: Question, found: Collected) -> Answer | None:
    """An amount per person or car, where the documents state how many there are; of every unit where all are asked for."""
    means = [mean for one in (found.figures if question.all_units else found.figures[-1:]) if (mean := _mean(session, question, one))]
    if not means:
        return None
    text = "；".join(f"{m[0].unit}{m[0].indicator}{m[0].value}{m[0].measure}（{m[0].computed}）" for m in means) + "。"
    return Answer(question.text, "answered", text, (*(m[0] for m in means), *(r for m in means for r in m[1:])))


def _mean(session: Session, question: Question, one: Figure) -> tuple[Result, ...]:
    """The average of one figure, the figure and the count; nothing where no count is stated."""
    if not sums.money([one.fact]):
        return ()
    people = "ind:公务接待人次" if one.fact.item == "ind:公务接待费" else "ind:实有人数"
    things = {
        "批": ("ind:公务接待批次",),
        "车": ("ind:公务用车保有量", "ind:车辆"),
        "辆": ("ind:公务用车保有量", "ind:车辆"),
        "人": (people,),
    }
    each = re.search(r"(?:平均)?每(?:一?个?)(?P<what>[^，。；每]{1,3})|人均|车均|辆均|批均", question.text)
    said = each.group() if each else question.text  # 接待了几批，平均每人次多少: by people
    for word, items in things.items():
        if word not in said:
            continue
        for item in items:
            ask = choose.about(item, metric="数量")
            unit = Unit(one.fact.unit, one.fact.unit_name)
            count = figure.find(session, ask, figure.fetch(session, ask, [unit]), unit, one.fact.year)
            if count is not None:
                called = f"平均每{count.fact.measure}{compose.name(one.fact, one.ask)}"
                mean = sums.average(session, one.fact, count.fact, called, in_yuan=bool(_IN_YUAN.search(question.text)))
                if mean is not None:
                    return mean, compose.result(session, one.fact, one.same, one.ask), compose.result(session, count.fact)
    return ()
