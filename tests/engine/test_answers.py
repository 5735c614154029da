"""The default answers are valid for every request that can come."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.answers import EMPTY, STATION_201, Answers
from conformance.matching import about_now, mismatches
from conformance.wire.schema import validator

# Only what an answer depends on.
ITEM = {"component": {"name": "C"}, "variable": {"name": "V"}}
REQUESTS: dict[str, dict[str, Any]] = {
    "GetVariables": {"getVariableData": [{**ITEM, "attributeType": "Target"}, ITEM]},
    "SetVariables": {"setVariableData": [{**ITEM, "attributeValue": "1"}]},
}
TO_A_CSMS = {
    "1.6": (
        *("BootNotification", "Heartbeat", "Authorize", "StartTransaction", "StopTransaction"),
        *("MeterValues", "StatusNotification", "DataTransfer", "DiagnosticsStatusNotification"),
        *("FirmwareStatusNotification", "SecurityEventNotification", "SignCertificate"),
        *("LogStatusNotification", "SignedFirmwareStatusNotification"),
    ),
    "2.0.1": (
        *("BootNotification", "Heartbeat", "Authorize", "TransactionEvent", "MeterValues"),
        *("StatusNotification", "DataTransfer", "NotifyEvent", "NotifyReport"),
        *("NotifyMonitoringReport", "NotifyCustomerInformation", "NotifyDisplayMessages"),
        *("NotifyChargingLimit", "ClearedChargingLimit", "ReportChargingProfiles"),
        *("NotifyEVChargingNeeds", "NotifyEVChargingSchedule", "ReservationStatusUpdate"),
        *("FirmwareStatusNotification", "LogStatusNotification", "SecurityEventNotification"),
        *("SignCertificate", "Get15118EVCertificate", "GetCertificateStatus"),
        "PublishFirmwareStatusNotification",
    ),
}


@pytest.mark.parametrize(
    ("version", "action"), [(v, a) for v, actions in TO_A_CSMS.items() for a in actions]
)
def test_the_csms_answers_whatever_a_station_sends(version: str, action: str) -> None:
    answer = Answers(version, "CS", 300).to(action, {})
    assert answer is not None
    assert not validator(version).check_response(action, answer)


@pytest.mark.parametrize("action", STATION_201)
def test_the_charging_station_answers_what_it_plays(action: str) -> None:
    answer = Answers("2.0.1", "CSMS", 300).to(action, REQUESTS.get(action, {}))
    assert answer is not None
    assert not validator("2.0.1").check_response(action, answer)


def test_what_is_not_played_has_no_answer() -> None:
    assert Answers("1.6", "CS", 300).to("GetConfiguration", {}) is None
    assert Answers("2.0.1", "CSMS", 300).to("CertificateSigned", {}) is None


def test_the_interval_and_the_time_at_boot() -> None:
    answer = Answers("1.6", "CS", 42).to("BootNotification", {})
    assert not mismatches(
        {"status": "Accepted", "interval": 42, "currentTime": about_now(within=5)}, answer
    )


def test_every_transaction_has_an_id_of_its_own() -> None:
    answers = Answers("1.6", "CS", 300)
    ids = [(answers.to("StartTransaction", {}) or {})["transactionId"] for _ in range(3)]
    assert ids == [1, 2, 3]


def test_a_token_is_answered_where_there_is_one() -> None:
    answers = Answers("2.0.1", "CS", 300)
    token = {"idToken": {"idToken": "T", "type": "ISO14443"}}
    assert answers.to("TransactionEvent", token) == {"idTokenInfo": {"status": "Accepted"}}
    assert answers.to("TransactionEvent", {}) == {}


def test_every_variable_that_was_asked_for_is_answered() -> None:
    answer = Answers("2.0.1", "CSMS", 300).to("GetVariables", REQUESTS["GetVariables"])
    types = [r.get("attributeType") for r in (answer or {})["getVariableResult"]]
    assert types == ["Target", None]


def test_what_is_empty_is_known() -> None:
    known = [validator("1.6").knows, validator("2.0.1").knows]
    assert not [a for a in EMPTY if not any(knows(a) for knows in known)]
