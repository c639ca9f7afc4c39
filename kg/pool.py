"""Work spread over processes that may hang, run out of memory or be killed, without harm to the rest.

`concurrent.futures` gives the whole pool up when one process dies and cannot stop one that hangs; so each process here has a pipe of its
own, one piece of work at a time, and a deadline.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import time
import types
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing import connection
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import Any, Generic, Literal, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

#: Pieces of work after which a process is replaced, so that what libraries never give back does not add up.
_WORN = 50
#: Results that may wait for an earlier one, per process: results come in the order of the work.
_AHEAD = 8
#: What a piece of work gets beyond its limit, so that it can say itself that the time is up: a share, and seconds.
_GRACE = (0.05, 1.0)


@dataclass(frozen=True, slots=True)
class Lost:
    """What is known of work without a result: 时间 (over the limit), 内存 (over the limit), 终止 (the process was killed), 出错."""

    kind: Literal["时间", "内存", "终止", "出错"]
    detail: str = ""


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Pool(Generic[Item, Result]):
    """`jobs` processes that apply `work`, a function of a module. `seconds` and `memory` (10^6 bytes) are limits of one piece of work;
    `modules` are imported once, for all processes.

    `peak` is the most memory (10^6 bytes, resident) that a process has had so far.
    """

    def __init__(
        self, work: Callable[[Item], Result], *, jobs: int, seconds: float = 0, memory: float = 0, modules: Sequence[str] = ()
    ) -> None:
        self.work, self.jobs, self.seconds, self.memory, self.modules = work, max(jobs, 1), seconds, memory, tuple(modules)
        self.peak = 0.0

    def run(self, items: Iterable[Item]) -> Generator[tuple[Item, Result | Lost]]:
        """Each item with its result, in the order of the items."""
        source = enumerate(items)
        workers: list[_Worker] = []
        done: dict[int, tuple[Item, Result | Lost]] = {}
        given = told = 0
        exhausted = False
        try:
            while True:
                while told in done:
                    yield done.pop(told)
                    told += 1
                while not exhausted and given - told < _AHEAD * self.jobs and sum(w.busy for w in workers) < self.jobs:
                    following = next(source, None)
                    if following is None:
                        exhausted = True
                        break
                    self._idle(workers).give(*following, self.seconds)
                    given += 1
                if exhausted and told == given:
                    return
                for number, item, result in self._results(workers):
                    done[number] = (item, result)
        finally:
            for worker in workers:
                worker.end()

    def _idle(self, workers: list[_Worker]) -> _Worker:
        for worker in [w for w in workers if not w.busy]:
            if worker.alive and worker.served < _WORN:
                return worker
            worker.end()
            workers.remove(worker)
        workers.append(_Worker(self.work, self.memory, self.modules))
        return workers[-1]

    def _results(self, workers: list[_Worker]) -> list[tuple[int, Any, Any]]:
        """Wait until something is finished, lost or late; what came of it."""
        busy = [worker for worker in workers if worker.busy]
        left = min(worker.deadline for worker in busy) - time.monotonic()
        connection.wait([worker.pipe for worker in busy], None if left == float("inf") else max(left, 0))
        found = []
        for worker in busy:
            if worker.pipe.poll():
                found.append((worker.number, worker.item, worker.take()))
                self.peak = max(self.peak, worker.peak)
            elif time.monotonic() >= worker.deadline:
                found.append((worker.number, worker.item, Lost("时间")))
                worker.end()
        return found


@dataclass(slots=True)
class _Worker:
    """One process and what it is busy with."""

    work: Callable[[Any], Any]
    memory: float
    modules: tuple[str, ...] = ()
    number: int = -1
    item: Any = None
    deadline: float = float("inf")
    busy: bool = False
    alive: bool = True
    served: int = 0
    peak: float = 0.0
    pipe: connection.Connection = field(init=False)
    process: BaseProcess = field(init=False)

    def __post_init__(self) -> None:
        context = _context(self.modules)
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, self.work, self.memory), daemon=True)  # type: ignore[attr-defined]
        with _nobodys():
            self.process.start()
        theirs.close()

    def give(self, number: int, item: Any, seconds: float) -> None:
        """Hand over a piece of work."""
        self.number, self.item, self.busy = number, item, True
        self.deadline = time.monotonic() + seconds * (1 + _GRACE[0]) + _GRACE[1] if seconds else float("inf")
        with contextlib.suppress(OSError):  # it died between two pieces of work: `take` says so
            self.pipe.send(item)

    def take(self) -> Any:
        """The result; Lost where the process has none to give."""
        self.busy = False
        self.served += 1
        try:
            self.peak, result, self.alive = self.pipe.recv()
        except (EOFError, OSError):
            self.end()
            return Lost("终止", str(self.process.exitcode))
        return result

    def end(self) -> None:
        """Stop the process, whatever it does."""
        self.alive = self.busy = False
        self.process.kill()
        self.process.join()
        self.pipe.close()


def _context(modules: Sequence[str]) -> BaseContext:
    """Processes are forked from a small server that has imported what they need: quick, and free of the parent's threads and locks."""
    if sys.platform in ("win32", "darwin"):
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*modules, "kg.warm"])
    return context


@contextlib.contextmanager
def _nobodys() -> Iterator[None]:
    """Without the script that is running: multiprocessing would have each process run it again, and it has nothing of ours."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _serve(pipe: connection.Connection, work: Callable[[Any], Any], memory: float) -> None:
    """What a process does: one piece of work after the other, until there is no more or something went wrong."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _restrict(memory)
    while True:
        try:
            item = pipe.recv()
        except EOFError:  # the parent is gone
            return
        try:
            pipe.send((_peak(), work(item), True))
        except MemoryError:
            pipe.send((_peak(), Lost("内存"), False))
            return
        except Exception as error:
            pipe.send((_peak(), Lost("出错", f"{type(error).__name__}: {error}"[:200]), False))
            raise SystemExit(1) from error


if sys.platform == "win32":

    def _restrict(memory: float) -> None:
        """There is no such limit there."""

    def _peak() -> float:
        return 0.0
else:
    import resource

    def _restrict(memory: float) -> None:
        """Allow this process only so much memory; what asks for more gets a MemoryError."""
        if memory:
            with contextlib.suppress(ValueError, OSError):  # more than the system lets anyone have
                resource.setrlimit(resource.RLIMIT_AS, (int(memory * 1e6), int(memory * 1e6)))

    def _peak() -> float:
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
