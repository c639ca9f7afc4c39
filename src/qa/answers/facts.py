"""Facts out of the graph, with the places where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from kg.library.store import Reader
from qa import queries
from qa.model import Fact

#: what a row of the query leads to
_LINKED = ("inRow", "inColumn", "doc", "measure", "unit", "item", "project")
#: answers of the graph kept for further questions
_KEPT = 300
#: facts of one query that an explanation may tell of
_LOOKED = 200
#: what only a report of self-evaluation has as a heading
_REPORT = re.compile("绩效自评表|绩效自评报告|自评报告$")
_Places = dict[str, dict[str, Any]]


class Facts:
    """Asks the graph for facts; places and measures are looked up once."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._places: _Places = {}
        self._known: dict[str, list[Fact]] = {}
        self._seen: dict[str, Fact] = {}
        self._told: dict[str, tuple[str, ...]] = {}
        self._reports: dict[str, frozenset[str]] = {}
        self.asked: list[str] = []
        self.looked: dict[str, Fact] = {}  # at what the present question looked, by name

    def forget(self) -> None:
        """What one question asked and looked at does not belong to the next."""
        self.asked.clear()
        self.looked.clear()

    def fetch(self, **values: Iterable[str | int]) -> list[Fact]:
        """The facts of these units, items, projects, years, metrics, rows; what is empty does not narrow.

        Raises ValueError where nothing at all narrows.
        """
        given = {name: [*terms] for name, terms in values.items()}
        sparql = queries.text("facts", **{name: terms for name, terms in given.items() if terms})
        if not any(given.get(name) for name in ("fact", "item", "project", "row", "unit")):
            raise ValueError("facts of nothing")
        self.asked.append(sparql)
        found = self._asked(given, sparql)
        if given.get("item") or given.get("project"):
            self.looked |= {f.id: f for f in found[:_LOOKED]}
        return found

    def _asked(self, given: Mapping[str, list[str | int]], sparql: str) -> list[Fact]:
        units = [str(unit) for unit in dict.fromkeys(given.get("unit", []))]
        if not units:
            return list(self._kept(sparql))
        # one unit after the other, each in its own documents: the store would join all units with all facts of an item
        found = [f for unit in units for f in self._of_unit(unit, {name: terms for name, terms in given.items() if terms})]
        return sorted(found, key=lambda f: position(f.id)) if len(units) > 1 else found

    def _of_unit(self, unit: str, given: Mapping[str, Iterable[str | int]]) -> list[Fact]:
        documents = self._told.setdefault(unit, tuple(f"doc:{name}" for name in self.reader.index.telling(unit)))
        return self._kept(queries.text("facts", **{**given, "unit": [unit], "document": documents})) if documents else []

    def _kept(self, sparql: str) -> list[Fact]:
        if sparql not in self._known:
            if len(self._known) >= _KEPT:
                self._known.clear()
                self._seen.clear()
            self._known[sparql] = self._fetch(sparql)
            self._seen |= {f.id: f for f in self._known[sparql]}
        return self._known[sparql]

    def _fetch(self, sparql: str) -> list[Fact]:
        found: dict[str, dict[str, Any]] = {}
        for row in self.reader.query(sparql):
            found.setdefault(str(row["fact"]), {"doc": row["document"]})[str(row["property"]).removeprefix("f:")] = row["value"]
        self._load({str(fact[name]) for fact in found.values() for name in _LINKED if name in fact})
        self._load({str(p["f:inTable"]) for p in list(self._places.values()) if "f:inTable" in p})
        self._load({str(p["f:form"]) for p in list(self._places.values()) if "f:form" in p})
        # the store gives no order of its own; answers must not depend on how a query is planned
        order = sorted((name for name, fact in found.items() if "inRow" in fact and "quote" in fact), key=position)
        return [self._fact(name, found[name]) for name in order]

    def by_id(self, ids: Sequence[str]) -> dict[str, Fact]:
        """Facts by their CURIEs."""
        missing = [i for i in ids if i not in self._seen]
        found = {f.id: f for f in self.fetch(fact=missing)} if missing else {}
        return found | {i: self._seen[i] for i in ids if i in self._seen}

    def _load(self, things: set[str]) -> None:
        missing = sorted(t for t in things if t not in self._places)
        for start in range(0, len(missing), 500):
            chunk = missing[start : start + 500]
            self._places |= {thing: {} for thing in chunk}
            for row in self.reader.query(queries.text("places", things=chunk)):
                self._places[str(row["thing"])][str(row["property"])] = row["value"]

    def place(self, thing: str) -> Mapping[str, Any]:
        """What the graph says of a row, column, table, form, document or measure."""
        self._load({thing})
        return self._places[thing]

    def _evaluates(self, document: str, section: str) -> bool:
        """Whether a section is of the report of self-evaluation: its part of the document (第五部分) has the report's heading or tables."""
        if document not in self._reports:
            rows = self.reader.query(queries.text("sections", documents=[document]))
            found = (str(row["section"]) for row in rows)
            self._reports[document] = frozenset(s.partition("/")[0] for s in found if _REPORT.search(s))
        return section.partition("/")[0] in self._reports[document]

    def _named(self, fact: Mapping[str, Any], key: str) -> str:
        """The label of a thing that a fact points to."""
        return str(self._places[str(fact[key])].get("skos:prefLabel") or _local(fact, key)) if key in fact else ""

    def _fact(self, name: str, fact: Mapping[str, Any]) -> Fact:
        here, column, document = (self._places[str(fact[key])] for key in ("inRow", "inColumn", "doc"))
        table_name = str(here.get("f:inTable") or column.get("f:inTable") or "")
        table = self._places.get(table_name, {})
        form = str(column.get("f:form") or table.get("f:form") or "")
        measure = self._places.get(str(fact.get("measure")), {})
        section = str(table.get("f:section") or here.get("f:section") or "")
        return Fact(
            id=name,
            document=fact["doc"],
            unit=fact["unit"],
            unit_name=self._named(fact, "unit"),
            year=int(fact["year"]),
            phase=_local(fact, "phase"),
            metric=_local(fact, "metric"),
            item=fact["item"],
            label=self._named(fact, "item"),
            measure=self._named(fact, "measure"),
            factor=_decimal(measure.get("f:factor")),
            value=_decimal(fact.get("value")),
            low=_decimal(fact.get("min")),
            high=_decimal(fact.get("max")),
            strict=bool(fact.get("strict")),
            text=fact.get("text"),
            quote=str(fact["quote"]),
            leaf=bool(fact.get("leaf")),
            series=str(fact.get("series", "")),
            flow=_local(fact, "flow"),
            fund=_local(fact, "fund"),
            spend=_local(fact, "spend"),
            func=str(fact.get("func", "")),
            base=str(fact.get("base", "")),
            project=str(fact.get("project", "")),
            project_name=self._named(fact, "project"),
            repair=str(fact.get("repair", "")),
            subject=str(fact.get("subject", "")),
            row=str(fact["inRow"]),
            row_path=str(here.get("f:path") or ""),
            group=str(here.get("f:group") or ""),
            column=str(fact["inColumn"]),
            column_path=str(column.get("f:path") or ""),
            form=form,
            form_number=str(self._places.get(form, {}).get("skos:notation") or ""),
            table=table_name,
            title=str(table.get("f:title") or ""),
            section=section,
            evaluation=str(document.get("f:docKind")) == "绩效自评" or self._evaluates(str(fact["doc"]), section),
            passage=str(here.get("f:text") or ""),
            line=here.get("f:line"),
            line_end=here.get("f:lineEnd") or here.get("f:line"),
            page=here.get("f:page"),
            sheet=str(table.get("f:sheet") or ""),
            doc_year=int(document.get("f:year") or 0),
            doc_kind=str(document.get("f:docKind") or ""),
            doc_unit=str(document.get("f:unit") or ""),
            file=str(document.get("f:file") or ""),
            sha256=str(document.get("f:sha256") or ""),
        )


def position(name: str) -> tuple[str | int, ...]:
    """The document and the place in it, in the order of reading: a fact's name says both (at:文件-L94c6)."""
    return tuple(int(part) if n % 2 else part for n, part in enumerate(re.split(r"([0-9]+)", name)))


def _local(fact: Mapping[str, Any], key: str) -> str:
    return str(fact[key]).partition(":")[2] if key in fact else ""


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def years(facts: Sequence[Fact]) -> list[int]:
    """The years of facts, newest first."""
    return sorted({f.year for f in facts}, reverse=True)
