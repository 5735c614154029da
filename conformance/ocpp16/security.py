"""What a connection of an OCPP 1.6 charge point must be like (security whitepaper, edition 3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from conformance.matching import Matcher, one_of

SHORTEST, LONGEST = 16, 20  # bytes of a password (A00.FR.205)
LEAST: Final = {"RSA": 2048, "EC": 224}  # bits of a key (A00.FR.502, .503)
_ECDSA: Final = (
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
)
_RSA: Final = ("TLS_RSA_WITH_AES_128_GCM_SHA256", "TLS_RSA_WITH_AES_256_GCM_SHA384")


def _offered(suites: object) -> bool:
    return isinstance(suites, list) and any(set(pair) <= set(suites) for pair in (_ECDSA, _RSA))


def _lacking(suites: object) -> str:
    offered = set(suites) if isinstance(suites, list) else set()
    pairs = (sorted(set(pair) - offered) for pair in (_ECDSA, _RSA))
    missing = ", and not ".join(" and ".join(pair) for pair in pairs)
    return f"expected both suites of ECDHE_ECDSA, or both of RSA; not offered is {missing}"


suites: Any = Matcher(
    "both suites of ECDHE_ECDSA, or both of RSA",
    _offered,
    wrong=[],
    also_wrong=([_ECDSA[0], _RSA[1]], [_ECDSA[1], _RSA[0]]),
    tell=_lacking,
)
"""A00.FR.318, A00.FR.422: what a charge point must at least offer."""

secured: Any = {"version": one_of("TLSv1.2", "TLSv1.3"), "suites": suites}
"""A00.FR.312, A00.FR.416, and the suites."""


def basic(station: str) -> dict[str, Any]:
    """Return HTTP Basic as it must be: the identity, and a password of the right length."""
    fits = Matcher(
        f"{SHORTEST} to {LONGEST} bytes",
        lambda v: isinstance(v, int) and SHORTEST <= v <= LONGEST,
        wrong=SHORTEST - 1,
        also_wrong=(LONGEST + 1,),
    )
    return {"user": station, "size": fits}


def certificate(serial: str) -> Any:  # noqa: ANN401 - stands where a mapping could stand
    """Accept a certificate with a strong key, a serial number, and the station's as its name."""
    right = {"commonName": serial or "CP01", "serialNumber": "1", "key": "EC", "keySize": 256}

    def problems(shown: object) -> Iterator[str]:
        if not isinstance(shown, Mapping):
            yield "there is none"
            return
        if "unreadable" in shown:
            yield f"it cannot be read: {shown['unreadable']}"
            return
        bits = LEAST.get(str(shown.get("key")))
        if bits is None or int(shown.get("keySize", 0)) < bits:
            yield f"a key {shown.get('key')} of {shown.get('keySize')} bits is too weak"
        if shown.get("serialNumber") in (None, "", "0"):
            yield "it has no serial number"
        common = shown.get("commonName")
        if not common or (serial and common != serial):
            yield f"its commonName is {common!r}, the serial number is {serial!r}"

    return Matcher(
        f"a certificate of {serial or 'the charge point'}",
        lambda v: not list(problems(v)),
        wrong="none",
        also_wrong=(
            {**right, "key": "RSA", "keySize": 2047},
            {**right, "keySize": 223},
            {**right, "key": "other"},
            {**right, "serialNumber": "0"},
            {**right, "commonName": f"not {serial}" if serial else ""},
        ),
        tell=lambda v: "; ".join(problems(v)),
    )
