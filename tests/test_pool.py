"""Work in other processes: whatever becomes of one piece, the others are done, in their order."""

from __future__ import annotations

import os
import signal
import sys
import time

import pytest

from kg.pool import Lost, Pool

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL, RLIMIT_AS")


def work(item: str) -> str:
    """What the processes do: what the item says."""
    if item == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    elif item == "greedy":
        return str(len(bytearray(4_000_000_000)))
    elif item == "hangs":
        time.sleep(600)
    elif item == "fails":
        raise KeyError(item)
    elif item == "slow":
        time.sleep(0.3)
    return item.upper()


@pytest.mark.parametrize("jobs", [1, 3])
def test_every_piece_is_done_or_lost_and_told_in_order(jobs: int) -> None:
    items = ["slow", "a", "killed", "b", "greedy", "c", "fails", "d"]
    found = list(Pool(work, jobs=jobs, memory=2000).run(items))
    assert [item for item, _ in found] == items
    assert dict(found) == {
        "slow": "SLOW", "a": "A", "killed": Lost("终止", "-9"), "b": "B", "greedy": Lost("内存"), "c": "C",
        "fails": Lost("出错", "KeyError: 'fails'"), "d": "D",
    }  # fmt: skip


def test_what_hangs_is_stopped_and_hinders_nobody() -> None:
    pool = Pool(work, jobs=2, seconds=0.5)
    assert list(pool.run(["hangs", "a", "hangs", "b"])) == [("hangs", Lost("时间")), ("a", "A"), ("hangs", Lost("时间")), ("b", "B")]
    assert 10 < pool.peak < 2000


def test_no_process_is_left_when_nobody_wants_the_rest() -> None:
    results = Pool(work, jobs=2).run(["a", "hangs", "hangs"])
    assert next(results) == ("a", "A")
    before = time.monotonic()
    results.close()
    assert time.monotonic() - before < 60
