"""Prints, as JSON, how long a CSMS's cases take one after the other, and side by side.

Run it as `python -m tests.benchmarks.side_by_side [processes]`; there are 2 without a number.
Each case has a station of its own, and the CSMS takes 0.2 s for each answer, as one behind a
network does. `faster` is how many times as fast the second run is; the start of pytest and of
each process is in both times.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.running import COMMAND

SLOWLY = ("--fault", "late-answer=0.2")


def timed(*more: str) -> tuple[float, dict[str, str]]:
    """Run the demo of the 1.6 central system; return the seconds and each case's verdict."""
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results"
        words: list[str | Path] = [COMMAND, "demo", "--version", "1.6", "--role", "CSMS", *SLOWLY]
        words += ["--results", results, "--", *more]
        begun = time.perf_counter()
        subprocess.run(words, cwd=folder, check=False, stdout=subprocess.DEVNULL)
        wall = time.perf_counter() - begun
        lines = (results / "journal.jsonl").read_text("utf-8").splitlines()
    ended = [record for record in map(json.loads, lines) if record["kind"] == "case"]
    return wall, {record["id"]: record["verdict"] for record in ended}


def main() -> None:
    """Print both times."""
    processes = sys.argv[1] if len(sys.argv) > 1 else "2"
    alone, verdicts = timed()
    together, same = timed("-n", processes)
    figures = {
        "benchmark": "side_by_side",
        "processes": int(processes),
        "cases": len(verdicts),
        "one_after_the_other": round(alone, 2),
        "side_by_side": round(together, 2),
        "faster": round(alone / together, 2),
        "same_verdicts": verdicts == same,
    }
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
