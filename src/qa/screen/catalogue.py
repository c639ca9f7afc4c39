"""What is in a library: its documents, what of them was read, what words mean to it, and what the checks found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kg.library import store
from kg.model import QueryError
from kg.terms import key
from qa.answers import listing
from qa.model import SEVERITIES
from qa.screen import render_rows
from qa.screen.door import FOUND, NOTHING

#: What a kind of term is called.
_KINDS = {
    "unit": "单位", "project": "项目", "item": "表中名称", "ind": "指标", "func": "功能科目", "econ": "部门经济科目",
    "govecon": "政府经济科目", "ph": "口径", "fl": "收支", "fund": "资金", "sp": "支出类型", "me": "度量", "mu": "计量单位",
    "form": "表", "kind": "文件种类", "head": "表头",
}  # fmt: skip
_UNTRIED = "未进行"
_MEANS = {"f:item": "", "f:flow": "收支", "f:fund": "资金", "f:spend": "支出类型", "f:phase": "口径", "f:metric": "度量"}


def documents(name: str, format: str, library: Path) -> int:
    """List the documents."""
    columns = {"id": "编号", "unit": "单位", "year": "年度", "kind": "种类", "facts": "数据", "file": "文件"}
    reader = store.open_library(library)
    found = [*listing.documents(reader, name), *listing.replaced(reader, name)]
    if any("instead" in card for _, card in found):
        columns["instead"] = "已由它替换"
    return FOUND if render_rows.write(({"id": i, **card} for i, card in found), columns, format, right=("year", "facts")) else NOTHING


def coverage(name: str, format: str, library: Path) -> int:
    """What of each table became facts, and which figures did not."""
    reader = store.open_library(library)
    records = [
        record for identifier, _ in listing.documents(reader, name) for record in _coverage(identifier, reader.index.report(identifier))
    ]
    columns = {"place": "位置", "title": "表或原文", "form": "认作", "numeric": "数字", "facts": "已读", "why": "未读原因"}
    return FOUND if render_rows.write(records, columns, format, right=("numeric", "facts")) else NOTHING


def _coverage(identifier: str, report: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for table in report.get("tables", ()):
        why = "；".join(f"{why} {count}" for why, count in table["skipped"].items())
        yield {**table, "why": why}
    yield from ({"place": unread["place"], "title": unread["text"][:40], "why": unread["why"]} for unread in report.get("unread", ()))
    for why, count in report.get("harmless", {}).items():
        yield {"place": identifier, "title": f"{count} 处不是数据", "why": why}


def terms(word: str, format: str, library: Path) -> int:
    """What a word means to the library: exactly, then names that contain it, then similar ones."""
    reader = store.open_library(library)
    exact = reader.index.lookup([key(word)])
    found = {(t.iri, t.kind): ("就是", t) for t in exact}
    for how, near in (("包含", reader.index.containing(word)), ("相近", () if exact else reader.index.similar(word, limit=8))):
        for term in near:
            found.setdefault((term.iri, term.kind), (how, term))
    records = [
        {
            "how": how,
            "label": t.label,
            "kind": _KINDS.get(t.kind, t.kind),
            "iri": t.iri,
            "means": _meaning(reader, t.iri),
            "documents": t.documents,
        }
        for how, t in found.values()
        if t.ratio > 0.3
    ]
    columns = {"how": "", "label": "词", "kind": "类别", "iri": "标识", "means": "含义", "documents": "文件数"}
    if not render_rows.write(records, columns, format, right=("documents",)):
        render_rows.chat(f"没有“{word}”，也没有相近的词。")
        return NOTHING
    return FOUND


def _meaning(reader: Any, curie: str) -> str:
    rows = reader.query(
        """SELECT ?name ?label ?own { ?here skos:prefLabel ?own
           OPTIONAL { ?here f:means ?m . ?m ?name ?value . ?value skos:prefLabel ?label } }""",
        bindings={"here": curie},
    )
    said = [f"{_MEANS.get(str(row['name']), '')}{row['label']}" for row in rows if row["label"]]
    return "＋".join(said) or next((str(row["own"]) for row in rows), "")


def checks(document: str, severity: str, format: str, library: Path) -> int:
    """List the findings of the checks, and the checks that could not be applied, with the reason."""
    grades = (*SEVERITIES.values(), _UNTRIED)
    if severity not in ("", *grades):
        raise QueryError(f"没有“{severity}”这一级别。可用：{'、'.join(grades)}。")
    reader = store.open_library(library)
    wanted = {f"doc:{identifier}" for identifier, _ in listing.documents(reader, document)}
    every = [record for record in (*_findings(reader), *_untried(reader)) if record["doc"] in wanted]
    chosen = sorted((r for r in every if severity in ("", r["severity"])), key=lambda record: grades.index(record["severity"]))
    found = [record for record in chosen if record["severity"] != _UNTRIED]
    if format == "table":  # sentences read better one below the other than in columns
        render_rows.lines(line for record in found for line in _told(record))
        render_rows.lines(["", _counted(found)] if found else [])
        render_rows.lines(_summed([record for record in chosen if record["severity"] == _UNTRIED], one=len(wanted) == 1 or bool(severity)))
    else:
        columns = {"severity": "级别", "kind": "种类", "check": "规则", "message": "问题", "document": "文件", "facts": "出处"}
        render_rows.write(chosen, columns, format)
    if not found and severity != _UNTRIED:
        render_rows.chat("没有查出问题。")
    return FOUND if found or (severity and chosen) else NOTHING


def _findings(reader: Any) -> Iterator[dict[str, str]]:
    rows = reader.query("""SELECT ?issue ?severity ?kind ?message ?doc ?check (GROUP_CONCAT(STR(?fact); separator=" ") AS ?facts) {
        ?issue a f:Issue ; sh:resultSeverity ?severity ; f:kind ?kind ; sh:resultMessage ?message ; f:doc ?doc ; f:involves ?fact ;
          sh:sourceConstraint/skos:prefLabel ?check }
        GROUP BY ?issue ?severity ?kind ?message ?doc ?check ORDER BY ?doc ?kind ?message""")
    for row in rows:
        document = str(row["doc"]).partition(":")[2]
        yield {**row, "severity": SEVERITIES[row["severity"]], "document": document, "facts": _names(str(row["facts"]))}


def _untried(reader: Any) -> Iterator[dict[str, str]]:
    rows = reader.query("""SELECT ?check ?message ?doc { ?missed a f:Unapplied ; f:text ?message ; f:doc ?doc ; sh:sourceConstraint ?rule .
        ?rule skos:prefLabel ?check ; skos:notation ?number } ORDER BY ?doc ?number ?message""")
    for row in rows:
        yield {**row, "severity": _UNTRIED, "kind": "", "document": str(row["doc"]).partition(":")[2], "facts": ""}


def _summed(records: Sequence[Mapping[str, str]], *, one: bool) -> Iterator[str]:
    """What could not be checked: of one document, rule and reason; else how many."""
    documents = {record["document"] for record in records}
    if records and not one:
        yield f"未进行的检查 {len(records)} 项，涉及 {len(documents)} 份文件。各项原因：chazhang checks 文件名"
        return
    for document in sorted(documents):
        reasons: dict[str, list[str]] = {}
        for record in records:
            if record["document"] == document:
                reasons.setdefault(record["message"], []).append(record["check"])
        yield f"未进行的检查  {document}：{sum(map(len, reasons.values()))} 项"
        yield from (f"      {'、'.join(checks)}：{why}" for why, checks in reasons.items())


def _told(record: Mapping[str, Any]) -> Iterator[str]:
    yield f"{record['severity']}  {record['kind']}  {record['document']}"
    yield f"      {record['message']}"
    yield f"      show {str(record['facts']).partition(' ')[0]}"


def _counted(records: Sequence[Mapping[str, Any]]) -> str:
    found = Counter(record["severity"] for record in records)
    return f"{len(records)} 处：{'，'.join(f'{severity} {found[severity]}' for severity in SEVERITIES.values() if found[severity])}"


def _names(iris: str) -> str:
    return " ".join(iri.rpartition("/")[2] for iri in iris.split())
