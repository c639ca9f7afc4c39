"""Shares: as a document states them, else computed from part and whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from kg.terms import key
from qa import queries
from qa.answers import asks, caution, choose, collect, compose, figure, scope, sums
from qa.answers.choose import Ask
from qa.answers.compose import Session
from qa.answers.figure import Figure
from qa.model import Answer, Fact, Mention, Notice, Question, Result, Unit
from qa.understand.near import roots

#: behind the whole of a share: 工资福利支出里
_IN = re.compile(r"(?:的?(?:合同|资金|经费|金额|钱))?(?:总额|合计|总数)?(?:里面?|里头|当中|之中|中(?!央|心|小|期)|内(?!设|部))")
_HOW_MUCH = r"(?:百分之(?:多少|几)|几成|多少(?:个)?(?:比例|百分比|份额)|多大(?:比例|份额|一块|一?部分)|几分之几)"
#: between the whole and the part: 货物采购有百分之多少给了中小企业
_OF_IT = re.compile(
    rf"(?:金额|总额|支出|合同)?(?:里面?|中|当中)?的?(?:有|约|大概|大约|总共)*(?:{_HOW_MUCH})的?(?:资金|钱|支出|经费|合同)?[\u4e00-\u9fff]{{1,5}}"
)
#: around the second of two: 奖金是基本工资的百分之几
_IS = re.compile("(?:是|为|相当于|约为|约是|约相当于|占到?)")
_PER_CENT_OF = re.compile(rf"的(?:{_HOW_MUCH})")


def answer(session: Session, question: Question, wanted: Sequence[Ask]) -> Answer | None:
    """The share of every part in the whole that the question names (or that the document does), of each unit and year."""
    parts, whole = _inside(session, question, wanted) or _roles(question, wanted)
    units = question.units or question.unit_choice or tuple(session.lexicon.units())
    results: list[tuple[Result, Figure | None]] = []
    extra: list[Result] = []
    wholes: list[Figure] = []
    warnings: list[Notice] = []
    missing: list[str] = []
    for unit in units:
        for ask in parts:
            facts = figure.fetch(session, ask, [unit], question.years)
            for year in _years(session, question, unit, facts, ask, len(units)):
                found = _one(session, question, ask, _own_whole(question, parts, ask, whole), unit, year, facts)
                if found is not None:
                    share, part, over = found
                    results.append((share, part))
                    wholes += [over] if over is not None else []
                    extra += [compose.result(session, f.fact, f.same, f.ask) for f in (part, over) if f is not None]
                    warnings += figure.warnings(session, part) if part is not None else []
                elif len(parts) > 1 or units is question.units:
                    missing.append(f"{unit.name}{year}年{ask.label}占比")
    if not results:
        return None
    shares = [r for r, _ in results]
    beyond = [r.indicator for r in shares if r.computed and r.value is not None and r.value > 100]
    warnings += [Notice("basis", f"{name}超过100%：前者不是后者的一部分，只是两数之比") for name in beyond]
    if question.has("sum", "total") and whole is not None and len(shares) > 1:
        shares = [*_joint(session, results, wholes), *shares]
    if question.has("difference", "compare") and len(shares) == 2:
        shares += _apart(*shares)
    if question.has("rank-max", "rank-min", "order") and len(shares) > 1:
        shares.sort(key=lambda r: Decimal(r.value or 0), reverse=not question.has("rank-min"))
    unique = list({(r.unit, r.year, r.indicator, r.phase, r.value): r for r in extra}.values())
    text = "；".join(compose.sentence(r) for r in shares[:6]) + "。"
    if len(shares) == 1 and unique:
        text += "；".join(compose.sentence(r) for r in unique[:2]) + "。"
    lacking = caution.not_found(missing)
    text += "".join(f"{notice.message}。" for notice in lacking)
    beside = unique[:6] if len(shares) < 4 or question.has("parts") else ()
    return Answer(question.text, "answered", text, (*shares, *beside), warnings=(*lacking, *warnings))


def _apart(one: Result, other: Result) -> list[Result]:
    """By how many 百分点 one share exceeds another, of two units, years or parts."""
    if one.value is None or other.value is None or one.value == other.value:
        return []
    larger, smaller = sorted((one, other), key=lambda r: r.value or Decimal(0), reverse=True)
    said = [
        f"{r.unit if one.unit != other.unit else ''}{f'{r.year}年' if one.year != other.year else ''}{r.indicator}"
        for r in (larger, smaller)
    ]
    return [
        replace(
            larger,
            value=Decimal(larger.value or 0) - Decimal(smaller.value or 0),
            measure="百分点",
            text=None,
            phase="",
            indicator=f"{said[0]}高于{said[1]}",
            computed=f"{larger.value} − {smaller.value}",
            citations=(*larger.citations[:2], *smaller.citations[:2]),
        )
    ]


_OF_WHOLE = re.compile("占|比重|比例|份额|构成")
#: by how many per cent one exceeds another
_EXCESS = re.compile(
    "(?:多|少|高|低|超|省|节约|节省|贵|便宜|大|小)(?:出|过|了|下)*(?:百分之(?:多少|几)|几成|(?:多少|几)个?百分点)"
    "|超(?:出|过|了)?(?:年初|全年)?预算(?:百分之(?:多少|几)|几成)"
)
_RATE = re.compile("率|满意度|目标|指标值|达标|覆盖度")


def asked(question: Question) -> bool:
    """Whether 百分之几 asks for a part of a whole; 满意度目标百分之几 asks for the figure itself."""
    text = question.source.squeezed
    if _EXCESS.search(text) and not re.search("占|比重", text):
        return False
    bare = not _OF_WHOLE.search(text)
    return question.has("share") and not (bare and (question.has("goal", "done") or _RATE.search(text)))


def _years(session: Session, question: Question, unit: Unit, facts: Sequence[Fact], ask: Ask, units: int) -> list[int]:
    """The years wanted; of several units one year each, the newest of which there are final accounts."""
    years = collect.years_of(session, question, unit, facts, ask)
    if units == 1 or question.years or len(years) < 2:
        return years
    spent = [y for y in years if any(f.unit == unit.curie and f.year == y and f.phase == "决算" for f in facts)]
    return [max(spent or years)]


def _own_whole(question: Question, parts: Sequence[Ask], ask: Ask, whole: Ask | None) -> Ask | None:
    """The whole of one part: the part before it where 其中 stands between (甲占总额多少，其中乙占比), else that of all."""
    place = parts.index(ask)
    if whole is None or not place:
        return whole
    before = question.source.squeezed[_end(question, parts[place - 1]) : _start(question, ask)]
    return parts[place - 1] if "其中" in before and before.find("其中") > before.find(whole.said) else whole


def _joint(session: Session, results: Sequence[tuple[Result, Figure | None]], wholes: Sequence[Figure]) -> list[Result]:
    """The parts together, and their share: 基本工资、奖金加起来占工资福利支出多少."""
    facts = sums.facts_of([part for _, part in results if part is not None])
    if len(facts) < len(results) or len({f.fact.id for f in wholes}) != 1 or not sums.comparable([*facts, wholes[0].fact]):
        return []
    added = sums.total(session, facts, "合计")
    first, whole = facts[0], wholes[0].fact
    together = replace(first, value=Decimal(added.value or 0), formula=added.computed or "", operands=tuple(facts))
    share = sums.share(session, together, whole, f"合计占{compose.name(whole, wholes[0].ask)}比例")
    return [added, *([share] if share is not None else [])]


def _inside(session: Session, question: Question, wanted: Sequence[Ask]) -> tuple[Sequence[Ask], Ask | None] | None:
    """Part and whole of 货物采购有百分之多少给了中小企业, where both together may be an indicator of their own, and of 甲是乙的百分之几."""
    text = question.source.squeezed
    items = [m for m in question.items if m.role == "item"]
    for first, second in pairwise(items):
        one, other = (next((a for a in wanted if a.said == m.text), None) for m in (first, second))
        if one is None or other is None or one is other:
            continue
        between = text[first.end : second.start]
        if _IS.fullmatch(between) and _PER_CENT_OF.match(text, second.end):
            return [one], other
        if _OF_IT.fullmatch(between):
            both = _together(session, first, second, other)
            return ([both or other], one) if both or _may_hold(session, one, other) else ([], None)
    return None


def _may_hold(session: Session, whole: Ask, part: Ask) -> bool:
    """Whether the second may be a share of the first: one of several parts holds only its own (服务采购 not all of 小微企业)."""
    inner = sorted(c.curie for c in whole.concepts if c.prefix == "ind" and not whole.total)
    if not inner or part.items & {p for c in whole.concepts for p in c.parts}:
        return True
    return not session.reader.query(queries.text("wholes", concepts=inner))


def _together(session: Session, first: Mention, second: Mention, ask: Ask) -> Ask | None:
    """The one indicator that two items make: 货物采购, 授予中小企业合同金额."""
    ends = [c.label for c in second.concepts if c.prefix == "ind"]
    wanted = [key(root + end) for c in first.concepts if c.prefix == "ind" for root in roots(c.label) for end in ends]
    for concepts in session.lexicon.find(wanted).values() if wanted else ():
        for concept in concepts:
            if concept.prefix == "ind":
                dims = {k: v for k, v in concept.dims.items() if k != "item"}
                options = ((concept.dims.get("item", concept.curie), dims),)
                return replace(ask, label=concept.label, concepts=(concept,), options=options)
    return None


def _roles(question: Question, wanted: Sequence[Ask]) -> tuple[Sequence[Ask], Ask | None]:
    """Which asks are parts and which is the whole: what stands behind 占."""
    whole = [a for a in wanted for b in wanted if a is not b and scope.holding(a, b)]
    if whole:
        return [a for a in wanted if a not in whole], whole[0]
    squeezed = question.source.squeezed
    wanted = [a for a in wanted if a.dims.get("metric") != "数量"] or wanted  # 劳务派遣人员的劳务费: of the money
    if len(wanted) == 1 and wanted[0].projects and not wanted[0].total and not wanted[0].items & {"ind:合计"}:
        named = [m for m in question.projects if _IN.match(squeezed, _until(question, m)) or _is_whole(question, m)]
        if named:  # 专项里支持…占多大比重: the project is the whole
            whole_project = choose.about("ind:合计", named[0].concepts[0].label)
            return wanted, replace(whole_project, projects=wanted[0].projects)
    if len(wanted) == 1 and wanted[0].projects:  # 项目支出里某专项占多少: the kind of spending is the whole
        for mention in question.items:
            if any(c.dims.get("item") in choose.TOTALS for c in mention.concepts) and _IN.match(squeezed, mention.end):
                dims = {k: v for k, v in mention.concepts[0].dims.items() if k != "item"}
                return wanted, choose.about("ind:合计", mention.concepts[0].label).having(**dims)
    inside = [a for a in wanted if len(wanted) > 1 and _IN.match(squeezed, _end(question, a))]
    if len(inside) == 1:
        return [a for a in wanted if a is not inside[0]], inside[0]
    place = next((m.start() for m in re.finditer("占(?!比)", squeezed)), -1)
    if place >= 0 and len(wanted) == 1 and wanted[0].projects:  # 占项目支出: the kind of spending is no figure of the project
        for mention in question.items:
            dims = {k: v for k, v in mention.concepts[0].dims.items() if k != "item"} if mention.concepts else {}
            if mention.start > place and any(c.dims.get("item") in choose.TOTALS for c in mention.concepts):
                return wanted, choose.about("ind:合计", mention.concepts[0].label).having(**dims)
    if place < 0 or len(wanted) < 2:
        return wanted, None
    counted = all(i.startswith("item:") for a in wanted for i in a.items)
    if len(wanted) == 2 and counted and not any(_behind(question, place, _start(question, a)) for a in wanted):
        return [wanted[1]], wanted[0]  # 抓拍的违章，处置掉的占几成
    after = [a for a in wanted if a.said and question.source.typed.find(a.said) >= 0 and _behind(question, place, _start(question, a))]
    if len(after) == 1 and len(wanted) >= 2:
        return [a for a in wanted if a is not after[0]], after[0]
    return wanted, None


def _until(question: Question, mention: Mention) -> int:
    """Where the year and the phase end that stand behind a name: 某专项2025年预算|里."""
    end = mention.end
    for after in question.mentions:
        end = after.end if after.start == end and after.role in ("year", "phase") else end
    return end


def _is_whole(question: Question, mention: Mention) -> bool:
    """Whether nothing but a unit and a year stands between 占 and what it speaks of: 占某中心2022年专项的百分之几."""
    before = [m for m in question.mentions if m.end <= mention.start]
    while before and before[-1].role in ("unit", "year"):
        before.pop()
    end = before[-1].end if before else 0
    return bool(re.search("(?:占|吃掉|分走|占去|用去|耗去|拿走|切走)(?:了|到|全部|整个)?$", question.source.squeezed[:end]))


def _behind(question: Question, place: int, start: int) -> bool:
    """Whether what starts here is what 占 speaks of: 占支出合计, but not 占多少，项目支出."""
    between = question.source.squeezed[place + 1 : start]
    return start > place and not question.source.crosses(place, start + 1) and not re.search("多少|几|比|占", between)


def _end(question: Question, ask: Ask) -> int:
    return next((m.end for m in question.items if m.text == ask.said), 0)


def _start(question: Question, ask: Ask) -> int:
    return next((m.start for m in question.items if m.text == ask.said), 0)


def _one(
    session: Session, question: Question, ask: Ask, whole: Ask | None, unit: Unit, year: int, facts: Sequence[Fact]
) -> tuple[Result, Figure | None, Figure | None] | None:
    """The stated share, else the computed one, with part and whole."""
    bare = replace(ask, metrics=(), phases=ask.phases[:1])
    part = figure.find(session, bare, facts, unit, year)
    over = None
    if whole is not None:
        over = figure.find(
            session,
            replace(whole, metrics=(), phases=(part.fact.phase,) if part else ()),
            figure.fetch(session, whole, [unit], [year]),
            unit,
            year,
        )
    stated = _stated(ask, whole, facts, unit, year, (part, over))
    if stated is not None:
        return compose.result(session, stated, (), ask), part, over
    counted = part is not None and over is not None and part.fact.measure == over.fact.measure != ""
    if part is None or (part.fact.metric != "金额" and not (counted and part.fact.metric in ("数量", "指标值"))):
        return None
    if over is None and whole is None and part is not None and asks.amounts(question):
        over = _mentioned(session, question, ask, unit, year, part.fact.phase)
    if over is None and whole is None and not _other_whole(question):
        over = _parent(session, ask, unit, year, part.fact.phase)
    if over is None and whole is None and not _other_whole(question):
        flow = part.fact.flow or "支出"
        total = choose.about("ind:合计", f"{flow}合计", flow=flow, phases=(part.fact.phase,))
        over = figure.find(session, total, figure.fetch(session, total, [unit], [year]), unit, year)
    if over is None or over.fact.id == part.fact.id:
        return None
    computed = sums.share(session, part.fact, over.fact, f"{compose.name(part.fact, ask)}占{compose.name(over.fact, over.ask)}比例")
    return (computed, part, over) if computed is not None else None


def _parent(session: Session, ask: Ask, unit: Unit, year: int, phase: str) -> Figure | None:
    """The figure of the indicator of which this one is a named part: 政府采购支出总额 of 货物."""
    rows = session.reader.query(queries.text("wholes", concepts=sorted(ask.items)))
    for concept in session.lexicon.concepts(str(row["whole"]) for row in rows).values():
        dims = {k: v for k, v in concept.dims.items() if k != "item"}
        wide = replace(choose.about(concept.dims.get("item", concept.curie), concept.label, phases=(phase,), **dims), concepts=(concept,))
        found = figure.find(session, wide, figure.fetch(session, wide, [unit], [year]), unit, year)
        if found is not None:
            return found
    return None


def _mentioned(session: Session, question: Question, ask: Ask, unit: Unit, year: int, phase: str) -> Figure | None:
    """The whole that the question gives by its amount (1200万里劳务费占多少): the project's money or the indicator above, if that much."""
    amounts = asks.amounts(question)
    money = replace(choose.about("ind:合计", phases=(phase,)), projects=ask.projects) if ask.projects else None
    own = figure.find(session, money, figure.fetch(session, money, [unit], [year]), unit, year) if money is not None else None
    return next((one for one in (own, _parent(session, ask, unit, year, phase)) if one is not None and one.amount in amounts), None)


def _other_whole(question: Question) -> bool:
    """Whether the question names a whole of its own that is not understood: 结转的393.88万元里, 占采购总额."""
    return any(m.role == "amount" for m in question.mentions) or question.dims.get("flow") == "结转结余"


def _stated(
    ask: Ask, whole: Ask | None, facts: Sequence[Fact], unit: Unit, year: int, figures: tuple[Figure | None, Figure | None]
) -> Fact | None:
    """A share that the documents state for this item, of the whole that is meant where one is named.

    A share that is said of something else, or does not say of what, is taken for that of the whole only where both amounts bear it out.
    """
    found = [
        f
        for f in facts
        if f.unit == unit.curie
        and f.year == year
        and f.metric == "占比"
        and not f.func
        and (not ask.projects or f.project in ask.projects)
        and (f.project == "" or ask.projects)
        and _spend_fits(f, ask)
        and _fund_fits(f, ask)
        and (not ask.dims.get("flow") or not f.flow or f.flow == ask.dims["flow"])
    ]
    if whole is not None and found:
        words = {whole.label, whole.said, *(c.label for c in whole.concepts)}
        named = [f for f in found if any(w and (w in f.base or f.base in w or _alike(w, f.base)) for w in words)]
        known = figures[0] is not None and figures[1] is not None
        if not named and not known and len({f.base for f in found}) > 1:
            return None
        found = [f for f in named or found if not known or _bears_out(f, *figures)]
    return min(found, key=lambda f: (choose.standing(f), f.line or 0)) if found else None


#: by how much a stated share may differ from the one of both amounts: documents err, but not so much
_OFF = Decimal(2)


def _bears_out(share: Fact, part: Figure | None, whole: Figure | None) -> bool:
    """Whether a stated share is about that of the two amounts."""
    if part is None or whole is None or share.value is None or not whole.amount or part.amount is None:
        return True
    return abs(part.amount / whole.amount * 100 - share.value) <= _OFF


def _alike(a: str, b: str) -> bool:
    """Whether two names of a whole mean the same thing roughly: 政府采购 and 政府采购支出总额."""
    return bool(a and b) and len(set(a) & set(b)) >= 0.7 * min(len(set(a)), len(set(b)))


def _fund_fits(fact: Fact, ask: Ask) -> bool:
    """Whether a share of a total is of the fund that is asked about: 占收入合计 stands behind each of them."""
    wanted = {dims["fund"] for dims in (ask.dims, *(d for _, d in ask.options)) if "fund" in dims}
    return not wanted or fact.item not in choose.TOTALS or not fact.fund or fact.fund in wanted


def _spend_fits(fact: Fact, ask: Ask) -> bool:
    wanted = ask.dims.get("spend")
    return not fact.spend or fact.spend == (wanted or "全部") or (not wanted and fact.item not in ("ind:合计", "ind:总计"))
