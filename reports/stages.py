"""The steps of a case by the state that they belong to, as both page and paper show them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from reports.run import CaseRecord, Step

_STATE: Final = re.compile(r"((?:before|[^/.]*)/([^.]+))\.?")
_OWN: Final = "Steps"
_FIXED: Final = {"post": "Afterwards", "cleanup": "Clean-up"}


@dataclass(frozen=True, kw_only=True)
class Line:
    """A step with its place among all steps, and its number within its stage.

    What is said more than once in a row is one line; `until` is the time of the last.
    """

    place: int
    step: Step
    number: str
    until: float
    times: int = 1

    @property
    def prefix(self) -> str:
        """How often it was said, where that is more than once."""
        return f"{self.times} times: " if self.times > 1 else ""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A state, or the steps of the case itself; `title` is empty where there is nothing else."""

    title: str
    lines: Sequence[Line]

    @property
    def is_precondition(self) -> bool:
        """Whether the case begins from this state."""
        return self.title.startswith("Precondition: ")

    @property
    def reached(self) -> str:
        """Whether, and when, all of its steps were right."""
        steps = sum(bool(line.number) for line in self.lines)
        wrong = any(line.step.ok is False for line in self.lines)
        told = f"{steps} step{'s' * (steps != 1)}, until {self.lines[-1].until:.3f} s"
        return f"{'✗' if wrong else '✓'} {told}"


def stages(case: CaseRecord) -> list[Stage]:
    """Return the stages of a case in their order."""
    lines: list[tuple[str, Line]] = []
    title = ""
    for place, step in enumerate(case.steps):
        before = title
        title, number = _stage(step, before)
        line = Line(place=place, step=step, number=number, until=step.at)
        if lines and title == before and _again(lines[-1][1], line):
            last = lines.pop()[1]
            line = replace(last, until=step.at, times=last.times + 1)
        lines.append((title, line))
    found = [
        Stage(title=title, lines=[line for _, line in group])
        for title, group in groupby(lines, key=lambda line: line[0])
    ]
    alone = len(found) == 1 and found[0].title in {"", _OWN}
    return [Stage(title="", lines=found[0].lines)] if alone else found


def _again(last: Line, line: Line) -> bool:
    """Tell whether a line says the same as the last one, and neither is a step of its own."""
    one, other = last.step, line.step
    said = one.who, one.expected, one.got, one.ok
    if last.number or line.number or one.who == "operator" or one.ok is False:
        return False
    return said == (other.who, other.expected, other.got, other.ok)


def _stage(line: Step, before: str) -> tuple[str, str]:
    """Return the title of a step's stage, and its number there.

    A line without a number stays where the line before it is, and a state with its own end.
    """
    step = line.step
    state = _STATE.match(step)
    if state is not None:
        where = "Precondition" if step.startswith("before/") else f"Step {step.partition('/')[0]}"
        return f"{where}: {state[2]}", step[state.end() :]
    ended = before.startswith(f"Step {step}: ") and line.got.startswith("state is ")
    if ended or step in {"", "before"}:
        return before, ""
    return (_FIXED[step], "") if step in _FIXED else (_OWN, step)
