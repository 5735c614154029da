"""Goes on with a run that was killed: what of it is left, and whether it may go on at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from conformance.catalogue import revision
from conformance.sut import Sut
from conformance.verdict import Verdict
from conformance.version import __version__

JOURNAL = "journal.jsonl"


class ResumeError(Exception):
    """Why a run cannot be resumed, for the user."""


@dataclass(frozen=True, kw_only=True)
class Unfinished:
    """A run that was stopped before its end.

    `wanted` has the ids of all its cases, `ended` the version and id of those that have a record;
    `red` tells that what has ended is not all well.
    """

    name: str
    place: str
    wanted: frozenset[str]
    ended: frozenset[tuple[str, str]]
    red: bool


def unfinished(directory: Path, suts: Iterable[Sut]) -> Unfinished:
    """Read what is left of a run on these systems; ResumeError where it may not go on."""
    from reports.journal import JournalError, read  # noqa: PLC0415 - only where one is resumed

    try:
        run = read(directory / JOURNAL)
    except (JournalError, OSError) as error:
        raise ResumeError(f"the run cannot be resumed: {error}") from error
    if run.complete:
        raise ResumeError(f"the run in {directory} has come to its end: there is nothing to resume")
    mine = {(s["name"], s["version"], s["role"], s["sha256"]) for s in map(Sut.declaration, suts)}
    if {(s.name, s.version, s.role, s.sha256) for s in run.suts} != mine:
        raise ResumeError(
            f"the run in {directory} is about another declaration: sut.toml, or an option that"
            " changes it, is not as it was; start a new run"
        )
    if (run.tool, run.catalogue) != (f"ocpp-conformance {__version__}", revision()):
        raise ResumeError(f"the run in {directory} was begun by {run.tool}: start a new run")
    outlined = [case for outline in run.outlines.values() for case in outline.cases]
    good = {Verdict.PASS, Verdict.NOT_APPLICABLE}
    return Unfinished(
        name=run.name,
        place=run.place,
        wanted=frozenset(c.id for c in outlined if c.selected),
        ended=frozenset((c.version, c.id) for c in run.cases),
        red=bool(run.findings) or any(c.verdict not in good and not c.waived for c in run.cases),
    )
