"""Renders a run as a PDF document, by typst: `pip install ocpp-conformance[pdf]`.

The texts go to the template as data, so that nothing in them is markup; the fonts are those that
typst has in itself, and the time in the document is the run's: the same journal gives the same
bytes. typst takes memory by the gigabyte's tenth, and gives it back only when its process ends.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import datetime
from importlib.resources import files
from importlib.util import find_spec
from typing import Final

from reports.errors import NotInstalledError
from reports.pdf_data import document
from reports.run import Run

MISSING: Final = "typst is not installed: pip install 'ocpp-conformance[pdf]'"
_BEYOND: Final = re.compile(
    "[^"
    "\t\n -~\xa0-\u0377\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u04ff\u1d00-\u1eff\u2000-\u2040"
    "\u2042\u2044-\u2052\u2054-\u2071\u2074-\u208e\u2090-\u209c\u20a0-\u20c0\u2100-\u211e\u2120"
    "\u2122\u2124\u2126-\u214f\u2190-\u21ff\u2200-\u22ff\u2500-\u25ff\u2713\u2717"
    "]"
)
"""What the fonts in typst do not have; they know Latin, Greek and Cyrillic."""

_LONG: Final = re.compile(r"[^\s\u200b]{24}(?=[^\s\u200b])")
_BREAK: Final = "\u200b"


def render(run: Run) -> bytes:
    """Return the document; raise NotInstalledError where typst is not installed."""
    if find_spec("typst") is None:
        raise NotInstalledError(MISSING)
    order = {
        "template": (files("reports") / "templates" / "report.typ").read_text(encoding="utf-8"),
        "data": json.dumps(_printable(document(run))),
        "moment": _moment(run),
    }
    # -P: a folder of the user's is no place to look for packages in.
    program = [sys.executable, "-P", str(files("reports") / "typeset.py")]
    made = subprocess.run(  # noqa: S603 - our own program
        program, input=json.dumps(order).encode(), capture_output=True, check=False
    )
    if made.returncode:
        raise RuntimeError(f"typst failed: {made.stderr.decode(errors='replace').strip()[-2000:]}")
    return made.stdout


def _moment(run: Run) -> int:
    """Return the second in which the run ended, or began; the document has no other time."""
    for told in (run.ended, run.started):
        try:
            return int(datetime.fromisoformat(told).timestamp())
        except (ValueError, OverflowError):
            continue
    return 0


def _printable(value: object) -> object:
    """Return data whose texts have no character without a shape, and no word without a break."""
    if isinstance(value, str):
        shown = _BEYOND.sub(lambda found: f"[U+{ord(found[0]):04X}]", value)
        return _LONG.sub(lambda found: found[0] + _BREAK, shown)
    if isinstance(value, dict):
        return {key: _printable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(item) for item in value]
    return value
