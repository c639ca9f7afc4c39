"""Contradictions that the checks of the library found about the figures of an answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from qa import queries
from qa.answers import compose, passages
from qa.answers.compose import Session
from qa.model import SEVERITIES, Answer, Notice, Question, Unit
from qa.understand import words

_MOST = 5
_MOST_TOLD = 12
_LOOKED_AT = 60
_PLACES = 4


def recognised(session: Session, ids: Sequence[str]) -> list[Notice]:
    """A word on the facts (CURIEs) that were recognised in a picture, with the lowest confidence among them."""
    wanted = list(dict.fromkeys(ids))[:_LOOKED_AT]
    rows = session.reader.query(queries.text("recognised", facts=wanted)) if wanted else []
    if not rows:
        return []
    facts = session.facts.by_id([str(row["fact"]) for row in rows[:_PLACES]])
    least = min(float(str(row["sure"])) for row in rows)
    message = f"{len(rows)} 个数字识别自扫描件（OCR），置信度最低 {least:.2f}，引用前请对照原件"
    return [Notice("ocr", message, compose.citations(session, [*facts.values()], limit=_PLACES))]


def asked(question: Question) -> bool:
    """Whether the contradictions of whole documents are asked for: of no item, and with no word besides that nobody knows."""
    if not question.has("contradiction") or question.items:
        return False
    said = [(i, j) for i, j, op in words.operations(question.source.squeezed) if op == "contradiction"]
    inside = [m for m in question.mentions if m.role == "unknown" and any(i <= m.start and m.end <= j for i, j in said)]
    return set(question.unknown) <= {m.text for m in inside}


def of_documents(session: Session, question: Question, units: Sequence[Unit]) -> Answer:
    """What the checks found in the documents of the units and years named, contradictions before remainders of rounding."""
    ids = passages.documents(session, question, units)
    rows = session.reader.query(queries.text("findings", documents=[f"doc:{name}" for name in ids])) if ids else []
    found: dict[str, tuple[int, str, str, list[str]]] = {}
    for row in rows:
        grave = [*SEVERITIES].index(str(row["severity"]))
        found.setdefault(str(row["issue"]), (grave, str(row["kind"]), str(row["message"]), []))[3].append(str(row["involved"]))
    named = "、".join(dict.fromkeys(u.name for u in units)) or "资料库"
    years = "".join(f"{y}年" for y in question.years)
    if not ids:
        return Answer(question.text, "no_data", f"资料库里没有{named}{years}的文件，没有可以检查的数。")
    if not found:
        return Answer(question.text, "answered", f"{named}{years}的文件（{len(ids)}份）没有查出前后矛盾的数。")
    ordered = sorted(found, key=lambda issue: (found[issue][0], issue))
    facts = session.facts.by_id(sorted({i for issue in ordered[:_MOST_TOLD] for i in found[issue][3][:_PLACES]}))
    notices = [
        Notice(found[i][1], found[i][2], compose.citations(session, [facts[f] for f in found[i][3][:_PLACES] if f in facts], limit=_PLACES))
        for i in ordered[:_MOST_TOLD]
    ]
    counts = Counter(grave for grave, *_ in found.values())
    said = "，".join(f"{counts[n]}处{name}" for n, name in enumerate(SEVERITIES.values()) if counts[n])
    more = f"，只列{_MOST_TOLD}处，其余见 chazhang checks" if len(found) > _MOST_TOLD else ""
    return Answer(question.text, "answered", f"{named}{years}的文件（{len(ids)}份）查出{said}{more}。", warnings=tuple(notices))


def about(session: Session, ids: Sequence[str]) -> list[Notice]:
    """The findings of `g:check` in which these facts (CURIEs) are involved, with both places; those about the first facts come first."""
    wanted = list(dict.fromkeys(ids))[:_LOOKED_AT]
    if not wanted:
        return []
    found: dict[str, tuple[str, str, list[str]]] = {}
    rank: dict[str, int] = {}
    for row in session.reader.query(queries.text("issues", facts=wanted)):
        issue = str(row["issue"])
        involved = found.setdefault(issue, (str(row["kind"]), str(row["message"]), []))[2]
        rank[issue] = min(rank.get(issue, _LOOKED_AT), wanted.index(str(row["fact"])))
        if row["involved"] not in involved:
            involved.append(str(row["involved"]))
    ordered = sorted(found, key=lambda issue: (rank[issue], issue))[:_MOST]
    facts = session.facts.by_id(sorted({i for issue in ordered for i in found[issue][2][:_PLACES]}))
    return [
        Notice(found[i][0], found[i][1], compose.citations(session, [facts[f] for f in found[i][2][:_PLACES] if f in facts], limit=_PLACES))
        for i in ordered
    ]
