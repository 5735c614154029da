"""Certificate signing requests that are wrong in one way, for the fault wrong-csr."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from conformance.reference.certificates import Key, new_key

_WEAK_BITS: Final = 1024
_ANOTHER: Final = "somebody else"


def wrong_request(csr: str, way: str) -> str:
    """Return a request in the place of `csr` that is wrong in one of `WAYS`."""
    return WAYS[way](csr)


def _signature(csr: str) -> str:
    der = bytearray(x509.load_pem_x509_csr(csr.encode()).public_bytes(Encoding.DER))
    der[-1] ^= 1
    label = "CERTIFICATE REQUEST"
    text = base64.encodebytes(bytes(der)).decode()
    return f"-----BEGIN {label}-----\n{text}-----END {label}-----\n"


def _named(oid: x509.ObjectIdentifier) -> Callable[[str], str]:
    def wrong(csr: str) -> str:
        subject = x509.load_pem_x509_csr(csr.encode()).subject
        known = [a for a in subject if a.oid != oid]
        return _made(x509.Name([*known, x509.NameAttribute(oid, _ANOTHER)]), new_key("ecdsa"))

    return wrong


def _with(key: Callable[[], Key]) -> Callable[[str], str]:
    return lambda csr: _made(x509.load_pem_x509_csr(csr.encode()).subject, key())


def _made(subject: x509.Name, key: Key) -> str:
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


WAYS: Final[Mapping[str, Callable[[str], str]]] = {
    "signature": _signature,
    "commonName": _named(NameOID.COMMON_NAME),
    "organizationName": _named(NameOID.ORGANIZATION_NAME),
    "weak-rsa": _with(lambda: rsa.generate_private_key(65537, _WEAK_BITS)),
    "weak-curve": _with(lambda: ec.generate_private_key(ec.SECP192R1())),
}
