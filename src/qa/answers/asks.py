"""Slots to wanted figures: which items stand side by side, which confine others, and what a money or counting word asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from kg.terms import key
from qa.answers import phases, scope, unnamed
from qa.answers.choose import Ask, about
from qa.model import Concept, Mention, Question
from qa.text import ASKING
from qa.understand import words
from qa.understand.near import stem

_TOTALS = {"ind:合计", "ind:总计"}
_BESIDE = re.compile(r"和|与|及|跟|或|还是|、|以及|加|减|比")
#: before the whole of a share: 占全部…
_WHOLE = re.compile("占(?:了|到|总|全部|全年|整个|本年|当年|所有)*$")
_WEAK = re.compile(r"多少|几|花|收了")
#: that the money was spent, not planned
SPENT = re.compile(r"花了|用了|支了|付了|交了|缴了|支出了|花掉|用掉|开支了|花费了|报销|实际(?:支出|花|用|开支)|发了")
_COUNT = re.compile(r"(?<!哪)(?:多少|几)个(?:单位|部门)?[?？。！]?$|(?:天|次|件|户|场|宗)数")
_ASKED = re.compile("多少|几")
_MONEY = re.compile(r"多少(?:钱|元|万|亿|块)|花(?:了|费)?多少|金额")


def build(question: Question, names: Mapping[str, Sequence[Concept]]) -> tuple[Ask, ...]:
    """The wanted figures, in the order of the question."""
    counted = _wanted(question)
    rate = {**counted, "money": None, "measures": frozenset()}  # 转办了多少件、办结率: what is counted is not the rate
    return tuple(replace(ask, **(rate if re.search("率|比例", ask.said) else counted)) for ask in _build(question, names))


def _build(question: Question, names: Mapping[str, Sequence[Concept]]) -> Sequence[Ask]:
    question = scope.funds_beside(question)
    projects = _projects([m for m in question.items if m.role == "project"], names)
    items, weak = _named(question, bool(projects))
    items, within = scope.narrowed(question, items)
    left_out = scope.excepted(question) if projects else frozenset()
    items = [m for m in items if not any(c.curie in left_out for c in m.concepts)]
    own, confining = _split(question, items)
    own = [_extended(m, names) for m in own]
    base = _base(question, confining)
    asks = [replace(_ask(m, base, question), year=_year_beside(question, m, own), within=within) for m in own]
    if any(c.dims.get("flow") == "支出" for m in weak for c in m.concepts):
        asks = [replace(a, spent=True) for a in asks]
    if len(projects) == len(own) == 1 and _year_beside(question, own[0], [projects[0][0], own[0]]):
        return _apart(question, [projects[0][0], own[0]], [_with_projects(question, [], projects, base)[0], asks[0]])
    asks = [one for ask in asks for half in _both_flows(question, ask) for one in (half, *_other_flow(question, half))]
    asks = scope.of_class(question, _once([*asks, *_scored(question, asks)]))
    asks = scope.without_containers(question, scope.without_wholes(question, asks))
    if any("绩效目标" in a.label for a in asks):  # 编报绩效目标的项目，涉及资金: the money of these, told beside them
        asks = [a for a in asks if "ind:绩效自评资金" not in a.items]
    if counts(question) and any("metric" in d for a in asks for _, d in a.options):
        asks = [a for a in asks if any("metric" in d for _, d in a.options) or any(i.startswith("item:") for i in a.items)]
    if projects:
        asks = _with_projects(question, asks, projects, base)
    whole = _default(question, base) if asks and _total_first(question) else ()
    return [*whole, *asks] or _default(question, base)


def _total_first(question: Question) -> bool:
    """Whether a total is named before the parts that are listed: 收入预算，财政拨款和事业收入各多少."""
    ends = question.source.hard | question.source.listed
    said = [m for m in question.mentions if m.role == "phase" and m.end in ends and re.search("收入|支出", m.text)]
    return question.has("parts") and any(m.start < i.start for m in said for i in question.items[:1])


def _named(question: Question, with_projects: bool) -> tuple[list[Mention], list[Mention]]:
    """The items that count, and those said too lightly: 花了多少钱, 多少人."""
    items = [m for m in question.items if m.role == "item"]
    staff = any("编制" in c.label or "退休" in c.label for m in items for c in m.concepts)
    strong = [m for m in items if not (said_lightly(m) and (_is_total(m) or not staff))]
    weak = [m for m in items if m not in strong]
    return (strong, weak) if strong else ([] if with_projects else weak[:1], weak)


def said_lightly(mention: Mention) -> bool:
    """Whether an item is no more than a word of asking: 花了多少钱, 多少人."""
    return bool(_WEAK.search(ASKING.sub("", mention.text))) and (_is_total(mention) or _is_staff(mention))


def _apart(question: Question, mentions: Sequence[Mention], asks: Sequence[Ask]) -> list[Ask]:
    """A project and an item of different years, each with the table that is named before it."""
    found = []
    for mention, ask in zip(mentions, asks, strict=True):
        others = [m for m in mentions if m is not mention]
        forms = tuple(
            f.value
            for f in question.mentions
            if f.role == "form" and f.end <= mention.start and not any(f.end <= other.start < mention.start for other in others)
        )
        found.append(replace(ask, year=_year_beside(question, mention, mentions), forms=forms))
    return found


def _once(asks: Sequence[Ask]) -> list[Ask]:
    """Each ask once, although the question says it twice."""
    return list({f"{sorted((i, sorted(d.items())) for i, d in a.options)}{a.year}": a for a in reversed(asks)}.values())[::-1]


def against_budget(question: Question) -> bool:
    """Whether spending is to be set against one budget: 比预算少多少, 超预算了吗."""
    return (
        len(question.phases) == 1
        and question.phases[0].endswith("预算")
        and bool(
            re.search(r"(?:比|较|跟|与|同|超过?|超出|超了|低于|高于|小于|大于)(?:年初|全年|调整后?)?的?预算", question.source.squeezed)
        )
    )


def _both_flows(question: Question, ask: Ask) -> list[Ask]:
    """收入和支出分别: a figure for each, not one for both."""
    if (
        ask.dims.get("flow") != "收支"
        or not question.has("parts", "difference", "compare")
        or not re.search("收入[和与及、跟比]支出", question.text)
    ):
        return [ask]
    return [replace(ask.having(flow=flow), label=f"{ask.label}{flow}") for flow in ("收入", "支出")]


def _other_flow(question: Question, ask: Ask) -> list[Ask]:
    """财政拨款收入和支出: the second half of the pair, which says only its flow."""
    mention = next((m for m in question.items if m.text == ask.said), None)
    if mention is None or not ask.total or "flow" not in ask.dims:
        return []
    after = next((m for m in question.mentions if m.role == "dim" and m.start >= mention.end), None)
    if after is None or not _beside(question, mention, after):
        return []
    flow = next((c.dims["flow"] for c in after.concepts if "flow" in c.dims), "")
    if flow in ("", ask.dims["flow"]):
        return []
    return [replace(ask.having(flow=flow), label=ask.label.replace(ask.dims["flow"], flow), said=after.text)]


def _wanted(question: Question) -> dict[str, Any]:
    """Whether money or a number of things is wanted, what is counted, and the question's own words for the phase."""
    measures = frozenset[str]().union(*(words.alike()[noun] for noun in words.counting().findall(_counting(question))))
    phases = tuple(m.text for m in question.mentions if m.role in ("phase", "op") and len(m.text) >= 3)
    money = True if priced(question) or "金额" in question.metrics else False if counts(question) else None
    if money and len(_ASKED.findall(question.source.squeezed)) > 1 and words.counting().search(_counting(question)):
        money = None  # 有几个，涉及多少钱: both
    return {"money": money, "measures": measures if counts(question) else frozenset(), "phase_words": phases}


def _scored(question: Question, asks: Sequence[Ask]) -> list[Ask]:
    """得了多少分, 什么等级 without an item: of the evaluation as a whole."""
    known = {item for ask in asks for item in ask.items}
    found = []
    if question.has("score") and not asks and "执行率" not in question.metrics:
        found.append(about("ind:总分", "绩效自评得分", metric="得分"))
    if question.has("grade") and "ind:绩效等级" not in known and (not asks or known & {"ind:总分"}):
        found.append(about("ind:绩效等级", "绩效等级", metric="等级"))
    return [replace(a, forms=question.forms) for a in found]


def _extended(mention: Mention, names: Mapping[str, Sequence[Concept]]) -> Mention:
    """A name that only documents know, with the one longer name that ends in it: 按期结案率, 城市管理信息案卷按期结案率."""
    if not all(c.prefix == "item" for c in mention.concepts):
        return mention
    said = key(mention.text)
    longer = {
        c.curie: c for name, concepts in names.items() if name.endswith(said) and name != said for c in concepts if c.prefix == "item"
    }
    return replace(mention, concepts=(*mention.concepts, *longer.values())) if len(longer) == 1 else mention


def _year_beside(question: Question, mention: Mention, own: Sequence[Mention]) -> int | None:
    """The year said before an item, where several items have several years: 2022年的甲，跟2023年的乙比."""
    years = [(m.end, int(m.value)) for m in question.mentions if m.role == "year" and m.value.isdecimal()]
    if len(own) < 2 or len({y for _, y in years}) < 2:
        return None
    nearest = {m.start: max((y for y in years if y[0] <= m.start), default=(0, 0)) for m in own}
    return nearest[mention.start][1] or None if len({end for end, _ in nearest.values()}) == len(own) else None


def _is_total(mention: Mention) -> bool:
    return bool(mention.concepts) and all(c.dims.get("item") in _TOTALS for c in mention.concepts)


def _is_staff(mention: Mention) -> bool:
    """多少人: the unit's staff only where the question is about staff."""
    return bool(mention.concepts) and all(c.curie == "ind:实有人数" for c in mention.concepts)


def _split(question: Question, items: Sequence[Mention]) -> tuple[list[Mention], list[Mention]]:
    """Items that are asked for, and those that only confine what follows or stands beside them."""
    bare = [m for m in items if _is_total(m) and all(set(c.dims) == {"item"} for c in m.concepts)]
    items = [m for m in items if m not in bare] or list(items)
    if all(_is_total(m) for m in items) or not any(_is_total(m) for m in items):
        return list(items), []
    own: list[Mention] = []
    confining: list[Mention] = []
    for n, mention in enumerate(items):
        if not _is_total(mention):
            own.append(mention)
            continue
        dims = mention.concepts[0].dims
        beside = _beside(question, mention, items[n + 1] if n + 1 < len(items) else None) or (
            n > 0 and _beside(question, items[n - 1], mention)
        )
        if _WHOLE.search(question.source.squeezed[: mention.start]):
            own.append(mention)
        elif not ("spend" in dims or "fund" in dims):
            if _asked_itself(mention) and question.has("share", "compare", "difference"):
                own.append(mention)
        elif beside:
            own.append(mention)
        else:
            confining.append(mention)
    return own, confining


def _asked_itself(mention: Mention) -> bool:
    return len(mention.concepts[0].dims) > 1


def _beside(question: Question, first: Mention, second: Mention | None) -> bool:
    """Whether two items are listed side by side: 基本支出和项目支出."""
    if second is None:
        return False
    between = [m for m in question.mentions if first.end <= m.start and m.end <= second.start]
    said = "".join(m.text for m in between)
    if any(m.role not in ("filler", "op", "metric", "phase") for m in between):
        return False
    listed = any(first.end <= n <= second.start for n in question.source.listed)
    return (listed or bool(_BESIDE.search(said))) and not re.search("中|里|内", said)


def _base(question: Question, confining: Sequence[Mention]) -> dict[str, str]:
    """The dimensions that hold for every figure: 财政拨款, 基本支出 said beside the item."""
    dims = {k: v for k, v in question.dims.items() if k in ("fund", "spend", "flow")}
    for mention in confining:
        dims |= {k: v for k, v in mention.concepts[0].dims.items() if k in ("fund", "spend")}
    return dims


def _ask(mention: Mention, base: Mapping[str, str], question: Question) -> Ask:
    """The figure that one mention wants: every item that its words may mean, each with its own dimensions."""
    options = []
    for concept in mention.concepts:
        own = {k: v for k, v in concept.dims.items() if k in ("flow", "fund", "spend", "metric", "func")}
        if base.get("flow") == "收入" and own.get("flow") == "支出" and "fund" in own and "支出" not in mention.text:
            own["flow"] = "收入"  # 其他资金收入: the flow is said beside the fund
        options.append((concept.dims.get("item", ""), {**base, **own}))
    said = phases.said_in(mention.text)
    return Ask(
        label=mention.concepts[0].label,
        concepts=mention.concepts,
        options=tuple(options),
        phases=said + tuple(p for p in question.phases if p not in said),
        metrics=metrics(question),
        forms=question.forms,
        spent=bool(SPENT.search(question.text)),
        base=base_of(question),
        amounts=amounts(question),
        said=mention.text,
        note=mention.note,
    )


def amounts(question: Question) -> frozenset[Decimal]:
    """The amounts of money that the question mentions, in 元."""
    factors = {"亿元": 100_000_000, "亿": 100_000_000, "万元": 10_000, "万": 10_000, "千元": 1000, "元": 1, "": 10_000}
    found = [re.fullmatch(r"(\d+(?:\.\d+)?)(\D*)", m.value) for m in question.mentions if m.role == "amount"]
    return frozenset(Decimal(m[1]) * factors[m[2]] for m in found if m is not None and m[2] in factors)


def base_of(question: Question) -> str:
    """What a rate is to be measured against: 完成年初预算的, 预算完成率."""
    if "完成率" not in metrics(question):
        return ""
    return next((word for word in ("年初预算", "全年预算", "预算") if word in question.text), "")


def metrics(question: Question) -> tuple[str, ...]:
    """The metrics that are truly asked for; 金额 and 数量 are said too lightly to count."""
    found = tuple(m for m in question.metrics if m not in ("金额", "数量", "比率", "单价", "变动额", "变动率", "占比"))
    rated = question.has("rate") and "完成" in question.text and not {"完成率", "执行率"} & set(found)
    return (*found, "完成率") if rated else found


def counts(question: Question) -> bool:
    """Whether a number of things or people is wanted, not money."""
    said = _counting(question)
    return bool(words.counting(things=True).search(said) or _COUNT.search(said)) and not _MONEY.search(question.text)


def _counting(question: Question) -> str:
    """The question without 几家单位, which counts nothing but says that all units are meant."""
    return re.sub("几家(?:单位|中心|机构|部门)?", "", question.text) if question.all_units else question.text


def priced(question: Question) -> bool:
    """Whether an amount of money is wanted in so many words."""
    return bool(_MONEY.search(question.text))


def _projects(mentions: Sequence[Mention], names: Mapping[str, Sequence[Concept]]) -> list[tuple[Mention, frozenset[str], frozenset[str]]]:
    """Each project mention with all names under which the unit's documents carry it, and the items of those names."""
    found = []
    for mention in mentions:
        stems = {stem(key(c.label)) for c in mention.concepts}
        projects = {c.curie for c in mention.concepts if c.prefix == "prj"}
        items = {c.curie for c in mention.concepts if c.prefix != "prj"}
        for name, concepts in names.items():
            short = stem(name)
            if any(short == s or (min(len(short), len(s)) >= 5 and (short in s or s in short)) for s in stems):
                projects |= {c.curie for c in concepts if c.prefix == "prj"}
                items |= {c.curie for c in concepts if c.prefix == "item"}
        found.append((mention, frozenset(projects), frozenset(items)))
    return found


def _with_projects(
    question: Question, asks: Sequence[Ask], projects: Sequence[tuple[Mention, frozenset[str], frozenset[str]]], base: Mapping[str, str]
) -> list[Ask]:
    """Items confined to a project, or the project's own money where no item is named."""
    narrowed = [a for a in asks if not (a.total and a.dims.get("spend") in (None, "项目支出"))]
    if narrowed:
        inside = frozenset().union(*(p for _, p, _ in projects))
        both = base.get("spend") == "基本支出" and question.has("sum", "total", "parts", "compare", "difference")
        outside = narrowed if both else []  # 邮电费，基本支出里的加上专项里的
        return [*outside, *(replace(a, projects=inside).having(spend="") for a in narrowed)]
    named = next((a for a in asks if a.total and "fund" in a.dims), None)  # 某项目里政府性基金出多少
    fund = {"fund": base["fund"]} if "fund" in base else {"fund": named.dims["fund"]} if named is not None else {}
    whole: tuple[dict[str, str], ...] = ({},) if named is not None and _asked_before(question, projects[0][0], named) else ()
    return [
        Ask(
            label=mention.concepts[0].label + (f"（{paid['fund']}）" if whole and paid else ""),
            concepts=mention.concepts,
            options=tuple((item, paid) for item in ("ind:合计", "ind:小计", *sorted(items))),
            projects=prjs,
            phases=question.phases,
            metrics=metrics(question),
            forms=question.forms,
            spent=bool(SPENT.search(question.text)),
            said=mention.text,
            amounts=amounts(question),
            note=mention.note,
        )
        for mention, prjs, items in projects
        for paid in (*whole, fund)
    ]


def _asked_before(question: Question, project: Mention, fund: Ask) -> bool:
    """Whether the project's money as a whole is asked for too: 某项目多少钱？其中政府性基金出多少."""
    start = next((m.start for m in question.items if m.text == fund.said), project.end)
    return bool(_ASKED.search(question.source.squeezed[project.end : start]))


def _default(question: Question, base: Mapping[str, str]) -> Sequence[Ask]:
    """The unit's total where the question names a phase, a flow or a rate but no item: 2023年预算多少."""
    if unnamed.words(question):
        return ()
    if not (question.phases or question.dims.keys() & {"flow", "fund"} or metrics(question) or question.has("change", "rate", "adjusted")):
        return ()
    if question.phases and set(question.phases) <= {"目标", "完成"} and not base and set(question.metrics) <= {"完成率"}:
        phases = tuple(dict.fromkeys((*question.phases, *(["完成"] if question.metrics else []))))
        return (replace(about("item:年度总体目标", "年度总体目标", phases=phases), forms=question.forms),)
    flow = base.get("flow", "收入" if base.get("fund") == "非同级财政拨款" else "支出")
    if re.search("收入[和与及、跟比]支出", question.text) and question.has("difference", "compare", "parts") and not question.has("change"):
        halves = [{**base, "flow": side} for side in ("收入", "支出")]
        return [one for half in halves for one in _default(replace(question, ops=frozenset()), half)]
    item = "ind:总计" if flow == "收支" else "ind:合计"
    if flow == "结转结余":
        item = "ind:年初结转和结余" if re.search("年初|上年|去年", question.text) else "ind:年末结转和结余"
    label = {"收入": "本年收入合计", "支出": "本年支出合计", "结转结余": item.partition(":")[2]}.get(flow, "收、支总计")
    label = f"{base['fund']}{flow}" if "fund" in base and flow in ("收入", "支出") else label
    concept = Concept(item, label, {"item": item, "flow": flow})
    return (
        Ask(
            label=label,
            concepts=(concept,),
            options=((item, dict(base) | {"flow": flow}),),
            phases=question.phases,
            metrics=metrics(question),
            forms=question.forms,
            spent=bool(SPENT.search(question.text)),
            base=base_of(question),
        ),
    )
