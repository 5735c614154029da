"""A certificate authority, and what it signs: certificates right and wrong, and its own CRL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Literal, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from conformance.pki.keys import DIGEST, KeyKind, PrivateKey, PublicKey, new_key

Usage: TypeAlias = Literal["server", "client", "firmware"]

_USAGES = {
    "server": ExtendedKeyUsageOID.SERVER_AUTH,
    "client": ExtendedKeyUsageOID.CLIENT_AUTH,
    "firmware": ExtendedKeyUsageOID.CODE_SIGNING,
}
_SKEW = timedelta(hours=1)  # a device's clock may be behind ours


@dataclass(frozen=True)
class Period:
    """A time of validity, in days from now; the past is negative."""

    begin: float = 0.0
    end: float = 365.0

    def bounds(self) -> tuple[datetime, datetime]:
        """Return the first and the last moment."""
        now = datetime.now(UTC)
        first = now - _SKEW if not self.begin else now + timedelta(days=self.begin)
        return first, now + timedelta(days=self.end)


VALID, EXPIRED, NOT_YET = Period(), Period(-30, -1), Period(30, 365)


@dataclass(frozen=True)
class Issued:
    """A certificate with its key, and the certificates that lead from it to the root."""

    certificate: x509.Certificate
    key: PrivateKey
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def pem(self) -> bytes:
        """The certificate and its intermediates, as a TLS server presents them."""
        above = [c for c in self.chain if c.subject != c.issuer]
        return b"".join(pem(c) for c in (self.certificate, *above))


def pem(certificate: x509.Certificate) -> bytes:
    """Return a certificate as PEM (security whitepaper edition 3: A00.FR.507)."""
    return certificate.public_bytes(Encoding.PEM)


def name(common: str, organization: str) -> x509.Name:
    """Return a subject with the two fields that OCPP requires (A00.FR.509 to A00.FR.511)."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def field(subject: x509.Name, oid: x509.ObjectIdentifier) -> str:
    """Return a field of a subject, empty where there is none."""
    values = subject.get_attributes_for_oid(oid)
    return str(values[0].value) if values else ""


class Authority:
    """Signs certificates, as a root or below `parent`."""

    def __init__(
        self,
        common: str,
        organization: str,
        kind: KeyKind,
        *,
        parent: Authority | None = None,
        period: Period = Period(end=3650),
        issued: Issued | None = None,
    ) -> None:
        """Make a new authority, or go on as the one that was `issued` before."""
        self.organization, self.parent = organization, parent
        self._revoked: list[int] = []
        self.ocsp_url = self.crl_url = ""
        if issued is None:
            subject, key = name(common, organization), new_key(kind)
            certificate = self._sign_authority(subject, key, parent, period)
            chain = parent.chain if parent is not None else ()
            issued = Issued(certificate, key, chain)
        self.issued = issued

    @property
    def certificate(self) -> x509.Certificate:
        """The authority's own certificate."""
        return self.issued.certificate

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """The authority's certificate and all above it, the root last."""
        return (self.issued.certificate, *self.issued.chain)

    def issue(
        self,
        common: str,
        usage: Usage,
        kind: KeyKind,
        *,
        names: Sequence[str] = (),
        period: Period = VALID,
        organization: str | None = None,
        serial: int | None = None,
    ) -> Issued:
        """Make a key and sign its certificate; `names` are host names and addresses (SAN).

        `serial` is its serial number, by default a new one.
        """
        key = new_key(kind)
        subject = name(common, organization or self.organization)
        signed = self.sign(
            subject, key.public_key(), usage, names=names, period=period, serial=serial
        )
        return Issued(signed, key, self.chain)

    def sign(
        self,
        subject: x509.Name,
        public: PublicKey,
        usage: Usage,
        *,
        names: Sequence[str] = (),
        period: Period = VALID,
        serial: int | None = None,
    ) -> x509.Certificate:
        """Sign somebody's public key, such as that of a certificate signing request."""
        builder = self._builder(subject, public, period)
        builder = builder.serial_number(serial or x509.random_serial_number())
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
        builder = builder.add_extension(_key_usage(signs_certificates=False), True)
        builder = builder.add_extension(x509.ExtendedKeyUsage([_USAGES[usage]]), False)
        if names:
            alternatives = [_general_name(n) for n in names]
            builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), False)
        if self.ocsp_url:
            where = x509.UniformResourceIdentifier(self.ocsp_url)
            access = x509.AccessDescription(x509.oid.AuthorityInformationAccessOID.OCSP, where)
            builder = builder.add_extension(x509.AuthorityInformationAccess([access]), False)
        if self.crl_url:
            where = x509.UniformResourceIdentifier(self.crl_url)
            point = x509.DistributionPoint([where], None, None, None)
            builder = builder.add_extension(x509.CRLDistributionPoints([point]), False)
        return builder.sign(self.issued.key, DIGEST)

    def revoke(self, certificate: x509.Certificate) -> None:
        """Put a certificate on the list of revoked ones."""
        self.revoke_serial(certificate.serial_number)

    def revoke_serial(self, serial: int) -> None:
        """Put the certificate with this serial number on the list."""
        self._revoked.append(serial)

    def take_over(self, crl: x509.CertificateRevocationList) -> None:
        """Revoke what this authority's list of before has; ValueError for another's list."""
        if not crl.is_signature_valid(self.issued.key.public_key()):
            raise ValueError("the CRL is not that of the authority")
        self._revoked += [entry.serial_number for entry in crl]

    def is_revoked(self, serial: int) -> bool:
        """Tell whether the certificate with this serial number is revoked."""
        return serial in self._revoked

    def crl(self) -> x509.CertificateRevocationList:
        """Return the list of what is revoked, valid for a month from an hour ago."""
        first, last = Period(end=30).bounds()
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.certificate.subject)
        builder = builder.last_update(first).next_update(last)
        for serial in self._revoked:
            revoked = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(first)
            builder = builder.add_revoked_certificate(revoked.build())
        return builder.sign(self.issued.key, DIGEST)

    def _sign_authority(
        self, subject: x509.Name, key: PrivateKey, parent: Authority | None, period: Period
    ) -> x509.Certificate:
        signer = parent if parent is not None else self
        issuer = subject if parent is None else parent.certificate.subject
        signing = key if parent is None else signer.issued.key
        builder = _unsigned(subject, issuer, key.public_key(), signing.public_key(), period)
        builder = builder.serial_number(x509.random_serial_number())
        depth = 1 if parent is None else 0
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=depth), True)
        builder = builder.add_extension(_key_usage(signs_certificates=True), True)
        return builder.sign(signing, DIGEST)

    def _builder(
        self, subject: x509.Name, public: PublicKey, period: Period
    ) -> x509.CertificateBuilder:
        ours = self.issued.key.public_key()
        return _unsigned(subject, self.certificate.subject, public, ours, period)


def _unsigned(
    subject: x509.Name, issuer: x509.Name, public: PublicKey, signing: PublicKey, period: Period
) -> x509.CertificateBuilder:
    first, last = period.bounds()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .not_valid_before(first)
        .not_valid_after(last)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing), False)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        # TLS with RSA key exchange, which OCPP names, encrypts with the server's key.
        key_encipherment=not signs_certificates,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(text))
    except ValueError:
        return x509.DNSName(text)
