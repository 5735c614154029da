"""Which thing a CALL of OCPP 2.0.1 is about: the fields by which an expectation claims it.

A message with other values there is about another thing, and is set aside. Every other field
is judged. TransactionEvent has no key: the EVSE need not be in every event of a transaction
(E01.FR.16), and a wrong transactionId is wrong.
"""

from __future__ import annotations

from typing import Final

KEYS: Final[dict[str, tuple[str, ...]]] = {
    # Reported for every EVSE of its own accord, so for others than the one of the case.
    "ClearedChargingLimit": ("evseId",),
    "MeterValues": ("evseId",),
    "NotifyChargingLimit": ("evseId",),
    "NotifyEVChargingNeeds": ("evseId",),
    "NotifyEVChargingSchedule": ("evseId",),
    "StatusNotification": ("evseId", "connectorId"),
    # Any monitored variable may report at any time. A key that the case does not give, such as
    # the connector of an event of the whole EVSE, is no key.
    "NotifyEvent": (
        "eventData[0].component.name",
        "eventData[0].component.evse.id",
        "eventData[0].component.evse.connectorId",
        "eventData[0].variable.name",
    ),
    # A log of events: any type may come at any time (A04).
    "SecurityEventNotification": ("type",),
    # A CSMS reads and sets what it likes to, before and beside what a case asks for.
    "GetVariables": (
        "getVariableData[0].component.name",
        "getVariableData[0].variable.name",
    ),
    "SetVariables": (
        "setVariableData[0].component.name",
        "setVariableData[0].variable.name",
    ),
    # Vendors' own messages share one action.
    "DataTransfer": ("vendorId", "messageId"),
}
