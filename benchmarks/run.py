#!/usr/bin/env python3
"""make bench: what a question costs, what a document costs. Ratios within one run, so that a slow or busy machine changes little.

many            N files on one core and on two, in turns: the ratio, and the most memory that a process took
cold ask        a fresh process that answers one question, against a fresh `python -c "import typer, rich, pyoxigraph"`
build           the corpus into a new library, per document; again with nothing new
size            triples per fact, and bytes on disk per document, in all and without what is there once (the ontology)
warm            questions and look-ups in a process that is already running
paraphrases     one question asked ten ways (paraphrases.py); hostile    what is no question (hostile.py)

PDF             each against the time pdfplumber alone needs for its tables

run.py --questions FILE.jsonl    also ask questions with known answers and say how many first figures are right
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from environment import ENVIRONMENT  # noqa: E402

import hostile  # noqa: E402
import paraphrases  # noqa: E402

QUESTION = "天元区数据局2024年三公经费"
WARM = ["天元区数据局2024年公务接待费", "岳阳智慧城管2024年人员经费", "数据局2024年支出决算总计", "数据局一般行政管理事务为什么比预算少"]
BASE = [sys.executable, "-c", "import typer, rich, pyoxigraph"]
RUNS = 9


def interleaved(commands: dict[str, list[str]], runs: int = RUNS) -> dict[str, tuple[float, float]]:
    """Median wall and processor seconds of each command; the runs take turns, after one that warms the disk cache."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for run in range(runs + 1):
        for name, command in commands.items():
            before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            subprocess.run(command, check=True, capture_output=True, env=ENVIRONMENT)
            wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
            if run:
                found[name].append((wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime))
    return {name: (statistics.median(w for w, _ in times), statistics.median(c for _, c in times)) for name, times in found.items()}


def cold(library: Path) -> Iterator[tuple[str, str]]:
    """Fresh processes: a question and its door, against the bare imports."""
    chazhang = [sys.executable, "-m", "qa.cli"]
    commands = {
        "base": BASE,
        "chazhang ask": [*chazhang, "ask", QUESTION, "--library", str(library)],
        "chazhang ask --json": [*chazhang, "ask", "--json", QUESTION, "--library", str(library)],
        "chazhang documents": [*chazhang, "documents", "--library", str(library)],
        "chazhang show": [*chazhang, "show", "株洲市天元区数据局-2024年度部门决算-L286c7", "--library", str(library)],
    }
    found = interleaved(commands)
    wall, processor = found.pop("base")
    yield "import typer, rich, pyoxigraph", f"{wall:.2f} s"
    for name, (w, c) in found.items():
        yield f"cold {name}", f"{w:.2f} s   ×{w / wall:.1f} wall, ×{c / processor:.1f} processor"


def size(folder: Path) -> int:
    """Bytes of a folder, hard links once."""
    return sum({(s.st_dev, s.st_ino): s.st_size for s in (path.stat() for path in folder.rglob("*") if path.is_file())}.values())


def building(sources: Path, folder: Path) -> Iterator[tuple[str, str]]:
    """Build twice; what came of it, and what it weighs."""
    from kg import build
    from kg.library import store

    def timed(work: Callable[[], object]) -> float:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    first = timed(lambda: build.build([sources], folder / "library"))
    again = timed(lambda: build.build([sources], folder / "library"))
    reader = store.open_library(folder / "library")
    count = len(reader.manifest["documents"])
    facts = int(str(reader.query("SELECT (COUNT(*) AS ?n) { ?x a f:Fact }")[0]["n"]))
    triples = {
        str(row["g"]): int(str(row["n"])) for row in reader.query("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    }
    own = sum(n for graph, n in triples.items() if graph.startswith("doc:"))
    yield "build", f"{first:.1f} s   {first / count:.2f} s per document ({count} documents, loading included)"
    yield "build again, nothing new", f"{again:.2f} s"
    yield "triples per fact", f"{own / facts:.1f}   ({own:,} triples of documents, {facts:,} facts, {sum(triples.values()):,} in all)"
    whole, empty = size(folder / "library"), size(_empty(folder))
    yield "bytes per document", f"{whole / count / 1e6:.2f} MB   without the ontology {(whole - empty) / count / 1e6:.2f} MB"


#: Files of the parallel build, how often it is timed, and what a process says of itself when it is done.
MANY, TIMES = 40, 3
_BUILD = "import sys; from pathlib import Path; from kg.build import build; print(build([Path(sys.argv[1])], Path(sys.argv[2])).peak)"
REST = "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)"


def many(sources: Path, folder: Path) -> Iterator[tuple[str, str]]:
    """The same files built on one processor and on two, in turns; the median of the ratios."""
    if not hasattr(os, "sched_setaffinity") or len(os.sched_getaffinity(0)) < 2:
        return
    _copies(sources, folder / "many")
    both = sorted(os.sched_getaffinity(0))[:2]
    times: dict[int, list[float]] = {1: [], 2: []}
    peaks: list[tuple[float, float]] = []
    for _ in range(TIMES):
        for cores in (1, 2):
            shutil.rmtree(folder / "parallel", ignore_errors=True)
            command = [sys.executable, "-c", f"{_BUILD}; {REST}", str(folder / "many"), str(folder / "parallel")]
            os.sched_setaffinity(0, both[:cores])
            start = time.perf_counter()
            done = subprocess.run(command, check=True, capture_output=True, text=True, env=ENVIRONMENT)
            times[cores].append(time.perf_counter() - start)
            worker, parent = map(float, done.stdout.split())
            peaks.append((worker, parent))
    os.sched_setaffinity(0, both)
    one, two = statistics.median(times[1]), statistics.median(times[2])
    ratio = statistics.median(a / b for a, b in zip(times[1], times[2], strict=True))
    yield f"{MANY} files on one core, on two", f"{one:.1f} s, {two:.1f} s   ×{ratio:.2f}"
    yield "peak memory", f"{max(w for w, _ in peaks):.0f} MB in a reading process, {max(p for _, p in peaks):.0f} MB in the parent"


def _copies(sources: Path, folder: Path) -> None:
    """Copies of the documents for other towns: other names, other content, the same amount of work."""
    folder.mkdir()
    papers = sorted(sources.glob("*.txt"))
    for n in range(MANY):
        town = "甲乙丙丁戊己庚辛壬癸"[n // len(papers) % 10]
        paper = papers[n % len(papers)]
        (folder / f"{n:02}{town}{paper.name}").write_text(re.sub("(株洲|岳阳)市", rf"\1{town}市", paper.read_text("utf-8")), "utf-8")


def _empty(folder: Path) -> Path:
    """A library with the ontology and one document of no facts: what is there once, however many documents follow."""
    from kg import knowledge
    from kg.library.writer import Writer
    from kg.model import Document, Identity, Reading

    with Writer(folder / "empty", version="bench", vocabulary=knowledge.load()) as writer:
        writer.replace(Reading(Document("空", "空.txt", "0", ()), Identity("空", 2024, "部门决算", "空"), ()), Path("空.txt"))
        writer.publish()
    return folder / "empty"


def warm(library: Path) -> Iterator[tuple[str, str]]:
    """The second and later times in one process."""
    from qa.library import Library

    opened = Library(library)
    index = opened.reader.index
    works: dict[str, Callable[[], object]] = {
        **{f"ask {question}": (lambda question=question: opened.ask(question)) for question in WARM},
        "exact look-up of all parts of a question": lambda: index.lookup([QUESTION[i:j] for i in range(13) for j in range(i + 1, 13)]),
        "look-up with a wrong character": lambda: index.similar("株洲市天元区数剧局", "unit"),
        "search in passages": lambda: index.search("公务接待费 主要用于"),
        "SPARQL: every fact of a document": lambda: opened.reader.query("SELECT ?x ?v { GRAPH ?d { ?x f:value ?v } }"),
    }
    for name, work in works.items():
        work()
        times = []
        for _ in range(RUNS):
            start = time.perf_counter()
            work()
            times.append(time.perf_counter() - start)
        yield f"warm {name}", f"{statistics.median(times) * 1000:.1f} ms"


def scored(library: Path, questions: Path) -> Iterator[tuple[str, str]]:
    """Ask a file of questions with known answers; the first value must be the first known one, or status no_data both times."""
    from decimal import Decimal

    from qa.library import Library

    opened, gold = Library(library), [json.loads(line) for line in questions.read_text("utf-8").splitlines() if line.strip()]
    start, right = time.perf_counter(), 0
    for case in gold:
        answer = opened.ask(case["question"])
        first = answer.results[0].value if answer.results else None
        wanted = [a["value"] for a in case.get("answers") or []]
        if case["status"] == "no_data":
            right += answer.status != "answered"
        else:
            right += bool(first) and any(_same(first, value, Decimal) for value in wanted)
    yield "questions", f"{right}/{len(gold)} with the right first figure   {(time.perf_counter() - start) / len(gold) * 1000:.0f} ms each"


def _same(first: str | None, value: str, number: Callable[[str], object]) -> bool:
    try:
        return number(str(first)) == number(value)
    except ArithmeticError:
        return False


def pdfs(sources: Path, folder: Path) -> Iterator[tuple[str, str]]:
    """PDFs against the time pdfplumber alone needs to extract their tables: processor seconds, best of three, taking turns; then
    the whole build of all of them into a new library, once: starting, reading, checks, index and publishing."""
    import logging

    import pdfplumber

    from kg import limits, reading

    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    paths = sorted(sources.glob("*.pdf"))
    if not paths:
        yield "PDF", f"no PDF in {sources}; name a folder with --pdf"
        return

    def alone(path: Path) -> None:
        with pdfplumber.open(path) as file:
            for page in file.pages:
                page.extract_tables()

    def processor(work: Callable[[], object]) -> float:
        def now() -> float:
            spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
            return sum(s.ru_utime + s.ru_stime for s in spent)

        start = now()
        work()
        return now() - start

    stored = folder / "pdf-documents"
    stored.mkdir()
    for path in paths:
        task = reading.Task(path, path.stem, stored, "bench", limits.Limits())
        times = [(processor(partial(alone, path)), processor(partial(reading.extract, task))) for _ in range(3)]
        plumber, ours = min(t[0] for t in times), min(t[1] for t in times)
        yield f"PDF {path.stem[:24]}", f"pdfplumber {plumber:.2f} s, read and extracted {ours:.2f} s   ×{ours / plumber:.2f}"

    total = min(processor(lambda: [alone(path) for path in paths]) for _ in range(2))
    command = [sys.executable, "-c", f"{_PDFS}; {_SPENT}", str(folder / "pdf-library"), *map(str, paths)]
    wall, whole = map(float, subprocess.run(command, check=True, capture_output=True, text=True, env=ENVIRONMENT).stdout.split())
    told = f"pdfplumber {total:.2f} s, the whole build {whole:.2f} s   ×{whole / total:.2f} processor, {wall:.1f} s by the wall"
    yield f"PDF, {len(paths)} into a new library", told


_PDFS = (
    "import sys, time; from pathlib import Path; from kg.build import build; start = time.perf_counter(); "
    "build([Path(p) for p in sys.argv[2:]], Path(sys.argv[1])); print(time.perf_counter() - start)"
)
#: Processor seconds of a process and of all that it started: those of a build count when the server that forked them has ended.
_SPENT = (
    "import resource; from multiprocessing import forkserver; forkserver._forkserver._stop(); "
    "print(sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))))"
)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=Path, help="a .jsonl file with question, status and answers")
    parser.add_argument("--pdf", type=Path, default=ROOT.parent / "shared" / "documents", help="a folder with PDFs to time")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="chazhang-bench-"))
    os.environ["XDG_STATE_HOME"] = ENVIRONMENT["XDG_STATE_HOME"] = str(folder)
    try:
        rows = [*building(ROOT / "corpus", folder), *many(ROOT / "corpus", folder), *cold(folder / "library"), *warm(folder / "library")]
        rows += [*paraphrases.rows(paraphrases.Library(folder / "library"))[0], *hostile.rows(folder / "library")[0]]
        rows += pdfs(arguments.pdf, folder)
        if arguments.questions:
            rows += scored(folder / "library", arguments.questions)
    finally:
        shutil.rmtree(folder)
    for name, value in rows:
        print(f"{name:46} {value}")


if __name__ == "__main__":
    main()
