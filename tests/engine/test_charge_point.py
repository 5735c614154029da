"""The charge point that the tool plays answers whatever comes, and remembers what it accepted."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.boot import boot_16, boot_201
from conformance.charge_point import ChargePoint, charge_point
from conformance.matching import mismatches
from conformance.ocpp16.configuration import standard
from conformance.sut import embedded
from conformance.wire.schema import validator

TX_DEFAULT: dict[str, Any] = {
    "chargingProfileId": 5,
    "stackLevel": 1,
    "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Relative",
    "chargingSchedule": {
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6}],
    },
}
TX = {**TX_DEFAULT, "chargingProfileId": 6, "chargingProfilePurpose": "TxProfile"}
MAX = {**TX_DEFAULT, "chargingProfilePurpose": "ChargePointMaxProfile"}
LIST = {"listVersion": 3, "updateType": "Full"}
RESERVATION = {
    "connectorId": 1,
    "reservationId": 7,
    "idTag": "T",
    "expiryDate": "2026-03-01T12:00:00Z",
}
TWO = {"topology": {"connectors": 2}, "values": {"connection_timeout": 3}}
ACCEPTED = {"status": "Accepted"}
REJECTED = {"status": "Rejected"}


@pytest.fixture
def it() -> ChargePoint:
    """Return one with two connectors."""
    return charge_point(embedded("1.6", "CSMS", changes=TWO))


def ask(it: ChargePoint, action: str, **payload: Any) -> dict[str, Any]:  # noqa: ANN401
    """Let it answer, and let it learn from its own answer."""
    answer = it.answer(action, payload)
    assert answer is not None
    assert not validator("1.6").check_response(action, answer)
    it.learn(action, payload, answer)
    return answer


def sent(it: ChargePoint, action: str, **payload: Any) -> list[tuple[str, Any]]:  # noqa: ANN401
    """Return what follows when a request is accepted."""
    requests = it.learn(action, payload, ACCEPTED)
    for request in requests:
        assert not validator("1.6").check_request(request.action, request.pattern())
    return [(r.action, r.pattern()) for r in requests]


def test_all_keys_are_those_that_a_charge_point_must_have(it: ChargePoint) -> None:
    entries = ask(it, "GetConfiguration")["configurationKey"]
    profiles = ("Core", "LocalAuthListManagement", "Reservation", "SmartCharging")
    assert not mismatches(standard(profiles), entries)
    assert ask(it, "GetConfiguration", key=[])["configurationKey"] == entries
    values = {e["key"]: e.get("value") for e in entries}
    assert values["AuthorizationKey"] is None  # write-only
    assert values["NumberOfConnectors"] == "2"
    assert values["ConnectionTimeOut"] == "3"


def test_keys_are_known_by_name_whatever_the_case_of_the_letters(it: ChargePoint) -> None:
    assert ask(it, "GetConfiguration", key=["numberofconnectors", "Unknown"]) == {
        "configurationKey": [{"key": "NumberOfConnectors", "readonly": True, "value": "2"}],
        "unknownKey": ["Unknown"],
    }


@pytest.mark.parametrize(
    ("key", "value", "status"),
    [
        ("HeartbeatInterval", "42", "Accepted"),
        ("heartbeatinterval", "42", "Accepted"),
        ("HeartbeatInterval", "-1", "Rejected"),
        ("HeartbeatInterval", "often", "Rejected"),
        ("LocalPreAuthorize", "maybe", "Rejected"),
        ("NumberOfConnectors", "3", "Rejected"),
        ("Unknown", "1", "NotSupported"),
    ],
)
def test_a_key_is_set_and_read_back(it: ChargePoint, key: str, value: str, status: str) -> None:
    before = dict(it.values)
    assert ask(it, "ChangeConfiguration", key=key, value=value) == {"status": status}
    changed = {**before, "HeartbeatInterval": "42"} if status == "Accepted" else before
    assert it.values == changed


def test_a_case_has_the_last_word(it: ChargePoint) -> None:
    it.learn("ChangeConfiguration", {"key": "HeartbeatInterval", "value": "42"}, REJECTED)
    assert it.values["HeartbeatInterval"] == "300"


def test_what_is_out_of_service_is_reported(it: ChargePoint) -> None:
    assert ask(it, "ChangeAvailability", connectorId=2, type="Inoperative") == ACCEPTED
    assert it.inoperative == {2}
    assert it.restless() == [2]
    ((action, report),) = sent(it, "ChangeAvailability", connectorId=2, type="Operative")
    assert (action, report["connectorId"], report["status"]) == (
        "StatusNotification",
        2,
        "Available",
    )
    assert it.inoperative == set()
    assert it.restless() == []


def test_the_whole_charge_point_can_be_out_of_service(it: ChargePoint) -> None:
    reports = sent(it, "ChangeAvailability", connectorId=0, type="Inoperative")
    assert [(r["connectorId"], r["status"]) for _, r in reports] == [
        (0, "Unavailable"),
        (1, "Unavailable"),
        (2, "Unavailable"),
    ]
    ask(it, "ChangeAvailability", connectorId=0, type="Operative")
    assert it.inoperative == set()


def test_what_charges_goes_out_of_service_later(it: ChargePoint) -> None:
    it.started(1, None)
    assert ask(it, "ChangeAvailability", connectorId=1, type="Inoperative") == {
        "status": "Scheduled"
    }
    assert it.inoperative == set()
    assert ask(it, "ChangeAvailability", connectorId=3, type="Inoperative") == REJECTED


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        ({"requestedMessage": "Heartbeat"}, [("Heartbeat", None)]),
        ({"requestedMessage": "BootNotification"}, [("BootNotification", None)]),
        (
            {"requestedMessage": "DiagnosticsStatusNotification"},
            [("DiagnosticsStatusNotification", None)],
        ),
        (
            {"requestedMessage": "FirmwareStatusNotification"},
            [("FirmwareStatusNotification", None)],
        ),
        ({"requestedMessage": "MeterValues"}, [("MeterValues", 1), ("MeterValues", 2)]),
        ({"requestedMessage": "MeterValues", "connectorId": 2}, [("MeterValues", 2)]),
        (
            {"requestedMessage": "StatusNotification", "connectorId": 0},
            [("StatusNotification", 0)],
        ),
        (
            {"requestedMessage": "StatusNotification"},
            [("StatusNotification", n) for n in range(3)],
        ),
    ],
)
def test_what_is_triggered_is_sent(
    it: ChargePoint, payload: dict[str, Any], told: list[tuple[str, int | None]]
) -> None:
    assert it.answer("TriggerMessage", payload) == ACCEPTED
    messages = sent(it, "TriggerMessage", **payload)
    assert [(action, m.get("connectorId")) for action, m in messages] == told


def test_what_cannot_be_triggered_is_not_implemented(it: ChargePoint) -> None:
    payload = {"requestedMessage": "SignChargePointCertificate"}
    assert ask(it, "TriggerMessage", **payload) == {"status": "NotImplemented"}


def test_it_says_whose_it_is() -> None:
    names = {"station_vendor": "Maker", "station_model": "M1"}
    sut = embedded("1.6", "CSMS", changes={"values": names})
    told = {"chargePointVendor": "Maker", "chargePointModel": "M1"}
    boot = {"requestedMessage": "BootNotification"}
    assert sent(charge_point(sut), "TriggerMessage", **boot) == [("BootNotification", told)]
    assert boot_16(sut)[0].pattern() == told
    station = boot_201(embedded("2.0.1", "CSMS", changes={"values": names}))[0].pattern()
    assert station["chargingStation"] == {"vendorName": "Maker", "model": "M1"}


def test_nothing_is_triggered_at_a_connector_that_is_not_there(it: ChargePoint) -> None:
    payload = {"requestedMessage": "MeterValues", "connectorId": 3}
    assert it.answer("TriggerMessage", payload) == REJECTED
    assert it.learn("TriggerMessage", payload, REJECTED) == []


def test_a_list_has_a_version(it: ChargePoint) -> None:
    assert ask(it, "GetLocalListVersion") == {"listVersion": 0}
    assert ask(it, "SendLocalList", **LIST) == ACCEPTED
    assert ask(it, "GetLocalListVersion") == {"listVersion": 3}
    older = {"listVersion": 3, "updateType": "Differential"}
    assert ask(it, "SendLocalList", **older) == {"status": "VersionMismatch"}
    assert ask(it, "SendLocalList", **{**older, "listVersion": 4}) == ACCEPTED


def test_a_reservation_can_be_cancelled_once(it: ChargePoint) -> None:
    assert ask(it, "ReserveNow", **RESERVATION) == REJECTED  # unless a case plays it
    it.learn("ReserveNow", RESERVATION, ACCEPTED)
    it.reported(1, "Reserved")
    payload = {"reservationId": 7}
    assert it.answer("CancelReservation", payload) == ACCEPTED
    ((action, report),) = sent(it, "CancelReservation", **payload)
    assert (action, report["connectorId"], report["status"]) == (
        "StatusNotification",
        1,
        "Available",
    )
    assert it.answer("CancelReservation", payload) == REJECTED


def test_a_cancellation_of_what_is_not_reserved_reports_nothing(it: ChargePoint) -> None:
    it.learn("ReserveNow", {**RESERVATION, "connectorId": 0}, ACCEPTED)
    assert sent(it, "CancelReservation", reservationId=7) == []


def test_a_reservation_ends_with_a_transaction_or_with_the_report(it: ChargePoint) -> None:
    it.learn("ReserveNow", RESERVATION, ACCEPTED)
    it.started(1, 7)
    assert it.reservations == {}
    it.learn("ReserveNow", RESERVATION, ACCEPTED)
    it.reported(2, "Available")
    assert it.reservations == {7: 1}
    it.reported(1, "Available")
    assert it.reservations == {}


def test_profiles_are_kept_and_cleared_by_what_is_given(it: ChargePoint) -> None:
    assert ask(it, "SetChargingProfile", connectorId=1, csChargingProfiles=TX_DEFAULT) == ACCEPTED
    criteria: list[dict[str, Any]] = [
        {"id": 6},
        {"connectorId": 2},
        {"chargingProfilePurpose": "TxProfile"},
        {"stackLevel": 0, "id": 5},
    ]
    for wrong in criteria:
        assert ask(it, "ClearChargingProfile", **wrong) == {"status": "Unknown"}
    assert ask(it, "ClearChargingProfile", connectorId=1, stackLevel=1) == ACCEPTED
    assert ask(it, "ClearChargingProfile") == {"status": "Unknown"}


def test_a_profile_for_a_transaction_needs_one_and_goes_with_it(it: ChargePoint) -> None:
    set_tx = {"connectorId": 1, "csChargingProfiles": TX}
    assert ask(it, "SetChargingProfile", **set_tx) == REJECTED
    it.started(1, None)
    assert ask(it, "SetChargingProfile", **set_tx) == ACCEPTED
    ask(it, "SetChargingProfile", connectorId=1, csChargingProfiles=TX_DEFAULT)
    it.stopped(1)
    assert list(it.profiles) == [5]


def test_a_profile_for_the_charge_point_is_on_connector_0(it: ChargePoint) -> None:
    for connector, status in ((0, ACCEPTED), (1, REJECTED)):
        payload = {"connectorId": connector, "csChargingProfiles": MAX}
        assert it.answer("SetChargingProfile", payload) == status
    payload = {"connectorId": 3, "csChargingProfiles": TX_DEFAULT}
    assert it.answer("SetChargingProfile", payload) == REJECTED


@pytest.mark.parametrize(
    ("action", "answer"),
    [
        ("RemoteStartTransaction", REJECTED),
        ("RemoteStopTransaction", REJECTED),
        ("Reset", REJECTED),
        ("GetCompositeSchedule", REJECTED),
        ("UnlockConnector", {"status": "NotSupported"}),
        ("ClearCache", ACCEPTED),
        ("DataTransfer", {"status": "UnknownVendorId"}),
        ("GetDiagnostics", {}),
    ],
)
def test_nothing_happens_that_no_case_plays(
    it: ChargePoint, action: str, answer: dict[str, Any]
) -> None:
    assert ask(it, action) == answer
    assert it.learn(action, {}, answer) == []


def test_what_it_does_not_play_is_not_answered(it: ChargePoint) -> None:
    assert it.answer("PublishFirmware", {}) is None


def test_what_a_case_has_changed_is_restored_and_nothing_else(it: ChargePoint) -> None:
    before = it.copy()
    ask(it, "ChangeConfiguration", key="HeartbeatInterval", value="42")
    ask(it, "SendLocalList", **LIST)
    ask(it, "SetChargingProfile", connectorId=1, csChargingProfiles=TX_DEFAULT)
    it.learn("ReserveNow", RESERVATION, ACCEPTED)
    it.restore(before, {"SendLocalList", "TriggerMessage", "ReserveNow"})
    assert (it.list_version, it.reservations) == (0, {})
    assert it.values["HeartbeatInterval"] == "42"
    assert list(it.profiles) == [5]
    it.restore(before, {"ChangeConfiguration", "SetChargingProfile"})
    assert (it.values, it.profiles) == (before.values, {})
