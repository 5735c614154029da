"""The calculator of composite schedules, on examples worked by hand from the specifications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from conformance.composite import (
    DefaultReturns,
    Plan,
    Stretch,
    Supply,
    Unit,
    compose,
    lowest,
    over,
    plan,
    without,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)  # a Sunday


def second(at: float) -> datetime:
    """Return the moment so many seconds after noon."""
    return NOON + timedelta(seconds=at)


def profile(
    purpose: str,
    *periods: tuple[int, float],
    level: int = 0,
    place: int = 1,
    at: datetime | None = NOON,
    phases: int | None = 3,
    unit: Unit = "A",
    **schedule: object,
) -> Plan:
    """Read a 1.6 profile, as it comes over the wire, that begins at `at`."""
    kinds: dict[str, Any] = {
        k: schedule.pop(k) for k in ("recurrencyKind", "validFrom", "validTo") if k in schedule
    }
    kind = "Relative" if at is None else "Recurring" if "recurrencyKind" in kinds else "Absolute"
    start = {} if at is None else {"startSchedule": at.isoformat()}
    count = {} if phases is None else {"numberPhases": phases}
    listed = [{"startPeriod": at, "limit": limit, **count} for at, limit in periods]
    return plan(
        place,
        {
            "chargingProfileId": 1,
            "stackLevel": level,
            "chargingProfilePurpose": purpose,
            "chargingProfileKind": kind,
            "chargingSchedule": {
                "chargingRateUnit": unit,
                "chargingSchedulePeriod": listed,
                **start,
                **schedule,
            },
            **kinds,
        },
    )


def seconds(
    *plans: Plan,
    until: float = 400,
    place: int = 1,
    unit: Unit = "A",
    begin: float = 0,
    started: float | None = None,
    returns: DefaultReturns = "expired",
    supply: Supply | None = None,
) -> list[tuple[float, float, float]]:
    """Return the (begin, end, limit) that the plans amount to, in seconds from noon."""
    line = compose(
        plans,
        place,
        begin=second(begin),
        end=second(until),
        unit=unit,
        supply=supply,
        started=None if started is None else second(started),
        default_returns=returns,
    )
    return [
        ((s.begin - NOON).total_seconds(), (s.end - NOON).total_seconds(), s.limit) for s in line
    ]


MAXIMUM = profile("ChargePointMaxProfile", (0, 10), place=0, duration=86400)
DEFAULT = profile("TxDefaultProfile", (0, 6), (60, 10), (120, 8), (180, 15), (260, 8), duration=300)
TRANSACTION = profile("TxProfile", (0, 8), (50, 11), (140, 16), (200, 6), (240, 12), duration=260)


def test_three_purposes_as_in_tc_066() -> None:
    overruled = [(0, 50, 8), (50, 200, 10), (200, 240, 6), (240, 400, 10)]
    assert seconds(MAXIMUM, DEFAULT, TRANSACTION) == overruled
    assert seconds(MAXIMUM, DEFAULT, TRANSACTION, returns="never") == overruled
    assert seconds(MAXIMUM, DEFAULT, TRANSACTION, returns="silent") == [
        (0, 50, 8), (50, 200, 10), (200, 240, 6), (240, 260, 10), (260, 300, 8), (300, 400, 10)
    ]  # fmt: skip


def test_stacked_defaults_as_in_tc_067_and_tc_072() -> None:
    first = profile("TxDefaultProfile", (0, 6), (60, 8), (200, 10), level=1, duration=400)
    below = profile("TxDefaultProfile", (0, 7), (100, 9), duration=400)
    maximum = profile("ChargePointMaxProfile", (0, 11), (200, 12), place=0, duration=86400)
    assert seconds(first, below, maximum) == [(0, 60, 6), (60, 200, 8), (200, 400, 10)]
    assert seconds(below, maximum) == [(0, 100, 7), (100, 400, 9)]
    assert seconds(maximum) == [(0, 200, 11), (200, 400, 12)]

    low = profile("TxDefaultProfile", (0, 6), (100, 8), (200, 10), duration=400)
    high = profile("TxDefaultProfile", (0, 7), (100, 9), level=1, duration=150)
    assert seconds(low, high) == [(0, 100, 7), (100, 150, 9), (150, 200, 8), (200, 400, 10)]


def test_a_transaction_profile_that_has_expired() -> None:
    """1.6 lets it overrule while it is installed, 2.0.1 while it is valid."""
    expires = profile("TxProfile", (0, 8), validTo=second(100).isoformat())
    default = profile("TxDefaultProfile", (0, 6))
    assert seconds(default, expires, returns="never") == [(0, 100, 8)]
    assert seconds(default, expires) == [(0, 100, 8), (100, 400, 6)]
    short = profile("TxProfile", (0, 8), duration=50, validTo=second(100).isoformat())
    assert seconds(default, short) == [(0, 50, 8), (100, 400, 6)]
    assert seconds(default, short, returns="silent") == [(0, 50, 8), (50, 400, 6)]


def test_the_daily_example_of_the_specification() -> None:
    """OCPP 1.6, 3.13.7: 6 kW between 08:00h and 20:00h, 11 kW at other times."""
    midnight = datetime(2013, 1, 1, tzinfo=UTC)
    daily = profile(
        "TxDefaultProfile", (0, 11000), (28800, 6000), (72000, 11000),
        at=midnight, unit="W", duration=86400, recurrencyKind="Daily",
    )  # fmt: skip
    hours = [(b / 3600, e / 3600, w) for b, e, w in seconds(daily, until=86400, unit="W")]
    assert hours == [(0, 8, 6000), (8, 20, 11000), (20, 24, 6000)]


def test_sundays_and_christmas_of_the_specification() -> None:
    """OCPP 2.0.1, K 3.6.1: 2 kW from 17:00h to 20:00h, but for Sundays and Christmas Day."""

    def at(*when: int) -> datetime:
        return datetime(*when, tzinfo=UTC)  # type: ignore[arg-type, misc]

    def stacked(level: int, start: str, lasts: int, limit: float, **fields: object) -> Plan:
        schedule = {
            "id": 1,
            "startSchedule": start,
            "duration": lasts,
            "chargingRateUnit": "W",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}],
        }
        return plan(0, {
            "id": level, "stackLevel": level, "chargingProfilePurpose": "TxDefaultProfile",
            "chargingSchedule": [schedule], **fields,
        })  # fmt: skip

    evenings = stacked(1, "2020-01-09T17:00:00", 10800, 2000,
                       chargingProfileKind="Recurring", recurrencyKind="Daily")  # fmt: skip
    sundays = stacked(2, "2020-01-05T00:00:00", 86400, 999999,
                      chargingProfileKind="Recurring", recurrencyKind="Weekly")  # fmt: skip
    christmas = stacked(3, "2020-12-25T00:00:00", 86400, 999999, chargingProfileKind="Absolute",
                        validFrom="2020-01-01T00:00:00", validTo="2021-01-01T00:00:00")  # fmt: skip

    def evening(year: int, month: int, day: int) -> float:
        (found,) = {
            s.limit
            for s in compose(
                [christmas, evenings, sundays], 1,
                begin=at(year, month, day, 18), end=at(year, month, day, 19), unit="W",
            )
        }  # fmt: skip
        return found

    assert evening(2020, 12, 24) == 2000  # a Thursday
    assert evening(2020, 12, 25) == 999999
    assert evening(2020, 12, 27) == 999999  # a Sunday
    assert evening(2021, 12, 25) == 2000  # a Saturday: Christmas was valid in 2020 only
    begin = at(2020, 12, 21)  # a Monday: without a schedule before 17:00h
    (one,) = compose([evenings], 1, begin=begin, end=begin + timedelta(days=1), unit="W")
    assert (one.begin, one.end) == (at(2020, 12, 21, 17), at(2020, 12, 21, 20))


@pytest.mark.parametrize(("cycle", "days"), [("Daily", 1), ("Weekly", 7)])
def test_a_schedule_recurs(cycle: str, days: int) -> None:
    recurring = profile("TxDefaultProfile", (0, 6), (60, 8), recurrencyKind=cycle, duration=100)
    again = days * 86400.0
    assert seconds(recurring, begin=-50, until=again + 400) == [
        (0, 60, 6), (60, 100, 8), (again, again + 60, 6), (again + 60, again + 100, 8)
    ]  # fmt: skip
    assert seconds(recurring, begin=3 * again + 70, until=3 * again + 300) == [
        (3 * again + 70, 3 * again + 100, 8)
    ]


def test_what_is_longer_than_the_recurrence_is_cut_off() -> None:
    """Errata 3.43 and 3.44."""
    long = profile(
        "TxDefaultProfile", (0, 6), (80000, 7), (90000, 8), recurrencyKind="Daily", duration=200000
    )
    assert seconds(long, until=172800) == [
        (0, 80000, 6), (80000, 86400, 7), (86400, 166400, 6), (166400, 172800, 7)
    ]  # fmt: skip


def test_a_relative_schedule_begins_with_the_transaction() -> None:
    relative = profile("TxProfile", (0, 6), (100, 8), at=None, duration=300)
    assert seconds(relative, started=-30) == [(0, 70, 6), (70, 270, 8)]
    assert seconds(relative) == [(0, 100, 6), (100, 300, 8)]


def test_without_a_start_an_absolute_schedule_is_relative() -> None:
    """OCPP 1.6, 7.13."""
    given: dict[str, Any] = {
        "chargingProfileKind": "Absolute", "chargingProfilePurpose": "TxProfile", "stackLevel": 0,
        "chargingSchedule": {"chargingRateUnit": "A", "duration": 60,
                             "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6}]},
    }  # fmt: skip
    assert seconds(plan(1, given), started=-30) == [(0, 30, 6)]


def test_periods_past_the_duration_are_not_executed() -> None:
    """OCPP 1.6, 5.16.4; K01.FR.11 and FR.12."""
    assert seconds(profile("TxDefaultProfile", (0, 6), (50, 8), (120, 9), duration=100)) == [
        (0, 50, 6), (50, 100, 8)
    ]  # fmt: skip
    assert seconds(profile("TxDefaultProfile", (0, 6), (50, 8))) == [(0, 50, 6), (50, 400, 8)]


def test_validity_cuts_a_schedule() -> None:
    valid = profile(
        "TxDefaultProfile", (0, 6), (50, 8),
        validFrom=second(20).isoformat(), validTo=second(70).isoformat(),
    )  # fmt: skip
    assert seconds(valid) == [(20, 50, 6), (50, 70, 8)]


def test_a_connectors_own_default_replaces_the_stations_of_its_level() -> None:
    everywhere = profile("TxDefaultProfile", (0, 6), place=0)
    own = profile("TxDefaultProfile", (0, 9), place=2, duration=100)
    above = profile("TxDefaultProfile", (0, 7), place=0, level=1, duration=50)
    assert seconds(everywhere, own, above) == [(0, 50, 7), (50, 400, 6)]
    assert seconds(everywhere, own, above, place=2) == [(0, 50, 7), (50, 100, 9)]


def test_what_is_for_elsewhere_does_not_count() -> None:
    elsewhere = [
        profile("TxProfile", (0, 1), place=2),
        profile("TxDefaultProfile", (0, 2), place=2),
        profile("ChargePointMaxProfile", (0, 3), place=2),
    ]
    assert seconds(*elsewhere) == []
    assert seconds(MAXIMUM, profile("TxDefaultProfile", (0, 6)), place=0) == [(0, 400, 10)]


def test_external_constraints_hold_beside_everything_else() -> None:
    external = profile("ChargingStationExternalConstraints", (0, 9), (100, 7), place=0)
    assert seconds(MAXIMUM, external, TRANSACTION) == [
        (0, 50, 8), (50, 100, 9), (100, 200, 7), (200, 240, 6), (240, 400, 7)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "phases", "wanted", "there", "limit"),
    [
        ("A", 3, "W", 3, 16 * 230 * 3),
        ("A", 1, "W", 3, 16 * 230),
        ("A", None, "W", 3, 16 * 230 * 3),
        ("A", 3, "W", 1, 16 * 230),  # erratum 3.34: the limit as given, on the phase there is
        ("W", 3, "A", 3, 16 / 230 / 3),
        ("W", None, "A", 3, 16 / 230 / 3),
        ("W", 1, "A", 3, 16 / 230),
        ("W", 3, "A", 1, 16 / 230 / 3),
        ("W", 3, "W", 1, 16),
    ],
)
def test_units(unit: Unit, phases: int | None, wanted: Unit, there: int, limit: float) -> None:
    given = profile("TxDefaultProfile", (0, 16), unit=unit, phases=phases)
    ((_, _, found),) = seconds(given, unit=wanted, supply=Supply(phases=there))
    assert found == pytest.approx(limit)


def test_the_lowest_limit_is_that_of_the_wanted_unit() -> None:
    one = profile("ChargePointMaxProfile", (0, 4600), place=0, unit="W")
    other = profile("TxDefaultProfile", (0, 10), phases=1)
    assert seconds(one, other, unit="W") == [(0, 400, 2300)]
    ((_, _, found),) = seconds(one, other, unit="A")
    assert found == pytest.approx(4600 / 690)


def test_voltage() -> None:
    given = profile("TxDefaultProfile", (0, 10), phases=1)
    assert seconds(given, unit="W", supply=Supply(voltage=110)) == [(0, 400, 1100)]


def test_a_gap_stays_a_gap() -> None:
    assert seconds() == []
    assert seconds(profile("TxDefaultProfile", (0, 6), at=second(100), duration=50)) == [
        (100, 150, 6)
    ]


def stretches(*parts: tuple[float, float, float]) -> tuple[Stretch, ...]:
    """Return a timeline of (begin, end, limit)."""
    return tuple(Stretch(second(b), second(e), limit) for b, e, limit in parts)


def told(line: Sequence[Stretch]) -> list[tuple[float, float, float]]:
    """Return a timeline as (begin, end, limit)."""
    return [
        ((s.begin - NOON).total_seconds(), (s.end - NOON).total_seconds(), s.limit) for s in line
    ]


def test_over_lowest_and_without() -> None:
    line = stretches((0, 10, 1), (20, 30, 2))
    assert told(without(line, [(second(5), second(25))])) == [(0, 5, 1), (25, 30, 2)]
    assert told(without(line, [(second(-9), second(-5)), (second(50), second(60))])) == told(line)
    assert told(without(line, [(second(8), second(2))])) == told(line)
    assert told(without(line, [(second(2), second(4))])) == [(0, 2, 1), (4, 10, 1), (20, 30, 2)]
    assert told(over(stretches((5, 25, 9)), line)) == [(0, 5, 1), (5, 25, 9), (25, 30, 2)]
    assert told(lowest(stretches((5, 25, 1.5)), line)) == [
        (0, 5, 1), (5, 10, 1), (10, 20, 1.5), (20, 25, 1.5), (25, 30, 2)
    ]  # fmt: skip


def test_times_without_a_zone_are_utc() -> None:
    schedule: Mapping[str, Any] = {
        "startSchedule": "2026-03-01T12:00:10",
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6}],
    }
    given = {"chargingProfileKind": "Absolute", "chargingProfilePurpose": "TxProfile",
             "stackLevel": 0, "chargingSchedule": schedule}  # fmt: skip
    assert seconds(plan(1, given)) == [(10, 400, 6)]
