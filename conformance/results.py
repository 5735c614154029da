"""Writes the results of a run as its cases end: the journal first, the reports from it."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from conformance.journal import Journal
from conformance.outline import outline
from conformance.sut import Sut

REPORTS = ("html", "junit")


class Results:
    """The folder of one run's results; it is there, with an open journal, from the start.

    Raises OSError where the folder or the journal cannot be written.
    """

    def __init__(
        self,
        directory: Path,
        name: str,
        suts: list[Sut],
        wanted: AbstractSet[str],
        place: str = "",
        *,
        resumes: bool = False,
    ) -> None:
        self.directory = directory
        self.journal = Journal(directory / "journal.jsonl", resumes=resumes)
        self.findings = 0
        self.refused: list[Mapping[str, Any]] = []
        self._lock = threading.Lock()
        if resumes:
            return
        self.journal.start(name, [sut.declaration() for sut in suts], place)
        for sut in suts:
            self.journal.outline(outline(sut, wanted))

    def case(self, record: Mapping[str, Any], between: list[str]) -> None:
        """Add an ended case, and what was found before it; any thread may."""
        with self._lock:
            self.found(str(record["sut"]), between)
            self.journal.case(record)

    def found(self, sut: str, between: list[str]) -> None:
        """Add broken rules that no case can be blamed for."""
        for text in between:
            self.findings += 1
            self.journal.finding(sut, text)

    def strangers(self, sut: str, counts: Iterable[Mapping[str, Any]]) -> None:
        """Add how many attempts to connect were refused, by kind and address."""
        self.refused += [{"sut": sut, **count} for count in counts]

    def end(self, *, complete: bool) -> None:
        """Close the journal and render what every run leaves; without a footer if interrupted."""
        import reports  # noqa: PLC0415 - only where there is something to render

        with self.journal:
            if complete:
                self.journal.end(self.refused)
        for form in REPORTS:
            reports.write(self.directory, form)


def fresh_directory(name: str) -> Path:
    """Create and return results/<time>-<name>, with a number if another run was as quick."""
    plain = re.sub(r"[^\w.-]+", "-", name).strip("-") or "run"
    first = f"{datetime.now().astimezone():%Y-%m-%dT%H%M%S}-{plain}"
    for number in count(1):
        directory = Path("results") / (first if number == 1 else f"{first}-{number}")
        try:
            directory.mkdir(parents=True)
        except FileExistsError:
            continue
        return directory
    raise AssertionError
