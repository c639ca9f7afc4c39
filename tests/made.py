"""Small readings made by hand, for tests of what comes after reading: real nouns, real quads, no files needed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox

from kg import iris
from kg.knowledge import Concept, Knowledge
from kg.library.writer import Writer
from kg.model import Address, Cell, Document, Fact, Identity, Paragraph, Reading, Run, Table, TableReport, Unread


def reading(
    unit: str = "甲市乙区数据局", year: int = 2024, *, value: str = "1.40", project: str | None = None, text: str = "接待来访3批次。"
) -> Reading:
    """A document of one table row and one paragraph: 公务接待费, value万元."""
    name = f"{unit}-{year}年度部门决算"
    lines = (f"第三部分 说明 {project or ''}", text, "项目\t决算数", f"公务接待费\t{value}")
    raw = "\n".join(lines).encode()
    paragraph = Paragraph(Address(name, line=2, line_end=2), text, (Run(0, 2, 0),), section=("第三部分 说明",))
    rows = tuple(
        tuple(
            Cell(cell, Address(name, line=n, line_end=n, table=1, row=n - 2, column=c))
            for c, cell in enumerate(lines[n - 1].split("\t"), 1)
        )
        for n in (3, 4)
    )
    table = Table(Address(name, line=3, line_end=4, table=1), rows, section=("第三部分 说明",))
    document = Document(name, f"{name}.txt", hashlib.sha256(raw).hexdigest(), (paragraph, table), lines, encoding="utf-8")
    money = {"flow": "支出", "fund": "财政拨款", "spend": "全部", "project": project}
    fact = Fact(
        rows[1][1].address, value, "table", "K09", "三公经费表", "公务接待费", "决算数", unit, year, "决算", "金额",
        "ind:公务接待费", "公务接待费", "万元", Decimal(value), **money,
    )  # fmt: skip
    learned = Fact(
        Address(name, line=2, line_end=2, start=4, end=5), "3", "narrative", "", "第三部分 说明", "来访", "批次", unit, year, "决算",
        "数量", "item:来访批次", "来访批次", "批次", Decimal(3),
    )  # fmt: skip
    report = TableReport("三公经费表", table.address, "K09", 2, 1, {"栏次": 1})
    missed = Unread(rows[0][1].address, "9", "表头没有这一列", harmless=False)
    return Reading(document, Identity(unit, year, "部门决算", f"{unit}{year}年度部门决算"), (fact, learned), (missed,), (report,))


def vocabulary() -> Knowledge:
    """An ontology of three concepts."""
    concepts = [
        Concept("ind:公务接待费", "g:indicators", "公务接待费", alt=("公务接待",), hidden=("吃喝",)),
        Concept("func:2010302", "g:functions", "一般行政管理事务", notation="2010302"),
        Concept("ph:决算", "g:phases", "决算", alt=("决算数",)),
    ]
    label = ox.NamedNode(iris.expand("skos:prefLabel"))
    triples = [ox.Triple(ox.NamedNode(iris.expand(c.curie)), label, ox.Literal(c.label, language="zh")) for c in concepts]
    return Knowledge({c.curie: c for c in concepts}, {}, {}, tuple(triples))


def paper(
    unit: str = "某市数据局",
    year: int = 2024,
    kind: str = "部门决算",
    *,
    total: str = "1,227.61",
    basic: str = "1,027.61",
    project: str = "200.00",
    more: str = "",
) -> str:
    """A disclosure as a text file: one table and one sentence that says the same."""
    return f"""{unit}{year}年度{kind}
第一部分 部门决算表
支出决算表
公开03表
部门：{unit}
单位：万元
项目\t\t本年支出合计\t基本支出\t项目支出
科目编码\t科目名称
2010301\t行政运行\t{basic}\t{basic}\t
2010302\t一般行政管理事务\t{project}\t\t{project}
合计\t\t{total}\t{basic}\t{project}
第二部分 决算情况说明
一、支出决算情况说明
{year}年度本年支出合计{total}万元，其中：基本支出{basic}万元，占83.71%；项目支出{project}万元，占16.29%。
{more}
"""


def build(library: Path, readings: Iterable[Reading], drop: Iterable[str] = ()) -> bool:
    """Write what is new or changed, as `kg.build` does; whether a generation was published."""
    with Writer(library, version="1", vocabulary=vocabulary()) as writer:
        known = writer.known()
        for one in readings:
            if known.get(one.document.id) != one.document.sha256:
                writer.replace(one, Path("/somewhere") / one.document.name)
        for document in drop:
            writer.drop(document)
        return writer.publish()


def one_line(text: str) -> str:
    """The only line of a message, which is Chinese and no traceback."""
    lines = text.strip().splitlines()
    assert len(lines) == 1, text
    assert re.search("[一-鿿]{4}", lines[0]), text
    assert "Traceback" not in text
    return lines[0]


def snapshot(library: Path) -> dict[str, tuple[int, int]]:
    """Every file of a library with size and time of change."""
    return {
        str(path.relative_to(library)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in sorted(library.rglob("*"))
        if path.is_file()
    }
