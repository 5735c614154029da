"""Prints, as JSON, how long `ocpp-conformance demo` takes, and what of that is the tool itself.

Run it as `python -m tests.benchmarks.demo_speed [case ...]`; without a case, all are run. Waits
that a case is about (a heartbeat interval, a silence) are in the journal and are not counted as
the tool's.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

INSIDE = "--inside"


def inside(directory: Path, cases: list[str]) -> None:
    """Run the demo in this process, and leave beside its results what it has used."""
    from conformance.cli import main as command  # noqa: PLC0415 - its import is measured too

    words = ["demo", "--results", str(directory)]
    words += [word for case in cases for word in ("--case", case)]
    try:
        command(words, prog_name="ocpp-conformance")
    except SystemExit as end:
        code = end.code
    else:
        code = 0
    own = resource.getrusage(resource.RUSAGE_SELF)
    used = {"cpu": own.ru_utime + own.ru_stime, "kib": own.ru_maxrss, "code": code}
    (directory / "used.json").write_text(json.dumps(used), encoding="utf-8")


def measured(cases: list[str]) -> dict[str, Any]:
    """Run the demo in a process of its own; return the figures."""
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-m", "tests.benchmarks.demo_speed", INSIDE, folder, *cases]
        begun = time.perf_counter()
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        wall = time.perf_counter() - begun
        used = json.loads((Path(folder) / "used.json").read_text("utf-8"))
        lines = (Path(folder) / "journal.jsonl").read_text("utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    return figures(wall, used, [r for r in records if r["kind"] == "case"])


def figures(wall: float, used: dict[str, Any], ended: list[dict[str, Any]]) -> dict[str, Any]:
    """Work out the figures; times are in seconds where nothing else is said."""
    own = {r["id"]: r["duration"] - r["waits"] for r in ended}
    slowest = max(own, key=lambda case: own[case])
    return {
        "benchmark": "demo_speed",
        "exit": used["code"],
        "cases": len(ended),
        "wall": round(wall, 2),
        "waits": round(sum(r["waits"] for r in ended), 2),
        "set_up": round(wall - sum(r["duration"] for r in ended), 2),
        "case_without_waits": {
            "median": round(statistics.median(own.values()), 4),
            "mean": round(statistics.mean(own.values()), 4),
            "worst": {slowest: round(own[slowest], 4)},
        },
        "cpu_ms_per_case": round(1000 * used["cpu"] / len(ended), 1),
        "peak_mib": round(used["kib"] / 1024, 1),
    }


def main() -> None:
    """Print the figures of one run."""
    if sys.argv[1:2] == [INSIDE]:
        inside(Path(sys.argv[2]), sys.argv[3:])
    else:
        sys.stdout.write(json.dumps(measured(sys.argv[1:])) + "\n")


if __name__ == "__main__":
    main()
