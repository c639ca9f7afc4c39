"""What the commands do, between arguments and output. Everything heavy is imported where it is needed."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.model import ChazhangError, QueryError, ReadError, TableReport
from qa import render_rows
from qa.door import FOUND, NOTHING, USAGE

if TYPE_CHECKING:
    from kg.build import BuildReport
    from qa.model import Answer


def version(library: Path) -> str:
    """The version of the program, and what the library is."""
    from importlib import metadata

    from kg.library import store

    try:
        number = metadata.version("chazhang")
    except metadata.PackageNotFoundError:
        number = "（未安装）"
    try:
        manifest = store.open_library(library).manifest
    except ChazhangError:
        return f"chazhang {number}"
    return f"chazhang {number}，资料库 {library}：{len(manifest['documents'])} 份文件，{manifest['time']} 建成"


# --- build --------------------------------------------------------------------------------------


def build(sources: Sequence[Path], library: Path, *, validate: bool = False) -> int:
    """Read files into the library; the reading report goes to stdout, what could not be read to stderr. 1 where a graph breaks a shape."""
    from kg import build as building
    from kg.audit import shapes

    if validate:
        shapes.engine()  # missing: said before the files are read
    for path in sources:
        if not path.exists():
            raise ReadError(f"找不到 {path}。请检查路径，可用绝对路径重试。")
    report = building.build(sources, library, progress=_progress if sys.stderr.isatty() else None)
    for file in report.failed:
        render_rows.chat(" ".join(f"未读 {file.why}".split()))
    render_rows.lines(reading_report(report, library))
    whole = not validate or _validated([file.document for file in report.files if file.document], library)
    return USAGE if report.failed else FOUND if whole else NOTHING


#: Up to so many newly read files, the report lists every table.
_TABLES_OF = 12


def _progress(done: int, total: int, path: Path) -> None:
    sys.stderr.write(f"\r\x1b[K{done}/{total} {path.name}" if done < total else "\r\x1b[K")
    sys.stderr.flush()


def reading_report(report: BuildReport, library: Path) -> Iterator[str]:
    """What became of each file, and what of its figures was not read."""
    states = Counter(file.state for file in report.files)
    read_now = [file for file in report.files if file.state not in ("未变", "未读")]
    for file in read_now:
        numeric, read = sum(t.numeric for t in file.tables), sum(t.facts for t in file.tables)
        share = f"，表内数字 {read}/{numeric}" if numeric else ""
        yield f"{file.state} {file.path.name}：{file.facts} 个数据{share}，{file.passages} 段文字，{len(file.tables)} 张表"
        if len(read_now) <= _TABLES_OF:
            yield from (_table_line(table) for table in file.tables)
        missed = Counter(unread.why for unread in file.unread if not unread.harmless)
        yield from (f"  未读数字 {count} 处：{why}" for why, count in missed.most_common())
        yield from (f"  {note}" for note in file.notes)
    if not report.files:
        yield "没有可读的文件。"
        return
    counted = "，".join(f"{state} {count}" for state, count in states.items())
    if len(read_now) > _TABLES_OF:
        yield "每张表的情况：chazhang documents 文件名 --coverage"
    findings = f"，查出 {report.findings} 处矛盾或尾差（chazhang checks）" if report.findings else ""
    yield f"{len(report.files)} 个文件：{counted}{findings}。{'资料库' if report.changed else '资料库无变化'} {library}"


def _table_line(table: TableReport) -> str:
    """One table of the report: what it was taken for, and how many of its numbers became facts."""
    place = table.address
    where = f"第{place.page}页" if place.page else f"第{place.line}行" if place.line else f"第{place.table}个表格"
    skipped = "；".join(f"{why} {count}" for why, count in table.skipped.items())
    form = table.form if table.form.startswith("（") else f"（{table.form}）"
    return f"  表 {table.title}{form} {where}：数字 {table.numeric}，数据 {table.facts}{f'，其余是{skipped}' if skipped else ''}"


#: Of nodes that break a shape in the same way, so many are named.
_NAMED = 3


def _validated(documents: Sequence[str], library: Path) -> bool:
    """Judge the graphs of these documents and the findings of the checks by the shapes, and say what breaks them."""
    from kg.audit import shapes
    from kg.library import store

    if not documents:
        return True
    graphs = store.open_library(library).store
    judged = {name: shapes.document(graphs, name) for name in dict.fromkeys(documents)}
    judged["勾稽结果"] = shapes.findings(graphs)
    broken = {name: breaches for name, breaches in judged.items() if breaches}
    for name, breaches in broken.items():
        render_rows.lines([f"图的形状不符 {name}：{len(breaches)} 处"])
        alike: dict[str, list[str]] = {}
        for breach in breaches:
            alike.setdefault(breach.wanted, []).append(f"{breach.node}（写为 {breach.value}）" if breach.value else breach.node)
        for wanted, nodes in alike.items():
            more = f" 等 {len(nodes)} 处" if len(nodes) > _NAMED else ""
            render_rows.lines([f"  {wanted}：{'、'.join(nodes[:_NAMED])}{more}"])
    fit = f"{len(documents)} 份文件和勾稽结果的图都符合 shapes.ttl" if not broken else f"{len(broken)} 张图不符合 shapes.ttl"
    render_rows.lines([f"图的形状：{fit}。"])
    return not broken


# --- ask ----------------------------------------------------------------------------------------


def ask(question: str, library: Path, *, as_json: bool, explain: bool) -> int:
    """Answer one question, and remember its citations for `show`."""
    from qa import last, render
    from qa.library import Library

    if not question.strip():
        raise QueryError("没有写问题。例：chazhang ask 天元区数据局2024年三公经费")
    answer = Library(library).ask(question)
    last.remember(library, [citation.id for citation in render.numbered(answer)])
    if as_json:
        sys.stdout.write(json.dumps(answer.to_dict(), ensure_ascii=False, indent=1) + "\n")
    else:
        render.terminal(answer, explain=explain)
    return code(answer)


def code(answer: Answer) -> int:
    """The exit code of an answer."""
    return FOUND if answer.status == "answered" else NOTHING


def ask_batch(source: str, library: Path) -> int:
    """Answer one question per line, one JSON object per line, in the same order."""
    from qa.library import Library

    opened = Library(library)
    found = NOTHING
    for question in filter(None, (line.strip() for line in _lines(source))):
        answer = opened.ask(question)
        sys.stdout.write(json.dumps(answer.to_dict(), ensure_ascii=False) + "\n")
        sys.stdout.flush()
        found = min(found, code(answer))
    return found


def _lines(source: str) -> Iterable[str]:
    return sys.stdin if source == "-" else _text(Path(source)).splitlines()


def _is_file(name: str) -> bool:
    """Whether there is such a file; what is too long for a file name is none."""
    try:
        return Path(name).is_file()
    except (OSError, ValueError):
        return False


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except FileNotFoundError as error:
        raise ReadError(f"找不到文件 {path}。请检查路径。") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(f"{path} 打不开，或不是 UTF-8 文本。请另存为 UTF-8 后重试。") from error


# --- look into it -----------------------------------------------------------------------------------


def sparql(query: str, library: Path, *, format: str, seconds: float, limit: int) -> int:
    """Run a user's query; where rows were cut, stderr says so."""
    from kg.library import sparql as running

    if query == "-":
        query = sys.stdin.read()
    elif query.endswith(".rq") or ("{" not in query and _is_file(query)):
        query = _text(Path(query))
    outcome = running.run_query(library, query, format="json" if format == "table" else format, seconds=seconds, limit=limit)
    if format == "table":
        _result_table(json.loads(outcome.body))
    else:
        sys.stdout.write(outcome.body)
    if outcome.cut:
        render_rows.chat(f"只输出了前 {outcome.rows} 行，还有更多。可用 --limit 加大，或在查询里写 LIMIT。")
    return FOUND if outcome.rows else NOTHING


def _result_table(result: Mapping[str, Any]) -> None:
    from kg import iris

    if "boolean" in result:
        sys.stdout.write(("是" if result["boolean"] else "否") + "\n")
        return
    names = {name: name for name in result["head"]["vars"]}
    rows = [{name: iris.shrink(term["value"]) if term["type"] == "uri" else term["value"] for name, term in row.items()}
            for row in result["results"]["bindings"]]  # fmt: skip
    render_rows.write(rows, names, "table")


def show(name: str, library: Path) -> int:
    """Open a citation, by id or by its number in the last answer."""
    from kg.library import store
    from qa import last
    from qa import show as showing

    number = name.strip("[]【】 ")
    if number.isdecimal() and len(number) < 4:
        name = last.recall(library, int(number))
    render_rows.lines(showing.show(store.open_library(library), name))
    return FOUND


def facts(library: Path, format: str, filters: dict[str, Any]) -> int:
    """List facts: all keys for scripts, the short columns for people."""
    from kg.library import store
    from qa import listing

    found = listing.facts(store.open_library(library), listing.Filters(**filters))
    columns = listing.SHORT if format == "table" else {key: key for key in listing.KEYS}
    count = render_rows.write(found, columns, format, right=("value", "year"))
    render_rows.chat(f"{count} 条" if count else "没有符合条件的数据。可减少条件，或用 chazhang terms、chazhang documents 查看名称。")
    return FOUND if count else NOTHING


def verify(name: str, library: Path) -> int:
    """Audit the library against its sources; 1 where anything is wrong."""
    from kg.library import store
    from qa import listing, verify

    reader = store.open_library(library)
    names = [identifier for identifier, _ in listing.documents(reader, name)]
    wrong = quotes = 0
    for audit in verify.verify(reader, names):
        quotes += audit.quotes
        wrong += len(audit.wrong)
        sys.stdout.write(f"{'不符' if audit.wrong else '相符'} {audit.document}：{audit.quotes} 条引文，{len(audit.wrong)} 处不符\n")
        render_rows.lines(f"  {' '.join(message.split())}" for message in audit.wrong[:20])
    sys.stdout.write(f"{len(names)} 份文件，{quotes} 条引文，{wrong} 处不符\n")
    return NOTHING if wrong or not names else FOUND
