"""Which cases are implemented, read off their sources without importing them."""

from __future__ import annotations

import re
from pathlib import Path

DECLARED = re.compile(r"^@case\(\s*[\"'](\w+)[\"']", re.MULTILINE)


def declared_ids() -> set[str]:
    """Return the ids that `@case` names in the package of the cases."""
    root = Path(__file__).parent.parent / "testcases"
    return {i for path in root.rglob("*.py") for i in DECLARED.findall(path.read_text("utf-8"))}
