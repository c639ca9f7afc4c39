"""Which facts answer: of all facts about an item, those whose 口径 the question means, and of those the best stated one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from kg.terms import key
from qa.answers import location
from qa.model import Concept, Fact, Unit

_BROADER_FUND = {
    "一般公共预算": "财政拨款",
    "政府性基金": "财政拨款",
    "国有资本经营预算": "财政拨款",
    "财政拨款": "全部",
    "经费拨款": "一般公共预算",
    "当年财政拨款": "财政拨款",
}
_BROADER_SPEND = {
    "人员经费": "基本支出",
    "公用经费": "基本支出",
    "本级专项资金": "项目支出",
    "业务工作经费": "项目支出",
    "运行维护经费": "项目支出",
    "特定目标类支出": "项目支出",
    "人员类支出": "人员经费",
    "其他运转类支出": "项目支出",
}
_BUDGETS = ("预算", "年初预算", "全年预算")
TOTALS = ("ind:合计", "ind:总计")
#: what every project and every table of evaluation has: without a project they speak of the unit as a whole
GENERIC = {"ind:合计", "ind:总计", "ind:总分", "ind:绩效等级", "ind:项目金额", "ind:项目总投资", "item:年度总体目标"}
REFUSED = 99.0
#: 表里, 文中 said of a document as such
_LIGHTLY = ("表", "表上", "文中", "文内", "文里")
_MONEY_NAMES = ("费", "费用", "经费", "资金", "款", "支出", "收入")


@dataclass(frozen=True, slots=True)
class Ask:
    """One figure that is wanted. What is empty was not said."""

    label: str
    concepts: tuple[Concept, ...]
    options: tuple[tuple[str, Mapping[str, str]], ...]  # each item that may be meant, with the dimensions that go with it
    projects: frozenset[str] = frozenset()
    phases: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    spent: bool = False
    base: str = ""  # what a rate is to be measured against
    phase_words: tuple[str, ...] = ()  # 全年执行数, 决算数: the question's own words for the phase
    measures: frozenset[str] = frozenset()  # 条, 件: what is counted
    money: bool | None = None  # an amount is wanted, or a number of things
    amounts: frozenset[Decimal] = frozenset()  # figures that the question itself mentions, in 元
    year: int | None = None  # said beside this item, where others have other years
    said: str = ""
    note: str = ""
    within: str = ""  # the class that the question says the item is in

    @property
    def items(self) -> frozenset[str]:
        """The items that may be meant; empty for any."""
        return frozenset(item for item, _ in self.options if item)

    @property
    def dims(self) -> Mapping[str, str]:
        """The dimensions that go with the first item."""
        return self.options[0][1] if self.options else {}

    @property
    def total(self) -> bool:
        """Whether a total of the unit is wanted, not an item of its own."""
        return bool(self.items) and all(item in TOTALS for item in self.items)

    def having(self, **dims: str) -> Ask:
        """The same with these dimensions instead (an empty one is dropped)."""
        return replace(self, options=tuple((item, {k: v for k, v in (dict(own) | dims).items() if v}) for item, own in self.options))


def about(item: str, label: str = "", *, phases: tuple[str, ...] = (), **dims: str) -> Ask:
    """An ask for one item of ours, such as the total of a unit."""
    return Ask(label, (), ((item, dims),), phases=phases)


@dataclass(frozen=True, slots=True)
class Claim:
    """One 口径 with all facts that state it, best first, and how far it is from what was asked."""

    key: tuple[str, ...]
    facts: tuple[Fact, ...]
    distance: float

    @property
    def best(self) -> Fact:
        """The best stated of its facts."""
        return self.facts[0]

    @property
    def values(self) -> list[Decimal]:
        """The different values stated, the best stated first."""
        return list(dict.fromkeys(f.amount for f in self.facts if f.amount is not None))

    def stating(self, value: Decimal | None) -> tuple[Fact, ...]:
        """The facts that state this value."""
        return tuple(f for f in self.facts if f.amount == value)


def claims(facts: Iterable[Fact], ask: Ask, year: int | None = None) -> list[Claim]:
    """The 口径 that fit the question, nearest first."""
    grouped: dict[tuple[str, ...], list[tuple[float, Fact]]] = {}
    for fact in facts:
        if year is not None and fact.year != year:
            continue
        off = distance(fact, ask)
        if off < REFUSED:
            grouped.setdefault(_key(fact), []).append((off, fact))
    found = []
    for series, members in grouped.items():
        members.sort(key=lambda pair: (standing(pair[1]), pair[0], pair[1].id))
        ordered = _by_trust([fact for _, fact in members])
        found.append(Claim(series, tuple(ordered), min(off for off, _ in members)))
    return sorted(found, key=lambda c: (c.distance, standing(c.best), c.best.id))


def _key(fact: Fact) -> tuple[str, ...]:
    return (
        fact.unit,
        str(fact.year),
        fact.phase,
        fact.metric,
        fact.flow,
        fact.fund,
        fact.spend,
        fact.func,
        fact.project,
        fact.item,
        fact.base,
        "" if fact.factor is not None and fact.measure.endswith("元") else fact.measure,
    )


def standing(fact: Fact) -> float:
    """How far a place is from being the one whose subject the figure is: numbered table 0, other table, sentence, performance table."""
    off = 0.0 if fact.form.startswith("form:K") else 0.5
    if fact.told:
        off = 1.0
    if performance(fact):
        off = 2.0
    if fact.repair:
        off += 0.7
    if fact.func:
        off += 0.3
    return off + (0.4 if fact.doc_year != fact.year else 0.0)


def performance(fact: Fact) -> bool:
    """Whether a fact stands in a table of performance evaluation, where amounts are repeated."""
    return not fact.told and (
        fact.form.startswith("form:P") or (not fact.form and any(w in fact.title for w in ("绩效", "自评", "基础数据")))
    )


def _by_trust(facts: list[Fact]) -> list[Fact]:
    """Facts of one 口径 with the best supported value first: a figure that stands alone against several others steps back."""
    weight: dict[Decimal | None, float] = {}
    places: dict[Decimal | None, set[tuple[str, str]]] = {}
    for fact in facts:
        here = (fact.document, fact.table or fact.section)
        if here not in places.setdefault(fact.amount, set()):
            places[fact.amount].add(here)
            weight[fact.amount] = weight.get(fact.amount, 0.0) + max(0.5, 2.5 - standing(fact))
    if len(weight) < 2:
        return facts
    return sorted(facts, key=lambda f: -weight[f.amount])


# --- distance -----------------------------------------------------------------------------------


def distance(fact: Fact, ask: Ask) -> float:
    """How far a fact is from what is asked; REFUSED where it is something else."""
    off = _project(fact, ask) + _metric(fact, ask) + _phase(fact, ask) + _form(fact, ask) + _measure(fact, ask)
    if off >= REFUSED:
        return REFUSED
    wanted = [dims for item, dims in ask.options if not item or item == fact.item]
    if not wanted:
        return REFUSED
    return min(
        REFUSED, off + _kind(fact, ask) + min(_flow(fact, ask, d) + _fund(fact, d) + _spend(fact, d) + _func(fact, d) for d in wanted)
    )


def _kind(fact: Fact, ask: Ask) -> float:
    """Indicators come before 科目 of the same name, the name that was said before a longer one."""
    said = {c.curie for c in ask.concepts if c.prefix == "item" and ask.said and key(c.label) == key(ask.said)}
    if said and fact.item.startswith("item:") and fact.item not in said:
        return 0.4
    if fact.item.startswith("ind:") or len({i.partition(":")[0] for i in ask.items}) < 2:
        return 0.0
    return 1.3 if fact.item.startswith("govecon:") else 0.6  # the classification of the government budget only where nothing else is there


def _project(fact: Fact, ask: Ask) -> float:
    if ask.projects:
        return 0.0 if fact.project in ask.projects else REFUSED
    if not fact.project:
        return 0.0
    return REFUSED if fact.item in GENERIC else 3.0


def _metric(fact: Fact, ask: Ask) -> float:
    wanted = ask.metrics or tuple({dims["metric"] for item, dims in ask.options if "metric" in dims and item == fact.item})
    if wanted:
        if fact.metric == "完成率" and wanted == ("执行率",) and fact.base != "年初预算" and fact.base.endswith("预算"):
            return 0.6  # 完成预算的…% is the rate of execution under another name
        return REFUSED if fact.metric not in wanted else 0.5 if ask.base and ask.base != fact.base else 0.0
    if fact.item in TOTALS:
        return 0.0 if fact.metric == "金额" else REFUSED
    return {"金额": 0.0, "数量": 0.2, "指标值": 0.3, "比率": 0.4, "单价": 0.5, "得分": 0.6, "等级": 0.6}.get(fact.metric, REFUSED)


def _phase(fact: Fact, ask: Ask) -> float:
    if fact.phase == "决算" and fact.doc_kind.endswith("预算") and fact.year >= fact.doc_year:
        return REFUSED  # a budget knows no final accounts of its own year: the table was taken for another
    if not ask.phases:
        if ask.spent and fact.phase in _BUDGETS and fact.metric == "金额":
            return REFUSED
        return {"决算": 0.0, "完成": 0.0, "其他": 0.0, "预算": 1.0, "全年预算": 1.5, "年初预算": 1.5, "目标": 1.2}.get(fact.phase, 1.0)
    return min(_phase_off(fact, wanted) for wanted in ask.phases)


def _phase_off(fact: Fact, wanted: str) -> float:
    if fact.phase == wanted:
        return 0.0
    if wanted == "预算" and fact.phase in _BUDGETS:
        return 1.0 if fact.phase == "全年预算" else 0.8
    if wanted == "年初预算" and fact.phase == "预算":
        return 0.3 if fact.doc_kind.endswith("预算") else 1.0
    if {wanted, fact.phase} == {"决算", "完成"}:
        return 0.5
    if wanted in _BUDGETS and fact.phase == "其他" and fact.metric == "数量" and fact.doc_kind.endswith("预算"):
        return 1.0  # what there is, as a budget tells it: 办公用房面积（2022年预算）
    if wanted in ("目标", "完成", "决算") and fact.phase == "其他" and fact.metric != "分值":
        return 1.0
    if wanted == "预算" and fact.phase == "目标":
        return 1.5
    return REFUSED


def _flow(fact: Fact, ask: Ask, dims: Mapping[str, str]) -> float:
    wanted = dims.get("flow")
    if not wanted or not fact.flow:
        return 0.0 if not fact.flow or fact.flow == "支出" else 0.3
    if fact.flow == wanted:
        return 0.0
    if "收支" in (fact.flow, wanted) and ask.total:
        return 0.8
    return REFUSED


def _fund(fact: Fact, dims: Mapping[str, str]) -> float:
    wanted = dims.get("fund")
    if not fact.fund:
        return 0.0 if not wanted or fact.metric not in ("金额", "数量") else REFUSED
    if not wanted:
        return {"全部": 0.0, "财政拨款": 0.2, "一般公共预算": 0.4, "当年财政拨款": 1.0}.get(
            fact.fund, 4.0 if fact.item not in TOTALS else REFUSED
        )
    if fact.fund == wanted:
        return 0.0
    if _BROADER_FUND.get(fact.fund) == wanted and fact.fund in ("一般公共预算", "当年财政拨款", "经费拨款"):
        return 1.0
    if _BROADER_FUND.get(wanted) == fact.fund and wanted == "一般公共预算":
        return 1.2
    return REFUSED


def _spend(fact: Fact, dims: Mapping[str, str]) -> float:
    wanted = dims.get("spend")
    if not fact.spend:
        return 0.0 if not wanted or fact.metric not in ("金额", "得分", "分值", "执行率") else REFUSED
    if not wanted or (wanted == "全部" and fact.item not in TOTALS):
        if fact.item in TOTALS and not fact.project:
            return 0.0 if fact.spend == "全部" else REFUSED
        return {"全部": 0.0, "人员经费": 0.2, "公用经费": 0.2, "基本支出": 0.2}.get(fact.spend, 0.5 if fact.project else 2.5)
    if fact.spend == wanted or (broader_spend(fact.spend, wanted) and fact.item not in TOTALS):
        return 0.0
    if fact.project and fact.spend == "项目支出" and wanted == "全部":
        return 0.0
    return REFUSED


def broader_spend(spend: str, wanted: str) -> bool:
    """Whether a kind of spending is part of another: 公用经费 of 基本支出."""
    while spend in _BROADER_SPEND:
        spend = _BROADER_SPEND[spend]
        if spend == wanted:
            return True
    return False


def _func(fact: Fact, dims: Mapping[str, str]) -> float:
    wanted = dims.get("func")
    if wanted:
        return 0.0 if fact.func.startswith(wanted) else REFUSED
    return 2.0 if fact.func else 0.0


def _form(fact: Fact, ask: Ask) -> float:
    if not ask.forms or any(location.stands_in(fact, form) for form in ask.forms):
        return 0.0
    return 0.7 if len(ask.forms) == 1 and ask.forms[0] in _LIGHTLY else REFUSED


def _measure(fact: Fact, ask: Ask) -> float:
    """A number of people is no amount of money; 条 asked for 件 is near enough."""
    counted = ask.money is False or ask.metrics or any("metric" in dims for _, dims in ask.options)
    if (
        (ask.spent or ask.said.endswith(_MONEY_NAMES))
        and not counted
        and fact.metric in ("数量", "指标值", "得分", "分值")
        and not fact.measure.endswith("元")
    ):
        return REFUSED  # 花了多少 is money, and so is a 费
    if ask.money is None or (fact.value is None and fact.low is None and fact.high is None):
        return 0.0
    amount = fact.measure.endswith("元")
    if ask.money:
        learned = fact.metric == "数量" and fact.item.startswith("item:") and not ask.measures
        if not amount and fact.value is not None and (learned or (fact.metric == "指标值" and fact.measure)):
            return REFUSED  # 买桌椅花多少 is not how many
        return 0.0 if amount or not ask.items - {"ind:总分", "ind:绩效等级"} or fact.metric != "数量" else 3.0
    if amount and fact.metric in ("金额", "数量"):
        return REFUSED
    if ask.measures and fact.measure in ("%", "分") and not ask.metrics:
        return REFUSED  # 多少件 is no rate
    if not ask.measures or fact.measure in ask.measures:
        return 0.0
    if "个" in ask.measures and fact.item.startswith("item:"):
        return 0.5  # 多少个残疾人, of whom the document counts 名
    return REFUSED if fact.measure in _OCCASIONS else 4.0


#: numbers of occasions, which are no numbers of things
_OCCASIONS = ("台次", "车次", "人次", "架次", "班次")


def years(facts: Sequence[Fact], ask: Ask) -> list[int]:
    """The years for which the question has an answer, newest first."""
    return sorted({f.year for f in facts if distance(f, ask) < REFUSED}, reverse=True)


def unit_of(facts: Sequence[Fact], units: Sequence[Unit]) -> list[Unit]:
    """The units that facts speak of, in the order of `units`."""
    present = {f.unit for f in facts}
    return [u for u in units if u.curie in present]
