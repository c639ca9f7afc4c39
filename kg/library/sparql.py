"""Queries that users write: vetted, then run in a child process that is killed when it takes too long.

The store cannot stop a query, and cannot be told not to follow SERVICE to the network. So two judges look at the text before it
runs: a scan of what is left when strings, comments and IRIs are taken out, and rdflib's algebra. Both see the text that runs.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kg import iris
from kg.model import ChazhangError, LibraryError, QueryError

#: Output formats; ttl is for CONSTRUCT and DESCRIBE.
FORMATS = ("json", "csv", "tsv", "xml", "ttl")
#: Bytes that a query may take before it is stopped.
_MEMORY = 4 * 1024**3

_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))")
_OPAQUE = re.compile(
    r"""\\.                                             # an escaped character in a name
      | \"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\" | '''(?:[^'\\]|\\.|'(?!''))*'''
      | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*'
      | <[^<>"{}|^`\\\x00-\x20]*>                       # an IRI
      | \#[^\n]* | [?$]\w+                              # a comment, a variable""",
    re.VERBOSE | re.DOTALL,
)
_DOUBTFUL = re.compile(r"<[^<>\"{}|^`\\\x00-\x20]*'[^<>\"{}|^`\\\x00-\x20]*>")
_FIRST = re.compile(r"\s*(?:(?:prefix\s+[^\s:]*:|base)\s*)*([a-z]+)", re.IGNORECASE)
_UPDATES = {"insert", "delete", "load", "clear", "drop", "create", "add", "move", "copy", "with"}
_POSITION = re.compile(r"error at (\d+):(\d+)")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a query gave: `kind` is select, ask or graph; `body` the result in the wanted format; `cut` whether rows were left out."""

    kind: str
    body: str
    rows: int
    cut: bool = False


def vet(query: str) -> str:
    """The query as it may be run: escapes written out, line ends made one.

    Raises QueryError for what is malformed, for updates, and for SERVICE, FROM and LOAD, which would reach the network or files.

    >>> vet("SELECT ?x { ?x a f:Fact }")
    'SELECT ?x { ?x a f:Fact }'
    """
    text = _written_out(query)
    _scan(text)
    _judge(text)
    return text


def _written_out(query: str) -> str:
    """The text without \\u escapes: what they hide is seen, and both judges and the store read the same."""
    try:
        text = _ESCAPE.sub(lambda match: chr(int(match[1] or match[2], 16)), query)
        text.encode()
    except (ValueError, OverflowError) as error:
        raise QueryError("SPARQL 查询里的 \\u 转义不是有效字符。请直接写出字符。") from error
    if _ESCAPE.search(text):
        raise QueryError("SPARQL 查询里的 \\u 转义套着转义。请直接写出字符。")
    return text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")


def _scan(text: str) -> None:
    """The first judge: what stands outside strings, comments, IRIs and variables."""
    bare = _OPAQUE.sub(" ", text)
    if not bare.strip():
        raise QueryError("SPARQL 查询是空的。例：SELECT ?x ?v { ?x f:year 2024 ; f:value ?v } LIMIT 5")
    first = _FIRST.match(bare)
    if first and first[1].lower() in _UPDATES:
        raise QueryError(f"只能查询，不能修改：{first[1].upper()} 被拒绝。可用 SELECT、ASK、CONSTRUCT、DESCRIBE。")
    doubtful = "service" in text.lower() and _DOUBTFUL.search(text)
    if "service" in bare.lower() or doubtful:
        raise QueryError("拒绝 SERVICE：查询不得访问其他服务器。请去掉 SERVICE（名称里也不要用这个词）。")


def _judge(text: str) -> None:
    """The second judge: rdflib parses the query, and every node of its algebra is looked at."""
    from rdflib.plugins.sparql import prepareQuery

    try:
        algebra = prepareQuery(text, initNs=iris.PREFIXES).algebra
    except RecursionError as error:
        raise QueryError("SPARQL 查询嵌套太深。请拆成几个简单的查询。") from error
    except Exception as error:  # rdflib raises whatever comes; all of it means that the text is no query
        raise _malformed(text, error) from error
    for node in _nodes(algebra):
        if getattr(node, "name", "") == "ServiceGraphPattern":
            raise QueryError("拒绝 SERVICE：查询不得访问其他服务器。请去掉 SERVICE。")
        if isinstance(node, dict) and dict.get(node, "datasetClause"):
            raise QueryError("拒绝 FROM：查询总是对整个资料库进行。请去掉 FROM；只看一份文件可用 GRAPH doc:名称 { … }。")


def _nodes(node: Any) -> Iterator[Any]:
    """Everything inside an algebra, EXISTS and subselects included."""
    waiting, seen = [node], set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen or isinstance(node, str | bytes):
            continue
        seen.add(id(node))
        yield node
        if isinstance(node, dict):
            waiting += node.values()
        elif isinstance(node, list | tuple | set | frozenset):
            waiting += node
        if (inner := getattr(node, "__dict__", None)) and not isinstance(node, type):
            waiting += [value for value in inner.values() if isinstance(value, dict | list | tuple)]


def _malformed(text: str, error: Exception) -> QueryError:
    """One line that says where. The store's parser knows the place better; it sees no SERVICE here."""
    import pyoxigraph as ox

    if "Unknown namespace prefix" in str(error):
        return QueryError(f"SPARQL 查询用了未声明的前缀“{str(error).rpartition(':')[2].strip()}:”。请加 PREFIX，或用已知前缀：{_known()}。")
    line, column = int(getattr(error, "lineno", 1) or 1), int(getattr(error, "column", 1) or 1)
    try:
        ox.Store().query(text, prefixes=iris.PREFIXES)
    except (SyntaxError, OSError, ValueError) as second:
        if match := _POSITION.search(str(second)):
            line, column = int(match[1]), int(match[2])
    lines = [*text.split("\n"), ""]
    near = lines[min(line, len(lines)) - 1][max(0, column - 1) :][:20].strip()
    return QueryError(
        f"SPARQL 语法错误：第 {line} 行第 {column} 列{f'，“{near}”处' if near else '，查询在这里断了'}。请检查括号、句点和拼写。"
    )


def _known() -> str:
    return "、".join(f"{prefix}:" for prefix in iris.PREFIXES)


# --- running ------------------------------------------------------------------------------------


def run_query(library: Path, query: str, *, format: str = "json", seconds: float = 30, limit: int = 10_000) -> Outcome:
    """Run a user's query in a process of its own, which is killed after `seconds`; at most `limit` rows come back.

    Raises QueryError for what is refused, malformed or too slow, LibraryError where there is no library.
    """
    if format not in FORMATS:
        raise QueryError(f"不认识的格式“{format}”。可用：{'、'.join(FORMATS)}。")
    job = json.dumps({"library": str(library), "query": query, "format": format, "limit": limit})
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONUTF8": "1"}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "kg.library.sparql"], input=job.encode(), capture_output=True, timeout=seconds, env=environment
        )
    except subprocess.TimeoutExpired as error:
        raise QueryError(f"查询超过 {seconds:g} 秒，已停止。请加上更多条件（如 f:unit、f:year），或用 LIMIT。") from error
    try:
        said = json.loads(done.stdout)
    except ValueError as error:
        raise QueryError(f"查询中途失败（退出码 {done.returncode}），多半是内存不够。请加上更多条件，或用 LIMIT。") from error
    if "error" in said:
        raise (LibraryError if said["library"] else QueryError)(said["error"])
    return Outcome(**said)


def _child() -> None:
    """What the child process does: one job from stdin, one JSON object to stdout."""
    if sys.platform != "win32":
        import resource

        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    job = json.loads(sys.stdin.buffer.read())
    try:
        said = asdict(_run(Path(job["library"]), job["query"], job["format"], job["limit"]))
    except ChazhangError as error:
        said = {"error": str(error), "library": isinstance(error, LibraryError)}
    sys.stdout.buffer.write(json.dumps(said).encode())


def _run(library: Path, query: str, format: str, limit: int) -> Outcome:
    from kg.library import results, store

    text = vet(query)
    graph = store.open_library(library).store
    try:
        found = graph.query(text, prefixes=iris.PREFIXES, use_default_graph_as_union=True)
        return Outcome(**results.write(found, format, limit))
    except SyntaxError as error:
        raise _malformed(text, error) from error
    except (OSError, RuntimeError) as error:
        raise LibraryError(f"读取图谱失败（{error}）。请重新运行 chazhang build。") from error


if __name__ == "__main__":
    _child()
