"""`chazhang build`: progress while it runs, and the reading report."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.limits import Limits
from kg.model import ReadError, TableReport
from qa.screen import render_rows
from qa.screen.door import FOUND, NOTHING, USAGE

if TYPE_CHECKING:
    from kg.build import BuildReport, FileReport, Progress

#: Up to so many newly read files, the report lists every file with every table; of more, only those that need a look, and so many.
_MANY, _SHOWN = 12, 40
_QUIET = ("未变", "未读")


def build(
    sources: Sequence[Path], library: Path, allowed: Limits, *, jobs: int, prune: bool, verbose: bool, validate: bool, encoder: str
) -> int:
    """Read files into the library; the reading report goes to stdout, progress and what could not be read to stderr.

    1 where `validate` is wanted and a graph breaks a shape.
    """
    from kg import build as building
    from kg.audit import shapes

    if validate:
        shapes.engine()  # missing: said before the files are read
    for path in sources:
        if not path.exists():
            raise ReadError(f"找不到 {path}。请检查路径，可用绝对路径重试。")
    with _shown() as progress:
        report = building.build(sources, library, jobs=jobs or None, allowed=allowed, prune=prune, progress=progress, encoder=encoder)
    for file in report.failed:
        render_rows.chat(" ".join(f"未读 {file.why}".split()))
    render_rows.lines(reading_report(report, library, verbose=verbose))
    whole = not validate or _validated([file.document for file in report.files if file.document], library)
    return USAGE if report.failed else FOUND if whole else NOTHING


def _shown() -> AbstractContextManager[Progress | None]:
    """A bar with the file that is being read, on a terminal; nothing in a pipe."""
    if not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    class Shown(Progress):
        def __enter__(self) -> Any:
            super().__enter__()
            bar = self.add_task("", total=None)

            def tell(what: str, done: int, total: int, name: str) -> None:
                self.update(
                    bar, description=f"{what} {name}" if len(name) < 40 else f"{what} …{name[-38:]}", completed=done, total=total or None
                )

            return tell

    columns = (BarColumn(24), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    return Shown(*columns, console=Console(stderr=True), transient=True)


def reading_report(report: BuildReport, library: Path, *, verbose: bool) -> Iterator[str]:
    """What became of each file, and what of its figures was not read; of many files only those that need a look."""
    if not report.files:
        yield "没有可读的文件。"
        return
    told = [file for file in report.files if file.state not in _QUIET or file.why and file.state != "未读"]
    every = verbose or len(told) <= _MANY
    wanted = told if every else [file for file in told if file.why or file.unread or file.notes]
    for file in wanted if every else wanted[:_SHOWN]:
        yield from _file(file, every)
    if not every:
        yield from _rest(told, len(wanted) - _SHOWN)
    yield from (f"没有核对完（进程被终止或内存不足），下次 build 再核对：{document}" for document in report.unchecked)
    counted = "，".join(f"{state} {count}" for state, count in Counter(file.state for file in report.files).items())
    findings = f"，查出 {report.findings} 处矛盾或尾差（chazhang checks）" if report.findings else ""
    yield f"{len(report.files)} 个文件：{counted}{findings}。{'资料库' if report.changed else '资料库无变化'} {library}"


def _file(file: FileReport, every: bool) -> Iterator[str]:
    if file.tables or file.facts:
        numeric, read = sum(t.numeric for t in file.tables), sum(t.facts for t in file.tables)
        share = f"，表内数字 {read}/{numeric}" if numeric else ""
        yield f"{file.state} {file.path.name}：{file.facts} 个数据{share}，{file.passages} 段文字，{len(file.tables)} 张表"
        yield from ([f"  {file.why}"] if file.why else [])
    else:
        yield f"{file.state} {file.path.name}{f'：{file.why}' if file.why else ''}"
    if every:
        yield from (_table_line(table) for table in file.tables)
    yield from (f"  未读数字 {count} 处：{why}" for why, count in file.unread.most_common())
    yield from (f"  {note}" for note in file.notes)


def _rest(told: Sequence[FileReport], hidden: int) -> Iterator[str]:
    """What is to be said of many files together."""
    if hidden > 0:
        yield f"另有 {hidden} 个文件有未读的数字或需要留意。"
    facts, unread = sum(file.facts for file in told), sum(sum(file.unread.values()) for file in told)
    yield f"共 {facts} 个数据，未读数字 {unread} 处。逐份报告：--verbose；每张表的情况：chazhang documents 文件名 --coverage"


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
