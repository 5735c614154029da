"""Private keys of the kinds that OCPP names, and one that is too weak on purpose."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

PrivateKey: TypeAlias = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
PublicKey: TypeAlias = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
KeyKind: TypeAlias = Literal["rsa", "ecdsa", "weak"]

RSA_BITS, WEAK_BITS, EXPONENT = 2048, 1024, 65537
LEAST_RSA_BITS, LEAST_CURVE_BITS = 2048, 224
"""What a key must have at least (security whitepaper edition 3: A00.FR.502, A00.FR.503)."""


def new_key(kind: KeyKind) -> PrivateKey:
    """Return a new key: RSA of 2048 bits, ECDSA on P-256, or RSA of 1024 bits ("weak")."""
    if kind == "ecdsa":
        return ec.generate_private_key(ec.SECP256R1())
    bits = WEAK_BITS if kind == "weak" else RSA_BITS
    return rsa.generate_private_key(EXPONENT, bits)


def key_pem(key: PrivateKey) -> bytes:
    """Return a key as unencrypted PKCS#8 PEM, which every TLS stack reads."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def read_key(pem: bytes) -> PrivateKey:
    """Return the RSA or elliptic-curve key in a PEM; raises ValueError for anything else."""
    key = load_pem_private_key(pem, None)
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise ValueError("expected an RSA or elliptic-curve key")  # noqa: TRY004 - a wrong file
    return key


def too_weak(key: object) -> str:
    """Return why a public key is too weak for OCPP, or nothing if it is not."""
    if isinstance(key, rsa.RSAPublicKey):
        return _short("RSA", key.key_size, LEAST_RSA_BITS)
    if isinstance(key, ec.EllipticCurvePublicKey):
        return _short("elliptic-curve", key.key_size, LEAST_CURVE_BITS)
    return f"a key of type {type(key).__name__} is neither RSA nor elliptic-curve"


def _short(kind: str, bits: int, least: int) -> str:
    return f"the {kind} key has {bits} bits, at least {least} are required" if bits < least else ""


UNREADABLE: Final = (
    *(ValueError, TypeError, OverflowError, UnsupportedAlgorithm),
    *(x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType),
)
"""What reading somebody's certificate or request may end in, some of it only field by field."""

DIGEST = hashes.SHA256()
"""The hash of everything that is signed here (security whitepaper edition 3: A00.FR.506)."""
