"""Reports of a run, rendered from its journal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Final

from reports.journal import read
from reports.run import Run

JOURNAL: Final = "journal.jsonl"
"""The name of the journal in a directory of results."""

FORMATS: Final[Mapping[str, str]] = {
    "html": "report.html",
    "junit": "junit.xml",
    "json": "report.json",
    "markdown": "summary.md",
    "badge": "badge.svg",
    "pdf": "report.pdf",
}
"""The formats, each with the name of its file."""

_MODULES: Final = {"json": "json_report"}


def renderer(format: str) -> Callable[[Run], str | bytes]:  # noqa: A002 - the word of the command line
    """Return what renders a format; each loads its own modules. ValueError for an unknown one."""
    if format not in FORMATS:
        raise ValueError(f"unknown format of a report: '{format}'; known: {', '.join(FORMATS)}")
    module = import_module(f"reports.{_MODULES.get(format, format)}")
    render: Callable[[Run], str | bytes] = module.render
    return render


def write(directory: Path, format: str) -> Path:  # noqa: A002 - as above
    """Render the journal in `directory` as `format`, beside it; return the file's path.

    The file is there as a whole or not at all. Raises ValueError for an unknown format,
    JournalError for a damaged journal, OSError if it cannot be read or the report not written,
    NotInstalledError (reports.pdf) where a form needs an optional package.
    """
    render = renderer(format)
    return put(directory / FORMATS[format], render(read(directory / JOURNAL)))


def again(directory: Path) -> list[Path]:
    """Render anew every report that is there already; return their paths."""
    run = read(directory / JOURNAL)
    present = [form for form, name in FORMATS.items() if (directory / name).exists()]
    return [put(directory / FORMATS[form], renderer(form)(run)) for form in present]


def put(target: Path, made: str | bytes) -> Path:
    """Write a file as a whole or not at all; return its path."""
    unfinished = target.with_name(f"{target.name}.part")
    unfinished.write_bytes(made.encode() if isinstance(made, str) else made)
    return unfinished.replace(target)
