"""What the OCPP 1.6 charge point answers to the central system (section 5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ocpp.exceptions import OCPPError, PropertyConstraintViolationError
from ocpp.v16 import call_result
from ocpp.v16.enums import (
    AvailabilityStatus,
    AvailabilityType,
    ChargingProfileStatus,
    ClearCacheStatus,
    ClearChargingProfileStatus,
    GetCompositeScheduleStatus,
    Reason,
    RegistrationStatus,
    RemoteStartStopStatus,
    ResetStatus,
    UnlockStatus,
)

from conformance.reference.cables_16 import Cables
from conformance.reference.charging_16 import Charging
from conformance.reference.connector_16 import Connector, Token
from conformance.reference.equipment_16 import Equipment
from conformance.reference.link_16 import Answer, Handler, rfc3339
from conformance.reference.profiles_16 import TRANSACTION, read_profile
from conformance.reference.schedules import Profile


class Requests:
    """The answers; `reset(kind)` is the station's to do."""

    def __init__(
        self,
        equipment: Equipment,
        charging: Charging,
        cables: Cables,
        reset: Callable[[str], None],
    ) -> None:
        self._all, self._charging, self._cables = equipment, charging, cables
        # The actions whose consequences come before their answers.
        self.slow = frozenset(
            {"UnlockConnector"} if equipment.options.stops_before_unlocked else ()
        )
        self._reset = reset

    def handlers(self) -> Mapping[str, Handler]:
        """Return what answers each action, according to the feature profiles."""
        core: dict[str, Handler] = {
            "ChangeAvailability": self.change_availability,
            "ClearCache": self.clear_cache,
            "RemoteStartTransaction": self.remote_start,
            "RemoteStopTransaction": self.remote_stop,
            "Reset": self.reset,
            "UnlockConnector": self.unlock,
        }
        optional: Mapping[str, dict[str, Handler]] = {
            "SmartCharging": {
                "ClearChargingProfile": self.clear_charging_profile,
                "GetCompositeSchedule": self.get_composite_schedule,
                "SetChargingProfile": self.set_charging_profile,
            },
        }
        for profile in self._all.options.profiles:
            core |= optional.get(profile, {})
        return core

    def _afterwards(self, consequence: Callable[[], None]) -> None:
        if self._all.link:
            self._all.link.afterwards(consequence)

    def _report_afterwards(self, *connectors: Connector) -> None:
        def report() -> None:
            for connector in connectors:
                self._charging.report(connector)

        self._afterwards(report)

    def _connector(self, number: int) -> Connector | None:
        """Return a connector that a cable fits into."""
        return self._all.connectors.get(number) if number > 0 else None

    # -- core

    def change_availability(self, connector_id: int, type: str) -> Answer:  # noqa: A002
        """Make a connector, or the station with all of them, operative or inoperative."""
        if connector_id not in self._all.connectors:
            return call_result.ChangeAvailability(status=AvailabilityStatus.rejected)
        operative = type == AvailabilityType.operative
        connectors = list(self._all.connectors.values())
        wanted = [c for c in connectors if connector_id in (0, c.number)]
        later = [c for c in wanted if c.transaction and not operative]
        for connector in wanted:
            if connector in later:
                connector.scheduled = operative
                continue
            connector.operative, connector.scheduled = operative, None
            if not operative:
                connector.release()
                connector.wait_no_more()
        self._report_afterwards(*wanted)
        status = AvailabilityStatus.scheduled if later else AvailabilityStatus.accepted
        return call_result.ChangeAvailability(status=status)

    def clear_cache(self) -> Answer:
        """Forget the tokens in the cache."""
        keeps = "keeps-cleared-cache" in self._all.faults
        cleared = keeps or self._all.authorization.forget()
        status = ClearCacheStatus.accepted if cleared else ClearCacheStatus.rejected
        return call_result.ClearCache(status=status)

    def remote_start(
        self,
        id_tag: str,
        connector_id: int | None = None,
        charging_profile: dict[str, Any] | None = None,
    ) -> Answer:
        """Start a transaction, by and by."""
        if connector_id == 0 and self._all.options.errs_at_connector_0:
            raise _wrong("connectorId is not above 0")
        connector = (
            self._charging.choose(id_tag) if connector_id is None else self._connector(connector_id)
        )
        profile = None
        fits = connector is not None and self._can_start(connector, id_tag)
        if fits and connector and charging_profile and self._smart:
            profile = read_profile(connector.number, charging_profile)
            if profile.purpose != TRANSACTION and self._all.options.errors_for_refusals:
                raise _wrong(f"a transaction cannot have a {profile.purpose}")
            fits = self._for_new_transaction(profile)
        if not (fits and connector and self._accepted):
            return call_result.RemoteStartTransaction(status=RemoteStartStopStatus.rejected)
        chosen = connector
        self._afterwards(lambda: self._charging.start_remotely(id_tag, chosen, profile))
        return call_result.RemoteStartTransaction(status=RemoteStartStopStatus.accepted)

    def remote_stop(self, transaction_id: int) -> Answer:
        """Stop the transaction with that id."""
        connector = self._charging_as(transaction_id)
        if not connector or not self._accepted:
            return call_result.RemoteStopTransaction(status=RemoteStartStopStatus.rejected)
        if "ignores-remote-stop" not in self._all.faults:
            self._afterwards(lambda: self._stop(connector, Reason.remote))
        return call_result.RemoteStopTransaction(status=RemoteStartStopStatus.accepted)

    def reset(self, type: str) -> Answer:  # noqa: A002
        """Restart the station."""
        self._afterwards(lambda: self._reset(type))
        return call_result.Reset(status=ResetStatus.accepted)

    async def unlock(self, connector_id: int) -> Answer:
        """Unlock the cable, and end the transaction that it is used for."""
        connector = self._connector(connector_id)
        if not connector or self._all.options.fixed_cable:
            return call_result.UnlockConnector(status=UnlockStatus.not_supported)
        if self.slow:
            self._cables.unlock(connector)
            await self._all.outbox.empty()
        else:
            self._afterwards(lambda: self._cables.unlock(connector))
        stuck = self._all.unlock_fails
        status = UnlockStatus.unlock_failed if stuck else UnlockStatus.unlocked
        return call_result.UnlockConnector(status=status)

    @property
    def _accepted(self) -> bool:
        """Whether the station may start and stop at all (section 4.2)."""
        return self._all.registration == RegistrationStatus.accepted

    @property
    def _smart(self) -> bool:
        return "SmartCharging" in self._all.options.profiles

    def _stop(self, connector: Connector, reason: Reason) -> None:
        if connector.transaction:
            self._charging.stop(connector, reason)

    def _can_start(self, connector: Connector, id_tag: str) -> bool:
        # Whether the token is in the group of a reservation shows when it is authorized.
        grouped = bool(connector.keeper and connector.keeper.token.parent)
        admitted = grouped or self._all.admits(connector, Token(id_tag))
        return connector.usable and not connector.busy and admitted

    def _for_new_transaction(self, profile: Profile) -> bool:
        return "accepts-any-profile" in self._all.faults or (
            profile.purpose == TRANSACTION
            and profile.transaction is None
            and self._all.profiles.fits(profile)
            and self._all.profiles.has_room(profile)
        )

    def _charging_as(self, transaction_id: int) -> Connector | None:
        for connector in self._all.connectors.values():
            if connector.transaction and connector.transaction.ident == transaction_id:
                return connector
        return None

    # -- smart charging

    def set_charging_profile(
        self, connector_id: int, cs_charging_profiles: dict[str, Any]
    ) -> Answer:
        """Install a charging profile."""
        if connector_id not in self._all.connectors:
            raise _wrong(f"no connector {connector_id}")  # erratum 3.39
        profile = read_profile(connector_id, cs_charging_profiles)
        running = self._all.connectors[connector_id].transaction
        if profile.purpose == TRANSACTION and not running and self._all.options.errors_for_refusals:
            raise _wrong("no transaction is running")
        right = self._all.profiles.fits(profile) and self._has_transaction(profile)
        installed = right and self._all.profiles.install(profile)
        if installed or "accepts-any-profile" in self._all.faults:
            return call_result.SetChargingProfile(status=ChargingProfileStatus.accepted)
        return call_result.SetChargingProfile(status=ChargingProfileStatus.rejected)

    def _has_transaction(self, profile: Profile) -> bool:
        """Whether the transaction that a TxProfile is for is running (section 3.13.1)."""
        if profile.purpose != TRANSACTION:
            return True
        running = self._all.connectors[profile.evse].transaction
        return running is not None and profile.transaction in (None, str(running.ident))

    def clear_charging_profile(
        self,
        id: int | None = None,  # noqa: A002
        connector_id: int | None = None,
        charging_profile_purpose: str | None = None,
        stack_level: int | None = None,
    ) -> Answer:
        """Remove the charging profiles that match."""
        if "keeps-cleared-profiles" in self._all.faults:
            return call_result.ClearChargingProfile(status=ClearChargingProfileStatus.accepted)
        found = self._all.profiles.clear(id, connector_id, charging_profile_purpose, stack_level)
        status = ClearChargingProfileStatus.accepted
        return call_result.ClearChargingProfile(
            status=status if found else ClearChargingProfileStatus.unknown
        )

    def get_composite_schedule(
        self, connector_id: int, duration: int, charging_rate_unit: str | None = None
    ) -> Answer:
        """Compute what the charging profiles allow from now on."""
        unit = charging_rate_unit or self._all.options.rate_unit
        connector = self._all.connectors.get(connector_id)
        if not connector or unit not in self._all.options.rate_units:
            return call_result.GetCompositeSchedule(status=GetCompositeScheduleStatus.rejected)
        start = self._all.clock()
        periods = self._all.profiles.composite(
            connector_id,
            start=start,
            duration=duration,
            unit=unit,
            session=connector.transaction.started if connector.transaction else None,
        )
        schedule = {
            "duration": duration,
            "startSchedule": rfc3339(start),
            "chargingRateUnit": unit,
            "chargingSchedulePeriod": [
                {"startPeriod": p.start, "limit": p.limit}
                | ({"numberPhases": p.phases} if p.phases else {})
                for p in periods
            ],
        }
        return call_result.GetCompositeSchedule(
            status=GetCompositeScheduleStatus.accepted,
            connector_id=connector_id,
            schedule_start=rfc3339(start),
            charging_schedule=schedule,
        )


def _wrong(text: str) -> OCPPError:
    return PropertyConstraintViolationError(text)  # type: ignore[no-untyped-call]
