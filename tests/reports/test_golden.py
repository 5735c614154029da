"""What each form makes of the fixed journal: `python -m tests.reports.made` writes it anew."""

from __future__ import annotations

import pytest

from reports import FORMATS
from tests.reports.made import DATA, JOURNAL, chained, goldens, records

NAMES = (*(name for form, name in FORMATS.items() if form != "pdf"), "report-pdf.json")


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return goldens()


def test_the_fixed_journal_is_as_it_was() -> None:
    assert JOURNAL.read_text("utf-8") == chained(records())


@pytest.mark.parametrize("name", NAMES)
def test_a_report_is_as_it_was(made: dict[str, str], name: str) -> None:
    assert made[name] == (DATA / name).read_bytes().decode()


def test_every_form_has_its_golden(made: dict[str, str]) -> None:
    assert set(made) == set(NAMES)
