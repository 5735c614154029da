"""The charging profiles that are installed on the reference charging station (chapter K)."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from conformance.reference import schedules
from conformance.reference.schedules import Period
from conformance.reference.schedules_201 import (
    Profile,
    installed,
    lowest,
    moment,
    total,
    wrong_schedule,
)
from conformance.reference.variables_201 import (
    MAX_CURRENT,
    PERIODS_PER_SCHEDULE,
    STACK_LEVELS,
    VOLTAGE,
)

_MAXIMUM = "ChargingStationMaxProfile"
_DEFAULT = "TxDefaultProfile"
_TRANSACTION = "TxProfile"


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why a profile is not installed: a reason code of appendix 5."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class Installed:
    """A profile and the EVSE it is for; 0 is the station."""

    evse: int
    profile: Profile


@dataclass(kw_only=True)
class Profiles:
    """All installed profiles, by what may be asked of them.

    `transaction(evse)` returns the id of the transaction there, "" when there is none.
    """

    evses: int
    phases: int
    units: tuple[str, ...]
    transaction: Callable[[int], str]
    installed: list[Installed] = field(default_factory=list)

    def install(self, evse: int, profile: Profile) -> Refusal | None:
        """Install or replace a profile; return why not, None when it is installed (K01)."""
        reason = self._refusal(evse, profile)
        if reason:
            return Refusal(reason=reason)
        self.installed = [i for i in self.installed if i.profile["id"] != profile["id"]]
        self.installed.append(Installed(evse=evse, profile=copy.deepcopy(dict(profile))))
        return None

    def install_for(self, evse: int, transaction: str, profile: Profile) -> None:
        """Install the profile that came with a remote start, as its transaction is there (K05)."""
        self.installed = [
            i
            for i in self.installed
            if i.profile["id"] != profile["id"]
            and (i.evse, i.profile["charging_profile_purpose"]) != (evse, _TRANSACTION)
        ]
        bound = copy.deepcopy(dict(profile)) | {"transaction_id": transaction}
        self.installed.append(Installed(evse=evse, profile=bound))

    def check_for_start(self, profile: Profile) -> Refusal | None:
        """Return why a profile cannot come with a RequestStartTransaction (F01.FR.09, FR.26)."""
        wrong = profile["charging_profile_purpose"] != _TRANSACTION or bool(
            profile.get("transaction_id")
        )
        reason = "InvalidProfile" if wrong else self._unsuitable(profile)
        return Refusal(reason=reason) if reason else None

    def matching(self, evse: int | None, criteria: Mapping[str, Any]) -> list[Installed]:
        """Return the profiles that GetChargingProfiles asks for (K09.FR.03 to K09.FR.06)."""
        ids, source = criteria.get("charging_profile_id"), criteria.get("charging_limit_source")
        return [
            i
            for i in self._like(evse, criteria)
            if (not ids or i.profile["id"] in ids) and (not source or "CSO" in source)
        ]

    def clear(self, identity: int | None, criteria: Mapping[str, Any]) -> bool:
        """Clear the profile with an id, or all that match; say whether there was one (K10)."""
        if identity is None:
            gone = self._like(criteria.get("evse_id"), criteria)
        else:
            gone = [i for i in self.installed if i.profile["id"] == identity]
        self.installed = [i for i in self.installed if i not in gone]
        return bool(gone)

    def forget_transaction(self, transaction: str) -> None:
        """Drop the profiles that were for one transaction only."""
        self.installed = [
            i for i in self.installed if i.profile.get("transaction_id") != transaction
        ]

    def composite(
        self, evse: int, unit: str, begin: datetime, duration: int, session: datetime | None
    ) -> list[Period]:
        """Return the composite schedule of an EVSE, or of the whole station (0) (K08).

        `session` is when the transaction there could first deliver energy; without one it is
        taken to do so at `begin` (K08.FR.06). Phases are those of the profile that counts.
        """
        supply = schedules.Supply(local_limit=MAX_CURRENT, voltage=VOLTAGE, phases=self.phases)

        def merged(layers: list[list[schedules.Profile]], most: schedules.Supply) -> list[Period]:
            return list(
                schedules.composite(
                    layers, most, start=begin, duration=duration, unit=unit, session=session
                )
            )

        if evse:
            return merged(self._layers(evse), supply)
        parts = [merged(self._layers(e), supply) for e in range(1, self.evses + 1)]
        # The station's own limit is one for all EVSEs together, not one for each.
        feed = replace(supply, local_limit=MAX_CURRENT * self.evses)
        return lowest(total(parts), merged([self._for(0, _MAXIMUM)], feed))

    def _layers(self, evse: int) -> list[list[schedules.Profile]]:
        # One layer, so that a default counts only while no profile of the transaction does.
        above = [
            replace(p, stack_level=p.stack_level + STACK_LEVELS + 1)
            for p in self._for(evse, _TRANSACTION)
        ]
        return [[*above, *self._for(evse, _DEFAULT)], self._for(0, _MAXIMUM)]

    def _for(self, evse: int, purpose: str) -> list[schedules.Profile]:
        return [
            installed(i.evse, i.profile)
            for i in self.installed
            if i.evse in {0, evse} and i.profile["charging_profile_purpose"] == purpose
        ]

    def _like(self, evse: int | None, criteria: Mapping[str, Any]) -> list[Installed]:
        purpose = criteria.get("charging_profile_purpose")
        level = criteria.get("stack_level")
        return [
            i
            for i in self.installed
            if evse in {None, i.evse}
            and purpose in {None, i.profile["charging_profile_purpose"]}
            and level in {None, i.profile["stack_level"]}
        ]

    def _refusal(self, evse: int, profile: Profile) -> str:
        if not 0 <= evse <= self.evses:
            return "UnknownEvse"  # K01.FR.28
        purpose = profile["charging_profile_purpose"]
        if purpose == _TRANSACTION:
            reason = self._wrong_transaction(evse, profile)
        elif purpose == _MAXIMUM:
            wrong = evse != 0 or profile["charging_profile_kind"] == "Relative"  # K01.FR.38
            reason = "InvalidProfile" if wrong else ""
        else:
            reason = "" if purpose == _DEFAULT else "InvalidProfile"  # K01.FR.22
        return reason or self._unsuitable(profile) or self._conflict(evse, profile)

    def _wrong_transaction(self, evse: int, profile: Profile) -> str:
        active, meant = self.transaction(evse) if evse else "", profile.get("transaction_id")
        if not active:
            return "TxNotFound"  # K01.FR.09, K01.FR.16
        return "" if meant == active else "TxNotFound"  # K01.FR.33

    def _unsuitable(self, profile: Profile) -> str:
        if not 0 <= profile["stack_level"] <= STACK_LEVELS:
            return "InvalidStackLevel"
        for schedule in profile["charging_schedule"]:
            if schedule["charging_rate_unit"] not in self.units:
                return "UnsupportedRateUnit"  # K01.FR.26
        return wrong_schedule(profile, PERIODS_PER_SCHEDULE)

    def _conflict(self, evse: int, profile: Profile) -> str:
        """Two profiles of a purpose on one level exclude each other (K01.FR.06, FR.39, FR.52)."""
        for other in self.installed:
            same = all(
                other.profile.get(key) == profile.get(key)
                for key in ("charging_profile_purpose", "stack_level", "transaction_id")
            )
            if not same or other.profile["id"] == profile["id"]:
                continue
            if other.evse != evse and 0 in {other.evse, evse}:
                return "DuplicateProfile"
            if other.evse == evse and _overlap(other.profile, profile):
                return "DuplicateProfile"
        return ""


def _overlap(one: Profile, other: Profile) -> bool:
    def before(first: Profile, second: Profile) -> bool:
        end, begin = first.get("valid_to"), second.get("valid_from")
        return bool(end and begin and moment(end) <= moment(begin))

    return not before(one, other) and not before(other, one)
