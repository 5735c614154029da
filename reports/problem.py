"""Puts together what one has to see to understand why a case did not pass."""

from __future__ import annotations

from dataclasses import dataclass

from reports.journal import CaseRecord, Step

LAST = 5
"""How many frames are shown up to the one where a case ended."""


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
    line = _line(case)
    end = _end(case, line)
    return Problem(
        step=case.step or (line.step if line else ""),
        reason=case.reason,
        expected=line.expected if line else "",
        got=line.got if line and line.got != case.reason else "",
        frame=line.frame if line else None,
        last=range(max(0, end - LAST), end),
    )


def _line(case: CaseRecord) -> Step | None:
    """Return the line of the transcript that says what went wrong: the last at the step."""
    wrong = [s for s in case.steps if s.ok is False]
    at_step = [s for s in wrong if s.step == case.step]
    return next(reversed(at_step or wrong), None)


def _end(case: CaseRecord, line: Step | None) -> int:
    """Return how many frames had passed when the case ended."""
    if line is None:
        return len(case.frames)
    if line.frame is not None:
        return line.frame + 1
    return sum(1 for f in case.frames if f.at <= line.at)
