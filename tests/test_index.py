"""Look-ups: exact, with wrong characters, by words; and that none of them ever reads a whole table."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import ROOT
from kg import terms
from kg.library import index
from kg.library.index import Aspect, Card, Contents, Figure, Hit, Index, Passage, Term
from kg.library.indexer import Indexer

NAMES = ["株洲市天元区数据局", "株洲市天元区财政局", "岳阳市智慧城管指挥中心", "株洲市城市管理监督指挥中心"]
PASSAGES = [
    ("部门职责", "负责统筹推进数字天元、数字经济、数字政务规划和建设。"),
    ("“三公”经费说明", "公务接待费支出决算为0.21万元，完成预算的70%，接待来访3批次。"),
    ("“三公”经费说明", "因公出国（境）费支出决算为0万元，与上年持平。"),
    ("绩效情况", "全年处理案件12345件，办结率99.2%。"),
]


SPENT = Aspect("金额", "决算", "支出", "全部", "全部", "", "万元", "部门决算")


def stated(item: str, unit: str, low: float, high: float, year: int = 2024) -> Figure:
    return Figure(f"ind:{item}", year, SPENT, f"unit:{unit}", low, high)


def term(label: str, kind: str, weight: float = 1.0, iri: str = "") -> Term:
    return Term(terms.key(label), iri or f"{'prj' if kind == 'project' else kind}:{label}", kind, label, weight)


def contents(
    document: str, *, labels: list[Term], passages: list[tuple[str, str]] | None = None, figures: tuple[Figure, ...] = ()
) -> Contents:
    texts = tuple(Passage(f"at:{document}-L{n}", text, section) for n, (section, text) in enumerate(passages or [], 1))
    return Contents(
        Card(document, "ab12", f"{document}.txt", f"/{document}.txt", "某局", 2024, "部门决算", "题", 3, "1"), "{}", tuple(labels), texts,
        figures=figures,
    )  # fmt: skip


def write(path: Path, *documents: Contents, vocabulary: list[Term] | None = None) -> Path:
    """An index of these documents."""
    writer = Indexer(path)
    writer.set_vocabulary(vocabulary or [])
    for one in documents:
        writer.touch(one.card.id)
        with writer.replacing(one.card.id, one):
            pass
    writer.copy(path.with_suffix(".copy"), tidy=True)
    writer.close()
    return path.with_suffix(".copy")


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Index:
    vocabulary = [
        term("“三公”经费", "ind", iri="ind:三公经费"), term("三公", "ind", 0.7, "ind:三公经费"), term("公务接待费", "ind"),
        term("公务接待费", "econ", iri="econ:30217"), term("一般行政管理事务", "func", iri="func:2010302"),
        term("2010302", "func", iri="func:2010302"),
    ]  # fmt: skip
    units = [term(name, "unit") for name in NAMES]
    first = contents(
        "甲", labels=[*units, term("运转经费", "project"), term("公务接待费", "item", 0.8, "econ:30217")], passages=PASSAGES[:3]
    )
    second = contents("乙", labels=[*units[:1], term("公务接待费", "item", 0.8, "econ:30217")], passages=PASSAGES[3:])
    return Index(write(tmp_path_factory.mktemp("index") / "i.sqlite", first, second, vocabulary=vocabulary))


def test_all_keys_of_a_question_in_one_look_up(opened: Index) -> None:
    question = terms.key("数据局2024年三公经费和公务接待费是多少")
    parts = [question[i:j] for i in range(len(question)) for j in range(i + 2, len(question) + 1)]
    found = [(t.label, t.kind, t.iri) for t in opened.lookup(parts)]
    assert found == [
        ("公务接待费", "econ", "econ:30217"), ("“三公”经费", "ind", "ind:三公经费"), ("公务接待费", "ind", "ind:公务接待费"),
        ("公务接待费", "item", "econ:30217"), ("三公", "ind", "ind:三公经费"),
    ]  # fmt: skip


def test_kinds_narrow_and_documents_are_counted(opened: Index) -> None:
    assert [(t.kind, t.documents, t.document) for t in opened.lookup(["公务接待费"], ["item", "ind"])] == [
        ("ind", 0, None),
        ("item", 2, None),
    ]
    assert [(t.documents, t.document) for t in opened.lookup([terms.key("运转经费")])] == [(1, "甲")]
    assert opened.lookup([]) == []


@pytest.mark.parametrize(("typed", "kind", "meant"), [
    ("数剧局", "unit", "株洲市天元区数据局"), ("株洲市天元区数剧局", "unit", "株洲市天元区数据局"),
    ("岳阳智慧城管中心", "unit", "岳阳市智慧城管指挥中心"),
    ("公务接代费", "ind", "公务接待费"), ("一般行政管理事物", "func", "一般行政管理事务"), ("运转费", "project", "运转经费"),
])  # fmt: skip
def test_wrong_and_missing_characters(opened: Index, typed: str, kind: str, meant: str) -> None:
    assert opened.similar(typed, kind, 1)[0].label == meant


def test_the_same_name_is_nearest(opened: Index) -> None:
    found = opened.similar("公务接待费", ["ind", "econ", "item"], 3)
    assert [(t.kind, t.ratio) for t in found] == [("econ", 1.0), ("ind", 1.0), ("item", 1.0)]
    assert opened.similar("鹦鹉", "unit") == []


def test_names_that_contain_a_word(opened: Index) -> None:
    assert [t.label for t in opened.containing("指挥中心")] == ["岳阳市智慧城管指挥中心", "株洲市城市管理监督指挥中心"]
    assert opened.containing("挥") == []


@pytest.mark.parametrize(
    ("asked", "section"), [("公务接待批次", 1), ("出国境费用", 2), ("部门的职责是什么", 0), ("案件办结率", 3), ("12345", 3)]
)
def test_passages_by_their_words(opened: Index, asked: str, section: int) -> None:
    best = opened.search(asked, 1)[0]
    assert (best.section, best.text) == PASSAGES[section]


def test_a_search_stays_inside_the_documents_named(opened: Index) -> None:
    assert [hit.document for hit in opened.search("办结率 支出决算", 9)].count("乙") == 1
    assert {hit.document for hit in opened.search("办结率 支出决算", 9, documents=["甲"])} == {"甲"}
    assert opened.search("办结率", 9, documents=[]) == []
    assert opened.search('"); DROP TABLE words; --', 3) == []


@pytest.mark.parametrize("asked", ["办结率 支出决算", "公务接待费支出决算", "部门的职责", "12345"])
def test_passages_read_one_by_one_rank_as_in_the_full_text_index(opened: Index, asked: str) -> None:
    read, indexed = (opened.search(asked, 9, documents) for documents in (["甲", "乙"], None))
    assert [hit.iri for hit in read] == [hit.iri for hit in indexed] != []


def test_scores_order_the_hits(opened: Index) -> None:
    hits: list[Hit] = opened.search("公务接待费支出决算", 9)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_what_a_document_gave_goes_with_it(tmp_path: Path) -> None:
    """Taking a document out leaves the index as if it had never been there, word statistics included."""
    keep = contents("留", labels=[term("数据局", "unit")], passages=PASSAGES[:1])
    figures = (stated("公务接待费", "数据局", 0.21, 0.3),)
    gone = contents("走", labels=[term("数据局", "unit"), term("财政局", "unit"), term("来访", "item")], passages=PASSAGES, figures=figures)
    writer = Indexer(tmp_path / "a.sqlite")
    for one in (gone, keep, gone):
        writer.touch(one.card.id)
        with writer.replacing(one.card.id, one):
            pass
    with writer.replacing("走", None):
        pass
    fresh = Index(write(tmp_path / "b.sqlite", keep))
    for table in ("terms", "grams", "vocabulary", "quads", "claims", "figures"):
        query = f"SELECT * FROM {table} ORDER BY 1, 2"
        assert writer.db.execute(query).fetchall() == fresh.db.execute(query).fetchall(), table
    assert [card.id for card in writer.cards()] == ["留"]


def test_contents_come_back_as_they_were_given(tmp_path: Path) -> None:
    quad = '<https://a/x> <https://a/p> "甲"@zh <https://a/g> .'
    given_contents = contents("甲", labels=[term("数据局", "unit")], passages=PASSAGES)
    given_contents = Contents(
        given_contents.card,
        '{"tables": []}',
        given_contents.terms,
        given_contents.passages,
        (quad,),
        (stated("公务接待费", "数据局", 0.21, 0.3),),
    )
    opened = Index(write(tmp_path / "i.sqlite", given_contents))
    assert opened.contents("甲") == given_contents
    assert opened.contents("乙") is None


def test_figures_of_all_documents_together(tmp_path: Path) -> None:
    said = {
        "甲": stated("公务接待费", "数据局", 0.21, 0.21),
        "乙": stated("公务接待费", "数据局", 0.3, 0.3),
        "丙": stated("会议费", "数据局", 2, 2),
    }
    opened = Index(write(tmp_path / "i.sqlite", *(contents(name, labels=[], figures=(figure,)) for name, figure in said.items())))
    assert opened.figures(["ind:公务接待费"], [2024]) == (stated("公务接待费", "数据局", 0.21, 0.3),)
    assert opened.figures(["ind:公务接待费"], [2023]) == ()


def test_a_document_that_is_not_whole_is_not_there(tmp_path: Path) -> None:
    writer = Indexer(tmp_path / "i.sqlite")
    writer.touch("甲")
    assert (writer.cards(), writer.broken()) == ([], ["甲"])
    with pytest.raises(ZeroDivisionError), writer.replacing("甲", contents("甲", labels=[term("数据局", "unit")])):
        raise ZeroDivisionError
    assert writer.db.execute("SELECT count(*) FROM terms").fetchone() == (0,)


def test_no_look_up_scans_a_table(opened: Index) -> None:
    """With a million labels a scan takes a second; every statement must go by an index."""
    assert opened.size  # counted once
    statements: list[str] = []
    opened.db.set_trace_callback(statements.append)
    opened.lookup(["公务接待费"], ["ind"])
    opened.lookup(["公务接待费"])
    opened.similar("公务接代费", ["ind"])
    opened.containing("公务接待")
    opened.search("公务接待", 5, documents=["甲"])
    opened.figures(["ind:公务接待费"], [2024])
    opened.db.set_trace_callback(None)
    selects = [statement for statement in statements if statement.lstrip().startswith("SELECT")]
    assert len(selects) >= 9
    plans = [step[3] for statement in selects for step in opened.db.execute(f"EXPLAIN QUERY PLAN {statement}")]
    allowed = ("SCAN json_each", "SCAN words VIRTUAL", "SCAN vocabulary VIRTUAL", "SCAN (subquery", "SCAN CONSTANT")
    assert [step for step in plans if step.startswith("SCAN") and not step.startswith(allowed)] == []


@given(st.text(max_size=12))
def test_words_and_grams_take_any_text(text: str) -> None:
    assert all(word.isalnum() for word in index.words(text))
    assert all(1 <= len(gram) <= 2 for gram in index.grams(text))


def test_reading_needs_neither_the_writer_nor_the_ontology() -> None:
    """What a cold question loads: `kg.library.index` must not bring the writing side with it."""
    unwanted = ["kg.library.indexer", "kg.library.writer", "kg.knowledge", "kg.graph", "rdflib", "torch"]
    code = f"import sys; import kg.library.store; print([m for m in {unwanted} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
