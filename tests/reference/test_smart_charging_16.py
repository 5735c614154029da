"""Charging profiles on the 1.6 charge point: what it installs, clears and reports."""

from __future__ import annotations

from typing import Any

import pytest
from ocpp.exceptions import PropertyConstraintViolationError

from tests.reference.bench_16 import PROFILE, Bench, default, limits, run


async def set_profile(bench: Bench, profile: dict[str, Any]) -> None:
    """Set a charging profile on connector 1."""
    answer = await bench.request("SetChargingProfile", connector_id=1, cs_charging_profiles=profile)
    assert answer.status == "Accepted"


def test_remote_start_takes_a_profile_for_the_transaction() -> None:
    async def test(bench: Bench) -> None:
        await bench.plug_in()
        await bench.request(
            "RemoteStartTransaction", id_tag="TAG001", connector_id=1, charging_profile=PROFILE
        )
        schedule = await bench.request("GetCompositeSchedule", connector_id=1, duration=400)
        assert limits(schedule) == [(0, 6.5), (299, 32.0)]
        await bench.plug_out()
        schedule = await bench.request("GetCompositeSchedule", connector_id=1, duration=400)
        assert limits(schedule) == [(0, 32.0)]

    run(Bench, test)


@pytest.mark.parametrize(
    "wrong", [{"transaction_id": 4}, {"charging_profile_purpose": "TxDefaultProfile"}]
)
def test_remote_start_refuses_a_profile_for_something_else(wrong: dict[str, Any]) -> None:
    async def test(bench: Bench) -> None:
        await bench.plug_in()
        answer = await bench.request(
            "RemoteStartTransaction",
            id_tag="TAG001",
            connector_id=1,
            charging_profile=PROFILE | wrong,
        )
        assert answer.status == "Rejected"

    run(Bench, test)


@pytest.mark.parametrize(
    ("connector", "wrong"),
    [
        (1, {"charging_profile_purpose": "TxProfile"}),  # no transaction
        (1, {"charging_profile_purpose": "ChargePointMaxProfile"}),
        (1, {"stack_level": 11}),
        (1, {"charging_profile_kind": "Recurring"}),
        (1, {"transaction_id": 1}),
        (1, {"charging_schedule": {"charging_rate_unit": "A", "charging_schedule_period": [
            {"start_period": 5, "limit": 6}]}}),
        (1, {"charging_schedule": {"charging_rate_unit": "W", "charging_schedule_period": [
            {"start_period": 0, "limit": 6}]}}),
    ],
)  # fmt: skip
def test_a_profile_that_cannot_be_carried_out_is_rejected(
    connector: int, wrong: dict[str, Any]
) -> None:
    async def test(bench: Bench) -> None:
        answer = await bench.request(
            "SetChargingProfile",
            connector_id=connector,
            cs_charging_profiles=default(**wrong),
        )
        assert answer.status == "Rejected"

    run(lambda: Bench({"rate_units": "A"}), test)


def test_a_profile_for_a_connector_that_is_not_there_is_an_error() -> None:
    """Erratum 3.39."""

    async def test(bench: Bench) -> None:
        with pytest.raises(PropertyConstraintViolationError):
            await bench.request(
                "SetChargingProfile", connector_id=9, cs_charging_profiles=default()
            )
        assert bench.answers("SetChargingProfile") == ["PropertyConstraintViolation"]

    run(Bench, test, errors_expected=True)


def test_a_profile_for_the_transaction_that_is_to_come_has_room_or_is_refused() -> None:
    async def test(bench: Bench) -> None:
        await set_profile(bench, default(charging_profile_id=4))
        answer = await bench.request(
            "RemoteStartTransaction", id_tag="TAG001", connector_id=1, charging_profile=PROFILE
        )
        assert answer.status == "Rejected"

    run(lambda: Bench({"max_profiles": "1"}), test)


def test_a_profile_of_the_transaction_replaces_that_of_the_remote_start() -> None:
    """Erratum 3.42: on the same stack level."""

    async def test(bench: Bench) -> None:
        await bench.plug_in()
        await bench.request(
            "RemoteStartTransaction", id_tag="TAG001", connector_id=1, charging_profile=PROFILE
        )
        lower = {"charging_rate_unit": "A", "charging_schedule_period": [
            {"start_period": 0, "limit": 6}]}  # fmt: skip
        await set_profile(
            bench,
            PROFILE | {"charging_profile_id": 6, "transaction_id": 1, "charging_schedule": lower},
        )
        schedule = await bench.request("GetCompositeSchedule", connector_id=1, duration=400)
        assert limits(schedule) == [(0, 6)]

    run(Bench, test)


def test_a_profile_for_another_transaction_is_rejected() -> None:
    async def test(bench: Bench) -> None:
        await bench.charge()
        for transaction, status in ((2, "Rejected"), (1, "Accepted")):
            answer = await bench.request(
                "SetChargingProfile",
                connector_id=1,
                cs_charging_profiles=PROFILE | {"transaction_id": transaction},
            )
            assert answer.status == status

    run(Bench, test)


def test_profiles_are_replaced_and_cleared() -> None:
    async def test(bench: Bench) -> None:
        async def clear(**fields: object) -> str:
            return str((await bench.request("ClearChargingProfile", **fields)).status)

        async def install(connector: int, **changes: object) -> None:
            await bench.request(
                "SetChargingProfile",
                connector_id=connector,
                cs_charging_profiles=default(**changes),
            )

        assert await clear() == "Unknown"
        await install(1)
        await install(1, charging_profile_id=6)  # the same purpose and level: replaced
        assert await clear(id=5) == "Unknown"
        assert await clear(stack_level=0, connector_id=2) == "Unknown"
        assert await clear(id=6) == "Accepted"
        await install(0, charging_profile_purpose="ChargePointMaxProfile")
        schedule = await bench.request("GetCompositeSchedule", connector_id=0, duration=400)
        assert limits(schedule) == [(0, 6.5), (300, 32.0)]
        assert await clear(charging_profile_purpose="ChargePointMaxProfile") == "Accepted"

    run(Bench, test)


def test_a_composite_schedule_of_what_is_not_there_is_rejected() -> None:
    async def test(bench: Bench) -> None:
        for connector, unit in ((9, "A"), (1, "W")):
            answer = await bench.request(
                "GetCompositeSchedule",
                connector_id=connector,
                duration=10,
                charging_rate_unit=unit,
            )
            assert answer.status == "Rejected"

    run(lambda: Bench({"rate_units": "A"}), test)
