"""What an authority tells about the certificates that it has revoked, ready for HTTP."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from conformance.pki.authority import Authority
from conformance.pki.ocsp import respond
from conformance.pki.signing import authority

CRL: Final = "/crl"
OCSP: Final = "/ocsp"


@dataclass(frozen=True)
class Page:
    """What an address says: a media type, and the bytes."""

    kind: str
    data: bytes


class Revocation:
    """The CRL in DER (RFC 5280) and the OCSP responder (RFC 6960) of one authority."""

    def __init__(self, by: Authority) -> None:
        self._authority = by

    def has(self, path: str) -> bool:
        """Tell whether a path is one of these addresses."""
        return path in {CRL, OCSP} or path.startswith(f"{OCSP}/")

    def page(self, method: str, path: str, body: bytes) -> Page | None:
        """Return what is told there; None for a method that the address does not take.

        `path` has no more escapes in it. An OCSP request is the body of a POST, or in Base64
        behind the address of a GET (RFC 6960, appendix A.1).
        """
        reads = method in {"GET", "HEAD"}
        if path == CRL:
            return Page("application/pkix-crl", self._crl()) if reads else None
        if method == "POST" and path == OCSP:
            return self._responded(body)
        if reads and path != OCSP:
            return self._responded(_decoded(path.removeprefix(f"{OCSP}/")))
        return None

    def _crl(self) -> bytes:
        return self._authority.crl().public_bytes(Encoding.DER)

    def _responded(self, request: bytes) -> Page:
        return Page("application/ocsp-response", respond(self._authority, request))


def revocation(certificate: Path, key: Path, crl: Path | None) -> Revocation:
    """Return that of the authority in these PEM files; `crl` has what it has revoked before.

    Raises ValueError where they do not belong together, or are none.
    """
    by = authority(certificate, key)
    if crl is not None:
        by.take_over(x509.load_pem_x509_crl(crl.read_bytes()))
    return Revocation(by)


def _decoded(text: str) -> bytes:
    """Return what stands there in Base64; nothing, which is no request, where it is none."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
