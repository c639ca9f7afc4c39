"""Sentences to facts: every number of every paragraph becomes a fact with subject, role and address, or is reported with the reason why not."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from kg import clauses, discourse, meaning, naming, reasons, roles, sentences, subjects, terms, tokens, topics
from kg.clauses import Event, Lead
from kg.discourse import Discourse, Figure
from kg.knowledge import Knowledge
from kg.meaning import CHANGES, Reading
from kg.model import Address, Document, Fact, Identity, Paragraph, Unread
from kg.passages import passage_kind
from kg.subjects import TOTAL, Subject

_RATES = (*CHANGES, "完成率", "占比", "执行率")
_YEAR = re.compile(r"(?P<year>(?:19|20)\d\d)\s*年(?!以来|起|成立|出台|印发|制定|发布|启动)")
_CITED = re.compile(r"(?:根据|按照|依据|自|从|于|始于)\s*$")
_LAST_YEAR = re.compile(r"(?:上年|上一年|去年)度?(?:支出|收入)?(?:决算|预算|执行|支出|收入)")
_LATER = re.compile(r"追加|安排|下达|预算$|预算资金")


@dataclass(frozen=True)
class _Reader:
    """All that is known while one document is read."""

    document: Document
    identity: Identity
    meaning: naming.Reader
    numbers: tokens.Reader


def read(document: Document, identity: Identity, knowledge: Knowledge, labels: terms.Terms) -> tuple[list[Fact], list[Unread]]:
    """All figures of the paragraphs of a document as facts, and the numbers that are none, each with the reason."""
    known = roles.load(labels.knowledge)
    resolver = subjects.Resolver(knowledge, sentences.labels(knowledge), known, identity.unit, subjects.functions(knowledge), topics.projects(document))
    reader = _Reader(document, identity, naming.Reader(known, resolver, topics.phase(identity)), tokens.reader(knowledge))
    skipped = topics.captions(document)
    talk = Discourse()
    facts: list[Fact] = []
    unread: list[Unread] = []
    for n, block in enumerate(document.blocks):
        if not isinstance(block, Paragraph) or n in skipped or not block.text.strip():
            continue
        told, missed, talk = _paragraph(reader, block, talk)
        if not told:
            facts = reasons.before(block, facts, known)
        facts += told
        unread += missed
    return facts, unread


def _paragraph(reader: _Reader, paragraph: Paragraph, talk: Discourse) -> tuple[list[Fact], list[Unread], Discourse]:
    known, resolver = reader.meaning.roles, reader.meaning.resolver
    found = tokens.tokens(paragraph.text, reader.numbers)
    unread = [_unread(reader, paragraph, t.start, t.end, t.why, True) for t in found if t.why]
    events = clauses.events(paragraph.text, [t for t in found if not t.why], known)
    talk = discourse.enter(talk, paragraph, resolver, bool(events))
    told: list[tuple[Fact, Event, bool]] = []
    for sentence in sentences.sentences(paragraph.text):
        inside = [e for e in events if sentence[0] <= e.start < sentence[1]]
        talk = discourse.sentence(talk, paragraph.text[sentence[0] : sentence[1]], resolver, bool(inside))
        for n, event in enumerate(inside):
            lead = clauses.lead(paragraph.text, sentence, inside, n, known, reader.identity.year)
            fact, talk, reason = _fact(reader, paragraph, sentence, event, lead, talk)
            if fact is not None:
                told.append((fact, event, reason))
            elif event.token is not None:
                unread.append(_unread(reader, paragraph, event.start, event.end, "没有读懂", False))
    return reasons.inside(paragraph.text, told, known), unread, discourse.leave(talk, paragraph.text)


# --- one figure ---------------------------------------------------------------------------------


def _fact(reader: _Reader, paragraph: Paragraph, sentence: tuple[int, int], event: Event, lead: Lead, talk: Discourse) -> tuple[Fact | None, Discourse, bool]:
    """The fact of one event, what is known after it, and whether it stands in a reason."""
    lead = meaning.settle(reader.meaning, lead, talk)
    reading = meaning.read(reader.meaning, event, lead, talk)
    if reading is None:
        return None, talk, lead.reason
    token = event.token
    quantity, measure = (token.quantity, token.measure) if token else ("", "")
    if token is not None and not quantity:  # a number without a measure is read where its subject tells the measure
        if reading.subject.dims.get("metric") != "数量" and (token.value != 0 or "flow" not in reading.subject.dims):
            return None, talk, lead.reason
        quantity, measure = ("count", "") if reading.subject.dims.get("metric") == "数量" else ("money", "万元")
    value, text = _value(event, lead, paragraph.text)
    dims = _dims(reader, lead, talk, reading, quantity)
    subject = reading.subject
    fact = Fact(
        address=_address(reader.document, paragraph, event.start, event.end), quote=_quote(reader, paragraph, event.start, event.end), kind="narrative", form="",
        table="/".join(paragraph.section), row=subject.row, column=reading.column, unit=reader.identity.unit,
        year=_year(reader, paragraph.text[sentence[0] : event.start], lead, dims), phase=dims["phase"], metric=dims["metric"], item=dims["item"],
        item_label=_label(reader, dims["item"], subject.label, subject.row), measure=measure, value=value, text=text,
        low=token.low if token else None, high=token.high if token else None, strict=bool(token and token.strict), flow=dims.get("flow"),
        fund=dims.get("fund"), spend=dims.get("spend"), base=reading.base.name if reading.base else None, project=dims.get("project") or None,
        leaf=not (subject.whole or dims["item"] == TOTAL and "project" not in dims or "其中" in lead.after[:10]),
    )  # fmt: skip
    if lead.reason:
        return fact, talk, True
    figure = Figure(subject, quantity, fact.phase, fact.metric)
    base = reading.base if reading.metric in CHANGES or lead.amount_of_base else None
    return fact, discourse.after(talk, figure, lead.after, base, own=reading.own, default=reader.meaning.phase), False


def _label(reader: _Reader, item: str, label: str, row: str) -> str:
    concept = reader.meaning.resolver.knowledge.concepts.get(item)
    return concept.label if concept else label or row


def _value(event: Event, lead: Lead, text: str) -> tuple[Decimal | None, str | None]:
    """The signed value, and what the print says beyond it: 减少44.09万元, 2100余, 持平."""
    token = event.token
    if token is None:
        assert event.said is not None
        return None, "持平" if event.said[0].kind == "flat" else event.said[3]
    sign = lead.match.role.sign if lead.match else 0
    if not sign or token.value is None:
        return token.value, token.text
    value = -abs(token.value) if sign < 0 and token.value else token.value
    words = lead.before[lead.match.start :].lstrip("，、；：是为因。") if lead.match else ""
    return value, f"{words}{text[event.start : event.end]}" if roles.EARLIER not in words else token.text


def _dims(reader: _Reader, lead: Lead, talk: Discourse, reading: Reading, quantity: str) -> dict[str, str]:
    """All dimensions: of the headings, the list, the subject and the role, the narrower over the wider."""
    subject, sets = reading.subject, reading.sets
    dims = {"item": sets.get("item") or subject.item, "metric": reading.metric, "phase": _phase(reader, lead, talk, reading, quantity)}
    if project := subject.project or talk.project:
        dims["project"] = project
    if "yearShift" in sets:
        dims["yearShift"] = sets["yearShift"]
    if talk.context.assets and quantity == "money":
        return dims
    if not (quantity == "money" or reading.metric in _RATES and quantity in ("ratio", "") and not _counts(talk, reading) and sets.get("phase") != "完成"):
        return dims
    above = talk.parent if talk.parent is not subject else None
    own = dict(subject.dims)
    if above is not None and subject.item == TOTAL and above.dims.get("flow") in ("收入", "支出") and not subjects.flow_of(subject.row):
        if own.get("flow") in (None, "收入", "支出"):
            own["flow"] = above.dims["flow"]
    dims["flow"] = sets.get("flow") or own.get("flow") or (_only(above.dims.get("flow")) if above else None) or _only(talk.context.dims.get("flow")) or "支出"
    dims["fund"] = _fund(reader, own.get("fund"), above.dims.get("fund") if above else None, talk.context.dims.get("fund"))
    spend = own.get("spend") or ("项目支出" if "project" in dims else None) or _spend(above, talk, subject.item) or "全部"
    dims["spend"] = _inner(reader, subject.item) or spend if spend == "基本支出" else spend
    return dims


def _counts(talk: Discourse, reading: Reading) -> bool:
    """Whether a rate goes on about a count, not about money."""
    return not reading.own and talk.last is not None and (talk.last.quantity not in ("money", "ratio", "") or talk.last.metric == "比率")


def _only(flow: str | None) -> str | None:
    return flow if flow in ("收入", "支出") else None


def _fund(reader: _Reader, own: str | None, above: str | None, heading: str | None) -> str:
    """The fund named nearest, unless a heading names a narrower one of the same kind (财政拨款 under 一般公共预算财政拨款)."""
    near = own or above
    if near is None or heading is None:
        return near or heading or "全部"
    concepts = reader.meaning.resolver.knowledge.concepts
    wider = concepts.get(f"fund:{heading}")
    while wider is not None and wider.broader:
        wider = concepts.get(wider.broader)
        if wider is not None and wider.name == near:
            return heading
    return near


def _spend(above: Subject | None, talk: Discourse, item: str) -> str | None:
    """The kind of spending that a list or heading passes on to the classes of expenditure under it."""
    if item == TOTAL or item.startswith("func:"):
        return None
    for subject in (above, talk.context.topic if item.startswith(("econ:", "item:")) else None):
        if subject is not None and subject.dims.get("spend"):
            return subject.dims["spend"]
    return None


def _inner(reader: _Reader, item: str) -> str | None:
    """Within 基本支出, whether a class of 经济分类 is 人员经费 or 公用经费."""
    concept = reader.meaning.resolver.knowledge.concepts.get(item[:8]) if item.startswith("econ:") else None
    return concept.spend_in_basic.partition(":")[2] if concept and concept.spend_in_basic else None


def _phase(reader: _Reader, lead: Lead, talk: Discourse, reading: Reading, quantity: str) -> str:
    """The phase: of the role, of the subject's words, of the amount a rate goes with, of the heading, of the document."""
    if "phase" in reading.sets:
        return reading.sets["phase"]
    default = talk.context.dims.get("phase") or reader.meaning.phase
    if talk.context.assets:
        return next((r.sets["phase"] for r, _ in roles.search(reader.meaning.roles, "phase", lead.before) if reader.meaning.phase == "预算"), "其他")
    money = quantity == "money" or reading.metric in _RATES and not _counts(talk, reading)
    if money:
        if reading.metric in (*CHANGES, "占比") and talk.phase:
            return talk.phase
        words = reading.subject.dims.get("phase")
        if words:
            return words
        if talk.parent_phase and reading.own and talk.parent is not None and reading.metric == "金额" and reading.subject.dims.get("flow") != "结转结余":
            return talk.parent_phase
        later = reading.own and reading.subject.item.startswith("item:") and _LATER.search(reading.subject.row)
        later = later or not reading.own and reading.column == "金额" and _LATER.search(reading.subject.row)
        return "预算" if later and default == "决算" else default
    for role, _ in roles.search(reader.meaning.roles, "phase", lead.before):
        if role.sets["phase"] == "目标" or reader.meaning.phase == "预算":
            return role.sets["phase"]
    if reading.metric in ("得分", "等级"):
        return "完成"
    if reading.subject.known and reading.metric == "数量":
        return "其他"
    if talk.context.plan:
        return "目标"
    return "完成" if talk.context.work or reading.metric == "比率" and reader.meaning.phase == "决算" else "其他"


def _year(reader: _Reader, before: str, lead: Lead, dims: dict[str, str]) -> int:
    """The year that the sentence names last, comparisons and citations aside; 上年 is the year before the document's."""
    year = reader.identity.year
    if "yearShift" in dims:
        return year + int(dims["yearShift"])
    compared = [m.span("base") for _, m in roles.search(reader.meaning.roles, "compare", before + "#")]
    compared += [m.span() for _, m in roles.search(reader.meaning.roles, "flat", before)]
    compared += [m.span() for m in re.finditer(r"《[^》]*》|[（(][^）)]*[)）]", before)]
    for match in reversed(list(_YEAR.finditer(before))):
        named = int(match["year"])
        if not any(a <= match.start() < b for a, b in compared) and not _CITED.search(before[: match.start()]) and abs(named - year) <= 1:
            return named
    return year - 1 if _LAST_YEAR.search(lead.piece) and not roles.search(reader.meaning.roles, "compare", lead.piece + "#") else year


# --- places -------------------------------------------------------------------------------------


def _address(document: Document, paragraph: Paragraph, start: int, end: int) -> Address:
    """Where the figure stands in the file: page, line and offsets in that line; offsets in the paragraph where there are no lines."""
    if paragraph.address.line is None or not paragraph.runs:
        return replace(paragraph.address, start=start, end=end)
    line, first = paragraph.place(start)
    last_line, last = paragraph.place(end - 1)
    return Address(paragraph.address.document, page=document.page(line), line=line, line_end=last_line, row=paragraph.address.row, start=first,
                   end=last + 1)


def _quote(reader: _Reader, paragraph: Paragraph, start: int, end: int) -> str:
    """The print at the address, exactly as it stands in the file."""
    lines = reader.document.lines
    if paragraph.address.line is None or not paragraph.runs or not lines:
        return paragraph.text[start:end]
    line, first = paragraph.place(start)
    last_line, last = paragraph.place(end - 1)
    if last_line == line:
        return lines[line - 1][first : last + 1]
    return "\n".join([lines[line - 1][first:], *lines[line : last_line - 1], lines[last_line - 1][: last + 1]])


def _unread(reader: _Reader, paragraph: Paragraph, start: int, end: int, why: str, harmless: bool) -> Unread:
    return Unread(_address(reader.document, paragraph, start, end), _quote(reader, paragraph, start, end), why, harmless)


__all__ = ["passage_kind", "read"]
