"""Reported schedules: the limits count, not how a station cuts its periods."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from conformance.composite import Stretch, Timeline
from conformance.matching import mismatches, wrong_for
from conformance.schedules import Span, allowed, limit_at, spans

BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)
SIX, EIGHT_OR_TEN = frozenset({6.0}), frozenset({8.0, 10.0})
EXPECTED = allowed([Span(0, 100, SIX), Span(100, 300, EIGHT_OR_TEN)], deviation=5)


def periods(*pairs: tuple[float, float]) -> list[dict[str, Any]]:
    """Return schedule periods."""
    return [{"startPeriod": at, "limit": limit} for at, limit in pairs]


def line(*stretches: tuple[float, float, float]) -> Timeline:
    """Return a timeline of (begin, end, limit), in seconds from BEGIN."""
    return tuple(
        Stretch(BEGIN + timedelta(seconds=b), BEGIN + timedelta(seconds=e), limit)
        for b, e, limit in stretches
    )


def right(
    *readings: Timeline, until: float = 300, local: float | None = None
) -> list[tuple[float, set[float]]]:
    """Return when which limits begin to be right."""
    found = spans(readings, BEGIN, BEGIN + timedelta(seconds=until), local)
    assert [s.end for s in found] == [*(s.begin for s in found[1:]), until]
    return [(s.begin, set(s.right)) for s in found]


@pytest.mark.parametrize(
    "reported",
    [
        periods((0, 6), (100, 10)),
        periods((0, 6.0), (100, 8)),
        periods((0, 6), (50, 6), (100, 10)),
        periods((0, 6), (100, 8), (200, 10)),
        periods((0, 6), (96, 10)),
        periods((0, 6), (104, 10)),
        periods((0, 32), (4, 6), (104, 10)),
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


def test_what_spoils_it_is_wrong_where_the_limit_is_known() -> None:
    short = [Span(0, 1, frozenset({10.0})), Span(1, 200, frozenset()), Span(200, 300, SIX)]
    assert mismatches(allowed(short, deviation=5), [{"startPeriod": 0, "limit": 10}])
    assert mismatches(allowed(short, deviation=5), wrong_for(allowed(short, deviation=5)))


def test_a_span_shorter_than_the_deviation_is_not_looked_at() -> None:
    short = [Span(0, 4, SIX), Span(4, 8, frozenset({7.0})), Span(8, 100, frozenset({8.0}))]
    assert not mismatches(allowed(short, deviation=5), periods((0, 6), (8, 8)))


def test_any_limit_is_right_where_none_is_known() -> None:
    open_end = allowed([Span(0, 100, SIX), Span(100, 300, frozenset())], deviation=5)
    assert not mismatches(open_end, periods((0, 6), (100, 77)))
    assert "any limit from 100 s" in repr(open_end)


@pytest.mark.parametrize(("reported", "fits"), [(14.4, True), (14.5, True), (14.3, False)])
def test_a_limit_that_was_converted_is_rounded_either_way(reported: float, *, fits: bool) -> None:
    converted = allowed([Span(0, 300, frozenset({10_000 / 690}))], deviation=5)
    assert bool(mismatches(converted, periods((0, reported)))) is not fits


def test_a_limit_with_one_decimal_is_exact() -> None:
    assert mismatches(allowed([Span(0, 300, frozenset({8.1}))], deviation=5), periods((0, 8.15)))


def test_where_the_readings_differ_each_is_right() -> None:
    one, other = line((0, 100, 6), (200, 300, 10)), line((0, 200, 6), (200, 300, 10))
    assert right(one, other) == [(0, {6}), (100, set()), (200, {10})]
    assert right(one, other, local=32) == [(0, {6}), (100, {6, 32}), (200, {10})]
    assert right(line((0, 300, 8)), line((0, 300, 10))) == [(0, {8, 10})]


def test_a_lower_local_limit_may_count() -> None:
    assert right(line((0, 100, 6), (100, 300, 20)), local=16) == [(0, {6}), (100, {16, 20})]


def test_where_no_profile_applies_the_local_limit_does() -> None:
    assert right(()) == [(0, set())]
    assert right((), local=16) == [(0, {16})]
    assert right(line((50, 100, 6)), local=16) == [(0, {16}), (50, {6}), (100, {16})]


def test_what_lies_outside_is_not_looked_at() -> None:
    assert right(line((-50, 100, 6), (100, 400, 8))) == [(0, {6}), (100, {8})]


def test_the_limit_at_a_moment() -> None:
    schedule = periods((0, 6), (100, 10))
    assert [limit_at(schedule, at) for at in (0, 99.9, 100, 1e6)] == [6, 6, 10, 10]
