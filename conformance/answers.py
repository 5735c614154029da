"""The default answers of a well-behaved peer: what no step cares about is answered so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.clock import now

ACCEPTED = {"status": "Accepted"}


@dataclass
class Answers:
    """Default answers for one session; `heartbeat` is the interval given at boot, in seconds."""

    version: str
    role: str
    heartbeat: int
    _transaction: int = 0

    def to(self, action: str, payload: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the default answer, or None where the peer does not implement the action."""
        old = self.version == "1.6"
        if self.role == "CS":
            table = self._csms_16() if old else self._csms_201()
        else:
            table = STATION_16 if old else STATION_201
        answer = table.get(action)
        return answer(payload) if callable(answer) else answer

    def _csms_16(self) -> Mapping[str, Any]:
        return {
            **{action: {} for action in EMPTY},
            "BootNotification": self._boot,
            "Heartbeat": lambda _: {"currentTime": now()},
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
            "Heartbeat": lambda _: {"currentTime": now()},
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
        return {"status": "Accepted", "currentTime": now(), "interval": self.heartbeat}


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


def _configuration(payload: Mapping[str, Any]) -> dict[str, Any]:
    values = {"NumberOfConnectors": "1", "HeartbeatInterval": "300", "ConnectionTimeOut": "60"}
    asked = payload.get("key") or list(values)
    known = [{"key": k, "readonly": False, "value": values[k]} for k in asked if k in values]
    unknown = [k for k in asked if k not in values]
    return {"configurationKey": known, **({"unknownKey": unknown} if unknown else {})}


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

STATION_16: dict[str, _Default] = {
    "GetConfiguration": _configuration,
    "ChangeConfiguration": ACCEPTED,
    "TriggerMessage": {"status": "NotImplemented"},
    "RemoteStartTransaction": REJECTED,
    "RemoteStopTransaction": REJECTED,
    "Reset": REJECTED,
    "UnlockConnector": {"status": "NotSupported"},
    "ChangeAvailability": REJECTED,
    "ClearCache": ACCEPTED,
    "DataTransfer": {"status": "UnknownVendorId"},
    "GetLocalListVersion": {"listVersion": 0},
    "SendLocalList": {"status": "NotSupported"},
    "ReserveNow": REJECTED,
    "CancelReservation": REJECTED,
    "SetChargingProfile": ACCEPTED,
    "ClearChargingProfile": {"status": "Unknown"},
    "GetCompositeSchedule": REJECTED,
    "GetDiagnostics": {},
}

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
