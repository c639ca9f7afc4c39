"""One reader per file format; each returns the same `Document`. A new format is one module and one line in READERS."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from kg import iris, limits
from kg.model import Document, Paragraph, ReadError, Table
from kg.readers import delimited, docx, html, pdf, sniff, text, xlsx

#: File suffix to reader: (name, document id, raw bytes) to Document.
READERS: dict[str, Callable[[str, str, bytes], Document]] = {
    ".txt": text.read,
    ".md": text.read,
    ".pdf": pdf.read,
    ".docx": docx.read,
    ".docm": docx.read,
    ".xlsx": xlsx.read,
    ".xlsm": xlsx.read,
    ".xls": xlsx.read,
    ".csv": delimited.read,
    ".html": html.read,
    ".htm": html.read,
}

#: What some formats import when a file of theirs is read.
_IMPORTED = {
    ".pdf": ("kg.readers.page", "kg.readers.clip", "pdfplumber", "pypdfium2"),
    ".docx": ("docx",),
    ".docm": ("docx",),
    ".xlsx": ("openpyxl",),
    ".xlsm": ("openpyxl",),
}
#: 2019年度部门预算公开表附后 · 预算表详见附件
_ATTACHED = re.compile(r"表.{0,4}附后|表(?:详|另)?见附[件表]")

#: Text has no pictures and is far smaller than other files: bytes, whatever the limit for a file is.
MAX_TEXT_BYTES = 20_000_000


def imported(paths: Iterable[Path]) -> list[str]:
    """The modules that reading these files will import.

    >>> imported([Path("一.docx"), Path("二.txt"), Path("三.DOCX")])
    ['docx']
    """
    return [*dict.fromkeys(name for path in paths for name in _IMPORTED.get(path.suffix.lower(), ()))]


def sha256(data: bytes) -> str:
    """The hash by which a document is recognised."""
    return hashlib.sha256(data).hexdigest()


def identifier(path: Path) -> str:
    """The id of the document that a file holds: its name without suffix, safe for IRIs."""
    return iris.slug(path.stem)


def load(path: Path) -> bytes:
    """The bytes of a file; ReadError in Chinese where there is none, it is empty, too large, or of no known format."""
    if not path.exists():
        raise ReadError(f"找不到文件 {path}。请检查路径，可用绝对路径重试。")
    if path.is_dir():
        raise ReadError(f"{path}：文件夹打不开。请检查权限。")
    if not path.is_file():
        raise ReadError(f"{path.name}：不是普通文件（管道或设备），未读。")
    suffix = path.suffix.lower()
    if suffix not in READERS:
        advice = sniff.CONVERT.get(suffix, "请先转换为其中一种。")
        raise ReadError(f"{path.name}：不认识的格式“{path.suffix or '无后缀'}”。可读：{'、'.join(READERS)}。{advice}")
    size = path.stat().st_size
    if size == 0:
        raise ReadError(f"{path.name}：文件是空的（0 字节）。请重新下载或换一份文件。")
    most = limits.current().megabytes * 1e6
    if suffix in (".txt", ".md", ".csv"):
        most = min(most, MAX_TEXT_BYTES)
    if size > most:
        told = f"文件有 {size / 1e6:.0f} MB，超过上限 {most / 1e6:.0f} MB"
        raise ReadError(f"{path.name}：{told}。请确认是预决算公开文件，拆分后再读，或用 --max-mb 放宽。")
    try:
        return path.read_bytes()
    except OSError as error:
        raise ReadError(f"{path.name}：打不开（{error.strerror}）。请检查权限。") from error


def read(path: Path, data: bytes | None = None, name: str | None = None) -> Document:
    """Read one file as the document `name` (an id). Raises ReadError with one clear message where it is no readable document."""
    data = load(path) if data is None else data
    document = READERS[path.suffix.lower()](path.name, name or identifier(path), data)
    note = _elsewhere(document)
    return replace(document, notes=(*document.notes, note)) if note else document


def _elsewhere(document: Document) -> str:
    """What to say of a document without tables whose text says that its tables are attached: they are in another file."""
    if any(isinstance(block, Table) for block in document.blocks):
        return ""
    told = next((b.text for b in document.blocks if isinstance(b, Paragraph) and len(b.text) < 80 and _ATTACHED.search(b.text)), "")
    return f"正文写“{told}”，但文件里没有表格：表格在另外的附件里，请把附件也放入资料库。" if told else ""
