"""The competency queries in `src/qa/examples/`: each says in Chinese what it asks, and its figures were read by hand."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT
from kg.library.store import open_library

EXAMPLES = sorted((ROOT / "src" / "qa" / "examples").glob("*.rq"))

#: example: how many rows, and one row that must be among them (document line in the comment)
EXPECTED: dict[str, tuple[int | None, dict[str, Any]]] = {
    "01-value": (3, {"value": Decimal("1.4"), "measure": "mu:万元", "line": 286, "quote": "1.4"}),
    "02-short-names": (1, {"unit": "株洲市天元区数据局", "item": "公务接待费", "value": Decimal("0.21")}),  # line 286
    "03-breakdown": (8, {"code": "2010302", "name": "一般行政管理事务", "value": Decimal("948.74")}),  # line 137
    "04-year-on-year": (1, {"last": Decimal("2.23"), "this": Decimal("1.4"), "change": Decimal("-0.83")}),  # line 578
    "05-rate-and-reason": (1, {"rate": Decimal("95.74"), "line": 330}),
    "06-target-and-actual": (None, {"indicator": "即办件当场办结率", "target": "≥95%", "actual": "99.99%"}),  # line 704
    "07-missed-targets": (0, {}),
    "08-contradictions": (None, {"value": Decimal("1171.44"), "line": 39}),  # 元 for 万元
    "09-rank-units": (1, {"unit": "株洲市天元区数据局", "yuan": Decimal("9787400")}),  # line 135, leaves of table 03
    "10-audit-a-line": (None, {"quote": "990.97万元", "metric": "me:金额", "value": Decimal("990.97")}),
    "11-two-figures": (None, {"year": 2023, "least": Decimal("279.44"), "most": Decimal("279.45")}),  # lines 128 and 433
    "12-roll-up": (1, {"yuan": Decimal("9787400")}),  # lines 137 to 139: 948.74 + 25 + 5
}


def test_every_example_has_its_case() -> None:
    assert {path.stem for path in EXAMPLES} == set(EXPECTED)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example(path: Path, library: Path) -> None:
    text = path.read_text("utf-8")
    assert re.match(r"# 标题: \S+.*\n# 说明: \S+", text)
    reader = open_library(library)
    rows = reader.query(text)
    reader.close()
    count, expected = EXPECTED[path.stem]
    assert count is None or len(rows) == count
    assert not expected or any(all(row.get(key) == value for key, value in expected.items()) for row in rows), rows[:5]
