"""`build` and `verify` as people use them: bad files, locked libraries, changed files, wrong quotes."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from made import one_line

from conftest import CORPUS
from kg.library.writer import Writer

UNIT = "株洲市天元区数据局"
DOCUMENT = f"{UNIT}-2024年度部门决算"
Run = Callable[..., Any]


@pytest.fixture
def own(library: Path, tmp_path: Path) -> Path:
    """A library that a test may write to."""
    shutil.copytree(library, tmp_path / "library", symlinks=True)
    return tmp_path / "library"


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(path.relative_to(folder)): (path.stat().st_size, path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()}


# --- verify -------------------------------------------------------------------------------------


def test_verify_finds_every_quote(chazhang: Run) -> None:
    result = chazhang("verify")
    counts = [int(n) for n in re.findall(r"\d+", result.stdout.splitlines()[-1])]
    assert (result.exit_code, counts[0], counts[2]) == (0, 5, 0)
    assert counts[1] > 1000


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A source file of one's own, read into a library beside it."""
    from kg.build import build

    folder = tmp_path_factory.mktemp("audit")
    shutil.copyfile(CORPUS / f"{DOCUMENT}.txt", folder / f"{DOCUMENT}.txt")
    build([folder / f"{DOCUMENT}.txt"], folder / "library")
    return folder / f"{DOCUMENT}.txt"


@pytest.fixture
def audited(source: Path, tmp_path: Path, chazhang: Run) -> tuple[Path, Run]:
    """The source file as it was read, and a copy of its library to run commands on."""
    shutil.copyfile(CORPUS / source.name, source)
    shutil.copytree(source.parent / "library", tmp_path / "own", symlinks=True)
    return source, lambda *arguments: chazhang(*arguments, "--library", str(tmp_path / "own"))


def test_verify_notices_a_changed_file(audited: tuple[Path, Run]) -> None:
    source, run = audited
    source.write_bytes(source.read_bytes().replace(b"948. 74", b"948. 75", 1))
    result = run("verify")
    assert (result.exit_code, "SHA-256 不符" in result.stdout) == (1, True)
    source.unlink()
    result = run("verify")
    assert (result.exit_code, "找不到文件" in result.stdout) == (1, True)


def test_verify_notices_a_wrong_quote(audited: tuple[Path, Run], tmp_path: Path) -> None:
    """A fact that says what its address does not: as a faulty extraction would."""
    import pyoxigraph as ox

    generation = next((tmp_path / "own").glob("gen-*"))
    store = ox.Store(str(generation / "graph"))
    store.update(
        "PREFIX f: <https://chazhang.example/ns#> DELETE { GRAPH ?g { ?x f:quote ?q } } INSERT { GRAPH ?g { ?x f:quote '949. 74' } } "
        "WHERE { GRAPH ?g { ?x f:quote ?q FILTER(?q = '948. 74') } }"
    )
    store.flush()
    del store
    result = audited[1]("verify")
    assert result.exit_code == 1
    assert f"{DOCUMENT}-L137c5：引文“949. 74”，该处是“948. 74”" in result.stdout


# --- building -----------------------------------------------------------------------------------


def test_building_again_changes_nothing(own: Path, chazhang: Run) -> None:
    before = snapshot(own)
    result = chazhang("build", str(CORPUS), "--library", str(own))
    assert (result.exit_code, "未变 5" in result.stdout, snapshot(own) == before) == (0, True, True)


def bad_files(folder: Path) -> dict[str, Path]:
    """Files that are no disclosure documents, each in its own way."""
    folder.mkdir()
    files = {name: folder / f"{name}.txt" for name in ("空文件", "空白", "二进制", "五十兆", "无单位")}
    files |= {"后缀": folder / "表.xls", "不存在": folder / "没有.txt"}
    files["空文件"].write_bytes(b"")
    files["空白"].write_text(" \n\n\t\n", "utf-8")
    files["二进制"].write_bytes(bytes(range(256)) * 64)
    files["五十兆"].write_text("2024年度部门决算公开说明\n" * 1_500_000, "utf-8")
    files["无单位"].write_text("今天天气不错，我们去公园散步。\n", "utf-8")
    files["后缀"].write_bytes(b"\xd0\xcf\x11\xe0")
    return files


@pytest.mark.parametrize(("name", "words"), [
    ("空文件", "空的"), ("空白", "只有空白"), ("二进制", "不是文本"), ("五十兆", "超过上限"), ("无单位", "看不出单位名称"),
    ("后缀", "后缀"),
    ("不存在", "找不到"),
])  # fmt: skip
def test_a_bad_file_is_one_line_and_leaves_the_library_alone(own: Path, chazhang: Run, tmp_path: Path, name: str, words: str) -> None:
    before = snapshot(own)
    result = chazhang("build", str(bad_files(tmp_path / "bad")[name]), "--library", str(own))
    assert result.exit_code == 2
    assert words in one_line(result.stderr)
    assert snapshot(own) == before


def test_a_bad_file_does_not_hinder_the_good_ones(chazhang: Run, tmp_path: Path) -> None:
    """GB18030 is as good as UTF-8; the bad file beside it is named."""
    bad_files(tmp_path / "mixed")
    text = (CORPUS / f"{DOCUMENT}.txt").read_text("utf-8")
    (tmp_path / "mixed" / f"{DOCUMENT}.txt").write_text(text, "gb18030")
    result = chazhang("build", str(tmp_path / "mixed"), "--library", str(tmp_path / "own"))
    assert result.exit_code == 2
    assert len(result.stderr.strip().splitlines()) == 6
    assert "0.21" in chazhang("ask", "天元区数据局2024年公务接待费", "--library", str(tmp_path / "own")).stdout.splitlines()[0]
    assert chazhang("verify", "--library", str(tmp_path / "own")).exit_code == 0


def test_a_locked_library_says_so(own: Path, chazhang: Run) -> None:
    before = snapshot(own)
    with Writer(own, version="1"):
        result = chazhang("build", str(CORPUS), "--library", str(own))
    assert (result.exit_code, "正被另一个 build 占用" in one_line(result.stderr)) == (2, True)
    assert snapshot(own) == before
