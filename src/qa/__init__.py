"""Questions about a library in Chinese, answered with the figure, its 口径, the query and citations.

`Library(path).ask("…")` returns an `Answer`; `Library(path).facts(unit="…", year=2024)` returns `Rows`.
"""

from __future__ import annotations

from qa.library import Library
from qa.model import Answer, Citation, Result
from qa.rows import Row, Rows

__all__ = ["Answer", "Citation", "Library", "Result", "Row", "Rows"]
