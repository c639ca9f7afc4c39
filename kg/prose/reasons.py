"""Why something changed: 主要原因是… put to the changes and rates it explains."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from kg.model import Fact, Paragraph
from kg.prose import roles
from kg.prose.clauses import Event
from kg.prose.roles import Roles

_END = re.compile(
    r"[。！？]|[，；](?=(?:与|和|同|比|较)[^，。；]{1,12}(?:相比|持平|一致|增|减|下降|上升))|[，；]?其中[：:，]|；(?=[^；。]{0,16}(?:得分|支出|收入)[^；。]{0,6}\d)"
)
_CHANGES = ("变动额", "变动率")


def inside(text: str, told: Sequence[tuple[Fact, Event, bool]], known: Roles) -> list[Fact]:
    """The facts of a paragraph, those that a reason in it explains with that reason, word for word."""
    facts = [fact for fact, _, _ in told]
    places = [event.start for _, event, _ in told]
    since = 0
    for _, match in roles.search(known, "reason", text):
        start = match.end()
        end = _END.search(text, start)
        stop = end.start() if end else len(text)
        after = next((event.start for _, event, within in told if event.start >= start and not within), len(text))
        if after < stop:  # a figure that is no part of the reason: the reason ends with the clause before it
            stop = max(start, *(text.rfind(mark, start, after) for mark in "，；。、"))
        reason = text[start:stop].strip("：:，, ")
        scope = [i for i, place in enumerate(places) if since <= place < match.start() and not facts[i].reason]
        if scope:  # what the last sentence with a figure says, not what stands further above
            scope = [i for i in scope if places[i] > text.rfind("。", 0, places[scope[-1]])]
        for i in _explained(match.groupdict().get("what"), [facts[i] for i in scope]):
            facts[scope[i]] = replace(facts[scope[i]], reason=reason or None)
        since = start
    return facts


def before(paragraph: Paragraph, facts: list[Fact], known: Roles) -> list[Fact]:
    """A paragraph of its own that gives the reason for the changes of the paragraph before it."""
    match = next((m for _, m in roles.search(known, "reason", paragraph.text[:60]) if m.groupdict().get("what") is not None), None)
    if match is None or not facts or not re.search(r"增|减|变动|上升|下降|大于|小于", match["what"] or ""):
        return facts
    reason = paragraph.text[match.end() :].strip("：:，, 。")
    last = facts[-1].address
    result = list(facts)
    for i in range(len(facts) - 1, -1, -1):
        place = facts[i].address
        if (place.page, place.line, place.row) != (last.page, last.line, last.row):
            break
        if facts[i].metric in _CHANGES and facts[i].value is not None and not facts[i].reason:
            result[i] = replace(facts[i], reason=reason)
    return result


def _explained(what: str | None, facts: Sequence[Fact]) -> list[int]:
    """Which of the facts before a reason it explains: those of the last subject, changes before rates before amounts."""
    if not facts:
        return []
    last = facts[-1]
    same = [i for i, f in enumerate(facts) if (f.item, f.project, f.row) == (last.item, last.project, last.row)]
    together = [i for i, f in enumerate(facts) if f.metric in _CHANGES]
    plain = what is None or not re.search(r"决算|预算", what)
    changes = [i for i in same if facts[i].metric in _CHANGES]
    rates = [i for i in same if facts[i].metric in ("完成率", "执行率")]
    amounts = [i for i in same if facts[i].metric == "金额" and facts[i].phase == "决算"]
    if what is None:
        return together or rates
    return (
        (together or rates or amounts[-1:])
        if plain
        else (rates or [i for i in changes if "预算" in (facts[i].base or "")] or amounts[-1:] or changes)
    )
