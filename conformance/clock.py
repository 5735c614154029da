"""The time of day, as OCPP writes it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def now() -> str:
    """Return the current time in UTC by RFC 3339, to the millisecond."""
    return rfc3339(datetime.now(UTC))


def later(seconds: float) -> str:
    """Return the time `seconds` from now (negative: ago), as `now` writes it."""
    return rfc3339(datetime.now(UTC) + timedelta(seconds=seconds))


def rfc3339(moment: datetime) -> str:
    """Write an aware `moment` in UTC by RFC 3339, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
