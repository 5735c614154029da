"""The OCPP 1.6 faults that spoil single fields of what a reference system sends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.reference.faults import Rewrite


def _next_connector(action: str, payload: dict[str, Any]) -> None:
    if action == "StatusNotification" and payload.get("connectorId"):
        payload["connectorId"] += 1


def _other_tag(action: str, payload: dict[str, Any]) -> None:
    if action == "StartTransaction" and "idTag" in payload:
        payload["idTag"] = "OTHERTAG"


def _accept_remote_start(action: str, payload: dict[str, Any]) -> None:
    if action == "RemoteStartTransaction" and "status" in payload:
        payload["status"] = "Accepted"


def _accept_remote_stop(action: str, payload: dict[str, Any]) -> None:
    if action == "RemoteStopTransaction" and "status" in payload:
        payload["status"] = "Accepted"


def _unlocked(action: str, payload: dict[str, Any]) -> None:
    if action == "UnlockConnector" and "status" in payload:
        payload["status"] = "Unlocked"


def _other_reason(action: str, payload: dict[str, Any]) -> None:
    if action == "StopTransaction" and "transactionId" in payload:
        payload["reason"] = "Other"


def _higher_limits(action: str, payload: dict[str, Any]) -> None:
    if action == "GetCompositeSchedule" and "chargingSchedule" in payload:
        for period in payload["chargingSchedule"]["chargingSchedulePeriod"]:
            period["limit"] += 1


def _accepting(status: str) -> Rewrite:
    def rewrite(action: str, payload: dict[str, Any]) -> None:
        info = payload.get("idTagInfo", {})
        if action in {"Authorize", "StartTransaction"} and info.get("status") == status:
            info["status"] = "Accepted"

    return rewrite


def _next_connector_in_start(action: str, payload: dict[str, Any]) -> None:
    if action == "RemoteStartTransaction" and "connectorId" in payload:
        payload["connectorId"] += 1


def _transaction_id(action: str, payload: dict[str, Any]) -> None:
    if action == "RemoteStartTransaction" and "chargingProfile" in payload:
        payload["chargingProfile"]["transactionId"] = 1


def _no_valid_from(_: str, payload: dict[str, Any]) -> None:
    for name in ("csChargingProfiles", "chargingProfile"):
        payload.get(name, {}).pop("validFrom", None)


STATION_REWRITES: Mapping[str, Rewrite] = {
    "wrong-connector-status": _next_connector,
    "other-tag-in-start": _other_tag,
    "accepts-second-remote-start": _accept_remote_start,
    "wrong-stop-reason": _other_reason,
    "accepts-unknown-remote-stop": _accept_remote_stop,
    "unlocks-any-connector": _unlocked,
    "wrong-composite-limit": _higher_limits,
}
CSMS_REWRITES: Mapping[str, Rewrite] = {
    "accepts-invalid-token": _accepting("Invalid"),
    "blocked-is-accepted": _accepting("Blocked"),
    "wrong-connector-in-remote-start": _next_connector_in_start,
    "profile-with-transaction-id": _transaction_id,
    "no-valid-from": _no_valid_from,
}
