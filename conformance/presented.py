"""What a system under test says of itself, in the words of sut.toml where it has them."""

from __future__ import annotations

import hashlib
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


_OF_UPGRADE: Final = ("server", "certificate")


def at_boot(before: Mapping[str, str], action: str, payload: Mapping[str, Any]) -> dict[str, str]:
    """Return what is known of a station after a message: a BootNotification tells it anew."""
    if action != "BootNotification":
        return dict(before)
    station = payload.get("chargingStation")
    parts = [payload, station, station.get("modem") if isinstance(station, dict) else None]
    boot = {
        _FIELDS[name]: value
        for part in parts
        if isinstance(part, Mapping)
        for name, value in part.items()
        if name in _FIELDS and isinstance(value, str)
    }
    return boot | {name: before[name] for name in _OF_UPGRADE if name in before}


def at_upgrade(before: Mapping[str, str], handshake: Handshake, role: str) -> dict[str, str]:
    """Return what is known of a system after it has connected.

    A CSMS may name its server software; the certificate of either is known by its SHA-256.
    """
    known = {name: value for name, value in before.items() if name not in _OF_UPGRADE}
    headers = {name.lower(): value for name, value in handshake.response_headers}
    if role == "CSMS" and headers.get("server"):
        known["server"] = headers["server"]
    if handshake.tls is not None and handshake.tls.chain:
        known["certificate"] = hashlib.sha256(handshake.tls.chain[0]).hexdigest()
    return known
