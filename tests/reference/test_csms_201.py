"""The 2.0.1 CSMS: what it answers, and what it sends when its operator wishes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.reference.bench_201 import BEGIN, IDENTITY, Bench, run, settle

PROFILE: dict[str, Any] = {
    "purpose": "TxDefaultProfile",
    "kind": "Absolute",
    "stack_level": 1,
    "unit": "A",
    "limit": 6.0,
    "duration": 300,
    "number_phases": 3,
    "profile_id": 42,
    "valid": True,
}


@pytest.mark.parametrize(
    ("token", "options", "fault", "status"),
    [
        ("TAG001", {}, "", "Accepted"),
        ("tag001", {}, "", "Accepted"),
        ("NOBODY", {}, "", "Invalid"),
        ("NOBODY", {"invalid_answer": "Unknown"}, "", "Unknown"),
        ("NOBODY", {}, "accepts-invalid-token", "Accepted"),
        ("BLOCKED01", {}, "", "Blocked"),
        ("BLOCKED01", {"blocked_answer": "Invalid"}, "", "Invalid"),
        ("BLOCKED01", {}, "blocked-is-accepted", "Accepted"),
        ("EXPIRED01", {}, "", "Expired"),
        ("EXPIRED01", {"expired_answer": "Invalid"}, "", "Invalid"),
        ("EXPIRED01", {}, "expired-is-accepted", "Accepted"),
        ("CARD", {"valid": "CARD,OTHER"}, "", "Accepted"),
    ],
)
def test_authorize(token: str, options: dict[str, str], fault: str, status: str) -> None:
    async def test(bench: Bench) -> None:
        await bench.present(token)
        answers = bench.answers("csms", "Authorize")
        assert [a["idTokenInfo"]["status"] for a in answers] == [status]

    run(lambda: Bench(csms=options, csms_faults=[fault] if fault else []), test)


@pytest.mark.parametrize("fault", ["", "no-id-token-info"])
def test_an_event_with_a_token_gets_its_status(fault: str) -> None:
    async def test(bench: Bench) -> None:
        await bench.plug_in()
        await bench.present()
        answers = bench.answers("csms", "TransactionEvent")
        assert [a.get("idTokenInfo", {}).get("status") for a in answers] == [
            None,
            None if fault else "Accepted",
            None,
        ]

    run(lambda: Bench(csms_faults=[fault] if fault else []), test)


def test_the_boot_is_answered_with_time_and_interval() -> None:
    async def test(bench: Bench) -> None:
        answer = bench.answers("csms", "BootNotification")[0]
        assert answer == {
            "currentTime": BEGIN.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "interval": 77,
            "status": "Accepted",
        }

    run(lambda: Bench(csms={"interval": "77"}), test)


@pytest.mark.parametrize("fault", ["", "profile-with-transaction-id", "wrong-evse"])
def test_a_remote_start_with_a_profile(fault: str) -> None:
    async def test(bench: Bench) -> None:
        profile = PROFILE | {"purpose": "TxProfile", "kind": "Relative", "valid": False}
        body = {"token": "TAG001", "kind": "ISO14443", "evse": 1, "profile": profile}
        assert await bench.wish("RequestStartTransaction", **body) == 202
        sent = bench.calls("csms", "RequestStartTransaction")[0]
        assert sent["idToken"] == {"idToken": "TAG001", "type": "ISO14443"}
        assert sent["evseId"] == (2 if fault == "wrong-evse" else 1)
        made = sent["chargingProfile"]
        assert (made["chargingProfilePurpose"], made["chargingProfileKind"]) == (
            "TxProfile",
            "Relative",
        )
        assert ("transactionId" in made) == (fault == "profile-with-transaction-id")
        assert "startSchedule" not in made["chargingSchedule"][0]

    run(lambda: Bench(csms_faults=[fault] if fault else []), test)


def test_a_charging_profile() -> None:
    async def test(bench: Bench) -> None:
        assert await bench.wish("SetChargingProfile", evse=1, profile=PROFILE) == 202
        sent = bench.calls("csms", "SetChargingProfile")[0]
        made = sent["chargingProfile"]
        schedule = made.pop("chargingSchedule")[0]
        assert sent["evseId"] == 1
        assert made == {
            "id": 42,
            "stackLevel": 1,
            "chargingProfilePurpose": "TxDefaultProfile",
            "chargingProfileKind": "Absolute",
            "validFrom": "2026-03-01T12:00:01.000Z",
            "validTo": "2026-03-01T12:05:01.000Z",
        }
        assert schedule["startSchedule"] == "2026-03-01T12:00:01.000Z"
        assert (schedule["duration"], schedule["chargingRateUnit"]) == (300, "A")
        assert schedule["chargingSchedulePeriod"] == [
            {"startPeriod": 0, "limit": 6.0, "numberPhases": 3}
        ]

    run(Bench, test)


@pytest.mark.parametrize(("phases", "given"), [(3, {}), (1, {"numberPhases": 1})])
def test_three_phases_may_be_left_out(phases: int, given: dict[str, int]) -> None:
    async def test(bench: Bench) -> None:
        profile = PROFILE | {"number_phases": phases}
        await bench.wish("SetChargingProfile", evse=1, profile=profile)
        made = bench.calls("csms", "SetChargingProfile")[0]["chargingProfile"]
        period = made["chargingSchedule"][0]["chargingSchedulePeriod"][0]
        assert period == {"startPeriod": 0, "limit": 6.0} | given

    run(lambda: Bench(csms={"omit_three_phases": "true"}), test)


def test_a_profile_of_a_transaction_names_it() -> None:
    async def test(bench: Bench) -> None:
        profile = PROFILE | {"purpose": "TxProfile", "kind": "Relative", "valid": False}
        assert await bench.wish("SetChargingProfile", evse=1, profile=profile) == 400
        await bench.plug_in()
        await bench.present()
        identity = bench.calls("station", "TransactionEvent")[0]["transactionInfo"]["transactionId"]
        assert await bench.wish("SetChargingProfile", evse=1, profile=profile) == 202
        made = bench.calls("csms", "SetChargingProfile")[0]["chargingProfile"]
        assert made["transactionId"] == identity
        assert bench.answers("station", "SetChargingProfile") == [{"status": "Accepted"}]

    run(Bench, test)


@pytest.mark.parametrize(
    ("fault", "name"), [("", "OfflineThreshold"), ("wrong-variable", "HeartbeatInterval")]
)
def test_a_variable(fault: str, name: str) -> None:
    async def test(bench: Bench) -> None:
        body = {"component": "OCPPCommCtrlr", "variable": "OfflineThreshold"}
        assert await bench.wish("GetVariables", **body) == 202
        data = bench.calls("csms", "GetVariables")[0]["getVariableData"][0]
        assert data == {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": name}}

    run(lambda: Bench(csms_faults=[fault] if fault else []), test)


def test_never_sends() -> None:
    async def test(bench: Bench) -> None:
        assert await bench.wish("GetCompositeSchedule", evse=1, duration=300, unit="A") == 202
        assert bench.actions("csms") == []

    run(lambda: Bench(csms_faults=["never-sends"]), test)


def test_wishes_that_cannot_be() -> None:
    async def test(bench: Bench) -> None:
        async def ask(version: str, station: str, action: str) -> int:
            return await bench.csms.ask(version, station, action, {})

        assert await ask("1.6", IDENTITY, "GetVariables") == 404
        assert await ask("2.0.1", "nobody", "GetVariables") == 409
        assert await ask("2.0.1", IDENTITY, "Dance") == 404
        assert await ask("2.0.1", IDENTITY, "Reset") == 501
        assert await ask("2.0.1", IDENTITY, "GetVariables") == 400
        bench.reachable = False
        await bench.cut()
        assert await ask("2.0.1", IDENTITY, "GetVariables") == 409

    run(Bench, test)


def test_requests_follow_the_acceptance_at_once() -> None:
    async def test(bench: Bench) -> None:
        assert bench.actions("csms") == ["GetBaseReport", "SetVariables"]
        first_call = next(
            i for i, (_, s, f) in enumerate(bench.frames) if s == "csms" and f[0] == 2
        )
        assert first_call <= 3

    run(lambda: Bench(csms={"after_boot": "GetBaseReport,SetVariables"}), test)


def test_a_second_station_has_its_own_state() -> None:
    async def test(bench: Bench) -> None:
        other = Bench()
        other.csms = bench.csms
        other.station._dial = _dial_as(other, "CS02")
        task = asyncio.get_running_loop().create_task(other.station.run())
        await settle()
        assert set(bench.csms._stations) == {IDENTITY, "CS02"}
        body = {"component": "OCPPCommCtrlr", "variable": "OfflineThreshold"}
        assert await bench.csms.ask("2.0.1", "CS02", "GetVariables", body) == 202
        await settle()
        assert other.actions("csms") == ["GetVariables"]
        assert bench.actions("csms") == []
        task.cancel()
        await asyncio.gather(task, *other._served, return_exceptions=True)

    run(Bench, test)


def _dial_as(bench: Bench, identity: str) -> Any:  # noqa: ANN401
    async def dial() -> Any:  # noqa: ANN401
        return await bench._dial(identity)

    return dial
