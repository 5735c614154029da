"""The reservations of the OCPP 1.6 charge point (sections 5.1 and 5.13)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from ocpp import exceptions
from ocpp.v16 import call_result
from ocpp.v16.enums import CancelReservationStatus, ReservationStatus

from conformance.reference.charging_16 import Charging
from conformance.reference.connector_16 import Connector, Reservation, Token
from conformance.reference.equipment_16 import Equipment
from conformance.reference.link_16 import Answer, Handler, moment

_PROFILE, _ZERO = "Reservation", "ReserveConnectorZeroSupported"


class Reservations:
    """What is reserved, for whom, and for how long; a new one of the same id replaces the old."""

    def __init__(self, equipment: Equipment, charging: Charging) -> None:
        self._all, self._charging = equipment, charging

    def handlers(self) -> Mapping[str, Handler]:
        """Return what answers each action, according to the feature profiles."""
        options = self._all.options
        if _PROFILE not in options.profiles and options.unsupported != "status":
            return {"ReserveNow": self._refuse, "CancelReservation": self._refuse}
        return {"ReserveNow": self.reserve, "CancelReservation": self.cancel}

    def _refuse(self, **_: object) -> Answer:
        if self._all.options.unsupported == "NotImplemented":
            raise exceptions.NotImplementedError("no such action")  # type: ignore[no-untyped-call]
        raise exceptions.NotSupportedError("no reservations")  # type: ignore[no-untyped-call]

    def reserve(
        self,
        connector_id: int,
        expiry_date: str,
        id_tag: str,
        reservation_id: int,
        parent_id_tag: str | None = None,
    ) -> Answer:
        """Keep a connector, or one of them, for a token and its group."""
        remaining = (moment(expiry_date) - self._all.clock()).total_seconds()
        status = self._reservable(connector_id, reservation_id)
        if remaining <= 0:
            status = ReservationStatus.rejected
        if status == ReservationStatus.accepted:
            before = self._all.end_reservation(reservation_id)
            connector = self._all.connectors[connector_id]
            self.keep(connector, reservation_id, Token(id_tag, parent_id_tag or ""), remaining)
            self._afterwards(lambda: self._report(connector, before))
        return call_result.ReserveNow(status=status)

    def keep(self, connector: Connector, ident: int, token: Token, seconds: float) -> None:
        """Keep a connector, or one of them (0), for a token for so long."""
        timer = asyncio.get_running_loop().call_later(seconds, self._expire, ident)
        connector.reservation = Reservation(ident, token, timer)

    def cancel(self, reservation_id: int) -> Answer:
        """Give free what is reserved."""
        connector = self._all.end_reservation(reservation_id)
        found = connector or "cancels-unknown-reservations" in self._all.faults
        status = CancelReservationStatus.accepted if found else CancelReservationStatus.rejected
        self._afterwards(lambda: self._report(connector))
        return call_result.CancelReservation(status=status)

    def _reservable(self, number: int, ident: int) -> ReservationStatus:
        connectors = self._all.connectors
        supported = _PROFILE in self._all.options.profiles
        if number == 0:
            supported = supported and self._all.configuration.flag(_ZERO)
        if not supported or number not in connectors:
            return ReservationStatus.rejected
        wanted = [connectors[number]] if number else self._all.places
        station = connectors[0]
        if station.faulted or all(c.faulted for c in wanted):
            return ReservationStatus.faulted
        if not (station.in_service and any(c.usable for c in wanted)):
            return ReservationStatus.unavailable
        if not self._room(number, ident):
            return ReservationStatus.occupied
        return ReservationStatus.accepted

    def _room(self, number: int, ident: int) -> bool:
        """Whether a reservation leaves each other reservation what it needs."""
        free = [c.number for c in self._all.places if c.free and c.open_to(ident)]
        nobody_elses = self._all.connectors[0].open_to(ident)
        if number == 0:
            return bool(free) and nobody_elses
        return number in free and (nobody_elses or len(free) > 1)

    def _expire(self, ident: int) -> None:
        if "keeps-expired-reservations" not in self._all.faults:
            self._report(self._all.end_reservation(ident))
            self._all.changed()

    def _report(self, *connectors: Connector | None) -> None:
        for connector in connectors:
            if connector:
                self._charging.report(connector)

    def _afterwards(self, consequence: Callable[[], None]) -> None:
        if self._all.link:
            self._all.link.afterwards(consequence)
