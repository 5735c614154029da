"""The default answers of a well-behaved peer: what no step cares about is answered so.

Those of a 1.6 charge point depend on what it was told before: `conformance.charge_point`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.clock import now

ACCEPTED = {"status": "Accepted"}


@dataclass
class Answers:
    """Default answers for one session; `heartbeat` is the interval given at boot, in seconds.

    `clock` writes the time that the CSMS tells.
    """

    version: str
    role: str
    heartbeat: int
    _transaction: int = 0
    clock: Callable[[], str] = now

    def to(self, action: str, payload: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the default answer, or None where the peer does not implement the action."""
        if self.role == "CSMS":
            table: Mapping[str, Any] = STATION_201
        else:
            table = self._csms_16() if self.version == "1.6" else self._csms_201()
        answer = table.get(action)
        return answer(payload) if callable(answer) else answer

    def _csms_16(self) -> Mapping[str, Any]:
        return {
            **{action: {} for action in EMPTY},
            "BootNotification": self._boot,
            "Heartbeat": lambda _: {"currentTime": self.clock()},
            "Authorize": {"idTagInfo": ACCEPTED},
            "StartTransaction": self._start,
            "StopTransaction": {},
            "DataTransfer": {"status": "UnknownVendorId"},
            "SignCertificate": {"status": "Rejected"},
        }

    def _csms_201(self) -> Mapping[str, Any]:
        return {
            **{action: {} for action in EMPTY},
            "BootNotification": self._boot,
            "Heartbeat": lambda _: {"currentTime": self.clock()},
            "Authorize": {"idTokenInfo": ACCEPTED},
            "TransactionEvent": lambda p: {"idTokenInfo": ACCEPTED} if "idToken" in p else {},
            "DataTransfer": {"status": "UnknownVendorId"},
            "SignCertificate": {"status": "Rejected"},
            "NotifyEVChargingNeeds": {"status": "Rejected"},
            "NotifyEVChargingSchedule": {"status": "Rejected"},
            "Get15118EVCertificate": {"status": "Failed", "exiResponse": ""},
            "GetCertificateStatus": {"status": "Failed"},
        }

    def _start(self, _: Mapping[str, Any]) -> dict[str, Any]:
        self._transaction += 1
        return {"transactionId": self._transaction, "idTagInfo": ACCEPTED}

    def _boot(self, _: Mapping[str, Any]) -> dict[str, Any]:
        return {"status": "Accepted", "currentTime": self.clock(), "interval": self.heartbeat}


EMPTY = (
    "StatusNotification",
    "MeterValues",
    "SecurityEventNotification",
    "DiagnosticsStatusNotification",
    "FirmwareStatusNotification",
    "LogStatusNotification",
    "SignedFirmwareStatusNotification",
    "NotifyEvent",
    "NotifyReport",
    "NotifyMonitoringReport",
    "NotifyCustomerInformation",
    "NotifyDisplayMessages",
    "NotifyChargingLimit",
    "ClearedChargingLimit",
    "ReportChargingProfiles",
    "ReservationStatusUpdate",
    "PublishFirmwareStatusNotification",
)


def _variables(payload: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "getVariableResult": [
            {
                "attributeStatus": "Accepted",
                "attributeValue": "300",
                "component": item["component"],
                "variable": item["variable"],
                **({"attributeType": item["attributeType"]} if "attributeType" in item else {}),
            }
            for item in payload.get("getVariableData", [])
        ]
    }


def _set_variables(payload: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "setVariableResult": [
            {
                "attributeStatus": "Accepted",
                "component": item["component"],
                "variable": item["variable"],
            }
            for item in payload.get("setVariableData", [])
        ]
    }


_Default = Mapping[str, Any] | Callable[[Mapping[str, Any]], dict[str, Any]]
REJECTED = {"status": "Rejected"}

STATION_201: dict[str, _Default] = {
    "GetVariables": _variables,
    "SetVariables": _set_variables,
    "GetBaseReport": {"status": "NotSupported"},
    "GetReport": {"status": "NotSupported"},
    "TriggerMessage": {"status": "NotImplemented"},
    "RequestStartTransaction": REJECTED,
    "RequestStopTransaction": REJECTED,
    "Reset": REJECTED,
    "UnlockConnector": {"status": "UnlockFailed"},
    "ChangeAvailability": REJECTED,
    "ClearCache": ACCEPTED,
    "DataTransfer": {"status": "UnknownVendorId"},
    "GetLocalListVersion": {"versionNumber": 0},
    "SendLocalList": {"status": "Failed"},
    "ReserveNow": REJECTED,
    "CancelReservation": REJECTED,
    "SetChargingProfile": ACCEPTED,
    "ClearChargingProfile": {"status": "Unknown"},
    "GetChargingProfiles": {"status": "NoProfiles"},
    "GetCompositeSchedule": REJECTED,
    "GetTransactionStatus": {"messagesInQueue": False},
    "SetNetworkProfile": REJECTED,
    "GetInstalledCertificateIds": {"status": "NotFound"},
    "SetMonitoringBase": {"status": "NotSupported"},
    "SetMonitoringLevel": REJECTED,
    "GetMonitoringReport": {"status": "NotSupported"},
}
