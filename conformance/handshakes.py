"""A connection as a case reads it: what was agreed on, offered and shown when it was opened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from conformance.pki.keys import UNREADABLE
from conformance.wire.connection import Handshake
from conformance.wire.tls import TlsSeen

BINARY_CURVES: Final = {
    26: 233,
    27: 233,
    3: 239,
    16: 283,
    17: 283,
    36: 409,
    37: 409,
    38: 571,
    39: 571,
}
"""Bits of the curves of SEC 2 that are strong enough, and that `cryptography` does not read."""

_SECG: Final = bytes.fromhex("06052b810400")  # 1.3.132.0, without its last part


def facts(handshake: Handshake) -> dict[str, Any]:
    """Return what a case may require of a connection; nothing secret is in it.

    `identity`, `path`, `subprotocol` and those `offered`; `basic` with the `user` and the `size`
    of the password in bytes, where HTTP Basic was sent; `tls` where there is TLS: `version`,
    `suite`, what the client offered (`versions`, `suites`, `serverName`, `compression`), and the
    `certificate` of the other side (`commonName`, `organizationName`, `serialNumber` in
    hexadecimal digits, `key` and `keySize` in bits; or why it is `unreadable`).
    """
    found: dict[str, Any] = {"identity": handshake.identity, "path": handshake.path}
    found |= {"subprotocol": handshake.chosen, "offered": list(handshake.offered)}
    if handshake.basic is not None:
        found["basic"] = {"user": handshake.basic.user, "size": handshake.basic.size}
    if handshake.tls is not None:
        found["tls"] = _tls(handshake.tls)
    return found


def told(found: Mapping[str, Any]) -> str:
    """Return what `facts` has found as a reader sees it, by the names that a case uses."""
    return ", ".join(_told("", found))


def _told(path: str, value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _told(f"{path}.{name}" if path else str(name), inner)
    elif isinstance(value, list):
        yield f"{path} {' '.join(map(str, value))}"
    else:
        yield f"{path} {value if value not in {'', None} else '-'}"


def _tls(seen: TlsSeen) -> dict[str, Any]:
    found: dict[str, Any] = {"version": seen.version, "suite": seen.suite}
    if seen.hello is not None:
        found |= {
            "versions": list(seen.hello.versions),
            "suites": list(seen.hello.suites),
            "serverName": seen.hello.server_name,
            "compression": seen.hello.compression,
        }
    if seen.chain:
        found["certificate"] = certificate(seen.chain[0])
    return found


def certificate(shown: bytes) -> dict[str, Any]:
    """Return what a case may require of a certificate (DER); why, where it cannot be read."""
    try:
        return _read(x509.load_der_x509_certificate(shown))
    except UNREADABLE as error:
        return {"unreadable": str(error)}


def _read(shown: x509.Certificate) -> dict[str, Any]:
    kind, bits = _key(shown)
    return {
        "commonName": _field(shown.subject, NameOID.COMMON_NAME),
        "organizationName": _field(shown.subject, NameOID.ORGANIZATION_NAME),
        "serialNumber": f"{shown.serial_number:x}",
        "key": kind,
        "keySize": bits,
    }


def _key(shown: x509.Certificate) -> tuple[str, int]:
    """Return the kind of its key, and the size in bits."""
    try:
        key = shown.public_key()
    except UnsupportedAlgorithm:
        tbs = shown.tbs_certificate_bytes
        known = (bits for curve, bits in BINARY_CURVES.items() if _SECG + bytes([curve]) in tbs)
        bits = next(known, 0)
        return ("EC", bits) if bits else ("other", 0)
    if isinstance(key, rsa.RSAPublicKey):
        return "RSA", key.key_size
    return ("EC", key.key_size) if isinstance(key, ec.EllipticCurvePublicKey) else ("other", 0)


def _field(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    values = name.get_attributes_for_oid(oid)
    return str(values[0].value) if values else ""
