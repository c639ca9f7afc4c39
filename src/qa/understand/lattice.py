"""Cut a question into words: of all terms, units, years and words of asking that stand in it, the ones that explain it best."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from qa.model import Concept, Mention
from qa.text import Text

#: true function words: beside an unknown character they stay what they are, any other single filler belongs to the unknown word
FUNCTION = set(
    "的了吗呢和与及是在有为里中内各都也还就要这那其该本用把被从对由会能跟同或以而到年月吧啊呀并且按给让将于则即又才再看找咋啥咱俺几掉仅只也太挺很"
).difference("年月")
#: what stands before 市 or 县 without being the name of one: 在全市, 我市, 各县
_BEFORE_PLACE = FUNCTION.difference("同") | set("全我各此两多哪每几第一二三四五")
_WEIGHT = {
    "unit": 1.6,
    "counted": 1.3,
    "year": 2.0,
    "form": 1.6,
    "project": 1.15,
    "item": 1.0,
    "dim": 0.95,
    "metric": 0.95,
    "phase": 0.95,
    "kind": 0.9,
    "amount": 2.0,
    "bound": 2.0,
    "op": 0.9,
    "axis": 1.2,
    "filler": 0.0,
}
_UNKNOWN = -4.0
_COMMON = -4.1  # a word of the language with a function word in it: better than the function word and an unknown rest (晚|会)
_PER_WORD = -0.6
_YEAR = 5  # characters of a year that count: 2024年


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the squeezed question and one way to read it."""

    start: int
    end: int
    role: str
    concepts: tuple[Concept, ...] = ()
    value: str = ""
    note: str = ""

    @property
    def weight(self) -> float:
        """How much the span explains: long terms more than the same words apart, words of asking little."""
        length = self.end - self.start
        if self.role == "filler":
            return 0.35 * length + _PER_WORD
        if self.role == "common":
            return _COMMON
        length = min(length, _YEAR) if self.role == "year" else length  # 2023年末结转: the 末 is rather the item's
        return length * length * _WEIGHT[self.role] + _PER_WORD


def cut(text: Text, spans: Iterable[Span]) -> list[Mention]:
    """The best reading of the whole question, word by word; what nothing explains has the role unknown."""
    ending: dict[int, list[Span]] = {}
    for span in spans:
        ending.setdefault(span.end, []).append(span)
    length = len(text.squeezed)
    score = [0.0] * (length + 1)
    chosen: list[Span | None] = [None] * (length + 1)
    for end in range(1, length + 1):
        score[end] = score[end - 1] + _UNKNOWN
        for span in ending.get(end, ()):
            if score[span.start] + span.weight > score[end]:
                score[end], chosen[end] = score[span.start] + span.weight, span
    words: list[Span] = []
    end = length
    while end > 0:
        span = chosen[end] or Span(end - 1, end, "unknown")
        words.append(replace(span, role="unknown") if span.role == "common" else span)
        end = span.start
    return _mentions(text, _join_unknown(text, words[::-1]))


def _join_unknown(text: Text, words: Sequence[Span]) -> list[Span]:
    """Neighbouring unknown characters as one word, with single fillers beside them that are no function words."""
    swallowed = [
        replace(word, role="unknown")
        if word.role == "filler"
        and word.end - word.start == 1
        and text.squeezed[word.start] not in FUNCTION
        and any(0 <= n < len(words) and _wordlike(text, words[n]) and _touches(text, word, words[n]) for n in (i - 1, i + 1))
        else word
        for i, word in enumerate(words)
    ]
    for i in range(len(swallowed) - 2):
        if _place(text, swallowed[i : i + 3]):
            swallowed[i : i + 3] = [replace(word, role="unknown") for word in swallowed[i : i + 3]]
    joined: list[Span] = []
    for word in swallowed:
        if joined and joined[-1].role == word.role == "unknown" and _touches(text, joined[-1], word):
            joined[-1] = replace(joined[-1], end=word.end)
        else:
            joined.append(word)
    return joined


def _wordlike(text: Text, word: Span) -> bool:
    """Whether a word is unknown, and no mere mark."""
    return word.role == "unknown" and any(c.isalnum() for c in text.squeezed[word.start : word.end])


def _place(text: Text, words: Sequence[Span]) -> bool:
    """Whether three words of one character are the name of a place: 大同市, 日照市 say something although each character means nothing."""
    if any(word.role != "filler" or word.end - word.start > 1 for word in words) or text.crosses(words[0].start, words[2].end):
        return False
    first, second, last = (text.squeezed[word.start] for word in words)
    return last in "省市县州" and not {first, second} & _BEFORE_PLACE


def _touches(text: Text, a: Span, b: Span) -> bool:
    """Whether nothing but perhaps a space stands between two neighbours."""
    border = max(a.start, b.start)
    return border not in text.hard and border not in text.listed


def _mentions(text: Text, words: Iterable[Span]) -> list[Mention]:
    return [Mention(w.start, w.end, text.original(w.start, w.end), w.role, w.concepts, w.value, w.note) for w in words]
