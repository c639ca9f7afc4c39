"""What the Tab key offers: units, documents and names of the library that the command line speaks of. Nothing is ever raised or printed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import typer

from kg import iris, paths
from kg.model import ChazhangError

#: More than that nobody reads.
_MOST = 50


def units(ctx: typer.Context, incomplete: str) -> list[str]:
    """The units of which there is a document."""
    return _offered(ctx, incomplete, lambda reader: (card["unit"] for card in reader.manifest["documents"].values()))


def documents(ctx: typer.Context, incomplete: str) -> list[str]:
    """The documents, by their ids."""
    return _offered(ctx, incomplete, lambda reader: reader.manifest["documents"])


def named(kind: str) -> Callable[[typer.Context, str], list[str]]:
    """The names of a dimension: ph, me, fl, fund, sp."""
    query = "SELECT ?label { ?x skos:prefLabel ?label FILTER(STRSTARTS(STR(?x), ?start)) }"

    def labels(reader: Any) -> Iterable[str]:
        return (str(row["label"]) for row in reader.query(query, bindings={"start": iris.PREFIXES[kind]}))

    def offered(ctx: typer.Context, incomplete: str) -> list[str]:
        """The names of the dimension."""
        return _offered(ctx, incomplete, labels)

    return offered


def among(*words: str) -> Callable[[str], list[str]]:
    """Some fixed words."""

    def offered(incomplete: str) -> list[str]:
        """Those that begin so."""
        return [word for word in words if word.startswith(incomplete)]

    return offered


def _offered(ctx: typer.Context, incomplete: str, names: Callable[[Any], Iterable[str]]) -> list[str]:
    """The names that begin with what was typed; where none does, those that contain it."""
    from kg.library import store

    try:
        known = sorted(set(names(store.open_library(_library(ctx)))))
    except (ChazhangError, OSError):
        return []
    found = [name for name in known if name.startswith(incomplete)] or [name for name in known if incomplete in name]
    return found[:_MOST]


def _library(ctx: Any) -> Path:
    """The library that the command line names so far."""
    while ctx is not None:
        if given := ctx.params.get("library"):
            return paths.library(Path(given))
        ctx = ctx.parent
    return paths.library(None)
