"""What the default encoder learns from: questions made for passages, and names beside what people call them.

A passage gives words of its own, some of them exchanged for what people say instead (ontology/, phrases.txt), in the frame of a question
of the kind that it answers (why, what for, what does it mean, whose task). Nothing is taken from questions that anybody asked.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from kg.knowledge import Knowledge
from kg.prose.chunks import Chunk

#: Frames by what a passage says; {} is what is asked about. Every pattern that fits the passage gives frames, beside the plain ones.
_FRAMES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("：指|是指|，指|：反映|：是对", ("{}是什么意思", "什么叫{}", "{}怎么解释", "{}指什么", "{}包括哪些")),
    ("存在.{0,6}(?:问题|不足)", ("{}存在哪些问题", "{}有什么毛病", "{}问题出在哪里", "{}有什么不足", "{}哪里做得不好")),
    ("下一步|改进|今后", ("{}以后怎么改", "{}下一步打算怎么办", "{}有哪些改进措施", "{}准备怎么整改")),
    ("职责|职能|负责", ("{}归谁管", "谁负责{}", "{}是不是他们的工作", "主要管{}", "{}由谁负责", "{}做哪些事")),
    (
        "原因|因为|由于|导致",
        ("为什么{}", "{}为什么变了", "{}的原因", "{}是什么缘故", "{}怎么回事", "{}为什么比上年少", "{}为什么比上年多", "为何{}"),
    ),
    ("用于|包括", ("{}用在哪里", "{}花在什么上", "{}拿去做什么", "{}主要包括什么", "{}有哪些", "{}干什么用")),
    ("内设|科室|编制|级", ("有哪些{}", "{}有几个", "{}怎么设置", "{}有多少")),
    ("无|没有|未", ("有没有{}", "{}有吗", "为什么没有{}", "{}是不是没有")),
)
_PLAIN = ("{}", "{}是多少", "{}花了多少钱", "{}情况怎么样", "{}有多少", "关于{}", "{}怎么样", "{}做了什么")
_CLAUSE = re.compile(r"[\s，。；：、（）()“”\d.%％]+")


@dataclass(frozen=True, slots=True)
class Wording:
    """Printed words and what people say instead; the names of one thing."""

    printed: tuple[str, ...]
    said: tuple[str, ...]


def text(chunk: Chunk) -> str:
    """What an encoder is given of a chunk: the innermost headings, then the text."""
    return "\n".join((" ".join(chunk.headings[-2:]), chunk.text))


def wordings(known: Knowledge) -> tuple[Wording, ...]:
    """The wordings of phrases.txt and of the labels in `ontology/`."""
    lines = Path(__file__).with_name("phrases.txt").read_text("utf-8").splitlines()
    found = [Wording(*(tuple(side.split("|")) for side in line.split("\t"))) for line in lines if line and not line.startswith("#")]
    for concept in known.concepts.values():
        if concept.hidden or concept.alt:
            found.append(Wording((concept.label, *concept.alt), concept.hidden or concept.alt))
    return tuple(found)


class Asker:
    """Makes questions for passages; the same ones for the same seed."""

    def __init__(self, known: Knowledge, seed: int) -> None:
        self.random = random.Random(seed)
        self.wordings = wordings(known)
        self._said: Mapping[str, tuple[str, ...]] = {p: w.said for w in self.wordings for p in w.printed}
        longest = sorted(self._said, key=lambda p: (-len(p), p))
        self._printed = re.compile("|".join(re.escape(p) for p in longest if len(p) > 1))
        self._known: dict[str, tuple[list[str], list[str]]] = {}

    def question(self, chunk: Chunk) -> str:
        """A question that the chunk answers, in words of which some are not its own."""
        draw = self.random
        names, clauses = self._parts(chunk.text if draw.random() < 0.7 or not chunk.headings else chunk.headings[-1])
        asked = []
        if names and draw.random() < 0.8:
            asked += [self.say(name) for name in draw.sample(names, min(len(names), draw.choice((1, 1, 2))))]
        if clauses and (not asked or draw.random() < 0.5):
            asked.append(self._cut(draw.choice(clauses)))
        draw.shuffle(asked)
        frames = _frames(chunk.text)
        frame = draw.choice(frames) if frames and draw.random() < 0.6 else draw.choice(_PLAIN)
        return frame.format(draw.choice(("", "的", "和", " ")).join(asked))

    def _parts(self, body: str) -> tuple[list[str], list[str]]:
        """The names that a text prints, and its clauses; a passage is asked about many times, and its parts stay the same."""
        if body not in self._known:
            names = [m.group() for m in self._printed.finditer(body)]
            self._known[body] = names, [c for c in _CLAUSE.split(body) if len(c) > 1]
        return self._known[body]

    def say(self, printed: str) -> str:
        """What people say instead of printed words, three times out of four."""
        return self.random.choice(self._said[printed]) if self.random.random() < 0.75 else printed

    def pair(self) -> tuple[str, str]:
        """A name, and another name of the same thing in the frame of a question."""
        wording = self.random.choice(self.wordings)
        said = self.random.choice(wording.said)
        return self.random.choice(_PLAIN).format(said), self.random.choice(wording.printed)

    def _cut(self, clause: str) -> str:
        """A stretch of a clause, with words exchanged."""
        clause = self._printed.sub(lambda m: self.say(m.group()), clause)
        length = self.random.randint(2, 10)
        start = self.random.randrange(max(1, len(clause) - length + 1))
        return clause[start : start + length]


@lru_cache(maxsize=4096)
def _frames(body: str) -> list[str]:
    """The frames of questions that a passage answers."""
    return [f for pattern, frames in _FRAMES if re.search(pattern, body) for f in frames]


def lexicon(asker: Asker, chunks: Sequence[Chunk]) -> Iterator[str]:
    """Every text that the n-grams of the table are collected from."""
    yield from (text(chunk) for chunk in chunks)
    for wording in asker.wordings:
        yield from (*wording.printed, *wording.said)
    yield from (f for _, frames in _FRAMES for f in frames)
    yield from _PLAIN
