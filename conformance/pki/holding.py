"""What the tool holds as a charge point: key pairs, requests for certificates, roots, a maker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from conformance.pki.authority import EXPIRED, Authority, Issued, field, name, pem
from conformance.pki.firmware import Padding, sign
from conformance.pki.hashes import hash_data
from conformance.pki.keys import (
    DIGEST,
    UNREADABLE,
    KeyKind,
    PrivateKey,
    new_key,
    read_key,
    too_weak,
)

OWNER = "ocpp-conformance"
_SPKI = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


@dataclass(frozen=True)
class Holder:
    """Whose certificates are: the operator (O) and the serial number (CN) of a charge point."""

    organization: str
    serial: str
    kind: KeyKind = "ecdsa"

    @property
    def subject(self) -> x509.Name:
        """The subject of its certificates (A00.FR.509, .511)."""
        return name(self.serial, self.organization)


def holder(chain: Path | None, otherwise: Holder) -> Holder:
    """Return whose certificate a file holds."""
    if chain is None:
        return otherwise
    shown = x509.load_pem_x509_certificate(chain.read_bytes())
    return Holder(
        field(shown.subject, NameOID.ORGANIZATION_NAME) or otherwise.organization,
        field(shown.subject, NameOID.COMMON_NAME) or otherwise.serial,
        "rsa" if isinstance(shown.public_key(), rsa.RSAPublicKey) else "ecdsa",
    )


@dataclass(frozen=True)
class Request:
    """A new key pair, and the signing request for it (A02.FR.02, .03, .13)."""

    holder: Holder
    key: PrivateKey

    @property
    def csr(self) -> str:
        """The signing request, as PEM."""
        builder = x509.CertificateSigningRequestBuilder().subject_name(self.holder.subject)
        return builder.sign(self.key, DIGEST).public_bytes(Encoding.PEM).decode()

    def problems(self, chain: object, now: datetime) -> Iterator[str]:
        """Yield what is wrong with the certificate that has come for it (A02.FR.06)."""
        try:
            yield from list(self._problems(chain, now))
        except UNREADABLE as error:
            yield f"it cannot be read: {error}"

    def _problems(self, chain: object, now: datetime) -> Iterator[str]:
        try:
            leaf = x509.load_pem_x509_certificate(str(chain).encode())
        except ValueError:
            yield "it is no certificate in PEM"
            return
        if _public(leaf) != self.key.public_key().public_bytes(*_SPKI):
            yield "it is for another key than was asked for"
        if not leaf.not_valid_before_utc <= now <= leaf.not_valid_after_utc:
            yield "it is not valid now"
        for oid, wanted in (
            (NameOID.ORGANIZATION_NAME, self.holder.organization),
            (NameOID.COMMON_NAME, self.holder.serial),
        ):
            if field(leaf.subject, oid) != wanted:
                yield f"its subject has {field(leaf.subject, oid)!r}, {wanted!r} was asked for"

    def wrong(self) -> tuple[str, ...]:
        """Return a certificate for each way of being wrong."""
        own, ca = self.key.public_key(), _authority("somebody")
        subject = self.holder.subject
        return (
            pem(ca.sign(subject, new_key("ecdsa").public_key(), "client")).decode(),
            pem(ca.sign(subject, own, "client", period=EXPIRED)).decode(),
            pem(ca.sign(name("another", self.holder.organization), own, "client")).decode(),
            pem(ca.sign(name(self.holder.serial, "another"), own, "client")).decode(),
        )


def request(of: Holder) -> Request:
    """Make a new key pair for a holder."""
    return Request(of, new_key(of.kind))


def bad_certificates(of: Holder, ca: Path | None, key: Path | None) -> dict[str, Issued]:
    """Return certificates of a holder that a central system must refuse, by what is wrong.

    One that has expired has to be signed by its own authority: without that there is none.
    """
    stranger = _authority("Unknown root")
    organization = of.organization
    issued = stranger.issue(of.serial, "client", "ecdsa", organization=organization)
    found = {"a certificate of an unknown authority": issued}
    if ca is not None and key is not None and key.is_file():
        own, *above = x509.load_pem_x509_certificates(ca.read_bytes())
        known = Issued(own, read_key(key.read_bytes()), tuple(above))
        authority = Authority("", organization, "ecdsa", issued=known)
        late = authority.issue(of.serial, "client", "ecdsa", period=EXPIRED)
        found["a certificate that has expired"] = late
    return found


def new_root() -> str:
    """Return a root that nothing stands on, as PEM: the same one for all cases of a run."""
    return pem(_authority("Test root").certificate).decode()


def same(one: str, other: object) -> bool:
    """Tell whether two PEM texts hold the same certificate."""
    try:
        theirs = x509.load_pem_x509_certificate(str(other).encode())
    except UNREADABLE:
        return False
    return theirs == x509.load_pem_x509_certificate(one.encode())


def another_root() -> str:
    """Return another root, for proofs."""
    return pem(_authority("Another root").certificate).decode()


def is_root(text: object, now: datetime) -> bool:
    """Tell whether a PEM text holds a certificate that signs others and is valid now."""
    try:
        found = x509.load_pem_x509_certificate(str(text).encode())
        constraints = found.extensions.get_extension_for_class(x509.BasicConstraints).value
        valid = found.not_valid_before_utc <= now <= found.not_valid_after_utc
        hash_data(found, found)  # which it is named by, from now on
        return constraints.ca and valid and not too_weak(found.public_key())
    except (*UNREADABLE, x509.ExtensionNotFound):
        return False


@dataclass(frozen=True)
class Maker:
    """The manufacturer of the charge point, who signs its firmware (L01)."""

    key: PrivateKey
    certificate: str  # the signing certificate, as PEM

    def signature(self, data: bytes, how: Padding = "PSS") -> str:
        """Return the signature of `data` in Base64."""
        return sign(self.key, data, how)


@cache
def maker(kind: KeyKind = "ecdsa") -> Maker:
    """Return the manufacturer of the charge point that the tool plays, with a key of a kind."""
    issued = Authority("Manufacturer root", OWNER, kind).issue("Firmware signing", "firmware", kind)
    return Maker(issued.key, pem(issued.certificate).decode())


@cache
def _authority(common: str) -> Authority:
    return Authority(common, OWNER, "ecdsa")


def _public(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(*_SPKI)
