"""The security extension of the 1.6 reference central system: it signs, and demands credentials."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from ocpp.v16 import call, call_result

from conformance.reference.certificates import hash_data, new_key
from conformance.reference.gate import Gate
from conformance.reference.link_16 import Answer, Handler
from conformance.reference.wire import WallClock

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
VALID: Final = timedelta(days=365)
SKEW: Final = timedelta(hours=1)  # a station's clock may be behind
LEAST: Final = {rsa.RSAPublicKey: 2048, ec.EllipticCurvePublicKey: 224}  # A00.FR.502, .503
_ACCEPTED: Final = "Accepted"


@dataclass
class Security:
    """What a central system does about security, `gate` being whom it lets in.

    `send(station, request)` sends a request when the message in hand has been answered.
    """

    gate: Gate
    faults: Mapping[str, str]
    clock: WallClock
    send: Callable[[str, Any], None]
    events: list[tuple[str, str]] = field(default_factory=list)  # (station, type)

    def handlers(self, station: str) -> Mapping[str, Handler]:
        """Return what answers each action of the extension."""
        return {
            "LogStatusNotification": lambda **_: call_result.LogStatusNotification(),
            "SecurityEventNotification": partial(self._event, station),
            "SignCertificate": partial(self._sign, station),
            "SignedFirmwareStatusNotification": _firmware_status,
        }

    def learn(self, station: str, request: Any, answer: Answer) -> None:  # noqa: ANN401
        """Take note of what a station has accepted to be set (A01.FR.03, A05.FR.09)."""
        if not isinstance(request, call.ChangeConfiguration) or answer.status != _ACCEPTED:
            return
        if request.key == "AuthorizationKey":
            self.gate.change_password(station, bytes.fromhex(request.value))
        elif request.key == "SecurityProfile":
            self.gate.set_profile(station, int(request.value))

    def _event(self, station: str, type: str, **_: object) -> Answer:  # noqa: A002 - the field
        self.events.append((station, type))
        return call_result.SecurityEventNotification()

    # Certificates of stations (A02)

    def _sign(self, station: str, csr: str) -> Answer:
        asked = self._right(csr)
        if asked is None or "refuses-to-sign" in self.faults:
            return call_result.SignCertificate(status="Rejected")  # type: ignore[arg-type]
        self.send(station, call.CertificateSigned(certificate_chain=self._chain(asked)))
        return call_result.SignCertificate(status=_ACCEPTED)  # type: ignore[arg-type]

    def _right(self, csr: str) -> x509.CertificateSigningRequest | None:
        """Return a request that is signed, strong enough and of somebody; else None."""
        try:
            asked = x509.load_pem_x509_csr(csr.encode())
            genuine = asked.is_signature_valid
        except (ValueError, InvalidSignature):
            return None
        public = asked.public_key()
        least = next((n for kind, n in LEAST.items() if isinstance(public, kind)), None)
        strong = least is not None and public.key_size >= least  # type: ignore[union-attr]
        subject = asked.subject
        named = all(
            subject.get_attributes_for_oid(oid)
            for oid in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME)
        )
        signs = bool(self.gate.files.authority)
        return asked if genuine and strong and named and signs else None

    def _chain(self, asked: x509.CertificateSigningRequest) -> str:
        files = self.gate.files
        above = x509.load_pem_x509_certificates(Path(files.authority).read_bytes())
        key = load_pem_private_key(Path(files.authority_key).read_bytes(), None)
        signed = self._signed(asked, above[0], key)
        told = (signed, *(c for c in above if c.subject != c.issuer))
        return "".join(c.public_bytes(Encoding.PEM).decode() for c in told)

    def _signed(
        self,
        asked: x509.CertificateSigningRequest,
        issuer: x509.Certificate,
        key: Any,  # noqa: ANN401 - any key that signs certificates
    ) -> x509.Certificate:
        public: Any = asked.public_key()
        if "signs-another-key" in self.faults:
            public = new_key("ecdsa").public_key()
        now = self.clock()
        days = VALID if "signs-too-late" not in self.faults else -SKEW / 2
        return (
            x509.CertificateBuilder()
            .subject_name(asked.subject)
            .issuer_name(issuer.subject)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - SKEW)
            .not_valid_after(now + days)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
            .sign(key, hashes.SHA256())
        )


def _firmware_status(**_: object) -> Answer:
    return call_result.SignedFirmwareStatusNotification()


def own_hashes(certificate: x509.Certificate, algorithm: str) -> dict[str, str]:
    """Return the hash data that a central system calculates itself, in capital letters."""
    found = hash_data(certificate, algorithm)
    return {
        "hash_algorithm": algorithm,
        "issuer_name_hash": found["issuerNameHash"].upper(),
        "issuer_key_hash": found["issuerKeyHash"].upper(),
        "serial_number": found["serialNumber"].upper(),
    }
