"""Building from many files: the same whoever reads what when, whatever single files are like, and whenever it is killed."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import papers
import pytest
from made import paper
from test_store import said

from conftest import ROOT
from kg.build import BuildReport, build
from kg.library.store import open_library
from kg.limits import Limits

UNITS = tuple(f"某市{letter}局" for letter in "甲乙丙丁戊己")


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    """A folder with these files."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def states(report: BuildReport) -> dict[str, str]:
    return {file.path.name: file.state for file in report.files}


def held(library: Path) -> dict[str, Any]:
    """What a library says, wherever its files lie."""
    found = said(library)
    return found | {"documents": {name: {**card, "path": ""} for name, card in found["documents"].items()}}


def total(library: Path, unit: str, year: int = 2024) -> list[str]:
    """The unit's expenditure in that year, one figure for each place that states it."""
    query = "SELECT ?q { ?x f:unit ?u ; f:year ?y ; f:item ind:合计 ; f:spend sp:全部 ; f:metric me:金额 ; f:quote ?q } ORDER BY ?q"
    return [str(row["q"]) for row in open_library(library).query(query, bindings={"u": f"unit:{unit}", "y": year})]


# --- the same result ----------------------------------------------------------------------------


def test_the_graph_does_not_depend_on_processes_or_order(tmp_path: Path) -> None:
    files = write(tmp_path / "in", {f"{unit}-2024.txt": paper(unit) for unit in UNITS})
    one = build([files], tmp_path / "one", jobs=1)
    paths = sorted(files.iterdir(), reverse=True)
    two = build([*paths, files], tmp_path / "two", jobs=3)
    assert [file.path for file in one.files] == [file.path for file in two.files]
    assert held(tmp_path / "one") == held(tmp_path / "two")
    assert total(tmp_path / "two", "某市丙局") == ["1,227.61", "1,227.61万元"]


def test_piece_by_piece_gives_the_same_graph_as_at_once(tmp_path: Path) -> None:
    """New, changed, gone and renamed files, in three builds and in one."""
    files = write(tmp_path / "in", {f"{unit}-2024.txt": paper(unit, total="1.00") for unit in UNITS[:4]})
    build([files], tmp_path / "library")
    write(files, {f"{UNITS[0]}-2024.txt": paper(UNITS[0]), f"{UNITS[5]}-2024.txt": paper(UNITS[5])})
    (files / f"{UNITS[1]}-2024.txt").unlink()
    (files / f"{UNITS[2]}-2024.txt").rename(files / "丙局.txt")
    report = build([files], tmp_path / "library")
    assert Counter(states(report).values()) == {"已替换": 1, "未变": 1, "已读": 1, "已改名": 1, "已不在": 1}
    assert total(tmp_path / "library", UNITS[1]) == ["1.00", "1.00万元"]  # nothing goes unless that is asked for
    report = build([files], tmp_path / "library", prune=True)
    assert Counter(states(report).values()) == {"未变": 4, "已移出": 1}
    build([files], tmp_path / "fresh")
    assert held(tmp_path / "library") == held(tmp_path / "fresh")
    assert not build([files], tmp_path / "library", prune=True).changed


def test_a_moved_file_is_the_same_document(tmp_path: Path) -> None:
    write(tmp_path, {"旧/局.txt": paper()})
    build([tmp_path / "旧"], tmp_path / "library")
    (tmp_path / "新").mkdir()
    (tmp_path / "旧/局.txt").rename(tmp_path / "新/局.txt")
    assert states(build([tmp_path / "新"], tmp_path / "library")) == {"局.txt": "已移动"}
    assert open_library(tmp_path / "library").manifest["documents"]["局"]["path"] == str(tmp_path / "新/局.txt")


def test_files_of_one_name_are_different_documents(tmp_path: Path) -> None:
    """In another folder or format; the same bytes twice are one document."""
    files = write(
        tmp_path / "in",
        {
            "一/决算.txt": paper("某市甲局"),
            "二/决算.txt": paper("某市乙局"),
            "二/决算.html": papers.html(),
            "三/决算.txt": paper("某市甲局"),
        },
    )
    report = build([files], tmp_path / "library")
    found = open_library(tmp_path / "library").manifest["documents"]
    assert {name: (card["unit"], Path(card["path"]).suffix) for name, card in found.items()} == {
        "决算": ("某市甲局", ".txt"), "决算-html": ("某市数据局", ".html"), "决算-txt": ("某市乙局", ".txt"),
    }  # fmt: skip
    twice = next(file for file in report.files if file.state == "重复")
    assert (twice.path.parent.name, "一/决算.txt" in twice.why) == ("三", True)
    before = held(tmp_path / "library")
    assert Counter(file.state for file in build([files], tmp_path / "library").files) == {"未变": 3, "重复": 1}
    write(files, {"二/决算.txt": paper("某市乙局", total="9.00")})
    assert Counter(file.state for file in build([files], tmp_path / "library").files) == {"未变": 2, "重复": 1, "已替换": 1}
    assert total(tmp_path / "library", "某市乙局") == ["9.00", "9.00万元"]
    assert held(tmp_path / "library")["documents"].keys() == before["documents"].keys()


# --- single files -------------------------------------------------------------------------------


def packed(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


_LAUGHS = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><w:document>&b;</w:document>'
_WORD = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"}
BAD: dict[str, tuple[bytes, str]] = {
    "空.pdf": (b"", "空的（0 字节）"),
    "截断.pdf": (papers.pdf()[:3000], "不完整"),
    "加密.pdf": (papers.secret_pdf(), "加密"),
    "太长.pdf": (papers.long_pdf(), "超过上限 1 页"),
    "炸弹.docx": (packed(_WORD | {"word/big.xml": bytes(60_000_000)}), "解压后超过上限"),
    "炸弹.xlsx": (packed({"xl/workbook.xml": b"<workbook/>", "xl/big.xml": bytes(60_000_000)}), "解压后超过上限"),
    "实体.docx": (packed(_WORD | {"word/document.xml": _LAUGHS}), "XML 实体"),
    "其实是网页.xls": (papers.html(), "内容却是HTML"),
    "其实是图.pdf": (b"\x89PNG\r\n\x1a\n" + bytes(200), "内容却是PNG"),
    "旧.doc": (b"\xd0\xcf\x11\xe0" + bytes(600), "另存为 .docx"),
    "大.txt": (b"x" * 3_000_000, "超过上限 2 MB"),
    "先.pdf": (paper().encode(), "内容却是文本"),  # the same bytes as 好.txt, under a suffix that does not fit
    "慢.txt": (paper(more="".join(f"2024年基本支出{n}万元，比上年增加{n}万元。\n" for n in range(20_000))).encode(), "还没有读完"),
}


@pytest.mark.skipif(sys.platform == "win32", reason="symlinks")
def test_bad_files_are_named_with_the_reason_and_the_rest_is_built(tmp_path: Path) -> None:
    files = write(tmp_path / "in", {name: data for name, (data, _) in BAD.items()} | {"好.txt": paper()})
    (files / "环.txt").symlink_to(files / "环.txt")
    (files / "回路").symlink_to(files, target_is_directory=True)
    (files / "断.pdf").symlink_to(files / "没有.pdf")
    os.mkfifo(files / "管道.txt")
    report = build([files], tmp_path / "library", jobs=2, allowed=Limits(megabytes=2, pages=1, unpacked=50, seconds=3))
    whys = {file.path.name: file.why for file in report.failed}
    expected = {name: words for name, (_, words) in BAD.items()} | {"环.txt": "找不到", "断.pdf": "找不到", "管道.txt": "不是普通文件"}
    assert {name: words for name, words in expected.items() if words not in whys.get(name, "")} == {}
    assert whys.keys() == expected.keys()
    assert all("。" in why and "请" in why or "未读" in why for why in whys.values())
    assert total(tmp_path / "library", "某市数据局") == ["1,227.61", "1,227.61万元"]


def test_a_script_without_a_guard_may_build(tmp_path: Path) -> None:
    """Processes that run the caller's script again would build again, and again."""
    script = tmp_path / "script.py"
    script.write_text(
        _BUILD.format(path=[str(ROOT)], files=str(write(tmp_path / "in", {"好.txt": paper()})), library=str(tmp_path / "library"))
    )
    done = subprocess.run([sys.executable, script], capture_output=True, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
    assert total(tmp_path / "library", "某市数据局") == ["1,227.61", "1,227.61万元"]


# --- kills --------------------------------------------------------------------------------------

_BUILD = """
import sys
from pathlib import Path
sys.path[:0] = {path!r}
from kg.build import build
build([Path({files!r})], Path({library!r}), jobs=2)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_a_parallel_build_killed_in_the_middle_is_made_good_by_the_next(tmp_path: Path) -> None:
    files = write(tmp_path / "in", {f"{unit}-{year}.txt": paper(unit, year) for unit in UNITS for year in (2023, 2024)})
    library = tmp_path / "library"
    build([write(tmp_path / "first", {"甲.txt": paper("某市旧局")})], library)
    before = held(library)
    script = _BUILD.format(path=[str(ROOT)], files=str(files), library=str(library))
    child = subprocess.Popen([sys.executable, "-c", script])
    work = library / "documents"
    while child.poll() is None and len(list(work.iterdir())) < 5:
        time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    assert held(library) == before
    build([files], library)
    build([files, tmp_path / "first"], tmp_path / "fresh")
    assert held(library) == held(tmp_path / "fresh")
