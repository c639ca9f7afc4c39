"""Tables that stand one under another in one grid, made up and read by hand: 预算数, 决算数 and the counts below, in several layouts."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from kg.build import read
from kg.model import Fact

NAME = "东溪县渔政站2023年度单位决算公开"
CAPTIONS = ["财政拨款“三公”经费、会议费和培训费支出决算表", "公开09表", "部门名称：东溪县渔政站|单位：万元"]
HEADINGS = """“三公”经费合计|因公出国（境）费|公务用车购置及运行维护费|||公务接待费|会议费|培训费
||小计|公务用车购置费|公务用车运行维护费|||"""
#: 预算数 and 决算数 over headings that come twice, counts in two groups side by side; the first two are blank.
SIDES = f"""预算数|||||||
{HEADINGS}
9.10|0.00|6.40|0.00|6.40|2.70|1.30|3.20
决算数|||||||
{HEADINGS}
7.85|0.00|5.75|0.00|5.75|2.10|0.90|2.60
相关统计数：|||||||
项目|||统计数|项目|||统计数
因公出国（境）团组数（个）||||因公出国（境）人次数（人）|||
公务用车购置数（辆）|||0|公务用车保有量（辆）|||3
国内公务接待批次（批）|||17|国内公务接待人次|||142
组织培训次数（次）|||5|巡查船次数|||61"""
#: The same one under the other.
UNDER = """项目|预算数|决算数
“三公”经费合计|9.10|7.85
公务接待费|2.70|2.10
会议费|1.30|0.90
相关统计数||
项目|统计数|
公务用车保有量（辆）|3|
国内公务接待批次（批）|17|
国内公务接待人次|142|
巡查船次数|61|"""

Told = set[tuple[str, str, str, str, str]]


def told(facts: tuple[Fact, ...]) -> Told:
    assert all((f.fund, f.flow) == (("财政拨款", "支出") if f.measure == "万元" else (None, None)) for f in facts)
    return {(f.item, f.phase, f.metric, f.quote, f.measure) for f in facts}


COUNTS: Told = {
    ("ind:公务用车保有量", "决算", "数量", "3", "辆"),
    ("ind:公务接待批次", "决算", "数量", "17", "批"),
    ("ind:公务接待人次", "决算", "数量", "142", ""),
    ("item:巡查船次数", "决算", "数量", "61", ""),
}


def test_blocks_with_headings_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / f"{NAME}.txt"
    path.write_text("\n".join([NAME, "", *CAPTIONS, SIDES]).replace("|", "\t"), "utf-8")
    read_here = read(path)
    found = told(read_here.facts)
    items = [
        "三公经费",
        "因公出国境费",
        "公务用车购置及运行维护费",
        "公务用车购置费",
        "公务用车运行维护费",
        "公务接待费",
        "会议费",
        "培训费",
    ]
    budget = ["9.10", "0.00", "6.40", "0.00", "6.40", "2.70", "1.30", "3.20"]
    spent = ["7.85", "0.00", "5.75", "0.00", "5.75", "2.10", "0.90", "2.60"]
    money = {
        (f"ind:{item}", phase, "金额", quote, "万元")
        for phase, row in (("预算", budget), ("决算", spent))
        for item, quote in zip(items, row, strict=True)
    }
    more = {("ind:公务用车购置数", "决算", "数量", "0", "辆"), ("ind:培训次数", "决算", "数量", "5", "次")}
    assert found == money | COUNTS | more
    assert all(unread.harmless for unread in read_here.unread)
    assert [(report.title, report.numeric, report.facts) for report in read_here.tables] == [(CAPTIONS[0], 22, 22)]


def test_counts_below_the_money_they_belong_to(tmp_path: Path) -> None:
    path = tmp_path / f"{NAME}.txt"
    path.write_text("\n".join([NAME, "", *CAPTIONS, UNDER]).replace("|", "\t"), "utf-8")
    found = told(read(path).facts)
    money = {
        (f"ind:{item}", phase, "金额", quote, "万元")
        for item, budget, spent in (("三公经费", "9.10", "7.85"), ("公务接待费", "2.70", "2.10"), ("会议费", "1.30", "0.90"))
        for phase, quote in (("预算", budget), ("决算", spent))
    }
    assert found == money | COUNTS


@pytest.mark.parametrize("layout", [SIDES, UNDER])
def test_workbooks_say_the_same(tmp_path: Path, layout: str) -> None:
    """A workbook's 预算数 over all columns stands alone in its row, as titles do."""
    text, book = tmp_path / "text", openpyxl.Workbook()
    text.mkdir()
    (text / f"{NAME}.txt").write_text("\n".join([NAME, "", *CAPTIONS, layout]).replace("|", "\t"), "utf-8")
    for line in [*CAPTIONS, *layout.split("\n")]:
        book.active.append([cell or None for cell in line.split("|")])
    book.save(tmp_path / f"{NAME}.xlsx")
    assert told(read(tmp_path / f"{NAME}.xlsx").facts) == told(read(text / f"{NAME}.txt").facts)
