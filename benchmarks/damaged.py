#!/usr/bin/env python3
"""200 damaged files: none may raise, hang, or touch what else the library holds.

Seeded damage to documents in every format (text, Markdown, HTML, PDF, Word, Excel new and old): cut short, bytes flipped, parts zeroed,
parts repeated, given another suffix. They are built, a few at a time, into a library that holds the corpus; after each build the graphs of
the corpus must be what they were. Usage: python benchmarks/damaged.py [--count 200] [--seed 7] [--seconds 20] [--jobs 0]
"""

from __future__ import annotations

import argparse
import hashlib
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src"), str(ROOT / "tests")]

import papers  # noqa: E402

from kg import graph  # noqa: E402
from kg.build import BuildReport, build  # noqa: E402
from kg.library.store import open_library  # noqa: E402
from kg.limits import Limits  # noqa: E402

Damage = Callable[[random.Random, bytes], bytes]
#: Files that go into one build.
BATCH = 25


def cut(dice: random.Random, data: bytes) -> bytes:
    """Only the beginning."""
    return data[: dice.randrange(len(data))]


def flipped(dice: random.Random, data: bytes) -> bytes:
    """Some bits the other way round."""
    found = bytearray(data)
    for _ in range(dice.choice((1, 5, 50, 500))):
        found[dice.randrange(len(found))] ^= 1 << dice.randrange(8)
    return bytes(found)


def zeroed(dice: random.Random, data: bytes) -> bytes:
    """A stretch of nothing, as after a broken download."""
    start = dice.randrange(len(data))
    end = min(len(data), start + dice.choice((10, 500, 5000)))
    return data[:start] + bytes(end - start) + data[end:]


def repeated(dice: random.Random, data: bytes) -> bytes:
    """A stretch that comes many times."""
    start = dice.randrange(len(data))
    part = data[start : start + dice.choice((3, 80, 4000))]
    return data[:start] + part * dice.choice((2, 30, 300)) + data[start:]


DAMAGES: tuple[Damage, ...] = (cut, flipped, flipped, zeroed, repeated)
SUFFIXES = (".txt", ".md", ".html", ".pdf", ".docx", ".xlsx", ".xls")


def sources() -> dict[str, bytes]:
    """A sound document in every format, by suffix."""
    text = (ROOT / "corpus" / "株洲市天元区数据局-2024年度部门决算.txt").read_bytes()
    return {
        ".txt": text, ".md": text[:20_000], ".html": papers.html(), ".pdf": papers.pdf(), ".docx": papers.docx(), ".xlsx": papers.xlsx(),
        ".xls": papers.xls(),
    }  # fmt: skip


def damaged(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Names and contents of damaged files; every sixth has only the wrong suffix."""
    dice, sound = random.Random(seed), sources()
    for n in range(count):
        suffix = SUFFIXES[n % len(SUFFIXES)]
        if n % 6 == 5:
            other = dice.choice([s for s in SUFFIXES if s != suffix])
            yield f"损坏{n:03}{other}", sound[suffix]
        else:
            yield f"损坏{n:03}{suffix}", dice.choice(DAMAGES)(dice, sound[suffix])


def digest(library: Path, documents: list[str]) -> str:
    """A hash over all that a library says of these documents."""
    reader = open_library(library)
    quads = sorted(str(quad) for name in documents for quad in reader.store.quads_for_pattern(None, None, None, graph.document_iri(name)))
    return hashlib.sha256("\n".join(quads).encode()).hexdigest()


def damage(folder: Path, keep: Path, count: int, seed: int, allowed: Limits, jobs: int = 0) -> tuple[list[BuildReport], float, bool]:
    """Build the damaged files beside those of `keep`: the reports, the longest build per file in seconds, and whether all else stayed."""
    library = folder / "library"
    build([keep], library)
    documents = list(open_library(library).manifest["documents"])
    before, reports, longest, untouched = digest(library, documents), [], 0.0, True
    files = list(damaged(count, seed))
    for start in range(0, count, BATCH):
        batch = folder / f"batch-{start:03}"
        batch.mkdir()
        for name, data in files[start : start + BATCH]:
            (batch / name).write_bytes(data)
        begin = time.perf_counter()
        reports.append(build([batch], library, allowed=allowed, jobs=jobs or None))
        longest = max(longest, (time.perf_counter() - begin) / len(files[start : start + BATCH]))
        untouched = untouched and digest(library, documents) == before
    return reports, longest, untouched


def main() -> int:
    """Print what became of the files; 1 where one raised, hung or touched the rest."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--jobs", type=int, default=0)
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="chazhang-damaged-"))
    try:
        allowed = Limits(seconds=arguments.seconds)
        reports, longest, untouched = damage(folder, ROOT / "corpus", arguments.count, arguments.seed, allowed, arguments.jobs)
    finally:
        shutil.rmtree(folder)
    files = [*{file.path: file for report in reports for file in report.files if file.path.name.startswith("损坏")}.values()]
    broken = [file for file in files if "程序出错" in file.why or "被系统终止" in file.why]
    hung = [file for file in files if "已停止" in file.why]
    print(f"{len(files)} files: {dict(Counter(file.state for file in files))}")
    print(f"raised or died {len(broken)}, over {arguments.seconds:g} s {len(hung)}, slowest build {longest:.1f} s per file")
    print(f"other documents {'untouched' if untouched else 'CHANGED'}")
    for file in broken + hung:
        print(f"  {file.path.name}: {file.why}")
    return int(bool(broken) or bool(hung) or not untouched or len(files) != arguments.count)


if __name__ == "__main__":
    sys.exit(main())
