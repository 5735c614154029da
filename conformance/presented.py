"""What a system under test says of itself, in the words of sut.toml where it has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from conformance.wire.connection import Handshake

_FIELDS: Final = {
    "chargePointVendor": "vendor",
    "chargePointModel": "model",
    "firmwareVersion": "firmware",
    "chargePointSerialNumber": "serial",
    "chargeBoxSerialNumber": "box serial",
    "iccid": "iccid",
    "imsi": "imsi",
    "meterType": "meter type",
    "meterSerialNumber": "meter serial",
    "vendorName": "vendor",
    "model": "model",
    "serialNumber": "serial",
}


def presented(action: str, payload: Mapping[str, Any]) -> dict[str, str]:
    """Return what a BootNotification tells of the station; nothing for another message."""
    if action != "BootNotification":
        return {}
    station = payload.get("chargingStation")
    parts = [payload, station, station.get("modem") if isinstance(station, dict) else None]
    return {
        _FIELDS[name]: value
        for part in parts
        if isinstance(part, Mapping)
        for name, value in part.items()
        if name in _FIELDS and isinstance(value, str)
    }


def server(handshake: Handshake) -> dict[str, str]:
    """Return what a CSMS tells of itself in the upgrade: its Server header."""
    told = {name.lower(): value for name, value in handshake.response_headers}
    return {"server": told["server"]} if told.get("server") else {}
