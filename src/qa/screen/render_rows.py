"""Rows of anything, as a table, CSV, TSV or JSON lines. Tables are coloured on a terminal and plain in a pipe."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kg.model import QueryError
from qa.screen.door import UNSAFE, brief

Record = Mapping[str, Any]
#: Width of a table in a pipe: wide enough that nothing is wrapped.
_WIDE = 4000


def write(records: Iterable[Record], columns: Mapping[str, str], format: str, *, right: Sequence[str] = ()) -> int:
    """Write records to stdout and say how many. `columns`: key to heading (of tables); `right`: keys whose values stand to the right.

    Raises QueryError for a format that is none of table, csv, tsv, jsonl.
    """
    writers = {"table": _table, "csv": _csv, "tsv": _tsv, "jsonl": _jsonl}
    if format not in writers:
        raise QueryError(f"不认识的格式“{format}”。可用：{'、'.join(writers)}。")
    return writers[format](records, columns, right)


def text(value: Any) -> str:
    """A value in a cell: nothing for None, paths joined."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    return "/".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _table(records: Iterable[Record], columns: Mapping[str, str], right: Sequence[str]) -> int:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    terminal = sys.stdout.isatty()
    table = Table(box=box.SIMPLE_HEAD if terminal else None, show_edge=False, pad_edge=False, header_style="bold" if terminal else "")
    for key, heading in columns.items():
        table.add_column(heading, justify="right" if key in right else "left", overflow="fold", no_wrap=not terminal)
    count = 0
    for record in records:
        table.add_row(*(Text(text(record.get(key)).translate(UNSAFE)) for key in columns))
        count += 1
    if count:
        Console(file=sys.stdout, width=None if terminal else _WIDE, highlight=False, soft_wrap=not terminal).print(table)
    return count


def _csv(records: Iterable[Record], columns: Mapping[str, str], _: Sequence[str]) -> int:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    return sum(1 for record in records if writer.writerow([text(record.get(key)) for key in columns]))


def _tsv(records: Iterable[Record], columns: Mapping[str, str], _: Sequence[str]) -> int:
    sys.stdout.write("\t".join(columns) + "\n")
    fields = ([re.sub(r"[\t\n]", " ", text(record.get(key))) for key in columns] for record in records)
    return sum(1 for row in fields if sys.stdout.write("\t".join(row) + "\n"))


def _jsonl(records: Iterable[Record], columns: Mapping[str, str], _: Sequence[str]) -> int:
    found = ({key: record.get(key) for key in columns} for record in records)
    return sum(1 for record in found if sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n"))


def lines(found: Iterable[str]) -> None:
    """Write lines to stdout; on a terminal what stands in 【】 is lit."""
    found = (line.translate(UNSAFE) for line in found)
    if not sys.stdout.isatty():
        sys.stdout.write("".join(f"{line}\n" for line in found))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    for line in found:
        lit = Text(line)
        lit.highlight_regex(r"【[^】]*】", "bold yellow")
        console.print(lit)


def chat(message: str) -> None:
    """Say something beside the result: one line on stderr."""
    sys.stderr.write(brief(message) + "\n")
