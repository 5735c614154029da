"""One connector of the OCPP 1.6 charge point: what is plugged, who charges, what it reports."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from ocpp.v16.enums import ChargePointErrorCode, ChargePointStatus

from conformance.reference.schedules import Profile


@dataclass(frozen=True)
class Token:
    """An accepted token, with its group if it has one, and the reservation that it uses."""

    text: str
    parent: str = ""

    def same_group(self, other: Token) -> bool:
        """Whether the two may stop each other's transaction."""
        same = self.text.lower() == other.text.lower()
        return same or (bool(self.parent) and self.parent.lower() == other.parent.lower())


@dataclass(frozen=True)
class Reservation:
    """A connector is kept for a token or its group until `timer` fires."""

    ident: int
    token: Token
    timer: asyncio.TimerHandle

    def admits(self, token: Token) -> bool:
        """Whether `token` may charge in spite of the reservation."""
        return self.token.same_group(token)


@dataclass
class Transaction:
    """A transaction; `ident` is None until the central system has answered StartTransaction."""

    token: Token
    started: datetime
    meter_start: int
    ident: int | None = None
    samples: list[dict[str, Any]] = field(default_factory=list)
    key: str = field(default_factory=lambda: uuid4().hex)  # its name in the station's memory
    sampling: asyncio.Task[None] | None = None


class Connector:
    """The state of a connector, from which its status follows (section 4.9).

    `power()` returns what flows, in watts; the meter counts it while a transaction runs.
    """

    def __init__(self, number: int, power: Callable[[int], float]) -> None:
        self.number = number
        self.plugged = False  # an EV is connected
        self.cable = False  # a cable that is not fixed is in, with an EV or without
        self.locked = False  # and cannot be taken out at the station
        self.holder: Token | None = None  # whose token started, and may take the cable
        self.halfway = False  # it is not in all the way
        self.ev_gone = False  # the EV has left the running transaction
        self.waiting: Token | None = None  # authorized, the cable is still missing
        self.waiting_profile: Profile | None = None  # came with the remote start
        self.timeout: asyncio.TimerHandle | None = None  # ends the waiting
        self.claimed = False  # somebody is being authorized for it
        self.initiated = False  # and that shows
        self.finishing = False
        self.suspended_by = ""  # "EV" or "EVSE"
        self.operative = True
        self.updating = False  # out of service for a firmware update
        self.closing = False  # or since the station is about to go down
        self.resuming = False  # after a loss of power, the energy does not flow again yet
        self.scheduled: bool | None = None  # the availability after the transaction
        self.faulted = False
        self.error = ChargePointErrorCode.no_error
        self.reservation: Reservation | None = None  # on number 0: of any connector
        self.held: Reservation | None = None  # the last one that is left for such a reservation
        self.transaction: Transaction | None = None
        self.info = ""
        self.reported: ChargePointStatus | None = None  # sent, or on its way
        self.confirmed: ChargePointStatus | None = None  # the central system has it
        self.settling: asyncio.TimerHandle | None = None  # MinimumStatusDuration
        self._power = power
        self._energy, self._metered_at = 0.0, 0.0

    @property
    def status(self) -> ChargePointStatus:
        """The status that is to be reported now."""
        kept = self.keeper if self.number else None  # the station as a whole is never Reserved
        rules: tuple[tuple[object, ChargePointStatus], ...] = (
            (self.faulted, ChargePointStatus.faulted),
            (self.transaction, self._charging()),
            (not self.in_service, ChargePointStatus.unavailable),
            (self.finishing, ChargePointStatus.finishing),
            (self.waiting or self.initiated, ChargePointStatus.preparing),
            # A cable is not enough: the one that it is kept for has to show up (G2).
            (kept, ChargePointStatus.reserved),
            (self.plugged or self.cable, ChargePointStatus.preparing),
        )
        return next((status for true, status in rules if true), ChargePointStatus.available)

    @property
    def in_service(self) -> bool:
        """Whether somebody may charge here."""
        return self.operative and not (self.updating or self.closing)

    @property
    def usable(self) -> bool:
        """Whether it is in service and works."""
        return self.in_service and not self.faulted

    @property
    def busy(self) -> bool:
        """Whether nobody else can begin to charge here now."""
        return bool(self.transaction or self.waiting or self.claimed)

    @property
    def free(self) -> bool:
        """Whether it can be used, and nobody uses it."""
        return self.usable and not (self.in_use or self.claimed or self.plugged or self.cable)

    @property
    def in_use(self) -> bool:
        """Whether somebody charges, is about to, or has just done so."""
        return bool(self.transaction or self.waiting or self.finishing)

    @property
    def keeper(self) -> Reservation | None:
        """The reservation by which it is kept for somebody."""
        return self.reservation or self.held

    def open_to(self, ident: int) -> bool:
        """Whether no other reservation than that one is made for it."""
        return not self.reservation or self.reservation.ident == ident

    def _charging(self) -> ChargePointStatus:
        if self.resuming:
            return ChargePointStatus.preparing
        if self.suspended_by == "EVSE":
            return ChargePointStatus.suspended_evse
        if self.suspended_by == "EV":
            return ChargePointStatus.suspended_ev
        return ChargePointStatus.charging

    def meter(self) -> int:
        """Return the energy register, in Wh."""
        now = asyncio.get_running_loop().time()
        if self.transaction and not self.suspended_by:
            self._energy += self._power(self.number) * (now - self._metered_at) / 3600
        self._metered_at = now
        return int(self._energy)

    def suspend(self, by: str) -> None:
        """Interrupt the flow of energy, or let it flow again with ""."""
        self.meter()
        self.suspended_by = by

    def fail(self, error: ChargePointErrorCode) -> None:
        """Be faulted for a reason."""
        self.faulted, self.error = True, error

    def mend(self, error: ChargePointErrorCode) -> None:
        """Be faulted no longer, if that was the reason."""
        if self.error == error:
            self.faulted, self.error = False, ChargePointErrorCode.no_error

    def wait_no_more(self) -> None:
        """Forget whose cable is awaited."""
        self.waiting = self.waiting_profile = None
        if self.timeout:
            self.timeout.cancel()
            self.timeout = None

    def settle(self) -> None:
        """Carry out a scheduled change of availability once nobody uses the connector."""
        if self.scheduled is not None and not (self.transaction or self.finishing):
            self.operative, self.scheduled = self.scheduled, None

    def release(self) -> None:
        """End a reservation."""
        if self.reservation:
            self.reservation.timer.cancel()
            self.reservation = None

    def switch_off(self) -> None:
        """Let no timer go on, and no lock hold: they need power."""
        self.wait_no_more()
        self.release()
        self.locked = False
        if self.settling:
            self.settling.cancel()

    def wire_up(self, before: Connector) -> None:
        """Be at the same place as `before`: with its cable, and what is broken there."""
        self.plugged, self.cable, self.halfway = before.plugged, before.cable, before.halfway
        self.faulted, self.error = before.faulted, before.error

    @property
    def energy(self) -> float:
        """What the meter has counted, in Wh."""
        self.meter()
        return self._energy

    @energy.setter
    def energy(self, watt_hours: float) -> None:
        self._energy, self._metered_at = watt_hours, asyncio.get_running_loop().time()
