"""The five verdicts, the exceptions that end a case with one of them, and its transcript."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """What a run of one case says about the system under test."""

    PASS = "PASS"  # noqa: S105 - a verdict, no password
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"
    NOT_APPLICABLE = "NOT APPLICABLE"
    ERROR = "ERROR"


class CaseEnd(Exception):  # noqa: N818 - an end, not always an error
    """Ends the running case; `verdict` says how, `step` where."""

    verdict: Verdict

    def __init__(self, reason: str, step: str = "") -> None:
        super().__init__(f"step {step}: {reason}" if step else reason)
        self.step = step


class Failed(CaseEnd):
    """The system under test broke a step of the scenario or a rule of the protocol."""

    verdict = Verdict.FAIL


class RuleBroken(Failed):
    """The system under test broke a rule of the protocol, wherever the case is."""


class Inconclusive(CaseEnd):
    """The scenario could not be brought to the point where it can judge."""

    verdict = Verdict.INCONCLUSIVE


class NotApplicable(CaseEnd):
    """The system under test does not declare the feature that the case is about."""

    verdict = Verdict.NOT_APPLICABLE


class ToolError(CaseEnd):
    """The tool, or a case, is wrong; never the system under test."""

    verdict = Verdict.ERROR


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of a transcript: what was expected at a step, and what came.

    `at` is in seconds since the case began; `who` is "station", "csms", "tool" or "operator";
    `frame` is the index of the frame in the case's record, if the line is about one.
    """

    at: float
    step: str
    who: str
    expected: str
    got: str
    ok: bool | None = None
    frame: int | None = None


@dataclass(frozen=True, kw_only=True)
class Remark:
    """Something legal but unusual, or something that other test tools are strict about.

    With `lab` it is no word against the system under test: it says how that was left, who else
    came, or what the tool was not given. Somebody has to look at it all the same.
    """

    step: str
    text: str
    lab: bool = False


@dataclass(frozen=True, kw_only=True)
class FrameRecord:
    """A frame as it passed, or a connection event; `sender` is "sut", "tool" or "event".

    `at` is in seconds since the case began; `finding` says which rule the frame breaks, if any.
    """

    at: float
    sender: str
    connection: int
    text: str
    finding: str = ""


@dataclass(frozen=True, kw_only=True)
class ActionRecord:
    """What the operator was asked to do: `at` and `until` are in seconds since the case began.

    `values` are the action's own; `outcome` is "done", or says why it was not.
    """

    at: float
    until: float
    by: str
    action: str
    text: str
    values: Mapping[str, Any]
    outcome: str


@dataclass
class Transcript:
    """Everything that happened in one run of one case, in order."""

    entries: list[Entry] = field(default_factory=list)
    frames: list[FrameRecord] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    actions: list[ActionRecord] = field(default_factory=list)
