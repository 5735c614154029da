"""Prints, as JSON, how long `ocpp-conformance demo` takes, and what of that is the tool itself.

Run it as `python -m tests.benchmarks.demo_speed [case ...]`; without a case, all are run. Waits
that a case is about (a heartbeat interval, a silence) are in the journal; what else a case takes is
the tool's, and the system's: `own`. Those that take more than a tenth of a second are listed.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

INSIDE = "--inside"
SLOW = 0.1  # seconds


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
    by_system: dict[str, list[dict[str, Any]]] = {}
    for record in ended:
        by_system.setdefault(f"{record['version']} {record['role']}", []).append(record)
    return {
        "benchmark": "demo_speed",
        "exit": used["code"],
        "cases": len(ended),
        "wall": round(wall, 2),
        "waits": round(sum(r["waits"] for r in ended), 2),
        **{name: of_system(records) for name, records in by_system.items()},
        "cpu_ms_per_case": round(1000 * used["cpu"] / len(ended), 1),
        "peak_mib": round(used["kib"] / 1024, 1),
    }


def of_system(records: list[dict[str, Any]]) -> dict[str, Any]:
    """Work out the figures of one system, from when its first case begins until all have ended."""
    began = [datetime.fromisoformat(r["started"]).timestamp() for r in records]
    ended = [at + r["duration"] for at, r in zip(began, records, strict=True)]
    own = {r["id"]: r["duration"] - r["waits"] for r in records}
    slow = sorted((case for case in own if own[case] > SLOW), key=lambda case: -own[case])
    return {
        "cases": len(records),
        "wall": round(max(ended) - min(began), 2),
        "durations": round(sum(r["duration"] for r in records), 2),
        "waits": round(sum(r["waits"] for r in records), 2),
        "own": {
            "median": round(statistics.median(own.values()), 4),
            "max": round(max(own.values()), 4),
        },
        "slow": {case: round(own[case], 2) for case in slow},
    }


def main() -> None:
    """Print the figures of one run."""
    if sys.argv[1:2] == [INSIDE]:
        inside(Path(sys.argv[2]), sys.argv[3:])
    else:
        sys.stdout.write(json.dumps(measured(sys.argv[1:]), indent=1) + "\n")


if __name__ == "__main__":
    main()
