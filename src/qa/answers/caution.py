"""What an answer must be told beside, apart from the findings of the checks: a table of another year, a remainder that a project denies,
a rate that the evaluation table gives differently, a score that rests on a doubtful rate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.terms import key
from qa.answers import choose, compose, issues
from qa.answers.compose import Session
from qa.model import Answer, Fact, Notice, Unit

_LOOKED_AT = 12
_SCORES = ("ind:总分", "ind:绩效等级")


def about(session: Session, found: Answer) -> list[Notice]:
    """The notices that the figures of an answer call for."""
    cited = list(dict.fromkeys(f"at:{c.id}" for r in found.results if not r.computed for c in r.citations[:1]))[:_LOOKED_AT]
    facts = session.facts.by_id(cited)
    return [notice for name in cited if name in facts for notice in _of(session, facts[name])]


def _of(session: Session, fact: Fact) -> Iterator[Notice]:
    yield from _other_year(session, fact)
    if fact.flow == "结转结余":
        yield from _left_over(session, fact)
    if fact.metric == "比率" and fact.told:
        yield from _rated_elsewhere(session, fact)
    if fact.item in _SCORES:
        rates = session.facts.fetch(unit=[fact.unit], year=[fact.year], metric=["me:执行率"])
        yield from issues.about(session, [f.id for f in rates if f.table and f.table == fact.table])


def _other_year(session: Session, fact: Fact) -> Iterator[Notice]:
    """A table of evaluation that calls itself of another year than the document it is in."""
    if not fact.told and fact.doc_year != fact.year and str(fact.year) in fact.title and choose.performance(fact):
        message = f"“{fact.title}”标为{fact.year}年度，收在{fact.doc_year}年度的文件中，所属年度请核对"
        yield Notice("year", message, compose.citations(session, [fact]))


def _left_over(session: Session, fact: Fact) -> Iterator[Notice]:
    """Nothing is left over by the tables, but the text tells of money left over of projects."""
    if fact.value or fact.spend == "项目支出":
        return
    same = session.facts.fetch(unit=[fact.unit], item=[fact.item], year=[fact.year])
    others = [f for f in same if f.phase == fact.phase and f.value and f.spend == "项目支出" and f.fund in ("", "全部", fact.fund)]
    if others:
        said = "，".join(f"{compose.source(f)}写项目{compose.name(f)}{compose.shown(f)}" for f in others[:3])
        message = f"{fact.year}年{compose.name(fact)}：{compose.source(fact)}为{compose.shown(fact)}，{said}，两处不一致"
        yield Notice("conflict", message, compose.citations(session, [fact, *others[:3]], limit=4))


def _rated_elsewhere(session: Session, fact: Fact) -> Iterator[Notice]:
    """A rate told in the text, where a table of evaluation has a rate of that name with another value."""
    stem = fact.column_path.removesuffix("率").removesuffix("度")
    names = session.lexicon.names(fact.unit)
    items = sorted(
        {c.curie for name, concepts in names.items() if len(stem) >= 2 and key(stem) in name for c in concepts if c.prefix == "item"}
    )
    table = session.facts.fetch(unit=[fact.unit], item=items, year=[fact.year]) if items else []
    others = [f for f in table if not f.told and f.phase == "完成" and f.measure == "%" and f.value is not None and f.metric == "指标值"]
    for other in [f for f in others if f.value != fact.value and not f.project][:1]:
        message = (
            f"{fact.year}年{fact.label}{compose.shown(fact)}（文字）；{compose.source(other)}另有“{other.label}”{compose.shown(other)}"
        )
        yield Notice("basis", message, compose.citations(session, [fact, other]))


def side_by_side(session: Session, facts: Sequence[Fact]) -> list[Notice]:
    """The same indicator in several tables that a question names, with different values."""
    first = facts[0]
    others = [f for f in facts[1:] if (f.item, f.metric, f.phase) == (first.item, first.metric, first.phase) and f.amount != first.amount]
    return [compose.conflict(session, first, others[:3])] if others else []


def not_found(missing: Sequence[str]) -> list[Notice]:
    """What a question asks for besides the figures shown that no document has."""
    return [Notice("missing", f"未披露：{'；'.join(missing[:6])}")] if missing else []


def undisclosed(units: Sequence[Unit], having: Sequence[Unit]) -> list[Notice]:
    """The units that a question may mean of which there is no such figure."""
    missing = [u.name for u in units if u not in having]
    return [Notice("missing", f"未披露：{'、'.join(missing[:6])}")] if missing else []
