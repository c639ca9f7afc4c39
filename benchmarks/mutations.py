"""How many slips of the pen the checks notice: one figure is changed in a copy of a document, which is read and checked again.

Figures are drawn (seeded) from those that some rule compares. A change is noticed where a new finding involves the changed figure.
An unchanged copy must give no new finding. Usage: python benchmarks/mutations.py [--count 240] [--seed 7] [--misses]
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]  # runs from a checkout that is not installed

from kg import build, graph, iris, knowledge  # noqa: E402
from kg.audit import checks  # noqa: E402
from kg.model import Fact, Reading  # noqa: E402

_ORDER = ("错误", "口径提示", "尾差")
_STATED = """SELECT ?x {
  GRAPH ?g { ?x f:series ?s ; f:year ?y ; f:value ?v } GRAPH ?h { ?z f:series ?s ; f:year ?y ; f:value ?w } FILTER(?x != ?z) }"""


@dataclass(frozen=True, slots=True)
class Paper:
    """A document as it lies on disk, as it was read, and what was found in it."""

    path: Path
    data: bytes
    reading: Reading
    facts: dict[str, Fact]
    findings: frozenset[tuple[str, str]]
    covered: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Slip:
    """One changed figure: where, from what to what, and the findings that came of it."""

    paper: str
    curie: str
    fact: Fact
    before: str
    after: str
    found: tuple[checks.Finding, ...]


def store_of(readings: list[Reading]) -> ox.Store:
    """A store with the vocabulary and these documents."""
    store = ox.Store()
    known = knowledge.load()
    store.bulk_extend(graph.vocabulary(known))
    for reading in readings:
        store.bulk_extend([*graph.quads(reading), *graph.entities(reading, known)])
    return store


def papers(store: ox.Store, read: dict[Path, Reading]) -> list[Paper]:
    """The documents with their findings and the figures that some rule compares."""
    report = checks.report(store, [reading.document.id for reading in read.values()])
    stated = {iris.shrink(row["x"].value) for row in store.query(_STATED, prefixes=iris.PREFIXES)}
    compared = report.covered | stated
    result = []
    for path, reading in read.items():
        facts = {f"at:{iris.local(fact.address)}": fact for fact in reading.facts}
        mine = frozenset((f.curie, f.message) for f in report.findings if reading.document.id in f.documents)
        covered = tuple(sorted(curie for curie in compared & facts.keys() if facts[curie].value is not None))
        result.append(Paper(path, path.read_bytes(), reading, facts, mine, covered))
    return result


def changed(number: str, draw: random.Random) -> str | None:
    """The number with one digit changed or two neighbours exchanged; of the same length, never the same number."""
    places = [n for n, char in enumerate(number) if char.isdigit()]
    if not places:
        return None
    if draw.random() < 0.3 and len(places) > 1:
        n = draw.randrange(len(places) - 1)
        a, b = places[n], places[n + 1]
        if number[a] != number[b]:
            chars = list(number)
            chars[a], chars[b] = chars[b], chars[a]
            return "".join(chars)
    place = draw.choice(places)
    digit = draw.choice([d for d in "0123456789" if d != number[place]])
    return number[:place] + digit + number[place + 1 :]


def mutate(paper: Paper, curie: str, draw: random.Random) -> tuple[bytes, str, str] | None:
    """The bytes of the document with this figure changed, and the number before and after."""
    fact = paper.facts[curie]
    place = fact.address
    encoding = paper.reading.document.encoding or "utf-8"
    lines = paper.data.decode(encoding).split("\n")
    if place.line is None:
        return None
    line = lines[place.line - 1]
    if place.column is not None:
        cells = line.split("\t")
        start = sum(len(cell) + 1 for cell in cells[: place.column - 1])
        end = start + len(cells[place.column - 1])
    elif place.start is not None and place.end is not None:
        start, end = place.start, place.end
    else:
        return None
    match = re.search(r"\d[\d, .]*\d|\d", line[start:end])
    after = changed(match[0], draw) if match else None
    if match is None or after is None:
        return None
    at = start + match.start()
    lines[place.line - 1] = line[:at] + after + line[at + len(after) :]
    return "\n".join(lines).encode(encoding), match[0], after


def checked(store: ox.Store, paper: Paper, data: bytes) -> list[checks.Finding]:
    """The findings of a changed copy, which stands in the place of the document while it is checked."""
    reading = build.read(paper.path, data)
    name = graph.document_iri(paper.reading.document.id)
    store.remove_graph(name)
    store.bulk_extend(graph.quads(reading))
    found = checks.run(store, [reading.document.id])
    store.remove_graph(name)
    store.bulk_extend(graph.quads(paper.reading))
    return [finding for finding in found if (finding.curie, finding.message) not in paper.findings]


def slips(store: ox.Store, every: list[Paper], count: int, draw: random.Random) -> list[Slip]:
    """So many changed figures, each document in proportion to what is compared in it."""
    drawn = [(paper, curie) for paper in every for curie in paper.covered]
    result: list[Slip] = []
    while len(result) < count:
        paper, curie = draw.choice(drawn)
        done = mutate(paper, curie, draw)
        if done is None:
            continue
        found = [finding for finding in checked(store, paper, done[0]) if curie in finding.involves]
        result.append(Slip(paper.path.stem, curie, paper.facts[curie], done[1], done[2], tuple(found)))
    return result


def tell(result: list[Slip], misses: bool) -> None:
    """Print what was noticed, by document and by kind of figure, and by how grave it was taken."""
    groups: dict[str, list[Slip]] = defaultdict(list)
    for slip in result:
        groups[slip.paper].append(slip)
        groups["表格" if slip.fact.address.column is not None else "文字"].append(slip)
    for name, group in groups.items():
        print(f"{sum(bool(s.found) for s in group):4} / {len(group):3}  {name}")
    worst = Counter(min((f.severity for f in s.found), key=_ORDER.index) for s in result if s.found)
    print(f"{sum(bool(s.found) for s in result):4} / {len(result):3}  一共；其中" + "，".join(f"{k} {worst[k]}" for k in _ORDER))
    print("按规则：" + "，".join(f"{k.partition(':')[2]} {n}" for k, n in Counter(f.check for s in result for f in s.found).most_common()))
    for slip in result:
        if misses and not slip.found:
            print(f"未发现 {slip.curie}  {slip.before} → {slip.after}  {slip.fact.row} {slip.fact.column}")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=240)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--misses", action="store_true", help="list the changes that were not noticed")
    options = parser.parse_args()
    read = {path: build.read(path) for path in sorted((ROOT / "corpus").glob("*.txt"))}
    store = store_of(list(read.values()))
    every = papers(store, read)
    false = sum(len(checked(store, paper, paper.data)) for paper in every)
    print(f"参与比对的数 {sum(len(paper.covered) for paper in every)} 个；未改动的副本多出 {false} 条")
    start = time.perf_counter()
    result = slips(store, every, options.count, random.Random(options.seed))
    tell(result, options.misses)
    print(f"用时 {time.perf_counter() - start:.0f} 秒")


if __name__ == "__main__":
    main()
