"""The charging profiles of OCPP 2.0.1 messages, checked and made ready for `schedules`.

Profiles are payloads with keys in snake_case, times in RFC 3339.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

from conformance.reference import schedules
from conformance.reference.schedules import Period

Profile: TypeAlias = Mapping[str, Any]
_DEFAULT_PHASES = 3  # K01.FR.49


def moment(text: str) -> datetime:
    """Return the instant that an RFC 3339 text names, UTC where it names no zone."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def wrong_schedule(profile: Profile, most_periods: int) -> str:
    """Return what is wrong with the profile's schedules, "" if nothing is (K01.FR.31 to FR.41)."""
    relative = profile["charging_profile_kind"] == "Relative"
    for schedule in profile["charging_schedule"]:
        starts = [p["start_period"] for p in schedule["charging_schedule_period"]]
        if starts[0] != 0 or starts != sorted(set(starts)) or len(starts) > most_periods:
            return "InvalidSchedule"
        if relative == bool(schedule.get("start_schedule")):
            return "InvalidSchedule"
        if any(_phase_without_single(p) for p in schedule["charging_schedule_period"]):
            return "InvalidSchedule"
    recurring = profile["charging_profile_kind"] == "Recurring"
    return "" if recurring == bool(profile.get("recurrency_kind")) else "InvalidProfile"


def installed(evse: int, profile: Profile) -> schedules.Profile:
    """Return the first schedule of a profile on `evse`: without ISO 15118 it is the only one."""
    schedule = profile["charging_schedule"][0]
    start, begin, end = (
        moment(text) if text else None
        for text in (
            schedule.get("start_schedule"),
            profile.get("valid_from"),
            profile.get("valid_to"),
        )
    )
    return schedules.Profile(
        ident=profile["id"],
        evse=evse,
        purpose=profile["charging_profile_purpose"],
        kind=profile["charging_profile_kind"],
        stack_level=profile["stack_level"],
        unit=schedule["charging_rate_unit"],
        periods=tuple(
            Period(p["start_period"], float(p["limit"]), p.get("number_phases", _DEFAULT_PHASES))
            for p in schedule["charging_schedule_period"]
        ),
        duration=schedule.get("duration"),
        start=start,
        cycle=profile.get("recurrency_kind") or "",
        valid_from=begin,
        valid_to=end,
        transaction=profile.get("transaction_id"),
    )


def total(parts: Sequence[Sequence[Period]]) -> list[Period]:
    """Return the sum of several composite schedules that begin together."""
    return _joined(parts, sum)


def lowest(*parts: Sequence[Period]) -> list[Period]:
    """Return the lowest limit of several composite schedules that begin together."""
    return _joined(parts, min)


def _joined(
    parts: Sequence[Sequence[Period]], join: Callable[[list[float]], float]
) -> list[Period]:
    found: list[Period] = []
    for start in sorted({period.start for part in parts for period in part}):
        limit = round(join([[p.limit for p in part if p.start <= start][-1] for part in parts]), 1)
        if not found or found[-1].limit != limit:
            found.append(Period(start, limit))
    return found


def _phase_without_single(period: Mapping[str, Any]) -> bool:
    phases = period.get("number_phases", _DEFAULT_PHASES)
    return period.get("phase_to_use") is not None and phases != 1
