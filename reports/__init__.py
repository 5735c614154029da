"""Reports of a run, rendered from its journal: HTML, JUnit, JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from reports import html, json_report, junit
from reports.journal import read
from reports.run import Run

JOURNAL: Final = "journal.jsonl"
"""The name of the journal in a directory of results."""

FORMATS: Final[Mapping[str, tuple[str, Callable[[Run], str]]]] = {
    "html": ("report.html", html.render),
    "junit": ("junit.xml", junit.render),
    "json": ("report.json", json_report.render),
}
"""The formats, each with the name of its file and what renders it."""


def write(directory: Path, format: str) -> Path:  # noqa: A002 - the word of the command line
    """Render the journal in `directory` as `format`, beside it; return the file's path.

    The file is there as a whole or not at all. Raises ValueError for an unknown format,
    JournalError for a damaged journal, OSError if it cannot be read or the report not written.
    """
    if format not in FORMATS:
        raise ValueError(f"unknown format of a report: '{format}'; known: {', '.join(FORMATS)}")
    name, render = FORMATS[format]
    text = render(read(directory / JOURNAL))
    target = directory / name
    unfinished = directory / f"{name}.part"
    unfinished.write_text(text, encoding="utf-8", newline="\n")
    return unfinished.replace(target)
