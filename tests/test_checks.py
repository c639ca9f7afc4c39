"""The rules of `ontology/checks/`: one good and one bad case each, and what they find in the corpus, judged by hand."""

from __future__ import annotations

import time
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from conftest import documents
from kg import build, graph, iris, knowledge
from kg.audit import checks, rules
from kg.library.store import open_library
from kg.model import KnowledgeError

CASES = Path(__file__).parent / "checks"
RULES = [check.curie.partition(":")[2] for check in rules.load(knowledge.load())]
SEVERITY = {"sh:Violation": "错误", "sh:Warning": "口径提示", "sh:Info": "尾差"}


# --- one good and one bad case for each rule ----------------------------------------------------


def case(path: Path) -> tuple[ox.Store, list[str], dict[str, Any]]:
    """The store of a case (each document in its own graph, beside the vocabulary), its documents, and the finding it expects."""
    triples = [quad.triple for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)]
    names = sorted({iris.shrink(str(t.subject.value)) for t in triples if t.predicate.value.endswith("type")}, key=len, reverse=True)
    ids = [name.removeprefix("doc:") for name in names if name.startswith("doc:")]
    store, expected = ox.Store(), defaultdict(list)
    store.bulk_extend(graph.vocabulary(knowledge.load()))
    for triple in triples:
        subject = iris.shrink(triple.subject.value)
        if subject == "check:expected":
            expected[iris.shrink(triple.predicate.value)].append(triple.object.value)
            continue
        owner = next(i for i in ids if subject == f"doc:{i}" or subject.startswith(f"at:{i}-"))
        store.add(ox.Quad(triple.subject, triple.predicate, triple.object, graph.document_iri(owner)))
    return store, sorted(ids), expected


@pytest.mark.parametrize("name", RULES)
def test_the_good_case_is_checked_and_holds(name: str) -> None:
    store, ids, _ = case(CASES / name / "good.ttl")
    report = checks.report(store, ids)
    assert [finding.message for finding in report.findings] == []
    assert f"check:{name}" not in {missed.check for missed in report.unapplied if missed.document == ids[-1]}


@pytest.mark.parametrize("name", RULES)
def test_the_bad_case_is_found(name: str) -> None:
    store, ids, expected = case(CASES / name / "bad.ttl")
    found = [finding for finding in checks.run(store, ids) if finding.check == f"check:{name}"]
    assert len(found) == 1
    assert found[0].kind == expected["f:kind"][0]
    assert found[0].severity == SEVERITY[iris.shrink(expected["sh:resultSeverity"][0])]
    assert found[0].diff == (Decimal(expected["f:diff"][0]) if expected["f:diff"] else None)
    assert iris.shrink(expected["f:involves"][0]) in found[0].involves


def rule(name: str) -> rules.Check:
    return next(check for check in rules.load(knowledge.load()) if check.curie == f"check:{name}")


def test_every_case_has_a_rule() -> None:
    assert sorted(path.name for path in CASES.iterdir()) == sorted(RULES)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_says_where_it_comes_from(name: str) -> None:
    sources = dict(knowledge.load().of_class("f:Check"))[f"check:{name}"]
    assert sources["dct:source"][0]
    assert sources["rdfs:comment"][0]


# --- the language of rules ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"f:severity": ("严重",)}, ["f:severity", "错误", "口径提示", "尾差"]),
        ({"f:formula": ("rate = part ** whole",)}, ["公式", "part ** whole", "sum"]),
        ({"f:message": ()}, ["f:message"]),
        ({"f:message": ("{rate}应为{computed}，见{place}。",)}, ["place", "f:select"]),
        ({"f:formula": ("rate = 100 * part / total",)}, ["total", "f:select"]),
    ],
)
def test_a_rule_that_is_not_understood_stops_the_program(change: dict[str, tuple[str, ...]], words: list[str]) -> None:
    known = knowledge.load()
    node = dict(known.of_class("f:Check"))["check:share"]
    broken = {name: values for name, values in {**node, **change}.items() if values}
    with pytest.raises(KnowledgeError) as error:
        rules.load(knowledge.Knowledge(known.concepts, known.forms, {"check:share": broken}, ()))
    assert all(word in str(error.value) for word in words)


# --- the corpus ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def corpus() -> tuple[ox.Store, list[str]]:
    """The five documents in memory."""
    known = knowledge.load()
    store, ids = ox.Store(), []
    store.bulk_extend(graph.vocabulary(known))
    for path in documents():
        reading = build.read(path)
        ids.append(reading.document.id)
        store.bulk_extend([*graph.quads(reading), *graph.entities(reading, known)])
    return store, ids


@pytest.fixture(scope="module")
def report(corpus: tuple[ox.Store, list[str]]) -> checks.Report:
    return checks.report(*corpus)


def found(report: checks.Report, check: str, document: str) -> list[checks.Finding]:
    return [f for f in report.findings if f.check == f"check:{check}" and document in f.documents[0]]


@pytest.mark.parametrize(
    ("check", "document", "severity", "diff", "words"),
    [
        ("column-sum", "数据局-2024", "错误", "17.30", ["公开03表第135行", "1227.61万元", "1210.31万元"]),
        ("column-sum", "数据局-2024", "错误", "17.30", ["公开02表第112行", "本年收入合计"]),
        ("missing-row", "数据局-2024", "错误", None, ["住房公积金决算17.30万元", "公开03表中没有"]),
        ("missing-income", "数据局-2024", "错误", None, ["住房公积金决算17.30万元", "公开02表中没有"]),
        ("row-sum", "数据局-2024", "错误", "0.21", ["公务用车购置及运行维护费决算1.4万元", "1.19万元", "第286行"]),
        ("row-sum", "数据局-2024", "错误", "-0.21", ["“三公”经费决算1.4万元", "1.61万元"]),
        ("budget-scope", "数据局-2024", "口径提示", "2.4", ["“三公”经费预算3.8万元", "全年预算1.4万元", "公开09表"]),
        ("execution-rate", "数据局-2024", "错误", "-0.89", ["执行率1.00%", "5万元", "265万元", "1.89%"]),
        ("change-project", "数据局-2024", "尾差", "0.01", ["中小学安防设施建设", "较上年变动额-168.94万元", "20万元", "188.95万元"]),
        ("change-year", "数据局-2024", "尾差", "0.01", ["公务用车运行维护费较上年变动额-0.76万元", "1.19万元", "1.96万元"]),
        ("measure", "岳阳", "错误", "-11713228.56", ["1171.44元", "第39行", "1171.44万元"]),
        ("item-text", "岳阳", "错误", "2.87", ["年初预算1149.55万元", "1146.68万元"]),
        ("item-text", "岳阳", "错误", "-13.55", ["决算1171.44万元", "1184.99万元"]),
        ("class-text", "岳阳", "错误", "2.86", ["社会保障和就业支出决算46.53万元", "43.67万元"]),
        ("wording", "岳阳", "错误", "1", ["决算数等于年初预算数", "276.31万元", "286.32万元"]),
        ("spend-parts", "岳阳", "尾差", "0.01", ["1171.44万元", "1171.43万元"]),
        ("one-fund", "数字化指挥中心-2023", "错误", None, ["202.25万元", "251.44万元"]),
        ("item-text", "数字化指挥中心-2023", "错误", "-202.25", ["年初预算202.25万元", "404.50万元"]),
        ("same-claim", "数字化指挥中心-2023", "错误", None, ["82.80万元", "81.37万元", "第445行", "第461行"]),
        ("same-claim", "数字化指挥中心-2023", "尾差", None, ["87.55万元", "87.54万元"]),
        ("same-claim", "数字化指挥中心-2023", "尾差", None, ["支出合计决算", "279.45万元", "279.44万元"]),
        ("wording", "数字化指挥中心-2023", "错误", None, ["决算数大于年初预算数", "191.8万元", "202.25万元"]),
        ("execution-rate", "自评报告", "错误", "0.50", ["执行率85.00%", "1677.29万元", "1984.99万元", "84.50%"]),
        ("kin-claim", "数据局-2024", "错误", "0.05", ["运转经费”", "运转费用”", "99.75分", "第536行", "99.70分"]),
        ("kin-change", "数据局-2024", "口径提示", "-76.23", ["-345.94万元", "1008.22万元", "-269.71万元", "名称不同，金额相同"]),
        ("joint-row", "数据局-2024", "口径提示", "-1.76", ["会议费、培训费决算0万元", "第601行", "会议费0万元＋培训费1.76万元；第410行"]),
        ("project-list", "数字化指挥中心-2023", "错误", "1.43", ["87.54万元", "86.11万元", "81.37万元", "第461至469行"]),
        ("budget-full", "自评报告", "口径提示", "-86.18", ["全年预算1984.99万元", "86.18万元", "2071.17万元"]),
        ("count-rate", "自评报告", "口径提示", "0.58", ["处置率", "96.50%", "498024条", "519218条", "95.92%"]),
        ("actual-scope", "自评报告", "口径提示", "-3", ["市民满意度", "92%", "第115行", "95%", "第151行"]),
        ("target-scope", "2022年单位预算", "口径提示", "-117", ["主城区管理范围", "123平方公里", "第342行", "“>240平方公里”"]),
        ("none-stated", "2022年单位预算", "口径提示", "5", ["没有安排会议费及培训费", "培训费", "5万元", "第436行"]),
        ("one-fund", "2022年单位预算", "尾差", None, ["城乡社区支出预算", "1896.57万元", "1896.56万元"]),
    ],
)  # fmt: skip
def test_known_contradictions(report: checks.Report, check: str, document: str, severity: str, diff: str | None, words: list[str]) -> None:
    """Contradictions that were found by reading the documents."""
    told = [f for f in found(report, check, document) if all(word in f.message for word in words)]
    assert [f.severity for f in told] == [severity]
    if diff is not None:
        assert told[0].diff == Decimal(diff)


def test_errors_of_the_corpus_are_true(report: checks.Report) -> None:
    """Every finding of class 错误 was judged by hand: these are all there are, by rule. More, or less, has to be looked at again."""
    counts: dict[str, int] = defaultdict(int)
    for finding in report.findings:
        if finding.severity == "错误":
            counts[finding.check.partition(":")[2]] += 1
    assert dict(counts) == {
        "same-claim": 6, "measure": 1, "one-fund": 2, "missing-row": 1, "missing-income": 1, "row-sum": 4, "column-sum": 4,
        "item-text": 3, "class-text": 2, "wording": 5, "execution-rate": 6, "kin-claim": 1, "project-list": 1,
    }  # fmt: skip


def test_a_sum_names_its_parts(report: checks.Report) -> None:
    """Each part by name, also where one alone is not 0, and the lines on which they stand; of many, zeros are only counted."""
    told = next(f for f in found(report, "row-sum", "数据局-2024") if "公务用车购置及运行维护费决算" in f.message)
    assert "相加为1.19万元（公务用车购置费0.00万元＋公务用车运行维护费1.19万元；第286行），相差0.21万元" in told.message
    long = next(f for f in found(report, "code-sum", "数字化指挥中心-2023") if "商品和服务支出" in f.message)
    assert "办公费4.37万元＋印刷费1.98万元" in long.message
    assert "另19项为0；第202至228行" in long.message


def test_what_could_not_be_checked_is_told(report: checks.Report) -> None:
    """A document without tables is not silently found in order."""
    missed = {(m.check, m.why) for m in report.unapplied if "岳阳" in m.document}
    assert ("check:missing-row", "没有公开03表、公开05表") in missed
    assert ("check:column-sum", "没有找到有科目行又有合计行的表") in missed


def test_findings_are_the_same_every_time(corpus: tuple[ox.Store, list[str]], report: checks.Report) -> None:
    store, ids = corpus
    again = checks.run(store, reversed(ids))
    assert {f.curie: f.message for f in again} == {f.curie: f.message for f in report.findings}
    assert len({f.curie for f in report.findings}) == len(report.findings)


def test_findings_become_triples(corpus: tuple[ox.Store, list[str]], report: checks.Report) -> None:
    """Every finding stands in g:check with its figures, which stand in their documents."""
    store, _ = corpus
    copy = ox.Store()
    copy.bulk_extend([*store, *checks.quads(report)])
    query = """SELECT ?x ?severity ?message (COUNT(?fact) AS ?facts) {
      GRAPH g:check { ?x a f:Issue ; f:kind ?kind ; f:doc ?document ; f:involves ?fact ;
        sh:resultSeverity ?severity ; sh:resultMessage ?message }
      GRAPH ?document { ?fact a f:Fact } } GROUP BY ?x ?severity ?message"""
    rows = list(copy.query(query, prefixes=iris.PREFIXES))
    assert len(rows) == len(report.findings)
    slip = next(row for row in rows if "1171.44元" in row["message"].value)
    assert (iris.shrink(slip["severity"].value), int(slip["facts"].value)) == ("sh:Violation", 2)


def test_a_library_has_the_findings_of_its_documents_alone_and_together(library: Path, report: checks.Report) -> None:
    """Alone where a document is read, together in the library: the same findings as all rules give at once."""
    rows = open_library(library).query("SELECT ?message { GRAPH g:check { ?x a f:Issue ; sh:resultMessage ?message } }")
    assert sorted(str(row["message"]) for row in rows) == sorted(finding.message for finding in report.findings)
    wide = {check.curie for check in rules.load(knowledge.load()) if check.wide}
    assert wide == {"check:same-claim", "check:change-year"}


def test_checking_is_fast(corpus: tuple[ox.Store, list[str]]) -> None:
    """The whole corpus in a second of computing, with room for slow machines."""
    start = time.process_time()
    checks.run(*corpus)
    assert time.process_time() - start < 3
