"""Composite schedules, with the numbers of TC_066, TC_067 and TC_072 and beyond."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from conformance.reference.options_16 import StationOptions
from conformance.reference.profiles_16 import Profiles
from conformance.reference.schedules import Period, Profile, Supply, composite

NOW = datetime(2026, 3, 1, 12, 0, 0, 400_000, tzinfo=UTC)
X = 10  # seconds that have passed since the profiles were made
BEGIN = NOW - timedelta(seconds=X)


def profile(ident: int, purpose: str, *steps: tuple[int, float], **more: Any) -> Profile:  # noqa: ANN401 - fields
    fields: dict[str, Any] = {
        "evse": 1,
        "kind": "Absolute",
        "stack_level": 0,
        "unit": "A",
        "start": BEGIN,
    } | more
    periods = tuple(Period(start, limit, 3) for start, limit in steps)
    return Profile(ident=ident, purpose=purpose, periods=periods, **fields)


def until(seconds: float) -> dict[str, Any]:
    return {"valid_from": BEGIN, "valid_to": BEGIN + timedelta(seconds=seconds)}


def station(*profiles: Profile) -> Profiles:
    made = Profiles(StationOptions())
    for one in profiles:
        assert made.fits(one)
        assert made.install(one)
    return made


def limits(
    profiles: Profiles, duration: int = 400, connector: int = 1, unit: str = "A"
) -> list[tuple[int, float]]:
    periods = profiles.composite(connector, start=NOW, duration=duration, unit=unit, session=BEGIN)
    return [(p.start, p.limit) for p in periods]


MAXIMUM = profile(1, "ChargePointMaxProfile", (0, 10), evse=0, duration=86400)


def test_a_transaction_profile_overrules_the_default_and_the_maximum_holds() -> None:
    found = station(
        MAXIMUM,
        profile(2, "TxDefaultProfile", (0, 6), (60, 10), (120, 8), (180, 15), (260, 8),
                duration=300, **until(401)),
        profile(3, "TxProfile", (0, 8), (50, 11), (140, 16), (200, 6), (240, 12),
                duration=260, **until(401)),
    )  # fmt: skip
    assert limits(found) == [(0, 8), (50 - X, 10), (200 - X, 6), (240 - X, 10)]


def test_cleared_profiles_leave_what_is_below() -> None:
    found = station(
        profile(1, "TxDefaultProfile", (0, 6), (60, 8), (200, 10), duration=400, stack_level=1),
        profile(2, "TxDefaultProfile", (0, 7), (100, 9), duration=400, **until(401)),
        profile(3, "ChargePointMaxProfile", (0, 11), (200, 12), evse=0, duration=86400),
    )
    assert limits(found, 350) == [(0, 6), (60 - X, 8), (200 - X, 10)]
    assert found.clear(ident=1)
    assert limits(found, 350) == [(0, 7), (100 - X, 9)]
    assert found.clear(purpose="TxDefaultProfile", stack_level=0)
    assert limits(found, 350) == [(0, 11), (200 - X, 12)]
    assert found.clear()
    assert limits(found, 350) == [(0, 32)]


def test_the_end_of_a_schedule_falls_through_to_the_next_level() -> None:
    found = station(
        profile(1, "TxDefaultProfile", (0, 6), (100, 8), (200, 10), duration=400, **until(401)),
        profile(2, "TxDefaultProfile", (0, 7), (100, 9), duration=150, stack_level=1,
                **until(401)),
    )  # fmt: skip
    assert limits(found, 350) == [(0, 7), (100 - X, 9), (150 - X, 8), (200 - X, 10)]


def test_beyond_all_profiles_the_local_limit_holds() -> None:
    found = station(profile(1, "TxDefaultProfile", (0, 6), duration=100))
    assert limits(found) == [(0, 6), (100 - X, 32)]
    found.local_limit = 5
    assert limits(found) == [(0, 5)]


def test_validity_bounds_a_profile() -> None:
    late = {"valid_from": NOW + timedelta(seconds=30), "valid_to": NOW + timedelta(seconds=60)}
    assert limits(station(profile(1, "TxDefaultProfile", (0, 6), **late))) == [
        (0, 32), (30, 6), (60, 32)
    ]  # fmt: skip


def test_a_change_within_a_second_counts_from_the_next_one() -> None:
    half = {"valid_from": NOW + timedelta(seconds=29.5)}
    found = station(profile(1, "TxDefaultProfile", (0, 6), **half))
    assert limits(found) == [(0, 32), (30, 6)]


def test_a_relative_schedule_begins_with_the_transaction_or_now() -> None:
    relative = profile(1, "TxDefaultProfile", (0, 6), (100, 8), kind="Relative", start=None)
    found = station(relative)
    assert limits(found) == [(0, 6), (100 - X, 8)]
    periods = found.composite(1, start=NOW, duration=400, unit="A", session=None)
    assert [(p.start, p.limit) for p in periods] == [(0, 6), (100, 8)]


def test_a_daily_schedule_comes_back() -> None:
    noon = NOW.replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=3)
    daily = profile(
        1, "TxDefaultProfile", (0, 6), (3600, 8),
        kind="Recurring", cycle="Daily", start=noon, duration=7200,
    )  # fmt: skip
    assert limits(station(daily), 2 * 86400) == [
        (0, 6), (3600, 8), (7200, 32),
        (86400, 6), (90000, 8), (93600, 32),
    ]  # fmt: skip


def test_a_weekly_schedule_is_silent_before_it_starts() -> None:
    start = NOW + timedelta(seconds=50)
    weekly = profile(1, "TxDefaultProfile", (0, 6), kind="Recurring", cycle="Weekly", start=start)
    assert limits(station(weekly), 100) == [(0, 32), (50, 6)]


@pytest.mark.parametrize(("unit", "limit"), [("A", 10.0), ("W", 6900.0)])
def test_limits_are_given_in_the_unit_that_is_asked_for(unit: str, limit: float) -> None:
    watts = profile(1, "TxDefaultProfile", (0, 6900), unit="W")
    assert limits(station(watts), unit=unit) == [(0, limit)]


def test_the_phases_of_a_period_count_for_its_conversion() -> None:
    one = Profile(ident=1, evse=1, purpose="TxDefaultProfile", kind="Relative", stack_level=0,
                  unit="W", periods=(Period(0, 2300, 1),))  # fmt: skip
    periods = composite([[one]], Supply(), start=NOW, duration=10, unit="A")
    assert periods == (Period(0, 10.0, 1),)


def test_a_connectors_own_default_replaces_the_stations() -> None:
    everywhere = profile(1, "TxDefaultProfile", (0, 6), evse=0)
    own = profile(2, "TxDefaultProfile", (0, 9), evse=2)
    found = station(everywhere, own)
    assert limits(found, connector=1) == [(0, 6)]
    assert limits(found, connector=2) == [(0, 9)]


def test_the_whole_station_has_its_maximum_only() -> None:
    found = station(MAXIMUM, profile(2, "TxDefaultProfile", (0, 6)))
    assert limits(found, connector=0) == [(0, 10)]


def test_there_is_room_for_so_many_profiles_only() -> None:
    found = Profiles(StationOptions())
    installed = [
        found.install(profile(number, "TxDefaultProfile", (0, 6), stack_level=number))
        for number in range(21)
    ]
    assert installed == [True] * 20 + [False]
