"""What the commands do, between arguments and output. Everything heavy is imported where it is needed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.model import ChazhangError, QueryError, ReadError
from qa.screen import render_rows
from qa.screen.door import FOUND, NOTHING

if TYPE_CHECKING:
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


# --- ask ----------------------------------------------------------------------------------------


def ask(question: str, library: Path, *, as_json: bool, explain: bool) -> int:
    """Answer one question, and remember its citations for `show`."""
    from qa.library import Library
    from qa.screen import last, render

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
    """Answer one question per line, one JSON object per line, in the same order.

    A line may itself be a JSON object with a `question`; its `id` is handed on.
    """
    from qa.library import Library

    opened = Library(library)
    found = NOTHING
    for question, own in map(_question, filter(None, (line.strip() for line in _lines(source)))):
        answer = opened.ask(question)
        sys.stdout.write(json.dumps(own | answer.to_dict(), ensure_ascii=False) + "\n")
        sys.stdout.flush()
        found = min(found, code(answer))
    return found


def _question(line: str) -> tuple[str, dict[str, Any]]:
    """The question of a line, plain or as JSON, and what is handed on with its answer."""
    try:
        said = json.loads(line) if line.startswith("{") else None
    except ValueError:
        said = None
    if not isinstance(said, dict) or not isinstance(said.get("question"), str):
        return line, {}
    return said["question"], {"id": said["id"]} if "id" in said else {}


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
    from qa.screen import last
    from qa.screen import show as showing

    number = name.strip("[]【】 ")
    if number.isdecimal() and len(number) < 4:
        name = last.recall(library, int(number))
    render_rows.lines(showing.show(store.open_library(library), name))
    return FOUND


def facts(library: Path, format: str, filters: dict[str, Any]) -> int:
    """List facts: all keys for scripts, the short columns for people."""
    from kg.library import store
    from qa.answers import listing

    found = listing.facts(store.open_library(library), listing.Filters(**filters))
    columns = listing.SHORT if format == "table" else {key: key for key in listing.KEYS}
    count = render_rows.write(found, columns, format, right=("value", "year"))
    render_rows.chat(f"{count} 条" if count else "没有符合条件的数据。可减少条件，或用 chazhang terms、chazhang documents 查看名称。")
    return FOUND if count else NOTHING


def verify(name: str, library: Path) -> int:
    """Audit the library against its sources; 1 where anything is wrong."""
    from kg.library import store
    from qa.answers import listing
    from qa.screen import verify

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
