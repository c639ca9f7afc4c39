"""What the processes that are measured run in: with bytecode, as an installed package and the bare imports have it.

It goes beside the checkout, not into it.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | {
    "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
    "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "chazhang-bytecode"),
    "PYTHONUTF8": "1",
}
