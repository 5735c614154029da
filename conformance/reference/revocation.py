"""How a reference station looks up whether a certificate has been revoked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Final, TypeAlias

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from conformance.reference.link_16 import LOG
from conformance.reference.transfer import Carrier, TransferError

_PATIENCE: Final = 5.0  # seconds for one address
_QUESTION: Final = "application/ocsp-request"
_USELESS: Final = (TransferError, TimeoutError, ValueError, UnsupportedAlgorithm, InvalidSignature)


class Standing(Enum):
    """What is known of a certificate."""

    GOOD = auto()
    REVOKED = auto()
    UNTOLD = auto()  # it does not say who could be asked
    UNKNOWN = auto()  # nobody whom it names could tell


@dataclass(frozen=True)
class Pair:
    """A certificate, and the one that has signed it."""

    certificate: x509.Certificate
    issuer: x509.Certificate


_Way: TypeAlias = Callable[[str, Pair], Awaitable[bool]]


@dataclass(frozen=True)
class Register:
    """Asks whom a certificate names (RFC 5280, 4.2.1.13, 4.2.2.1), by the ways that it knows.

    `ways` are "OCSP" and "CRL", in the order in which they are tried.
    """

    carrier: Carrier
    clock: Callable[[], datetime]
    ways: Sequence[str] = ("OCSP", "CRL")

    async def standing(self, pair: Pair) -> Standing:
        """Return what the first one tells that can tell anything."""
        known = {"OCSP": responders(pair.certificate), "CRL": lists(pair.certificate)}
        tell: Mapping[str, _Way] = {"OCSP": self._by_ocsp, "CRL": self._by_crl}
        for way in self.ways:
            for url in known[way]:
                try:
                    async with asyncio.timeout(_PATIENCE):
                        revoked = await tell[way](url, pair)
                except _USELESS as error:
                    LOG.info("%s does not tell what is revoked: %s", url, error)
                else:
                    return Standing.REVOKED if revoked else Standing.GOOD
        return Standing.UNKNOWN if any(known.values()) else Standing.UNTOLD

    async def _by_ocsp(self, url: str, pair: Pair) -> bool:
        builder = ocsp.OCSPRequestBuilder()
        asked = builder.add_certificate(pair.certificate, pair.issuer, hashes.SHA256()).build()
        question = asked.public_bytes(Encoding.DER)
        told = ocsp.load_der_ocsp_response(await self.carrier.ask(url, question, _QUESTION))
        _require(told.response_status is ocsp.OCSPResponseStatus.SUCCESSFUL, "an error response")
        named = told.serial_number, told.issuer_key_hash
        _require(named == (asked.serial_number, asked.issuer_key_hash), "of another certificate")
        algorithm = told.signature_hash_algorithm
        _verify(pair.issuer, told.signature, told.tbs_response_bytes, algorithm)
        self._current(told.this_update_utc, told.next_update_utc)
        unknown = told.certificate_status is ocsp.OCSPCertStatus.UNKNOWN
        _require(not unknown, "the certificate is not known there")
        return told.certificate_status is ocsp.OCSPCertStatus.REVOKED

    async def _by_crl(self, url: str, pair: Pair) -> bool:
        told = x509.load_der_x509_crl(await self.carrier.download(url))
        _require(told.issuer == pair.issuer.subject, "the list of another authority")
        key = pair.issuer.public_key()
        known = isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey)
        _require(known and told.is_signature_valid(key), "the signature is wrong")  # type: ignore[arg-type]
        self._current(told.last_update_utc, told.next_update_utc)
        number = pair.certificate.serial_number
        return told.get_revoked_certificate_by_serial_number(number) is not None

    def _current(self, first: datetime, last: datetime | None) -> None:
        now = self.clock()
        _require(first <= now and (last is None or now <= last), "out of date")


def responders(certificate: x509.Certificate) -> list[str]:
    """Return the addresses of OCSP responders that a certificate names."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess)
    except x509.ExtensionNotFound:
        return []
    ocsp_only = (d for d in found.value if d.access_method == AuthorityInformationAccessOID.OCSP)
    return [str(d.access_location.value) for d in ocsp_only]


def lists(certificate: x509.Certificate) -> list[str]:
    """Return the addresses of CRLs that a certificate names."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints)
    except x509.ExtensionNotFound:
        return []
    return [str(name.value) for point in found.value for name in point.full_name or ()]


def _verify(
    issuer: x509.Certificate, signature: bytes, data: bytes, algorithm: hashes.HashAlgorithm | None
) -> None:
    """Raise InvalidSignature or ValueError unless the issuer itself has signed the data."""
    key = issuer.public_key()
    if algorithm is not None and isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, data, ec.ECDSA(algorithm))
    elif algorithm is not None and isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, data, padding.PKCS1v15(), algorithm)
    else:
        raise ValueError("signed in a way that is not known")


def _require(condition: bool, otherwise: str) -> None:
    if not condition:
        raise ValueError(otherwise)
