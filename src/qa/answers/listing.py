"""Facts by filters, for people and scripts: each with its place, all dimensions, and the figure as printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kg import iris
from kg.library.index import Term
from kg.library.store import Reader
from kg.model import NotFoundError
from kg.terms import key, strip_numbering
from qa.answers.cite import Citer
from qa.answers.compose import digits
from qa.answers.facts import Facts
from qa.model import Fact

#: The keys of a listed fact, in their order, and the headings of the short table for people.
KEYS = (
    "id", "document", "page", "line", "line_end", "section", "table", "row", "column", "unit", "year", "phase", "flow", "fund", "spend",
    "project", "indicator", "code", "metric", "value", "text", "measure", "quote",
)  # fmt: skip
SHORT = {
    "unit": "单位", "year": "年度", "phase": "口径", "indicator": "指标", "row": "行", "column": "列", "metric": "度量", "value": "数值",
    "text": "文字", "measure": "计量", "id": "出处",
}  # fmt: skip
_ITEMS = ("ind", "func", "econ", "govecon", "item")
#: filter, attribute of a fact, and the kind under which the index knows its names
_NAMED = (("phase", "phase", "ph"), ("metric", "metric", "me"), ("flow", "flow", "fl"), ("fund", "fund", "fund"), ("spend", "spend", "sp"))
#: dimension in `f:means`, attribute of a fact
_MEANS = {"f:flow": "flow", "f:fund": "fund", "f:spend": "spend", "f:phase": "phase", "f:metric": "metric", "f:item": "item"}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a listing is narrowed to; what is empty does not narrow. Names may be short, codes or variants."""

    unit: str = ""
    years: tuple[int, ...] = ()
    indicator: str = ""
    document: str = ""
    project: str = ""
    names: Mapping[str, str] = field(default_factory=dict)  # phase, metric, flow, fund, spend


def facts(reader: Reader, filters: Filters) -> Iterator[dict[str, Any]]:
    """The facts that fit, by unit, document and place. Raises NotFoundError where a name means nothing to the library."""
    documents = _documents(reader, filters.document)
    units = _units(reader, filters.unit, documents)
    wanted = {attribute: _named(reader, filters.names.get(name, ""), kind) for name, attribute, kind in _NAMED}
    items = _Items(reader, filters.indicator) if filters.indicator else None
    citer = Citer(reader)
    for unit in units:
        narrowed: dict[str, Iterable[str | int]] = {"unit": [unit]}
        if filters.years:
            narrowed["year"] = filters.years
        if items:
            narrowed["item"] = items.curies
        found = [
            fact for fact in Facts(reader).fetch(**narrowed)
            if (documents is None or fact.document in documents) and (items is None or items.fit(fact))
            and all(not names or getattr(fact, attribute) in names for attribute, names in wanted.items())
            and (not filters.project or key(filters.project) in key(fact.project_name))
        ]  # fmt: skip
        yield from (record(citer, fact) for fact in sorted(found, key=_place))


def record(citer: Citer, fact: Fact) -> dict[str, Any]:
    """A fact as `facts --format jsonl` writes it; the quote is the figure's own, not its sentence."""
    found = citer.fact(fact).to_dict() | {
        "unit": fact.unit_name, "year": fact.year, "phase": fact.phase, "flow": fact.flow or None, "fund": fact.fund or None,
        "spend": fact.spend or None, "project": fact.project_name or None, "indicator": fact.label, "code": _code(fact),
        "metric": fact.metric, "value": None if fact.value is None else digits(fact), "text": fact.text, "measure": fact.measure,
        "quote": fact.quote,
    }  # fmt: skip
    return {key: found[key] for key in KEYS}


def _code(fact: Fact) -> str | None:
    for curie in (fact.item, fact.func):
        prefix, _, name = curie.partition(":")
        if prefix in ("func", "econ", "govecon"):
            return name
    return None


def _place(fact: Fact) -> tuple[Any, ...]:
    here = iris.address(fact.id.partition(":")[2])
    return (fact.file, *(n or 0 for n in (here.page, here.line or fact.line, here.table, here.row, here.column, here.start)))


# --- names to what they name --------------------------------------------------------------------


class _Items:
    """What an indicator's name may mean: items, combinations of dimensions, and rows printed under that name."""

    def __init__(self, reader: Reader, name: str) -> None:
        prefix, _, local = name.partition(":")
        kinds, name = ((prefix,), local) if prefix in _ITEMS else (_ITEMS, name)
        self.key = key(strip_numbering(name))
        found = reader.index.lookup([self.key], kinds) or reader.index.containing(name, kinds, 100)
        if not found:
            raise NotFoundError(f"没有指标“{name}”。" + _near(reader.index.similar(name, _ITEMS, 4)) + "可用 chazhang terms 查词。")
        self.meanings = [_meaning(reader, curie) for curie in dict.fromkeys(term.iri for term in found)]
        self.curies = [*dict.fromkeys(meaning["item"] for meaning in self.meanings if "item" in meaning)]

    def fit(self, fact: Fact) -> bool:
        """Whether a fact is about it."""
        if self.key in (key(fact.label), key(strip_numbering(fact.row_path.rpartition("/")[2]))):
            return True
        return any(all(getattr(fact, name) == value for name, value in meaning.items()) for meaning in self.meanings)


def _meaning(reader: Reader, curie: str) -> dict[str, str]:
    """The dimensions that a concept stands for; a concept that says nothing stands for itself as an item."""
    rows = reader.query("SELECT ?name ?value { ?concept f:means ?m . ?m ?name ?value }", bindings={"concept": curie})
    found = {_MEANS[str(row["name"])]: str(row["value"]) for row in rows if row["name"] in _MEANS}
    return {name: value if name == "item" else value.partition(":")[2] for name, value in found.items()} or {"item": curie}


def _units(reader: Reader, name: str, documents: set[str] | None) -> list[str]:
    if name := name.removeprefix("unit:"):
        found = reader.index.lookup([key(name)], ["unit"]) or reader.index.containing(name, ["unit"])
        if not found:
            raise NotFoundError(
                f"没有单位“{name}”。" + _near(reader.index.similar(name, "unit", 4)) + "可用 chazhang documents 查看资料库里有什么。"
            )
        return sorted({term.iri for term in found})
    if documents is None:
        return sorted(str(row["unit"]) for row in reader.query("SELECT DISTINCT ?unit { ?unit a f:Unit }"))
    query = "SELECT DISTINCT ?unit { GRAPH ?document { ?fact a f:Fact ; f:unit ?unit } }"
    return sorted({str(row["unit"]) for document in documents for row in reader.query(query, bindings={"document": document})})


def _documents(reader: Reader, name: str) -> set[str] | None:
    return {f"doc:{identifier}" for identifier, _ in documents(reader, name)} if name else None


def documents(reader: Reader, name: str = "") -> list[tuple[str, dict[str, Any]]]:
    """The documents whose id, file, title or unit contains a name, as the manifest has them.

    Raises NotFoundError where a name is given and no document has it.
    """

    found = _fitting(reader.manifest["documents"], name)
    if name and not found and not replaced(reader, name):
        raise NotFoundError(f"资料库里没有文件“{name}”。可用 chazhang documents 查看有哪些文件。")
    return found


def replaced(reader: Reader, name: str = "") -> list[tuple[str, dict[str, Any]]]:
    """The same for documents that another one replaces: nothing is answered from them."""
    return _fitting(reader.manifest["replaced"], name)


def _fitting(cards: Mapping[str, dict[str, Any]], name: str) -> list[tuple[str, dict[str, Any]]]:
    def fits(identifier: str, card: dict[str, Any]) -> bool:
        texts = (identifier, card["file"], card["title"], f"{card['unit']}{card['year']}{card['kind']}")
        return any(key(name) in key(text) for text in texts)

    return [(identifier, card) for identifier, card in sorted(cards.items()) if fits(identifier, card)]


def _named(reader: Reader, name: str, kind: str) -> set[str]:
    if not (name := name.removeprefix(f"{kind}:")):
        return set()
    found = reader.index.lookup([key(name)], [kind])
    if not found:
        known = reader.query(
            "SELECT ?label { ?x skos:prefLabel ?label FILTER(STRSTARTS(STR(?x), ?start)) }", bindings={"start": iris.PREFIXES[kind]}
        )
        raise NotFoundError(f"不认识“{name}”。可用：{'、'.join(sorted(str(row['label']) for row in known))}。")
    return {term.iri.partition(":")[2] for term in found}


def _near(terms: Sequence[Term]) -> str:
    return f"相近：{'、'.join(dict.fromkeys(term.label for term in terms))}。" if terms else ""
