"""How well words name a figure: by the pairs of characters that they share with its name, its sentence or its row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kg.terms import key
from qa.answers import choose, compose
from qa.model import Fact
from qa.understand.words import reworded, synonyms

NAMED, PART, _APART = 0.6, 0.3, 0.15
_BESIDE = 0.75  # so much of a word that does not name the figure must stand in its sentence or row


class Words(tuple[str, ...]):
    """The words that name what is asked for; those of them that are terms of the field must be said in full."""

    terms: frozenset[str] = frozenset()
    inner: frozenset[str] = frozenset()  # terms that are part of a word; they too must be said
    verbs: tuple[str, ...] = ()  # what was done (发放, 买): it must be said of the figure too

    def but(self, words: Iterable[str]) -> Words:
        """Other words with the same terms."""
        found = Words(words)
        found.terms, found.inner, found.verbs = self.terms, self.inner, self.verbs
        return found


def done(verb: str, said: str) -> bool:
    """Whether the words of a figure say that this was done, as documents put it."""
    return verb in said or any(written in said for spoken, written in synonyms() if spoken.startswith(verb))


def best_named(facts: Iterable[Fact], words: Words, rate: str = "") -> list[Fact]:
    """The figure that the words name best, and others of the same thing that say another value; nothing where two things fit alike."""
    scored = sorted(
        ((s, f) for f in facts if (s := score(f, words, rate)) > 0), key=lambda pair: (-pair[0], choose.standing(pair[1]), pair[1].id)
    )
    if not scored:
        return []
    top, best = scored[0]
    near = [f for s, f in scored if s > top - _APART]
    if any((f.item, f.project, f.metric) != (best.item, best.project, best.metric) for f in near):
        same = {(f.amount, f.measure) for f in near}
        return [best] if len(same) == 1 else []
    others = {f.amount: f for f in near if f.amount != best.amount and f.phase == best.phase}
    return [best, *others.values()][:3]


def score(fact: Fact, words: Words, rate: str = "") -> float:
    """How well the words name a figure, which may be called by its rate alone: 0 where one of them is not even in its sentence."""
    name, own, around = called(fact), called(replace(fact, project_name="")), key(compose.surroundings(fact))
    if any(term not in name for term in words.inner) or any(w[0] in "没未不非无" and w not in name for w in words):
        return 0.0
    covers = []
    if any(_says_more(word, name + around) for word in words) or not all(done(verb, name + around) for verb in words.verbs):
        return 0.0
    for word in words:
        cover = covering(word, name)
        if cover < (1.0 if word in words.terms else NAMED):
            if _standing(word, _before(fact) if word in words.terms else around) < _BESIDE:
                return 0.0
            cover = 0.4
        elif fact.project_name and covering(word, own) < NAMED:
            cover *= 0.6  # the project is called so, as are all its figures
        covers.append(cover)
    if not any(covering(w, name) >= NAMED for w in words) and not (rate and leaf_of(fact) == rate):
        return 0.0
    short = len(set("".join(words)) & set(name)) / len(set(name))  # of two names that have the words, the one with less beside them
    return (sum(covers) / len(covers) if covers else 0.5) + 0.2 * short + (0.2 if rate and leaf_of(fact) == rate else 0.0)


def _before(fact: Fact) -> str:
    """The words of a figure's sentence that stand before it: what comes after may be a part of it (81万元，用于…公积金)."""
    around = key(compose.surroundings(fact))
    return around.partition(key(fact.quote))[0] if fact.told else around


def _says_more(word: str, said: str) -> bool:
    """Whether two characters on end of a word stand nowhere near a figure: 微信举报|驳回 is not 微信举报.

    >>> _says_more("热线退回", "市长热线转办"), _says_more("热线转来", "市长热线转办")
    (True, False)
    """

    def open_(text: str) -> bool:
        there = met(text, said)
        return any(n not in there and n + 1 not in there for n in range(len(text) - 1))

    return open_(word) and open_(reworded(word))


def met(word: str, said: str) -> set[int]:
    """Which characters of a word stand with a neighbour in other words.

    >>> sorted(met("热线退回", "市长热线转办"))
    [0, 1]
    """
    return {n for i in range(len(word) - 1) if word[i : i + 2] in said for n in (i, i + 1)}


def covering(word: str, name: str) -> float:
    """How much of a word stands in a name, by pairs of neighbouring characters.

    >>> covering("城管案件", "城管类案件受理数量"), covering("会议", "培训费")
    (0.6666666666666666, 0.0)
    """
    return max(_share_of_pairs(said, name) for said in {word, reworded(word)})


def _standing(word: str, said: str) -> float:
    """How many of a word's characters stand with a neighbour in a sentence, whatever is put between: 配合业务 in 配合市局业务科室.

    >>> _standing("配合业务", "共配合市局业务科室开展"), _standing("会议", "培训费")
    (1.0, 0.0)
    """

    return max(covering(word, said), *(len(met(text, said)) / len(text) for text in (word, reworded(word)) if text))


def names(word: str, fact: Fact) -> bool:
    """Whether most of a word stands in the name of a figure."""
    return covering(word, called(fact)) >= NAMED


def _share_of_pairs(word: str, name: str) -> float:
    pairs = [word[i : i + 2] for i in range(len(word) - 1)]
    return sum(p in name for p in pairs) / len(pairs) if pairs else 0.0


def leaf_of(fact: Fact) -> str:
    """The last word of a figure's column, or its label."""
    return fact.column_path.rpartition("/")[2] or fact.label


def called(fact: Fact) -> str:
    """What a figure is called: its project, its label, and what its column adds."""
    label = "" if fact.item in choose.GENERIC else fact.label
    column = "" if fact.column_path in ("数量", "金额") or not fact.told else fact.column_path
    return key(f"{fact.project_name}{label}{column}")
