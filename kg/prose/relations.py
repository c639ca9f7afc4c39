"""What a document states of its unit and others: former names, second names, the units of a department. Stated, never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from kg import identify
from kg.knowledge import Knowledge
from kg.model import Document, Identity, Paragraph, Relation
from kg.prose import roles

#: What ‹A› and ‹B› stand for in a pattern: the unit; the other name, or a list of units.
_A = rf"(?P<A>{identify.NAME}|[本我](?:单位|部门|局|委|中心|办|院|厅))(?=[，。；、）（是为并的于加挂前原曾0-9]|$)"
_B = "(?P<B>[^。；（）：]*?)"
_SPLIT = re.compile(r"[、，；。：]|以及|(?<=[局委办厅院部所站校会处馆心])和(?=[\u4e00-\u9fff]{4})")
#: What stands in front of a name: a number, a date, 原
_LEAD = re.compile(
    r"^(?:[（(]?[0-9一二三四五六七八九十]+[)）.．、](?!年)|[0-9]{4}年(?:[0-9]{1,2}月)?(?:[0-9]{1,2}日)?|原|由|将|分别[是为]|即)+"
)
_NAME = re.compile(rf"(?:{identify.NAME}|[\u4e00-\u9fff]{{4,30}}室)(?:[（(]?(?:本级|本部|机关)[）)]?)?")
_ITSELF = re.compile(r"[（(]?(?:本级|本部|机关)[）)]?$")


def read(document: Document, identity: Identity, knowledge: Knowledge) -> tuple[Relation, ...]:
    """The relations that the paragraphs of a document state of its unit, in their order, each once."""
    stated = [
        (role.column, re.compile(pattern.pattern.replace("‹A›", _A).replace("‹B›", _B)))
        for role in roles.load(knowledge).kind("unit")
        for pattern in role.patterns
    ]
    paragraphs = [block for block in document.blocks if isinstance(block, Paragraph) and block.text]
    found: dict[tuple[str, str, str], Relation] = {}
    for n, paragraph in enumerate(paragraphs):
        text = _plain(paragraph.text)
        for kind, pattern in stated:
            for match in pattern.finditer(text):
                for unit, other in _pairs(match, paragraphs[n + 1 :], identity.unit):
                    found.setdefault((kind, unit, other), Relation(paragraph.address, kind, unit, other, paragraph.text))
    return tuple(found.values())


def _plain(text: str) -> str:
    return re.sub(r"\s", "", text).replace("(", "（").replace(")", "）")


def _pairs(match: re.Match[str], following: Sequence[Paragraph], own: str) -> Iterator[tuple[str, str]]:
    """The unit and what it is linked to. One of them is the unit of the document: of others it speaks by the way, and shortens."""
    unit = _LEAD.sub("", match["A"])
    if match["A"][0] in "本我" or unit.endswith(own) or (len(unit) > 2 and own.endswith(unit)):
        unit = own
    others = _names(match["B"].split("。")[0])
    if not match["B"]:  # the list is in the lines below
        below = takewhile(bool, (_names(_plain(line.text)) for line in following))
        others = [name for names in below for name in names]
    yield from ((unit, other) for other in others if other != unit and own in (unit, other))


def _names(text: str) -> list[str]:
    """The names of organisations in a list; nothing where a part of the list is something else but a date or what introduces it."""
    parts = [_LEAD.sub("", part) for part in _SPLIT.split(_LEAD.sub("", text))]
    return [_ITSELF.sub("", part) for part in parts if len(part) >= 4 and _NAME.fullmatch(part)]
