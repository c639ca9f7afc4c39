"""A library to ask: `Library(path).ask("天元区数据局2024年三公经费")`, and to compute with: `Library(path).facts(year=2024)`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from kg import paths, script
from kg.library import store
from qa.answers import answer, listing
from qa.answers.cite import Citer
from qa.answers.compose import Session
from qa.answers.facts import Facts
from qa.model import Answer
from qa.rows import Rows
from qa.text import LIMIT, clean, squeeze
from qa.understand import question
from qa.understand.lexicon import Lexicon


class Library:
    """A library folder, opened for questions; `with Library(path) as library:` lets go of it at the end."""

    def __init__(self, path: Path | str | None = None) -> None:
        """Open the current generation. Raises LibraryError where there is no library."""
        self.reader = store.open_library(paths.library(path))
        self._lexicon = Lexicon(self.reader)
        self._citer = Citer(self.reader)
        self._facts = Facts(self.reader)

    def ask(self, text: str) -> Answer:
        """The answer to a question in Chinese: figures with 口径 and citations, or why there is none. Never raises for what is asked."""
        asked = clean(text[: LIMIT * 4])
        if not asked:
            return Answer("", "clarify", "请输入一个问题，例如“2024年三公经费是多少”。")
        if len(asked) > LIMIT or len(text) > LIMIT * 4:
            return Answer(asked[:60] + "…", "clarify", f"问题太长（超过 {LIMIT} 字）。请只问一件事，例如“2024年三公经费是多少”。")
        self._facts.forget()
        return answer.respond(self.session(), question.read(squeeze(script.fold(asked)), self._lexicon))

    def session(self) -> Session:
        """What the parts of an answer share: the graph, the words, the facts, the citations."""
        return Session(self.reader, self._lexicon, self._facts, self._citer)

    def facts(
        self,
        *,
        unit: str = "",
        year: int | Iterable[int] = (),
        item: str = "",
        phase: str = "",
        metric: str = "",
        document: str = "",
        project: str = "",
        flow: str = "",
        fund: str = "",
        spend: str = "",
    ) -> Rows:
        """The facts that fit every filter given; all facts where none is.

        Names may be full, short, aliases, codes (2010302) or names in the graph (ph:决算); `document` and `project` are parts of a
        name. Raises NotFoundError where a name means nothing to the library, with what is near it.
        """
        years = (year,) if isinstance(year, int) else tuple(year)
        names = {"phase": phase, "metric": metric, "flow": flow, "fund": fund, "spend": spend}
        return Rows.of(listing.facts(self.reader, listing.Filters(unit, years, item, document, project, names)))

    def close(self) -> None:
        """Let go of the library."""
        self.reader.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
