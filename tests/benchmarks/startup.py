"""Prints, as JSON, what the tool adds to the start of another project's pytest, and its own.

Run it as `python -m tests.benchmarks.startup`. Each figure is the median of seven runs in
milliseconds; the runs that are compared with each other alternate.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from conformance.demo import suts

ROUNDS = 7
TARGETS = {"plugin_added": 30, "list": 300, "collect_everything": 1000}
HEAVY = {"websockets", "jsonschema_rs", "pydantic", "jinja2", "testcases", "reports"}
FOREIGN = "def test_one():\n    assert 1 + 1 == 2\n"
PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
IMPORTED = """
import json, sys
import pytest
before = set(sys.modules)
import conformance.plugin
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def milliseconds(command: Sequence[str], folder: str, **environment: str) -> float:
    """Run a command to its end in `folder`; return how long it took."""
    begun = time.perf_counter()
    subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return 1000 * (time.perf_counter() - begun)


def medians(folder: str) -> dict[str, float]:
    """Return the median of each kind of run; the kinds alternate, so that noise hits all."""
    without = ("-p", "no:ocpp_conformance")
    every = [word for name in suts((), (), (), ()) for word in ("--ocpp-sut", name)]
    commands: dict[str, tuple[Sequence[str], dict[str, str]]] = {
        "bare": (PYTEST, {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}),
        "without": ((*PYTEST, *without), {}),
        "with": (PYTEST, {}),
        "list": ((sys.executable, "-m", "conformance.cli", "list"), {}),
        "collect": ((*PYTEST, "--pyargs", "testcases", "--collect-only", *every), {}),
    }
    for command, environment in commands.values():
        milliseconds(command, folder, **environment)  # what is compiled once, is not measured
    found: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, (command, environment) in commands.items():
            found[name].append(milliseconds(command, folder, **environment))
    return {name: statistics.median(times) for name, times in found.items()}


def imported() -> list[str]:
    """Return the modules that the plugin imports by itself, after pytest."""
    command = [sys.executable, "-c", IMPORTED]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [str(name) for name in json.loads(told)]


def measured() -> dict[str, Any]:
    """Measure everything."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "test_foreign.py").write_text(FOREIGN, encoding="utf-8")
        took = medians(folder)
    modules = imported()
    return {
        "benchmark": "startup",
        "foreign_pytest": round(took["with"]),
        "plugin_added": round(took["with"] - took["without"], 1),
        "plugin_and_its_dependencies_added": round(took["with"] - took["bare"], 1),
        "list": round(took["list"]),
        "collect_everything": round(took["collect"]),
        "collect_everything_added": round(took["collect"] - took["without"]),
        "plugin_imports": modules,
        "heavy_imports": sorted(HEAVY & {name.partition(".")[0] for name in modules}),
        "targets": TARGETS,
    }


def main() -> None:
    """Print the figures."""
    sys.stdout.write(json.dumps(measured()) + "\n")


if __name__ == "__main__":
    main()
