"""An OCSP responder: what it answers; who carries it over HTTP is another's business."""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.hashes import Hash
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from conformance.pki.authority import Authority, Period
from conformance.pki.keys import DIGEST


def respond(authority: Authority, request: bytes) -> bytes:
    """Answer a DER request about a certificate of `authority` (RFC 6960): good or revoked.

    A request that is none, or is about another issuer, gets an error response.
    """
    try:
        asked = ocsp.load_der_ocsp_request(request)
        ours, extensions = _is_ours(authority, asked), list(asked.extensions)
    # Several certificates in one request, and hashes that nobody knows, are not supported.
    except (ValueError, NotImplementedError, UnsupportedAlgorithm):
        return _error(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
    if not ours:
        return _error(ocsp.OCSPResponseStatus.UNAUTHORIZED)
    first, last = Period(end=1).bounds()
    revoked = authority.is_revoked(asked.serial_number)
    builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
        issuer_name_hash=asked.issuer_name_hash,
        issuer_key_hash=asked.issuer_key_hash,
        serial_number=asked.serial_number,
        algorithm=asked.hash_algorithm,
        cert_status=ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD,
        this_update=first,
        next_update=last,
        revocation_time=first if revoked else None,
        revocation_reason=x509.ReasonFlags.key_compromise if revoked else None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, authority.certificate)
    for extension in extensions:
        if isinstance(extension.value, x509.OCSPNonce):  # so that no old answer is taken for ours
            builder = builder.add_extension(extension.value, critical=False)
    return builder.sign(authority.issued.key, DIGEST).public_bytes(Encoding.DER)


def _is_ours(authority: Authority, asked: ocsp.OCSPRequest) -> bool:
    ours = authority.certificate
    digest = Hash(asked.hash_algorithm)
    digest.update(ours.subject.public_bytes())
    builder = ocsp.OCSPRequestBuilder().add_certificate(ours, ours, asked.hash_algorithm)
    named = digest.finalize(), builder.build().issuer_key_hash
    return named == (asked.issuer_name_hash, asked.issuer_key_hash)


def _error(status: ocsp.OCSPResponseStatus) -> bytes:
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(Encoding.DER)
