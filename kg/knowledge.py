"""Load `ontology/` strictly: what the program does not understand stops it, with file, node, property and what is allowed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

import pyoxigraph as ox

from kg import iris, paths
from kg.model import KnowledgeError

#: Which dimension of a fact the concepts of a prefix set.
DIMENSION = {
    "ph": "phase",
    "fl": "flow",
    "fund": "fund",
    "sp": "spend",
    "me": "metric",
    "mu": "measure",
    "func": "item",
    "econ": "item",
    "govecon": "item",
    "ind": "item",
    "item": "item",
}

_NOTE = {"rdf:type", "rdfs:comment", "rdfs:label", "rdfs:seeAlso", "dct:source", "dct:title", "dct:description"}
_LABELS = {"skos:prefLabel", "skos:altLabel", "skos:hiddenLabel"}
_SETS = {"f:phase", "f:flow", "f:fund", "f:spend", "f:metric", "f:measure", "f:item", "f:base", "f:yearShift", "f:func"}
#: Allowed properties by class. Files in `vocabulary.ttl` and `shapes.ttl` are standard RDFS and SHACL and are not held to this.
ALLOWED: dict[str, set[str]] = {
    "skos:ConceptScheme": _NOTE | {"skos:prefLabel"},
    "skos:Concept": _NOTE
    | _LABELS
    | {
        "skos:inScheme",
        "skos:notation",
        "skos:broader",
        "skos:closeMatch",
        "skos:exactMatch",
        "skos:scopeNote",
        "f:means",
        "f:parts",
        "f:role",
        "f:factor",
        "f:quantity",
        "f:firstYear",
        "f:lastYear",
        "f:spendInBasic",
    },
    "f:Form": _NOTE | _LABELS | {"skos:notation", "f:kind", "f:sets", "f:rows", "f:columns", "f:sum", "f:rowGroup", "f:layout", "f:closed"},
    "f:Role": _NOTE | {"skos:prefLabel", "f:kind", "f:quantity", "f:pattern", "f:sets", "f:example", "f:order", "f:sign"},
    "f:PassageKind": _NOTE | _LABELS | {"f:order"},
    "f:KnownUnit": _NOTE | _LABELS,
    "f:Check": _NOTE
    | {"skos:notation", "skos:prefLabel", "f:kind", "f:severity", "f:select", "f:formula", "f:message", "f:rounding", "f:within", "f:forms"}
    | {"f:needs"},
    "f:means": _SETS,
    "f:sets": _SETS,
    "f:column": _LABELS | {"f:sets", "f:role"},
    "f:sum": {"f:total", "f:parts"},
    "f:rowGroup": {"f:parent", "f:children", "f:total", "f:parts"},
}
_CLASSES = [name for name in ALLOWED if name.partition(":")[2][0].isupper()]  # the others are blank nodes behind a property
_FREE = ("vocabulary.ttl", "shapes.ttl")


@dataclass(frozen=True, slots=True)
class Concept:
    """A term of the field: its labels, and the dimensions of a fact that it fixes when it is read or asked."""

    curie: str
    scheme: str
    label: str
    alt: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    notation: str | None = None
    broader: str | None = None
    dims: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[str, ...] = ()
    role: str | None = None
    factor: str | None = None
    quantity: str | None = None
    spend_in_basic: str | None = None

    @property
    def prefix(self) -> str:
        """The scheme's prefix: func, econ, ind, ph …"""
        return self.curie.partition(":")[0]

    @property
    def name(self) -> str:
        """The local name, which is the notation in dimensions such as 决算 or 万元."""
        return self.curie.partition(":")[2]


@dataclass(frozen=True, slots=True)
class Column:
    """A figure column of a form: how its heading path may read, and what it fixes."""

    headings: tuple[str, ...]
    sets: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sum:
    """A total and its parts, named by heading (along a row) or by row label."""

    total: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Rows that belong under a parent although nothing on paper says so but their place."""

    parent: str
    children: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """A known table layout."""

    curie: str
    number: str | None
    label: str
    titles: tuple[str, ...]
    sets: Mapping[str, str]
    rows: tuple[str, ...]
    columns: tuple[Column, ...]
    sums: tuple[Sum, ...]
    groups: tuple[RowGroup, ...]
    kind: str
    source: str
    closed: bool = False

    @property
    def name(self) -> str:
        """The local name: K03, B01 …"""
        return self.curie.partition(":")[2]


@dataclass(frozen=True)
class Knowledge:
    """Everything in `ontology/`, plus its triples for the graph."""

    concepts: Mapping[str, Concept]
    forms: Mapping[str, Form]
    nodes: Mapping[str, Mapping[str, tuple[str, ...]]]  # the other nodes, by class: raw properties
    triples: tuple[ox.Triple, ...]

    @cached_property
    def by_scheme(self) -> Mapping[str, tuple[Concept, ...]]:
        """Concepts by prefix (func, econ, ind, ph …)."""
        found: dict[str, list[Concept]] = defaultdict(list)
        for concept in self.concepts.values():
            found[concept.prefix].append(concept)
        return {prefix: tuple(concepts) for prefix, concepts in found.items()}

    def of_class(self, name: str) -> list[tuple[str, Mapping[str, tuple[str, ...]]]]:
        """Nodes of a class that has no type of its own here (f:Role, f:PassageKind …), by name."""
        return sorted((node, properties) for node, properties in self.nodes.items() if name in properties.get("rdf:type", ()))


class _Graph:
    """The triples of one file, with the strict look-ups."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.properties: dict[str, dict[str, list[ox.NamedNode | ox.BlankNode | ox.Literal]]] = defaultdict(lambda: defaultdict(list))
        try:
            self.triples = tuple(quad.triple for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE, rename_blank_nodes=True))
        except (SyntaxError, ValueError) as error:
            raise KnowledgeError(f"知识文件 {path.name} 不是合法的 Turtle：{error}。请改正后重试。") from error
        for triple in self.triples:
            self.properties[str(triple.subject)][iris.shrink(triple.predicate.value)].append(triple.object)

    def texts(self, node: str, name: str) -> tuple[str, ...]:
        """The values of a property as strings: literals by value, IRIs as CURIEs."""
        return tuple(self.text(o) for o in self.properties[node].get(name, ()))

    def one(self, node: str, name: str) -> str | None:
        values = self.texts(node, name)
        if len(values) > 1:
            raise self.error(node, f"{name} 有 {len(values)} 个值（{'、'.join(values)}），只能有一个")
        return values[0] if values else None

    def text(self, term: ox.NamedNode | ox.BlankNode | ox.Literal) -> str:
        return iris.shrink(term.value) if isinstance(term, ox.NamedNode) else term.value if isinstance(term, ox.Literal) else str(term)

    def list(self, head: str) -> list[str]:
        """The members of an RDF list."""
        members = []
        while head and head != "rdf:nil":
            first = self.one(head, "rdf:first")
            if first is None:
                raise self.error(head, "期望一个列表 ( … )")
            members.append(first)
            head = self.one(head, "rdf:rest") or ""
        return members

    def allow(self, node: str, kind: str) -> None:
        for name in self.properties[node]:
            if name not in ALLOWED[kind]:
                raise self.error(node, f"属性 {name} 不认识；{kind} 可用的属性：{'、'.join(sorted(ALLOWED[kind]))}")

    def error(self, node: str, what: str) -> KnowledgeError:
        return KnowledgeError(f"知识文件 {self.path.name}，节点 {iris.shrink(node.strip('<>'))}：{what}。")

    def sets(self, node: str, name: str) -> dict[str, str]:
        """The dimensions that the blank node behind `f:means` or `f:sets` fixes."""
        found: dict[str, str] = {}
        for inner in self.texts(node, name):
            self.allow(inner, name)
            for prop in self.properties[inner]:
                value = self.one(inner, prop) or ""
                key = prop.removeprefix("f:")
                found[key] = value if key in ("item", "func", "base") else value.partition(":")[2] or value
        return found


def _concept(graph: _Graph, node: str, curie: str) -> Concept:
    graph.allow(node, "skos:Concept")
    label = graph.one(node, "skos:prefLabel")
    if label is None:
        raise graph.error(node, "没有 skos:prefLabel")
    prefix, _, name = curie.partition(":")
    own = {DIMENSION[prefix]: curie if DIMENSION[prefix] == "item" else name} if prefix in DIMENSION else {}
    parts = graph.one(node, "f:parts")
    return Concept(
        curie=curie,
        scheme=graph.one(node, "skos:inScheme") or "",
        label=label,
        alt=graph.texts(node, "skos:altLabel"),
        hidden=graph.texts(node, "skos:hiddenLabel"),
        notation=graph.one(node, "skos:notation"),
        broader=graph.one(node, "skos:broader"),
        dims=graph.sets(node, "f:means") or own,
        parts=tuple(graph.list(parts)) if parts else (),
        role=graph.one(node, "f:role"),
        factor=graph.one(node, "f:factor"),
        quantity=graph.one(node, "f:quantity"),
        spend_in_basic=graph.one(node, "f:spendInBasic"),
    )


def _form(graph: _Graph, node: str, curie: str) -> Form:
    graph.allow(node, "f:Form")
    columns = []
    for inner in graph.list(graph.one(node, "f:columns") or "rdf:nil"):
        graph.allow(inner, "f:column")
        columns.append(Column(graph.texts(inner, "skos:prefLabel") + graph.texts(inner, "skos:altLabel"), graph.sets(inner, "f:sets")))
    sums = []
    for inner in graph.texts(node, "f:sum"):
        graph.allow(inner, "f:sum")
        sums.append(Sum(graph.one(inner, "f:total") or "", tuple(graph.list(graph.one(inner, "f:parts") or "rdf:nil"))))
    groups = []
    for inner in graph.texts(node, "f:rowGroup"):
        graph.allow(inner, "f:rowGroup")
        groups.append(RowGroup(graph.one(inner, "f:parent") or "", tuple(graph.list(graph.one(inner, "f:children") or "rdf:nil"))))
    label = graph.one(node, "skos:prefLabel")
    if label is None:
        raise graph.error(node, "没有 skos:prefLabel")
    return Form(
        curie=curie,
        number=graph.one(node, "skos:notation"),
        label=label,
        titles=(label, *graph.texts(node, "skos:altLabel")),
        sets=graph.sets(node, "f:sets"),
        rows=tuple((graph.one(node, "f:rows") or "").split()),
        columns=tuple(columns),
        sums=tuple(sums),
        groups=tuple(groups),
        kind=graph.one(node, "f:kind") or "table",
        source="；".join(graph.texts(node, "dct:source")),
        closed=graph.one(node, "f:closed") == "true",
    )


def load(folder: Path | None = None) -> Knowledge:
    """Load all Turtle files below `folder` (default: the project's `ontology/`).

    Raises KnowledgeError naming file, node, property and what is allowed.
    """
    return _load(folder or paths.ontology())


@lru_cache(maxsize=4)
def _load(folder: Path) -> Knowledge:
    files = sorted(folder.rglob("*.ttl"))
    if not files:
        raise KnowledgeError(f"知识文件夹 {folder} 里没有 .ttl 文件。请检查安装是否完整。")
    concepts: dict[str, Concept] = {}
    forms: dict[str, Form] = {}
    nodes: dict[str, dict[str, tuple[str, ...]]] = {}
    triples: list[ox.Triple] = []
    for path in files:
        graph = _Graph(path)
        triples += graph.triples
        if path.name in _FREE:
            continue
        for node in list(graph.properties):
            _take(graph, node, concepts, forms, nodes)
    _cross_check(concepts, forms)
    return Knowledge(concepts, forms, nodes, tuple(triples))


def _take(
    graph: _Graph, node: str, concepts: dict[str, Concept], forms: dict[str, Form], nodes: dict[str, dict[str, tuple[str, ...]]]
) -> None:
    if not node.startswith("<"):  # blank nodes are read where they are used
        return
    curie = iris.shrink(node.strip("<>"))
    kinds = graph.texts(node, "rdf:type")
    for kind in kinds:
        if kind not in _CLASSES:
            raise graph.error(node, f"类 {kind} 不认识；可用的类：{'、'.join(_CLASSES)}")
    if curie in concepts or curie in forms:
        raise graph.error(node, "在两个文件里各有定义")
    if "skos:Concept" in kinds:
        concepts[curie] = _concept(graph, node, curie)
    elif "f:Form" in kinds:
        forms[curie] = _form(graph, node, curie)
    elif kinds:
        graph.allow(node, kinds[0])
        sets = {f"sets:{name}": (value,) for name, value in graph.sets(node, "f:sets").items()}
        nodes[curie] = {name: graph.texts(node, name) for name in graph.properties[node]} | sets
    else:
        raise graph.error(node, "没有声明类（a …）")


def _cross_check(concepts: Mapping[str, Concept], forms: Mapping[str, Form]) -> None:
    """Every concept that is referred to exists."""

    def known(curie: str, by: str) -> None:
        if curie not in concepts:
            raise KnowledgeError(f"知识文件：{by} 提到的 {curie} 没有定义。请补上定义或改正名称。")

    for concept in concepts.values():
        for curie in (*concept.parts, *_curies(concept.dims), *([concept.broader] if concept.broader else [])):
            known(curie, concept.curie)
    for form in forms.values():
        for curie in (*_curies(form.sets), *(c for column in form.columns for c in _curies(column.sets))):
            known(curie, form.curie)


def _curies(dims: Mapping[str, str]) -> Iterable[str]:
    prefixes = {dimension: prefix for prefix, dimension in DIMENSION.items() if dimension != "item"}
    for key, value in dims.items():
        if key in ("item", "func"):
            yield value
        elif key in prefixes:
            yield f"{prefixes[key]}:{value}"
