"""Facts as typed rows, for people who compute: `pandas.DataFrame(rows)`, `polars.DataFrame(rows.to_columns())`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qa.screen.door import UNSAFE

if TYPE_CHECKING:
    from rich.console import ConsoleRenderable

#: Columns of a printed table, with their headings, and how many rows it shows.
_SHOWN = {
    "unit": "单位",
    "year": "年度",
    "phase": "口径",
    "indicator": "指标",
    "metric": "度量",
    "value": "数值",
    "measure": "计量",
    "id": "出处",
}
_RIGHT = (1, 5)
_MOST = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One fact: what it is about, its figure, and where it stands.

    `value` is in `measure` (万元, %, 人 …) and has the digits that the document prints; None where the document gives a text.
    `quote` is verbatim; `id` opens with `chazhang show`.
    """

    id: str
    document: str
    page: int | None
    line: int | None
    line_end: int | None
    section: tuple[str, ...]
    table: str
    row: str
    column: str
    unit: str
    year: int
    phase: str
    flow: str | None
    fund: str | None
    spend: str | None
    project: str | None
    indicator: str
    code: str | None
    metric: str
    value: Decimal | None
    text: str | None
    measure: str
    quote: str

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Row:
        """The row of a record of `qa.answers.listing`."""
        value = record["value"]
        return cls(**{**record, "section": tuple(record["section"]), "value": None if value is None else Decimal(value)})

    def to_dict(self) -> dict[str, Any]:
        """The row as `facts --format jsonl` writes it, the value as a Decimal."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


class Rows(tuple[Row, ...]):
    """Rows in the order of unit, document and place; `pandas.DataFrame(rows)` takes them as they are."""

    __slots__ = ()

    @classmethod
    def of(cls, records: Iterable[Mapping[str, Any]]) -> Rows:
        """The rows of records."""
        return cls(map(Row.of, records))

    def to_dicts(self) -> list[dict[str, Any]]:
        """One dict per row."""
        return [row.to_dict() for row in self]

    def to_columns(self) -> dict[str, list[Any]]:
        """One list per column, for `polars.DataFrame`, which tells the type of a column from all of its values."""
        return {field.name: [getattr(row, field.name) for row in self] for field in fields(Row)}

    def _table(self) -> list[list[str]]:
        return [["" if (cell := getattr(row, name)) is None else str(cell) for name in _SHOWN] for row in self[:_MOST]]

    def _more(self) -> str:
        return f"共 {len(self)} 条" + (f"，只显示前 {_MOST} 条" if len(self) > _MOST else "")

    def __rich__(self) -> ConsoleRenderable:
        """The first rows for `rich.print`."""
        from rich import box
        from rich.table import Table
        from rich.text import Text

        table = Table(box=box.SIMPLE_HEAD, caption=self._more(), caption_justify="left")
        for n, heading in enumerate(_SHOWN.values()):
            table.add_column(heading, justify="right" if n in _RIGHT else "left", overflow="fold")
        for cells in self._table():
            table.add_row(*(Text(cell.translate(UNSAFE)) for cell in cells))
        return table

    def _repr_html_(self) -> str:
        """The first rows in a notebook."""
        from qa.screen.render_html import table

        return (
            f'<div class="chazhang" lang="zh">{table([*_SHOWN.values()], self._table(), _RIGHT)}<p><small>{self._more()}</small></p></div>'
        )
