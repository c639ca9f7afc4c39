#!/usr/bin/env python3
"""300 inputs that are no questions: is there ever a traceback, a figure, or a wait?

Drawn (seeded) from families: nothing at all, SPARQL, shell, paths and markup, 100 kB of text, pictures, control characters and escapes,
other languages, digits, quotes, rich markup, splices of all of these, and real questions wrapped in them. Each is asked in one process; a
sample goes through the commands of a fresh `chazhang` that take a text. What is asked of each: no exception, under a second (of processor
time: the machine may be busy), no control character in what is printed, and no figure; a wrapped question may have its own figure, and no
other.

hostile.py [--library DIR] [--seed 11] [--count 300] [--failures FILE.md]     without a library, one is built from corpus/
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from environment import ENVIRONMENT  # noqa: E402

from qa import Library  # noqa: E402
from qa.model import Answer  # noqa: E402
from qa.screen import render  # noqa: E402

BIG = 100_000
QUESTION = "天元区数据局2024年公务接待费"

#: family to texts, and the words of the field that are spliced in between
FIXED: dict[str, list[str]] = json.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))
WORDS = FIXED.pop("words")
#: what 100 kB are made of
_ATOMS = (
    "a", "三公经费", "2024年", "9", "(", "“", " ", "\u0301", "😀", "，", "[red]", "天元区数据局", "是多少", "的", "\x00", "\n", "决算预算",
    "%", "其中：", "管理", "{ ?s ?p ?o }", "一般公共服务支出",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Input:
    """A text, the family it comes from, and whether it holds a real question."""

    family: str
    text: str

    @property
    def shown(self) -> str:
        """As it can be printed."""
        return repr(self.text if len(self.text) <= 120 else f"{self.text[:60]}…{len(self.text)}…{self.text[-20:]}")


def _big(rng: random.Random) -> str:
    """100 kB of one thing."""
    if rng.random() < 0.3:
        return "".join(chr(rng.randrange(0x4E00, 0x9FA5)) for _ in range(BIG // 3))
    atom = rng.choice(_ATOMS)
    return atom * (BIG // len(atom.encode()))


def _splice(rng: random.Random) -> str:
    atoms = [atom for family in FIXED.values() for atom in family] + [*WORDS] * 4
    return rng.choice(["", " ", "，", "\n"]).join(rng.choice(atoms) for _ in range(rng.randrange(2, 7)))


def _gibberish(rng: random.Random) -> str:
    return "".join(chr(rng.randrange(0x4E00, 0x9FA5)) for _ in range(rng.randrange(1, 40)))


def _wrapped(rng: random.Random) -> str:
    wrap = [atom for name in ("control", "pictures", "quotes", "rich", "shell", "sparql") for atom in FIXED[name]]
    return rng.choice(wrap) + QUESTION + rng.choice(wrap)


_MADE: dict[str, Callable[[random.Random], str]] = {"big": _big, "splice": _splice, "gibberish": _gibberish, "wrapped": _wrapped}


def inputs(count: int = 300, seed: int = 11) -> list[Input]:
    """The texts: each family in turn, no text twice."""
    rng, found, seen = random.Random(seed), [], set()
    fixed = {name: rng.sample(texts, len(texts)) for name, texts in FIXED.items()}
    while len(found) < count:
        for name in (*fixed, *_MADE):
            text = fixed[name].pop() if fixed.get(name) else _MADE.get(name, _splice)(rng)
            if text not in seen and len(found) < count:
                seen.add(text)
                found.append(Input(name if name in _MADE or text in FIXED[name] else "splice", text))
    return found


def unprintable(text: str) -> set[str]:
    """The characters in a text that a terminal would obey or that cannot be written."""
    return {c for c in text if unicodedata.category(c) in ("Cc", "Cs") and c != "\n"}


def wrong(given: Input, answer: Answer, right: frozenset[Decimal]) -> str:
    """What is wrong with an answer; '' where nothing is. `right`: the figures of the wrapped question."""
    figures = {r.value for r in answer.results if r.value is not None}
    if given.family != "wrapped" and figures:
        return f"a figure: {answer.results[0].indicator} {answer.results[0].value}"
    if given.family == "wrapped" and figures - right:
        return f"another figure: {sorted(figures - right)}"
    shown = "\n".join(render.text(answer, explain=True))
    json.dumps(answer.to_dict(), ensure_ascii=False).encode("utf-8")
    if unprintable(shown):
        return f"prints {sorted(map(hex, map(ord, unprintable(shown))))}"
    if len(shown) > 20_000:
        return f"prints {len(shown)} characters"
    return ""


def asked(library: Library, given: Sequence[Input]) -> Iterator[tuple[Input, float, str]]:
    """Ask each in this process: seconds, and what is wrong."""
    right = frozenset(r.value for r in library.ask(QUESTION).results if r.value is not None)
    for one in given:
        start = time.process_time()
        try:
            answer = library.ask(one.text)
            seconds = time.process_time() - start
            said = wrong(one, answer, right)
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not happen
            seconds, said = time.process_time() - start, f"{type(error).__name__}: {error}"
        yield one, seconds, said


COMMANDS = (
    ["ask"], ["ask", "--explain"], [], ["ask", "--json"], ["terms"], ["facts", "--unit"], ["facts", "--indicator"], ["documents"], ["show"],
    ["checks", "--document"], ["sparql"],
)  # fmt: skip


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def commanded(library: Path, given: Sequence[Input], seed: int) -> Iterator[tuple[Input, float, str]]:
    """Give a sample to fresh processes, as an argument of each command in turn, or as a line of a batch where it cannot be an argument."""
    environment = ENVIRONMENT | {"CHAZHANG_LIBRARY": str(library)}
    subprocess.run([sys.executable, "-m", "qa.cli", "documents"], capture_output=True, env=environment, check=True)  # bytecode is there
    rng = random.Random(seed)
    for n, one in enumerate(rng.sample(given, min(len(given), 6 * len(COMMANDS)))):
        words, data = [*COMMANDS[n % len(COMMANDS)], one.text], ""
        if "\x00" in one.text or len(os.fsencode(one.text.encode("utf-8", "replace"))) > 120_000:
            words, data = ["ask", "--batch", "-"], one.text
        start = _children()
        done = subprocess.run(
            [sys.executable, "-m", "qa.cli", *(word.encode("utf-8", "surrogatepass") for word in words)],
            input=data.encode("utf-8", "surrogatepass"), capture_output=True, env=environment,
        )  # fmt: skip
        seconds = _children() - start
        out, err = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
        said = ""
        if "Traceback" in err or done.returncode not in (0, 1, 2):
            said = f"exit {done.returncode}: {err.strip().splitlines()[-1:]}"
        elif unprintable(out + err):
            said = f"prints {sorted(map(hex, map(ord, unprintable(out + err))))}"
        elif done.returncode == 2 and len(err.strip().splitlines()) != 1:
            said = f"usage error in {len(err.splitlines())} lines"
        yield Input(f"{one.family} → {' '.join(words[:-1]) or '(question)'}", one.text), seconds, said


def rows(library: Path, count: int = 300, seed: int = 11) -> tuple[list[tuple[str, str]], list[str]]:
    """What to print, and the failures in Markdown."""
    given = inputs(count, seed)
    lines, failures = [], []
    opened = Library(library)
    for name, found in (("one process", [*asked(opened, given)]), ("command line", [*commanded(library, given, seed)])):
        bad = [(one, said or f"{seconds:.2f} s") for one, seconds, said in found if said or seconds >= 1]
        slowest = max(found, key=lambda f: f[1])
        lines.append(
            (
                f"hostile, {name}",
                f"{len(found) - len(bad)} of {len(found)} as they should be   slowest {slowest[1]:.2f} s ({slowest[0].family})",
            )
        )
        failures += [f"- {name}, {one.family}: {one.shown}\n  - {said}" for one, said in bad]
    return lines, failures


def main() -> None:
    """Print the table, and write the failures where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--failures", type=Path, help="write the failed inputs to this file (Markdown)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chazhang-bench-") as folder:
        os.environ["XDG_STATE_HOME"] = folder
        path = arguments.library or Path(folder) / "library"
        if not arguments.library:
            from kg import build

            build.build([ROOT / "corpus"], path)
        lines, failures = rows(path, arguments.count, arguments.seed)
    for name, value in lines:
        print(f"{name:46} {value}")
    if arguments.failures:
        arguments.failures.write_text("\n".join(failures) + "\n", "utf-8", errors="backslashreplace")


if __name__ == "__main__":
    main()
