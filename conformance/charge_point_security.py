"""What the charge point that the tool plays answers about certificates, logs and its keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from conformance.message import Request
from conformance.ocpp16.messages import LogStatusNotification, SignedFirmwareStatusNotification
from conformance.sut import Sut
from conformance.walltime import utc_now

if TYPE_CHECKING:
    from conformance.charge_point import ChargePoint

Payload = Mapping[str, Any]
Answer = dict[str, Any]
PASSWORD: Final = "AuthorizationKey"  # noqa: S105 - the key's name
PROFILE: Final = "SecurityProfile"
OF_CASES: Final = (PASSWORD, PROFILE)
"""What a central system changes of the next connection."""
LENGTHS: Final = range(16, 41)  # characters of a password; in hexadecimal digits 32 to 40
ALGORITHMS: Final = ("SHA256", "SHA384", "SHA512")  # the first one is used
_ACCEPTED: Final = {"status": "Accepted"}
_REJECTED: Final = {"status": "Rejected"}


def values(sut: Sut) -> dict[str, str]:
    """Return the keys of the security extension (security whitepaper, 7)."""
    return {
        "AdditionalRootCertificateCheck": "false",
        PASSWORD: "",
        "CertificateSignedMaxChainSize": "10000",
        "CertificateStoreMaxLength": "10",
        "CpoName": sut.values.station_vendor,
        PROFILE: str(sut.connection.security_profile),
    }


def accepts(name: str, value: str) -> bool:
    """Tell whether a key that is about the next connection can be set so, a case being unaware."""
    return name == PASSWORD and len(value) in LENGTHS


def _install(_: ChargePoint, payload: Payload) -> Answer:
    from conformance.pki.holding import is_root  # noqa: PLC0415 - costs 50 ms

    return _ACCEPTED if is_root(payload["certificate"], utc_now()) else _REJECTED


def _installed(it: ChargePoint, payload: Payload) -> Answer:
    found = [named(root) for root in it.roots.get(payload["certificateType"], ())]
    return {"status": "Accepted", "certificateHashData": found} if found else {"status": "NotFound"}


def named(root: str, algorithm: str = ALGORITHMS[0]) -> Any:  # noqa: ANN401 - as messages have it
    """Return the hash data of a root in PEM."""
    from cryptography import x509  # noqa: PLC0415 - slow to load

    from conformance.pki.hashes import hash_data  # noqa: PLC0415

    certificate = x509.load_pem_x509_certificate(root.encode())
    known: Any = algorithm
    return hash_data(certificate, certificate, known)


def _meant(it: ChargePoint, payload: Payload) -> Iterator[tuple[str, str]]:
    """Yield type and PEM of the roots with this hash data, in any case of letters."""
    wanted = {k: str(v).lower() for k, v in payload["certificateHashData"].items()}
    algorithm = str(payload["certificateHashData"]["hashAlgorithm"])
    if algorithm not in ALGORITHMS:
        return
    for kind, roots in it.roots.items():
        for root in roots:
            found = named(root, algorithm).items()
            if {k: str(v).lower() for k, v in found} == wanted:
                yield kind, root


def _delete(it: ChargePoint, payload: Payload) -> Answer:
    return _ACCEPTED if list(_meant(it, payload)) else {"status": "NotFound"}


def _trigger(it: ChargePoint, payload: Payload) -> Answer:
    message = payload["requestedMessage"]
    if message == "SignChargePointCertificate":
        return _REJECTED  # nothing of this happens unless a case plays it
    if message in OF_THE_EXTENSION:
        return _ACCEPTED
    return it.answer("TriggerMessage", payload) or _REJECTED


def _keep_root(it: ChargePoint, payload: Payload) -> Iterable[Request]:
    kind = payload["certificateType"]
    it.roots[kind] = (*it.roots.get(kind, ()), payload["certificate"])
    return ()


def _forget_root(it: ChargePoint, payload: Payload) -> Iterable[Request]:
    for kind, root in list(_meant(it, payload)):
        it.roots[kind] = tuple(r for r in it.roots[kind] if r != root)
    return ()


def _triggered(it: ChargePoint, payload: Payload) -> Iterable[Request]:
    message = payload["requestedMessage"]
    if message == "SignChargePointCertificate":
        return ()
    if message in OF_THE_EXTENSION:
        return (OF_THE_EXTENSION[message](),)
    known = _trigger(it, payload) == _ACCEPTED  # a case may accept what is not known here
    return it.learn("TriggerMessage", payload, _ACCEPTED) if known else ()


OF_THE_EXTENSION: Final[Mapping[str, Callable[[], Request]]] = {
    "LogStatusNotification": lambda: LogStatusNotification.req(status="Idle"),
    "FirmwareStatusNotification": lambda: SignedFirmwareStatusNotification.req(status="Idle"),
}
ANSWERS: Final[Mapping[str, Callable[[ChargePoint, Payload], Answer]]] = {
    "InstallCertificate": _install,
    "GetInstalledCertificateIds": _installed,
    "DeleteCertificate": _delete,
    "ExtendedTriggerMessage": _trigger,
    # Nothing of this happens unless a case plays it.
    "CertificateSigned": lambda _, __: _REJECTED,
    "GetLog": lambda _, __: _REJECTED,
    "SignedUpdateFirmware": lambda _, __: _REJECTED,
}
CHANGES: Final[Mapping[str, Callable[[ChargePoint, Payload], Iterable[Request]]]] = {
    "InstallCertificate": _keep_root,
    "DeleteCertificate": _forget_root,
    "ExtendedTriggerMessage": _triggered,
}
CHANGED: Final = {"InstallCertificate": "roots", "DeleteCertificate": "roots"}
