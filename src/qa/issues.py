"""Contradictions that the checks of the library found about the figures of an answer."""

from __future__ import annotations

from collections.abc import Sequence

from qa import compose, queries
from qa.compose import Session
from qa.model import Fact, Notice

_MOST = 4


def about(session: Session, facts: Sequence[Fact]) -> list[Notice]:
    """The findings of `g:check` in which these facts are involved, with both places."""
    ids = list(dict.fromkeys(f.id for f in facts))[:40]
    if not ids:
        return []
    found: dict[str, tuple[str, str, list[str]]] = {}
    for row in session.reader.query(queries.text("issues", facts=ids)):
        kind, message, involved = found.setdefault(str(row["issue"]), (str(row["kind"]), str(row["message"]), []))
        if row["involved"] not in involved:
            involved.append(str(row["involved"]))
    notices = []
    for kind, message, involved in list(found.values())[:_MOST]:
        known = {f.id: f for f in facts}
        others = session.facts.by_id([i for i in involved if i not in known][:6])
        places = [known.get(i) or others.get(i) for i in involved]
        notices.append(Notice(kind, message, compose.citations(session, [p for p in places if p is not None], limit=4)))
    return notices
