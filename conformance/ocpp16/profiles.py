"""Charging profiles of OCPP 1.6, as the cases set them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from conformance.clock import later
from conformance.composite import DefaultReturns, compose, plan
from conformance.matching import instant
from conformance.ocpp16.messages import ChargingProfile as Profile
from conformance.schedules import allowed, spans
from conformance.sut import Sut
from conformance.walltime import utc_now

__all__ = ["Profile", "Purpose", "absolute", "calculated"]

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


WHOLE_SECONDS = 1  # a startPeriod has no fractions: an edge may be off by one for that alone


def calculated(
    sut: Sut,
    answer: Mapping[str, Any],
    until: int,
    *installed: tuple[int, Profile],
    started: datetime | None = None,
) -> dict[str, Any]:
    """Require the limits that the installed (connectorId, profile) pairs amount to.

    `answer` is the GetCompositeSchedule.conf for the configured connector and the next `until`
    seconds; one without scheduleStart begins when it was asked for (OCPP 1.6, 6.22). `started`
    is when the transaction began. Where the texts can be read in two ways, both are right.
    """
    begin = instant(answer.get("scheduleStart")) or utc_now()
    end = begin + timedelta(seconds=until)
    readings = [
        compose(
            [plan(connector, profile) for connector, profile in installed],
            sut.connector,
            begin=begin,
            end=end,
            unit=sut.charging_rate_unit,
            started=started,
            default_returns=returns,
        )
        for returns in get_args(DefaultReturns)
    ]
    expected = spans(readings, begin, end, sut.values.local_limit)
    found = allowed(expected, deviation=sut.limits.deviation + WHOLE_SECONDS)
    return {"chargingSchedule": {"chargingSchedulePeriod": found}}
