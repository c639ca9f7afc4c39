"""Where ontology and libraries lie. The only module that knows."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent


def ontology() -> Path:
    """The folder of knowledge files: beside the package in a checkout, inside it when installed from a wheel."""
    packed = _HERE / "_ontology"
    return packed if packed.is_dir() else _HERE.parent / "ontology"


def library(given: Path | str | None = None) -> Path:
    """The library folder: as given, else `CHAZHANG_LIBRARY`, else a per-user data folder."""
    if given:
        return Path(given)
    if named := os.environ.get("CHAZHANG_LIBRARY"):
        return Path(named)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData/Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library/Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local/share"))
    return base / "chazhang"


def state() -> Path:
    """A per-user folder for what may be lost without harm, such as the citations of the last answer."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData/Local")) / "chazhang/state"
    return Path(os.environ.get("XDG_STATE_HOME", Path.home() / ".local/state")) / "chazhang"
