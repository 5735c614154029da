"""When something happened while a station was offline: not when it was told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from conformance import Received, Station, Sut, about


def apart(sut: Sut) -> float:
    """Return for how long the network is away after the end: told apart from when it is back."""
    return 2 * sut.limits.deviation + 1


def before_it_was_back(station: Station, sut: Sut, begun: Received) -> Any:  # noqa: ANN401
    """Require a time offline, and not that of the return, by the station's own clock.

    How that stands, `begun` tells, which was sent at once. What it is the time of happened
    `apart` seconds before the return, at the latest.
    """
    away, back = station.offline(begun)
    half = (back - timedelta(seconds=apart(sut)) - away) / 2
    return about(away + half, within=half.total_seconds() + apart(sut) / 2)
