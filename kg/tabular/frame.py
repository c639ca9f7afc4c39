"""One table with everything decided that holds for all its cells, and what is known of a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kg.knowledge import Form
from kg.tabular import grid as grids
from kg.tabular.align import Alignment
from kg.tabular.context import Context
from kg.tabular.shifts import Shift

TOTALS = ("ind:合计", "ind:总计", "ind:小计")


@dataclass(frozen=True, slots=True)
class Frame:
    """One table with everything decided that holds for all its cells."""

    context: Context
    grid: grids.Grid
    form: Form | None
    title: str
    measure: str
    year: int
    columns: tuple[Mapping[str, str] | None, ...]
    alignment: Alignment | None
    scope: str = ""  # the item that the table's totals are about, where its title confines it
    shift: Shift | None = None
    roles: tuple[str, ...] = ()  # what the lowest heading of each column stands for
    owners: Mapping[int, str] = field(default_factory=dict)  # rows of the figures of a unit below


@dataclass(frozen=True, slots=True)
class Row:
    """The label of one row in one block, and what it means."""

    label: str
    path: str
    dims: Mapping[str, str]
    code: str
    item_label: str
    total: bool
    repair: str | None = None
    miscoded: bool = False  # the code says another thing than the name, or is cut off: the name counts


def texts(frame: Frame, n: int, columns: tuple[int, ...]) -> list[str]:
    """The texts of some cells of a row, without the white space inside."""
    return [frame.grid.text(n, c) for c in columns]
