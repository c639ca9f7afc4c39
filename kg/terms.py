"""Labels to concepts, exact after normalisation. One spelling table for reading and for asking."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # asking needs `key` only, and should not load what reading the ontology takes
    from kg.knowledge import Concept, Knowledge

_NUMBERING = re.compile(
    r"^(?:[(（][一二三四五六七八九十百]+[)）]|[一二三四五六七八九十百]+\s*[、.．]|[(（]\d{1,2}[)）]|\d{1,2}\s*(?:、|[.．](?!\d))|[①-⑳]|其中\s*[:：]?|其中(?=[^\s])|[-—·●]+)\s*"
)


@lru_cache(maxsize=65536)
def key(text: str) -> str:
    """What two spellings of one label have in common: NFKC, no white space, quotation marks or brackets, lower case.

    >>> key("“三公”经费"), key("因公出国 （境） 费"), key("Ｏ Ａ")
    ('三公经费', '因公出国境费', 'oa')
    """
    return re.sub(r"[\s“”\"'‘’「」『』()（）《》〈〉\[\]【】*:：、，,。;；·]", "", unicodedata.normalize("NFKC", text)).lower()


def strip_numbering(text: str) -> str:
    """A label without its list number: 一、 (一) 1、 ① 其中：.

    >>> strip_numbering("一、一般公共服务支出"), strip_numbering("其中：办公费"), strip_numbering("1.5倍")
    ('一般公共服务支出', '办公费', '1.5倍')
    """
    text = text.strip()
    while (found := _NUMBERING.match(text)) and found.end() < len(text):
        text = text[found.end() :]
    return text


def names(concept: Concept, label: str) -> bool:
    """Whether a printed label is one of the concept's official names or wordings; numbering is ignored."""
    return key(strip_numbering(label)) in {key(name) for name in (concept.label, *concept.alt)}


def akin(label: str, names: Iterable[str]) -> bool:
    """Whether a printed label can be another wording of one of the names: it is one, holds one, is held by one, or shares a telling pair.

    >>> akin("机关事业单位基本养老保险费", ["机关事业单位基本养老保险缴费"]), akin("电费", ["手续费"]), akin("水费", ["电费"])
    (True, False, False)
    """
    printed = _telling(label)
    return any(
        printed in other or other in printed or any(printed[n : n + 2] in other for n in range(len(printed) - 1))
        for other in map(_telling, names)
    )


def _telling(name: str) -> str:
    """A name without the words that many names share."""
    whole = key(strip_numbering(name))
    return re.sub(r"^其他|(?:支出|费用|经费|缴费|收入|费|款)$", "", whole) or whole


class Terms:
    """The labels of `Knowledge`, by key and scheme prefix."""

    def __init__(self, knowledge: Knowledge, *, colloquial: bool = False) -> None:
        self.knowledge = knowledge
        self._index: dict[str, dict[str, Concept]] = defaultdict(dict)
        for concept in knowledge.concepts.values():
            labels = (concept.label, *concept.alt, *(concept.hidden if colloquial else ()))
            for label in labels:
                self._index[key(label)].setdefault(concept.prefix, concept)
            if concept.notation:
                self._index[concept.notation].setdefault(concept.prefix, concept)

    def find(self, label: str, schemes: Iterable[str]) -> Concept | None:
        """The concept that a label names in the first of the schemes (prefixes) that knows it; numbering is ignored.

        Where the label as printed is unknown, brackets are dropped with what is in them: 类, 款, 项.
        """
        schemes = tuple(schemes)
        for text in (label, strip_numbering(label), re.sub(r"[(（](?:类|款|项|目)[)）]", "", strip_numbering(label))):
            found = self._index.get(key(text))
            if found:
                for scheme in schemes:
                    if scheme in found:
                        return found[scheme]
        return None

    def by_code(self, code: str, scheme: str) -> Concept | None:
        """The concept of a classification code."""
        return self.knowledge.concepts.get(f"{scheme}:{code}")

    def dims(self, concept: Concept) -> Mapping[str, str]:
        """What the concept fixes in a fact."""
        return concept.dims
