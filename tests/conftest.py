"""What all tests share."""

from __future__ import annotations

import pytest

from tests.running import Ran, run
from tests.verdicts import every_verdict

__all__ = ["every_verdict"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that pins an inventory anew."""
    parser.addoption(
        "--update-inventory",
        action="store_true",
        help="write what the cases check to tests/inventory/, for review in the diff",
    )


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Return one run of the whole demo, far from UTC, on a path with spaces."""
    folder = tmp_path_factory.mktemp("a folder with spaces")
    return run("demo", folder=folder, environ={"TZ": "Pacific/Chatham", "COLUMNS": "100"})
