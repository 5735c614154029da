from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from reports import write
from reports.journal import JournalError
from tests.reports.made import JOURNAL


@pytest.mark.parametrize(
    ("form", "name", "begins"),
    [
        ("html", "report.html", "<!doctype html>"),
        ("junit", "junit.xml", "<?xml"),
        ("json", "report.json", "{"),
    ],
)
def test_a_report_stands_beside_its_journal(
    tmp_path: Path, form: str, name: str, begins: str
) -> None:
    shutil.copy(JOURNAL, tmp_path / "journal.jsonl")
    assert write(tmp_path, form) == tmp_path / name
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(begins)
    assert {p.name for p in tmp_path.iterdir()} == {"journal.jsonl", name}


def test_an_unknown_format_is_refused_with_those_that_are_known(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'docx'; known: html, junit, json, markdown, badge, pdf"):
        write(tmp_path, "docx")


def test_a_damaged_journal_leaves_the_old_report_alone(tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").write_text("{}\n")
    (tmp_path / "report.html").write_text("old")
    with pytest.raises(JournalError):
        write(tmp_path, "html")
    assert (tmp_path / "report.html").read_text() == "old"
