"""A read question to an answer: what is missing is said, what is ambiguous is asked back, the rest is answered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from kg.terms import key
from qa.answers import (
    added,
    asks,
    below,
    carried,
    caution,
    clauses,
    collect,
    compose,
    evidence,
    explain,
    figure,
    figures,
    filters,
    growth,
    issues,
    likeness,
    passages,
    performance,
    quoted,
    refuse,
    scope,
    scores,
    several,
    slices,
    texts,
    unnamed,
    wide,
    wishes,
)
from qa.answers.choose import Ask
from qa.answers.compose import Session
from qa.model import Answer, Concept, Explanation, Fact, Notice, Passage, Question, Result, Unit
from qa.text import squeeze
from qa.understand import question as read

_MOST_WARNINGS = 6
_STRUCTURE = ("内设机构数", "科室数", "下属单位数", "下属事业单位数")
#: A paragraph so short is about one thing.
_SHORT = 120
#: the parts of a project that is named, not all projects
_INSIDE = re.compile("方向|子项|分项|细项|小项|明细|内容")
_TEXT_OPS = ("duty", "use", "problem", "remedy", "nature", "structure", "ground")


def respond(session: Session, question: Question) -> Answer:
    """The answer to a question."""
    found = _first(session, question)
    if found.status == "no_data" and (other := below.instead(session, question)) is not None:
        told = _first(session, other)
        question, found = (other, told) if told.status == "answered" else (question, found)
    if not wide.many(session, question):
        found = several.complete(question, found, lambda text: _part(session, question, text))
    found = quoted.each(session, question, found)
    if undone := carried.left_undone(question, found):
        found = refuse.undone(question, found, undone)
    found = passages.last_resort(session, question, quoted.figures(session, question, found))
    cited = [f"at:{c.id}" for r in found.results for c in r.citations]
    more = (*caution.about(session, found), *issues.about(session, cited), *_different_years(question, found), *passages.trouble(session))
    found = replace(found, warnings=(*issues.recognised(session, cited), *found.warnings, *more))
    return replace(
        found,
        sparql=found.sparql or "\n\n".join(dict.fromkeys(session.facts.asked[:3])),
        notes=tuple(dict.fromkeys((*question.notes, *(m.note for m in question.mentions if m.note and m.role != "unit"), *found.notes))),
        warnings=tuple({w.message: w for w in found.warnings}.values())[: _MOST_WARNINGS if found.results else 2 * _MOST_WARNINGS],
        explanation=refuse.explain(question, explain.told(session, found).explanation),
    )


def _first(session: Session, question: Question) -> Answer:
    """The answer to a question as a whole, before its clauses are asked one by one."""
    found = _respond(session, question)
    if (found.status == "no_data" or (found.status == "clarify" and not found.clarify)) and not wide.many(session, question):
        worded = found.status == "no_data" and not scope.left_out(question)
        figure_found = (evidence.answer(session, question) or _counted(session, question)) if worded else None
        told = None if slices.bounded(question) else _told(session, question)  # no passage knows what is within a bound
        found = figure_found or _against_last_year(session, question) or told or found
    if (lacking := _not_done(question, found)) is not None:
        found = refuse.not_understood(session, replace(question, unknown=(lacking,)))
    if not wide.many(session, question):
        found = _both_halves(session, question, found)
    return found


def _part(session: Session, question: Question, text: str) -> Answer:
    """The answer to one clause of a question, for its units, and for its years where the clause says none."""
    part = read.read(squeeze(text), session.lexicon)
    if not part.units:
        part = replace(part, units=question.units, unit_choice=question.unit_choice, place=question.place)
    named = any(m.role == "project" or (m.role == "item" and not asks.said_lightly(m)) for m in part.items)
    if question.axis == "project" and not named and not part.axis:
        return Answer(text, "no_data", "")  # 执行率最低的项目是哪个，花了多少钱: not what the unit spent
    place, dated = question.text.find(text), [question.source.places[m.start] for m in question.mentions if m.role == "year"]
    before = place >= 0 and dated and place + len(text) <= dated[0]  # 有几辆车，2024年买几辆: the year is not said of what there is
    return _first(session, replace(part, years=part.years or (() if before else question.years)))


def _not_done(question: Question, found: Answer) -> str | None:
    """What the question says was done with the things it counts, of which no source of the figures knows: 坏了多少个 is not how many."""
    counted = [r for r in found.results if not (r.measure or "").endswith("元") and r.value is not None]
    if not counted or len(counted) < len(found.results):
        return None
    said = key("".join(f"{r.indicator}{c.quote}" for r in counted for c in r.citations))
    return next((verb for verb in wishes.verbs(question) if not likeness.done(verb, said)), None)


def _different_years(question: Question, found: Answer) -> list[Notice]:
    """Figures of several units that are not of one year."""
    years = {r.unit: r.year for r in found.results}
    if len(years) < 2 or len(set(years.values())) < 2 or len(question.years) > 1:
        return []
    return [Notice("year", "年度不同：" + "，".join(f"{unit}为{year}年" for unit, year in years.items()))]


def _respond(session: Session, question: Question) -> Answer:
    if question.missing_unit and not question.units:
        return refuse.missing_unit(session, question)
    if question.has("meaning") and (told := _meant(session, question)) is not None:
        return told
    if not question.units and (len(question.unit_choice) == 1 or (question.place and not question.all_units)):
        return refuse.which_unit(session, question, question.unit_choice)
    if wide.many(session, question):
        few = wide.narrowed(session, question)
        if isinstance(few, Answer):
            return few
        question = few
    units = question.units or question.unit_choice or tuple(session.lexicon.units())
    if issues.asked(question):
        return issues.of_documents(session, question, units)
    if (missed := performance.unmet(session, question, units)) is not None:
        return missed
    if (told := scores.answer(session, question, units)) is not None:
        return told
    if (told := _worded(session, question, units)) is not None:
        return told
    if (asked := refuse.which_project(session, question, units)) is not None:
        return asked
    names = _names(session, question)
    wanted = asks.build(question, names)
    if evidence.phrase(question) and (told := evidence.answer(session, question)) is not None:
        return told
    out = scope.left_out(question)
    if out and wanted and all(a.said in out for a in wanted) and not (question.axis == "project" and question.projects):
        return refuse.not_understood(session, replace(question, unknown=(f"除{'、'.join(sorted(out))}以外",)))
    if question.unknown and not _explained(session, question, wanted):
        return refuse.not_understood(session, question)
    if scope.apposition(question):
        question = replace(question, axis="")
    before, question = question, slices.with_axis(question, wanted)
    if question.axis == "project" and question.projects and _INSIDE.search(question.text):
        question = replace(question, axis="")
    if len(wanted) > 1 and "构成" in question.text and all(a.total for a in wanted):
        question = replace(question, axis="")
    if added.named(question) and (told := added.answer(session, question)) is not None:
        return told
    if (grown := growth.answer(session, question, wanted[0] if wanted else slices.EVERYTHING, units)) is not None:
        return grown
    ranked = question.has("rank-max", "rank-min") and "变动额" not in question.metrics
    if question.has("change") and ((question.axis and ranked) or slices.bounded(question)):
        return refuse.no_ranking_of_changes(session, question)
    if (sliced := _sliced(session, before, question, wanted, units)) is not None:
        return sliced
    if not wanted:
        said = unnamed.words(question)
        return refuse.not_understood(session, replace(question, unknown=(said,))) if said else refuse.nothing_asked(session, question)
    if len(wanted) == 1 and performance.is_group(wanted[0]):
        listed = performance.answer(session, question, wanted[0], units)
        if listed is not None:
            return listed
    return figures.with_rest(session, question, wanted, figures.answer(session, question, wanted))


def _sliced(session: Session, before: Question, question: Question, wanted: Sequence[Ask], units: Sequence[Unit]) -> Answer | None:
    """The answer that runs over all 科目 or projects; `before` is the question before a ranking or bound gave it that axis."""
    if question.axis not in filters.LEVELS and question.axis != "project":
        return None
    found = slices.answer(session, question, wanted[0] if wanted else slices.EVERYTHING, units)
    if found is not None and (found.results or before.axis or not slices.bounded(question)):
        return found
    if found is not None:  # 基本支出里哪些超过1000万元: no 科目 is, but 工资福利支出 may be
        wider = figures.answer(session, before, wanted)
        return wider if wider.results else found
    if wanted and question.axis == "project" and not before.axis:
        return refuse.no_members(session, question, wanted)  # 项目支出里最大的是哪项: no project has an amount of its own
    if not wanted or question.axis == "project":
        return refuse.nothing_found(session, question, wanted or [slices.EVERYTHING], [])
    if len(wanted) == 1 and wanted[0].total and question.has("list", "order", "rank-max", "rank-min"):
        return refuse.no_members(session, question, wanted)
    return None


def _meant(session: Session, question: Question) -> Answer | None:
    """What a term means: as lists of terms say, else a passage; None where something else is asked as well."""
    told = passages.glossary(session, question)
    if told is None and question.units:
        told = texts.answer(session, question, question.units, ("meaning",))
    return refuse.not_told(session, question) if told is None and question.ops == {"meaning"} else told


def _worded(session: Session, question: Question, units: Sequence[Unit]) -> Answer | None:
    """The answer to a question that no figure answers: why, what for, where, who; None where a figure may."""
    ops = question.ops & set(_TEXT_OPS)
    if ops == {"use"} and question.has("parts") and question.projects and "方向" in question.text:
        ops = frozenset()  # 投到哪些方向: on what the project's money is spent, as figures
    if question.has("reason"):
        return _reason(session, question, units)
    if ops and not (texts.counts(question) and ops == {"problem"}):
        told = _in_words(session, question, units)
        if told is not None:
            return told
        if question.has("ground", "remedy", "duty") and texts.in_words(question):
            return refuse.not_told(session, question)
    kinds = texts.only_in_words(question)
    told = texts.answer(session, question, units, kinds) if kinds else None
    return told or (refuse.not_told(session, question) if kinds and kinds != ["when"] else None)


def _explained(session: Session, question: Question, wanted: Sequence[Ask]) -> bool:
    """Whether the words that no term explains stand in the very sentence, or row, of every figure found."""
    borders = question.source.listed
    listed = any(m.role == "unknown" and borders & {m.start, m.end} for m in question.mentions)  # a thing of its own: 微信、热线各多少
    if not wanted or not question.items or listed or any(len(word) < 2 for word in question.unknown):
        return False
    found = collect.collect(session, question, wanted)
    return (
        bool(found.figures)
        and not found.missing
        and wishes.counted(question) <= max(1, len(found.figures))
        and all(
            evidence.stands_in(word, one.fact) and not _names_a_figure(word, one.fact) for one in found.figures for word in question.unknown
        )
    )


def _names_a_figure(word: str, fact: Fact) -> bool:
    """Whether a word is the name of some figure, but not of this one: 有效率 beside a number of cases."""
    return word[-1] in "率度费额款金" and key(word) not in key(f"{fact.label}{fact.column_path}{fact.row_path}")


def _against_last_year(session: Session, question: Question) -> Answer | None:
    """比2021年多了多少, of a document of 2022: the change against the year before that it states; None where 2021 is no such year."""
    if len(question.units) != 1 or not question.years or not question.has("compare", "change", "difference"):
        return None
    later = min(question.years) + 1
    if set(question.years) - {later - 1, later} or later not in collect.document_years(session, question.units[0]):
        return None
    ops = (question.ops | {"change"}) - {"compare", "difference"}
    found = _respond(session, replace(question, years=(later,), ops=ops))
    stated = [r for r in found.results if r.computed is None and r.year == later and "上年" in r.indicator]
    return found if found.status == "answered" and stated else None


def _counted(session: Session, question: Question) -> Answer | None:
    """The figures that a sentence tells of what no term names."""
    return None if question.missing_unit or question.axis else clauses.answer(session, question, question.units or question.unit_choice)


def _told(session: Session, question: Question) -> Answer | None:
    """What a passage says that speaks of all that is asked; for questions that no figure answers."""
    if question.missing_unit and not question.units:
        return None
    units = question.units or question.unit_choice or tuple(session.lexicon.units())
    return texts.answer(session, question, units) if texts.in_words(question) else None


def _both_halves(session: Session, question: Question, found: Answer) -> Answer:
    """多少台，为什么: the figure, and the passage that says the rest (哪些内设机构: the number, and their names); else what was found."""
    counted, both = texts.halves(question)
    parts = question.has("list") and bool(found.results) and bool(set(_STRUCTURE) & set(found.results[0].indicator.split("/")))
    if question.has("parts") and len(found.results) == 1 and not found.passages:
        units = question.units or question.unit_choice or tuple(session.lexicon.units())
        told = texts.answer(session, question, units, ("use",))
        return replace(found, answer=f"{found.answer}{told.answer}", passages=told.passages) if told else found
    if not (both or parts) or (question.missing_unit and not question.units):
        return found
    if found.passages:
        return replace(found, passages=(*found.passages, *texts.under(session, found.passages[-1])))
    units = question.units or question.unit_choice or tuple(session.lexicon.units())
    if found.status == "answered" and found.results and set(_STRUCTURE) & set(found.results[0].indicator.split("/")):
        told = texts.of_kind(session, replace(question, ops=question.ops | {"structure"}), units)
    else:
        told = texts.answer(session, question, units)
    if told is None:
        return found
    if found.status != "answered":
        half = read.read(squeeze(counted), session.lexicon)
        half = replace(half, units=question.units, unit_choice=question.unit_choice, years=half.years or question.years)
        figured = _respond(session, half)
        if figured.status != "answered" or not figured.results or _not_done(half, figured) is not None:
            return found
        found = figured
    if not found.results:
        return found
    return replace(found, answer=f"{found.answer}{told.answer}", passages=told.passages)


def _in_words(session: Session, question: Question, units: Sequence[Unit]) -> Answer | None:
    """Duties, uses, problems: the passages; with the figures where some are asked for too."""
    wanted = asks.build(question, _names(session, question))
    told = texts.of_kind(session, question, units, wanted)
    amounts = asks.amounts(question)
    if told is None or not wanted or question.unknown or not (asks.counts(question) or asks.priced(question) or amounts):
        return told
    found = figures.answer(session, replace(question, ops=question.ops - set(_TEXT_OPS)), wanted)
    if amounts and not any(_amount(session, result) in amounts for result in found.results):
        return told
    return replace(found, passages=told.passages, answer=found.answer + told.answer) if found.status == "answered" else told


def _names(session: Session, question: Question) -> dict[str, list[Concept]]:
    """The printed names of the units meant; only where a project or an indicator of theirs is named, whose other names are wanted."""
    if not question.projects and not any(c.prefix == "item" for m in question.items for c in m.concepts):
        return {}
    merged: dict[str, list[Concept]] = {}
    for unit in question.units or question.unit_choice or session.lexicon.units():
        for name, concepts in session.lexicon.names(unit.curie).items():
            merged.setdefault(name, []).extend(concepts)
    return merged


def _reason(session: Session, question: Question, units: Sequence[Unit]) -> Answer:
    """Why: the causes that the documents give, with the figures that they explain."""
    wanted = asks.build(question, _names(session, question))
    facts = [f for ask in wanted for f in figure.fetch(session, ask, units, question.years)]  # as `figures.answer` does: fetched once
    years = set(question.years) or {y for u in units for y in collect.document_years(session, u)[:1]}
    mine = [f for f in facts if f.year in years and (not wanted or any(_about(f, a) for a in wanted))]
    plainly = not texts.names_something(session, question)  # 为什么减少: nothing but the total is asked about
    known = plainly or not question.unknown
    causes = passages.reasons(session, question, wanted, mine) if known else []
    told = texts.answer(session, question, units, ("why",))
    if told is not None and (not causes or told.passages[0].text == causes[0].text or not texts.covered(session, question, causes[0])):
        causes, said = list(told.passages), told.answer
    else:
        causes = causes or (passages.search_causes(session, question, units) if plainly else [])
        causes = causes or ([] if question.has("change") or not known else _only_said(session, mine))
        said = f"原文：{causes[0].text[:200]}" if causes else ""
    plain = figures.answer(session, replace(question, ops=question.ops - {"reason"}), wanted) if wanted and known else None
    if not causes or (not told and wanted and question.has("difference", "compare") and not passages.gives_cause(causes[0])):
        told = texts.of_kind(session, question, units, wanted) if question.has(*_TEXT_OPS) else None
        there = [f for ask in wanted for f in figure.fetch(session, ask, units)]
        asked = texts.counts(question) or question.has("difference", "compare", "change")
        return told or refuse.no_cause(session, question, wanted, there, plain, asked)
    shown = plain if plain is not None and plain.status == "answered" else None
    results, warnings = (shown.results[:8], shown.warnings) if shown else ((), ())
    first = f"{compose.sentence(results[0])}。" if results else ""
    return Answer(question.text, "answered", first + said, results, tuple(causes), warnings)


def _only_said(session: Session, facts: Sequence[Fact]) -> list[Passage]:
    """The one short paragraph about a figure, which may give the cause without saying that it does."""
    told = [f for f in facts if f.told and f.metric == "金额" and not f.func and len(f.passage) <= _SHORT]
    return [passages.paragraph(session, told[0])] if told else []


def _amount(session: Session, result: Result) -> Decimal | None:
    """The value of a result in 元, where it is money."""
    factor = next((f.factor for c in result.citations for f in session.facts.by_id([f"at:{c.id}"]).values()), None)
    return None if result.value is None or factor is None else result.value * factor


def _about(fact: Fact, ask: Ask) -> bool:
    return (not ask.items or fact.item in ask.items) and (not ask.projects or fact.project in ask.projects)


__all__ = ["Explanation", "respond"]
