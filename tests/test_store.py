"""The library survives everything: kills, a second writer, readers who stay, queries that mean harm."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from made import reading, vocabulary

from conftest import ROOT
from kg.library import shelf, sparql
from kg.library.store import open_library
from kg.library.writer import Writer
from kg.model import LibraryError, QueryError, Reading

UNIT, OTHER = "甲市乙区数据局", "甲市丙局"


def build(library: Path, readings: Iterable[Reading], drop: Iterable[str] = ()) -> bool:
    """Write what is new or changed, as `kg.build` does; whether a generation was published."""
    with Writer(library, version="1", vocabulary=vocabulary()) as writer:
        known = writer.known()
        for one in readings:
            if known.get(one.document.id) != one.document.sha256:
                writer.replace(one, Path("/somewhere") / one.document.name)
        for document in drop:
            writer.drop(document)
        return writer.publish()


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


def snapshot(library: Path) -> dict[str, tuple[int, int]]:
    """Every file of a library with size and time of change."""
    return {
        str(path.relative_to(library)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in sorted(library.rglob("*"))
        if path.is_file()
    }


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
from kg.library import archive, indexer, shelf, writer
import test_store
owner, name, times = {point!r}
target = dict(archive=archive, Indexer=indexer.Indexer, shelf=shelf, Writer=writer.Writer)[owner]
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
    ("Indexer", "_learn", 1), ("Indexer", "_learn", 2), ("Indexer", "_add_passage", 1), ("Writer", "_settle", 1), ("Writer", "_settle", 2),
    ("Writer", "_settle", 4), ("Writer", "publish", 1), ("Indexer", "copy", 1), ("shelf", "switch", 1), ("Writer", "_discard", 1),
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


# --- queries that mean harm ---------------------------------------------------------------------

HOSTILE = [
    "SELECT * { SERVICE <{url}> { ?s ?p ?o } }",
    "SELECT * { service silent <{url}> { ?s ?p ?o } }",
    "SELECT * { VALUES ?x { <{url}> } SERVICE ?x { ?s ?p ?o } }",
    "SELECT * { ?s a f:Fact FILTER EXISTS { SERVICE <{url}> { ?s ?p ?o } } }",
    "SELECT * { ?s a f:Fact FILTER NOT EXISTS { SERVICE <{url}> { ?s ?p ?o } } }",
    "SELECT * { { SELECT * { SERVICE <{url}> { ?s ?p ?o } } } }",
    "SELECT * { ?s a f:Fact OPTIONAL { SERVICE <{url}> { ?s ?p ?o } } }",
    "SELECT * { { ?s a f:Fact } UNION { SERVICE <{url}> { ?s ?p ?o } } }",
    "SELECT * { ?s a f:Fact MINUS { SERVICE <{url}> { ?s ?p ?o } } }",
    "SELECT * { BIND(EXISTS { SERVICE <{url}> { ?s ?p ?o } } AS ?x) }",
    "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <{url}> { ?s ?p ?o } }",
    "ASK { SERVICE <{url}> { ?s ?p ?o } }",
    "DESCRIBE ?s { SERVICE <{url}> { ?s ?p ?o } }",
    r"SELECT * { \u0053ERVICE <{url}> { ?s ?p ?o } }",
    r"SELECT * { \U00000053\u0045RVICE <{url}> { ?s ?p ?o } }",
    r"SELECT * { \u005cu0053ERVICE <{url}> { ?s ?p ?o } }",
    r'SELECT * { ?s ?p "a\u0022 . ?s ?p " SERVICE <{url}> { ?a ?b ?c } ?s ?p "\u0022 . #" }',
    "SELECT * { # a comment ends here\rSERVICE <{url}> { ?s ?p ?o } }",
    "PREFIX : <{url}> SELECT * { SERVICE:x { ?s ?p ?o } }",
    "SELECT * { ?s f:leaf trueSERVICE <{url}> { ?s ?p ?o } }",
    "SELECT * { FILTER(?a<'&&?b>')SERVICE <{url}> { ?s ?p ?o } FILTER(?c='z') }",
    "SELECT * { LATERAL { SERVICE <{url}> { ?s ?p ?o } } }",
    "SELECT * FROM <{url}> { ?s ?p ?o }",
    "SELECT * FROM NAMED <{url}> { GRAPH ?g { ?s ?p ?o } }",
    "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
    "LOAD <{url}>",
    "LOAD <file:///etc/passwd> INTO GRAPH <x:y>",
    "INSERT DATA { <a:a> <a:b> 1 }",
    "PREFIX a: <a:> DELETE WHERE { ?s ?p ?o }",
    "WITH g:check DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "CLEAR ALL",
    "DROP GRAPH g:vocab",
    "SELECT * { ?s ?p ?o } ; DROP ALL",
    "DROP ALL ; SELECT * { ?s ?p ?o }",
]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("small")
    build(path, [reading(), reading(OTHER)])
    return path


@pytest.fixture(scope="module")
def listener() -> Iterator[tuple[str, list[str]]]:
    """A web server that notes who called."""
    calls: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            calls.append(self.requestline)
            self.send_error(404)

        do_POST = do_GET

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", calls
    server.shutdown()


@pytest.mark.parametrize("query", HOSTILE)
def test_a_hostile_query_is_refused_and_reaches_nobody(query: str, small: Path, listener: tuple[str, list[str]]) -> None:
    url, calls = listener
    before = snapshot(small)
    with pytest.raises(QueryError, match=r"拒绝|SPARQL 语法错误|转义"):
        sparql.vet(query.replace("{url}", url))
    if query in HOSTILE[::6]:  # the same through the door; each costs a process
        with pytest.raises(QueryError):
            sparql.run_query(small, query.replace("{url}", url))
    assert calls == []
    assert snapshot(small) == before


@pytest.mark.parametrize(("query", "words"), [
    ("SELECT ?x { ?x ?y }", "第 1 行第 20 列"),
    ("SELECT ?x {\n ?x f:year .\n}", "第 2 行"),
    ("SELECT ?x { ?x foo:bar ?y }", "前缀“foo:”"),
    ("", "查询是空的"),
    ("# 只有注释", "查询是空的"),
    ("数据局的三公经费", "语法错误"),
    ("SELECT * " + "{" * 5000 + "}" * 5000, "嵌套太深"),
    (r"SELECT * { ?s ?p '\ud800' }", "转义"),
])  # fmt: skip
def test_a_mistake_is_one_clear_line(query: str, words: str, small: Path) -> None:
    with pytest.raises(QueryError) as caught:
        sparql.run_query(small, query)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_query_that_takes_too_long_is_stopped(small: Path) -> None:
    with pytest.raises(QueryError, match="超过 2 秒"):
        sparql.run_query(small, "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?i", seconds=2)


def test_words_that_only_look_dangerous_are_let_through(small: Path) -> None:
    query = "SELECT ?service { ?service a f:Document # no service, no from\n FILTER(STR(?service) != 'SERVICE <http://x> { FROM') }"
    assert sparql.run_query(small, query).rows == 2


@pytest.mark.parametrize(("format", "start"), [
    ("csv", "v\r\n"), ("tsv", "?v\n1.4\n"), ("json", '{\n "head": {\n  "vars": [\n   "v"'), ("xml", '<?xml version="1.0"'),
])  # fmt: skip
def test_results_in_every_format(format: str, start: str, small: Path) -> None:
    outcome = sparql.run_query(small, f"SELECT ?v {{ ?x f:unit unit:{UNIT} ; f:item ind:公务接待费 ; f:value ?v }}", format=format)
    assert (outcome.kind, outcome.rows, outcome.cut) == ("select", 1, False)
    assert outcome.body.startswith(start)
    assert "1.4" in outcome.body


def test_graphs_as_turtle_and_selects_not(small: Path) -> None:
    outcome = sparql.run_query(small, "CONSTRUCT { ?x f:value ?v } WHERE { ?x f:item ind:公务接待费 ; f:value ?v }", format="ttl")
    assert (outcome.kind, outcome.rows) == ("graph", 2)
    assert "f:value 1.4" in outcome.body
    with pytest.raises(QueryError, match="不能写成 ttl"):
        sparql.run_query(small, "SELECT * { ?s ?p ?o }", format="ttl")


def test_rows_are_cut_and_that_is_said(small: Path) -> None:
    outcome = sparql.run_query(small, "SELECT * { ?s ?p ?o }", limit=3)
    assert (outcome.rows, outcome.cut) == (3, True)


def test_every_child_is_gone(small: Path) -> None:
    """No query process outlives its query."""
    if shutil.which("pgrep") is None:
        pytest.skip("needs pgrep")
    with pytest.raises(QueryError):
        sparql.run_query(small, "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?i", seconds=1)
    left = subprocess.run(["pgrep", "-P", str(os.getpid()), "-f", "kg.library.sparql"], capture_output=True, text=True)
    assert left.stdout == ""
