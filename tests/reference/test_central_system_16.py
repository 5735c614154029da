"""What the 1.6 central system sends for its operator."""

from __future__ import annotations

from typing import Any

import pytest

from tests.reference.bench_16 import IDENTITY, Bench, run

WISH: dict[str, Any] = {
    "purpose": "TxDefaultProfile",
    "kind": "Absolute",
    "stack_level": 2,
    "unit": "W",
    "limit": 6000.0,
    "duration": 300,
    "number_phases": 1,
    "profile_id": 8,
    "valid": True,
}


def test_remote_start_and_stop() -> None:
    async def test(bench: Bench) -> None:
        await bench.plug_in()
        body = {"token": "TAG002", "kind": "ISO14443", "evse": 1, "profile": None}
        assert await bench.wish("RemoteStartTransaction", **body) == 200
        assert bench.calls("RemoteStartTransaction", "csms") == [
            {"idTag": "TAG002", "connectorId": 1}
        ]
        assert bench.answers("StartTransaction", "csms")[0]["transactionId"] == 1
        assert await bench.wish("RemoteStopTransaction", transaction="1") == 200
        assert bench.calls("RemoteStopTransaction", "csms") == [{"transactionId": 1}]

    run(Bench, test)


def test_a_profile_says_what_was_wished() -> None:
    async def test(bench: Bench) -> None:
        assert await bench.wish("SetChargingProfile", evse=1, profile=WISH) == 200
        request = bench.calls("SetChargingProfile", "csms")[0]
        profile = request["csChargingProfiles"]
        schedule = profile["chargingSchedule"]
        assert request["connectorId"] == 1
        assert profile["stackLevel"] == 2
        assert profile["chargingProfileId"] == 8
        assert profile["chargingProfilePurpose"] == "TxDefaultProfile"
        assert profile["chargingProfileKind"] == "Absolute"
        assert profile["validFrom"] == schedule["startSchedule"] == "2026-03-01T12:00:01.000Z"
        assert profile["validTo"] == "2026-03-01T12:05:01.000Z"
        assert schedule["duration"] == 300
        assert schedule["chargingRateUnit"] == "W"
        assert schedule["chargingSchedulePeriod"] == [
            {"startPeriod": 0, "limit": 6000.0, "numberPhases": 1}
        ]
        assert bench.answers("SetChargingProfile") == [{"status": "Accepted"}]

    run(Bench, test)


def test_a_relative_profile_has_no_start() -> None:
    async def test(bench: Bench) -> None:
        wish = WISH | {"kind": "Relative", "valid": False, "purpose": "TxProfile"}
        body = {"token": "TAG001", "evse": 1, "profile": wish}
        assert await bench.wish("RemoteStartTransaction", **body) == 200
        profile = bench.calls("RemoteStartTransaction", "csms")[0]["chargingProfile"]
        assert not profile.keys() & {"validFrom", "validTo", "transactionId"}
        assert "startSchedule" not in profile["chargingSchedule"]

    run(Bench, test)


def test_get_composite_schedule() -> None:
    async def test(bench: Bench) -> None:
        assert await bench.wish("GetCompositeSchedule", evse=1, duration=300, unit="W") == 200
        assert bench.calls("GetCompositeSchedule", "csms") == [
            {"connectorId": 1, "duration": 300, "chargingRateUnit": "W"}
        ]

    run(Bench, test)


def test_a_firmware_update_has_only_the_fields_that_were_wished_for() -> None:
    async def test(bench: Bench) -> None:
        wish = {"location": "ftp://127.0.0.1/f.bin", "retrieve_date": "2026-03-01T12:00:00Z"}
        assert await bench.wish("UpdateFirmware", **wish, retries=None) == 200
        assert await bench.wish("UpdateFirmware", **wish, retries=0, retry_interval=5) == 200
        sent = {"location": "ftp://127.0.0.1/f.bin", "retrieveDate": "2026-03-01T12:00:00Z"}
        assert bench.calls("UpdateFirmware", "csms") == [
            sent,
            {**sent, "retries": 0, "retryInterval": 5},
        ]

    run(Bench, test, errors_expected=True)


def test_diagnostics_are_asked_for_with_the_fields_that_were_wished_for() -> None:
    async def test(bench: Bench) -> None:
        wish = {"location": "http://127.0.0.1/logs", "retries": 0, "stop_time": None}
        assert await bench.wish("GetDiagnostics", **wish) == 200
        sent = {"location": "http://127.0.0.1/logs", "retries": 0}
        assert bench.calls("GetDiagnostics", "csms") == [sent]

    run(Bench, test, errors_expected=True)


@pytest.mark.parametrize(
    ("version", "station", "action", "status"),
    [
        ("1.6", IDENTITY, "RemoteStopTransaction", 200),
        ("1.6", "CP99", "RemoteStopTransaction", 409),
        ("1.6", IDENTITY, "Dance", 404),
        ("2.0.1", IDENTITY, "RemoteStopTransaction", 404),
    ],
)
def test_what_cannot_be_sent_is_said(version: str, station: str, action: str, status: int) -> None:
    async def test(bench: Bench) -> None:
        assert await bench.csms.ask(version, station, action, {"transaction": "1"}) == status

    run(Bench, test)


def test_each_transaction_has_its_own_id_and_is_forgotten_at_its_end() -> None:
    async def test(bench: Bench) -> None:
        await bench.charge(1)
        await bench.charge(2)
        assert bench.csms._running == {1: "TAG001", 2: "TAG001"}
        await bench.plug_out(1)
        assert bench.csms._running == {2: "TAG001"}

    run(Bench, test)


def test_a_station_that_has_left_is_not_connected() -> None:
    async def test(bench: Bench) -> None:
        bench.reachable = False
        await bench.cut()
        assert await bench.csms.ask("1.6", IDENTITY, "GetCompositeSchedule",
                                    {"evse": 1, "duration": 1}) == 409  # fmt: skip

    run(Bench, test)
