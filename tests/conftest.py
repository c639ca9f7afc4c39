"""What the tests share: the repository, the corpus, and one library built from it for the whole session."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "corpus"

settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden", action="store_true", default=False, help="rewrite tests/golden/ from what is read now")


def manifest() -> list[dict[str, Any]]:
    """The entries of corpus/manifest.toml."""
    return tomllib.loads((CORPUS / "manifest.toml").read_text("utf-8"))["document"]


def documents() -> list[Path]:
    """The documents of the corpus, in the order of their names."""
    return sorted(CORPUS / entry["file"] for entry in manifest())


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of the whole corpus. Read only: a test that writes copies it."""
    from kg.build import build

    path = tmp_path_factory.mktemp("library")
    build(documents(), path)
    return path


@pytest.fixture(scope="session")
def opened(library: Path) -> Any:
    """The library, opened for questions."""
    from qa import Library

    return Library(library)


@pytest.fixture
def chazhang(library: Path) -> Callable[..., Any]:
    """Run the command line in this process: chazhang("ask", "…") -> result with exit_code, stdout, stderr."""
    from typer.testing import CliRunner

    from qa.cli import app

    runner = CliRunner()
    return lambda *arguments: runner.invoke(app, list(arguments), env={"CHAZHANG_LIBRARY": str(library), "COLUMNS": "100"})
