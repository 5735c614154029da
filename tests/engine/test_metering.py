"""Meter values: the defaults, what is wrong, what is odd, and when they were taken."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from conformance.matching import mismatches, wrong_for, wrongs_for
from conformance.metering import (
    CLOCK,
    PERIODIC,
    REGISTER,
    Sample,
    measured,
    oddities,
    on_the_clock,
    problems,
    samples,
    split,
    taken_at,
    time_of,
    units_of,
)

NOON = "2026-03-01T12:00:00.000Z"
VOLTAGE = {"measurand": "Voltage", "value": "230", "unit": "V"}


def at(time: str, *values: dict[str, Any]) -> dict[str, Any]:
    return {"timestamp": time, "sampledValue": list(values)}


def noon(*values: dict[str, Any]) -> list[dict[str, Any]]:
    return [at(NOON, *values)]


def test_what_is_left_out_is_the_default() -> None:
    assert samples(noon({"value": "12"})) == [
        Sample(
            measurand=REGISTER,
            context=PERIODIC,
            phase="",
            location="Outlet",
            unit="Wh",
            value=Decimal(12),
            signed=False,
        )
    ]
    assert samples(noon({"value": "12", "measurand": "Power.Active.Import"}))[0].unit == ""


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ({"value": "1.5", "unit": "kWh"}, 1500),
        ({"value": "1.5", "unit": "kW", "measurand": "Power.Active.Import"}, 1500),
        ({"value": "21", "unit": "K", "measurand": "Temperature"}, 21),
        ({"value": " 7 "}, 7),
        ({"value": "1e2"}, 100),
        ({"value": 4.5}, Decimal("4.5")),
        ({"value": 3, "unitOfMeasure": {"unit": "Wh", "multiplier": 3}}, 3000),
        ({"value": 3, "unitOfMeasure": {"multiplier": -1}}, Decimal("0.3")),
        ({"value": "NaN"}, None),
        ({"value": "much"}, None),
        ({}, None),
        ({"value": "00ff", "format": "SignedData"}, None),
    ],
)
def test_values_are_numbers_in_the_unit_without_kilo(given: dict[str, Any], value: object) -> None:
    assert samples(noon(given))[0].value == value


@pytest.mark.parametrize(
    ("wanted", "parts"),
    [
        ("Voltage", ("Voltage", "")),
        ("Voltage.L1", ("Voltage", "L1")),
        ("Current.Import", ("Current.Import", "")),
        ("Current.Import.L2-N", ("Current.Import", "L2-N")),
    ],
)
def test_a_configured_measurand_may_name_a_phase(wanted: str, parts: tuple[str, str]) -> None:
    assert split(wanted) == parts


@pytest.mark.parametrize(
    ("wanted", "phase", "right"),
    [
        ("Voltage", "L1-N", True),
        ("Voltage.L1", "L1-N", True),
        ("Voltage.L1", "L1", True),
        ("Voltage.L1", "L2-N", False),
        ("Voltage.L1-N", "L1", False),
        ("Current.Import", "L1", False),
    ],
)
def test_a_phase_that_is_asked_for_has_to_come(wanted: str, phase: str, *, right: bool) -> None:
    found = list(problems(noon({**VOLTAGE, "phase": phase}), [wanted], PERIODIC))
    assert found == [] if right else [f"{wanted} is missing"]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (noon(VOLTAGE), []),
        (noon(), ["Voltage is missing"]),
        (noon({"value": "1"}), ["Voltage is missing"]),
        (noon(VOLTAGE, {**VOLTAGE, "phase": "L2-N"}), []),
        ([at(NOON, VOLTAGE), at(NOON, {"value": "1"})], []),
        (
            [at(NOON, VOLTAGE), at("2026-03-01T12:00:01Z", {"value": "1"})],
            ["values of different times are in one message"],
        ),
        (
            noon({**VOLTAGE, "context": "Sample.Clock"}),
            ["Voltage has the context Sample.Clock, not Sample.Periodic"],
        ),
        (noon({**VOLTAGE, "value": "high"}), ["Voltage is no number"]),
        (noon({**VOLTAGE, "value": "high", "format": "SignedData"}), []),
        (noon({**VOLTAGE, "unit": "A"}), ["Voltage is in A, not in V"]),
        (noon({"measurand": "Voltage", "value": "230"}), []),
        (
            noon(VOLTAGE, {"value": "1", "unit": "W"}),
            [f"{REGISTER} is in W, not in Wh or kWh"],
        ),
        (noon(VOLTAGE, {"measurand": "Frequency", "value": "50", "unit": "Percent"}), []),
    ],
)
def test_what_is_wrong_is_told(values: list[dict[str, Any]], told: list[str]) -> None:
    assert list(problems(values, ["Voltage"], PERIODIC)) == told


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        ({"value": "5"}, {"value": "5"}, []),
        ({"value": "5"}, {"value": "6"}, []),
        ({"value": "5"}, {"value": "4"}, [f"{REGISTER} went down from 5 to 4"]),
        ({"value": "5", "unit": "kWh"}, {"value": "4999"},
         [f"{REGISTER} went down from 5000 to 4999"]),
        ({"value": "5", "unit": "kWh"}, {"value": "5000"}, []),
        ({"value": "5", "location": "Inlet"}, {"value": "4"}, []),
        ({"value": "5", "phase": "L1"}, {"value": "4", "phase": "L2"}, []),
        ({"value": "5", "measurand": "Energy.Active.Import.Interval"},
         {"value": "4", "measurand": "Energy.Active.Import.Interval"}, []),
        ({"value": "0A", "format": "SignedData"}, {"value": "1"}, []),
        ({"value": "5"}, {"value": "0A", "format": "SignedData"}, []),
    ],
)  # fmt: skip
def test_a_register_does_not_count_down(
    before: dict[str, Any], now: dict[str, Any], told: list[str]
) -> None:
    assert list(problems(noon(now), [], PERIODIC, noon(before))) == told


def test_what_is_odd_is_told() -> None:
    phases = [{**VOLTAGE, "phase": phase} for phase in ("L1-N", "L2-N")]
    assert list(oddities(noon(phases[0]), ["Voltage"], noon(*phases))) == [
        "Voltage L2-N Outlet was sent before, and is no more"
    ]
    assert list(oddities(noon(*phases, {"value": "1"}), ["Voltage"])) == [
        f"{REGISTER} is sent, and not configured"
    ]
    assert not list(oddities(noon(*phases), ["Voltage"], noon(*phases)))


EVERYTHING = ("Voltage.L1", "Current.Import", REGISTER, "Frequency")
BEFORE = noon({**VOLTAGE, "phase": "L1-N"}, {"value": "12", "location": "Inlet"})


@pytest.mark.parametrize("before", [[], BEFORE], ids=["first", "later"])
@pytest.mark.parametrize("wanted", [(), ("Voltage",), EVERYTHING], ids=repr)
def test_each_value_that_spoils_is_refused_for_one_reason(
    wanted: tuple[str, ...], before: list[dict[str, Any]]
) -> None:
    pattern = measured(wanted, CLOCK, before)
    wrongs = wrongs_for(pattern)
    assert len({repr(wrong) for wrong in wrongs}) == len(wrongs)
    for wrong in wrongs:
        (found,) = mismatches(pattern, wrong)
        assert len(str(found).split("; ")) == 1
    lowered = any("went down" in str(mismatches(pattern, wrong)[0]) for wrong in wrongs)
    assert lowered == (bool(before) and wanted != ("Voltage",))


def test_no_list_of_measurands_stands_for_the_register() -> None:
    assert not mismatches(measured((), PERIODIC), noon({"value": "12"}))
    (wrong,) = mismatches({"meterValue": measured((), PERIODIC)}, {"meterValue": noon(VOLTAGE)})
    assert str(wrong) == f"meterValue: {REGISTER} is missing"
    (wrong,) = mismatches({"meterValue": measured((), PERIODIC)}, {})
    assert str(wrong) == "meterValue: no meter values: absent"


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("2026-03-01T12:00:00.500Z", True),
        ("2026-03-01T13:00:00.000+01:00", True),
        ("2026-03-01T11:59:59.400Z", False),
        ("2026-03-01T11:59:59Z", True),  # it may have been cut off
        ("2026-03-01T11:59:58Z", False),
        ("noon", False),
        (None, False),
    ],
)
def test_a_sample_is_taken_about_when_it_is_due(text: object, *, right: bool) -> None:
    due = taken_at(datetime(2026, 3, 1, 12, tzinfo=UTC), within=0.5)
    assert bool(mismatches(due, text)) is not right
    assert mismatches(due, wrong_for(due))


@pytest.mark.parametrize(
    ("interval", "text", "right"),
    [
        (20, "2026-03-01T12:00:20Z", True),
        (20, "2026-03-01T12:00:20.4Z", True),
        (20, "2026-03-01T12:00:39.6Z", True),
        (20, "2026-03-01T12:00:30Z", False),
        (900, "2026-03-01T12:15:00Z", True),
        (900, "2026-03-01T12:10:00Z", False),
        (7200, "2026-03-01T13:00:00Z", False),
        (7200, "2026-03-01T13:00:00+05:30", False),
        (7200, "2026-03-01T14:00:00+05:30", True),  # its own midnight
        (7200, "2026-03-01T14:00:00+01:00", True),
        (20, "noon", False),
    ],
)
def test_a_sample_on_the_clock(interval: int, text: str, *, right: bool) -> None:
    clock = on_the_clock(interval, within=0.5)
    assert bool(mismatches(clock, text)) is not right


@pytest.mark.parametrize("interval", [2, 20, 900])
def test_half_an_interval_off_is_not_on_the_clock(interval: int) -> None:
    clock = on_the_clock(interval, within=0.9)
    assert mismatches(clock, wrong_for(clock))


def test_the_time_of_values_is_that_of_the_first() -> None:
    assert time_of(noon(VOLTAGE)) == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert time_of([{"timestamp": "noon"}]).year == 1


def test_the_units_of_a_measurand() -> None:
    assert units_of("Power.Reactive.Import") == ("var", "kvar")
    assert units_of("Power.Factor") == ()
