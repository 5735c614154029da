"""Composite schedules: the limits count, not how a station cuts its periods."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.matching import mismatches, wrong_for
from conformance.schedules import limit_at, limits

EXPECTED = limits((0, 6.0), (100, (8.0, 10.0)), until=300, deviation=5)


def periods(*pairs: tuple[float, float]) -> list[dict[str, Any]]:
    """Return schedule periods."""
    return [{"startPeriod": at, "limit": limit} for at, limit in pairs]


@pytest.mark.parametrize(
    "reported",
    [
        periods((0, 6), (100, 10)),
        periods((0, 6.0), (100, 8)),
        periods((0, 6), (50, 6), (100, 10)),
        periods((0, 6), (100, 8), (200, 10)),
        periods((0, 6), (96, 10)),
        periods((0, 6), (104, 10)),
        periods((0, 6), (97, 7), (103, 10)),
        periods((0, 6), (100, 10), (298, 0)),
        [{"startPeriod": 0, "limit": 6, "numberPhases": 3}, {"startPeriod": 100, "limit": 10}],
    ],
)
def test_what_a_station_is_free_to_report(reported: object) -> None:
    assert not mismatches(EXPECTED, reported)


@pytest.mark.parametrize(
    "reported",
    [
        [],
        "periods",
        periods((1, 6), (100, 10)),
        periods((0, 7), (100, 10)),
        periods((0, 6), (100, 9)),
        periods((0, 6)),
        periods((0, 6), (90, 10)),
        periods((0, 6), (110, 10)),
        periods((0, 6), (100, 10), (200, 6), (210, 10)),
        periods((0, 6), (100, 10), (290, 0)),
        periods((0, 6), (100, 10), (50, 6)),
    ],
)
def test_what_is_wrong(reported: object) -> None:
    (wrong,) = mismatches(EXPECTED, reported)
    assert str(wrong).startswith("expected limits 6 from 0 s, 8 or 10 from 100 s, got ")


def test_what_spoils_it_is_refused() -> None:
    assert mismatches(EXPECTED, wrong_for(EXPECTED))


def test_a_period_shorter_than_the_deviation_is_not_looked_at() -> None:
    short = limits((0, 6.0), (4, 7.0), (8, 8.0), until=100, deviation=5)
    assert not mismatches(short, periods((0, 6), (8, 8)))


def test_the_limit_at_a_moment() -> None:
    schedule = periods((0, 6), (100, 10))
    assert [limit_at(schedule, at) for at in (0, 99.9, 100, 1e6)] == [6, 6, 10, 10]
    assert limit_at(periods((5, 6)), 1) is None
