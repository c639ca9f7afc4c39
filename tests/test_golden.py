"""Every fact of every document of the corpus, one per line. `make golden` rewrites them; `git diff` is the review."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from conftest import documents

GOLDEN = Path(__file__).parent / "golden"
SHOWN = 12
COLUMNS = (
    "address", "unit", "year", "phase", "flow", "fund", "spend", "item", "item_label", "metric",
    "value", "text", "measure", "leaf", "project", "row", "column", "quote",
)  # fmt: skip


def field(value: object) -> str:
    """A field of the file: nothing for None, no tabs and no breaks."""
    text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def lines(path: Path) -> list[str]:
    """The facts of a document in the order of their places, below a line of headings."""
    from kg import iris
    from kg.build import read

    def place(fact: object) -> tuple[int, ...]:
        a = fact.address  # type: ignore[attr-defined]
        return tuple(n if n is not None else -1 for n in (a.page, a.line, a.table, a.row, a.column, a.start, a.end))

    facts = sorted(read(path).facts, key=place)
    rows = [[iris.local(fact.address) if c == "address" else getattr(fact, c) for c in COLUMNS] for fact in facts]
    return ["\t".join(COLUMNS), *("\t".join(map(field, row)) for row in rows)]


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.stem)
def test_facts_are_as_reviewed(path: Path, request: pytest.FixtureRequest) -> None:
    golden = GOLDEN / f"{path.stem}.tsv"
    found = lines(path)
    if request.config.getoption("--golden"):
        GOLDEN.mkdir(exist_ok=True)
        golden.write_text("\n".join(found) + "\n", "utf-8", newline="\n")
    expected = golden.read_text("utf-8").removesuffix("\n").split("\n") if golden.exists() else []
    if found == expected:
        return
    differing = [
        f"line {number}\n  - {was}\n  + {now}"
        for number, (was, now) in enumerate(itertools.zip_longest(expected, found, fillvalue=""), 1)
        if was != now
    ]
    lost, gained = len(set(expected) - set(found)), len(set(found) - set(expected))
    pytest.fail(f"{golden.name}: {lost} lines lost, {gained} new (make golden rewrites)\n" + "\n".join(differing[:SHOWN]), pytrace=False)


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.stem)
def test_every_address_is_its_own(path: Path) -> None:
    """A citation id names one fact."""
    addresses = [line.split("\t")[0] for line in lines(path)]
    assert sorted(addresses) == sorted(set(addresses))


def test_nothing_is_rewritten_by_default(request: pytest.FixtureRequest, pytestconfig: pytest.Config) -> None:
    """The flag is off unless somebody types it: neither the configuration nor a plug-in may set it."""
    typed = "--golden" in pytestconfig.invocation_params.args
    assert request.config.getoption("--golden") == typed
    assert "--golden" not in pytestconfig.getini("addopts")


def test_no_golden_file_without_a_document() -> None:
    assert {path.stem for path in GOLDEN.glob("*.tsv")} <= {path.stem for path in documents()}
