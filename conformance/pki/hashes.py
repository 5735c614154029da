"""How OCPP names a certificate: CertificateHashData, as an OCSP request names it."""

from __future__ import annotations

from typing import Literal, TypeAlias, TypedDict

from cryptography import x509
from cryptography.hazmat.primitives import hashes
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
