"""Systems that are wrong: the whole suite sees what is wrong with every message it exchanges."""

from __future__ import annotations

import json

import pytest

from conformance.cases import Case, Result
from conformance.prove import judge
from conformance.selection import implemented
from conformance.sut import embedded
from conformance.verdict import Verdict
from tests.cases.faulty import (
    EXPECTED,
    LAYER,
    RED,
    SAMPLE,
    Fault,
    Line,
    healthy,
    named_faults,
    reviewed,
    said,
    with_fault,
)
from tests.cases.freedom import implemented_cases, label

CASES = implemented_cases()
MUST = [case for case in CASES if case.entry.level == "MUST"]  # a SHOULD only remarks


def frames(result: Result, sender: str = "sut") -> list[list[object]]:
    """Return the frames of one side that are JSON arrays."""
    found = []
    for frame in result.record.transcript.frames:
        if frame.sender == sender:
            try:
                document = json.loads(frame.text)
            except ValueError:
                continue
            found += [document] if isinstance(document, list) else []
    return found


@pytest.mark.parametrize("fault", ["answers-twice", "text-after-answer", "unknown-result"])
@pytest.mark.parametrize("case", CASES, ids=label)
def test_what_spoils_every_answer_turns_red_who_sees_an_answer(case: Case, fault: str) -> None:
    sees_an_answer = any(frame[0] == 3 for frame in frames(healthy(case)))
    result = with_fault(case, fault)
    assert (result.verdict in RED) == sees_an_answer, result.reason


@pytest.mark.parametrize("case", MUST, ids=label)
def test_an_answer_after_the_time_limit_is_none(case: Case) -> None:
    entries = healthy(case).record.transcript.entries
    calls = any(e.got.startswith("sends ") and e.step != "cleanup" for e in entries)
    boots_first = case.entry.role == "CSMS"  # and is refused a case without an answer to that
    result = with_fault(case, "late-answer=6")
    assert (result.verdict in RED) == (calls or boots_first), result.reason


def sees_a_clock(result: Result, until: int | None = None) -> bool:
    """Tell whether the SUT sent a time that is checked, among the first `until` frames."""
    frames = result.record.transcript.frames[:until]
    texts = [f.text for f in frames if f.sender == "sut"]
    return any(f'"{name}":' in text for text in texts for name in ("currentTime", "timestamp"))


@pytest.mark.parametrize("case", MUST, ids=label)
def test_a_clock_in_1970_turns_red_who_sees_it(case: Case) -> None:
    """What comes when all is judged, and is taken back, turns nothing red."""
    right = healthy(case)
    entries = right.record.transcript.entries
    judged = max((e.frame for e in entries if e.ok and e.frame is not None), default=-1)
    result = with_fault(case, "clock-1970")
    if sees_a_clock(right, judged + 1):
        assert result.verdict in RED, result.reason
    if not sees_a_clock(right):
        assert result.verdict not in RED, result.reason


ACTIONS = {
    ("1.6", "CS"): ["StatusNotification", "Authorize", "StartTransaction"],
    ("1.6", "CSMS"): ["RemoteStartTransaction", "StartTransaction", "SetChargingProfile"],
    ("2.0.1", "CS"): ["TransactionEvent", "Authorize", "GetVariables"],
    ("2.0.1", "CSMS"): ["RequestStartTransaction", "Authorize", "TransactionEvent"],
}


@pytest.mark.parametrize(
    ("case", "action"),
    [
        pytest.param(case, action, id=f"{label(case)}-{action}")
        for case in CASES
        for action in ACTIONS[case.entry.version, case.entry.role]
    ],
)
def test_a_field_of_the_wrong_type_turns_red_who_sees_the_message(case: Case, action: str) -> None:
    right = healthy(case)
    calls = {str(frame[1]): str(frame[2]) for frame in frames(right, "tool") if frame[0] == 2}
    sent = {
        str(frame[2]) if frame[0] == 2 else calls.get(str(frame[1]), "")
        for frame in frames(right)
        if frame[0] != 4  # a refusal has no field of a schema
    }
    if action == "StatusNotification" and reconnects(right):
        sent.add(action)  # what was not confirmed is told again over the new connection
    result = with_fault(case, f"wrong-type={action}")
    assert (result.verdict in RED) == (action in sent), result.reason


def reconnects(result: Result) -> bool:
    """Tell whether the SUT has connected again in the course of a case."""
    events = [f.text for f in result.record.transcript.frames if f.sender == "event"]
    return any(text.startswith("connected ") for text in events)


@pytest.mark.parametrize("fault", named_faults(), ids="-".join)
def test_a_named_fault_is_seen_where_it_is(fault: Fault, request: pytest.FixtureRequest) -> None:
    """The red verdicts of all cases against one wrong system, reviewed by hand, line by line.

    What shows in a few cases only is looked for in these and in a sample; `--nightly` takes all.
    """
    option = request.config.getoption
    update, pinned = option("--update-inventory"), fault.pinned
    mine = [c for c in CASES if (c.entry.version, c.entry.role) == (fault.version, fault.role)]
    if fault.name in LAYER and not update and not option("--nightly"):
        wanted = {*SAMPLE[fault.version, fault.role], *(line.case for line in reviewed(fault))}
        mine = [c for c in mine if c.id in wanted]
    lines = [line for c in mine if (line := said(c, with_fault(c, fault.name)))]
    if update:
        pinned.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    assert lines == pinned.read_text(encoding="utf-8").splitlines()


def test_each_named_fault_is_found_and_no_other_is_reviewed() -> None:
    assert set(EXPECTED.iterdir()) == {fault.pinned for fault in named_faults()}
    unseen = {fault.name for fault in named_faults() if not reviewed(fault)}
    assert unseen == ELSEWHERE.keys()


def test_a_stopped_reason_shows_where_the_transaction_ends_at_the_stop() -> None:
    options = {"tx_stop": "Authorized"}
    faulty = embedded("2.0.1", "CS", options=options, faults=["wrong-stopped-reason"])
    result = judge(faulty, implemented()["TC_F_08_CS"])
    assert result.verdict is Verdict.FAIL
    assert "transactionInfo.stoppedReason: expected 'Remote', got 'Other'" in result.reason


# Whom no fault of their own finds, and why.
UNFOUND = {
    ("1.6", "TC_004_2_CSMS"): (
        "the answers to its two status notifications are empty: that they are whole is seen by the "
        "faults of the wire, extra-field and empty-as-array"
    ),
}
# What shows in no case that runs alone, against the reference system as it usually is.
ELSEWHERE = {
    "raw-path": "an identity that has to be encoded: tests/cases/test_offers.py",
    "reuses-transaction-id": "the ids of several cases: tests/cases/test_central_system.py",
    "wrong-stopped-reason": "with TxStopPoint Authorized: the last test of this file",
}


@pytest.mark.parametrize("system", SAMPLE, ids=" ".join)
def test_every_case_is_found_red_by_a_fault_of_its_own(system: tuple[str, str]) -> None:
    """A fault that more than a third of a system's cases see says little about one of them.

    What the operator asked for and did not come is INCONCLUSIVE, at the step at which it is due.
    """
    mine = {c.id for c in CASES if (c.entry.version, c.entry.role) == system}
    found: set[str] = set()
    for fault in named_faults():
        if (fault.version, fault.role) == system:
            lines = [line for line in reviewed(fault) if _own(fault, line)]
            found |= {line.case for line in lines} if 3 * len(lines) <= len(mine) else set()
            found |= {line.case for line in lines if fault.name == "never-sends"}
    missing = {case for case in mine - found if (system[0], case) not in UNFOUND}
    assert not missing
    assert not {case for version, case in UNFOUND if version == system[0]} & found


def _own(fault: Fault, line: Line) -> bool:
    """Tell whether a case is red at a step of its own."""
    sent = line.verdict == str(Verdict.FAIL) or fault.name == "never-sends"
    return sent and not line.step.startswith("before") and line.step != "-"
