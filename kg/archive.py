"""Documents as read, to and from compressed JSON: what `show` and `verify` look at long after the file was read."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from kg.model import Address, Cell, Document, LibraryError, Paragraph, Run, Table

_PLACE = ("page", "line", "line_end", "table", "row", "column", "start", "end")


def save(document: Document, folder: Path) -> Path:
    """Write a document below `folder`, named by its hash; whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{document.sha256}.json.gz"
    text = json.dumps(to_json(document), ensure_ascii=False, separators=(",", ":"))
    draft = path.with_suffix(".tmp")
    draft.write_bytes(gzip.compress(text.encode(), mtime=0))
    draft.replace(path)
    return path


def load(sha256: str, folder: Path) -> Document:
    """The document with this hash. Raises LibraryError where it is missing or damaged."""
    path = folder / f"{sha256}.json.gz"
    try:
        return from_json(json.loads(gzip.decompress(path.read_bytes())))
    except FileNotFoundError as error:
        raise LibraryError(f"资料库里没有这份文件的存档（{path.name}）。请重新运行 chazhang build。") from error
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise LibraryError(f"文件存档 {path} 已损坏（{error}）。请删除它并重新运行 chazhang build。") from error


def to_json(document: Document) -> dict[str, Any]:
    """A document as plain JSON values; addresses without the name of the document, which is the same everywhere."""
    return {
        "id": document.id,
        "name": document.name,
        "sha256": document.sha256,
        "pages": document.pages,
        "encoding": document.encoding,
        "notes": document.notes,
        "lines": document.lines,
        "blocks": [_table(block) if isinstance(block, Table) else _paragraph(block) for block in document.blocks],
    }


def from_json(data: dict[str, Any]) -> Document:
    """The document that `to_json` wrote.

    >>> heading = Paragraph(Address("某局-2024", line=1), "概况", (Run(0, 1, 0),), level=1)
    >>> here = Document("某局-2024", "某局-2024.txt", "ab12", (heading,), ("概况",))
    >>> from_json(json.loads(json.dumps(to_json(here)))) == here
    True
    """
    name = data["id"]
    blocks = tuple(_read_table(name, block) if "rows" in block else _read_paragraph(name, block) for block in data["blocks"])
    return Document(name, data["name"], data["sha256"], blocks, tuple(data["lines"]), data["pages"], data["encoding"], tuple(data["notes"]))


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
    }


def _cell(cell: Cell) -> list[Any]:
    spans = [cell.colspan, cell.rowspan] if (cell.colspan, cell.rowspan) != (1, 1) else []
    return [cell.text, _at(cell.address), *spans]


def _read_table(name: str, block: dict[str, Any]) -> Table:
    rows = tuple(tuple(Cell(text, Address(name, **at), *spans) for text, at, *spans in row) for row in block["rows"])
    return Table(Address(name, **block["at"]), rows, tuple(block["captions"]), tuple(block["notes"]), tuple(block["section"]))
