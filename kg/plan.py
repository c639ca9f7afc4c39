"""What a build does with each file: read it, and under which id; or not, and why. Decided before anything is read."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg import iris, readers
from kg.library.index import Card
from kg.model import ReadError
from kg.readers import sniff

#: What becomes of a file: READ, REPLACED, MOVED and RENAMED files are read; the others are not.
READ, REPLACED, MOVED, RENAMED, SAME, TWICE, FAILED = "已读", "已替换", "已移动", "已改名", "未变", "重复", "未读"


@dataclass(frozen=True, slots=True)
class Step:
    """One file: what happens to it, as which document, why not where it is not read, and which document goes with it."""

    path: Path
    state: str
    document: str = ""
    why: str = ""
    drops: str = ""

    @property
    def reads(self) -> bool:
        """Whether the file is going to be read."""
        return self.state in (READ, REPLACED, MOVED, RENAMED)


def files(paths: Iterable[Path]) -> list[Path]:
    """The files named, and those below the folders named that have a reader or could be converted; sorted, each once.

    Links to folders are not followed, so loops are none. Raises ReadError for a path that does not exist.
    """
    found: set[Path] = set()
    told = {*readers.READERS, *sniff.CONVERT}
    refused: list[OSError] = []
    for path in paths:
        if path.is_dir():
            for folder, _, names in os.walk(path, onerror=refused.append):
                found |= {Path(folder) / name for name in names if Path(name).suffix.lower() in told and not name.startswith((".", "~$"))}
        elif path.exists() or path.is_symlink():
            found.add(path)
        else:
            raise ReadError(f"找不到 {path}。请检查路径，可用绝对路径重试。")
    found |= {Path(error.filename) for error in refused}
    real = {os.path.realpath(path): path for path in sorted(found, reverse=True)}
    return sorted(real.values())


def steps(paths: Sequence[Path], cards: Sequence[Card], version: str, dropped: Iterable[str] = ()) -> list[Step]:
    """The steps for these files, in their order, given what the library holds and which documents are going to be dropped.

    A file at a known path keeps its document. The same bytes are read once. A file that lies elsewhere now, its old place empty, is the
    same document. Of different files with one name the later one gets an id with its format or a number.
    """
    here = {card.path: card for card in cards}
    settled = {card.sha256: card for card in cards if Path(card.path).exists()}
    gone = {card.sha256: card for card in cards if card.sha256 not in settled}
    taken = {card.id for card in cards if Path(card.path).exists()}
    first: dict[str, Path] = {}
    found = []
    for path in paths:
        step = _step(path, here, settled, gone, taken, first, version)
        taken.add(step.document)
        found.append(step)
    return [*_revived(found, cards, dropped)]


def _step(
    path: Path,
    here: dict[str, Card],
    settled: dict[str, Card],
    gone: dict[str, Card],
    taken: set[str],
    first: dict[str, Path],
    version: str,
) -> Step:
    try:
        digest = readers.sha256(readers.load(path))
    except ReadError as error:
        return Step(path, FAILED, why=str(error))
    own = here.get(os.path.realpath(path))
    twin = settled.get(digest)
    other = first.setdefault(digest + path.suffix.lower(), path)  # under another suffix it may be unreadable
    if twin and twin is not own and other == path and _holds(twin, digest):
        other = Path(twin.path)
    if other != path:
        return Step(path, TWICE, why=f"与 {other} 内容相同，没有再读", drops=own.id if own else "")
    if own:
        return Step(path, SAME if own.sha256 == digest and own.version == version else REPLACED, own.id)
    moved, identifier = gone.get(digest), _free(path, taken)
    if moved and moved.id == identifier:
        return Step(path, MOVED, identifier)
    if moved:
        return Step(path, RENAMED, identifier, drops=moved.id)
    older = any(card.id == identifier for card in here.values())
    return Step(path, REPLACED if older else READ, identifier)


def _holds(card: Card, digest: str) -> bool:
    """Whether a file still has the content under which it was read."""
    try:
        return readers.sha256(readers.load(Path(card.path))) == digest
    except ReadError:
        return False


def _free(path: Path, taken: set[str]) -> str:
    """The id of a new file: its name; with its format, or a number, where another file goes by that name already."""
    name, suffix = iris.slug(path.stem), iris.slug(path.suffix)
    choices = itertools.chain([name, f"{name}-{suffix}"], (f"{name}-{suffix}-{n}" for n in itertools.count(2)))
    return next(choice for choice in choices if choice not in taken)


def _revived(found: Sequence[Step], cards: Iterable[Card], dropped: Iterable[str]) -> Iterator[Step]:
    """The steps, and those files once more that another document replaces which goes or is read anew and may no longer say the same."""
    again = {*dropped} | {step.document for step in found if step.reads} | {step.drops for step in found}
    back = {card.id: Path(card.path) for card in cards if card.instead and card.instead in again}
    for step in found:
        yield Step(step.path, REPLACED, step.document) if step.state == SAME and step.document in back else step
    named = {step.document for step in found}
    yield from (Step(path, REPLACED, identifier) for identifier, path in sorted(back.items()) if identifier not in named and path.exists())


def missing(paths: Iterable[Path], cards: Iterable[Card]) -> list[Card]:
    """The documents whose files lay below these folders and are gone."""
    folders = [os.path.realpath(path) for path in paths if path.is_dir()]
    inside = (card for card in cards if any(card.path.startswith(folder + os.sep) for folder in folders))
    return [card for card in inside if not Path(card.path).exists()]
