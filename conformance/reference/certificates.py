"""What a reference station keeps of certificates: roots, its own, and the requests for new ones."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Literal, TypeAlias

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from conformance.reference.revocation import Pair

Key: TypeAlias = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
Outcome: TypeAlias = Literal["Accepted", "Rejected", "Failed"]
MAX_ROOTS = 10


@dataclass(frozen=True)
class Own:
    """The station's certificate with its key; `chain` begins with the certificate itself."""

    chain: tuple[x509.Certificate, ...]
    key: Key

    def pem(self) -> tuple[bytes, bytes]:
        """Return certificates and key as PEM."""
        return b"".join(c.public_bytes(Encoding.PEM) for c in self.chain), _key_pem(self.key)


def read_own(chain: bytes, key: bytes) -> Own:
    """Read a certificate with its key; raises ValueError for anything else."""
    return Own(tuple(x509.load_pem_x509_certificates(chain)), _read_key(key))


def _key_pem(key: Key) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _read_key(text: bytes) -> Key:
    read = load_pem_private_key(text, None)
    if not isinstance(read, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise ValueError("expected an RSA or elliptic-curve key")  # noqa: TRY004 - a wrong file
    return read


@dataclass
class Certificates:
    """The store; `clock` says what is valid now, `serial` is the station's serial number."""

    serial: str
    clock: Callable[[], datetime]
    own: Own | None = None
    roots: dict[str, list[x509.Certificate]] = field(default_factory=dict)
    most: int = MAX_ROOTS
    _asked: Key | None = None  # the key of the request that waits for its certificate

    # Roots

    def install(self, kind: str, text: str) -> Outcome:
        """Install a root certificate in PEM (whitepaper M05): only one that is valid now."""
        try:
            certificate = x509.load_pem_x509_certificate(text.encode())
        except ValueError:
            return "Rejected"
        if not self._now(certificate) or not _signs(certificate):
            return "Rejected"
        kept = self.roots.setdefault(kind, [])
        if certificate in kept:
            return "Accepted"
        if self.full:
            return "Rejected"
        kept.append(certificate)
        return "Accepted"

    @property
    def full(self) -> bool:
        """Whether there is no room for another root."""
        return sum(map(len, self.roots.values())) >= self.most

    def installed(self, kind: str, algorithm: str = "SHA256") -> list[dict[str, str]]:
        """Return the hash data of the roots of one kind."""
        return [hash_data(c, algorithm) for c in self.roots.get(kind, [])]

    def valid_roots(self, kind: str) -> list[x509.Certificate]:
        """Return the roots of one kind that are valid now."""
        return [c for c in self.roots.get(kind, []) if self._now(c)]

    def valid_own(self) -> bool:
        """Tell whether the station has a certificate that is valid now."""
        return self.own is not None and self._now(self.own.chain[0])

    def named(self, named: Mapping[str, str]) -> tuple[str, x509.Certificate] | None:
        """Return kind and root with this hash data, whatever hash algorithm it is named by."""
        wanted = {k: v.lower() for k, v in named.items()}
        for kind, kept in self.roots.items():
            for certificate in kept:
                found = hash_data(certificate, named["hashAlgorithm"])
                if {k: v.lower() for k, v in found.items()} == wanted:
                    return kind, certificate
        return None

    def delete(self, named: Mapping[str, str]) -> Literal["Accepted", "NotFound"]:
        """Delete the root with this hash data."""
        found = self.named(named)
        if found is None:
            return "NotFound"
        self.roots[found[0]].remove(found[1])
        return "Accepted"

    # The station's own

    def request(self, organization: str, kind: str) -> str:
        """Make a new key pair and return the signing request for it, as PEM (A02.FR.02, .13)."""
        self._asked = new_key(kind)
        subject = x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
                x509.NameAttribute(NameOID.COMMON_NAME, self.serial),
            ]
        )
        builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
        return builder.sign(self._asked, hashes.SHA256()).public_bytes(Encoding.PEM).decode()

    @property
    def waiting(self) -> str:
        """The key that waits for its certificate, as PEM; empty where nothing was asked for."""
        return _key_pem(self._asked).decode() if self._asked is not None else ""

    @waiting.setter
    def waiting(self, text: str) -> None:
        self._asked = _read_key(text.encode()) if text else None

    def signed(self, text: str, organization: str) -> bool:
        """Take the certificate that was asked for, if it is valid (A02.FR.06); tell whether."""
        try:
            chain = tuple(x509.load_pem_x509_certificates(text.encode()))
        except ValueError:
            return False
        if self._asked is None or not self._fits(chain, organization, self._asked):
            return False
        self.own, self._asked = Own(chain, self._asked), None
        return True

    def _fits(self, chain: tuple[x509.Certificate, ...], organization: str, key: Key) -> bool:
        leaf = chain[0]
        return (
            _public(leaf) == key.public_key().public_bytes(*_SPKI)
            and self._now(leaf)
            and _field(leaf, NameOID.COMMON_NAME) == self.serial
            and _field(leaf, NameOID.ORGANIZATION_NAME) == organization
            and self.leads_to("CentralSystemRootCertificate", chain)
        )

    def leads_to(self, kind: str, chain: tuple[x509.Certificate, ...]) -> bool:
        """Tell whether each certificate is signed by the next, the last by a root of `kind`."""
        for lower, upper in pairwise(chain):
            if not _issued(lower, upper) or not self._now(upper):
                return False
        last = chain[-1]
        return any(last == root or _issued(last, root) for root in self.valid_roots(kind))

    def _now(self, certificate: x509.Certificate) -> bool:
        begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        return begin <= self.clock() <= end

    # Firmware

    def signer(self, text: str) -> Pair | None:
        """Return the certificate that is to have signed firmware, None if it cannot be trusted."""
        kind = "ManufacturerRootCertificate"
        try:
            chain = tuple(x509.load_pem_x509_certificates(text.encode()))
        except ValueError:
            return None
        if not self._now(chain[0]) or not self.leads_to(kind, chain):
            return None
        above = [*chain[1:2], *self.valid_roots(kind)]
        return next(Pair(chain[0], issuer) for issuer in above if _issued(chain[0], issuer))


_SPKI = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def new_key(kind: str) -> Key:
    """Return a new key, "rsa" or "ecdsa"."""
    if kind == "rsa":
        return rsa.generate_private_key(65537, 2048)
    return ec.generate_private_key(ec.SECP256R1())


def verifies(certificate: x509.Certificate, signature: bytes, data: bytes) -> bool:
    """Tell whether `signature` over `data` is of the certificate's key, SHA-256.

    Of RSA both paddings are taken: the whitepaper says RSA-PSS, others sign with PKCS#1 v1.5.
    """
    public, digest = certificate.public_key(), hashes.SHA256()
    if isinstance(public, ec.EllipticCurvePublicKey):
        return _accepted(lambda: public.verify(signature, data, ec.ECDSA(digest)))
    if not isinstance(public, rsa.RSAPublicKey):
        return False
    pss = padding.PSS(padding.MGF1(digest), padding.PSS.AUTO)
    return any(
        _accepted(lambda p=p: public.verify(signature, data, p, digest))  # type: ignore[misc]
        for p in (pss, padding.PKCS1v15())
    )


def _accepted(verify: Callable[[], None]) -> bool:
    try:
        verify()
    except InvalidSignature:
        return False
    return True


def _issued(lower: x509.Certificate, upper: x509.Certificate) -> bool:
    try:
        lower.verify_directly_issued_by(upper)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return _signs(upper)


def _signs(certificate: x509.Certificate) -> bool:
    try:
        return bool(certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except x509.ExtensionNotFound:
        return False


def _public(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(*_SPKI)


def _field(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str:
    found = certificate.subject.get_attributes_for_oid(oid)
    return str(found[0].value) if found else ""


def hash_data(certificate: x509.Certificate, algorithm: str) -> dict[str, str]:
    """Return the CertificateHashData of a self-signed root (whitepaper 6.1, RFC 6960, 4.1.1).

    The hashes are over the DER of the issuer's name, and over its public key without the tag and
    the length of the bit string.
    """
    digest = {"SHA256": hashlib.sha256, "SHA384": hashlib.sha384, "SHA512": hashlib.sha512}
    hashed = digest[algorithm]
    return {
        "hashAlgorithm": algorithm,
        "issuerNameHash": hashed(certificate.issuer.public_bytes()).hexdigest(),
        "issuerKeyHash": hashed(_bit_string(_public(certificate))).hexdigest(),
        "serialNumber": format(certificate.serial_number, "x"),
    }


def _bit_string(info: bytes) -> bytes:
    """Return the key of a SubjectPublicKeyInfo: the second element of its outer sequence."""
    ((_, body),) = list(_elements(info))
    _, (_, key) = list(_elements(body))
    return key[1:]  # without the number of unused bits


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tag and contents of each DER element."""
    while data:
        tag, size, begin = data[0], data[1], 2
        if size & 0x80:
            count = size & 0x7F
            size, begin = int.from_bytes(data[2 : 2 + count], "big"), 2 + count
        yield tag, data[begin : begin + size]
        data = data[begin + size :]
