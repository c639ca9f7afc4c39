"""The dimensions of a figure in a sentence: headings, list, subject and role put together, the narrower over the wider."""

from __future__ import annotations

import re

from kg.prose import roles, subjects
from kg.prose.clauses import Lead
from kg.prose.discourse import Discourse
from kg.prose.meaning import CHANGES, Reading
from kg.prose.naming import Reader
from kg.prose.subjects import TOTAL, Subject

_RATES = (*CHANGES, "完成率", "占比", "执行率")
_YEAR = re.compile(r"(?P<year>(?:19|20)\d\d)\s*年(?!以来|起|成立|出台|印发|制定|发布|启动)")
_CITED = re.compile(r"(?:根据|按照|依据|自|从|于|始于)\s*$")
_LAST_YEAR = re.compile(r"(?:上年|上一年|去年)度?(?:支出|收入)?(?:决算|预算|执行|支出|收入)")
_ASIDE = re.compile(r"《[^》]*》|[（(][^）)]*[)）]")
_LATER = re.compile(r"追加|安排|下达|预算$|预算资金")
#: “三公”经费预算 (of what changes); 一般公共预算 and its like are no phases.
_STATED = re.compile(r"(?<!公共)(?<!基金)(?<!经营)(?<!综合)(预算|决算)(?:支出|收入)?(?:安排|汇总|总额|金额|数)*$")
_SIDES = ("收入", "支出")


def of(reader: Reader, lead: Lead, talk: Discourse, reading: Reading, quantity: str) -> dict[str, str]:
    """All dimensions but the year: item, metric, phase, project; flow, fund and spend where the figure is of money."""
    subject, sets = reading.subject, reading.sets
    dims = {"item": sets.get("item") or subject.item, "metric": reading.metric, "phase": _phase(reader, lead, talk, reading, quantity)}
    if project := subject.project or talk.project:
        dims["project"] = project
    rate = reading.metric in _RATES and quantity in ("ratio", "") and sets.get("phase") != "完成" and not _of_count(talk, reading)
    if (quantity == "money" and (talk.context.assets or _worth(subject))) or not (quantity == "money" or rate):
        return dims
    above = talk.parent if talk.parent is not subject else None
    own = dict(subject.dims)
    listed = above.dims.get("flow") if above is not None and subject.item == TOTAL and not subjects.flow_of(subject.row) else None
    if listed in _SIDES and own.get("flow") in (None, *_SIDES):
        own["flow"] = listed
    named = subject.item.startswith("item:")  # no scheme knows it
    if named and (side := _side(subjects.flow_of(subject.row)) or ("收入" if subject.row.endswith(("税收", "税款")) else None)):
        own.setdefault("flow", side)
    near, heading = _side(above.dims.get("flow") if above else None), _side(talk.context.dims.get("flow"))
    classed = subject.item.startswith(
        "func:"
    )  # a class says which way its money goes by its column or its heading, not by a list further up
    flows = (sets.get("flow"), own.get("flow"), *((_side(subjects.flow_of(reading.column)), heading) if classed else (near, heading)))
    begun = _side(talk.head.subject.dims.get("flow")) if named and talk.head else None
    dims["flow"] = next(filter(None, (*flows, begun)), "支出")
    dims["fund"] = _fund(reader, own.get("fund"), above.dims.get("fund") if above else None, talk.context.dims.get("fund"))
    spend = own.get("spend") or ("项目支出" if "project" in dims else None) or _spend(above, talk, subject.item) or "全部"
    dims["spend"] = _inner(reader, subject.item) or spend if spend == "基本支出" else spend
    return dims


def _worth(subject: Subject) -> bool:
    """Whether a subject is what something is worth, or what was found wrong: neither budgeted nor spent."""
    return subject.item.startswith("item:") and subject.label.endswith(
        ("价值", "原值", "净值", "问题金额", "损失金额", "案件金额", "风险金额")
    )


def _side(flow: str | None) -> str | None:
    return flow if flow in _SIDES else None


def _of_count(talk: Discourse, reading: Reading) -> bool:
    """Whether a rate goes on about a count or another rate, not about money."""
    if reading.own or talk.last is None:
        return False
    return talk.last.quantity not in ("money", "ratio", "") or talk.last.metric == "比率"


def _fund(reader: Reader, own: str | None, above: str | None, heading: str | None) -> str:
    """The fund named nearest, unless a heading names a narrower one of the same kind (财政拨款 under 一般公共预算财政拨款)."""
    near = own or above
    if near is None or heading is None:
        return near or heading or "全部"
    return heading if near in reader.resolver.labels.wider(heading) else near


def _spend(above: Subject | None, talk: Discourse, item: str) -> str | None:
    """The kind of spending that a list or heading passes on to the classes of expenditure under it."""
    if item == TOTAL or item.startswith("func:"):
        return None
    for subject in (above, talk.context.topic if item.startswith(("econ:", "item:")) else None):
        if subject is not None and subject.dims.get("spend"):
            return subject.dims["spend"]
    return None


def _inner(reader: Reader, item: str) -> str | None:
    """Within 基本支出, whether a class of 经济分类 is 人员经费 or 公用经费."""
    concept = reader.resolver.knowledge.concepts.get(item[:8]) if item.startswith("econ:") else None
    return concept.spend_in_basic.partition(":")[2] if concept and concept.spend_in_basic else None


# --- phase --------------------------------------------------------------------------------------


def _phase(reader: Reader, lead: Lead, talk: Discourse, reading: Reading, quantity: str) -> str:
    """The phase: of the role, else of the amount it goes with, of the subject's words, of the list, the heading, the document."""
    if "phase" in reading.sets:
        return reading.sets["phase"]
    if (
        talk.context.assets
        or _worth(reading.subject)
        or not (quantity == "money" or (reading.metric in _RATES and not _of_count(talk, reading)))
    ):
        return _phase_of_count(reader, lead, talk, reading)
    default = talk.context.dims.get("phase") or reader.phase
    if reading.metric in (*CHANGES, "占比") and talk.phase:
        return talk.phase
    if reading.metric in CHANGES and not reading.own and talk.last is not None and talk.last.metric in CHANGES:
        return talk.last.phase
    if words := reading.subject.dims.get("phase"):
        return words
    if reading.metric in CHANGES and reading.own and (stated := _STATED.search(lead.rest.rstrip("，、"))):
        return stated[1]
    if talk.parent is not None and talk.parent_phase and reading.own and reading.metric in ("金额", *CHANGES):
        return talk.parent_phase if reading.subject.dims.get("flow") != "结转结余" else default
    named_later = reading.subject.item.startswith("item:") if reading.own else reading.column == "金额"
    return "预算" if default == "决算" and named_later and _LATER.search(reading.subject.row) else default


def _phase_of_count(reader: Reader, lead: Lead, talk: Discourse, reading: Reading) -> str:
    """Counts are aims where the words say so, results in a report of work done, and of no phase otherwise."""
    for role, _ in roles.search(reader.roles, "phase", lead.before):
        if role.sets["phase"] == "目标" or reader.phase == "预算":
            return role.sets["phase"]
    if reading.metric in ("得分", "等级"):
        return "完成"
    if talk.context.assets or _worth(reading.subject) or (reading.subject.known and reading.metric == "数量"):
        return "其他"
    if talk.context.plan:
        return "目标"
    if reader.phase == "预算":
        return "预算" if talk.context.work else "其他"
    return "完成" if talk.context.work or reading.metric == "比率" else "其他"


# --- year ---------------------------------------------------------------------------------------


def year(reader: Reader, own: int, before: str, lead: Lead, reading: Reading) -> int:
    """The year that the sentence names last, comparisons and citations aside; 上年 is the year before the document's own."""
    if "yearShift" in reading.sets:
        return own + int(reading.sets["yearShift"])
    aside = [m.span("base") for _, m in roles.search(reader.roles, "compare", before + roles.FIGURE)]
    aside += [m.span() for _, m in roles.search(reader.roles, "flat", before)]
    aside += [m.span() for m in _ASIDE.finditer(before)]
    for _, m in roles.search(reader.roles, "reason", before):  # years of a reason that ended are not what is spoken of
        aside += [(m.start(), stop)] if (stop := before.find("；", m.end())) >= 0 else []
    for match in reversed(list(_YEAR.finditer(before))):
        named = int(match["year"])
        if not any(a <= match.start() < b for a, b in aside) and not _CITED.search(before[: match.start()]) and abs(named - own) <= 1:
            return named
    compared = roles.search(reader.roles, "compare", lead.piece + roles.FIGURE)
    return own - 1 if _LAST_YEAR.search(lead.piece) and not compared else own
