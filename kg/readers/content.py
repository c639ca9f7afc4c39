"""The operators and operands of a PDF page's content, by one regular expression.

pdfminer's own parser, which looks at every piece a dozen times, is left what is rare: pictures within the content, names with #,
brackets within the brackets of a text. Imported only where a PDF is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from pdfminer.pdfinterp import PDFContentParser
from pdfminer.pdftypes import PDFStream
from pdfminer.psexceptions import PSEOF
from pdfminer.psparser import KWD, LIT, PSKeyword, literal_name

_ENDS = rb"#/%\[\]()<>{}\s"
_TOKEN = re.compile(
    rb"""(?:[\s\x00]++|%[^\r\n]*+[\r\n])*+
    (?: ([+-]?+(?:[0-9]++\.?+[0-9]*+|\.[0-9]++))     # 1 number
      | ([A-Za-z][^ENDS]*+ | ['"])                   # 2 operator, or true, false, null
      | \(((?:[^()\\]++|\\.)*+)\)                    # 3 text
      | <([0-9A-Fa-f\s]*+)>(?!>)                     # 4 text in hexadecimal digits
      | /([^ENDS]*+)(?!\#)                           # 5 name
      | (\[|<<) | (\]|>>)                            # 6, 7 beginning and end of an array or a dictionary
      | (\Z)                                         # 8
    )""".replace(b"ENDS", _ENDS),
    re.VERBOSE | re.DOTALL,
)
_NUMBER, _WORD, _TEXT, _HEX, _NAME, _OPEN, _CLOSE, _END = range(1, 9)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_ESCAPED = {b"b": b"\b", b"t": b"\t", b"n": b"\n", b"f": b"\f", b"r": b"\r", b"(": b"(", b")": b")", b"\\": b"\\"}
#: Around what describes a picture within the content; its bytes are no tokens.
_PICTURE = (b"BI", b"ID")


class _Rare(Exception):
    """Something that is left to pdfminer."""


def objects(data: bytes) -> Iterator[Any]:
    """What pdfminer's `PDFContentParser` gives, one by one: operators as keywords, operands as numbers, bytes, names, lists, dicts.

    >>> list(objects(rb"/P <</MCID 3>> BDC [(1\\0512) -3.5 <4E00>] TJ"))
    [/'P', {'MCID': 3}, /b'BDC', [b'1)2', -3.5, b'N\\x00'], /b'TJ']
    """
    at = whole = 0  # behind the last token; behind the last that stood for itself, where pdfminer could take over
    within: list[tuple[bytes, list[Any]]] = []  # arrays and dictionaries that are open
    try:
        while (match := _TOKEN.match(data, at)) is not None and match.lastindex != _END:
            at, kind = match.end(), match.lastindex
            if kind == _OPEN:
                within.append((match[_OPEN], []))
                continue
            if kind == _NUMBER:
                one: Any = float(number) if b"." in (number := match[_NUMBER]) else int(number)
            else:
                one = _closed(within, match[_CLOSE]) if kind == _CLOSE else _plain(kind, match)
            if within:
                within[-1][1].append(one)
            else:
                whole = at
                yield one
        if match is not None and not within:
            return
    except _Rare:
        pass
    yield from _slowly(data[whole:])


def _plain(kind: int | None, match: re.Match[bytes]) -> Any:
    if kind == _WORD:
        return _word(match[_WORD])
    if kind == _NAME:
        return _name(match[_NAME])
    if kind == _HEX:
        digits = b"".join(match[_HEX].split())
        even = len(digits) & ~1
        return bytes.fromhex(digits[:even].decode()) + (bytes((int(digits[even:], 16),)) if even < len(digits) else b"")
    text = match[_TEXT]
    return _ESCAPE.sub(_unescaped, text) if b"\\" in text else text


@lru_cache(maxsize=1024)
def _word(word: bytes) -> bool | PSKeyword:
    if word in _PICTURE:
        raise _Rare
    return word == b"true" if word in (b"true", b"false") else KWD(word)


@lru_cache(maxsize=1024)
def _name(name: bytes) -> Any:
    try:
        return LIT(name.decode())
    except UnicodeDecodeError:
        return LIT(name)


def _unescaped(match: re.Match[bytes]) -> bytes:
    if match[1][0] in b"01234567":
        code = int(match[1], 8)
        if code > 255:
            raise _Rare
        return bytes((code,))
    return _ESCAPED.get(match[1], b"")


def _closed(within: list[tuple[bytes, list[Any]]], bracket: bytes) -> Any:
    """The array or dictionary that ends here."""
    opened, values = within.pop() if within else (b"", [])
    if opened == b"[" and bracket == b"]":
        return values
    if opened != b"<<" or bracket != b">>" or len(values) % 2:
        raise _Rare
    return {literal_name(name): value for name, value in zip(values[::2], values[1::2], strict=True) if value is not None}


def _slowly(data: bytes) -> Iterator[Any]:
    parser = PDFContentParser([PDFStream({}, data)])
    while True:
        try:
            yield parser.nextobject()[1]
        except PSEOF:
            return
