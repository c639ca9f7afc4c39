"""The library survives everything: kills, a second writer and readers who stay."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from made import build, reading, snapshot, vocabulary

from conftest import ROOT
from kg.library import shelf
from kg.library.store import open_library
from kg.library.writer import Writer
from kg.model import LibraryError

UNIT, OTHER = "甲市乙区数据局", "甲市丙局"


def said(library: Path) -> dict[str, Any]:
    """Everything a library says, in a form that two equal libraries share (blank nodes and generations aside)."""
    reader = open_library(library)
    quads = [str(quad) for quad in reader.store if "_:" not in str(quad)]
    terms = reader.index.db.execute(
        "SELECT key, iri, kind, label, count(document) FROM terms JOIN uses ON term = id GROUP BY id ORDER BY 1, 2, 3"
    )
    passages = [reader.index.db.execute(f"SELECT {what} ORDER BY 1, 2").fetchall() for what in (
        "iri, text, section FROM passages", "term, doc FROM vocabulary", "gram, count(*) FROM grams GROUP BY gram")]  # fmt: skip
    return {"quads": sorted(quads), "terms": terms.fetchall(), "passages": passages, "documents": reader.manifest["documents"]}


def labels(library: Path, name: str = "skos:prefLabel") -> Counter[str]:
    rows = open_library(library).query(f"SELECT ?label {{ GRAPH g:entities {{ ?x {name} ?label }} }}")
    return Counter(str(row["label"]) for row in rows)


# --- reading what was written -------------------------------------------------------------------


def test_a_fact_comes_back_with_everything(tmp_path: Path) -> None:
    one = reading()
    assert build(tmp_path, [one])
    reader = open_library(tmp_path)
    query = "SELECT ?fact ?value ?leaf ?year { ?fact f:unit ?unit ; f:value ?value ; f:leaf ?leaf ; f:year ?year ; f:item ?item }"
    row = reader.query(query, bindings={"unit": f"unit:{UNIT}", "item": "ind:公务接待费"})
    assert row == [{"fact": f"at:{one.document.id}-L4c2", "value": Decimal("1.4"), "leaf": True, "year": 2024}]
    assert reader.document(one.document.sha256) == one.document
    assert reader.manifest["documents"][one.document.id]["facts"] == 2
    assert reader.index.report(one.document.id)["unread"] == [{"place": f"{one.document.id}-L3c2", "text": "9", "why": "表头没有这一列"}]


def test_the_default_graph_is_the_union_and_says_nothing_twice(tmp_path: Path) -> None:
    build(tmp_path, [reading(), reading(year=2023), reading(OTHER)])
    rows = open_library(tmp_path).query("SELECT ?s ?p ?o (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s ?p ?o HAVING (COUNT(*) > 1)")
    assert rows == []


def test_no_library_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="请先运行 chazhang build 路径"):
        open_library(tmp_path / "none")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("harm", ["graph", "index.sqlite", "manifest.json"])
def test_a_damaged_library_says_so(tmp_path: Path, harm: str) -> None:
    build(tmp_path, [reading()])
    target = tmp_path / "gen-1" / harm
    if target.is_dir():
        shutil.rmtree(target)
    else:
        target.write_bytes(b"rubbish")
    with pytest.raises(LibraryError, match="重新运行 chazhang build"):
        open_library(tmp_path).index.cards()


def test_another_folder_is_not_taken_for_a_library(tmp_path: Path) -> None:
    (tmp_path / "家信.txt").write_text("别动", "utf-8")
    with pytest.raises(LibraryError, match=r"家信\.txt"):
        build(tmp_path, [reading()])
    assert [path.name for path in tmp_path.iterdir()] == ["家信.txt"]


# --- building again -----------------------------------------------------------------------------


def test_building_twice_changes_nothing(tmp_path: Path) -> None:
    readings = [reading(), reading(OTHER)]
    assert build(tmp_path, readings)
    before = snapshot(tmp_path)
    assert not build(tmp_path, readings)
    assert snapshot(tmp_path) == before


def test_a_changed_document_replaces_the_old_one_whole(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    fresh = tmp_path_factory.mktemp("fresh")
    build(tmp_path, [reading(value="9.99", project="旧项目", text="旧的说法。"), reading(OTHER)])
    build(tmp_path, [reading(), reading(OTHER)])
    build(fresh, [reading(), reading(OTHER)])
    assert said(tmp_path) == said(fresh)


def test_another_version_reads_everything_again(tmp_path: Path) -> None:
    build(tmp_path, [reading()])
    with Writer(tmp_path, version="2", vocabulary=vocabulary()) as writer:
        assert writer.known() == {reading().document.id: ""}


def test_two_generations_stay(tmp_path: Path) -> None:
    for value in ("1.1", "1.2", "1.3", "1.4"):
        build(tmp_path, [reading(value=value)])
    assert [path.name for path in shelf.generations(tmp_path)] == ["gen-3", "gen-4"]
    assert len(list((tmp_path / "documents").iterdir())) == 2
    assert not (tmp_path / "work").exists()


def test_a_reader_keeps_what_it_opened(tmp_path: Path) -> None:
    build(tmp_path, [reading(value="1.1")])
    reader = open_library(tmp_path)
    for value in ("1.2", "1.3", "1.4"):
        build(tmp_path, [reading(value=value)])
    query = "SELECT ?v { ?x f:item ind:公务接待费 ; f:value ?v }"
    assert [row["v"] for row in reader.query(query)] == [Decimal("1.1")]
    assert [term.iri for term in reader.index.lookup(["公务接待费"], ["item"])] == ["ind:公务接待费"]
    reader.close()
    build(tmp_path, [reading(value="1.5")])
    assert [path.name for path in shelf.generations(tmp_path)] == ["gen-4", "gen-5"]
    assert [row["v"] for row in open_library(tmp_path).query(query)] == [Decimal("1.5")]


def test_without_symlinks_a_text_file_points_to_the_generation(tmp_path: Path) -> None:
    build(tmp_path, [reading()])
    pointer = tmp_path / "current"
    pointer.unlink()
    pointer.write_text("gen-1\n", "utf-8")
    assert open_library(tmp_path).generation.name == "gen-1"


_FULL = """
import resource, signal, sys
from pathlib import Path
sys.path[:0] = {paths!r}
import test_store
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))
try:
    test_store.build(Path({library!r}), [test_store.reading(value="9.99"), *(test_store.reading(f"甲市{{n}}局") for n in range(40))])
except test_store.LibraryError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no RLIMIT_FSIZE")
@pytest.mark.parametrize("size", [600, 9_000, 60_000, 140_000])
def test_a_full_disk_is_one_line_and_leaves_the_library(tmp_path: Path, size: int) -> None:
    """Files cannot grow beyond a size, as on a full disk, at whichever moment that strikes."""
    build(tmp_path, [reading()])
    before = said(tmp_path)
    script = _FULL.format(paths=[str(ROOT), str(ROOT / "tests")], size=size, library=str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, encoding="utf-8", timeout=60, env=os.environ | {"PYTHONUTF8": "1"}
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "请检查磁盘空间" in done.stdout
    assert said(tmp_path) == before
    assert build(tmp_path, [reading(OTHER)])
    assert labels(tmp_path)[OTHER] == 1


# --- labels that documents share ----------------------------------------------------------------


def test_a_shared_label_stands_once_and_goes_with_its_last_document(tmp_path: Path) -> None:
    first, second = reading(), reading(year=2023)
    build(tmp_path, [first, second])
    assert labels(tmp_path)[UNIT] == 1
    build(tmp_path, [], drop=[first.document.id])
    assert labels(tmp_path)[UNIT] == 1
    assert [t.documents for t in open_library(tmp_path).index.lookup([UNIT], ["unit"])] == [1]
    build(tmp_path, [reading(OTHER)], drop=[second.document.id])
    assert labels(tmp_path)[UNIT] == 0
    assert open_library(tmp_path).index.lookup([UNIT, "数据局"]) == []


def test_one_thing_has_one_name_and_the_others_are_variants(tmp_path: Path) -> None:
    build(
        tmp_path, [reading(year=2022, project="运转 经费"), reading(year=2023, project="运转经费"), reading(year=2024, project="运转经费")]
    )
    assert (labels(tmp_path)["运转经费"], labels(tmp_path)["运转 经费"], labels(tmp_path, "skos:altLabel")["运转 经费"]) == (1, 0, 1)
    build(tmp_path, [reading(year=2024), reading(year=2023)])
    assert (labels(tmp_path)["运转 经费"], labels(tmp_path, "skos:altLabel")["运转 经费"]) == (1, 0)


# --- the writer is alone ------------------------------------------------------------------------


def test_a_second_writer_is_told_to_wait(tmp_path: Path) -> None:
    build(tmp_path, [reading()])
    before = snapshot(tmp_path)
    with Writer(tmp_path, version="1"), pytest.raises(LibraryError, match="正被另一个 build 占用"):
        build(tmp_path, [reading(OTHER)])
    assert snapshot(tmp_path) == before
    assert build(tmp_path, [reading(OTHER)])


def test_an_error_in_a_build_publishes_nothing_and_frees_the_lock(tmp_path: Path) -> None:
    build(tmp_path, [reading()])
    before = said(tmp_path)
    writer = Writer(tmp_path, version="1", vocabulary=vocabulary())
    with pytest.raises(ZeroDivisionError), writer:
        writer.replace(reading(value="9.99"), Path("/0")) or 1 / 0
    assert said(tmp_path) == before
    assert build(tmp_path, [reading()])
    assert said(tmp_path)["quads"] == before["quads"]


# --- kills --------------------------------------------------------------------------------------

_KILLED = """
import os, signal, sys
from pathlib import Path
sys.path[:0] = {paths!r}
import pyoxigraph
from kg.library import archive, indexer, shelf, waiting, writer
import test_store
owner, name, times = {point!r}
target = dict(archive=archive, Indexer=indexer.Indexer, shelf=shelf, Waiting=waiting.Waiting, Writer=writer.Writer)[owner]
whole = getattr(target, name)
def cut(*arguments, **options):
    global times
    times -= 1
    if times == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return whole(*arguments, **options)
setattr(target, name, cut)
new = [test_store.reading(value="2.50", project="新项目"), test_store.reading(test_store.OTHER), test_store.reading(year=2023)]
test_store.build(Path({library!r}), new, drop=[test_store.reading("甲市戊局").document.id])
"""
POINTS = [
    ("archive", "save", 1), ("archive", "save", 3), ("Indexer", "touch", 1), ("Indexer", "replacing", 1), ("Indexer", "replacing", 2),
    ("Indexer", "_learn", 1), ("Indexer", "_learn", 2), ("Indexer", "_add_passage", 1), ("Writer", "_settle", 1), ("Waiting", "put", 1),
    ("Waiting", "put", 3), ("Waiting", "into", 1),
    ("Writer", "publish", 1), ("Indexer", "copy", 1), ("shelf", "switch", 1), ("Writer", "_discard", 1),
    ("Writer", "_forget_documents", 1),
]  # fmt: skip


OLD = [reading(), reading("甲市戊局"), reading("甲市己局")]
NEW = [reading(value="2.50", project="新项目"), reading(OTHER), reading(year=2023), reading("甲市己局")]


@pytest.fixture(scope="module")
def before_and_after(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], dict[str, Any]]:
    """A library, what it says, and what it should say after the build that is going to be killed."""
    folder = tmp_path_factory.mktemp("kills")
    build(folder / "old", OLD)
    build(folder / "new", NEW)
    return folder / "old", said(folder / "old"), said(folder / "new")


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
@pytest.mark.parametrize("point", POINTS, ids=lambda point: f"{point[0]}.{point[1]}-{point[2]}")
def test_a_killed_build_leaves_the_last_good_state_and_the_next_one_goes_on(
    point: tuple[str, str, int], tmp_path: Path, before_and_after: tuple[Path, dict[str, Any], dict[str, Any]]
) -> None:
    old, before, after = before_and_after
    library = tmp_path / "library"
    shutil.copytree(old, library, symlinks=True)
    script = _KILLED.format(paths=[str(ROOT), str(ROOT / "tests")], point=point, library=str(library))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=60)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert said(library) in (before, after)
    build(library, NEW, drop=[reading("甲市戊局").document.id])
    assert said(library) == after
    files = snapshot(library)
    assert not build(library, NEW)
    assert snapshot(library) == files


@pytest.mark.parametrize("harm", ["graph/CURRENT", "index.sqlite"])
def test_an_unreadable_rest_of_a_killed_build_is_thrown_away(tmp_path: Path, harm: str) -> None:
    build(tmp_path, [reading()])
    before = said(tmp_path)
    with Writer(tmp_path, version="1", vocabulary=vocabulary()) as writer:
        writer.replace(reading(value="9.99"), Path("x.txt"))
    (tmp_path / "work" / harm).write_bytes(b"rubbish" * 999)
    build(tmp_path, [reading()])
    assert said(tmp_path) == before
