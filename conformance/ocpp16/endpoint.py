"""What a central system must be like that a charge point connects to over TLS (whitepaper 2.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from conformance.matching import Matcher, one_of

LEAST: Final = {"RSA": 2048, "EC": 224}  # bits of a key (A00.FR.502, .503)
SUITES: Final = (
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "AES128-GCM-SHA256",
    "AES256-GCM-SHA384",
)
"""The cipher suites that a central system has to support, as OpenSSL names them (A00.FR.317)."""


def endpoint(host: str) -> dict[str, Any]:
    """Return what a TLS connection to a central system at `host` has to be like (A00.FR.312)."""
    return {"tls": {"version": one_of("TLSv1.2", "TLSv1.3"), "certificate": certificate(host)}}


def with_suite(host: str, suite: str) -> dict[str, Any]:
    """Return the same of one that uses this cipher suite."""
    return {"tls": {"suite": suite, "certificate": certificate(host)}}


def certificate(host: str) -> Any:  # noqa: ANN401 - stands where a mapping could stand
    """Accept a strong certificate whose common name is `host` (A00.FR.502, .503, .508, .510)."""
    right = {"commonName": host, "serialNumber": "1", "key": "EC", "keySize": 256}
    return Matcher(
        f"a certificate of {host}",
        lambda v: not list(_problems(v, host)),
        wrong="none",
        also_wrong=(
            {**right, "key": "RSA", "keySize": 2047},
            {**right, "keySize": 223},
            {**right, "key": "other"},
            {**right, "serialNumber": "0"},
            {**right, "commonName": f"not-{host}"},
        ),
        tell=lambda v: "; ".join(_problems(v, host)),
    )


def _problems(shown: object, host: str) -> Iterator[str]:
    if not isinstance(shown, Mapping):
        yield "there is none"
        return
    if "unreadable" in shown:
        yield f"it cannot be read: {shown['unreadable']}"
        return
    kind, bits = str(shown.get("key")), int(shown.get("keySize", 0))
    if bits < LEAST.get(kind, bits + 1):
        yield f"a key {kind} of {bits} bits is too weak"
    if shown.get("serialNumber") in (None, "", "0"):
        yield "it has no serial number"
    common = str(shown.get("commonName"))
    if common.lower() != host.lower():
        yield f"its commonName is {common!r}, the address has {host!r}"
