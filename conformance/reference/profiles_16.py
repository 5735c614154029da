"""The charging profiles installed on the OCPP 1.6 charge point, and what they amount to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from conformance.reference.link_16 import moment
from conformance.reference.options_16 import StationOptions
from conformance.reference.schedules import Period, Profile, Supply, composite

MAXIMUM, DEFAULT, TRANSACTION = "ChargePointMaxProfile", "TxDefaultProfile", "TxProfile"


def read_profile(connector: int, given: Mapping[str, Any]) -> Profile:
    """Return the profile in a ChargingProfile in the package's spelling."""
    schedule = given["charging_schedule"]
    transaction = given.get("transaction_id")
    return Profile(
        ident=given["charging_profile_id"],
        evse=connector,
        purpose=given["charging_profile_purpose"],
        kind=given["charging_profile_kind"],
        stack_level=given["stack_level"],
        unit=schedule["charging_rate_unit"],
        periods=tuple(
            Period(p["start_period"], float(p["limit"]), p.get("number_phases"))
            for p in schedule["charging_schedule_period"]
        ),
        duration=schedule.get("duration"),
        start=_moment(schedule.get("start_schedule")),
        cycle=given.get("recurrency_kind") or "",
        valid_from=_moment(given.get("valid_from")),
        valid_to=_moment(given.get("valid_to")),
        transaction=None if transaction is None else str(transaction),
    )


def _moment(text: str | None) -> datetime | None:
    return moment(text) if text else None


class Profiles:
    """Charging profiles by the rules of section 3.13; `local_limit` (A) can change."""

    def __init__(self, options: StationOptions) -> None:
        self._options = options
        self._installed: list[Profile] = []
        self.local_limit = options.local_limit

    @property
    def installed(self) -> Sequence[Profile]:
        """The profiles that there are."""
        return tuple(self._installed)

    def restore(self, profiles: Iterable[Profile]) -> None:
        """Have the profiles again that there were."""
        self._installed = list(profiles)

    def fits(self, profile: Profile) -> bool:
        """Whether the station can carry out `profile`, whatever else is installed."""
        starts = [period.start for period in profile.periods]
        right_place = {
            MAXIMUM: profile.evse == 0,
            DEFAULT: 0 <= profile.evse <= self._options.connectors,
            TRANSACTION: 0 < profile.evse <= self._options.connectors,
        }
        return (
            right_place[profile.purpose]
            and 0 <= profile.stack_level <= self._options.max_stack_level
            and 1 <= len(starts) <= self._options.max_periods
            and starts[0] == 0
            and starts == sorted(set(starts))
            and profile.unit in self._options.rate_units
            and (profile.kind != "Recurring" or bool(profile.cycle and profile.start))
            and (profile.purpose == TRANSACTION or profile.transaction is None)
        )

    def has_room(self, profile: Profile) -> bool:
        """Whether `profile` can be installed beside those that it does not replace."""
        kept = [other for other in self._installed if not _replaces(profile, other)]
        return len(kept) < self._options.max_profiles

    def install(self, profile: Profile) -> bool:
        """Install `profile` in the place of those it replaces; return whether there was room."""
        if not self.has_room(profile):
            return False
        kept = [other for other in self._installed if not _replaces(profile, other)]
        self._installed = [*kept, profile]
        return True

    def clear(
        self,
        ident: int | None = None,
        connector: int | None = None,
        purpose: str | None = None,
        stack_level: int | None = None,
    ) -> bool:
        """Remove the profiles that match all that is given; return whether there were any."""
        wanted = {
            "ident": ident, "evse": connector, "purpose": purpose, "stack_level": stack_level
        }  # fmt: skip
        given = {name: value for name, value in wanted.items() if value is not None}
        kept = [
            profile
            for profile in self._installed
            if any(getattr(profile, name) != value for name, value in given.items())
        ]
        found = len(kept) < len(self._installed)
        self._installed = kept
        return found

    def composite(
        self,
        connector: int,
        *,
        start: datetime,
        duration: int,
        unit: str,
        session: datetime | None,
    ) -> tuple[Period, ...]:
        """Return the composite schedule of `connector`, 0 for the whole station (section 5.7).

        `session` is when the transaction on it began, None if there is none.
        """
        layers = [self._of(MAXIMUM, 0)]
        if connector:
            of_transaction = self._of(TRANSACTION, connector)
            layers.append(of_transaction or self._defaults(connector))
        supply = Supply(
            local_limit=self.local_limit,
            voltage=self._options.voltage,
            phases=self._options.phases,
        )
        return composite(layers, supply, start=start, duration=duration, unit=unit, session=session)

    def _of(self, purpose: str, connector: int) -> list[Profile]:
        return [p for p in self._installed if (p.purpose, p.evse) == (purpose, connector)]

    def _defaults(self, connector: int) -> list[Profile]:
        """Return the connector's own default profiles, and the station's that they leave."""
        own = self._of(DEFAULT, connector)
        taken = {profile.stack_level for profile in own}
        return own + [p for p in self._of(DEFAULT, 0) if p.stack_level not in taken]


def _replaces(new: Profile, old: Profile) -> bool:
    return new.ident == old.ident or (
        (new.purpose, new.stack_level, new.evse) == (old.purpose, old.stack_level, old.evse)
    )
