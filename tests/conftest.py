"""What all tests share."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that pins an inventory anew."""
    parser.addoption(
        "--update-inventory",
        action="store_true",
        help="write what the cases check to tests/inventory/, for review in the diff",
    )
