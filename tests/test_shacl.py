"""Every document graph conforms to `ontology/shapes.ttl`, judged by pySHACL, and `build --validate` says where one does not."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from conftest import CORPUS
from kg import build, graph, knowledge
from kg.audit import shapes
from kg.library import store
from kg.library.writer import Writer

DOCUMENTS = sorted(path.stem for path in CORPUS.glob("*.txt"))
SMALL = "岳阳市智慧城管指挥中心-2024年度部门决算"


@pytest.fixture(scope="module")
def graphs(library: Path) -> ox.Store:
    """The corpus in memory, to be changed."""
    copy = ox.Store()
    copy.bulk_extend(list(store.open_library(library).store))
    return copy


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_graph_conforms(graphs: ox.Store, document: str) -> None:
    assert shapes.document(graphs, document) == []


def test_findings_conform(graphs: ox.Store) -> None:
    assert shapes.findings(graphs) == []


@pytest.mark.parametrize(("name", "words"), [("phase", "每个事实须有且只有一个阶段"), ("quote", "原文"), ("spend", "金额类事实")])
def test_a_fact_without_a_dimension_is_named(graphs: ox.Store, name: str, words: str) -> None:
    """One figure loses one property; the report names it and says what is wanted."""
    own = graph.document_iri(SMALL)
    money = next(graphs.quads_for_pattern(None, graph.node("f:metric"), graph.node("me:金额"), own)).subject
    lost = next(graphs.quads_for_pattern(money, graph.node(f"f:{name}"), None, own))
    graphs.remove(lost)
    breaches = shapes.document(graphs, SMALL)
    graphs.add(lost)
    assert {breach.node for breach in breaches} == {lost.subject.value.rpartition("/")[2]}
    assert any(words in breach.wanted for breach in breaches)


# --- build --validate -----------------------------------------------------------------------------


def test_build_validates(chazhang: Callable[..., Any], tmp_path: Path) -> None:
    done = chazhang("build", str(CORPUS / f"{SMALL}.txt"), "--validate", "--library", str(tmp_path))
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "图的形状：1 份文件和勾稽结果的图都符合 shapes.ttl。")


def test_build_says_what_breaks_a_shape(chazhang: Callable[..., Any], tmp_path: Path) -> None:
    """A stored graph whose figures lost a dimension is found out at the next build, also where no file changed."""
    chazhang("build", str(CORPUS / f"{SMALL}.txt"), "--library", str(tmp_path))
    with Writer(tmp_path, version=build.VERSION, vocabulary=knowledge.load()) as writer:
        writer.set_graph(f"doc:{SMALL}", [q for q in writer.quads(f"doc:{SMALL}") if q.predicate != graph.node("f:phase")])
        writer.publish()
    done = chazhang("build", str(CORPUS / f"{SMALL}.txt"), "--validate", "--library", str(tmp_path))
    assert done.exit_code == 1
    assert f"图的形状不符 {SMALL}" in done.stdout
    assert "每个事实须有且只有一个阶段（f:phase）" in done.stdout


def test_a_missing_engine_is_said_before_anything_is_read(
    chazhang: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyshacl", None)
    done = chazhang("build", str(CORPUS), "--validate", "--library", str(tmp_path / "library"))
    assert done.exit_code == 2
    assert "pip install 'chazhang[validate]'" in done.stderr
    assert not (tmp_path / "library").exists()
