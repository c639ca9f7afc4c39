"""What a file really is, whatever it is called; and how much of it may be read."""

from __future__ import annotations

import contextlib
import io
import re
import time
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kg import limits
from kg.model import ReadError

MAX_RATIO = 400  # of a member that unpacks to more than 20 MB

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG 图片"),
    (b"\xff\xd8\xff", "JPEG 图片"),
    (b"GIF8", "GIF 图片"),
    (b"II*\x00", "TIFF 图片"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"\x1f\x8b", "gzip 压缩包"),
    (b"{\\rtf", "RTF 文档"),
)
_INSIDE = (("word/", "Word 文档（.docx）"), ("xl/", "Excel 工作簿（.xlsx）"), ("ppt/", "演示文稿（.pptx）"), ("OFD.xml", "OFD 版式文件"))

#: What to do with formats that have no reader.
CONVERT = {
    ".doc": "请用 WPS 或 Word 打开，另存为 .docx 或 .pdf 后重读。",
    ".wps": "请用 WPS 打开，另存为 .docx 或 .pdf 后重读。",
    ".et": "请用 WPS 表格打开，另存为 .xlsx 后重读。",
    ".rtf": "请用 WPS 或 Word 打开，另存为 .docx 后重读。",
    ".ofd": "请用 OFD 阅读器（数科、福昕、WPS 等）打开，导出为 .pdf 后重读。",
    ".ceb": "请用方正 Apabi 阅读器打开，打印或导出为 .pdf 后重读。",
    ".xlsb": "请用 WPS 表格或 Excel 打开，另存为 .xlsx 后重读。",
    ".zip": "请先解压，再读里面的文件。",
    ".rar": "请先解压，再读里面的文件。",
    ".7z": "请先解压，再读里面的文件。",
    ".mht": "请用浏览器打开，另存为 .html 后重读。",
    **dict.fromkeys(
        (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".gif"), "这是图片，没有文字。请先用 OCR 软件识别，存为 .pdf 或 .docx 后重读。"
    ),
    **dict.fromkeys((".ppt", ".pptx", ".odt", ".ods"), "请用 WPS 或 Office 打开，导出为 .pdf 后重读。"),
}


def kind(data: bytes) -> str:
    """What the first bytes say a file is, in Chinese; 文本 where they say nothing.

    >>> kind(b"%PDF-1.7 ...")
    'PDF'
    """
    if data.startswith(_ZIP):
        names = _names(data)
        return next((name for start, name in _INSIDE if any(n.startswith(start) for n in names)), "ZIP 压缩包")
    if data.startswith(_OLE):
        wide = data[:200_000] if len(data) < 200_000 else data[:100_000] + data[-100_000:]
        if any(name.encode("utf-16-le") in wide for name in ("Workbook", "Book")):
            return "Excel 97 工作簿（.xls）"
        if any(name.encode("utf-16-le") in wide for name in ("EncryptedPackage", "EncryptionInfo")):
            return "加密的 Office 文件"
        return "Word 97 或 WPS 文档（.doc/.wps）" if "WordDocument".encode("utf-16-le") in wide else "旧版 Office 文件"
    head = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:2000].lower()
    if head.startswith((b"<!doctype html", b"<html")) or b"<html" in head or b"<table" in head:
        return "HTML 网页"
    if b"%pdf-" in data[:1024].lower():
        return "PDF"
    return next((name for magic, name in _MAGIC if data.startswith(magic)), "文本")


def _names(data: bytes) -> list[str]:
    import zipfile

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError):
        return []


def expect(name: str, data: bytes, *wanted: str) -> None:
    """Raise ReadError where a file is not of one of the wanted kinds (beginnings of what `kind` says)."""
    found = kind(data)
    if not found.startswith(wanted):
        suffix = name[name.rfind(".") :]
        hint = next(
            (
                s
                for s, k in ((".pdf", "PDF"), (".docx", "Word 文档"), (".xlsx", "Excel 工作簿"), (".xls", "Excel 97"), (".html", "HTML"))
                if found.startswith(k)
            ),
            None,
        )
        advice = f"请把后缀改为 {hint} 后重读。" if hint else "请确认文件完整，或重新下载。"
        if found.startswith(("Word 97", "旧版")):
            advice = CONVERT[".doc"]
        if found.startswith("加密"):
            advice = "请用 WPS 或 Office 打开，去掉密码后另存一份再读。"
        if "图片" in found:
            advice = CONVERT[".png"]
        raise ReadError(f"{name}：后缀是 {suffix}，内容却是{found}。{advice}")


def unpack(name: str, data: bytes) -> dict[str, bytes]:
    """The members of a zip file. Raises ReadError where it is damaged, or unpacks to more than is reasonable."""
    import zipfile

    total, most = 0, limits.current().unpacked * 1e6
    members: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                if info.flag_bits & 1:
                    raise ReadError(f"{name}：文件已加密（{info.filename}）。请去掉密码后重读。")
                total += info.file_size
                if total > most or (info.file_size > 20_000_000 and info.file_size > MAX_RATIO * max(info.compress_size, 1)):
                    raise ReadError(f"{name}：解压后超过上限（{info.filename} 声称有 {info.file_size / 1e6:.0f} MB），不像正常文件，未读。")
            for info in archive.infolist():
                if not info.is_dir() and not info.filename.startswith(("word/media/", "xl/media/")):
                    with archive.open(info) as member:
                        members[info.filename] = member.read(info.file_size + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, RuntimeError) as error:
        raise ReadError(f"{name}：压缩结构已损坏（{error}）。请重新下载，或用 WPS/Office 打开后另存一份。") from error
    return members


def no_entities(name: str, parts: Iterable[tuple[str, bytes]]) -> None:
    """Raise ReadError where an XML part declares entities; Office never does."""
    for part, data in parts:
        if b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data:
            raise ReadError(f"{name}：{part} 里有 XML 实体声明，不是正常的 Office 文件，未读。")


def streams(name: str, data: bytes) -> None:
    """Raise ReadError where the compressed streams of a PDF unpack to more than is reasonable."""
    total, at, most = 0, data.find(b"stream"), int(limits.current().unpacked * 1e6)
    while at >= 0:
        start = at + 6
        start += 2 if data[start : start + 2] == b"\r\n" else 1
        end = data.find(b"endstream", start)
        end = len(data) if end < 0 else end
        if data[start : start + 1] in (b"\x78", b"\x68", b"\x58", b"\x48"):
            total += _inflated(data[start:end], most - total)
            if total >= most:
                raise ReadError(f"{name}：内容解压后超过上限 {most / 1e6:.0f} MB，不像正常文件，未读。")
        at = data.find(b"stream", end + 9)


def _inflated(data: bytes, limit: int) -> int:
    unpacker = zlib.decompressobj()
    total = 0
    with contextlib.suppress(zlib.error):  # a damaged stream is the reader's affair
        while data and total < limit:
            total += len(unpacker.decompress(data, 4_000_000))
            data = unpacker.unconsumed_tail
    return total


@contextlib.contextmanager
def complaints(name: str, where: str) -> Iterator[None]:
    """Whatever the libraries raise about a damaged file, said in one way."""
    try:
        yield
    except (ReadError, MemoryError):
        raise
    except Exception as error:
        text = f"{type(error).__name__} {error}".strip()
        if re.search("password|encrypt", text, re.I):
            raise ReadError(f"{name}：文件已加密，需要密码才能打开。请去掉密码（打开后另存一份）再读。") from error
        raise ReadError(f"{name}：{where}已损坏或不完整，读不下去（{text[:80]}）。请重新下载，或打开后另存一份。") from error


@dataclass(frozen=True, slots=True)
class Budget:
    """The time a file may take."""

    name: str
    seconds: float = field(default_factory=lambda: limits.current().seconds)
    started: float = field(default_factory=time.monotonic)

    def tick(self) -> None:
        """Raise ReadError where the time is up."""
        if time.monotonic() - self.started > self.seconds:
            told = f"{self.name}：读了 {self.seconds:g} 秒还没有读完，已停止"
            raise ReadError(f"{told}。请拆分文件，或重新导出一份后重读，或用 --max-seconds 放宽。")
