"""Patterns: what they accept, what they say, and what spoils them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from conformance import clock
from conformance.matching import (
    MISSING,
    UNSET,
    Matcher,
    about,
    about_now,
    absent,
    between,
    caseless,
    each,
    exactly,
    instant,
    leaves,
    mismatches,
    one_of,
    present,
    same_instant,
    some,
    wrong_for,
    wrongs_for,
)
from conformance.ocpp16.messages import Authorize, StartTransaction

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        (6, 6.0),
        (6.0, 6),
        (0.1, 0.1),
        ("a", "a"),
        (True, True),
        ({}, {"more": 1}),
        ({"a": 1}, {"a": 1, "b": 2}),
        ([1], [1, 2]),
        ([], []),
        ([{"a": 1}], [{"a": 1, "b": 2}]),
        (("a",), ["a"]),
        ({"a": absent}, {}),
        ({"a": present}, {"a": None}),
        ({"a": UNSET}, {}),
        (one_of("a", absent), MISSING),
        (one_of(1, {"a": 1}), {"a": 1, "b": 2}),
        (each({"a": 1}), [{"a": 1}, {"a": 1, "b": 2}]),
        (some({"a": 1}), [{"a": 2}, {"a": 1}]),
        (exactly(1, 2), [1, 2]),
        (exactly(), []),
        (caseless("HeartbeatInterval"), "heartbeatINTERVAL"),
        (between(0, 10), 0),
        (between(0, 10), 10.0),
        (about(NOON, within=4), "2026-11-23T13:00:04+01:00"),
        (same_instant("2026-11-23T12:00:00.400Z"), "2026-11-23T12:00:00Z"),
        (same_instant("2026-11-23T12:00:00Z"), "2026-11-23T07:00:00-05:00"),
    ],
)
def test_what_matches(pattern: object, value: object) -> None:
    assert mismatches(pattern, value) == []


@pytest.mark.parametrize(
    ("pattern", "value", "told"),
    [
        (6, "6", "expected 6, got '6'"),
        (1, True, "expected 1, got True"),
        (True, 1, "expected True, got 1"),
        ("a", None, "expected 'a', got None"),
        ({"a": 1}, {}, "a: expected 1, got absent"),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, "a.b: expected 1, got 2"),
        ({"a": {"b": 1}}, {"a": 7}, "a: expected {'b': 1}, got 7"),
        ([1, 2], [1], "expected [1, 2], got [1]"),
        ([1], "1", "expected [1], got '1'"),
        ({"a": [{"b": 1}]}, {"a": [{"b": 2}]}, "a[0].b: expected 1, got 2"),
        ({"a": absent}, {"a": 0}, "a: expected absent, got 0"),
        ({"a": present}, {}, "a: expected present, got absent"),
        (one_of("a", absent), "b", "expected 'a' or absent, got 'b'"),
        (each(1), [], "expected each 1, got []"),
        (each(1), [1, 2], "expected each 1, got [1, 2]"),
        (some(1), [2], "expected a list with 1, got [2]"),
        (exactly(1), [1, 2], "expected exactly [1], got [1, 2]"),
        (between(0, 10), 10.5, "expected 0 to 10, got 10.5"),
        (between(0, 10), True, "expected 0 to 10, got True"),
        (
            about(NOON, within=4),
            "2026-11-23T12:00:05Z",
            "expected 2026-11-23T12:00:00+00:00 ± 4 s, got '2026-11-23T12:00:05Z'",
        ),
        (about(NOON, within=4), "2026-11-23T12:00:00", None),
        (about(NOON, within=4), "noon", None),
        (about(NOON, within=4), 12, None),
        (same_instant("2026-11-23T12:00:00Z"), "2026-11-23T12:00:01Z", None),
        (about_now(within=4), "1970-01-01T00:00:00Z", None),
    ],
)
def test_what_does_not_match(pattern: object, value: object, told: str | None) -> None:
    (wrong,) = mismatches(pattern, value)
    if told is not None:
        assert str(wrong) == told


def test_now_is_the_moment_at_which_it_is_read() -> None:
    assert not mismatches(about_now(within=2), clock.now())
    assert not mismatches(about_now(within=2, after=60), clock.later(60))
    assert mismatches(about_now(within=2), clock.later(60))
    assert repr(about_now(within=2, after=60)) == "now + 60 s ± 2 s"


def test_all_mismatches_are_found() -> None:
    wrong = mismatches({"a": 1, "b": [1, 2], "c": {"d": "x"}}, {"a": 2, "b": [1, 3], "c": {}})
    assert [w.path for w in wrong] == ["a", "b[1]", "c.d"]


def test_an_instant_has_an_offset() -> None:
    assert instant("2026-11-23T12:00:00Z") == NOON
    assert instant("2026-11-23T12:00:00") is None
    assert instant(7) is None


def test_the_leaves_are_what_is_constrained() -> None:
    pattern: dict[str, Any] = {"a": 1, "b": {"c": "x", "d": UNSET}, "e": [{"f": present}]}
    assert [(p, repr(v)) for p, v in leaves(pattern)] == [
        ("a", "1"),
        ("b.c", "'x'"),
        ("e[0].f", "present"),
    ]


@pytest.mark.parametrize(
    "pattern",
    [
        1,
        1.5,
        True,
        False,
        "Accepted",
        "spoiled?",
        present,
        absent,
        one_of("a", "b"),
        each("a"),
        some("a"),
        exactly("a"),
        between(1, 5),
        about(NOON, within=10),
        about_now(within=10),
        same_instant("2026-11-23T12:00:00Z"),
    ],
    ids=repr,
)
def test_what_spoils_a_leaf_is_refused_by_it(pattern: object) -> None:
    assert mismatches(pattern, wrong_for(pattern))


def test_a_time_far_away_is_wrong_whatever_is_allowed() -> None:
    day = timedelta(days=2).total_seconds()
    assert mismatches(about(NOON, within=day), wrong_for(about(NOON, within=day)))


def test_a_message_shows_what_was_given() -> None:
    assert str(Authorize.req(idTag="T")) == "Authorize(idTag='T')"
    assert Authorize.req().pattern() == {}
    assert str(StartTransaction.req(connectorId=one_of(1, 2))) == (
        "StartTransaction(connectorId=1 or 2)"
    )


def test_a_matcher_may_say_what_is_wrong_in_words() -> None:
    empty = Matcher("empty", lambda v: not v, tell=lambda v: f"{len(v)} too many")
    (wrong,) = mismatches({"names": empty}, {"names": ["A", "B"]})
    assert str(wrong) == "names: 2 too many"


def test_a_matcher_may_be_spoiled_in_several_ways() -> None:
    assert wrongs_for(Matcher("odd", lambda _: True, wrong=2, also_wrong=(4, 6))) == (2, 4, 6)
    assert wrongs_for(7) == (1007,)


def test_a_matcher_is_its_name() -> None:
    assert repr(Matcher("any of mine", lambda _: True)) == "any of mine"


def test_what_was_set_is_reported_back_by_value_and_instant() -> None:
    was_set = {
        "id": 7,
        "validFrom": same_instant("2026-11-23T12:00:00.000Z"),
        "chargingSchedule": exactly({"chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6}]}),
    }
    period = {"startPeriod": 0, "limit": 6.0, "numberPhases": 3}
    reported = {
        "id": 7,
        "validFrom": "2026-11-23T13:00:00+01:00",
        "chargingSchedule": [{"chargingSchedulePeriod": [period], "duration": 300}],
        "customData": {"vendorId": "V"},
    }
    assert not mismatches(was_set, reported)
    (wrong,) = mismatches(was_set, {**reported, "validFrom": "2026-11-23T13:00:00Z"})
    assert (wrong.path, wrong.actual) == ("validFrom", "2026-11-23T13:00:00Z")
