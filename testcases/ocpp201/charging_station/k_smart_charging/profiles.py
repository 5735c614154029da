"""What the cases of block K set and find again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from conformance import Received, Sut
from conformance.ocpp201.messages import ChargingProfileType

Purpose = Literal["TxDefaultProfile", "TxProfile"]


def relative(sut: Sut, profile_id: int, purpose: Purpose) -> ChargingProfileType:
    """Return a Relative profile of one period with the documents' 6 A (erratum 6.2.69 for W)."""
    return {
        "id": profile_id,
        "stackLevel": sut.values.stack_level,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Relative",
        "chargingSchedule": [
            {
                "id": 1,
                "duration": sut.values.schedule_duration,
                "chargingRateUnit": sut.charging_rate_unit,
                "chargingSchedulePeriod": [
                    {
                        "startPeriod": 0,
                        "limit": sut.charging_limit(6),
                        "numberPhases": sut.number_phases,
                    }
                ],
            }
        ],
    }


def page_of(pages: Sequence[Received], profile_id: int) -> tuple[Received, int]:
    """Return the page that reports a profile, and its place there; else the last page."""
    for page in pages:
        profiles: list[dict[str, Any]] = page["chargingProfile"]
        for place, profile in enumerate(profiles):
            if profile.get("id") == profile_id:
                return page, place
    return pages[-1], 0
