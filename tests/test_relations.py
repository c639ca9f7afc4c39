"""Former names, second names and units of departments: only what a document states, with its place."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from made import paper
from test_build import write

from kg import knowledge
from kg.build import build
from kg.library.store import open_library
from kg.model import Address, Document, Identity, Paragraph, Run
from kg.prose import relations
from qa import Library

OLD, NEW = "某市城市管理监督中心", "某市智慧城管中心"


def stated(own: str, *texts: str) -> list[tuple[str, str, str]]:
    blocks = tuple(Paragraph(Address("文", line=n), text, (Run(0, n, 0),)) for n, text in enumerate(texts, 1))
    found = relations.read(Document("文", "文.txt", "", blocks, texts), Identity(own, 2024, "部门决算", ""), knowledge.load())
    return [(relation.kind, relation.unit, relation.other) for relation in found]


@pytest.mark.parametrize("text", [
    f"2023年4月，{OLD}更名为{NEW}。", f"2023年4月，经市编办批准，由{OLD}正式更名为{NEW}并划入市城管局。",
    f"{NEW}（原{OLD}）是公益一类事业单位。", f"本中心前身是{OLD}，成立于2010年。",
])  # fmt: skip
def test_a_former_name(text: str) -> None:
    assert stated(NEW, text) == [("原名", NEW, OLD)]


def test_second_names_and_units_of_a_department() -> None:
    office = "某市政府办公室"
    assert stated(office, f"{office}是市政府工作部门，加挂某市外事办公室、某市研究室牌子。") == [
        ("挂牌", office, "某市外事办公室"), ("挂牌", office, "某市研究室"),
    ]  # fmt: skip
    list_ = f"纳入{office}2024年度部门决算编制范围的单位包括："
    assert stated(office, list_ + f"{office}本级、某市数据中心。") == [("所属单位", office, "某市数据中心")]
    assert stated(office, list_, f"1. {office}本级", "2、某市数据中心", "第二部分 部门决算表") == [("所属单位", office, "某市数据中心")]


@pytest.mark.parametrize("text", ["某市甲局更名为某市乙局。", "由原某市甲局和某市乙局合并，组建某市丁中心。", f"加强与{OLD}的协调。"])
def test_what_is_said_of_others_or_not_at_all_is_no_relation(text: str) -> None:
    assert stated(NEW, text) == []


@pytest.mark.parametrize("role", [p for _, p in knowledge.load().of_class("f:Role") if p.get("f:kind") == ("unit",)])
def test_examples_are_read(role: dict[str, tuple[str, ...]]) -> None:
    example = role["f:example"][0]
    assert {kind for own in (NEW, "某市数据局") for kind, _, _ in stated(own, example)} == {role["skos:prefLabel"][0]}


def test_a_question_under_one_name_is_led_to_the_other(tmp_path: Path) -> None:
    """Never answered with the other unit's figure: the name is said, with the sentence that states it."""
    new = paper(NEW, 2024, more=f"2023年4月，{OLD}更名为{NEW}。")
    files = write(tmp_path / "in", {"旧.txt": paper(OLD, 2022), "新.txt": new, "乙.txt": paper(NEW, 2023, total="999.00")})
    build([files], tmp_path / "library")
    library = Library(tmp_path / "library")
    for asked, year, said, other in ((NEW, 2022, f"{NEW}原名{OLD}", OLD), (OLD, 2024, f"{OLD}后来更名为{NEW}", NEW)):
        answer = library.ask(f"{asked}{year}年支出合计")
        assert (answer.status, answer.results, said in answer.answer, "show 新-L15" in answer.answer) == ("no_data", (), True, True)
        led = next(choice for choice in answer.clarify if choice.label == other)
        assert library.ask(led.question).results[0].value == Decimal("1227.61")
    change = library.ask(f"{NEW}2024年支出比上年增加多少").results[0]
    assert (change.value, {citation.document for citation in change.citations}) == (Decimal("228.61"), {"新.txt", "乙.txt"})
    labels = open_library(tmp_path / "library").query("SELECT ?l { GRAPH g:entities { ?u skos:altLabel ?l } }")
    assert [row["l"] for row in labels] == [OLD]
