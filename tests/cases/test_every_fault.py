"""Every single fault of every request: a reference system refuses it, one with a fault is found."""

from __future__ import annotations

import pytest

from conformance.cases import Case, Result
from conformance.demo import reference_for
from conformance.prove import judge
from conformance.verdict import Verdict
from tests.cases.freedom import implemented_cases, label

SAMPLING = [case for case in implemented_cases() if case.id.startswith("OCPPJ_60_")]


def result(case: Case, *faults: str) -> Result:
    """Run a case against the reference system with `faults`."""
    sut = reference_for(case.entry, faults)
    return judge(sut.changed({"samples": {"exhaustive": True}}), case)


@pytest.mark.parametrize("case", SAMPLING, ids=label)
def test_the_reference_refuses_every_fault(case: Case) -> None:
    found = result(case)
    assert found.verdict is Verdict.PASS, found.reason
    transcript = found.record.transcript
    (sent,) = [e.got for e in transcript.entries if e.got.startswith("refuses ") and "(" in e.got]
    assert int(sent.split()[1]) > 200
    assert len(transcript.frames) < 60, "what is refused is counted, not kept"


@pytest.mark.parametrize("case", SAMPLING, ids=label)
def test_one_action_that_cuts_texts_off_is_found_field_by_field(case: Case) -> None:
    station = {"1.6": "SignedUpdateFirmware", "2.0.1": "GetVariables"}
    action = station[case.entry.version] if case.entry.role == "CS" else "BootNotification"
    found = result(case, f"cuts-texts={action}")
    assert (found.verdict, found.step) == (Verdict.FAIL, "2")
    wrong = [e.got for e in found.record.transcript.entries if e.ok is False and ": " in e.got]
    named = [told for told in wrong if told.startswith(f"{action}.")]
    assert len(named) > 1
    assert all("against maxLength (exhaustive): expected a CALLERROR" in told for told in named)
    assert named[0].partition(":")[0] in found.reason


@pytest.mark.parametrize(
    ("fault", "case"),
    [
        ("takes-any-data", "OCPPJ_61_CSMS"),
        ("no-compression", "OCPPJ_76_CSMS"),
        ("stays-without-version", "OCPPJ_70_CSMS"),
    ],
)
def test_a_fault_of_the_upgrade_is_seen(fault: str, case: str) -> None:
    for mine in (c for c in implemented_cases() if c.id == case):
        found = judge(reference_for(mine.entry, [fault]), mine)
        assert (found.verdict, found.step) == (Verdict.FAIL, "2")
