#!/usr/bin/env python3
"""make bench-large: does it stay fast? The same questions to a library of five documents and to one of a thousand, in one run.

The thousand are made up (synthetic.py) and go through the real build, together with corpus/. Asked are figures (graph) and passages (text)
of units drawn, seeded, from each library, each question once, in a process that is already running.

warm        p50 and p95 of graph and text questions, 5 and 1,000 documents; goal: p95 grows no more than twice
cold        a fresh process with one graph question (goal: 6 times the bare imports) and one text question (goal: 12 times)
labels      look-ups of words in an index of so many labels (--labels 1000000)

large.py [--count 1000] [--library DIR] [--small DIR] [--labels N]     with --library, nothing is built
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

import run  # noqa: E402
import synthetic  # noqa: E402

SEED = 7
#: what is asked of a unit and a year; {item} is an item of that unit
GRAPH = (
    "{unit}{year}年{item}决算是多少", "{unit}{year}年三公经费花了多少", "{unit}{year}年基本支出和项目支出各多少",
    "{unit}{year}年支出比上年增减多少", "{unit}{year}年{item}完成年初预算的百分之多少", "{unit}{year}年人员经费占基本支出的比例",
    "{unit}{year}年哪个功能科目支出最多",
    "{unit}{year}年政府采购支出总额", "{unit}{year}年公务接待费预算和决算差多少", "{unit}{year}年有几辆公务用车",
)  # fmt: skip
TEXT = (
    "{unit}的主要职责是什么", "{unit}有哪些内设机构", "{unit}{year}年预算绩效管理存在什么问题", "{unit}下一步有什么改进措施",
    "{unit}{year}年{item}为什么和年初预算不一样", "{unit}{year}年支出变动的主要原因", "什么是机关运行经费", "三公经费是什么意思",
)  # fmt: skip


def questions(library: object, shapes: Sequence[str], count: int) -> list[str]:
    """So many different questions about units of a library; about each unit one, as long as there are enough."""
    from qa.library import Library

    assert isinstance(library, Library)
    rng, found = random.Random(SEED), dict[str, None]()
    cards = sorted((card.unit, card.year) for card in library.reader.index.cards())
    items = ("行政运行", "住房公积金", "行政单位医疗", "公务员医疗补助", "办公费", "工会经费", "差旅费", "基本工资")
    while len(found) < count:
        unit, year = rng.choice(cards)
        found[rng.choice(shapes).format(unit=unit, year=year, item=rng.choice(items))] = None
    return list(found)


def times(ask: Callable[[str], object], asked: Sequence[str]) -> list[float]:
    """Seconds of each question, in order of size; the first ten only warm up."""
    found = []
    for n, question in enumerate(asked):
        start = time.perf_counter()
        ask(question)
        if n >= 10:
            found.append(time.perf_counter() - start)
    return sorted(found)


def warm(small: Path, large: Path, count: int) -> Iterator[tuple[str, str]]:
    """p50 and p95 of both kinds of question in both libraries; the libraries take turns, three times."""
    from qa.library import Library

    opened = {"5": Library(small), "1000": Library(large)}
    for kind, shapes in (("graph", GRAPH), ("text", TEXT)):
        found: dict[str, list[float]] = {}
        for name, library in opened.items():
            found[name] = times(library.ask, questions(library, shapes, min(count, len(shapes) * 5 if name == "5" else count)))
        p50, p95 = ({name: seconds[int(len(seconds) * share)] for name, seconds in found.items()} for share in (0.5, 0.95))
        for name in opened:
            n = len(opened[name].reader.manifest["documents"])
            yield (
                f"warm {kind}, {n} documents",
                f"p50 {p50[name] * 1e3:.1f} ms   p95 {p95[name] * 1e3:.1f} ms   max {found[name][-1] * 1e3:.1f} ms",
            )
        yield f"warm {kind}, growth", f"p50 ×{p50['1000'] / p50['5']:.2f}   p95 ×{p95['1000'] / p95['5']:.2f}   (goal: p95 ×2)"


def cold(small: Path, large: Path) -> Iterator[tuple[str, str]]:
    """Fresh processes against the bare imports."""
    from qa.library import Library

    asking = [sys.executable, "-m", "qa.cli", "ask"]
    commands = {"base": run.BASE}
    for library in (small, large):
        opened = Library(library)
        n = len(opened.reader.manifest["documents"])
        unit = next(c.unit for c in opened.reader.index.cards() if c.kind == "部门决算")
        commands[f"graph question, {n} documents (goal ×6)"] = [*asking, f"{unit}2024年三公经费", "--library", str(library)]
        commands[f"text question, {n} documents (goal ×12)"] = [*asking, f"{unit}的主要职责是什么", "--library", str(library)]
        opened.close()
    found = run.interleaved(commands)
    wall, processor = found.pop("base")
    yield "import typer, rich, pyoxigraph", f"{wall:.2f} s"
    for name, (w, c) in found.items():
        yield f"cold {name}", f"{w:.2f} s   ×{w / wall:.1f} wall, ×{c / processor:.1f} processor"


def labels(folder: Path, count: int) -> Iterator[tuple[str, str]]:
    """Look-ups in an index with so many labels more than the ontology has."""
    from kg import knowledge
    from kg.library import contents
    from kg.library.index import Index, Term
    from kg.library.indexer import Indexer
    from kg.terms import key

    rng = random.Random(SEED)
    path = folder / "index.sqlite"
    writing = Indexer(path)
    writing.set_vocabulary(contents.vocabulary(knowledge.load()))
    syllables = "城市管理数据政务服务教育卫生交通水利农业科技文化旅游民政社保就业环境信息系统平台网络设备维护建设改造运行专项经费资金"
    names = {"".join(rng.choice(syllables) for _ in range(rng.randint(4, 14))) for _ in range(count)}
    start = time.perf_counter()
    writing.set_vocabulary([*contents.vocabulary(knowledge.load()), *(Term(key(n), f"item:{n}", "item", n, 1.0) for n in names)])
    writing.close()
    yield f"index of {len(names):,} labels", f"{path.stat().st_size / 1e6:.0f} MB, written in {time.perf_counter() - start:.0f} s"
    index = Index(path)
    some = rng.sample(sorted(names), 50)
    works: dict[str, Callable[[str], object]] = {
        "exact look-up of all parts of a question": lambda n: index.lookup(
            [n[i:j] for i in range(len(n)) for j in range(i + 1, len(n) + 1)]
        ),
        "look-up with a wrong character": lambda n: index.similar(n[:2] + "错" + n[3:], ["item"]),
        "names that contain a word": lambda n: index.containing(n[1:4], ["item"]),
    }
    for name, work in works.items():
        seconds = times(work, some)
        yield f"labels: {name}", f"p50 {statistics.median(seconds) * 1e3:.1f} ms   p95 {seconds[int(len(seconds) * 0.95)] * 1e3:.1f} ms"


def built(folder: Path, count: int) -> Iterator[tuple[str, str]]:
    """Write the documents and build both libraries."""
    from kg import build

    synthetic.write(folder / "papers", count)
    build.build([ROOT / "corpus"], folder / "small")
    start = time.perf_counter()
    report = build.build([folder / "papers", ROOT / "corpus"], folder / "large")
    seconds = time.perf_counter() - start
    facts = sum(file.facts for file in report.files)
    yield "build", f"{len(report.files)} documents, {facts:,} facts in {seconds:.0f} s; {len(report.failed)} not read"
    yield "size", f"{run.size(folder / 'large') / 1e6:.0f} MB"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--small", type=Path)
    parser.add_argument("--asked", type=int, default=210)
    parser.add_argument("--labels", type=int, default=0)
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="chazhang-bench-"))
    os.environ["XDG_STATE_HOME"] = run.ENVIRONMENT["XDG_STATE_HOME"] = str(folder)
    try:
        rows: list[tuple[str, str]] = []
        if not arguments.library:
            rows += built(folder, arguments.count)
        small, large = arguments.small or folder / "small", arguments.library or folder / "large"
        rows += [*warm(small, large, arguments.asked), *cold(small, large)]
        if arguments.labels:
            rows += labels(folder, arguments.labels)
    finally:
        shutil.rmtree(folder)
    for name, value in rows:
        print(f"{name:50} {value}")


if __name__ == "__main__":
    main()
