"""The library from Python: typed answers and rows, and how they look in a terminal and in a notebook."""

from __future__ import annotations

import io
import json
import re
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from kg.model import NotFoundError
from qa import Answer, Library, Row, Rows
from qa.answers.listing import KEYS
from qa.model import Citation, Notice, Result
from qa.screen.render_rich import screen

UNIT = "株洲市天元区数据局"
SPITE = "[red]<script>alert(1)</script>\x1b[31m[/nothing]"


def printed(thing: Any, width: int = 80) -> str:
    """What rich prints of a thing on a terminal without colours."""
    out = io.StringIO()
    Console(file=out, width=width, force_terminal=True, color_system=None, highlight=False).print(thing)
    return out.getvalue()


# --- answers ------------------------------------------------------------------------------------


def test_an_answer_is_typed(opened: Library) -> None:
    """Line 286 of the document, column 决算数/公务接待费."""
    answer = opened.ask("数据局2024年公务接待费")
    first = answer.results[0]
    assert (first.value, first.measure, first.unit, first.year, first.phase) == (Decimal("0.21"), "万元", UNIT, 2024, "决算")
    assert (first.citations[0].line, first.citations[0].quote) == (286, "0.21")
    assert answer.to_dict()["results"][0]["value"] == "0.21"
    assert json.loads(json.dumps(answer.to_dict()))["status"] == "answered"


def test_a_value_keeps_the_digits_that_are_printed(opened: Library) -> None:
    """47.00, line 214."""
    first = opened.ask("天元区数字化指挥中心2023年其他工资福利支出").results[0]
    assert (first.value, first.printed) == (Decimal(47), "47.00")


def test_a_library_closes_itself(library: Any) -> None:
    with Library(library) as inside:
        assert inside.ask("数据局2024年公务接待费").status == "answered"


def spiteful() -> Answer:
    """An answer whose every text is markup, HTML and an escape."""
    place = Citation("x", SPITE, "0", None, 3, 3, (SPITE,), SPITE, SPITE, SPITE, SPITE)
    results = [Result(Decimal(n), SPITE, None, SPITE, 2024, phase, None, SPITE, None, (place,)) for n, phase in enumerate(("决算", "预算"))]
    return Answer(SPITE, "answered", SPITE, tuple(results), warnings=(Notice("conflict", SPITE, (place,)),), notes=(SPITE,))


class Tags(HTMLParser):
    """Collects the tags of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.found.add(tag)


def test_html_is_chinese_and_escaped() -> None:
    page = spiteful()._repr_html_()
    assert page.startswith('<div class="chazhang" lang="zh">')
    assert Tags(page).found <= {"div", "p", "b", "sup", "small", "table", "thead", "tbody", "tr", "td", "th", "ul", "ol", "li", "span"}
    assert "&lt;script&gt;" in page


def test_html_has_the_figure_its_table_and_places(opened: Library) -> None:
    page = opened.ask("数据局2024年三公经费")._repr_html_()
    assert "<b>1.4 万元</b>" in page
    assert re.search(r"<td[^>]*>公务接待费</td><td style=\"text-align:right\">0.21</td>", page)
    assert "第286行 “1.4”" in page


def test_a_terminal_gets_neither_markup_nor_escapes() -> None:
    shown = printed(spiteful(), 200)
    assert "\x1b" not in shown
    assert "[red]<script>" in shown
    assert "\x1b" not in printed(screen(spiteful(), explain=True))


@pytest.mark.parametrize("width", [60, 80, 200])
@pytest.mark.parametrize(
    "question", ["数据局2024年三公经费", "数据局2024年各项目支出排名", "数据局2024年行政运行为什么增加", "财政局2024年三公"]
)
def test_every_width_holds_the_answer(opened: Library, question: str, width: int) -> None:
    answer = opened.ask(question)
    shown = printed(answer, width)
    assert max(cell_len(line) for line in shown.splitlines()) <= width
    for line in shown.splitlines():
        assert not re.match(r"\s*[，。；、）”]", line), line
    if answer.results:
        assert shown.splitlines()[0].startswith(answer.results[0].unit)


def test_figures_stand_to_the_right(opened: Library) -> None:
    lines = printed(opened.ask("数据局2024年三公经费")).splitlines()
    head = next(line for line in lines if line.strip().startswith("万元"))
    row = next(line for line in lines if line.strip().startswith("公务接待费"))
    assert cell_len(head[: head.index("决算") + 2]) == cell_len(row[: row.index("0.21") + 4])


def test_a_figure_is_never_cut_by_the_end_of_a_line(opened: Library) -> None:
    answer = opened.ask("数据局2024年三公经费")
    for width in range(60, 90):
        shown = printed(answer, width)
        assert not re.search(r"\d\.?\s*\n\s*\.?\d+ ?万元", shown), width


# --- rows ---------------------------------------------------------------------------------------


def test_rows_of_a_unit_a_year_and_an_item(opened: Library) -> None:
    """公务接待费 2024: 0.21 万元, 2023: 0.27 万元 (line 583)."""
    rows = opened.facts(unit="数据局", year=[2023, 2024], item="公务接待费", phase="决算", metric="金额")
    assert {(row.year, row.value, row.measure) for row in rows} == {(2023, Decimal("0.27"), "万元"), (2024, Decimal("0.21"), "万元")}
    assert {row.line for row in rows} >= {224, 286, 583}


@pytest.mark.parametrize("filters", [{"item": "一般行政管理事务"}, {"item": "2010302"}, {"item": "func:2010302"}])
def test_names_codes_and_curies_mean_the_same(opened: Library, filters: dict[str, Any]) -> None:
    """948.74 万元, line 137."""
    rows = opened.facts(unit=f"unit:{UNIT}", year=2024, phase="ph:决算", metric="me:金额", **filters)
    assert (137, Decimal("948.74")) in {(row.line, row.value) for row in rows}
    assert {row.code for row in rows} == {"2010302"}


def test_what_means_nothing_is_said(opened: Library) -> None:
    with pytest.raises(NotFoundError, match="相近：数据局"):
        opened.facts(unit="数剧局")
    with pytest.raises(NotFoundError, match=r"可用：.*决算"):
        opened.facts(phase="胡说")


@pytest.fixture(scope="module")
def rows(opened: Library) -> Rows:
    return opened.facts(unit="数据局")


def test_rows_are_rows(rows: Rows) -> None:
    assert len(rows) > 900
    assert all(isinstance(row, Row) for row in rows)
    assert tuple(rows[0].to_dict()) == KEYS
    assert rows.to_columns()["value"] == [row["value"] for row in rows.to_dicts()]


def test_pandas_takes_rows(rows: Rows) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(rows)
    assert (list(frame.columns), len(frame)) == (list(KEYS), len(rows))
    assert frame[(frame.line == 137) & (frame.column == "项目支出")].value.tolist() == [Decimal("948.74")]


def test_polars_takes_columns(rows: Rows) -> None:
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(rows.to_columns())
    assert frame.shape == (len(rows), len(KEYS))
    assert frame["value"].to_list() == [row.value for row in rows]


def test_rows_show_themselves(rows: Rows) -> None:
    assert f"共 {len(rows)} 条，只显示前 20 条" in printed(rows)
    assert Tags(rows._repr_html_()).found == {"div", "table", "thead", "tbody", "tr", "td", "th", "p", "small"}
