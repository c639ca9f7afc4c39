"""The subject of a figure: the words before it, the noun behind it, or what was being spoken of."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from kg import iris, terms
from kg.prose import beside, clauses, discourse, roles, subjects
from kg.prose.clauses import Event, Lead
from kg.prose.discourse import Discourse
from kg.prose.roles import Roles
from kg.prose.subjects import TOTAL, Resolver, Subject

_EMPTY = re.compile(
    r"(?:总|共|累计|共计|合计|总计|约|分别|等|达|其中|为|是|各)*(?:人数|数量|次数|个数|人次|批次|数|金额|资金|经费|家数|面积)?"
)
_COPULA = re.compile(r"(?:的|均为|为|是|共|达到?|约|各|均|分别|等)+$")
_TRAILING = re.compile(r"(?:的|均为|为|是|共|达到?|约|各|均|共计|合计|总计|累计|完成|分别|等|得|仍然?|(?<!自)由)+$")
_YEAR_BEHIND = re.compile(r"(?:19|20)\d\d年度?$")
_WHOLE = re.compile(r"[总合]计")
_SUMMED = re.compile(r"总计|总决算|总预算")
_AMOUNT = re.compile(r"(?:采购|合同|成交|中标)?(?:金额|资金)")
_VAGUE = re.compile(r"(?:项目|单位|部门|问题|方面|指标)")
_NO_SUBJECT = re.compile(
    r"^(?:总量位|位居|位列|排名|排在|居全|列全|保持不变|根据|按照|依据|为|因|由于|随着|围绕|经|按|以|将|使|让|把|除|至|到|如|从|坚持|严格|切实|有效|不断|受(?!理|助|益|训|灾|援))"
)
#: What an amount is for is not what the rate behind the comma is of: 教育支出90万元，主要用于支付工资，完成预算的98%.
_PURPOSE = re.compile(r"(?:主要|全部|具体|均)?(?:用于|是用于|为用于)")
_OF_AMOUNTS = ("完成率", "执行率", "占比", "变动额", "变动率")
#: Names of all that a unit spends, though no scheme knows them.
_UNIT_WIDE = re.compile(r"整体|部门|单位|总|绩效|预算|决算|收支|资金|合计|全年")
_SHORT_NAME = re.compile(r"（(?:(?:以下|下文)?(?:统一)?简称|不?含|包括|不包括)[^（）§]{2,}）(?=.)")
_NO_LABEL = re.compile(r"情况|说明|如下|方面|综述|报告$|问题$|成效$|效果$")
_GROUPS = re.compile(r"(?:团组|批次|团|次数|人次|个数)?数?$")
_EVALUATION = re.compile(r"绩效(?:自评|评价|跟踪)|(?:部门|单位|重点|财政)评价")
_ACQUIRED = re.compile(r"^(?:预算)?(?:安排)?(?P<verb>购置|更新|新增|报废|处置)")
_SUM_OF_MONEY = re.compile(r"(?:预算)?(?:资金|金额|经费)(?:总额|合计|总计|总量)?")
_SCOPE = re.compile(r"(?P<name>(?:开支|填报|编报|统计|汇总)单位)(?:范围)?(?:包括|包含|涉及|共有?|为|有|共计)*$")
_WORTH = re.compile(r"(?:^|[，、])(?:账面|资产)?(?P<worth>价值|原值|净值)[为是约共计]*$")
_THIS = re.compile("(?:该|本|此)(?:项目|专项|经费)(?:经费|资金|支出)?")
_BASIC = ("人员类支出", "运转类支出", "基本支出", "人员经费", "公用经费")
_OF_PROJECTS = ("项目支出", "特定目标类支出")


@dataclass(frozen=True)
class Reader:
    """What reading leads needs: roles, the resolver, and the phase of amounts that name none."""

    roles: Roles
    resolver: Resolver
    phase: str


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What kind of figure a subject is sought for, and in what surroundings."""

    lead: Lead
    talk: Discourse
    quantity: str
    measure: str
    prefer: str

    @property
    def counted(self) -> bool:
        """Whether the figure counts things."""
        return subjects.counted(self.quantity)


def subject(reader: Reader, event: Event, lead: Lead, talk: Discourse, quantity: str) -> tuple[Subject | None, bool]:
    """The subject of an event, and whether its own words name it."""
    want = _Wanted(lead, talk, quantity, event.token.measure if event.token else "", _scheme(talk))
    if (same := beside.money(reader.resolver, lead, talk, quantity)) is not None:
        return same, True
    if lead.match and lead.match.subject:
        return _find(reader, want, lead.match.subject), True
    if lead.match and lead.match.role.name.endswith("-等级个数"):
        name = f"等级“{lead.match.name}”的项目"
        return Subject(name, f"item:{iris.slug(name)}", name), True
    if want.counted and (behind := _behind(reader, want)) is not None:
        return behind, True
    if quantity == "money" and (worth := _WORTH.search(lead.rest)) and talk.last is not None and subjects.counted(talk.last.quantity):
        name = re.sub("(?:面积|数量)$", "", talk.last.subject.row) + worth["worth"]  # 房屋3200平方米，价值1186万元
        return Subject(name, f"item:{iris.slug(name)}", name), True
    named = _other_side(reader, want, _named(reader, want))
    if named is not None and _THIS.fullmatch(named.row) and (project := discourse.spoken_of(talk)):
        return reader.resolver.as_project(project), True
    if named is not None:
        return _part(
            reader, _qualified(reader, want, _evaluated(reader, want, discourse.of_all(named, talk, quantity))), talk, quantity
        ), True
    found = discourse.inherited(talk, whole=bool(lead.match and lead.match.role.name.endswith("-合计") and not beside.alone(lead, talk)))
    found = discourse.of_all(found, talk, quantity) if found is not None else None
    if quantity == "money" and found is not None and found.dims.get("metric") in ("数量", "比率") and talk.money is not None:
        # after counts money goes on about the money before them; after a rate that follows parts, about their whole
        whole = talk.head if talk.parts and found.dims["metric"] == "比率" else None
        found = (whole or talk.money).subject
    if want.counted and found is not None:
        return _counted_too(reader, want, found), False
    if (
        found is None
        and lead.match
        and "phase" in lead.match.role.sets
        and (quantity == "money" or lead.match.role.name.endswith("-执行率"))
    ):
        return Subject(roles.column(lead.match, ""), TOTAL, "合计", {}, known=True, whole=True), False
    if (
        found is not None
        and lead.match is None
        and event.said is None
        and quantity != "ratio"
        and not lead.amount_of_base
        and lead.piece.strip()
    ):
        return None, False  # words that are neither role nor subject: better unread than guessed
    return found, False


def _find(reader: Reader, want: _Wanted, words: str) -> Subject | None:
    above = discourse.class_above(want.talk)
    return reader.resolver.find(words, quantity=want.quantity, measure=want.measure, prefer=want.prefer, above=above)


def _behind(reader: Reader, want: _Wanted) -> Subject | None:
    """The noun that a count stands before: 14家处置单位. A noun as vague as 项目 takes with it what is said of it."""
    noun = clauses.noun_behind(want.lead.after)
    found = reader.resolver.find(noun, quantity=want.quantity, measure=want.measure) if noun else None
    if found is None:
        return None
    if (scope := _SCOPE.search(want.lead.rest)) and noun.endswith("单位"):  # 开支单位包括2个所属单位: how many of them spend
        return Subject(scope["name"], f"item:{iris.slug(scope['name'])}", scope["name"])
    if not found.known and (both := _around(reader, want, noun)) is not None:
        return both
    found = _evaluated(reader, want, found)
    longer = re.match(r"[^，,。；;、：:（）#§]{2,24}", want.lead.after)
    if not found.known and _VAGUE.fullmatch(found.row) and longer:
        return reader.resolver.noun(longer[0], want.quantity) or found
    return found


def _around(reader: Reader, want: _Wanted, noun: str) -> Subject | None:
    """因公出国（境）共计0个团组: a label that the figure stands in the middle of."""
    clause = next((c for c, _ in clauses.clauses(want.lead.rest, fresh=roles.EARLIER not in want.lead.before)), "")
    texts = reader.resolver.strips(_TRAILING.sub("", clause)) if clause else ()
    return next((s for text in texts if text and (s := reader.resolver.labelled(text + noun, quantity=want.quantity))), None)


# --- in the words before the figure -------------------------------------------------------------


def _named(reader: Reader, want: _Wanted) -> Subject | None:
    """The subject in the words before the figure; None where they name none and the figure goes on about an earlier one."""
    lead, talk = want.lead, want.talk
    fresh = roles.EARLIER not in lead.before
    fallback: Subject | None = None
    for n, (clause, label) in enumerate(clauses.clauses(_unsaid(lead.rest, talk), fresh=fresh)):
        found = _of_clause(reader, want, clause, last=n == 0, label=label)
        if found is None:
            continue
        if found.item == TOTAL and _SUM_OF_MONEY.fullmatch(found.row) and talk.last is not None and subjects.counted(talk.last.quantity):
            return beside.of_counted(reader.resolver, talk.last.subject, found.row)
        if found.bare and n == 0 and lead.match is not None and beside.turned(found, talk):
            return found
        if found.bare and discourse.nearby(talk) and (lead.match is not None or re.match(r"(?:共|合计|累计|总计|实际)", clause)):
            return None
        if found.bare and n == 0 and not found.row.endswith("计"):
            fallback = found
            if not _WHOLE.search(words_of_role(lead)):
                continue
        if (found.bare and n and not label) or (label and found.generic and not found.dims.get("flow")):
            continue
        return _shorter(reader, found, lead)
    if fallback is not None:
        return fallback
    if (
        lead.match is not None
        and not fresh
        and not re.match(r"[，,、；;]", lead.rest)
        and (ending := reader.resolver.tail(re.sub(r"^（[^（）]*）", "", lead.rest), want.quantity))
    ):
        return ending
    if lead.match is not None and lead.match.role.sets.get("flow") and not discourse.nearby(talk):
        return Subject(roles.column(lead.match, ""), TOTAL, "合计", {"flow": lead.match.role.sets["flow"]}, known=True, whole=True)
    return None


def _unsaid(rest: str, talk: Discourse) -> str:
    """The words without the noun behind the last count and what is said of it."""
    if talk.last is None or talk.last.quantity == "money" or not rest:
        return rest
    row = talk.last.subject.row
    behind = rest.startswith(row)
    mark = re.search(r"[，,；;、]", rest[len(row) :] if behind else rest)
    if behind:
        rest = rest[len(row) :]
        return rest[mark.start() :] if mark else "，" + rest.lstrip("的")
    glued = mark is not None and mark.start() > 0 and subjects.counted(talk.last.quantity)  # 终端140台通信服务费、数据卡187张
    return rest[mark.start() :] if mark and glued else rest


def _of_clause(reader: Reader, want: _Wanted, clause: str, *, last: bool, label: bool) -> Subject | None:
    """The subject that one clause names. Only the last clause may name one that no scheme knows, or one that a colon follows."""
    lead = want.lead
    clause = _YEAR_BEHIND.sub("", _outside(_SHORT_NAME.sub("", clause)))
    of_amount = lead.match is not None and lead.match.role.sets.get("metric") in _OF_AMOUNTS
    if of_amount and not label and _PURPOSE.match(clause) and lead.rest.rstrip().endswith("，"):
        return None
    if not last and not label and _NO_SUBJECT.match(clause):
        return None
    found = _find(reader, want, clause)
    for ending in (_COPULA, _TRAILING):
        if (found is None or not found.known) and (shorter := ending.sub("", clause)) != clause:
            clause = shorter
            found = _find(reader, want, clause)
    if last and lead.match and (found is None or not found.known):
        whole = reader.resolver.find(clause + words_of_role(lead), quantity=want.quantity)
        found = whole if whole is not None and whole.known else found
    if found is None or found.empty or _EMPTY.fullmatch(terms.key(found.row)) or (not found.known and _NO_SUBJECT.match(clause)):
        return None
    if not found.known and ((not last and not label) or (label and _NO_LABEL.search(found.row))):
        return None
    if last and not found.known and _AMOUNT.fullmatch(found.row) and (fuller := _with_clause_before(lead)):
        return Subject(fuller, f"item:{iris.slug(fuller)}", fuller)
    summed = lead.match is not None and bool(_SUMMED.search(lead.before[lead.match.start :]))
    if last and lead.match and (found.bare or (summed and found.dims.get("flow") == "收支")):
        whole = reader.resolver.known(found.row + ("总计" if summed else words_of_role(lead)), quantity=want.quantity)
        found = whole if whole is not None and _WHOLE.search(whole.row) else found
    return found


def _outside(clause: str) -> str:
    """A clause without a bracket that is still open: 专版（每月 1 期, （含常委会议 2 次."""
    opened = max(clause.rfind("（"), clause.rfind("("))
    if opened < 0 or max(clause.rfind("）"), clause.rfind(")")) > opened:
        return clause
    inner = clause[opened + 1 :].removeprefix("其中").removeprefix("含")
    outer = clause[:opened].rpartition("、")[2] if inner == "共" else clause[:opened]  # 桌椅、屏幕（共4套）
    return outer if re.fullmatch(r"(?:每[年月周日季度天]+|共|约|合计)?", inner) else inner


def _with_clause_before(lead: Lead) -> str:
    """由中小企业供应商中标的，采购金额: the clause before says which 采购金额."""
    parts = [c for c, _ in clauses.clauses(lead.rest, fresh=True)]
    if len(parts) < 2 or not parts[1].endswith("的"):
        return ""
    place = parts[2] + "，" if len(parts) > 2 and parts[2].startswith("在") else ""
    return place + parts[1] + parts[0]


def words_of_role(lead: Lead) -> str:
    """The words of the role, which may belong to the name of the subject: 政府采购 + 预算总额."""
    return _TRAILING.sub("", lead.before[lead.match.start :]) if lead.match else ""


def _shorter(reader: Reader, found: Subject, lead: Lead) -> Subject:
    """公务接待费 for 公务接待费支出 where the print goes on with 预算 or 决算: 支出 belongs to the role."""
    if not lead.match or found.item == TOTAL or not found.row.endswith("支出"):
        return found
    inner = reader.resolver.known(found.row[:-2])
    if inner is None or not re.match(r"(?:年初)?(?:预算|决算)", lead.before[lead.match.start :]):
        return found
    same = (inner.item, inner.dims.get("flow"), inner.dims.get("fund")) == (found.item, found.dims.get("flow"), found.dims.get("fund"))
    return replace(found, row=found.row[:-2]) if same else found


def _other_side(reader: Reader, want: _Wanted, found: Subject | None) -> Subject | None:
    """支出 right behind 政府性基金预算财政拨款收入10万元: of the same money, not of all."""
    last = want.talk.last
    side = re.search(r"(?:^|[，、；])\s*(收入|支出)[\u4e00-\u9fff]{0,2}$", want.lead.rest)
    if found is None or not found.bare or not side or last is None or "fund" in found.dims:
        return found
    same = last.subject
    if subjects.counted(last.quantity) and side[1] == "支出":  # 公务接待24批次、210人次，支出2万元
        thing = re.sub(r"(?:团组|批次|人次|次数|人数)数?$", "", same.label)
        return next((s for word in ("费", "支出") if (s := reader.resolver.labelled(thing + word, quantity="money"))), found)
    if last.quantity != "money":
        return found
    if same.item in subjects.TOTALS and "fund" in same.dims and {same.dims.get("flow"), side[1]} == {"收入", "支出"}:
        return replace(found, dims={**same.dims, **found.dims})
    if same.item.startswith("item:") and same.row.endswith(("收入", "支出")) and not same.row.endswith(side[1]):
        return reader.resolver.noun(same.row[:-2] + side[1], want.quantity)  # 社保基金收入7亿元，支出5亿元
    return found


# --- by what it is part of, or goes on about ----------------------------------------------------


def _scheme(talk: Discourse) -> str:
    """The classification that the parts of a list belong to, where what they are parts of or the part before tells."""
    if talk.parent is not None and talk.parent.dims.get("spend") in _BASIC:
        return "econ"
    if talk.last is not None and talk.last.subject.item.startswith(("func:", "econ:")):
        return talk.last.subject.item.partition(":")[0]
    return talk.context.scheme


def _qualified(reader: Reader, want: _Wanted, found: Subject) -> Subject:
    """国（境）外来访团组0个、来宾0人次: what the words before say of their thing holds for the next count too, where a scheme knows it."""
    last = want.talk.last.subject.row if want.talk.last else ""
    if not want.counted or not found.known or last.startswith(found.row):
        return found
    for end in range(2, len(last) - 1):
        row = last[:end] + found.row
        known = reader.resolver.labelled(row, quantity=want.quantity, measure=want.measure)
        if known is not None and known.item != found.item:
            return replace(known, row=row)
    of_staff = re.fullmatch(r"\S{2,6}编制(?:数|人数)?", last) and not re.match(r"\s*[；;]", want.lead.rest)  # ；实有31人 is of all
    if found.item == "ind:实有人数" and of_staff:  # 行政编制48名，实有46人
        row = re.sub(r"(?:数|人数)$", "", last) + found.row
        return Subject(row, f"item:{iris.slug(row)}", row)
    return found


def _evaluated(reader: Reader, want: _Wanted, found: Subject) -> Subject:
    """项目 without more, in a sentence about 绩效评价: the projects evaluated."""
    lead = want.lead
    if not want.counted or found.row not in ("项目", "项目支出") or not _EVALUATION.search(lead.before + lead.after):
        return found
    known = reader.resolver.known("绩效自评项目" if "自评" in lead.before else "绩效评价项目数", quantity="count")
    return replace(known, row=found.row) if known else found


def _is_class(reader: Reader, parent: Subject) -> bool:
    """Whether a subject is one class of spending, of which no classification knows parts: 公务用车运行维护费, 会议费."""
    concept = reader.resolver.knowledge.concepts.get(parent.item)
    return concept is not None and concept.prefix == "ind" and parent.item not in subjects.TOTALS and not concept.parts


def _in_classes(reader: Reader, found: Subject) -> bool:
    """Whether the economic classification knows a subject: 差旅费 is an indicator and a class."""
    concepts = reader.resolver.labels.by_key.get(terms.key(found.label), ())
    return found.item.startswith("econ:") or (found.item.startswith("ind:") and any(c.prefix == "econ" for c in concepts))


def _part(reader: Reader, found: Subject, talk: Discourse, quantity: str) -> Subject:
    """A part as its list makes it: parts of 项目支出 are projects, parts of 购置车辆 are cars bought."""
    parent = talk.parent
    outer = talk.outer.subject if talk.outer is not None else None
    if outer is not None and outer.item not in subjects.TOTALS and found.item == TOTAL and set(found.dims) <= {"flow", "fund", "phase"}:
        dims = {**outer.dims, **({"fund": found.dims["fund"]} if "fund" in found.dims else {})}  # 经费10万元（其中财政拨款8万元）
        return replace(outer, row=f"{outer.row}/{found.row}", dims=dims)
    spending = {"flow": "支出", "spend": "项目支出"}
    listed = talk.context.projects and talk.first and talk.level >= 4 and quantity == "money" and not found.project
    if listed and (not found.known or found.item.startswith("func:") and "（" not in found.row):  # 6、代表工作5万元 is a project
        return Subject(found.row, TOTAL, "合计", spending, project=found.row)
    if parent is None:
        return found
    split = {k: v for k, v in found.dims.items() if k in ("fund", "spend")}
    kinds = found.item == TOTAL and split and set(found.dims) <= {"flow", "spend", "fund"}
    if (
        kinds and talk.parts and parent.item not in subjects.TOTALS and (parent.known or not _UNIT_WIDE.search(parent.row))
    ):  # 初中教育20万元，其中：基本支出15万元
        return replace(parent, row=f"{parent.row}/{found.row}", dims={**parent.dims, **split}, whole=found.whole)
    # 燃料费 of 公务用车运行维护费 is no class of the unit
    within = talk.parts and found.item != parent.item
    if quantity == "money" and within and _in_classes(reader, found) and _is_class(reader, parent):
        label = f"{parent.label}{found.row}"
        return Subject(found.row, f"item:{iris.slug(label)}", label, {k: v for k, v in found.dims.items() if k != "spend"})
    of_projects = parent.dims.get("spend") in _OF_PROJECTS and not parent.project
    if quantity == "money" and of_projects and not found.known and not found.project:
        return Subject(found.row, TOTAL, "合计", spending, project=found.row)
    if found.project and parent.project and found.project != parent.project:  # a part of the project that is spoken of
        return Subject(found.row, f"item:{iris.slug(found.row)}", found.row, spending, project=parent.project)
    if not found.known and found.row in ("其他", "其它"):
        label = f"{parent.row}{found.row}"
        return Subject(found.row, f"item:{iris.slug(label)}", label, {k: v for k, v in parent.dims.items() if k != "phase"})
    verb = _ACQUIRED.match(parent.row) if talk.parts else None
    if verb and subjects.counted(quantity) and not _ACQUIRED.match(found.row):
        row = verb["verb"] + found.row
        return Subject(row, f"item:{iris.slug(row)}", row, found.dims)
    return found


def _counted_too(reader: Reader, want: _Wanted, found: Subject) -> Subject:
    """A second count of the same thing: 因公出国（境）团组0个，累计0人次."""
    if not found.row:
        return found
    stem = _GROUPS.sub("", found.row)
    words = ("人数", "人次", want.measure) if want.measure in ("人", "名") else (want.measure,)
    for name, word in (
        (n, w) for n in (stem, _GROUPS.sub("", found.label), re.sub("(?:费用?|经费|支出)$", "", found.label)) for w in words if w
    ):
        if known := reader.resolver.known(name + word, quantity="count"):
            return replace(known, row=name + word)
    noun = re.search(r"(人数|次数|批次|人次|户数)[为是共]*$", want.lead.rest)
    if noun or (found.dims.get("metric") != "数量" and found.item != f"item:{iris.slug(found.row)}"):
        label = stem + (noun[1] if noun else want.measure)
        return Subject(found.row, f"item:{iris.slug(label)}", label, {}, found.project)
    return found
