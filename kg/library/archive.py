"""Documents as read, to and from compressed JSON: what answers quote from, and what `show` opens long after the file was read.

Two JSON values on two lines: the file with its own lines, which is all that a quotation needs, and the blocks.
"""

from __future__ import annotations

import gzip
import json
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kg.model import Address, Cell, Document, LibraryError, Paragraph, Run, Table

_PLACE = ("page", "line", "line_end", "table", "row", "column", "start", "end")


def save(document: Document, folder: Path) -> Path:
    """Write a document below `folder`, named by its hash; whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{document.sha256}.json.gz"
    text = "\n".join(json.dumps(part, ensure_ascii=False, separators=(",", ":")) for part in to_json(document))
    draft = path.with_name(f"{document.sha256}.{os.getpid()}.tmp")  # files of the same content may be read at the same time
    draft.write_bytes(gzip.compress(text.encode(), mtime=0))
    draft.replace(path)
    return path


def load(sha256: str, folder: Path) -> Document:
    """The document with this hash. Raises LibraryError where it is missing or damaged."""
    with _opened(sha256, folder) as file:
        return from_json(json.loads(file.readline()), json.loads(file.readline()))


def lines(sha256: str, folder: Path) -> tuple[str, ...]:
    """Only the lines of the file with this hash, which is much faster. Raises LibraryError where it is missing or damaged."""
    with _opened(sha256, folder) as file:
        return tuple(json.loads(file.readline())["lines"])


@contextmanager
def _opened(sha256: str, folder: Path) -> Iterator[gzip.GzipFile]:
    path = folder / f"{sha256}.json.gz"
    try:
        with gzip.open(path) as file:
            yield file
    except FileNotFoundError as error:
        raise LibraryError(f"资料库里没有这份文件的存档（{path.name}）。请重新运行 chazhang build。") from error
    except (OSError, EOFError, ValueError, KeyError, TypeError, zlib.error) as error:
        raise LibraryError(f"文件存档 {path} 已损坏（{error}）。请删除它并重新运行 chazhang build。") from error


def to_json(document: Document) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A document as plain JSON values: its head and its blocks; addresses without the document's name, which is always the same."""
    head = {
        "id": document.id,
        "name": document.name,
        "sha256": document.sha256,
        "pages": document.pages,
        "encoding": document.encoding,
        "notes": document.notes,
        "lines": document.lines,
        "page_starts": document.page_starts,
        "confidence": [*document.confidence.items()],
    }
    return head, [_table(block) if isinstance(block, Table) else _paragraph(block) for block in document.blocks]


def from_json(head: dict[str, Any], blocks: list[dict[str, Any]]) -> Document:
    """The document that `to_json` wrote.

    >>> heading = Paragraph(Address("某局-2024", line=1), "概况", (Run(0, 1, 0),), level=1)
    >>> here = Document("某局-2024", "某局-2024.txt", "ab12", (heading,), ("概况",))
    >>> from_json(*json.loads(json.dumps(to_json(here)))) == here
    True
    """
    name = head["id"]
    found = tuple(_read_table(name, block) if "rows" in block else _read_paragraph(name, block) for block in blocks)
    return Document(
        id=name,
        name=head["name"],
        sha256=head["sha256"],
        blocks=found,
        lines=tuple(head["lines"]),
        pages=head["pages"],
        encoding=head["encoding"],
        notes=tuple(head["notes"]),
        page_starts=tuple(head["page_starts"]),
        confidence=dict(head.get("confidence", ())),
    )


def _at(address: Address) -> dict[str, int]:
    return {key: value for key in _PLACE if (value := getattr(address, key)) is not None}


def _paragraph(block: Paragraph) -> dict[str, Any]:
    return {
        "at": _at(block.address),
        "text": block.text,
        "runs": [(r.start, r.line, r.column) for r in block.runs],
        "level": block.level,
        "section": block.section,
    }


def _read_paragraph(name: str, block: dict[str, Any]) -> Paragraph:
    runs = tuple(Run(*run) for run in block["runs"])
    return Paragraph(Address(name, **block["at"]), block["text"], runs, block["level"], tuple(block["section"]))


def _table(block: Table) -> dict[str, Any]:
    return {
        "at": _at(block.address),
        "rows": [[_cell(cell) for cell in row] for row in block.rows],
        "captions": block.captions,
        "notes": block.notes,
        "section": block.section,
        "sheet": block.sheet,
        "spanned": block.spanned,
    }


def _cell(cell: Cell) -> list[Any]:
    if cell.box is not None:
        sure = [cell.confidence] if cell.confidence is not None else []
        return [cell.text, _at(cell.address), cell.colspan, cell.rowspan, cell.box, *sure]
    spans = [cell.colspan, cell.rowspan] if (cell.colspan, cell.rowspan) != (1, 1) else []
    return [cell.text, _at(cell.address), *spans]


def _read_cell(
    name: str,
    text: str,
    at: dict[str, int],
    colspan: int = 1,
    rowspan: int = 1,
    box: list[float] | None = None,
    confidence: float | None = None,
) -> Cell:
    return Cell(text, Address(name, **at), colspan, rowspan, (box[0], box[1], box[2], box[3]) if box else None, confidence)


def _read_table(name: str, block: dict[str, Any]) -> Table:
    rows = tuple(tuple(_read_cell(name, *cell) for cell in row) for row in block["rows"])
    captions, notes, section = (tuple(block[key]) for key in ("captions", "notes", "section"))
    return Table(Address(name, **block["at"]), rows, captions, notes, section, block.get("sheet", ""), block.get("spanned", False))
