"""Puts together what one has to see to understand why a case did not pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from reports.run import CaseRecord, Step

LAST: Final = 5
"""How many frames are shown up to the one where a case ended."""

SHOWN: Final = 600
"""How many characters of a frame are shown where a case has to fit on one screen."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Where a case ended, and why.

    `expected` and `got` are empty where `reason` says it all. `frame` is the index of the frame
    that is wrong, if it is one; `last` has the indices of the frames up to that moment.
    """

    step: str
    reason: str
    expected: str
    got: str
    frame: int | None
    last: range


def problem(case: CaseRecord) -> Problem:
    """Return the problem of a case that did not pass."""
    # The step stands apart in a report, and may stand before the reason in the journal as well.
    reason = case.reason.removeprefix(f"step {case.step}: ")
    line = _line(case, reason)
    end = _end(case, line)
    return Problem(
        step=case.step or (line.step if line else ""),
        reason=reason,
        expected=line.expected if line else "",
        got=line.got if line and line.got != reason else "",
        frame=line.frame if line else None,
        last=range(max(0, end - LAST), end),
    )


def _line(case: CaseRecord, reason: str) -> Step | None:
    """Return the line of the transcript that says what went wrong; others may be wrong as well."""
    wrong = [s for s in case.steps if s.ok is False]
    telling = [s for s in wrong if s.got == reason]
    at_step = [s for s in wrong if s.step == case.step]
    return next(iter(telling or at_step or wrong), None)


def _end(case: CaseRecord, line: Step | None) -> int:
    """Return how many frames had passed when the case ended."""
    if line is None:
        return len(case.frames)
    if line.frame is not None:
        return line.frame + 1
    return sum(1 for f in case.frames if f.at <= line.at)
