"""Damaged files in every format (benchmarks/damaged.py has 200): none raises, hangs, or touches what else the library holds."""

from __future__ import annotations

from pathlib import Path

from made import paper
from test_build import write

from benchmarks.damaged import damage
from kg.limits import Limits


def test_damaged_files_harm_nobody(tmp_path: Path) -> None:
    keep = write(tmp_path / "keep", {"好.txt": paper()})
    reports, _, untouched = damage(tmp_path, keep, 21, 3, Limits(seconds=60))
    files = {file.path.name: file for report in reports for file in report.files if file.path.name.startswith("损坏")}
    assert (len(files), untouched) == (21, True)
    assert [file.why for file in files.values() if "程序出错" in file.why or "已停止" in file.why or "终止" in file.why] == []
