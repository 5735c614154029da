"""Signatures of firmware: each way of signing is recognized, one of them is disputed."""

from __future__ import annotations

import pytest

from conformance.pki.firmware import Padding, disputed, recognized, sign
from conformance.pki.holding import maker
from conformance.pki.keys import KeyKind


@pytest.mark.parametrize(
    ("kind", "how", "way"),
    [
        ("ecdsa", "PSS", "ECDSA"),
        ("ecdsa", "PKCS1v15", "ECDSA"),
        ("rsa", "PSS", "RSA-PSS"),
        ("rsa", "PKCS1v15", "RSA PKCS#1 v1.5"),
    ],
)
def test_a_way_of_signing_is_recognized(kind: KeyKind, how: Padding, way: str) -> None:
    who = maker(kind)
    signed = sign(who.key, b"image", how)
    assert recognized(who.certificate, signed, b"image") == way
    assert recognized(who.certificate, signed, b"another") == ""
    assert bool(list(disputed(who.certificate, signed, b"image"))) == way.startswith("RSA PKCS")


@pytest.mark.parametrize("given", ["%%%", "QQ", ""])
def test_what_is_no_signature_is_recognized_as_none(given: str) -> None:
    assert recognized(maker().certificate, given, b"image") == ""
    assert recognized("no certificate", sign(maker().key, b"image"), b"image") == ""
