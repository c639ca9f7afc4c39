"""Lead words and discourse to meaning: the subject of a figure, the name of its role, its metric and what it is measured against."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from kg import clauses, discourse, iris, roles, subjects, terms
from kg.clauses import Event, Lead
from kg.discourse import Discourse
from kg.roles import Base, Match, Roles
from kg.subjects import TOTAL, Resolver, Subject

CHANGES = ("变动额", "变动率")
_METRICS = {"money": "金额", "ratio": "比率", "score": "得分", "price": "单价"}
_EMPTY = re.compile(r"(?:总|共|累计|共计|合计|总计|约|分别|等|达|其中|为|是|各)*(?:人数|数量|次数|个数|人次|批次|数|金额|资金|经费|家数|面积)?")
_TRAILING = re.compile(r"(?:的|均为|为|是|共|达到?|约|共计|合计|总计|累计|分别|等)+$")
_NO_SUBJECT = re.compile(r"^(?:根据|按照|依据|为|因|由于|随着|围绕|经|按|以|将|使|让|把|除|至|到|如|从|坚持|严格|切实|有效|不断|受(?!理|助|益|训|灾|援))")
_GROUPS = re.compile(r"(?:团组|批次|团|次数|人次|个数|数)$")
_ACQUIRED = re.compile(r"^(?:预算)?(?:安排)?(?P<verb>购置|更新|新增|报废|处置)")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one event says. `own` where its words name the subject themselves; `sets` what the role fixes."""

    subject: Subject
    column: str
    metric: str
    base: Base | None = None
    own: bool = True
    sets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reader:
    """What reading leads needs: roles, the resolver, and the phase of amounts that name none."""

    roles: Roles
    resolver: Resolver
    phase: str


def read(reader: Reader, event: Event, lead: Lead, talk: Discourse) -> Reading | None:
    """The meaning of one event; None where no subject can be found."""
    match, token = lead.match, event.token
    quantity = token.quantity if token else "ratio"
    metric = (match.role.sets.get("metric") if match else None) or _METRICS.get(quantity, "数量" if quantity else "金额")
    if lead.amount_of_base and lead.base is not None and quantity == "money":
        subject, own = _subject(reader, event, lead, talk, quantity)
        return Reading(subject, lead.base.name, "金额", lead.base, own, dict(lead.base.sets)) if subject else None
    if match and match.role.name.endswith(("-得分", "-等级")):
        return _graded(reader, lead, match, talk, metric)
    if match and match.role.name.endswith("-率"):
        return _rate(reader, lead, match, talk, metric)
    base = lead.base or (talk.base if metric in CHANGES else None)
    if metric == "占比" and base is None and talk.parent is not None:
        base = Base(talk.parent.row)
    subject, own = _subject(reader, event, lead, talk, quantity)
    if subject is None:
        return None
    sets = {k: v for k, v in (match.role.sets if match else {}).items() if k not in ("metric", "base")}
    column = roles.column(match, base.name if base else "") if match else ""
    if match and match.role.name.endswith("-结余结转") and not subject.project:
        head = talk.head.subject.dims if talk.head else {}
        subject = Subject(match.name, dims={k: v for k, v in head.items() if k == "spend"}, project=talk.project, known=True)
    elif match:
        column = _joined(column, lead)
    if not column:
        column, subject = _plain_column(reader, event, lead, subject, metric, quantity)
    if talk.project and not subject.project and subject.item == TOTAL and subject.dims.get("spend") == "项目支出" and own:
        column = column if match else subject.row
        subject = replace(subject, row=talk.project, project=talk.project, whole=False)
    return Reading(subject, column, metric, base if metric not in ("金额", "数量") else None, own, sets)


def _joined(column: str, lead: Lead) -> str:
    """支出 and 决算, read apart, are one printed role: 支出决算."""
    flow = re.search(r"(支出|收入|收支)\s*$", lead.rest)
    return flow[1] + column.removesuffix("数") if flow and column in ("预算数", "决算数") else column


def _plain_column(reader: Reader, event: Event, lead: Lead, subject: Subject, metric: str, quantity: str) -> tuple[str, Subject]:
    """The role of a figure that no words tell: an amount of its flow and phase, or a count of what its verb is about."""
    if quantity == "money":
        flow = subject.dims.get("flow") or subjects.flow_of(subject.row) or "支出"
        return (f"{flow}{subject.dims.get('phase') or reader.phase}" if flow in ("收入", "支出", "收支") else subject.row), subject
    if not subject.known and subjects.counted(quantity) and clauses.noun_behind(lead.after) != subject.row:
        for role, found in roles.search(reader.roles, "verb", subject.row):
            inner = reader.resolver.find(found["object"], quantity=quantity, measure=event.token.measure if event.token else "")
            if inner is not None and len(terms.key(found["object"])) > 1:
                return role.column.replace("{verb}", found["verb"]), inner
    return metric, subject


# --- subjects -----------------------------------------------------------------------------------


def _subject(reader: Reader, event: Event, lead: Lead, talk: Discourse, quantity: str) -> tuple[Subject | None, bool]:
    """The subject, and whether the figure's own words name it."""
    measure = event.token.measure if event.token else ""
    prefer = _scheme(talk)
    counted = subjects.counted(quantity)
    if lead.match and lead.match.subject:
        return reader.resolver.find(lead.match.subject, quantity=quantity, measure=measure, prefer=prefer), True
    if counted and (noun := clauses.noun_behind(lead.after)):
        found = reader.resolver.find(noun, quantity=quantity, measure=measure)
        found = _evaluated(reader, lead, found)
        if found is not None:
            return found, True
    named = _named(reader, lead, talk, quantity, measure, prefer)
    if named is not None:
        return _part(_evaluated(reader, lead, named) or named, talk, quantity), True
    whole = bool(lead.match and lead.match.role.name.endswith("-合计"))
    found = discourse.inherited(talk, whole=whole)
    if counted and found is not None:
        found = _counted(reader, lead, found, measure)
    if found is None and lead.match and "phase" in lead.match.role.sets and quantity == "money":
        found = Subject(roles.column(lead.match, ""), TOTAL, "合计", {}, known=True, whole=True)
    if found is not None and lead.match is None and not counted and event.said is None and quantity != "ratio" and lead.piece.strip():
        return None, False  # words that are neither role nor subject: better unread than guessed
    return found, False


def _named(reader: Reader, lead: Lead, talk: Discourse, quantity: str, measure: str, prefer: str) -> Subject | None:
    """The subject in the words before the figure; None where they name none and the figure goes on about an earlier one."""
    fresh = roles.EARLIER not in lead.before
    for n, (clause, label) in enumerate(clauses.clauses(lead.rest, fresh=fresh)):
        if n and not label and _NO_SUBJECT.match(clause):
            continue
        found = reader.resolver.find(clause, quantity=quantity, measure=measure, prefer=prefer, above=discourse.class_above(talk))
        if (found is None or not found.known) and (shorter := _TRAILING.sub("", clause)) != clause:
            clause = shorter
            found = reader.resolver.find(clause, quantity=quantity, measure=measure, prefer=prefer, above=discourse.class_above(talk))
        if lead.match and not n and (found is None or not found.known) and (whole := reader.resolver.find(clause + _words(lead), quantity=quantity)) and whole.known:
            found = whole
        if found is None or found.empty or _EMPTY.fullmatch(terms.key(found.row)) or found.known is False and _NO_SUBJECT.match(clause):
            continue
        if n and not found.known and not label:
            continue
        if found.bare and lead.match is not None and discourse.nearby(talk):
            return None
        if found.bare and n and not label or label and found.generic and not found.dims.get("flow"):
            continue
        if label and not found.known and re.search(r"情况|说明|如下|方面", found.row):
            continue
        return _shorter(reader, found, lead)
    if lead.match is not None and lead.match.role.sets.get("flow") and not discourse.nearby(talk):
        return Subject(roles.column(lead.match, ""), TOTAL, "合计", {"flow": lead.match.role.sets["flow"]}, known=True, whole=True)
    return None


def _evaluated(reader: Reader, lead: Lead, found: Subject | None) -> Subject | None:
    """项目 without more, in a sentence about 绩效评价: the projects evaluated."""
    if found is None or found.row != "项目" or "绩效" not in lead.before + lead.after:
        return found
    known = reader.resolver.known("绩效自评项目" if "自评" in lead.before else "绩效评价项目数", quantity="count")
    return replace(known, row=found.row) if known else found


def _words(lead: Lead) -> str:
    """The words of the role, which may belong to the name of the subject: 政府采购 + 预算总额."""
    return _TRAILING.sub("", lead.before[lead.match.start :]) if lead.match else ""


def _shorter(reader: Reader, found: Subject, lead: Lead) -> Subject:
    """公务接待费 for 公务接待费支出 where the print goes on with 预算 or 决算: 支出 belongs to the role."""
    if not lead.match or not found.row.endswith("支出") or not re.match(r"(?:年初)?(?:预算|决算)", lead.before[lead.match.start :]):
        return found
    inner = reader.resolver.known(found.row[:-2])
    same = inner is not None and (inner.item, inner.dims.get("flow"), inner.dims.get("fund")) == (found.item, found.dims.get("flow"), found.dims.get("fund"))
    return replace(found, row=found.row[:-2]) if same else found


def _scheme(talk: Discourse) -> str:
    """The classification that the parts of a list belong to, where what they are parts of or the part before tells."""
    if talk.parent is not None and talk.parent.dims.get("spend") in ("人员类支出", "运转类支出", "基本支出", "人员经费", "公用经费"):
        return "econ"
    if talk.last is not None and talk.last.subject.item.startswith(("func:", "econ:")):
        return talk.last.subject.item.partition(":")[0]
    return ""


def _part(subject: Subject, talk: Discourse, quantity: str) -> Subject:
    """A part as its list makes it: parts of 项目支出 are projects, parts of 购置车辆 are cars bought."""
    parent = talk.parent
    if parent is None:
        return subject
    if not subject.known and not subject.project and quantity == "money" and parent.dims.get("spend") in ("项目支出", "特定目标类支出") and not parent.project:
        name = subject.row
        return Subject(name, TOTAL, "合计", {"flow": "支出", "spend": "项目支出"}, project=name)
    verb = _ACQUIRED.match(parent.row)
    if verb and subject.known and subject.dims.get("metric") == "数量" and not _ACQUIRED.match(subject.row):
        row = verb["verb"] + subject.row
        return Subject(row, f"item:{iris.slug(row)}", row, subject.dims)
    return subject


def _counted(reader: Reader, lead: Lead, subject: Subject, measure: str) -> Subject:
    """A second count of the same thing: 因公出国（境）团组0个，累计0人次."""
    if not subject.row:
        return subject
    stem = _GROUPS.sub("", subject.row)
    for word in (measure, "人数" if measure in ("人", "名") else ""):
        if word and (found := reader.resolver.known(stem + word, quantity="count")):
            return replace(found, row=stem + word)
    noun = re.search(r"(人数|次数|批次|人次|户数)[为是共]*$", lead.rest)
    if noun or subject.dims.get("metric") != "数量" and subject.item != f"item:{iris.slug(subject.row)}":
        label = stem + (noun[1] if noun else measure)
        return Subject(subject.row, f"item:{iris.slug(label)}", label, {}, subject.project)
    return subject


# --- scores and rates ---------------------------------------------------------------------------


def _graded(reader: Reader, lead: Lead, match: Match, talk: Discourse, metric: str) -> Reading:
    """A score or a grade: of the project spoken of, else of the unit as a whole."""
    clause = next((c for c, _ in clauses.clauses(lead.rest, fresh=roles.EARLIER not in lead.before)), "")
    found = reader.resolver.find(clause, quantity="score") if clause else None
    near = discourse.inherited(talk)
    project = found.project if found and found.project else near.project if near and near.project else talk.project
    label = reader.resolver.known(match.name, quantity="score" if metric == "得分" else "grade")
    item = label.item if label else match.role.sets.get("item", TOTAL)
    return Reading(Subject(project or match.name, item, match.name, {}, project, known=True), match.name, metric, None, False)


def _rate(reader: Reader, lead: Lead, match: Match, talk: Discourse, metric: str) -> Reading:
    """A rate with a name: of what was counted just before (结案率 of the cases), else of itself."""
    name = list(reader.resolver.strips(match.name))[-1] or match.name
    concept = reader.resolver.known(name, quantity="ratio")
    if concept is not None and concept.known and not concept.bare and concept.dims.get("metric") == "比率":
        return Reading(replace(concept, row=name), name, metric)
    last = talk.last.subject if talk.last and talk.last.quantity == "count" else None
    named = next((c for c, _ in clauses.clauses(lead.rest, fresh=roles.EARLIER not in lead.before)), "")
    if last is None or len(name) > 6 or named:
        return Reading(Subject(name, f"item:{iris.slug(name)}", name, {}, talk.project), name, metric)
    label = name if terms.key(last.row) in terms.key(name) else f"{last.row}{name}"
    return Reading(Subject(last.row, f"item:{iris.slug(label)}", label, {}, last.project), name, metric, own=False)
