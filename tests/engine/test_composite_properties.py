"""What holds of every composite schedule; two calculators that do not know each other agree."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.composite import (
    DefaultReturns,
    Plan,
    Purpose,
    Stretch,
    Supply,
    Timeline,
    Unit,
    compose,
)
from conformance.reference import schedules
from conformance.reference.options_16 import StationOptions
from conformance.reference.profiles_16 import Profiles
from conformance.reference.profiles_201 import Installed
from conformance.reference.profiles_201 import Profiles as Profiles201

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LENGTH = 200
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
NAMES = {
    "maximum": "ChargePointMaxProfile",
    "default": "TxDefaultProfile",
    "transaction": "TxProfile",
}


def second(at: float) -> datetime:
    """Return the moment so many seconds after noon."""
    return NOON + timedelta(seconds=at)


@st.composite
def _periods(draw: st.DrawFn) -> tuple[tuple[int, float, int], ...]:
    starts = draw(st.lists(st.integers(1, 150), max_size=4, unique=True).map(sorted))
    limit, phases = st.integers(10, 320).map(lambda tenths: tenths / 10), st.integers(1, 3)
    return tuple((at, draw(limit), draw(phases)) for at in [0, *starts])


@st.composite
def _plan(draw: st.DrawFn) -> Plan:
    purpose: Purpose = draw(st.sampled_from(("maximum", "default", "transaction")))
    places = {"maximum": st.just(0), "transaction": st.just(1), "default": st.integers(0, 2)}
    start = draw(st.none() | st.integers(-300, 150).map(second))
    cycle = None
    if start is not None and draw(st.booleans()):
        cycle = draw(st.sampled_from((DAY, WEEK)))
        start -= draw(st.integers(0, 3)) * cycle
    plan = Plan(
        place=draw(places[purpose]),
        purpose=purpose,
        level=draw(st.integers(0, 3)),
        unit=draw(st.sampled_from(("A", "W"))),
        periods=draw(_periods()),
        duration=draw(st.none() | st.integers(1, 400).map(lambda s: timedelta(seconds=s))),
        start=start,
        cycle=cycle,
    )
    if draw(st.booleans()):
        plan = replace(plan, valid_from=second(draw(st.integers(-100, 150))))
    if draw(st.booleans()):
        plan = replace(plan, valid_to=second(draw(st.integers(-50, 250))))
    return plan


def _slot(plan: Plan) -> tuple[str, int, int]:
    return plan.purpose, plan.place, plan.level


PLANS = st.lists(_plan(), max_size=6, unique_by=_slot)
READINGS = st.sampled_from(("never", "expired", "silent"))
UNITS = st.sampled_from(("A", "W"))


def drawn(
    plans: Sequence[Plan],
    unit: Unit,
    reading: DefaultReturns = "expired",
    supply: Supply | None = None,
) -> Timeline:
    """Return what the plans amount to on connector 1, in a transaction that began 30 s ago."""
    return compose(
        plans, 1, begin=NOON, end=second(LENGTH), unit=unit, supply=supply,
        started=second(-30), default_returns=reading,
    )  # fmt: skip


def at(line: Sequence[Stretch], moment: datetime) -> float | None:
    """Return the limit at a moment."""
    return next((s.limit for s in line if s.begin <= moment < s.end), None)


def moments(*lines: Timeline) -> list[datetime]:
    """Return the beginnings of all stretches, and what is half-way to the next."""
    edges = sorted({NOON, second(LENGTH), *(s.begin for line in lines for s in line)})
    return [m for a, b in pairwise(edges) for m in (a, a + (b - a) / 2)]


@settings(deadline=None)
@given(PLANS, UNITS, READINGS)
def test_it_is_in_order_and_without_overlaps(
    plans: list[Plan], unit: Unit, reading: DefaultReturns
) -> None:
    line = drawn(plans, unit, reading)
    assert all(NOON <= s.begin < s.end <= second(LENGTH) for s in line)
    assert all(one.end <= two.begin for one, two in pairwise(line))
    assert not any(
        (one.end, one.limit, one.phases) == (two.begin, two.limit, two.phases)
        for one, two in pairwise(line)
    )


@settings(deadline=None)
@given(PLANS, UNITS, READINGS)
def test_it_is_contiguous_under_a_profile_that_always_holds(
    plans: list[Plan], unit: Unit, reading: DefaultReturns
) -> None:
    always = Plan(place=0, purpose="maximum", level=9, unit=unit, periods=((0, 5.0, 3),))
    line = drawn([*plans, always], unit, reading)
    assert line[0].begin == NOON
    assert line[-1].end == second(LENGTH)
    assert all(one.end == two.begin for one, two in pairwise(line))
    assert all(s.limit <= 5 for s in line)


@settings(deadline=None)
@given(PLANS, UNITS, READINGS)
def test_it_is_never_above_a_limit_that_applies(
    plans: list[Plan], unit: Unit, reading: DefaultReturns
) -> None:
    line = drawn(plans, unit, reading)
    for purpose in ("maximum", "transaction"):
        alone = drawn([p for p in plans if p.purpose == purpose], unit)
        for moment in moments(line, alone):
            bound = at(alone, moment)
            if bound is not None:
                assert (at(line, moment) or 0) <= bound


@settings(deadline=None)
@given(PLANS, _plan(), UNITS)
def test_a_higher_level_wins(plans: list[Plan], top: Plan, unit: Unit) -> None:
    top = replace(top, purpose="default", place=1, level=9)
    defaults = [p for p in plans if p.purpose == "default"]
    alone, line = drawn([top], unit), drawn([*defaults, top], unit)
    under = drawn(defaults, unit)
    for moment in moments(line, alone, under):
        expected = at(alone, moment)
        assert at(line, moment) == (at(under, moment) if expected is None else expected)


@settings(deadline=None)
@given(PLANS, UNITS, READINGS, st.randoms(use_true_random=False))
def test_the_order_of_the_profiles_does_not_matter(
    plans: list[Plan], unit: Unit, reading: DefaultReturns, chance: random.Random
) -> None:
    shuffled = plans.copy()
    chance.shuffle(shuffled)
    assert drawn(shuffled, unit, reading) == drawn(plans, unit, reading)


# Against the reference systems' own calculator


def theirs(plan: Plan) -> schedules.Profile:
    """Return a plan as the reference charge point has it."""
    kind = "Recurring" if plan.cycle else "Absolute" if plan.start else "Relative"
    return schedules.Profile(
        ident=hash(_slot(plan)),
        evse=plan.place,
        purpose=NAMES[plan.purpose],
        kind=kind,
        stack_level=plan.level,
        unit=plan.unit,
        periods=tuple(schedules.Period(*period) for period in plan.periods),
        duration=None if plan.duration is None else int(plan.duration.total_seconds()),
        start=plan.start,
        cycle={DAY: "Daily", WEEK: "Weekly", None: ""}[plan.cycle],
        valid_from=None if plan.valid_from.year == 1 else plan.valid_from,
        valid_to=None if plan.valid_to.year == 9999 else plan.valid_to,
    )


def agree(ours: Timeline, found: Sequence[schedules.Period], local_limit: float) -> None:
    """Require the same limits at every moment, to the decimal that a message has."""
    for moment in moments(ours, tuple(Stretch(second(p.start), NOON, 0) for p in found)):
        limit = at(ours, moment)
        expected = local_limit if limit is None else min(limit, local_limit)
        reported = [p.limit for p in found if second(p.start) <= moment][-1]
        assert reported == pytest.approx(expected, abs=0.051)


@settings(deadline=None)
@given(PLANS, UNITS, st.sampled_from((1, 3)))
def test_the_reference_charge_point_agrees(plans: list[Plan], unit: Unit, phases: int) -> None:
    station = Profiles(StationOptions(phases=phases))
    for plan in plans:
        assert station.install(theirs(plan))
    found = station.composite(1, start=NOON, duration=LENGTH, unit=unit, session=second(-30))
    ours = drawn(plans, unit, "never", Supply(phases=phases))
    agree(ours, found, 32.0 if unit == "A" else 32 * 230 * phases)


def payload(plan: Plan) -> Installed:
    """Return a plan as the reference charging station has it."""
    kind = "Recurring" if plan.cycle else "Absolute" if plan.start else "Relative"
    names = {**NAMES, "maximum": "ChargingStationMaxProfile"}
    schedule = {
        "charging_rate_unit": plan.unit,
        "duration": None if plan.duration is None else int(plan.duration.total_seconds()),
        "start_schedule": plan.start and plan.start.isoformat(),
        "charging_schedule_period": [
            {"start_period": at, "limit": limit, "number_phases": phases}
            for at, limit, phases in plan.periods
        ],
    }
    profile = {
        "id": hash(_slot(plan)),
        "stack_level": plan.level,
        "charging_profile_purpose": names[plan.purpose],
        "charging_profile_kind": kind,
        "recurrency_kind": {DAY: "Daily", WEEK: "Weekly", None: None}[plan.cycle],
        "valid_from": None if plan.valid_from.year == 1 else plan.valid_from.isoformat(),
        "valid_to": None if plan.valid_to.year == 9999 else plan.valid_to.isoformat(),
        "charging_schedule": [schedule],
    }
    return Installed(evse=plan.place, profile=profile)


@settings(deadline=None)
@given(
    st.lists(_plan(), max_size=6, unique_by=lambda p: (p.purpose, p.level)),
    UNITS,
    st.sampled_from((1, 3)),
)
def test_the_reference_charging_station_agrees(plans: list[Plan], unit: Unit, phases: int) -> None:
    # No level twice: the same one on the station and on an EVSE is refused (K01.FR.52, FR.53).
    station = Profiles201(
        evses=2,
        phases=phases,
        units=("A", "W"),
        transaction=lambda _: "1",
        installed=[payload(plan) for plan in plans],
    )
    found = station.composite(1, unit, NOON, LENGTH, second(-30))
    ours = drawn(plans, unit, "silent", Supply(phases=phases))
    agree(ours, found, 32.0 if unit == "A" else 32 * 230 * phases)
