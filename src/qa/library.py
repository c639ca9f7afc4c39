"""A library to ask: `Library(path).ask("天元区数据局2024年三公经费")`."""

from __future__ import annotations

from pathlib import Path

from kg import paths, script
from kg.library import store
from qa import answer, question
from qa.cite import Citer
from qa.compose import Session
from qa.facts import Facts
from qa.lexicon import Lexicon
from qa.model import Answer
from qa.text import LIMIT, clean, squeeze


class Library:
    """A library folder, opened for questions."""

    def __init__(self, path: Path | str | None = None) -> None:
        """Open the current generation. Raises LibraryError where there is no library."""
        self.reader = store.open_library(paths.library(path))
        self._lexicon = Lexicon(self.reader)
        self._citer = Citer(self.reader)
        self._facts = Facts(self.reader)

    def ask(self, text: str) -> Answer:
        """The answer to a question in Chinese: figures with 口径 and citations, or why there is none."""
        asked = clean(text[: LIMIT * 4])
        if not asked:
            return Answer("", "clarify", "请输入一个问题，例如“2024年三公经费是多少”。")
        if len(asked) > LIMIT or len(text) > LIMIT * 4:
            return Answer(asked[:60] + "…", "clarify", f"问题太长（超过 {LIMIT} 字）。请只问一件事，例如“2024年三公经费是多少”。")
        self._facts.asked.clear()
        session = Session(self.reader, self._lexicon, self._facts, self._citer)
        return answer.respond(session, question.read(squeeze(script.fold(asked)), self._lexicon))

    def close(self) -> None:
        """Let go of the library."""
        self.reader.close()
