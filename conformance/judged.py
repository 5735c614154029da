"""What came of a case, as its record and with what was found before it."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from typing import Any

from conformance.cases import Case, Result
from conformance.record import Record
from conformance.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What a case came to, and the rules that were broken between the cases before it."""

    result: Result
    record: dict[str, Any]
    between: list[str]


def judged(result: Result, between: list[str]) -> Judged:
    """Return a result with its record."""
    return Judged(result=result, record=result.as_record(), between=between)


def failed(case: Case, sut: str, bug: BaseException) -> Judged:
    """Return the ERROR that a fault of the tool is, with its place."""
    result = Result(
        case=case,
        verdict=Verdict.ERROR,
        reason=f"{type(bug).__name__}: {bug}",
        record=Record(lambda: 0.0),
        traceback="".join(traceback.format_exception(bug)),
        sut=sut,
    )
    return judged(result, [])
