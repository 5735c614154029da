"""A connection as a case reads it: what was agreed on, offered and shown when it was opened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from conformance.wire.connection import Handshake
from conformance.wire.tls import TlsSeen


def facts(handshake: Handshake) -> dict[str, Any]:
    """Return what a case may require of a connection; nothing secret is in it.

    `identity`, `subprotocol`; `basic` with the `user` and the `size` of the password in bytes,
    where HTTP Basic was sent; `tls` where there is TLS: `version`, `suite`, what the client
    offered (`versions`, `suites`, `serverName`, `compression`), and the `certificate` of the
    other side (`commonName`, `organizationName`, `serialNumber` in hexadecimal digits, `key` and
    `keySize` in bits).
    """
    found: dict[str, Any] = {"identity": handshake.identity, "subprotocol": handshake.chosen}
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
        found["certificate"] = certificate(x509.load_der_x509_certificate(seen.chain[0]))
    return found


def certificate(shown: x509.Certificate) -> dict[str, Any]:
    """Return what a case may require of a certificate."""
    key = shown.public_key()
    known = isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey)
    return {
        "commonName": _field(shown.subject, NameOID.COMMON_NAME),
        "organizationName": _field(shown.subject, NameOID.ORGANIZATION_NAME),
        "serialNumber": f"{shown.serial_number:x}",
        "key": "RSA" if isinstance(key, rsa.RSAPublicKey) else "EC" if known else "other",
        "keySize": key.key_size
        if isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey)
        else 0,
    }


def _field(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    values = name.get_attributes_for_oid(oid)
    return str(values[0].value) if values else ""
