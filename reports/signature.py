"""Ed25519 signatures of bundles."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from reports.errors import ReportError


@dataclass(frozen=True)
class Key:
    """A private key; it shows itself to nobody."""

    _private: Ed25519PrivateKey

    def sign(self, content: bytes) -> bytes:
        """Return the signature of some content."""
        return self._private.sign(content)

    @property
    def public(self) -> bytes:
        """The public key, as PEM."""
        return self._private.public_key().public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        )

    def __repr__(self) -> str:
        return "Key(***)"


def load(path: Path, password: bytes | None) -> Key:
    """Read an Ed25519 private key (PEM, PKCS #8); raise ReportError where it is none."""
    try:
        key = load_pem_private_key(path.read_bytes(), password)
    except TypeError as error:
        why = "it needs a password" if password is None else "it has no password"
        raise ReportError(f"{path}: {why}") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        why = "this is no private key in PEM, or the password is wrong"
        raise ReportError(f"{path}: {why}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ReportError(f"{path}: this is no Ed25519 key; openssl genpkey -algorithm ed25519")
    return Key(key)


def is_signed(content: bytes, signature: bytes, public: bytes) -> bool:
    """Tell whether a signature is that of the content by the owner of a public key (PEM)."""
    try:
        key = load_pem_public_key(public)
        if not isinstance(key, Ed25519PublicKey):
            return False
        key.verify(signature, content)
    except (ValueError, UnsupportedAlgorithm, InvalidSignature):
        return False
    return True


def same_key(one: bytes, other: bytes) -> bool:
    """Tell whether two public keys (PEM) are the same, whatever their spelling."""
    try:
        first, second = (load_pem_public_key(pem) for pem in (one, other))
    except (ValueError, UnsupportedAlgorithm):
        return False
    raw = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    return first.public_bytes(*raw) == second.public_bytes(*raw)
