"""Lead words and discourse to meaning: the subject of a figure, the name of its role, its metric and what it is measured against."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from kg import iris, terms
from kg.prose import beside, clauses, discourse, naming, roles, subjects
from kg.prose.clauses import Event, Lead
from kg.prose.discourse import Discourse
from kg.prose.naming import Reader
from kg.prose.roles import Base, Match
from kg.prose.subjects import TOTAL, Subject

CHANGES = ("变动额", "变动率")
_METRICS = {"money": "金额", "ratio": "比率", "score": "得分", "price": "单价"}
_INVOLVED = re.compile(r"涉及(?:项目|财政性?|预算)*(?:支出)?(?:资金|金额)")
_FOUND = re.compile(r"(?:问题|损失|风险|案件|线索|漏洞|隐患)$")
_SPENT = re.compile(r"(?:费|支出|收入|经费)$")
_CHANGE = re.compile(r"增加|减少|下降|降低|压减|压缩|核减|缩减|减收|减支|增收|增支|节约|调|追加|年中|年度|预算")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one event says. `own` where its words name the subject themselves; `sets` what the role fixes."""

    subject: Subject
    column: str
    metric: str
    base: Base | None = None
    own: bool = True
    sets: Mapping[str, str] = field(default_factory=dict)


def settle(reader: Reader, lead: Lead, talk: Discourse) -> Lead:
    """The lead without a change that is none (支持外贸稳增长30万元 is a name), and out of a reason that ended with a semicolon."""
    match = lead.match
    compared = lead.base or talk.base or lead.reason
    if match and match.role.sets.get("metric") == "变动额" and not compared and not _CHANGE.match(lead.before[match.start :]):
        lead = replace(lead, match=None, rest=lead.piece)
    if lead.reason and match and "item" in match.role.sets and lead.before[match.start : match.start + 1] in ("；", ";"):
        return replace(lead, reason=False, rest="")  # the role itself names what it is about: ；年末结转和结余6万元
    if lead.reason and re.search(r"[；;]", lead.piece) and (lead.match is None or lead.base is not None or "phase" in lead.match.role.sets):
        last = re.sub(r"(?:19|20)\d\d年度?$|[今本当]年度?$", "", next((c for c, _ in clauses.clauses(lead.rest, fresh=True)), ""))
        found = reader.resolver.find(last) if last else None
        turned = found is not None and found.bare and lead.match is not None and beside.turned(found, talk)
        if found is not None and (turned or ((found.known or found.project or _SPENT.search(found.row)) and not found.generic)):
            return replace(lead, reason=False, rest="，" + last)
    return lead


def read(reader: Reader, event: Event, lead: Lead, talk: Discourse) -> Reading | None:
    """The meaning of one event; None where no subject can be found."""
    match = lead.match
    quantity = event.token.quantity if event.token else "ratio"
    metric = (match.role.sets.get("metric") if match else None) or _METRICS.get(quantity, "数量" if quantity else "金额")
    if match and match.role.name.endswith(("-得分", "-等级")):
        return _graded(reader, lead, match, talk, metric)
    if match and match.role.name.endswith("-率"):
        return _rate(reader, lead, match, talk, metric)
    if (before := beside.risen(lead, talk, quantity)) is not None:
        return Reading(before.subject, before.metric, before.metric)
    subject, own = naming.subject(reader, event, lead, talk, quantity)
    if subject is None:
        return None
    if match and match.role.name.endswith("-金额") and subject.item.startswith("item:") and _FOUND.search(subject.row):
        label = f"{subject.row}金额"  # 查出问题金额3亿元: what was found wrong, not what was spent
        subject = Subject(label, f"item:{iris.slug(label)}", label, {}, subject.project)
    if lead.amount_of_base and lead.base is not None and quantity == "money":
        return Reading(subject, lead.base.name, "金额", lead.base, own, dict(lead.base.sets))
    base = lead.base or (talk.base if metric in CHANGES else None)
    if lead.base is None and lead.reason and base is not None and "预算" in base.name and subjects.counted(quantity):
        base = None  # less than was budgeted, because there are 4 cars less
    if metric == "占比" and base is None and talk.parent is not None:
        base = Base(talk.parent.row)
    sets = {k: v for k, v in match.role.sets.items() if k not in ("metric", "base")} if match else {}
    if match and match.role.name.endswith("-完成比例") and talk.last is not None and talk.last.quantity == "money":
        sets["phase"] = "决算"  # of the amount before, not of some work
    if match and quantity == "money":
        subject = _carried_over(match, subject, talk, sets) if match.role.name.endswith("-结余结转") else _money_of(reader, subject, match)
    column = _column(match, lead, base)
    if not column:
        column, subject = _plain_column(reader, event, lead, talk, subject, metric, quantity)
    if own and talk.project and not subject.project and subject.item == TOTAL and subject.dims.get("spend") == "项目支出":
        column = column if match else subject.row
        subject = replace(subject, row=talk.project, project=talk.project, whole=False)
    return Reading(subject, column, metric, base if metric not in ("金额", "数量") else None, own, sets)


# --- columns ------------------------------------------------------------------------------------


def _column(match: Match | None, lead: Lead, base: Base | None) -> str:
    """The printed role; 支出 and 决算, read apart, are one: 支出决算."""
    if match is None:
        return ""
    column = roles.column(match, base.name if base else "")
    flow = re.search(r"(支出|收入|收支)\s*$", lead.rest)
    return flow[1] + column.removesuffix("数") if flow and column in ("预算数", "决算数") else column


def _plain_column(
    reader: Reader, event: Event, lead: Lead, talk: Discourse, subject: Subject, metric: str, quantity: str
) -> tuple[str, Subject]:
    """The role of a figure that no words tell: an amount of its flow and phase, or a count of what its verb is about."""
    if quantity == "money":
        if talk.context.assets or subject.label.endswith(("价值", "原值", "净值")):
            return metric, subject
        above = talk.parent.dims.get("flow") if talk.parent and subject.item == TOTAL else None
        flow = subjects.flow_of(subject.row) or above or subject.dims.get("flow") or "支出"
        return (f"{flow}{subject.dims.get('phase') or reader.phase}" if flow in ("收入", "支出", "收支") else subject.row), subject
    if not subject.known and subjects.counted(quantity) and clauses.noun_behind(lead.after) != subject.row:
        for role, found in roles.search(reader.roles, "verb", subject.row):
            inner = reader.resolver.find(found["object"], quantity=quantity, measure=event.token.measure if event.token else "")
            if inner is not None and len(terms.key(found["object"])) > 1:
                return role.column.replace("{verb}", found["verb"]), inner
    return metric, subject


def _money_of(reader: Reader, subject: Subject, match: Match) -> Subject:
    """The money that goes with things counted: 对8个项目开展了绩效自评，涉及资金1000万元."""
    if subject.dims.get("metric") != "数量":
        return subject
    name = match.name or "金额"
    evaluated = "绩效" in subject.label and _INVOLVED.fullmatch(name)
    known = reader.resolver.known("涉及资金") if evaluated else None
    label = f"{subject.row}{name}"
    return replace(known, row=subject.row) if known else Subject(subject.row, f"item:{iris.slug(label)}", label, {}, subject.project)


def _carried_over(match: Match, subject: Subject, talk: Discourse, sets: Mapping[str, str]) -> Subject:
    """结余结转 at the end of a list of amounts: of the project spoken of, else of what the sentence began with."""
    if subject.project:
        return subject
    head = talk.head.subject.dims if talk.head else {}
    dims = {k: v for k, v in head.items() if k == "spend"} | {"flow": sets["flow"]}
    return Subject(match.name, sets["item"], match.name, dims, talk.project, known=True)


# --- scores and rates ---------------------------------------------------------------------------


def _graded(reader: Reader, lead: Lead, match: Match, talk: Discourse, metric: str) -> Reading:
    """A score or a grade: of the project spoken of, else of the unit as a whole."""
    clause = next((c for c, _ in clauses.clauses(lead.rest, fresh=roles.EARLIER not in lead.before)), "")
    found = reader.resolver.find(clause, quantity="score") if clause else None
    if match.name.startswith("项目") and not talk.project and found is not None and not found.project and not found.known:
        found = reader.resolver.as_project(re.sub("^“([^“”]*)”$", r"\1", list(reader.resolver.strips(clause))[-1]))  # 运转经费项目自评得分
    printed = list(reader.resolver.strips(clause))[-1].strip("“”") if found is not None and not found.project and not found.known else ""
    if len(printed) > 3 and terms.key(printed) in reader.resolver.projects and terms.key(printed) != terms.key(reader.resolver.unit):
        found = reader.resolver.as_project(printed)  # 审计业务费自评得分, of which a table speaks
    near = discourse.inherited(talk)
    project = found.project if found and found.project else near.project if near and near.project else talk.project
    label = reader.resolver.known(match.name, quantity="score" if metric == "得分" else "grade")
    mean = f"item:{iris.slug(match.name)}" if "平均" in match.name else ""  # the mean of many is nobody's score
    item = mean or (label.item if label else match.role.sets.get("item", TOTAL))
    named = bool(found and found.project) and metric == "得分"  # the grade behind it is this project's
    return Reading(Subject(project or match.name, item, match.name, {}, project, known=True), match.name, metric, None, named)


def _rate(reader: Reader, lead: Lead, match: Match, talk: Discourse, metric: str) -> Reading:
    """A rate with a name: of what was counted just before (结案率 of the cases), else of itself."""
    said = clauses.unbounded(match.name)
    name = list(reader.resolver.strips(said))[-1] or said
    concept = reader.resolver.known(name, quantity="ratio")
    if concept is not None and concept.dims.get("metric") == "比率" and not concept.bare:
        return Reading(replace(concept, row=name), name, metric)
    last = talk.last.subject if talk.last and talk.last.quantity == "count" else None
    named = next((c for c, _ in clauses.clauses(lead.rest, fresh=roles.EARLIER not in lead.before)), "")
    if last is None or len(name) > 6 or named:
        return Reading(Subject(name, f"item:{iris.slug(name)}", name, {}, talk.project), name, metric)
    label = name if terms.key(last.row) in terms.key(name) else f"{last.row}{name}"
    return Reading(Subject(last.row, f"item:{iris.slug(label)}", label, {}, last.project), name, metric, own=False)
