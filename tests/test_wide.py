"""Questions that name no unit, to a library of more units than fit on a screen: the right few come first, and nothing is made up."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from kg.build import build
from qa.library import Library
from qa.model import Answer

TOWNS = "安宁永和清平东西南北新龙临建兴福"
#: 公务接待费 of the offices, in 万元; their budgets are in the other order
GUESTS = [Decimal(n) / 100 for n in (120, 55, 310, 0, 904, 66, 71, 23, 188, 902, 15, 47, 599, 36, 8, 250)]
PAPER = """{year}年度
{unit}
部门决算公开
第三部分
{year}年度部门决算情况说明
六、财政拨款三公经费支出决算情况说明
公务接待费支出预算为{plan}万元，支出决算为{guests}万元，完成预算的{rate}%。
附件3
项目支出名称\t{town}道路维护项目
主管部门\t{unit}\t\t\t\t实施单位\t{unit}
项目资金 (万元)\t资金来源\t年初预算数\t全年预算数\t全年执行数\t分值\t执行率\t得分
\t其中:当年财政拨款\t100.00\t100.00\t{done}.00
\t年度资金总额\t100.00\t100.00\t{done}.00\t10\t{done}.00%\t9.00
绩效指标\t一级指标\t二级指标\t三级指标\t年度指标值\t实际完成值\t分值\t得分\t偏差原因分析及改进措施
产出指标\t数量指标\t维护道路数\t≥5个\t6个\t90\t90\t
总分\t\t\t\t\t\t100\t99.00
第四部分 名词解释
1、公务接待费：是指单位按规定开支的各类公务接待支出。
"""


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("wide")
    (folder / "in").mkdir()
    for n, town in enumerate(TOWNS):
        plan = Decimal(10) - GUESTS[n]
        rate = f"{GUESTS[n] / plan * 100:.2f}"
        told = {
            "year": 2024,
            "unit": f"{town}山县住房局",
            "town": town,
            "plan": plan,
            "guests": GUESTS[n],
            "rate": rate,
            "done": 40 + 3 * n,
        }
        (folder / "in" / f"{told['unit']}.txt").write_text(PAPER.format(**told), "utf-8")
    build([folder / "in"], folder / "library", jobs=1)
    with Library(folder / "library") as library:
        yield library


def found(answer: Answer) -> list[tuple[str, Decimal | None]]:
    return [(r.unit[0], r.value) for r in answer.results]


def test_the_largest_come_first_and_that_there_are_more_is_said(opened: Library) -> None:
    answer = opened.ask("2024年哪个单位公务接待费最多")
    assert found(answer)[:4] == [("清", Decimal("9.04")), ("北", Decimal("9.02")), ("临", Decimal("5.99")), ("永", Decimal("3.10"))]
    assert len(answer.results) == 10
    assert answer.answer.endswith("共16个单位有这项数字，只列最大的10个。")
    assert answer.results[0].citations[0].document == "清山县住房局.txt"
    assert not answer.warnings


def test_as_many_as_asked_for_of_the_newest_year(opened: Library) -> None:
    answer = opened.ask("公务接待费最少的三个单位")
    assert found(answer) == [("和", Decimal(0)), ("兴", Decimal("0.08")), ("新", Decimal("0.15"))]
    assert "未说年度 = 2024年" in answer.notes


@pytest.mark.parametrize(("text", "units"), [
    ("哪些单位2024年公务接待费超过5万元", "清北临"), ("哪些单位2024年公务接待费低于0.2万元", "和兴新"),
    ("哪些单位2024年公务接待费超过20万元", ""), ("哪些项目执行率低于50%", "安宁永和"),
])  # fmt: skip
def test_those_within_a_bound(opened: Library, text: str, units: str) -> None:
    answer = opened.ask(text)
    assert (answer.status, "".join(unit for unit, _ in found(answer))) == ("answered", units)


def test_the_budget_is_not_the_accounts(opened: Library) -> None:
    assert found(opened.ask("2024年公务接待费预算最多的两个单位")) == [("和", Decimal("10.00")), ("兴", Decimal("9.92"))]


def test_what_needs_a_unit_asks_for_it(opened: Library) -> None:
    for text in ("2024年公务接待费是多少", "公务接待费为什么减少", "各单位的主要职责", "哪个单位公务接待费占比最高"):
        answer = opened.ask(text)
        assert (answer.status, answer.results, len(answer.clarify)) == ("clarify", (), 8)
        assert answer.clarify[0].label in answer.clarify[0].question


def test_nothing_is_added_up_of_those_shown_only(opened: Library) -> None:
    answer = opened.ask("2024年所有单位公务接待费之和")
    assert answer.answer.endswith("单位太多，不在这里相加。")
    assert not any(r.computed for r in answer.results)


def test_what_no_document_has_is_not_there(opened: Library) -> None:
    assert (opened.ask("各单位2024年会议费").status, opened.ask("各单位2019年公务接待费").status) == ("no_data", "no_data")


def test_a_project_leads_to_its_unit(opened: Library) -> None:
    answer = opened.ask("清道路维护项目2024年执行率")
    assert found(answer)[:1] == [("清", Decimal("52.00"))]
