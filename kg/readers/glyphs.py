"""Characters at places to lines of text: which stand on one line, in which order, and where white space belongs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import Any

Char = dict[str, Any]

_GAP = 0.35  # of the type size: wider gaps between characters are white space
_LATIN = 0.15  # the same between Latin letters


def lines(chars: Sequence[Char]) -> list[list[Char]]:
    """Characters grouped to lines, each from left to right. What stands half a size higher or lower is still on the line: digits often
    have a base line of their own."""
    found: list[list[Char]] = []
    centre = 0.0
    for char in sorted(chars, key=_middle):
        if found and _middle(char) - centre <= 0.45 * max(found[-1][0]["size"], char["size"]):
            found[-1].append(char)
            centre += (_middle(char) - centre) / len(found[-1])
        else:
            found.append([char])
            centre = _middle(char)
    return [sorted(line, key=lambda c: c["x0"]) for line in found]


def _middle(char: Char) -> float:
    return float(char["top"] + char["bottom"]) / 2


def gaps(line: Sequence[Char]) -> list[float]:
    """The white space before each character but the first, in type sizes."""
    return [(b["x0"] - a["x1"]) / max(a["size"], b["size"], 1) for a, b in pairwise(line)]


def text(line: Sequence[Char]) -> str:
    """The text of one line. Letter-spaced type has gaps everywhere; there only what is wider still is a space."""
    between = gaps(line)
    usual = median(between) if len(between) > 3 else 0.0
    limit = _GAP + max(usual, 0.0)
    out = [line[0]["text"]] if line else []
    for gap, before, char in zip(between, line, line[1:], strict=False):
        latin = before["text"].isascii() and char["text"].isascii() and before["text"].isalpha() and char["text"].isalpha()
        out.append(" " + char["text"] if gap > (_LATIN if latin else limit) else char["text"])
    return "".join(out)


def split(line: Sequence[Char], width: float) -> list[list[Char]]:
    """A line cut where the white space is wider than `width` type sizes."""
    parts: list[list[Char]] = [[]]
    for gap, char in zip([0.0, *gaps(line)], line, strict=True):
        if gap > width:
            parts.append([])
        parts[-1].append(char)
    return parts


_AMOUNT = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)\.\d{2}|-?\d{1,3}(?:,\d{3})+")


def block(chars: Sequence[Char], left: float, right: float) -> str:
    """The text of a cell. A line that was full runs on in the next; others, if letters or digits would collide, get a space."""
    out = ""
    reach = left
    for line in lines(chars):
        piece = text(line)
        first = re.match(r"[\x21-\x7e]+|.", piece)
        needed = (line[len(first[0]) - 1 if first and len(first[0]) <= len(line) else 0]["x1"] - line[0]["x0"]) if first else 0.0
        broken = reach + needed > right - 0.5 * line[0]["size"]
        if (
            out
            and re.search(r"[A-Za-z0-9.,%]$", out)
            and re.match(r"[A-Za-z0-9]", piece)
            and not ((broken and _digits(out, piece)) or one_number(out, piece))
        ):
            out += " "
        out += piece
        reach = line[-1]["x1"]
    return out.strip()


def one_number(before: str, after: str) -> bool:
    """Whether a cell that is too narrow cut a number or a code in two: what ends the line is none by itself, both together are.

    >>> one_number("4,326.7", "4"), one_number("206999", "9"), one_number("12.00", "13.00"), one_number("2024", "1.5")
    (True, True, False, False)
    """
    head, tail = re.search(r"[\d.,]+$", before), re.match(r"[\d.,]+(?![\d.,%]*[\u4e00-\u9fff])", after)
    if head is None or tail is None:
        return False
    whole = head[0] + tail[0]
    if _AMOUNT.fullmatch(whole) and not _AMOUNT.fullmatch(head[0]) and not head[0].isdigit():
        return True
    coded = whole.isdigit() and len(whole) in (5, 7) and whole[0] in "235"
    return coded and (len(head[0]) not in (3, 5, 7) or (len(head[0]), len(tail[0])) == (5, 2))


def _digits(before: str, after: str) -> bool:
    return bool(re.search(r"[\d.,]$", before) and re.match(r"[\d.,]", after))
