"""What an authority tells about the certificates that it has revoked, ready for HTTP."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from conformance.pki.authority import Authority, Issued
from conformance.pki.keys import DIGEST
from conformance.pki.ocsp import respond
from conformance.pki.signing import authority, kind_of

CRL: Final = "/crl"
OCSP: Final = "/ocsp"
MAKER: Final = "/maker"
"""The folder of the manufacturer's addresses: those of the other authority are in none."""


@dataclass(frozen=True)
class Page:
    """What an address says: a media type, and the bytes."""

    kind: str
    data: bytes


class Revocation:
    """The CRL in DER (RFC 5280) and the OCSP responder (RFC 6960) of one authority.

    Their addresses are below `folder`.
    """

    def __init__(self, by: Authority, folder: str = "") -> None:
        self._authority, self._crl_at, self._ocsp_at = by, folder + CRL, folder + OCSP

    def has(self, path: str) -> bool:
        """Tell whether a path is one of these addresses."""
        return path in {self._crl_at, self._ocsp_at} or path.startswith(f"{self._ocsp_at}/")

    def page(self, method: str, path: str, body: bytes) -> Page | None:
        """Return what is told there; None for a method that the address does not take.

        `path` has no more escapes in it. An OCSP request is the body of a POST, or in Base64
        behind the address of a GET (RFC 6960, appendix A.1).
        """
        reads = method in {"GET", "HEAD"}
        if path == self._crl_at:
            return Page("application/pkix-crl", self._crl()) if reads else None
        if method == "POST" and path == self._ocsp_at:
            return self._responded(body)
        if reads and path != self._ocsp_at:
            return self._responded(_decoded(path.removeprefix(f"{self._ocsp_at}/")))
        return None

    def _crl(self) -> bytes:
        return self._authority.crl().public_bytes(Encoding.DER)

    def _responded(self, request: bytes) -> Page:
        return Page("application/ocsp-response", respond(self._authority, request))


def revocation(certificate: Path, key: Path, crl: Path | None) -> Revocation:
    """Return that of the authority in these PEM files; `crl` has what it has revoked before.

    Raises ValueError where they do not belong together, or are none.
    """
    return Revocation(_with_list(certificate, key, crl))


def of_maker(certificate: Path, key: Path, crl: Path | None) -> Revocation:
    """Return the same of the manufacturer, who has revoked `revoked_signer` besides."""
    by = _with_list(certificate, key, crl)
    by.revoke_serial(_revoked_serial(by))
    return Revocation(by, MAKER)


def revoked_signer(certificate: Path, key: Path, url: str) -> Issued:
    """Return a certificate for signing firmware that the manufacturer has revoked.

    It says that this is told at `url`, http://host:port. It is made anew each time, with the same
    serial number: that one is on every list of the manufacturer, so that a list which a station
    has kept from an earlier run has it, too.
    """
    by = authority(certificate, key)
    by.ocsp_url, by.crl_url = url + MAKER + OCSP, url + MAKER + CRL
    serial = _revoked_serial(by)
    return by.issue("Firmware signing, revoked", "firmware", kind_of(by), serial=serial)


def _revoked_serial(by: Authority) -> int:
    """Return a serial number that is the same for one authority, and has 20 bytes at most."""
    return int.from_bytes(by.certificate.fingerprint(DIGEST)[:19], "big") | 1


def _with_list(certificate: Path, key: Path, crl: Path | None) -> Authority:
    by = authority(certificate, key)
    if crl is not None:
        by.take_over(x509.load_pem_x509_crl(crl.read_bytes()))
    return by


def _decoded(text: str) -> bytes:
    """Return what stands there in Base64; nothing, which is no request, where it is none."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
