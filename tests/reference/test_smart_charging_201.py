"""Charging profiles on the 2.0.1 station."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.reference.bench_201 import Bench, run, settle


def profile(identity: int = 1, limit: float = 6.0, **more: object) -> dict[str, Any]:
    schedule = {
        "id": 1,
        "start_schedule": "2026-03-01T12:00:00Z",
        "duration": 300,
        "charging_rate_unit": "A",
        "charging_schedule_period": [
            {"start_period": 0, "limit": limit, "number_phases": 3},
        ],
    }
    return {
        "id": identity,
        "stack_level": 1,
        "charging_profile_purpose": "TxDefaultProfile",
        "charging_profile_kind": "Absolute",
        "charging_schedule": [schedule],
    } | more


def with_schedule(**more: object) -> dict[str, Any]:
    made = profile()
    made["charging_schedule"][0] |= more
    return {k: v for k, v in made.items() if v is not None}


async def install(bench: Bench, evse: int, made: dict[str, Any]) -> str:
    cleaned = copy.deepcopy(made)
    for schedule in cleaned["charging_schedule"]:
        for key in [k for k, v in schedule.items() if v is None]:
            del schedule[key]
    response = await bench.request("SetChargingProfile", evse_id=evse, charging_profile=cleaned)
    if response.status == "Rejected":
        return str(response.status_info["reason_code"])
    return str(response.status)


async def limits(
    bench: Bench, evse: int, unit: str = "A", duration: int = 600
) -> list[tuple[int, float]]:
    response = await bench.request(
        "GetCompositeSchedule", duration=duration, evse_id=evse, charging_rate_unit=unit
    )
    assert response.status == "Accepted"
    periods = response.schedule["charging_schedule_period"]
    return [(p["start_period"], p["limit"]) for p in periods]


def test_what_was_set_is_reported_as_it_was() -> None:
    async def test(bench: Bench) -> None:
        assert await install(bench, 1, profile(7)) == "Accepted"
        criteria = {"charging_profile_id": [7]}
        answer = await bench.request("GetChargingProfiles", request_id=5, charging_profile=criteria)
        assert answer.status == "Accepted"
        report = bench.calls("station", "ReportChargingProfiles")[0]
        sent = bench.calls("csms", "SetChargingProfile")[0]["chargingProfile"]
        assert (report["requestId"], report["evseId"]) == (5, 1)
        assert report["chargingProfile"] == [sent]
        assert "tbc" not in report

    run(Bench, test)


@pytest.mark.parametrize(
    ("fault", "identity", "limit"),
    [("changes-profile-limit", 5, 7.0), ("other-request-id-in-report", 6, 6.0)],
)
def test_faults_of_a_report(fault: str, identity: int, limit: float) -> None:
    async def test(bench: Bench) -> None:
        await install(bench, 1, profile())
        await bench.request("GetChargingProfiles", request_id=5, charging_profile={})
        report = bench.calls("station", "ReportChargingProfiles")[0]
        assert report["requestId"] == identity
        schedule = report["chargingProfile"][0]["chargingSchedule"][0]
        assert schedule["chargingSchedulePeriod"][0]["limit"] == limit

    run(lambda: Bench(station_faults=[fault]), test)


def test_pages_and_criteria() -> None:
    async def test(bench: Bench) -> None:
        for level in (1, 2, 3):
            assert await install(bench, 1, profile(level, stack_level=level)) == "Accepted"
        assert await install(bench, 2, profile(4)) == "Accepted"
        await bench.request("GetChargingProfiles", request_id=5, charging_profile={})
        reports = bench.calls("station", "ReportChargingProfiles")
        assert [(r["evseId"], len(r["chargingProfile"])) for r in reports] == [
            (1, 2),
            (1, 1),
            (2, 1),
        ]
        assert [r.get("tbc", False) for r in reports] == [True, True, False]
        bench.forget()
        criteria = {"stack_level": 1, "charging_profile_purpose": "TxDefaultProfile"}
        await bench.request(
            "GetChargingProfiles", request_id=6, evse_id=2, charging_profile=criteria
        )
        reports = bench.calls("station", "ReportChargingProfiles")
        assert [p["id"] for r in reports for p in r["chargingProfile"]] == [4]
        none = await bench.request(
            "GetChargingProfiles", request_id=7, evse_id=0, charging_profile=criteria
        )
        assert none.status == "NoProfiles"

    run(lambda: Bench({"report_pages": "2"}), test)


PERIODS = [{"start_period": 5, "limit": 6.0}]
BACKWARDS = [{"start_period": 0, "limit": 6.0}, {"start_period": 0, "limit": 7.0}]
PHASE = [{"start_period": 0, "limit": 6.0, "number_phases": 3, "phase_to_use": 1}]


@pytest.mark.parametrize(
    ("evse", "made", "reason"),
    [
        (9, profile(), "UnknownEvse"),
        (
            1,
            profile(charging_profile_purpose="ChargingStationExternalConstraints"),
            "InvalidProfile",
        ),
        (1, profile(charging_profile_purpose="ChargingStationMaxProfile"), "InvalidProfile"),
        (0, profile(charging_profile_purpose="ChargingStationMaxProfile"), "Accepted"),
        (1, profile(charging_profile_purpose="TxProfile", transaction_id="T"), "TxNotFound"),
        (1, profile(stack_level=11), "InvalidStackLevel"),
        (1, profile(charging_profile_kind="Recurring"), "InvalidProfile"),
        (1, profile(charging_profile_kind="Recurring", recurrency_kind="Daily"), "Accepted"),
        (1, profile(charging_profile_kind="Relative"), "InvalidSchedule"),
        (1, with_schedule(start_schedule=None), "InvalidSchedule"),
        (1, with_schedule(charging_rate_unit="W"), "UnsupportedRateUnit"),
        (1, with_schedule(charging_schedule_period=PERIODS), "InvalidSchedule"),
        (1, with_schedule(charging_schedule_period=BACKWARDS), "InvalidSchedule"),
        (1, with_schedule(charging_schedule_period=PHASE), "InvalidSchedule"),
    ],
)
def test_what_is_accepted(evse: int, made: dict[str, Any], reason: str) -> None:
    async def test(bench: Bench) -> None:
        assert await install(bench, evse, made) == reason

    run(lambda: Bench({"rate_units": "A"}), test)


def test_duplicates_and_replacement() -> None:
    async def test(bench: Bench) -> None:
        assert await install(bench, 1, profile(1)) == "Accepted"
        assert await install(bench, 1, profile(2)) == "DuplicateProfile"
        assert await install(bench, 0, profile(2)) == "DuplicateProfile"
        assert await install(bench, 2, profile(2)) == "Accepted"
        assert await install(bench, 1, profile(1, limit=9.0)) == "Accepted"
        assert (await limits(bench, 1))[0] == (0, 9.0)

    run(Bench, test)


def test_the_composite_schedule() -> None:
    async def test(bench: Bench) -> None:
        assert await limits(bench, 1) == [(0, 32.0)]
        assert await install(bench, 1, profile()) == "Accepted"
        low, free = await limits(bench, 1)
        assert low == (0, 6.0)
        assert free[1] == 32.0
        assert 290 <= free[0] < 300
        assert await limits(bench, 2) == [(0, 32.0)]
        assert (await limits(bench, 0))[0] == (0, 38.0)
        assert (await limits(bench, 1, "W"))[0] == (0, 6.0 * 230 * 3)
        most = profile(2, limit=10.0, charging_profile_purpose="ChargingStationMaxProfile")
        assert await install(bench, 0, most) == "Accepted"
        assert (await limits(bench, 0))[0] == (0, 10.0)
        assert (await limits(bench, 1))[0] == (0, 6.0)
        assert (await limits(bench, 2))[0] == (0, 10.0)

    run(Bench, test)


def test_composite_schedules_that_cannot_be() -> None:
    async def test(bench: Bench) -> None:
        for evse, unit in ((9, "A"), (1, "W")):
            answer = await bench.request(
                "GetCompositeSchedule", duration=60, evse_id=evse, charging_rate_unit=unit
            )
            assert answer.status == "Rejected"

    run(lambda: Bench({"rate_units": "A"}), test)


def test_clear() -> None:
    async def test(bench: Bench) -> None:
        async def clear(**more: object) -> str:
            return str((await bench.request("ClearChargingProfile", **more)).status)

        await install(bench, 1, profile(1))
        await install(bench, 2, profile(2))
        assert await clear(charging_profile_id=9) == "Unknown"
        assert await clear(charging_profile_id=1) == "Accepted"
        assert await clear(charging_profile_criteria={"evse_id": 1}) == "Unknown"
        assert await clear(charging_profile_criteria={"evse_id": 2}) == "Accepted"
        none = await bench.request("GetChargingProfiles", request_id=5, charging_profile={})
        assert none.status == "NoProfiles"

    run(Bench, test)


def relative(limit: float = 6.0, **more: object) -> dict[str, Any]:
    made = profile(1, limit, charging_profile_purpose="TxProfile", charging_profile_kind="Relative")
    del made["charging_schedule"][0]["start_schedule"]
    return made | more


@pytest.mark.parametrize("plugged", [True, False])
def test_a_profile_with_a_remote_start_holds_for_its_transaction(plugged: bool) -> None:
    async def test(bench: Bench) -> None:
        if plugged:
            await bench.plug_in()
        answer = await bench.request(
            "RequestStartTransaction",
            id_token={"id_token": "TAG001", "type": "ISO14443"},
            remote_start_id=3,
            evse_id=1,
            charging_profile=relative(),
        )
        assert answer.status == "Accepted"
        if not plugged:
            await bench.plug_in()
        await bench.request(
            "GetChargingProfiles", request_id=5, charging_profile={"charging_profile_id": [1]}
        )
        report = bench.calls("station", "ReportChargingProfiles")[0]["chargingProfile"][0]
        event = bench.calls("station", "TransactionEvent")[0]
        assert report["transactionId"] == event["transactionInfo"]["transactionId"]
        assert (await limits(bench, 1))[0] == (0, 6.0)
        await settle(310)
        assert await limits(bench, 1) == [(0, 32.0)]
        await bench.plug_out()
        none = await bench.request("GetChargingProfiles", request_id=5, charging_profile={})
        assert none.status == "NoProfiles"

    run(lambda: Bench({"tx_start": "EVConnected"}), test)


@pytest.mark.parametrize(
    "made",
    [profile(), relative(transaction_id="T"), relative(stack_level=99)],
)
def test_profiles_that_cannot_come_with_a_remote_start(made: dict[str, Any]) -> None:
    async def test(bench: Bench) -> None:
        answer = await bench.request(
            "RequestStartTransaction",
            id_token={"id_token": "TAG001", "type": "ISO14443"},
            remote_start_id=3,
            evse_id=1,
            charging_profile=made,
        )
        assert answer.status == "Rejected"
        assert "TransactionEvent" not in bench.actions()

    run(Bench, test)


def test_the_limit_counts_for_the_energy() -> None:
    async def test(bench: Bench) -> None:
        made = with_schedule(duration=None, start_schedule="2026-03-01T12:00:00Z")
        assert await install(bench, 1, made) == "Accepted"
        await bench.plug_in()
        await bench.present()
        await settle(3600)
        await bench.present()
        await bench.plug_out()
        values = bench.calls("station", "TransactionEvent")[-1]["meterValue"][0]["sampledValue"]
        assert values[0]["value"] == pytest.approx(6 * 230 * 3, rel=0.01)

    run(Bench, test)


def test_a_limit_that_ends_on_the_way_counts_until_then() -> None:
    async def test(bench: Bench) -> None:
        assert await install(bench, 1, with_schedule(duration=1800)) == "Accepted"
        await bench.plug_in()
        await bench.present()
        await settle(3597)
        await bench.plug_out()
        values = bench.calls("station", "TransactionEvent")[-1]["meterValue"][0]["sampledValue"]
        expected = (6 * 230 * 3 + 32 * 230 * 3) / 2
        assert values[0]["value"] == pytest.approx(expected, rel=0.01)

    run(Bench, test)
