"""The options of the 1.6 charge point that are about reservations and charging profiles show."""

from __future__ import annotations

from tests.reference.bench_16 import Bench, default, reserve
from tests.reference.registry_16 import station, value_of


@station("reserve_zero", "false")
async def no_reservation_of_any_connector(bench: Bench) -> None:
    assert await value_of(bench, "ReserveConnectorZeroSupported") == "false"
    assert await reserve(bench, connector_id=0) == "Rejected"


@station("trusts_reservations", "true")
async def a_reserved_token_is_not_authorized(bench: Bench) -> None:
    await reserve(bench)
    bench.forget()
    await bench.present()
    assert bench.actions() == ["Preparing(1)"]
    await bench.plug_in()
    assert bench.actions()[1:] == ["StartTransaction", "Charging(1)"]


@station("asks_for_others", "false")
async def a_token_that_cannot_fit_is_not_authorized(bench: Bench) -> None:
    await reserve(bench)
    bench.forget()
    await bench.present("TAG002")
    assert bench.actions() == []
    await reserve(bench, parent_id_tag="G1")
    await bench.present("TAG002")
    assert bench.actions() == ["Authorize"]


async def installed(bench: Bench, **changes: object) -> str:
    """Set a default profile; return the status."""
    answer = await bench.request(
        "SetChargingProfile", connector_id=1, cs_charging_profiles=default(**changes)
    )
    return str(answer.status)


@station("max_stack_level", "1")
async def two_stack_levels(bench: Bench) -> None:
    assert await value_of(bench, "ChargeProfileMaxStackLevel") == "1"
    assert await installed(bench, stack_level=1) == "Accepted"
    assert await installed(bench, stack_level=2) == "Rejected"


@station("max_periods", "2")
async def two_periods(bench: Bench) -> None:
    assert await value_of(bench, "ChargingScheduleMaxPeriods") == "2"
    for count, status in ((2, "Accepted"), (3, "Rejected")):
        periods = [{"start_period": 10 * n, "limit": 6} for n in range(count)]
        schedule = {"charging_rate_unit": "A", "charging_schedule_period": periods}
        assert await installed(bench, charging_schedule=schedule) == status


@station("max_profiles", "2")
async def two_profiles(bench: Bench) -> None:
    assert await value_of(bench, "MaxChargingProfilesInstalled") == "2"
    statuses = [
        await installed(bench, charging_profile_id=level, stack_level=level) for level in range(3)
    ]
    assert statuses == ["Accepted", "Accepted", "Rejected"]
    assert await installed(bench, charging_profile_id=1, stack_level=3) == "Accepted"
