"""The faults of an OCPP 1.6 charge point that spoil what it tells of keys, lists and meters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from conformance.reference.faults import Rewrite


def _without_a_key(action: str, payload: dict[str, Any]) -> None:
    if action == "GetConfiguration":
        keys = payload.get("configurationKey", [])
        payload["configurationKey"] = [k for k in keys if k["key"] != "ResetRetries"]


def _always(action: str, *instead_of: str, status: str = "Accepted") -> Rewrite:
    def rewrite(of: str, payload: dict[str, Any]) -> None:
        if of == action and payload.get("status") in instead_of:
            payload["status"] = status

    return rewrite


def _list_version(right: int, wrong: int) -> Rewrite:
    def rewrite(action: str, payload: dict[str, Any]) -> None:
        if action == "GetLocalListVersion" and payload.get("listVersion") == right:
            payload["listVersion"] = wrong

    return rewrite


def _meter_values(change: Callable[[dict[str, Any], dict[str, Any]], None]) -> Rewrite:
    def rewrite(action: str, payload: dict[str, Any]) -> None:
        if action == "MeterValues":
            for value, sampled in _sampled(payload):
                change(value, sampled)

    return rewrite


def _sampled(payload: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for value in payload.get("meterValue", ()):
        for sampled in value["sampledValue"]:
            yield value, sampled


def _other_context(_: dict[str, Any], sampled: dict[str, Any]) -> None:
    sampled["context"] = "Other"


def _countdown(_: dict[str, Any], sampled: dict[str, Any]) -> None:
    sampled["value"] = str(1e9 - float(sampled["value"]))


def _after_the_clock(value: dict[str, Any], sampled: dict[str, Any]) -> None:
    if sampled.get("context") == "Sample.Clock":
        moment = datetime.fromisoformat(value["timestamp"]) + timedelta(seconds=1)
        value["timestamp"] = moment.isoformat()


SETTINGS_REWRITES: Mapping[str, Rewrite] = {
    "forgets-a-key": _without_a_key,
    "takes-any-key": _always("ChangeConfiguration", "NotSupported"),
    "takes-any-value": _always("ChangeConfiguration", "Rejected"),
    "takes-old-list": _always("SendLocalList", "VersionMismatch"),
    "takes-broken-list": _always("SendLocalList", "Failed"),
    "refuses-every-list": _always("SendLocalList", "Accepted", status="Failed"),
    "counts-empty-list": _list_version(0, 1),
    "counts-disabled-list": _list_version(-1, 0),
    "reserves-anything": _always(
        "ReserveNow", "Faulted", "Occupied", "Unavailable", "Rejected", status="Accepted"
    ),
    "triggers-anything": _always("TriggerMessage", "Rejected", "NotImplemented"),
    "takes-any-vendor": _always("DataTransfer", "UnknownVendorId", "UnknownMessageId"),
    "claims-jammed-locks": _always("UnlockConnector", "Unlocked", status="UnlockFailed"),
    "other-meter-context": _meter_values(_other_context),
    "meter-counts-down": _meter_values(_countdown),
    "off-the-clock": _meter_values(_after_the_clock),
}
