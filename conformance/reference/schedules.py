"""Composite schedules: what the charging profiles of a station allow together, second by second.

OCPP 1.6, section 3.13; OCPP 2.0.1, part 2, section K. The profiles of one purpose are a layer:
within it the highest stack level that says anything at an instant prevails (a schedule that has
not begun or has ended says nothing). Over the layers, and a local limit, the lowest limit counts.
Which purposes take part, and which overrules which, is the caller's to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final

SECOND: Final = timedelta(seconds=1)
ASSUMED_PHASES: Final = 3  # where a period names none
_CYCLES: Final = {"Daily": timedelta(days=1), "Weekly": timedelta(weeks=1)}


@dataclass(frozen=True)
class Period:
    """From `start` seconds on, at most `limit` in the unit of its schedule."""

    start: int
    limit: float
    phases: int | None = None


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One charging profile with one schedule, installed on `evse` (1.6: connectorId).

    `kind` is "Absolute", "Relative" or "Recurring" (then `cycle` is "Daily" or "Weekly"); `unit`
    "A" or "W"; `duration` in seconds, None without an end. `transaction` as text, if there is one.
    """

    ident: int
    evse: int
    purpose: str
    kind: str
    stack_level: int
    unit: str
    periods: tuple[Period, ...]
    duration: int | None = None
    start: datetime | None = None
    cycle: str = ""
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    transaction: str | None = None

    def at(self, moment: datetime, session: datetime) -> Period | None:
        """Return the period in force at `moment`, None if the profile says nothing then.

        `session` is when the transaction began; a relative schedule counts from there.
        """
        if self.valid_from and moment < self.valid_from:
            return None
        if self.valid_to and moment >= self.valid_to:
            return None
        elapsed = self._elapsed(moment, session)
        if elapsed < timedelta() or (
            self.duration is not None and elapsed >= self.duration * SECOND
        ):
            return None
        past = list(takewhile(lambda period: period.start * SECOND <= elapsed, self.periods))
        return past[-1] if past else None

    def changes(self, begin: datetime, end: datetime, session: datetime) -> Iterator[datetime]:
        """Yield the moments from `begin` to `end` at which the limit can change."""
        yield from (moment for moment in (self.valid_from, self.valid_to) if moment)
        offsets = [period.start for period in self.periods]
        if self.duration is not None:
            offsets.append(self.duration)
        for origin in self._origins(begin, end, session):
            yield from (origin + offset * SECOND for offset in offsets)

    def _origin(self, session: datetime) -> datetime:
        return session if self.kind == "Relative" or self.start is None else self.start

    def _elapsed(self, moment: datetime, session: datetime) -> timedelta:
        elapsed = moment - self._origin(session)
        if self.kind == "Recurring" and elapsed >= timedelta():
            return elapsed % _CYCLES[self.cycle]
        return elapsed

    def _origins(self, begin: datetime, end: datetime, session: datetime) -> Iterator[datetime]:
        origin = self._origin(session)
        if self.kind != "Recurring":
            yield origin
            return
        cycle = _CYCLES[self.cycle]
        if begin > origin:
            origin += (begin - origin) // cycle * cycle
        while origin < end:
            yield origin
            origin += cycle


@dataclass(frozen=True, kw_only=True)
class Supply:
    """What the installation gives: `local_limit` in ampere, volts per phase, phases."""

    local_limit: float = 32.0
    voltage: float = 230.0
    phases: int = 3

    def convert(self, limit: float, phases: int, unit: str, wanted: str) -> float:
        """Return `limit`, made for so many `phases`, in the unit `wanted`, "A" or "W".

        Amperes hold for each phase that can be used; watts are divided among the phases that
        they were meant for (OCPP 1.6, 7.12 and erratum 3.34; K01.FR.50, FR.51).
        """
        if unit == wanted:
            return limit
        if wanted == "W":
            return limit * self.voltage * min(phases, self.phases)
        return limit / (self.voltage * phases)


def composite(
    layers: Iterable[Sequence[Profile]],
    supply: Supply,
    *,
    start: datetime,
    duration: int,
    unit: str,
    session: datetime | None = None,
) -> tuple[Period, ...]:
    """Return the schedule of the next `duration` seconds from `start` on, in `unit`.

    `session` is when the transaction began; without one, it is taken to begin at `start`.
    """
    session = session or start
    stacked = [sorted(layer, key=lambda p: p.stack_level, reverse=True) for layer in layers]
    end = start + duration * SECOND
    moments = {0} | {
        -((start - moment) // SECOND)  # rounded up: the whole second in which it is in force
        for layer in stacked
        for profile in layer
        for moment in profile.changes(start, end, session)
        if start < moment < end
    }
    merged: list[Period] = []
    for offset in sorted(moments):
        moment = start + offset * SECOND
        if offset and moment >= end:
            continue
        limit, phases = min(_limits(stacked, supply, moment, unit, session), key=lambda x: x[0])
        if not merged or (merged[-1].limit, merged[-1].phases) != (limit, phases):
            merged.append(Period(offset, limit, phases))
    return tuple(merged)


def _limits(
    stacked: Iterable[Sequence[Profile]],
    supply: Supply,
    moment: datetime,
    unit: str,
    session: datetime,
) -> Iterator[tuple[float, int | None]]:
    """Yield limit and phases of each layer that says anything at `moment`, and the local ones."""
    for layer in stacked:
        for profile in layer:
            period = profile.at(moment, session)
            if period:
                phases = period.phases or ASSUMED_PHASES
                limit = supply.convert(period.limit, phases, profile.unit, unit)
                yield round(limit, 1), period.phases
                break
    yield round(supply.convert(supply.local_limit, supply.phases, "A", unit), 1), None
