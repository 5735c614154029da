"""Writes the results of a run as its cases end: the journal first, the reports from it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conformance.journal import Journal
from conformance.sut import Sut


class Results:
    """The folder of one run's results."""

    def __init__(self, directory: Path, name: str, suts: list[Sut]) -> None:
        self.directory = directory
        self.journal = Journal(directory / "journal.jsonl")
        self.journal.start(name, [sut.declaration() for sut in suts])
        self.findings = 0

    def case(self, record: Mapping[str, Any], between: list[str]) -> None:
        """Add an ended case, and what was found before it."""
        self.found(str(record["sut"]), between)
        self.journal.case(record)

    def found(self, sut: str, between: list[str]) -> None:
        """Add broken rules that no case can be blamed for."""
        for text in between:
            self.findings += 1
            self.journal.finding(sut, text)

    def end(self) -> None:
        """Close the journal and render what every run leaves."""
        import reports  # noqa: PLC0415 - only where there is something to render

        with self.journal:
            self.journal.end()
        reports.write(self.directory, "html")
        reports.write(self.directory, "junit")
