"""What the charging profiles of a station amount to: the composite schedule, as a timeline.

OCPP 1.6: 3.13, 5.7, 5.16, 7.8 to 7.14, with errata 3.34 and 3.43 to 3.45; OCPP 2.0.1: part 2, K,
3.2 to 3.5, K01 and K08. A profile is drawn as stretches of time with a limit each. Those of one
purpose are laid over each other by their stack level; a higher one hides what is under it only
where it has a period. Over the purposes the lowest limit holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any, Final, Literal, TypeAlias

Purpose: TypeAlias = Literal["maximum", "external", "default", "transaction"]
Unit: TypeAlias = Literal["A", "W"]
DefaultReturns: TypeAlias = Literal["never", "expired", "silent"]
"""When a TxDefaultProfile holds though there is a TxProfile: the readings of the texts."""

_PURPOSES: Final[Mapping[str, Purpose]] = {
    "ChargePointMaxProfile": "maximum",
    "ChargingStationMaxProfile": "maximum",
    "ChargingStationExternalConstraints": "external",
    "TxDefaultProfile": "default",
    "TxProfile": "transaction",
}
_CYCLES: Final = {"Daily": timedelta(days=1), "Weekly": timedelta(weeks=1)}
_ALWAYS: Final = datetime.min.replace(tzinfo=UTC)
_NEVER: Final = datetime.max.replace(tzinfo=UTC)
ASSUMED_PHASES: Final = 3


@dataclass(frozen=True)
class Stretch:
    """From `begin` to `end`, which is no longer part of it, at most `limit`, on `phases`."""

    begin: datetime
    end: datetime
    limit: float
    phases: int | None = None


Timeline: TypeAlias = tuple[Stretch, ...]
"""Stretches in the order of time that do not overlap; between them nothing is said."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One installed charging profile, of either version, with one schedule.

    `place` is the connector (2.0.1: EVSE) it is set on, 0 for the station; `periods` are
    (second, limit, phases) triples; `cycle` is None unless it recurs, and `start` is None where
    the schedule counts from the beginning of the transaction.
    """

    place: int
    purpose: Purpose
    level: int
    unit: Unit
    periods: tuple[tuple[int, float, int], ...]
    duration: timedelta | None = None
    start: datetime | None = None
    cycle: timedelta | None = None
    valid_from: datetime = _ALWAYS
    valid_to: datetime = _NEVER


@dataclass(frozen=True, kw_only=True)
class Supply:
    """What a station charges with: volts between phase and neutral, and how many phases."""

    voltage: float = 230.0
    phases: int = 3


def plan(place: int, profile: Mapping[str, Any]) -> Plan:
    """Read the payload of a ChargingProfile (1.6) or ChargingProfileType (2.0.1).

    Of several schedules (ISO 15118) the first is taken. Times without a zone are UTC.
    """
    schedules = profile["chargingSchedule"]
    schedule = schedules if isinstance(schedules, Mapping) else schedules[0]
    relative = profile["chargingProfileKind"] == "Relative"
    duration = schedule.get("duration")
    return Plan(
        place=place,
        purpose=_PURPOSES[profile["chargingProfilePurpose"]],
        level=profile["stackLevel"],
        unit=schedule["chargingRateUnit"],
        periods=tuple(
            (p["startPeriod"], float(p["limit"]), p.get("numberPhases") or ASSUMED_PHASES)
            for p in schedule["chargingSchedulePeriod"]
        ),
        duration=None if duration is None else timedelta(seconds=duration),
        start=None if relative else _moment(schedule.get("startSchedule")),
        cycle=_CYCLES.get(profile.get("recurrencyKind", "")) if not relative else None,
        valid_from=_moment(profile.get("validFrom")) or _ALWAYS,
        valid_to=_moment(profile.get("validTo")) or _NEVER,
    )


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def compose(
    plans: Iterable[Plan],
    place: int,
    *,
    begin: datetime,
    end: datetime,
    unit: Unit,
    supply: Supply | None = None,
    started: datetime | None = None,
    default_returns: DefaultReturns = "expired",
) -> Timeline:
    """Return what the profiles allow at `place` (0: the station as a whole) in `unit`.

    `started` is when the transaction began; without one it is as if it began at `begin`
    (K08.FR.06). A TxProfile overrules the default profiles: as long as it is installed ("never",
    1.6: 3.13.1), as long as it is valid ("expired", 2.0.1: K, 3.2), or as long as one has a period
    ("silent", K, 3.5). Where nothing applies there is a gap.
    """
    drawing = _Drawing(begin, end, unit, supply or Supply(), started or begin)
    known = tuple(plans)
    by_purpose = {p: [x for x in known if x.purpose == p] for p in set(_PURPOSES.values())}
    layers = [
        drawing.stack([x for x in by_purpose["maximum"] if x.place == 0]),
        drawing.stack([x for x in by_purpose["external"] if x.place in {0, place}]),
    ]
    if place:
        own = [x for x in by_purpose["transaction"] if x.place == place]
        default = drawing.stack(_defaults(by_purpose["default"], place))
        if default_returns == "never" and own:
            default = ()
        elif default_returns == "expired":
            default = without(default, [(x.valid_from, x.valid_to) for x in own])
        layers.append(over(drawing.stack(own), default))
    return joined(reduce(lowest, layers))


def _defaults(plans: Sequence[Plan], place: int) -> list[Plan]:
    """Return the default profiles at a place: its own replace the station's of their level."""
    own = [x for x in plans if x.place == place]
    return own + [x for x in plans if x.place == 0 and x.level not in {y.level for y in own}]


@dataclass(frozen=True)
class _Drawing:
    """Draws profiles between `begin` and `end`, in one unit."""

    begin: datetime
    end: datetime
    unit: Unit
    supply: Supply
    started: datetime

    def stack(self, plans: Iterable[Plan]) -> Timeline:
        """Lay profiles of one purpose over each other, by their level."""
        drawn = [tuple(self._draw(x)) for x in sorted(plans, key=lambda x: x.level)]
        return reduce(lambda lower, upper: over(upper, lower), drawn, ())

    def _draw(self, plan: Plan) -> Iterator[Stretch]:
        first, last = max(self.begin, plan.valid_from), min(self.end, plan.valid_to)
        for origin in self._origins(plan):
            ends = [at for at, _, _ in plan.periods[1:]]
            for (at, limit, phases), until in zip(plan.periods, [*ends, None], strict=True):
                begin = max(first, origin + timedelta(seconds=at))
                end = min(last, self._until(plan, origin, until))
                if begin < end:
                    yield Stretch(begin, end, *self._converted(limit, phases, plan.unit))

    def _origins(self, plan: Plan) -> Iterator[datetime]:
        """Yield when the schedule begins, as often as it does before the end of the drawing."""
        origin = plan.start or self.started
        if plan.cycle is None:
            yield origin
            return
        origin += max(0, (self.begin - origin) // plan.cycle) * plan.cycle
        while origin < self.end:
            yield origin
            origin += plan.cycle

    def _until(self, plan: Plan, origin: datetime, next_period: int | None) -> datetime:
        """Return when a period is over: at the next one, the end, or the next recurrence."""
        lengths = [x for x in (plan.duration, plan.cycle) if x is not None]
        if next_period is not None:
            lengths.append(timedelta(seconds=next_period))
        return origin + min(lengths) if lengths else _NEVER

    def _converted(self, limit: float, phases: int, unit: Unit) -> tuple[float, int]:
        # Amperes are per phase, watts in total. The limit holds for the phases that can be used,
        # and is not calculated anew for them (1.6, 7.12 and erratum 3.34; K01.FR.50, FR.51).
        used = min(phases, self.supply.phases)
        if unit == self.unit:
            return limit, used
        volts = self.supply.voltage
        return (limit * volts * used if unit == "A" else limit / (volts * phases)), used


def over(upper: Timeline, lower: Timeline) -> Timeline:
    """Lay one timeline over another, which shows where the upper one has gaps."""
    return _ordered([*upper, *without(lower, [(x.begin, x.end) for x in upper])])


def lowest(one: Timeline, other: Timeline) -> Timeline:
    """Return the lower limit of two timelines; where one has a gap the other one alone holds."""
    both = [
        replace(
            min(x, y, key=lambda z: (z.limit, z.phases or 0)),
            begin=max(x.begin, y.begin),
            end=min(x.end, y.end),
        )
        for x in one
        for y in other
        if max(x.begin, y.begin) < min(x.end, y.end)
    ]
    alone = [
        *without(one, [(x.begin, x.end) for x in other]),
        *without(other, [(x.begin, x.end) for x in one]),
    ]
    return _ordered([*both, *alone])


def without(line: Timeline, spans: Iterable[tuple[datetime, datetime]]) -> Timeline:
    """Cut spans of time out of a timeline."""
    left = list(line)
    for begin, end in (span for span in spans if span[0] < span[1]):
        left = [
            part
            for x in left
            for part in (
                replace(x, end=min(x.end, max(begin, x.begin))),
                replace(x, begin=max(x.begin, min(end, x.end))),
            )
            if part.begin < part.end
        ]
    return _ordered(left)


def joined(line: Timeline) -> Timeline:
    """Make one stretch of neighbours that say the same."""
    found: list[Stretch] = []
    for x in line:
        last = found[-1] if found else None
        if last and (last.end, last.limit, last.phases) == (x.begin, x.limit, x.phases):
            found[-1] = replace(last, end=x.end)
        else:
            found.append(x)
    return tuple(found)


def _ordered(stretches: Iterable[Stretch]) -> Timeline:
    return tuple(sorted(stretches, key=lambda x: x.begin))
