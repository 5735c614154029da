from __future__ import annotations

import pytest

from conformance.sut_stations import MOST, assigned, identities, patterns


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ("CP01", ["CP01"]),
        ("CP{1..3}", ["CP1", "CP2", "CP3"]),
        ("CP{08..11}", ["CP08", "CP09", "CP10", "CP11"]),
        ("{7..7}-x", ["7-x"]),
        ("S{1..2}/B{0..1}", ["S1/B0", "S1/B1", "S2/B0", "S2/B1"]),
        (["A{1..2}", "B"], ["A1", "A2", "B"]),
        (("A", "B"), ["A", "B"]),
        (7, 7),
        (["A", 7], ["A", 7]),
    ],
)
def test_a_pattern_stands_for_its_identities(told: object, found: object) -> None:
    assert identities(told) == found


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("CP{20..01}", "from low to high"),
        ("CP{a..b}", "a range"),
        ("CP{}", "a range"),
        ("CP{1..3", "its }"),
        ("CP1..3}", "its }"),
        (f"CP{{0..{MOST}}}", "at the most"),
        ("CP{1..200}{1..200}", "at the most"),
        (["A{1..6000}", "B{1..6000}"], "at the most"),
    ],
)
def test_a_pattern_that_cannot_be_is_refused(pattern: object, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        identities(pattern)


def test_each_case_has_a_station_of_its_own_while_there_are_enough() -> None:
    assert assigned(["a", "b"], ["1", "2", "3"]) == {"a": "1", "b": "2"}
    assert assigned(["a", "b", "c"], ["1", "2"]) == {"a": "1", "b": "2", "c": "1"}
    assert assigned(["a", "b"], ["1"]) == {"a": "1", "b": "1"}


@pytest.mark.parametrize(
    "told",
    [
        ["CP{01..20}"],
        ["CP{8..12}"],
        ["CP{98..102}", "B", "CP104"],
        ["1", "2", "A{007..009}", "A009"],
        ["0", "00"],
        [],
    ],
)
def test_identities_are_told_in_patterns(told: list[str]) -> None:
    found = identities(told)
    assert isinstance(found, list)
    assert patterns(found) == told
