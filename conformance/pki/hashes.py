"""How OCPP names a certificate: CertificateHashData, as an OCSP request names it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias, TypedDict

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.ocsp import OCSPRequestBuilder

HashAlgorithm: TypeAlias = Literal["SHA256", "SHA384", "SHA512"]

_ALGORITHMS: dict[str, hashes.SHA256 | hashes.SHA384 | hashes.SHA512] = {
    "SHA256": hashes.SHA256(),
    "SHA384": hashes.SHA384(),
    "SHA512": hashes.SHA512(),
}


class CertificateHashData(TypedDict):
    """The four fields by which a certificate is named in OCPP."""

    hashAlgorithm: HashAlgorithm
    issuerNameHash: str
    issuerKeyHash: str
    serialNumber: str


def hash_data(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    algorithm: HashAlgorithm = "SHA256",
) -> CertificateHashData:
    """Return the hashes of a certificate, in lower-case hexadecimal digits.

    Source: security whitepaper edition 3, 6.1; RFC 6960, 4.1.1. The serial number has no leading
    zeros. A root is its own issuer.
    """
    builder = OCSPRequestBuilder().add_certificate(certificate, issuer, _ALGORITHMS[algorithm])
    asked = builder.build()
    return {
        "hashAlgorithm": algorithm,
        "issuerNameHash": asked.issuer_name_hash.hex(),
        "issuerKeyHash": asked.issuer_key_hash.hex(),
        "serialNumber": f"{certificate.serial_number:x}",
    }


FIELDS = ("issuerNameHash", "issuerKeyHash", "serialNumber")


def missed(root: x509.Certificate, listed: Sequence[Mapping[str, Any]]) -> str:
    """Return why no entry of a list names a root: what the most similar one has wrong."""
    told = f"none of {len(listed)} entries is that of the certificate"
    near = max(listed, key=lambda entry: _fitting(root, entry), default={})
    if not near or not _fitting(root, near):
        return f"{told}, {dict(hash_data(root, root))}"
    return f"{told}; the nearest has {'; '.join(_faults(root, near))}"


def _right(root: x509.Certificate, entry: Mapping[str, Any]) -> dict[str, str]:
    algorithm: Any = entry.get("hashAlgorithm")
    known = hash_data(root, root, algorithm if algorithm in _ALGORITHMS else "SHA256")
    return {field: str(value) for field, value in known.items()}


def _fitting(root: x509.Certificate, entry: Mapping[str, Any]) -> int:
    right = _right(root, entry)
    return sum(str(entry.get(field)).lower() == right[field] for field in FIELDS)


def _faults(root: x509.Certificate, entry: Mapping[str, Any]) -> Iterator[str]:
    right = _right(root, entry)
    usual = _mistaken(root, right["hashAlgorithm"])
    for field in FIELDS:
        got = str(entry.get(field)).lower()
        if got != right[field]:
            why = usual.get((field, got), "")
            yield f"the {field} {got!r}, {right[field]!r} is right{why and f': {why}'}"


def _mistaken(root: x509.Certificate, algorithm: str) -> dict[tuple[str, str], str]:
    """Return what firmware usually tells instead, and how that comes about."""

    def digest(data: bytes) -> str:
        return hashlib.new(algorithm, data).hexdigest()

    info = root.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    number = f"{root.serial_number:x}"
    return {
        ("issuerKeyHash", digest(info)): (
            "it is over the whole SubjectPublicKeyInfo, not over the key alone (RFC 6960, 4.1.1)"
        ),
        ("issuerNameHash", digest(root.issuer.rfc4514_string().encode())): (
            "it is over the name as a text, not over its DER (RFC 6960, 4.1.1)"
        ),
        ("serialNumber", str(root.serial_number)): "it is in decimal digits",
        ("serialNumber", f"0{number}"): "it has a leading zero",
        ("serialNumber", f"0x{number}"): "it has a prefix",
    }
