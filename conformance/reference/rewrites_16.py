"""The OCPP 1.6 faults that spoil single fields of what a reference system sends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.reference.faults import Rewrite
from conformance.reference.rewrites_settings_16 import SETTINGS_REWRITES


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


def _no_info(action: str, payload: dict[str, Any]) -> None:
    if action == "StartTransaction":
        payload.pop("idTagInfo", None)


def _no_zone(_: str, payload: dict[str, Any]) -> None:
    if "currentTime" in payload:
        payload["currentTime"] = payload["currentTime"].removesuffix("Z")


def _start_on_0(action: str, payload: dict[str, Any]) -> None:
    if action == "RemoteStartTransaction":
        payload["connectorId"] = 0


def _soft(action: str, payload: dict[str, Any]) -> None:
    if action == "Reset":
        payload["type"] = "Soft"


def _list_without_info(action: str, payload: dict[str, Any]) -> None:
    if action == "SendLocalList":
        for entry in payload.get("localAuthorizationList", ()):
            entry.pop("idTagInfo", None)


def _next_reservation(action: str, payload: dict[str, Any]) -> None:
    if action == "CancelReservation":
        payload["reservationId"] += 1


def _other_group(_: str, payload: dict[str, Any]) -> None:
    info = payload.get("idTagInfo", {})
    if "parentIdTag" in info:
        info["parentIdTag"] = "NOBODY"


def _everything(action: str, payload: dict[str, Any]) -> None:
    if action == "ClearChargingProfile" and "id" in payload:
        payload |= {"connectorId": 1, "stackLevel": 0}


def _no_transaction(action: str, payload: dict[str, Any]) -> None:
    if action == "SetChargingProfile":
        payload["csChargingProfiles"].pop("transactionId", None)


def _other_hash_data(action: str, payload: dict[str, Any]) -> None:
    if action == "DeleteCertificate" and "certificateHashData" in payload:
        payload["certificateHashData"]["serialNumber"] += "0"


def _other_type(action: str, payload: dict[str, Any]) -> None:
    kinds = {"ManufacturerRootCertificate", "CentralSystemRootCertificate"}
    if action == "InstallCertificate" and "certificateType" in payload:
        (payload["certificateType"],) = kinds - {payload["certificateType"]}


def _diagnostics_log(action: str, payload: dict[str, Any]) -> None:
    if action == "GetLog":
        payload["logType"] = "DiagnosticsLog"


def _other_signature(action: str, payload: dict[str, Any]) -> None:
    if action == "SignedUpdateFirmware" and "firmware" in payload:
        payload["firmware"]["signature"] = "AAAA"


def _no_update_id(action: str, payload: dict[str, Any]) -> None:
    if action == "SignedFirmwareStatusNotification" and payload.get("status") == "Installed":
        payload.pop("requestId", None)


STATION_REWRITES: Mapping[str, Rewrite] = {
    **SETTINGS_REWRITES,
    "wrong-connector-status": _next_connector,
    "other-tag-in-start": _other_tag,
    "accepts-second-remote-start": _accept_remote_start,
    "wrong-stop-reason": _other_reason,
    "accepts-unknown-remote-stop": _accept_remote_stop,
    "unlocks-any-connector": _unlocked,
    "wrong-composite-limit": _higher_limits,
    "forgets-update-id": _no_update_id,
}
CSMS_REWRITES: Mapping[str, Rewrite] = {
    "accepts-invalid-token": _accepting("Invalid"),
    "blocked-is-accepted": _accepting("Blocked"),
    "wrong-connector-in-remote-start": _next_connector_in_start,
    "profile-with-transaction-id": _transaction_id,
    "no-valid-from": _no_valid_from,
    "start-without-info": _no_info,
    "time-without-zone": _no_zone,
    "remote-start-on-0": _start_on_0,
    "expired-is-accepted": _accepting("Expired"),
    "always-resets-softly": _soft,
    "list-without-info": _list_without_info,
    "cancels-another": _next_reservation,
    "other-group": _other_group,
    "clears-by-everything": _everything,
    "profile-of-no-transaction": _no_transaction,
    "other-hash-data": _other_hash_data,
    "other-certificate-type": _other_type,
    "asks-for-diagnostics": _diagnostics_log,
    "other-signature": _other_signature,
}
