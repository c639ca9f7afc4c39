"""What a document says in words that there is none of (本单位无政府性基金预算收支): as an answer, and beside a project's figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from kg import iris
from qa.answers import collect, passages
from qa.answers.choose import Ask
from qa.answers.collect import Collected
from qa.answers.compose import Session
from qa.model import Answer, Notice, Question, Result


def answer(session: Session, question: Question, wanted: Sequence[Ask]) -> Answer | None:
    """The sentences that say so, and nought where an amount was asked; None where they do not say it of everything asked."""
    units = question.units
    if len(units) != 1:
        return None
    found = {ask.label: (ask, told) for ask in wanted if (told := passages.saying_none(session, question, units, ask.label))}
    if not found or len(found) < len({ask.label for ask in wanted}):
        return None
    year = question.years[0] if question.years else next(iter(collect.document_years(session, units[0])), None)
    results = tuple(
        Result(
            Decimal(0), "万元", None, units[0].name, year, "、".join(ask.phases), None, ask.label, "原文写明没有，按0计",
            tuple(c for p in told for c in p.citations),
        )
        for ask, told in found.values()
    )  # fmt: skip
    said = [p for _, told in found.values() for p in told]
    return Answer(
        question.text,
        "answered",
        f"{units[0].name}写明没有{'、'.join(found)}：{said[0].text[:120]}",
        results,
        passages=tuple({p.text: p for p in said}.values()),
        sparql=passages.asking(iris.address(said[0].citations[0].id).document),
    )


def before_projects(session: Session, question: Question, wanted: Sequence[Ask], found: Collected, plain: Answer) -> Answer:
    """A plain answer of which the only figures are those of projects, although none was named: what is said of the unit comes first."""
    if any(a.projects for a in wanted) or any(not f.fact.project or f.fact.metric != "金额" for f in found.figures):
        return plain
    none = answer(session, question, wanted)
    if none is None:
        return plain
    text = f"{none.answer}；项目中另有：{plain.answer}"
    notice = Notice(
        "basis", "单位一般口径写明没有，项目资金中有安排，两个口径分别列出", tuple(c for p in none.passages for c in p.citations)
    )
    return replace(none, answer=text, results=(*none.results, *plain.results), warnings=(*plain.warnings, notice))
