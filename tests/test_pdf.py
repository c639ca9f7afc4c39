"""PDFs of several places: figures read by eye from pictures of their pages, and layouts that real printers use."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from pathlib import Path

import papers
import pytest

from conftest import ROOT
from kg import build, graph
from kg.model import Fact, Reading
from kg.readers import content, ocr

DOCUMENTS = ROOT.parent / "shared" / "documents"
published = pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the published documents are not beside this checkout")

ACCOUNTS = "中共上海市普陀区委社会工作部-2024年度部门决算"
OFFICE = "上海市普陀区人民政府办公室-2025年单位预算"
WELFARE = "上海市普陀区社会福利院-2024年单位预算"
JIANGSU = "江苏省政协办公厅-2019年度部门预算"

#: Read from the picture of the page: document, page, item, last heading or role, spending kind, year, value.
SEEN = [
    (ACCOUNTS, 6, "ind:合计", "本年收入合计", "全部", 2024, "307.82"),
    (ACCOUNTS, 6, "func:2013950", "财政拨款收入", "全部", 2024, "11.31"),
    (ACCOUNTS, 6, "func:2080506", "本年收入合计", "全部", 2024, "4.64"),
    (ACCOUNTS, 13, "econ:30102", "决算数", "人员经费", 2024, "39.72"),
    (ACCOUNTS, 13, "econ:30213", "决算数", "公用经费", 2024, "0.02"),
    (ACCOUNTS, 13, "econ:30240", "决算数", "公用经费", 2024, "0.00"),
    (ACCOUNTS, 13, "ind:合计", "决算数", "公用经费", 2024, "10.23"),
    (ACCOUNTS, 20, "func:2210201", "全年预算", "全部", 2024, "18.12"),
    (ACCOUNTS, 20, "func:2210201", "完成全年预算比例", "全部", 2024, "97.68"),
    (ACCOUNTS, 20, "ind:合计", "支出决算", "基本支出", 2024, "105.58"),
    (OFFICE, 8, "func:201", "人员经费", "人员经费", 2025, "13819399.88"),
    (OFFICE, 8, "func:208", "公用经费", "公用经费", 2025, "265380.00"),
    (OFFICE, 8, "ind:总计", "项目支出", "项目支出", 2025, "66410000.00"),
    (OFFICE, 12, "func:2101102", "基本支出", "基本支出", 2025, "314218.15"),
    (OFFICE, 12, "ind:合计", "基本支出", "基本支出", 2025, "24606775.35"),
    (OFFICE, 18, "econ:30112", "人员经费", "人员经费", 2025, "45013.88"),
    (OFFICE, 18, "econ:302", "公用经费", "公用经费", 2025, "1932777.54"),
    (OFFICE, 18, "econ:30199", "合计", "人员经费", 2025, "1193509.00"),
    (OFFICE, 20, "ind:三公经费", "合计", "全部", 2025, "867.50"),
    (OFFICE, 20, "ind:机关运行经费", "机关运行经费预算数", "全部", 2025, "213.28"),
    (WELFARE, 6, "func:2080502", "预算执行数", "全部", 2023, "54.60"),
    (WELFARE, 6, "func:2080502", "较上年预算执行数增减率", "全部", 2024, "-1.39"),
    (WELFARE, 6, "func:2081005", "预算执行数", "全部", 2023, "711.34"),
    (WELFARE, 9, "func:2101102", "基本支出", "基本支出", 2024, "503724"),  # printed as 7 11 02
    (WELFARE, 9, "ind:合计", "项目支出", "项目支出", 2024, "2620000"),
    (WELFARE, 14, "econ:30203", "公用经费", "公用经费", 2024, "20000"),  # 咨询费, printed as 302 02
    (WELFARE, 14, "econ:30228", "公用经费", "公用经费", 2024, "88890"),  # 工会经费, printed as 302 07
    (WELFARE, 14, "item:机关事业单位退休人员活动费", "公用经费", "公用经费", 2024, "7020"),  # printed as 302 12
    (WELFARE, 15, "ind:公务用车运行维护费", "运行费", "全部", 2024, "6.4"),
    (WELFARE, 15, "ind:机关运行经费", "2024年机关运行经费预算数", "全部", 2024, "0"),
    (JIANGSU, 10, "ind:合计", "支出预算", "基本支出", 2019, "6522.75"),
    (JIANGSU, 10, "ind:合计", "较上年增减额", "项目支出", 2019, "1653.66"),
    (JIANGSU, 11, "ind:合计", "预算数", "单位预留机动经费", 2019, "1886.02"),
    (JIANGSU, 13, "func:2010205", "支出预算", "全部", 2019, "426"),
    (JIANGSU, 13, "func:2010205", "较上年增减额", "全部", 2019, "-3.3"),
    (JIANGSU, 13, "func:2010299", "较上年增减额", "全部", 2019, "-191"),
    (JIANGSU, 13, "func:2210202", "支出预算", "全部", 2019, "1754.17"),
    (JIANGSU, 16, "ind:公务接待费", "较上年预算增减额", "全部", 2019, "-15"),
    (JIANGSU, 16, "ind:会议费", "较上年预算增减额", "全部", 2019, "398.4"),
    (JIANGSU, 16, "ind:公务接待费", "占“三公”经费比例", "全部", 2019, "60.22"),
]


@cache
def reading(name: str) -> Reading:
    return build.read(DOCUMENTS / f"{name}.pdf")


@published
@pytest.mark.parametrize(("name", "page", "item", "column", "spend", "year", "value"), SEEN)
def test_seen(name: str, page: int, item: str, column: str, spend: str, year: int, value: str) -> None:
    """The figure stands on that page once, and its quote in the line or cell that it names."""
    found = [
        f
        for f in reading(name).facts
        if (f.item, f.column.split("/")[-1], f.year, f.value) == (item, column, year, Decimal(value))
        and (f.spend or "全部") == spend
        and (f.address.page or reading(name).document.page(f.address.line or 0)) == page
    ]
    assert len({f.address for f in found}) == 1


@published
@pytest.mark.parametrize("name", [ACCOUNTS, OFFICE, WELFARE, JIANGSU])
def test_no_figure_is_unread(name: str) -> None:
    assert [u.text for u in reading(name).unread if not u.harmless] == []


@published
def test_a_code_that_is_another_classes_is_told() -> None:
    """社会福利院 2024, page 14: 302 04 is printed beside 电费, which is 302 06; the row keeps the printed code."""
    power = next(f for f in reading(WELFARE).facts if f.item == "econ:30206")
    assert (power.quote, power.row, power.miscoded) == ("320,000", "30204 电费", True)
    assert power.repair == "编码30204是“手续费”，与名称“电费”不符，按名称记"
    assert not [f for f in reading(WELFARE).facts if f.item in ("econ:30202", "econ:30204", "econ:30211", "econ:30212", "econ:30213")]


@published
def test_tables_in_another_file_are_missed() -> None:
    """江苏省政协办公厅 2019 has no table; page 9 says they are attached. Its cover is set in letters that the file holds as pictures."""
    notes = reading(JIANGSU).document.notes
    assert "正文写“2019年度部门预算公开表附后。”，但文件里没有表格" in notes[-1]
    assert reading(JIANGSU).identity.unit == "江苏省政协办公厅"
    assert ("OCR 识别" if ocr.available() else "未读。可安装") in notes[0]
    assert notes[0].startswith("第 1 页")


# --- tables without rules -----------------------------------------------------------------------


def test_a_table_without_rules(tmp_path: Path) -> None:
    """Codes are no amounts, a wrapped label is whole, and a heading with nothing below it is not its neighbour's."""
    path = tmp_path / "青石县教育局-2025年部门预算.pdf"
    path.write_bytes(papers.loose_pdf())
    found = {(f.item, f.row.split("/")[-1], f.column.split("/")[-1], f.flow, f.fund, str(f.value)) for f in build.read(path).facts}
    rows = [
        ("func:205", "205 教育支出"),
        ("func:20502", "20502 普通教育"),
        ("func:2050201", "2050201 学前教育（含民办及乡镇中心幼儿园）"),
        ("ind:合计", "合计"),
    ]
    columns = [("合计", "全部"), ("财政拨款收入", "财政拨款")]
    assert found == {(item, row, column, "收入", fund, "4120.50") for item, row in rows for column, fund in columns}


def test_tables_without_rules_over_pages(tmp_path: Path) -> None:
    """Headings stand over figures that they do not touch; one row on the next page goes on with the table; one row is a table."""
    path = tmp_path / "清溪市水利局-2022年度部门决算.pdf"
    path.write_bytes(papers.carried_pdf())
    found = build.read(path)
    assert not [u for u in found.unread if not u.harmless]
    assert {(f.row, f.column, str(f.value), f.address.page) for f in found.facts} == {
        ("水利局", "本年收入/财政拨款", "120.00", 1),
        ("水利局", "本年支出/小计", "110.50", 1),
        ("水利局", "本年支出/基本支出", "100.50", 1),
        ("水利局", "本年支出/项目支出", "10.00", 1),
        ("河道所", "本年收入/财政拨款", "30.00", 1),
        ("河道所", "本年支出/小计", "29.00", 1),
        ("河道所", "本年支出/基本支出", "9.00", 1),
        ("河道所", "本年支出/项目支出", "20.00", 1),
        ("水文站", "本年收入/财政拨款", "8.00", 1),
        ("水文站", "本年支出/小计", "7.50", 1),
        ("水文站", "本年支出/基本支出", "7.50", 1),
        ("合计", "本年收入/财政拨款", "158.00", 2),
        ("合计", "本年支出/小计", "147.00", 2),
        ("合计", "本年支出/基本支出", "117.00", 2),
        ("合计", "本年支出/项目支出", "30.00", 2),
        ("", "合计", "5.10", 2),
        ("", "公务接待费", "1.10", 2),
        ("", "公务用车运行维护费", "4.00", 2),
    }


# --- scans --------------------------------------------------------------------------------------


@published
@pytest.mark.skipif(not ocr.available(), reason="the extra that reads scans is not installed")
def test_a_scan_gives_the_figures_and_how_sure_they_are(tmp_path: Path) -> None:
    """Pages 18 and 20 of 人民政府办公室 2025 as crooked pictures: the figures of the text with their confidence, or told unclear."""
    pypdfium2 = pytest.importorskip("pypdfium2")
    file = pypdfium2.PdfDocument(DOCUMENTS / f"{OFFICE}.pdf")
    pictures = [file[n - 1].render(scale=150 / 72).to_pil().convert("L").rotate(0.5, fillcolor=255) for n in (18, 20)]
    path = tmp_path / f"{OFFICE}.pdf"
    pictures[0].save(path, "PDF", save_all=True, append_images=pictures[1:], resolution=150)
    scanned = build.read(path)

    def said(facts: Iterable[Fact]) -> set[tuple[object, ...]]:
        return {(f.item, f.column.split("/")[-1], f.spend, f.value, f.measure, f.year) for f in facts}

    printed = said(f for f in reading(OFFICE).facts if f.address.page in (18, 20))
    assert len(printed) == 30
    unclear = [u for u in scanned.unread if not u.harmless]
    assert said(scanned.facts) <= printed
    assert len(printed) - len(said(scanned.facts)) == len(unclear) <= 2
    assert all("看不清" in u.why for u in unclear)
    assert all(f.confidence is not None and ocr.SURE <= f.confidence <= 1 for f in scanned.facts)
    assert scanned.document.notes[0].startswith("第 1、2 页没有文字层，用 OCR 识别")
    sure = [q for q in graph.quads(scanned) if q.predicate.value.endswith("#confidence")]
    assert len(sure) == len(scanned.facts)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        (r"BT (a(b)c\)) Tj ET", "[/b'BT', b'a(b)c)', /b'Tj', /b'ET']"),
        ("<4E0> Tj % (not this)\n-.5 +2. 3 Td", "[b'N\\x00', /b'Tj', -0.5, 2.0, 3, /b'Td']"),
        ("/A#20B gs 1 g", "[/'A B', /b'gs', 1, /b'g']"),
        ("q BI /W 1 /H 1 ID (\xff] EI Q (x) '", "[/b'q', <PDFStream(None): raw=4, {'W': 1, 'H': 1}>, /b'EI', /b'Q', b'x', /b\"'\"]"),
        ("[1 2 <</K [true]>>] f* 7 [8", "[[1, 2, {'K': [True]}], /b'f*', 7]"),
    ],
)
def test_content_of_a_page(text: str, pieces: str) -> None:
    """What one expression cuts and what is left to pdfminer come out alike: brackets in brackets, half a byte, a picture, no end."""
    assert repr([*content.objects(text.encode("latin-1"))]) == pieces
