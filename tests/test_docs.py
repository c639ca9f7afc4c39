"""Documentation runs: every `$ chazhang …` of a ```console block is executed and its output compared with the lines below it, and
every ```pycon block is a session.

The commands of a page run one after another, in a folder that holds a copy of the corpus and a library already built from it
(as `CHAZHANG_LIBRARY` and as `.library`). A line of `...` stands for any lines, `...` within a line for any words. What goes to
stderr is chatter and not compared; a command that ends with another exit code than 0 or 1 fails, unless the page shows
its message. `$ make …` lines are not run, but the target must exist.
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from conftest import CORPUS, ROOT

PAGES = [path for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))) if path.exists()]
BLOCK = re.compile(r"^```console[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
PYTHON = re.compile(r"^```pycon\n(.*?)^```", re.MULTILINE | re.DOTALL)
#: What a page may run besides us, because it changes nothing that matters here.
NOT_RUN = {"git", "cd", "python3", "pip", "source", "export"}
SECONDS = 120


@dataclass(frozen=True)
class Example:
    """One command of a page, and what the page says it prints."""

    page: Path
    line: int
    command: str
    output: str

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line} $ {self.command}"


def examples(page: Path) -> Iterator[Example]:
    """The commands of a page in order. A line that ends with a backslash goes on in the next."""
    text = page.read_text("utf-8")
    for block in BLOCK.finditer(text):
        first = text.count("\n", 0, block.start(1)) + 1
        lines = block[1].splitlines()
        starts = [i for i, line in enumerate(lines) if line.startswith("$ ")]
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
            command, after = lines[start][2:], start + 1
            while command.endswith("\\") and after < end:
                command, after = command[:-1] + lines[after].removeprefix("> ").strip(), after + 1
            yield Example(page, first + start, command, "\n".join(lines[after:end]))


EXAMPLES = [example for page in PAGES for example in examples(page)]


def tidy(text: str) -> str:
    """Without colour, without white space at line ends, without empty lines at the ends."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    return "\n".join(line.rstrip() for line in text.splitlines()).strip("\n") + "\n"


def words(command: str) -> list[str]:
    """The words of a command, without its comment."""
    return shlex.split(command, comments=True)


@pytest.fixture(scope="module")
def workplace(library: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a reader has it after the first commands of the README: corpus and library."""
    place = tmp_path_factory.mktemp("reader")
    shutil.copytree(CORPUS, place / "corpus")
    shutil.copytree(library, place / ".library", symlinks=True)
    return place


def run(command: str, place: Path) -> subprocess.CompletedProcess[str]:
    """Run a command line of ours as a shell would; pipes and redirections included."""
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "CHAZHANG_LIBRARY": str(place / ".library"),
        "COLUMNS": "120",
        "NO_COLOR": "1",
        "PYTHONUTF8": "1",
    }
    return subprocess.run(command, shell=True, cwd=place, env=environment, capture_output=True, encoding="utf-8", timeout=SECONDS)


@pytest.mark.parametrize("example", [e for e in EXAMPLES if words(e.command)[0] == "chazhang"], ids=str)
def test_example(example: Example, workplace: Path) -> None:
    done = run(example.command, workplace)
    wanted, got = tidy(example.output), tidy(done.stdout)
    if done.returncode not in (0, 1):
        got = tidy(done.stderr)
        assert wanted.strip(), f"exit {done.returncode}\n{done.stderr}"
    if not wanted.strip():
        return  # a page may show a command without what it prints
    checker = doctest.OutputChecker()
    if not checker.check_output(wanted, got, doctest.ELLIPSIS):
        pytest.fail(checker.output_difference(doctest.Example("", wanted), got, doctest.ELLIPSIS | doctest.REPORT_NDIFF), pytrace=False)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_command_is_known(example: Example) -> None:
    """A page runs what we run here, or a target of the Makefile that exists, or one of a few harmless words."""
    program, *rest = words(example.command)
    if program == "make":
        targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
        assert {word for word in rest if "=" not in word and not word.startswith("-")} <= targets
    else:
        assert program in {"chazhang", *NOT_RUN}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_of_a_page(page: Path, workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ```pycon blocks of a page are one session."""
    monkeypatch.chdir(workplace)
    session = doctest.DocTestParser().get_doctest("\n".join(PYTHON.findall(page.read_text("utf-8"))), {}, page.name, str(page), 0)
    told: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(session, out=told.append)
    assert "".join(told) == ""


def test_every_target_has_help() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    phony = set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split())  # type: ignore[index]
    assert set(re.findall(r"^([a-z-]+):.*## \S", makefile, re.MULTILINE)) == phony


def test_blocks_are_split_into_commands(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("文\n```console\n$ make ask\n$ chazhang 问 \\\n    --json\n1.4 ...\n\n2\n```\n", "utf-8")
    found = [(e.line, e.command, e.output) for e in examples(page)]
    assert found == [(3, "make ask", ""), (4, "chazhang 问 --json", "1.4 ...\n\n2")]
