"""What the tool knows of the station from its messages, and whether it is idle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from conformance.moving import Moving

REST = {"Available"}
# OCPP 1.6, 4.9 (C4, C5, D3, D5, E3, E4): so the energy of a running transaction comes and goes.
FLOW = {"Charging", "SuspendedEV", "SuspendedEVSE"}
MOST: Final = 1000  # connectors, and running transactions, that are kept in mind


@dataclass
class Situation:
    """The station as far as its messages tell.

    `statuses` maps (evse, connector) to the last reported status (1.6: both are the
    connectorId); `transactions` maps the id of a running transaction to its evse. One that is
    running when the station boots may be over or not: it counts until it is stopped, or until
    its connector is available. `was_cut_off` tells that the tool has ended a connection of this
    case, or has made the station connect anew; `moving` is what the station does with files.
    """

    accepted: bool = False
    boots: int = 0
    statuses: dict[tuple[int, int], str] = field(default_factory=dict)
    former: dict[tuple[int, int], str] = field(default_factory=dict)
    transactions: dict[str, int] = field(default_factory=dict)
    was_cut_off: bool = False
    moving: Moving = field(default_factory=Moving)
    _doubtful: set[str] = field(default_factory=set)

    def before(self, evse: int, connector: int) -> str:
        """Return the status that was known before the last report."""
        return self.former.get((evse, connector), "")

    def legal(self, action: str, payload: Mapping[str, Any]) -> str:
        """Say why the message that came last may come though no step waits for it, "" if not.

        A transaction that runs pauses or goes on, or a progress is told again.
        """
        evse, status = payload.get("connectorId", 0), payload.get("status")
        running = action == "StatusNotification" and evse in self.transactions.values()
        if running and {self.before(evse, evse), status} <= FLOW:
            return "legal while a transaction runs"
        return "said again" if self.moving.again else ""

    def idle(self) -> bool:
        """Tell whether nothing is known that speaks against being idle."""
        return self.accepted and not self.transactions and not self.busy_connectors()

    def busy_connectors(self) -> list[tuple[int, int]]:
        """Return the connectors that were last reported as anything but available."""
        return [k for k, s in self.statuses.items() if s not in REST and k[1] != 0]

    def why_not_idle(self) -> str:
        """Say what speaks against being idle."""
        if not self.accepted:
            return "the station has not booted and been accepted"
        if self.transactions:
            return f"transaction {next(iter(self.transactions))} is still running"
        where = ", ".join(f"{e}/{c} is {self.statuses[e, c]}" for e, c in self.busy_connectors())
        return f"connector {where}"

    def observe(self, version: str, action: str, payload: Mapping[str, Any]) -> None:
        """Learn from a CALL of the station, before it is judged."""
        for evse, connector, status in connector_statuses(version, action, payload):
            if len(self.statuses) >= MOST and (evse, connector) not in self.statuses:
                continue  # no station has so many; the policy has a word on each
            self.former[evse, connector] = self.statuses.get((evse, connector), "")
            self.statuses[evse, connector] = status
            if status in REST:
                self._forget_doubtful(evse)
        self.moving.observe(action, payload)
        if action == "StopTransaction":
            self.transactions.pop(str(payload.get("transactionId")), None)
        elif action == "TransactionEvent":
            self._transaction_event(payload)
        elif action == "BootNotification":
            self.accepted = False
            self.boots += 1
            self._doubtful = set(self.transactions)
            self.former.clear()
            self.statuses.clear()

    def answered(self, action: str, payload: Mapping[str, Any], reply: Mapping[str, Any]) -> None:
        """Learn from the tool's answer to a CALL of the station."""
        if action == "BootNotification":
            self.accepted = reply.get("status") == "Accepted"
        elif action == "StartTransaction" and len(self.transactions) < MOST:
            self.transactions[str(reply.get("transactionId"))] = int(payload["connectorId"])

    def _forget_doubtful(self, evse: int) -> None:
        for transaction in [t for t in self._doubtful if self.transactions.get(t) == evse]:
            self._doubtful.discard(transaction)
            del self.transactions[transaction]

    def untold(self, evse: int, connector: int) -> bool:
        """Tell whether the last report of this connector was its first one since a boot."""
        return self.boots > 0 and self.before(evse, connector) == ""

    def _transaction_event(self, payload: Mapping[str, Any]) -> None:
        info = payload.get("transactionInfo", {})
        transaction = str(info.get("transactionId"))
        if payload.get("eventType") == "Ended":
            self.transactions.pop(transaction, None)
        else:
            evse = payload.get("evse", {}).get("id", self.transactions.get(transaction, 0))
            if len(self.transactions) < MOST or transaction in self.transactions:
                self.transactions[transaction] = evse


def connector_statuses(
    version: str, action: str, payload: Mapping[str, Any]
) -> list[tuple[int, int, str]]:
    """Return (evse, connector, status) for every connector whose status the message reports."""
    if action == "StatusNotification":
        if version == "1.6":
            connector = payload.get("connectorId", 0)
            return [(connector, connector, str(payload.get("status")))]
        where = payload.get("evseId", 0), payload.get("connectorId", 0)
        return [(*where, str(payload.get("connectorStatus")))]
    if action == "NotifyEvent":
        return [_event_status(e) for e in payload.get("eventData") or () if _is_status(e)]
    return []


def _is_status(event: Mapping[str, Any]) -> bool:
    component, variable = event.get("component", {}), event.get("variable", {})
    return bool(
        component.get("name") == "Connector" and variable.get("name") == "AvailabilityState"
    )


def _event_status(event: Mapping[str, Any]) -> tuple[int, int, str]:
    evse = event["component"].get("evse", {})
    return evse.get("id", 0), evse.get("connectorId", 0), str(event.get("actualValue"))
