"""Which messages that no step waits for are tolerated, remarked on, or fail the waiting step."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from conformance.situation import Situation, connector_statuses
from conformance.sut import Sut


class Treatment(Enum):
    """What becomes of a message that nobody waits for; it is answered in any case."""

    TOLERATE = "noted"
    REMARK = "listed for review"
    FAIL = "fails the waiting step"


# A station may send these at any time, whatever it is doing.
STATION_MAY = {
    "1.6": {"Heartbeat", "MeterValues", "SecurityEventNotification"},
    "2.0.1": {"Heartbeat", "MeterValues", "SecurityEventNotification", "NotifyEvent"},
}
# Legal, but nothing in the scenario explains them.
STATION_ODD = {
    "DataTransfer",
    "DiagnosticsStatusNotification",
    "FirmwareStatusNotification",
    "LogStatusNotification",
    "NotifyChargingLimit",
    "NotifyDisplayMessages",
    "SignCertificate",
    "SignedFirmwareStatusNotification",
}
# OCPP 2.0.1 F01.FR.18: a station may send further events of a running transaction.
EXTRA_EVENTS = {
    "ChargingRateChanged",
    "MeterValueClock",
    "MeterValuePeriodic",
    "SignedDataReceived",
    "EnergyLimitReached",
    "TimeLimitReached",
}
# What a CSMS must not send unless the case (that is, its operator) asked for it.
CSMS_ONLY_WHEN_ASKED = {
    "RemoteStartTransaction",
    "RemoteStopTransaction",
    "RequestStartTransaction",
    "RequestStopTransaction",
    "Reset",
    "UnlockConnector",
    "ChangeAvailability",
    "ReserveNow",
    "UpdateFirmware",
    "SignedUpdateFirmware",
}


def treat(sut: Sut, action: str, payload: Mapping[str, Any], situation: Situation) -> Treatment:
    """Return how a message that no step waits for is treated."""
    version = sut.version
    if sut.role == "CSMS":
        return Treatment.FAIL if action in CSMS_ONLY_WHEN_ASKED else Treatment.REMARK
    reported = connector_statuses(version, action, payload)
    if reported:
        return max((_status(r, sut, situation) for r in reported), key=list(Treatment).index)
    if action in STATION_MAY[version]:
        return Treatment.TOLERATE
    if action == "TransactionEvent" and payload.get("triggerReason") in EXTRA_EVENTS:
        return Treatment.TOLERATE
    if action == "BootNotification" and situation.was_cut_off:
        return Treatment.REMARK  # it should not boot for a new connection (OCPP-J 1.6, 5.4)
    return Treatment.REMARK if action in STATION_ODD else Treatment.FAIL


def _status(reported: tuple[int, int, str], sut: Sut, situation: Situation) -> Treatment:
    evse, connector, status = reported
    if connector == 0:
        return Treatment.TOLERATE  # the main controller, not a connector
    if (evse, connector) not in sut.places:
        return Treatment.REMARK  # the declaration does not know it
    if situation.was_cut_off and situation.untold(evse, connector):
        return Treatment.TOLERATE  # it has booted for that, and then tells all (errata 3.22)
    if situation.before(evse, connector) == status:
        return Treatment.REMARK  # said again what was known
    return Treatment.FAIL
