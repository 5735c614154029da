"""One EVSE of the reference charging station: cable, parking bay, authorization, energy."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from conformance.reference.core_201 import Core
from conformance.reference.meter_201 import Meter
from conformance.reference.options_201 import TX_POINTS
from conformance.reference.schedules import Period
from conformance.reference.transaction_201 import Happening, Transactions

_ALL = frozenset(TX_POINTS)
_WITHOUT_CABLE = frozenset({"*"})


@dataclass(kw_only=True)
class Connector:
    """One connector; `reported` is the status that the CSMS knows, "" for none."""

    number: int
    plugged: bool = False
    operative: bool = True
    faulted: bool = False
    reported: str = ""

    @property
    def status(self) -> str:
        """Return the connectorStatus."""
        if self.faulted:
            return "Faulted"
        if not self.operative:
            return "Unavailable"
        return "Occupied" if self.plugged else "Available"


class Evse:
    """What the driver and the CSMS do to one EVSE, and what follows from it.

    `power(evse, begin, seconds)` is the schedule in W that the EVSE may deliver by;
    `report_status(evse, connector)` queues the report of a connector's status.
    """

    def __init__(
        self,
        core: Core,
        number: int,
        power: Callable[[int, datetime, int], list[Period]],
        report_status: Callable[[int, Connector], None],
    ) -> None:
        self.number = number
        self.parked = False
        self.token: dict[str, Any] | None = None
        self.group = ""
        self.connectors = [Connector(number=n + 1) for n in range(core.options.connectors)]
        self.meter = Meter(now=core.now, power=partial(power, number))
        self.transactions = Transactions(core, number, self.meter, self._state)
        self.transactions.refused = self._refused
        self._core, self._report_status = core, report_status
        self._charging = False
        self._suspended = False
        self._when_idle: list[Callable[[], None]] = []
        self._waiting: asyncio.TimerHandle | None = None

    @property
    def plugged(self) -> bool:
        """Say whether an EV is connected."""
        return any(c.plugged for c in self.connectors)

    @property
    def locked(self) -> bool:
        """Say whether the cable lock keeps an EV out until somebody is authorized."""
        return self._core.options.cable_lock and self.token is None

    @property
    def usable(self) -> bool:
        """Say whether a transaction may start here (F01.FR.23)."""
        return any(c.operative and not c.faulted for c in self.connectors)

    def when_idle(self, action: Callable[[], None]) -> None:
        """Do `action` when the transaction that goes on has ended."""
        self._when_idle.append(action)

    def idle(self) -> None:
        """Do what was to wait for the end of the transaction."""
        actions, self._when_idle = self._when_idle, []
        for action in actions:
            action()

    def plug_in(self, connector: Connector) -> None:
        """Connect the EV (E02, E03)."""
        connector.plugged = True
        self.transactions.plugged(connector.number)
        self._report(connector, lambda: self._happens("CablePluggedIn", starts={"EVConnected"}))
        if self.token:
            self._stop_waiting()
            self._deliver()

    def plug_out(self, connector: Connector) -> None:
        """Disconnect the EV (E09, E06.FR.02)."""
        connector.plugged = False
        self._charging = self._suspended = False
        self.meter.stop()
        transactions = self.transactions
        deauthorizes = self._core.model.flag("TxCtrlr", "StopTxOnEVSideDisconnect")
        left = {"EVConnected", "DataSigned", "PowerPathClosed", "EnergyTransfer"}
        if deauthorizes:
            left.add("Authorized")
            transactions.reason = transactions.reason or "EVDisconnected"
        transactions.plugged(connector.number)
        self._report(connector, lambda: self._happens("EVCommunicationLost", ends=left))
        transactions.plugged(0)
        if deauthorizes:
            self.token = None

    def park(self, occupied: bool) -> None:
        """Drive the EV into the bay or out of it."""
        self.parked = occupied
        if occupied:
            self._happens("EVDetected", starts={"ParkingBayOccupancy"})
        else:
            # Without a cable nothing is left that could end the transaction.
            left = {"ParkingBayOccupancy"} if self.plugged else _ALL
            self._happens("EVDeparted", ends=left)

    def authorize(
        self, token: Mapping[str, Any], group: str = "", remote: int | None = None
    ) -> None:
        """Let the holder of `token` charge; `remote` is the id of the remote start."""
        self.token, self.group = dict(token), group
        self.transactions.token = dict(token)
        self.transactions.remote = remote
        # A cable that has stayed in since the last transaction starts the next one with it.
        self._happens(
            "Authorized", starts={"Authorized", *({"EVConnected"} if self.plugged else ())}
        )
        if self.plugged:
            self._deliver()
        else:
            self._wait_for_cable()

    def stop(self, trigger: str, reason: str, token: Mapping[str, Any] | None = None) -> None:
        """End the authorization and with it the delivery (E06, E07, F03)."""
        if not self.plugged:
            self._give_up(trigger, reason, token)
            return
        self.token = None
        transactions = self.transactions
        transactions.reason = reason
        transactions.token = dict(token) if token else None
        delivered = self._charging
        self._stop_delivery_if_it_ends()
        self._happens(trigger, ends={"Authorized", "PowerPathClosed"})
        self._stop_delivery()
        if delivered:
            self._happens("ChargingStateChanged", ends={"EnergyTransfer"})
        stops = self._core.model.members("TxCtrlr", "TxStopPoint")
        if "DataSigned" in stops:
            self._happens("SignedDataReceived", ends={"DataSigned"})
        transactions.token = transactions.remote = None

    def abort(self, trigger: str, reason: str) -> None:
        """End the transaction whatever the stop points say, as a reset does (B12.FR.04)."""
        self._stop_waiting()
        self.token = None
        self._stop_delivery()
        self.transactions.reason = reason
        self._happens(trigger, ends=_ALL)

    def _report(self, connector: Connector, event: Callable[[], None]) -> None:
        """Report the cable: status and event, in the order that the options choose."""
        if self._core.options.event_order == "transaction-first":
            event()
            self._report_status(self.number, connector)
        else:
            self._report_status(self.number, connector)
            event()

    def _give_up(self, trigger: str, reason: str, token: Mapping[str, Any] | None = None) -> None:
        self._stop_waiting()
        self.token = None
        self.transactions.reason = reason
        self.transactions.remote = None
        self.transactions.token = dict(token) if token else None
        self._happens(trigger, ends=_WITHOUT_CABLE)
        self.transactions.token = None
        self.transactions.profile = None

    def _refused(self) -> None:
        """Stop, since the CSMS has turned the token down (E05.FR.02 to E05.FR.10)."""
        if self._core.model.flag("TxCtrlr", "StopTxOnInvalidId"):
            self.stop("Deauthorized", "DeAuthorized")
        elif self._charging:
            self._suspended = True
            self.meter.stop()
            self._happens("ChargingStateChanged", ends={"EnergyTransfer"})

    def _deliver(self) -> None:
        """Close the power path and let energy flow, with the events on the way."""
        transactions = self.transactions
        transactions.ready_since = self._core.now()
        if not transactions.current:
            self._happens("SignedDataReceived", starts={"DataSigned"})
        if not transactions.current:
            self._suspended = True
            self._happens("ChargingStateChanged", starts={"PowerPathClosed"})
        self._suspended, self._charging = False, True
        self.meter.run()
        self._happens("ChargingStateChanged", starts={"EnergyTransfer"})

    def _stop_delivery(self) -> None:
        self._charging = self._suspended = False
        self.meter.stop()

    def _stop_delivery_if_it_ends(self) -> None:
        """Let an event that ends the transaction tell of the state after the delivery."""
        stops = self._core.model.members("TxCtrlr", "TxStopPoint")
        if stops & {"Authorized", "PowerPathClosed"}:
            self._stop_delivery()

    def _wait_for_cable(self) -> None:
        self._stop_waiting()
        timeout = self._core.model.number("TxCtrlr", "EVConnectionTimeOut")
        if timeout:
            loop = asyncio.get_running_loop()
            self._waiting = loop.call_later(timeout, self._give_up, "EVConnectTimeout", "Timeout")

    def _stop_waiting(self) -> None:
        if self._waiting:
            self._waiting.cancel()
            self._waiting = None

    def _state(self) -> str:
        if not self.plugged:
            return "Idle"
        if self._suspended:
            return "SuspendedEVSE"
        return "Charging" if self._charging else "EVConnected"

    def _happens(
        self,
        trigger: str,
        *,
        starts: set[str] | frozenset[str] = frozenset(),
        ends: set[str] | frozenset[str] = frozenset(),
    ) -> None:
        self.transactions.happens(
            Happening(trigger=trigger, starts=frozenset(starts), ends=frozenset(ends))
        )
