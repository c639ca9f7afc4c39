"""Addresses and IRIs lead to each other; nothing is searched for."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import iris
from kg.model import Address

positive = st.integers(min_value=1, max_value=99999)
names = st.text(alphabet="株洲市天元区数据局2024-年度决算", min_size=1, max_size=20)


@given(names, positive, positive)
def test_a_cell_of_a_text_file(document: str, line: int, column: int) -> None:
    place = Address(document, line=line, line_end=line, column=column)
    assert iris.address(iris.local(place)) == place


@given(names, positive, positive, positive, positive)
def test_a_cell_of_a_page(document: str, page: int, table: int, row: int, column: int) -> None:
    place = Address(document, page=page, table=table, row=row, column=column)
    assert iris.address(iris.local(place)) == place


@given(names, positive, positive, positive)
def test_a_figure_in_a_sentence(document: str, line: int, start: int, length: int) -> None:
    place = Address(document, line=line, line_end=line, start=start, end=start + length)
    assert iris.address(iris.local(place)) == place


@pytest.mark.parametrize("name", ["", "某局", "某局-2024", "某局-x12"])
def test_what_is_no_citation_id_is_refused(name: str) -> None:
    with pytest.raises(ValueError):
        iris.address(name)


@given(st.text(max_size=40))
def test_slugs_are_legal_in_sparql(text: str) -> None:
    slug = iris.slug("x" + text)
    store = ox.Store()
    assert list(store.query(f"SELECT * {{ <{iris.BASE}ind/{slug}> ?p ?o }}")) == []
    assert iris.shrink(iris.expand(f"ind:{slug}")) == f"ind:{slug}"
