"""Several documents of one unit: years against each other, a department and its own unit apart; every figure with its document."""

from __future__ import annotations

from pathlib import Path

import pytest
from made import paper
from test_build import write

from kg.build import build
from kg.library.store import open_library
from qa import Library

UNIT = "某市数据局"
SAID = "2024年度本年支出合计1,227.61万元，与上年决算1,100.00万元相比，增加127.61万元，增长11.60%。"


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """2023 and 2024 of the department, which disagree about 2023, and 2024 of its own unit."""
    folder = tmp_path_factory.mktemp("three")
    own = paper(UNIT, 2024, "单位决算", total="727.61", basic="627.61", project="100.00")
    before = paper(UNIT, 2023, total="1,000.00", basic="900.00", project="100.00")
    build([write(folder / "in", {"前.txt": before, "后.txt": paper(UNIT, 2024, more=SAID), "本级.txt": own})], folder / "library")
    return folder / "library"


def test_last_years_figure_is_held_against_last_years_document(three: Path) -> None:
    query = "SELECT ?m { ?i f:kind '同项不同数' ; sh:resultMessage ?m }"
    (message,) = [str(row["m"]) for row in open_library(three).query(query)]
    assert message.startswith("2023年支出合计决算有不同的数：1000.00万元（《某市数据局2023年度部门决算》")
    assert "1100.00万元（《某市数据局2024年度部门决算》一、支出决算情况说明第15行）" in message


@pytest.mark.parametrize(("asked", "values", "documents"), [
    ("2024年部门决算支出合计", ["1227.61"], {"后.txt"}), ("2024年单位决算支出合计", ["727.61"], {"本级.txt"}),
    ("2024年支出合计", ["1227.61", "727.61"], {"后.txt", "本级.txt"}),
])  # fmt: skip
def test_a_department_and_its_own_unit_are_not_taken_for_one(three: Path, asked: str, values: list[str], documents: set[str]) -> None:
    answer = Library(three).ask(f"{UNIT}{asked}")
    assert [result.value for result in answer.results] == values
    assert {citation.document for result in answer.results for citation in result.citations} == documents
    notices = [notice.message for notice in answer.warnings if "口径不同" in notice.message]
    assert len(notices) == (len(values) > 1)


def test_a_trend_cites_the_document_of_each_year(three: Path) -> None:
    answer = Library(three).ask(f"{UNIT}近两年部门决算基本支出")
    found = [(result.year, result.value, {citation.document for citation in result.citations}) for result in answer.results]
    assert found == [(2023, "900.00", {"前.txt"}), (2024, "1027.61", {"后.txt"})]
