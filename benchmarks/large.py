#!/usr/bin/env python3
"""make bench-large: does it stay fast? The same kinds of questions to a library of five documents and to one of a thousand, in one run.

The thousand are made up (synthetic.py) and go through the real build, together with corpus/. Figures (graph) and passages (text) are
asked of units of both libraries, and questions that name no unit (open). The libraries take turns, question by question, in one process,
and after each batch forget what they learned from questions, so that neither a busy machine nor what an earlier question left behind
decides. Processor time stands beside the wall; growth is that of processor time.

warm        p50 and p95 of the three kinds, 5 and 1,000 documents; goal: p95 grows no more than twice
cold        a fresh process with one graph question (goal: 6 times the bare imports) and one text question (goal: 12 times)
build       time, size, and the peak memory of the process that writes and of those that read
labels      look-ups of words in an index of so many labels (--labels 1000000)

large.py [--count 1000] [--keep DIR] [--asked 120] [--labels N]     --keep: libraries stay in DIR, and are not built again
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

import run  # noqa: E402
import synthetic  # noqa: E402
from environment import ENVIRONMENT  # noqa: E402

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


#: questions that name no unit
OPEN = (
    "{year}年{item}最多的单位是哪个", "{year}年各单位{item}", "哪些单位{year}年{item}超过50万元", "{year}年{item}最少的三个单位",
    "{year}年{item}是多少", "{year}年支出变动的主要原因", "哪些项目{year}年执行率低于60%", "{year}年各单位支出决算从高到低",
    "各单位{year}年三公经费之和", "各单位的主要职责", "{year}年得分最低的项目是哪个", "什么是机关运行经费",
)  # fmt: skip
ITEMS = ("行政运行", "住房公积金", "行政单位医疗", "公务员医疗补助", "办公费", "工会经费", "差旅费", "基本工资", "公务接待费")
#: Questions to one opening of a library.
BATCH = 10


def questions(papers: Sequence[tuple[str, int]], shapes: Sequence[str], count: int) -> list[str]:
    """So many different questions about units and years of documents, drawn at random but always the same."""
    rng, found = random.Random(SEED), dict[str, None]()
    for _ in range(20 * count):
        unit, year = rng.choice(papers)
        found[rng.choice(shapes).format(unit=unit, year=year, item=rng.choice(ITEMS))] = None
        if len(found) == count:
            break
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


def cards(folder: Path) -> list[tuple[str, int]]:
    """Unit and year of every document of a library."""
    from qa.library import Library

    with Library(folder) as library:
        return sorted((card.unit, card.year) for card in library.reader.index.cards())


def warm(small: Path, large: Path, count: int) -> Iterator[tuple[str, str]]:
    """p50 and p95 of each kind of question in both libraries. The large one is asked about units of both, by turns."""
    few, many = cards(small), cards(large)
    added = [paper for paper in many if paper not in set(few)] or many
    for kind, shapes in (("graph", GRAPH), ("text", TEXT), ("open", OPEN)):
        known, others = questions(few, shapes, count), questions(added, shapes, count)
        mixed = [question for pair in zip(known, others, strict=False) for question in pair][:count]
        found = taking_turns({len(few): (small, known), len(many): (large, mixed)})
        shares = {
            n: {what: percentiles([t[i] for t in taken]) for i, what in enumerate(("wall", "processor"))} for n, taken in found.items()
        }
        for n, share in shares.items():
            told = "   ".join(
                f"{what} p50 {p50 * 1e3:.1f} p95 {p95 * 1e3:.1f} max {most * 1e3:.0f} ms" for what, (p50, p95, most) in share.items()
            )
            yield f"warm {kind}, {n} documents, {len(found[n])} questions", told
        (a, b), (c, d) = ((share["processor"][0], share["processor"][1]) for share in shares.values())
        yield f"warm {kind}, growth (processor)", f"p50 ×{c / a:.2f}   p95 ×{d / b:.2f}   (goal: p95 ×2)"


def percentiles(values: Sequence[float]) -> tuple[float, float, float]:
    """p50, p95 and the largest."""
    ordered = sorted(values)
    return ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)], ordered[-1]


def taking_turns(asked: dict[int, tuple[Path, list[str]]]) -> dict[int, list[tuple[float, float]]]:
    """Wall and processor seconds of each question. After each batch what was learned from questions is forgotten, while graph and vectors
    stay open, as in a process that runs; the first question of a batch, which is no other's, only opens what is opened once."""
    from qa.library import Library

    found: dict[int, list[tuple[float, float]]] = defaultdict(list)
    kept = {n: Library(folder).reader for n, (folder, _) in asked.items()}
    for start in range(0, max(len(questions) for _, questions in asked.values()), BATCH):
        opened = {n: Library(folder) for n, (folder, _) in asked.items()}
        for n, library in opened.items():
            library.reader.store, library.reader.finder = kept[n].store, kept[n].finder
            library.ask("有哪些单位")
        for i in range(start, start + BATCH):
            for n, (_, questions) in asked.items():
                if i < len(questions):
                    wall, processor = time.perf_counter(), time.process_time()
                    opened[n].ask(questions[i])
                    found[n].append((time.perf_counter() - wall, time.process_time() - processor))
        for library in opened.values():
            library.close()
    return found


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
    """Write the documents and build both libraries, each in a process of its own that says what it took; those that are there stay."""
    synthetic.write(folder / "papers", count)
    for name, sources in (("small", [ROOT / "corpus"]), ("large", [folder / "papers", ROOT / "corpus"])):
        if (folder / name / "current").exists():
            continue
        command = [sys.executable, "-c", f"{_BUILD}\n{run.REST}", str(folder / name), *map(str, sources)]
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=ENVIRONMENT)
        told, parent = done.stdout.splitlines()
        report = json.loads(told)
        if name == "large":
            yield (
                "build",
                f"{report['read']} documents, {report['facts']:,} facts in {report['seconds']:.0f} s; {report['failed']} not read",
            )
            yield "peak memory of the build", f"{report['peak']:.0f} MB in a reading process, {float(parent):.0f} MB in the parent"
    sizes = {name: (len(cards(folder / name)), run.size(folder / name)) for name in ("small", "large")}
    (few, little), (many, much) = sizes["small"], sizes["large"]
    yield "size", f"{much / 1e6:.0f} MB, {many} documents: {(much - little) / (many - few) / 1e6:.2f} MB for each more"


_BUILD = """
import json, sys, time
from pathlib import Path
from kg.build import build
start = time.perf_counter()
report = build([Path(p) for p in sys.argv[2:]], Path(sys.argv[1]))
new = [file for file in report.files if file.facts]
told = {"read": len(new), "facts": sum(file.facts for file in new), "failed": len(report.failed), "peak": report.peak}
print(json.dumps(told | {"seconds": time.perf_counter() - start}))
"""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--asked", type=int, default=120)
    parser.add_argument("--labels", type=int, default=0)
    arguments = parser.parse_args()
    folder = arguments.keep or Path(tempfile.mkdtemp(prefix="chazhang-bench-"))
    os.environ["XDG_STATE_HOME"] = ENVIRONMENT["XDG_STATE_HOME"] = str(folder)
    try:
        for name, value in (*built(folder, arguments.count), *warm(folder / "small", folder / "large", arguments.asked)):
            print(f"{name:50} {value}")
        for name, value in cold(folder / "small", folder / "large"):
            print(f"{name:50} {value}")
        for name, value in labels(folder, arguments.labels) if arguments.labels else ():
            print(f"{name:50} {value}")
    finally:
        if not arguments.keep:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
