"""Prints, as JSON, what the tool adds to the start of another project's pytest, and its own.

Run it as `python -m tests.benchmarks.startup`. Each figure is the least of several runs, in
milliseconds, since whatever else the machine does can only add to it; the runs that are compared
with each other alternate. What is added is told in processor time too.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.demo import PAIRS, PREFIX

ROUNDS = 11
TARGETS = {"plugin_added": 30, "list": 300, "collect_everything": 1000}
HEAVY = {"websockets", "jsonschema_rs", "pydantic", "jinja2", "testcases", "reports"}
FOREIGN = "def test_one():\n    assert 1 + 1 == 2\n"
# Hypothesis is for the tool's own tests; its plugin is not what a user gets.
PYTEST = (*(sys.executable, "-m", "pytest", "-q"), "-pno:cacheprovider", "-pno:hypothesispytest")
LIST = (sys.executable, "-c", "from conformance.cli import main; main()", "list")
IMPORTED = """
import json, sys, time
import pytest
before, begun = set(sys.modules), time.perf_counter()
import conformance.plugin
took = 1000 * (time.perf_counter() - begun)
print(json.dumps([took, sorted(set(sys.modules) - before)]))
"""


@dataclass(frozen=True)
class Cost:
    """What one run has taken, in milliseconds: of time, and of the processor."""

    wall: float
    cpu: float

    def over(self, other: Cost) -> dict[str, float]:
        """Return by how much it is more than another."""
        return {
            "wall": round(self.wall - other.wall, 1),
            "cpu": round(self.cpu - other.cpu, 1),
        }


def cost(command: Sequence[str], folder: str, environment: Mapping[str, str]) -> Cost:
    """Run a command to its end in `folder`; return what it took."""
    begun, before = time.perf_counter(), _children()
    subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **environment, **_compiled(folder)},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return Cost(1000 * (time.perf_counter() - begun), 1000 * (_children() - before))


def _compiled(folder: str) -> dict[str, str]:
    # Users run what has been compiled before, whatever the settings of this environment.
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": f"{folder}/compiled"}


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def least(folder: str) -> dict[str, Cost]:
    """Return the least cost of each kind of run; the kinds alternate, so that noise hits all."""
    every = [f"--ocpp-sut={PREFIX}{version}:{role}" for version, role in PAIRS]
    commands: dict[str, tuple[Sequence[str], Mapping[str, str]]] = {
        "bare": (PYTEST, {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}),
        "without": ((*PYTEST, "-pno:ocpp_conformance"), {}),
        "with": (PYTEST, {}),
        "list": (LIST, {}),
        "collect": ((*PYTEST, "--pyargs", "testcases", "--collect-only", *every), {}),
    }
    for command, environment in commands.values():
        cost(command, folder, environment)  # compiles and reads what is then there
    found: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, (command, environment) in commands.items():
            found[name].append(cost(command, folder, environment))
    return {
        name: Cost(min(c.wall for c in costs), min(c.cpu for c in costs))
        for name, costs in found.items()
    }


def imported() -> tuple[float, list[str]]:
    """Return how long the plugin's import takes after pytest's, and the modules it imports."""
    command = [sys.executable, "-c", IMPORTED]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    took, modules = json.loads(told)
    return round(took, 1), [str(name) for name in modules]


def measured() -> dict[str, Any]:
    """Measure everything."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "test_foreign.py").write_text(FOREIGN, encoding="utf-8")
        took = least(folder)
    import_took, modules = imported()
    return {
        "benchmark": "startup",
        "foreign_pytest": round(took["with"].wall),
        "plugin_added": took["with"].over(took["without"]),
        "plugin_and_its_dependencies_added": took["with"].over(took["bare"]),
        "list": round(took["list"].wall),
        "collect_everything": round(took["collect"].wall),
        "collect_everything_added": took["collect"].over(took["with"]),
        "plugin_import": import_took,
        "plugin_imports": modules,
        "heavy_imports": sorted(HEAVY & {name.partition(".")[0] for name in modules}),
        "targets": TARGETS,
    }


def main() -> None:
    """Print the figures."""
    sys.stdout.write(json.dumps(measured()) + "\n")


if __name__ == "__main__":
    main()
