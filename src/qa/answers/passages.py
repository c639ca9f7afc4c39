"""Answers in words: duties, problems, measures, uses, reasons — the passages of the documents, with their places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from kg import iris
from kg.iris import shrink
from kg.library.index import Hit
from kg.library.rows import bound
from kg.terms import key, strip_numbering
from qa import queries
from qa.answers import figure, location
from qa.answers.choose import Ask
from qa.answers.compose import Session
from qa.answers.facts import position
from qa.model import Answer, Citation, Fact, Notice, Passage, Question, Unit

_KIND = {"duty": "职责", "problem": "存在问题", "remedy": "改进措施", "structure": "机构设置", "ground": "立项依据"}
_WHY = re.compile(r"原因|因为|由于|主要是|因(?!公|此|素)|导致|致使|受.{1,10}影响")
_USE = re.compile(r"用于|用途|使用方向|支出内容")
NATURE = re.compile(r"(?:正|副)?(?:科|处|厅|局|部|股)级|事业单位|行政单位|参照公务员|参公|公益[一二]类|全额拨款|二级预算单位|一级预算单位")
_STRUCTURE = re.compile(r"(?:行政|事业)单位\d+[家个]|内设|科室|处室|机构|部室|下属|所属")
#: parts inside a unit, where those are asked for and not the units below it
_INSIDE = re.compile(r"内设|科室|处室|部室|股室")
_NONE = re.compile(r"无|没有|未安排|未发生|未开支|未列支|不涉及|未使用|未购置|未举办")
#: 无 that is no 无: 无变化, 无法, 无形资产, 无锡
_NOT = "(?!变化|增减|差异|超|调整|增加|减少|变动|明显|法|需|须|违|偿|锡|线|人机|障碍|形|论|关)"
_MARKS = re.compile("[\\s“”\"'‘’《》]")
#: what lists of terms are called, and what ends the term in one
_GLOSSARY = "名词解释"
_HEAD = re.compile("[：:]|是?指|，反映|是对")
_CHANGE = ("变动额", "变动率")
_MOST = 15
#: How many passages a question without data may get, and how they are announced.
_HELPFUL = 3
#: So many more hits are looked at, since tables as such are left out.
_TABLES = 5
#: Documents whose lists of terms are looked at first for the meaning of a term: those of the best passages by words.
_LISTS = 8
LAST_RESORT = "未找到对应数据，以下原文段落可能相关："
_LONG = 400


def documents(session: Session, question: Question, units: Sequence[Unit]) -> list[str]:
    """The ids of the documents that may answer: of the units and years named."""
    names = {u.name for u in units}
    cards = [c for c in session.reader.index.cards() if not names or c.unit in names]
    years = set(question.years)
    if not years and not names:
        return [c.id for c in cards]
    return [c.id for c in cards if not years or c.year in years]


def by_kind(session: Session, question: Question, units: Sequence[Unit], ids: Sequence[str], most: int = _MOST) -> list[Passage]:
    """The passages whose heading says that they are what is asked for, so many at most."""
    wanted = [kind for op, kind in _KIND.items() if question.has(op)]
    if not wanted or not ids:
        return []
    rows = stored(session, ids, wanted)
    found = _of_structure(rows, _INSIDE if _INSIDE.search(question.text) else _STRUCTURE) if question.has("structure") else rows
    kept: dict[str, dict[str, Any]] = {}
    for row in found:
        kept.setdefault(re.sub(r"\W", "", str(row["text"])), row)
        if len(kept) == most:
            break
    return [_passage(session, str(row["passage"]), str(row["text"])) for row in kept.values()]


def stored(session: Session, ids: Iterable[str], kinds: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
    """The passages of documents, of some kinds or of all, in the order of reading; a document is looked at when its turn comes.

    One query for each document: bound to its graph it costs nothing in a large library, while a list of graphs is joined with all passages.
    """
    template = queries.text("kind" if kinds else "passages")
    for document in sorted(ids):
        given = [{"document": f"doc:{document}", **({"kind": kind} if kind else {})} for kind in kinds or ("",)]
        found = [row for values in given for row in session.reader.query(template, bindings=values)]
        yield from sorted(found, key=lambda row: position(str(row["passage"])))


def asking(document: str) -> str:
    """The query for the passages of a document, as it is shown."""
    return bound(queries.text("passages"), {"document": f"doc:{document}"})


def _of_structure(rows: Iterable[dict[str, Any]], named: re.Pattern[str]) -> Iterator[dict[str, Any]]:
    """Of passages about a unit those that name its parts (of the kind named), with what stands under one that announces them."""
    announced: tuple[str, str] | None = None
    for row in rows:
        here = (iris.address(str(row["passage"]).partition(":")[2]).document, str(row["section"]))
        inside = here == announced
        if inside or named.search(str(row["text"])):
            yield row
            announced = here if inside or str(row["text"]).rstrip().endswith(("：", ":")) else None


def search(session: Session, question: Question, ids: Sequence[str], limit: int = 3) -> list[Passage]:
    """The passages that have most to do with the words of the question, its unit and year aside."""
    hits = session.reader.finder.search(about(question), limit=limit + _TABLES, documents=ids)
    return [found(session, hit) for hit in hits if not whole_table(hit)][:limit]


def whole_table(hit: Hit) -> bool:
    """Whether a hit is a table as such, whose rows are no sentence to quote."""
    here = iris.address(shrink(hit.iri).partition(":")[2])
    return here.table is not None and here.row is None and here.column is None


def about(question: Question) -> str:
    """What a question is about: its words without unit and year, which choose the documents."""
    return "".join(m.text for m in question.mentions if m.role not in ("unit", "year")) or question.text


def last_resort(session: Session, question: Question, given: Answer) -> Answer:
    """An answer without data, with the passages that may still help; labelled so, and no figure is taken from them.

    Only passages that both their words and their meaning bring up, in documents of the units and years named.
    """
    if given.status != "no_data" or given.results or given.passages or (question.missing_unit and not question.units):
        return given
    ids = documents(session, question, question.units)
    hits = session.reader.finder.agreed(about(question), _HELPFUL + _TABLES, ids) if ids else []
    helpful = tuple(found(session, hit) for hit in hits if not whole_table(hit))[:_HELPFUL]
    if not helpful:
        return given
    return replace(given, answer=f"{given.answer}{LAST_RESORT}", passages=helpful)


def trouble(session: Session) -> list[Notice]:
    """What kept a search from using the vectors, where something did."""
    said = session.reader.finder.trouble
    return [Notice("retrieval", said)] if said else []


def found(session: Session, hit: Hit) -> Passage:
    """A hit with its citation: a paragraph or table quotes the file's own lines, a cell its own text, a table on a page its title."""
    iri = shrink(hit.iri)
    here = iris.address(iri.partition(":")[2])
    if here.column is None and (here.table is None or "f:line" in session.facts.place(iri)):
        return _passage(session, iri, hit.text)
    card = session.reader.manifest["documents"][hit.document]
    line = here.line if here.page is None else None
    section = tuple(filter(None, hit.section.split("/")))
    place = Citation(iri.partition(":")[2], card["file"], card["sha256"], here.page, line, line, section[:1], "", "", "", hit.text)
    return Passage(hit.text, (place,))


def _passage(session: Session, iri: str, text: str) -> Passage:
    place = session.facts.place(iri)
    document = session.facts.place(str(place.get("f:doc") or ""))
    return Passage(text, (session.citer.passage(iri, place, document, text),))


def paragraph(session: Session, fact: Fact) -> Passage:
    """The paragraph in which a figure stands."""
    return _passage(session, fact.row, fact.passage)


def glossary(session: Session, question: Question) -> Answer | None:
    """什么叫机关运行经费: what the documents' lists of terms say, of the units named first, else of any."""
    said = key("".join(m.text for m in question.mentions if m.role not in ("unit", "year", "op", "unknown", "filler", "kind"))) or key(
        "".join(m.text for m in question.mentions if m.role == "unknown")
    )
    labels = {key(c.label) for m in question.items for c in m.concepts} | {said}
    ids = documents(session, question, question.units) if question.units or question.years else []
    likely = ids or [*dict.fromkeys(hit.document for hit in session.reader.finder.words(f"{_GLOSSARY}{said}", 5 * _LISTS))][:_LISTS]
    found = (_defined(session, labels, said, likely) if likely else {}) or ({} if ids else _defined(session, labels, said))
    if not found:
        return None
    best = _passage(session, *found[min(found)])
    return Answer(question.text, "answered", f"原文：{best.text[:200]}", passages=(best,))


def _defined(session: Session, labels: set[str], said: str, ids: Sequence[str] = ()) -> dict[int, tuple[str, str]]:
    """The explanations of a term in the lists of terms of some documents (none named: of all), by how far their heading is from it."""
    everywhere = () if ids else session.reader.query(queries.text("kind"), bindings={"kind": _GLOSSARY})
    rows = stored(session, ids, (_GLOSSARY,)) if ids else sorted(everywhere, key=lambda row: position(str(row["passage"])))
    found: dict[int, tuple[str, str]] = {}
    for row in rows:
        head = key(strip_numbering(_HEAD.split(str(row["text"]), maxsplit=1)[0]))
        fits = [
            n
            for n, label in enumerate(sorted(labels))
            if len(label) >= 2 and (head == label or (label in head and len(head) <= 2 * len(label)))
        ]
        if fits:
            found.setdefault(abs(len(head) - len(said)), (str(row["passage"]), str(row["text"])))
    return found


def uses(session: Session, question: Question, asks: Sequence[Ask], units: Sequence[Unit]) -> list[Passage]:
    """What the money of an item or a project is for: the sentences with its amount that say so."""
    facts = [f for ask in asks for f in figure.fetch(session, ask, units, question.years)]
    told = [f for f in facts if f.told and _USE.search(f.passage) and (not question.years or f.year in question.years)]
    rows = {f.row: f for f in sorted(told, key=lambda f: (-f.year, f.line or 0))}
    return [_passage(session, row, fact.passage) for row, fact in list(rows.items())[:3]]


def matching(session: Session, ids: Sequence[str], pattern: re.Pattern[str], most: int) -> list[Passage]:
    """The first passages that say something of a kind, one wording once."""
    found: dict[str, Passage] = {}
    for row in stored(session, ids):
        text = str(row["text"])
        if pattern.search(_MARKS.sub("", text)) and _GLOSSARY not in str(row["section"]) and row["kind"] != _GLOSSARY:
            found.setdefault(text, _passage(session, str(row["passage"]), text))
            if len(found) == most:
                break
    return list(found.values())


def saying_none(session: Session, question: Question, units: Sequence[Unit], label: str) -> list[Passage]:
    """Sentences that say that there is none of an item: 本单位无政府性基金预算收支."""
    core = re.sub(r"(?:预算)?(?:财政)?(?:拨款)?(?:收入|支出|收支)?$", "", key(label))
    if len(core) < 2:
        return []
    none = f"(?:{_NONE.pattern}){_NOT}"
    pattern = re.compile(rf"{none}[^。；，]{{0,14}}{re.escape(core)}|{re.escape(core)}[^。；，较比]{{0,10}}{none}")
    return matching(session, documents(session, question, units), pattern, 2)


# --- reasons ------------------------------------------------------------------------------------


def reasons(session: Session, question: Question, asks: Sequence[Ask], facts: Sequence[Fact]) -> list[Passage]:
    """The causes that the documents give for these figures."""
    inside = [f for f in facts if not question.forms or any(location.stands_in(f, form) for form in question.forms)] or list(facts)
    spends = {a.dims.get("spend") for a in asks}
    inside = [f for f in inside if None in spends or f.spend in spends or not f.spend]
    explained = _explained(session, inside)
    change = question.has("change") or any(w in question.text for w in ("少", "多", "降", "增", "减"))
    told = [f for f in inside if f.told and _WHY.search(f.passage) and not f.func]
    ranked = sorted(told, key=lambda f: (not _concerns(f, change), f.id not in explained, f.line or 0))
    found: list[Passage] = []
    for fact in [*[f for f in inside if not f.told and (f.id in explained or f.metric == "指标值")], *ranked]:
        text = (explained.get(fact.id) or session.citer.remark(fact)) if not fact.told else _sentences(fact.passage)
        if not text or any(p.text == text for p in found):
            continue
        found.append(Passage(text, (session.citer.fact(fact),) if not fact.told else _passage(session, fact.row, text).citations))
        if len(found) == 2:
            break
    return found


def _concerns(fact: Fact, change: bool) -> bool:
    """Whether a figure is of the kind that the question wants explained."""
    return fact.metric in _CHANGE if change else fact.metric in ("完成率", "执行率", "金额")


def _explained(session: Session, facts: Sequence[Fact]) -> dict[str, str]:
    """The reasons in the graph, by the fact that they explain."""
    if not facts:
        return {}
    rows: list[dict[str, Any]] = session.reader.query(queries.text("reasons", facts=[f.id for f in facts[:200]]))
    return {str(row["fact"]): str(row["text"]) for row in rows}


def _sentences(passage: str) -> str:
    """A passage, or the part of a long one that gives the cause."""
    if len(passage) <= _LONG:
        return passage
    kept = [s for s in re.split(r"(?<=[。；])", passage) if _WHY.search(s)]
    return "".join(kept)[:_LONG] or passage[:_LONG]


def gives_cause(passage: Passage) -> bool:
    """Whether a passage says why."""
    return bool(_WHY.search(passage.text))


def search_causes(session: Session, question: Question, units: Sequence[Unit]) -> list[Passage]:
    """Passages that have to do with a question and give a cause."""
    found = search(session, question, documents(session, question, units), limit=12)
    return [p for p in found if gives_cause(p)][:2]
