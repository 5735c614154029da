"""The time of day, as OCPP writes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from conformance.matching import instant
from conformance.walltime import utc_now

DAY = 86400
_FRACTION = ".987654321"
_SECONDS = len("2026-11-30T16:00:00")
CLOCKS = ("currentTime", "timestamp", "generatedAt")


def now() -> str:
    """Return the current time in UTC by RFC 3339, to the millisecond."""
    return rfc3339(utc_now())


def later(seconds: float) -> str:
    """Return the time `seconds` from now (negative: ago), as `now` writes it."""
    return rfc3339(utc_now() + timedelta(seconds=seconds))


def elsewhere(seconds: float, hours: float, *, digits: int = 0) -> str:
    """Return the time `seconds` from now by a clock `hours` east of UTC.

    It is to the nearest second; with so many `digits` after it, it is up to a second off.
    """
    moment = utc_now() + timedelta(seconds=seconds if digits else seconds + 0.5)
    text = moment.astimezone(timezone(timedelta(hours=hours))).isoformat(timespec="seconds")
    fraction = _FRACTION[: digits + 1] if digits else ""
    return f"{text[:_SECONDS]}{fraction}{text[_SECONDS:]}"


def rfc3339(moment: datetime) -> str:
    """Write an aware `moment` in UTC by RFC 3339, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def unset_clocks(payload: Mapping[str, Any]) -> Iterator[str]:
    """Yield the places where a message tells a time of its sending that is over a day away.

    No queue and no deviation explains that: the sender's clock is not set (OCPP 1.6, 4.2 and
    4.6; OCPP 2.0.1 B01.FR.06).
    """
    events = payload.get("eventData")
    parts = [("", payload)]
    if isinstance(events, list):
        parts += [(f"eventData[{n}].", e) for n, e in enumerate(events) if isinstance(e, dict)]
    for prefix, part in parts:
        for name in CLOCKS:
            told = instant(part.get(name))
            if told is not None and abs((utc_now() - told).total_seconds()) > DAY:
                yield f"{prefix}{name}"
