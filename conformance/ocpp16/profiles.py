"""Charging profiles of OCPP 1.6, as the cases set them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from conformance.clock import later
from conformance.matching import instant
from conformance.ocpp16.messages import ChargingProfile as Profile
from conformance.sut import Sut

__all__ = ["Profile", "Purpose", "absolute", "seconds_since"]

Purpose = Literal["ChargePointMaxProfile", "TxDefaultProfile", "TxProfile"]


def absolute(
    sut: Sut,
    profile_id: int,
    purpose: Purpose,
    periods: Sequence[tuple[int, float]],
    *,
    duration: int,
    valid_for: float | None,
    stack_level: int = 0,
    begun: float | None = None,
) -> Profile:
    """Return an Absolute profile; `periods` are (second, limit in A) pairs.

    It began `begun` seconds ago (the configured deviation, as the documents have it), and is
    valid from then for `valid_for` seconds, if given. Limits go into the configured unit.
    """
    ago = later(-(sut.limits.deviation if begun is None else begun))
    offset = -(sut.limits.deviation if begun is None else begun)
    profile: Profile = {
        "chargingProfileId": profile_id,
        "stackLevel": stack_level,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Absolute",
        "chargingSchedule": {
            "duration": duration,
            "startSchedule": ago,
            "chargingRateUnit": sut.charging_rate_unit,
            "chargingSchedulePeriod": [
                {
                    "startPeriod": at,
                    "limit": sut.charging_limit(limit),
                    "numberPhases": sut.number_phases,
                }
                for at, limit in periods
            ],
        },
    }
    if valid_for is not None:
        profile["validFrom"] = ago
        profile["validTo"] = later(offset + valid_for)
    return profile


def seconds_since(profile: Mapping[str, Any], composite: Mapping[str, Any]) -> float:
    """Return how far into `profile` a composite schedule begins, in seconds.

    A composite without scheduleStart begins when it was asked for (OCPP 1.6, 6.22).
    """
    start = instant(profile["chargingSchedule"]["startSchedule"])
    begin = instant(composite.get("scheduleStart")) or datetime.now(UTC)
    return (begin - start).total_seconds() if start else 0.0
