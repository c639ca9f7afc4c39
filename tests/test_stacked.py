"""Tables copied with every cell on a line of its own: rows are put together again, and what is not sure is left unread."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.model import Fact
from kg.reading import read

DOCUMENT = "南坪市图书馆2023年度单位决算\n{}\n单位：万元\n{}\n以上数据真实。\n"
#: The last cells of the last row are blank, as are most.
ACCOUNTS = ["项目", "本年支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出"]
ACCOUNTS += ["功能分类科目编码", "科目名称", "栏次", "1", "2", "3", "4", "5", "6"]
ACCOUNTS += ["合计", "30.00", "18.00", "12.00", "", "", "", "207", "文化旅游体育与传媒支出", "30.00", "18.00", "12.00", "", "", ""]
ACCOUNTS += ["20701", "文化和旅游", "30.00", "18.00", "12.00", "", "", "", "2070104", "图书馆", "18.00", "18.00", "", "", "", ""]
ACCOUNTS += ["2070199", "其他文化和旅游支出", "12.00", "", "12.00", "", "", ""]
#: One heading stands over the cells of two blocks; the totals at the end have no code.
BLOCKS = [
    "人员经费",
    "公用经费",
    *["经济分类科目编码", "科目名称", "决算数"] * 2,
    "301",
    "工资福利支出",
    "15.00",
    "302",
    "商品和服务支出",
    "3.00",
]
BLOCKS += ["30101", "基本工资", "9.00", "30201", "办公费", "3.00", "30102", "津贴补贴", "6.00", "", "", ""]
BLOCKS += ["人员经费合计", "15.00", "公用经费合计", "3.00"]
#: No form puts these headings under that one: the sums of the row tell that it is theirs.
CARS = [
    "2023年“三公”经费安排情况",
    "2023年机关运行经费",
    "合计",
    "因公出国(境)费",
    "公务接待费",
    "公务用车购置及运行费",
    "小计",
    "购置费",
    "运行费",
]
CARS += ["6.50", "", "0.50", "6.00", "", "6.00", "2.25"]


def facts(folder: Path, title: str, cells: list[str], end: str = "") -> list[Fact]:
    path = folder / "南坪市图书馆2023年度单位决算.txt"
    path.write_text(DOCUMENT.format(title, "\n".join(cell + end for cell in cells)), "utf-8")
    return [fact for fact in read(path).facts if fact.kind == "table"]


def said(found: list[Fact]) -> list[tuple[str, str, str, str | None]]:
    return [(fact.item, str(fact.value), fact.quote, fact.spend) for fact in found]


@pytest.mark.parametrize("end", ["", "  ", "\t"])
def test_blank_lines_are_blank_cells(tmp_path: Path, end: str) -> None:
    found = said(facts(tmp_path, "支出决算表", ACCOUNTS, end))
    assert found[-2:] == [("func:2070199", "12.00", "12.00", "全部"), ("func:2070199", "12.00", "12.00", "项目支出")]
    assert len(found) == 13


def test_numbers_of_pages_are_no_cells(tmp_path: Path) -> None:
    paged = [*ACCOUNTS[:27], "— 3 —", *ACCOUNTS[27:41], "第 4 页 共 9 页", *ACCOUNTS[41:]]
    assert said(facts(tmp_path, "支出决算表", paged)) == said(facts(tmp_path, "支出决算表", ACCOUNTS))


def test_blocks_with_totals_that_have_no_code(tmp_path: Path) -> None:
    found = [(fact.row, str(fact.value), fact.spend) for fact in facts(tmp_path, "一般公共预算财政拨款基本支出决算明细表", BLOCKS)]
    totals = {("人员经费合计", "15.00", "人员经费"), ("公用经费合计", "3.00", "公用经费")}
    assert set(found) >= {*totals, ("30102 津贴补贴", "6.00", "人员经费")}


def test_sums_tell_what_a_heading_stands_over(tmp_path: Path) -> None:
    found = {(fact.item, str(fact.value)) for fact in facts(tmp_path, "“三公”经费和机关运行经费预算表", CARS)}
    assert {("ind:公务接待费", "0.50"), ("ind:公务用车运行维护费", "6.00"), ("ind:机关运行经费", "2.25")} <= found


def test_sums_that_fail_leave_the_table_unread(tmp_path: Path) -> None:
    assert facts(tmp_path, "“三公”经费和机关运行经费预算表", [cell.replace("0.50", "0.90") for cell in CARS]) == []
