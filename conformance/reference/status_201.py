"""How the reference charging station reports the states of its connectors (G01, N07)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.reference.core_201 import Core, stamp
from conformance.reference.evse_201 import Connector, Evse
from conformance.reference.link_201 import make_request


class Statuses:
    """Reports by StatusNotification or NotifyEvent, as the options say."""

    def __init__(self, core: Core) -> None:
        self.evses: Mapping[int, Evse] = {}
        self._core = core
        self._events = 0

    def report(self, evse: int, connector: Connector) -> None:
        """Queue the report of one connector, if the CSMS does not know its status."""
        if connector.status != connector.reported:
            self._send(evse, connector, connector.status)

    def report_all(self) -> None:
        """Queue the reports of all connectors, as after a boot (B01.FR.05)."""
        places = [(e.number, c) for e in self.evses.values() for c in e.connectors]
        if self._core.faulty("forgets-connector"):
            places.pop()
        for evse, connector in places:
            wrong = self._core.faulty("occupied-at-boot")
            self._send(evse, connector, "Occupied" if wrong else connector.status)

    def report_changed(self) -> None:
        """Queue the reports of what has changed while there was no connection (B04)."""
        for evse in self.evses.values():
            for connector in evse.connectors:
                self.report(evse.number, connector)

    def set_faulted(self, faulted: bool) -> None:
        """Let all connectors be faulted, or repair them, and report it."""
        for evse in self.evses.values():
            for connector in evse.connectors:
                connector.faulted = faulted
                self.report(evse.number, connector)

    def availability(self, evse: int, connector: int) -> str:
        """Return the AvailabilityState of a connector, an EVSE (connector 0), or the station."""
        found = [
            c.status
            for e in self.evses.values()
            for c in e.connectors
            if evse in {0, e.number} and connector in {0, c.number}
        ]
        order = ("Available", "Occupied", "Unavailable", "Faulted")
        if evse and not connector and "Occupied" in found:
            return "Occupied"  # an EVSE serves one EV at a time
        return min(found, key=order.index)

    def _send(self, evse: int, connector: Connector, status: str) -> None:
        # While offline the report is not queued, and what is known stays what it was.
        if not self._core.online:
            return
        connector.reported = status
        self._core.say(
            self._event(evse, connector.number, status)
            if self._core.options.status_by == "NotifyEvent"
            else make_request(
                "StatusNotification",
                timestamp=stamp(self._core.now()),
                connector_status=status,
                evse_id=evse,
                connector_id=connector.number,
            )
        )

    def _event(self, evse: int, connector: int, status: str) -> object:
        self._events += 1
        now = stamp(self._core.now())
        data: dict[str, Any] = {
            "event_id": self._events,
            "timestamp": now,
            "trigger": "Delta",
            "actual_value": status,
            "event_notification_type": "HardWiredNotification",
            "component": {"name": "Connector", "evse": {"id": evse, "connector_id": connector}},
            "variable": {"name": "AvailabilityState"},
        }
        return make_request("NotifyEvent", generated_at=now, seq_no=0, event_data=[data])
