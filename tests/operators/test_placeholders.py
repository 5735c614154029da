from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from conformance.operators.placeholders import (
    GONE,
    Filling,
    UnfillableError,
    UnreadableTextError,
    pieces,
    with_derived,
)

NOW = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)
VALUES = {
    "token": "TAG 1",
    "evse": 0,
    "limit": 6.5,
    "operative": False,
    "transaction": "42",
    "expires_in": 90,
    "keys": ("A", "B"),
    "no_keys": (),
    "missing": None,
    "profile": None,
    "station": "CP/1",
    "serial": 7,
}
MAPS: dict[str, dict[str, object]] = {
    "availability": {"true": "Operative", "false": "Inoperative"},
    "number_of": {"0": 10},
}


def filling(**more: Any) -> Filling:  # noqa: ANN401 - any value
    parts = {"both": {"a": "{token}", "b": "{missing}"}, "nothing": {"a": "{missing}", "b": 1}}
    return Filling(values={**VALUES, **more}, maps=MAPS, parts=parts, now=NOW)


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ("plain", "plain"),
        (3, 3),
        (False, False),
        ("{token}", "TAG 1"),
        ("{evse}", 0),
        ("{limit}", 6.5),
        ("{operative}", False),
        ("{keys}", ["A", "B"]),
        ("is {evse}, {operative}, {keys}", "is 0, false, A,B"),
        ("{{{evse}}}", "{0}"),
        ("{missing}", GONE),
        ("{profile.limit}", GONE),
        ("{no_keys}", GONE),
        ("{no_keys:list}", []),
        ("{keys:list}", ["A", "B"]),
        ("{missing:list}", []),
        ("a {missing}", GONE),
        ("{transaction:number}", 42),
        ("{limit:number}", 6.5),
        ("{evse:text}", "0"),
        ("{token:lower}", "tag 1"),
        ("{token:upper}", "TAG 1"),
        ("{expires_in:time}", "2026-03-01T12:01:30.250Z"),
        ("{operative:availability}", "Inoperative"),
        ("{evse:number_of}", 10),
        ("{part.both}", {"a": "TAG 1"}),
        ("{part.nothing}", GONE),
        ({}, {}),
        ({"a": 1}, {"a": 1}),
        ({"a": "{evse}", "b": "{missing}", "c": 3}, {"a": 0, "c": 3}),
        ({"a": "{missing}", "c": 3}, GONE),
        ({"a": "{missing}", "c": "{station}", "d": "{serial}"}, GONE),
        ({"c": "{station}"}, {"c": "CP/1"}),
        ({"a": {"b": "{missing}", "c": 1}, "d": "{evse}"}, {"d": 0}),
        ({"a": [{"b": "{missing}", "c": 1}], "d": "{evse}"}, {"d": 0}),
        ([], []),
        ([1, "{missing}", "{evse}"], [1, 0]),
        (["{missing}"], GONE),
        ({"each": "keys", "value": {"k": "{item}"}}, [{"k": "A"}, {"k": "B"}]),
        ([{"each": "keys", "value": "{item}"}, {"each": "no_keys", "value": 1}, "C"], list("ABC")),
        ({"all": {"each": "no_keys", "value": "{item}"}}, GONE),
    ],
)
def test_a_template_is_filled(template: Any, filled: Any) -> None:  # noqa: ANN401
    found = filling().json(template)
    assert found is GONE if filled is GONE else (found, type(found)) == (filled, type(filled))


def test_a_text_is_made_safe_where_it_goes() -> None:
    assert filling().text("/a b/{station}/{keys}", lambda text: f"<{text}>") == "/a b/<CP/1>/<A,B>"
    assert filling().text("/{missing}") is GONE


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{token:number}", "{token:number}: 'TAG 1' cannot be made a number"),
        ("{token:availability}", r"\[maps.availability\] has nothing for TAG 1"),
        ("{keys:time}", "cannot be made a time"),
    ],
)
def test_a_value_that_does_not_fit_is_told(text: str, told: str) -> None:
    with pytest.raises(UnfillableError, match=told):
        filling().json(text)


@pytest.mark.parametrize("text", ["{", "}", "{}", "{a b}", "{a", "a}", "{a:}", "{1}", "{{a}"])
def test_other_braces_are_not_readable(text: str) -> None:
    with pytest.raises(UnreadableTextError):
        pieces(text)


WISH = {"kind": "Relative", "duration": 60, "valid": False}


@pytest.mark.parametrize(
    ("changes", "times"),
    [
        ({}, (None, None, None)),
        ({"kind": "Absolute"}, ("2026-03-01T12:00:00.250Z", None, None)),
        ({"valid": True}, (None, "2026-03-01T12:00:00.250Z", "2026-03-01T12:01:00.250Z")),
    ],
)
def test_a_profile_has_times_where_it_is_wished(
    changes: dict[str, Any], times: tuple[str | None, ...]
) -> None:
    found = with_derived({**WISH, **changes}, NOW)
    assert tuple(found[name] for name in ("start_schedule", "valid_from", "valid_to")) == times
