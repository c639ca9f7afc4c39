"""Answers in words to questions about anything: the passage that speaks of all that is asked, and says what is asked of it.

Two things make a passage an answer. It covers what the question is about (`covers`), and it says what is asked: a cause, a date, a use
(`understand/data/texts.txt`). A passage that does not is a last resort at best; how many somethings there are no passage answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from kg import iris
from kg.iris import shrink
from kg.library.index import Hit
from kg.terms import key
from qa.answers import covers, passages
from qa.answers.choose import Ask
from qa.answers.compose import Session
from qa.answers.covers import Covered
from qa.answers.facts import position
from qa.model import Answer, Passage, Question, Unit
from qa.understand import words

#: What a passage must cover at least; and how far below the best another may lie that is shown beside it. Measured, see docs/graph.md.
LEAST, _NEAR, _UNDERSTOOD = 0.70, 0.04, 0.50
_HITS = 40
#: Of general words alone (绩效目标完成工作) a question must have so many characters, to be told from any other.
_GENERAL = 6
#: Passages shown where one is asked for, and where a list is.
_ONE, _LIST = 2, 15
#: More than stands under any heading.
_ALL = 200
#: Passages of a kind that are looked through for those that speak of what is named.
_LOOKED = 400
_QUOTED, _SHORT, _SAID = 240, 300, 160
#: What a whole sentence ends with; a shorter text need be none.
_END, _CUT = re.compile(r"[。；;：:！!？?）)」”]\s*$"), 30
_MARKS = re.compile("[\\s“”\"'‘’]")
#: Any kind of statement will do.
_ANY = "any"
#: Operations on figures, which no passage carries out.
_FIGURES = ("rank-max", "rank-min", "order", "sum", "average", "difference", "compare", "share", "change", "score", "weight", "rate")
_NEVER_FIGURES = ("place", "who", "doing", "when", "ground", "how")
_CLAUSES = re.compile("[，,、。；;？?！!]")
#: A list of terms, and one of its entries.
_TERMS = re.compile("名词解释|专业名词|术语解释|名词说明")
_TERM = re.compile(r"^.{0,6}[^。，,；]{2,24}(?:[:：，,]是?指|[:：]是对|[:：]反映)")


def _asks(question: Question, kind: str) -> bool:
    """Whether a question has words of a kind of `understand/data/asking.txt`."""
    return bool(words.patterns("asking.txt")[kind].search(question.source.squeezed))


def asked(question: Question) -> list[str]:
    """What kinds of text a question asks for: why, when, use …"""
    text = question.source.squeezed
    return [name for name, (pattern, _) in words.kinds().items() if pattern.search(text)]


def in_words(question: Question) -> bool:
    """Whether a question can be answered by a passage: it asks, and not how many."""
    if (question.axis and not question.unknown) or (question.has(*_FIGURES) and not asked(question)):
        return False
    return not _asks(question, "number") and bool(_asks(question, "text") or asked(question))


def only_in_words(question: Question) -> list[str]:
    """The kinds of text that a question asks for and that no figure says: where, who, what was done; when."""
    return [kind for kind in asked(question) if kind in _NEVER_FIGURES] if in_words(question) and not question.has(*_FIGURES) else []


def counts(question: Question) -> bool:
    """Whether a number is asked for."""
    return _asks(question, "number")


def halves(question: Question) -> tuple[str, bool]:
    """Of a question in clauses, of which some ask a number and some a text: what is left without the latter; and whether it is one."""
    clauses = [c for c in _CLAUSES.split(question.text) if c.strip()]
    said = words.patterns("asking.txt")
    told = [c for c in clauses if not said["number"].search(key(c)) and said["text"].search(c)]
    counted = [c for c in clauses if said["number"].search(key(c))]
    return "，".join(c for c in clauses if c not in told), bool(told and counted)


def find(session: Session, question: Question, units: Sequence[Unit], kinds: Sequence[str] = (), least: float = LEAST) -> list[Covered]:
    """The passages that cover what is asked and say one of the kinds (none given: those that the question asks for), best first."""
    ids = passages.documents(session, question, units)
    wanted = covers.wanted(question, session.reader.index)
    given = kinds or asked(question)
    if wanted.empty:  # nothing but general words: they are what is asked about then
        wanted = replace(wanted, light=(False,) * len(wanted.light))
        if not given and sum(w > 0 for w in wanted.weights) < _GENERAL:
            return []
    if not ids or wanted.empty:
        return []
    found = covers.best(wanted, hits(session, wanted.text, passages.about(question), ids), least)
    found = _same_way(question, found) if "why" in given else found
    return [c for c in found if not (_explains_a_term(c.hit) or passages.whole_table(c.hit)) and says(c, given)]


def _same_way(question: Question, found: Sequence[Covered]) -> list[Covered]:
    """Of causes that cover the question alike first those of what went the way that is asked about."""
    ways = [words.patterns("asking.txt")[f"told-{way}"] for way in ("less", "more") if _asks(question, way)]
    return sorted(found, key=lambda c: (-round(c.share, 1), bool(ways) and not any(w.search(_beyond(c)) for w in ways)))


def hits(session: Session, content: str, about: str, ids: Sequence[str]) -> list[Hit]:
    """What both searches bring up, in one list without repeats."""
    finder = session.reader.finder
    hits = [*finder.search(content, _HITS, ids), *finder.search(about, _HITS, ids)]
    return [*{hit.iri: hit for hit in hits}.values()]


def _explains_a_term(hit: Hit) -> bool:
    """Whether a passage is of a list of terms: what the term means holds for all units, and says nothing of this one."""
    return bool(_TERMS.search(hit.section) or _TERM.match(hit.text))


def says(found: Covered, kinds: Iterable[str]) -> bool:
    """Whether a passage says one of the kinds of thing that are asked for, in the stretch that covers the question or in a heading."""
    patterns = [said for name, (_, said) in words.kinds().items() if name in kinds]
    headings = (h for h in found.hit.section.split("/") if len(h) <= _CUT or not h.endswith(("：", ":")))  # no statements that announce
    around = _MARKS.sub("", "\n".join((_beyond(found), *headings)))
    return not patterns or any(p.search(around) for p in patterns)


def _beyond(found: Covered) -> str:
    """The stretch with what follows it, where the cause often stands: to the end of a short paragraph, two sentences of a long one."""
    text = found.hit.text
    return text[found.start : len(text) if len(text) <= _SHORT else covers.told_until(text, found.end, 2)].strip()


def _headed(found: Covered, kinds: Sequence[str]) -> str:
    """What is quoted first: the stretch, under the heading that alone says what is asked (哪一年的自评表)."""
    text, heading = _beyond(found), next(reversed(found.hit.section.split("/")))
    patterns = [said for name, (_, said) in words.kinds().items() if name in kinds]
    alone = any(p.search(heading) and not p.search(text) for p in patterns)
    return f"“{heading}”：{text}" if alone else text


def answer(session: Session, question: Question, units: Sequence[Unit], kinds: Sequence[str] = ()) -> Answer | None:
    """The passages that answer; None where none does."""
    found = find(session, question, units, kinds)
    if not found:
        return None
    shown = _shown(session, question, found)
    head = _headed(found[0], kinds or asked(question))
    if head.endswith(("：", ":")) and len(shown) > 1:
        head += shown[1].text
    return Answer(question.text, "answered", f"原文：{head[:_QUOTED]}{'…' if len(head) > _QUOTED else ''}", passages=tuple(shown))


def _shown(session: Session, question: Question, found: Sequence[Covered]) -> list[Passage]:
    """The best passage, those that cover as much, and what an announcing one announces; one wording once. Where several are asked for,
    in the order of reading; where the heading alone covers the question, all that stands under it."""
    several = _asks(question, "list") or "ground" in asked(question)
    near = [c.hit for c in found if c.share >= found[0].share - _NEAR]
    if (several or not asked(question)) and covers.headed(covers.wanted(question, session.reader.index), near[0]) >= LEAST:
        near = [h for h in session.reader.index.under(near[0], _LIST) if not passages.whole_table(h)]
    elif several:
        first = [h.section for h in near]
        near.sort(key=lambda h: (first.index(h.section), position(shrink(h.iri))))
    most = _LIST if several else _ONE
    hits: list[Hit] = []
    for hit in near[:most]:
        announces = hit.text.rstrip().endswith(("：", ":"))
        hits += [
            *_begun(session, hit),
            hit,
            *((() if "why" in asked(question) else _announced(session, hit)) if announces else _continued(session, hit)),
        ]
    seen: dict[str, Passage] = {}
    for hit in hits:
        passage = _contents(session, hit) if passages.whole_table(hit) else passages.found(session, hit)
        seen.setdefault(key(passage.text), passage)
    return [*seen.values()][: max(most, _LIST if len(hits) > len(near) else 0)]


def _begun(session: Session, hit: Hit) -> list[Hit]:
    """The paragraph before one that goes on with its sentence."""
    inside = session.reader.index.under(hit, _ALL)
    before = [h for h in inside[: next((n for n, h in enumerate(inside) if h.iri == hit.iri), 0)] if h.section == hit.section][-1:]
    return [h for h in before if _continued(session, h)]


def _continued(session: Session, hit: Hit) -> list[Hit]:
    """The paragraph that goes on with a sentence which a line or a page cut off."""
    if _END.search(hit.text) or len(hit.text) < _CUT or iris.address(shrink(hit.iri).partition(":")[2]).column is not None:
        return []
    return [h for h in session.reader.index.after(hit, 1) if h.section == hit.section and not passages.whole_table(h)]


def _announced(session: Session, hit: Hit) -> list[Hit]:
    """The passages, or the table, that stand under a paragraph that announces them."""
    behind = session.reader.index.after(hit, _LIST)
    tables = [h for h in behind[:1] if passages.whole_table(h)]
    return tables or [h for h in behind if hit.text in h.section]


def of_kind(session: Session, question: Question, units: Sequence[Unit], asks: Sequence[Ask] = ()) -> Answer | None:
    """Duties, uses, problems, structure: of what the question names, or of the unit where it names nothing."""
    ids = passages.documents(session, question, units)
    if not ids:
        return None
    if question.has("nature"):
        found = passages.matching(session, ids, passages.NATURE, 2)
        return _quoting(question, found) if found else None
    if question.has("duty") and question.projects and "为" in question.text:  # a project has no duties, but an aim
        told = answer(session, question, units, ["aim"])
        if told is not None:
            return told
    named = names_something(session, question)
    kind = passages.by_kind(session, question, units, ids, *([_LOOKED] if named else []))
    if kind and named and (mine := _speaking(session, question, kind, units)):
        return _quoting(question, [p for one in mine for p in (one, *under(session, one))])
    if named and not (question.has("structure") and kind and _about(session, question, kind, units)):
        spent = question.has("use") or bool(asks) or _asks(question, "money")
        kinds = [op for op in ("ground", "remedy", "problem") if question.has(op)]
        told = answer(session, question, units, kinds or (["use"] if spent else [_ANY]))
        used = passages.uses(session, question, asks, units) if spent and not kinds else []
        if told is not None and used and told.passages[0].text not in {p.text for p in used}:
            told = _quoting(question, [*used, *told.passages])
        if told is not None or used:
            return told or _quoting(question, used)
        if question.unknown or not question.has("problem", "remedy", "structure"):
            return None
    kind = kind[:_LIST]
    if kind:
        return _quoting(question, [*{p.text: p for one in kind for p in (one, *under(session, one))}.values()])
    return answer(session, question, units, [op for op in ("ground", "remedy", "problem") if question.has(op)])


def _speaking(session: Session, question: Question, found: Sequence[Passage], units: Sequence[Unit]) -> list[Passage]:
    """Of passages of a kind those that speak of what is asked, each by itself, as well as any passage does."""
    covering = find(session, question, units, [_ANY])
    kinds = [op for op in ("ground", "remedy", "problem") if question.has(op)]
    covering = [c for c in covering if kinds and says(c, kinds)] or covering
    near = {shrink(c.hit.iri) for c in covering if c.share >= covering[0].share - _NEAR}
    return [p for p in found if f"at:{p.citations[0].id}" in near]


def _about(session: Session, question: Question, found: Sequence[Passage], units: Sequence[Unit]) -> bool:
    """Whether passages of a kind speak of what is asked as well as any passage does."""
    wanted = covers.wanted(question, session.reader.index)
    joined = Hit("", "", "。".join(p.text for p in found), "", 0.0)
    others = find(session, question, units, [_ANY], 0.0)
    return not others or covers.best(wanted, [joined], whole=True)[0].share >= others[0].share - _NEAR


def under(session: Session, passage: Passage) -> list[Passage]:
    """What stands under a paragraph that announces it: paragraphs, or a table."""
    if not passage.text.rstrip().endswith(("：", ":")):
        return []
    here = passage.citations[0]
    document = next((c.id for c in session.reader.index.cards() if c.sha256 == here.sha256), "")
    behind = _announced(session, Hit(f"at:{here.id}", document, passage.text, "", 0.0))
    return [_contents(session, hit) if passages.whole_table(hit) else passages.found(session, hit) for hit in behind]


def _contents(session: Session, hit: Hit) -> Passage:
    """A table by the words in it, not by its title."""
    return replace(passages.found(session, hit), text=hit.section.rpartition("/")[2])


def _quoting(question: Question, found: Sequence[Passage]) -> Answer:
    head = found[0].text
    for passage in found[1:]:
        if not head.endswith(("：", ":")) and len(head) + len(passage.text) > _SAID:
            break
        head += passage.text
    return Answer(question.text, "answered", f"原文：{head[:_SAID]}{'…' if len(head) > _SAID else ''}", passages=tuple(found))


def names_something(session: Session, question: Question) -> bool:
    """Whether a question says what it is about, beside unit, year and words of asking."""
    return not covers.wanted(question, session.reader.index).empty


def covered(session: Session, question: Question, passage: Passage) -> bool:
    """Whether a passage found in another way (by a figure in it) speaks of what is asked, as far as the question says what.

    Where every word is understood, the figure says so much that fewer words need be covered.
    """
    wanted = covers.wanted(question, session.reader.index)
    here = passage.citations[0]
    hit = Hit(here.id, here.document, passage.text, "/".join((*here.section, here.table, here.row)), 0.0)
    return wanted.empty or covers.best(wanted, [hit])[0].share >= (LEAST if question.unknown else _UNDERSTOOD)
