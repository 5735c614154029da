"""Compare a reported charging schedule with the limits it must contain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from conformance.matching import Matcher


def limit_at(periods: Sequence[Mapping[str, Any]], moment: float) -> float | None:
    """Return the limit that holds at `moment` seconds after the start, or None before it."""
    begun = [p for p in periods if p["startPeriod"] <= moment]
    return begun[-1]["limit"] if begun else None


def limits(
    *expected: tuple[float, float | tuple[float, ...]], until: float, deviation: float
) -> Any:  # noqa: ANN401 - stands where any value could stand
    """Accept the chargingSchedulePeriods that follow `expected`: (from second, limit) pairs.

    Where a pair has several limits, each of them is right. What a device is free to do changes
    nothing: periods split or joined, and edges up to `deviation` seconds off. `until` is the
    end of the schedule in seconds.
    """
    shown = [(at, limit if isinstance(limit, tuple) else (limit,)) for at, limit in expected]
    name = ", ".join(
        f"{' or '.join(f'{x:g}' for x in limit)} from {at:.0f} s" for at, limit in shown
    )

    def accepts(value: object) -> bool:
        if not isinstance(value, list) or not value or value[0].get("startPeriod") != 0:
            return False
        starts = [p["startPeriod"] for p in value]
        if starts != sorted(starts):
            return False
        ends = [at for at, _ in shown[1:]] + [until]
        return all(
            limit_at(value, moment) in limit
            for (at, limit), end in zip(shown, ends, strict=True)
            for moment in _inside(at, end, starts, deviation)
        )

    wrong = [{"startPeriod": max(0, round(at)), "limit": limit[0]} for at, limit in shown]
    wrong[-1] = {**wrong[-1], "limit": shown[-1][1][0] + 1}
    return Matcher(f"limits {name}", accepts, wrong=wrong)


def _inside(at: float, end: float, starts: Sequence[float], deviation: float) -> list[float]:
    """Return where to look between two edges: after each change, and clear of the edges."""
    low, high = max(0.0, at + deviation), end - deviation
    if high < low:
        return []
    return [low, high, *(s for s in starts if low < s < high)]
