"""Queries of users: those that mean harm are refused, those that take too long stopped, the others answered in every format."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from made import build, reading, snapshot

from kg.library import sparql
from kg.model import QueryError

UNIT, OTHER = "甲市乙区数据局", "甲市丙局"


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
