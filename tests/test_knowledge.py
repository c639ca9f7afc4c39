"""Loading `ontology/`: strict, complete, and the same spelling never with two meanings in one scheme."""

from __future__ import annotations

import shutil
from collections import defaultdict
from pathlib import Path

import pytest

from kg import iris, knowledge, paths, terms
from kg.model import KnowledgeError

BAD = Path(__file__).parent / "bad"

MISTAKES = {
    "misspelt_property": ("misspelt_property.ttl", "ph:决算", "skos:altLable", "skos:altLabel"),
    "unknown_class": ("ph:决算", "f:Konzept", "skos:Concept"),
    "no_label": ("ph:决算", "skos:prefLabel"),
    "two_labels": ("ph:决算", "skos:prefLabel", "只能有一个"),
    "unknown_dimension": ("f:spent", "f:spend"),
    "missing_concept": ("ind:三公经费", "ind:公务接待费", "没有定义"),
    "unknown_form_column_property": ("f:set", "f:sets"),
    "syntax_error": ("syntax_error.ttl", "Turtle"),
    "no_class": ("ph:决算", "没有声明类"),
}


@pytest.mark.parametrize("name", sorted(MISTAKES))
def test_a_mistake_stops_with_place_and_remedy(name: str, tmp_path: Path) -> None:
    shutil.copy(BAD / f"{name}.ttl", tmp_path)
    with pytest.raises(KnowledgeError) as caught:
        knowledge.load(tmp_path)
    for word in MISTAKES[name]:
        assert word in str(caught.value)


def test_every_bad_file_has_its_case() -> None:
    assert {path.stem for path in BAD.glob("*.ttl")} == set(MISTAKES)


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match=r"没有 \.ttl 文件"):
        knowledge.load(tmp_path)


def test_no_alias_has_two_meanings_in_one_scheme() -> None:
    """行政运行 is the name of many items (项), which differ by their code; elsewhere a label is one concept's."""
    owners: dict[tuple[str, str], set[str]] = defaultdict(set)
    for concept in knowledge.load().concepts.values():
        if concept.prefix not in ("func", "econ", "govecon"):
            for label in (concept.label, *concept.alt, *concept.hidden):
                owners[concept.prefix, terms.key(label)].add(concept.curie)
    assert {label: curies for label, curies in owners.items() if len(curies) > 1} == {}


@pytest.mark.parametrize(
    ("code", "name", "above"),
    [
        ("func:2010302", "一般行政管理事务", "func:20103"),
        ("func:212", "城乡社区支出", None),
        ("econ:30217", "公务接待费", "econ:302"),
        ("econ:30113", "住房公积金", "econ:301"),
        ("govecon:502", "机关商品和服务支出", None),
    ],
)
def test_codes_have_their_official_names(code: str, name: str, above: str | None) -> None:
    concept = knowledge.load().concepts[code]
    assert (concept.label, concept.broader) == (name, above)


@pytest.mark.parametrize(
    ("label", "schemes", "curie"),
    [
        ("“三公”经费", ("ind",), "ind:三公经费"),
        ("七、社会保障和就业支出", ("func",), "func:208"),
        ("社会保障和就业（类）支出", ("func",), "func:208"),
        ("因公出国 （境）费", ("ind",), "ind:因公出国境费"),
        ("支出决算数", ("ph",), "ph:决算"),
        ("一般公共预算财政拨款", ("fund",), "fund:一般公共预算"),
    ],
)
def test_labels_are_found_however_they_are_printed(label: str, schemes: tuple[str, ...], curie: str) -> None:
    found = terms.Terms(knowledge.load()).find(label, schemes)
    assert found is not None
    assert found.curie == curie


def test_everyday_words_are_for_questions_only() -> None:
    known = knowledge.load()
    assert terms.Terms(known).find("吃喝", ("ind",)) is None
    asked = terms.Terms(known, colloquial=True).find("吃喝", ("ind",))
    assert asked is not None
    assert asked.curie == "ind:公务接待费"


def test_totals_mean_dimensions_not_items() -> None:
    dims = knowledge.load().concepts["ind:基本支出"].dims
    assert dims == {"item": "ind:合计", "flow": "支出", "spend": "基本支出"}


def test_every_scheme_and_form_names_its_source() -> None:
    files = [path for path in paths.ontology().rglob("*.ttl") if "shapes" not in path.name and "vocabulary" not in path.name]
    assert [path.name for path in files if "dct:source" not in path.read_text("utf-8")] == []
    assert [form.curie for form in knowledge.load().forms.values() if not form.source] == []


def test_local_names_are_safe_in_sparql() -> None:
    names = [concept.name for concept in knowledge.load().concepts.values()]
    assert [name for name in names if name != iris.slug(name)] == []
