"""The folder of a library: its lock, its generations, and which of them is current. Knows files, not what is in them."""

from __future__ import annotations

import contextlib
import re
import shutil
import sys
from pathlib import Path
from typing import IO

from kg.model import LibraryError

#: Raised when the layout of a generation changes.
FORMAT = 4
#: How many generations stay: the current one, and the one before for those who are still reading it.
KEPT = 2

_GENERATION = re.compile(r"gen-(\d+)")


def documents(library: Path) -> Path:
    """Where the documents as read are kept."""
    return library / "documents"


def work(library: Path) -> Path:
    """Where a build writes before it is published; absent between builds."""
    return library / "work"


def generations(library: Path) -> list[Path]:
    """All published generations, oldest first."""
    found = [(int(match[1]), path) for path in library.glob("gen-*") if (match := _GENERATION.fullmatch(path.name))]
    return [path for _, path in sorted(found)]


def current(library: Path) -> Path | None:
    """The generation in use, or None where nothing was published yet."""
    pointer = library / "current"
    try:
        name = pointer.readlink().name if pointer.is_symlink() else pointer.read_text("utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise LibraryError(f"资料库 {library} 打不开（{error.strerror}）。请检查权限，或用 --library 指定另一个文件夹。") from error
    path = library / name
    if not _GENERATION.fullmatch(path.name) or not path.is_dir():
        raise LibraryError(f"资料库 {library} 已损坏：current 指向不存在的“{name[:40]}”。请删除该文件夹后重新运行 chazhang build。")
    return path


def draft(library: Path) -> Path:
    """An empty folder in which the next generation is put together."""
    number = max((int(path.name[4:]) for path in generations(library)), default=0) + 1
    path = library / f"gen-{number}.tmp"
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    return path


def switch(library: Path, finished: Path) -> Path:
    """Make a finished draft the current generation: two renames, so a reader sees the old one or the new one."""
    generation = finished.with_suffix("")
    finished.rename(generation)
    pointer = library / "current.tmp"
    pointer.unlink(missing_ok=True)
    try:
        pointer.symlink_to(generation.name)
    except OSError:  # no symlinks here (Windows without the right, some network drives): a small text file does
        pointer.write_text(generation.name, "utf-8")
    pointer.replace(library / "current")
    return generation


def sweep(library: Path) -> None:
    """Remove unfinished drafts, and generations that are neither current, nor the one before, nor being read."""
    for path in library.glob("gen-*.tmp"):
        shutil.rmtree(path, ignore_errors=True)
    here = current(library)
    if here is None:
        return
    older = [path for path in generations(library) if int(path.name[4:]) < int(here.name[4:])]
    newer = [path for path in generations(library) if int(path.name[4:]) > int(here.name[4:])]  # finished, but never became current
    for path in [*older[: max(0, len(older) - KEPT + 1)], *newer]:
        if not being_read(path):
            doomed = path.with_suffix(".tmp")
            with contextlib.suppress(OSError):  # Windows: still open somewhere; the next build tries again
                path.rename(doomed)
                shutil.rmtree(doomed, ignore_errors=True)


# --- locks --------------------------------------------------------------------------------------

if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes], *, shared: bool) -> None:
        if not shared:  # an open file cannot be removed there, which is all that a shared lock is for
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: IO[bytes], *, shared: bool) -> None:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)


def lock(library: Path) -> IO[bytes]:
    """The writer's lock, held until the file is closed or the process dies. Raises LibraryError where another build holds it."""
    file = (library / "lock").open("ab")
    try:
        _lock(file, shared=False)
    except OSError as error:
        file.close()
        raise LibraryError(f"资料库 {library} 正被另一个 build 占用。请等它结束再试，或用 --library 指定另一个文件夹。") from error
    return file


def hold(generation: Path) -> IO[bytes]:
    """A reader's mark on a generation: while it is open, no build removes that generation."""
    file = (generation / "manifest.json").open("rb")
    with contextlib.suppress(OSError):  # a file system without locks: then KEPT is all the protection there is
        _lock(file, shared=True)
    return file


def being_read(generation: Path) -> bool:
    """Whether some reader holds a generation."""
    try:
        with (generation / "manifest.json").open("r+b") as file:
            _lock(file, shared=False)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
