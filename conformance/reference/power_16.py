"""How the OCPP 1.6 charge point goes down, and what becomes of its transactions (section 5.14)."""

from __future__ import annotations

import asyncio
from typing import Final

from ocpp.v16.enums import Reason, ResetType

from conformance.reference.charging_16 import Charging
from conformance.reference.connector_16 import Connector
from conformance.reference.equipment_16 import Equipment

_RESET_SECONDS: Final = 10.0  # how long the transactions have to be reported before it goes down


class Power:
    """One time between power-up and power-down; `down` is set at its end, for the `reason`."""

    def __init__(self, equipment: Equipment, charging: Charging) -> None:
        self.down = asyncio.Event()
        self.reason = ""
        self._all, self._charging = equipment, charging

    def reset(self, kind: str) -> None:
        """Do what an accepted Reset asks for."""
        options = self._all.options
        if kind == ResetType.hard and options.hard_reset_stops == "after boot":
            self.cut(Reason.hard_reset)
        elif kind == ResetType.soft and not options.boots_after_soft_reset:
            self._stop_all(Reason.soft_reset)
            self._all.configuration.rebooted()
        else:
            hard = kind == ResetType.hard
            self._go_down_soon(Reason.hard_reset if hard else Reason.soft_reset)

    def restart(self) -> None:
        """Boot, for a reason of the station's own."""
        self._go_down_soon(Reason.reboot)

    def lose(self) -> None:
        """Go down without power: at once, or as long as the reserve lasts."""
        if self._all.options.power_reserve:
            self._go_down_soon(Reason.power_loss)
        else:
            self.cut(Reason.power_loss)

    def cut(self, reason: Reason) -> None:
        """Go down at once."""
        self.reason = reason
        self.down.set()

    def wake(self, reason: str, *, told: bool) -> None:
        """Resume or stop what was charging when the station went down for `reason`.

        `told` says that the statuses have been reported since.
        """
        if told:
            self._resume()
        after = self._all.options.after_power_loss
        lost = reason in {"", Reason.power_loss}  # it had no time to note down why
        if told != (lost and after == "stops late"):
            return
        for connector in self._all.connectors.values():
            if connector.transaction:
                self._wake(connector, reason, resumes=lost and after == "resumes")

    def _wake(self, connector: Connector, reason: str, *, resumes: bool) -> None:
        if "forgets-transactions" in self._all.faults:
            connector.transaction = None
            return
        if resumes and connector.transaction and (connector.plugged or connector.ev_gone):
            connector.locked = connector.cable
            connector.resuming = self._all.options.prepares_to_resume
            self._charging.watch(connector, connector.transaction)
        else:
            self._charging.stop(connector, Reason(reason or Reason.power_loss))

    def _resume(self) -> None:
        for connector in self._all.connectors.values():
            if connector.resuming:
                connector.resuming = False
                self._charging.report(connector)

    def _go_down_soon(self, reason: Reason) -> None:
        self._all.spawn(self._go_down(reason))

    async def _go_down(self, reason: Reason) -> None:
        """Stop all transactions, give them time to be reported, and go down."""
        self._stop_all(reason)
        if self._all.options.unavailable_before_reset and reason != Reason.power_loss:
            self._close()
        reported = asyncio.create_task(self._all.outbox.empty())
        if self._all.outbox.online:
            await asyncio.wait({reported}, timeout=_RESET_SECONDS)
        reported.cancel()
        self.cut(reason)

    def _close(self) -> None:
        for number, connector in self._all.connectors.items():
            connector.closing = number > 0
            self._charging.report(connector)

    def _stop_all(self, reason: Reason) -> None:
        for connector in self._all.connectors.values():
            if connector.transaction:
                self._charging.stop(connector, reason)
