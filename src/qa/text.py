"""A question as a string that can be matched: half width, without punctuation, and with a way back to what was typed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from kg.terms import key

#: What is longer is no question.
LIMIT = 300
_HARD = set(",。?!;\n:，？！；")
#: particles that people put into the middle of a term: 授予中小企业的合同, 接待了几批
_PARTICLES = "的了过所"
#: how many, between what is done and to what
ASKING = re.compile("(?<=[\u4e00-\u9fff]{2})了?(?:多少|几)[个件条项套台笔次场批]?(?!项目|专项|单位|部门|科目)(?=[\u4e00-\u9fff]{2})")


@dataclass(frozen=True, slots=True)
class Text:
    """`squeezed` is the question as `kg.terms.key` would write it; `hard` and `list` are the offsets before which a clause or a 、 ends."""

    typed: str
    squeezed: str
    places: tuple[int, ...]
    hard: frozenset[int]
    listed: frozenset[int]

    def crosses(self, start: int, end: int) -> bool:
        """Whether a clause ends inside the stretch."""
        return any(start < n < end for n in self.hard)

    def lists(self, start: int, end: int) -> bool:
        """Whether a mark of listing (、) stands inside the stretch."""
        return any(start < n < end for n in self.listed)

    def original(self, start: int, end: int) -> str:
        """The stretch as it was typed."""
        return self.typed[self.places[start] : self.places[end - 1] + 1] if end > start else ""

    def without_particles(self) -> tuple[str, tuple[int, ...]]:
        """The squeezed text without 的 and 了, and where each character stood."""
        kept = [(c, n) for n, c in enumerate(self.squeezed) if c not in _PARTICLES]
        return "".join(c for c, _ in kept), tuple(n for _, n in kept)

    def without_asking(self) -> tuple[str, tuple[int, ...]]:
        """The squeezed text without what asks in the middle of a term: 预留了多少机动经费, 办理多少件提案; '' where nothing does."""
        found = [m.span() for m in ASKING.finditer(self.squeezed)]
        asked = {n for start, end in found if not self.lists(start, end + 1) and end not in self.hard for n in range(start, end)}
        kept = [n for n in range(len(self.squeezed)) if n not in asked] if asked else []
        return "".join(self.squeezed[n] for n in kept), tuple(kept)


def clean(text: str) -> str:
    """Half width; without control characters, invisible characters and pictures; one space for white space.

    >>> clean("２０２４年\\x00 三公\\u200b经费😀？")
    '2024年 三公经费?'
    """
    text = unicodedata.normalize("NFKC", text)
    kept = [
        c
        if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn", "So", "Sk")
        else "\n"
        if c == "\n"
        else " "
        if c in "\t\r"
        else ""
        for c in text
    ]
    return "".join(kept).strip()


def squeeze(text: str) -> Text:
    """The matching form of a cleaned question.

    >>> found = squeeze("“三公” 经费，多少?")
    >>> found.squeezed, sorted(found.hard), found.original(0, 4)
    ('三公经费多少', [4, 6], '三公” 经费')
    """
    chars: list[str] = []
    places: list[int] = []
    hard: set[int] = set()
    listed: set[int] = set()
    for place, char in enumerate(text):
        if char in _HARD:
            hard.add(len(chars))
        elif char == "、":
            listed.add(len(chars))
        elif kept := key(char):
            chars += kept
            places += [place] * len(kept)
        elif chars and chars[-1].isdigit() and text[place + 1 : place + 2].isdigit():
            listed.add(len(chars))
    return Text(text, "".join(chars), tuple(places), frozenset(hard), frozenset(listed))
