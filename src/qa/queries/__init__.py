"""SPARQL templates beside the Chinese sentence that says what each asks: one `.rq` file each.

A header line `# 标题:`, `# 句式:` or `# 例:` describes the query. A line with a placeholder «name» (or «name,» for a list with
commas) that is not given is left out;
behind ` #` a placeholder only makes the line depend on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from kg import iris

_HERE = Path(__file__).resolve().parent
_HEADER = re.compile(r"^# *(标题|句式|例)[:：] *(.*)$", re.MULTILINE)
_LOCAL = re.compile(r"[\w-]+")


@lru_cache(maxsize=64)
def _file(name: str) -> str:
    return (_HERE / f"{name}.rq").read_text("utf-8")


def names() -> list[str]:
    """The names of all templates."""
    return sorted(path.stem for path in _HERE.glob("*.rq"))


def header(name: str) -> dict[str, list[str]]:
    """What a template says of itself: 标题, 句式, 例."""
    found: dict[str, list[str]] = {}
    for key, value in _HEADER.findall(_file(name)):
        found.setdefault(key, []).append(value.strip())
    return found


def text(template: str, **given: Iterable[str | int]) -> str:
    """The query with its values filled in: CURIEs and numbers only, so that no word of a question gets into it.

    Raises ValueError for anything else, and where a list is given but empty: that would ask for everything.
    """
    values = {name: list(terms) for name, terms in given.items()}
    lines = []
    for line in _HEADER.sub("", _file(template)).strip().splitlines():
        wanted = re.findall(r"«(\w+)(,?)»", line)
        if any(name not in values for name, _ in wanted):
            continue
        if any(not values[name] for name, _ in wanted):
            raise ValueError(f"{template}: nothing given for {line.strip()}")
        for name, comma in wanted:
            line = line.replace(f"«{name}{comma}»", f"{comma} ".join(_term(v) for v in values[name]))
        lines.append(line.partition(" #")[0])
    return "\n".join(lines)


def _term(value: str | int) -> str:
    if isinstance(value, int):
        return str(value)
    prefix, _, local = value.partition(":")
    if prefix not in iris.PREFIXES or not local:
        raise ValueError(value)
    if _LOCAL.fullmatch(local):
        return value
    if any(c in local for c in ' <>"{}|\\^`\n'):
        raise ValueError(value)
    return f"<{iris.expand(value)}>"
