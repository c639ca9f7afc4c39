"""A form is data: a reviewer adds one without touching Python."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from kg import build, knowledge, paths, terms
from kg.tabular import forms

FORM = """
@prefix f: <https://chazhang.example/ns#> .
@prefix ph: <https://chazhang.example/ph/> .
@prefix fl: <https://chazhang.example/fl/> .
@prefix fund: <https://chazhang.example/fund/> .
@prefix sp: <https://chazhang.example/sp/> .
@prefix me: <https://chazhang.example/me/> .
@prefix form: <https://chazhang.example/form/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dct: <http://purl.org/dc/terms/> .

form:T01 a f:Form ; skos:prefLabel "追加经费情况表"@zh ; dct:source "测试" ;
  f:sets [ f:phase ph:全年预算 ; f:flow fl:支出 ; f:fund fund:财政拨款 ; f:spend sp:全部 ; f:metric me:金额 ] ;
  f:rows "func" ;
  f:columns ( [ skos:altLabel "追加基本"@zh ; f:sets [ f:spend sp:基本支出 ] ]
              [ skos:altLabel "追加项目"@zh ; f:sets [ f:spend sp:项目支出 ] ] ) .
"""

DOCUMENT = """某市某某局2025年度部门决算

追加经费情况表

部门：某市某某局
单位：元

科目编码\t科目名称\t追加基本\t追加项目
2010301\t行政运行\t1,000.00\t25.50
"""


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "追加.txt"
    path.write_text(DOCUMENT, "utf-8")
    return path


def test_without_the_form_nothing_is_lost(text: Path) -> None:
    facts = build.read(text).facts
    assert [(f.value, f.measure, f.row, f.column, f.form) for f in facts if f.kind == "table"] == [
        (Decimal("1000.00"), "元", "2010301 行政运行", "追加基本", ""),
        (Decimal("25.50"), "元", "2010301 行政运行", "追加项目", ""),
    ]


def test_a_new_form_is_a_new_file(text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ontology = tmp_path / "ontology"
    shutil.copytree(paths.ontology(), ontology)
    (ontology / "forms" / "new.ttl").write_text(FORM, "utf-8")
    monkeypatch.setattr(paths, "ontology", lambda: ontology)
    assert "form:T01" in knowledge.load().forms
    facts = [f for f in build.read(text).facts if f.kind == "table"]
    assert [(f.value, f.phase, f.fund, f.spend, f.item, f.form) for f in facts] == [
        (Decimal("1000.00"), "全年预算", "财政拨款", "基本支出", "func:2010301", "T01"),
        (Decimal("25.50"), "全年预算", "财政拨款", "项目支出", "func:2010301", "T01"),
    ]


@pytest.mark.parametrize(
    ("title", "caption", "unit", "fits"),
    [
        ("支出决算表", "2024年度某市某局支出决算表", "某市某局", True),
        ("支出决算表", "国有资本经营预算财政拨款支出决算表", "某市某局", False),
        ("支出预算总表", "2025年预算单位支出预算总表", "", True),
        ("一般公共预算基本支出…按部门预算经济分类", "一般公共预算基本支出表--公用经费(按部门预算经济分类)", "", True),
        ("一般公共预算基本支出…按政府预算经济分类", "一般公共预算基本支出表--公用经费(按部门预算经济分类)", "", False),
    ],
)
def test_a_title_may_have_an_owner_before_it_but_no_other_fund(title: str, caption: str, unit: str, fits: bool) -> None:
    """Once the 支出预算总表 of a Shanghai district was read as 国有资本经营预算, because its headings are the same."""
    parts = "…".join(terms.key(part) for part in title.split("…"))
    assert forms.within(parts, terms.key(caption), unit) is fits
