"""Questions about a library in Chinese, answered with the figure, its 口径, the query and citations.

`Library(path).ask("…")` returns an `Answer`.
"""

from __future__ import annotations

from qa.library import Library
from qa.model import Answer

__all__ = ["Answer", "Library"]
