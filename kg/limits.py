"""How much of a machine one file may take: bytes, pages, time, memory. Set once per build, seen by every reader."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may take; a file that wants more is reported and not read.

    `megabytes` of the file (10^6 bytes), `unpacked` of what its compressed parts unpack to, `pages` of a paged file, `seconds`
    from opening to the last fact, `memory` of the process that reads it (10^6 bytes, address space).
    """

    megabytes: float = 50
    unpacked: float = 400
    pages: int = 500
    seconds: float = 300
    memory: float = 3000


_CURRENT: ContextVar[Limits] = ContextVar("limits", default=Limits())  # noqa: B039 - frozen


def current() -> Limits:
    """The limits in force."""
    return _CURRENT.get()


@contextmanager
def in_force(limits: Limits) -> Iterator[None]:
    """Read under these limits.

    >>> with in_force(Limits(pages=3)):
    ...     current().pages
    3
    """
    token = _CURRENT.set(limits)
    try:
        yield
    finally:
        _CURRENT.reset(token)
