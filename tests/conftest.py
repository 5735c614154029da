"""What all tests share."""

from __future__ import annotations

import pytest

from tests.running import Ran, run
from tests.verdicts import every_verdict

__all__ = ["every_verdict"]

# Each branch of a case has to be taken by a system that conforms. These run cases on systems that
# do not, or again and again: to be measured would cost them half their time.
UNCOVERED = {"test_faults.py", "test_wire_faults.py", "test_prove.py", "test_habits.py"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the project's own tests."""
    parser.addoption(
        "--update-inventory",
        action="store_true",
        help="write what the cases check to tests/inventory/, for review in the diff",
    )
    parser.addoption(
        "--nightly",
        action="store_true",
        help="run the tests that are marked nightly, too, and a million inputs of the fuzzers",
    )
    parser.addoption(
        "--fuzz-seed", type=int, default=1, help="which inputs the fuzzers make (default 1)"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker of the tests that are too long for each change."""
    config.addinivalue_line("markers", "nightly: runs with --nightly only")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is nightly, unless it is asked for; measure no coverage where none counts."""
    for item in items:
        if item.path.parent.name == "cases" and item.path.name in UNCOVERED:
            item.add_marker("no_cover")
    if not config.getoption("--nightly"):
        nightly = [item for item in items if item.get_closest_marker("nightly")]
        items[:] = [item for item in items if not item.get_closest_marker("nightly")]
        if nightly:
            config.hook.pytest_deselected(items=nightly)


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Return one run of the whole demo, far from UTC, on a path with spaces."""
    folder = tmp_path_factory.mktemp("a folder with spaces")
    return run("demo", folder=folder, environ={"TZ": "Pacific/Chatham", "COLUMNS": "100"})
