"""Contradictions that the checks of the library found about the figures of an answer."""

from __future__ import annotations

from collections.abc import Sequence

from qa import queries
from qa.answers import compose
from qa.answers.compose import Session
from qa.model import Notice

_MOST = 5
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
