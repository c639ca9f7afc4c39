"""Questions that documents answer in words: the passage quoted first, read by hand, with the line of the file where it begins."""

from __future__ import annotations

from typing import Any

import pytest

from kg.model import Address, Document, Paragraph, Run
from kg.prose import chunks
from qa.model import Unit
from qa.text import squeeze
from qa.understand import units


@pytest.mark.parametrize(
    ("asked", "line", "begins"),
    [
        ("天元区数字化指挥中心国有资产占用情况", 375, "截至2023年12月31日"),
        ("天元区数据局2024年总支出为什么比上年少了那么多", 314, "2024年度财政拨款支出1227.61万元"),
        ("数据局下一步打算怎么改进绩效管理", 558, "改进措施及建议：一是建立科学完善的指标体系"),
        ("天元区数字化指挥中心下一年准备怎么做好预算", 475, "下一年度将进一步细化预算编制"),
        ("数据局公务接待费主要用在什么地方", 400, "2、公务接待费支出决算为0.21万元"),
        ("数据局的政务服务中心办事大厅归不归它管", 62, "（六）负责区政务服务中心办事大厅"),
        ("天元区数字化指挥中心对处置单位是怎么考评的", 453, "全年利用城管高清抓拍"),
    ],
)
def test_the_passage_quoted_first(opened: Any, asked: str, line: int, begins: str) -> None:
    answer = opened.ask(asked)
    assert answer.status == "answered"
    first = answer.passages[0]
    assert (first.citations[0].line, first.text.startswith(begins)) == (line, True), first.text


@pytest.mark.parametrize("asked", ["数据局局长是谁", "岳阳智慧城管中心为什么更换办公楼", "数据局为什么裁员", "数据局的办公地址在哪里"])
def test_what_no_passage_says_is_refused(opened: Any, asked: str) -> None:
    assert opened.ask(asked).status == "no_data"


def test_a_cause_brings_no_part_without_one(opened: Any) -> None:
    """The paragraph ends in 其中：; what follows are its parts, of which the first gives no cause."""
    lines = [p.citations[0].line for p in opened.ask("数据局三公经费为什么只完成了预算的三成多").passages]
    assert lines[0] == 384
    assert 386 not in lines  # gives no cause


@pytest.mark.parametrize("said", ["省政协", "江苏省政协"])
def test_short_names_of_associations(said: str) -> None:
    unit = Unit("unit:江苏省政协办公厅", "江苏省政协办公厅", ())
    found = units.find(squeeze(f"{said}的主要职能是什么"), [unit])
    assert (0, len(said)) in {(f.start, f.end) for f in found}


def test_all_that_stands_under_a_heading_is_a_passage() -> None:
    """三、实施主体 asks, and the name under it answers; the same name anywhere else is a caption."""
    said = (("三、实施主体", 2), ("上海市普陀区商务委员会", 0), ("四、实施方案", 2), ("上海市普陀区商务委员会", 0), ("制定细则。", 0))
    blocks = tuple(Paragraph(Address("某局", line=n), text, (Run(0, n, 0),), level) for n, (text, level) in enumerate(said, 1))
    assert [c.address.line for c in chunks.of(Document("某局", "某局.txt", "ab12", blocks))] == [2, 5]


def test_a_meaning_that_no_list_of_terms_gives_is_no_figure(opened: Any) -> None:
    answer = opened.ask("什么叫使用非财政拨款结余")
    assert (answer.status, answer.results) == ("no_data", ())
