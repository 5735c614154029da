"""Cables, plugs and locks of the OCPP 1.6 charge point (sections 4.9, 4.10, 5.18)."""

from __future__ import annotations

from ocpp.v16.enums import ChargePointErrorCode, Reason

from conformance.reference.charging_16 import Charging
from conformance.reference.connector_16 import Connector, Token
from conformance.reference.equipment_16 import Equipment

_EV_GONE = "EV side disconnected"


class Cables:
    """What happens to the cables; every method returns at once.

    A cable that is not fixed is locked at the station from the start of a transaction to its
    end, and longer where UnlockConnectorOnEVSideDisconnect is false: then until the user
    presents the token, or the central system unlocks it.
    """

    def __init__(self, equipment: Equipment, charging: Charging) -> None:
        self._all, self._charging = equipment, charging

    def plug_in(self, connector: Connector) -> None:
        """Connect an EV."""
        connector.plugged, connector.info = True, ""
        connector.cable = not self._all.options.fixed_cable
        if connector.ev_gone:
            connector.ev_gone = False
            connector.suspend("")
        elif connector.waiting:
            self._charging.begin(connector, connector.waiting, connector.waiting_profile)
            return
        self._charging.report(connector)

    def plug_in_halfway(self, connector: Connector) -> None:
        """Put a plug in so far that the lock does not catch it, which shows when it is to."""
        if not self._all.options.fixed_cable:
            connector.plugged = connector.cable = connector.halfway = True
            if connector.waiting:
                self._charging.begin(connector, connector.waiting, None)
            else:
                self._charging.report(connector)

    def plug_out(self, connector: Connector) -> bool:
        """Take the cable out at both ends; return whether the station has let it go."""
        if connector.plugged:
            self.unplug_ev(connector)
        if connector.locked:
            return False
        if connector.cable:
            connector.cable = False
            self._left(connector)
        return True

    def unplug_ev(self, connector: Connector) -> None:
        """Disconnect the EV; a cable that is not fixed stays in the station."""
        connector.plugged = False
        if connector.transaction:
            self._lost(connector)
        if connector.cable or connector.transaction:
            return
        self._left(connector)

    def _lost(self, connector: Connector) -> None:
        """Stop or suspend a transaction whose EV has gone."""
        configuration, connector.info = self._all.configuration, _EV_GONE
        if not configuration.flag("StopTransactionOnEVSideDisconnect"):
            connector.ev_gone = True
            for side in self._all.options.suspended_without_ev:
                connector.suspend(side)
                self._charging.report(connector)
            return
        self._charging.stop(
            connector,
            Reason.ev_disconnected,
            finishing=self._all.options.finishing_without_ev,
            locked=not configuration.flag("UnlockConnectorOnEVSideDisconnect"),
        )

    def _left(self, connector: Connector) -> None:
        connector.finishing, connector.info = False, ""
        if connector.halfway:
            connector.halfway = False
            connector.mend(ChargePointErrorCode.connector_lock_failure)
        connector.settle()
        self._charging.report(connector)

    def unlock(self, connector: Connector) -> None:
        """Unlock, and end the transaction first; a lock that is stuck remains locked."""
        stuck = self._all.unlock_fails
        if connector.transaction:
            self._charging.stop(connector, Reason.unlock_command, locked=stuck)
        connector.locked &= stuck

    def unlock_with(self, text: str, connector: Connector) -> bool:
        """Let a token take its cable; return whether there was one to be taken."""
        if not connector.locked or connector.transaction or not connector.holder:
            return False
        known = self._all.authorization.known(text)
        token = Token(text, known.parent if known else "")
        connector.locked = not token.same_group(connector.holder)
        return True
