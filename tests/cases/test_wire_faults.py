"""Systems that are wrong below the messages: wherever it shows on the wire, the case is red.

A few cases stand for the others, with the steps at which they are red; `--nightly` takes all.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.cases import Case, Result
from conformance.reference.wire_faults import WIRE, spoiled
from conformance.verdict import Verdict
from tests.cases.faulty import RED, SAMPLE, healthy, said, with_fault
from tests.cases.freedom import implemented_cases, label

CASES = [case for case in implemented_cases() if case.entry.level == "MUST"]
PINNED = Path(__file__).parent / "wire_faults.txt"
# What is only advised, and is a remark: 4.1.1 of OCPP-J 1.6; 4.1.2 of both documents.
ADVISED = {
    ("does-not-wait", "1.6"),
    ("repeats-calls", "1.6"),
    ("binary-answers", "1.6"),
    ("binary-answers", "2.0.1"),
}


def frames(result: Result) -> Iterator[tuple[str, list[Any]]]:
    """Yield the right frames of both sides, with their sender."""
    for record in result.record.transcript.frames:
        try:
            frame = json.loads(record.text)
        except ValueError:
            continue
        if record.sender != "event" and isinstance(frame, list) and len(frame) > 2:
            yield record.sender, frame


def shows(result: Result, fault: str) -> int:
    """Return how many frames of the SUT the fault would have spoiled in a right run."""
    asked: dict[str, Any] = {}
    count, before = 0, None
    for sender, frame in frames(result):
        if sender == "sut":
            count += spoiled(fault, frame, asked.get(str(frame[1])), before) != frame
            before = frame[-1] if frame[0] == 3 else before
        elif frame[0] == 2:
            asked[str(frame[1])] = frame[-1]
    return count


def sampled(case: Case) -> bool:
    """Tell whether a case stands for the others."""
    return case.id in SAMPLE[case.entry.version, case.entry.role]


def must_be_red(case: Case, fault: str) -> bool:
    """Tell whether the fault shows in a case, and breaks what this version demands."""
    if (fault, case.entry.version) in ADVISED:
        return False
    if fault == "same-id":
        return most_calls(healthy(case)) > 1  # one alone is the same as none
    return bool(shows(healthy(case), fault))


def most_calls(result: Result) -> int:
    """Return how many CALLs the SUT has sent over one connection, at the most.

    Over another one, an id that comes again is a remark on 1.6 (errata of OCPP-J 1.6, 4.1.4).
    """
    records = result.record.transcript.frames
    calls = [r.connection for r in records if r.sender == "sut" and r.text.startswith("[2,")]
    return max(Counter(calls).values(), default=0)


@pytest.mark.parametrize("fault", WIRE)
def test_what_shows_on_the_wire_is_red_in_the_sample(
    fault: str, request: pytest.FixtureRequest
) -> None:
    """The reviewed verdicts of a sample, with their steps."""
    results = {case: with_fault(case, fault) for case in CASES if sampled(case)}
    lines = [told(fault, case, result) for case, result in results.items()]
    kept = PINNED.read_text(encoding="utf-8").splitlines() if PINNED.exists() else []
    if request.config.getoption("--update-inventory"):
        others = [line for line in kept if line.split()[0] != fault]
        kept = sorted([*others, *lines])
        PINNED.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
    assert sorted(lines) == [line for line in kept if line.split()[0] == fault]
    must = {case for case in results if must_be_red(case, fault)}
    assert must <= {case for case, result in results.items() if result.verdict in RED}


def told(fault: str, case: Case, result: Result) -> str:
    """Return a verdict in a line."""
    line = said(case, result) or f"{case.id} {result.verdict} at {result.step or '-'}"
    return f"{fault} {case.entry.version} {line}"


def test_two_calls_at_once_are_a_remark_where_it_is_only_advised() -> None:
    case = next(c for c in CASES if c.id == "TC_001_CS")
    remarks = with_fault(case, "does-not-wait").record.transcript.remarks
    assert any("that is not answered yet (OCPP-J 1.6, 4.1.1)" in r.text for r in remarks)


def test_the_sample_is_there() -> None:
    assert sum(map(sampled, CASES)) == sum(map(len, SAMPLE.values()))


@pytest.mark.nightly
@pytest.mark.parametrize("fault", WIRE)
def test_what_shows_on_the_wire_is_red_everywhere(fault: str) -> None:
    results = {label(case): with_fault(case, fault) for case in CASES}
    must = {label(case) for case in CASES if must_be_red(case, fault)}
    assert must <= {name for name, result in results.items() if result.verdict in RED}


def test_a_csms_that_breaks_the_protocol_fails_before_a_case_that_only_advises() -> None:
    case = next(c for c in implemented_cases() if c.id == "OCPPJ_72_CSMS")
    result = with_fault(case, "byte-order-mark")
    assert (result.verdict, result.step) == (Verdict.FAIL, "before")
    assert "the message is not valid JSON" in result.reason
    assert result.reason.endswith("then no answer to BootNotification at the start")


def test_a_csms_that_hangs_up_at_the_start_is_no_verdict() -> None:
    case = next(c for c in CASES if c.id == "TC_B_01_CSMS")
    result = with_fault(case, "hangs-up-after-answer")
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "at the start: connection closed" in result.reason
