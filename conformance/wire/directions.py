"""Which side sends which request."""

from __future__ import annotations

from typing import Final

from conformance.wire.schema import actions

BOTH: Final = frozenset({"DataTransfer"})
_OF_EVERY_STATION: Final = frozenset(
    {
        *("Authorize", "BootNotification", "FirmwareStatusNotification", "Heartbeat"),
        *("LogStatusNotification", "MeterValues", "SecurityEventNotification"),
        *("SignCertificate", "StatusNotification"),
    }
)
OF_STATIONS: Final = {
    "1.6": _OF_EVERY_STATION
    | {
        *("DiagnosticsStatusNotification", "SignedFirmwareStatusNotification"),
        *("StartTransaction", "StopTransaction"),
    },
    "2.0.1": _OF_EVERY_STATION
    | {
        *("ClearedChargingLimit", "Get15118EVCertificate", "GetCertificateStatus"),
        *("NotifyChargingLimit", "NotifyCustomerInformation", "NotifyDisplayMessages"),
        *("NotifyEVChargingNeeds", "NotifyEVChargingSchedule", "NotifyEvent"),
        *("NotifyMonitoringReport", "NotifyReport", "PublishFirmwareStatusNotification"),
        *("ReportChargingProfiles", "ReservationStatusUpdate", "TransactionEvent"),
    },
}
"""What a station sends, by version, apart from what both sides do."""


def received(version: str, role: str) -> list[str]:
    """Return the actions that a system of this role ("CS" or "CSMS") can be sent."""
    theirs = OF_STATIONS[version]
    return [a for a in actions(version) if a in BOTH or (a in theirs) is (role == "CSMS")]
