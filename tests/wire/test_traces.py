"""Every finding over all recordings is reviewed against the documents and pinned."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.wire.traces import TRACES, Found, findings

PINNED = Path(__file__).parent / "traces_findings.txt"


def line(found: Found) -> str:
    finding = found.finding
    kind = "fault" if finding.fatal else "remark"
    place = f"{found.trace}:{found.line} {found.sender}"
    return f"{place} {kind} {finding.rule} at {finding.where}"


def test_the_findings_over_all_recordings_are_the_reviewed_ones() -> None:
    reviewed = [t for t in PINNED.read_text().splitlines() if t and not t.startswith("#")]
    assert [line(found) for found in findings()] == reviewed


@pytest.mark.parametrize(
    ("trace", "number", "rule", "where"),
    [
        ("simulator-d-2.0.1", 2, "schema", "payload.chargingStation"),  # shaped as in 1.6
        ("simulator-c-2.0.1", 36, "schema", "payload.reportData"),  # an empty list
        ("simulator-b-2.0.1", 55, "error-description-length", "element 4"),
        ("simulator-c-2.0.1", 18, "seq-no", "payload.seqNo"),  # it never grows
        ("simulator-a-1.6", 160, "error-code-of-status", "payload.errorCode"),
        ("simulator-a-2.0.1", 4, "evse-number", "payload.evseId"),
        ("simulator-a-2.0.1", 4, "connector-number", "payload.connectorId"),
    ],
)
def test_a_known_fault_is_found(trace: str, number: int, rule: str, where: str) -> None:
    places = {(f.trace, f.line, f.finding.rule, f.finding.where) for f in findings()}
    assert (f"{trace}.jsonl", number, rule, where) in places


def test_the_friendly_csms_of_the_recordings_is_never_blamed() -> None:
    assert [f for f in findings() if f.sender == "csms"] == []


def test_the_recordings_hold_no_password() -> None:
    texts = [path.read_text() for path in TRACES.glob("*.jsonl")]
    assert len(texts) == 12
    assert not [text for text in texts if "pw123" in text]
