"""The money of what stands right before it: of things counted, of an amount and one source of it, of the other side."""

from __future__ import annotations

import re
from dataclasses import replace

from kg import iris, terms
from kg.prose import roles
from kg.prose.clauses import Lead
from kg.prose.discourse import Discourse, Figure, spoken_of
from kg.prose.subjects import Resolver, Subject, counted

_ONLY_MONEY = re.compile(r"[，、]?(?:共|合计|总共|涉及)*(?P<name>(?:总|财政|预算)*(?:资金|金额|经费)(?:总额)?)(?:合计|共计|总计|为|共|约)*")


def money(resolver: Resolver, lead: Lead, talk: Discourse, quantity: str) -> Subject | None:
    """The money of what stands right before: 项目6个，资金1144万元; 涉及资金3571万元，其中涉及一般公共预算1131万元."""
    last = talk.last
    if quantity != "money" or last is None:
        return None
    if lead.match is not None and lead.match.role.name.endswith("-涉及资金") and last.quantity == "money":
        fund = resolver.labels.fund(terms.key(lead.match.name))
        return replace(last.subject, dims={**last.subject.dims, "fund": fund}) if fund else None
    if lead.match is not None and lead.match.role.name.endswith("-调至") and counted(last.quantity):
        project = spoken_of(talk)  # 新增2家机构，并调减本项目预算至140万元
        return resolver.as_project(project) if project else resolver.noun("本项目预算", quantity)
    only = _ONLY_MONEY.fullmatch(lead.rest) if lead.match is None and counted(last.quantity) and "项目" in last.subject.label else None
    return of_counted(resolver, last.subject, only["name"]) if only else None


def risen(lead: Lead, talk: Discourse, quantity: str) -> Figure | None:
    """The figure of a reason that the next says the new level of: 主要原因是标准由100元提高到120元."""
    level = (
        lead.reason
        and lead.match is not None
        and lead.match.role.name.endswith("-现值")
        and lead.match.start == len(lead.before) - len(lead.piece)
    )
    return talk.aside if level and talk.aside is not None and talk.aside.quantity == quantity else None


def alone(lead: Lead, talk: Discourse) -> bool:
    """Whether a sum is of the one thing counted right before it: 设备3台，共计214万元；…."""
    last = talk.last
    return last is not None and counted(last.quantity) and lead.before.rpartition("；")[2].count(roles.EARLIER) == 1


def turned(found: Subject, talk: Discourse) -> bool:
    """Whether 支出 alone leaves the income of which was spoken: 收入预算10万元，比上年增加1万元；支出预算10万元."""
    last = talk.last.subject if talk.last is not None else None
    sides = {found.dims.get("flow"), last.dims.get("flow")} if last is not None else set()
    return last is not None and last.generic and sides == {"收入", "支出"}


def of_counted(resolver: Resolver, things: Subject, name: str) -> Subject:
    """纳入绩效目标的项目12个，资金总额1560万元: the money of what was counted, not of the unit."""
    known = resolver.known("涉及资金") if "绩效" in things.label else None
    label = f"{things.row}{name}"
    dims = {"fund": fund} if (fund := resolver.labels.fund(terms.key(things.row))) else {}
    return replace(known, row=things.row) if known else Subject(things.row, f"item:{iris.slug(label)}", label, dims, things.project)
