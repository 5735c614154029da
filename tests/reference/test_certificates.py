"""What a reference station keeps of certificates, against those of a lab it did not make."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from conformance.pki.authority import EXPIRED, NOT_YET, Authority, Issued, Period, pem
from conformance.pki.hashes import HashAlgorithm, hash_data
from conformance.pki.keys import KeyKind, key_pem
from conformance.reference.certificates import Certificates, read_own, verifies

CENTRAL, MAKER = "CentralSystemRootCertificate", "ManufacturerRootCertificate"
KINDS: tuple[KeyKind, ...] = ("rsa", "ecdsa")


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> KeyKind:
    found: KeyKind = request.param
    return found


@pytest.fixture(scope="module")
def ca(kind: KeyKind) -> Authority:
    return Authority("CA", "Org", kind, parent=Authority("Root", "Org", kind))


@pytest.fixture
def store() -> Certificates:
    return Certificates("SN-1", lambda: datetime.now(UTC))


def named(root: x509.Certificate, algorithm: HashAlgorithm = "SHA256") -> dict[str, str]:
    """Return what the tool calls a root."""
    return {key: str(value) for key, value in hash_data(root, root, algorithm).items()}


def text(certificate: x509.Certificate) -> str:
    return pem(certificate).decode()


def test_a_root_is_installed_named_and_deleted(store: Certificates, ca: Authority) -> None:
    root = ca.chain[-1]
    assert store.install(CENTRAL, text(root)) == "Accepted"
    assert store.install(CENTRAL, text(root)) == "Accepted"  # it is there: nothing changes
    assert store.installed(MAKER) == []
    assert store.installed(CENTRAL) == [named(root)]
    assert store.delete(named(root, "SHA512")) == "Accepted"
    assert store.delete(named(root)) == "NotFound"
    assert store.installed(CENTRAL) == []


@pytest.mark.parametrize("algorithm", ["SHA256", "SHA384", "SHA512"])
def test_two_ways_lead_to_the_same_hashes(
    store: Certificates, ca: Authority, algorithm: HashAlgorithm
) -> None:
    root = ca.chain[-1]
    store.install(CENTRAL, text(root))
    called = named(root, algorithm)
    assert store.delete({**called, "serialNumber": called["serialNumber"].upper()}) == "Accepted"


@pytest.mark.parametrize("period", [EXPIRED, NOT_YET])
def test_a_root_that_is_not_valid_now_is_rejected(
    store: Certificates, kind: KeyKind, period: Period
) -> None:
    root = Authority("Old", "Org", kind, period=period).certificate
    assert store.install(CENTRAL, text(root)) == "Rejected"


def test_what_is_no_root_is_rejected(store: Certificates, ca: Authority, kind: KeyKind) -> None:
    assert store.install(CENTRAL, text(ca.issue("a", "server", kind).certificate)) == "Rejected"
    assert store.install(CENTRAL, "no certificate") == "Rejected"


def test_the_store_is_limited(store: Certificates, kind: KeyKind) -> None:
    store.most = 1
    first, second = (Authority(n, "Org", kind).certificate for n in "ab")
    assert store.install(CENTRAL, text(first)) == "Accepted"
    assert store.install(MAKER, text(second)) == "Rejected"


def asked(store: Certificates, ca: Authority, kind: KeyKind) -> x509.CertificateSigningRequest:
    """Have the station ask for a certificate, with the authority's root installed."""
    store.install(CENTRAL, text(ca.chain[-1]))
    return x509.load_pem_x509_csr(store.request("Org", kind).encode())


def signed(ca: Authority, csr: x509.CertificateSigningRequest, period: Period) -> str:
    public = csr.public_key()
    assert isinstance(public, rsa.RSAPublicKey | ec.EllipticCurvePublicKey)
    leaf = ca.sign(csr.subject, public, "client", period=period)
    return text(leaf) + text(ca.certificate)


def test_a_request_is_signed_by_its_own_key(
    store: Certificates, ca: Authority, kind: KeyKind
) -> None:
    csr = asked(store, ca, kind)
    assert csr.is_signature_valid
    assert csr.subject.rfc4514_string() == "CN=SN-1,O=Org"
    assert store.signed(signed(ca, csr, Period()), "Org")
    assert store.own is not None
    assert len(store.own.chain) == 2
    assert read_own(*store.own.pem()) is not None


@pytest.mark.parametrize("period", [EXPIRED, NOT_YET])
def test_a_certificate_that_is_not_valid_now_is_not_taken(
    store: Certificates, ca: Authority, kind: KeyKind, period: Period
) -> None:
    assert not store.signed(signed(ca, asked(store, ca, kind), period), "Org")
    assert store.own is None


def test_a_certificate_of_another_is_not_taken(
    store: Certificates, ca: Authority, kind: KeyKind
) -> None:
    csr = asked(store, ca, kind)
    assert not store.signed(signed(Authority("X", "Org", kind), csr, Period()), "Org")
    assert not store.signed(signed(ca, csr, Period()), "Somebody else")
    other = ca.issue("SN-1", "client", kind)
    assert not store.signed(other.pem.decode(), "Org")  # of another key
    assert not store.signed("nothing", "Org")
    assert store.signed(signed(ca, csr, Period()), "Org")
    assert not store.signed(signed(ca, csr, Period()), "Org")  # nothing is asked for any more


def test_nothing_that_was_not_asked_for_is_taken(store: Certificates, ca: Authority) -> None:
    assert not store.signed(ca.issue("SN-1", "client", "ecdsa").pem.decode(), "Org")


def sign(issued: Issued, data: bytes, pss: bool) -> bytes:
    key, digest = issued.key, hashes.SHA256()
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(data, ec.ECDSA(digest))
    salted = padding.PSS(padding.MGF1(digest), padding.PSS.DIGEST_LENGTH)
    return key.sign(data, salted if pss else padding.PKCS1v15(), digest)


@pytest.mark.parametrize("pss", [True, False])
def test_firmware_is_known_by_its_signature(store: Certificates, kind: KeyKind, pss: bool) -> None:
    maker = Authority("Maker", "Maker", kind)
    issued = maker.issue("signer", "firmware", kind)
    assert store.signer(issued.pem.decode()) is None  # its root is not installed
    store.install(MAKER, text(maker.certificate))
    signer = store.signer(issued.pem.decode())
    assert signer is not None
    signature = sign(issued, b"firmware", pss)
    assert verifies(signer.certificate, signature, b"firmware")
    assert not verifies(signer.certificate, signature, b"other")
    assert not verifies(signer.certificate, b"\0" * len(signature), b"firmware")
    assert store.signer("no certificate") is None
    assert key_pem(issued.key)
