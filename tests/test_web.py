"""Web pages as sites and offices really save them: every line below was read off the page by hand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from kg import build, iris, readers
from kg.library import store
from kg.model import Document, Paragraph, Table
from qa import Library
from qa.screen import verify

NAME = "某县水利局-2024年度部门决算"
TABLE = """<table border=1><tr><td rowspan=2>项目<td colspan=2>决算数<td rowspan=2>备注<tr><td>基本支出<td>项目支出
<tr><td>农林水支出<td>1,000.25<td>500.25<td><tr><td>&nbsp;合&nbsp;计<td>1,000.25<td>500.<br>25<td></table>"""
ROWS = [
    ("项目", "决算数", "", "备注"),
    ("", "基本支出", "项目支出", ""),
    ("农林水支出", "1,000.25", "500.25", ""),
    ("合 计", "1,000.25", "500. 25", ""),
]


def read(page: str, charset: str = "utf-8") -> Document:
    return readers.read(Path(NAME + ".html"), page.encode(charset))


def texts(document: Document) -> list[list[tuple[str, ...]]]:
    return [[tuple(cell.text for cell in row) for row in block.rows] for block in document.blocks if isinstance(block, Table)]


def prose(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


def page(body: str, charset: str = "utf-8", head: str = "") -> str:
    return f'<html><head><meta charset="{charset}">{head}</head><body>{body}</body></html>'


@pytest.mark.parametrize(
    ("declared", "real", "found"),
    [
        ("gb2312", "utf-8", "utf-8"),
        ("utf-8", "gbk", "gb18030"),
        ("", "gb18030", "gb18030"),
        ("big5", "big5", "big5"),
        ("gb2312", "gb18030", "gb18030"),
    ],
)
def test_the_declared_character_set_may_be_wrong(declared: str, real: str, found: str) -> None:
    text = (
        "本年支出合計1,500.50萬元，其中基本支出1,000.25萬元。"
        if real == "big5"
        else "本年支出合计1,500.50万元，其中：基本支出1,000.25万元。"
    )
    document = read(page(f"<p>{text}</p>", declared), real)
    assert (prose(document), document.encoding) == ([text], found)


def test_one_broken_byte_does_not_lose_the_page() -> None:
    data = page("<p>一、部门职责</p><p>负责全县水利工作。</p>" * 40, "gb2312").encode("gb18030")
    data = data.replace("县".encode("gb18030"), b"\xff\xd8", 1)
    document = readers.read(Path(NAME + ".html"), data)
    assert document.notes == ("有 2 处字符已损坏，读不出（按 gb18030 解码）。",) or "处字符已损坏" in document.notes[0]
    assert prose(document).count("负责全县水利工作。") == 39


def test_what_the_site_puts_around_the_document_is_left_out_and_told() -> None:
    body = f"""<div class="header"><a href="/">首页</a><a href="/1">要闻</a><a href="/2">政务公开</a></div>
    <div class="crumbs">当前位置：<a href="/">首页</a>&gt;<a href="/2">财政信息</a></div>
    <div class="main"><div class="sidebar"><ul><li><a href="/3">2025年部门预算</a><li><a href="/4">2023年部门决算</a></ul></div>
    <div class="article"><h1>某县水利局2024年度部门决算公开</h1><p class="info">发布时间：2025-09-30 来源：某县水利局 浏览次数：35</p>
    <h2>第一部分 部门概况</h2><p>负责全县水利工作。</p>{TABLE}<p>来源：财政拨款1,500.50万元。</p></div></div>
    <div id="footer"><p>主办：某县人民政府 湘ICP备0500号</p></div><script>document.write("没有")</script>"""
    document = read(page(body))
    assert prose(document) == ["某县水利局2024年度部门决算公开", "第一部分部门概况", "负责全县水利工作。", "来源：财政拨款1,500.50万元。"]
    assert texts(document) == [ROWS]
    assert document.notes == (
        "网页上的导航、位置、日期、页脚等 5 处未当作正文（首页要闻政务公开；当前位置：首页>财政信息；2025年部门预算2023年部门决算……）。",
    )


def test_the_name_of_a_document_that_only_the_head_tells() -> None:
    head = '<meta name="ArticleTitle" content="某县水利局2024年度部门决算"><title>决算_某县人民政府</title>'
    document = read(page("<p>一、部门职责</p><p>负责全县水利工作。</p>", head=head))
    assert prose(document)[0] == "某县水利局2024年度部门决算"


def test_tables_for_layout_and_tables_in_tables() -> None:
    """A frame gives its content; a table in a cell of a table of figures comes after it."""
    inner = "<table><tr><td>其中<td>金额<tr><td>会议费<td>3.50</table>"
    outer = (
        TABLE.replace("<td>备注", "<td>备注")
        .replace("500.25<td><tr>", f"500.25<td>见明细{inner}<tr>")
        .replace("rowspan=2>备注", "rowspan=2>备注")
    )
    document = read(page(f'<table width="100%"><tr><td><p>一、支出情况</p>{outer}</td></tr></table>'))
    assert prose(document) == ["一、支出情况"]
    first, second = texts(document)
    assert first == [ROWS[0], ROWS[1], ("农林水支出", "1,000.25", "500.25", "见明细"), ROWS[3]]
    assert second == [("其中", "金额"), ("会议费", "3.50")]


def test_a_table_cut_in_two() -> None:
    """Two tables with nothing between, the header once more: one table, every cell with its own place."""
    first = "<table><tr><td>科目<td>决算数<tr><td>办公费<td>1.00</table>"
    second = "<table><tr><td>科目<td>决算数<tr><td>差旅费<td>2.00<tr><td>合计<td>3.00</table>"
    document = read(page(first + "<p></p>" + second + "<p>三公经费</p>" + first))
    assert texts(document)[0] == [("科目", "决算数"), ("办公费", "1.00"), ("差旅费", "2.00"), ("合计", "3.00")]
    tables = [block for block in document.blocks if isinstance(block, Table)]
    assert [iris.local(row[1].address) for row in tables[0].rows] == [f"{NAME}-t{place}c2" for place in ("1r1", "1r2", "2r2", "2r3")]
    assert tables[1].address.table == 3


def test_saved_by_word() -> None:
    """List numbers that Word writes out, its islands of XML, empty elements of its own, text it hides."""
    body = """<p class=MsoNormal style='text-align:center'><span lang=EN-US>2024</span>年度部门决算<o:p/></p>
    <!--[if gte mso 9]><xml><w:WordDocument>不是内容</w:WordDocument></xml><![endif]-->
    <p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>一、<span
    style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]>支出决算情况说明<o:p></o:p></p>
    <p class=MsoNormal>本年支出合计<span lang=EN-US>1,500.50</span>万元<span style='mso-hide:all;display:none'>（待核）</span>。</p>
    <p class=MsoNormal><span lang=EN-US><o:p>&nbsp;</o:p></span></p>"""
    document = read(page(body, "gb2312"), "gb18030")
    assert prose(document) == ["2024年度部门决算", "一、支出决算情况说明", "本年支出合计1,500.50万元。"]
    assert document.blocks[-1].section == ("一、支出决算情况说明",)


def test_hidden_rows_and_cells_are_not_read() -> None:
    rows = "<tr><td>科目<td style='display: none'>旧数<td>决算数<tr hidden><td>会议费<td>9<td>9<tr><td>办公费<td hidden>8<td>1.00"
    assert texts(read(page(f"<table>{rows}</table>"))) == [[("科目", "决算数"), ("办公费", "1.00")]]


def test_traditional_characters(tmp_path: Path) -> None:
    """Written in traditional characters: the same facts; the print stays as it is."""
    body = """<h1>某縣水利局2024年度部門決算</h1><p>部門：某縣水利局</p><p>支出決算表</p><p>單位：萬元</p>
    <table><tr><td>項目<td>本年支出合計<td>基本支出<td>項目支出<tr><td>合計<td>1,500.50<td>1,000.25<td>500.25
    <tr><td>農林水支出<td>1,500.50<td>1,000.25<td>500.25</table><h2>一、支出決算情況說明</h2>
    <p>2024年度本年支出合計1,500.50萬元，其中：基本支出1,000.25萬元，佔66.66%；項目支出500.25萬元，佔33.34%。</p>"""
    path = tmp_path / f"{NAME}.html"
    path.write_bytes(page(body, "big5").encode("big5"))
    reading = build.read(path)
    found = {(f.kind, f.item, f.spend, f.metric): (f.value, f.measure, f.phase) for f in reading.facts}
    assert reading.identity.kind == "部门决算"
    assert found["table", "func:213", "项目支出", "金额"] == (Decimal("500.25"), "万元", "决算")
    assert found["narrative", "ind:合计", "基本支出", "金额"] == (Decimal("1000.25"), "万元", "决算")
    assert found["narrative", "ind:合计", "项目支出", "占比"] == (Decimal("33.34"), "%", "决算")
    build.build([path], tmp_path / "library")
    (result, *_) = Library(tmp_path / "library").ask("某縣水利局2024年項目支出").results
    assert (result.value, result.citations[0].cell) == (Decimal("500.25"), "第1个表格第2行第4列")
    assert [audit.wrong for audit in verify.verify(store.open_library(tmp_path / "library"))] == [()]
