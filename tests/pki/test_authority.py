"""Certificates are what they say; OpenSSL, which did not make them, is the judge."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from conformance.pki.authority import EXPIRED, NOT_YET, Authority, Issued, Period, pem
from conformance.pki.hashes import HashAlgorithm, hash_data
from conformance.pki.keys import KeyKind, key_pem, new_key, read_key, too_weak
from conformance.pki.ocsp import respond

KINDS: tuple[KeyKind, ...] = ("rsa", "ecdsa")


def openssl(*words: str | Path) -> tuple[int, str]:
    """Run OpenSSL; return its exit code and all that it said."""
    ended = subprocess.run(
        ["openssl", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    return ended.returncode, ended.stdout + ended.stderr


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> KeyKind:
    found: KeyKind = request.param
    return found


@pytest.fixture(scope="module")
def ca(kind: KeyKind) -> Authority:
    root = Authority("Root", "Org", kind)
    return Authority("CA", "Org", kind, parent=root)


def verify(ca: Authority, issued: Issued, folder: Path, *words: str) -> tuple[int, str]:
    """Have OpenSSL verify a certificate with its chain."""
    root, above, leaf = folder / "root.pem", folder / "ca.pem", folder / "leaf.pem"
    root.write_bytes(pem(ca.chain[-1]))
    above.write_bytes(pem(ca.certificate))
    leaf.write_bytes(pem(issued.certificate))
    return openssl("verify", "-x509_strict", "-CAfile", root, "-untrusted", above, *words, leaf)


def test_a_server_certificate_is_good(ca: Authority, kind: KeyKind, tmp_path: Path) -> None:
    names = ["csms.example", "192.0.2.7"]
    issued = ca.issue("csms.example", "server", kind, names=names)
    words = ("-purpose", "sslserver", "-verify_hostname", "csms.example")
    assert verify(ca, issued, tmp_path, *words)[0] == 0
    assert verify(ca, issued, tmp_path, "-verify_ip", "192.0.2.7")[0] == 0


@pytest.mark.parametrize(
    ("period", "said"),
    [(EXPIRED, "certificate has expired"), (NOT_YET, "certificate is not yet valid")],
)
def test_a_period_is_kept(
    ca: Authority, kind: KeyKind, tmp_path: Path, period: Period, said: str
) -> None:
    issued = ca.issue("CP01", "client", kind, period=period)
    code, told = verify(ca, issued, tmp_path)
    assert code != 0
    assert said in told


def test_another_use_another_name_another_authority_are_refused(
    ca: Authority, kind: KeyKind, tmp_path: Path
) -> None:
    client = ca.issue("CP01", "client", kind)
    assert verify(ca, client, tmp_path, "-purpose", "sslclient")[0] == 0
    assert "unsuitable" in verify(ca, client, tmp_path, "-purpose", "sslserver")[1]
    named = ca.issue("a.example", "server", kind, names=["a.example"])
    assert "hostname mismatch" in verify(ca, named, tmp_path, "-verify_hostname", "b.example")[1]
    stranger = Authority("Stranger", "Org", kind).issue("CP01", "client", kind)
    assert verify(ca, stranger, tmp_path)[0] != 0


def test_what_is_revoked_is_on_the_list(ca: Authority, kind: KeyKind, tmp_path: Path) -> None:
    good, bad = (ca.issue("CP01", "client", kind) for _ in range(2))
    ca.revoke(bad.certificate)
    crl = tmp_path / "crl.pem"
    crl.write_bytes(ca.crl().public_bytes(Encoding.PEM))
    words = ("-crl_check", "-CRLfile", str(crl))
    assert verify(ca, good, tmp_path, *words)[0] == 0
    assert "certificate revoked" in verify(ca, bad, tmp_path, *words)[1]


def test_the_subject_says_who_and_whose(ca: Authority, kind: KeyKind) -> None:
    issued = ca.issue("SN-1", "client", kind)
    assert issued.certificate.subject.rfc4514_string() == "CN=SN-1,O=Org"
    assert issued.pem.count(b"BEGIN CERTIFICATE") == 2  # its own and the intermediate's
    assert key_pem(read_key(key_pem(issued.key))) == key_pem(issued.key)


@pytest.mark.parametrize("algorithm", ["SHA256", "SHA384", "SHA512"])
def test_hash_data_is_what_openssl_says(
    ca: Authority, kind: KeyKind, tmp_path: Path, algorithm: HashAlgorithm
) -> None:
    leaf = ca.issue("CP01", "client", kind).certificate
    (tmp_path / "ca.pem").write_bytes(pem(ca.certificate))
    (tmp_path / "leaf.pem").write_bytes(pem(leaf))
    files = ("-issuer", tmp_path / "ca.pem", "-cert", tmp_path / "leaf.pem")
    _, told = openssl("ocsp", f"-{algorithm.lower()}", *files, "-req_text", "-no_nonce")
    whole = re.sub(r"\\\n\s*", "", told)  # long lines are broken
    said = {
        key.strip().lower(): value.strip().lower()
        for key, colon, value in (line.partition(":") for line in whole.splitlines())
        if colon
    }
    hashed = hash_data(leaf, ca.certificate, algorithm)
    assert hashed["issuerNameHash"] == said["issuer name hash"]
    assert hashed["issuerKeyHash"] == said["issuer key hash"]
    assert hashed["serialNumber"] == said["serial number"].lstrip("0")


def test_the_responder_tells_good_from_revoked(ca: Authority, kind: KeyKind) -> None:
    good, bad = (ca.issue("CP01", "client", kind).certificate for _ in range(2))
    ca.revoke(bad)
    assert _asked(ca, good).certificate_status is ocsp.OCSPCertStatus.GOOD
    assert _asked(ca, bad).certificate_status is ocsp.OCSPCertStatus.REVOKED


def test_the_responder_answers_for_its_own_authority_only(ca: Authority, kind: KeyKind) -> None:
    stranger = Authority("Stranger", "Org", kind)
    of_stranger = stranger.issue("CP01", "client", kind).certificate
    unauthorized = ocsp.OCSPResponseStatus.UNAUTHORIZED
    answer = ocsp.load_der_ocsp_response(respond(ca, _request(of_stranger, stranger.certificate)))
    assert answer.response_status is unauthorized
    malformed = ocsp.load_der_ocsp_response(respond(ca, b"no DER"))
    assert malformed.response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


def _request(certificate: x509.Certificate, issuer: x509.Certificate) -> bytes:
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1())  # noqa: S303
    return builder.build().public_bytes(Encoding.DER)


def _asked(ca: Authority, certificate: x509.Certificate) -> ocsp.OCSPResponse:
    return ocsp.load_der_ocsp_response(respond(ca, _request(certificate, ca.certificate)))


def test_a_weak_key_is_known_as_one() -> None:
    weak = new_key("weak").public_key()
    assert isinstance(weak, rsa.RSAPublicKey)
    assert too_weak(weak) == "the RSA key has 1024 bits, at least 2048 are required"
    assert [too_weak(new_key(kind).public_key()) for kind in KINDS] == ["", ""]
    assert "neither" in too_weak(object())
