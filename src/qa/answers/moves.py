"""Changes and comparisons: what a document says about a change first, else the two figures and their difference."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from qa.answers import caution, compose, figure, pairs, passages, scope, sums
from qa.answers.choose import Ask, about
from qa.answers.collect import Collected
from qa.answers.compose import Session
from qa.answers.figure import Figure
from qa.answers.left import AGAINST_BUDGET, between, year_of
from qa.model import Answer, Fact, Notice, Question, Result, Unit

_FUNDS = ("全部", "财政拨款", "一般公共预算", "")
#: 追加了多少, not 追加项目实际花了多少
_HOW_MUCH_ADDED = re.compile(r"(?:追加|调增|调减)(?:了|的)?(?:预算|资金|经费|金额|指标)?(?:是)?(?:多少|几)")


def change(session: Session, question: Question, wanted: Sequence[Ask], units: Sequence[Unit]) -> Answer | None:
    """比上年, 同比, 增幅: the stated change of each item, with both years; computed where only the two figures are stated."""
    results: list[Result] = []
    warnings: list[Notice] = []
    changes: list[tuple[Fact, Ask]] = []
    same: list[Fact] = []  # 持平, in words
    for unit in units:
        for ask in wanted:
            facts = list(figure.fetch(session, ask, [unit], question.years))
            year = year_of(session, question, unit, facts)
            if year is None:
                continue
            stated = _stated(question, ask, facts, unit, year)
            if _narrower(ask, stated) and (wider := _of_everything(session, question, ask, unit, year)) is not None:
                ask, facts, stated = wider
            if not stated and (parts := _parts(session, ask)):
                part = change(session, question, parts, [unit])
                results += part.results if part is not None else ()
            results += [_change_result(session, f, ask) for f in stated]
            now = figure.find(session, _bare(ask), facts, unit, year)
            before = figure.find(session, _bare(ask), facts, unit, year - 1)
            now, before = pairs.of_one_kind(session, ask, facts, unit, now, before)
            if now and before:
                now, before = pairs.of_one_place((now, before))
            if now and before and before.fact.formula and before.fact.fund != now.fact.fund:
                now = replace(now, fact=before.fact.operands[0], same=())  # both years of one fund
            if now and before and not stated:
                results += _computed(session, ask, now.fact, before.fact)
            elif now and before and [f.metric for f in stated] == ["变动率"] and not before.fact.formula:
                results = _computed(session, ask, now.fact, before.fact)[:1] + results  # the amount, of which only the rate is stated
            elif (
                now
                and before
                and [f.metric for f in stated] == ["变动额"]
                and (question.has("share") or "变动率" in question.metrics or "幅" in question.text)
            ):
                results = _computed(session, ask, now.fact, before.fact)[1:] + results
            for one in (now, before):
                if one is not None and (stated or before):
                    results.append(compose.result(session, one.fact, one.same, ask))
            if now is not None and stated:
                warnings += _against_tables(session, stated, now, before)
            warnings += _other_side(session, stated, facts)
            changes += [(f, ask) for f in stated if f.metric == "变动额"]
            same += [f for f in stated if f.value is None and f.told]
    if not results:
        return None
    if question.has("difference"):
        results += _apart(session, changes)
    results = list({(r.indicator, r.value, r.year): r for r in results}.values())
    text = "；".join(compose.sentence(r) for r in results[:5]) + "。"
    told = tuple(passages.paragraph(session, f) for f in same) if question.has("whether") else ()
    return Answer(question.text, "answered", text, tuple(results), passages=told, warnings=tuple(warnings))


def adjusted(session: Session, question: Question, wanted: Sequence[Ask]) -> Answer | None:
    """追加, 调增: the adjustment as it is stated beside the unit's budget, of the years asked."""
    for ask in wanted:
        units = question.units or question.unit_choice or tuple(session.lexicon.units())
        facts = figure.fetch(session, ask, units)
        found = [
            f
            for f in facts
            if f.metric == "变动额"
            and any(w in f.column_path for w in ("追加", "调整", "调增"))
            and not f.func
            and (not question.years or f.year in question.years)
            and (f.project in ask.projects if ask.projects else not f.project)
        ]
        if found:
            best = list({(f.unit, f.year): f for f in reversed(found)}.values())
            results = [replace(compose.result(session, f), phase="", indicator=f.column_path) for f in best]
            warnings = [w for f in best for w in _not_in_budget(session, ask, facts, f)]
            return Answer(
                question.text, "answered", "；".join(compose.sentence(r) for r in results) + "。", tuple(results), warnings=tuple(warnings)
            )
    if len(wanted) != 1 or not _HOW_MUCH_ADDED.search(question.text):
        return None  # where it is not stated: 全年预算 less 年初预算
    return between(session, question, wanted[0], (("全年预算",), ("年初预算",)), ("年中追加", "年中调减"))


def _not_in_budget(session: Session, ask: Ask, facts: Sequence[Fact], added: Fact) -> list[Notice]:
    """An adjustment that is told, but by which 年初预算 and 全年预算 of the tables do not differ."""
    unit = Unit(added.unit, added.unit_name)
    pair = [figure.find(session, replace(ask, phases=(p,)), facts, unit, added.year) for p in ("全年预算", "年初预算")]
    later, first = (one.fact if one else None for one in pair)
    if later is None or first is None or later.amount is None or first.amount is None or added.amount is None:
        return []
    if abs(later.amount - first.amount - added.amount) <= 200:
        return []
    tables = f"年初预算{compose.shown(first)}、全年预算{compose.shown(later)}"
    told = f"{added.year}年{compose.source(added)}写{added.column_path}{compose.shown(added)}，但{tables}，两处不符"
    return [Notice("conflict", told, compose.citations(session, (added, first, later), limit=3))]


def _narrower(ask: Ask, stated: Sequence[Fact]) -> bool:
    """Whether a change that is stated is that of one fund, where the total of all money is asked about."""
    plain = ask.total and not ask.dims.get("spend") and not ask.dims.get("fund") and not ask.projects
    return plain and bool(stated) and all(f.fund not in ("全部", "") for f in stated)


def _of_everything(session: Session, question: Question, ask: Ask, unit: Unit, year: int) -> tuple[Ask, list[Fact], list[Fact]] | None:
    """The change of 收、支总计 of all funds, where that is stated."""
    both = replace(about("ind:总计", "收、支总计", flow="收支"), phases=ask.phases)
    facts = list(figure.fetch(session, both, [unit], question.years))
    stated = [f for f in _stated(question, both, facts, unit, year) if f.fund == "全部"]
    return (both, facts, stated) if stated else None


def of_another(session: Session, question: Question, ask: Ask) -> Answer | None:
    """The change of 收、支总计 where that of income or spending alone is not stated."""
    if not ask.total or ask.dims.get("spend") or ask.dims.get("flow") not in ("收入", "支出"):
        return None
    both = replace(about("ind:总计", "收、支总计", flow="收支", fund=ask.dims.get("fund", "")), phases=ask.phases)
    found = change(session, question, [both], question.units)
    return replace(found, notes=(f"{ask.label} = 收、支总计（没有单独披露{ask.label}的变动）",)) if found is not None else None


def _parts(session: Session, ask: Ask) -> list[Ask]:
    """The parts of an item, whose changes may be stated where its own is not."""
    known = session.lexicon.concepts([p for c in ask.concepts for p in c.parts])
    return [replace(ask, label=c.label, concepts=(c,), options=((c.curie, ask.dims),)) for c in known.values()]


def _bare(ask: Ask) -> Ask:
    return replace(ask, metrics=())


def _stated(question: Question, ask: Ask, facts: Sequence[Fact], unit: Unit, year: int) -> list[Fact]:
    """The change and its rate as the document states them for this item, against the base that the question names."""
    against = [p for p in question.phases if p in AGAINST_BUDGET and f"比{p}" in question.source.squeezed]
    found: dict[str, Fact] = {}
    named = ask.dims.get("fund")  # of 财政拨款 before that of all money
    ranks = [*([named] if named else []), *_FUNDS]
    for fact in sorted(
        facts, key=lambda f: (f.value is None, not f.told, ranks.index(f.fund) if f.fund in ranks else 9, compose.position(f))
    ):
        if fact.unit != unit.curie or fact.year != year or fact.metric not in ("变动额", "变动率") or fact.func or fact.project:
            continue
        budget = any(p in fact.base for p in AGAINST_BUDGET) and "上年" not in fact.base
        if bool(against) != budget or (against and not any(p in fact.base for p in against)):
            continue
        if any(ask.dims.get(k) not in (None, getattr(fact, k)) for k in ("spend",)) or (
            not ask.dims.get("spend") and fact.spend not in ("", "全部")
        ):
            continue
        if ask.dims.get("flow") and fact.flow and fact.flow not in (ask.dims["flow"], "收支"):
            continue
        wanted_fund = ask.dims.get("fund")
        if wanted_fund not in (None, *_FUNDS) and fact.fund != wanted_fund:
            continue
        if wanted_fund in (None, *_FUNDS) and fact.fund not in _FUNDS:
            continue
        if found and fact.row != next(iter(found.values())).row and fact.metric in found:
            continue
        found.setdefault(fact.metric, fact)
    return [found[m] for m in ("变动额", "变动率") if m in found]


def direction(fact: Fact) -> str:
    """减少, 增加 or 持平, by the sign of a change."""
    if not fact.value:
        return "增减"
    return "减少" if fact.value < 0 else "增加"


def _change_result(session: Session, fact: Fact, ask: Ask) -> Result:
    """A stated change without its sign, which its name says."""
    found = compose.result(session, fact, (), ask)
    base = fact.base or "上年"
    return replace(
        found,
        value=None if found.value is None else abs(found.value),
        phase="",
        indicator=f"{compose.name(fact, ask) if ask.total else ask.label or found.indicator}较{base}{direction(fact)}",
    )


def _computed(session: Session, ask: Ask, now: Fact, before: Fact) -> list[Result]:
    """The change from two stated figures."""
    if not sums.comparable((now, before)) or now.amount is None or before.amount is None:
        return []
    word = "减少" if now.amount < before.amount else "增加"
    called = compose.name(now, ask) if ask.total else ask.label
    larger, smaller = (before, now) if word == "减少" else (now, before)
    found = [sums.difference(session, larger, smaller, f"{called}{now.year}年较{before.year}年{word}")]
    if before.value and now.measure != "%":
        rate = sums.share(session, larger, before, "")
        if rate is not None and rate.value is not None:
            value = abs(sums.scaled(now, before) - before.value) / abs(before.value) * 100
            found.append(
                compose.computed(
                    session,
                    value=value.quantize(Decimal("0.01"), ROUND_HALF_UP),
                    measure="%",
                    operands=(now, before),
                    indicator=f"{called}{now.year}年较{before.year}年{word}幅度",
                    formula=f"（{sums.term(larger, before)} − {sums.term(smaller, before)}）÷ {sums.term(before, before)} × 100%",
                )
            )
    return found


def _against_tables(session: Session, stated: Sequence[Fact], now: Figure, before: Figure | None) -> list[Notice]:
    """Whether the change that is stated is the change between the two figures that are stated."""
    amount = next((f for f in stated if f.metric == "变动额"), None)
    if (
        amount is None
        or before is None
        or before.fact.formula
        or amount.amount is None
        or now.amount is None
        or before.amount is None
        or "上年" not in amount.base
    ):
        return []
    off = abs(abs(now.amount - before.amount) - abs(amount.amount))
    if off == 0:
        return []
    kind = "rounding" if off <= 100 else "conflict"
    real = compose.plain_number(abs(now.amount - before.amount) / (now.fact.factor or 1))
    message = (
        f"说明写{direction(amount)}{compose.shown(amount).lstrip('-')}，按{before.fact.year}年{compose.shown(before.fact)}、{now.fact.year}年"
        f"{compose.shown(now.fact)}计算应为{real}{now.fact.measure}" + ("（尾差）" if kind == "rounding" else "")
    )
    return [Notice(kind, message, compose.citations(session, (amount, now.fact, before.fact)))]


_OTHER = {"收入": "支出", "支出": "收入"}


def _other_side(session: Session, stated: Sequence[Fact], facts: Sequence[Fact]) -> list[Notice]:
    """Income and spending of one budget, whose changes are told against different bases."""
    one = next((f for f in stated if f.metric == "变动额" and f.flow in _OTHER), None)
    if one is None:
        return []
    same = (one.unit, one.year, one.document, one.fund, one.spend, one.measure, _OTHER[one.flow])
    for other in facts:
        place = (other.unit, other.year, other.document, other.fund, other.spend, other.measure, other.flow)
        if other.metric == "变动额" and not other.func and place == same and other.base != one.base and other.value != one.value:
            told = [f"{f.flow}较{f.base}{direction(f)}{compose.shown(f).lstrip('-')}" for f in (one, other)]
            return [Notice("basis", f"{one.year}年{'，'.join(told)}：比较的基数不同", compose.citations(session, (one, other)))]
    return []


def _apart(session: Session, changes: Sequence[tuple[Fact, Ask]]) -> list[Result]:
    """What one stated change exceeds the other by, where the same measure and direction makes them comparable."""
    if len(changes) != 2 or len({f.measure for f, _ in changes}) > 1 or any(f.value is None for f, _ in changes):
        return []
    if len({direction(f) for f, _ in changes}) > 1:
        return []
    (larger, first), (smaller, second) = sorted(changes, key=lambda pair: abs(pair[0].value or Decimal(0)), reverse=True)
    word = direction(larger)
    facts = [replace(f, value=abs(f.value or Decimal(0))) for f in (larger, smaller)]
    return [sums.difference(session, facts[0], facts[1], f"{first.label}{word}额比{second.label}{word}额多")]


def compare(session: Session, question: Question, found: Collected) -> Answer:
    """Two or more figures side by side; of two, which is larger and by how much."""
    figures = pairs.of_one_place(found.figures)
    results = [compose.result(session, f.fact, f.same, f.ask) for f in figures]
    warnings = [w for f in figures for w in figure.warnings(session, f)]
    text = "；".join(compose.sentence(r) for r in results[:6]) + "。"
    warnings += _unlike(session, figures)
    if len(question.forms) > 1 and len({f.amount for f in figures}) > 1:
        warnings.append(compose.conflict(session, figures[0].fact, [f.fact for f in figures[1:] if f.amount != figures[0].amount]))
    pair = _with_bounds(sums.facts_of(_set_against(question, figures)))
    if len(pair) == 2 and sums.comparable(pair) and pair[0].amount is not None and pair[1].amount is not None:
        if pair[0].amount == pair[1].amount:
            text += "两者相等。"
        else:
            larger, smaller = sorted(pair, key=lambda f: f.amount or 0, reverse=True)
            names = {f.fact.id: _called(f, figures) for f in figures}
            gap = sums.difference(session, larger, smaller, f"{names[larger.id]}比{names[smaller.id]}多")
            results.append(gap)
            results += _rate_between(session, question, figures)
            text += f"{names[larger.id]}多{gap.value}{gap.measure}。"
    lacking = caution.not_found(found.missing)
    text += "".join(f"{notice.message}。" for notice in lacking)
    return Answer(question.text, "answered", text, tuple(results), warnings=(*lacking, *warnings))


def _with_bounds(pair: list[Fact]) -> list[Fact]:
    """A target with a bound (>750000条) and the actual value beside it as two numbers of one measure."""
    if len(pair) != 2 or pair[0].row != pair[1].row or {f.phase for f in pair} != {"目标", "完成"}:
        return pair
    measure = next((f.measure for f in pair if f.measure), "")
    return [replace(f, value=f.value if f.value is not None else f.low if f.low is not None else f.high, measure=measure) for f in pair]


def _set_against(question: Question, figures: Sequence[Figure]) -> Sequence[Figure]:
    """Of more than two figures the two on both sides of 比: 基本支出，人员经费比公用经费多多少."""
    sides = [m for m in question.items for n in (question.source.squeezed.find("比", m.start),) if n >= 0]
    before = [m for m in sides if question.source.squeezed[m.end : m.end + 1] == "比"]
    after = [m for m in question.items if any(m.start == b.end + 1 for b in before)]
    if len(figures) < 3 or len(before) != 1 or len(after) != 1:
        return figures
    chosen = [f for m in (before[0], after[0]) for f in figures if f.ask.said == m.text]
    return chosen if len(chosen) == 2 else figures


_RATE_ASKED = re.compile("变化多大|变动多大|多大变化|增幅|降幅|幅度|增速|增长率|百分之|百分比|%|几成|变动率")


def _rate_between(session: Session, question: Question, figures: Sequence[Figure]) -> list[Result]:
    """By how many per cent one figure differs from the other, where that is asked for.

    The later year is measured against the earlier, accounts against the budget, one item against the other behind 比.
    """
    if not _RATE_ASKED.search(question.text) or len(figures) != 2:
        return []
    one, other = figures
    if one.fact.item == other.fact.item and one.fact.year != other.fact.year:
        before, now = sorted(figures, key=lambda f: f.fact.year)
        return _computed(session, now.ask, now.fact, before.fact)[1:]
    if one.fact.item == other.fact.item and pairs.is_budget(one.fact) != pairs.is_budget(other.fact):
        base, upper = (one, other) if pairs.is_budget(one.fact) else (other, one)
    elif scope.set_against(question) and one.fact.year == other.fact.year:
        upper, base = figures
    else:
        return []
    if not base.fact.value or upper.fact.value is None or upper.fact.measure == "%":
        return []
    gap = abs(sums.scaled(upper.fact, base.fact) - base.fact.value)
    word = "多" if (upper.amount or 0) >= (base.amount or 0) else "少"
    larger, smaller = (upper, base) if word == "多" else (base, upper)
    rate = compose.computed(
        session,
        value=(gap / abs(base.fact.value) * 100).quantize(Decimal("0.01"), ROUND_HALF_UP),
        measure="%",
        operands=(upper.fact, base.fact),
        indicator=f"{_called(upper, figures)}比{_called(base, figures)}{word}（幅度）",
        formula="（{} − {}）÷ {} × 100%".format(*(sums.term(f.fact, base.fact) for f in (larger, smaller, base))),
    )
    return [rate]


def _unlike(session: Session, figures: Sequence[Figure]) -> list[Notice]:
    """A budget set against final accounts of another year, which the question did not ask for in so many words."""
    first, *others = figures
    for other in others:
        kinds = {f.fact.phase.endswith("预算") for f in (first, other)}
        if len(kinds) > 1 and first.fact.year != other.fact.year and first.fact.item == other.fact.item:
            said = "，".join(f"{f.fact.year}年为{f.fact.phase}{compose.shown(f.fact)}" for f in (first, other))
            return [Notice("basis", f"{said}：预算与决算口径不同，比较仅供参考", compose.citations(session, (first.fact, other.fact)))]
    return []


def _called(one: Figure, figures: Sequence[Figure]) -> str:
    """What tells a figure apart from the others: its unit, year, phase, item."""
    fact = one.fact
    others = [f.fact for f in figures if f.fact.id != fact.id]
    said = [
        fact.unit_name if any(o.unit != fact.unit for o in others) else "",
        f"{fact.year}年" if any(o.year != fact.year for o in others) else "",
        compose.name(fact, one.ask) if any(compose.name(o) != compose.name(fact) for o in others) else "",
        fact.phase if any(o.phase != fact.phase for o in others) else "",
        f"（{one.ask.forms[0]}）" if one.ask.forms and any(f.ask.forms != one.ask.forms for f in figures) else "",
    ]
    return "".join(said) or compose.name(fact, one.ask)
