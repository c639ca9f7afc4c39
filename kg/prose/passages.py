"""What a passage tells: 职责, 机构设置, 名词解释, 存在问题 … by the words of its headings, else by its own."""

from __future__ import annotations

from functools import lru_cache

from kg import knowledge
from kg.model import Paragraph

_HEAD = 40  # characters at the beginning of a passage that may say what it is


@lru_cache(maxsize=1)
def _kinds() -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]:
    rows = sorted(
        (int(p["f:order"][0]), p["skos:prefLabel"][0], p.get("skos:altLabel", ()), p.get("skos:hiddenLabel", ()))
        for _, p in knowledge.load().of_class("f:PassageKind")
    )
    return tuple((name, headings, words) for _, name, headings, words in rows)


def passage_kind(paragraph: Paragraph) -> str | None:
    """The kind of a passage, None where nothing tells it. The innermost heading that tells decides.

    >>> from kg.model import Address, Run
    >>> passage_kind(Paragraph(Address("x", line=9), "负责城市管理。", (Run(0, 9, 0),), section=("第一部分", "一、部门职责")))
    '职责'
    """
    head = paragraph.text[:_HEAD]
    for heading in reversed(paragraph.section):
        found = [(name, words) for name, headings, words in _kinds() if any(word in heading for word in headings)]
        if found:
            return next((name for name, words in found if any(word in head for word in words)), found[0][0])
    return next((name for name, _, words in _kinds() if any(word in head for word in words)), None)
