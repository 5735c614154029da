"""What is tolerated, remarked on or fails, by hand and over recordings of real stations."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from conformance.answers import Answers
from conformance.policy import (
    CSMS_ONLY_WHEN_ASKED,
    EXTRA_EVENTS,
    STATION_MAY,
    STATION_ODD,
    Treatment,
    treat,
)
from conformance.situation import Situation
from conformance.sut import embedded
from conformance.sut_sections import Version
from conformance.wire.schema import validator

TRACES = Path(__file__).parent.parent / "fixtures" / "traces"
PINNED = Path(__file__).parent / "traces_treatment.txt"
STATION = {v: embedded(v, "CS") for v in ("1.6", "2.0.1")}
CSMS = {v: embedded(v, "CSMS") for v in ("1.6", "2.0.1")}
TOLERATE, REMARK, FAIL = Treatment.TOLERATE, Treatment.REMARK, Treatment.FAIL


def status_16(connector: int, status: str) -> dict[str, Any]:
    """Return a report of OCPP 1.6."""
    return {"connectorId": connector, "errorCode": "NoError", "status": status}


def status_201(evse: int, connector: int, status: str) -> dict[str, Any]:
    """Return a report of OCPP 2.0.1."""
    return {"evseId": evse, "connectorId": connector, "connectorStatus": status}


def event(evse: int, connector: int, value: str) -> dict[str, Any]:
    """Return a report of a connector by the device model."""
    return {"eventData": _event(evse, connector, value)}


def _event(evse: int, connector: int, value: str) -> list[dict[str, Any]]:
    component = {"name": "Connector", "evse": {"id": evse, "connectorId": connector}}
    variable = {"name": "AvailabilityState"}
    return [{"component": component, "variable": variable, "actualValue": value}]


@pytest.mark.parametrize(
    ("version", "action", "payload", "treatment"),
    [
        ("1.6", "Heartbeat", {}, TOLERATE),
        ("1.6", "MeterValues", {"connectorId": 1}, TOLERATE),
        ("1.6", "SecurityEventNotification", {"type": "StartupOfTheDevice"}, TOLERATE),
        ("1.6", "StatusNotification", status_16(0, "Available"), TOLERATE),
        ("1.6", "StatusNotification", status_16(9, "Available"), REMARK),
        ("1.6", "StatusNotification", status_16(1, "Available"), REMARK),
        ("1.6", "StatusNotification", status_16(1, "Charging"), FAIL),
        ("1.6", "Authorize", {"idTag": "T"}, FAIL),
        ("1.6", "StartTransaction", {"connectorId": 1}, FAIL),
        ("1.6", "StopTransaction", {"transactionId": 1}, FAIL),
        ("1.6", "BootNotification", {}, FAIL),
        ("1.6", "DataTransfer", {"vendorId": "V"}, REMARK),
        ("1.6", "DiagnosticsStatusNotification", {"status": "Idle"}, REMARK),
        ("1.6", "TransactionEvent", {"triggerReason": "MeterValuePeriodic"}, TOLERATE),
        ("2.0.1", "Heartbeat", {}, TOLERATE),
        ("2.0.1", "StatusNotification", status_201(1, 1, "Available"), REMARK),
        ("2.0.1", "StatusNotification", status_201(1, 1, "Occupied"), FAIL),
        ("2.0.1", "StatusNotification", status_201(1, 9, "Occupied"), REMARK),
        ("2.0.1", "StatusNotification", status_201(1, 0, "Occupied"), TOLERATE),
        ("2.0.1", "NotifyEvent", event(1, 1, "Available"), REMARK),
        ("2.0.1", "NotifyEvent", event(1, 1, "Occupied"), FAIL),
        (
            "2.0.1",
            "NotifyEvent",
            {"eventData": [*_event(1, 1, "Available"), *_event(2, 1, "Occupied")]},
            FAIL,
        ),
        ("2.0.1", "NotifyEvent", {"eventData": [{"component": {"name": "X"}}]}, TOLERATE),
        ("2.0.1", "TransactionEvent", {"triggerReason": "Authorized"}, FAIL),
        ("2.0.1", "NotifyReport", {}, FAIL),
        ("2.0.1", "LogStatusNotification", {"status": "Idle"}, REMARK),
    ],
)
def test_what_a_station_sends_unasked(
    version: Version, action: str, payload: Mapping[str, Any], treatment: Treatment
) -> None:
    situation = Situation(accepted=True)
    first = status_16(1, "Available") if version == "1.6" else status_201(1, 1, "Available")
    situation.observe(version, "StatusNotification", first)
    situation.observe(version, action, payload)
    assert treat(STATION[version], action, payload, situation) is treatment


@pytest.mark.parametrize("trigger", sorted(EXTRA_EVENTS))
def test_further_events_of_a_transaction(trigger: str) -> None:
    payload = {"triggerReason": trigger, "transactionInfo": {"transactionId": "T"}}
    assert treat(STATION["2.0.1"], "TransactionEvent", payload, Situation()) is TOLERATE


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
def test_what_a_csms_sends_unasked(version: Version) -> None:
    for action in CSMS_ONLY_WHEN_ASKED:
        assert treat(CSMS[version], action, {}, Situation()) is FAIL
    for action in ("GetConfiguration", "GetVariables", "SetChargingProfile", "DataTransfer"):
        assert treat(CSMS[version], action, {}, Situation()) is REMARK


def test_every_name_is_an_action_of_a_version() -> None:
    known = [validator("1.6").knows, validator("2.0.1").knows]
    named = {*STATION_ODD, *CSMS_ONLY_WHEN_ASKED, *STATION_MAY["1.6"], *STATION_MAY["2.0.1"]}
    assert not [a for a in named if not any(knows(a) for knows in known)]


def _treated(path: Path) -> Counter[str]:
    version: Version = "1.6" if "-1.6" in path.name else "2.0.1"
    situation, answers = Situation(), Answers(version, "CS", 300)
    seen: Counter[str] = Counter()
    for text in path.read_text("utf-8").splitlines():
        line = json.loads(text)
        frame = line.get("frame")
        if line.get("from") != "station" or not frame or frame[0] != 2:
            continue
        action, payload = frame[2], frame[3]
        situation.observe(version, action, payload)
        treatment = treat(STATION[version], action, payload, situation)
        seen[f"{treatment.name} {action}"] += 1
        reply = answers.to(action, payload)
        if reply is not None:
            situation.answered(action, payload, reply)
        assert situation.idle() or situation.why_not_idle()
    return seen


def test_recordings_of_real_stations() -> None:
    paths = [p for p in sorted(TRACES.glob("*.jsonl")) if "-2.1" not in p.name]
    assert len(paths) == 10
    lines = [
        f"{path.stem}: {what} x {count}"
        for path in paths
        for what, count in sorted(_treated(path).items())
    ]
    assert lines == PINNED.read_text("utf-8").splitlines()
