"""The 1.6 central system sends what its operator wishes: that, and no optional field more."""

from __future__ import annotations

from typing import Any

import pytest
from ocpp.v16 import call_result

from conformance.pki.authority import Authority, pem
from tests.reference.bench_16 import IDENTITY, Bench, run

PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
LOGS = "http://127.0.0.1/logs"
SENT: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("UnlockConnector", {"evse": 1, "connector": 1}, {"connectorId": 1}),
    ("Reset", {"kind": "Soft"}, {"type": "Soft"}),
    (
        "ChangeAvailability",
        {"evse": 0, "operative": False},
        {"connectorId": 0, "type": "Inoperative"},
    ),
    ("ChangeAvailability", {"evse": 1, "operative": True}, {"connectorId": 1, "type": "Operative"}),
    ("GetConfiguration", {"keys": []}, {}),
    ("GetConfiguration", {"keys": ["A", "B"]}, {"key": ["A", "B"]}),
    ("ChangeConfiguration", {"key": "A", "value": "1"}, {"key": "A", "value": "1"}),
    ("ClearCache", {}, {}),
    ("DataTransfer", {"vendor": "v", "message": None}, {"vendorId": "v"}),
    (
        "DataTransfer",
        {"vendor": "v", "message": "m", "data": "d"},
        {"vendorId": "v", "messageId": "m", "data": "d"},
    ),
    ("TriggerMessage", {"message": "Heartbeat", "evse": None}, {"requestedMessage": "Heartbeat"}),
    (
        "TriggerMessage",
        {"message": "MeterValues", "evse": 2},
        {"requestedMessage": "MeterValues", "connectorId": 2},
    ),
    ("GetLocalListVersion", {}, {}),
    (
        "ReserveNow",
        {"evse": 0, "token": "TAG001", "kind": "ISO14443", "expires_in": 60, "group": None},
        {
            "connectorId": 0,
            "idTag": "TAG001",
            "reservationId": 1,
            "expiryDate": "2026-03-01T12:01:01.000Z",
        },
    ),
    ("CancelReservation", {"reservation": 7}, {"reservationId": 7}),
    ("ClearChargingProfile", {"profile": 3}, {"id": 3}),
    (
        "ClearChargingProfile",
        {"evse": 1, "purpose": "TxDefaultProfile", "stack_level": 1},
        {"connectorId": 1, "chargingProfilePurpose": "TxDefaultProfile", "stackLevel": 1},
    ),
    ("ClearChargingProfile", {}, {}),
    (
        "GetLog",
        {"log": "SecurityLog", "location": LOGS, "retries": 2},
        {"log": {"remoteLocation": LOGS}, "logType": "SecurityLog", "requestId": 1, "retries": 2},
    ),
    (
        "SignedUpdateFirmware",
        {
            "location": LOGS,
            "retrieve_date": "2026-03-01T12:00:00Z",
            "signature": "c2ln",
            "certificate": PEM,
        },
        {
            "requestId": 1,
            "firmware": {
                "location": LOGS,
                "retrieveDateTime": "2026-03-01T12:00:00Z",
                "signingCertificate": PEM,
                "signature": "c2ln",
            },
        },
    ),
    (
        "GetInstalledCertificateIds",
        {"kind": "ManufacturerRootCertificate"},
        {"certificateType": "ManufacturerRootCertificate"},
    ),
    (
        "InstallCertificate",
        {"kind": "ManufacturerRootCertificate", "certificate": PEM},
        {"certificateType": "ManufacturerRootCertificate", "certificate": PEM},
    ),
]


@pytest.mark.parametrize(("action", "body", "sent"), SENT)
def test_a_wish_becomes_a_request(action: str, body: dict[str, Any], sent: dict[str, Any]) -> None:
    async def test(bench: Bench) -> None:
        assert await bench.wish(action, **body) == 200
        assert bench.calls(action, "csms") == [sent]

    run(Bench, test, errors_expected=True)


def test_an_extended_trigger_is_a_message_of_its_own() -> None:
    async def test(bench: Bench) -> None:
        body = {"message": "SignChargePointCertificate", "evse": None, "extended": True}
        assert await bench.wish("TriggerMessage", **body) == 200
        assert bench.calls("TriggerMessage", "csms") == []
        assert bench.calls("ExtendedTriggerMessage", "csms") == [
            {"requestedMessage": "SignChargePointCertificate"}
        ]

    run(Bench, test, errors_expected=True)


def test_a_list_has_what_is_known_of_its_tokens_and_a_version_that_grows() -> None:
    async def test(bench: Bench) -> None:
        full = {"update": "Full", "tokens": ["TAG001", "BLOCKED01"], "kind": "", "removed": []}
        taken = {"update": "Differential", "tokens": [], "kind": "", "removed": ["TAG001"]}
        assert await bench.wish("SendLocalList", **full) == 200
        assert await bench.wish("SendLocalList", **taken) == 200
        assert bench.calls("SendLocalList", "csms") == [
            {
                "listVersion": 1,
                "updateType": "Full",
                "localAuthorizationList": [
                    {"idTag": "TAG001", "idTagInfo": {"status": "Accepted", "parentIdTag": "G"}},
                    {"idTag": "BLOCKED01", "idTagInfo": {"status": "Blocked"}},
                ],
            },
            {
                "listVersion": 2,
                "updateType": "Differential",
                "localAuthorizationList": [{"idTag": "TAG001"}],
            },
        ]

    run(lambda: Bench(csms={"parents": "TAG001:G"}), test)


def test_a_profile_can_be_for_a_transaction() -> None:
    async def test(bench: Bench) -> None:
        wish = {
            "purpose": "TxProfile",
            "kind": "Relative",
            "stack_level": 0,
            "unit": "A",
            "limit": 6,
            "duration": 60,
        }
        body = {"evse": 1, "profile": wish, "transaction": "12"}
        assert await bench.wish("SetChargingProfile", **body) == 200
        (sent,) = bench.calls("SetChargingProfile", "csms")
        assert sent["csChargingProfiles"]["transactionId"] == 12

    run(Bench, test)


def test_a_certificate_is_deleted_by_the_hash_data_that_the_station_has_told() -> None:
    root = Authority("Root", "Lab", "ecdsa")
    serial = f"{root.certificate.serial_number:x}"
    known = {
        "hash_algorithm": "SHA256",
        "issuer_name_hash": "aa",
        "issuer_key_hash": "bb",
        "serial_number": serial,
    }

    async def test(bench: Bench) -> None:
        told = call_result.GetInstalledCertificateIds(
            status="Accepted",  # type: ignore[arg-type]
            certificate_hash_data=[{**known, "serial_number": "1"}, known],
        )
        bench.csms._learn(IDENTITY, None, told)
        body = {
            "kind": "ManufacturerRootCertificate",
            "certificate": pem(root.certificate).decode(),
        }
        assert await bench.wish("DeleteCertificate", **body) == 200
        (sent,) = bench.calls("DeleteCertificate", "csms")
        assert sent["certificateHashData"]["serialNumber"] == serial

    run(Bench, test, errors_expected=True)


def test_a_certificate_that_nobody_has_told_of_cannot_be_deleted() -> None:
    async def test(bench: Bench) -> None:
        root = pem(Authority("Root", "Lab", "ecdsa").certificate).decode()
        body = {"kind": "ManufacturerRootCertificate", "certificate": root}
        with pytest.raises(ValueError, match="has not told of a certificate"):
            await bench.wish("DeleteCertificate", **body)

    run(Bench, test)
