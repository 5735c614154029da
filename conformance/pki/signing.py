"""What the tool signs for a station under test: certificates, requests for them, firmware."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from conformance.pki.authority import VALID, Authority, Issued, Period, field, name, pem
from conformance.pki.firmware import Padding, sign
from conformance.pki.keys import (
    DIGEST,
    UNREADABLE,
    KeyKind,
    PrivateKey,
    new_key,
    read_key,
    too_weak,
)


def authority(certificate: Path, key: Path) -> Authority:
    """Go on as the authority whose certificate (with those above it) and key are in these files."""
    own, *above = x509.load_pem_x509_certificates(certificate.read_bytes())
    issued = Issued(own, read_key(key.read_bytes()), tuple(above))
    return Authority("", field(own.subject, NameOID.ORGANIZATION_NAME), "ecdsa", issued=issued)


def sign_request(csr: str, by: Authority, period: Period = VALID) -> str:
    """Sign what a station asks for; return its certificate and those above it, as PEM."""
    asked = x509.load_pem_x509_csr(csr.encode())
    key = asked.public_key()
    if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise ValueError("expected an RSA or elliptic-curve key")  # noqa: TRY004 - a wrong file
    signed = by.sign(asked.subject, key, "client", period=period)
    above = [c for c in by.chain if c.subject != c.issuer]
    return "".join(pem(c).decode() for c in (signed, *above))


def leaf(chain: str) -> x509.Certificate:
    """Return the first certificate of a chain in PEM."""
    return x509.load_pem_x509_certificate(chain.encode())


def fingerprint(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of a certificate in hexadecimal digits, as tools show it."""
    return certificate.fingerprint(DIGEST).hex()


def problems(csr: object, organization: str, serial: str) -> Iterator[str]:
    """Yield what is wrong with a signing request (whitepaper A02.FR.03, .13; A00.FR.501, .511)."""
    try:
        yield from list(_problems(csr, organization, serial))
    except UNREADABLE as error:
        yield f"it cannot be read: {error}"


def _problems(csr: object, organization: str, serial: str) -> Iterator[str]:
    try:
        asked = x509.load_pem_x509_csr(str(csr).encode())
    except ValueError:
        yield "it is no certificate signing request in PEM"
        return
    try:
        genuine = asked.is_signature_valid
    except (ValueError, InvalidSignature):
        genuine = False
    if not genuine:
        yield "its signature is not valid"
    if weak := too_weak(asked.public_key()):
        yield weak
    owner = field(asked.subject, NameOID.ORGANIZATION_NAME)
    if owner != organization:
        yield f"its organizationName is {owner!r}, CpoName is {organization!r}"
    common = field(asked.subject, NameOID.COMMON_NAME)
    if not common or (serial and common != serial):
        yield f"its commonName is {common!r}, the serial number is {serial!r}"


@cache
def wrong_requests(organization: str, serial: str) -> tuple[str, ...]:
    """Return a signing request for each way of being wrong."""
    right = serial or "CP01"
    common = x509.NameAttribute(NameOID.COMMON_NAME, "another")
    foreign = _request(name(right, organization), new_key("ecdsa"))
    return (
        _request(name(right, "somebody else"), new_key("ecdsa")),
        _request(
            x509.Name([*_owner(organization), *([common] if serial else [])]), new_key("ecdsa")
        ),
        _request(name(right, organization), ec.generate_private_key(ec.SECP192R1())),
        _unsigned(foreign),
    )


def _owner(organization: str) -> list[x509.NameAttribute[str]]:
    return [x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization)]


def _request(subject: x509.Name, key: PrivateKey) -> str:
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    return builder.sign(key, DIGEST).public_bytes(Encoding.PEM).decode()


def _unsigned(csr: str) -> str:
    """Return a request whose signature is of something else."""
    der = bytearray(x509.load_pem_x509_csr(csr.encode()).public_bytes(Encoding.DER))
    der[-1] ^= 1
    lines = base64.encodebytes(bytes(der)).decode()
    kind = "CERTIFICATE REQUEST"
    return f"-----BEGIN {kind}-----\n{lines}-----END {kind}-----\n"


def signer(certificate: Path, key: Path, period: Period = VALID) -> Issued:
    """Return a certificate for signing firmware, by the manufacturer in these files."""
    by = authority(certificate, key)
    return by.issue("Firmware signing", "firmware", kind_of(by), period=period)


@cache
def foreign_signer() -> Issued:
    """Return a certificate for signing firmware, by a manufacturer that nobody knows."""
    by = Authority("Unknown manufacturer", "ocpp-conformance", "ecdsa")
    return by.issue("Firmware signing", "firmware", "ecdsa")


def kind_of(by: Authority) -> KeyKind:
    """Return the kind of the key of an authority."""
    return "rsa" if isinstance(by.issued.key, rsa.RSAPrivateKey) else "ecdsa"


def signature(key: Path, data: bytes, how: Padding = "PSS") -> str:
    """Return the signature of `data` in Base64 by the key in a file."""
    return sign(read_key(key.read_bytes()), data, how)


def spoiled(given: str) -> str:
    """Return a signature in Base64 that looks like another one, and is of nothing."""
    data = bytearray(base64.b64decode(given))
    data[-1] ^= 1
    return base64.b64encode(bytes(data)).decode()
