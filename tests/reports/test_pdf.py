from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from reports.errors import NotInstalledError
from reports.journal import read
from reports.pdf import render
from reports.run import Run
from tests.reports.conftest import CASE, START, Reading
from tests.reports.made import OLD
from tests.running import run as command


@pytest.fixture(scope="module")
def document(run: Run) -> PdfReader:
    return PdfReader(BytesIO(render(run)))


def text(document: PdfReader) -> list[str]:
    return [page.extract_text().replace("\u200b", "") for page in document.pages]


def test_the_cover_says_what_was_tested_and_how_it_ended(document: PdfReader) -> None:
    cover = text(document)[0]
    for told in (
        "Wallbox M2, release candidate 3",
        "5 of 11 cases need attention",
        "Müller & Söhne <AG>",
        "Laboratory 3, Zürich",
        "ocpp-conformance 0.1.0 on Linux, Python 3.11.7",
        "no certification",
    ):
        assert told in cover


def test_contents_headers_and_page_numbers_are_there(document: PdfReader) -> None:
    pages = text(document)
    assert re.search(r"Contents\s+Summary[ .]+3", pages[1])
    assert re.search(r"Cases: OCPP 1\.6 charge point[ .]+\d", pages[1])
    assert pages[2].startswith("Wallbox M2, release candidate 3 Summary")
    assert pages[-1].startswith("Wallbox M2, release candidate 3 Cases: OCPP 2.0.1 CSMS")
    assert f"Page {len(pages)} of {len(pages)}" in pages[-1]


def test_summary_and_cases_are_there(run: Run, document: PdfReader) -> None:
    whole = "\n".join(text(document))
    for told in ("would not be granted", "differs", "TC_002_CS", "Connection to accepted"):
        assert told in whole
    assert all(case.id in whole for case in run.cases)
    assert '"GroundFailure"' in whole
    assert "A. Tester, 2026-03-03T10:00:00Z: Seen with every release." in whole


def test_the_outline_leads_to_the_chapters(document: PdfReader) -> None:
    titles = [str(entry["/Title"]) for entry in document.outline if not isinstance(entry, list)]
    assert titles[0] == "Summary"
    assert titles[-1] == "Cases: OCPP 2.0.1 CSMS"


def test_the_same_journal_gives_the_same_bytes(run: Run) -> None:
    first = render(run)
    assert render(run) == first
    assert first.startswith(b"%PDF-")


def test_its_time_is_that_of_the_run(document: PdfReader) -> None:
    assert document.metadata is not None
    created = document.metadata.creation_date
    assert created is not None
    assert created.isoformat().startswith("2026-03-02T09:02:11")


def test_what_the_fonts_do_not_have_is_named(document: PdfReader) -> None:
    assert "[U+5145][U+96FB] Cloud" in text(document)[0]


def test_journals_of_every_kind_are_printed(reading: Reading) -> None:
    for run in (read(OLD), reading(START, CASE, end=False), reading(START)):
        assert render(run).startswith(b"%PDF-")
    stopped = text(PdfReader(BytesIO(render(reading(START, CASE, end=False)))))[0]
    assert "stopped before its end" in stopped


def test_without_typst_it_says_what_to_install(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reports.pdf.find_spec", lambda _: None)
    with pytest.raises(NotInstalledError, match=r"pip install 'ocpp-conformance\[pdf\]'"):
        render(run)


def test_a_folder_of_the_user_is_no_typst(tmp_path: Path) -> None:
    (tmp_path / "typst.py").write_text("raise SystemExit('the wrong one')")
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong one')")
    (tmp_path / "journal.jsonl").write_bytes(OLD.read_bytes())
    ran = command("report", ".", "--format", "pdf", folder=tmp_path)
    assert (ran.code, ran.out.strip()) == (0, "report.pdf")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-")
