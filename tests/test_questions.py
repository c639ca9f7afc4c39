"""Questions read by hand: tests/questions/*.yaml. A fiscal expert adds one there, without Python.

A case says what is asked and what a right answer shows:

    question  as somebody would type it
    status    answered (default), no_data, clarify
    value     the figure as printed; it must be the first result. A list: the first result is the first of it, the rest follow
    measure   万元, %, 人 …
    text      for a value in words or a target: what is printed (≥95%, 达标)
    unit, year, phase, project   of the first result, where the case is about them
    line      where it stands in the document; a list where it is printed in several places: a citation must name one of them
    quote     verbatim words that a citation must carry
    warns     each must be the kind of a warning or stand in its message
    mention   each must stand in the answer, its figures or its passages
    source    document, line, read by hand
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import CORPUS, documents

FOLDER = Path(__file__).parent / "questions"
KEYS = {
    "question", "status", "value", "measure", "text", "unit", "year", "phase", "project",
    "line", "quote", "warns", "mention", "source",
}  # fmt: skip
STATUSES = ("answered", "no_data", "clarify")


def cases() -> list[dict[str, Any]]:
    """All cases, each knowing the file it comes from."""
    found: list[dict[str, Any]] = []
    for path in sorted(FOLDER.glob("*.yaml")):
        found += [{**case, "file": path.stem} for case in yaml.safe_load(path.read_text("utf-8"))]
    return found


CASES = cases()
each_case = pytest.mark.parametrize("case", CASES, ids=[f"{case['file']}:{case['question']}" for case in CASES])


def many(value: Any) -> list[Any]:
    """A list of what is a list, or one thing, or nothing."""
    return value if isinstance(value, list) else [] if value is None else [value]


def plain(text: object) -> str:
    """Half width, without white space and quotation marks: how texts are compared, never how figures are."""
    return re.sub(r"[\s“”\"'‘’]", "", unicodedata.normalize("NFKC", str(text or "")))


def citations(answer: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every citation of an answer: of its results, its passages and its warnings."""
    for part in ("results", "passages", "warnings"):
        for thing in answer[part]:
            yield from thing["citations"]


def covers(citation: dict[str, Any], places: list[int]) -> bool:
    """Whether a citation names one of the lines."""
    return citation["line"] is not None and any(citation["line"] <= n <= (citation["line_end"] or citation["line"]) for n in places)


def check_figures(case: dict[str, Any], results: list[dict[str, Any]]) -> None:
    """The first result is the figure asked for; what else the case names is among the rest."""
    wanted = [Decimal(str(value)) for value in many(case.get("value"))]
    values = [Decimal(result["value"]) if result["value"] is not None else None for result in results]
    assert values[: len(wanted[:1])] == wanted[:1], f"first: {results[0] if results else None}"
    assert not [value for value in wanted if value not in values]
    for key in ("measure", "unit", "year", "phase", "project"):
        if key in case:
            assert results[0][key] == case[key], key
    if "text" in case:
        assert plain(results[0]["text"]) == plain(case["text"])


@each_case
def test_question(case: dict[str, Any], opened: Any) -> None:
    answer = opened.ask(case["question"]).to_dict()
    assert answer["status"] == case.get("status", "answered"), answer["answer"]
    if answer["status"] == "clarify":
        assert len({option["question"] for option in answer["clarify"]}) >= 2
        return
    if answer["status"] == "no_data":
        assert [result["value"] for result in answer["results"]] == []
        return
    check_figures(case, answer["results"])
    supports = [*(answer["results"][0]["citations"] if "value" in case else citations(answer))]
    if "line" in case:
        assert any(covers(c, many(case["line"])) for c in supports), [c["line"] for c in supports]
    if "quote" in case:
        assert any(plain(case["quote"]) in plain(c["quote"]) for c in supports), [c["quote"] for c in supports]
    for warning in many(case.get("warns")):
        assert any(warning == w["kind"] or plain(warning) in plain(w["message"]) for w in answer["warnings"]), warning
    said = plain([answer["answer"], answer["results"], answer["passages"]])
    assert [word for word in many(case.get("mention")) if plain(word) not in said] == []


@each_case
def test_citations_stand_in_the_file(case: dict[str, Any], opened: Any) -> None:
    """Whatever is answered: each quote is found, character by character, on the lines that its citation names."""
    lines = {path.name: path.read_text("utf-8").split("\n") for path in documents()}
    for citation in citations(opened.ask(case["question"]).to_dict()):
        line, end = citation["line"], citation["line_end"] or citation["line"]
        assert citation["quote"] in "\n".join(lines[citation["document"]][line - 1 : end]), citation["id"]


@each_case
def test_case_was_read_by_hand(case: dict[str, Any]) -> None:
    """A case is well formed, names its source, and its figure stands on the line it names."""
    unknown = sorted(set(case) - KEYS - {"file"})
    assert not unknown, f"{unknown}: allowed are {sorted(KEYS)}"
    assert case.get("status", "answered") in STATUSES
    source = re.fullmatch(r"(.+\.txt), (?:第(\d+)行, )?read by hand", case["source"])
    assert source, case["source"]
    path = CORPUS / source[1]
    assert path in documents()
    if case.get("status", "answered") != "answered":
        assert source[2] is None
        return
    assert int(source[2]) == many(case["line"])[0], "the source names another line than the case"
    lines = path.read_text("utf-8").split("\n")
    for place in many(case["line"]):
        figures = {Decimal(number) for number in re.findall(r"\d+(?:\.\d+)?", re.sub(r"[ ,]", "", lines[place - 1]))}
        for value in many(case.get("value"))[:1]:
            assert abs(Decimal(str(value))) in figures, f"line {place}"
        for words in (case.get("quote"), case.get("text")):
            assert plain(words) in plain(lines[place - 1])


def test_no_question_is_asked_twice() -> None:
    questions = [case["question"] for case in CASES]
    assert sorted(questions) == sorted(set(questions))
