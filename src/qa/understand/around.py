"""What stands around the words of a question: a negation right before one, and talk about who asks and why."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from kg.terms import key
from qa.model import Mention
from qa.text import Text
from qa.understand.spans import Reading

#: characters before the name of a unit that may be talk
_LONGEST_TALK = 10
#: who asks, and why: talk around a question (我是记者, 懒得翻了, 领导问)
_TALK = re.compile("[我咱俺您你]|本人|作为|申请|听|据|懒|急|等|求|问|想|谢|写|翻|查|兄弟|朋友|记者|老板|好奇|纳闷|闲|顺嘴|捎带|审计要|领导")
_TALK_BEFORE = re.compile(
    "(?:[问查看核找讲说算翻]|寻思|了解|知道|打听|琢磨|好奇|惦记|关心|要求|想要)(?:一?[下句声问查看遍]|[着到过了的])*$"
)
_ASKING_FOR = re.compile("(?:问|打听|查|了解|知道|要|看|找|求|关于|咨询|算)(?:一?下)?(?:的|了)?$")
_SAYS_SOMETHING = {"item", "project", "counted", "unit", "year", "phase", "metric", "dim", "kind", "form", "amount", "bound", "axis", "op"}
_ASKS = re.compile("多少|几|哪|什么|怎|啥|吗|谁|何")


def without_negated(reading: Reading, mentions: list[Mention]) -> list[Mention]:
    """没立案 is not 立案: a word with a negation right before it is no term any more."""
    squeezed = reading.text.squeezed
    counting = bool(re.search("多少|几", squeezed))
    found: list[Mention] = []
    for mention in mentions:
        before = squeezed[: mention.start]
        length = 2 if before.endswith("没有") else 1
        bare = length == 1 and before.endswith(("没", "不")) and not before.endswith(("有没", "是不"))
        spelt = counting and before.endswith(("没有", "无")) and not before.endswith(("有没有", "有无"))
        own = mention.role in ("item", "project", "unknown") or (mention.role == "op" and mention.value == "done" and counting)
        apart = mention.start in reading.text.hard or squeezed[mention.start : mention.start + 1] == before[-2:-1]  # 买不买
        said = "".join(c.label for c in mention.concepts)
        if (
            own
            and (bare or spelt)
            and not apart
            and found
            and found[-1].end == mention.start
            and found[-1].role == "filler"
            and "没" not in said
        ):
            start = mention.start - length
            words = reading.text.original(start, mention.end)
            found[-1:] = [replace(mention, start=start, text=words, role="unknown", concepts=(), value="")]
        else:
            found.append(mention)
    return found


def _asked_for(text: Text, mention: Mention) -> bool:
    """Whether an unknown word stands right behind a word of asking: 我想打听食堂的 asks about it."""
    return mention.role == "unknown" and bool(_ASKING_FOR.search(text.squeezed[: mention.start]))


def without_talk(reading: Reading, mentions: list[Mention]) -> list[Mention]:
    """The words without talk around the question: a clause, or what stands before the unit, that names nothing and asks nothing.

    Only where the rest of the question names an item: what is said of the unit as a whole may be meant by a word nobody knows.
    """
    text = reading.text
    if not any(m.role == "project" or (m.role == "item" and not re.search("多少|几", m.text)) for m in mentions):
        return mentions
    borders = sorted({0, len(text.squeezed)} | text.hard)
    found = list(mentions)
    for start, end in pairwise(borders):
        inside = [m for m in mentions if start <= m.start < end]
        named = next((m.start for m in inside if m.role in ("unit", "year")), end)
        lead = [m for m in inside if m.start < named]
        said = text.squeezed[start:named]
        talk = _TALK.search(said) if named == end else _TALK_BEFORE.search(said) and len(said) <= _LONGEST_TALK
        if not lead or not talk or _ASKS.search(said) or any(m.role in _SAYS_SOMETHING or _asked_for(text, m) for m in lead):
            continue
        found = [replace(m, role="filler") if m.role == "unknown" and m in lead else m for m in found]
    return found


_BRACKETS = re.compile(r"[（(]([^（）()]{2,30})[）)]")


def without_brackets(reading: Reading, mentions: list[Mention]) -> list[Mention]:
    """The words without a bracket that only says which of an item's meanings is meant: 养老保险缴费（机关事业单位基本养老）."""
    text = reading.text
    for match in _BRACKETS.finditer(text.typed):
        inside = [n for n, place in enumerate(text.places) if match.start(1) <= place < match.end(1)]
        if not inside:
            continue
        start, end = inside[0], inside[-1] + 1
        before = next((m for m in mentions if m.end == start and m.role == "item"), None)
        words = [m for m in mentions if start <= m.start < end]
        if before is None or not words or words[0].start != start or words[-1].end != end or any(m.role == "year" for m in words):
            continue
        said = text.squeezed[start:end]
        meant = tuple(c for c in before.concepts if said in key(c.label))
        if meant:
            bracket = replace(words[0], end=end, text=text.original(start, end), role="filler", concepts=(), value="")
            kept = [replace(m, concepts=meant) if m is before else bracket if m is words[0] else m for m in mentions]
            mentions = [m for m in kept if m not in words[1:]]
    return mentions
