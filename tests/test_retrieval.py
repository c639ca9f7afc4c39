"""Passages found by words and by meaning: what is searched, that vectors follow the documents, and that every hit opens."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import yaml

from conftest import CORPUS, ROOT
from kg import encoders, knowledge
from kg.build import build
from kg.encoders import ngrams, train
from kg.iris import shrink
from kg.library import store, vectors
from kg.library.writer import Writer
from kg.model import Address, Document, LibraryError, Paragraph, Run
from kg.prose import chunks
from qa.answers import passages
from qa.library import Library
from qa.screen import show

QUESTIONS = yaml.safe_load((ROOT / "tests/retrieval/questions.yaml").read_text("utf-8"))
FIGURES = "株洲市天元区数据局-2024年度部门决算"
SMALL = train.Recipe(dimensions=16, steps=6, batch=8)


def paper(*texts: str, section: str = "八、说明") -> Document:
    blocks = tuple(Paragraph(Address("某局-2024", line=n), text, (Run(0, n, 0),), 0, (section,)) for n, text in enumerate(texts, 1))
    return Document("某局-2024", "某局-2024.txt", "ab12", blocks)


def test_what_announces_stands_above_what_it_announces() -> None:
    here = paper(
        "1、住房保障支出（类）住房改革支出（款）住房公积金（项）。",
        "年初预算为9万元，支出决算为8万元，主要原因是有人退休。",
        "公开03表",
        "（五）会议费：",
        "2024年没有安排会议。",
        "（六）其他事项。本单位无政府性基金。",
        "“三公”经费预算5万元，其中：",
        "公务接待费5万元。",
    )
    assert [(c.address.line, c.headings[1:]) for c in chunks.of(here)] == [
        (2, ("1、住房保障支出（类）住房改革支出（款）住房公积金（项）。",)),
        (5, ("（五）会议费：",)),
        (6, ()),
        (7, ()),
        (8, ("“三公”经费预算5万元，其中：",)),
    ]


def test_sentences_in_cells_are_found_at_their_cell(library: Path) -> None:
    hit = store.open_library(library).finder.search("群众习惯分开办理", 1, [FIGURES])[0]
    assert shrink(hit.iri) == f"at:{FIGURES}-L629c6"
    assert hit.text == "办的通，但群众不习惯用“一件事一次办”系统，习惯根据办事进程和自身安排分开办理"


@pytest.mark.parametrize("entry", [e for e in QUESTIONS if "file" not in e], ids=lambda e: e["document"])
def test_questions_in_other_words(entry: dict[str, object], library: Path) -> None:
    """Both searches together find the passage among five for nine questions of ten, and more often than words alone."""
    finder, document = store.open_library(library).finder, str(entry["document"])
    places = {f"at:{document}-L{n}": n for n in range(1, 800)}
    found = {"words": 0, "search": 0}
    asked: dict[str, list[int]] = entry["ask"]  # type: ignore[assignment]
    for question, lines in asked.items():
        for method in found:
            hits = getattr(finder, method)(question, 5, [document])
            found[method] += any(places.get(shrink(hit.iri)) in lines for hit in hits)
    assert found["search"] > found["words"]
    assert found["search"] >= 0.85 * len(asked)


# --- the encoder ----------------------------------------------------------------------------------


def test_training_is_repeatable() -> None:
    texts = ("负责公务接待。", "公务用车运行维护费1万元，主要用于燃料费。", "本单位无下属单位。")
    documents = [[*chunks.of(paper(*texts, section=section))] for section in "甲乙"]
    one, two = (train.train(documents, knowledge.load(), SMALL) for _ in range(2))
    assert np.array_equal(one.known, two.known)
    assert np.array_equal(one.rows, two.rows)


def test_a_text_has_one_vector_whatever_stands_beside_it() -> None:
    encoder = encoders.open_encoder()
    texts = ["公务用车运行维护费", "买车", "", "2024", "公务用车购置"]
    together = encoder.encode(texts)
    assert np.array_equal(together[1], encoder.encode(["买车"])[0])
    assert [round(float(np.linalg.norm(v)), 3) for v in together] == [1, 1, 0, 0, 1]
    assert together[1] @ together[4] > together[1] @ encoder.encode(["住房公积金"])[0]


def test_words_nobody_trained_on_still_match() -> None:
    encoder = encoders.open_encoder()
    asked, same, other = encoder.encode(["鹦鹉饲养", "鹦鹉的饲养", "蟋蟀养殖"])
    assert asked @ same > 0.5 > 2 * (asked @ other)


# --- vectors follow the documents -----------------------------------------------------------------


def held(reader: store.Reader) -> dict[str, bytes]:
    """Every passage with its vector as it is stored."""
    import faiss

    index = faiss.read_index(str(reader.generation / "passages.faiss"))
    rows = dict(reader.index.db.execute("SELECT id, iri FROM passages").fetchall())
    return {rows[int(n)]: index.index.reconstruct(i).tobytes() for i, n in enumerate(faiss.vector_to_array(index.id_map))}


def test_vectors_are_those_of_a_fresh_build_after_adding_replacing_and_removing(tmp_path: Path) -> None:
    names = sorted(path.name for path in CORPUS.glob("*.txt"))
    for name in names[:3]:
        shutil.copyfile(CORPUS / name, tmp_path / name)
    build([tmp_path / names[0], tmp_path / names[1]], tmp_path / "a")
    changed = tmp_path / names[0]
    changed.write_text(changed.read_text("utf-8").replace("投诉", "申诉"), "utf-8")
    build([changed, tmp_path / names[2]], tmp_path / "a")
    with Writer(tmp_path / "a") as writer:
        writer.drop(Path(names[1]).stem)
        writer.publish()
    build([changed, tmp_path / names[2]], tmp_path / "b")
    after = held(store.open_library(tmp_path / "a"))
    assert after == held(store.open_library(tmp_path / "b"))
    assert {Path(name).stem for name in (names[0], names[2])} == {iri.removeprefix("at:").rpartition("-")[0] for iri in after}


def test_only_what_is_new_is_encoded(tmp_path: Path) -> None:
    encoder = encoders.open_encoder()
    texts = {n: ("标题", f"第{'一二三四五六七八九十'[n]}段") for n in range(10)}
    asked: list[int] = []

    def look(ids: Sequence[int]) -> list[tuple[str, str]]:
        asked.extend(ids)
        return [texts[n] for n in ids]

    assert vectors.renew(None, tmp_path / "1", range(6), look, encoder) == 6
    assert vectors.renew(tmp_path / "1", tmp_path / "2", range(2, 8), look, encoder) == 2
    assert vectors.renew(tmp_path / "2", tmp_path / "3", range(2, 8), look, encoder) == 0
    assert asked == [0, 1, 2, 3, 4, 5, 6, 7]
    opened = vectors.Vectors(tmp_path / "3")
    vector = vectors.encoded(encoder, [texts[7]])[0]
    assert next(iter(opened.nearest(vector, 3))) == 7
    assert [*opened.nearest(vector, 9, [3, 5])] in ([3, 5], [5, 3])


def test_another_encoder_makes_its_own_index(tmp_path: Path) -> None:
    """Every passage is encoded anew, the library remembers by what, and goes back to words alone when that is gone."""
    table = tmp_path / "small.npz"
    train.train([[*chunks.of(paper("负责公务接待。"))]], knowledge.load(), SMALL).save(table)
    source = next(iter(sorted(CORPUS.glob("*.txt"))))
    build([source], tmp_path / "library")
    assert build([source], tmp_path / "library", encoder=str(table)).changed
    reader = store.open_library(tmp_path / "library")
    assert {len(vector) for vector in held(reader).values()} == {16 * 4}
    assert encoders.wanted(reader.index.note("encoder") or "") == str(table)
    assert not build([source], tmp_path / "library").changed
    table.unlink()
    finder = store.open_library(tmp_path / "library").finder
    assert finder.search("投诉", 3)[0].text
    assert finder.trouble.startswith("只按词语检索：编码表")


@pytest.mark.skipif(importlib.util.find_spec("sentence_transformers") is not None, reason="the extra is installed")
def test_without_the_extra_a_model_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match=r'pip install "chazhang\[dense\]"'):
        build([CORPUS], tmp_path / "library", encoder="BAAI/bge-small-zh-v1.5")


def test_a_sentence_transformers_model_from_a_folder(tmp_path: Path) -> None:
    """The real loading path, with a small model made here: one layer, random weights."""
    st = pytest.importorskip("sentence_transformers")
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    letters = sorted({letter for chunk in train.read(CORPUS).values() for one in chunk for letter in one.text if letter.isalpha()})
    words = {word: n for n, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters])}
    config = BertConfig(vocab_size=len(words), hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32)
    BertModel(config).save_pretrained(tmp_path / "bert")
    BertTokenizerFast(vocab=words).save_pretrained(tmp_path / "bert")
    st.SentenceTransformer(modules=[Transformer(str(tmp_path / "bert")), Pooling(32)]).save(str(tmp_path / "model"))
    source = next(iter(sorted(CORPUS.glob("*.txt"))))
    build([source], tmp_path / "library", encoder=str(tmp_path / "model"))
    reader = store.open_library(tmp_path / "library")
    assert {len(v) for v in held(reader).values()} == {32 * 4}
    text = "（6）负责受理数字化城市管理的投诉、举报等有关工作；"
    assert text in [hit.text for hit in reader.finder.meaning(text, 3)]
    with pytest.raises(LibraryError, match="打不开"):
        encoders.open_encoder(str(tmp_path / "missing"))


# --- what answers make of it ----------------------------------------------------------------------


def test_every_hit_opens_at_its_citation(library: Path) -> None:
    """Of cells, paragraphs and tables alike; and the quote stands there."""
    opened = Library(library)
    session = opened.session()
    for document in opened.reader.manifest["documents"]:
        for text in ("主要原因", "公务用车", "绩效目标表 指标", "存在的问题"):
            for hit in opened.reader.finder.search(text, 8, [document]):
                passage = passages.found(session, hit)
                citation = passage.citations[0]
                assert citation.sha256 == opened.reader.manifest["documents"][document]["sha256"]
                assert show.show(opened.reader, citation.id)
                if citation.line is not None:
                    lines = opened.reader.lines(citation.sha256)
                    assert citation.quote in "\n".join(lines[citation.line - 1 : citation.line_end])


def test_last_resort_is_labelled_and_gives_no_figure(library: Path) -> None:
    answer = Library(library).ask("天元区数据局2024年海南学习花了多少")
    assert (answer.status, answer.results) == ("no_data", ())
    assert answer.answer.endswith(passages.LAST_RESORT)
    assert "1.76" not in answer.answer
    assert answer.passages[0].citations[0].line == 410


def test_a_figure_needs_no_vectors(library: Path) -> None:
    """A cold question that the graph answers imports neither numpy nor FAISS; a question in words does."""
    code = (
        "import sys; from pathlib import Path; from qa.library import Library; a = Library(Path(sys.argv[1])).ask(sys.argv[2]);"
        "print(a.status, [m for m in ('numpy', 'faiss', 'torch') if m in sys.modules])"
    )

    def imported(question: str) -> str:
        command = [sys.executable, "-c", code, str(library), question]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()

    assert imported("天元区数据局2024年公务接待费") == "answered []"
    assert imported("天元区数据局对政务服务中心办事大厅负什么责任") == "answered ['numpy', 'faiss']"


def test_shipped_table_is_small() -> None:
    assert ngrams.TABLE.stat().st_size < 4_000_000
