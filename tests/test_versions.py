"""Two documents that disclose the same thing: figures are never counted twice, and what is no longer used can still be looked at."""

from __future__ import annotations

from pathlib import Path

import papers
import pytest
from made import paper
from test_build import held, total, write

from kg.build import BuildReport, build
from kg.library.store import open_library
from qa.screen import show

OFFICE = "某市数据局"


def told(report: BuildReport) -> dict[str, tuple[str, str]]:
    """Files whose state is not simply 已读: state and words."""
    return {f.path.name: (f.state, "".join((f.why, *f.notes))) for f in report.files if f.why or f.notes}


def test_a_file_that_says_it_is_newer_replaces_the_older(tmp_path: Path) -> None:
    files = write(tmp_path / "in", {"2024年决算.txt": paper(), "2024年决算（更新）.txt": paper(total="1,237.61", project="210.00")})
    report = build([files], tmp_path / "library")
    state, words = told(report)["2024年决算.txt"]
    assert (state, "已由较新的《2024年决算（更新）.txt》替换" in words, "4 项数字不同" in words) == ("旧版", True, True)
    assert total(tmp_path / "library", OFFICE) == ["1,237.61", "1,237.61万元"]
    reader = open_library(tmp_path / "library")
    assert (list(reader.manifest["documents"]), list(reader.manifest["replaced"])) == (["2024年决算更新"], ["2024年决算"])
    lines = show.show(reader, "2024年决算-L11c3")
    assert "以《2024年决算（更新）.txt》为准" in lines[1]
    assert any("【1,227.61】" in line for line in lines)


def test_the_same_in_another_format_is_not_counted_twice(tmp_path: Path) -> None:
    files = write(tmp_path / "in", {"决算.html": papers.html(), "决算.docx": papers.docx()})
    report = build([files], tmp_path / "library")
    ((name, (state, words)),) = told(report).items()
    other = {"决算.html": "决算.docx", "决算.docx": "决算.html"}[name]
    assert (state, f"与《{other}》公开同一内容" in words) == ("旧版", True)
    assert [Path(card["path"]).name for card in open_library(tmp_path / "library").manifest["documents"].values()] == [other]


def test_figures_that_differ_and_no_word_of_which_is_newer_both_stay(tmp_path: Path) -> None:
    files = write(tmp_path / "in", {"甲稿.txt": paper(), "乙稿.txt": paper(total="1,237.61", project="210.00")})
    report = build([files], tmp_path / "library")
    ((state, words),) = told(report).values()
    assert (state, "看不出哪份是哪份的新版，两份都保留" in words) == ("已读", True)
    assert total(tmp_path / "library", OFFICE) == ["1,227.61", "1,227.61万元", "1,237.61", "1,237.61万元"]


def test_a_newer_name_alone_replaces_nothing(tmp_path: Path) -> None:
    """Where most figures differ, the two may be of different units that a short name does not tell apart."""
    other = paper(total="51.00", basic="42.00", project="9.00").replace("83.71", "82.35").replace("16.29", "17.65")
    report = build([write(tmp_path / "in", {"甲.txt": paper(), "乙（更新）.txt": other})], tmp_path / "library")
    assert {state for state, _ in told(report).values()} == {"已读"}
    assert len(open_library(tmp_path / "library").manifest["documents"]) == 2


@pytest.mark.parametrize("other", [paper(year=2023), paper(kind="部门预算"), paper("某市他局"), paper(kind="单位决算")])
def test_other_years_kinds_and_units_are_other_disclosures(tmp_path: Path, other: str) -> None:
    files = write(tmp_path / "in", {"一.txt": paper(), "二（更新）.txt": other})
    assert told(build([files], tmp_path / "library")) == {}


def test_the_older_comes_back_when_the_newer_goes(tmp_path: Path) -> None:
    """In whatever order files come and go, the library says what it would say if it were built at once."""
    old, new = {"2024年决算.txt": paper()}, {"2024年决算（更新）.txt": paper(total="1,237.61", project="210.00")}
    files = write(tmp_path / "in", new)
    library = tmp_path / "library"
    build([files], library)
    build([write(files, old)], library)
    build([files], tmp_path / "both")
    assert held(library) == held(tmp_path / "both")
    assert not build([files], library).changed
    (files / "2024年决算（更新）.txt").unlink()
    build([files], library, prune=True)
    build([files], tmp_path / "old")
    assert held(library) == held(tmp_path / "old")
    assert total(library, OFFICE) == ["1,227.61", "1,227.61万元"]
