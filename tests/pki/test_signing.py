"""What the tool signs for a station, and how it judges what a station asks it to sign."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from conformance.pki.authority import EXPIRED, Authority, name, pem
from conformance.pki.keys import DIGEST, key_pem, new_key
from conformance.pki.signing import (
    authority,
    leaf,
    problems,
    sign_request,
    signature,
    spoiled,
    wrong_requests,
)


def asked(common: str = "SN1", organization: str = "Org", kind: str = "ecdsa") -> str:
    key = new_key("rsa" if kind == "rsa" else "ecdsa")
    builder = x509.CertificateSigningRequestBuilder().subject_name(name(common, organization))
    return builder.sign(key, DIGEST).public_bytes(Encoding.PEM).decode()


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_a_right_request_has_no_problem(kind: str) -> None:
    assert list(problems(asked(kind=kind), "Org", "SN1")) == []
    assert list(problems(asked(kind=kind), "Org", "")) == []  # it has told no serial number


@pytest.mark.parametrize(
    ("csr", "text"),
    list(
        zip(
            ("no request", *wrong_requests("Org", "SN1")),
            (
                "it is no certificate signing request in PEM",
                "its organizationName is 'somebody else', CpoName is 'Org'",
                "its commonName is 'another', the serial number is 'SN1'",
                "the elliptic-curve key has 192 bits, at least 224 are required",
                "its signature is not valid",
            ),
            strict=True,
        )
    ),
)
def test_each_wrong_request_has_its_problem(csr: str, text: str) -> None:
    assert list(problems(csr, "Org", "SN1")) == [text]


def test_a_request_needs_a_name_even_where_the_serial_number_is_unknown() -> None:
    nameless = wrong_requests("Org", "")[1]
    assert len(list(problems(nameless, "Org", ""))) == 1


def test_what_is_signed_leads_to_the_root(tmp_path: Path) -> None:
    root = Authority("Root", "Org", "ecdsa")
    sub = Authority("CA", "Org", "ecdsa", parent=root)
    (tmp_path / "ca.pem").write_bytes(sub.issued.pem)
    (tmp_path / "ca.key").write_bytes(key_pem(sub.issued.key))
    again = authority(tmp_path / "ca.pem", tmp_path / "ca.key")
    chain = x509.load_pem_x509_certificates(sign_request(asked(), again).encode())
    assert [c.subject for c in chain] == [name("SN1", "Org"), sub.certificate.subject]
    chain[0].verify_directly_issued_by(sub.certificate)
    late = leaf(sign_request(asked(), again, EXPIRED))
    assert late.not_valid_after_utc < chain[0].not_valid_before_utc


def test_another_kind_of_key_is_not_signed() -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    builder = x509.CertificateSigningRequestBuilder().subject_name(name("SN1", "Org"))
    csr = builder.sign(key, None).public_bytes(Encoding.PEM).decode()
    with pytest.raises(ValueError, match="expected an RSA or elliptic-curve key"):
        sign_request(csr, Authority("Root", "Org", "ecdsa"))


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_firmware_is_signed_as_ocpp_says(kind: str, tmp_path: Path) -> None:
    key = new_key("rsa" if kind == "rsa" else "ecdsa")
    (tmp_path / "key").write_bytes(key_pem(key))
    signed = signature(tmp_path / "key", b"image")
    public, data = key.public_key(), base64.b64decode(signed)
    if isinstance(public, ec.EllipticCurvePublicKey):
        public.verify(data, b"image", ec.ECDSA(DIGEST))
    else:
        assert isinstance(public, rsa.RSAPublicKey)
        pss = padding.PSS(padding.MGF1(DIGEST), DIGEST.digest_size)
        public.verify(data, b"image", pss, DIGEST)
    other = base64.b64decode(spoiled(signed))
    assert len(other) == len(data)
    assert other != data


def test_a_leaf_is_the_first_certificate() -> None:
    root = Authority("Root", "Org", "ecdsa")
    assert leaf(pem(root.certificate).decode()) == root.certificate
