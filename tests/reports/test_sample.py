"""The sample in docs/ is what this tool makes."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from conformance.sut import load
from reports import FORMATS, renderer
from reports.journal import read

SAMPLE = Path(__file__).parent.parent.parent / "docs" / "sample"


@pytest.mark.parametrize("form", ["html", "markdown", "badge", "pdf"])
def test_the_sample_is_made_of_its_journal(form: str) -> None:
    made = (SAMPLE / FORMATS[form]).read_bytes()
    again = renderer(form)(read(SAMPLE / "journal.jsonl"))
    assert shown(made) == shown(again), f"ocpp-conformance report docs/sample --format {form}"


def shown(made: str | bytes) -> str:
    """Return what a report says; other versions of typst make other bytes of the same."""
    if isinstance(made, bytes) and made.startswith(b"%PDF-"):
        return PdfReader(BytesIO(made)).pages[0].extract_text()
    return made.decode() if isinstance(made, bytes) else made


def test_the_sample_shows_what_a_report_is_about() -> None:
    run = read(SAMPLE / "journal.jsonl")
    assert run.complete
    assert {str(case.verdict) for case in run.cases} == {"PASS", "FAIL"}
    assert len(run.reviews) == 1


def test_its_declaration_is_valid_and_its_readme_names_its_files() -> None:
    assert load(SAMPLE / "sut.toml", {}).name == "Reference charge point"
    links = re.findall(r"\]\(([^)]+)\)", (SAMPLE / "README.md").read_text("utf-8"))
    assert {path.name for path in SAMPLE.iterdir()} - {"README.md", "journal.seal"} == set(links)
