"""Compare a reported charging schedule with what the charging profiles allow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from conformance.composite import Timeline
from conformance.matching import Matcher

TENTH: Final = 0.1  # limits have one decimal: one that was converted may be rounded either way


@dataclass(frozen=True)
class Span:
    """From `begin` to `end`, in seconds, each of the limits is right; none given, any is."""

    begin: float
    end: float
    right: frozenset[float]

    def accepts(self, limit: float) -> bool:
        """Tell whether a station may report this limit."""
        return not self.right or any(
            limit == x or (x != round(x, 1) and abs(limit - x) < TENTH) for x in self.right
        )

    def __str__(self) -> str:
        told = " or ".join(f"{x:.10g}" for x in sorted(self.right)) or "any limit"
        return f"{told} from {int(self.begin)} s"


def spans(
    readings: Sequence[Timeline], begin: datetime, end: datetime, local_limit: float | None
) -> list[Span]:
    """Return the limits that are right between two moments, by any of the readings of the texts.

    A station may take its own limit into account (OCPP 1.6, 5.7); where no profile says
    anything, that limit holds, and any does if it is not known.
    """
    edges = {x for line in readings for s in line for x in (s.begin, s.end)} | {begin, end}
    inside = sorted(x for x in edges if begin <= x <= end)
    found: list[Span] = []
    for one, next_ in pairwise(inside):
        right = _right((_at(line, one) for line in readings), local_limit)
        since = (one - begin).total_seconds()
        if found and found[-1].right == right:
            since = found.pop().begin
        found.append(Span(since, (next_ - begin).total_seconds(), right))
    return found


def _at(line: Timeline, moment: datetime) -> float | None:
    return next((s.limit for s in line if s.begin <= moment < s.end), None)


def _right(limits: Iterable[float | None], local_limit: float | None) -> frozenset[float]:
    right: set[float] = set()
    for limit in limits:
        if limit is None and local_limit is None:
            return frozenset()
        known = [x for x in (limit, local_limit) if x is not None]
        right |= {known[0], min(known)}
    return frozenset(right)


def allowed(expected: Sequence[Span], *, deviation: float) -> Any:  # noqa: ANN401 - any field
    """Accept the chargingSchedulePeriods with these limits.

    What a device is free to do changes nothing: periods split or joined, and edges up to
    `deviation` seconds off. What is so short that nothing of it is left is not looked at.
    """
    judged = [span for span in expected if span.end - span.begin >= 2 * deviation]

    def accepts(value: object) -> bool:
        if not isinstance(value, list) or not value or value[0].get("startPeriod") != 0:
            return False
        starts = [p["startPeriod"] for p in value]
        return starts == sorted(starts) and all(
            span.accepts(limit_at(value, moment))
            for span in judged
            for moment in _inside(span, starts, deviation)
        )

    longest = max(judged, key=lambda s: bool(s.right) * (s.end - s.begin), default=None)
    known = max(longest.right, default=None) if longest else None
    wrong = [] if known is None else [{"startPeriod": 0, "limit": known + 1}]
    return Matcher(f"limits {', '.join(map(str, judged))}", accepts, wrong=wrong)


def limit_at(periods: Sequence[Mapping[str, Any]], moment: float) -> float:
    """Return the limit that holds at `moment` seconds after the start of the first period."""
    return float([p for p in periods if p["startPeriod"] <= moment][-1]["limit"])


def _inside(span: Span, starts: Sequence[float], deviation: float) -> list[float]:
    """Return where to look between two edges: after each change, and clear of the edges."""
    low, high = span.begin + deviation, span.end - deviation
    return [low, high, *(s for s in starts if low < s < high)]
