"""The citations of the last answer, so that `show 1` opens the first. Lost without harm."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from pathlib import Path

from kg import paths
from kg.model import NotFoundError


def _file() -> Path:
    return paths.state() / "last.json"


def remember(library: Path, ids: Sequence[str]) -> None:
    """Keep the citation ids of an answer in the order of their numbers. Where nothing can be written, nothing is kept."""
    with contextlib.suppress(OSError):
        _file().parent.mkdir(parents=True, exist_ok=True)
        draft = _file().with_suffix(".tmp")
        draft.write_text(json.dumps({"library": str(library.resolve()), "ids": [*ids]}, ensure_ascii=False), "utf-8")
        draft.replace(_file())


def recall(library: Path, number: int) -> str:
    """The id of citation [number] of the last answer from this library. Raises NotFoundError where there is none."""
    try:
        kept = json.loads(_file().read_text("utf-8"))
        ids = kept["ids"] if kept["library"] == str(library.resolve()) else []
    except (OSError, ValueError, KeyError, TypeError):
        ids = []
    if not ids:
        raise NotFoundError(f"没有记住上一次回答，[{number}] 无从说起。请先提问，或写出处的编号，如 chazhang show 某局-2024-L137c5。")
    if not 1 <= number <= len(ids):
        raise NotFoundError(f"上一次回答只有 [1] 到 [{len(ids)}]，没有 [{number}]。")
    return str(ids[number - 1])
