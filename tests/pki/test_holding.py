"""What the tool holds as a charge point: requests, what comes for them, who makes firmware."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from conformance.ocpp16.endpoint import certificate
from conformance.pki.authority import Authority, field, pem
from conformance.pki.firmware import recognized
from conformance.pki.holding import (
    Holder,
    another_root,
    bad_certificates,
    holder,
    is_root,
    maker,
    new_root,
    request,
    same,
)
from conformance.pki.keys import KeyKind
from conformance.pki.lab import Lab, write

NOW = datetime.now(UTC)
OWNER = Holder("Org", "SN-1")


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_the_holder_is_who_is_in_the_certificate(tmp_path: Path, kind: str) -> None:
    write(Lab(organization="Org", names=["h"], serial="SN-1"), tmp_path, bad=False)
    found = holder(tmp_path / kind / "client.pem", Holder("x", "y"))
    assert found == Holder("Org", "SN-1", "rsa" if kind == "rsa" else "ecdsa")
    assert holder(None, OWNER) == OWNER


def test_a_request_is_signed_and_has_its_subject() -> None:
    asked = request(OWNER)
    csr = x509.load_pem_x509_csr(asked.csr.encode())
    assert csr.is_signature_valid
    assert csr.subject == OWNER.subject
    assert request(OWNER).csr != asked.csr


def test_what_comes_for_a_request_is_judged() -> None:
    asked = request(OWNER)
    ca = Authority("CA", "Org", "ecdsa")
    signed = pem(ca.sign(OWNER.subject, asked.key.public_key(), "client")).decode()
    assert list(asked.problems(signed, NOW)) == []
    assert [list(asked.problems(wrong, NOW)) for wrong in ("no PEM", *asked.wrong())] == [
        ["it is no certificate in PEM"],
        ["it is for another key than was asked for"],
        ["it is not valid now"],
        ["its subject has 'another', 'SN-1' was asked for"],
        ["its subject has 'another', 'Org' was asked for"],
    ]


def test_bad_certificates_are_the_holders(tmp_path: Path) -> None:
    write(Lab(organization="Org", names=["h"], serial="SN-1"), tmp_path, kinds=["ecdsa"], bad=False)
    folder = tmp_path / "ecdsa"
    unknown, late = bad_certificates(OWNER, folder / "ca.pem", folder / "ca.key").values()
    for issued in (unknown, late):
        assert field(issued.certificate.subject, NameOID.COMMON_NAME) == "SN-1"
        assert field(issued.certificate.subject, NameOID.ORGANIZATION_NAME) == "Org"
    ca = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
    late.certificate.verify_directly_issued_by(ca)
    assert late.certificate.not_valid_after_utc < NOW < unknown.certificate.not_valid_after_utc
    assert list(bad_certificates(OWNER, None, None)) == ["a certificate of an unknown authority"]


def test_the_same_certificate_may_be_laid_out_otherwise() -> None:
    root = new_root()
    assert same(root, root.replace("\n", "\r\n") + "\n")
    assert not same(root, another_root())
    assert not same(root, 5)


def test_a_root_signs_others_and_is_valid() -> None:
    assert is_root(new_root(), NOW)
    assert not is_root(new_root(), datetime(2000, 1, 1, tzinfo=UTC))
    assert not is_root(maker().certificate, NOW)
    assert not is_root("no PEM", NOW)


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_the_maker_signs_what_its_certificate_verifies(kind: KeyKind) -> None:
    who = maker(kind)
    way = recognized(who.certificate, who.signature(b"firmware"), b"firmware")
    assert way == {"rsa": "RSA-PSS", "ecdsa": "ECDSA"}[kind]


def test_what_a_central_system_shows_is_judged() -> None:
    matcher = certificate("csms.example")
    right = {"commonName": "CSMS.example", "serialNumber": "1", "key": "RSA", "keySize": 2048}
    assert matcher.accepts(right)
    told = [matcher.tell(wrong) for wrong in (matcher.wrong, *matcher.also_wrong)]
    assert told == [
        "there is none",
        "a key RSA of 2047 bits is too weak",
        "a key EC of 223 bits is too weak",
        "a key other of 256 bits is too weak",
        "it has no serial number",
        "its commonName is 'not-csms.example', the address has 'csms.example'",
    ]
