"""HTML as a tree, however carelessly it was written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from kg.model import ReadError
from kg.readers import sniff

_VOID = frozenset(re.findall(r"\w+", "area base br col embed hr img input link meta param source track wbr"))
#: What a new element ends, though its own end is not written.
_ENDS = {
    "p": {"p"},
    "li": {"li", "p"},
    "dt": {"dt", "dd", "p"},
    "dd": {"dt", "dd", "p"},
    "option": {"option"},
    "td": {"td", "th", "p"},
    "th": {"td", "th", "p"},
    "tr": {"tr", "td", "th", "p"},
    "tbody": {"tr", "td", "th", "p", "thead", "tbody"},
    "thead": {"tr", "td", "th", "p"},
    "tfoot": {"tr", "td", "th", "p", "tbody"},
}
_WALLS = {"table", "html", "body", "div"}
_DEPTH = 150
_NODES = 1_000_000


@dataclass(eq=False)
class Node:
    """An element: its attributes, and what it holds in order."""

    tag: str
    attributes: dict[str, str | None] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    def get(self, name: str) -> str:
        """An attribute, '' where it has none."""
        return self.attributes.get(name) or ""

    def elements(self) -> Iterator[Node]:
        """The elements right below."""
        return (child for child in self.children if isinstance(child, Node))

    def below(self) -> Iterator[Node]:
        """All elements below, in the order of the page."""
        for child in self.elements():
            yield child
            yield from child.below()


class _Tree(HTMLParser):
    def __init__(self, budget: sniff.Budget) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("html")
        self.path = [self.root]
        self.count = 0
        self.budget = budget

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.count += 1
        if self.count % 1000 == 0:
            self.budget.tick()
        if self.count > _NODES:
            raise ReadError(f"{self.budget.name}：网页里的元素超过 {_NODES} 个，未读。请只保存有预决算内容的部分。")
        for place in range(len(self.path) - 1, 0, -1):
            if self.path[place].tag in _WALLS and not (tag == "tr" and self.path[place].tag == "div"):
                break
            if self.path[place].tag in _ENDS.get(tag, ()):
                del self.path[place:]
        node = Node(tag, dict(attrs))
        self.path[-1].children.append(node)
        if tag not in _VOID and len(self.path) < _DEPTH:
            self.path.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if ":" in tag and self.path[-1].tag == tag:  # Word's <o:p/>; HTML itself knows no empty elements but the void ones
            self.path.pop()

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self.path) - 1, 0, -1):
            if self.path[place].tag == tag:
                del self.path[place:]
                return
            if self.path[place].tag in ("table", "td", "th") and tag not in ("table", "tr", "tbody", "thead", "tfoot"):
                return

    def handle_data(self, data: str) -> None:
        self.path[-1].children.append(data)

    def unknown_decl(self, data: str) -> None:
        """Word's <![if !supportLists]> says nothing; CDATA in HTML is a comment."""


def parse(content: str, name: str) -> Node:
    """The tree of a page. Raises ReadError where it has too many elements or takes too long; `name` is the file's."""
    tree = _Tree(sniff.Budget(name))
    tree.feed(content)
    tree.close()
    return tree.root
