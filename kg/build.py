"""Files to library: plan, read in many processes, write, settle versions, check, publish; and a report that leaves nothing out."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from kg import knowledge, limits, plan, pool, versions
from kg.library import shelf
from kg.library.writer import Writer
from kg.model import TableReport
from kg.readers import imported
from kg.reading import Extract, Task, extract
from kg.reading import read as read
from kg.review import review

#: Raised when the way of reading changes, so that libraries re-read unchanged files.
VERSION = "1"

#: Told of progress: what is being done, how many are finished, how many there are, the one just finished.
Progress = Callable[[str, int, int, str], None]


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file: a state of `kg.plan`, 旧版 (another document says the same), 已不在, 已移出; and why."""

    path: Path
    state: str
    why: str = ""
    document: str = ""
    title: str = ""
    facts: int = 0
    passages: int = 0
    tables: tuple[TableReport, ...] = ()
    unread: Counter[str] = field(default_factory=Counter)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BuildReport:
    """The reading report of one build. `changed` says whether a new generation was published; `peak` is the most memory
    (10^6 bytes) that a reading process took."""

    files: tuple[FileReport, ...] = ()
    changed: bool = False
    findings: int = 0
    unchecked: tuple[str, ...] = ()
    peak: float = 0.0

    @property
    def failed(self) -> tuple[FileReport, ...]:
        """The files that were not read."""
        return tuple(f for f in self.files if f.state == plan.FAILED)


def build(
    paths: Iterable[Path],
    library: Path,
    *,
    jobs: int | None = None,
    allowed: limits.Limits | None = None,
    prune: bool = False,
    progress: Progress | None = None,
    encoder: str = "",
) -> BuildReport:
    """Read files or folders into the library; only new or changed files are read, and nothing is published where nothing changed.

    `jobs` processes read (as many as there are processors); `allowed` says what one file may take; `prune` takes out documents
    whose files are gone from the folders named. A file that cannot be read is reported and does not hinder the others; what the
    library holds of it stays. `encoder` makes the vectors of the passages (`kg.encoders.open_encoder`); where it is empty, the one that
    the library has. Raises ReadError for a path that does not exist, LibraryError where the library is locked or damaged.
    """
    paths, allowed, jobs = list(paths), allowed or limits.Limits(), jobs or pool.cores()
    tell = progress or _silent
    known = knowledge.load()
    with Writer(library, version=VERSION, vocabulary=known, encoder=encoder) as writer, limits.in_force(allowed):
        gone = plan.missing(paths, writer.cards()) if prune else []
        steps = plan.steps(plan.files(paths), writer.cards(), writer.version, [card.id for card in gone])
        modules = imported(step.path for step in steps if step.reads)
        readers = pool.Pool(extract, jobs=jobs, seconds=allowed.seconds, memory=allowed.memory, modules=modules)
        alone: dict[str, bytes] = {}
        reports = [*_read(writer, steps, readers, tell, alone), *_gone(writer, paths, prune)]
        told = versions.settle(writer, [report.document for report in reports if report.facts], known)
        tell("核对", 0, 0, "")
        checked = review(writer, jobs=jobs, alone=alone)
        changed = writer.publish(checked.compact)
    tell("", 0, 0, "")
    return BuildReport(tuple(_judged(reports, told)), changed, checked.findings, checked.unchecked, readers.peak)


def _silent(*_: object) -> None:
    """Nobody wants to know."""


def _read(
    writer: Writer, steps: Sequence[plan.Step], readers: pool.Pool[Task, Extract | str], tell: Progress, alone: dict[str, bytes]
) -> Iterator[FileReport]:
    """Read what the plan says, write it, and report on every file, in the order of the plan. `alone` is filled with what was found in
    each document (id) by itself, as N-Quads."""
    wanted = [step for step in steps if step.reads]
    folder = shelf.documents(writer.library)
    tasks = (Task(step.path, step.document, folder, writer.version, limits.current()) for step in wanted)
    done = 0
    with contextlib.closing(readers.run(tasks)) as found:
        for step in steps:
            report = FileReport(step.path, step.state, step.why, step.document)
            if step.reads:
                tell("读取", done, len(wanted), step.path.name)
                done += 1
                result = next(found)[1]
                report = _write(writer, step, result)
                if isinstance(result, Extract) and result.findings is not None:
                    alone[report.document] = result.findings
            if step.drops and report.state != plan.FAILED:
                writer.drop(step.drops)
            yield report


def _write(writer: Writer, step: plan.Step, result: Extract | str | pool.Lost) -> FileReport:
    if isinstance(result, pool.Lost):
        result = f"{step.path.name}：{_loss(result)}"
    if isinstance(result, str):
        return FileReport(step.path, plan.FAILED, result)
    writer.put(result.contents, result.quads)
    card = result.contents.card
    return FileReport(
        step.path, step.state, step.why, card.id, card.title, card.facts, result.passages, result.tables, result.unread, result.notes
    )


def _loss(lost: pool.Lost) -> str:
    """Why there is no result, and what to try."""
    most = limits.current()
    if lost.kind == "时间":
        return f"读了 {most.seconds:g} 秒还没有读完，已停止。请拆分文件，或重新导出一份后重读，或用 --max-seconds 放宽。"
    if lost.kind == "内存":
        return f"读它要用的内存超过上限 {most.memory:g} MB，已停止。请拆分文件，或用 --max-memory 放宽。"
    if lost.kind == "终止":
        return f"读取进程被系统终止（{lost.detail}），可能是内存不足。请拆分文件，减少 --jobs，或重新导出一份后重读。"
    return f"读取时程序出错（{lost.detail}），未读。请重新导出一份后重读；仍然如此，请把文件报告给我们。"


def _gone(writer: Writer, paths: Sequence[Path], prune: bool) -> Iterator[FileReport]:
    """Documents whose files are no longer there."""
    for card in plan.missing(paths, writer.cards()):
        if prune:
            writer.drop(card.id)
        why = "文件已不在，已移出资料库" if prune else "文件已不在，资料库里仍保留；加 --prune 可移出"
        yield FileReport(Path(card.path), "已移出" if prune else "已不在", why, card.id)


def _judged(reports: Sequence[FileReport], verdicts: Sequence[versions.Verdict]) -> Iterator[FileReport]:
    """The reports, with what was decided about versions. A document of an earlier build gets a line of its own."""
    left = {verdict.document: verdict for verdict in verdicts}
    for report in reports:
        verdict = left.pop(report.document, None) if report.state != "已移出" else None
        if verdict and verdict.aside:
            yield replace(report, state="旧版", why=verdict.told)
        elif verdict:
            yield replace(report, notes=(*report.notes, verdict.told))
        else:
            yield report
    for verdict in left.values():
        yield FileReport(Path(verdict.document), "旧版" if verdict.aside else "未变", verdict.told, verdict.document)
