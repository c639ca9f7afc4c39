"""What asking knows of a library: its units, its terms, the names its documents print. Reads the graph and the index, and remembers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from kg.iris import shrink
from kg.library.store import Reader
from kg.terms import key
from qa import queries
from qa.model import Concept, Unit
from qa.understand import units
from qa.understand.spelling import misspelt, swapped

_DIMENSION = {
    "ph": "phase",
    "fl": "flow",
    "fund": "fund",
    "sp": "spend",
    "me": "metric",
    "func": "item",
    "econ": "item",
    "govecon": "item",
    "ind": "item",
    "item": "item",
}
_SKIPPED = {"unit", "head", "mu", "form", "g", "role"}


class Lexicon:
    """The words of one library. Concepts are read from the graph once and kept."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._concepts: dict[str, Concept] = {}
        self._names: dict[str, dict[str, list[Concept]]] = {}

    @cached_property
    def _units(self) -> tuple[Unit, ...]:
        aliases: dict[str, list[str]] = {}
        names: dict[str, str] = {}
        for row in self.reader.query(queries.text("units")):
            unit, label = str(row["unit"]), str(row["label"])
            if row["kind"] == "skos:prefLabel":
                names[unit] = label
            elif row["kind"] in ("skos:altLabel", "skos:hiddenLabel"):
                aliases.setdefault(unit, []).append(label)
        own = {unit for unit, _, _ in self.cards}
        held = {name for name in names.values() if name in own}  # a former name that has documents of its own is asked for by itself
        return tuple(
            Unit(unit, name, tuple(a for a in (*aliases.get(unit, ()), *units.spoken(name)) if a not in held))
            for unit, name in sorted(names.items())
            if name in own
        )

    def below(self, names: Iterable[str]) -> Mapping[str, Unit]:
        """Of full names (normalised) those of units without a document of their own, of which the documents of others have figures."""
        found = {term.key: Unit(shrink(term.iri), term.label, ()) for term in self.reader.index.lookup(names) if term.kind == "unit"}
        own = {unit.curie for unit in self._units} if found else set()
        return {name: unit for name, unit in found.items() if unit.curie not in own and self.reader.index.telling(unit.curie)}

    def units(self) -> Sequence[Unit]:
        """All units of which there is a document."""
        return self._units

    @cached_property
    def cards(self) -> tuple[tuple[str, int, str], ...]:
        """Unit name, year and kind of every document."""
        return tuple((c.unit, c.year, c.kind) for c in self.reader.index.cards())

    def find(self, keys: Iterable[str]) -> Mapping[str, Sequence[Concept]]:
        """The concepts, projects and learned items by normalised key."""
        found: dict[str, dict[str, bool]] = {}
        for term in self.reader.index.lookup(keys):
            if term.kind not in _SKIPPED:
                curie = shrink(term.iri)
                own = term.kind != "item" or curie.startswith("item:")
                found.setdefault(term.key, {})[curie] = own or found.get(term.key, {}).get(curie, False)
        known = self.concepts({curie for curies in found.values() for curie in curies})
        return {
            k: [known[c] for c, own in curies.items() if c in known and (own or _printed(k, known[c], curies))]
            for k, curies in found.items()
        }

    def sounding(self, said: str) -> Sequence[Concept]:
        """The terms that sound like these words with one character wrong, where they are one thing."""
        if any(c.isdigit() or c.isascii() for c in said):  # a code with two digits changed is another code
            return ()
        near = self.reader.index.similar(said, ("ind", "econ", "func"), 12)
        labels = {t.key for t in near if len(t.key) == len(said) and (misspelt(said, t.key) == 1 or swapped(said, t.key))}
        return self.find(labels)[next(iter(labels))] if len(labels) == 1 else ()

    def concepts(self, curies: Iterable[str]) -> Mapping[str, Concept]:
        """Concepts by CURIE."""
        wanted = list(dict.fromkeys(curies))
        missing = [c for c in wanted if c and c not in self._concepts]
        if missing:
            self._load(missing)
        return {c: self._concepts[c] for c in wanted if c in self._concepts}

    def _load(self, curies: Sequence[str]) -> None:
        labels: dict[str, str] = {}
        notations: dict[str, str] = {}
        means: dict[str, dict[str, str]] = {}
        for row in self.reader.query(queries.text("concepts", concepts=curies)):
            curie = str(row["concept"])
            labels[curie] = str(row["label"])
            if row["notation"] is not None:
                notations[curie] = str(row["notation"])
            if row["property"] is not None:
                name, value = str(row["property"]).removeprefix("f:"), str(row["value"])
                means.setdefault(curie, {})[name] = value if name in ("item", "func", "base") else value.partition(":")[2] or value
        parts = self._parts(curies)
        for curie in curies:
            prefix, _, local = curie.partition(":")
            dimension = _DIMENSION.get(prefix)
            own = {dimension: curie if dimension == "item" else local} if dimension else {}
            self._concepts[curie] = Concept(
                curie, labels.get(curie, local), means.get(curie, own), parts.get(curie, ()), notations.get(curie)
            )

    def _parts(self, curies: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """The members of f:parts, in the order of the list."""
        cells: dict[str, tuple[str, str]] = {}
        heads: dict[str, str] = {}
        for row in self.reader.query(queries.text("parts", concepts=curies)):
            heads.setdefault(str(row["concept"]), str(row["head"]))
            cells[str(row["cell"])] = (str(row["part"]), str(row["rest"]))
        found = {}
        for curie, cell in heads.items():
            members = []
            while cell in cells:
                member, cell = cells[cell]
                members.append(member)
            found[curie] = tuple(members)
        return found

    def names(self, unit: str) -> Mapping[str, Sequence[Concept]]:
        """The items and projects that the facts of a unit are about, by the normalised names that its documents print."""
        if unit not in self._names:
            rows = self.reader.query(queries.text("names", unit=[unit]))
            known = self.concepts({str(row["thing"]) for row in rows})
            names: dict[str, list[Concept]] = {}
            for row in rows:
                concept = known.get(str(row["thing"]))
                own = key(str(row["label"])) if row["label"] is not None else ""
                labels = {own} if own else set()
                if row["path"] is not None and str(row["thing"]) not in ("ind:合计", "ind:总计"):  # a total's row may be called by a unit
                    printed = {
                        key(part.lstrip("0123456789 "))
                        for part in str(row["path"]).split("/")
                        if not part.endswith(("指标", "（类）", "（款）"))
                    }
                    labels |= printed if any(alike(part, own) for part in printed) else set()
                for label in labels:
                    if concept is not None and len(label) >= 2 and concept not in names.setdefault(label, []):
                        names[label].append(concept)
            self._names[unit] = names
        return self._names[unit]


def _printed(printed: str, concept: Concept, others: Mapping[str, bool]) -> bool:
    """Whether a printed label may stand for a concept: it resembles it, and no other concept of the scheme has this name as its own."""
    taken = any(own and curie.partition(":")[0] == concept.prefix and curie != concept.curie for curie, own in others.items())
    return not taken and alike(printed, key(concept.label))


def alike(printed: str, label: str) -> bool:
    """Whether a printed row label names the thing itself, not the row in which its column's figure stands (行政运行 × 办公费).

    >>> alike("维修护费", "维修护费"), alike("机关事业单位养老保险", "机关事业单位基本养老保险缴费"), alike("行政运行", "办公费")
    (True, True, False)
    """
    return bool(printed and label) and 2 * len(set(printed) & set(label)) >= min(len(set(printed)), len(set(label)))
