"""The rules of the house: who may import whom, how long a thing may be, who may speak, and what nobody may change."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import CORPUS, ROOT, documents, manifest

FILE_LINES = 400
FUNCTION_LINES = 60

#: Modules of kg, low to high. A module imports from lower layers only, and within its own layer.
LAYERS = [
    {"model", "iris", "paths", "limits", "pool"},
    {"numbers", "script"},
    {"knowledge", "terms"},
    {"readers", "identify"},
    {"tabular", "prose"},
    {"encoders"},
    {"graph"},
    {"library"},
    {"audit"},
    {"plan", "versions", "reading", "review"},
    {"warm", "build"},
]
#: Parts of qa, low to high, in the same way; what stands beside them (model, text, library, cli) may use all.
QA_LAYERS = ["understand", "answers", "screen"]
#: Only these may write to the terminal.
SPEAKERS = {"src/qa/cli.py", "src/qa/screen/render.py", "src/qa/screen/render_rows.py"}

KG = sorted((ROOT / "kg").rglob("*.py"))
QA = sorted((ROOT / "src" / "qa").rglob("*.py"))
every_module = pytest.mark.parametrize("path", KG + QA, ids=lambda path: str(path.relative_to(ROOT)))


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything a module imports, also inside functions; `from a import b` gives a.b."""
    package = path.relative_to(ROOT if path.is_relative_to(ROOT / "kg") else ROOT / "src").with_suffix("").parts
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = [*package[: -node.level], *(node.module or "").split(".")] if node.level else (node.module or "").split(".")
            yield from ((node.lineno, ".".join(filter(None, [*base, alias.name]))) for alias in node.names)


def layer(dotted: str) -> int | None:
    """The layer of kg.NAME (or of something in it); None for names of kg itself."""
    parts = dotted.split(".")
    return next((i for i, names in enumerate(LAYERS) if len(parts) > 1 and parts[1] in names), None)


@pytest.mark.parametrize("path", [p for p in QA if p.parent.name in QA_LAYERS], ids=lambda path: str(path.relative_to(ROOT)))
def test_qa_imports_downwards(path: Path) -> None:
    """Understanding knows nothing of answers, answers nothing of the screen."""
    above = QA_LAYERS[QA_LAYERS.index(path.parent.name) + 1 :]
    found = [
        f"{path.name}:{line} imports {name}" for line, name in imports(path) if name.split(".")[0] == "qa" and name.split(".")[1] in above
    ]
    assert not found


@pytest.mark.parametrize("path", KG, ids=lambda path: str(path.relative_to(ROOT)))
def test_kg_imports_downwards(path: Path) -> None:
    """kg knows nothing of qa, and its modules import only lower ones."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    own = layer(".".join(parts))
    assert own is not None or parts[1] in ("__init__", "__main__"), f"{path.name} has no place in LAYERS of {Path(__file__).name}"
    for line, name in imports(path):
        top = name.split(".")[0]
        assert top not in ("qa", "tests", "benchmarks"), f"{path.name}:{line} imports {name}"
        if top == "kg" and own is not None:
            other = layer(name)
            assert other is None or other <= own, f"{path.name}:{line} imports {name}, which is above it"


@every_module
def test_length(path: Path) -> None:
    """A file does one thing, and so does a function."""
    lines = path.read_text("utf-8").count("\n")
    assert lines <= FILE_LINES, f"{lines} lines; split by purpose, {FILE_LINES} is the limit"
    long = [
        f"{node.name} (line {node.lineno}): {length} lines"
        for node in ast.walk(parse(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    ]
    assert not long, f"functions longer than {FUNCTION_LINES} lines: {long}"


@every_module
def test_only_the_doors_speak(path: Path) -> None:
    """No print and no console outside the command line and the renderer."""
    if path.relative_to(ROOT).as_posix() in SPEAKERS:
        return
    spoken = [
        node.lineno
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("print", "input", "breakpoint")
    ]
    assert not spoken, f"print at lines {spoken}"


def public(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Public functions and classes of a module, and the public methods of its public classes."""
    waiting: list[ast.stmt] = list(tree.body)
    for node in waiting:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                waiting.extend(node.body)


@every_module
def test_what_is_public_is_described(path: Path) -> None:
    tree = parse(path)
    assert ast.get_docstring(tree), "the module says nothing about itself"
    silent = [f"{node.name} (line {node.lineno})" for node in public(tree) if not ast.get_docstring(node)]
    assert not silent, f"no docstring: {silent}"


@every_module
def test_no_error_is_swallowed(path: Path) -> None:
    """Silence is the worst failure: no bare except, and no `except Exception` that goes on as if nothing were."""
    for node in ast.walk(parse(path)):
        if not isinstance(node, ast.ExceptHandler):
            continue
        assert node.type is not None, f"bare except at line {node.lineno}"
        names = {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)}
        if names & {"Exception", "BaseException"}:
            assert any(isinstance(n, ast.Raise) for n in ast.walk(node)), f"except Exception at line {node.lineno} does not raise"


@pytest.mark.parametrize("entry", manifest(), ids=lambda entry: entry["file"])
def test_corpus_is_as_published(entry: dict[str, str]) -> None:
    """Byte for byte, whatever git or an editor thinks of line ends."""
    assert hashlib.sha256((CORPUS / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]


def test_manifest_is_complete() -> None:
    assert documents() == sorted(path for path in CORPUS.iterdir() if path.name != "manifest.toml")


@pytest.mark.parametrize("path", sorted((ROOT / "tests").glob("test_*.py")), ids=lambda path: path.name)
def test_tests_assert_values(path: Path) -> None:
    """A test whose only claim is that something exists claims nothing."""
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            claims = [n.test for n in ast.walk(node) if isinstance(n, ast.Assert)]
            weak = [c for c in claims if isinstance(c, ast.Compare) and isinstance(c.ops[0], ast.IsNot) and ast.unparse(c).endswith("None")]
            assert not claims or len(weak) < len(claims), f"{node.name} only checks that something is not None"
