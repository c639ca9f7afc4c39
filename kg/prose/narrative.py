"""Sentences to facts: every number of every paragraph becomes a fact with subject, role and address, or is reported with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from kg import iris, numbers, terms
from kg.knowledge import Knowledge
from kg.model import Address, Document, Fact, Identity, Paragraph, Unread
from kg.prose import classpath, clauses, dimensions, discourse, grades, meaning, reasons, roles, sentences, subjects, tokens, topics
from kg.prose.clauses import Event, Lead
from kg.prose.discourse import Discourse, Figure
from kg.prose.meaning import CHANGES, Reading
from kg.prose.naming import Reader
from kg.prose.passages import passage_kind
from kg.prose.subjects import TOTAL


@dataclass(frozen=True)
class _Page:
    """All that stays the same while one document is read."""

    document: Document
    identity: Identity
    reader: Reader
    numbers: tokens.Reader


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an event stands: its paragraph, and the words of its sentence before it."""

    paragraph: Paragraph
    before: str


def read(
    document: Document, identity: Identity, knowledge: Knowledge, labels: terms.Terms, tables: Iterable[Fact] = ()
) -> tuple[list[Fact], list[Unread]]:
    """All figures of the paragraphs of a document as facts, and the numbers that are none, each with the reason.

    `tables` are the facts of the document's tables, which may know codes that the ontology does not.
    """
    tables = tuple(tables)
    scored = {f.address: f.project for f in tables if f.kind == "performance" and f.project}
    known = roles.load(labels.knowledge)
    learned = classpath.learned(tables, knowledge)
    resolver = subjects.Resolver(sentences.labels(knowledge), known, sentences.even(identity.unit), topics.projects(document), learned)
    page = _Page(document, identity, Reader(known, resolver, topics.phase(identity)), tokens.reader(knowledge))
    skipped = topics.captions(document)
    talk = Discourse()
    facts: list[Fact] = []
    left: list[Unread] = []
    above = ""  # the project whose table stands right above
    for n, block in enumerate(document.blocks):
        if not isinstance(block, Paragraph):
            named = {scored[cell.address] for row in block.rows for cell in row if cell.address in scored}
            above = named.pop() if len(named) == 1 else ""
            continue
        above = "" if block.level or n in skipped else above
        if n in skipped or not block.text.strip():
            continue
        block = replace(block, text=sentences.even(block.text))
        alone = numbers.figure(block.text.strip("|｜ "))
        if alone is not None and alone.measure[:1] not in ("年", "月", "日"):  # a cell of a table that a page turned into text has lost
            left.append(unread(document, block, 0, len(block.text), "表格没有读懂", False))
            continue
        told, missed, talk = _paragraph(page, block, talk)
        told = [_of_table(fact, above, block.text) for fact in told] if above else told
        if not told:
            facts = reasons.before(block, facts, known)
        facts += told
        left += missed
    return facts, left


def _of_table(fact: Fact, project: str, text: str) -> Fact:
    """The score that a paragraph under a project's table gives 本项目, as that project's."""
    mine = fact.project is None and fact.metric in ("得分", "等级") and re.search(r"[本该]项目", text) is not None
    return replace(fact, project=project, row=project) if mine else fact


def _paragraph(page: _Page, paragraph: Paragraph, talk: Discourse) -> tuple[list[Fact], list[Unread], Discourse]:
    """The facts of one paragraph, the numbers that are none, and what is being spoken of after it."""
    known, resolver = page.reader.roles, page.reader.resolver
    bounds = grades.scale(paragraph.text, known)
    found = [t for t in tokens.tokens(paragraph.text, page.numbers) if not any(b.start <= t.start < b.end for b in bounds)]
    missed = [unread(page.document, paragraph, t.start, t.end, t.why, True) for t in found if t.why]
    events = clauses.events(paragraph.text, [t for t in found if not t.why], known)
    talk = discourse.enter(talk, paragraph, resolver, bool(events))
    told: list[tuple[Fact, Event, bool]] = []
    for start, end in sentences.sentences(paragraph.text):
        inside = [e for e in events if start <= e.start < end]
        talk = discourse.sentence(talk, paragraph.text[start:end], resolver, bool(inside))
        for n, event in enumerate(inside):
            talk = discourse.bracket(talk, paragraph.text[start : event.start])
            lead = meaning.settle(page.reader, clauses.lead(paragraph.text, (start, end), inside, n, known, page.identity.year), talk)
            told_from = 0 if talk.context.assets else start  # 截至某年某月某日 holds for all that the unit owns
            place = _Place(paragraph, paragraph.text[max(told_from, event.start - clauses.REACH) : event.start])
            fact, talk = _fact(page, place, event, lead, talk)
            if fact is not None:
                told.append((fact, event, lead.reason))
            elif event.token is not None:
                missed.append(unread(page.document, paragraph, event.start, event.end, "没有读懂", False))
    scale = [_bound(page, paragraph, bound) for bound in bounds]
    return [*scale, *reasons.inside(paragraph.text, told, known)], missed, discourse.leave(talk, paragraph.text)


# --- one figure ---------------------------------------------------------------------------------


def _fact(page: _Page, place: _Place, event: Event, lead: Lead, talk: Discourse) -> tuple[Fact | None, Discourse]:
    """The fact of one event, and what is being spoken of after it. Figures in a reason change nothing."""
    if _grown_beyond(event, lead, talk):
        talk = replace(talk, last=talk.head)
    reading = meaning.read(page.reader, event, lead, talk)
    measured = _measured(event, reading) if reading else None
    if reading is None or measured is None:
        return None, talk
    quantity, measure = measured
    dims = dimensions.of(page.reader, lead, talk, reading, quantity)
    fact = _made(page, place, event, lead, reading, dims, measure)
    figure = Figure(reading.subject, quantity, fact.phase, fact.metric, fact.value)
    if lead.reason and not (reading.own and reading.metric == "得分"):  # a project scored is the next one spoken of
        return fact, replace(talk, aside=figure)
    base = reading.base if reading.metric in CHANGES or lead.amount_of_base else None
    same = talk.last is not None and talk.last.quantity == quantity == "money" and talk.last.subject == reading.subject
    whole = subjects.counted(quantity) and clauses.is_measured_against(lead)  # 占全部项目6个的100%
    if whole or (same and (lead.amount_of_base or clauses.is_measured_against(lead))):
        return fact, replace(talk, base=base or talk.base)  # what an amount is set against is an aside: parts and changes are of the amount
    return fact, discourse.after(talk, figure, lead.after, base, own=reading.own, default=page.reader.phase)


def _grown_beyond(event: Event, lead: Lead, talk: Discourse) -> bool:
    """Whether a figure is growth of what the sentence began with, as it is more than all of the part named last."""
    grown = lead.match is not None and lead.match.role.sets.get("metric") == "变动额" and lead.match.role.sign > 0
    value = event.token.value if event.token else None
    return grown and event.token is not None and event.token.quantity == "money" and value is not None and discourse.outgrown(talk, value)


def _measured(event: Event, reading: Reading) -> tuple[str, str] | None:
    """Quantity and measure; a number without a measure is read only where its subject tells the measure, or where nought is nought."""
    token = event.token
    if token is None:
        return "", ""
    if token.quantity:
        return token.quantity, token.measure
    if reading.subject.dims.get("metric") == "数量":
        return "count", ""
    return ("money", "万元") if token.value == 0 and "flow" in reading.subject.dims else None


def _made(page: _Page, place: _Place, event: Event, lead: Lead, reading: Reading, dims: dict[str, str], measure: str) -> Fact:
    token, subject = event.token, reading.subject
    value, text = _value(event, lead, place.paragraph.text)
    concept = page.reader.resolver.knowledge.concepts.get(dims["item"])
    total = subject.whole or (dims["item"] == TOTAL and "project" not in dims) or "其中" in lead.after[:10]
    return Fact(
        address=_address(page.document, place.paragraph, event.start, event.end),
        quote=_quote(page.document, place.paragraph, event.start, event.end),
        kind="narrative",
        form="",
        table="/".join(place.paragraph.section),
        row=subject.row,
        column=_agreeing(reading.column, page.reader.phase, dims),
        unit=page.identity.unit,
        year=dimensions.year(page.reader, page.identity.year, place.before, lead, reading),
        phase=dims["phase"],
        metric=dims["metric"],
        item=dims["item"],
        item_label=concept.label if concept else subject.label or subject.row,
        measure=measure,
        value=value,
        text=text,
        low=token.low if token else None,
        high=token.high if token else None,
        strict=bool(token and token.strict),
        flow=dims.get("flow"),
        fund=dims.get("fund"),
        spend=dims.get("spend"),
        base=reading.base.name if reading.base else None,
        project=dims.get("project"),
        leaf=not total,
    )


def _agreeing(column: str, usual: str, dims: dict[str, str]) -> str:
    """A column that is only called by the phase of the document (支出决算), by the phase and the side of the figure (收入预算)."""
    side = re.fullmatch(rf"(收入|支出){usual}", column)
    if side is None or not dims["phase"].endswith(("预算", "决算")):
        return column
    flow = dims.get("flow", "")
    return (flow if flow in ("收入", "支出") else side[1]) + dims["phase"][-2:]


def _bound(page: _Page, paragraph: Paragraph, bound: grades.Bound) -> Fact:
    """The fact of one step of a scale of grades."""
    label = f"等级“{bound.grade}”" if bound.grade else "总分"
    concept = page.reader.resolver.known(label, quantity="grade")
    quote = _quote(page.document, paragraph, bound.start, bound.end)
    return Fact(
        address=_address(page.document, paragraph, bound.start, bound.end),
        quote=quote,
        kind="narrative",
        form="",
        table="/".join(paragraph.section),
        row=label,
        column=bound.role.column,
        unit=page.identity.unit,
        year=page.identity.year,
        phase=bound.role.sets["phase"],
        metric=bound.role.sets["metric"],
        item=concept.item if concept else f"item:{iris.slug(label)}",
        item_label=label,
        measure="分",
        value=bound.value,
        text=None if bound.value is not None else quote,
        low=bound.low,
        high=bound.high,
        strict=bound.low is None and bound.high is not None,
        leaf=False,
    )


def _value(event: Event, lead: Lead, text: str) -> tuple[Decimal | None, str | None]:
    """The signed value, and what the print says beyond it: 减少44.09万元, 2100余, 持平."""
    token = event.token
    if token is None:
        assert event.said is not None
        return None, "持平" if event.said[0].kind == "flat" else event.said[3]
    if lead.match is None or not lead.match.role.sign or token.value is None:
        return token.value, token.text
    value = -abs(token.value) if lead.match.role.sign < 0 and token.value else token.value
    words = lead.before[lead.match.start :].lstrip("，、；：是为因。")
    return value, token.text if roles.EARLIER in words else f"{words}{text[event.start : event.end]}"


# --- places -------------------------------------------------------------------------------------


def _address(document: Document, paragraph: Paragraph, start: int, end: int) -> Address:
    """Where the figure stands in the file: page, line and offsets in that line; offsets in the paragraph where there are no lines."""
    if paragraph.address.line is None or not paragraph.runs:
        return replace(paragraph.address, start=start, end=end)
    line, first = paragraph.place(start)
    last_line, last = paragraph.place(end - 1)
    place = paragraph.address
    return Address(place.document, page=document.page(line), line=line, line_end=last_line, row=place.row, start=first, end=last + 1)


def _quote(document: Document, paragraph: Paragraph, start: int, end: int) -> str:
    """The print at the address, exactly as it stands in the file."""
    lines = document.lines
    if paragraph.address.line is None or not paragraph.runs or not lines:
        return paragraph.text[start:end]
    line, first = paragraph.place(start)
    last_line, last = paragraph.place(end - 1)
    if last_line == line:
        return lines[line - 1][first : last + 1]
    return "\n".join([lines[line - 1][first:], *lines[line : last_line - 1], lines[last_line - 1][: last + 1]])


def unread(document: Document, paragraph: Paragraph, start: int, end: int, why: str, harmless: bool) -> Unread:
    """The number at `start` of a paragraph as one that became no fact."""
    return Unread(_address(document, paragraph, start, end), _quote(document, paragraph, start, end), why, harmless)


__all__ = ["passage_kind", "read", "unread"]
