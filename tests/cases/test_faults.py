"""Systems that are wrong: the whole suite sees what is wrong with every message it exchanges."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from conformance.cases import Case, Result
from conformance.demo import known_faults, reference_for
from conformance.prove import judge
from conformance.reference.wire_faults import WIRE
from conformance.selection import implemented
from conformance.sut import embedded
from conformance.verdict import Verdict
from tests.cases.freedom import implemented_cases, label

CASES = implemented_cases()
MUST = [case for case in CASES if case.entry.level == "MUST"]  # a SHOULD only remarks
EXPECTED = Path(__file__).parent / "faults"
RED = {Verdict.FAIL, Verdict.INCONCLUSIVE}


def with_fault(case: Case, fault: str) -> Result:
    """Run one case against the reference system with one fault."""
    return judge(reference_for(case.entry, [fault]), case)


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


@cache
def healthy(case: Case) -> Result:
    """Run one case against the reference system as it is."""
    return judge(reference_for(case.entry), case)


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
    ("1.6", "CSMS"): ["RemoteStartTransaction", "Authorize", "SetChargingProfile"],
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


def named_faults() -> list[tuple[str, str, str]]:
    """Return every fault of one kind of system: name, version, role; not those of the wire."""
    shared = {"answers-twice", "text-after-answer", "unknown-result", "clock-1970"}
    parametrized = {"wrong-type", "late-answer", "silent", "wrong-csr", "cuts-texts"}
    return [
        (name, version, role)
        for name, (_, pairs) in sorted(known_faults().items())
        for version, role in sorted(pairs)
        if name not in shared | parametrized | WIRE.keys()
    ]


def expected(fault: str, version: str, role: str) -> Path:
    """Return the file with the reviewed verdicts of one wrong system."""
    return EXPECTED / f"{fault}_{version}_{role}.txt"


@pytest.mark.parametrize(("fault", "version", "role"), named_faults())
def test_a_named_fault_is_seen_where_it_is(
    fault: str, version: str, role: str, request: pytest.FixtureRequest
) -> None:
    """The red verdicts of all cases against one wrong system, reviewed by hand, line by line."""
    mine = [c for c in CASES if (c.entry.version, c.entry.role) == (version, role)]
    results = [(c.id, with_fault(c, fault)) for c in mine]
    lines = [f"{i} {r.verdict} at {r.step or '-'}" for i, r in results if r.verdict in RED]
    pinned = expected(fault, version, role)
    if request.config.getoption("--update-inventory"):
        pinned.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    assert lines == pinned.read_text(encoding="utf-8").splitlines()


def test_no_verdicts_of_a_fault_that_is_none() -> None:
    assert set(EXPECTED.iterdir()) == {expected(*fault) for fault in named_faults()}


def test_a_stopped_reason_shows_where_the_transaction_ends_at_the_stop() -> None:
    options = {"tx_stop": "Authorized"}
    faulty = embedded("2.0.1", "CS", options=options, faults=["wrong-stopped-reason"])
    result = judge(faulty, implemented()["TC_F_08_CS"])
    assert result.verdict is Verdict.FAIL
    assert "transactionInfo.stoppedReason: expected 'Remote', got 'Other'" in result.reason
