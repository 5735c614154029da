"""The signature of firmware: made with a key, and recognized (security whitepaper, L01.FR.04)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator
from typing import Final, Literal, TypeAlias

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from conformance.pki.keys import DIGEST, UNREADABLE, PrivateKey

Padding: TypeAlias = Literal["PSS", "PKCS1v15"]

PKCS: Final = "RSA PKCS#1 v1.5"


def sign(key: PrivateKey, data: bytes, how: Padding = "PSS") -> str:
    """Return the signature of `data` in Base64, SHA-256: ECDSA, or RSA with the padding `how`."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        signed = key.sign(data, ec.ECDSA(DIGEST))
    else:
        wanted = padding.PKCS1v15() if how == "PKCS1v15" else _pss(DIGEST.digest_size)
        signed = key.sign(data, wanted, DIGEST)
    return base64.b64encode(signed).decode()


def recognized(certificate: str, signature: str, data: bytes) -> str:
    """Return which way of signing has made `signature` of `data`; empty where none of them has."""
    try:
        public = x509.load_pem_x509_certificate(certificate.encode()).public_key()
        given = base64.b64decode(signature)
    except (*UNREADABLE, binascii.Error):
        return ""
    ways: dict[str, Callable[[], None]] = {}
    if isinstance(public, ec.EllipticCurvePublicKey):
        ways = {"ECDSA": lambda: public.verify(given, data, ec.ECDSA(DIGEST))}
    elif isinstance(public, rsa.RSAPublicKey):
        ways = {
            "RSA-PSS": lambda: public.verify(given, data, _pss(padding.PSS.AUTO), DIGEST),
            PKCS: lambda: public.verify(given, data, padding.PKCS1v15(), DIGEST),
        }
    return next((way for way, verify in ways.items() if _verifies(verify)), "")


def disputed(certificate: object, signature: object, data: bytes) -> Iterator[str]:
    """Yield what to remark on about a signature: the whitepaper and other tools disagree."""
    if recognized(str(certificate), str(signature), data) == PKCS:
        yield (
            f"the firmware is signed with {PKCS}, as other test tools sign it: the security"
            " whitepaper names RSA-PSS (L01.FR.04)"
        )


def _pss(salt: object) -> padding.PSS:
    return padding.PSS(padding.MGF1(DIGEST), salt)  # type: ignore[arg-type]


def _verifies(verify: Callable[[], None]) -> bool:
    try:
        verify()
    except InvalidSignature:
        return False
    return True
