"""The steps of a case by the state that they belong to, as both page and paper show them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from reports.run import CaseRecord, Step

_STATE: Final = re.compile(r"((?:before|[^/.]*)/([^.]+))\.?")
_OWN: Final = "Steps"
_FIXED: Final = {"post": "Afterwards", "cleanup": "Clean-up"}


@dataclass(frozen=True, kw_only=True)
class Line:
    """A step with its place among all steps, and its number within its stage."""

    place: int
    step: Step
    number: str


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
        told = f"{steps} step{'s' * (steps != 1)}, until {self.lines[-1].step.at:.3f} s"
        return f"{'✗' if wrong else '✓'} {told}"


def stages(case: CaseRecord) -> list[Stage]:
    """Return the stages of a case in their order."""
    lines: list[tuple[str, Line]] = []
    title = ""
    for place, step in enumerate(case.steps):
        title, number = _stage(step.step, title)
        lines.append((title, Line(place=place, step=step, number=number)))
    found = [
        Stage(title=title, lines=[line for _, line in group])
        for title, group in groupby(lines, key=lambda line: line[0])
    ]
    alone = len(found) == 1 and found[0].title in {"", _OWN}
    return [Stage(title="", lines=found[0].lines)] if alone else found


def _stage(step: str, before: str) -> tuple[str, str]:
    """Return the title of a step's stage, and its number there.

    A line without a number stays where the line before it is.
    """
    state = _STATE.match(step)
    if state is not None:
        where = "Precondition" if step.startswith("before/") else f"Step {step.partition('/')[0]}"
        return f"{where}: {state[2]}", step[state.end() :]
    if step in {"", "before"}:
        return before, ""
    return (_FIXED[step], "") if step in _FIXED else (_OWN, step)
