"""What a charging station reports: connectors and events, in each of the ways it may use."""

from __future__ import annotations

from typing import Any

from conformance import Station, Sut
from conformance.message import Request
from conformance.ocpp201.messages import (
    ConnectorStatusEnumType,
    IdTokenType,
    NotifyEventRequest,
    StatusNotificationRequest,
    TransactionEventRequest,
)


def connector_reported(
    status: ConnectorStatusEnumType, evse: int, connector: int
) -> tuple[Request, ...]:
    """Return both ways in which a station may report a connector's status."""
    return (
        StatusNotificationRequest(evseId=evse, connectorId=connector, connectorStatus=status),
        NotifyEventRequest(
            eventData=[
                {
                    "trigger": "Delta",
                    "actualValue": status,
                    "component": {
                        "name": "Connector",
                        "evse": {"id": evse, "connectorId": connector},
                    },
                    "variable": {"name": "AvailabilityState"},
                }
            ]
        ),
    )


class Session:
    """The charging session of one case, as far as TxStartPoint and TxStopPoint rule its events.

    `reached` holds the TxStartPoints that have come to pass. The first event after a remote
    start is RemoteStart with the remoteStartId, whatever the step says (Part 6, 2.1); the first
    event after a token was presented carries it.
    """

    def __init__(self, sut: Sut) -> None:
        self.points = set(sut.values.tx_start_points)
        self.reached: set[str] = set()
        self.transaction: str | None = None
        self.remote_start: int | None = None
        self.token: IdTokenType | None = None
        self.place: dict[str, int] | None = None
        self.authorized = False
        self.last: Any = None  # the event that came last

    @property
    def running(self) -> bool:
        """Tell whether a transaction must have started by now."""
        return bool(self.points & self.reached)

    def event(self, trigger: Any, state: Any = None, **more: Any) -> TransactionEventRequest:  # noqa: ANN401
        """Return what the next event must be, by the step and by the general rules."""
        info: dict[str, Any] = {}
        if self.transaction is not None:
            info["transactionId"] = self.transaction
        if state is not None:
            info["chargingState"] = state
        if self.remote_start is not None:
            trigger = "RemoteStart"
            info["remoteStartId"] = self.remote_start
        fields: dict[str, Any] = {
            "eventType": "Updated" if self.transaction else "Started",
            "triggerReason": trigger,
            "transactionInfo": info or None,
            "idToken": self.token,
            "evse": self.place,
            **more,
        }
        return TransactionEventRequest(**{k: v for k, v in fields.items() if v is not None})

    def told(self, event: Any) -> None:  # noqa: ANN401 - a received message
        """Take note of an event that has come."""
        self.last, self.transaction = event, event["transactionInfo"]["transactionId"]
        self.remote_start = self.token = self.place = None


def session(station: Station, sut: Sut) -> Session:
    """Return the charging session of the running case."""
    found: Session = station.memory.setdefault("session", Session(sut))
    return found
