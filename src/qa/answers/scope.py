"""What of a question's items is asked for, and what only says where to look: X里的Y, 除了X以外, 甲、乙、丙哪个最多 beside their total."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from kg.terms import key
from qa.answers.choose import TOTALS, Ask
from qa.answers.collect import Collected
from qa.model import Concept, Mention, Question
from qa.understand import words
from qa.understand.near import stem

_CLASSES = ("func", "econ", "govecon")
_INSIDE = re.compile(r"^(?:里面?|中间?|内|下面?|其中|当中|之中|项下)的?$")
_EXCEPT = re.compile(r"除(?:了|去|开|掉)?|扣(?:除|掉|去)|不(?:含|算|包括)|刨(?:去|掉)|去掉")
_LEFT_OUT = re.compile(r"除了?|扣(?:除|掉|去)了?|不(?:含|算|计|包括|包含)|刨(?:去|掉|开)了?|剔除了?|除去|除开|去掉|抛开|减(?:去|掉)")
_EXCEPT_END = re.compile(r"(?:以外|之外|外)")


def narrowed(question: Question, items: Sequence[Mention]) -> tuple[list[Mention], str]:
    """The items without the class that another is said to be in (社会保障和就业支出里的养老保险), and the name of that class."""
    items = _of_fund(question, _beyond(question, items))
    if question.has("share"):
        return list(items), ""  # 工资福利支出里奖金占多少: what the other is in is the whole
    for first, second in pairwise(items):
        between = question.source.squeezed[first.end : second.start]
        if any(c.dims.get("item") in TOTALS for c in second.concepts):
            continue  # 商贸事务里的项目支出: the kind of spending confines the class
        if _INSIDE.fullmatch(between) and all(c.prefix in _CLASSES for c in first.concepts) and not _same(first, second):
            return [m for m in items if m is not first], first.concepts[0].label
    return list(items), ""


_EVERY_FUND, _VIEW = "全口径", "口径"


def _of_fund(question: Question, items: Sequence[Mention]) -> list[Mention]:
    """基本支出里财政拨款, 基本支出财政拨款口径: of that spending what the fund pays, not all of the fund.

    The spending itself stays where a share of it is asked for, or the fund's against all.
    """
    text, found = question.source.squeezed, list(items)
    for first, second in pairwise(items):
        spending, fund = first.concepts[:1], second.concepts[:1]
        if not all(c.dims.get("item") in TOTALS for c in (*spending, *fund)) or len(first.concepts) + len(second.concepts) != 2:
            continue
        inside = _INSIDE.fullmatch(text[first.end : second.start]) or text.startswith(_VIEW, second.end)
        kinds = "spend" in spending[0].dims and "fund" not in spending[0].dims and "spend" not in fund[0].dims
        if not inside or not kinds or "fund" not in fund[0].dims or fund[0].dims.get("flow", "支出") != "支出":
            continue
        name = fund[0].dims["fund"]
        own = replace(spending[0], label=f"{name}{spending[0].label}", dims={**spending[0].dims, "fund": name})
        kept = [first] if question.has("share") or _EVERY_FUND in text else []
        found = [n for m in found for n in (kept if m is first else [replace(m, concepts=(own,))] if m is second else [m])]
    return found


_BEYOND = re.compile("(?:以|之)外的")


def _beyond(question: Question, items: Sequence[Mention]) -> list[Mention]:
    """The items without one that only says what another is beside: 财政拨款以外的其他资金."""
    text = question.source.squeezed
    ends = {m.end(): m.start() for m in _BEYOND.finditer(text)}
    besides = {ends[m.start] for m in items if m.start in ends}
    return [m for m in items if m.end not in besides]


def _same(first: Mention, second: Mention) -> bool:
    return {c.curie for c in first.concepts} == {c.curie for c in second.concepts}


def excepted(question: Question) -> frozenset[str]:
    """The items that the question leaves out: 除了人员工资以外."""
    text = question.source.squeezed
    found: set[str] = set()
    for match in _EXCEPT.finditer(text):
        stop = _EXCEPT_END.search(text, match.end())
        clause = min((n for n in question.source.hard if n > match.end()), default=len(text))
        end = min(stop.start() if stop else clause, clause)
        found |= {c.curie for m in question.items if match.end() <= m.start < end for c in m.concepts if m.role == "item"}
    return frozenset(found)


def left_out(question: Question) -> set[str]:
    """The words of items right behind a word that leaves them out: 不含公积金, 扣除项目支出."""
    text = question.source.squeezed
    return {m.text for m in question.items for match in _LEFT_OUT.finditer(text) if match.end() == m.start}


def projects_left_out(question: Question) -> set[str]:
    """The projects right behind a word that leaves them out, by name in the graph and by the bare name: 除了甲，其他项目."""
    out = left_out(question)
    said = [c for m in question.projects if m.text in out for c in m.concepts]
    return {c.curie for c in said} | {stem(key(c.label)) for c in said}


def without_wholes(question: Question, asks: Sequence[Ask]) -> list[Ask]:
    """The asks of a ranking without the whole of which the others are parts: 政府采购里货物、工程、服务哪个最多."""
    ordered = question.has("rank-max", "rank-min", "order", "compare")
    if not (ordered or question.has("parts")) or question.has("sum", "share", "change") or len(asks) < 3:
        return list(asks)
    places = {m.text: (m.start, m.end) for m in question.items}

    def is_whole(one: Ask) -> bool:
        parts = {p for c in one.concepts for p in c.parts}
        inside = [other for other in asks if other is not one and other.items & parts]
        return len(inside) >= 2 and (ordered or all(modified(other, one) for other in inside))

    def modified(part: Ask, whole: Ask) -> bool:  # 货物、工程、服务分别给了中小企业多少, but not 货物、服务和采购总额各多少
        (_, end), (start, _) = places.get(part.said, (0, 0)), places.get(whole.said, (0, 0))
        between = question.source.squeezed[end:start]
        return 0 < end < start and not re.search("[和与及跟、]$", between) and start not in question.source.listed

    return [a for a in asks if not is_whole(a)]


def without_missing_whole(asks: Sequence[Ask], found: Collected) -> list[Ask] | None:
    """The asks of a sum without their whole, where it is stated nowhere: 甲、乙、丙加起来，三公经费是多少. None where it is no whole."""
    having = [f.ask for f in found.figures]
    missing = [a for a in asks if not any(a.said == h.said for h in having)]
    parts = {p for a in missing for c in a.concepts for p in c.parts}
    inside = [h for h in having if h.items & parts]
    return having if len(missing) == 1 and len(inside) == len(having) >= 2 else None


def apposition(question: Question) -> bool:
    """Whether the words that would say what the answer runs over only count what is listed before: 货物、工程、服务三类."""
    said = next((m for m in question.mentions if m.role == "axis"), None)
    if said is None:
        return False
    before = [m for m in question.mentions if m.end <= said.start and m.start >= _list_before(question, said.start)]
    items = [m for m in before if m.role in ("item", "project")]
    number = words.number_of(said.text, "[\u4e00-\u9fff]")
    touching = bool(before) and before[-1].role in ("item", "project") and before[-1].end == said.start
    return len(items) >= 2 and touching and (number == len(items) or not number)


def _list_before(question: Question, end: int) -> int:
    """Where the list that ends here begins: items parted by nothing but marks and 和."""
    start = end
    for mention in reversed([m for m in question.mentions if m.end <= end]):
        if mention.role not in ("item", "project") and mention.text not in "和与及跟":
            break
        start = mention.start
    return start


_AROUND = re.compile("(?:总额|合计|总数|总计)?(?:里面?|里头|当中|之中|其中|中(?!央|心|小|期)|内(?!部|设))")


def without_containers(question: Question, asks: Sequence[Ask]) -> list[Ask]:
    """The asks without the one that only says where the others are: 基本支出中，人员经费和公用经费各多少; one other must be a part of it.

    Or its name must hold the other's: 水电费里头电费. It stays where a share is asked for, or whether the others add up to it.
    """
    if question.has("share", "change") or (question.has("sum") and question.has("whether", "compare")):
        return list(asks)
    text = question.source.squeezed

    if nested := [a for a in asks for b in asks if a is not b and holding(a, b) and f"{a.said}的{b.said}" in text]:
        asks = [a for a in asks if a not in nested]  # 基本支出的公用经费里哪项最大

    def holds(one: Ask) -> bool:
        said = [m for m in question.items if m.text == one.said]
        return bool(said) and all(_AROUND.match(text, m.end) and any(o.start > m.end for o in question.items) for m in said)

    inside = [a for a in asks if not holds(a)]
    named = len(inside) == 1 and any(inside[0].said in a.said and inside[0].said != a.said for a in asks if a not in inside)
    part = len(inside) == 1 and any(holding(a, inside[0]) for a in asks if a not in inside)
    return inside if len(inside) >= 2 or named or part else list(asks)


#: kinds of spending that another is made of
_SPENDS = {"基本支出": ("人员经费", "公用经费")}


def holding(whole: Ask, part: Ask) -> bool:
    """Whether an indicator holds another by its definition: 三公经费 that of 公务接待费, 基本支出 those of people and of the office."""
    parts = {p for c in whole.concepts for p in c.parts}
    inner = _SPENDS.get(whole.dims.get("spend", ""), ())
    return bool(part.items & parts) or (whole.total and part.total and part.dims.get("spend") in inner)


def by_class(asks: Sequence[Ask]) -> list[Ask]:
    """公用经费 that no document adds up, as the 商品和服务支出 of the tables that list it; empty where something else is asked."""
    if len(asks) != 1 or not asks[0].total or asks[0].projects or asks[0].dims.get("spend") != "公用经费":
        return []
    ask = asks[0]
    dims = {k: v for k, v in ask.dims.items() if k in ("spend", "fund")}
    note = f"{ask.label} = 公用经费表里的商品和服务支出（没有写公用经费的合计）"
    return [replace(ask, label=f"{ask.label}（商品和服务支出）", options=(("econ:302", dims),), note=note)]


_LAST_YEAR = re.compile("上一?年|去年|前一?年|头年|同期|往年|同比")


def of_last_year(question: Question) -> bool:
    """Whether the year before is spoken of: 比上年, 同比; 比2023年 where 2024 is said too."""
    text, years = question.source.squeezed, question.years
    named = len(years) == 2 and max(years) - min(years) == 1 and re.search(f"[比较]{min(years)}年", text)
    return bool(_LAST_YEAR.search(text) or named)


def set_against(question: Question) -> bool:
    """Whether two items stand on both sides of 比, and no other year does: 基本支出比项目支出多了多少, 甲和乙相比."""
    text = question.source.squeezed
    if of_last_year(question) or len(question.years) > 1:
        return False
    return any(
        re.fullmatch("[比较]|超过|高于|低于", between)
        or (re.fullmatch("[和与跟同及]", between) and re.match("相?比(?!重|例)|相较", text[second.end :]))
        for first, second in pairwise(question.items)
        for between in (text[first.end : second.start],)
    )


def funds_beside(question: Question) -> Question:
    """The question with a source of money that stands beside another as an item of its own: 财政给的钱和事业收入相比."""
    text = question.source.squeezed
    words_said = [m for m in question.mentions if m.role in ("item", "dim")]
    for first, second in pairwise(words_said):
        said, item = (first, second) if first.role == "dim" else (second, first)
        between = re.fullmatch("(?:多少)?[和与跟同及比、]?", text[first.end : second.start])
        beside = between is not None and bool(between[0] or first.end in question.source.listed)
        fund = next((c.dims["fund"] for c in said.concepts if "fund" in c.dims), "")
        others = [c for c in item.concepts if c.dims.get("item") in TOTALS and "fund" in c.dims]
        if not beside or not fund or said.role != "dim" or item.role != "item" or not others:
            continue
        flow = others[0].dims.get("flow", "")
        label = f"{fund}{flow}"
        own = Concept("ind:合计", label, {"item": "ind:合计", "fund": fund, **({"flow": flow} if flow else {})})
        items = sorted((*question.items, replace(said, role="item", concepts=(own,))), key=lambda m: m.start)
        return replace(question, items=tuple(items), dims={k: v for k, v in question.dims.items() if k != "fund"})
    return question


#: between a 科目 and the kinds of spending that are asked of it: 小学教育上花的…，基本支出和项目支出
_SPENT_ON = re.compile("[上里中内]|花|投入|安排|[，,]")


def of_class(question: Question, asks: list[Ask]) -> list[Ask]:
    """小学教育上的钱，基本支出和项目支出各多少: the kinds of spending of that 科目, not of the unit; a list of three things stays one."""
    classes = [a for a in asks if any(i.startswith("func:") for i in a.items)]
    kinds = [a for a in asks if "ind:合计" in a.items and a.dims.get("spend") in ("基本支出", "项目支出")]
    if len(classes) != 1 or not kinds or len(kinds) + 1 != len(asks):
        return asks
    text, mine = question.text, classes[0]
    start, end = text.find(mine.said), text.find(kinds[0].said)
    between = text[start + len(mine.said) : end] if 0 <= start < end else ""
    if not _SPENT_ON.search(between):
        return asks
    return [replace(mine.having(spend=k.dims["spend"]), label=f"{mine.label}{k.dims['spend']}") for k in kinds]
